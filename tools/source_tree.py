"""What every check needs: the files of the repository and C++ text without comments and strings."""

from __future__ import annotations

import re
import subprocess
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
