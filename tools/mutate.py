#!/usr/bin/python3
"""Finds code that no unit test checks: changes one thing at a time and runs the tests.

A change that the tests do not notice is a survivor: a missing test, or a change without effect.
Works on a copy of the sources in build/mutate, so the working tree is never changed; the copy is
built without optimisation and without unity batches.
"""

from __future__ import annotations

import argparse
import enum
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import source_tree

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = """examples:
  tools/mutate.py --count 60 --seed 7
      samples 60 mutations of controller/engine and controller/journal
  tools/mutate.py controller/engine/scheduling --minutes 10
      tries all mutations of one folder, for at most 10 minutes
  tools/mutate.py base/hex.cc --test-target base_test
      names the test program
  tools/mutate.py graph/type.cc --list
      prints the mutations, builds nothing
"""
DEFAULT_PATHS = ("controller/engine", "controller/journal")
MEMORY_BYTES_MAX = 8 << 30  # A mutated loop may allocate without end.

# --- Mutators: pure functions of a source's text ---


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Replaces text[begin:end]."""

    begin: int
    end: int
    replacement: str
    name: str


_SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
          "&&": "||", "||": "&&", "+": "-", "-": "+", "+=": "-=", "-=": "+="}
# clang-format puts spaces around binary operators and none inside template brackets.
_OPERATOR = re.compile(r"(?<=[ \n])(<=|>=|==|!=|<|>|&&|\|\||\+=|-=|\+|-)(?=[ \n])")
_STEP = re.compile(r"\+\+|--")
_BOOLEAN = re.compile(r"\b(?:true|false)\b")
_INTEGER = re.compile(r"(?<![\w.'])\d+(?=(?:u|U|l|L|z)*\b)(?![.'xX])")
_CONDITION = re.compile(r"\b(?:if|while) \(")
_JUMP = re.compile(r"\b(?:return|continue|break)\b")
_CALL = re.compile(r"(?:\*?[\w.:\[\]]|->|\(\)|<[\w:]+>(?=\())+\(")
_ASSIGNMENT = re.compile(r"(?:\*?[\w.\[\]*]|->|\(\))+ [+\-|&^]?= ")
_NOT_DROPPED = re.compile(
    r"(?:return|CHECK|COVERAGE_MARK|LOG|ASSIGN_OR_RETURN|static_assert|static_cast|if|for|while"
    r"|switch|case|else|default|using|delete|throw)\b|[\w.>-]*\breserve\(")
# Nothing is learnt from a weaker assertion, another log line or what only the compiler evaluates.
_NOT_MUTATED = re.compile(
    r"^[ \t]*#[^\n]*|\b(?:CHECK|COVERAGE_MARK|static_assert|LOG)\(|\bif constexpr \(|\boperator\W+\(",
    re.MULTILINE)


def matching_parenthesis(code: str, begin: int) -> int:
    """Returns the offset of the parenthesis that closes the one at `begin`."""
    depth = 0
    for offset in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[offset], 0)
        if depth == 0:
            return offset
    return len(code)


def statement_end(code: str, begin: int) -> int | None:
    """Returns the offset of the semicolon that ends the statement; None if a block begins first."""
    depth = 0
    for offset in range(begin, len(code)):
        char = code[offset]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(char, 0)
        if depth < 0:
            return None
        if char == ";" and depth == 0:
            return offset
    return None


def negate_conditions(code: str) -> Iterator[Edit]:
    for match in _CONDITION.finditer(code):
        close = matching_parenthesis(code, match.end() - 1)
        inside = code[match.end():close]
        # Of `if (declaration; condition)` the condition is the last part.
        begin = match.end() + (inside.rfind("; ") + 2 if "; " in inside else 0)
        condition = code[begin:close]
        is_declaration = re.search(r"[^=!<>+\-|&]=(?!=)", condition) is not None
        # Swapping a lone == or != is the same.
        is_equality = len(_OPERATOR.findall(condition)) == 1 and re.search("[!=]= ", condition)
        if not is_declaration and not is_equality:
            yield Edit(begin=begin, end=close, replacement=f"!({condition})",
                       name="negate condition")


def swap_operators(code: str) -> Iterator[Edit]:
    for match in _OPERATOR.finditer(code):
        yield Edit(begin=match.start(), end=match.end(), replacement=_SWAPS[match[1]],
                   name="swap operator")
    for match in _STEP.finditer(code):
        yield Edit(begin=match.start(), end=match.end(),
                   replacement="--" if match[0] == "++" else "++", name="swap operator")


def change_constants(code: str) -> Iterator[Edit]:
    for match in _BOOLEAN.finditer(code):
        yield Edit(begin=match.start(), end=match.end(),
                   replacement="false" if match[0] == "true" else "true", name="flip boolean")
    for match in _INTEGER.finditer(code):
        yield Edit(begin=match.start(), end=match.end(), replacement=str(int(match[0]) + 1),
                   name="add one")


def drop_statements(code: str) -> Iterator[Edit]:
    for match in re.finditer(r"(?<=[;{})])\s+(?=[\w*+\-])|\belse (?=\w)", code):
        begin = match.end()
        end = statement_end(code, begin)
        if end is None or _NOT_DROPPED.match(code, begin):
            continue
        statement = code[begin:end]
        is_step = re.fullmatch(r"(?:\+\+|--)[^;=]+", statement) is not None
        if is_step or _ASSIGNMENT.match(statement):
            yield Edit(begin=begin, end=end + 1, replacement="{}", name="drop statement")
        elif _CALL.match(statement) and statement.endswith(")"):
            yield Edit(begin=begin, end=end + 1, replacement="{}", name="drop call")


def drop_early_exits(code: str) -> Iterator[Edit]:
    for match in _JUMP.finditer(code):
        before = code[:match.start()].rstrip(" \n")
        indent = match.start() - (code.rfind("\n", 0, match.start()) + 1)
        is_first = before.endswith((")", "else", ";", "{", "}"))
        # The last statement of a function is not nested.
        is_early = before.endswith((")", "else")) or indent >= 4
        end = statement_end(code, match.start())
        if is_first and is_early and end is not None:
            yield Edit(begin=match.start(), end=end + 1, replacement="{}",
                       name=f"drop {match[0]}")


MUTATORS: tuple[Callable[[str], Iterator[Edit]], ...] = (
    negate_conditions, swap_operators, change_constants, drop_statements, drop_early_exits)


def excluded_ranges(code: str) -> list[range]:
    """Returns the parts of the code in which nothing is mutated."""
    found = []
    for match in _NOT_MUTATED.finditer(code):
        end = match.end()
        if match[0].endswith("("):
            end = matching_parenthesis(code, match.end() - 1)
        found.append(range(match.start(), end))
    return found


def edits_of(text: str) -> list[Edit]:
    """Returns every mutation of the source, in its order."""
    code = source_tree.masked(text)
    excluded = excluded_ranges(code)
    edits = [edit for mutator in MUTATORS for edit in mutator(code)
             if not any(edit.begin in part for part in excluded)]
    return sorted((with_literals(edit, text) for edit in edits),
                  key=lambda edit: (edit.begin, edit.end))


def with_literals(edit: Edit, text: str) -> Edit:
    """Puts back the strings that the code does not have: a negated condition may contain some."""
    if edit.name != "negate condition":
        return edit
    return replace(edit, replacement=f"!({text[edit.begin:edit.end]})")


def apply_edit(text: str, edit: Edit) -> str:
    return text[:edit.begin] + edit.replacement + text[edit.end:]


def describe_edit(text: str, edit: Edit) -> str:
    """Shows what is replaced and the line it is in."""
    line = text[text.rfind("\n", 0, edit.begin) + 1:].split("\n", 1)[0].strip()
    old = " ".join(text[edit.begin:edit.end].split())
    new = " ".join(edit.replacement.split())
    return f"{edit.name}: {old} -> {new}  | {line}"


# --- The copy that is built ---


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One edit of one source, and the test program that should notice it."""

    path: str
    edit: Edit
    target: str


class Verdict(enum.Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    NOT_COMPILED = "not compiled"
    SURVIVED = "survived"


def target_of(root: Path, path: str) -> str:
    """Returns the test program of the folder that tests the source."""
    for folder in Path(path).parents:
        listing = root / "tests/unit" / folder / "CMakeLists.txt"
        if not listing.exists():
            continue
        names = re.findall(r"^\s*NAME (\w+)", listing.read_text(), re.MULTILINE)
        if len(names) == 1:
            return str(names[0])
        if names:
            raise SystemExit(f"{path}: choose one with --test-target: {', '.join(names)}")
    raise SystemExit(f"{path}: tests/unit has no test program for it; name one with --test-target")


def mutants_of(root: Path, prefixes: list[str], target: str | None) -> list[Mutant]:
    paths = [path for path in source_tree.files(root, (".cc",))
             if any(path == prefix or path.startswith(prefix.rstrip("/") + "/")
                    for prefix in prefixes)]
    if not paths:
        raise SystemExit(f"no .cc file in {', '.join(prefixes)}")
    return [Mutant(path=path, edit=edit, target=target or target_of(root, path))
            for path in paths for edit in edits_of((root / path).read_text())]


def copy_tree(root: Path, copy: Path) -> None:
    """Makes `copy` equal to the sources; leaves equal files as they are, for ninja."""
    paths = source_tree.files(root)
    for path in paths:
        source, target = root / path, copy / path
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    known = set(paths)
    for file in copy.rglob("*"):
        if file.is_file() and str(file.relative_to(copy)) not in known:
            file.unlink()


class Workshop:
    """A copy of the sources and its build folder."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.source = folder / "source"
        self.build = folder / "build"
        copy_tree(root, self.source)
        self._limits: dict[str, float] = {}

    def configure(self) -> None:
        subprocess.run(
            ["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
             "-DCMAKE_CXX_COMPILER=clang++-14", "-DCMAKE_BUILD_TYPE=Debug",
             "-DCMAKE_CXX_FLAGS=-w", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DCMAKE_UNITY_BUILD=OFF"],
            check=True, stdout=subprocess.DEVNULL)

    def prepare(self, target: str) -> None:
        """Builds the unchanged program and measures how long its tests take."""
        print(f"building {target}", flush=True)
        if not self._compile(target):
            raise SystemExit(f"{target} does not build in {self.build}")
        began = time.monotonic()
        if self._run(target, limit=600) != Verdict.SURVIVED:
            raise SystemExit(f"{target} fails without any mutation")
        self._limits[target] = 10 + 5 * (time.monotonic() - began)

    def test(self, mutant: Mutant) -> Verdict:
        """Builds and runs one mutant; restores the source whatever happens."""
        path = self.source / mutant.path
        text = path.read_text()
        try:
            path.write_text(apply_edit(text, mutant.edit))
            # The cache keeps the objects of unchanged sources only.
            if not self._compile(mutant.target, CCACHE_READONLY="1"):
                return Verdict.NOT_COMPILED
            return self._run(mutant.target, self._limits[mutant.target])
        finally:
            path.write_text(text)

    def _compile(self, target: str, **variables: str) -> bool:
        result = subprocess.run(
            ["ninja", "-C", self.build, target], env={**os.environ, **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        (self.build / "mutate.log").write_bytes(result.stdout)
        return result.returncode == 0

    def _run(self, target: str, limit: float) -> Verdict:
        def limit_memory() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        process = subprocess.Popen(
            [self.build / "tests" / target, "--gtest_fail_fast", "--gtest_brief=1"],
            cwd=self.build, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=limit_memory)
        try:
            return Verdict.KILLED if process.wait(limit) != 0 else Verdict.SURVIVED
        except subprocess.TimeoutExpired:
            return Verdict.TIMED_OUT
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_all(workshop: Workshop, mutants: list[Mutant], deadline: float) -> list[str]:
    """Tests the mutants, one after the other; returns the survivors as lines of text."""
    verdicts: Counter[Verdict] = Counter()
    survivors: list[str] = []
    for mutant in mutants:
        if time.monotonic() > deadline:
            break
        verdict = workshop.test(mutant)
        verdicts[verdict] += 1
        text = (workshop.source / mutant.path).read_text()
        line = (f"{mutant.path}:{source_tree.line_of(text, mutant.edit.begin)}: "
                f"{describe_edit(text, mutant.edit)}")
        print(f"{verdict.value}: {line}", flush=True)
        if verdict is Verdict.SURVIVED:
            survivors.append(line)
    print(", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict) +
          f", {len(mutants) - verdicts.total()} not run")
    return survivors


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH", default=list(DEFAULT_PATHS),
                        help=f"sources or folders of sources (default: {' '.join(DEFAULT_PATHS)})")
    parser.add_argument("--count", type=int, metavar="N", help="test a random sample of N mutations")
    parser.add_argument("--seed", type=int, default=0, help="choose the sample (default: %(default)s)")
    parser.add_argument("--minutes", type=float, metavar="M", default=float("inf"),
                        help="start no mutation after M minutes, the first build included")
    parser.add_argument("--test-target", metavar="NAME",
                        help="build and run this test program, not the one of the source's folder")
    parser.add_argument("--list", action="store_true", help="print the mutations and end")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    deadline = time.monotonic() + 60 * arguments.minutes
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    mutants = mutants_of(ROOT, arguments.paths, arguments.test_target)
    if arguments.count is not None and arguments.count < len(mutants):
        mutants = random.Random(arguments.seed).sample(mutants, arguments.count)
    # Sources one after the other: an unchanged one is built again once only.
    mutants.sort(key=lambda mutant: (mutant.target, mutant.path, mutant.edit.begin))
    if arguments.list:
        for mutant in mutants:
            text = (ROOT / mutant.path).read_text()
            print(f"{mutant.path}:{source_tree.line_of(text, mutant.edit.begin)}: "
                  f"{describe_edit(text, mutant.edit)}")
        return 0
    workshop = Workshop(ROOT, ROOT / "build/mutate")
    workshop.configure()
    for target in sorted({mutant.target for mutant in mutants}):
        workshop.prepare(target)
    survivors = test_all(workshop, mutants, deadline)
    print("\n".join(["survivors:", *survivors]) if survivors else "no survivors")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
