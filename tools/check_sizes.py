#!/usr/bin/python3
"""Checks the sizes of files, folders, functions and parameter lists.

A file that is over a limit fails, unless tools/tidy_exceptions.txt has a row `path rule value` with
exactly its present value: it may not grow, and a row that no longer fits must be shrunk or removed.

Usage: tools/check_sizes.py [--root DIRECTORY]
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import source_tree

EXCEPTIONS = "tools/tidy_exceptions.txt"
HEADER_LINES_MAX = 200
SOURCE_LINES_MAX = 500
TEST_LINES_MAX = 600
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5
FOLDER_MODULES_MAX = 25  # A header and its source are one module: one thing to know.

_SUFFIXES = (".h", ".cc", ".py", ".proto", ".sh", ".ts", ".tsx")
_NAME = re.compile(r"(?:operator\s*\S+?|operator\s*\(\)|~?\w+)\s*(?=\()")
_NOT_FIRST = {"requires", "decltype", "alignas", "explicit"}
_NOT_NAMES = {"if", "for", "while", "switch", "catch", "return"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One measured value over its limit."""

    path: str
    rule: str
    value: int
    limit: int
    where: str


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function definition with its first line and sizes."""

    name: str
    line: int
    lines: int
    parameters: int


def split_parameters(text: str) -> int:
    """How many parameters stand in the text between a function's parentheses."""
    depth = 0
    commas = 0
    for character in re.sub(r"->|<=>|<<|>>=|<=|>=", "", text):
        depth += (character in "(<[{") - (character in ")>]}")
        commas += character == "," and depth == 0
    return 0 if text.strip() in ("", "void") else commas + 1


def closing(code: str, start: int, pair: str) -> int:
    """The offset of the bracket that closes the one at start, or the end of the text."""
    depth = 0
    for offset in range(start, len(code)):
        depth += (code[offset] == pair[0]) - (code[offset] == pair[1])
        if depth == 0:
            return offset
    return len(code) - 1


def function_head(head: str) -> tuple[str, int] | None:
    """Name and parameter count if the text before a brace begins a function, else None."""
    head = re.sub(r"^\s*(?:(?:public|private|protected)\s*:\s*)+", "", head)
    head = re.sub(r"\btemplate\s*<[^;{}]*?>\s*(?=[\w\[])", "", head, count=1)
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)|\[\[.*?\]\]", "", head, flags=re.DOTALL)
    if re.match(r"\s*(?:namespace|class|struct|union|enum)\b", head):
        return None
    for match in _NAME.finditer(head):
        before = head[: match.start()].replace("->", "")
        if before.count("<") == before.count(">") and match[0].strip() not in _NOT_FIRST:
            break
    else:
        return None
    name = match[0].strip()
    if name in _NOT_NAMES or "=" in before:
        return None
    end = closing(head, match.end(), "()")
    return name, split_parameters(head[match.end() + 1 : end])


def cpp_functions(text: str) -> Iterator[Function]:
    """Outermost functions; a lambda or local class counts to the function it is in."""
    code = source_tree.code_of(text)
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: "\n" * m[0].count("\n"), code,
                  flags=re.MULTILINE)
    offset = 0
    begin = 0
    while offset < len(code):
        character = code[offset]
        if character in ";}":
            begin = offset + 1
        elif character == "(":
            offset = closing(code, offset, "()")
        elif character == "{":
            found = function_head(code[begin:offset])
            end = closing(code, offset, "{}")
            if found and re.match(r"[\w>]", code[offset - 1]):  # A member's initialiser.
                offset = end
            elif found:
                yield _measured(code, begin, end, found)
                offset = end
                begin = end + 1
            elif re.search(r"=\s*$", code[begin:offset]):
                offset = end
            else:
                begin = offset + 1
        offset += 1


def _measured(code: str, begin: int, end: int, head: tuple[str, int]) -> Function:
    start = begin + len(code[begin:]) - len(code[begin:].lstrip())
    first = source_tree.line_of(code, start)
    lines = source_tree.line_of(code, end) - first + 1
    return Function(name=head[0], line=first, lines=lines, parameters=head[1])


def python_functions(text: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in node.args.posonlyargs + node.args.args]
            parameters = len([name for name in names if name not in ("self", "cls")])
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(name=node.name, line=node.lineno, lines=lines, parameters=parameters)


def lines_limit(path: str) -> int:
    if path.startswith("tests/") or "/tests/" in path:
        return TEST_LINES_MAX
    return HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX


def check_file(path: str, text: str) -> Iterator[Finding]:
    lines = text.count("\n")
    if lines > lines_limit(path):
        yield Finding(path=path, rule="lines", value=lines, limit=lines_limit(path), where=path)
    functions: list[Function] = []
    if path.endswith(source_tree.CPP_SUFFIXES):
        functions = list(cpp_functions(text))
    elif path.endswith(".py"):
        functions = list(python_functions(text))
    for function in functions:
        where = f"{path}:{function.line} {function.name}"
        if function.lines > FUNCTION_LINES_MAX:
            yield Finding(path=path, rule="function_lines", value=function.lines,
                          limit=FUNCTION_LINES_MAX, where=where)
        if function.parameters > PARAMETERS_MAX:
            yield Finding(path=path, rule="parameters", value=function.parameters,
                          limit=PARAMETERS_MAX, where=where)


def check_folders(paths: list[str]) -> Iterator[Finding]:
    modules = {str(Path(path).with_suffix("")) for path in paths}
    counts = Counter(str(Path(module).parent) for module in modules)
    for folder, count in sorted(counts.items()):
        if count > FOLDER_MODULES_MAX:
            yield Finding(path=folder, rule="modules", value=count, limit=FOLDER_MODULES_MAX,
                          where=folder)


def read_exceptions(text: str) -> dict[tuple[str, str], int]:
    rows = [line.split() for line in text.splitlines() if line.strip() and line[0] != "#"]
    return {(path, rule): int(value) for path, rule, value in rows}


def judge(findings: list[Finding], exceptions: dict[tuple[str, str], int]) -> Iterator[str]:
    """One problem per finding without a row and per row without its finding."""
    worst: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.path, finding.rule)
        worst[key] = max(worst.get(key, 0), finding.value)
        if finding.value > exceptions.get(key, finding.limit):
            allowed = exceptions.get(key, finding.limit)
            yield f"{finding.where}: {finding.rule} is {finding.value}, the limit is {allowed}"
    for (path, rule), value in exceptions.items():
        now = worst.get((path, rule), 0)
        if now < value:
            advice = f"lower it to {now}" if now else "remove the row"
            yield f"{EXCEPTIONS}: {path} {rule} allows {value} and needs less, {advice}"


def check_tree(root: Path) -> list[str]:
    paths = source_tree.files(root, _SUFFIXES)
    findings = [f for path in paths for f in check_file(path, (root / path).read_text())]
    findings += check_folders(paths)
    exceptions = root / EXCEPTIONS
    return list(judge(findings, read_exceptions(exceptions.read_text())))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    problems = check_tree(parser.parse_args().root)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
