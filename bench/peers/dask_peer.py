"""Dask distributed: futures on two worker processes of one thread."""

from __future__ import annotations

from dask.distributed import Client, LocalCluster

from peer import noop, run, step


class Dask:
    def __init__(self, client: Client) -> None:
        self._client = client

    def independent(self, count: int) -> int:
        futures = self._client.map(noop, range(count), pure=False)
        return self._client.submit(sum, futures, pure=False).result()

    def chain(self, count: int) -> int:
        last = 0
        for _ in range(count):
            last = self._client.submit(step, last, pure=False)
        return last.result()


if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as dask_client:
            run(Dask(dask_client))
