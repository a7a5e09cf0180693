"""S6: small workflows of three steps, from the submit call to the result."""

from __future__ import annotations

from ..model import Case, Context, Measured, Metric, Reference, Scale, Target, at_least
from ..system import System


def _measure(context: Context, count: int, clients: int, durability: str) -> Measured:
    with System(context.programs, durability=durability) as system:
        system.start().add_workers()
        report = system.client("steps", "--count", count, "--clients", clients)
        return Measured(usage=system.usage(), values={
            "p50": report["p50_us"], "p99": report["p99_us"],
            "rate": report["count"] / report["seconds"]})


def _six_pings(syncs: int) -> Target:
    def bound(reference: Reference) -> float | None:
        ping, sync = reference.limit("grpc_ping_us"), reference.limit("fdatasync_us")
        return None if ping is None or sync is None else 6 * ping + syncs * sync

    text = "at most 6 gRPC ping-pongs" + (f" and {syncs} fdatasyncs" if syncs else "")
    return Target(text=text, bound=bound)


def _case(durability: str, count: int, clients: int, latency: tuple[Target, ...],
          rate: tuple[Target, ...]) -> Case:
    who = "one client" if clients == 1 else f"{clients} clients"
    return Case(
        scenario="S6", name=f"three steps, {who}, {durability}", durability=durability,
        metrics=(Metric(name="p50", unit="µs", targets=latency), Metric(name="p99", unit="µs"),
                 Metric(name="rate", unit="workflows/s", is_rate=True, targets=rate)),
        measure=lambda context: _measure(context, count, clients, durability))


def cases(scale: Scale) -> list[Case]:
    count = scale.size(2000, 100)
    rate = (at_least(10_000, "10,000/s"),)
    return [
        _case("process", count, 1, (_six_pings(0),), ()),
        _case("disk", count, 1, (_six_pings(2),), ()),
        _case("process", scale.size(19_200, 640), 64, (), rate),
        _case("disk", scale.size(19_200, 640), 64, (), ()),
    ]
