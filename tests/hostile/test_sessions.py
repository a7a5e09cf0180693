"""Workers that claim what is not theirs, lose what they hold, or come and go."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from typing import Any

import grpc
import pytest
from harness import Graph, System, eventually, program
from raw_session import RawSession, make_hello, open_channel, task
from stubs import graph as graph_proto
from stubs import value, worker, workflow_grpc
from stubs import workflow as workflow_proto


def one_task(function: str = "raw.noop", value: int = 4) -> Graph:
    graph = Graph()
    graph.output(value=graph.call(function, x=value))
    return graph


def held(assignment: Any, **fields: Any) -> Any:
    """The attempt as a worker declares it; `fields` replace others."""
    chosen = {"attempt": assignment.attempt, "node": assignment.node, "task": "noop",
              "inputs_digest": assignment.inputs_digest, "state": worker.HELD_STATE_RUNNING}
    return worker.HeldAttempt(**(chosen | fields))


def test_hello_with_the_instance_of_another_is_refused(system: System) -> None:
    """A peer that knows an instance id connects as it, and declares its attempt. Refused, and both processes are
    named; the worker keeps its session and its attempt."""
    system.start()
    instance = os.urandom(16)
    with open_channel(system.address) as channel, \
            RawSession(channel, make_hello("raw", [task()], instance_id=instance)) as honest:
        honest.receive("welcome")
        workflow = system.submit(one_task())
        assignment = honest.receive("assign").assignments[0]
        hello = make_hello("raw", [task()], instance_id=instance, process_id=12, held=[held(assignment)])
        with open_channel(system.address) as other, RawSession(other, hello) as forger:
            refused = forger.receive("refused")
            assert refused.reason == worker.REFUSAL_REASON_NOT_ALLOWED
            assert not refused.retry
            assert "process 4711 on host elsewhere" in refused.message
            assert "process 12 on host elsewhere" in refused.message
            assert "ORRERY_INSTANCE_ID" in refused.message
        honest.finish(assignment.attempt, value="5")
        assert system.await_status(workflow, "succeeded")["outputs"]["value"] == 5


def test_lost_attempts_go_only_to_the_process_that_has_the_key(system: System) -> None:
    """A connection is cut, and another connects with its instance id, host and process id before it: refused
    until the grace ends. The worker itself brings its key and goes on."""
    system.start()
    instance = os.urandom(16)
    with open_channel(system.address) as channel:
        with RawSession(channel, make_hello("raw", [task()], instance_id=instance)) as first:
            key = first.receive("welcome").session_key
            assert len(key) >= 16
            workflow = system.submit(one_task())
            assignment = first.receive("assign").assignments[0]
        eventually("the worker is lost", lambda: system.list_workers()[0]["state"] == "lost")
        hello = make_hello("raw", [task()], instance_id=instance, held=[held(assignment)])
        for forged in (b"", os.urandom(16)):
            hello.session_key = forged
            with RawSession(channel, hello) as forger:
                refused = forger.receive("refused")
                assert refused.reason == worker.REFUSAL_REASON_NOT_ALLOWED
                assert refused.retry and refused.retry_after.seconds > 0
        hello.session_key = key
        with RawSession(channel, hello) as second:
            assert second.receive("welcome").verdicts[0].verdict == worker.VERDICT_KEEP
            second.finish(assignment.attempt, value="6")
            assert system.await_status(workflow, "succeeded")["outputs"]["value"] == 6


def test_attempt_declared_with_other_inputs_is_not_kept(system: System) -> None:
    """A worker returns and declares its attempt with other inputs: it is abandoned, and assigned anew."""
    system.start()
    instance = os.urandom(16)
    with open_channel(system.address) as channel:
        with RawSession(channel, make_hello("raw", [task()], instance_id=instance)) as first:
            key = first.receive("welcome").session_key
            workflow = system.submit(one_task())
            assignment = first.receive("assign").assignments[0]
        hello = make_hello("raw", [task()], instance_id=instance, session_key=key,
                           held=[held(assignment, inputs_digest=os.urandom(32))])
        with RawSession(channel, hello) as second:
            assert second.receive("welcome").verdicts[0].verdict == worker.VERDICT_ABANDON
            again = second.receive("assign").assignments[0]
            assert again.attempt.number != assignment.attempt.number
            second.finish(again.attempt, value="6")
            system.await_status(workflow, "succeeded")


def test_log_lines_of_attempts_that_are_not_its_own_are_discarded(system: System) -> None:
    """A worker declares a finished attempt of somebody's workflow, and logs for it: nothing arrives in that
    workflow's log. Lines for its own attempt do."""
    system.start()
    with open_channel(system.address) as channel, \
            RawSession(channel, make_hello("raw", [task()])) as honest:
        honest.receive("welcome")
        workflow = system.submit(one_task())
        assignment = honest.receive("assign").assignments[0]
        foreign = worker.AttemptId(epoch=1, number=assignment.attempt.number + 1000)
        hello = make_hello("raw", [task()],
                           held=[held(assignment, attempt=foreign, state=worker.HELD_STATE_FINISHED)])
        with open_channel(system.address) as other, RawSession(other, hello) as forger:
            forger.receive("welcome")
            forger.send(logs=worker.Logs(entries=[worker.LogEntry(attempt=foreign, text="forged line")]))
            # Messages of a session are handled in order: the outcome says that the log line was, too.
            forger.finish(foreign, value="1")
            forger.receive("committed")
        honest.send(logs=worker.Logs(entries=[worker.LogEntry(attempt=assignment.attempt, text="own line")]))
        honest.finish(assignment.attempt, value="5")
        system.await_status(workflow, "succeeded")
        log = system.checkpoint(workflow, "logs")
        eventually("its own line is logged", lambda: log.exists() and "own line" in log.read_text())
        assert "forged line" not in log.read_text()


def blob_value(data: bytes) -> Any:
    blob = value.Blob(digest=hashlib.sha256(data).digest(), size_bytes=len(data))
    return value.Value(blob=blob, media_type="application/json")


def test_worker_that_has_the_token_but_another_file_system_is_not_given_the_root(system: System) -> None:
    """A copy of the root, as a container may have below the same path: the token is right, but what is made
    there is not seen by the controller. The worker streams, and the output exists."""
    system.start()
    copy = system.folder / "copy"
    (copy / "blobs" / "tmp").mkdir(parents=True)
    shutil.copy2(system.root / "storage_token", copy)
    system.add_worker("test_worker", ORRERY_HOME=str(copy))
    graph = Graph()
    graph.output(value=graph.call("test_worker.big", size=300_000))
    output = system.run(graph).outputs["value"]
    digest = output["digest"]
    assert (system.root / "blobs" / digest[:2] / digest).stat().st_size == output["size"]
    assert not [path for path in (copy / "blobs").rglob("*") if path.is_file()]


def test_token_without_a_proof_gives_no_root(system: System) -> None:
    """A peer that has only read the token, or names a file that does not exist, is not told to use the root."""
    system.start()
    token = (system.root / "storage_token").read_text()
    with open_channel(system.address) as channel:
        for proof in ("", "../../storage_token", "0" * 32):
            hello = make_hello("raw", [task()], storage_token=token, storage_proof=proof)
            with RawSession(channel, hello) as raw:
                assert raw.receive("welcome").storage_root == b""


def test_outcome_that_names_a_blob_nobody_stored_fails_the_node(system: System) -> None:
    """An outcome names a blob that does not exist, or that has another length: the node fails and says so;
    the workflow does not succeed with an output that is not there."""
    system.start()
    stored = b'"' + b"1" * 70_000 + b'"'
    digest = hashlib.sha256(stored).hexdigest()
    folder = system.root / "blobs" / digest[:2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(stored)
    short = blob_value(stored)
    short.blob.size_bytes -= 1
    with open_channel(system.address) as channel, RawSession(channel, make_hello("raw", [task()])) as raw:
        raw.receive("welcome")
        for number, output in enumerate((blob_value(b"2" * 70_000), short), start=1):
            workflow = system.submit(one_task(value=number))
            attempt = raw.receive("assign").assignments[0].attempt
            raw.finish(attempt, value=output)
            failed = system.await_status(workflow, "failed")
            assert "is a blob of" in failed["error"]["message"]
        # An honest one passes.
        workflow = system.submit(one_task(value=9))
        raw.finish(raw.receive("assign").assignments[0].attempt, value=blob_value(stored))
        system.await_status(workflow, "succeeded")


def test_submission_that_names_an_absent_blob_is_refused(system: System) -> None:
    """A submission whose input is a blob that was never uploaded: INVALID_ARGUMENT that names the digest."""
    system.start()
    absent = blob_value(b"3" * 70_000)
    request = workflow_proto.SubmitWorkflowRequest(graph=graph_proto.Graph(nodes=[
        graph_proto.Node(input=graph_proto.InputNode(name="x")),
        graph_proto.Node(output=graph_proto.OutputNode(), inputs=[
            graph_proto.NodeInput(name="y", source=graph_proto.PortRef(node=0, port="value"))]),
    ]), inputs=[value.NamedValue(name="x", value=absent)])
    with open_channel(system.address) as channel:
        stub = workflow_grpc.WorkflowServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.SubmitWorkflow(request)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert absent.blob.digest.hex() in refused.value.details()


# --- Lost capacity, blame and churn ---


def test_slot_of_a_task_that_ignores_its_timeout_is_not_given_again(system: System) -> None:
    """A task ignores its run timeout: its thread holds the slot of the only worker. Later attempts are not said
    to run there; they go to a worker that comes later, and `worker list` shows the stuck slot."""
    system.start()
    stuck = system.add_worker("test_worker", arguments=["--slots", "1"])
    deaf = Graph()
    deaf.output(value=deaf.call("test_worker.ignore_cancellation", seconds=30))
    first = system.submit(deaf, "--policy", "*:run_timeout=1")
    system.await_status(first, "failed")
    eventually("the slot is shown as stuck",
               lambda: system.list_workers()[0]["stuck_slots"] == 1)
    graph = Graph()
    graph.output(value=graph.call("test_worker.add", a=2, b=3))
    second = system.submit(graph)
    explained = system.orrery("explain", second).json
    assert all(node["state"] != "running" for node in explained["nodes"]), explained
    system.add_worker("test_worker", arguments=["--slots", "1"])
    assert system.await_status(second, "succeeded")["outputs"]["value"] == 5
    stuck.destroy()


def test_healthy_tasks_beside_one_that_crashes_succeed(system: System) -> None:
    """Seven tasks share a process with one that crashes whenever it runs. They succeed, after they have run
    apart; only the one that crashes fails, and says that it was lost while it ran."""
    pool = {"name": "test_worker", "command": [program("test_worker")], "slots": 8}
    system.start("--config", str(system.write_file("orrery.yaml", json.dumps({"pools": [pool]}).encode())))
    graph = Graph()
    healthy = {f"h{number}": graph.call("test_worker.sleep_for", seconds=0.3, value=number)
               for number in range(7)}
    crash = graph.call("test_worker.crash", last_words="I am the one")
    graph.output(crash=crash, **healthy)
    eventually("the pool's worker is there", system.list_workers)
    workflow = system.submit(graph, "--on-failure", "continue")
    failed = system.await_status(workflow, "failed")
    assert failed["error"]["function"] == "test_worker.crash"
    assert "worker lost while running, 3 times" in failed["error"]["message"]
    assert failed["error"]["output"]["shared"]
    assert failed["nodes"]["failed"] == 1


def test_worker_that_gives_everything_back_is_not_asked_again_and_again(system: System) -> None:
    """A worker gives back whatever it is assigned. After some in a row it gets nothing for a while, the node
    waits, and both say so; nothing goes round hundreds of times a second."""
    system.start()
    with open_channel(system.address) as channel, RawSession(channel, make_hello("raw", [task()])) as raw:
        raw.receive("welcome")
        workflow = system.submit(one_task())
        assigned = 0
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                batch = raw.receive("assign", limit=0.2).assignments
            except AssertionError:
                continue
            assigned += len(batch)
            raw.send(released=worker.Released(attempts=[one.attempt for one in batch]))
        assert 3 < assigned < 15
        node = system.orrery("explain", workflow).json["nodes"][0]
        assert "returned by workers without an outcome" in str(node)


def test_two_workers_with_one_instance_id(system: System) -> None:
    """A pool's command starts two workers, or somebody sets ORRERY_INSTANCE_ID by hand: the second is refused
    with a message that says what to do, and the first is not disturbed."""
    system.start()
    identity = "6f1f7a52-3f0c-4f6b-9a43-0d5f3d0f9a11"
    system.add_worker("test_worker", ORRERY_INSTANCE_ID=identity)
    second = system.launch_worker("test_worker", ORRERY_INSTANCE_ID=identity)
    eventually("the second ends", lambda: second.code is not None)
    assert second.code == 6
    assert "ORRERY_INSTANCE_ID of its own" in second.transcript()
    assert [one["state"] for one in system.list_workers()] == ["connected"]
    graph = Graph()
    graph.output(value=graph.call("test_worker.add", a=2, b=3))
    assert system.run(graph).outputs["value"] == 5


def test_newcomer_with_thousands_of_slots_does_not_take_everything(system: System) -> None:
    """A worker declares 4,096 slots beside one with four: the free slots of the other are used first."""
    system.start()
    with open_channel(system.address) as channel, \
            RawSession(channel, make_hello("raw", [task()], slots=4)) as honest, \
            RawSession(channel, make_hello("raw", [task()], slots=4096)) as greedy:
        honest.receive("welcome")
        greedy.receive("welcome")
        eventually("both are there", lambda: len(system.list_workers()) == 2)
        graph = Graph()
        graph.output(**{f"o{number}": graph.call("raw.noop", x=number) for number in range(8)})
        workflow = system.submit(graph)
        for session in (honest, greedy):
            count = 0
            while count < 4:
                for one in session.receive("assign").assignments:
                    count += 1
                    session.finish(one.attempt, value="1")
        system.await_status(workflow, "succeeded")
