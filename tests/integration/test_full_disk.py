"""A disk that is full, or a journal that cannot be read: said, and never acknowledged."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Graph, System, eventually, fill, system_on_small_disk


@pytest.fixture
def small_disk() -> Iterator[System]:
    with system_on_small_disk(megabytes=24) as system:
        yield system


def padded_graph(index: int) -> Graph:
    """Takes some room in the journal."""
    graph = Graph()
    graph.const(random.Random(index).randbytes(20_000).hex())
    return graph.output(n=graph.const(index))


def test_full_disk_pauses_the_intake_and_the_controller_goes_on_by_itself(
        small_disk: System) -> None:
    system = small_disk
    system.start()
    acknowledged = [system.submit(padded_graph(index)) for index in range(3)]
    for workflow in acknowledged:
        system.await_status(workflow, "succeeded")
    filler = fill(system.root)
    eventually("the intake is paused", lambda: "intake.paused" in system.controller.errors())

    refused = system.command("submit", "-f", system.graph_file(padded_graph(100)))
    assert refused.code in (7, 10), str(refused)
    assert "of space left" in refused.err and str(system.root) in refused.err, str(refused)
    assert {shown["workflow"] for shown in system.workflows()} == set(acknowledged)

    filler.unlink()
    eventually("the intake goes on", lambda: "intake.resumed" in system.controller.errors())
    system.await_status(system.submit(padded_graph(1000)), "succeeded")
    assert system.controller is not None and system.controller.code is None


def test_full_disk_at_start_is_said(small_disk: System) -> None:
    system = small_disk
    filler = fill(system.root)
    process = system.launch()

    assert process.wait() == 6, process.transcript()
    assert "space" in process.errors()
    filler.unlink()
    system.start()


def test_large_value_that_does_not_fit_is_refused(small_disk: System) -> None:
    system = small_disk
    system.start()
    path = system.write_file("data.bin", random.Random(1).randbytes(40_000_000))
    graph = Graph()
    graph.output(v=graph.input("v"))
    before = system.workflows()
    refused = system.command("run", "-f", system.graph_file(graph), "-i", f"v:{path}")

    assert refused.code not in (0, 1), str(refused)
    assert "space" in refused.err
    path.unlink()
    assert system.controller is not None
    if system.controller.code is not None:
        system.start()
    assert system.workflows() == before, "nothing is half-submitted"


def damage(journal: Path) -> None:
    """Overwrites the middle of every file that holds records."""
    files = [path for path in journal.iterdir() if path.suffix in (".log", ".sst", ".blob")]
    assert files
    for path in files:
        content = bytearray(path.read_bytes())
        for offset in range(len(content) // 4, len(content) // 2):
            content[offset] ^= 0x5A
        path.write_bytes(bytes(content))


def test_damaged_journal_is_refused_and_left_alone(system: System) -> None:
    system.start()
    for index in range(5):
        system.await_status(system.submit(padded_graph(index)), "succeeded")
    system.stop_controller()
    damage(system.root / "journal")

    process = system.launch()
    assert process.wait() == 6, process.transcript()
    assert "journal" in process.errors()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_root_that_cannot_be_written_is_named(system: System) -> None:
    system.root.chmod(0o500)
    process = system.launch()

    assert process.wait() == 6, process.transcript()
    assert str(system.root) in process.errors()


def test_root_that_is_a_file_is_named(system: System) -> None:
    system.root.rmdir()
    system.root.write_bytes(b"")
    process = system.launch()

    assert process.wait() != 0, process.transcript()
    assert str(system.root) in process.errors()
    eventually("it is still a file", system.root.is_file)
