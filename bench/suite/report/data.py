"""The report as JSON, for who compares runs."""

from __future__ import annotations

from typing import Any

from .content import Report, Row, machine, problems, rows


def to_json(report: Report) -> dict[str, Any]:
    return {
        "made_at": report.made_at.isoformat(),
        "machine": machine(),
        "is_quick": report.scale.is_quick,
        "limits": {limit.key: {"text": limit.text, "unit": limit.unit, "values": values}
                   for limit, values in report.limits.describe()},
        "rows": [_row(row) for row in rows(report)],
        "engine_ns": report.engine,
        "problems": problems(report),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "scenario": row.case.scenario, "name": row.case.name, "metric": row.metric.name,
        "unit": row.metric.unit, "durability": row.case.durability, "tasks": row.case.tasks,
        "median": row.median, "min": min(row.values), "max": max(row.values),
        "values": row.values,
        "targets": [{"text": verdict.target.text, "bound": verdict.bound, "is_met": verdict.is_met,
                     "missed_by": verdict.missed_by} for verdict in row.verdicts],
        "usage": [{"process": usage.name, "cpu_seconds": usage.cpu_seconds,
                   "peak_bytes": usage.peak_bytes} for usage in row.usage],
    }
