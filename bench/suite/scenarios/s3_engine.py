"""S3: what the engine alone does, and dependencies in bulk."""

from __future__ import annotations

from ..model import Case, Context, Measured, Metric, Scale, at_least, at_most
from ..system import System


def _loop(context: Context, count: int) -> Measured:
    with System(context.programs) as system:
        system.start()
        report = system.client("builtin-loop", "--count", count)
        return Measured(values={"iteration": report["seconds"] / count * 1e6},
                        usage=system.usage())


def _stencil(context: Context, width: int, depth: int) -> Measured:
    with System(context.programs) as system:
        system.start().add_workers()
        report = system.client("stencil", "--width", width, "--depth", depth)
        return Measured(values={"rate": width * depth / report["seconds"]}, usage=system.usage())


def cases(scale: Scale) -> list[Case]:
    iterations = scale.size(100_000, 5000)
    depth = scale.size(100, 5)
    return [
        Case(scenario="S3", name="loop of builtins", durability="process", tasks="builtin",
             metrics=(Metric(name="iteration", unit="µs/iteration",
                             targets=(at_most(3, "3 µs"),)),),
             measure=lambda context: _loop(context, iterations)),
        Case(scenario="S3", name="stencil, 1,000 wide", durability="process",
             metrics=(Metric(name="rate", unit="nodes/s", is_rate=True,
                             targets=(at_least(150_000, "150,000/s"),)),),
             measure=lambda context: _stencil(context, 1000, depth)),
    ]
