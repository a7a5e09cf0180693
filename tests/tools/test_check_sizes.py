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
        ({"base/a.h": "\n" * 201}, "base/a.h: lines is 201, the limit is 200"),
        ({"base/a.cc": "\n" * 501}, "base/a.cc: lines is 501, the limit is 500"),
        ({"tests/unit/a_test.cc": "\n" * 601}, "lines is 601, the limit is 600"),
        ({"base/a.cc": "\n" + function(61)}, "base/a.cc:2 F: function_lines is 61"),
        ({"base/a.cc": "void F(int a, int b, int c, int d, int e, int f) {}\n"}, "parameters is 6"),
        ({"tools/a.py": "def f(a, b, c, d, e, f):\n    pass\n"}, "tools/a.py:1 f: parameters is 6"),
        ({"tools/a.py": "def f():\n" + "    g()\n" * 60}, "function_lines is 61"),
        ({f"base/a{i}.h": "" for i in range(26)}, "base: modules is 26, the limit is 25"),
    ],
)
def test_what_is_over_a_limit_is_named(
    tree: Write, files: dict[str, str], complaint: str
) -> None:
    problems = check_sizes.check_tree(tree(files))

    assert len(problems) == 1
    assert complaint in problems[0]


@pytest.mark.parametrize(
    "files",
    [
        {"base/a.h": "\n" * 200},
        {"tests/unit/a_test.cc": "\n" * 600},
        {"base/a.cc": function(60)},
        {f"base/a{i}{suffix}": "" for i in range(25) for suffix in (".h", ".cc")},
        {"base/a.cc": "void F(std::map<int, std::pair<int, int>> a, int b, int c, int d, int e) {}\n"},
        {"base/a.cc": "namespace a {\n" + function(40) + function(40) + "}\n"},
        {"base/a.cc": "class A {\n public:\n" + function(40) + function(40) + "};\n"},
        {"base/a.cc": "constexpr int kAll[] = {\n" + "1,\n" * 80 + "};\n"},
    ],
)
def test_what_is_within_the_limits_passes(tree: Write, files: dict[str, str]) -> None:
    assert check_sizes.check_tree(tree(files)) == []


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
    root = tree({"base/a.h": "\n" * 210, check_sizes.EXCEPTIONS: "base/a.h lines 210\n"})
    assert check_sizes.check_tree(root) == []

    tree({"base/a.h": "\n" * 211})
    assert "lines is 211, the limit is 210" in check_sizes.check_tree(root)[0]

    tree({"base/a.h": "\n" * 205})
    assert "lower it to 205" in check_sizes.check_tree(root)[0]

    tree({"base/a.h": "\n" * 10})
    assert "remove the row" in check_sizes.check_tree(root)[0]
