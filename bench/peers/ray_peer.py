"""Ray: remote functions on two processors."""

from __future__ import annotations

import ray

from peer import noop, run, step


class Ray:
    def __init__(self) -> None:
        self._noop = ray.remote(noop)
        self._step = ray.remote(step)

    def independent(self, count: int) -> int:
        return sum(ray.get([self._noop.remote(x) for x in range(count)]))

    def chain(self, count: int) -> int:
        last = 0
        for _ in range(count):
            last = self._step.remote(last)
        return ray.get(last)


if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    run(Ray())
    ray.shutdown()
