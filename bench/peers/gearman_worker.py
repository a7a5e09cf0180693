"""A worker of gearman_peer.py. Usage: gearman_worker.py HOST:PORT"""

from __future__ import annotations

import sys

from python3_gearman import GearmanWorker

from peer import noop, step

worker = GearmanWorker([sys.argv[1]])
worker.register_task("noop", lambda _, job: str(noop(int(job.data))))
worker.register_task("step", lambda _, job: str(step(int(job.data))))
worker.work()
