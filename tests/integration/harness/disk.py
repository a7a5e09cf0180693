"""A small file system, and what fills it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .system import System, make_folder


@contextmanager
def system_on_small_disk(megabytes: int) -> Iterator[System]:
    """A system whose root is a file system of its own; skips the test where that cannot be."""
    folder = make_folder()
    root = folder / "root"
    root.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(root)],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        shutil.rmtree(folder)
        pytest.skip(f"a small file system needs root: {mounted.stderr.strip()}")
    try:
        with System(folder, root=root) as system:
            yield system
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)
    system.remove()


def fill(folder: Path, leave_bytes: int = 0) -> Path:
    """A file that takes all the room there is, or all but some."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    os.truncate(path, path.stat().st_size - leave_bytes)
    return path
