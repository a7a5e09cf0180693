"""A pool whose program is replaced while workflows run: versions side by side, one worker after another."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Graph, System, eventually, program


def write_program(system: System, version: str) -> Path:
    """The program of the pool: the test worker, in a version."""
    registry = system.folder / "registry"
    registry.mkdir(exist_ok=True)
    path = registry / "test_worker"
    fresh = registry / ".fresh"
    fresh.write_text(f"#!/bin/sh\nTEST_WORKER_VERSION={version} exec {program('test_worker')} \"$@\"\n")
    fresh.chmod(0o755)
    fresh.rename(path)
    return registry


def versions(system: System) -> list[str]:
    """The version of each connected worker."""
    return sorted(worker["versions"]["square"] for worker in system.list_workers()
                  if worker["state"] == "connected")


@pytest.fixture
def pool(system: System) -> System:
    """A pool of two workers of version 1."""
    registry = write_program(system, "1")
    system.start("--registry", str(registry), "--pool-size", "2", "--slots", "1")
    eventually("both workers are connected", lambda: versions(system) == ["1", "1"])
    return system


def test_pool_is_restarted_one_worker_after_another(pool: System) -> None:
    before = {worker["instance"] for worker in pool.list_workers()}
    write_program(pool, "2")

    restarted = pool.orrery("pool", "restart", "test_worker").json

    assert restarted["pool"] == "test_worker"
    assert set(restarted["restarted"]) == before
    assert versions(pool) == ["2", "2"]
    assert {worker["pool"] for worker in pool.list_workers()} == {"test_worker"}


def test_workflow_goes_on_through_a_restart_of_its_pool(pool: System) -> None:
    gate, begun = pool.folder / "gate", pool.folder / "begun"
    graph = Graph()
    held = graph.call("test_worker.hold", gate=str(gate), begun=str(begun))
    graph.output(held=held, value=graph.call("test_worker.square", value=7,
                                             touch_file=str(pool.folder / "squared")))
    workflow = pool.submit(graph)
    eventually("the task that is held has begun", begun.exists)
    write_program(pool, "2")

    late = pool.orrery("pool", "restart", "test_worker", "--timeout", "5s", code=8)
    assert "still runs 1 task" in late.message
    gate.touch()
    pool.orrery("pool", "restart", "test_worker")

    assert pool.await_status(workflow, "succeeded")["outputs"]["value"] == 49
    assert "2" in versions(pool)


def test_pool_that_does_not_exist_is_not_found(pool: System) -> None:
    refused = pool.orrery("pool", "restart", "painters", code=4)
    assert "test_worker" in refused.message
