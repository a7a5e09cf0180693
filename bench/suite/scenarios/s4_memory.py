"""S4: what a large map takes in the controller's memory, before it runs and after."""

from __future__ import annotations

import time

from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..process import memory
from ..system import System

_MEGABYTE = 1e6


def _measure(context: Context, count: int) -> Measured:
    with System(context.programs) as system:
        system.start()
        assert system.controller is not None
        # The memory of a first workflow must not count for the map.
        system.add_workers()
        system.client("map", "--count", 100)
        for worker in system.workers:
            worker.kill()
        pid = system.controller.pid
        before = memory(pid, "VmRSS")
        workflow = system.client("map", "--count", count, "--no-wait")["workflow"]
        time.sleep(1)  # It goes on expanding after it has answered.
        pending = memory(pid, "VmRSS") - before
        system.workers = []
        system.add_workers()
        system.client("map", "--count", count, "--await", workflow)
        time.sleep(1)
        finished = memory(pid, "VmRSS") - before
        return Measured(usage=system.usage(), values={
            "pending": pending / _MEGABYTE, "finished": finished / count})


def cases(scale: Scale) -> list[Case]:
    count = scale.size(1_000_000, 20_000)
    return [Case(
        scenario="S4", name="map of a million", durability="process", repeats_max=1,
        metrics=(Metric(name="pending", unit="MB", targets=(at_most(16, "16 MB"),)),
                 Metric(name="finished", unit="bytes/element", targets=(at_most(32, "32 bytes"),))),
        measure=lambda context: _measure(context, count))]
