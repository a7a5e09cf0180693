"""The table of faults: a row for every test, whether it passed, failed or could not be run here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HEAD = "| fault | times | promise | observed | `tests/fault/run.sh ...` |"
RULE = "| --- | --- | --- | --- | --- |"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault, as its test declares it and as it went."""

    what: str
    times: int
    promised: str
    seen: str
    command: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.times} | {self.promised} | {self.seen} | `{self.command}` |"


class Table:
    """A plugin that makes the rows of the tests that run, prints them, and keeps them in a document."""

    def __init__(self, document: Path | None) -> None:
        self.document = document
        self.rows: list[Row] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        outcome = yield
        report = outcome.get_result()
        if report.passed and report.when != "call":
            return
        marker = item.get_closest_marker("fault")
        assert marker is not None, f"{item.nodeid} has no row in the table"
        times, seen = dict(item.user_properties).get("seen", (0, "nothing was told"))
        if report.failed:
            seen = f"FAILED ({report.when})"
        elif report.skipped:
            reason = report.longrepr[2].removeprefix("Skipped: ").splitlines()[0]
            seen = f"not run: {reason}"
        self.rows.append(Row(what=marker.kwargs["what"], promised=marker.kwargs["promised"],
                             times=times, seen=seen, command=f"-k {item.name}"))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = [HEAD, RULE, *map(str, self.rows)]
        terminalreporter.write_line("\n".join(lines))
        if self.document is not None:
            self.document.write_text(with_table(self.document.read_text(), lines))


def with_table(text: str, table: list[str]) -> str:
    """The text with this table in place of the one that has the same head."""
    lines = text.splitlines()
    first = lines.index(HEAD)
    last = next((i for i in range(first, len(lines)) if not lines[i].startswith("|")), len(lines))
    return "\n".join([*lines[:first], *table, *lines[last:]]) + "\n"
