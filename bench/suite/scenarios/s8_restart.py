"""S8: a controller that is killed and started again, with much behind it and much before it."""

from __future__ import annotations

import time

from .. import time_log
from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..system import System, eventually

# Longer than the restart may take, so that what runs is still running.
_NAP_SECONDS = 30


def _measure(context: Context, finished: int, running: int, pending: int) -> Measured:
    """What has finished is one map; another one naps, in workers with many slots, and waits.

    When the controller is back, two workers more are started: what begins first in them is the
    first new dispatch, and includes what it takes to start them.
    """
    with System(context.programs) as system:
        system.start().add_workers(logs_times=True)
        system.client("map", "--element", "counted", "--count", finished)
        for worker in system.workers:
            worker.kill()
        system.workers = []
        system.add_workers(slots=running // 2, logs_times=True)
        system.client("map", "--element", "nap", "--nap", _NAP_SECONDS,
                      "--count", running + pending, "--no-wait")
        eventually(f"{running} naps have begun",
                   lambda: time_log.count(system.times) >= finished + running)
        assert system.controller is not None
        system.controller.kill()
        held = time_log.count(system.times)
        began = time.monotonic()
        system.start()
        ready = time.monotonic()
        system.launch_workers(logs_times=True)
        eventually("a nap begins", lambda: time_log.count(system.times) > held)
        entries = time_log.read(system.times)
        dispatched = next(entry.seconds for entry in entries
                          if entry.seconds > began and entry.event == time_log.BEGIN)
        time.sleep(1)  # What would run twice would by now.
        usage = system.usage()
        begins = [entry.value for entry in time_log.read(system.times)
                  if entry.event == time_log.BEGIN]
    return Measured(usage=usage, values={
        "ready": ready - began, "first dispatch": dispatched - began,
        "run again": len(begins) - len(set(begins))})


def cases(scale: Scale) -> list[Case]:
    sizes = (scale.size(1_000_000, 10_000), scale.size(1000, 100), scale.size(10_000, 1000))
    return [Case(
        scenario="S8", name="restart", durability="process", repeats_max=1,
        metrics=(Metric(name="ready", unit="s"),
                 Metric(name="first dispatch", unit="s", targets=(at_most(1, "1 s"),)),
                 Metric(name="run again", unit="tasks", targets=(at_most(0, "none"),))),
        measure=lambda context: _measure(context, *sizes))]
