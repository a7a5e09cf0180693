"""The network between the controller and a worker loses every packet for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harness import Process, System
from held_task import HeldTask, await_absence, let_pass
from network import CONTROLLER_HOST, Network

ADDRESS = f"{CONTROLLER_HOST}:7717"


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


def start(system: System, network: Network, *, grace: float) -> Process:
    """A controller on one host, and a worker on another; the command has the socket in the root."""
    system.controller_prefix = network.inside("controller")
    restart(system, grace)
    worker = system.launch_worker("test_worker", prefix=network.inside("worker"),
                                  ORRERY_SERVER=ADDRESS)
    system.await_worker(worker)
    return worker


def restart(system: System, grace: float) -> None:
    system.start("--listen", ADDRESS, "--insecure-allow-remote", "--reconnect-grace", str(grace))


@pytest.mark.fault(
    what="the network between the controller and a worker is cut while its task ends, for less "
         "than 15 s",
    promised="nothing runs twice")
def test_connection_cut_shortly(network: Network, system: System, is_quick: bool,
                                seen: Callable) -> None:
    worker = start(system, network, grace=1)
    lengths = (1,) if is_quick else (0.1, 1, 3, 6)

    for seconds in lengths:
        held = HeldTask(system, f"held-{seconds}")
        held.await_begun(worker)
        network.cut()
        held.let_end()
        held.await_ended(worker)
        let_pass(system, seconds)
        network.mend()
        assert held.outcome() == worker.pid
        assert len(held.begun()) == 1
    seen(len(lengths), f"after {', '.join(map(str, lengths))} s the outcome arrived; the task ran once")


@pytest.mark.fault(
    what="the same for longer than 15 s and the grace; another worker runs the task when the "
         "network is back",
    promised="the task runs again on another worker; one outcome is accepted, the late one "
             "discarded; the worker can reconnect")
def test_connection_cut_too_long(network: Network, system: System, seen: Callable) -> None:
    worker = start(system, network, grace=1)
    held = HeldTask(system)
    held.await_begun(worker)

    network.cut()
    held.let_end(worker)
    held.await_ended(worker)
    await_absence(system, worker)
    other = system.add_worker("test_worker")
    held.await_begun(other)
    network.mend()
    system.await_worker(worker, limit=60)
    assert system.show(held.workflow)["status"] == "running", "the late outcome counts for nothing"
    held.let_end(other)

    assert held.outcome() == other.pid
    assert [run.pid for run in held.begun()] == [worker.pid, other.pid]
    seen(1, "it ran twice; the outcome is that of the other worker; the first one reconnected")


@pytest.mark.slow
@pytest.mark.fault(
    what="the same without another worker",
    promised="the task runs again on that worker; one outcome is accepted")
def test_connection_of_only_worker_cut(network: Network, system: System, seen: Callable) -> None:
    worker = start(system, network, grace=1)
    held = HeldTask(system)
    held.await_begun(worker)

    network.cut()
    held.let_end()
    held.await_ended(worker)
    await_absence(system, worker)
    network.mend()

    system.await_worker(worker, limit=60)
    assert held.outcome() == worker.pid
    attempts = [run.attempt for run in held.begun()]
    assert len(attempts) == len(set(attempts)) == 2
    seen(1, "it ran twice on this worker, as two attempts; one outcome was accepted")


@pytest.mark.fault(
    what="the controller is killed and restarted while the network to its worker is cut",
    promised="the worker reconnects and its attempt is adopted; nothing runs twice")
def test_controller_killed_behind_cut_connection(network: Network, system: System,
                                                 seen: Callable) -> None:
    worker = start(system, network, grace=60)
    held = HeldTask(system)
    held.await_begun(worker)

    network.cut()
    system.kill_controller()
    restart(system, grace=60)
    held.let_end()
    held.await_ended(worker)
    network.mend()

    system.await_worker(worker, limit=60)
    assert held.outcome() == worker.pid
    assert len(held.begun()) == 1
    seen(1, "the outcome arrived; the task ran once")
