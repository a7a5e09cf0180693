"""The machine's own limits, measured in the same run as what they limit."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .model import Scale
from .process import Server, run
from .system import OUTPUT


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A number that bench_limits prints."""

    key: str
    text: str
    unit: str
    command: tuple[str, ...]
    field: str
    transport: str = ""  # Of gRPC's server, if it needs one.


def _limits(scale: Scale) -> list[Limit]:
    pings = ("--count", str(scale.size(20_000, 2000)))
    few = ("--count", str(scale.size(500, 50)))
    large = ("--bytes", str(scale.size(1 << 28, 1 << 26)))
    return [
        Limit(key="grpc_ping_us", text="gRPC ping-pong, unix socket, median", unit="µs",
              command=("grpc-ping", *pings), field="p50_us", transport="unix"),
        Limit(key="grpc_ping_p99_us", text="gRPC ping-pong, unix socket, p99", unit="µs",
              command=("grpc-ping", *pings), field="p99_us", transport="unix"),
        Limit(key="grpc_ping_tcp_us", text="gRPC ping-pong, TCP, median", unit="µs",
              command=("grpc-ping", *pings), field="p50_us", transport="tcp"),
        Limit(key="grpc_stream_per_s", text="gRPC one-way stream, 128 tasks a message",
              unit="tasks/s", command=("grpc-stream", *pings), field="tasks_per_second",
              transport="unix"),
        Limit(key="unix_ping_us", text="bare unix socket ping-pong, median", unit="µs",
              command=("unix-ping", *pings), field="p50_us"),
        Limit(key="tcp_ping_us", text="bare TCP socket ping-pong, median", unit="µs",
              command=("tcp-ping", *pings), field="p50_us"),
        Limit(key="fdatasync_us", text="append 100 bytes and fdatasync, median", unit="µs",
              command=("fdatasync", *few, "--folder", str(OUTPUT)), field="p50_us"),
        Limit(key="memcpy_bytes_per_s", text="memcpy", unit="B/s", command=("memcpy", *large),
              field="bytes_per_second"),
        Limit(key="sha256_bytes_per_s", text="SHA-256", unit="B/s", command=("sha256", *large),
              field="bytes_per_second"),
        Limit(key="write_map_bytes_per_s", text="1 MiB file written, mapped and read", unit="B/s",
              command=("write-and-map", *few, "--bytes", str(1 << 20), "--folder", str(OUTPUT)),
              field="bytes_per_second"),
        Limit(key="spawn_us", text="posix_spawn of /bin/true and wait, median", unit="µs",
              command=("spawn", *few), field="p50_us"),
    ]


@contextmanager
def echo_server(programs: Path, transport: str) -> Iterator[str]:
    """gRPC's server in a process of its own; its address."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder:
        address = f"unix:{folder}/echo.sock" if transport == "unix" else "127.0.0.1:0"
        server = Server([str(programs / "bench_limits"), "grpc-serve", "--address", address],
                        log=OUTPUT / "limits.log", environment={}, ready="ready")
        try:
            port = server.ready_line.split()[-1]
            yield address if transport == "unix" else f"127.0.0.1:{port}"
        finally:
            server.stop()


class Limits:
    """Measured once in each round of repeats; what counts is the median."""

    def __init__(self, programs: Path, scale: Scale) -> None:
        self._programs = programs
        self._limits = _limits(scale)
        self.values: dict[str, list[float]] = {limit.key: [] for limit in self._limits}

    def measure(self) -> None:
        with (echo_server(self._programs, "unix") as unix, echo_server(self._programs, "tcp") as tcp):
            addresses = {"unix": ["--address", unix], "tcp": ["--address", tcp], "": []}
            reports: dict[tuple[str, ...], dict[str, float]] = {}
            for limit in self._limits:
                command = (*limit.command, *addresses[limit.transport])
                if command not in reports:
                    out = run([str(self._programs / "bench_limits"), *command],
                              log=OUTPUT / "limits.log").out
                    reports[command] = json.loads(out)
                self.values[limit.key].append(reports[command][limit.field])

    def medians(self) -> dict[str, float]:
        return {key: statistics.median(values) for key, values in self.values.items() if values}

    def describe(self) -> list[tuple[Limit, list[float]]]:
        return [(limit, self.values[limit.key]) for limit in self._limits]
