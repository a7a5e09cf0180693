"""What a task, or a worker that is lost with one, wrote last is part of the failure."""

from __future__ import annotations

import json

from harness import Graph, System, eventually, program

from test_durability import executions


def one_call(task: str, **inputs: object) -> Graph:
    graph = Graph()
    return graph.output(v=graph.call(f"test_worker.{task}", **inputs))


def start_pool(system: System, *, slots: int = 1) -> None:
    pool = {"name": "test_worker", "command": [program("test_worker")], "slots": slots}
    system.start("--config", str(system.write_file("orrery.yaml", json.dumps(
        {"pools": [pool]}).encode())))
    eventually("the pool's worker is there", system.list_workers)


def test_failure_has_what_its_task_wrote(workers: System) -> None:
    graph = one_call("complain", lines=3, message="no such row")

    failed = workers.run(graph, code=1).json

    wrote = "logged\nby C 0\nby C 1\nby C 2\nby C++"
    assert failed["error"]["message"] == "no such row"
    assert failed["error"]["output"] == {"text": wrote, "shared": False}
    workflow = failed["workflow"]
    assert workers.show(workflow)["error"]["output"]["text"] == wrote
    [node] = workers.orrery("explain", workflow, failed["error"]["location"]).json["nodes"]
    assert node["output"] == {"text": wrote, "shared": False}
    errors = workers.await_file(
        workers.checkpoint(workflow, failed["error"]["location"], "errors")).read_text()
    assert "no such row" in errors and wrote in errors
    report = workers.command("run", "-f", workers.graph_file(graph))
    assert "no such row\n  it wrote last:\n  | logged\n  | by C 0\n" in report.err, report


def test_failure_has_the_last_lines_of_much(workers: System) -> None:
    failed = workers.run(one_call("complain", lines=5000, message="no"), code=1).json

    text = failed["error"]["output"]["text"]
    assert 3900 < len(text) <= 4096
    lines = text.split("\n")
    assert lines[-2:] == ["by C 4999", "by C++"]
    assert all(line.startswith("by C") for line in lines), lines[0]


def test_each_of_several_failures_has_its_own_output(system: System) -> None:
    start_pool(system, slots=4)
    graph = Graph()
    calls = {str(i): graph.call("test_worker.complain", lines=50, message=f"number {i}")
             for i in range(4)}
    graph.output(**calls)

    workflow = system.run(graph, "--on-failure", "continue", code=1).json["workflow"]

    for reference in calls.values():
        location = f"-.N{reference[0]}"
        [node] = system.orrery("explain", workflow, location).json["nodes"]
        lines = node["output"]["text"].split("\n")
        assert lines == ["logged", *(f"by C {i}" for i in range(50)), "by C++"], location
        assert not node["output"]["shared"]


def test_retried_attempts_keep_their_output(workers: System) -> None:
    graph = one_call("complain", lines=1, message="no")
    failed = workers.run(graph, "--policy", "*:attempts=2,backoff=0.01", code=1).json

    [earlier] = failed["error"]["earlier_attempts"]
    assert earlier["output"]["text"] == "logged\nby C 0\nby C++"
    text = workers.command("explain", failed["workflow"], failed["error"]["location"]).out
    assert text.count("wrote last:") == 2, text


def test_lost_worker_leaves_its_last_words(system: System) -> None:
    start_pool(system)
    mark = system.folder / "mark"
    graph = one_call("crash", last_words="the matrix is singular", touch_file=str(mark))

    failed = system.run(graph, code=1).json["error"]

    assert executions(mark) == 3
    assert "worker lost while running, 3 times" in failed["message"]
    assert failed["message"].endswith(": killed by SIGABRT"), failed["message"]
    assert failed["output"]["shared"]
    assert failed["output"]["text"].endswith("the matrix is singular"), failed["output"]
    for earlier in failed["earlier_attempts"]:
        assert earlier["message"] == "the worker was lost while it ran: killed by SIGABRT"
        assert earlier["output"]["text"].endswith("the matrix is singular")
    report = system.command("run", "-f", system.graph_file(graph))
    assert "the worker's process wrote last:" in report.err, report
    assert "  | the matrix is singular" in report.err, report
