"""Celery with Redis as broker and for results: a worker with two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from peer import await_port, free_port, run


class Celery:
    def __init__(self) -> None:
        from celery_tasks import noop, step
        self._noop, self._step = noop, step

    def independent(self, count: int) -> int:
        from celery import group
        return sum(group(self._noop.s(x) for x in range(count))().get())

    def chain(self, count: int) -> int:
        from celery import chain
        return chain(self._step.s(0), *(self._step.s() for _ in range(count - 1)))().get()


def main() -> None:
    port = free_port()
    os.environ["PEER_REDIS"] = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1",
                                  "--save", "", "--dir", folder], stdout=subprocess.DEVNULL)
        await_port(port)
        worker = subprocess.Popen(
            [str(Path(sys.executable).parent / "celery"), "-A", "celery_tasks", "worker",
             "--concurrency", "2", "--loglevel", "ERROR"],
            stdout=subprocess.DEVNULL, cwd=Path(__file__).parent)
        try:
            run(Celery())
        finally:
            worker.terminate()
            worker.wait()
            redis.terminate()
            redis.wait()


if __name__ == "__main__":
    main()
