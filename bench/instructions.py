#!/usr/bin/python3
"""Counts the instructions that the engine takes for a fixed piece of work, and compares them with
what is recorded: a change that costs more than 10 % more fails.

    bench/instructions.py             compare
    bench/instructions.py --record    write down what it takes now

Counts, not seconds: they are the same whatever else the machine does. They depend on the compiler
and its flags, so they are those of the dev preset, which CI builds anyway.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[1]
_PROGRAM = _REPOSITORY / "build/dev/bin/bench_engine_work"
_RECORD = Path(__file__).with_name("instructions.json")
_COMMAND = "bench/instructions.py --record"
_PARTS = ("builtins", "chain", "connect", "evals", "if-else", "loop", "map", "replay", "tasks", "workers")
_NOTHING = "nothing"  # Subtracted: the start of the program.
# The work of "map" with 2,000 workers instead of two; "connect" is the start of those workers.
_MANY_WORKERS_MAX = 1.5  # Times "map".
_TOLERANCE = 0.10
# The same code of OpenSSL on every processor.
_ENVIRONMENT = {"OPENSSL_ia32cap": "0:0"}


def count(part: str) -> int:
    """Instructions that the program executes for one part."""
    done = subprocess.run(
        ["/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(_PROGRAM), part],
        env=_ENVIRONMENT, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise SystemExit(f"{_PROGRAM.name} {part} failed:\n{done.stderr[-2000:]}")
    return int(found[1])


def measure() -> dict[str, int]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        counts = dict(zip((*_PARTS, _NOTHING), pool.map(count, (*_PARTS, _NOTHING))))
    nothing = counts.pop(_NOTHING)
    found = {part: instructions - nothing for part, instructions in counts.items()}
    found["workers"] -= found["connect"]
    return found


def compare(found: dict[str, int], recorded: dict[str, int]) -> list[str]:
    """What is wrong, one line each."""
    problems = []
    for part, instructions in found.items():
        before = recorded.get(part)
        if before is None:
            problems.append(f"{part}: nothing is recorded")
        elif instructions > before * (1 + _TOLERANCE):
            problems.append(
                f"{part}: {instructions:,} instructions, {before:,} are recorded: "
                f"{instructions / before - 1:+.1%}, allowed is {_TOLERANCE:+.0%}")
    if "workers" in found and found["workers"] > found["map"] * _MANY_WORKERS_MAX:
        problems.append(f"workers: with 2,000 workers a map takes {found['workers'] / found['map']:.2f} times "
                        f"what it takes with 2, allowed is {_MANY_WORKERS_MAX}")
    return problems


def show(found: dict[str, int], recorded: dict[str, int]) -> None:
    for part, instructions in found.items():
        change = f"{instructions / recorded[part] - 1:+7.1%}" if part in recorded else "    new"
        print(f"{part:10} {instructions:15,} {change}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].replace("\n", " "))
    parser.add_argument("--record", action="store_true", help="write down what it takes now")
    arguments = parser.parse_args()
    if not _PROGRAM.exists():
        print(f"{_PROGRAM} is not there: build it, "
              "cmake --build --preset dev --target bench_engine_work", file=sys.stderr)
        return 2
    recorded = json.loads(_RECORD.read_text()) if _RECORD.exists() else {}
    found = measure()
    show(found, recorded)
    if arguments.record:
        _RECORD.write_text(json.dumps(found, indent=1) + "\n")
        return 0
    problems = compare(found, recorded)
    if not problems:
        return 0
    print("\n".join(["the engine takes more instructions than before:", *problems,
                     f"if that is what the change is worth, record it: {_COMMAND}"]),
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
