"""Every fault is a row of a table: what was done how often, what is promised, and what was seen.

A test declares its row with `@pytest.mark.fault(what=..., promised=...)` and tells its end with the
fixture `seen`. A test that fails or cannot be run here has a row, too.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from harness.fixtures import pytest_runtest_makereport, reaper, system  # noqa: E402, F401
from table import Table  # noqa: E402

Seen = Callable[[int, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="few faults of each kind, none slow")
    parser.addoption("--write-table", type=Path, metavar="FILE",
                     help="put the table in the place of the one in this document")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(what, promised): the row of a test in the table")
    config.addinivalue_line("markers", "slow: left out by --quick")
    config.pluginmanager.register(Table(config.getoption("--write-table")), "table of faults")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--quick"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)


@pytest.fixture
def is_quick(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--quick"))


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance from a seed: ORRERY_FAULT_SEED makes other choices, the same ones each time."""
    seed = os.environ.get("ORRERY_FAULT_SEED", "1")
    print(f"ORRERY_FAULT_SEED={seed}")
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """Tells how often the fault was injected, and what came of it."""
    def tell(times: int, text: str) -> None:
        request.node.user_properties.append(("seen", (times, text)))
    return tell
