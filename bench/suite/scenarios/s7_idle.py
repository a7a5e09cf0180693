"""S7: single tasks after a while of idleness, beside bare gRPC after the same."""

from __future__ import annotations

import json

from ..limits import echo_server
from ..model import Case, Context, Measured, Metric, Reference, Scale, Target
from ..process import run
from ..system import OUTPUT, System

_KEY = "S7 after idle gaps, process"


def _measure(context: Context, count: int, gaps: tuple[str, ...]) -> Measured:
    with System(context.programs) as system, echo_server(context.programs, "unix") as address:
        system.start().add_workers()
        system.client("idle", "--count", 3, "--gap-min", 0, "--gap-max", 0)
        report = system.client("idle", "--count", count, *gaps)
        usage = system.usage()
        raw = json.loads(run([str(context.programs / "bench_limits"), "grpc-idle-ping", *gaps,
                              "--count", str(count), "--address", address],
                             log=OUTPUT / "limits.log", limit=1200).out)
        return Measured(usage=usage, values={
            "p50": report["p50_us"], "p99": report["p99_us"],
            "raw p50": raw["p50_us"], "raw p99": raw["p99_us"]})


def _twice(raw: str) -> Target:
    def bound(reference: Reference) -> float | None:
        value = reference.median(_KEY, raw)
        return None if value is None else 2 * value

    return Target(text=f"at most twice the {raw}", bound=bound)


def cases(scale: Scale) -> list[Case]:
    count = scale.size(300, 10)
    gaps = ("--gap-min", "0.2", "--gap-max", "0.4" if scale.is_quick else "4")
    return [Case(
        scenario="S7", name="after idle gaps, process", durability="process", repeats_max=1,
        metrics=(Metric(name="p50", unit="µs", targets=(_twice("raw p50"),)),
                 Metric(name="p99", unit="µs", targets=(_twice("raw p99"),)),
                 Metric(name="raw p50", unit="µs"), Metric(name="raw p99", unit="µs")),
        measure=lambda context: _measure(context, count, gaps))]
