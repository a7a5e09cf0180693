"""What a measurement is, and what it is compared with."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .process import Usage


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is done: a quick run shows that it works, its numbers mean little."""

    is_quick: bool

    def size(self, full: int, quick: int) -> int:
        return quick if self.is_quick else full

    @property
    def repeats(self) -> int:
        return 1 if self.is_quick else 5


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a measurement may use."""

    programs: Path
    scale: Scale


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one repeat gave: a value for each metric of its case."""

    values: dict[str, float]
    usage: list[Usage] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What the median of a metric should come to; `bound` gives it from what the run measured."""

    text: str
    bound: Callable[[Reference], float | None]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number that a case gives."""

    name: str
    unit: str
    is_rate: bool = False  # More is better.
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something that is measured, several times."""

    scenario: str
    name: str
    durability: str
    metrics: tuple[Metric, ...]
    measure: Callable[[Context], Measured]
    # What kind of tasks it runs, for who compares: function, process, builtin; empty: none.
    tasks: str = "function"
    is_peer: bool = False
    repeats_max: int = 5

    @property
    def key(self) -> str:
        return f"{self.scenario} {self.name}"


@dataclass(kw_only=True)
class Outcome:
    """All repeats of a case."""

    case: Case
    values: dict[str, list[float]] = field(default_factory=dict)
    usage: list[Usage] = field(default_factory=list)  # Of the last repeat.
    problem: str = ""

    def add(self, measured: Measured) -> None:
        for name, value in measured.values.items():
            self.values.setdefault(name, []).append(value)
        self.usage = measured.usage

    def median(self, metric: str) -> float | None:
        return statistics.median(self.values[metric]) if self.values.get(metric) else None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What targets are computed from: the machine's limits and the other cases of the same run."""

    limits: dict[str, float]
    outcomes: dict[str, Outcome]

    def limit(self, name: str) -> float | None:
        return self.limits.get(name)

    def median(self, case: str, metric: str) -> float | None:
        outcome = self.outcomes.get(case)
        return outcome.median(metric) if outcome else None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A metric's median beside one of its targets."""

    target: Target
    bound: float | None
    is_met: bool | None  # None: one of the two is not known.
    missed_by: float  # How many times worse than the target; 1 if it is met.


def judge(metric: Metric, median: float | None, target: Target, reference: Reference) -> Verdict:
    bound = target.bound(reference)
    if median is None or bound is None:
        return Verdict(target=target, bound=bound, is_met=None, missed_by=1.0)
    is_met = median >= bound if metric.is_rate else median <= bound
    better, worse = (bound, median) if metric.is_rate else (median, bound)
    missed_by = 1.0 if is_met or not worse else better / worse
    return Verdict(target=target, bound=bound, is_met=is_met, missed_by=missed_by)


def at_least(value: float, text: str) -> Target:
    return Target(text=f"at least {text}", bound=lambda _: value)


def at_most(value: float, text: str) -> Target:
    return Target(text=f"at most {text}", bound=lambda _: value)


def times_limit(factor: float, limit: str, text: str) -> Target:
    """A multiple of what the machine can do, as measured in the same run."""

    def bound(reference: Reference) -> float | None:
        value = reference.limit(limit)
        return None if value is None else factor * value

    return Target(text=text, bound=bound)
