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


def test_controller_stops_on_a_full_disk_and_keeps_what_it_acknowledged(
        small_disk: System) -> None:
    system = small_disk
    system.start()
    acknowledged = [system.submit(padded_graph(index)) for index in range(3)]
    for workflow in acknowledged:
        system.await_status(workflow, "succeeded")
    filler = fill(system.root)

    refusals = []
    for index in range(100):
        graph_file = system.graph_file(padded_graph(100 + index))
        result = system.command("submit", "-f", graph_file)
        if result.code == 0:
            acknowledged.append(result.out.strip())
        else:
            refusals.append(result)
            break
    assert system.controller is not None
    assert system.controller.wait() == 6, system.controller.transcript()
    assert "space" in system.controller.errors()
    assert refusals and refusals[0].code in (7, 10), [str(refusal) for refusal in refusals]

    filler.unlink()
    system.start()
    known = {shown["workflow"] for shown in system.workflows()}
    assert set(acknowledged) <= known, "what was acknowledged is there"
    for workflow in acknowledged:
        system.await_status(workflow, "succeeded")
    system.await_status(system.submit(padded_graph(1000)), "succeeded")


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
