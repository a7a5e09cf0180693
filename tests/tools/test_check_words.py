"""tools/check_words.py: words and sentences to avoid are found in prose, and only there."""

from __future__ import annotations

from pathlib import Path

import check_words
import pytest
from conftest import Write

WORDS = "# pattern => instead\nages? => duration\nso many => the number\n(?<!there )is none => is not\n"


def write(tree: Write, files: dict[str, str], baseline: str = "") -> Path:
    return tree({check_words.WORDS: WORDS, check_words.BASELINE: baseline} | files)


@pytest.mark.parametrize(
    ("path", "text", "line", "complaint"),
    [
        ("base/a.h", "\n// The age of a file.\n", 2, '"age": write duration'),
        ("base/a.cc", "int a;  // Ages.\n", 1, '"Ages": write duration'),
        ("base/a.cc", "// One.\n// Keeps so\n// many of them.\n", 2, '"so many": write the number'),
        ("base/a.cc", "/* The\n * age. */\n", 2, '"age"'),
        ("base/a.cc", 'auto t = "an "\n  "age";\n', 1, '"age"'),
        ("base/a.cc", 'auto t = R"(\nthe age)";\n', 2, '"age"'),
        ("base/a.cc", "// That is none.\n", 1, '"is none": write is not'),
        ("proto/a.proto", "int32 a = 1;  // An age.\n", 1, '"age"'),
        ("tools/a.py", "x = 1  # An age.\n", 1, '"age"'),
        ("tools/a.py", '"""A page.\n\nThe age.\n"""\n', 3, '"age"'),
        ("docs/a.md", "# A\n\n* Some\n  age.\n", 4, '"age"'),
        ("docs/a.md", "| a | the age |\n", 1, '"age"'),
        ("base/a.h", "// What a file is.\n", 1, 'begins with "What"'),
        ("base/a.h", "// A file.\n//\n// Whether it is.\n", 3, 'begins with "Whether"'),
        ("base/a.h", "// A file. Who owns it\n// is not told.\n", 1, 'begins with "Who"'),
        ("proto/a.proto", "// That which is.\n", 1, 'begins with "That which"'),
        ("docs/a.md", "1. Which of them.\n", 1, 'begins with "Which"'),
        ("docs/a.md", "A list:\n\n- What it is.\n", 3, 'begins with "What"'),
    ],
)
def test_prose_to_avoid_is_named_with_its_line(
    tree: Write, path: str, text: str, line: int, complaint: str
) -> None:
    problems = check_words.find(write(tree, {path: text}))

    assert len(problems) == 1
    assert str(problems[0]).startswith(f"{path}:{line}: ")
    assert complaint in str(problems[0])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("base/a.h", "#include \"base/age.h\"\nint age = ages(1);\n"),
        ("base/a.h", "// `age` is a member, as in \"an age\", base/age.h, age_ and File::age().\n"),
        ("base/a.h", "// Null if there is none. A page, an image, an Agent.\n"),
        ("base/a.cc", 'auto name = "age";\n'),
        ("tests/unit/base/a_test.cc", 'auto text = "is no age";\n'),
        ("base/a.h", "// Says what it is, who asks and whether it is. What is it?\n"),
        ("docs/a.md", "## What it is\n\n    What code is.\n\n```sh\nage\n```\n\n`What age` is code.\n"),
        ("docs/a.md", "See [the page](age.md).\n"),
        ("tools/a.py", 'age = "What age"  # `age`\n'),
        ("docs/glossary.md", "Not age.\n"),
        ("a.sh", "# age\n"),
    ],
)
def test_other_text_passes(tree: Write, path: str, text: str) -> None:
    assert check_words.find(write(tree, {path: text})) == []


def judge(root: Path) -> list[str]:
    baseline = check_words.read_baseline((root / check_words.BASELINE).read_text())
    return list(check_words.judge(check_words.find(root), baseline))


def test_a_count_may_not_rise_and_a_lower_one_is_written_down(tree: Write) -> None:
    root = write(tree, {"a.md": "An age, an age.\n"}, "a.md words 2\n")
    assert judge(root) == []

    tree({"a.md": "An age, an age, an age. What is.\n"})
    assert judge(root)[-1] == "a.md: 3 of the rule words, at most 2 may be left"
    assert "a.md: 1 of the rule sentences, at most 0 may be left" in judge(root)

    tree({"a.md": "An age.\n"})
    assert judge(root) == [f"{check_words.BASELINE}: a.md words allows 2 and 1 are left: run "
                           "tools/check_words.py --update"]


@pytest.mark.parametrize(
    ("counts", "paths", "expected"),
    [
        ({"a": 1}, {"a"}, {"a": 1}),  # Lower.
        ({}, {"a"}, {}),  # Gone.
        ({"a": 3}, {"a"}, {"a": 2}),  # Never higher.
        ({"a": 2, "b": 1}, {"a", "b"}, {"a": 2, "b": 0}),  # Never a new one.
        ({"b": 2}, {"b"}, {"b": 2}),  # Renamed.
        ({"b": 1, "c": 1}, {"b", "c"}, {"b": 1, "c": 1}),  # Split.
        ({"b": 3}, {"b"}, {"b": 0}),  # Renamed, and one more.
    ],
)
def test_update_only_lowers_or_moves(
    counts: dict[str, int], paths: set[str], expected: dict[str, int]
) -> None:
    lowered = check_words.lowered({(path, "words"): n for path, n in counts.items()},
                                  {("a", "words"): 2}, paths)

    assert lowered == {(path, "words"): n for path, n in expected.items()}


def test_update_merges_the_counts_of_removed_files() -> None:
    baseline = {("a", "words"): 2, ("b", "words"): 1, ("b", "sentences"): 1}

    assert check_words.lowered({("a", "words"): 3}, baseline, {"a"}) == {("a", "words"): 3}
    assert check_words.lowered({("a", "sentences"): 2}, baseline, {"a"}) == {("a", "sentences"): 0}


def test_the_words_of_the_project_can_be_read() -> None:
    words = check_words.read_words((Path(__file__).parents[2] / check_words.WORDS).read_text())

    assert all(word.instead for word in words)
