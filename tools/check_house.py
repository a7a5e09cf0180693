#!/usr/bin/python3
"""Checks the rules of the house style that a line of text can show.

Header order, work left behind, words with a better one here, unit tests that mirror a source and are
named as claims, and sources that have a unit test. A source without one needs a row `source test #
reason` in tools/mirror_exceptions.txt: the test that covers it, or `none`. A row fails when its source
is gone or has a test of its own, so rows only go.

Usage: tools/check_house.py [--root DIRECTORY]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import exception_rows
import source_tree

MIRROR_EXCEPTIONS = "tools/mirror_exceptions.txt"
NOT_MIRRORED = ("tests/", "examples/", "bench/")

_TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+),\s*(\w+)\s*\)", re.MULTILINE)
_VAGUE_TEST = re.compile(r"(?:Test|Works|Basic|Simple|Misc|Foo|Case)\w{0,2}$")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A pattern that code (comments and literals blanked) of some folders must not contain."""

    pattern: re.Pattern[str]
    message: str
    folders: tuple[str, ...] = ("",)
    exempt: tuple[str, ...] = ()


# Every gRPC message is checked before it is written. These files do, or write pieces of a fixed size.
_CHECKED_WRITES = ("controller/rpc/watch_call.cc", "controller/rpc/session_call.cc",
                   "controller/rpc/unary_call.h", "controller/rpc/admin_service.cc",
                   "controller/rpc/blob_service.cc", "rpc/blob_client.cc",
                   "worker_sdk/cpp/session/session_stream.h")

RULES = (
    Rule(pattern=re.compile(r"(?:\.|->)(?:Write|WriteAndFinish|WriteLast|Finish)"
                            r"\(\*?(?:response|request)\s*,(?!\s*message_bytes)"),
         message="check the size of the message first (rpc/message_size.h), in a listed file",
         folders=("controller/rpc/", "rpc/", "worker_sdk/", "client/"), exempt=_CHECKED_WRITES),
    Rule(pattern=re.compile(r"\.detach\(\)"), message="a detached thread has no owner, join it"),
    Rule(pattern=re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|absl::SleepFor)\b"),
         message="a sleep hides a race, wait for the event itself",
         exempt=("bench/", "examples/", "tests/integration/", "tests/fault/", "tests/hostile/")),
    Rule(pattern=re.compile(r"\bstd::(?:recursive_|shared_|timed_)?mutex\b|\babsl::Mutex\b"
                            r"|\bstd::condition_variable"),
         message="use Mutex and CondVar of base/mutex.h", exempt=("base/mutex.h",)),
    Rule(pattern=re.compile(r"\bstd::atomic\b"), message="no atomics outside base",
         exempt=("base/", "bench/", "tests/")),
    Rule(pattern=re.compile(r"\babsl::string_view\b"), message="use std::string_view"),
    Rule(pattern=re.compile(r"(?<![\w.])throw\b(?!\s*;)"), message="return an absl::Status",
         exempt=("bench/", "examples/", "tests/")),
    Rule(pattern=re.compile(r"(?<!\w)(?<!>\()new\s+[A-Z:a-z]\w*[\s({]"),
         message="own it with unique_ptr, at once",
         exempt=("tests/",)),
    Rule(pattern=re.compile(r"\bstd::c(?:out|err|log)\b|(?<![\w.>])(?:std::)?v?f?printf\("),
         message="print through Console, or put ShownLines, so that no text commands a terminal",
         exempt=("base/standard_streams.cc", "client/cli/console.cc", "worker_sdk/cpp/session/stderr_tap",
                 "bench/", "examples/", "tests/")),
    Rule(pattern=re.compile(r"\bAddListeningPort\((?!\s*\w+\.Target\(\))"),
         message="listen at Address::Target(): gRPC reads a path as a URI", exempt=("bench/", "tests/")),
    Rule(pattern=re.compile(r"\bgrpc::Create(?:Custom)?Channel\b"),
         message="connect with OpenChannel, which knows how gRPC reads an address",
         exempt=("rpc/channel.cc", "bench/", "tests/")),
    Rule(pattern=re.compile(r"\bstd::[io]?fstream\b|(?<!\w)(?:std::)?fopen\("),
         message="use ReadFile, WriteFileAtomically or OutputFile, which check every step",
         exempt=("bench/", "examples/", "tests/")),
    Rule(pattern=re.compile(r"\blexically_normal\b"),
         message="use AbsolutePath: behind a link .. leads elsewhere", exempt=("tests/",)),
    Rule(pattern=re.compile(r"\bgraph::WriteJson\("), folders=("client/cli/",),
         message="print JSON with PrintJson, which every reader of JSON understands",
         exempt=("client/cli/json_output.cc",)),
    Rule(pattern=re.compile(r"\bgraph::ParseJson\("), folders=("client/cli/",),
         message="read what people write with ParseJsonInRange", exempt=("client/cli/json_output.cc",)),
    Rule(pattern=re.compile(r"^using namespace\b", re.MULTILINE), message="name what you use"),
)

_LEFT_BEHIND = re.compile(r"\b(?:FIXME|XXX|TODO(?!\(#\d+\): ))\b|\bfor now\b")


def check_header(path: str, text: str) -> Iterator[str]:
    first = text.split("\n", 1)[0]
    if not first.startswith("//"):
        yield f"{path}:1: a header begins with a comment that says what it is for"
    if not re.match(r"(?:[ \t]*//[^\n]*\n|\n)*#pragma once\n", text):
        yield f"{path}:1: #pragma once follows the first comment"


def check_cpp(path: str, text: str) -> Iterator[str]:
    code = source_tree.code_of(text)
    if path.endswith(".h"):
        yield from check_header(path, text)
    yield from check_main(path, text)
    for rule in RULES:
        if path.startswith(rule.folders) and not path.startswith(rule.exempt or "\0"):
            for match in rule.pattern.finditer(code):
                yield f"{path}:{source_tree.line_of(code, match.start())}: {rule.message}"


_MAIN = re.compile(r"^int main\(", re.MULTILINE)
_ENDS_CHECKED = re.compile(r"\bFinishOutput\(|\.Main\(")


def check_main(path: str, text: str) -> Iterator[str]:
    """A program tells whether its output was written: with FinishOutput, or with Worker::Main."""
    main = _MAIN.search(source_tree.code_of(text))
    if main and not path.startswith(("bench/", "examples/", "tests/")) and not _ENDS_CHECKED.search(text):
        yield (f"{path}:{source_tree.line_of(text, main.start())}: main ends without FinishOutput of "
               "base/standard_streams.h")


def subjects_of(test: str) -> list[str]:
    """The modules that a unit test may be about, the likeliest first."""
    folder, _, words = test.removeprefix("tests/unit/").removesuffix("_test.cc").rpartition("/")
    # A large subject may have several test files: engine_submit_test.cc is about engine.cc.
    ends = [m.start() for m in re.finditer("_", words)]
    return [f"{folder}/{words[:end]}" for end in [len(words), *reversed(ends)]]


def check_unit_test(path: str, text: str, paths: set[str]) -> Iterator[str]:
    subjects = subjects_of(path)
    if not {f"{subject}{suffix}" for subject in subjects for suffix in (".h", ".cc")} & paths:
        yield f"{path}: no {subjects[0]}.h or .cc, a unit test has the path of what it tests"
    for match in _TEST.finditer(text):
        if _VAGUE_TEST.match(match[2]):
            line = source_tree.line_of(text, match.start())
            yield f"{path}:{line}: {match[1]}.{match[2]} claims nothing, say what holds"


def check_mirror(paths: list[str], rows_text: str) -> Iterator[str]:
    """One problem per product source without a test or a row, and per row that does not fit."""
    tests = [p for p in paths if p.startswith("tests/unit/") and p.endswith("_test.cc")]
    tested = {subject + ".cc" for test in tests for subject in subjects_of(test)}
    sources = {path for path in paths if path.endswith(".cc") and Path(path).name != "main.cc"
               and not path.startswith(NOT_MIRRORED)}
    rows, problems = exception_rows.read(MIRROR_EXCEPTIONS, rows_text, columns=2, keys=1)
    yield from problems
    excused = {row.words[0] for row in rows}
    for path in sorted(sources - tested - excused):
        yield (f"{path}: no tests/unit/{path.removesuffix('.cc')}_test.cc: write it, or a row with "
               f"a reason in {MIRROR_EXCEPTIONS}")
    for row in rows:
        source, test = row.words
        if source not in sources:
            yield f"{row.where}: there is no source {source}, remove the row"
        elif source in tested:
            yield f"{row.where}: {source} has a test of its own, remove the row"
        elif test != "none" and not (test.startswith("tests/") and test in paths):
            yield f"{row.where}: there is no test {test}"


def check_text(path: str, text: str) -> Iterator[str]:
    for match in _LEFT_BEHIND.finditer(text):
        line = source_tree.line_of(text, match.start())
        yield f'{path}:{line}: "{match[0]}" is work left behind, do it or write TODO(#issue): ...'
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at the end"
    for match in re.finditer(r"[ \t]+$", text, re.MULTILINE):
        yield f"{path}:{source_tree.line_of(text, match.start())}: space at the end of the line"


def check_tree(root: Path) -> list[str]:
    paths = source_tree.files(root)
    problems: list[str] = []
    for path in paths:
        if path.endswith(source_tree.CPP_SUFFIXES):
            text = (root / path).read_text()
            problems += check_cpp(path, text)
            if path.startswith("tests/unit/") and path.endswith("_test.cc"):
                problems += check_unit_test(path, text, set(paths))
        ours = (".h", ".cc", ".py", ".proto", ".sh", ".cmake", "CMakeLists.txt", ".ts")
        checkers = ("tools/check_house.py", "tests/tools/test_check_house.py")
        if path.endswith(ours) and path not in checkers:
            problems += check_text(path, (root / path).read_text())
    problems += check_mirror(paths, (root / MIRROR_EXCEPTIONS).read_text())
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    problems = check_tree(parser.parse_args().root)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
