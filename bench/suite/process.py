"""Processes, and what they cost: CPU time and the most memory they held."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one process, or several of a kind, took during a measurement."""

    name: str
    cpu_seconds: float
    peak_bytes: int

    @staticmethod
    def total(name: str, parts: Iterable[Usage]) -> Usage:
        parts = list(parts)
        return Usage(name=name, cpu_seconds=sum(part.cpu_seconds for part in parts),
                     peak_bytes=sum(part.peak_bytes for part in parts))


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a program ended that was run to its end."""

    out: str
    usage: Usage


class Failed(Exception):
    """A program did not do what it should; the text says which and why."""


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, by user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int, field: str) -> int:
    """Bytes, by a field of /proc/PID/status: VmRSS now, VmHWM at most so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return 0


class Watched:
    """A process whose usage counts from a moment on."""

    def __init__(self, name: str, pid: int) -> None:
        self.name = name
        self.pid = pid
        self._began_at = 0.0

    def begin(self) -> None:
        """From here on usage counts."""
        self._began_at = cpu_seconds(self.pid)
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def usage(self) -> Usage:
        return Usage(name=self.name, cpu_seconds=cpu_seconds(self.pid) - self._began_at,
                     peak_bytes=memory(self.pid, "VmHWM"))

    def is_running(self) -> bool:
        return Path(f"/proc/{self.pid}/cmdline").exists() and memory(self.pid, "VmHWM") > 0


class Server(Watched):
    """A program that runs until it is stopped. What it writes goes to a log."""

    def __init__(self, arguments: list[str], *, log: Path, environment: dict[str, str],
                 ready: str = "") -> None:
        self._log = log
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        with log.open("ab") as errors:
            self._popen = subprocess.Popen(
                arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=errors, text=True, start_new_session=True)
        super().__init__(Path(arguments[0]).name, self._popen.pid)
        threading.Thread(target=self._read, daemon=True).start()
        # The line that said it was ready.
        self.ready_line = self.await_line(ready) if ready else ""

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        self._popen.kill()
        self._popen.wait()

    def stop(self, limit: float = 30.0) -> None:
        """Asks it to end, and ends it if it does not."""
        if self.is_running():
            self._popen.send_signal(signal.SIGTERM)
            try:
                self._popen.wait(limit)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()

    def await_line(self, text: str, limit: float = 600.0) -> str:
        """The next line with the text of those that it prints."""
        deadline = time.monotonic() + limit
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f"{self.name} has not said {text} within {limit:.0f} s: "
                             f"{tail(self._log)}") from None
            if text in line:
                return line.strip()
            if not line:
                self._popen.wait()
                raise Failed(f"{self.name} ended before it said {text}: {tail(self._log)}")

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            self._lines.put(line)
        self._lines.put("")


def tail(path: Path) -> str:
    return path.read_text(errors="replace")[-500:].strip()


def run(arguments: list[str], *, log: Path, environment: dict[str, str] | None = None,
        limit: float = 600.0) -> Result:
    """Runs a program to its end; raises Failed if it fails or is not done within the limit."""
    name = Path(arguments[0]).name
    with log.open("ab") as errors:
        popen = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=errors, text=True)
    timer = threading.Timer(limit, popen.kill)
    timer.start()
    assert popen.stdout is not None
    out = popen.stdout.read()
    _, status, resources = os.wait4(popen.pid, 0)
    timer.cancel()
    popen.stdout.close()
    popen.returncode = os.waitstatus_to_exitcode(status)
    if popen.returncode == -signal.SIGKILL:
        raise Failed(f"{name} {' '.join(arguments[1:3])} was not done within {limit:.0f} s")
    if popen.returncode != 0:
        raise Failed(f"{name} ended with {popen.returncode}: {tail(log)}")
    usage = Usage(name=name, cpu_seconds=resources.ru_utime + resources.ru_stime,
                  peak_bytes=resources.ru_maxrss * 1024)
    return Result(out=out, usage=usage)
