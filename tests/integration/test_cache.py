"""Cacheable tasks: the same call is not run again, in whatever workflow it comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import Graph, System

from test_durability import executions

LOCATION = "-.N2"  # Of the task in `squaring`.


def squaring(value: int, touch_file: Path) -> Graph:
    graph = Graph()
    return graph.output(y=graph.call("test_worker.square", value=value, touch_file=str(touch_file)))


def reasons(system: System, workflow: str) -> str:
    """What is said of the task."""
    [node] = system.orrery("explain", workflow, LOCATION).json["nodes"]
    assert node["state"] == "finished"
    return "\n".join(node["reasons"])


def run(system: System, graph: Graph, *flags: str) -> dict[str, Any]:
    return system.run(graph, *flags).json


def test_same_call_is_run_once(workers: System) -> None:
    runs = workers.folder / "runs"
    first = run(workers, squaring(7, runs))

    second = run(workers, squaring(7, runs), "--name", "another")

    assert first["outputs"] == second["outputs"] == {"y": 49}
    assert executions(runs) == 1
    counts = workers.show(second["workflow"])["nodes"]
    assert (counts["finished"], counts["cached"]) == (1, 1)
    assert "1 finished (1 from the cache)" in workers.command("show", second["workflow"]).out
    assert "no earlier call of the task is known" in reasons(workers, first["workflow"])
    said = reasons(workers, second["workflow"])
    assert f"taken from the cache: that of {LOCATION} of workflow {first['workflow']}" in said
    assert "it finished on worker test_worker" in said


def test_modes_say_whether_it_is_run_again(workers: System) -> None:
    runs = workers.folder / "runs"
    run(workers, squaring(7, runs), "--cache", "off")
    run(workers, squaring(7, runs))
    assert executions(runs) == 2, "what ran without the cache is not in it"

    refreshed = run(workers, squaring(7, runs), "--cache", "refresh")["workflow"]
    without = run(workers, squaring(7, runs), "--cache", "off")["workflow"]
    assert executions(runs) == 4
    assert "refreshes" in reasons(workers, refreshed)
    assert "does without" in reasons(workers, without)

    last = run(workers, squaring(7, runs), "--cache", "use")["workflow"]
    assert executions(runs) == 4
    assert refreshed in reasons(workers, last)


def test_explain_names_what_differs(workers: System) -> None:
    runs = workers.folder / "runs"
    first = run(workers, squaring(7, runs))["workflow"]

    other = run(workers, squaring(8, runs))["workflow"]
    assert f"{LOCATION} of workflow {first}, input value is 8 instead of 7" in (
        reasons(workers, other))

    workers.stop_worker(workers.workers[-1])
    workers.add_worker("test_worker", TEST_WORKER_VERSION="2")
    newer = run(workers, squaring(8, runs))["workflow"]
    assert "version is 2 instead of 1" in reasons(workers, newer)
    assert executions(runs) == 3


def test_killed_controller_knows_what_is_cached(workers: System) -> None:
    runs, large_runs = workers.folder / "runs", workers.folder / "large"
    graph = Graph()
    big = graph.call("test_worker.cached_big", size=200_000, touch_file=str(large_runs))
    graph.output(y=graph.call("test_worker.square", value=7, touch_file=str(runs)), big=big)
    first = run(workers, graph)
    assert run(workers, graph)["outputs"] == first["outputs"]

    for _ in range(2):
        workers.kill_controller()
        workers.start()
        again = run(workers, graph, "--wait-for-workers")
        assert again["outputs"] == first["outputs"]
        assert workers.show(again["workflow"])["nodes"]["cached"] == 2

    assert (executions(runs), executions(large_runs)) == (1, 1)
    other = run(workers, squaring(8, runs))["workflow"]
    assert "input value is 8 instead of 7" in reasons(workers, other)


def test_what_only_a_forgotten_workflow_has_is_run_again(workers: System) -> None:
    runs = workers.folder / "runs"
    run(workers, squaring(7, runs), "--id", "207")
    run(workers, squaring(8, runs), "--id", "207", "--clean")

    run(workers, squaring(7, runs))
    run(workers, squaring(8, runs))

    assert [line.split()[-1] for line in runs.read_text().splitlines()] == ["7", "8", "7"]


def test_restarted_node_is_run_although_it_is_cached(workers: System) -> None:
    runs = workers.folder / "runs"
    workflow = run(workers, squaring(7, runs))["workflow"]
    run(workers, squaring(7, runs))

    workers.orrery("restart", workflow, "--node", LOCATION)
    assert executions(runs) == 2
    assert "it was to be run again" in reasons(workers, workflow)

    rerun = workers.orrery("rerun", workflow, "--from", LOCATION, "--cache", "off").json
    assert executions(runs) == 3
    assert "does without" in reasons(workers, rerun["workflow"])


def test_workers_are_listed_with_what_is_cacheable(workers: System) -> None:
    [worker] = [each for each in workers.list_workers() if each["name"] == "test_worker"]

    assert worker["cacheable"] == {"cached_big": "1", "square": "1"}
    assert "square (cacheable, version 1)" in workers.command("worker", "list").out


def test_cacheable_task_without_a_version_is_refused(system: System) -> None:
    process = system.launch_worker("test_worker", TEST_WORKER_VERSION="")

    assert process.wait() == 2
    assert "task square: cacheable without a version" in process.transcript()
