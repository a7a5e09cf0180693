"""What was measured, told as a table, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path

from .content import Report, number
from .data import to_json
from .page import to_html
from .text import to_text

__all__ = ["Report", "keep", "number", "write"]


_BEGIN, _END = "<!-- the latest table -->", "<!-- its end -->"


def keep(report: Report, document: Path) -> None:
    """Puts the table into the document, in place of the one that is there."""
    text = document.read_text()
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{document} has no place for a table: {_BEGIN} and {_END}")
    document.write_text(f"{before}{begin}\n\n{to_text(report)}\n{end}{after}")


def write(report: Report, folder: Path) -> None:
    """Prints the table, and leaves report.txt, report.json and report.html in the folder."""
    text = to_text(report)
    (folder / "report.txt").write_text(text)
    (folder / "report.json").write_text(json.dumps(to_json(report), indent=1) + "\n")
    (folder / "report.html").write_text(to_html(report))
    print(text)
    print(f"{folder}/report.html")
