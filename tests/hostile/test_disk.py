"""Disks that fill, files in the way, and clients that wait for each other's files."""

from __future__ import annotations

import random
import shutil
import threading
import time
import uuid

from attack_graphs import light_builtins
from harness import Graph, System, eventually, fill, system_on_small_disk
from harness.process import SLOWDOWN
from raw_session import open_channel
from stubs import workflow as workflow_proto
from stubs import workflow_grpc


def small(value: int = 1) -> Graph:
    graph = Graph()
    return graph.output(n=graph.call("builtins.iadd", a=value, b=1))


def held(system: System, gate: str) -> Graph:
    graph = Graph()
    return graph.output(n=graph.call("test_worker.hold", gate=str(system.folder / gate),
                                     begun=str(system.folder / f"{gate}-begun")))


def test_file_that_cannot_be_written_costs_its_workflow_its_checkpoints_only(system: System) -> None:
    """Something else has the name of a workflow's folder. Right: that workflow succeeds, `show` says why
    files of it are missing, and the others have theirs."""
    system.start()
    workflow = str(uuid.uuid4())
    blocked = system.checkpoint(workflow)
    blocked.write_bytes(b"in the way")

    assert system.run(small(), "--id", workflow).outputs["n"] == 2
    other = system.submit(small(5))
    system.await_file(system.checkpoint(other, "-", "_done"))

    reason = eventually("the reason is shown", lambda: system.show(workflow)["checkpoints_incomplete"])
    assert workflow in reason and "Not a directory" in reason
    assert system.show(other)["checkpoints_incomplete"] is None


def test_removed_checkpoints_are_made_anew(system: System) -> None:
    """`rm -rf checkpoints` while workflows run. Right: later workflows have all their files; the running one
    has its further files, and says that some are missing, also after a restart."""
    system.start()
    system.add_worker("test_worker")
    running = system.submit(held(system, "gate"))
    system.await_file(system.folder / "gate-begun")
    system.await_file(system.checkpoint(running, "_metadata"))
    shutil.rmtree(system.root / "checkpoints")

    later = system.run(small()).json["workflow"]
    system.await_file(system.checkpoint(later, "-", "_done"))
    (system.folder / "gate").touch()
    system.await_status(running, "succeeded")
    system.await_file(system.checkpoint(running, "-", "_done"))
    assert "was removed" in system.checkpoint(running, "_incomplete").read_text()
    assert "was removed" in system.show(running)["checkpoints_incomplete"]
    assert system.show(later)["checkpoints_incomplete"] is None

    system.stop_controller()
    system.start()
    eventually("the reason is shown again", lambda: system.show(running)["checkpoints_incomplete"])


def test_nobody_waits_for_the_files_of_a_wide_map(system: System) -> None:
    """A map of 30,000 elements with the checkpoint tree, whose files take minutes. Right: a small workflow ends
    meanwhile as fast as ever, and has its files; a cancellation is answered at once."""
    system.start()
    system.add_worker("test_worker")
    wide = system.submit(light_builtins(30_000))

    for number in range(5):
        begun = time.monotonic()
        ran = system.run(small(number)).json["workflow"]
        assert time.monotonic() - begun < 5 * SLOWDOWN, "a small workflow waited"
        assert system.checkpoint(ran, "-", "_done").exists()
    stopped = system.submit(held(system, "never"))
    begun = time.monotonic()
    system.orrery("cancel", stopped)
    assert time.monotonic() - begun < 5 * SLOWDOWN, "a cancellation waited"
    eventually("the wide one has ended", lambda: system.show(wide)["status"] != "running", 60)


def test_abandoned_explanations_cost_nobody_time(system: System) -> None:
    """500 calls of `explain` that read the whole journal are abandoned. Right: the next one is
    answered within a second."""
    system.start()
    workflow = system.submit(light_builtins(2000))
    system.await_status(workflow, "succeeded")
    request = workflow_proto.ExplainWorkflowRequest(workflow_id=workflow, location="-.N0")
    with open_channel(system.address) as channel:
        stub = workflow_grpc.WorkflowServiceStub(channel)
        calls = [stub.ExplainWorkflow.future(request) for _ in range(500)]
        threading.Event().wait(0.05)
        for call in calls:
            call.cancel()
        begun = time.monotonic()
        assert stub.ExplainWorkflow(request, timeout=10 * SLOWDOWN).nodes is not None
        assert time.monotonic() - begun < 1 * SLOWDOWN


def test_uploads_leave_a_reserve_of_the_disk() -> None:
    """A client uploads more than the disk has. Right: refused before the disk is full, with the disk and what is
    left; other workflows run on, and nothing of the upload stays."""
    with system_on_small_disk(megabytes=64) as system:
        system.start()
        path = system.write_file("data.bin", random.Random(1).randbytes(60_000_000))
        graph = Graph()
        graph.output(v=graph.input("v"))
        refused = system.command("run", "-f", system.graph_file(graph), "-i", f"v:{path}")

        assert refused.code not in (0, 1), str(refused)
        assert "of space left" in refused.err
        assert system.run(small()).outputs["n"] == 2
        assert not list((system.root / "blobs" / "tmp").iterdir())


def test_full_disk_pauses_everything_and_all_goes_on() -> None:
    """Another program fills the disk of the root while a task runs, and later empties it. Right: the controller
    lives and answers; a submission is refused with the disk and what to do; the task's outcome, which comes
    while the disk is full, counts when there is room, and its files are written."""
    with system_on_small_disk(megabytes=256) as small_disk:
        controller = small_disk.start()
        small_disk.add_worker("test_worker")
        workflow = small_disk.submit(held(small_disk, "gate"))
        small_disk.await_file(small_disk.folder / "gate-begun")
        filler = fill(small_disk.root)
        eventually("the intake is paused", lambda: "intake.paused" in controller.errors())

        (small_disk.folder / "gate").touch()
        refused = small_disk.command("submit", "-f", small_disk.graph_file(small()))
        assert refused.code in (7, 10), str(refused)
        assert "of space left" in refused.err and str(small_disk.root) in refused.err
        assert small_disk.show(workflow)["status"] == "running"
        assert controller.code is None, controller.transcript()
        filler.unlink()

        small_disk.await_status(workflow, "succeeded")
        small_disk.await_file(small_disk.checkpoint(workflow, "-", "_done"))
        assert small_disk.show(workflow)["checkpoints_incomplete"] is None
        assert small_disk.run(small()).outputs["n"] == 2
