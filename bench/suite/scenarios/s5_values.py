"""S5: values that go from task to task on one host."""

from __future__ import annotations

import random

from .. import time_log
from ..model import Case, Context, Measured, Metric, Reference, Scale, Target, at_most
from ..system import System

_KIBIBYTE, _MEBIBYTE, _GIBIBYTE = 1 << 10, 1 << 20, 1 << 30


def _values(context: Context, count: int, size: int, *, is_remote: bool = False) -> Measured:
    with System(context.programs) as system:
        system.start()
        if is_remote:
            # Another root: workers that do not see the controller's use its blob service.
            elsewhere = system.folder / "elsewhere"
            elsewhere.mkdir()
            system.add_workers(ORRERY_HOME=str(elsewhere))
        else:
            system.add_workers()
        report = system.client("values", "--count", count, "--bytes", size,
                               "--seed", random.randrange(1 << 40))
        seconds = report["seconds"]
        return Measured(usage=system.usage(), values={
            "rate": count / seconds, "bytes": count * size / seconds})


def _hand_over(context: Context, size: int) -> Measured:
    """From the end of one task that had the value to the begin of the next one."""
    with System(context.programs) as system:
        system.start().add_workers(logs_times=True)
        system.client("hand-over", "--bytes", size, "--seed", random.randrange(1 << 40))
        usage = system.usage()
        entries = time_log.read(system.times)
    made, looks = entries[0].seconds, entries[1:]
    ends = [entry.seconds for entry in looks if entry.event == time_log.END]
    begins = [entry.seconds for entry in looks if entry.event == time_log.BEGIN]
    gaps = [(after - before) * 1e3 for before, after in zip(ends, begins[1:])]
    return Measured(usage=usage, values={
        "hand-over": sum(gaps) / len(gaps), "made to seen": (begins[0] - made) * 1e3})


def _share_of_map(reference: Reference) -> float | None:
    rate = reference.limit("write_map_bytes_per_s")
    return None if rate is None else 0.7 * rate


def cases(scale: Scale) -> list[Case]:
    many, some = scale.size(10_000, 500), scale.size(1000, 20)
    large = scale.size(_GIBIBYTE, _GIBIBYTE // 16)
    share = Target(text="at least 0.7 of file write + mmap read", bound=_share_of_map)

    def values(name: str, count: int, size: int, *targets: Target,
               is_remote: bool = False) -> Case:
        return Case(
            scenario="S5", name=name, durability="process", repeats_max=3,
            metrics=(Metric(name="rate", unit="values/s", is_rate=True),
                     Metric(name="bytes", unit="B/s", is_rate=True, targets=targets)),
            measure=lambda context: _values(context, count, size, is_remote=is_remote))

    return [
        values("values of 1 KiB", many, _KIBIBYTE),
        values("values of 1 MiB", some, _MEBIBYTE, share),
        values("values of 1 MiB through the blob service", some // 4, _MEBIBYTE, is_remote=True),
        Case(scenario="S5", name="value of 1 GiB", durability="process", repeats_max=3,
             metrics=(Metric(name="hand-over", unit="ms", targets=(at_most(5, "5 ms"),)),
                      Metric(name="made to seen", unit="ms")),
             measure=lambda context: _hand_over(context, large)),
    ]
