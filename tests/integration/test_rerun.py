"""resume, restart and rerun: reused outcomes do not run again, also if processes die meanwhile."""

from __future__ import annotations

from pathlib import Path

from harness import Graph, System, eventually

from test_durability import SlowJob, assert_main_job_is_right, executions


def location_of(graph: Graph, mark: Path) -> str:
    """Where the task is that leaves this mark."""
    [constant] = [i for i, node in enumerate(graph.nodes) if node.get("value") == str(mark)]
    [task] = [i for i, node in enumerate(graph.nodes)
              if [constant, "value"] == node.get("inputs", {}).get("touch_file")]
    return f"-.N{task}"


def test_resumed_workflow_runs_only_what_had_not_finished(workers: System) -> None:
    done, open_ = workers.folder / "done", workers.folder / "open"
    graph = Graph()
    first = graph.call("test_worker.sleep_for", seconds=0.0, value=1, touch_file=str(done))
    graph.output(a=first, b=graph.call("test_worker.wait_cancelled", touch_file=str(open_)))
    workflow = workers.submit(graph)
    eventually("the first has finished and the second runs",
               lambda: workers.show(workflow)["nodes"]["finished"] == 1 and open_.exists())
    workers.orrery("cancel", workflow)

    resumed = workers.orrery("resume", workflow, "--detach").json

    assert (resumed["workflow"], resumed["status"]) == (workflow, "running")
    eventually("the second runs again", lambda: executions(open_) == 2)
    assert executions(done) == 1
    refused = workers.orrery("restart", workflow, "--node", "-.N3", "--dry-run", code=5).message
    assert "is running" in refused
    shown = workers.show(workflow)
    assert shown["source"] == workflow
    assert shown["nodes"]["finished"] == 1
    workers.orrery("cancel", workflow)


def test_restart_runs_the_node_and_what_depends_on_it(workers: System) -> None:
    job = SlowJob(workers)
    workflow = workers.run(job.graph).json["workflow"]
    assert job.executions() == [1, 1, 1, 1, 1]

    # Nap 3 comes after nap 1 and before nap 4; naps 0 and 2 are beside them.
    location = location_of(job.graph, job.marks[3])
    plan = workers.orrery("restart", workflow, "--node", location, "--dry-run").json
    assert plan["again_locations"][0] == location
    # The two naps, and the two tasks of the pipeline that take their point.
    assert (plan["kept"], plan["again"]) == (6, 4)
    assert job.executions() == [1, 1, 1, 1, 1]
    again = workers.orrery("restart", workflow, "--node", location)

    assert_main_job_is_right(again.outputs)
    assert job.executions() == [1, 1, 1, 2, 2]


def test_rerun_with_another_input_leaves_the_earlier_workflow_as_it_is(workers: System) -> None:
    left, right = workers.folder / "left", workers.folder / "right"
    graph = Graph()
    a = graph.call("test_worker.sleep_for", seconds=0.0, value=graph.input("a"),
                   touch_file=str(left))
    b = graph.call("test_worker.sleep_for", seconds=0.0, value=graph.input("b"),
                   touch_file=str(right))
    graph.output(sum=graph.call("test_worker.add", a=a, b=b))
    first = workers.run(graph, "-i", "a=1", "-i", "b=2").json
    assert first["outputs"] == {"sum": 3}

    second = workers.orrery("rerun", first["workflow"], "--set", "b=5", "--id", "208").json

    assert second["outputs"] == {"sum": 6}
    assert second["workflow"].endswith("0000000000d0")
    assert (executions(left), executions(right)) == (1, 2)
    assert workers.show(first["workflow"])["outputs"] == {"sum": 3}
    assert workers.show("208")["source"] == first["workflow"]
    assert workers.orrery("rerun", first["workflow"], "--id", "208", code=5).message


def test_killed_controller_goes_on_taking_over(workers: System) -> None:
    job = SlowJob(workers)
    workflow = workers.run(job.graph).json["workflow"]
    location = location_of(job.graph, job.marks[3])
    workers.orrery("restart", workflow, "--detach", "--node", location)

    workers.kill_controller()
    workers.start()

    shown = workers.await_status(workflow, "succeeded")
    assert_main_job_is_right(shown["outputs"])
    assert job.executions() == [1, 1, 1, 2, 2]


def test_checkpoints_are_those_of_the_last_run(workers: System) -> None:
    flag = workers.folder / "flag"
    graph = Graph()
    number = graph.call("test_worker.sleep_for", seconds=0.0, value=7, touch_file=str(flag))
    message = graph.call("builtins.tkr_str", value=number)
    graph.output(a=graph.call("test_worker.fail", message=message))
    failed = workers.run(graph, code=1).json
    folder = workers.checkpoint(failed["workflow"])
    stale = workers.await_file(folder / failed["error"]["location"] / "_error").with_name("stale")
    stale.touch()

    workers.orrery("resume", failed["workflow"], code=1)

    assert executions(flag) == 1
    eventually("what the failed run left is gone", lambda: not stale.exists())
    value = workers.await_file(folder / location_of(graph, flag) / "outputs" / "value")
    assert value.read_text() == "7"
    workers.await_file(folder / failed["error"]["location"] / "_error")


def test_what_cannot_be_run_again_is_refused(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("test_worker.add", a=1, b=2))
    workflow = workers.run(graph).json["workflow"]

    assert "nothing to resume" in workers.orrery("resume", workflow, code=5).message
    assert "-.N9" in workers.orrery("restart", workflow, "--node", "-.N9", code=4).message
    assert "is not a node" in workers.orrery("restart", workflow, "--node=-.N2.L1", code=3).message
    assert "N9" in workers.orrery("restart", workflow, "--node", "N9", code=3).message
    for unknown in (["resume"], ["resume", "--dry-run"], ["rerun", "--dry-run"]):
        workers.orrery(*unknown, "00000000-0000-0000-0000-00000000dead", code=4)
    message = workers.orrery("rerun", workflow, "--set", "q=1", code=3).message
    assert '"q"' in message
