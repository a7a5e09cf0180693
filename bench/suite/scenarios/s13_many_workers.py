"""S13: what a task costs with many workers, and how soon they are back after a restart.

The workers are sessions of one process, which answer at once, one task a message. They claim that
each task took 10 ms, so that the controller sends them few in advance. Most share connections, so
that the controller is measured; a row tells what gRPC adds for a connection each.
"""

from __future__ import annotations

import time

from ..model import Case, Context, Measured, Metric, Scale, at_most
from ..process import Server, cpu_seconds
from ..system import System

# A connection takes a hundred calls.
_SESSIONS_SHARED = 90


def _connect(system: System, workers: int, *, tasks: int = 1, sessions: int = 1) -> Server:
    server = Server(
        [str(system.programs / "bench_sessions"), "--server", system.address,
         "--workers", str(workers), "--tasks", str(tasks),
         "--sessions-per-connection", str(sessions)],
        log=system.folder / "sessions.log", ready="connected", environment=system.environment())
    system.workers.append(server)
    return server


def _task_cost(context: Context, workers: int, sessions: int, count: int) -> float:
    """Microseconds of the controller's CPU time by task."""
    with System(context.programs) as system:
        system.start()
        _connect(system, workers, sessions=sessions)
        system.client("map", "--count", workers)  # The controller knows how long they take.
        assert system.controller is not None
        before = cpu_seconds(system.controller.pid)
        system.client("map", "--count", count)
        return (cpu_seconds(system.controller.pid) - before) / count * 1e6


def _costs(context: Context, workers: int, count: int) -> Measured:
    few = _task_cost(context, 2, _SESSIONS_SHARED, count)
    many = _task_cost(context, workers, _SESSIONS_SHARED, count)
    connected = _task_cost(context, workers, 1, count)
    return Measured(values={"2 workers": few, f"{workers:,} workers": many,
                            f"{workers:,} connections": connected, "many by two": many / few})


def _return(context: Context, workers: int, tasks: int) -> Measured:
    with System(context.programs) as system:
        system.start()
        sessions = _connect(system, workers, tasks=tasks)
        assert system.controller is not None
        system.controller.kill()
        began = time.monotonic()
        system.start()
        ready = time.monotonic()
        sessions.await_line("connected")
        return Measured(usage=system.usage(), values={
            "ready": ready - began, "all connected": time.monotonic() - began})


def cases(scale: Scale) -> list[Case]:
    many, count = scale.size(2000, 200), scale.size(100_000, 5000)
    returning, tasks = scale.size(1000, 100), scale.size(1000, 100)
    return [
        Case(scenario="S13", name="cost by workers", durability="process", repeats_max=3,
             metrics=(Metric(name="2 workers", unit="µs/task"),
                      Metric(name=f"{many:,} workers", unit="µs/task"),
                      Metric(name=f"{many:,} connections", unit="µs/task"),
                      Metric(name="many by two", unit="times",
                             targets=(at_most(1.5, "1.5 times"),))),
             measure=lambda context: _costs(context, many, count)),
        Case(scenario="S13", name=f"{returning:,} workers of {tasks:,} tasks return",
             durability="process", repeats_max=3, tasks="",
             metrics=(Metric(name="ready", unit="s"),
                      Metric(name="all connected", unit="s", targets=(at_most(5, "5 s"),))),
             measure=lambda context: _return(context, returning, tasks))]
