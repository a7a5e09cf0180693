"""orreryd by itself: where it listens, what its configuration says, how it refuses."""

from __future__ import annotations

import socket
import stat

import pytest
from harness import BIN, Graph, Process, System, eventually, program


def launch(system: System, *flags: str) -> Process:
    """orreryd with these flags and no address of the harness's."""
    arguments = [program("orreryd"), "--root", str(system.root), *flags]
    system.controller = Process(arguments, environment=system.environment(),
                                log=system.folder / "orreryd.log")
    return system.controller


def constant() -> Graph:
    graph = Graph()
    return graph.output(n=graph.const(1))


def test_listens_at_its_socket_and_a_port_of_the_loopback(system: System) -> None:
    ready = launch(system).await_line("ready")

    port = (system.root / "orreryd.port").read_text().strip()
    assert port in ready and str(system.root) in ready
    assert stat.S_ISSOCK((system.root / "orreryd.sock").stat().st_mode)
    for address in (system.address, f"127.0.0.1:{port}", f"localhost:{port}"):
        system.orrery("list", "--server", address)
    found = system.command("list", ORRERY_SERVER="")
    assert found.code == 0, "found by its root alone"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", int(port)), 1):
        pass


def test_second_controller_takes_another_port(system: System) -> None:
    launch(system).await_line("ready")
    folder = system.folder / "second"
    folder.mkdir()
    with System(folder) as second:
        launch(second).await_line("ready")

        ports = {(each.root / "orreryd.port").read_text() for each in (system, second)}
        assert len(ports) == 2
        system.submit(constant())
        assert len(system.workflows()) == 1 and second.workflows() == []


def test_client_and_worker_may_use_the_network_port(system: System) -> None:
    launch(system, "--listen", "127.0.0.1:0").await_line("ready")
    port = (system.root / "orreryd.port").read_text().strip()
    system.address = f"127.0.0.1:{port}"
    system.add_worker("test_worker")
    graph = Graph()
    graph.output(sum=graph.call("test_worker.add", a=40, b=2))

    assert system.run(graph).outputs == {"sum": 42}


def test_socket_and_port_files_go_away_with_it(system: System) -> None:
    launch(system).await_line("ready")
    system.stop_controller()

    assert not (system.root / "orreryd.sock").exists()
    assert system.orrery("list", code=7)


def test_socket_left_by_a_killed_controller_is_taken_over(system: System) -> None:
    launch(system).await_line("ready")
    system.kill_controller()
    assert (system.root / "orreryd.sock").exists()

    launch(system).await_line("ready")
    system.orrery("list")


def test_address_of_other_machines_needs_to_be_allowed(system: System) -> None:
    refused = launch(system, "--listen", "0.0.0.0:0")
    assert refused.wait() == 2, refused.transcript()
    assert "0.0.0.0:0" in refused.errors() and "--insecure-allow-remote" in refused.errors()

    launch(system, "--listen", "0.0.0.0:0", "--insecure-allow-remote").await_line("ready")
    system.orrery("list")


@pytest.mark.parametrize(("flags", "part"), [
    (["--listen", "nonsense"], "nonsense"),
    (["--durability", "paper"], "paper"),
    (["--slots", "0"], '--slots: invalid number "0": expected a whole number, 1 to 4096'),
    (["--slots", "many"], '--slots: invalid number "many"'),
    (["--reconnect-grace", "-1"], "-1"),
    (["--checkpoint-tree", "maybe"], "maybe"),
    (["--registry", "/nowhere/workers"], "/nowhere/workers"),
    (["--config", "/nowhere/orrery.yaml"], "/nowhere/orrery.yaml"),
    (["surplus"], "surplus"),
])
def test_wrong_setting_is_a_usage_error(system: System, flags: list[str], part: str) -> None:
    process = launch(system, *flags)

    assert process.wait() == 2, process.transcript()
    assert part in process.errors()


@pytest.mark.parametrize(("text", "parts"), [
    ("nonsense: 1\n", ("orrery.yaml:1", '"nonsense"', "durability")),
    ("root: /a\nslots: many\n", ('orrery.yaml:2: slots: invalid number "many"',)),
    ("\ndurability: paper\n", ('orrery.yaml:2: durability: invalid level "paper"',)),
    ("slots: 1\nslots: 2\n", ("orrery.yaml:2", "duplicate")),
    ("pools:\n- {name: x}\n", ('"x"', "command")),
    ("root: [", ("orrery.yaml",)),
])
def test_wrong_configuration_names_its_line(system: System, text: str,
                                            parts: tuple[str, ...]) -> None:
    path = system.write_file("orrery.yaml", text.encode())
    process = launch(system, "--config", str(path))

    assert process.wait() == 2, process.transcript()
    for part in parts:
        assert part in process.errors()


def test_configuration_starts_pools_with_their_settings(system: System) -> None:
    path = system.write_file("orrery.yaml", f"""
root: /nowhere
durability: process
pools:
- name: tests
  command: [{BIN}/test_worker]
  size: 2
  slots: 3
- name: arrays
  command: {BIN}/scipy_worker
  env: {{SER_METHOD: tolist}}
""".encode())
    launch(system, "--config", str(path)).await_line("ready")  # With --root, which overrides.

    def listed() -> list[tuple[str, int]]:
        workers = [(worker["name"], worker["slots"]) for worker in system.list_workers()]
        return sorted(workers) if len(workers) == 3 else []

    workers = eventually("all pools are connected", listed)
    assert [name for name, _ in workers] == ["scipy_worker", "test_worker", "test_worker"]
    assert [slots for name, slots in workers if name == "test_worker"] == [3, 3]
    graph = Graph()
    graph.output(a=graph.call("scipy_worker.linspace", start=0.0, stop=1.0, num=2))
    assert system.run(graph).outputs == {"a": [0.0, 1.0]}


def test_checkpoint_tree_can_be_left_out(system: System) -> None:
    launch(system, "--checkpoint-tree", "off").await_line("ready")
    workflow = system.run(constant()).json["workflow"]
    system.stop_controller()

    assert not system.checkpoint(workflow).exists()


@pytest.mark.parametrize("level", ["memory", "process", "disk"])
def test_every_durability_runs_workflows(system: System, level: str) -> None:
    launch(system, "--durability", level).await_line("ready")
    workflow = system.run(constant()).json["workflow"]
    system.stop_controller()
    launch(system, "--durability", level).await_line("ready")

    kept = [shown["workflow"] for shown in system.workflows()]
    assert kept == ([] if level == "memory" else [workflow])


def test_help_and_version_start_nothing(system: System) -> None:
    for flag in ("--help", "--version"):
        process = launch(system, flag)
        assert process.wait() == 0, process.transcript()
        assert "orreryd" in "\n".join(process.lines())
    assert list(system.root.iterdir()) == []
