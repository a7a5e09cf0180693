"""The worker of tierkreis_peer.py, which runs it once for each task."""

import sys

from tierkreis import Worker

worker = Worker("bench")


@worker.task()
def noop(x: int) -> int:
    return x


@worker.task()
def step(x: int) -> int:
    return x + 1


if __name__ == "__main__":
    worker.app(sys.argv)
