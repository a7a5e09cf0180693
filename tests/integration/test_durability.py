"""The controller dies, stops and restarts: nothing is lost and nothing runs twice."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import numpy
import pytest
from harness import PIPELINE, Graph, Process, System, eventually, program

from test_main_job import OUTPUT_A, read_value

NAP = 0.4  # Seconds of one task: long enough to be hit, short enough to wait for.


def executions(path: Path) -> int:
    """How often tasks have begun with this touch_file."""
    return len(path.read_text().splitlines()) if path.exists() else 0


class SlowJob:
    """The main job whose constants come from naps; every nap leaves a mark when it runs."""

    def __init__(self, system: System) -> None:
        self.marks = [system.folder / f"nap-{index}" for index in range(5)]
        self.graph = Graph()
        point = self.nap(4, self.nap(3, self.nap(1, 0)))
        onedim = self.graph.call("scipy_worker.linspace", start=self.nap(0, 0), stop=self.nap(2, 10))
        pointed = self.graph.call("scipy_worker.add_point", a=onedim, p=point)
        twodim = self.graph.call("scipy_worker.reshape", a=onedim, shape=[5, 10])
        self.graph.output(a=self.graph.call("scipy_worker.transpose", a=twodim),
                          p=self.graph.call("scipy_worker.eval_point", pa=pointed))

    def nap(self, index: int, value: object) -> list[object]:
        return self.graph.call("test_worker.sleep_for", seconds=NAP, value=value,
                               touch_file=str(self.marks[index]))

    def executions(self) -> list[int]:
        return [executions(mark) for mark in self.marks]


def assert_main_job_is_right(outputs: dict[str, object]) -> None:
    numpy.testing.assert_array_equal(read_value(outputs["a"]), OUTPUT_A)
    assert outputs["p"] == 0.0


def test_killed_controller_goes_on_where_it_was(workers: System) -> None:
    job = SlowJob(workers)
    workflow = workers.submit(job.graph, "--id", "207")
    pids = [worker.pid for worker in workers.workers]

    for mark in (0, 3, 4):
        eventually(f"nap {mark} runs", lambda: executions(job.marks[mark]))  # noqa: B023
        workers.kill_controller()
        workers.start()

    assert_main_job_is_right(workers.orrery("wait", workflow, "--timeout", "20").outputs)
    assert job.executions() == [1] * len(job.marks), "no task is executed twice"
    assert [worker.pid for worker in workers.workers if worker.code is None] == pids


def test_running_command_survives_the_controllers_death(workers: System) -> None:
    job = SlowJob(workers)
    run = Process([program("orrery"), "run", "-f", workers.graph_file(job.graph), "--quiet"],
                  environment=workers.environment(), log=workers.folder / "run.log")
    try:
        eventually("it runs", lambda: executions(job.marks[0]))
        # Tasks start before the submission is durable; if it is lost, the client's next one runs them.
        eventually("it is durable, and so shown", lambda: bool(workers.workflows()))
        workers.kill_controller()
        workers.start()
        assert run.wait() == 0, run.transcript()
        assert "p = 0.0" in run.lines()
        assert job.executions() == [1] * len(job.marks)
    finally:
        run.destroy()


def is_idle(process: Process) -> bool:
    """Returns whether every thread of the process sleeps."""
    try:
        stats = [(task / "stat").read_text() for task in Path(f"/proc/{process.pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):  # A thread has ended meanwhile.
        return False
    return {stat.rpartition(")")[2].split()[0] for stat in stats} == {"S"}


def test_result_finished_while_the_controller_is_away_is_not_lost(system: System) -> None:
    system.start()
    worker = system.add_worker("test_worker")
    gate, begun, ended = (system.folder / name for name in ("gate", "begun", "ended"))
    graph = Graph()
    graph.output(pid=graph.call("test_worker.hold", gate=str(gate), begun=str(begun),
                                ended=str(ended)))
    workflow = system.submit(graph)
    eventually("the task runs", lambda: executions(begun))
    system.kill_controller()

    gate.touch()
    eventually("the task has ended", lambda: executions(ended))
    eventually("the worker has its result", lambda: is_idle(worker))
    system.start()

    assert system.orrery("wait", workflow, "--timeout", "20").outputs == {"pid": worker.pid}
    assert executions(begun) == 1


def test_graceful_stop_keeps_workers_and_workflows(workers: System) -> None:
    job = SlowJob(workers)
    workflow = workers.submit(job.graph)
    eventually("it runs", lambda: executions(job.marks[0]))

    workers.stop_controller()
    assert all(worker.code is None for worker in workers.workers), "workers wait for its return"
    workers.start()

    assert_main_job_is_right(workers.orrery("wait", workflow, "--timeout", "20").outputs)
    assert job.executions() == [1] * len(job.marks)
    for worker in workers.workers:
        workers.await_worker(worker)


def test_accepted_submission_survives_an_immediate_kill(system: System) -> None:
    system.start()
    ids = []
    for index in range(5):
        graph = Graph()
        graph.output(n=graph.const(index))
        ids.append(system.submit(graph))
        system.kill_controller()
        system.start()

    assert [shown["workflow"] for shown in system.workflows()] == ids[::-1]
    assert [system.await_status(workflow, "succeeded")["outputs"] for workflow in ids] == [
        {"n": index} for index in range(5)]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_finished_workflows_and_their_outputs_are_still_there(workers: System, end: str) -> None:
    done = workers.run(PIPELINE, "--id", "207", "--name", "array pipeline").json
    content = workers.command("output", "207", "a").out_bytes
    graph = Graph()
    graph.output(v=graph.call("test_worker.fail", message="no luck"))
    failed = workers.run(graph, code=1).json
    graph = Graph()
    graph.output(big=graph.call("test_worker.big", size=1_000_000))
    big = workers.run(graph).json
    before = workers.workflows()

    workers.kill_controller() if end == "kill" else workers.stop_controller()
    workers.start()

    assert workers.workflows() == before
    assert workers.orrery("wait", done["workflow"]).json == done
    assert workers.orrery("wait", failed["workflow"], code=1).json == failed
    assert workers.orrery("wait", big["workflow"]).json == big
    assert workers.command("output", "207", "a").out_bytes == content
    assert len(workers.command("output", big["workflow"], "big").out_bytes) == 1_000_000
    assert workers.orrery("run", "-f", str(PIPELINE), "--id", "207", code=5).message


def test_cancelled_workflow_stays_cancelled(workers: System) -> None:
    graph = Graph()
    graph.output(v=graph.call("test_worker.wait_cancelled"))
    workflow = workers.submit(graph)
    workers.orrery("cancel", workflow, "--reason", "enough")
    workers.kill_controller()
    workers.start()

    assert workers.orrery("wait", workflow, code=9).json["status"] == "cancelled"


def test_checkpoint_tree_is_complete_after_a_kill(workers: System) -> None:
    job = SlowJob(workers)
    workflow = workers.submit(job.graph)
    eventually("it runs", lambda: executions(job.marks[0]))
    workers.kill_controller()
    workers.start()
    workers.orrery("wait", workflow, "--timeout", "20")

    for index, node in enumerate(job.graph.nodes):
        folder = workers.checkpoint(workflow, f"-.N{index}")
        workers.await_file(folder / "_done")
        assert (folder / "nodedef").exists()
        assert node["type"] == "output" or (folder / "outputs" / "value").exists()


def test_lost_checkpoint_tree_is_no_lost_workflow(workers: System) -> None:
    done = workers.run(PIPELINE, "--id", "207").json
    workers.stop_controller()
    shutil.rmtree(workers.root / "checkpoints")
    workers.start()

    assert workers.orrery("wait", "207").json == done


def test_second_controller_on_the_same_root_is_refused(workers: System) -> None:
    second = Process([program("orreryd"), "--root", str(workers.root), "--listen",
                      f"unix:{workers.folder}/second.sock"],
                     environment=workers.environment(), log=workers.folder / "second.log")
    try:
        assert second.wait() == 5, second.transcript()
        assert str(workers.root) in second.errors()
    finally:
        second.destroy()
    workers.run(PIPELINE)


def test_address_in_use_is_refused(workers: System) -> None:
    root = workers.folder / "another"
    second = Process([program("orreryd"), "--root", str(root), "--listen", workers.address],
                     environment=workers.environment(), log=workers.folder / "second.log")
    try:
        assert second.wait() == 7, second.transcript()
        assert workers.address.removeprefix("unix:") in second.errors()
    finally:
        second.destroy()
    workers.run(PIPELINE)


# --- Workers that die ---


def nap_graph(mark: Path, seconds: float = NAP) -> Graph:
    graph = Graph()
    return graph.output(v=graph.call("test_worker.sleep_for", seconds=seconds, value=7,
                                     touch_file=str(mark)))


def test_task_of_a_killed_worker_runs_on_another(system: System) -> None:
    system.start("--reconnect-grace", "0.5")
    first = system.add_worker("test_worker")
    mark = system.folder / "nap"
    workflow = system.submit(nap_graph(mark, seconds=2))
    eventually("it runs", lambda: executions(mark))
    second = system.add_worker("test_worker")

    assert first.stop(signal.SIGKILL) == -signal.SIGKILL

    assert system.orrery("wait", workflow, "--timeout", "20").outputs == {"v": 7}
    assert executions(mark) == 2
    assert [worker["process_id"] for worker in system.list_workers()] == [second.pid]


def test_node_that_kills_its_workers_fails_in_the_end(system: System) -> None:
    system.start("--reconnect-grace", "0.1")
    graph = Graph()
    graph.output(v=graph.call("test_worker.crash"))
    workflow = system.submit(graph, "--wait-for-workers")
    for _ in range(3):
        worker = system.launch_worker("test_worker")
        assert worker.wait() < 0, worker.transcript()

    failed = system.orrery("wait", workflow, "--timeout", "20", code=1).json["error"]
    assert failed["location"] == "-.N0"
    assert "worker lost" in failed["message"] and "test_worker" in failed["message"]


def test_frozen_worker_keeps_its_task(system: System) -> None:
    system.start()
    worker = system.add_worker("test_worker")
    mark = system.folder / "nap"
    workflow = system.submit(nap_graph(mark))
    eventually("it runs", lambda: executions(mark))
    worker.send(signal.SIGSTOP)
    assert system.show(workflow)["status"] == "running", "the controller does not wait for it"
    worker.send(signal.SIGCONT)

    assert system.orrery("wait", workflow, "--timeout", "20").outputs == {"v": 7}
    assert executions(mark) == 1


def test_stopped_worker_finishes_what_it_runs(system: System) -> None:
    system.start()
    worker = system.add_worker("test_worker")
    mark = system.folder / "nap"
    workflow = system.submit(nap_graph(mark))
    eventually("it runs", lambda: executions(mark))

    system.stop_worker(worker)

    assert system.orrery("wait", workflow, "--timeout", "20").outputs == {"v": 7}
    assert executions(mark) == 1
