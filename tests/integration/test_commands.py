"""The `orrery` command on real workflows: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess

import pytest
from harness import Graph, Process, System, eventually, program

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def workers(shared_system: System) -> System:
    shared_system.add_worker("test_worker")
    return shared_system


def sum_graph() -> Graph:
    graph = Graph()
    return graph.output(sum=graph.call("test_worker.add", a=graph.input("a"), b=graph.input("b")))


def failing_graph() -> Graph:
    graph = Graph()
    return graph.output(value=graph.call("test_worker.fail", message="the disk is made of cheese"))


def endless_graph() -> Graph:
    """Runs until it is cancelled."""
    graph = Graph()
    return graph.output(value=graph.call("test_worker.wait_cancelled"))


def start_endless(system: System) -> str:
    workflow = system.submit(endless_graph())
    eventually("it runs", lambda: system.show(workflow)["nodes"]["running"] == 1)
    return workflow


def test_run_prints_one_object(workers: System) -> None:
    shown = workers.run(sum_graph(), "-i", "a=40", "-i", "b=2", "--name", "a sum").json

    assert list(shown) == ["workflow", "name", "status", "outputs"]
    assert UUID.fullmatch(shown["workflow"])
    assert (shown["name"], shown["status"]) == ("a sum", "succeeded")
    assert shown["outputs"] == {"sum": 42}


def test_run_prints_outputs_as_lines_and_progress_apart(workers: System) -> None:
    result = workers.command("run", "-f", workers.graph_file(sum_graph()), "-i", "a=1", "-i", "b=2")

    assert (result.code, result.out) == (0, "sum = 3\n"), str(result)
    assert "succeeded" in result.err


def test_quiet_run_says_nothing_of_progress(workers: System) -> None:
    result = workers.command("run", "-q", "-f", workers.graph_file(sum_graph()), "-o", "json",
                             "-i", "a=1", "-i", "b=2")

    assert (result.code, result.err) == (0, ""), str(result)


def test_inputs_come_from_a_file_and_later_ones_win(workers: System) -> None:
    path = workers.write_file("inputs.json", b'{"a": 1, "b": 2}')
    value = workers.write_file("b.json", b"20")

    assert workers.run(sum_graph(), "-i", str(path)).outputs == {"sum": 3}
    assert workers.run(sum_graph(), "-i", str(path), "-i", "a=10").outputs == {"sum": 12}
    assert workers.run(sum_graph(), "-i", str(path), "-i", f"b:{value}").outputs == {"sum": 21}


def test_integers_of_any_size_pass_through(workers: System) -> None:
    graph = Graph()
    graph.output(n=graph.input("n"))
    number = 7 ** 3000

    assert workers.run(graph, "-i", f"n={number}").outputs == {"n": number}


def test_json_values_keep_their_text(workers: System) -> None:
    values = [1.0, 1e22, -0.0, 5e-324, "é\u2028\U0001f600", None, True, {"b": 1, "a": [{}, []]}]
    graph = Graph()
    graph.output(v=graph.input("v"))
    path = workers.write_file("v.json", json.dumps(values).encode())
    shown = workers.run(graph, "-i", f"v:{path}").json

    assert shown["outputs"]["v"] == values
    assert workers.command("output", shown["workflow"], "v").out == json.dumps(values)


def test_several_output_ports_come_from_one_task(workers: System) -> None:
    catalog = next(worker for worker in workers.list_workers() if worker["name"] == "test_worker")
    assert "two_ports" in catalog["tasks"]
    printed = subprocess.run([program("test_worker"), "--catalog"], capture_output=True, check=True)
    task = next(task for task in json.loads(printed.stdout)["tasks"] if task["name"] == "two_ports")
    ports = [port["name"] for port in task["outputs"]]
    assert len(ports) == 2

    graph = Graph()
    index, _ = graph.call("test_worker.two_ports", **{port["name"]: 7 for port in task["inputs"]})
    graph.output(**{f"of_{port}": [index, port] for port in ports})
    assert set(workers.run(graph).outputs) == {f"of_{port}" for port in ports}


def test_nested_graph_runs_in_its_own_locations(workers: System) -> None:
    body = Graph()
    body.output(sum=body.call("test_worker.add", a=body.input("x"), b=body.input("y")))
    graph = Graph()
    index, _ = graph.eval(graph.const(body.data()), x=graph.const(40), y=graph.const(2))
    graph.output(answer=[index, "sum"])
    shown = workers.run(graph).json

    assert shown["outputs"] == {"answer": 42}
    folder = workers.checkpoint(shown["workflow"], f"-.N{index}.N2")
    assert workers.await_file(folder / "outputs" / "value").read_bytes() == b"42"
    assert workers.await_file(folder.with_name(f"-.N{index}") / "_metadata").read_bytes() == b""


def test_what_the_output_does_not_need_is_not_run(workers: System) -> None:
    graph = Graph()
    graph.call("test_worker.fail", message="nobody needs this")
    graph.output(value=graph.const(1))

    assert workers.run(graph).outputs == {"value": 1}


def test_failed_task_fails_the_workflow_with_its_message(workers: System) -> None:
    failed = workers.run(failing_graph(), code=1).json

    assert (failed["status"], failed["outputs"]) == ("failed", {})
    error = failed["error"]
    assert error["location"] == "-.N1"
    assert error["function"] == "test_worker.fail"
    assert (error["worker"], error["host"]) == ("test_worker", os.uname().nodename)
    assert "the disk is made of cheese" in error["message"]
    for words in (["wait"], ["watch"]):
        assert workers.orrery(*words, failed["workflow"], code=1).json["error"] == error
    assert workers.show(failed["workflow"])["error"] == error


def test_failed_workflow_has_no_outputs(workers: System) -> None:
    workflow = workers.run(failing_graph(), code=1).json["workflow"]

    assert "failed" in workers.orrery("output", workflow, "value", code=5).message


def test_failed_run_says_where_in_plain_lines(workers: System) -> None:
    result = workers.command("run", "-f", workers.graph_file(failing_graph()))

    assert (result.code, result.out) == (1, ""), str(result)
    for part in ("-.N1", "test_worker.fail", "the disk is made of cheese"):
        assert part in result.err


def test_submit_prints_the_id_that_other_commands_take(workers: System) -> None:
    result = workers.command("submit", "-f", workers.graph_file(sum_graph()), "-i", "a=1", "-i",
                             "b=1")
    assert result.code == 0, str(result)
    workflow = result.out.strip()
    assert UUID.fullmatch(workflow)

    assert workers.orrery("wait", workflow).outputs == {"sum": 2}
    assert workers.orrery("watch", workflow).outputs == {"sum": 2}


def test_same_submission_twice_is_one_workflow(workers: System) -> None:
    graph = endless_graph()
    workflow = workers.submit(graph, "--id", "900001")

    assert workers.submit(graph, "--id", "900001") == workflow
    refused = workers.orrery("submit", "-f", workers.graph_file(failing_graph()), "--id", "900001",
                             code=5)
    assert workflow in refused.message and "running" in refused.message
    workers.orrery("submit", "-f", workers.graph_file(failing_graph()), "--id", "900001", "--clean",
                   code=5)
    workers.orrery("cancel", workflow)


def test_list_is_newest_first_and_says_when_there_is_more(workers: System) -> None:
    graph = sum_graph()
    submitted = [workers.run(graph, "-i", "a=1", "-i", f"b={index}").json["workflow"]
                 for index in range(3)]

    page = workers.orrery("list", "--limit", "2").json
    assert [shown["workflow"] for shown in page["workflows"]] == [submitted[2], submitted[1]]
    assert page["has_more"] is True
    whole = workers.orrery("list", "--all").json
    assert [shown["workflow"] for shown in whole["workflows"]][:3] == submitted[::-1]
    assert whole["has_more"] is False


def test_list_is_a_table_for_people(workers: System) -> None:
    workflow = workers.run(sum_graph(), "-i", "a=1", "-i", "b=1", "--name", "tabled").json["workflow"]
    lines = workers.command("list").out.splitlines()

    assert lines[0].split() == ["WORKFLOW", "STATUS", "SUBMITTED", "TOOK", "NODES", "NAME"]
    assert lines[1].startswith(workflow)
    assert "succeeded" in lines[1] and lines[1].endswith("tabled")


def test_show_tells_times_and_counts(workers: System) -> None:
    workflow = workers.run(sum_graph(), "-i", "a=1", "-i", "b=1").json["workflow"]
    shown = workers.show(workflow)

    assert INSTANT.fullmatch(shown["submitted_at"]) and INSTANT.fullmatch(shown["settled_at"])
    assert shown["submitted_at"] <= shown["settled_at"]
    assert shown["nodes"] == {"ready": 0, "running": 0, "finished": 1, "failed": 0,
                              "cached": 0}
    assert shown["waiting_for"] == []
    text = workers.command("show", workflow)
    assert text.code == 0 and "sum = 2" in text.out


def test_watch_prints_a_line_for_each_change(workers: System) -> None:
    workflow = start_endless(workers)
    watch = Process([program("orrery"), "watch", workflow], environment=workers.environment(),
                    log=workers.folder / "watch.log")
    try:
        assert "1 running" in watch.await_line("running: ")
        workers.orrery("cancel", workflow)
        assert watch.wait() == 9, watch.transcript()
        assert "cancelled" in watch.lines()[-1]
    finally:
        watch.destroy()


def test_wait_gives_up_after_its_timeout_and_the_workflow_goes_on(workers: System) -> None:
    workflow = start_endless(workers)
    gave_up = workers.orrery("wait", workflow, "--timeout", "0.2", code=8).json

    assert (gave_up["workflow"], gave_up["status"]) == (workflow, "running")
    assert gave_up["error"]["code"] == "deadline_exceeded"
    assert workflow in gave_up["error"]["message"]
    assert workers.show(workflow)["status"] == "running"
    workers.orrery("cancel", workflow)


def test_output_of_a_running_workflow_is_refused(workers: System) -> None:
    workflow = start_endless(workers)

    assert "running" in workers.orrery("output", workflow, "value", code=5).message
    workers.orrery("cancel", workflow)


def test_cancel_stops_what_runs(workers: System) -> None:
    workflow = start_endless(workers)
    cancelled = workers.orrery("cancel", workflow, "--reason", "changed my mind").json

    assert (cancelled["workflow"], cancelled["status"]) == (workflow, "cancelled")
    assert workers.orrery("wait", workflow, code=9).json["status"] == "cancelled"
    assert workers.orrery("cancel", workflow).json["status"] == "cancelled", "once more is fine"
    eventually("the worker is free", lambda: not any(worker["attempts"]
                                                     for worker in workers.list_workers()))
    assert "cancelled" in workers.orrery("output", workflow, "value", code=5).message


def test_finished_workflow_cannot_be_cancelled(workers: System) -> None:
    workflow = workers.run(sum_graph(), "-i", "a=1", "-i", "b=1").json["workflow"]
    refused = workers.orrery("cancel", workflow, code=5)

    assert workflow in refused.message and "succeeded" in refused.message
    assert workers.show(workflow)["status"] == "succeeded"


def test_unknown_output_names_those_there_are(workers: System) -> None:
    workflow = workers.run(sum_graph(), "-i", "a=1", "-i", "b=1").json["workflow"]

    message = workers.orrery("output", workflow, "smu", code=4).message
    assert '"smu"' in message and "sum" in message


def test_output_goes_to_a_file_or_one_object(workers: System) -> None:
    workflow = workers.run(sum_graph(), "-i", "a=1", "-i", "b=1").json["workflow"]
    path = workers.folder / "sum.json"

    assert workers.orrery("output", workflow, "sum").json["value"] == 2
    told = workers.orrery("output", workflow, "sum", "-O", str(path)).json
    assert (told["file"], told["size"], told["media_type"]) == (str(path), 1, "application/json")
    assert path.read_bytes() == b"2"
    workers.orrery("output", workflow, "sum", "-O", "/nowhere/sum.json", code=6)


def test_worker_list_tells_who_offers_what(workers: System) -> None:
    listed = workers.list_workers()

    assert [worker["name"] for worker in listed] == ["test_worker"]
    worker = listed[0]
    assert UUID.fullmatch(worker["instance"])
    assert worker["process_id"] == workers.workers[0].pid
    assert (worker["host"], worker["state"]) == (os.uname().nodename, "connected")
    assert worker["slots"] >= 1
    assert {"sleep_for", "fail", "echo_bytes", "add", "two_ports"} <= set(worker["tasks"])
    text = workers.command("worker", "list").out
    assert text.splitlines()[0].split()[:2] == ["WORKER", "INSTANCE"] and "test_worker" in text


def test_task_without_its_worker_is_waited_for_on_request(system: System) -> None:
    system.start()
    workflow = system.submit(sum_graph(), "-i", "a=1", "-i", "b=2", "--wait-for-workers")
    shown = system.show(workflow)
    assert shown["status"] == "running"
    assert "test_worker" in " ".join(shown["waiting_for"]), "it says what it waits for"

    system.add_worker("test_worker")
    assert system.orrery("wait", workflow).outputs == {"sum": 3}


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_colour_is_for_terminals_and_only_if_wanted(workers: System,
                                                    variables: dict[str, str]) -> None:
    workflow = start_endless(workers)
    ours, theirs = pty.openpty()
    command = subprocess.Popen([program("orrery"), "wait", workflow], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=theirs,
                               env=workers.environment(**variables))
    os.close(theirs)
    seen = b""
    while b"running" not in seen:
        seen += os.read(ours, 4096)

    command.send_signal(signal.SIGINT)
    assert command.wait(20) == -signal.SIGINT
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        pass  # What a terminal says when the other side is closed.
    os.close(ours)
    assert (b"\x1b[2m" in seen) == (not variables), seen
    assert b"continues" in seen and b"orrery cancel" in seen
    assert workers.show(workflow)["status"] == "running", "Ctrl-C leaves the workflow alone"
    workers.orrery("cancel", workflow)


def test_interrupted_command_prints_one_object(workers: System) -> None:
    workflow = start_endless(workers)
    wait = Process([program("orrery"), "wait", workflow, "-o", "json"],
                   environment=workers.environment(), log=workers.folder / "interrupted.log")
    eventually("it shows progress", lambda: "running" in wait.errors())
    assert wait.stop(signal.SIGTERM) == -signal.SIGTERM
    shown = json.loads("\n".join(wait.lines()))
    assert (shown["workflow"], shown["error"]["code"]) == (workflow, "interrupted")
    wait.destroy()
    workers.orrery("cancel", workflow)


def test_help_and_version_need_no_controller(system: System) -> None:
    for words in (["--help"], ["run", "--help"], ["worker", "--help"], ["--version"], ["version"]):
        result = system.command(*words)
        assert result.code == 0 and result.out, str(result)
    assert "Exit codes" in system.command("--help").out
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", system.orrery("version").json["version"])


def test_controller_is_found_under_its_root(system: System) -> None:
    system.start()
    found = subprocess.run([program("orrery"), "list", "-o", "json"], capture_output=True,
                           env=system.environment(ORRERY_SERVER=""), check=False)

    assert found.returncode == 0, found
