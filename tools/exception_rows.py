"""Rows of the files that list today's exceptions to a rule, each with its reason.

A row is some words and, after `#`, the reason: `client/cpp/client.cc lines 810 # one class`. A line
that begins with `#` is a comment.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One exception: the words before the reason, and where the row stands."""

    words: tuple[str, ...]
    reason: str
    where: str


def read(name: str, text: str, columns: int, keys: int) -> tuple[list[Row], list[str]]:
    """The rows of the file called `name`, and one problem for each line that is not a row.

    A row has `columns` words; the first `keys` of them are its key, which no two rows share.
    """
    rows: list[Row] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        head, _, reason = line.partition("#")
        if not head.strip():
            continue
        row = Row(words=tuple(head.split()), reason=reason.strip(), where=f"{name}:{number}")
        if len(row.words) != columns:
            problems.append(f"{row.where}: {len(row.words)} words before the reason, not {columns}")
        elif not row.reason:
            problems.append(f"{row.where}: no reason: write it after #")
        elif row.words[:keys] in [other.words[:keys] for other in rows]:
            problems.append(f"{row.where}: a second row for {' '.join(row.words[:keys])}")
        else:
            rows.append(row)
    return rows, problems
