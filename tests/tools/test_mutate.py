"""tools/mutate.py: what each mutator changes, what it leaves, and how a mutant is shown."""

from __future__ import annotations

from pathlib import Path

import mutate
import pytest
from conftest import Write


def mutants(text: str, name: str) -> list[str]:
    """The text after each mutation of this name."""
    return [mutate.apply_edit(text, edit) for edit in mutate.edits_of(text)
            if edit.name == name]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (a.empty()) {", "if (!(a.empty())) {"),
        ("while (a && b) {", "while (!(a && b)) {"),
        ("if (const auto it = F(1); it) {", "if (const auto it = F(1); !(it)) {"),
        ('if (text.starts_with("(")) {', 'if (!(text.starts_with("("))) {'),
    ],
)
def test_condition_is_negated(before: str, after: str) -> None:
    assert mutants(f"  {before}\n", "negate condition") == [f"  {after}\n"]


@pytest.mark.parametrize("text", ["if (auto* a = F()) {", "if constexpr (kIsWide) {", "if (a == b) {"])
def test_condition_that_cannot_be_negated_or_need_not_be_is_left(text: str) -> None:
    assert mutants(text, "negate condition") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("<", "<="), ("<=", "<"), (">", ">="), (">=", ">"), ("==", "!="), ("!=", "=="), ("&&", "||"),
     ("||", "&&"), ("+", "-"), ("-", "+"), ("+=", "-="), ("-=", "+=")],
)
def test_operator_is_swapped(before: str, after: str) -> None:
    assert mutants(f"x = a {before} b;", "swap operator") == [f"x = a {after} b;"]


def test_step_is_reversed() -> None:
    assert mutants("F(++a, b--);", "swap operator") == ["F(--a, b--);", "F(++a, b++);"]


@pytest.mark.parametrize(
    "text",
    ["std::map<int, A> a;", "template <class T>", "auto operator<=>(const A&) const = default;",
     "bool operator==(const A& a);", "void F(A&& a);", "return -1;", "a->b();", "x = y <=> z;"],
)
def test_text_without_a_binary_operator_has_none_swapped(text: str) -> None:
    assert mutants(text, "swap operator") == []


def test_constant_is_changed() -> None:
    assert mutants("bool a = true;", "flip boolean") == ["bool a = false;"]
    assert mutants("int a = 7;", "add one") == ["int a = 8;"]
    assert mutants("auto a = 0u;", "add one") == ["auto a = 1u;"]


@pytest.mark.parametrize("text", ["auto a = 1.5;", "auto a = 0x1f;", "uint32_t a1;", "A<b2>();"])
def test_number_that_is_no_decimal_integer_is_left(text: str) -> None:
    assert mutants(text, "add one") == []


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Dequeue(node);", "drop call"),
        ("queue->second.Remove(\n      ready);", "drop call"),
        ("ready_[Kind(a)].Push(b);", "drop call"),
        ("std::erase_if(a, [&](int b) { return b == 1; });", "drop call"),
        ("RETURN_IF_ERROR(F());", "drop call"),
        ("worker.count = 0;", "drop statement"),
        ("map_[a] += b;", "drop statement"),
        ("++count_;", "drop statement"),
    ],
)
def test_statement_is_dropped(before: str, name: str) -> None:
    text = f"void F() {{\n  {before}\n  G(a);\n}}\n"

    assert mutants(text, name)[0] == text.replace(before, "{}")


def test_statement_after_a_condition_is_dropped() -> None:
    assert mutants("  if (a) F(b);\n", "drop call") == ["  if (a) {}\n"]
    assert mutants("  else F(b);\n", "drop call") == ["  else {}\n"]


@pytest.mark.parametrize(
    "statement",
    ["return F(a);", "const A a = F();", "A a(b);", "CHECK(a < b);", 'COVERAGE_MARK("a.b");',
     'LOG(INFO, "a").With("b", 1);', "a.reserve(b);", "ASSIGN_OR_RETURN(a, F());", "delete a;",
     "static_cast<void>(F());"],
)
def test_declaration_or_assertion_is_not_dropped(statement: str) -> None:
    text = f"void F() {{\n  {statement}\n}}\n"

    assert mutants(text, "drop call") + mutants(text, "drop statement") == []


def test_early_exit_is_dropped() -> None:
    text = "int F() {\n  if (a) return 1;\n  for (;;) {\n    continue;\n  }\n  return 2;\n}\n"

    assert mutants(text, "drop return") == [text.replace("return 1;", "{}")]
    assert mutants(text, "drop continue") == [text.replace("continue;", "{}")]


@pytest.mark.parametrize(
    "text",
    ["// if (a == b) F(1);\n", '/* a\n a < b */\n', 'auto a = "a < b";\n', "char a = '1';\n",
     "#if A == 1\n", "CHECK(a + 1 == b && true);\n", "static_assert(a < 8);\n"],
)
def test_text_that_is_never_run_is_not_mutated(text: str) -> None:
    assert mutate.edits_of(text) == []


def test_mutation_is_shown_with_its_line() -> None:
    text = "int a;\n  if (a <\n      b) F();\n"
    edit = next(edit for edit in mutate.edits_of(text) if edit.name == "negate condition")

    assert mutate.describe_edit(text, edit) == "negate condition: a < b -> !(a < b)  | if (a <"


def test_source_is_tested_by_the_program_of_the_nearest_folder(tree: Write) -> None:
    root = tree({
        "tests/unit/controller/engine/CMakeLists.txt": "orrery_test(\n  NAME engine_test\n)\n",
        "controller/engine/pending/queue.cc": "bool a = true;\n",
        "controller/engine/pending/queue.h": "bool a = true;\n",
        "controller/engine_room.cc": "bool a = true;\n",
    })

    found = mutate.mutants_of(root, ["controller/engine/"], target=None)

    assert [(mutant.path, mutant.target) for mutant in found] == [
        ("controller/engine/pending/queue.cc", "engine_test")]


def test_folder_with_two_programs_needs_a_name(tree: Write) -> None:
    root = tree({"tests/unit/graph/CMakeLists.txt": "orrery_test(\n  NAME a)\norrery_test(\n  NAME b)\n",
                 "graph/type.cc": "bool a = true;\n"})

    with pytest.raises(SystemExit, match="--test-target: a, b"):
        mutate.mutants_of(root, ["graph"], target=None)
    assert [each.target for each in mutate.mutants_of(root, ["graph"], target="b")] == ["b"]


def test_copy_has_the_sources_and_nothing_else(tree: Write, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tree({"base/a.cc": "new\n", "base/b.cc": "same\n"})
    copy = tmp_path_factory.mktemp("copy")
    for name, text in {"base/a.cc": "old\n", "base/b.cc": "same\n", "base/c.cc": "gone\n"}.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text)
    unchanged = (copy / "base/b.cc").stat().st_mtime_ns

    mutate.copy_tree(root, copy)

    assert (copy / "base/a.cc").read_text() == "new\n"
    assert (copy / "base/b.cc").stat().st_mtime_ns == unchanged
    assert not (copy / "base/c.cc").exists()


class FakeWorkshop(mutate.Workshop):
    """Compiles nothing; the tests notice everything, or are interrupted."""

    def __init__(self, source: Path, *, is_interrupted: bool = False) -> None:
        self.source = source
        self._limits = {"engine_test": 1.0}
        self._is_interrupted = is_interrupted
        self.seen: list[str] = []

    def _compile(self, target: str, **variables: str) -> bool:
        self.seen.append((self.source / "a.cc").read_text())
        if self._is_interrupted:
            raise KeyboardInterrupt
        return True

    def _run(self, target: str, limit: float) -> mutate.Verdict:
        return mutate.Verdict.KILLED


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_source_is_restored(tmp_path: Path, is_interrupted: bool) -> None:
    (tmp_path / "a.cc").write_text("bool a = true;\n")
    workshop = FakeWorkshop(tmp_path, is_interrupted=is_interrupted)
    edit = mutate.edits_of("bool a = true;\n")[0]

    try:
        workshop.test(mutate.Mutant(path="a.cc", edit=edit, target="engine_test"))
    except KeyboardInterrupt:
        assert is_interrupted

    assert workshop.seen == ["bool a = false;\n"]
    assert (tmp_path / "a.cc").read_text() == "bool a = true;\n"
