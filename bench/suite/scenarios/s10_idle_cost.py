"""S10: what a controller takes while nothing can go on."""

from __future__ import annotations

import time

from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..process import cpu_seconds, memory
from ..system import System


def _measure(context: Context, count: int, seconds: float) -> Measured:
    with System(context.programs) as system:
        system.start().add_workers()
        system.client("blocked", "--count", count, "--no-wait")
        assert system.controller is not None
        pid = system.controller.pid
        time.sleep(3)
        before = cpu_seconds(pid)
        time.sleep(seconds)
        share = (cpu_seconds(pid) - before) / seconds
        return Measured(usage=system.usage(), values={
            "cpu": share * 100, "memory": memory(pid, "VmRSS") / 1e6})


def cases(scale: Scale) -> list[Case]:
    count, seconds = scale.size(100_000, 5000), scale.size(20, 2)
    return [Case(
        scenario="S10", name="idle with blocked nodes", durability="process", repeats_max=1,
        tasks="",
        metrics=(Metric(name="cpu", unit="% of a core", targets=(at_most(0.2, "0.2 %"),)),
                 Metric(name="memory", unit="MB", targets=(at_most(40, "40 MB"),))),
        measure=lambda context: _measure(context, count, seconds))]
