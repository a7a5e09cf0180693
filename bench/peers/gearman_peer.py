"""Gearman: gearmand and two worker processes. It knows no dependencies: the client chains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from python3_gearman import GearmanClient

from peer import await_port, free_port, run


class Gearman:
    def __init__(self, server: str) -> None:
        self._client = GearmanClient([server])

    def independent(self, count: int) -> int:
        jobs = [{"task": "noop", "data": str(x)} for x in range(count)]
        done = self._client.submit_multiple_jobs(jobs, wait_until_complete=True)
        return sum(int(job.result) for job in done)

    def chain(self, count: int) -> int:
        last = 0
        for _ in range(count):
            last = int(self._client.submit_job("step", str(last)).result)
        return last


def main() -> None:
    port = free_port()
    server = f"127.0.0.1:{port}"
    gearmand = subprocess.Popen(["gearmand", "--listen", "127.0.0.1", "--port", str(port),
                                 "--log-file", "stderr"])
    await_port(port)
    worker = [sys.executable, str(Path(__file__).parent / "gearman_worker.py"), server]
    workers = [subprocess.Popen(worker) for _ in range(2)]
    try:
        run(Gearman(server))
    finally:
        for process in [*workers, gearmand]:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
