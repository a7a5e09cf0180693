"""Attacks with sizes: messages that are too large, for the controller, a worker or a client."""

from __future__ import annotations

import os
from typing import Any

import grpc
import pytest
from attack_graphs import wide_output, wide_task
from guard import LatencyGuard
from harness import Graph, System
from raw_session import RawSession, make_hello, open_channel, task
from stubs import types, value, worker, workflow, workflow_grpc

MIB = 1024 * 1024
# The largest value that stays inline: JSON text of 64 KiB.
LARGE = '"' + "x" * (64 * 1024 - 2) + '"'


def ports(count: int, tail: str = "") -> tuple[str, ...]:
    return tuple(f"p{index}{tail}" for index in range(count))


def input_file(system: System) -> str:
    return f"x:{system.write_file('x.json', LARGE.encode())}"


def wide(name: str, count: int, tail: str = "") -> Any:
    """A task with `count` text inputs and one output, an integer."""
    made = task(name, inputs=ports(count, tail))
    for one in made.inputs:
        one.type.simple = types.SIMPLE_TYPE_STR
    return made


def wide_worker(count: int, **fields: Any) -> Any:
    return make_hello("wide", [wide("f", count)], **fields)


@pytest.mark.parametrize("count", [3_000, pytest.param(34_500, marks=pytest.mark.nightly)])
def test_wide_outputs_are_told_by_digest(system: System, count: int) -> None:
    """A workflow whose outputs have 200 MB or 2 GB inline. The controller was aborted by each
    watch, also after a restart. Right: large outputs are told by digest, and lists have none."""
    system.start()
    workflow_id = system.submit(wide_output(count), "-i", input_file(system))
    outputs = system.orrery("wait", workflow_id).json["outputs"]
    assert len(outputs) == count
    assert outputs["o0"] == LARGE[1:-1]
    assert outputs[f"o{count - 1}"]["size"] == len(LARGE), "by digest: beyond shown_bytes"

    system.kill_controller()
    system.start()

    assert len(system.orrery("watch", workflow_id).json["outputs"]) == count
    assert "outputs" not in system.workflows()[0]
    last = system.orrery("output", workflow_id, f"o{count - 1}").json["value"]
    assert last == LARGE[1:-1]


@pytest.mark.parametrize("count", [3_000, pytest.param(34_500, marks=pytest.mark.nightly)])
def test_wide_inputs_travel_as_blobs(system: System, count: int) -> None:
    """A task with inputs of 200 MB or 2 GB inline aborted the controller whenever its worker
    connected. Right: what is beyond 1 MiB travels by digest."""
    system.start()
    with open_channel(system.address) as channel, \
            RawSession(channel, wide_worker(count, message_bytes_max=16 * MIB)) as raw:
        raw.receive("welcome")
        workflow_id = system.submit(wide_task("wide.f", count), "-i", input_file(system))
        assignment = raw.receive("assign").assignments[0]
        assert len(assignment.inputs) == count
        assert sum(len(one.value.inline) for one in assignment.inputs) <= MIB
        assert assignment.inputs[0].value.blob.size_bytes == len(LARGE)
        raw.finish(assignment.attempt, value="5")
        assert system.await_status(workflow_id, "succeeded")["outputs"]["value"] == 5


def test_attempt_of_a_task_that_ran_before_the_restart_is_kept(system: System) -> None:
    """A controller that restarts stores large inputs anew, and still knows the
    attempt that the worker holds."""
    system.start()
    hello = wide_worker(30)
    with open_channel(system.address) as channel:
        with RawSession(channel, hello) as raw:
            hello.session_key = raw.receive("welcome").session_key
            workflow_id = system.submit(wide_task("wide.f", 30), "-i", input_file(system))
            assignment = raw.receive("assign").assignments[0]
            system.kill_controller()
        system.start()
        hello.held.add(attempt=assignment.attempt, node=assignment.node, task="f",
                       inputs_digest=assignment.inputs_digest, state=worker.HELD_STATE_RUNNING)
        with RawSession(channel, hello) as raw:
            assert raw.receive("welcome").verdicts[0].verdict == worker.VERDICT_KEEP
            raw.finish(assignment.attempt, value="5")
            assert system.await_status(workflow_id, "succeeded")["outputs"]["value"] == 5


def test_worker_with_the_default_of_grpc_gets_what_it_can_receive(system: System) -> None:
    """A worker that accepts 4 MiB, gRPC's default, was sent more for ever. Right: 100 inputs of
    64 KiB arrive; a node whose message has more than 4 MiB even so fails with both sizes, and names
    a port; the worker goes on."""
    long = "_" + "n" * 190
    system.start()
    with open_channel(system.address, max_receive_message_length=4 * MIB) as channel, \
            RawSession(channel, make_hello("wide", [
                wide("few", 100), wide("many", 16_500, long), task()])) as raw:
        raw.receive("welcome")
        few = system.submit(wide_task("wide.few", 100), "-i", input_file(system))
        raw.finish(raw.receive("assign").assignments[0].attempt, value="1")
        assert system.await_status(few, "succeeded")["outputs"]["value"] == 1

        graph = Graph()
        x = graph.input("x")
        graph.output(value=graph.call("wide.many", **dict.fromkeys(ports(16_500, long), x)))
        many = system.submit(graph, "-i", input_file(system))
        error = system.await_status(many, "failed")["error"]
        assert "at most 4.0 MiB are accepted" in error["message"]
        assert '"p' in error["message"], "names a port"

        graph = Graph()
        graph.output(value=graph.call("wide.noop", x=1))
        after = system.submit(graph)
        raw.finish(raw.receive("assign").assignments[0].attempt, value="2")
        assert system.await_status(after, "succeeded")["outputs"]["value"] == 2


def test_outcome_beyond_its_limit_fails_the_node(system: System) -> None:
    """Outputs of 10 MiB inline in one outcome. Right: the node fails with both sizes, the
    session goes on."""
    names = ports(160)
    text_maker = task("g", outputs=names)
    for one in text_maker.outputs:
        one.type.simple = types.SIMPLE_TYPE_STR
    system.start()
    with open_channel(system.address) as channel, \
            RawSession(channel, make_hello("wide", [text_maker])) as raw:
        raw.receive("welcome")
        graph = Graph()
        index, _ = graph.call("wide.g", x=1)
        graph.output(**{name: [index, name] for name in names})
        workflow_id = system.submit(graph)
        raw.finish(raw.receive("assign").assignments[0].attempt, **dict.fromkeys(names, LARGE))
        error = system.await_status(workflow_id, "failed")["error"]
        assert "10.0 MiB, at most 1.0 MiB are accepted" in error["message"]
        assert raw.status is None, "the session goes on"


def test_outcome_that_closes_its_session_fails_the_node(workers: System, guard: LatencyGuard) -> None:
    """An outcome that no message may hold. It closed the session, the worker reconnected and sent it
    again, for ever, and nothing of it got through. Right: after some sessions its node fails."""
    instance = os.urandom(16)
    graph = Graph()
    graph.output(value=graph.call("raw.noop", x=4))
    with open_channel(workers.address) as channel:
        with RawSession(channel, make_hello("raw", [task()], instance_id=instance)) as first:
            key = first.receive("welcome").session_key
            workflow_id = workers.submit(graph)
            assignment = first.receive("assign").assignments[0]
        finished = worker.HeldAttempt(
            attempt=assignment.attempt, node=assignment.node, task="noop",
            inputs_digest=assignment.inputs_digest, state=worker.HELD_STATE_FINISHED)
        hello = make_hello("raw", [task()], instance_id=instance, session_key=key, held=[finished])
        for _ in range(20):
            with RawSession(channel, hello) as session:
                verdict = session.receive("welcome").verdicts[0].verdict
                if verdict == worker.VERDICT_ABANDON:
                    break
                session.finish(assignment.attempt, value="1" * (20 * MIB))
                session.await_end()
        assert verdict == worker.VERDICT_ABANDON
    failed = workers.await_status(workflow_id, "failed")
    assert "fruitless_sessions" in failed["error"]["message"]


def test_list_is_not_spoilt_by_outputs(system: System) -> None:
    """One workflow with outputs of 74 MB made `list` fail for all. Right: a list has no
    outputs, and its pages end by bytes."""
    system.start()
    for _ in range(3):
        workflow_id = system.submit(wide_output(1_200), "-i", input_file(system))
        system.await_status(workflow_id, "succeeded")
    long_name = "n" * 1024
    graph = Graph()
    graph.output(value=graph.const(1))
    with open_channel(system.address) as channel:
        stub = workflow_grpc.WorkflowServiceStub(channel)
        page = stub.ListWorkflows(workflow.ListWorkflowsRequest(page_size=2))
        assert len(page.workflows) == 2
        assert not page.workflows[0].outputs
        rest = stub.ListWorkflows(workflow.ListWorkflowsRequest(page_token=page.next_page_token))
        assert len(rest.workflows) == 1
    for _ in range(2):
        system.submit(graph, "--name", long_name)
    assert len(system.workflows()) == 5


def test_worker_list_is_not_spoilt_by_catalogs(system: System) -> None:
    """Two workers with catalogs of 35 MB made `worker list` fail. Right: a list has the names
    of tasks, as many as fit, and counts the others."""
    system.start()
    tasks = [task(f"task_{index}_" + "n" * 150, description="d" * 1000) for index in range(5_000)]
    with open_channel(system.address) as channel:
        raws = [RawSession(channel, make_hello(name, tasks)) for name in ("one", "two")]
        try:
            for raw in raws:
                raw.receive("welcome")
            workers = system.list_workers()
            assert [entry["name"] for entry in workers] in (["one", "two"], ["two", "one"])
            assert all(entry["task_count"] == 5_000 for entry in workers)
            assert all(0 < len(entry["tasks"]) < 1_000 for entry in workers)
        finally:
            for raw in raws:
                raw.cut()


def test_client_with_the_default_of_grpc_reads_wide_outputs(system: System) -> None:
    """A client that accepts 4 MiB follows a workflow with 20 MB of outputs. Right: the
    workflow has a token, and pages of outputs follow."""
    system.start()
    workflow_id = system.submit(wide_output(60_000), "-i", input_file(system))
    with open_channel(system.address, max_receive_message_length=4 * MIB) as channel:
        stub = workflow_grpc.WorkflowServiceStub(channel)
        last = list(stub.WatchWorkflow(workflow.WatchWorkflowRequest(workflow_id=workflow_id)))[-1]
        outputs = [one.name for one in last.workflow.outputs]
        token = last.workflow.next_output_token
        pages = 0
        while token:
            page = stub.ListOutputs(
                workflow.ListOutputsRequest(workflow_id=workflow_id, page_token=token))
            outputs += [one.name for one in page.outputs]
            token = page.next_page_token
            pages += 1
        assert pages > 2
        assert outputs == [f"o{index}" for index in range(60_000)]
        with pytest.raises(grpc.RpcError, match="was not returned by a page"):
            stub.ListOutputs(
                workflow.ListOutputsRequest(workflow_id=workflow_id, page_token="x"))


def test_submission_beyond_a_message_is_refused_with_both_sizes(system: System) -> None:
    """A graph of 20 MiB. Right: large constants are sent as blobs; if there are too many small
    ones, the command says both sizes before it sends the graph. The controller refuses what comes
    from others."""
    system.start()
    graph = Graph()
    graph.output(**{f"o{index}": graph.const("x" * 60_000) for index in range(350)})
    assert len(system.run(graph).outputs) == 350
    graph = Graph()
    graph.output(**{f"o{index}": graph.const("x" * 1_000) for index in range(20_000)})
    refused = system.command("submit", "-f", system.graph_file(graph))
    assert refused.code != 0
    assert "MiB, at most 16.0 MiB are accepted" in refused.err
    with open_channel(system.address) as channel:
        request = workflow.SubmitWorkflowRequest()
        request.inputs.add(name="x", value=value.Value(inline=b"x" * 20 * MIB))
        with pytest.raises(grpc.RpcError) as error:
            workflow_grpc.WorkflowServiceStub(channel).SubmitWorkflow(request)
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert system.run(wide_output(1), "-i", "x=1").outputs["o0"] == 1
