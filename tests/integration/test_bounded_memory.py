"""What is long costs time, not memory."""

from __future__ import annotations

import re
from pathlib import Path

from harness import Graph, System

MIB = 1024 * 1024


def peak_bytes(system: System) -> int:
    """The most memory that the controller has had resident so far."""
    assert system.controller is not None
    status = Path(f"/proc/{system.controller.pid}/status").read_text()
    match = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert match is not None, status
    return int(match[1]) * 1024


def counting(iterations: int) -> Graph:
    """A loop that counts from 0 to `iterations`."""
    body = Graph()
    count = body.call("builtins.iadd", a=body.input("value"), b=1)
    body.output(value=count, go_on=body.call("builtins.igt", a=iterations, b=count))
    graph = Graph()
    return graph.output(value=graph.add("loop", body=graph.const(body.data()),
                                        inputs={"value": graph.const(0)}, continue_port="go_on"))


def test_finished_iterations_of_a_loop_leave_nothing(system: System) -> None:
    system.start("--checkpoint-tree", "off")
    assert system.run(counting(1_000)).outputs == {"value": 1_000}
    before = peak_bytes(system)

    assert system.run(counting(200_000)).outputs == {"value": 200_000}

    assert peak_bytes(system) - before < 4 * MIB
