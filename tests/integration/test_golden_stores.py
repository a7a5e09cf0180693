"""Stores as each version of the formats wrote them: restored, checked, and shown as they were.

The stores are made by tests/golden/make_store.py. What a newer program adds to what is shown is not
compared.
"""

from __future__ import annotations

import json
import struct
import tarfile
from pathlib import Path
from typing import Any

import pytest
from harness import REPOSITORY, Graph, Process, System, program, run_program
from harness.command import Result

STORES = REPOSITORY / "tests/golden/stores"
VERSIONS = sorted(path.name.removesuffix(".tar.gz") for path in STORES.glob("*.tar.gz"))


def orreryd(system: System, *arguments: str) -> Result:
    return run_program([program("orreryd"), *arguments], environment=system.environment())


def unpack(version: str, folder: Path) -> Path:
    with tarfile.open(STORES / f"{version}.tar.gz") as tar:
        tar.extractall(folder)
    return folder


def common(golden: Any, now: Any) -> Any:
    """The part of `now` that is named in `golden`."""
    if isinstance(golden, dict) and isinstance(now, dict):
        return {key: common(value, now.get(key)) for key, value in golden.items()}
    if isinstance(golden, list) and isinstance(now, list) and len(golden) == len(now):
        return [common(*pair) for pair in zip(golden, now)]
    return now


def crc32c(content: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in content:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def test_every_version_has_a_store() -> None:
    assert VERSIONS == ["v1", "v2"]


@pytest.mark.parametrize("version", VERSIONS)
def test_store_of_the_version_is_read(system: System, version: str) -> None:
    golden = json.loads((STORES / f"{version}.json").read_text())
    backup = unpack(version, system.folder / "backup")

    checked = orreryd(system, "fsck", "--root", str(backup), "--verify", "-o", "json")
    assert checked.code == 0, checked
    restored = orreryd(system, "restore", str(backup), "--root", str(system.root), "-o", "json")
    assert restored.code == 0 and restored.json["running"] == 1, restored
    system.start("--reconnect-grace", "0.1")

    now = [system.show(listed["workflow"]) for listed in system.workflows()]
    assert common(golden["workflows"], now) == golden["workflows"]
    big = golden["workflows"][-1]["outputs"]["big"]
    assert len(system.command("output", "1", "big").out_bytes) == big["size"]


@pytest.mark.parametrize("version", VERSIONS)
def test_store_of_the_version_is_worked_on(system: System, version: str) -> None:
    backup = unpack(version, system.folder / "backup")
    orreryd(system, "restore", str(backup), "--root", str(system.root))
    system.start("--reconnect-grace", "0.1")

    graph = Graph()
    assert system.run(graph.output(n=graph.const(1))).outputs == {"n": 1}
    rerun = system.orrery("rerun", "1", "--set", "n=5")
    assert rerun.outputs["sum"] == 8, "what was taken over needs no worker"
    system.orrery("cancel", "4")
    system.stop_controller()
    checked = orreryd(system, "fsck", "--root", str(system.root), "--verify", "-o", "json")
    assert checked.code == 0 and checked.json["epoch"] == 1002, checked


# --- Newer versions ---


def assert_versions_are_said(message: str, newer: int, known: str) -> None:
    assert f"has format version {newer}, this program reads {known}" in message
    assert "orreryd that" in message, "what to do"


def test_newer_end_of_the_journal_is_refused(system: System) -> None:
    system.start()
    system.stop_controller()
    body = struct.pack("<IQ", 2, 1)
    (system.root / "journal_end").write_bytes(body + struct.pack("<I", crc32c(body)))

    controller = system.launch()
    assert controller.wait() == 6, controller.transcript()
    assert_versions_are_said(controller.errors(), 2, "1")
    checked = orreryd(system, "fsck", "--root", str(system.root))
    assert checked.code == 6
    assert_versions_are_said(checked.err, 2, "1")


def test_newer_backup_is_refused(system: System) -> None:
    backup = unpack("v1", system.folder / "backup")
    manifest = backup / "backup"
    body = manifest.read_bytes().replace(b"orrery backup 1", b"orrery backup 2")
    body = body[:body.rindex(b"crc32c ")]
    manifest.write_bytes(body + f"crc32c {crc32c(body):08x}\n".encode())

    refused = orreryd(system, "restore", str(backup), "--root", str(system.root))
    assert refused.code == 6, refused
    assert_versions_are_said(refused.err, 2, "1")


def test_newer_journal_is_refused(system: System) -> None:
    """The header stands in the log as it was written, under RocksDB's own checksum."""
    backup = unpack("v1", system.folder / "backup")
    [log] = (backup / "journal").glob("*.log")
    log.write_bytes(with_header_of_version_3(log.read_bytes()))
    (backup / "backup").unlink()

    second = Process([program("orreryd"), "--root", str(backup), "--listen", system.address],
                     environment=system.environment(), log=system.folder / "second.log")
    try:
        assert second.wait() == 6, second.transcript()
        assert_versions_are_said(second.errors(), 3, "1 and 2")
    finally:
        second.destroy()
    checked = orreryd(system, "fsck", "--root", str(backup))
    assert checked.code == 6, checked
    assert_versions_are_said(checked.err, 3, "1 and 2")


def with_header_of_version_3(log: bytes) -> bytes:
    """A log whose first entry is the header: checksum, length, type, then the write."""
    _, length, kind = struct.unpack_from("<IHB", log)
    entry = log[7:7 + length]
    at = entry.index(b"orrery journal") - 4
    assert entry[at:at + 4] == struct.pack("<I", 1)
    body = struct.pack("<I", 3) + b"orrery journal"
    value = body + struct.pack("<I", crc32c(bytes(8) + body))
    entry = entry[:at] + value + entry[at + len(value):]
    checksum = crc32c(bytes([kind]) + entry)
    masked = ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return struct.pack("<IHB", masked, length, kind) + entry + log[7 + length:]
