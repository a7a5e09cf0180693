"""A task that runs until the test lets it, and says by which process."""

from __future__ import annotations

from harness import Graph, Process, System, eventually
from mixed_job import Execution, read_executions


class HeldTask:
    """A workflow of this one task, submitted at once."""

    def __init__(self, system: System, name: str = "held") -> None:
        self.system = system
        self.gate = system.folder / f"{name}-gate"
        self._begun = system.folder / f"{name}-begun"
        self._ended = system.folder / f"{name}-ended"
        graph = Graph()
        graph.output(pid=graph.call("test_worker.hold", gate=str(self.gate),
                                    begun=str(self._begun), ended=str(self._ended)))
        self.workflow = system.submit(graph)

    def begun(self) -> list[Execution]:
        return read_executions(self._begun)

    def ended(self) -> list[Execution]:
        return read_executions(self._ended)

    def await_begun(self, worker: Process, limit: float = 60) -> None:
        eventually(f"{worker.describe()} runs the task",
                   lambda: worker.pid in [run.pid for run in self.begun()], limit)

    def let_end(self, worker: Process | None = None) -> None:
        """Opens the gate, for one worker or for all."""
        self.gate.with_name(self.gate.name + (f"-{worker.pid}" if worker else "")).touch()

    def await_ended(self, worker: Process) -> None:
        eventually(f"{worker.describe()} has ended the task",
                   lambda: worker.pid in [run.pid for run in self.ended()])

    def outcome(self) -> int:
        """The process whose outcome was accepted, once one is."""
        outputs = self.system.orrery("wait", self.workflow, "--timeout", "25").outputs
        assert self.system.show(self.workflow)["nodes"]["finished"] == 1
        return outputs["pid"]


def await_absence(system: System, worker: Process) -> None:
    """Waits until the controller has given the worker up."""
    eventually(f"{worker.describe()} is given up",
               lambda: worker.pid not in [each["process_id"] for each in system.list_workers()],
               limit=60)


def let_pass(system: System, seconds: float) -> None:
    """Waits by the controller's own clock."""
    graph = Graph()
    graph.output(v=graph.call("builtins.tkr_sleep", delay_seconds=seconds))
    assert system.run(graph).outputs == {"v": True}
