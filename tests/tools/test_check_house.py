"""tools/check_house.py: each rule is shown to fail on a line that breaks it."""

from __future__ import annotations

import check_house
import pytest
from conftest import Write

HEADER = "// What it is for.\n#pragma once\n"


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("base/a.h", "#pragma once\n", "begins with a comment"),
        ("base/a.h", "// Purpose.\n#include <map>\n#pragma once\n", "#pragma once follows"),
        ("base/a.cc", "void F(T t) { t.detach(); }\n", "detached thread"),
        ("base/a.cc", "void F() { std::this_thread::sleep_for(t); }\n", "sleep hides a race"),
        ("base/a.cc", "std::mutex m;\n", "use Mutex"),
        ("graph/a.cc", "std::atomic<int> a;\n", "no atomics"),
        ("base/a.cc", "void F(absl::string_view s);\n", "std::string_view"),
        ("base/a.cc", "void F() { throw 1; }\n", "absl::Status"),
        ("base/a.cc", "auto* F() { return new Thing(); }\n", "unique_ptr"),
        ("base/a.cc", "using namespace std;\n", "name what you use"),
        ("graph/a.cc", "void F() { std::cout << 1; }\n", "print through Console"),
        ("rpc/a.cc", "void F(B b, std::string s) { b.AddListeningPort(s, c); }\n", "Address::Target"),
        ("client/a.cc", "auto c = grpc::CreateChannel(a, b);\n", "OpenChannel"),
        ("base/a.cc", "std::ofstream file(path);\n", "check every step"),
        ("base/a.cc", "auto p = path.lexically_normal();\n", "AbsolutePath"),
        ("client/cli/a.cc", "auto s = graph::WriteJson(d);\n", "PrintJson"),
        ("client/cli/a.cc", "auto s = graph::ParseJson(d);\n", "ParseJsonInRange"),
        ("client/cli/main.cc", "int main() { return 0; }\n", "FinishOutput"),
        ("controller/rpc/a.cc", "void F() { writer_.Write(response, tag); }\n", "size of the message"),
        ("base/a.cc", "// TODO: more\n", "work left behind"),
        ("tools/a.py", "# FIXME\n", "work left behind"),
        ("base/a.cc", "int a; \n", "space at the end"),
        ("base/a.cc", "int a;", "no newline"),
        ("tests/unit/base/b_test.cc", "\n", "a unit test has the path"),
    ],
)
def test_a_broken_rule_is_named(tree: Write, path: str, text: str, complaint: str) -> None:
    problems = check_house.check_tree(tree({path: text}))

    assert problems
    assert all(problem.startswith(path) for problem in problems)
    assert any(complaint in problem for problem in problems)


@pytest.mark.parametrize("name", ["Test1", "Works", "Basic", "Basic2"])
def test_a_test_name_that_claims_nothing_is_named(tree: Write, name: str) -> None:
    root = tree({"base/b.h": HEADER, "tests/unit/base/b_test.cc": f"TEST(BTest, {name}) {{}}\n"})

    assert "claims nothing" in check_house.check_tree(root)[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("base/a.h", HEADER),
        ("base/a.h", "// One.\n//\n// Two.\n\n#pragma once\n\n#include <map>\n"),
        ("base/a.cc", "// A new thing is not for throw or sleep_for.\n"),
        ("base/a.cc", "auto a = std::unique_ptr<A>(new A());\n"),
        ("base/a.cc", "// TODO(#12): say which.\n"),
        ("base/a.cc", "int F();\n"),
        ("base/a.cc", "void F(B b, Address a) { b.AddListeningPort(a.Target(), c); }\n"),
        ("client/cli/main.cc", 'int main() { return orrery::FinishOutput("a", 0); }\n'),
        ("tests/unit/base/kept_test.cc", "TEST(KeptTest, StaysWhenDraining) {}\n"),
        ("tests/unit/base/kept_while_draining_test.cc", "TEST(KeptTest, StaysAWhile) {}\n"),
    ],
)
def test_a_kept_rule_passes(tree: Write, path: str, text: str) -> None:
    files = {"base/kept.h": HEADER, "base/a.cc": "", "tests/unit/base/a_test.cc": ""}

    assert check_house.check_tree(tree(files | {path: text})) == []


ROWS = check_house.MIRROR_EXCEPTIONS


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"base/a.cc": ""}, "base/a.cc: no tests/unit/base/a_test.cc"),
        ({"base/a.cc": "", "tests/unit/graph/a_test.cc": "", "graph/a.h": HEADER},
         "base/a.cc: no tests/unit/base/a_test.cc"),
        ({"base/ab.cc": "", "base/a.h": HEADER, "tests/unit/base/a_test.cc": ""},
         "base/ab.cc: no tests/unit/base/ab_test.cc"),
        ({"base/a.cc": "", ROWS: "base/a.cc none\n"}, f"{ROWS}:1: no reason"),
        ({"base/a.cc": "", ROWS: "base/a.cc tests/unit/base/gone_test.cc # Covered.\n"},
         f"{ROWS}:1: there is no test tests/unit/base/gone_test.cc"),
        ({"base/a.cc": "", ROWS: "base/a.cc base/a.cc # Covered.\n"},
         f"{ROWS}:1: there is no test base/a.cc"),
        ({ROWS: "base/a.cc none # Gone.\n"}, f"{ROWS}:1: there is no source base/a.cc"),
        ({"base/a.cc": "", "tests/unit/base/a_test.cc": "", ROWS: "base/a.cc none # Old.\n"},
         f"{ROWS}:1: base/a.cc has a test of its own"),
        ({"base/a.cc": "", "tests/unit/base/a_odd_test.cc": "", ROWS: "base/a.cc none # Old.\n"},
         f"{ROWS}:1: base/a.cc has a test of its own"),
    ],
)
def test_a_source_without_a_test_is_named(
    tree: Write, files: dict[str, str], complaint: str
) -> None:
    assert any(problem.startswith(complaint) for problem in check_house.check_tree(tree(files)))


@pytest.mark.parametrize(
    "files",
    [
        {"base/a.cc": "", "tests/unit/base/a_test.cc": ""},
        {"base/a.cc": "", "tests/unit/base/a_twice_test.cc": ""},
        {"controller/main.cc": "", "examples/a/b.cc": "", "bench/a.cc": "", "tests/fuzz/a.cc": ""},
        {"base/a.cc": "", ROWS: "base/a.cc none # Nothing to see from outside.\n"},
        {"base/a.cc": "", "tests/unit/base/b_test.cc": "", "base/b.h": HEADER,
         ROWS: "base/a.cc tests/unit/base/b_test.cc # A part of b.\n"},
    ],
)
def test_a_source_with_a_test_or_a_reason_passes(tree: Write, files: dict[str, str]) -> None:
    assert check_house.check_tree(tree(files)) == []
