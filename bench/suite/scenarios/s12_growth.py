"""S12: whether a task costs as much in a large workflow as in a small one."""

from __future__ import annotations

import statistics

from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..system import System


def _measure(context: Context, counts: list[int]) -> Measured:
    costs = {}
    with System(context.programs) as system:
        system.start().add_workers()
        system.client("map", "--count", 1000)
        for count in counts:
            repeats = max(1, min(5, 20_000 // count))
            costs[count] = statistics.median(
                system.client("map", "--count", count)["seconds"] / count * 1e6
                for _ in range(repeats))
        usage = system.usage()
    values = {f"{count:,}": cost for count, cost in costs.items()}
    return Measured(usage=usage, values={
        **values, "largest by smallest": max(costs.values()) / min(costs.values())})


def cases(scale: Scale) -> list[Case]:
    counts = [1000, 10_000] if scale.is_quick else [1000, 10_000, 100_000, 1_000_000]
    return [Case(
        scenario="S12", name="cost by size", durability="process", repeats_max=1,
        metrics=(*(Metric(name=f"{count:,}", unit="µs/task") for count in counts),
                 Metric(name="largest by smallest", unit="times",
                        targets=(at_most(1.5, "1.5 times"),))),
        measure=lambda context: _measure(context, counts))]
