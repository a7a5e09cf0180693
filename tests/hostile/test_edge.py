"""The edge of the controller: connections, its log, signals, what strangers may reach."""

from __future__ import annotations

import fcntl
import hashlib
import os
import resource
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from attack_graphs import light_builtins
from guard import LatencyGuard
from harness import Graph, System, eventually, program
from harness.process import SLOWDOWN
from raw_session import RawSession, make_hello, open_channel, task
from stubs import blob, blob_grpc, workflow, workflow_grpc

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEALTH = "/grpc.health.v1.Health/Check"
_LIST = b"/orrery.workflow.v1.WorkflowService/ListWorkflows"
_DATA, _HEADERS, _RESET, _SETTINGS, _WINDOW_UPDATE, _CONTINUATION = 0, 1, 3, 4, 8, 9  # Frames of HTTP/2.


def launch_with_output(system: System, output: int) -> subprocess.Popen[bytes]:
    """Orreryd whose stdout and stderr are this descriptor."""
    return subprocess.Popen([program("orreryd"), "--root", str(system.root)], stdin=subprocess.DEVNULL,
                            stdout=output, stderr=output, env=system.environment())


def serve_and_stop(system: System, controller: subprocess.Popen[bytes]) -> None:
    eventually("the controller answers", lambda: system.command("list").code == 0)
    with open_channel(system.address) as channel:
        for _ in range(300):  # Two lines of log each.
            with RawSession(channel, make_hello("raw", [task()])) as raw:
                raw.receive("welcome")
    assert len(system.run(light_builtins(10)).outputs["value"]) == 10
    controller.send_signal(signal.SIGTERM)
    assert controller.wait(20) == 0


def test_log_whose_reader_has_gone_ends_nothing(system: System) -> None:
    """`orreryd 2>&1 | head -1`. The controller serves as before, and its log is lost."""
    reader, writer = os.pipe()
    controller = launch_with_output(system, writer)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    try:
        serve_and_stop(system, controller)
    finally:
        controller.kill()


def test_log_that_nobody_reads_delays_nothing(system: System) -> None:
    """A pipe that is full from the start. Lines are discarded, and counted once it is read."""
    reader, writer = os.pipe()
    os.write(writer, b"x" * fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ))
    controller = launch_with_output(system, writer)
    os.close(writer)
    try:
        eventually("the controller answers", lambda: system.command("list").code == 0)
        os.read(reader, 1 << 20)
        serve_and_stop(system, controller)
        log = b""
        while more := os.read(reader, 1 << 16):
            log += more
        assert b"log.discarded lines=" in log
    finally:
        controller.kill()
        os.close(reader)


def test_hangup_stops_as_a_termination_does(system: System) -> None:
    """The terminal closes. Controller and worker stop in good order, also if they hear it twice."""
    heard = ["env", "--default-signal=HUP"]  # The tests may run under nohup.
    system.controller_prefix = heard
    controller = system.start()
    worker = system.launch_worker("test_worker", prefix=heard)
    system.await_worker(worker)
    for process in (worker, controller):
        process.send(signal.SIGHUP)
        process.send(signal.SIGHUP)
        assert process.wait(20) == 0
    assert "controller.stopped" in controller.transcript()


def test_hangup_that_nohup_ignores_stops_nothing(system: System) -> None:
    """Under nohup the controller goes on when the terminal closes."""
    system.controller_prefix = ["nohup"]
    controller = system.start()
    controller.send(signal.SIGHUP)
    system.run(light_builtins(10))
    assert controller.code is None


# --- Connections ---

def connect(system: System) -> socket.socket:
    if not system.address.startswith("unix:"):
        host, _, port = system.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=5)
    to = socket.socket(socket.AF_UNIX)
    to.settimeout(5)
    to.connect(system.address.removeprefix("unix:"))
    return to


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def start_with_descriptors(system: System, count: int, *flags: str) -> None:
    """The controller, with this hard limit of descriptors, and a lower soft one."""
    system.controller_prefix = ["prlimit", f"--nofile={count // 2}:{count}"]
    system.start(*flags)
    system.add_worker("test_worker")


def test_descriptor_limit_is_raised_for_the_controller_alone(system: System) -> None:
    """The soft limit becomes the hard one, and the programs of pools have the old one."""
    registry = system.folder / "workers"
    registry.mkdir()
    told = system.folder / "told"
    script = registry / "asked"
    script.write_text(f"#!/bin/sh\nulimit -Sn > {told}\nexec sleep 60\n")
    script.chmod(0o755)
    system.controller_prefix = ["prlimit", "--nofile=500:1000"]
    controller = system.start("--registry", str(registry))

    assert resource.prlimit(controller.pid, resource.RLIMIT_NOFILE) == (1000, 1000)
    eventually("the program is started", lambda: told.exists() and told.read_text() == "500\n")


@pytest.mark.parametrize("first_bytes", [b"", PREFACE[:20]], ids=["silent", "cut"])
@pytest.mark.parametrize("listen", ["unix", "tcp"])
def test_flood_of_silent_connections_takes_nothing_from_others(system: System, listen: str,
                                                               first_bytes: bytes) -> None:
    """More connections than descriptors, and none says what it wants. Others are served."""
    start_with_descriptors(system, 600, *(["--listen", "127.0.0.1:0"] if listen == "tcp" else []))
    if listen == "tcp":
        system.address = f"127.0.0.1:{(system.root / 'orreryd.port').read_text().strip()}"
    with ExitStack() as open_connections, LatencyGuard(system) as guard:
        for _ in range(3000):
            flood(open_connections.enter_context(connect(system)), first_bytes)
        count = len(guard.seconds)
        eventually("others are served", lambda: len(guard.seconds) > count + 10)


def test_flood_of_idle_connections_ends_nothing(system: System) -> None:
    """More connections than descriptors, which look like clients. Files keep their descriptors, and new
    connections are accepted again when the idle ones have not made their handshake within 10 s."""
    start_with_descriptors(system, 600)
    with open_channel(system.address) as channel, ExitStack() as open_connections:
        assert write_blob(channel, b"x" * (1 << 20))
        for _ in range(3000):
            flood(open_connections.enter_context(connect(system)), PREFACE)
        assert system.command("list").code == 7, "there is no room"
        assert write_blob(channel, b"y" * (1 << 20)), "blobs are stored as before"
        eventually("there is room again", lambda: system.command("list").code == 0, limit=30)
    assert len(system.run(light_builtins(10)).outputs["value"]) == 10
    assert "connections.refused" in system.controller.errors()


def flood(connection: socket.socket, first_bytes: bytes) -> None:
    try:
        connection.sendall(first_bytes)
    except OSError:
        pass  # Refused already.


def test_connection_that_does_not_speak_http2_is_closed(system: System) -> None:
    """Anything but the preface of HTTP/2 ends the connection at once."""
    system.start()
    with connect(system) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        eventually("the connection is closed", lambda: is_closed(connection))


# --- gRPC's own weaknesses ---

def test_compressed_message_is_refused_unread(system: System) -> None:
    """64 MB of zeros in 64 KB. The call fails, and the memory of the controller stays."""
    controller = system.start()
    channel = grpc.insecure_channel(system.address, compression=grpc.Compression.Gzip)
    before = resident_bytes(controller.pid)
    with channel:
        stub = workflow_grpc.WorkflowServiceStub(channel)
        for _ in range(4):
            with pytest.raises(grpc.RpcError) as refused:
                stub.SubmitWorkflow(workflow.SubmitWorkflowRequest(name="x" * (60 << 20)))
            assert refused.value.code() in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.INTERNAL)
    assert resident_bytes(controller.pid) - before < 30 << 20


@pytest.mark.nightly
def test_half_sent_messages_are_bounded(system: System) -> None:
    """1.8 GB of messages that lack their last byte. The limit transport_bytes holds them, and others are
    served."""
    controller = system.start()
    before = resident_bytes(controller.pid)
    with ExitStack() as attacks:
        for _ in range(20):
            HalfSender(attacks.enter_context(connect(system))).send(calls=90, size=1 << 20)
        with open_channel(system.address) as channel:
            check_health(channel)
            assert write_blob(channel, b"x" * (5 << 20))
        assert len(system.run(light_builtins(10)).outputs["value"]) == 10
        assert resident_bytes(controller.pid) - before < 700 << 20


def http2_frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def header_block(path: bytes) -> bytes:
    fields = {b":method": b"POST", b":scheme": b"http", b":path": path, b":authority": b"x",
              b"te": b"trailers", b"content-type": b"application/grpc"}
    return b"".join(b"\x00" + bytes([len(name)]) + name + bytes([len(text)]) + text
                    for name, text in fields.items())


def endless_headers() -> bytes:
    """10 MB of headers of one call, as two million fields of a byte each."""
    fields = b"\x00\x01k\x01v" * 2_000_000
    parts = [fields[at:at + 16_000] for at in range(0, len(fields), 16_000)]
    return http2_frame(_HEADERS, 0, 1, header_block(_LIST)) + b"".join(
        http2_frame(_CONTINUATION, 0, 1, part) for part in parts)


def rapid_resets() -> bytes:
    """50,000 calls that are reset at once."""
    block, cancel = header_block(_LIST), (8).to_bytes(4, "big")
    return b"".join(http2_frame(_HEADERS, 4, 2 * call + 1, block) + http2_frame(_RESET, 0, 2 * call + 1, cancel)
                    for call in range(50_000))


@pytest.mark.parametrize("make_bytes", [endless_headers, rapid_resets])
def test_frames_that_cost_grpc_much_delay_others_little(system: System, make_bytes: Callable[[], bytes]) -> None:
    """GRPC reads them on the loop's thread. Others wait for less than 3 s, and the memory is bounded."""
    controller = system.start()
    before = resident_bytes(controller.pid)
    attack = PREFACE + http2_frame(_SETTINGS, 0, 0, b"") + make_bytes()
    with connect(system) as connection, open_channel(system.address) as channel:
        sender = threading.Thread(target=flood, args=(connection, attack))
        sender.start()
        stub = workflow_grpc.WorkflowServiceStub(channel)
        while sender.is_alive():
            stub.ListWorkflows(workflow.ListWorkflowsRequest(), timeout=3 * SLOWDOWN)
        stub.ListWorkflows(workflow.ListWorkflowsRequest(), timeout=3 * SLOWDOWN)
    assert resident_bytes(controller.pid) - before < 300 << 20


class HalfSender:
    """Sends calls of SubmitWorkflow whose messages end a byte too early, as fast as the server takes them."""

    _PATH = b"/orrery.workflow.v1.WorkflowService/SubmitWorkflow"

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._window = {0: 65535}
        self._stream_window = 65535
        self._received = b""

    def send(self, *, calls: int, size: int) -> None:
        self._connection.settimeout(2)
        try:
            self._connection.sendall(PREFACE + http2_frame(_SETTINGS, 0, 0, b""))
            for call in range(calls):
                self._send_call(2 * call + 1, b"\x00" + size.to_bytes(4, "big") + b"x" * (size - 1))
        except OSError:
            pass  # The server reads no further, or has closed the connection.

    def _send_call(self, stream: int, message: bytes) -> None:
        block = header_block(self._PATH)
        self._connection.sendall(http2_frame(_HEADERS, 4, stream, block))
        self._window[stream] = self._stream_window
        while message:
            room = min(self._window[0], self._window[stream], 16384)
            if room <= 0:
                self._read_frame()
                continue
            self._connection.sendall(http2_frame(_DATA, 0, stream, message[:room]))
            self._window[0] -= len(message[:room])
            self._window[stream] -= len(message[:room])
            message = message[room:]

    def _read_frame(self) -> None:
        head = self._read(9)
        payload = self._read(int.from_bytes(head[:3], "big"))
        stream = int.from_bytes(head[5:], "big")
        if head[3] == _WINDOW_UPDATE and stream in self._window:
            self._window[stream] += int.from_bytes(payload, "big")
        if head[3] == _SETTINGS and not head[4]:
            for at in range(0, len(payload), 6):
                if payload[at:at + 2] == b"\x00\x04":  # The initial window of streams.
                    window = int.from_bytes(payload[at + 2:at + 6], "big")
                    for each in self._window.keys() - {0}:
                        self._window[each] += window - self._stream_window
                    self._stream_window = window
            self._connection.sendall(http2_frame(_SETTINGS, 1, 0, b""))

    def _read(self, size: int) -> bytes:
        while len(self._received) < size:
            more = self._connection.recv(1 << 16)
            if not more:
                raise ConnectionError("closed")
            self._received += more
        taken, self._received = self._received[:size], self._received[size:]
        return taken


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


# --- Slow and vital ---

def write_blob(channel: grpc.Channel, content: bytes) -> bytes:
    digest = hashlib.sha256(content).digest()

    def chunks() -> Iterator[object]:
        announced = blob.BlobInfo(digest=digest, size_bytes=len(content))
        for offset in range(0, len(content), 1 << 18):
            yield blob.WriteBlobRequest(announced=announced if offset == 0 else None,
                                        data=content[offset:offset + (1 << 18)])

    return blob_grpc.BlobServiceStub(channel).WriteBlob(chunks()).stored.digest


def check_health(channel: grpc.Channel) -> bytes:
    call = channel.unary_unary(_HEALTH, request_serializer=bytes, response_deserializer=bytes)
    return call(b"", timeout=2 * SLOWDOWN)


class SlowUpload:
    """An upload that sends one byte of ten million and no more."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._may_end = threading.Event()
        self.call = blob_grpc.BlobServiceStub(channel).WriteBlob.future(self._messages())

    def _messages(self) -> Iterator[object]:
        announced = blob.BlobInfo(digest=bytes(32), size_bytes=10_000_000)
        yield blob.WriteBlobRequest(announced=announced, data=b"x")
        self._may_end.wait(60)

    def end(self) -> None:
        self._may_end.set()
        self.call.cancel()


def test_slow_uploads_leave_the_vital_calls_alone(system: System) -> None:
    """Twenty uploads that send one byte. Those beyond the limit blob_streams are refused at once (there
    are as many service_threads), health answers, and the others end by slow_stream_time."""
    system.start()
    with open_channel(system.address) as channel, open_channel(system.address) as other:
        uploads = [SlowUpload(channel) for _ in range(20)]
        try:
            eventually("eight are refused", lambda: sum(one.call.done() for one in uploads) == 8)
            assert {one.call.code() for one in uploads if one.call.done()} == {grpc.StatusCode.UNAVAILABLE}
            assert check_health(other) == b"\x08\x01"
            system.orrery("backup", str(system.folder / "backup"))
            eventually("the slow ones are ended", lambda: all(one.call.done() for one in uploads), limit=30)
            assert write_blob(other, b"y" * (1 << 20))
        finally:
            for one in uploads:
                one.end()


def test_honest_readers_of_blobs_all_succeed(system: System) -> None:
    """40 `orrery output` of a 6 MB value at a time. Each gets it, after retries if need be."""
    system.start()
    graph = Graph()
    graph.output(value=graph.const("x" * 6_000_000))
    workflow_id = system.submit(graph)
    system.await_status(workflow_id, "succeeded")

    def read(_: int) -> tuple[int, int]:
        result = system.command("output", workflow_id, "value", limit=120)
        return result.code, len(result.out_bytes)

    with ThreadPoolExecutor(40) as pool:
        results = set(pool.map(read, range(40)))
    assert len(results) == 1 and next(iter(results))[0] == 0, results


def test_worker_that_streams_many_inputs_gets_them_all(system: System) -> None:
    """48 slots that read and write 6 MB each, at workers that do not see the storage."""
    system.start()
    for number in range(2):
        system.add_worker("test_worker", arguments=["--slots", "24"],
                          ORRERY_HOME=str(system.folder / f"elsewhere-{number}"))
    file = system.write_file("input.bin", os.urandom(6_000_000))
    graph = Graph()
    data = graph.input("data")
    graph.output(**{f"o{number}": graph.call("test_worker.share_bytes", value=data) for number in range(48)})
    result = system.run(graph, "-i", f"data:{file}", "--policy", "*:attempts=1")
    assert {value["size"] for value in result.outputs.values()} == {6_000_000}
