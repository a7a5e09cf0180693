"""The files of the repository, and C++ text taken apart into code, comments and strings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

CPP_SUFFIXES = (".h", ".cc")

_TOKEN = re.compile(
    r"""(?P<number>(?<!\w)\d[\w']*)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.VERBOSE | re.DOTALL,
)


def files(root: Path, suffixes: tuple[str, ...] = ()) -> list[str]:
    """Paths git knows or would add, relative to the root, sorted; ignored files are left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout
    paths = sorted({path for path in listing.split("\0") if path})
    return [p for p in paths if p.endswith(suffixes or "") and (root / p).is_file()]


def code_of(text: str, *, keep_strings: bool = False) -> str:
    """The text with comments and the insides of literals blanked; line numbers stay the same.

    With keep_strings ordinary literals stay, as the quotes of an #include look like one.
    """

    def blank(match: re.Match[str]) -> str:
        if match["number"] or (keep_strings and match["string"]):
            return match[0]
        newlines = "\n" * match[0].count("\n")
        if match["comment"]:
            return " " + newlines
        return '""' + newlines

    return _TOKEN.sub(blank, text)


def masked(text: str) -> str:
    """The text with comments and literals replaced by spaces; every offset stays the same."""

    def mask(match: re.Match[str]) -> str:
        return match[0] if match["number"] else re.sub(r"[^\n]", " ", match[0])

    return _TOKEN.sub(mask, text)


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments of C++ or proto text: the first line and the text without its slashes.

    Comments on lines of their own that follow one another are one comment.
    """
    pending: tuple[int, list[str]] | None = None
    for match in _TOKEN.finditer(text):
        if not match["comment"]:
            continue
        first = line_of(text, match.start())
        start = text.rfind("\n", 0, match.start()) + 1
        stands_alone = not text[start:match.start()].strip()
        lines = [re.sub(r"^\s*(?:/\*+|\*+/|\*|//+)\s?|\*+/$", "", line)
                 for line in match[0].split("\n")]
        if pending and stands_alone and first == pending[0] + len(pending[1]):
            pending[1].extend(lines)
            continue
        if pending:
            yield pending[0], "\n".join(pending[1])
        pending = (first, lines)
        if not stands_alone:
            yield first, "\n".join(lines)
            pending = None
    if pending:
        yield pending[0], "\n".join(pending[1])


def strings(text: str) -> Iterator[tuple[int, str]]:
    """The string literals of C++ text, those side by side as one: the first line and the text."""
    parts: list[str] = []
    first = end = 0
    for match in _TOKEN.finditer(text):
        if not match["string"] and not match["raw"]:
            continue
        if parts and text[end:match.start()].strip():
            yield first, "".join(parts)
            parts = []
        if not parts:
            first = line_of(text, match.start())
        end = match.end()
        parts.append(match[0][1:-1] if match["string"]
                     else match[0].partition("(")[2].rpartition(")")[0])
    if parts:
        yield first, "".join(parts)
