"""The disk is full in the middle of a run, and there is room again later."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from harness import Graph, System, eventually, fill, system_on_small_disk
from mixed_job import MixedJob
from padding import padded_graph

NOT_CARRIED_OUT = (7, 10)  # No answer; whether it will be is not known.


def submit_while_full(system: System, dice: random.Random) -> list[str]:
    """Submits until the controller says that it accepts no more; the workflows that were acknowledged."""
    acknowledged = []
    for _ in range(200):
        result = system.command("submit", "-f", system.graph_file(padded_graph(dice)))
        if result.code != 0:
            assert result.code in NOT_CARRIED_OUT, str(result)
            assert "of space left" in result.err, str(result)
            return acknowledged
        acknowledged.append(result.out.strip())
    raise AssertionError("the disk is not full")


@pytest.mark.fault(
    what="the disk of the root is filled at random times of a workflow of 5,000 nodes, and freed some "
         "seconds later",
    promised="the controller accepts no work and says why, the workflow pauses, and both go on by "
             "themselves: outputs right, no task runs twice, every acknowledged workflow exists")
def test_full_disk_under_way(dice: random.Random, is_quick: bool, seen: Callable) -> None:
    times = 1 if is_quick else 6
    with system_on_small_disk(megabytes=256) as system:
        controller = system.start("--checkpoint-tree", "off")
        for _ in range(2):
            system.add_worker("test_worker", arguments=["--slots", "4"])
        job = MixedJob(system.folder / "tally", seconds=0.03)
        workflow = job.submit(system)
        acknowledged = []
        for moment in sorted(dice.sample(range(1, job.tasks // 2), times)):
            eventually(f"{moment} executions have begun",
                       lambda: len(job.executions()) >= moment)  # noqa: B023
            pauses = controller.errors().count("intake.paused")
            filler = fill(system.root)
            eventually("the intake pauses",
                       lambda: controller.errors().count("intake.paused") > pauses)  # noqa: B023
            acknowledged += submit_while_full(system, dice)
            filler.unlink()

        system.orrery("wait", workflow, "--timeout", "60")
        job.check(system, workflow)
        assert len(job.executions()) == job.tasks
        assert controller.code is None, controller.transcript()
        assert {shown["workflow"] for shown in system.workflows()} >= set(acknowledged)
    seen(times, f"outputs right, {job.tasks} tasks ran, each once; the controller lived")


@pytest.mark.fault(
    what="a task returns a large value while the disk is nearly full, and the workflow is continued "
         "with `orrery resume` when there is space",
    promised="its node fails with the reason; finished nodes do not run again")
def test_no_room_for_a_large_result(seen: Callable) -> None:
    with system_on_small_disk(megabytes=64) as system:
        system.start()
        system.add_worker("test_worker")
        gate, marks = system.folder / "gate", [system.folder / "first", system.folder / "second"]
        graph = Graph()
        small = graph.call("test_worker.tally", value=1, file=str(marks[0]))
        held = graph.call("test_worker.hold", gate=str(gate), begun=str(marks[1]))
        graph.output(small=small, held=held, big=graph.call(
            "test_worker.big", size=graph.call("builtins.iadd", a=100_000, b=graph.call(
                "builtins.itimes", a=held, b=0))))
        workflow = system.submit(graph)
        eventually("one task has finished and the other runs",
                   lambda: system.show(workflow)["nodes"]["finished"] == 1 and marks[1].exists())

        filler = fill(system.root, leave_bytes=6 << 20)
        gate.touch()
        error = system.orrery("wait", workflow, "--timeout", "25", code=1).json["error"]
        assert "space" in error["message"], error
        filler.unlink()

        resumed = system.orrery("resume", workflow, "--timeout", "25")
        assert resumed.outputs["big"]["size"] == 100_000
        assert [len(mark.read_text().splitlines()) for mark in marks] == [1, 1]
    seen(1, "\"a large value is not stored\"; resumed, and the two tasks before it ran once")
