"""S2: steps one after the other, each through a worker, the value passed on."""

from __future__ import annotations

import statistics

from .. import time_log
from ..model import Case, Context, Measured, Metric, Scale, times_limit
from ..system import System


def _measure(context: Context, count: int, durability: str) -> Measured:
    with System(context.programs, durability=durability) as system:
        system.start().add_workers(logs_times=True)
        report = system.client("loop", "--count", count)
        usage = system.usage()
        begins = [entry.seconds for entry in time_log.read(system.times)]
    steps = sorted(after - before for before, after in zip(begins, begins[1:]))
    return Measured(usage=usage, values={
        "mean": report["seconds"] / count * 1e6,
        "p50": statistics.median(steps) * 1e6,
        "p99": steps[int(len(steps) * 0.99)] * 1e6})


def cases(scale: Scale) -> list[Case]:
    count = scale.size(10_000, 500)
    mean = times_limit(1.5, "grpc_ping_us", "at most 1.5 gRPC ping-pongs")
    p99 = times_limit(4, "grpc_ping_us", "at most 4 gRPC ping-pongs")

    def case(durability: str) -> Case:
        return Case(
            scenario="S2", name=f"chain of steps, {durability}", durability=durability,
            metrics=(Metric(name="mean", unit="µs/step", targets=(mean,)),
                     Metric(name="p50", unit="µs/step"),
                     Metric(name="p99", unit="µs/step", targets=(p99,))),
            measure=lambda context: _measure(context, count, durability))

    return [case("process"), case("disk")]
