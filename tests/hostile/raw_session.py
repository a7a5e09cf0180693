"""A worker's session message by message, so that a test can send what the SDK never would."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import grpc
from harness.process import SLOWDOWN
from stubs import catalog, types, value, worker, worker_grpc

LIMIT_SECONDS = 10.0
_END = object()
INT = types.Type(simple=types.SIMPLE_TYPE_INT)


def open_channel(address: str, **options: int) -> grpc.Channel:
    """A connection of its own; an option is one of gRPC's: max_receive_message_length=..."""
    chosen = [(f"grpc.{name}", number) for name, number in options.items()]
    return grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1), *chosen])


def port(name: str, type_: Any = INT) -> Any:
    return catalog.Port(name=name, type=type_, formats=["application/json"])


def task(name: str = "noop", inputs: tuple[str, ...] = ("x",), outputs: tuple[str, ...] = ("value",),
         **fields: Any) -> Any:
    """A task whose ports are integers in JSON."""
    return catalog.Task(name=name, inputs=[port(one) for one in inputs],
                        outputs=[port(one) for one in outputs], **fields)


def make_hello(name: str, tasks: list[Any], **fields: Any) -> Any:
    """A Hello with a random instance; `fields` replace or add others."""
    chosen = {"protocol_versions": [1], "instance_id": os.urandom(16), "host": "elsewhere",
              "process_id": 4711, "slots": 1, "catalog": catalog.Catalog(worker=name, tasks=tasks)}
    return worker.Hello(**(chosen | fields))


def json_value(text: str) -> Any:
    return value.Value(inline=text.encode(), media_type="application/json")


class RawSession:
    """One session. Messages of the controller arrive in a queue; nothing answers by itself."""

    def __init__(self, channel: grpc.Channel, hello: Any | None = None) -> None:
        self.status: grpc.StatusCode | None = None  # Of the ended call.
        self.details = ""
        self._sent: queue.Queue[Any] = queue.Queue()
        self._received: queue.Queue[Any] = queue.Queue()
        self._sequence = 0
        self._call = worker_grpc.WorkerServiceStub(channel).Session(self._messages())
        self._reader = threading.Thread(target=self._read, name="raw session")
        self._reader.start()
        if hello is not None:
            self.send(hello=hello)

    def __enter__(self) -> RawSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.cut()

    def send(self, **message: Any) -> None:
        """One message: `hello=...`, `outcomes=...`."""
        self._sent.put(worker.SessionRequest(**message))

    def receive(self, *kinds: str, limit: float = LIMIT_SECONDS) -> Any:
        """The next message of one of these kinds: the content of its field. Others are left out."""
        while True:
            try:
                message = self._received.get(timeout=limit * SLOWDOWN)
            except queue.Empty:
                raise AssertionError(f"no {' or '.join(kinds)} within {limit} s") from None
            assert message is not _END, f"the session ended: {self.status} {self.details}"
            kind = message.WhichOneof("message")
            if kind in kinds:
                return getattr(message, kind)

    def await_end(self, limit: float = LIMIT_SECONDS) -> grpc.StatusCode:
        """Waits until the controller has ended the session; its status."""
        self._reader.join(limit * SLOWDOWN)
        assert not self._reader.is_alive(), f"the session goes on after {limit} s"
        assert self.status is not None
        return self.status

    def finish(self, attempt: Any, **outputs: Any) -> None:
        """Sends the outcome of an attempt: each output is a value, or the text of one in JSON."""
        self._sequence += 1
        outcome = worker.Outcome(attempt=attempt, sequence=self._sequence)
        outcome.started_at.GetCurrentTime()
        outcome.finished_at.GetCurrentTime()
        outcome.outputs.SetInParent()
        for name, text in outputs.items():
            output = json_value(text) if isinstance(text, str) else text
            outcome.outputs.values.add(name=name).value.CopyFrom(output)
        self.send(outcomes=worker.Outcomes(outcomes=[outcome]))

    def cut(self) -> None:
        """Ends the call without a farewell."""
        self._call.cancel()
        self._sent.put(_END)
        self._reader.join()

    def _messages(self) -> Iterator[Any]:
        while (message := self._sent.get()) is not _END:
            yield message

    def _read(self) -> None:
        try:
            for message in self._call:
                self._received.put(message)
            self.status = grpc.StatusCode.OK
        except grpc.RpcError as error:
            self.status, self.details = error.code(), error.details()
        self._sent.put(_END)
        self._received.put(_END)
