"""One workflow of 5,000 nodes of every kind, and what it has to give, computed by Python alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import Graph, System

ROWS, COLUMNS = 20, 22  # The map over a map.
CHOICES = 160
EAGER_CHOICES = 50
ITERATIONS = 80
NAMED_ITERATIONS = 50
EVALS = 30
DICE = 10
SLEEPS = 4
BLOB_BYTES = 100_000
OFFSET = 1000  # The workflow's input.
NODES_MIN = 5000


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A line that a task wrote when it began."""

    location: str
    attempt: str
    pid: int
    value: int


def read_executions(path: Path) -> list[Execution]:
    """What has begun so far. A line is written with one call, so none is ever half there."""
    if not path.exists():
        return []
    fields = (line.split() for line in path.read_text().splitlines())
    return [Execution(location=location, attempt=attempt, pid=int(pid), value=int(value))
            for location, attempt, pid, value in fields]


class MixedJob:
    """The graph, its expected outputs, and how often its tasks have run."""

    def __init__(self, tally: Path, *, seconds: float) -> None:
        self.tally = tally
        self.seconds = seconds
        self.graph = Graph()
        self.ports: dict[str, Any] = {}
        self.expected: dict[str, Any] = {}
        self.tasks = 0
        self._rows()
        self._choices()
        self._eager_choices()
        self._loops()
        self._evals()
        self._chance_and_sleep()
        self._blob()
        self.graph.output(**self.ports)

    def executions(self) -> list[Execution]:
        return read_executions(self.tally)

    def submit(self, system: System) -> str:
        return system.submit(self.graph, "-i", f"offset={OFFSET}")

    def check(self, system: System, workflow: str, *, is_only_run: bool = True) -> None:
        """All outputs are what Python computes, and the trace of the named loop, too."""
        outputs = system.orrery("wait", workflow, "--timeout", "0").outputs
        blob = outputs.pop("blob")
        dice = outputs.pop("dice")
        assert outputs == self.expected
        assert blob["digest"] == hashlib.sha256(blob_content()).hexdigest()
        assert all(1 <= die <= 6 for die in dice) and len(dice) == DICE
        rolled = {run.value - OFFSET for run in self._executions_with_dice()}
        assert rolled >= set(dice), "what came out was given to tasks"
        assert rolled == set(dice) or not is_only_run, "no die was rolled again"
        trace = system.orrery("trace", workflow, "climb").json
        assert [iteration["total"] for iteration in trace["iterations"]] == climb()

    def _executions_with_dice(self) -> list[Execution]:
        prefix = f"-.N{self._dice_node}."
        return [run for run in self.executions() if run.location.startswith(prefix)]

    def _task(self, graph: Graph, value: Any) -> Any:
        """A task that gives back what it is given, and leaves a line in the tally."""
        return graph.call("test_worker.tally", value=value, file=str(self.tally),
                          seconds=self.seconds)

    def _map(self, graph: Graph, body: Graph, **inputs: Any) -> Any:
        """The list of what the body makes of each element of the first input."""
        wires = {name: value if isinstance(value[0], int) and isinstance(value[1], str)
                 else graph.const(value) for name, value in inputs.items()}
        first = next(iter(wires))
        index, _ = graph.call("builtins.unfold_values", value=wires[first])
        mapped, _ = graph.add("map", body=graph.const(body.data()),
                              inputs={**wires, first: [index, "*"]})
        return graph.call("builtins.fold_values", values_glob=[mapped, "value-*"])

    def _give(self, port: str, reference: Any, expected: Any) -> None:
        self.ports[port] = reference
        self.expected[port] = expected

    # --- The parts ---

    def _rows(self) -> None:
        """A map over a map."""
        cell = Graph()
        square = cell.call("builtins.itimes", a=cell.input("x"), b=[len(cell.nodes) - 1, "x"])
        cell.output(value=self._task(cell, cell.call("builtins.iadd", a=square,
                                                     b=cell.input("offset"))))
        row = Graph()
        numbers, offset = row.input("numbers"), row.input("offset")
        row.output(value=self._map(row, cell, x=numbers, offset=offset))
        table = [[100 * i + j for j in range(COLUMNS)] for i in range(ROWS)]
        self.offset = self.graph.input("offset")
        self._give("rows", self._map(self.graph, row, numbers=table, offset=self.offset),
                   [[x * x + OFFSET for x in numbers] for numbers in table])
        self.tasks += ROWS * COLUMNS

    def _choices(self) -> None:
        """A lazy if-else: the branch that is not taken never runs."""
        body = Graph()
        x = body.input("x")
        is_large = body.call("builtins.igt", a=x, b=CHOICES // 3)
        large = self._task(body, body.call("builtins.iadd", a=x, b=7))
        small = self._task(body, body.call("builtins.itimes", a=x, b=-2))
        body.output(value=body.add("ifelse", pred=is_large, if_true=large, if_false=small))
        self._give("choices", self._map(self.graph, body, x=list(range(CHOICES))),
                   [x + 7 if x > CHOICES // 3 else x * -2 for x in range(CHOICES)])
        self.tasks += CHOICES

    def _eager_choices(self) -> None:
        """An eager if-else: both branches run."""
        body = Graph()
        x = body.input("x")
        is_large = body.call("builtins.igt", a=x, b=10)
        large = self._task(body, body.call("builtins.isubtract", a=x, b=100))
        small = self._task(body, x)
        body.output(value=body.add("eifelse", pred=is_large, if_true=large, if_false=small))
        self._give("eager", self._map(self.graph, body, x=list(range(EAGER_CHOICES))),
                   [x - 100 if x > 10 else x for x in range(EAGER_CHOICES)])
        self.tasks += 2 * EAGER_CHOICES

    def _loops(self) -> None:
        for name, iterations in (("", ITERATIONS), ("climb", NAMED_ITERATIONS)):
            body = Graph()
            count = body.call("builtins.iadd", a=body.input("count"), b=1)
            total = self._task(body, body.call("builtins.iadd", a=body.input("total"), b=count))
            body.output(count=count, total=total,
                        go_on=body.call("builtins.igt", a=iterations, b=count))
            named = {"name": name} if name else {}
            index, _ = self.graph.add(
                "loop", body=self.graph.const(body.data()), continue_port="go_on",
                inputs={"count": self.graph.const(0), "total": self.graph.const(0)}, **named)
            self._give(f"loop_{iterations}", [index, "total"], sum(range(iterations + 1)))
            self.tasks += iterations

    def _evals(self) -> None:
        """A chain: every graph is run with what the one before it gave."""
        body = Graph()
        tripled = body.call("builtins.itimes", a=body.input("x"), b=3)
        body.output(value=self._task(body, body.call("builtins.isubtract", a=tripled, b=1)))
        graph, value, expected = self.graph.const(body.data()), self.graph.const(2), 2
        for _ in range(EVALS):
            value = self.graph.eval(graph, x=value)
            expected = 3 * expected - 1
        self._give("evals", value, expected)
        made = self.graph.call("test_worker.make_graph", amount=5)
        self._give("made", self.graph.eval(made, x=self.graph.const(1)), 6)
        self.tasks += EVALS

    def _chance_and_sleep(self) -> None:
        """Outcomes of builtins that do not follow from their arguments."""
        body = Graph()
        rolled = body.call("builtins.rand_int", a=1, b=6)
        shifted = body.call("builtins.iadd", a=rolled, b=body.input("offset"))
        back = body.call("builtins.isubtract", a=self._task(body, shifted), b=OFFSET)
        body.output(value=body.call("builtins.iadd", a=back,
                                    b=body.call("builtins.itimes", a=body.input("x"), b=0)))
        self.ports["dice"] = self._map(self.graph, body, x=list(range(DICE)), offset=self.offset)
        self._dice_node = self.ports["dice"][0] - 1
        self.tasks += DICE

        body = Graph()
        body.output(value=body.call("builtins.tkr_sleep", delay_seconds=body.input("x")))
        self._give("sleeps", self._map(self.graph, body, x=[0.2 * i for i in range(SLEEPS)]),
                   [True] * SLEEPS)

    def _blob(self) -> None:
        big = self.graph.call("test_worker.big", size=BLOB_BYTES)
        self.ports["blob"] = self.graph.call("test_worker.echo_bytes", value=big)


def climb() -> list[int]:
    """The totals of the named loop, one for each iteration."""
    return [sum(range(1, count + 1)) for count in range(1, NAMED_ITERATIONS + 1)]


def blob_content() -> bytes:
    return bytes((i * 131 >> 3) & 0xFF for i in range(BLOB_BYTES))
