"""What nothing needs any more leaves the store, and all else stays, whatever happens meanwhile."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest
from harness import Graph, Process, System, eventually, program, run_program
from harness.command import Result

MEGABYTE = 1_000_000
# The default keeps young blobs for a day.
NO_GRACE = ("--blob-grace", "0s", "--reconnect-grace", "0.1")


def big_graph(size: int = MEGABYTE) -> Graph:
    graph = Graph()
    return graph.output(big=graph.call("test_worker.big", size=size))


def fsck(system: System) -> dict[str, Any]:
    """The report on a sound store."""
    checked = run_program([program("orreryd"), "fsck", "--root", str(system.root), "--verify",
                           "-o", "json"], environment=system.environment())
    assert checked.code == 0, checked
    return dict(checked.json)


def gc(system: System, *flags: str) -> dict[str, Any]:
    result: Result = system.command("gc", "-o", "json", *flags)
    assert result.code == 0, result
    return dict(result.json)


def bytes_under(*folders: Path) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*")
               if path.is_file())


def store_bytes(system: System) -> int:
    return bytes_under(system.root / "journal", system.root / "blobs")


def blob_count(system: System) -> int:
    return sum(1 for path in (system.root / "blobs").rglob("*") if path.is_file())


@pytest.fixture
def young(system: System) -> System:
    """A system whose blobs may go as soon as nothing refers to them."""
    system.start(*NO_GRACE)
    system.add_worker("test_worker")
    return system


def test_forgotten_workflows_leave_nothing_behind(young: System) -> None:
    kept = young.run(big_graph(MEGABYTE // 2), "--id", "1").json["workflow"]
    gone = young.run(big_graph(), "--id", "2").json["workflow"]
    last = young.run(big_graph(MEGABYTE // 4), "--id", "3").json["workflow"]
    before = store_bytes(young)

    dry = gc(young, "--keep", "2", "--dry-run")
    assert dry["workflows"] == 1 and dry["dry_run"]
    assert [shown["workflow"] for shown in young.workflows()] == [last, gone, kept]
    young.orrery("restart", kept, "--node", "-.N1")
    young.orrery("wait", kept)
    dry = gc(young, "--keep", "2", "--dry-run")
    wet = gc(young, "--keep", "2")

    assert wet["workflows"] == 1 and wet["blobs"] == 1 and wet["blob_bytes"] >= MEGABYTE
    assert {**wet, "dry_run": True, "checkpoints": 0} == dry
    assert [shown["workflow"] for shown in young.workflows()] == [kept, last]
    young.orrery("show", gone, code=4)
    assert len(young.command("output", kept, "big").out_bytes) == MEGABYTE // 2
    assert store_bytes(young) < before - 0.9 * MEGABYTE
    eventually("its checkpoints go", lambda: not young.checkpoint(gone).exists())
    assert young.checkpoint(kept).exists()
    young.stop_controller()
    assert fsck(young)["workflows"] == 2


def test_numbers_and_workers_are_right_after_a_restart(young: System) -> None:
    for number in range(1, 4):
        young.run(big_graph(1000), "--id", str(number))
    gc(young, "--keep", "0")
    assert young.workflows() == []

    young.kill_controller()
    young.start(*NO_GRACE)
    eventually("the worker is back", lambda: young.list_workers())
    assert young.workflows() == []
    assert young.run(big_graph(1000), "--id", "2").json["workflow"]
    young.stop_controller()
    assert fsck(young)["workflows"] == 1


def test_running_workflow_and_its_values_stay(young: System) -> None:
    mark = young.folder / "nap"
    graph = Graph()
    big = graph.call("test_worker.big", size=MEGABYTE)
    nap = graph.call("test_worker.sleep_for", seconds=2, value=1, touch_file=str(mark))
    graph.output(big=big, nap=nap)
    workflow = young.submit(graph)
    eventually("it runs", mark.exists)
    eventually("the value is there", lambda: blob_count(young) > 0)

    assert gc(young, "--keep", "0", "--older-than", "0s")["workflows"] == 0

    young.orrery("wait", workflow, "--timeout", "20")
    assert len(young.command("output", workflow, "big").out_bytes) == MEGABYTE


def test_young_blobs_stay_by_default(system: System) -> None:
    system.start()
    system.add_worker("test_worker")
    system.run(big_graph())

    report = gc(system, "--keep", "0")

    assert report["workflows"] == 1 and report["records"] > 0 and report["blobs"] == 0
    assert blob_count(system) == 1


def test_controller_forgets_by_age_and_collects_by_itself(system: System) -> None:
    """The retention deletes nothing within a minute, so this test sees only the collection."""
    system.start(*NO_GRACE, "--retain-for", "30d", "--gc-interval", "1s")
    system.add_worker("test_worker")
    system.run(big_graph(), "--id", "1")
    system.run(big_graph(MEGABYTE // 2), "--id", "1", "--clean")

    eventually("the blob of the run that was forgotten goes", lambda: blob_count(system) == 1)
    assert len(system.command("output", "1", "big").out_bytes) == MEGABYTE // 2


def test_store_stays_bounded_however_many_workflows_there_were(young: System) -> None:
    sizes = []
    for _ in range(6):
        for index in range(4):
            young.run(big_graph(100_000 + index))
        gc(young, "--keep", "2")
        sizes.append(store_bytes(young))

    assert max(sizes[2:]) < sizes[1] * 1.3, sizes
    young.stop_controller()
    assert fsck(young)["workflows"] == 2


def test_backup_beside_a_collection_is_whole(young: System) -> None:
    for index in range(10):
        young.run(big_graph(200_000 + index))
    collection = Process([program("orrery"), "gc", "--keep", "1"],
                         environment=young.environment(), log=young.folder / "gc.log")
    try:
        backup = young.folder / "backup"
        made = young.command("backup", str(backup))
        assert made.code == 0, made
        assert collection.wait() in (0, 5), collection.transcript()
    finally:
        collection.destroy()

    checked = run_program([program("orreryd"), "fsck", "--root", str(backup), "--verify"],
                          environment=young.environment())
    assert checked.code == 0, checked


def test_killed_in_the_middle_again_and_again_the_store_is_sound(young: System) -> None:
    kept = young.run(big_graph(MEGABYTE), "--id", "207").json["workflow"]
    for index in range(12):
        young.run(big_graph(100_000 + index))
    young.orrery("restart", kept, "--node", "-.N1")
    young.orrery("wait", kept)

    for attempt in range(8):
        collection = Process([program("orrery"), "gc", "--keep", "1"],
                             environment=young.environment(), log=young.folder / "gc.log")
        try:
            # Not waited for by what it does, because any moment is the right one.
            time.sleep(0.004 * attempt)
            young.kill_controller()
            collection.wait()
        finally:
            collection.destroy()
        fsck(young)
        young.start(*NO_GRACE)
        eventually("the worker is back", lambda: young.list_workers())
        for index in range(3):
            young.run(big_graph(300_000 + index))
        young.orrery("restart", kept, "--node", "-.N1")
        young.orrery("wait", kept, "--timeout", "20")

    gc(young, "--keep", "1")
    assert [shown["workflow"] for shown in young.workflows()] == [kept]
    assert len(young.command("output", kept, "big").out_bytes) == MEGABYTE
    assert blob_count(young) == 1
    young.stop_controller()
    assert fsck(young)["workflows"] == 1


def test_collection_that_is_given_up_can_be_begun_again(young: System) -> None:
    for index in range(5):
        young.run(big_graph(100_000 + index))
    collection = Process([program("orrery"), "gc", "--keep", "1"],
                         environment=young.environment(), log=young.folder / "gc.log")
    try:
        collection.send(signal.SIGINT)
        collection.wait()
    finally:
        collection.destroy()

    def collects() -> bool:
        return young.command("gc", "--keep", "1").code == 0

    eventually("the first one has ended", collects)
    assert len(young.workflows()) == 1


def test_invalid_durations_are_refused(young: System) -> None:
    refused = young.command("gc", "--older-than", "soon")
    assert refused.code == 2 and "expected a whole number and a unit" in refused.err
    flag = run_program([program("orreryd"), "--root", str(young.root), "--retain-for", "soon"],
                       environment=young.environment())
    assert flag.code == 2 and "--retain-for: invalid duration" in flag.err
