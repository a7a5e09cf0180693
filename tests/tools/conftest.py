"""A repository of its own for each test, so that every check is shown to fail on a bad sample."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def tree(tmp_path: Path) -> Write:
    """Writes files into an otherwise empty repository that has our layers.txt; returns its root."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/layers.txt", tmp_path / "tools/layers.txt")
    for name in ("tidy_exceptions.txt", "mirror_exceptions.txt"):
        (tmp_path / "tools" / name).write_text("# None.\n")

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write
