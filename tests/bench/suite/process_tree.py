"""Runs a program that starts others, and tells what all of them took together.

Looks now and then: what a process did between the last look and its end is not counted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from .process import Failed, Usage, cpu_seconds, memory, tail

_LOOK_SECONDS = 0.25


class _Watcher:
    """Descendants of a process, as they come and go."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._cpu: dict[int, float] = {}
        self.peak_bytes = 0

    @property
    def cpu_seconds(self) -> float:
        return sum(self._cpu.values())

    def pids(self) -> list[int]:
        return list(self._cpu)

    def look(self) -> None:
        bytes_now = 0
        for pid in _descendants(self._root):
            try:
                self._cpu[pid] = cpu_seconds(pid)
                bytes_now += memory(pid, "VmRSS")
            except (FileNotFoundError, ProcessLookupError):
                continue
        self.peak_bytes = max(self.peak_bytes, bytes_now)


def _descendants(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(stat[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def run(arguments: list[str], *, name: str, log: Path, environment: dict[str, str],
        limit: float = 300.0) -> tuple[str, Usage]:
    """What the program prints, and its usage with all that it started."""
    with log.open("ab") as errors:
        popen = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=errors, text=True,
                                 start_new_session=True)
    watcher = _Watcher(popen.pid)
    output: list[str] = []
    assert popen.stdout is not None
    reader = threading.Thread(target=lambda: output.append(popen.stdout.read()), daemon=True)
    reader.start()
    deadline = time.monotonic() + limit
    while popen.poll() is None and time.monotonic() < deadline:
        watcher.look()
        time.sleep(_LOOK_SECONDS)
    is_late = popen.poll() is None
    _end(watcher, popen)
    reader.join(5)
    if is_late:
        raise Failed(f"{name} was not done within {limit:.0f} s")
    if popen.returncode != 0 or not output or not output[0].strip():
        raise Failed(f"{name} ended with {popen.returncode}: {tail(log)}")
    return output[0], Usage(name=name, cpu_seconds=watcher.cpu_seconds,
                            peak_bytes=watcher.peak_bytes)


def _end(watcher: _Watcher, popen: subprocess.Popen[str]) -> None:
    """Ends what the program has left running."""
    leftovers = {pid for pid in watcher.pids() if _session(pid) == popen.pid}
    if popen.poll() is None:
        leftovers.update(_descendants(popen.pid))
    for pid in leftovers:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    popen.wait()


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return -1
