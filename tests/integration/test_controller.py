"""orreryd by itself: where it listens, what its configuration says, how it refuses."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

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


def test_listens_only_at_the_socket_of_its_root(system: System) -> None:
    ready = launch(system).await_line("ready")

    assert system.controller is not None
    assert f"listen=unix:{system.root}/orreryd.sock" in ready and "," not in ready
    mode = (system.root / "orreryd.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    assert not (system.root / "orreryd.port").exists()
    system.orrery("list", "--server", system.address)
    found = system.command("list", ORRERY_SERVER="")
    assert found.code == 0, "found by its root alone"
    fds = (Path(f"/proc/{system.controller.pid}/fd") / name for name in
           os.listdir(f"/proc/{system.controller.pid}/fd"))
    sockets = {os.readlink(fd)[len("socket:["):-1] for fd in fds
               if fd.is_symlink() and os.readlink(fd).startswith("socket:")}
    tcp = {line.split()[9] for name in ("tcp", "tcp6")
           for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]}
    assert not sockets & tcp, "there is no port"


def test_root_and_what_it_holds_is_for_its_user(system: System) -> None:
    system.root.rmdir()
    launch(system).await_line("ready")
    system.run(constant())
    system.stop_controller()

    assert system.controller is not None
    assert "root.open_to_others" not in system.controller.errors()
    for path in [system.root, *system.root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_root_that_others_may_enter_is_warned_of(system: System) -> None:
    system.root.chmod(0o755)
    launch(system).await_line("ready")

    assert system.controller is not None
    assert "root.open_to_others" in system.controller.errors()


def test_root_too_long_for_a_socket_needs_another_address(system: System) -> None:
    system.root = system.root / ("r" * 100)
    refused = launch(system)
    assert refused.wait() == 2, refused.transcript()
    assert "--listen unix:PATH" in refused.errors()

    system.address = f"unix:{system.folder}/s"
    launch(system, "--listen", system.address).await_line("ready")
    system.orrery("list")


def test_client_and_worker_may_use_the_network_port(system: System) -> None:
    launch(system, "--listen", "127.0.0.1:0").await_line("ready")
    port = (system.root / "orreryd.port").read_text().strip()
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", int(port)), 1):
        pass
    system.address = f"localhost:{port}"
    system.add_worker("test_worker")
    graph = Graph()
    graph.output(sum=graph.call("test_worker.add", a=40, b=2))

    assert system.run(graph).outputs == {"sum": 42}


def test_socket_and_port_files_go_away_with_it(system: System) -> None:
    launch(system, "--listen", "127.0.0.1:0").await_line("ready")
    assert (system.root / "orreryd.port").exists()
    system.stop_controller()

    assert not (system.root / "orreryd.port").exists()
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
    ("#" * (1 << 20) + "\n", ("orrery.yaml", "1048576")),  # The limit configuration_bytes.
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
