"""SIGSTOP and SIGCONT: a process that says nothing for a while, and then goes on as if nothing was."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable

import pytest
from harness import Process, System, eventually
from held_task import HeldTask, await_absence, let_pass
from mixed_job import MixedJob

FREEZE_SECONDS_MAX = 0.3


@pytest.mark.fault(
    what="SIGSTOP and SIGCONT of the controller or a worker, for up to 0.3 s, at random times of "
         "a workflow of 5,000 nodes",
    promised="outputs right; no task runs twice")
def test_frozen_at_random(system: System, dice: random.Random, is_quick: bool,
                          seen: Callable) -> None:
    controller = system.start()
    workers = [system.add_worker("test_worker", arguments=["--slots", "4"]) for _ in range(2)]
    job = MixedJob(system.folder / "tally", seconds=0.004)
    workflow = job.submit(system)
    times = 5 if is_quick else 40

    for moment in sorted(dice.sample(range(1, job.tasks - 20), times)):
        eventually(f"{moment} executions have begun",
                   lambda: len(job.executions()) >= moment)  # noqa: B023
        freeze(dice.choice([controller, *workers]), dice.uniform(0, FREEZE_SECONDS_MAX))

    system.orrery("wait", workflow, "--timeout", "25")
    job.check(system, workflow)
    assert len(job.executions()) == job.tasks
    seen(times, f"outputs right, {job.tasks} tasks ran, each once")


def freeze(process: Process, seconds: float) -> None:
    process.send(signal.SIGSTOP)
    threading.Event().wait(seconds)  # The length of the fault; nothing is waited for.
    process.send(signal.SIGCONT)


@pytest.mark.fault(
    what="SIGSTOP of a worker that runs a task, SIGCONT before its session is closed (15 s)",
    promised="the worker keeps its task; nothing runs twice")
def test_worker_frozen_shortly(system: System, is_quick: bool, seen: Callable) -> None:
    system.start()
    worker = system.add_worker("test_worker")
    seconds = 2 if is_quick else 9
    held = HeldTask(system)
    held.await_begun(worker)

    worker.send(signal.SIGSTOP)
    other = system.add_worker("test_worker")
    let_pass(system, seconds)
    held.let_end()
    worker.send(signal.SIGCONT)

    assert held.outcome() == worker.pid != other.pid
    assert len(held.begun()) == 1
    seen(1, f"after {seconds} s it ended its task, which ran once")


@pytest.mark.slow
@pytest.mark.fault(
    what="the same for longer, SIGCONT within the grace",
    promised="the worker reconnects with its task; nothing runs twice")
def test_worker_frozen_within_grace(system: System, seen: Callable) -> None:
    system.start("--reconnect-grace", "60")
    worker = system.add_worker("test_worker")
    held = HeldTask(system)
    held.await_begun(worker)

    worker.send(signal.SIGSTOP)
    system.add_worker("test_worker")
    eventually("its session is closed",
               lambda: worker.pid not in [each["process_id"] for each in system.list_workers()
                                          if each["state"] == "connected"], limit=60)
    held.let_end()
    worker.send(signal.SIGCONT)

    assert held.outcome() == worker.pid
    assert len(held.begun()) == 1
    seen(1, "it reconnected and ended its task, which ran once")


@pytest.mark.fault(
    what="SIGSTOP of a worker that runs a task, for longer than 15 s and the grace; SIGCONT while "
         "another worker runs the task",
    promised="the task runs again on another worker; one outcome is accepted, the late one "
             "discarded; the worker can reconnect")
def test_worker_frozen_too_long(system: System, seen: Callable) -> None:
    system.start("--reconnect-grace", "1")
    worker = system.add_worker("test_worker")
    held = HeldTask(system)
    held.await_begun(worker)

    worker.send(signal.SIGSTOP)
    other = system.add_worker("test_worker")
    await_absence(system, worker)
    held.await_begun(other)
    held.let_end(worker)
    worker.send(signal.SIGCONT)
    held.await_ended(worker)
    system.await_worker(worker)
    assert system.show(held.workflow)["status"] == "running", "the late outcome counts for nothing"
    held.let_end(other)

    assert held.outcome() == other.pid
    assert [run.pid for run in held.begun()] == [worker.pid, other.pid]
    system.stop_worker(other)
    again = HeldTask(system, "again")
    again.let_end()
    assert again.outcome() == worker.pid
    seen(1, "it ran twice; the outcome is that of the other worker; the first one continues")


@pytest.mark.fault(
    what="SIGSTOP of the controller while tasks end, SIGCONT before a worker notices",
    promised="nothing runs twice")
def test_controller_frozen_shortly(system: System, seen: Callable) -> None:
    controller = system.start()
    worker = system.add_worker("test_worker")
    held = HeldTask(system)
    held.await_begun(worker)

    controller.send(signal.SIGSTOP)
    held.let_end()
    held.await_ended(worker)
    controller.send(signal.SIGCONT)

    assert held.outcome() == worker.pid
    assert len(held.begun()) == 1
    seen(1, "the outcome arrived, the task ran once")


@pytest.mark.slow
@pytest.mark.fault(
    what="SIGSTOP of the controller until its worker has closed the connection (30 s), which is "
         "longer than the timeout for a silent worker (15 s)",
    promised="the worker reconnects with its task; nothing runs twice")
def test_controller_frozen_too_long(system: System, seen: Callable) -> None:
    controller = system.start()
    worker = system.add_worker("test_worker")
    held = HeldTask(system)
    held.await_begun(worker)

    controller.send(signal.SIGSTOP)
    eventually("the worker notices", lambda: "session.lost" in worker.errors(), limit=90)
    controller.send(signal.SIGCONT)
    system.await_worker(worker)
    held.let_end()

    assert held.outcome() == worker.pid
    assert len(held.begun()) == 1
    seen(1, "the worker reconnected and ended its task, which ran once")
