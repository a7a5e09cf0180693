"""The table of faults: a row for every test, whether it passed, failed or could not be run here.

As a program it prints rows that pytest kept with `--rows`, in the order of the files given.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

HEAD = "| what is done | how often | what is promised | what was seen | again with `tests/fault/run.sh` |"
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
    """A plugin that makes the rows of the tests that run."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
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
            seen = f"not run: {report.longrepr[2].removeprefix('Skipped: ')}"
        self.rows.append(Row(what=marker.kwargs["what"], promised=marker.kwargs["promised"],
                             times=times, seen=seen, command=f"-k {item.name}"))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.file is None:
            terminalreporter.write_line("\n".join([HEAD, RULE, *map(str, self.rows)]))
            return
        with self.file.open("a") as file:
            file.writelines(json.dumps(asdict(row)) + "\n" for row in self.rows)


def main() -> None:
    print(HEAD, RULE, sep="\n")
    for path in map(Path, sys.argv[1:]):
        for line in path.read_text().splitlines() if path.exists() else ():
            print(Row(**json.loads(line)))


if __name__ == "__main__":
    main()
