"""S9: one of two workers is killed with a hundred tasks in its hands."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from .. import time_log
from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..process import Failed
from ..system import System, eventually

_SLOTS = 100


def make_registry(folder: Path, programs: Path) -> Path:
    """A folder whose one program the controller runs as a pool of workers."""
    registry = folder / "registry"
    registry.mkdir()
    (registry / "bench_worker").symlink_to(programs / "bench_worker")
    return registry


def _measure(context: Context, count: int) -> Measured:
    with System(context.programs) as system:
        registry = make_registry(system.folder, context.programs)
        system.start("--registry", str(registry), "--pool-size", "2", "--slots", str(_SLOTS),
                     logs_times=True)
        system.await_workers(2)
        system.adopt_pool()
        victim = system.pool_workers[0].pid
        workflow = system.client("map", "--element", "nap", "--nap", 0.01, "--count", count,
                                 "--no-wait")["workflow"]
        eventually("the map is half done", lambda: time_log.count(system.times) > count)
        killed = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        system.client("map", "--count", count, "--await", workflow)
        usage = system.usage()
        entries = time_log.read(system.times)
    lost = ({entry.value for entry in entries if entry.pid == victim}
            - {entry.value for entry in entries
               if entry.pid == victim and entry.event == time_log.END})
    again = [entry.seconds for entry in entries
             if entry.value in lost and entry.pid != victim and entry.event == time_log.BEGIN]
    if len(again) < len(lost) or not lost:
        raise Failed(f"{len(lost)} tasks were lost, {len(again)} ran again")
    return Measured(usage=usage, values={
        "all running": (max(again) - killed) * 1e3, "lost": len(lost)})


def cases(scale: Scale) -> list[Case]:
    count = scale.size(20_000, 4000)
    return [Case(
        scenario="S9", name="a worker is killed", durability="process",
        metrics=(Metric(name="all running", unit="ms", targets=(at_most(30, "30 ms"),)),
                 Metric(name="lost", unit="tasks")),
        measure=lambda context: _measure(context, count))]
