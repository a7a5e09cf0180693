"""The common part of the peers' programs: runs and times one of three kinds of work.

    python dask_peer.py independent 1000

The clock starts when everything is up and stops when the checked result is here. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import time
from collections.abc import Callable
from typing import Any, Protocol


class Peer(Protocol):
    """Another system with two worker slots, which is up."""

    def independent(self, count: int) -> int:
        """Tasks of 0, 1, ... count - 1 that return their argument; the sum of the results."""

    def chain(self, count: int) -> int:
        """Tasks that add 1 to what the one before returned, from 0 on; the last result."""


def noop(x: int) -> int:
    return x


def step(x: int) -> int:
    return x + 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def await_port(port: int, limit: float = 20.0) -> None:
    """Waits until somebody listens there."""
    deadline = time.monotonic() + limit
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def expect(found: Any, expected: Any) -> None:
    if found != expected:
        raise SystemExit(f"the result is {found}, expected {expected}")


def timed(work: Callable[[], int], expected: int) -> float:
    began = time.perf_counter()
    result = work()
    took = time.perf_counter() - began
    expect(result, expected)
    return took


def run(peer: Peer) -> None:
    """Does what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("independent", "chain", "workflows"))
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    count = arguments.count
    # What is first used takes longer.
    expect(peer.chain(2), 2)
    if arguments.work == "independent":
        seconds = timed(lambda: peer.independent(count), count * (count - 1) // 2)
        print(json.dumps({"rate": count / seconds}))
    elif arguments.work == "chain":
        print(json.dumps({"mean": timed(lambda: peer.chain(count), count) / count * 1e6}))
    else:
        times = [timed(lambda: peer.chain(3), 3) for _ in range(count)]
        print(json.dumps({"p50": statistics.median(times) * 1e6,
                          "rate": count / sum(times)}))
