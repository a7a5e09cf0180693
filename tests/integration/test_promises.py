"""Promises to the people who write tasks: retries, effects at most once, progress, drains."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from harness import Graph, Process, System, eventually, program

from test_durability import executions


@pytest.fixture
def worker(system: System) -> Process:
    system.start("--reconnect-grace", "2")
    return system.add_worker("test_worker")


def held(system: System, task: str, **inputs: object) -> tuple[str, Path, Path]:
    """A workflow of one task that runs until a gate is there: its id, the gate, and its marks."""
    gate, begun = system.folder / "gate", system.folder / "begun"
    graph = Graph()
    graph.output(v=graph.call(f"test_worker.{task}", gate=str(gate), **inputs))
    return system.submit(graph), gate, begun


def test_an_error_is_tried_again_unless_the_task_forbids_it(system: System, worker: Process) -> None:
    flaky, final = system.folder / "flaky", system.folder / "final"
    graph = Graph()
    graph.output(v=graph.call("test_worker.fail_first", failures=1, touch_file=str(flaky)))
    system.run(graph, "--policy", "*:attempts=3,backoff=0.01")
    graph = Graph()
    graph.output(v=graph.call("test_worker.fail_for_good", message="no such row",
                              touch_file=str(final)))

    failed = system.run(graph, "--policy", "*:attempts=3,backoff=0.01", code=1).json

    assert (executions(flaky), executions(final)) == (2, 1)
    reasons = system.orrery("explain", failed["workflow"], "-.N2").json["nodes"][0]["reasons"]
    assert "it is not tried again: the task said that it must not be" in reasons, reasons


def test_a_task_that_takes_effect_once_is_not_repeated_when_its_worker_dies(
        system: System, worker: Process) -> None:
    workflow, gate, begun = held(system, "hold_once", begun=str(system.folder / "begun"))
    eventually("it runs", lambda: executions(begun))
    system.add_worker("test_worker")

    worker.stop(signal.SIGKILL)
    failed = system.orrery("wait", workflow, code=1).json

    assert "may have taken effect" in failed["error"]["message"], failed
    assert executions(begun) == 1
    gate.touch()
    system.orrery("resume", workflow)
    assert system.orrery("wait", workflow).json["status"] == "succeeded"
    assert executions(begun) == 2


def test_a_task_that_takes_effect_once_outlives_the_controller(system: System,
                                                               worker: Process) -> None:
    workflow, gate, begun = held(system, "hold_once", begun=str(system.folder / "begun"))
    eventually("it runs", lambda: executions(begun))

    system.kill_controller()
    system.start()
    system.add_worker("test_worker")
    gate.touch()

    assert system.orrery("wait", workflow).json["status"] == "succeeded"
    assert executions(begun) == 1


def test_a_policy_that_would_repeat_an_effect_is_refused(system: System, worker: Process) -> None:
    graph = Graph()
    graph.output(v=graph.call("test_worker.hold_once", gate="/nowhere"))

    result = system.run(graph, "--policy", "test_worker.hold_once:attempts=2", code=3)

    assert "takes effect at most once" in result.message


def test_progress_is_shown_while_a_task_runs(system: System, worker: Process) -> None:
    workflow, gate, _ = held(system, "report", fraction=0.25, note="reading\x1b[31m")

    shown = eventually("progress is shown", lambda: system.show(workflow)["progress"])

    assert [(task["function"], task["fraction"]) for task in shown] == [("test_worker.report", 0.25)]
    assert shown[0]["location"] == "-.N3"
    text = system.command("show", workflow).out
    assert "-.N3 test_worker.report 25 %: reading" in text
    assert "\x1b" not in text
    reasons = system.orrery("explain", workflow).json["nodes"][0]["reasons"]
    assert any(reason.startswith("it reports 25 %: reading") for reason in reasons), reasons
    gate.touch()
    system.orrery("wait", workflow)
    assert system.show(workflow)["progress"] == []


def test_watch_shows_progress(system: System, worker: Process) -> None:
    workflow, gate, _ = held(system, "report", fraction=0.5, note="half")
    eventually("progress is shown", lambda: system.show(workflow)["progress"])

    watching = Process([program("orrery"), "watch", workflow],
                       environment=system.environment(), log=system.folder / "watch.log")
    try:
        eventually("the watch tells it",
                   lambda: "test_worker.report 50 %: half" in watching.errors() + "".join(
                       watching.lines()))
        gate.touch()
        assert watching.wait() == 0
    finally:
        watching.destroy()


def test_a_drained_worker_finishes_what_it_holds_and_leaves(system: System,
                                                            worker: Process) -> None:
    workflow, gate, begun = held(system, "hold", begun=str(system.folder / "begun"))
    eventually("it runs", lambda: executions(begun))

    draining = Process([program("orrery"), "worker", "drain", "test_worker", "--wait"],
                       environment=system.environment(), log=system.folder / "drain.log")
    eventually("it drains", lambda: system.list_workers()[0]["state"] == "draining")
    assert draining.code is None
    gate.touch()
    assert draining.wait() == 0
    draining.destroy()

    assert worker.wait() == 0
    assert system.list_workers() == []
    assert system.orrery("wait", workflow).json["status"] == "succeeded"
    assert executions(begun) == 1


def test_a_drain_says_what_it_did_and_whether_the_workers_have_left(system: System,
                                                                    worker: Process) -> None:
    workflow, gate, begun = held(system, "hold", begun=str(system.folder / "begun"))
    eventually("it runs", lambda: executions(begun))
    instance = system.list_workers()[0]["instance"]

    drained = system.orrery("worker", "drain", instance, "--reason", "service").json
    late = system.orrery("worker", "drain", "test_worker", "--wait", "--timeout", "0.2", code=8)
    gate.touch()

    assert drained == {"drained": [instance], "left": False}
    assert "have not left" in late.message
    assert system.orrery("wait", workflow).json["status"] == "succeeded"
    assert worker.wait() == 0


def test_draining_an_unknown_worker_is_not_found(system: System, worker: Process) -> None:
    result = system.orrery("worker", "drain", "nobody", code=4)

    assert '"nobody"' in result.message
    assert system.list_workers()[0]["state"] == "connected"


def test_a_worker_is_listed_with_its_labels_and_sdk_version(system: System) -> None:
    system.start()
    system.add_worker("test_worker", arguments=["--label", "zone=a", "--label", "gpu=2"])

    listed = system.list_workers()[0]

    assert listed["labels"] == {"gpu": "2", "zone": "a"}
    assert listed["sdk_version"]
