"""The latency guard: small workflows of a second client, one after the other, beside an attack."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from types import TracebackType

from harness import Graph, System, program
from harness.process import SLOWDOWN

LIMIT_SECONDS = 0.25
_INTERVAL_SECONDS = 0.02
# The first workflow pays for what is made once: graphs, names, connections.
_WARM_UP = 3
# Workflows that run after the attack.
_AFTERWARDS = 10


class LatencyGuard:
    """Runs `orrery run` of one task of test_worker again and again until it is left, and some times more.

    Leaving it fails the test if one of these workflows failed, or if more than one of 100 took longer
    than the limit, or one four times as long. Time is that of the whole command, which starts a process.
    """

    def __init__(self, system: System, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.limit_seconds = limit_seconds * SLOWDOWN
        self.seconds: list[float] = []
        self._problem = ""
        self._least = 0  # Workflows that run in any case.
        self._stop = threading.Event()
        graph = Graph()
        graph.output(value=graph.call("test_worker.add", a=2, b=3))
        file = system.folder / "guard.json"
        file.write_text(json.dumps(graph.data()))
        self._command = [program("orrery"), "run", "-f", str(file), "--cache", "off", "-o", "json"]
        self._environment = system.environment()
        self._thread = threading.Thread(target=self._work, name="latency guard")

    def __enter__(self) -> LatencyGuard:
        for _ in range(_WARM_UP):
            self._run()
        self.seconds.clear()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        # An attack may be over in no time; what it leaves behind counts, too.
        self._least = len(self.seconds) + _AFTERWARDS
        self._stop.set()
        self._thread.join()
        if kind is None:
            self.check()

    def check(self) -> None:
        """Fails if the second client was disturbed until now."""
        assert self._problem == "", self._problem
        slow = sorted(second for second in self.seconds if second > self.limit_seconds)
        # Of few workflows one may be the hundredth.
        is_disturbed = len(slow) > max(1, len(self.seconds) // 100)
        assert not is_disturbed and (not slow or slow[-1] < 4 * self.limit_seconds), (
            f"{len(slow)} of {len(self.seconds)} workflows of a second client took longer than "
            f"{self.limit_seconds:.2f} s, up to {slow[-1]:.2f} s")

    def _work(self) -> None:
        while not self._problem and (not self._stop.wait(_INTERVAL_SECONDS)
                                     or len(self.seconds) < self._least):
            self._run()

    def _run(self) -> None:
        began = time.monotonic()
        try:
            done = subprocess.run(self._command, env=self._environment, capture_output=True,
                                  timeout=60 * SLOWDOWN, check=False)
        except subprocess.TimeoutExpired:
            self._problem = "a workflow of a second client did not end within a minute"
            return
        self.seconds.append(time.monotonic() - began)
        if done.returncode != 0:
            self._problem = (f"a workflow of a second client ended with exit code {done.returncode}: "
                             f"{done.stdout.decode()}{done.stderr.decode()}")
