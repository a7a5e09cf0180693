"""One real process: started, watched, signalled and waited for by the test that owns it.

Nothing here waits for a fixed time: what a process says and when it ends are awaited with a limit.
The test process is the parent, or the reaper, of all that it starts, so that no exit goes unnoticed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

# How many times slower the programs are than those of an ordinary build: with sanitizers, say.
SLOWDOWN = float(os.environ.get("ORRERY_TEST_SLOWDOWN", "1"))
LIMIT_SECONDS = 20.0  # Like every limit here, of an ordinary build.
_PR_SET_CHILD_SUBREAPER = 36
_running: list[Process] = []


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent dies."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot become the reaper of orphans")


def eventually(claim: str, probe: Callable[[], Found], limit: float = LIMIT_SECONDS) -> Found:
    """The first true answer of `probe`; fails with the claim and the last answer after the limit."""
    limit *= SLOWDOWN
    deadline = time.monotonic() + limit
    while not (found := probe()):
        assert time.monotonic() < deadline, f"not within {limit} s: {claim}; last seen: {found!r}"
        time.sleep(0.01)
    return found


def is_alive(pid: int) -> bool:
    """Returns True if the process exists and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(pid: int) -> list[int]:
    """Live processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z" and int(fields[1]) == pid:
            found.append(int(entry.name))
    return found


class Process:
    """A started program. Standard output is read line by line, standard error goes to the log."""

    def __init__(self, arguments: list[str], *, environment: dict[str, str], log: Path) -> None:
        self.arguments = arguments
        self.log = log
        self._lines: list[str] = []
        self._is_at_end = False
        self._changed = threading.Condition()
        with log.open("ab") as log_file:
            self._popen = subprocess.Popen(
                arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log_file, start_new_session=True, text=True, errors="replace")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        _running.append(self)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def lines(self) -> list[str]:
        with self._changed:
            return list(self._lines)

    def errors(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def await_line(self, text: str, limit: float = LIMIT_SECONDS) -> str:
        """The first line of standard output that contains the text."""
        with self._changed:
            self._changed.wait_for(lambda: self._find(text) or self._is_at_end,
                                   timeout=limit * SLOWDOWN)
            found = self._find(text)
        assert found is not None, f"{self.describe()} did not say {text!r}\n{self.transcript()}"
        return found

    def send(self, number: int) -> None:
        self._popen.send_signal(number)

    def wait(self, limit: float = LIMIT_SECONDS) -> int:
        limit *= SLOWDOWN
        try:
            code = self._popen.wait(limit)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.describe()} has not ended within {limit} s\n{self.transcript()}") from None
        self._reader.join(limit)
        return code

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signals it and waits for its end; the exit code."""
        self.send(number)
        return self.wait()

    def destroy(self) -> None:
        """Kills what is left of its process group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()
        if self in _running:
            _running.remove(self)

    def describe(self) -> str:
        state = "running" if self.code is None else f"exit code {self.code}"
        return f"{Path(self.arguments[0]).name} (process {self.pid}, {state})"

    def transcript(self) -> str:
        tail = self.errors().splitlines()[-60:]
        return "\n".join([f"--- {self.describe()}: {' '.join(self.arguments)}", *self.lines()[-20:],
                          "--- standard error, the last lines:", *tail])

    def _find(self, text: str) -> str | None:
        return next((line for line in self._lines if text in line), None)

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._is_at_end = True
            self._changed.notify_all()


def transcripts() -> list[tuple[str, str]]:
    """What every process of the current tests has said, for the report of a failure."""
    return [(process.describe(), process.transcript()) for process in _running]


def destroy_strays() -> list[str]:
    """Kills every child of this process; describes those that no test accounts for."""
    known = {process.pid for process in _running}
    strays = []
    for pid in children(os.getpid()):
        if pid in known:
            continue
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        strays.append(f"{pid}: {command}")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return strays
