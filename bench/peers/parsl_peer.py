"""Parsl: Python apps on a high-throughput executor with two workers."""

from __future__ import annotations

import tempfile

import parsl
from parsl.config import Config
from parsl.executors import HighThroughputExecutor
from parsl.providers import LocalProvider

from peer import run


# Here and not from peer: what the main program defines travels to the workers.
@parsl.python_app
def noop(x: int) -> int:
    return x


@parsl.python_app
def step(x: int) -> int:
    return x + 1


class Parsl:
    def independent(self, count: int) -> int:
        return sum(future.result() for future in [noop(x) for x in range(count)])

    def chain(self, count: int) -> int:
        last = 0
        for _ in range(count):
            last = step(last)
        return last.result()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        config = Config(run_dir=folder, executors=[HighThroughputExecutor(
            label="two", max_workers_per_node=2, address="127.0.0.1",
            provider=LocalProvider(init_blocks=1, max_blocks=1))])
        with parsl.load(config):
            run(Parsl())
