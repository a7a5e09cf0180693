"""The report as one page of HTML, with bars, that needs no other file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from .. import scenarios
from .content import Report, Row, describe, machine, note, number, problems, rows
from .text import spread, usage_text

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em;
       color: #1d2733; }
h1, h2 { font-weight: 600; } h2 { margin-top: 2em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3em .8em .3em 0; border-bottom: 1px solid #dde3ea;
         vertical-align: top; }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.met { color: #17693b; } .missed { color: #a3341d; } .unknown, small { color: #5c6b7a; }
svg text { font: 12px system-ui, sans-serif; fill: #1d2733; }
"""
_LABEL, _BAR, _HEIGHT = 330, 420, 22
_OURS, _PEER = "#2f6f9f", "#9aa7b4"


class _Bar(NamedTuple):
    label: str
    value: float
    colour: str = _OURS


def to_html(report: Report) -> str:
    found = list(rows(report))
    names = list(dict.fromkeys(row.case.scenario for row in found))
    parts = [
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>",
        f"<title>Orrery, measured</title><style>{_STYLE}</style></head><body>",
        f"<h1>Orrery, measured</h1><p>{escape(machine())}<br>{report.made_at.isoformat()}<br>"
        f"{escape(note(report))}</p>",
        "<h2>Limits of the machine</h2>",
        _table(("limit", "median (least–most)", "unit"),
               ((escape(limit.text), escape(spread(values)), escape(limit.unit))
                for limit, values in report.limits.describe() if values)),
    ]
    for name in names:
        parts.append(_scenario(name, [row for row in found if row.case.scenario == name]))
    if report.engine:
        parts += ["<h2>The engine alone</h2>",
                  _bars([_Bar(name, value) for name, value in report.engine.items()], "ns")]
    if problems(report):
        parts += ["<h2>Not measured</h2>",
                  _table(("what", "why"), ((escape(what), escape(why))
                                           for what, why in problems(report).items()))]
    return "\n".join([*parts, "</body></html>\n"])


def _scenario(name: str, found: list[Row]) -> str:
    parts = [f"<h2>{escape(scenarios.title(name))}</h2>"]
    units = list(dict.fromkeys(row.metric.unit for row in found))
    for unit in units:
        bars = [_Bar(_label(row), row.median, _PEER if row.case.is_peer else _OURS)
                for row in found if row.metric.unit == unit]
        if len(bars) > 1:
            parts.append(_bars(bars, unit))
    parts.append(_table(("what", "durability", "tasks", "value", "target", "CPU and peak memory"),
                        map(_cells, found)))
    return "\n".join(parts)


def _label(row: Row) -> str:
    return row.case.name + (f", {row.metric.name}" if len(row.case.metrics) > 1 else "")


def _cells(row: Row) -> tuple[str, ...]:
    value = f"{spread(row.values)} {row.metric.unit}"
    verdicts = []
    for verdict in row.verdicts:
        kind = {True: "met", False: "missed", None: "unknown"}[verdict.is_met]
        verdicts.append(f"<span class='{kind}'>{escape(describe(verdict))}</span>")
    usage = usage_text(row.usage) if row.metric is row.case.metrics[0] else ""
    return (escape(_label(row)), row.case.durability, row.case.tasks, escape(value),
            "<br>".join(verdicts), f"<small>{escape(usage)}</small>")


def _bars(bars: list[_Bar], unit: str) -> str:
    most = max(bar.value for bar in bars) or 1
    height = _HEIGHT * len(bars)
    shapes = []
    for place, bar in enumerate(bars):
        y = place * _HEIGHT
        width = max(1.0, _BAR * bar.value / most)
        shapes.append(
            f"<text x='{_LABEL - 8}' y='{y + 15}' text-anchor='end'>{escape(bar.label)}</text>"
            f"<rect x='{_LABEL}' y='{y + 4}' width='{width:.1f}' height='{_HEIGHT - 8}' "
            f"fill='{bar.colour}'/>"
            f"<text x='{_LABEL + width + 6:.1f}' y='{y + 15}'>"
            f"{number(bar.value)} {escape(unit)}</text>")
    return (f"<svg width='{_LABEL + _BAR + 160}' height='{height}' role='img'>"
            f"{''.join(shapes)}</svg>")


def _table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> str:
    lines = ["<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in body]
    return "".join([*lines, "</table>"])
