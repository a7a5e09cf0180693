"""tools/check_limits.py: limits are listed and tested, and a maximum of another type is found."""

from __future__ import annotations

from pathlib import Path

import check_limits
import pytest
from conftest import Write

LIMIT = """inline constexpr Limit kNameBytes{.name = "name_bytes",
    .max = 2 * 1024, .unit = LimitUnit::kBytes, .of = "a "
    "name", .beyond = "refused"};
"""
TEST = 'EXPECT_THAT(message, HasSubstr("name_bytes"));\n'


def write(tree: Write, files: dict[str, str], exceptions: str = "") -> Path:
    root = tree({check_limits.PAGE: "# The limits\n", check_limits.EXCEPTIONS: exceptions} | files)
    check_limits.problems_of(root, write=True)
    return root


def test_limit_is_listed_on_the_page(tree: Write) -> None:
    root = write(tree, {"graph/name.h": LIMIT, "tests/unit/name_test.cc": TEST})

    assert check_limits.problems_of(root, write=False) == []
    page = (root / check_limits.PAGE).read_text()
    assert page.startswith("# The limits\n")
    assert "| `name_bytes` | 2 KiB | bytes | a name | refused |" in page


def test_limit_with_braces_in_its_value_is_listed(tree: Write) -> None:
    limit = LIMIT.replace("2 * 1024", "std::uint64_t{64} << 10")
    root = write(tree, {"graph/name.h": limit, "tests/unit/name_test.cc": TEST})

    assert "| `name_bytes` | 64 KiB |" in (root / check_limits.PAGE).read_text()


def test_page_that_is_not_up_to_date_is_found(tree: Write) -> None:
    root = write(tree, {"graph/name.h": LIMIT, "tests/unit/name_test.cc": TEST})
    (root / "graph/name.h").write_text(LIMIT.replace("2 *", "3 *"))

    assert "is not up to date" in check_limits.problems_of(root, write=False)[0]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"graph/name.h": LIMIT}, "no test names the limit name_bytes"),
        ({"graph/name.h": LIMIT, "base/name.h": LIMIT, "tests/a.cc": TEST}, "is also one of"),
        ({"graph/name.h": "Limit a{.name = \"a\", .max = 3};\n", "tests/a.cc": "a"}, "has no beyond"),
        ({"graph/name.h": LIMIT.replace("2 *", "kTwo *"), "tests/a.cc": TEST}, "no expression"),
        ({"graph/a.h": "inline constexpr int kNamesMax = 3;\n"}, "kNamesMax is a maximum but no Limit"),
        ({"graph/a.h": "  std::size_t names_max = 3;\n"}, "names_max is a maximum but no Limit"),
    ],
)
def test_problem_is_found(tree: Write, files: dict[str, str], complaint: str) -> None:
    problems = check_limits.problems_of(write(tree, files), write=False)

    assert len(problems) == 1
    assert complaint in problems[0]


def test_exceptions_need_a_reason_and_something_they_except(tree: Write) -> None:
    code = {"graph/a.h": "inline constexpr int kNamesMax = 3;\n"}
    row = "graph/a.h kNamesMax"

    assert check_limits.problems_of(write(tree, code, f"{row} # of the format\n"), write=False) == []
    assert "no reason" in check_limits.problems_of(write(tree, code, f"{row}\n"), write=False)[0]
    gone = check_limits.problems_of(write(tree, {"graph/a.h": ""}, f"{row} # of the format\n"), write=False)
    assert gone == ["tools/limit_exceptions.txt:1: graph/a.h has no kNamesMax any more"]


def test_tests_of_the_tools_do_not_count(tree: Write) -> None:
    root = write(tree, {"graph/name.h": LIMIT, "tests/tools/test_a.py": TEST})

    assert len(check_limits.problems_of(root, write=False)) == 1
