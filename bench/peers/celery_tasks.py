"""The tasks of celery_peer.py; its workers import them, too."""

from __future__ import annotations

import os

from celery import Celery

app = Celery("celery_tasks", broker=os.environ["PEER_REDIS"], backend=os.environ["PEER_REDIS"])


@app.task
def noop(x: int) -> int:
    return x


@app.task
def step(x: int) -> int:
    return x + 1
