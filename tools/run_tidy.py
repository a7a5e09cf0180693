#!/usr/bin/python3
"""Runs clang-tidy over our sources, in parallel, and only over those whose inputs have changed.

Usage: tools/run_tidy.py [--build build/dev] [--jobs N] [PATH_PREFIX...]

The build folder must be built, with clang of the same version: generated and precompiled headers are
read. A file that was clean is remembered under a digest of its flags, of .clang-tidy, and of every
header of ours it includes, so an unchanged file costs nothing the next time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLANG_TIDY = "clang-tidy-14"

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One translation unit of ours."""

    path: str
    digest: str


@cache
def includes_of(path: str) -> tuple[str, ...]:
    text = (ROOT / path).read_text(errors="replace")
    return tuple(name for name in _INCLUDE.findall(text) if (ROOT / name).is_file())


def closure_of(path: str) -> list[str]:
    """The file and every file of ours it includes, directly or not, sorted."""
    seen = {path}
    pending = [path]
    while pending:
        new = [name for name in includes_of(pending.pop()) if name not in seen]
        seen.update(new)
        pending += new
    return sorted(seen)


def digest_of(path: str, command: str, common: bytes) -> str:
    digest = hashlib.sha256(common + command.encode())
    for name in closure_of(path):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def units_of(build: Path, prefixes: list[str]) -> list[Unit]:
    """Our files in the compilation database, the costliest kind (those with gRPC) first."""
    version = subprocess.run([CLANG_TIDY, "--version"], check=True, capture_output=True).stdout
    protos = b"".join(p.read_bytes() for p in sorted((ROOT / "proto").rglob("*.proto")))
    common = version + (ROOT / ".clang-tidy").read_bytes() + protos
    units = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
        if path.startswith(("..", "build/")) or not path.startswith(tuple(prefixes)):
            continue
        command = entry["command"].replace(str(build), "")
        units[path] = Unit(path=path, digest=digest_of(path, command, common))
    return [units[path] for path in sorted(units)]


def tidy(build: Path, unit: Unit) -> str:
    """The diagnostics, empty when the file is clean."""
    result = subprocess.run(
        [CLANG_TIDY, "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option",
         str(ROOT / unit.path)],
        cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("prefixes", nargs="*", default=[""])
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    remembered = build / "tidy_clean"
    remembered.mkdir(parents=True, exist_ok=True)

    units = units_of(build, arguments.prefixes)
    pending = [unit for unit in units if not (remembered / unit.digest).exists()]

    def run(unit: Unit) -> str:
        began = time.monotonic()
        problems = tidy(build, unit)
        if problems:
            print(problems, flush=True)
        else:
            (remembered / unit.digest).touch()
        print(f"{unit.path} {time.monotonic() - began:.1f} s", flush=True)
        return unit.path if problems else ""

    with ThreadPoolExecutor(arguments.jobs) as pool:
        failed = [path for path in pool.map(run, pending) if path]
    print(f"clang-tidy: {len(units)} files, {len(pending)} changed, {len(failed)} with problems")
    print("\n".join(failed), end="\n" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
