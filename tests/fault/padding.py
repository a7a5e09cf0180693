"""Workflows that take room in the journal, and do nothing."""

from __future__ import annotations

import random

from harness import Graph

PADDING_BYTES = 600_000


def padded_graph(dice: random.Random) -> Graph:
    """Its constants are small enough to stand in the journal itself, and cannot be compressed."""
    graph = Graph()
    for _ in range(20):
        graph.const(dice.randbytes(PADDING_BYTES // 40).hex())
    return graph.output(n=graph.const(1))
