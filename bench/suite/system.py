"""A controller with two worker slots, and the client that measures it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from .process import Failed, Server, Usage, Watched, run

REPOSITORY = Path(__file__).resolve().parents[2]
OUTPUT = REPOSITORY / "build" / "bench"
WORKERS = 2
CLIENT_SECONDS_MAX = 900.0


def eventually(claim: str, probe: Callable[[], bool], limit: float = 60.0) -> None:
    deadline = time.monotonic() + limit
    while not probe():
        if time.monotonic() > deadline:
            raise Failed(f"not within {limit:.0f} s: {claim}")
        time.sleep(0.01)


class System:
    """Everything in a folder of its own, on the disk that the limits are measured on."""

    def __init__(self, programs: Path, *, durability: str = "process",
                 checkpoint_tree: bool = False) -> None:
        self.programs = programs
        self.durability = durability
        self.checkpoint_tree = checkpoint_tree
        (OUTPUT / "run").mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(dir=OUTPUT / "run"))
        self.root = self.folder / "root"
        self.root.mkdir()
        # A socket's path has to be short.
        self._sockets = Path(tempfile.mkdtemp(prefix="orrery-bench-"))
        self.address = f"unix:{self._sockets}/orreryd.sock"
        self.times = self.folder / "times"
        self.controller: Server | None = None
        self.workers: list[Server] = []
        self.pool_workers: list[Watched] = []  # Which the controller started.
        self.client_usage: list[Usage] = []
        self.has_begun = False

    def __enter__(self) -> System:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        # Workers are not asked: they would finish their tasks first.
        for worker in self.workers:
            worker.kill()
        if self.controller is not None:
            self.controller.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def environment(self, *, logs_times: bool = False, **variables: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        times = {"ORRERY_BENCH_TIMES": str(self.times)} if logs_times else {}
        return {**kept, "HOME": str(self.folder), "ORRERY_HOME": str(self.root),
                "ORRERY_SERVER": self.address, **times, **variables}

    def start(self, *flags: str, logs_times: bool = False) -> System:
        """The controller alone; it answers."""
        tree = "full" if self.checkpoint_tree else "off"
        self.controller = Server(
            [str(self.programs / "orreryd"), "--root", str(self.root), "--listen", self.address,
             "--durability", self.durability, "--checkpoint-tree", tree, *flags],
            log=self.folder / "orreryd.log", ready="ready",
            environment=self.environment(logs_times=logs_times))
        return self

    def add_workers(self, count: int = WORKERS, *, slots: int = 1, logs_times: bool = False,
                    **variables: str) -> System:
        """Worker processes, which the controller has when this returns."""
        connected = len(self.workers) + count
        self.launch_workers(count, slots=slots, logs_times=logs_times, **variables)
        self.await_workers(connected)
        return self

    def launch_workers(self, count: int = WORKERS, *, slots: int = 1, logs_times: bool = False,
                       **variables: str) -> None:
        """The same without waiting."""
        environment = self.environment(logs_times=logs_times, **variables)
        for _ in range(count):
            self.workers.append(Server(
                [str(self.programs / "bench_worker"), "--slots", str(slots)],
                log=self.folder / f"worker-{len(self.workers)}.log", environment=environment))

    def await_workers(self, count: int) -> None:
        eventually(f"{count} workers are connected", lambda: self.worker_count() >= count)

    def worker_count(self) -> int:
        return sum(worker["state"] == "connected" for worker in self.list_workers())

    def list_workers(self) -> list[dict[str, Any]]:
        listing = json.loads(self.orrery("worker", "list", "-o", "json"))
        workers: list[dict[str, Any]] = listing["workers"]
        return workers

    def adopt_pool(self) -> None:
        """Counts what the workers take that the controller has started."""
        self.pool_workers = [Watched("bench_worker", worker["process_id"])
                             for worker in self.list_workers()]

    def orrery(self, *arguments: str) -> str:
        return run([str(self.programs / "orrery"), *arguments], log=self.folder / "orrery.log",
                   environment=self.environment()).out

    def begin(self) -> None:
        """From here on usage counts: what a start costs is a matter of its own."""
        self.has_begun = True
        self.client_usage = []
        for server in self.servers():
            server.begin()

    def client(self, *arguments: str | int | float | Path,
               limit: float = CLIENT_SECONDS_MAX) -> dict[str, Any]:
        """What the client measured, and checked."""
        if not self.has_begun:
            self.begin()
        words = [str(argument) for argument in arguments]
        result = run([str(self.programs / "bench_client"), *words, "--server", self.address],
                     log=self.folder / "client.log", environment=self.environment(), limit=limit)
        self.client_usage.append(result.usage)
        report: dict[str, Any] = json.loads(result.out)
        return report

    def servers(self) -> list[Watched]:
        servers = [*self.workers, *self.pool_workers]
        if self.controller is not None:
            servers.insert(0, self.controller)
        return [server for server in servers if server.is_running()]

    def usage(self) -> list[Usage]:
        """Of each process since the first client began."""
        found = [server.usage() for server in self.servers()]
        if self.client_usage:
            found.append(Usage(name="bench_client",
                               cpu_seconds=sum(each.cpu_seconds for each in self.client_usage),
                               peak_bytes=max(each.peak_bytes for each in self.client_usage)))
        return found
