"""The harness itself: a raw session can do what a worker does, and the guard notices a disturbance."""

from __future__ import annotations

import signal
import threading

import grpc
import pytest
from attack_graphs import light_builtins
from guard import LatencyGuard
from harness import Graph, System, eventually
from raw_session import RawSession, make_hello, open_channel, task
from table import PAGE, with_table


def test_raw_session_runs_a_task(system: System) -> None:
    system.start()
    graph = Graph()
    graph.output(value=graph.call("raw.noop", x=4))
    with open_channel(system.address) as channel, RawSession(channel, make_hello("raw", [task()])) as raw:
        raw.receive("welcome")
        workflow = system.submit(graph)
        assignment = raw.receive("assign").assignments[0]
        assert assignment.inputs[0].value.inline == b"4"
        raw.finish(assignment.attempt, value="5")
        assert system.await_status(workflow, "succeeded")["outputs"]["value"] == 5


def test_raw_session_that_begins_with_another_message_is_ended(system: System) -> None:
    system.start()
    with open_channel(system.address) as channel, RawSession(channel) as raw:
        raw.send(heartbeat={})
        assert raw.await_end() == grpc.StatusCode.INVALID_ARGUMENT
        assert "Hello" in raw.details


def test_guard_sees_nothing_beside_a_harmless_workflow(workers: System, guard: LatencyGuard) -> None:
    assert len(workers.run(light_builtins(100)).outputs["value"]) == 100
    eventually("the guard has run workflows", lambda: len(guard.seconds) > 10)


def test_guard_notices_a_controller_that_stands_still(workers: System) -> None:
    assert workers.controller is not None
    with pytest.raises(AssertionError, match="of a second client took longer than"):
        with LatencyGuard(workers, limit_seconds=0.2) as guard:
            workers.controller.send(signal.SIGSTOP)
            count = len(guard.seconds)
            threading.Event().wait(1.0)
            workers.controller.send(signal.SIGCONT)
            eventually("the guard goes on", lambda: len(guard.seconds) > count + 1)


def test_the_table_of_attacks_is_up_to_date() -> None:
    page = PAGE.read_text()
    assert page == with_table(page), "run tests/hostile/table.py --write"
