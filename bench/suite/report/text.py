"""The report as a table of Markdown, which reads well in a terminal, too."""

from __future__ import annotations

from collections.abc import Iterable

from ..process import Usage
from .content import (Report, Row, describe, machine, note, number, problems, rows, usage_by_name)


def to_text(report: Report) -> str:
    lines = [f"{machine()}; {report.made_at.isoformat()}. {note(report)}", ""]
    lines += _table(("limit of the machine", "median", "unit"),
                    ((limit.text, spread(values), limit.unit)
                     for limit, values in report.limits.describe() if values))
    lines += ["", *_table(
        ("scenario", "durability", "tasks", "metric", "value", "unit", "target",
         "CPU s, peak MB"), map(_cells, rows(report)))]
    if report.engine:
        lines += ["", *_table(("engine alone", "ns"),
                              ((name, number(value)) for name, value in report.engine.items()))]
    if problems(report):
        lines += ["", *_table(("not measured", "why"), problems(report).items())]
    return "\n".join(lines) + "\n"


def spread(values: list[float]) -> str:
    middle = number(sorted(values)[len(values) // 2])
    return middle if len(values) < 2 else f"{middle} ({number(min(values))}–{number(max(values))})"


def usage_text(usages: list[Usage]) -> str:
    return ", ".join(f"{usage.name} {usage.cpu_seconds:.2f} s {usage.peak_bytes / 1e6:.0f} MB"
                     for usage in usage_by_name(usages))


def _cells(row: Row) -> tuple[str, ...]:
    return (f"{row.case.scenario} {row.case.name}", row.case.durability, row.case.tasks or "–",
            row.metric.name, spread(row.values), row.metric.unit,
            "; ".join(describe(verdict) for verdict in row.verdicts) or "–",
            usage_text(row.usage) if row.metric is row.case.metrics[0] else "″")


def _table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head),
            *("| " + " | ".join(cells).replace("\n", " ") + " |" for cells in body)]
