"""Tierkreis for Python: a process for each task, started by its shell executor."""

from __future__ import annotations

import shutil
import sys
import tempfile
import uuid
from pathlib import Path

from tierkreis.controller import run_graph
from tierkreis.controller.data.graph import GraphData
from tierkreis.controller.data.location import Loc
from tierkreis.controller.data.types import ptype_from_bytes
from tierkreis.controller.executor.shell_executor import ShellExecutor
from tierkreis.controller.storage.filestorage import ControllerFileStorage

from peer import run

# Its own default; it looks this often whether something has ended.
_POLLING_SECONDS = 0.01


class Tierkreis:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        launcher = folder / "bench"
        program = Path(__file__).parent / "tierkreis_worker.py"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$1"\n')
        launcher.chmod(0o755)

    def independent(self, count: int) -> int:
        graph = GraphData()
        ports = {f"x{x}": graph.func("bench.noop", {"x": graph.const(x)})("value")
                 for x in range(count)}
        graph.output(ports)
        return sum(self._run(graph, list(ports)))

    def chain(self, count: int) -> int:
        graph = GraphData()
        last = graph.const(0)
        for _ in range(count):
            last = graph.func("bench.step", {"x": last})("value")
        graph.output({"x": last})
        return self._run(graph, ["x"])[0]

    def _run(self, graph: GraphData, ports: list[str]) -> list[int]:
        storage = ControllerFileStorage(uuid.uuid4())
        executor = ShellExecutor(self._folder, workflow_dir=storage.workflow_dir)
        run_graph(storage, executor, graph, {}, n_iterations=1_000_000,
                  polling_interval_seconds=_POLLING_SECONDS)
        outputs = [ptype_from_bytes(storage.read_output(Loc(), port), int) for port in ports]
        shutil.rmtree(storage.workflow_dir)
        return outputs


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as run_folder:
        run(Tierkreis(Path(run_folder)))
