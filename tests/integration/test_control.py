"""Workflows that are paused, cancelled in part, retried, and asked why."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from harness import Graph, System, eventually

from test_durability import executions


def nap(graph: Graph, mark: Path, seconds: float = 0.0, **after: object) -> list[object]:
    return graph.call("test_worker.sleep_for", seconds=seconds, touch_file=str(mark),
                      **{"value": 1, **after})


def test_paused_workflow_goes_on_when_it_is_unpaused(workers: System) -> None:
    first, second = workers.folder / "first", workers.folder / "second"
    graph = Graph()
    graph.output(v=nap(graph, second, value=nap(graph, first, 0.3)))
    workflow = workers.submit(graph)
    eventually("the first runs", lambda: executions(first))
    # However long it takes to pause: the first cannot end meanwhile.
    workers.workers[1].send(signal.SIGSTOP)

    assert workers.orrery("pause", workflow).json["paused"]
    workers.workers[1].send(signal.SIGCONT)
    eventually("the first has finished",
               lambda: workers.show(workflow)["nodes"]["finished"] == 1)
    workers.kill_controller()
    workers.start()
    eventually("the second waits", lambda: workers.show(workflow)["nodes"]["ready"] == 1)
    reasons = workers.orrery("explain", workflow).json
    assert any("paused" in reason for reason in reasons["reasons"]), reasons
    assert executions(second) == 0
    workers.orrery("unpause", workflow)

    assert workers.orrery("wait", workflow).outputs == {"v": 1}
    assert (executions(first), executions(second)) == (1, 1)
    assert "has succeeded" in workers.orrery("pause", workflow, code=5).message


def test_cancelled_node_has_failed_and_the_rest_is_finished(workers: System) -> None:
    left, right = workers.folder / "left", workers.folder / "right"
    graph = Graph()
    graph.output(a=graph.call("test_worker.wait_cancelled", touch_file=str(left)),
                 b=nap(graph, right))
    workflow = workers.submit(graph, "--on-failure", "continue")
    eventually("it runs", lambda: executions(left))
    running = workers.orrery("explain", workflow, "-.N1").json["nodes"]
    assert running[0]["state"] == "running", running

    workers.orrery("cancel", workflow, "--node", "-.N1", "--reason", "too slow")

    failed = workers.orrery("wait", workflow, code=1).json
    assert failed["error"]["location"] == "-.N1"
    assert failed["error"]["message"] == "it was cancelled: too slow"
    assert executions(right) == 1
    assert "nothing runs" in workers.orrery(
        "cancel", workers.submit(waiting_graph(), "--wait-for-workers"), "--node", "-.N9",
        code=5).message


def waiting_graph() -> Graph:
    graph = Graph()
    return graph.output(v=graph.call("nobody.task", x=1))


def test_failed_task_is_tried_again(workers: System) -> None:
    mark = workers.folder / "mark"
    graph = Graph()
    task = graph.call("test_worker.fail_first", failures=2, touch_file=str(mark))
    graph.nodes[task[0]]["policy"] = {"attempts": 3, "backoff": 0.1}
    graph.output(v=task)

    done = workers.run(graph).json

    assert done["outputs"] == {"v": 2}
    assert executions(mark) == 3
    [node] = workers.orrery("explain", done["workflow"], f"-.N{task[0]}").json["nodes"]
    assert node["state"] == "finished"
    assert [attempt["message"] for attempt in node["earlier_attempts"]] == [
        "failure 1", "failure 2"]


def test_submission_overrules_the_graphs_policy(workers: System) -> None:
    mark = workers.folder / "mark"
    graph = Graph()
    task = graph.call("test_worker.fail_first", failures=9, touch_file=str(mark))
    graph.nodes[task[0]]["policy"] = {"attempts": 9}
    graph.output(v=task)

    failed = workers.run(graph, "--policy", "test_worker.fail_first:attempts=2,backoff=0.1",
                         code=1).json

    assert executions(mark) == 2
    assert failed["error"]["message"] == "failure 2"
    assert [attempt["message"] for attempt in failed["error"]["earlier_attempts"]] == ["failure 1"]
    assert failed["error"]["earlier_attempts"][0]["worker"] == "test_worker"


def test_task_that_runs_too_long_times_out(workers: System) -> None:
    mark = workers.folder / "mark"
    graph = Graph()
    graph.output(v=graph.call("test_worker.wait_cancelled", touch_file=str(mark)))

    failed = workers.run(graph, "--policy", "*:run_timeout=0.2,attempts=2,backoff=0.1",
                         code=1).json

    assert executions(mark) == 2
    assert "run timeout of 200ms" in failed["error"]["message"]


def test_task_that_nobody_takes_times_out(workers: System) -> None:
    failed = workers.run(waiting_graph(), "--wait-for-workers", "--policy",
                         "*:queue_timeout=0.2", code=1).json

    assert "queue timeout of 200ms" in failed["error"]["message"]
    assert "no worker named nobody" in failed["error"]["message"]


@pytest.mark.parametrize(("policy", "reason"), [
    ("attempts=3", "no task"),
    ("*:attempts", "no = in a field"),
    ("*:attempts=many", "no number in"),
    ("*:attempts=0", "from 1 to 1000"),
    ("*:retries=3", "unknown"),
    ("*:backoff=99999", "at most 3600 s"),
])
def test_policy_that_is_none_is_refused(workers: System, policy: str, reason: str) -> None:
    message = workers.orrery("run", "-f", workers.graph_file(waiting_graph()), "--policy", policy,
                             code=3).message
    assert reason in message and policy in message


def test_policy_of_a_task_that_nobody_offers_is_refused(workers: System) -> None:
    message = workers.orrery("run", "-f", workers.graph_file(waiting_graph()), "--policy",
                             "test_worker.fail_frist:attempts=2", code=3).message
    assert "did you mean test_worker.fail_first?" in message


def test_explain_says_what_a_node_waits_for(workers: System) -> None:
    mark = workers.folder / "mark"
    graph = Graph()
    first = graph.call("test_worker.wait_cancelled", touch_file=str(mark))
    after = graph.call("test_worker.fail", message=graph.call("builtins.tkr_str", value=first))
    graph.output(v=after)
    workflow = workers.submit(graph)
    eventually("it runs", lambda: executions(mark))

    [blocked] = workers.orrery("explain", workflow, f"-.N{after[0]}").json["nodes"]
    assert blocked["state"] == "blocked"
    assert f"comes from -.N{after[0] - 1} (builtins.tkr_str)" in blocked["reasons"][0]
    [running] = workers.orrery("explain", workflow).json["nodes"]
    assert running["location"] == f"-.N{first[0]}"
    assert "worker test_worker at" in running["reasons"][0]
    text = workers.command("explain", workflow).out
    assert f"-.N{first[0]}  test_worker.wait_cancelled  running" in text
    waiting = workers.submit(waiting_graph(), "--wait-for-workers")
    [ready] = workers.orrery("explain", waiting).json["nodes"]
    assert ready["reasons"] == [
        "it waits for task nobody.task: no worker named nobody is connected"]
    workers.orrery("explain", "00000000-0000-0000-0000-00000000dead", code=4)
    assert "N9" in workers.orrery("explain", workflow, "--node", "N9", code=3).message
    workers.orrery("cancel", workflow)
    assert "it was cancelled" in workers.orrery("explain", workflow).json["reasons"][0]
