"""SIGKILL at random moments of a workflow of 5,000 nodes of every kind.

Every task writes a line when it begins. So the lines say what ran, where, and how often; Python
computes what has to come out; and the checkpoint tree, read just before a worker is killed, says
what the controller had acknowledged by then.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from harness import Graph, Process, System, eventually, make_folder, program
from mixed_job import NODES_MIN, MixedJob, read_executions

SLOTS = 4
WORKERS = 2
TASK_SECONDS = 0.004
# Kills this many executions apart do not hit one node so often that its budget is spent.
APART = 10
# The probability that a restarted controller is killed early, and its longest life in that case.
DIES_AGAIN = 0.25
LIFE_SECONDS_MAX = 0.3


class Chaos:
    """One run of the job, and those who die in it."""

    def __init__(self, system: System, dice: random.Random, *, grace: float) -> None:
        self.system = system
        self.dice = dice
        self.flags = ("--reconnect-grace", str(grace), "--checkpoint-tree", "full")
        self.job = MixedJob(system.folder / "tally", seconds=TASK_SECONDS)
        self.killed: dict[int, set[str]] = {}  # By worker: what was acknowledged before its end.
        self.deaths = 0
        self.moment = threading.Event()
        system.start(*self.flags)
        for _ in range(WORKERS):
            self.add_worker()
        for worker in system.workers:
            system.await_worker(worker)
        self.workflow = self.job.submit(system)

    def add_worker(self) -> Process:
        return self.system.launch_worker("test_worker", arguments=["--slots", str(SLOTS)])

    def kill_controller(self) -> None:
        self.system.kill_controller()
        self.restart_controller()

    def restart_controller(self) -> None:
        """Now and then it dies again before it is ready, or before its workers are back."""
        while self.dice.random() < DIES_AGAIN:
            self.system.launch(*self.flags)
            self.moment.wait(self.dice.uniform(0, LIFE_SECONDS_MAX))  # All the life it has.
            self.system.kill_controller()
            self.deaths += 1
        self.system.start(*self.flags)

    def kill_worker(self) -> None:
        self._end_worker()
        self.add_worker()

    def kill_both(self) -> None:
        """Kills both before either restarts."""
        ends = [self._end_worker, self.system.kill_controller]
        self.dice.shuffle(ends)
        for end in ends:
            end()
        self.add_worker()
        self.restart_controller()

    def strike(self, kill: Callable[[], None], times: int) -> None:
        """Kills at moments that are spread over the run by chance."""
        slots = self.dice.sample(range(1, self.job.tasks // APART), times)
        for moment in sorted(slot * APART for slot in slots):
            eventually(f"{moment} executions have begun",
                       lambda: len(self.job.executions()) >= moment, limit=60)  # noqa: B023
            kill()
            self.deaths += 1

    def finish(self) -> None:
        self.system.command("wait", self.workflow, "--timeout", "60", "--quiet", limit=90)
        self.job.check(self.system, self.workflow)

    def repeated(self) -> int:
        """How many executions were repeated; each had to be."""
        runs = defaultdict(list)
        for run in self.job.executions():
            runs[run.location].append(run)
        assert len(runs) == self.job.tasks, "every task ran, and no other"
        assert len({run.attempt for every in runs.values() for run in every}) == sum(
            map(len, runs.values())), "no attempt runs twice"
        for location, every in runs.items():
            for lost in every[:-1]:
                assert lost.pid in self.killed, f"{location}: its worker lives, yet it ran again"
                assert location not in self.killed[lost.pid], f"{location} had been acknowledged"
        return sum(len(every) - 1 for every in runs.values())

    def finished(self) -> set[str]:
        """The locations whose outcome is in the checkpoint tree."""
        folder = self.system.checkpoint(self.workflow)
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
        return {name for name in names if (folder / name / "_done").exists()}

    def _end_worker(self) -> None:
        worker = self.dice.choice([each for each in self.system.workers if each.code is None])
        acknowledged = self.finished()
        assert worker.stop(signal.SIGKILL) == -signal.SIGKILL
        self.killed[worker.pid] = acknowledged


def run_with_kills(dice: random.Random, kind: str, times: int) -> Counter[str]:
    """One run from start to end; how many deaths there were, and how many executions repeated."""
    folder = make_folder()
    with System(folder) as system:
        # A worker that only waits for its controller reconnects well within the longer grace.
        chaos = Chaos(system, dice, grace={"controller": 30, "worker": 1, "both": 5}[kind])
        chaos.strike(getattr(chaos, f"kill_{kind}"), times)
        chaos.finish()
        repeated = chaos.repeated()
        eventually(f"{NODES_MIN} nodes and more are shown as done",
                   lambda: len(chaos.finished()) >= NODES_MIN)
        if kind == "controller":
            assert [worker.code for worker in system.workers] == [None] * WORKERS
    system.remove()
    return Counter(deaths=chaos.deaths, repeated=repeated, runs=1)


def run_often(dice: random.Random, kind: str, *, runs: int, times: int) -> Counter[str]:
    return sum((run_with_kills(dice, kind, times) for _ in range(runs)), Counter())


@pytest.mark.fault(
    what="SIGKILL of the controller at random times of a workflow of 5,000 nodes of every kind, "
         "sometimes again before it is ready",
    promised="outputs right; no task runs twice")
def test_killed_controller(dice: random.Random, is_quick: bool, seen: Callable) -> None:
    total = run_often(dice, "controller", runs=1 if is_quick else 4, times=2 if is_quick else 10)

    assert total["repeated"] == 0, "no task is executed again because a controller died"
    seen(total["deaths"], f"outputs of {total['runs']} runs right; no execution repeated")


@pytest.mark.fault(
    what="SIGKILL of a worker at random times of such a workflow",
    promised="outputs right; every task runs; only attempts that the killed worker held and that "
             "were not acknowledged run again")
def test_killed_worker(dice: random.Random, is_quick: bool, seen: Callable) -> None:
    total = run_often(dice, "worker", runs=1 if is_quick else 3, times=2 if is_quick else 10)

    seen(total["deaths"], f"outputs of {total['runs']} runs right; {total['repeated']} executions "
                          "repeated, all of them of workers that died")


@pytest.mark.fault(
    what="SIGKILL of the controller and a worker at once, at random times of such a workflow",
    promised="the same")
def test_both_killed(dice: random.Random, is_quick: bool, seen: Callable) -> None:
    total = run_often(dice, "both", runs=1 if is_quick else 3, times=1 if is_quick else 10)

    seen(total["deaths"], f"outputs of {total['runs']} runs right; {total['repeated']} executions "
                          "repeated, all of them of workers that died")


@pytest.mark.fault(
    what="SIGKILL of the controller as soon as the first task of a submission begins, which may "
         "be before the submission is acknowledged",
    promised="`orrery run` ends with the outputs; a task runs twice only if it began before its "
             "submission was durable")
def test_killed_during_submission(system: System, is_quick: bool, seen: Callable) -> None:
    system.start()
    system.add_worker("test_worker")
    times = 3 if is_quick else 30
    repeated = 0

    for index in range(times):
        mark = system.folder / f"mark-{index}"
        graph = Graph()
        graph.output(v=graph.call("test_worker.tally", value=index, file=str(mark), seconds=0.05))
        run = Process([program("orrery"), "run", "-f", system.graph_file(graph), "--quiet"],
                      environment=system.environment(), log=system.folder / f"run-{index}.log")
        try:
            eventually("the task has begun", mark.exists)
            system.kill_controller()
            system.start()
            assert run.wait() == 0, run.transcript()
            assert f"v = {index}" in run.lines(), run.transcript()
            # The worker discarded its attempt of a submission that the journal does not have.
            again = len(read_executions(mark)) - 1
            assert again in (0, 1)
            repeated += again
        finally:
            run.destroy()
    seen(times, f"each ended with its outputs; {repeated} executions repeated")


@pytest.mark.fault(
    what="SIGKILL of `orrery run` while its workflow runs",
    promised="the workflow continues; `orrery wait` prints its outputs")
def test_killed_command(system: System, seen: Callable) -> None:
    system.start()
    worker = system.add_worker("test_worker")
    gate, begun = system.folder / "gate", system.folder / "begun"
    graph = Graph()
    graph.output(v=graph.call("test_worker.hold", gate=str(gate), begun=str(begun)))
    run = Process([program("orrery"), "run", "-f", system.graph_file(graph), "--id", "207"],
                  environment=system.environment(), log=system.folder / "run.log")
    try:
        eventually("the task has begun, and the workflow is there",
                   lambda: begun.exists() and system.workflows())
        assert run.stop(signal.SIGKILL) == -signal.SIGKILL
    finally:
        run.destroy()
    gate.touch()

    assert system.orrery("wait", "207", "--timeout", "25").outputs == {"v": worker.pid}
    assert len(read_executions(begun)) == 1
    seen(1, "the outputs exist, the task ran once")
