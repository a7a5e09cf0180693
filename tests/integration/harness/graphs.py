"""GraphData JSON, written node by node."""

from __future__ import annotations

import base64
from typing import Any

Reference = list[Any]  # [node index, port]


def tagged_bytes(content: bytes) -> dict[str, Any]:
    """Bytes as they stand inside JSON."""
    return {"__tkr_bytes__": True, "bytes": base64.b64encode(content).decode()}


class Graph:
    """A graph in the making; a node is referred to by its index and a port."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []

    def add(self, kind: str, **fields: Any) -> Reference:
        self.nodes.append({"type": kind, **fields})
        return [len(self.nodes) - 1, "value"]

    def const(self, value: Any) -> Reference:
        return self.add("const", value=value)

    def input(self, name: str) -> Reference:
        index, _ = self.add("input", name=name)
        return [index, name]

    def call(self, function: str, **inputs: Any) -> Reference:
        """Adds a function node; an input that is not a reference becomes a constant before it."""
        wires = {name: value if is_reference(value) else self.const(value)
                 for name, value in inputs.items()}
        return self.add("function", function_name=function, inputs=wires)

    def eval(self, body: Reference, **inputs: Reference) -> Reference:
        return self.add("eval", graph=body, inputs=inputs)

    def output(self, **inputs: Reference) -> Graph:
        self.add("output", inputs=inputs)
        return self

    def data(self) -> dict[str, Any]:
        return {"nodes": self.nodes}


def is_reference(value: Any) -> bool:
    return (isinstance(value, list) and len(value) == 2 and isinstance(value[0], int)
            and isinstance(value[1], str))
