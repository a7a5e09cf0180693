"""A task that takes more memory than its worker may have."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import Graph, System, eventually, program
from mixed_job import read_executions

LIMIT_BYTES = 256 << 20
HOG_BYTES = 2 << 30
OUT_OF_MEMORY_MAX = 2

# Version 2 of the kernel's interface, and version 1: a file of the root, and the one with the limit.
CGROUPS = (("/sys/fs/cgroup/cgroup.controllers", "memory.max"),
           ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "memory.limit_in_bytes"))


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A group of processes that may take 256 MiB together; beyond it the kernel kills one."""
    group, limit = make_group()
    try:
        (group / limit).write_text(str(LIMIT_BYTES))
        swap = group / "memory.swap.max"
        if swap.exists():
            swap.write_text("0")
        yield group
    finally:
        eventually("the group is empty", lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def make_group() -> tuple[Path, str]:
    for marker, limit in CGROUPS:
        group = Path(marker).with_name(f"orrery-test-{os.getpid()}")
        if not Path(marker).exists():
            continue
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            return group, limit
        group.rmdir()
    pytest.skip("limiting the memory of a group of processes needs root and a memory cgroup")


def start_pool(system: System, *command: str) -> None:
    """A controller with a pool of one worker that is started through the command."""
    pool = {"name": "test_worker", "command": [*command, program("test_worker")], "slots": 2}
    path = system.write_file("orrery.yaml", json.dumps({"pools": [pool]}).encode())
    system.start("--config", str(path))
    eventually("the pool's worker is there", system.list_workers)


def hog_graph(mark: Path) -> Graph:
    graph = Graph()
    return graph.output(v=graph.call("test_worker.hog", size=HOG_BYTES, touch_file=str(mark)))


def healthy_graph() -> Graph:
    graph = Graph()
    return graph.output(v=graph.call("test_worker.add", a=1, b=2))


@pytest.mark.fault(
    what="the kernel kills a worker for its memory whenever it runs a certain task",
    promised="the task is retried once, then its node fails with \"out of memory\" and the peak "
             "memory of the worker; the pool starts workers again; other workflows continue")
def test_worker_killed_for_its_memory(cgroup: Path, system: System, seen: Callable) -> None:
    join = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
    start_pool(system, "/bin/sh", "-c", join, str(cgroup))
    mark = system.folder / "hog"

    failed = system.orrery("run", "-f", system.graph_file(hog_graph(mark)), code=1).json["error"]

    assert failed["location"] == "-.N2", failed
    assert f"out of memory, {OUT_OF_MEMORY_MAX} times; the last was test_worker" in failed["message"]
    assert "killed by SIGKILL, for its memory" in failed["message"], failed
    assert cgroup.name in failed["message"], failed
    peak = re.search(r"it had up to (\d+) MiB", failed["message"])
    # Its programs' own pages are somebody else's before they are its own.
    assert peak and LIMIT_BYTES >> 21 < int(peak[1]) < LIMIT_BYTES >> 19, failed
    pids = {run.pid for run in read_executions(mark)}
    assert len(pids) == OUT_OF_MEMORY_MAX, "each time it was another process"
    assert system.run(healthy_graph()).outputs == {"v": 3}
    seen(len(pids), f"\"{failed['message'].split(';')[0]}\"; the next workflow succeeded")


@pytest.mark.fault(
    what="a task allocates more memory than its worker may have (`prlimit --as`)",
    promised="the task fails with \"out of memory\"; its worker continues")
def test_worker_denied_memory(system: System, seen: Callable) -> None:
    start_pool(system, "prlimit", f"--as={HOG_BYTES}")
    [before] = system.list_workers()
    mark = system.folder / "hog"

    failed = system.run(hog_graph(mark), code=1).json["error"]

    assert failed["message"] == "out of memory: std::bad_alloc", failed
    assert len(read_executions(mark)) == 1
    assert system.run(healthy_graph()).outputs == {"v": 3}
    assert [each["process_id"] for each in system.list_workers()] == [before["process_id"]]
    seen(1, f"\"{failed['message']}\"; the worker continued")
