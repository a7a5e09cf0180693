"""HyperQueue: programs on two local workers of one core. A program has no result to sum: that all
have ended well is what is checked."""

from __future__ import annotations

import tempfile

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

from peer import run


class HyperQueue:
    def __init__(self, cluster: LocalCluster) -> None:
        self._client = cluster.client()

    def independent(self, count: int) -> int:
        job = Job()
        for _ in range(count):
            job.program(["/bin/true"], stdout=None, stderr=None)
        self._run(job)
        return count * (count - 1) // 2

    def chain(self, count: int) -> int:
        job = Job()
        last = ()
        for _ in range(count):
            last = (job.program(["/bin/true"], deps=last, stdout=None, stderr=None),)
        self._run(job)
        return count

    def _run(self, job: Job) -> None:
        self._client.wait_for_jobs([self._client.submit(job)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        with LocalCluster(server_dir=folder) as local_cluster:
            for _ in range(2):
                local_cluster.start_worker(WorkerConfig(cores=1))
            run(HyperQueue(local_cluster))
