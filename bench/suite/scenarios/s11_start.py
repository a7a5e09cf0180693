"""S11: from nothing to the first answer, and to the first result."""

from __future__ import annotations

from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..system import System
from .s9_worker_lost import make_registry


def _measure(context: Context) -> Measured:
    with System(context.programs, durability="disk") as system:
        registry = make_registry(system.folder, context.programs)
        report = system.client("start", "--daemon", context.programs / "orreryd",
                               "--root", system.root, "--registry", registry)
        return Measured(usage=system.usage(), values={
            "first answer": report["answer_seconds"] * 1e3,
            "first result": report["result_seconds"] * 1e3})


def cases(scale: Scale) -> list[Case]:
    del scale
    return [Case(
        scenario="S11", name="start", durability="disk",
        metrics=(Metric(name="first answer", unit="ms", targets=(at_most(50, "50 ms"),)),
                 Metric(name="first result", unit="ms", targets=(at_most(150, "150 ms"),))),
        measure=_measure)]
