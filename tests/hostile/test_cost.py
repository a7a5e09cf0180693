"""Work and memory of workflows: small graphs that are dear to run, and workflows that kill the controller."""

from __future__ import annotations

import mmap
import re
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest
from attack_graphs import endless_loop, heavy_integers, map_over, sleepers, wide_task
from guard import LatencyGuard
from harness import Graph, System, eventually, program
from harness.process import SLOWDOWN
from raw_session import RawSession, make_hello, open_channel, task

_MIB = 1 << 20


def memory_of(pid: int) -> int:
    """Resident memory in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def working_on(system: System) -> int:
    """The number of the workflow that the controller was working on when it died; 0: none."""
    return struct.unpack_from("<Q", (system.root / "working").read_bytes(), 8)[0]


def die_at_work(system: System) -> None:
    """Kills the controller while it works on a workflow, and starts it again."""
    for _ in range(20):
        system.kill_controller()
        if working_on(system) != 0:
            break
        system.start()
    else:
        raise AssertionError("the controller never died at work")
    system.start()


def one_task() -> Graph:
    graph = Graph()
    graph.output(value=graph.call("test_worker.add", a=1, b=2))
    return graph


def test_integers_beyond_the_limit_are_refused_at_once(workers: System, guard: LatencyGuard) -> None:
    """A2. Powers of 100,000 digits blocked the loop for 40 s; right: refused, with digits and limit."""
    result = workers.run(heavy_integers(150, 200_000), code=1)
    assert "the result has" in result.json["error"]["message"]
    assert "10000" in result.json["error"]["message"].replace(",", "")


def test_many_large_integers_leave_the_loop_to_others(workers: System, guard: LatencyGuard) -> None:
    """A2. Powers just below the limit, a millisecond each; right: they are done in small steps."""
    result = workers.run(heavy_integers(1500, 18_000))
    assert len(result.outputs["value"]) == 1500


def test_long_ranges_fail_before_they_are_made(workers: System, guard: LatencyGuard) -> None:
    """A2. 20 ranges of six million took all memory, and again at each start; right: each is refused."""
    graph = map_over(20, lambda body, i: body.call("builtins.tkr_len", v=body.call(
        "builtins.tkr_range", start=0, stop=body.call("builtins.iadd", a=6_000_000, b=i))))
    assert workers.controller is not None
    result = workers.run(graph, code=1)
    assert "builtin_work" in result.json["error"]["message"]
    assert memory_of(workers.controller.pid) < 400 * _MIB


def test_the_longest_ranges_leave_the_loop_to_others(workers: System, guard: LatencyGuard) -> None:
    """A2. The longest lists that builtins make; right: between two of them others have the loop."""
    graph = map_over(20, lambda body, i: body.call("builtins.tkr_len", v=body.call(
        "builtins.tkr_range", start=0, stop=body.call("builtins.iadd", a=300_000, b=i))))
    result = workers.run(graph)
    assert result.outputs["value"] == [300_000 + index for index in range(20)]


def test_an_endless_loop_of_builtins_is_cancelled_at_once(system: System) -> None:
    """A16. Cancelling it timed out, and the loop went on; right: it ends, and soon.

    Without the checkpoint tree, whose files are another row.
    """
    system.start("--checkpoint-tree", "off")
    system.add_worker("test_worker")
    with LatencyGuard(system) as guard:
        workflow = system.submit(endless_loop())
        eventually("the guard has run workflows", lambda: len(guard.seconds) > 20)
        assert system.command("cancel", workflow, limit=10.0).code == 0
    assert system.show(workflow)["status"] == "cancelled"


def test_a_workflow_that_kills_the_controller_is_held(system: System) -> None:
    """Poison. A workflow on which the controller died twice; right: held, named, and the others run."""
    system.start("--checkpoint-tree", "off")
    poison = system.submit(endless_loop())
    die_at_work(system)
    die_at_work(system)
    system.add_worker("test_worker")
    shown = system.show(poison)
    assert shown["status"] == "running"
    assert "held" in " ".join(shown["waiting_for"])
    assert system.run(one_task()).outputs["value"] == 3
    assert "held" in system.command("explain", poison).out
    system.orrery("cancel", poison)
    assert system.show(poison)["status"] == "cancelled"
    system.kill_controller()
    system.start()
    assert system.show(poison)["status"] == "cancelled", "also at the next start"


def die_at_first_work(system: System) -> None:
    """Kills the controller as soon as a submission makes it work, and starts it again."""
    deadline = time.monotonic() + 30 * SLOWDOWN
    while True:
        assert system.controller is not None
        with (system.root / "working").open("rb") as file, \
                mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as page:
            while struct.unpack_from("<Q", page, 8)[0] == 0:
                assert time.monotonic() < deadline, "nothing was submitted again"
        system.kill_controller()
        died_at_work = working_on(system) != 0
        system.start()
        if died_at_work:
            return


def test_a_submission_that_kills_the_controller_is_refused(system: System) -> None:
    """Poison. The client sent its submission again, and killed the controller again; right: refused, others run."""
    graph = Graph()
    graph.output(**{f"length{number}": graph.call(
        "builtins.tkr_len", v=graph.call("builtins.tkr_range", start=number, stop=300_000)) for number in range(20)})
    system.start("--checkpoint-tree", "off")
    client = subprocess.Popen(
        [program("orrery"), "submit", "-f", system.graph_file(graph), "--id", "207"],
        env=system.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    die_at_first_work(system)
    die_at_first_work(system)
    _, said = client.communicate(timeout=60)
    assert client.returncode == 5, said
    assert "the controller has died more than once" in said
    system.add_worker("test_worker")
    assert system.run(one_task()).outputs["value"] == 3
    assert [workflow["name"] for workflow in system.workflows()] == ["graph"]


def test_a_held_workflow_can_be_tried_again(system: System) -> None:
    """Poison. Right: resume derives it again, with what has finished."""
    system.start("--checkpoint-tree", "off")
    poison = system.submit(endless_loop())
    die_at_work(system)
    die_at_work(system)
    assert system.show(poison)["waiting_for"]
    system.orrery("resume", poison, "--detach")
    assert "held" not in " ".join(system.show(poison).get("waiting_for", []))
    # Not at once: for some seconds a workflow that reuses outcomes cannot be cancelled.
    eventually("it can be cancelled", lambda: system.command("cancel", poison).code == 0)


def test_a_workflow_is_cancelled_without_a_controller(system: System) -> None:
    """Poison. `orreryd cancel` needs no controller, and the next one does not run the workflow."""
    controller = system.start("--checkpoint-tree", "off")
    poison = system.submit(endless_loop())
    command = [program("orreryd"), "cancel", poison, "--root", str(system.root)]
    in_use = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert in_use.returncode == 5, in_use.stderr
    controller.stop(signal.SIGKILL)
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
    system.start()
    assert system.show(poison)["status"] == "cancelled"
    unknown = [program("orreryd"), "cancel", poison[:-1] + ("0" if poison[-1] != "0" else "1"), "--root",
               str(system.root)]
    system.stop_controller()
    refused = subprocess.run(unknown, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert "there is no workflow" in refused.stderr


@pytest.mark.nightly
def test_sleepers_cost_others_nothing(workers: System, guard: LatencyGuard) -> None:
    """C4. 50,000 sleeping nodes made a tiny workflow four times as dear; right: no dearer than before."""
    assert workers.controller is not None

    def cpu_of_runs(count: int) -> float:
        stat = Path(f"/proc/{workers.controller.pid}/stat")
        before = stat.read_text().rsplit(")", 1)[1].split()
        for _ in range(count):
            workers.run(one_task())
        after = stat.read_text().rsplit(")", 1)[1].split()
        return sum(int(after[i]) - int(before[i]) for i in (11, 12))

    cpu_of_runs(20)
    alone = cpu_of_runs(60)
    workflow = workers.submit(sleepers(50_000))
    eventually("all sleep", lambda: "50000 nodes" in " ".join(workers.show(workflow).get("waiting_for", [])))
    beside = cpu_of_runs(60)
    assert beside <= 2 * alone + 10, f"{alone} and {beside} ticks"


def test_task_of_very_many_ports_is_checked_while_others_run(workers: System,
                                                             guard: LatencyGuard) -> None:
    """A task with 60,000 ports, all of them wired; the check took half a minute. Right: its cost grows with the
    ports, and others go on."""
    ports = tuple(f"p{index}" for index in range(60_000))
    with open_channel(workers.address) as channel, \
            RawSession(channel, make_hello("wide", [task("f", inputs=ports)])) as raw:
        raw.receive("welcome", limit=60)
        workers.submit(wide_task("wide.f", len(ports)), "-i", "x=5")
