"""S1: independent tasks that do nothing, results summed."""

from __future__ import annotations

from ..model import Case, Context, Measured, Metric, Reference, Scale, Target, at_least
from ..system import System


def _run(context: Context, case: tuple[str, ...], count: int, durability: str = "process",
         checkpoint_tree: bool = False) -> Measured:
    with System(context.programs, durability=durability,
                checkpoint_tree=checkpoint_tree) as system:
        system.start().add_workers()
        report = system.client(*case, "--count", count)
        return Measured(values={"rate": count / report["seconds"]}, usage=system.usage())


def _case(name: str, command: tuple[str, ...], count: int, durability: str,
          *targets: Target) -> Case:
    return Case(scenario="S1", name=f"{name}, {durability}", durability=durability,
                metrics=(Metric(name="rate", unit="tasks/s", is_rate=True, targets=targets),),
                measure=lambda context: _run(context, command, count, durability))


def _times_peer(factor: float, text: str, peers: tuple[str, ...]) -> Target:
    def bound(reference: Reference) -> float | None:
        rates = [rate for peer in peers
                 if (rate := reference.median(f"S1 {peer}", "rate")) is not None]
        return factor * max(rates) if rates else None

    return Target(text=text, bound=bound)


# Those that run functions in workers that live on, as ours do.
FUNCTION_PEERS = ("Dask", "Ray", "Celery", "Parsl", "Gearman")


def cases(scale: Scale) -> list[Case]:
    count = scale.size(100_000, 5000)
    programs = scale.size(2000, 100)
    tree = scale.size(10_000, 500)
    one_map, explicit = ("map",), ("explicit",)
    peers = (_times_peer(100, "100x Dask", ("Dask",)),
             _times_peer(5, "5x the best peer that runs functions", FUNCTION_PEERS))
    return [
        _case("one map", one_map, count, "memory"),
        _case("one map", one_map, count, "process", at_least(400_000, "400,000/s"), *peers),
        _case("one map", one_map, count, "disk", at_least(300_000, "300,000/s")),
        _case("explicit nodes", explicit, count, "process", at_least(200_000, "200,000/s")),
        _case("explicit nodes", explicit, count, "disk"),
        Case(scenario="S1", name="one map, checkpoint tree on, process", durability="process",
             metrics=(Metric(name="rate", unit="tasks/s", is_rate=True),),
             measure=lambda context: _run(context, one_map, tree, checkpoint_tree=True)),
        Case(scenario="S1", name="one map, a process each, process", durability="process",
             tasks="process", metrics=(Metric(name="rate", unit="tasks/s", is_rate=True),),
             measure=lambda context: _run(context, ("map", "--element", "run-program"), programs)),
    ]
