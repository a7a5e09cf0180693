"""The root is copied while the controller works, and another controller begins with the copy."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import System, eventually, make_folder
from mixed_job import MixedJob
from padding import padded_graph

STORAGE_FAILED = 6
# While one entry of the root is copied and the next one is not. The graphs fill a log of the journal
# (32 MB) in the course of a copy or two, so that files come and go.
EXECUTIONS_BETWEEN = 10
GRAPHS_BETWEEN = 3


class Original:
    """A controller with two workers that never stops."""

    def __init__(self, system: System, dice: random.Random) -> None:
        self.system = system
        self.dice = dice
        self.job = MixedJob(system.folder / "tally", seconds=0.01)
        system.start()
        for _ in range(2):
            system.add_worker("test_worker", arguments=["--slots", "4"])
        self.workflow = self.job.submit(system)

    def own_executions(self) -> int:
        pids = {worker.pid for worker in self.system.workers}
        return sum(run.pid in pids for run in self.job.executions())

    def await_more(self, executions: int) -> None:
        until = min(self.own_executions() + executions, self.job.tasks)
        eventually(f"{until} executions have begun", lambda: self.own_executions() >= until)

    def copy(self, target: Path) -> None:
        """As one command, or entry by entry in any order while the work goes on."""
        if self.dice.random() < 0.5:
            copy_all(self.system.root, target)
            return
        (target / "journal").mkdir(parents=True)
        root, journal = self.system.root, self.system.root / "journal"
        entries = sorted({*root.iterdir(), *journal.iterdir()} - {journal})
        self.dice.shuffle(entries)
        for entry in entries:
            copy_all(entry, target / entry.relative_to(root))
            self.await_more(EXECUTIONS_BETWEEN)
            for _ in range(GRAPHS_BETWEEN):
                self.system.submit(padded_graph(self.dice))

    def check(self) -> None:
        """It has not noticed anything."""
        self.system.orrery("wait", self.workflow, "--timeout", "25")
        self.job.check(self.system, self.workflow, is_only_run=False)
        assert self.own_executions() == self.job.tasks
        assert {worker["process_id"] for worker in self.system.list_workers()} == {
            worker.pid for worker in self.system.workers}


def copy_all(source: Path, target: Path) -> None:
    # A file that goes away meanwhile is a complaint of cp, and a copy all the same.
    subprocess.run(["cp", "-a", str(source), str(target)], check=False, capture_output=True)


def go_on_with(copy: Path, original: Original, *, home: Path) -> str:
    """What becomes of the workflow in the copy, in one word; its outputs are never wrong."""
    folder = make_folder()
    try:
        with System(folder, root=copy) as system:
            return end_of(system, original, home)
    finally:
        shutil.rmtree(folder)


def end_of(system: System, original: Original, home: Path) -> str:
    process = system.launch("--reconnect-grace", "0.5")
    eventually("it is ready, or has ended",
               lambda: process.code is not None or "ready" in " ".join(process.lines()))
    if process.code is not None:
        said = process.errors().splitlines()[-1]
        print(said)
        assert process.code == STORAGE_FAILED, process.transcript()
        assert str(system.root / "journal") in said, process.transcript()
        return "refused"
    system.add_worker("test_worker", arguments=["--slots", "8"], ORRERY_HOME=str(home))
    assert len(system.list_workers()) == 1, "workers of the original stay there"
    assert system.workflows(), "what had been acknowledged is there"
    waited = system.command("wait", original.workflow, "--timeout", "25", "-o", "json")
    if waited.code == 1:
        print(waited.message)
        assert "blob" in waited.message, str(waited)
        return "failed"
    assert waited.code == 0, str(waited)
    original.job.check(system, original.workflow, is_only_run=False)
    return "right"


@pytest.mark.fault(
    what="the root is copied while the controller works (`cp -a`, at once or piece by piece), and "
         "another controller with other workers starts on the copy",
    promised="the copy gives the right outputs, or is refused with a message that names the "
             "damage; the first controller and its workers are not affected")
def test_copied_store(dice: random.Random, is_quick: bool, seen: Callable) -> None:
    runs, copies = (1, 2) if is_quick else (4, 6)
    ends: Counter[str] = Counter()
    for _ in range(runs):
        folder = make_folder()
        with System(folder) as system:
            original = Original(system, dice)
            for index in range(copies):
                original.await_more(dice.randrange(20, 100))
                original.copy(folder / f"copy-{index}")
            # A worker may see the first root and be meant for the other controller.
            for index in range(copies):
                copy = folder / f"copy-{index}"
                ends[go_on_with(copy, original, home=dice.choice([copy, system.root]))] += 1
            original.check()
        system.remove()

    seen(runs * copies, ", ".join(f"{ends[end]} {end}" for end in sorted(ends)))
