"""The `orrery` command as a program that is run, answers and ends."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from .process import SLOWDOWN


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one command ended and what it wrote."""

    arguments: list[str]
    code: int
    out_bytes: bytes
    err: str

    @property
    def out(self) -> str:
        return self.out_bytes.decode()

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output, of a command that was given `-o json`."""
        assert self.out.count("\n") == 1 and self.out.endswith("\n"), f"not one line\n{self}"
        value = json.loads(self.out)
        assert isinstance(value, dict), f"not an object\n{self}"
        return value

    @property
    def outputs(self) -> dict[str, Any]:
        return self.json["outputs"]

    @property
    def message(self) -> str:
        """What went wrong, wherever the command says it."""
        return self.json["error"]["message"] if "json" in self.arguments else self.err

    def __str__(self) -> str:
        return (f"{' '.join(self.arguments)}\nexit code {self.code}\n"
                f"--- standard output\n{self.out_bytes[:4000]!r}\n--- standard error\n{self.err}")


def run_program(arguments: list[str], *, environment: dict[str, str], stdin: bytes = b"",
                limit: float = 30.0) -> Result:
    """Runs a program to its end, whatever its exit code."""
    limit *= SLOWDOWN
    try:
        done = subprocess.run(arguments, env=environment, input=stdin, capture_output=True,
                              timeout=limit, check=False)
    except subprocess.TimeoutExpired as expired:
        raise AssertionError(
            f"{' '.join(arguments)}: not done within {limit} s\n{expired.stdout!r}\n"
            f"{expired.stderr!r}") from None
    return Result(arguments=arguments, code=done.returncode, out_bytes=done.stdout,
                  err=done.stderr.decode(errors="replace"))
