"""Many workers, large catalogs, versions side by side, and workers that do not want to leave."""

from __future__ import annotations

import stat
import time
from contextlib import ExitStack

from guard import LatencyGuard
from harness import Graph, System, eventually, program
from harness.process import SLOWDOWN
from raw_session import RawSession, make_hello, open_channel, port, task
from stubs import catalog, types


def struct_of(fields: int) -> object:
    integer = types.Type(simple=types.SIMPLE_TYPE_INT)
    return types.Type(struct=types.StructType(
        name="S", fields=[types.StructField(name=f"f{i}", type=integer) for i in range(fields)]))


def one_call(function: str = "raw.noop", **inputs: int) -> Graph:
    graph = Graph()
    graph.output(value=graph.call(function, **(inputs or {"x": 4})))
    return graph


def test_hello_with_a_megabyte_of_struct_fields_is_refused_at_once(workers: System,
                                                                   guard: LatencyGuard) -> None:
    """A type of 70,000 fields took 25 s of the loop. It is refused, with the limit, before it costs."""
    huge = catalog.Port(name="x", type=struct_of(70_000), formats=["application/json"])
    hello = make_hello("raw", [catalog.Task(name="noop", inputs=[huge], outputs=[port("value")])])
    with open_channel(workers.address) as channel, RawSession(channel, hello) as raw:
        refused = raw.receive("refused")
    assert "type_size" in refused.message
    assert "2000" in refused.message


def test_workers_of_large_catalogs_connect_quickly(workers: System, guard: LatencyGuard) -> None:
    """A Hello cost workers x tasks^2: 500 workers of 200 tasks never connected. It costs its own bytes."""
    tasks = [task(f"task{i}") for i in range(1000)]
    count = 100
    with ExitStack() as stack:
        channel = stack.enter_context(open_channel(workers.address))
        began = time.monotonic()
        sessions = [stack.enter_context(RawSession(channel, make_hello("large", tasks)))
                    for _ in range(count)]
        for session in sessions:
            session.receive("welcome", limit=60)
        took = time.monotonic() - began
    assert took < 20 * SLOWDOWN, f"{count} workers of 1,000 tasks took {took:.1f} s"


def test_tasks_that_nobody_offers_cost_others_nothing(workers: System, guard: LatencyGuard) -> None:
    """3,000 kinds of tasks without a worker were visited at each step. They are not."""
    graph = Graph()
    graph.output(**{f"o{i}": graph.call(f"nobody.task{i}", x=1) for i in range(3000)})
    workflow = workers.submit(graph, "--wait-for-workers")
    eventually("the guard has run workflows meanwhile", lambda: len(guard.seconds) > 20)
    workers.orrery("cancel", workflow)


def test_worker_of_another_version_is_admitted_beside_the_old(system: System) -> None:
    """The new version was refused until the last old worker had left. Both run, each what was checked for it."""
    system.start()
    with ExitStack() as stack:
        channel = stack.enter_context(open_channel(system.address))
        old = stack.enter_context(RawSession(channel, make_hello("raw", [task(version="1")])))
        old.receive("welcome")
        first = system.submit(one_call())
        attempt = old.receive("assign").assignments[0].attempt
        new = stack.enter_context(RawSession(channel, make_hello("raw", [task(version="2")])))
        new.receive("welcome")
        second = system.submit(one_call(x=5))
        new.finish(new.receive("assign").assignments[0].attempt, value="7")
        assert system.await_status(second, "succeeded")["outputs"]["value"] == 7
        old.finish(attempt, value="6")
        assert system.await_status(first, "succeeded")["outputs"]["value"] == 6


def test_node_whose_version_is_gone_runs_in_one_that_fits_or_says_why_not(system: System) -> None:
    """A node of a workflow from before an upgrade waits for a version that fits, and explain says why."""
    system.start("--reconnect-grace", "1")
    with ExitStack() as stack:
        channel = stack.enter_context(open_channel(system.address))
        old = stack.enter_context(RawSession(channel, make_hello("raw", [task(version="1")])))
        old.receive("welcome")
        workflow = system.submit(one_call())
        old.receive("assign")
        renamed = make_hello("raw", [task(inputs=("other",), version="2")])
        unfit = stack.enter_context(RawSession(channel, renamed))
        unfit.receive("welcome")
        old.cut()

        def reasons() -> str:
            nodes = system.orrery("explain", workflow, "-.N1").json["nodes"]
            return " ".join(reason for node in nodes for reason in node["reasons"])

        eventually("the grace of the old worker is over",
                   lambda: "offers version 2" in reasons() and "it has no input x" in reasons())
        fit = stack.enter_context(RawSession(channel, make_hello("raw", [task(version="3")])))
        fit.receive("welcome")
        fit.finish(fit.receive("assign").assignments[0].attempt, value="9")
        assert system.await_status(workflow, "succeeded")["outputs"]["value"] == 9


def test_banner_before_the_catalog_is_skipped(system: System) -> None:
    """A pool whose program prints a banner lost its catalog, and submissions were refused."""
    registry = system.folder / "registry"
    registry.mkdir()
    wrapper = registry / "loud"
    wrapper.write_text(f"#!/bin/sh\necho 'Loading {{model}} ...'\necho '{{\"level\": \"info\"}}'\n"
                       f"exec {program('scipy_worker')} \"$@\"\n")
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    system.start("--registry", str(registry))
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspace", start=0.0, stop=1.0))
    system.run(graph)


def test_unknown_catalog_of_a_pool_is_named_in_the_refusal(system: System) -> None:
    """A submission was refused, and nothing named the pool whose catalog could not be read."""
    registry = system.folder / "registry"
    registry.mkdir()
    broken = registry / "painters"
    broken.write_text("#!/bin/sh\necho 'no licence for paint' >&2\nexit 3\n")
    broken.chmod(0o755)
    system.start("--registry", str(registry))
    refused = system.run(one_call("painters.paint"), code=3)
    for words in ("pool painters", "status 3", "no licence for paint"):
        assert words in refused.message, refused.message


def test_drain_with_a_timeout_says_what_still_runs(system: System) -> None:
    """A task that never ends held a drain for ever, and nothing said so."""
    system.start()
    with open_channel(system.address) as channel, RawSession(channel, make_hello("raw", [task()])) as raw:
        raw.receive("welcome")
        system.submit(one_call())
        raw.receive("assign")
        late = system.orrery("worker", "drain", "raw", "--timeout", "1s", code=8)
        assert "still runs 1 task" in late.message
        assert "waits for 1 task" in system.command("worker", "list").out
        assert system.list_workers()[0]["draining_since"]
