"""Backups of a running controller, restores, and checks of a stopped controller's store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import PIPELINE, Graph, Process, System, eventually, make_folder, program, run_program
from harness.command import Result

MEGABYTE = 1_000_000


def orreryd(system: System, *arguments: str) -> Result:
    """The controller's program, for what it does without serving."""
    return run_program([program("orreryd"), *arguments], environment=system.environment())


def fsck(system: System, root: Path, *flags: str) -> Result:
    return orreryd(system, "fsck", "--root", str(root), "-o", "json", *flags)


def back_up(system: System, folder: Path) -> Result:
    result = system.command("backup", str(folder), "-o", "json")
    assert result.code == 0, result
    return result


def big_graph(size: int = MEGABYTE) -> Graph:
    graph = Graph()
    return graph.output(big=graph.call("test_worker.big", size=size))


def nap_graph(mark: Path, seconds: float) -> Graph:
    graph = Graph()
    first = graph.call("test_worker.sleep_for", seconds=0, value=3, touch_file=str(mark) + "-first")
    return graph.output(v=graph.call("test_worker.sleep_for", seconds=seconds, value=first,
                                     touch_file=str(mark)))


@pytest.fixture
def restored() -> Iterator[System]:
    """Another system, whose root is not there yet."""
    folder = make_folder()
    with System(folder) as system:
        system.root.rmdir()
        yield system
    system.remove()


def restore(system: System, backup: Path) -> Result:
    result = orreryd(system, "restore", str(backup), "--root", str(system.root), "-o", "json")
    assert result.code == 0, result
    return result


# --- Backup and restore ---


def test_restored_controller_shows_the_same_workflows_and_outputs(
        workers: System, restored: System) -> None:
    workers.run(PIPELINE, "--id", "207", "--name", "array pipeline")
    graph = Graph()
    graph.output(v=graph.call("test_worker.fail", message="no luck"))
    workers.run(graph, code=1)
    big = workers.run(big_graph()).json["workflow"]
    content = workers.command("output", "207", "a").out_bytes
    before = workers.workflows()
    backup = workers.folder / "backup"

    made = back_up(workers, backup).json
    assert made["directory"] == str(backup) and made["blobs"] == 1
    assert made["blob_bytes"] >= MEGABYTE
    report = restore(restored, backup).json
    restored.start()

    assert report["sound"] and report["workflows"] == 3 and report["running"] == 0
    assert restored.workflows() == before
    assert restored.command("output", "207", "a").out_bytes == content
    assert len(restored.command("output", big, "big").out_bytes) == MEGABYTE
    token = "storage_token"
    assert (restored.root / token).read_text() != (workers.root / token).read_text()
    assert not (backup / token).exists(), "it would prove that the old root is seen"


def test_running_workflow_goes_on_in_the_restored_store(workers: System, restored: System) -> None:
    mark = workers.folder / "nap"
    workflow = workers.submit(nap_graph(mark, seconds=1))
    eventually("it runs", mark.exists)
    backup = workers.folder / "backup"
    back_up(workers, backup)
    assert workers.orrery("wait", workflow, "--timeout", "20").outputs == {"v": 3}
    after = workers.run(PIPELINE).json["workflow"]

    assert restore(restored, backup).json["running"] == 1
    restored.start("--reconnect-grace", "0.1")
    restored.add_worker("test_worker")

    assert restored.orrery("wait", workflow, "--timeout", "20").outputs == {"v": 3}
    assert len(Path(f"{mark}-first").read_text().splitlines()) == 1, "it had finished before"
    assert len(mark.read_text().splitlines()) == 2
    assert after not in [shown["workflow"] for shown in restored.workflows()]


def test_backup_stays_as_it_is_when_the_store_goes_on(workers: System, restored: System) -> None:
    workers.run(PIPELINE, "--id", "207")
    backup = workers.folder / "backup"
    records = back_up(workers, backup).json["records"]
    for _ in range(3):
        workers.run(PIPELINE)
    workers.stop_controller()
    shutil.rmtree(workers.root)

    checked = fsck(workers, backup, "--verify")
    assert checked.code == 0 and checked.json["records"] == records, checked
    restore(restored, backup)
    assert fsck(workers, backup, "--verify").json["records"] == records
    restored.start()
    assert [shown["workflow"][-2:] for shown in restored.workflows()] == ["cf"]


def test_backups_taken_while_much_happens_are_all_sound(workers: System, tmp_path: Path) -> None:
    """Into another file system, where nothing can be linked."""
    graph = Graph()
    graph.output(n=graph.call("builtins.iadd", a=graph.const(1), b=2))
    submit = [program("orrery"), "submit", "-f", workers.graph_file(graph)]
    loop = ["/bin/sh", "-c", 'while "$@" >/dev/null; do :; done', "sh", *submit]
    traffic = Process(loop, environment=workers.environment(), log=workers.folder / "traffic.log")
    try:
        records = [back_up(workers, tmp_path / str(index)).json["records"] for index in range(6)]
    finally:
        traffic.destroy()

    assert records == sorted(records) and records[-1] > records[0], records
    for index in range(6):
        checked = fsck(workers, tmp_path / str(index), "--verify")
        assert checked.code == 0 and checked.json["acknowledged"] == records[index], checked


def test_backup_in_a_folder_that_cannot_be_one_is_refused(workers: System) -> None:
    taken = workers.folder / "taken"
    taken.mkdir()
    (taken / "file").touch()

    refused = workers.command("backup", str(taken))
    assert refused.code == 5 and str(taken) in refused.err, refused
    refused = workers.command("backup", str(workers.root / "backup"))
    assert refused.code == 3 and "lies in the root" in refused.err, refused
    refused = workers.command("backup", str(workers.folder / "none" / "backup"))
    assert refused.code == 4 and "there is no folder" in refused.err, refused

    empty = workers.folder / "empty"
    empty.mkdir()
    back_up(workers, empty)
    assert sorted(path.name for path in empty.iterdir()) == [
        "backup", "blobs", "journal", "journal_end"]
    assert [path.name for path in taken.iterdir()] == ["file"]
    left = [path.name for path in workers.folder.iterdir() if path.name.startswith("orrery-")]
    assert left == [], "nothing is left of what was refused"


def test_relative_folder_is_that_of_the_command(workers: System,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workers.folder)
    made = workers.command("backup", "./here/../backup")
    assert made.code == 0 and f"{workers.folder}/here/../backup" in made.out, made
    assert (workers.folder / "backup" / "backup").exists()


def test_journal_in_memory_has_no_backup(system: System) -> None:
    system.start("--durability", "memory")
    refused = system.command("backup", str(system.folder / "backup"))
    assert refused.code == 5 and "in memory" in refused.err, refused


def test_restore_over_a_journal_is_refused(workers: System) -> None:
    backup = workers.folder / "backup"
    back_up(workers, backup)
    refused = orreryd(workers, "restore", str(backup), "--root", str(workers.root))
    assert refused.code == 5 and "has a journal" in refused.err, refused
    workers.run(PIPELINE)


def test_restore_of_what_is_no_backup_is_refused(system: System) -> None:
    refused = orreryd(system, "restore", str(system.folder), "--root", str(system.root))
    assert refused.code == 6 and "is not a complete backup" in refused.err, refused


def test_damaged_backup_is_not_restored(workers: System, restored: System) -> None:
    workers.run(big_graph())
    backup = workers.folder / "backup"
    back_up(workers, backup)
    blob = next((backup / "blobs").glob("??/*"))
    bytes_before = blob.read_bytes()
    blob.unlink()
    blob.write_bytes(b"x" + bytes_before[1:])

    refused = orreryd(workers, "restore", str(backup), "--root", str(restored.root))

    assert refused.code == 6 and "nothing was restored" in refused.err, refused
    assert blob.name in refused.out and "digest" in refused.out
    assert not (restored.root / "journal").exists()


def test_lost_journal_comes_back_from_a_backup(workers: System) -> None:
    workers.run(PIPELINE, "--id", "207")
    before = workers.workflows()
    backup = workers.folder / "backup"
    back_up(workers, backup)
    workers.stop_controller()
    shutil.rmtree(workers.root / "journal")

    controller = workers.launch()
    assert controller.wait() == 6, controller.transcript()
    restore(workers, backup)
    workers.start()

    assert workers.workflows() == before


def test_controller_does_not_serve_a_backup(workers: System) -> None:
    backup = workers.folder / "backup"
    back_up(workers, backup)
    second = Process([program("orreryd"), "--root", str(backup)],
                     environment=workers.environment(), log=workers.folder / "second.log")
    try:
        assert second.wait() == 6, second.transcript()
        assert "is a backup" in second.errors() and "orreryd restore" in second.errors()
    finally:
        second.destroy()


def test_the_command_hands_on_to_the_controllers_program(workers: System, restored: System) -> None:
    workers.run(PIPELINE, "--id", "207")
    backup = workers.folder / "backup"
    back_up(workers, backup)
    checked = workers.command("fsck", "--root", str(backup), "--verify", "-o", "json")
    assert checked.code == 0 and checked.json["digests_checked"], checked
    made = workers.command("restore", str(backup), "--root", str(restored.root))
    assert made.code == 0 and made.out.endswith("sound\n"), made


# --- fsck ---


def test_sound_store_is_summed_up(workers: System) -> None:
    workers.run(PIPELINE, "--id", "207")
    workers.run(big_graph())
    workers.stop_controller()

    report = fsck(workers, workers.root, "--verify").json

    assert report["sound"] and report["problems"] == []
    assert report["workflows"] == 2 and report["running"] == 0 and report["epoch"] == 1
    assert report["blobs"] == 1 and report["blob_bytes"] >= MEGABYTE
    assert report["records"] == report["acknowledged"] > 10
    text = orreryd(workers, "fsck", "--root", str(workers.root))
    assert text.code == 0 and text.out.endswith("sound\n"), text


def test_check_changes_nothing(workers: System) -> None:
    workers.run(PIPELINE)
    workers.kill_controller()

    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in (workers.root / "journal").iterdir()}

    before = state()
    assert fsck(workers, workers.root).code == 0
    assert state() == before


def test_store_in_use_is_refused(workers: System) -> None:
    refused = fsck(workers, workers.root)
    assert refused.code == 5, refused
    assert "in use by a controller" in refused.json["error"]["message"]
    workers.run(PIPELINE)


def test_store_that_is_none_is_said(system: System) -> None:
    refused = orreryd(system, "fsck", "--root", str(system.folder / "nowhere"))
    assert refused.code == 6 and "there is no journal" in refused.err, refused
    assert not (system.folder / "nowhere").exists()


def test_missing_blob_is_named_with_the_record_and_what_to_do(workers: System) -> None:
    workflow = workers.run(big_graph()).json["workflow"]
    workers.stop_controller()
    blob = next((workers.root / "blobs").glob("??/*"))
    blob.unlink()

    checked = fsck(workers, workers.root)

    assert checked.code == 6, checked
    [problem] = checked.json["problems"]
    assert problem["record"] > 1 and blob.name in problem["what"] and workflow in problem["what"]
    assert f"orrery restart {workflow} --node -.N" in problem["advice"]


@pytest.mark.parametrize("flag", ["", "--verify"])
def test_changed_blob_is_found_by_reading_it(workers: System, flag: str) -> None:
    workers.run(big_graph())
    workers.stop_controller()
    blob = next((workers.root / "blobs").glob("??/*"))
    content = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(b"x" + content[1:])

    checked = fsck(workers, workers.root, *[flag] * bool(flag))

    assert checked.code == (6 if flag else 0), checked


def test_cut_blob_is_found_by_its_length(workers: System) -> None:
    workers.run(big_graph())
    workers.stop_controller()
    blob = next((workers.root / "blobs").glob("??/*"))
    blob.chmod(0o644)
    blob.write_bytes(b"x")

    checked = fsck(workers, workers.root)

    assert checked.code == 6 and "has 1 bytes" in checked.json["problems"][0]["what"], checked


# --- What the controller says of a damaged store; every kind is in journal_damage_test.cc ---


def refusal(system: System) -> str:
    controller = system.launch()
    assert controller.wait() == 6, controller.transcript()
    return controller.errors()


def test_acknowledged_records_that_were_cut_off_are_missed(workers: System) -> None:
    workers.run(PIPELINE)
    workers.kill_controller()
    log = max((workers.root / "journal").glob("*.log"))
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 10)

    checked = fsck(workers, workers.root)
    assert checked.code == 6, checked
    assert "was acknowledged" in checked.json["problems"][-1]["what"]
    said = refusal(workers)
    assert "records are lost" in said and "journal_end" in said

    (workers.root / "journal_end").unlink()
    workers.start()
    assert fsck_after(workers)["sound"], "what is there is whole"


def fsck_after(system: System) -> dict[str, object]:
    system.stop_controller()
    return fsck(system, system.root).json


def test_blobs_without_a_journal_are_not_begun_anew(workers: System) -> None:
    workers.run(big_graph())
    workers.stop_controller()
    shutil.rmtree(workers.root / "journal")
    (workers.root / "journal_end").unlink()

    said = refusal(workers)
    assert "has 1 blobs but no journal" in said and "begin anew" in said
    assert fsck(workers, workers.root).code == 6

    shutil.rmtree(workers.root / "blobs")
    workers.start()
    assert workers.workflows() == []
