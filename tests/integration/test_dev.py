"""`orrery dev`: a controller and the workers of a folder, as one command; no process outlives it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from harness import BIN, PIPELINE, Graph, Process, System, children, eventually, is_alive, program

from test_main_job import OUTPUT_A, read_value


class Dev:
    """A running `orrery dev` on a registry folder."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.registry = system.folder / "registry"
        self.registry.mkdir()
        self.process: Process | None = None

    def add_program(self, name: str) -> None:
        (self.registry / name).symlink_to(BIN / name)

    def start(self, *flags: str) -> Process:
        arguments = [program("orrery"), "dev", "--root", str(self.system.root), "--registry",
                     str(self.registry), "--listen", self.system.address, *flags]
        self.process = Process(arguments, environment=self.system.environment(),
                               log=self.system.folder / "dev.log")
        self.process.await_line("ready")
        return self.process

    def await_workers(self, *names: str) -> dict[str, int]:
        """The process of each worker, once all are connected."""
        def connected() -> dict[str, int]:
            listed = {worker["name"]: worker["process_id"] for worker in self.system.list_workers()
                      if worker["state"] == "connected"}
            return listed if set(names) <= set(listed) else {}

        return eventually(f"{names} are connected", connected)


@pytest.fixture
def dev(system: System) -> Iterator[Dev]:
    running = Dev(system)
    yield running
    if running.process is not None:
        for pid in children(running.process.pid):
            os.kill(pid, signal.SIGKILL)
        running.process.destroy()


def run_main_job(system: System) -> None:
    # No need to wait for workers: what they will offer is asked for first.
    outputs = system.run(PIPELINE).outputs
    numpy.testing.assert_array_equal(read_value(outputs["a"]), OUTPUT_A)


def test_registry_folder_becomes_a_whole_system(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    dev.add_program("test_worker")
    process = dev.start()
    pids = dev.await_workers("scipy_worker", "test_worker")
    run_main_job(dev.system)

    assert process.stop() == 0, process.transcript()
    for pid in pids.values():
        assert not is_alive(pid), "it stops what it started"


def test_a_pool_replaces_a_worker_that_was_drained(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    dev.start()
    dev.await_workers("scipy_worker")
    before = dev.system.list_workers()[0]["instance"]

    dev.system.orrery("worker", "drain", before, "--wait")

    after = eventually("another worker is connected", lambda: [
        worker["instance"] for worker in dev.system.list_workers()
        if worker["state"] == "connected"])
    assert before not in after


def test_what_is_no_program_in_the_registry_is_left_alone(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    (dev.registry / "README").write_text("Workers of the test.\n")
    (dev.registry / ".hidden").write_text("#!/bin/sh\nexit 1\n")
    (dev.registry / ".hidden").chmod(0o755)
    process = dev.start()
    run_main_job(dev.system)

    assert [worker["name"] for worker in dev.system.list_workers()] == ["scipy_worker"]
    assert process.stop() == 0, process.transcript()


def test_killed_worker_is_started_again(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    process = dev.start()
    first = dev.await_workers("scipy_worker")["scipy_worker"]
    os.kill(first, signal.SIGKILL)

    eventually("another one is connected", lambda: first not in (
        pids := [worker["process_id"] for worker in dev.system.list_workers()]) and pids)
    run_main_job(dev.system)
    assert process.stop() == 0, process.transcript()


def test_task_of_a_worker_that_died_runs_again_at_once(dev: Dev) -> None:
    dev.add_program("test_worker")
    dev.start("--slots", "1")
    pid = dev.await_workers("test_worker")["test_worker"]
    mark = dev.system.folder / "nap"
    graph = Graph()
    graph.output(v=graph.call("test_worker.sleep_for", seconds=1.0, value=7, touch_file=str(mark)))
    workflow = dev.system.submit(graph)
    eventually("it runs", mark.exists)
    os.kill(pid, signal.SIGKILL)

    # Well before the grace for a lost connection, because its death was seen.
    assert dev.system.orrery("wait", workflow, "--timeout", "15").outputs == {"v": 7}
    assert len(mark.read_text().splitlines()) == 2


def test_slots_are_handed_to_the_workers(dev: Dev) -> None:
    dev.add_program("test_worker")
    dev.start("--slots", "3")
    dev.await_workers("test_worker")

    assert [worker["slots"] for worker in dev.system.list_workers()] == [3]


def test_worker_that_cannot_start_is_said_and_the_rest_works(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    broken = dev.registry / "broken_worker"
    broken.write_text("#!/bin/sh\necho 'the library is missing' >&2\nexit 3\n")
    broken.chmod(0o755)
    process = dev.start()
    run_main_job(dev.system)

    def logs() -> str:
        texts = [process.errors()]
        for path in dev.system.root.rglob("*"):
            if path.is_file() and "broken_worker" in path.name:
                texts.append(path.read_text(errors="replace"))
        return "\n".join(texts)

    eventually("its output is kept", lambda: "the library is missing" in logs())
    assert "broken_worker" in process.errors()
    assert process.stop() == 0, process.transcript()


def test_graph_is_checked_against_pools_none_of_whose_workers_has_connected(dev: Dev) -> None:
    slow = dev.registry / "scipy_worker"
    slow.write_text(f"#!/bin/sh\n[ \"$1\" = --catalog ] && exec {program('scipy_worker')} "
                    "--catalog\nexec sleep 1000\n")
    slow.chmod(0o755)
    process = dev.start()
    assert dev.system.list_workers() == []

    wrong = Graph()
    wrong.output(a=wrong.call("scipy_worker.linspace", start="zero", stop=1.0))
    refused = dev.system.run(wrong, code=3).message
    assert "scipy_worker.linspace" in refused
    assert "float" in refused

    workflow = dev.system.submit(PIPELINE)
    waiting = "\n".join(dev.system.orrery("show", workflow).json["waiting_for"])
    assert "no worker of pool scipy_worker is connected yet" in waiting
    assert process.stop() == 0, process.transcript()


def test_killed_controller_takes_its_workers_with_it(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    dev.add_program("test_worker")
    process = dev.start()
    pids = dev.await_workers("scipy_worker", "test_worker")

    assert process.stop(signal.SIGKILL) == -signal.SIGKILL

    for name, pid in pids.items():
        eventually(f"{name} is gone", lambda: not is_alive(pid))  # noqa: B023


def test_interrupt_stops_it_like_ctrl_c(dev: Dev) -> None:
    dev.add_program("scipy_worker")
    process = dev.start()
    pid = dev.await_workers("scipy_worker")["scipy_worker"]

    assert process.stop(signal.SIGINT) == 0, process.transcript()
    assert not is_alive(pid)


def test_registry_that_is_not_there_is_refused(dev: Dev) -> None:
    result = dev.system.command("dev", "--registry", "/nowhere/workers")

    assert result.code == 2, str(result)
    assert "/nowhere/workers" in result.err


def test_registry_may_hold_copies(dev: Dev) -> None:
    shutil.copy(Path(program("scipy_worker")), dev.registry / "scipy_worker")
    process = dev.start()
    run_main_job(dev.system)

    assert process.stop() == 0, process.transcript()
