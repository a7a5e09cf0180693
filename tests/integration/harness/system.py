"""A whole system in a folder of its own: one controller, any number of workers, and the command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from .command import Result, run_program
from .graphs import Graph
from .process import LIMIT_SECONDS, SLOWDOWN, Process, eventually

REPOSITORY = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ORRERY_BIN", REPOSITORY / "build/dev/bin"))
PIPELINE = REPOSITORY / "examples/array_pipeline/graph.json"

# Trees are made and deleted much faster in memory, and socket paths have to be short.
_FOLDERS = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(tempfile.gettempdir())
_KEPT_VARIABLES = ("PATH", "LANG", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def make_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="orrery-", dir=_FOLDERS))


def program(name: str) -> str:
    path = BIN / name
    assert path.exists(), f"{path} is not built; set ORRERY_BIN or build it"
    return str(path)


class System:
    """Starts nothing by itself. Leaving it stops all that runs, and checks that it stops well."""

    def __init__(self, folder: Path, *, root: Path | None = None) -> None:
        self.folder = folder
        self.root = root or folder / "root"
        self.root.mkdir(exist_ok=True)
        self.address = f"unix:{self.root}/orreryd.sock"
        self.controller: Process | None = None
        self.controller_prefix: list[str] = []  # A command that runs the controller.
        self.workers: list[Process] = []
        self._files = 0

    def __enter__(self) -> System:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.stop()
        finally:
            for process in [*self.workers, self.controller]:
                if process is not None:
                    process.destroy()

    # --- The controller ---

    def start(self, *flags: str, **variables: str) -> Process:
        """Starts the controller and waits until it is ready."""
        self.launch(*flags, **variables).await_line("ready")
        assert self.controller is not None
        return self.controller

    def launch(self, *flags: str, **variables: str) -> Process:
        """Starts the controller; whether it gets ready is for the caller to see."""
        assert self.controller is None or self.controller.code is not None
        arguments = [program("orreryd"), "--root", str(self.root), "--listen", self.address, *flags]
        self.controller = Process([*self.controller_prefix, *arguments],
                                  environment=self.environment(**variables),
                                  log=self.folder / "orreryd.log")
        return self.controller

    def kill_controller(self) -> None:
        """As a power cut of the process: SIGKILL."""
        assert self.controller is not None
        assert self.controller.stop(signal.SIGKILL) == -signal.SIGKILL

    def stop_controller(self) -> None:
        """As an operator does: SIGTERM."""
        assert self.controller is not None
        code = self.controller.stop()
        assert code == 0, f"exit code {code} after SIGTERM\n{self.controller.transcript()}"

    # --- Workers ---

    def add_worker(self, name: str = "scipy_worker", *, arguments: list[str] | None = None,
                   **variables: str) -> Process:
        """Starts a worker and waits until the controller has it."""
        process = self.launch_worker(name, arguments=arguments, **variables)
        self.await_worker(process)
        return process

    def launch_worker(self, name: str = "scipy_worker", *, arguments: list[str] | None = None,
                      prefix: list[str] | None = None, **variables: str) -> Process:
        """Starts a worker, by way of a command that runs it if there is a prefix."""
        process = Process([*(prefix or []), program(name), *(arguments or [])],
                          environment=self.environment(**variables),
                          log=self.folder / f"{name}-{len(self.workers)}.log")
        self.workers.append(process)
        return process

    def await_worker(self, process: Process, limit: float = LIMIT_SECONDS) -> None:
        def is_connected() -> bool:
            assert process.code is None, f"the worker ended\n{process.transcript()}"
            return any(worker["process_id"] == process.pid and worker["state"] == "connected"
                       for worker in self.list_workers())

        eventually(f"{process.describe()} is connected", is_connected, limit)

    def list_workers(self) -> list[dict[str, Any]]:
        return self.orrery("worker", "list").json["workers"]

    def stop_worker(self, process: Process) -> None:
        code = process.stop()
        assert code == 0, f"exit code {code} after SIGTERM\n{process.transcript()}"

    def stop(self) -> None:
        """Stops what still runs, as an operator does."""
        for process in self.workers:
            if process.code is None:
                self.stop_worker(process)
        if self.controller is not None and self.controller.code is None:
            self.stop_controller()

    # --- The command ---

    def environment(self, **variables: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return {**kept, "HOME": str(self.folder), "ORRERY_HOME": str(self.root),
                "ORRERY_SERVER": self.address, **variables}

    def command(self, *arguments: str, stdin: bytes = b"", limit: float = 30.0,
                **variables: str) -> Result:
        """`orrery` with exactly these arguments, whatever its exit code."""
        return run_program([program("orrery"), *arguments], stdin=stdin, limit=limit,
                           environment=self.environment(**variables))

    def orrery(self, *arguments: str, code: int = 0) -> Result:
        """`orrery ... -o json`, which has to end with this exit code."""
        result = self.command(*arguments, "-o", "json")
        assert result.code == code, f"exit code {result.code}, not {code}\n{result}"
        return result

    def run(self, graph: Graph | Path, *arguments: str, code: int = 0) -> Result:
        """`orrery run` of the graph, to its end."""
        return self.orrery("run", "-f", self.graph_file(graph), "--timeout", str(25 * SLOWDOWN),
                           *arguments, code=code)

    def submit(self, graph: Graph | Path, *arguments: str, code: int = 0) -> str:
        """`orrery submit` of the graph; the workflow's id."""
        result = self.orrery("submit", "-f", self.graph_file(graph), *arguments, code=code)
        return result.json["workflow"] if code == 0 else ""

    def graph_file(self, graph: Graph | Path) -> str:
        if isinstance(graph, Path):
            return str(graph)
        return str(self.write_file("graph.json", json.dumps(graph.data()).encode()))

    def write_file(self, name: str, content: bytes) -> Path:
        """A new file of this name, in a folder of its own."""
        self._files += 1
        path = self.folder / "files" / str(self._files) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

    def workflows(self) -> list[dict[str, Any]]:
        return self.orrery("list", "--all").json["workflows"]

    def show(self, workflow: str) -> dict[str, Any]:
        return self.orrery("show", workflow).json

    def await_status(self, workflow: str, status: str) -> dict[str, Any]:
        shown = eventually(f"workflow {workflow} is {status}",
                           lambda: (now := self.show(workflow))["status"] != "running" and now)
        assert shown["status"] == status, shown
        return shown

    # --- What it leaves on the disk ---

    def checkpoint(self, workflow: str, *parts: str) -> Path:
        return self.root.joinpath("checkpoints", workflow, *parts)

    def await_file(self, path: Path) -> Path:
        """The checkpoint tree is written behind the workflow's back."""
        eventually(f"{path} exists", path.exists)
        return path

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
