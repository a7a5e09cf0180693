"""The rows of a report: every metric of every case, beside its targets."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..limits import Limits
from ..model import Case, Metric, Reference, Scale, Verdict, judge
from ..process import Usage


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a run has found."""

    scale: Scale
    limits: Limits
    reference: Reference
    # What could not be measured, and why.
    skipped: dict[str, str]
    # The engine alone: nanoseconds by the name of the benchmark.
    engine: dict[str, float]
    made_at: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC).replace(microsecond=0))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One metric of one case."""

    case: Case
    metric: Metric
    values: list[float]
    verdicts: list[Verdict]
    usage: list[Usage]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def rows(report: Report) -> Iterator[Row]:
    for outcome in report.reference.outcomes.values():
        for metric in outcome.case.metrics:
            values = outcome.values.get(metric.name)
            if values:
                verdicts = [judge(metric, statistics.median(values), target, report.reference)
                            for target in metric.targets]
                yield Row(case=outcome.case, metric=metric, values=values, verdicts=verdicts,
                          usage=outcome.usage)


def problems(report: Report) -> dict[str, str]:
    failed = {key: outcome.problem for key, outcome in report.reference.outcomes.items()
              if outcome.problem}
    return {**failed, **report.skipped}


def number(value: float) -> str:
    """Three digits that matter; large ones with a comma at thousands."""
    if value == 0:
        return "0"
    if abs(value) >= 1e9:
        return f"{value / 1e9:,.3g} G"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def describe(verdict: Verdict) -> str:
    """The target, and whether it is met or by how much it is missed."""
    bound = "" if verdict.bound is None else f" = {number(verdict.bound)}"
    if verdict.is_met is None:
        return f"{verdict.target.text}: not known"
    outcome = "met" if verdict.is_met else f"missed by {number(verdict.missed_by)}x"
    return f"{verdict.target.text}{bound}: {outcome}"


def usage_by_name(usages: list[Usage]) -> list[Usage]:
    """Processes of a kind together."""
    names = list(dict.fromkeys(usage.name for usage in usages))
    return [Usage.total(name, (usage for usage in usages if usage.name == name)) for name in names]


def machine() -> str:
    model = next((line.partition(":")[2].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release()}"


def note(report: Report) -> str:
    if report.scale.is_quick:
        return ("A quick run: small sizes, once each. It shows that everything can be measured; the "
                "numbers mean little.")
    return "Medians of interleaved repeats, with the least and the most in brackets."
