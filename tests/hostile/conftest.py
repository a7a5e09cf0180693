"""Attacks on a real controller: each test is one, bounded in time and size.

A test that takes long or much memory is marked `nightly`, and runs only with --nightly. Most attacks run
beside a `guard`: a second client, whose small workflows must stay fast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from guard import LatencyGuard  # noqa: E402
from harness import System  # noqa: E402
from harness.fixtures import (  # noqa: E402, F401
    pytest_runtest_makereport,
    reaper,
    shared_system,
    system,
    workers,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="also the attacks that take long")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: takes long or much memory; only with --nightly")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--nightly"):
        return
    long = [item for item in items if item.get_closest_marker("nightly")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


@pytest.fixture
def guard(workers: System) -> Iterator[LatencyGuard]:
    """A second client beside the whole test: 99 of 100 of its workflows end within 250 ms."""
    with LatencyGuard(workers) as beside:
        yield beside
