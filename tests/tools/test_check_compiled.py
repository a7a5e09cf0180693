"""tools/check_compiled.py: what is checked together, with which words, and what counts as changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import check_compiled
import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(check_compiled, "ROOT", tmp_path)
    monkeypatch.delenv("ORRERY_CHECK_BASE", raising=False)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def commit(root: Path, name: str, text: str, when: str) -> None:
    (root / name).write_text(text)
    subprocess.run(["git", "add", name], cwd=root, check=True)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", name],
        cwd=root, check=True, env={"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when,
                                   "PATH": "/usr/bin:/bin"})


def write(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_sources_compiled_as_one_are_one_unit(root: Path) -> None:
    first, second = write(root, "graph/a.cc"), write(root, "graph/b.cc")
    batch = write(root, "build/dev/graph/Unity/unity_0_cxx.cxx",
                  f'#include "{first}"\n#include "{second}"\n')

    assert check_compiled.members_of(batch) == ("graph/a.cc", "graph/b.cc")
    assert check_compiled.members_of(first) == ("graph/a.cc",)
    assert check_compiled.members_of(write(root, "build/dev/proto/a.pb.cc")) == ()


def test_a_header_is_compiled_without_output() -> None:
    command = "cmake -E env X=1 ccache /usr/bin/clang++-14 -O1 -o a.o -c a.cc"

    assert check_compiled.header_command(command) == (
        "/usr/bin/clang++-14", "-O1", "-c", "a.cc", "-fsyntax-only")


def test_tests_have_the_checks_of_their_folder(root: Path) -> None:
    write(root, ".clang-tidy", "Checks: >\n  -*,\n  a\n")
    write(root, "tests/.clang-tidy", "InheritParentConfig: true\nChecks: >\n  -*,\n  b\n")
    (root / "tests/unit").mkdir()

    assert check_compiled.checks_of(("tests/unit/a_test.cc",)) == ("--checks=-*,b",)
    assert check_compiled.checks_of(("graph/a.cc",)) == ()


def test_changed_is_what_differs_from_a_day_before(root: Path) -> None:
    commit(root, "old.cc", "1", "2026-01-01T00:00:00Z")
    commit(root, "yesterday.cc", "1", "2026-01-09T12:00:00Z")
    commit(root, "today.cc", "1", "2026-01-10T00:00:00Z")
    write(root, "untracked.cc")

    assert check_compiled.changed_files() == {"yesterday.cc", "today.cc", "untracked.cc"}


def test_the_base_can_be_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, "old.cc", "1", "2026-01-01T00:00:00Z")
    commit(root, "new.cc", "1", "2026-01-01T00:00:01Z")
    monkeypatch.setenv("ORRERY_CHECK_BASE", "HEAD~1")

    assert check_compiled.changed_files() == {"new.cc"}
