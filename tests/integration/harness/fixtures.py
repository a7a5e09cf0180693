"""Fixtures that own systems of real processes, and a report of their logs when a test fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .process import adopt_orphans, destroy_strays, transcripts
from .system import System, make_folder


@pytest.fixture(scope="session", autouse=True)
def reaper() -> Iterator[None]:
    """Nothing that any test started may be left when all are done."""
    adopt_orphans()
    yield
    assert destroy_strays() == []


@pytest.fixture
def system() -> Iterator[System]:
    """A system of this test's own, nothing started."""
    folder = make_folder()
    with System(folder) as fresh:
        yield fresh
    fresh.remove()


@pytest.fixture
def workers(system: System) -> System:
    """The same with a controller and one of each worker; a file may have its own of this name."""
    system.start()
    system.add_worker("scipy_worker")
    system.add_worker("test_worker")
    return system


@pytest.fixture(scope="module")
def shared_system() -> Iterator[System]:
    """A system for all tests of a file: a controller, with workers as the file adds them."""
    folder = make_folder()
    with System(folder) as fresh:
        fresh.start()
        yield fresh
    fresh.remove()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        report.sections.extend(transcripts())
