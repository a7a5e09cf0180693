#!/usr/bin/python3
"""Checks the sizes of functions, parameter lists and files, and that a class has one source.

A class, or struct with functions, is defined in one .cc file, however long that is. A file, or a class,
over a limit fails unless tools/tidy_exceptions.txt has a row `path rule value # reason`, or
`class rule value # reason`, with exactly its present value: it may not grow, and a row that no longer
fits must be lowered or removed.

Usage: tools/check_sizes.py [--root DIRECTORY]
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cpp_source
import exception_rows
import source_tree

EXCEPTIONS = "tools/tidy_exceptions.txt"
LINES_MAX = {".h": 400, ".cc": 800, ".py": 800}
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5
CLASS_SOURCES_MAX = 1


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One measured value over its limit."""

    subject: str
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


def python_functions(text: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in node.args.posonlyargs + node.args.args]
            parameters = len([name for name in names if name not in ("self", "cls")])
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(name=node.name, line=node.lineno, lines=lines, parameters=parameters)


def cpp_functions(text: str) -> Iterator[Function]:
    for function in cpp_source.scan(text).functions:
        yield Function(name=function.name, line=function.line, lines=function.lines,
                       parameters=function.parameters)


def check_file(path: str, text: str) -> Iterator[Finding]:
    lines = text.count("\n")
    limit = LINES_MAX[Path(path).suffix]
    if lines > limit:
        yield Finding(subject=path, rule="lines", value=lines, limit=limit, where=path)
    functions = python_functions(text) if path.endswith(".py") else cpp_functions(text)
    for function in functions:
        where = f"{path}:{function.line} {function.name}"
        if function.lines > FUNCTION_LINES_MAX:
            yield Finding(subject=path, rule="function_lines", value=function.lines,
                          limit=FUNCTION_LINES_MAX, where=where)
        if function.parameters > PARAMETERS_MAX:
            yield Finding(subject=path, rule="parameters", value=function.parameters,
                          limit=PARAMETERS_MAX, where=where)


def check_classes(texts: dict[str, str]) -> Iterator[Finding]:
    """Names each class whose functions are defined in more than one .cc file."""
    classes = {name for text in texts.values() for name in cpp_source.scan(text).classes}
    sources: dict[str, set[str]] = defaultdict(set)
    for path, text in texts.items():
        if path.endswith(".cc"):
            for function in cpp_source.scan(text).functions:
                owner = cpp_source.owner_of(function, classes)
                if owner and cpp_source.ANONYMOUS not in owner:
                    sources[owner].add(path)
    for name, paths in sorted(sources.items()):
        if len(paths) > CLASS_SOURCES_MAX:
            yield Finding(subject=name, rule="sources", value=len(paths), limit=CLASS_SOURCES_MAX,
                          where=f"{name} in {' '.join(sorted(paths))}")


def read_exceptions(text: str) -> tuple[dict[tuple[str, str], int], list[str]]:
    rows, problems = exception_rows.read(EXCEPTIONS, text, columns=3, keys=2)
    problems += [f"{row.where}: {row.words[2]} is not a number"
                 for row in rows if not row.words[2].isdigit()]
    values = {row.words[:2]: int(row.words[2]) for row in rows if row.words[2].isdigit()}
    return {(subject, rule): value for (subject, rule), value in values.items()}, problems


def judge(findings: list[Finding], exceptions: dict[tuple[str, str], int]) -> Iterator[str]:
    """One problem per finding without a row and per row without its finding."""
    worst: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.subject, finding.rule)
        worst[key] = max(worst.get(key, 0), finding.value)
        allowed = exceptions.get(key, finding.limit)
        if finding.value > allowed:
            yield f"{finding.where}: {finding.rule} is {finding.value}, the limit is {allowed}"
    for (subject, rule), value in exceptions.items():
        now = worst.get((subject, rule), 0)
        if now < value:
            advice = f"lower it to {now}" if now else "remove the row"
            yield f"{EXCEPTIONS}: {subject} {rule} allows {value} and needs less, {advice}"


def check_tree(root: Path) -> list[str]:
    paths = source_tree.files(root, tuple(LINES_MAX))
    texts = {path: (root / path).read_text() for path in paths}
    findings = [f for path, text in texts.items() for f in check_file(path, text)]
    findings += check_classes({p: t for p, t in texts.items() if not p.endswith(".py")})
    exceptions, problems = read_exceptions((root / EXCEPTIONS).read_text())
    return [*problems, *judge(findings, exceptions)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    problems = check_tree(parser.parse_args().root)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
