"""Reads what measure/time_log.h writes: when tasks began and ended."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

_COUNT = struct.Struct("<Q")
_ENTRY = struct.Struct("<qqii")
BEGIN, END = 0, 1


@dataclass(frozen=True)
class Entry:
    """One event; seconds of the machine's monotonic clock."""

    seconds: float
    value: int
    pid: int
    event: int


def read(path: Path) -> list[Entry]:
    """All entries, in the order of time."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        (count,) = _COUNT.unpack_from(content, 0)
        entries = _ENTRY.iter_unpack(content[_COUNT.size:_COUNT.size + count * _ENTRY.size])
        found = [Entry(ns / 1e9, value, pid, event) for ns, value, pid, event in entries]
    return sorted(found, key=lambda entry: entry.seconds)


def count(path: Path) -> int:
    """How many entries there are so far."""
    with path.open("rb") as file:
        found: int = _COUNT.unpack(file.read(_COUNT.size))[0]
        return found
