"""tools/check_sizes.py: measures C++ as a reader would, and its exceptions only shrink."""

from __future__ import annotations

import check_sizes
import pytest
from conftest import Write


def function(lines: int, head: str = "void F()") -> str:
    return head + " {\n" + "  Do();\n" * (lines - 2) + "}\n"


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"base/a.h": "\n" * 401}, "base/a.h: lines is 401, the limit is 400"),
        ({"base/a.cc": "\n" * 801}, "base/a.cc: lines is 801, the limit is 800"),
        ({"tests/unit/a_test.cc": "\n" * 801}, "lines is 801, the limit is 800"),
        ({"tools/a.py": "\n" * 801}, "tools/a.py: lines is 801, the limit is 800"),
        ({"base/a.cc": "\n" + function(61)}, "base/a.cc:2 F: function_lines is 61"),
        ({"base/a.cc": "void F(int a, int b, int c, int d, int e, int f) {}\n"}, "parameters is 6"),
        ({"tools/a.py": "def f(a, b, c, d, e, f):\n    pass\n"}, "tools/a.py:1 f: parameters is 6"),
        ({"tools/a.py": "def f():\n" + "    g()\n" * 60}, "function_lines is 61"),
    ],
)
def test_a_value_over_its_limit_is_named(
    tree: Write, files: dict[str, str], complaint: str
) -> None:
    problems = check_sizes.check_tree(tree(files))

    assert len(problems) == 1
    assert complaint in problems[0]


@pytest.mark.parametrize(
    "files",
    [
        {"base/a.h": "\n" * 400},
        {"base/a.cc": "\n" * 800},
        {"proto/a.proto": "\n" * 2000},
        {"base/a.cc": function(60)},
        {f"base/a{i}{suffix}": "" for i in range(60) for suffix in (".h", ".cc")},
        {"base/a.cc": "void F(std::map<int, std::pair<int, int>> a, int b, int c, int d, int e) {}\n"},
        {"base/a.cc": "namespace a {\n" + function(40) + function(40) + "}\n"},
        {"base/a.cc": "class A {\n public:\n" + function(40) + function(40) + "};\n"},
        {"base/a.cc": "constexpr int kAll[] = {\n" + "1,\n" * 80 + "};\n"},
    ],
)
def test_a_value_within_its_limit_passes(tree: Write, files: dict[str, str]) -> None:
    assert check_sizes.check_tree(tree(files)) == []


ENGINE = "namespace a {\nclass CAPABILITY(\"x\") Engine final : public Base {\n  class Impl;\n};\n}\n"
IMPL = "namespace a {\nclass Engine::Impl {\n  void F() {}\n};\n}\n"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("namespace a {\nint Engine::F() {}\n}\n", "namespace a {\nint Engine::G() {}\n}\n",
         "a::Engine"),
        ("int a::Engine::F() const {}\n", "namespace a {\nEngine::~Engine() = default;\n}\n",
         "a::Engine"),
        ("namespace a {\nvoid Engine::Impl::F() {}\n}\n", "void a::Engine::Impl::G() {}\n",
         "a::Engine::Impl"),
        ("namespace a {\nEngine::Engine(int b) : b_{b} {}\n}\n",
         "namespace a {\nstd::vector<int> Engine::G(int c) {}\n}\n", "a::Engine"),
    ],
)
def test_a_class_in_two_sources_is_named(tree: Write, first: str, second: str, name: str) -> None:
    root = tree({"base/a.h": ENGINE, "base/impl.h": IMPL, "base/a.cc": first, "base/b.cc": second})

    assert check_sizes.check_tree(root) == [
        f"{name} in base/a.cc base/b.cc: sources is 2, the limit is 1"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("namespace a {\nint Engine::F() {}\nint Engine::G() {}\n}\n", "void H() {}\n"),
        ("namespace a {\nint Engine::F() {}\n}\n", "namespace b {\nint Engine::F() {}\n}\n"),
        ("namespace a {\nint Engine::F() {}\n}\n",
         "namespace a {\nvoid Engine::Impl::F() { engine.G(); Engine::F(); }\n}\n"),
        ("namespace {\nclass T {};\nT::T() {}\n}\n", "namespace {\nclass T {};\nT::T() {}\n}\n"),
        ("void detail::F() {}\n", "void detail::G() {}\n"),
    ],
)
def test_a_class_in_one_source_passes(tree: Write, first: str, second: str) -> None:
    root = tree({"base/a.h": ENGINE, "base/impl.h": IMPL, "base/a.cc": first, "base/b.cc": second,
                 "base/b.h": "namespace b {\nstruct Engine {};\n}\n"})

    assert check_sizes.check_tree(root) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A::A(int a, int b) : a_{a}, b_(b) {\n}\n", [("A", 2, 2)]),
        ("std::function<void(int)> F(int a) {\n\n}\n", [("F", 3, 1)]),
        ("template <class T, class U>\nbool operator==(T a, U b) {\n}\n", [("operator==", 3, 2)]),
        ("TEST(Subject, Claim) {\n  if (x) {\n  }\n}\n", [("TEST", 4, 2)]),
        ("void F() REQUIRES(mutex_) {\n  auto f = [](int) {\n  };\n}\n", [("F", 4, 0)]),
        ('const char* F() { return "} {"; }\n', [("F", 1, 0)]),
    ],
)
def test_functions_are_found_as_written(text: str, expected: list[tuple[str, int, int]]) -> None:
    found = [(f.name, f.lines, f.parameters) for f in check_sizes.cpp_functions(text)]

    assert found == expected


def test_an_exception_holds_exactly_its_present_value(tree: Write) -> None:
    root = tree({"base/a.h": "\n" * 410, check_sizes.EXCEPTIONS: "base/a.h lines 410 # One table.\n"})
    assert check_sizes.check_tree(root) == []

    tree({"base/a.h": "\n" * 411})
    assert "lines is 411, the limit is 410" in check_sizes.check_tree(root)[0]

    tree({"base/a.h": "\n" * 405})
    assert "lower it to 405" in check_sizes.check_tree(root)[0]

    tree({"base/a.h": "\n" * 10})
    assert "remove the row" in check_sizes.check_tree(root)[0]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("base/a.h lines 410", "no reason"),
        ("base/a.h lines 410 #", "no reason"),
        ("base/a.h 410 # One table.", "2 words before the reason, not 3"),
        ("base/a.h lines many # One table.", "many is not a number"),
        ("base/a.h lines 410 # One.\nbase/a.h lines 9 # Two.", "a second row for base/a.h lines"),
    ],
)
def test_a_row_that_is_not_whole_is_named(tree: Write, row: str, complaint: str) -> None:
    root = tree({"base/a.h": "\n" * 410, check_sizes.EXCEPTIONS: row + "\n"})

    assert complaint in check_sizes.check_tree(root)[0]
