"""Graphs that are small to write and dear to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import Graph
from harness.graphs import Reference


def map_over(count: int, make_body: Callable[..., Reference], **shared: Any) -> Graph:
    """make_body(graph, element, **shared) for each of 0 to count - 1, as a list.

    A shared value is the same for every element; None makes it an input of the graph.
    """
    body = Graph()
    element = body.input("i")
    inner = {name: body.input(name) for name in shared}
    body.output(value=make_body(body, element, **inner))
    graph = Graph()
    wires = {name: graph.input(name) if what is None else graph.const(what)
             for name, what in shared.items()}
    numbers = graph.call("builtins.tkr_range", start=0, stop=count)
    index, _ = graph.call("builtins.unfold_values", value=numbers)
    mapped, _ = graph.add("map", body=graph.const(body.data()), inputs={"i": [index, "*"], **wires})
    return graph.output(value=graph.call("builtins.fold_values", values_glob=[mapped, "value-*"]))


def heavy_integers(count: int, exponent: int = 200_000) -> Graph:
    """A map of powers of three with about `exponent` / 2 digits."""
    return map_over(count, lambda body, i: body.call(
        "builtins.mod", b=97, a=body.call(
            "builtins.ipow", a=3, b=body.call("builtins.iadd", a=exponent, b=i))))


def light_builtins(count: int) -> Graph:
    return map_over(count, lambda body, i: body.call("builtins.iadd", a=i, b=1))


def wide_output(count: int) -> Graph:
    """`count` outputs that are all the input x."""
    graph = Graph()
    x = graph.input("x")
    return graph.output(**{f"o{index}": x for index in range(count)})


def wide_task(function: str, count: int) -> Graph:
    """One task with `count` ports, all of them the input x."""
    graph = Graph()
    x = graph.input("x")
    return graph.output(value=graph.call(function, **{f"p{index}": x for index in range(count)}))


def sleepers(count: int, seconds: float = 3600.0) -> Graph:
    """Nodes that sleep."""
    graph = Graph()
    delay = graph.const(seconds)
    return graph.output(**{f"o{index}": graph.call("builtins.tkr_sleep", delay_seconds=delay)
                           for index in range(count)})


def naps(count: int, seconds: float = 1.0) -> Graph:
    """A map of tasks that sleep."""
    return map_over(count, lambda body, i: body.call("test_worker.sleep_for", seconds=seconds, value=i))


def with_ballast(count: int, elements: int = 5000) -> Graph:
    """A map of light builtins in a graph of `count` nodes that nothing needs."""
    graph = light_builtins(elements)
    output = graph.nodes.pop()
    for index in range(count):
        graph.const(index)
    graph.nodes.append(output)
    return graph


def endless_loop() -> Graph:
    """A loop of builtins without end."""
    body = Graph()
    number = body.input("x")
    body.output(x=body.call("builtins.iadd", a=number, b=1), should_continue=body.const(True))
    graph = Graph()
    loop, _ = graph.add("loop", body=graph.const(body.data()), continue_port="should_continue",
                        inputs={"x": graph.const(0)})
    return graph.output(value=[loop, "x"])
