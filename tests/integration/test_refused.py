"""What bad input gets: an exit code, a message with node, port and reason, and nothing half-done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import Graph, System

UNKNOWN = "00000000-0000-0000-0000-00000000dead"


@pytest.fixture(scope="module")
def workers(shared_system: System) -> System:
    shared_system.add_worker("scipy_worker")
    shared_system.add_worker("test_worker")
    return shared_system


def refuse(system: System, graph: Graph | Path, *arguments: str) -> str:
    """Runs what has to be refused at submit; the message. Checks that nothing else happened."""
    assert system.controller is not None
    before = system.workflows()

    message = system.run(graph, *arguments, code=3).message

    assert system.workflows() == before, "nothing is half-submitted"
    assert system.controller.code is None, "the controller goes on"
    return message


def assert_says(message: str, *parts: str) -> None:
    for part in parts:
        assert part in message, message


def linspace_to_output() -> Graph:
    graph = Graph()
    return graph.output(a=graph.call("scipy_worker.linspace", start=0.0, stop=1.0))


# --- Graphs that are wrong ---


def test_unknown_task_is_named_with_its_node(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspaec", start=0.0, stop=1.0))

    assert_says(refuse(workers, graph), "node 2", "scipy_worker.linspaec", "no worker offers",
                "did you mean scipy_worker.linspace?")


def test_task_of_an_unknown_worker_is_named(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("nobody.task"))

    assert_says(refuse(workers, graph), "node 0", "nobody.task", "no worker offers")


def test_missing_port_is_named(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspace", start=0.0))

    assert_says(refuse(workers, graph), "node 1", "scipy_worker.linspace", '"stop"', "not wired")


def test_extra_port_is_named(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspace", start=0.0, stop=1.0, numb=3))

    assert_says(refuse(workers, graph), "node 3", '"numb"', "does not exist", "start, stop, num",
                'did you mean "num"?')


def test_output_port_that_the_task_lacks_is_named(workers: System) -> None:
    graph = Graph()
    index, _ = graph.call("scipy_worker.linspace", start=0.0, stop=1.0)
    graph.output(a=[index, "array"])

    assert_says(refuse(workers, graph), "node 3 (output)", '"a"', '"array"', "value")


def test_wrong_type_is_named_with_both_types(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspace", start="zero", stop=1.0))

    assert_says(refuse(workers, graph), "node 2", '"start"', "str", "float")


def test_format_that_the_reader_does_not_know_is_named(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.transpose", a=[[1, 2], [3, 4]]))

    assert_says(refuse(workers, graph), "node 1", '"a"', "application/json", "application/x-npy")


def test_graph_without_output_is_refused(workers: System) -> None:
    graph = Graph()
    graph.call("scipy_worker.linspace", start=0.0, stop=1.0)

    assert_says(refuse(workers, graph), "no output node")


def test_graph_with_two_outputs_is_refused(workers: System) -> None:
    graph = Graph()
    value = graph.const(1)
    graph.output(a=value).output(b=value)

    assert_says(refuse(workers, graph), "2 output nodes")


def test_cycle_is_refused(workers: System) -> None:
    graph = Graph()
    graph.call("scipy_worker.transpose", a=[1, "value"])
    graph.call("scipy_worker.transpose", a=[0, "value"])
    graph.output(a=[1, "value"])

    assert_says(refuse(workers, graph), "node 0", '"a"', "node 1", "cycle")


def test_node_that_refers_to_itself_is_refused(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.transpose", a=[0, "value"]))

    assert_says(refuse(workers, graph), "node 0", "cycle")


def test_reference_to_a_missing_node_is_refused(workers: System) -> None:
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.transpose", a=[7, "value"]))

    assert_says(refuse(workers, graph), "node 0", '"a"', "node 7 does not exist", "2 nodes")


def test_reference_to_a_missing_input_of_the_graph_is_refused(workers: System) -> None:
    graph = Graph()
    graph.input("array")
    graph.output(a=graph.call("scipy_worker.transpose", a=[-1, "arry"]))

    assert_says(refuse(workers, graph, "-i", "array=1"), "node 1", '"arry"', 'did you mean "array"?')


def test_all_problems_are_told_at_once(workers: System) -> None:
    graph = Graph()
    graph.call("scipy_worker.linspaec", start=0.0, stop=1.0)
    graph.call("scipy_worker.reshape", a=[99, "value"], shape=[1])
    message = refuse(workers, graph)

    assert_says(message, "no output node", "linspaec", "node 99")
    assert len(message.splitlines()) >= 3


def test_wrong_graph_inside_a_graph_is_refused(workers: System) -> None:
    body = Graph()
    body.output(a=body.call("scipy_worker.nonsense"))
    graph = Graph()
    graph.output(a=graph.eval(graph.const(body.data()))[:1] + ["a"])

    assert_says(refuse(workers, graph), "-.N0.N0", "scipy_worker.nonsense")


def test_types_that_do_not_fit_are_refused_in_every_kind_of_node(workers: System) -> None:
    body = Graph()
    body.output(value=body.call("builtins.iadd", a=body.input("x"), b=1),
                again=body.const("later"))
    graph = Graph()
    source = graph.const(body.data())
    loop, _ = graph.add("loop", body=source, continue_port="again",
                        inputs={"x": graph.const("one")})
    mapped, _ = graph.add("map", body=source, inputs={"x": graph.const([1, 2])})
    choice = graph.add("ifelse", pred=graph.const("yes"), if_true=source, if_false=source)
    graph.output(a=[loop, "value"], b=[mapped, "value-*"], c=choice)

    message = refuse(workers, graph)
    assert_says(message, f"node {loop} (loop)", f"node {mapped} (map)", f"node {choice[0]} (ifelse)")


# --- Text that is wrong ---


@pytest.mark.parametrize(("text", "parts"), [
    (b"", ("graph.json",)),
    (b"{", ("graph.json",)),
    (b'{"nodes": [}', ("graph.json",)),
    (b"[1, 2]", ("graph.json", "expected an object")),
    (b'{"nodes": {}}', ("graph.json", '"nodes"', "list")),
    (b'{"nodes": [3]}', ("node 0", "expected an object")),
    (b'{"nodes": [{"type": "nonsense"}]}', ("node 0", "nonsense", "function")),
    (b'{"nodes": [{"type": "const"}]}', ("node 0", '"value"', "missing")),
    (b'{"nodes": [{"type": "output", "inputs": {"a": [0]}}]}', ("node 0", "inputs.a", "reference")),
    (b'{"nodes": [{"type": "output", "inputs": {"a": ["0", 1]}}]}', ("node 0", "inputs.a")),
    (b"\xff\xfe\x00", ("graph.json",)),
    (b"[" * 100_000, ("graph.json",)),
    (b'{"nodes": [{"type": "const", "value": ' + b"[" * 5000 + b"]" * 5000 + b"}]}", ("graph.json",)),
])
def test_malformed_graph_is_refused(workers: System, text: bytes, parts: tuple[str, ...]) -> None:
    assert_says(refuse(workers, workers.write_file("graph.json", text)), *parts)


def test_graph_file_that_is_not_there_is_named(workers: System) -> None:
    assert_says(refuse(workers, Path("/nowhere/graph.json")), "/nowhere/graph.json")


def test_graph_on_standard_input_is_read_and_checked(workers: System) -> None:
    text = json.dumps(linspace_to_output().data()).encode()
    fine = workers.command("run", "-f", "-", "-o", "json", stdin=text)
    assert fine.code == 0, str(fine)

    wrong = workers.command("run", "-f", "-", stdin=text.replace(b"linspace", b"linspaec"))
    assert wrong.code == 3, str(wrong)
    assert "scipy_worker.linspaec" in wrong.err


# --- Inputs that are wrong ---


def transpose_of_input() -> Graph:
    graph = Graph()
    return graph.output(t=graph.call("scipy_worker.transpose", a=graph.input("array")))


def test_input_that_is_not_given_is_named(workers: System) -> None:
    assert_says(refuse(workers, transpose_of_input()), '"array"', "not given")


def test_input_that_the_graph_lacks_is_named(workers: System) -> None:
    message = refuse(workers, transpose_of_input(), "-i", "arry=1")

    assert_says(message, '"arry"', 'did you mean "array"?')


@pytest.mark.parametrize(("argument", "parts"), [
    ("array=[1,", ("array",)),
    ("array=text", ("array", "quotes")),
    ("array:/nowhere/a.npy", ("/nowhere/a.npy",)),
    ("/nowhere/inputs.json", ("/nowhere/inputs.json",)),
])
def test_malformed_input_is_named(workers: System, argument: str, parts: tuple[str, ...]) -> None:
    assert_says(refuse(workers, transpose_of_input(), "-i", argument), *parts)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"\xff"])
def test_malformed_inputs_file_is_named(workers: System, text: bytes) -> None:
    path = workers.write_file("inputs.json", text)

    assert_says(refuse(workers, transpose_of_input(), "-i", str(path)), "inputs.json")


def test_input_in_a_format_that_the_reader_does_not_know_is_refused(workers: System) -> None:
    before = len(workers.workflows())
    result = workers.command("run", "-f", workers.graph_file(transpose_of_input()), "-o", "json",
                             "-i", "array=[[1, 2]]")

    assert result.code in (1, 3), str(result)
    assert_says(result.message, "application/json", "application/x-npy")
    assert len(workers.workflows()) == before + (result.code == 1)


@pytest.mark.parametrize(("content", "reason"), [
    (b"\x93NUMPY", "npy"),
    (b"\x93NUMPY\x01\x00\xff\xff{}", "npy"),
    (b"\x93NUMPY\x01\x00\x02\x00{}", "npy"),
    (b"garbage", "npy"),
    (b"", "npy"),
])
def test_value_that_cannot_be_read_fails_the_workflow(workers: System, content: bytes,
                                                      reason: str) -> None:
    path = workers.write_file("array.npy", content)
    failed = workers.run(transpose_of_input(), "-i", f"array:{path}", code=1)

    assert failed.json["status"] == "failed"
    error = failed.json["error"]
    assert (error["location"], error["function"]) == ("-.N1", "scipy_worker.transpose")
    assert error["worker"] == "scipy_worker"
    assert_says(error["message"], "input a:", reason)
    workflow = failed.json["workflow"]
    marker = workers.await_file(workers.checkpoint(workflow, "-.N1", "_error"))
    assert marker.read_text() == error["message"]
    errors = workers.checkpoint(workflow, "-.N1", "errors").read_text()
    assert errors.startswith(error["message"])
    assert not workers.checkpoint(workflow, "-.N1", "_done").exists()


def test_eval_of_a_value_that_is_no_graph_fails_the_workflow(workers: System) -> None:
    graph = Graph()
    index, _ = graph.eval(graph.input("body_of_it"))
    graph.output(a=[index, "a"])
    failed = workers.run(graph, "-i", 'body_of_it={"nodes": [{"type": "nonsense"}]}', code=1)

    assert failed.json["error"]["location"] == "-.N1"
    assert_says(failed.json["error"]["message"], "not a graph")


# --- Too much ---


def test_file_over_the_limit_is_refused(workers: System) -> None:
    path = workers.write_file("graph.json", b"")
    with path.open("r+b") as file:
        file.truncate(64 * 1024 * 1024 + 1)

    assert_says(refuse(workers, path), "graph.json", str(64 * 1024 * 1024))


def test_message_over_the_limit_is_refused(workers: System) -> None:
    text = "x" * 1_000  # Small enough to travel inside the message, whatever its size.
    graph = Graph()
    graph.nodes = [{"type": "const", "value": text} for _ in range(10_000)]
    graph.output(a=[0, "value"])
    inputs = {f"input-{index}": text for index in range(10_000)}
    path = workers.write_file("inputs.json", json.dumps(inputs).encode())

    assert_says(refuse(workers, graph, "-i", str(path)), "at most 16.0 MiB are accepted")


def test_integer_of_too_many_digits_is_refused(workers: System) -> None:
    graph = Graph()
    graph.output(n=graph.input("n"))
    path = workers.write_file("inputs.json", b'{"n": ' + b"9" * 10_001 + b"}")

    assert_says(refuse(workers, graph, "-i", str(path)), "10000")


# --- Workers and controllers that do not fit ---


def test_worker_with_another_serializer_is_another_version_and_welcome(workers: System) -> None:
    second = workers.launch_worker("scipy_worker", SER_METHOD="tolist")
    workers.await_worker(second)

    names = [worker["name"] for worker in workers.list_workers()]
    assert names.count("scipy_worker") == 2
    workers.stop_worker(second)


def test_second_worker_of_the_same_catalog_is_welcome(workers: System) -> None:
    second = workers.add_worker("scipy_worker")

    names = [worker["name"] for worker in workers.list_workers()]
    assert names.count("scipy_worker") == 2
    workers.stop_worker(second)


@pytest.mark.parametrize("server", ["unix:/nowhere/orreryd.sock", "127.0.0.1:9"])
@pytest.mark.parametrize("words", [["list"], ["show", "207"], ["worker", "list"], ["wait", "207"],
                                   ["output", "207", "a"], ["cancel", "207"]])
def test_controller_that_is_not_there_is_named(system: System, server: str,
                                               words: list[str]) -> None:
    refused = system.orrery(*words, "--server", server, code=7)

    assert_says(refused.message, server, "cannot be reached")
    assert refused.json["error"]["code"] == "unavailable"


def test_run_without_a_controller_names_its_address(system: System) -> None:
    assert_says(system.run(linspace_to_output(), code=7).message, system.address)


def test_address_that_is_none_is_refused(system: System) -> None:
    assert_says(system.orrery("list", "--server", "nonsense", code=3).message, "nonsense")


@pytest.mark.parametrize("words", [["show"], ["wait"], ["watch"], ["cancel"]])
def test_unknown_workflow_is_named(workers: System, words: list[str]) -> None:
    assert_says(workers.orrery(*words, UNKNOWN, code=4).message, UNKNOWN)


def test_output_of_an_unknown_workflow_is_refused(workers: System) -> None:
    assert_says(workers.orrery("output", UNKNOWN, "a", code=4).message, UNKNOWN)


def test_id_that_is_none_is_a_usage_error(workers: System) -> None:
    for words in (["show", "nonsense"], ["run", "-f", "graph.json", "--id", "nonsense"], ["show"],
                  ["nonsense"], ["list", "--nonsense"], []):
        result = workers.command(*words)
        assert result.code == 2, str(result)
        assert result.err, "it says what is wrong"


def test_usage_error_is_one_object_too(workers: System) -> None:
    refused = workers.orrery("show", "nonsense", code=2)

    assert refused.json["error"]["code"] == "usage"
    assert_says(refused.message, "nonsense")


def test_unknown_flag_of_the_controller_is_a_usage_error(system: System) -> None:
    process = system.launch("--nonsense")

    assert process.wait() == 2, process.transcript()
    assert "--nonsense" in process.errors()
