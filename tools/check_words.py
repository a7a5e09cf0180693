#!/usr/bin/python3
"""Checks the prose of comments, help texts, error messages, protos and docs.

Two rules: `words` are those of tools/words.txt, which have a better one; `sentences` begin with What,
Who, Whether, Which or That which, and not with what they are about. Code in backquotes, quoted text,
names and questions are left alone.

tools/prose_baseline.txt allows what is left of each file, `path rule count`. A count may only go down,
and a lower count must be written down: --update does that. It never raises a count; but it gives the
counts of removed or renamed files to the files that their text has moved to.

Usage: tools/check_words.py [--root DIRECTORY] [--update] [--list PATH_PREFIX]
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import source_tree

WORDS = "tools/words.txt"
BASELINE = "tools/prose_baseline.txt"
# These pages and programs are about the words.
EXEMPT = ("docs/glossary.md", "tools/check_words.py", "tests/tools/test_check_words.py")
SUFFIXES = (".h", ".cc", ".proto", ".py", ".md")
HEADER = """# Words and sentences that tools/check_words.py refuses in new text: path, rule, how many are left.
# A count may only go down; `tools/check_words.py --update` writes down lower ones.
"""

# Of a name: members, namespaces, calls and paths are no prose.
_NOT_BEFORE = r"(?<![\w:.>/$_-])"
_NOT_AFTER = r"(?![\w(]|::|\.\w|/\w|->)"
_LITERAL = re.compile(r"`[^`]*`|\"[^\"\n]*\"|<[\w./-]+>|\[[^\]]*\]\(([^)]*)\)|https?://\S+")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?:])[ \n]+)(?:[*-] |\d+\. )?"
                       r"(?P<word>What|Who|Whoever|Whatever|Whether|Which|That which)\b"
                       r"(?P<rest>[^.!?]*)(?P<end>[.!?]?)")


@dataclass(frozen=True, kw_only=True)
class Word:
    """A pattern that is not used, and the word to use instead."""

    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One word or sentence."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


Counts = dict[tuple[str, str], int]


def read_words(text: str) -> list[Word]:
    words = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, _, instead = line.partition("=>")
            spaced = pattern.strip().replace(" ", r"[ \n]")
            whole = f"{_NOT_BEFORE}(?:{spaced}){_NOT_AFTER}"
            words.append(Word(pattern=re.compile(whole, re.IGNORECASE), instead=instead.strip()))
    return words


def without_literals(text: str) -> str:
    """The text with code and quoted text blanked; lines stay where they are."""
    return _LITERAL.sub(lambda match: "x" + "\n" * match[0].count("\n"), text)


def markdown(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs, list items and table cells of a page, without its code and headings' marks."""
    pending: list[str] = []
    first = 1
    fenced = False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        is_fence = line.lstrip().startswith("```")
        fenced ^= is_fence
        is_code = fenced or is_fence or (line.startswith("    ") and not pending)
        is_new = not line.strip() or is_code or re.match(r"\s*(?:[*-]|\d+\.) |[#|]", line)
        if is_new and pending:
            yield first, "\n".join(pending)
            pending = []
        if is_code or not line.strip():
            continue
        if line.startswith("|"):
            yield from ((number, cell.strip()) for cell in line.strip("|").split("|"))
        elif line.startswith("#"):
            yield number, line  # The mark stays: a heading is no sentence.
        else:
            first = first if pending else number
            pending.append(line.strip())


def python_prose(text: str) -> Iterator[tuple[int, str]]:
    """The comments and documentation strings of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and (
                    isinstance(first.value.value, str)):
                yield first.lineno, first.value.value


def prose_of(path: str, text: str) -> Iterator[tuple[int, str]]:
    """The pieces of text in a file that people read, each with its first line."""
    if path.endswith(".md"):
        yield from markdown(text)
    elif path.endswith(".py"):
        yield from python_prose(text)
    else:
        for line, comment in source_tree.comments(text):
            for paragraph in re.finditer(r"(?:^(?!\s*$).*\n?)+", comment, re.MULTILINE):
                yield line + comment.count("\n", 0, paragraph.start()), paragraph[0]


def check_file(path: str, text: str, words: list[Word]) -> Iterator[Finding]:
    pieces = [(line, without_literals(piece)) for line, piece in prose_of(path, text)]
    for line, piece in pieces:
        if path.endswith((".h", ".cc", ".proto", ".md")):
            yield from _sentences(path, line, piece)
    if path.endswith(source_tree.CPP_SUFFIXES) and not path.startswith(("bench/", "tests/")):
        # Literals of one word are names; what is left is help and errors.
        pieces += [(line, piece) for line, piece in source_tree.strings(text) if " " in piece]
    for line, piece in pieces:
        for word in words:
            for match in word.pattern.finditer(piece):
                found = " ".join(match[0].split())
                yield Finding(path=path, line=line + piece.count("\n", 0, match.start()),
                              rule="words", message=f'"{found}": write {word.instead}')


def _sentences(path: str, line: int, piece: str) -> Iterator[Finding]:
    for match in _SENTENCE.finditer(piece):
        if match["end"] != "?":
            yield Finding(path=path, line=line + piece.count("\n", 0, match.start("word")),
                          rule="sentences",
                          message=f'a sentence begins with "{match["word"]}": name the thing, verb next')


def find(root: Path) -> list[Finding]:
    words = read_words((root / WORDS).read_text())
    return [finding for path in source_tree.files(root, SUFFIXES) if path not in EXEMPT
            for finding in check_file(path, (root / path).read_text(), words)]


def counts_of(findings: list[Finding]) -> Counts:
    return dict(Counter((finding.path, finding.rule) for finding in findings))


def read_baseline(text: str) -> Counts:
    rows = [line.split() for line in text.splitlines() if line.strip() and line[0] != "#"]
    return {(path, rule): int(count) for path, rule, count in rows}


def write_baseline(counts: Counts) -> str:
    rows = [f"{path} {rule} {count}\n" for (path, rule), count in sorted(counts.items()) if count]
    return HEADER + "".join(rows)


def judge(findings: list[Finding], baseline: Counts) -> Iterator[str]:
    """The findings of each file that has more than its row allows, and the rows that allow more."""
    counts = counts_of(findings)
    for (path, rule), count in sorted(counts.items()):
        allowed = baseline.get((path, rule), 0)
        if count > allowed:
            yield from (str(f) for f in findings if (f.path, f.rule) == (path, rule))
            yield f"{path}: {count} of the rule {rule}, at most {allowed} may be left"
    for (path, rule), allowed in sorted(baseline.items()):
        count = counts.get((path, rule), 0)
        if count < allowed:
            yield (f"{BASELINE}: {path} {rule} allows {allowed} and {count} are left: run "
                   "tools/check_words.py --update")


def lowered(counts: Counts, baseline: Counts, paths: set[str]) -> Counts:
    """The baseline with lower counts, and with those of removed files where their text went."""
    result: Counts = {}
    for rule in {rule for _, rule in [*counts, *baseline]}:
        freed = sum(count for (path, r), count in baseline.items() if r == rule and path not in paths)
        risen = sum(max(0, count - baseline.get((path, r), 0))
                    for (path, r), count in counts.items() if r == rule)
        for (path, r), count in counts.items():
            if r == rule:
                allowed = baseline.get((path, r), 0)
                result[path, r] = count if risen <= freed else min(count, allowed)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--update", action="store_true", help=f"write lower counts to {BASELINE}")
    parser.add_argument("--list", metavar="PATH_PREFIX", help="print all that is left there")
    arguments = parser.parse_args()
    root: Path = arguments.root
    findings = find(root)
    if arguments.list is not None:
        print("\n".join(str(f) for f in findings if f.path.startswith(arguments.list)))
        return 0
    baseline = read_baseline((root / BASELINE).read_text())
    if arguments.update:
        baseline = lowered(counts_of(findings), baseline, set(source_tree.files(root)))
        (root / BASELINE).write_text(write_baseline(baseline))
    problems = list(judge(findings, baseline))
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
