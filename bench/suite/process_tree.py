"""Runs a program that starts others, and tells what all of them took together.

CPU time is exact: orphans become children of this process, which waits for all of them. Memory is
looked at now and then.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

from .process import Failed, Usage, memory, tail

_LOOK_SECONDS = 0.25
_END_SECONDS = 10.0
_PR_SET_CHILD_SUBREAPER = 36


def run(arguments: list[str], *, name: str, log: Path, environment: dict[str, str],
        limit: float = 300.0) -> tuple[str, Usage]:
    """What the program prints, and its usage with all that it started. Nothing else may be started
    meanwhile."""
    _adopt_orphans()
    before = _cpu_seconds_of_children()
    with log.open("ab") as errors:
        popen = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=errors, text=True)
    output: list[str] = []
    stdout = popen.stdout
    assert stdout is not None
    reader = threading.Thread(target=lambda: output.append(stdout.read()), daemon=True)
    reader.start()
    deadline = time.monotonic() + limit
    peak_bytes = 0
    while popen.poll() is None and time.monotonic() < deadline:
        peak_bytes = max(peak_bytes, sum(map(_memory, _descendants())))
        time.sleep(_LOOK_SECONDS)
    is_late = popen.poll() is None
    _end_all(popen)
    reader.join(5)
    usage = Usage(name=name, cpu_seconds=_cpu_seconds_of_children() - before,
                  peak_bytes=peak_bytes)
    if is_late:
        raise Failed(f"{name} was not done within {limit:.0f} s")
    if popen.returncode != 0 or not output or not output[0].strip():
        raise Failed(f"{name} ended with {popen.returncode}: {tail(log)}")
    return output[0], usage


def _adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot become the reaper of orphans")


def _cpu_seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _descendants() -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(stat[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def _memory(pid: int) -> int:
    try:
        return memory(pid, "VmRSS")
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _end_all(popen: subprocess.Popen[str]) -> None:
    """Ends what is left of the program and all that it started, and waits for it."""
    deadline = time.monotonic() + _END_SECONDS
    while (left := _descendants()) and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        popen.poll()
        _reap(popen)
        time.sleep(0.01)


def _reap(popen: subprocess.Popen[str]) -> None:
    for pid in _descendants():
        if pid == popen.pid:
            continue
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue  # A grandchild still.
