#!/usr/bin/python3
"""Checks that need a compiler: clang-tidy over every source, and every header compiled by itself.

Usage: tools/check_compiled.py [--changed] [--minutes M] [--build build/dev] [--jobs N] [PATH_PREFIX...]

The build folder must be built, with clang of the same version: generated and precompiled headers are
read. Sources that are compiled as one are checked as one. What was clean is remembered under a digest
of its flags, of .clang-tidy, and of every file of ours that it includes, so what is unchanged costs
nothing the next time.

--changed checks only what was changed since a base: $ORRERY_CHECK_BASE, else where this branch left
origin/main, else the last commit that is a day older than the newest; and what is uncommitted.
--minutes begins nothing more after that time, and says how much is left to a run without it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLANG_TIDY = "clang-tidy-14"
DAY_SECONDS = 24 * 60 * 60

_CHECKS = re.compile(r"^Checks: >\n((?:  .*\n)+)", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Files of ours that are checked together, by one command."""

    members: tuple[str, ...]
    command: tuple[str, ...]
    directory: str
    digest: str

    @property
    def name(self) -> str:
        more = len(self.members) - 1
        return self.members[0] + (f" and {more} more" if more else "")


@cache
def includes_of(path: str) -> tuple[str, ...]:
    text = (ROOT / path).read_text(errors="replace")
    return tuple(name for name in _INCLUDE.findall(text) if (ROOT / name).is_file())


def closure_of(members: tuple[str, ...]) -> list[str]:
    """The files and every file of ours they include, directly or not, sorted."""
    seen = set(members)
    pending = list(members)
    while pending:
        new = [name for name in includes_of(pending.pop()) if name not in seen]
        seen.update(new)
        pending += new
    return sorted(seen)


def digest_of(members: tuple[str, ...], command: str, common: bytes) -> str:
    digest = hashlib.sha256(common + command.encode())
    for name in closure_of(members):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def members_of(source: Path) -> tuple[str, ...]:
    """The file itself if it is ours, what it includes if the build has made it to hold others."""
    relative = os.path.relpath(source, ROOT)
    if not relative.startswith(("..", "build/")):
        return (relative,)
    if not source.is_file() or ("/Unity/" not in relative and "/headers_alone/" not in relative):
        return ()
    names = [name if Path(name).is_absolute() else str(ROOT / name)
             for name in _INCLUDE.findall(source.read_text())]
    relatives = [os.path.relpath(name, ROOT) for name in names]
    return tuple(name for name in relatives if not name.startswith(("..", "build/")))


def header_command(command: str) -> tuple[str, ...]:
    """The compiler's command with nothing written."""
    words = shlex.split(command)
    compiler = next(i for i, word in enumerate(words) if "clang" in Path(word).name)
    words = words[compiler:]
    output = words.index("-o")
    return (*words[:output], *words[output + 2:], "-fsyntax-only")


def checks_of(members: tuple[str, ...]) -> tuple[str, ...]:
    """What clang-tidy must be told of the checks: a file made by the build is not in our folders."""
    folder = ROOT / os.path.commonpath([os.path.dirname(member) for member in members])
    while not (folder / ".clang-tidy").is_file():
        folder = folder.parent
    checks = _CHECKS.search((folder / ".clang-tidy").read_text())
    return (f"--checks={''.join(checks[1].split())}",) if checks and folder != ROOT else ()


def units_of(build: Path) -> Iterator[Unit]:
    version = subprocess.run([CLANG_TIDY, "--version"], check=True, capture_output=True).stdout
    protos = b"".join(p.read_bytes() for p in sorted((ROOT / "proto").rglob("*.proto")))
    common = version + (ROOT / ".clang-tidy").read_bytes() + protos
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(entry["directory"]) / entry["file"]
        members = members_of(source)
        if not members:
            continue
        if "/headers_alone/" in str(source):
            command = header_command(entry["command"])
        else:
            command = (CLANG_TIDY, "-p", str(build), "--quiet",
                       "--extra-arg=-Wno-unknown-warning-option", *checks_of(members), str(source))
        flags = " ".join(command[:1] + checks_of(members)) + entry["command"].replace(str(build), "")
        yield Unit(members=members, command=command, directory=entry["directory"],
                   digest=digest_of(members, flags, common))


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def changed_files() -> set[str]:
    """The files of ours that differ from the base."""
    head = git("rev-parse", "HEAD")
    base = os.environ.get("ORRERY_CHECK_BASE") or git("merge-base", "HEAD", "origin/main")
    if base in ("", head):
        newest = int(git("log", "-1", "--format=%ct"))
        base = git("rev-list", "-1", f"--before={newest - DAY_SECONDS}", "HEAD")
    if not base:
        return set(git("ls-files").splitlines())
    untracked = git("ls-files", "--others", "--exclude-standard").splitlines()
    return {*git("diff", "--name-only", base).splitlines(), *untracked}


def check(unit: Unit) -> str:
    """The diagnostics, empty when all is clean."""
    result = subprocess.run(unit.command, cwd=unit.directory, capture_output=True, text=True,
                            check=False, stdin=subprocess.DEVNULL)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev")
    parser.add_argument("--changed", action="store_true", help="only what differs from the base")
    parser.add_argument("--minutes", type=float, default=float("inf"),
                        help="begin nothing more after this time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("prefixes", nargs="*", default=[""])
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    remembered = build / "checked_clean"
    remembered.mkdir(parents=True, exist_ok=True)

    prefixes = tuple(arguments.prefixes)
    units = [unit for unit in units_of(build) if any(m.startswith(prefixes) for m in unit.members)]
    if arguments.changed:
        changed = changed_files()
        units = [unit for unit in units if changed.intersection(unit.members)]
    pending = [unit for unit in units if not (remembered / unit.digest).exists()]

    deadline = time.monotonic() + 60 * arguments.minutes
    left: list[Unit] = []

    def run(unit: Unit) -> str:
        began = time.monotonic()
        if began > deadline:
            left.append(unit)
            return ""
        problems = check(unit)
        if problems:
            print(problems, flush=True)
        else:
            (remembered / unit.digest).touch()
        print(f"{unit.name} {time.monotonic() - began:.1f} s", flush=True)
        return unit.name if problems else ""

    with ThreadPoolExecutor(arguments.jobs) as pool:
        failed = [name for name in pool.map(run, pending) if name]
    print(f"{len(units)} to check, {len(pending)} not known to be clean, "
          f"{len(failed)} with problems"
          + (f", {len(left)} left: no time" if left else ""))
    print("\n".join(failed), end="\n" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
