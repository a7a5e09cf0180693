#!/usr/bin/env python3
"""Writes a golden store: a backup of a small controller, and what the controller shows of it.

    tests/golden/make_store.py v1

makes tests/golden/stores/v1.tar.gz and v1.json with the programs of $ORRERY_BIN (default
build/dev/bin). To be run once for each version of the stored formats; what a released version wrote
is never written again.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "stores"
sys.path.insert(0, str(FOLDER.parents[1] / "integration"))

from harness import Graph, System, make_folder  # noqa: E402

BLOB_BYTES = 70_000  # More than a value may have inline.


def run_workflows(system: System) -> None:
    """Runs one workflow of each status, with a blob, a loop of builtins, one that still runs, and one
    run that was replaced by another and removed from the journal."""
    graph = Graph()
    total = graph.call("builtins.iadd", a=graph.input("n"), b=3)
    graph.output(sum=total, big=graph.call("test_worker.big", size=BLOB_BYTES))
    system.run(graph, "--id", "1", "--name", "succeeds", "-i", "n=4")
    graph = Graph()
    system.run(graph.output(v=graph.call("test_worker.fail", message="no luck")), "--id", "2",
               code=1)
    graph = Graph()
    graph.output(v=graph.call("test_worker.wait_cancelled"))
    system.submit(graph, "--id", "3")
    system.orrery("cancel", "3", "--reason", "enough")
    graph = Graph()
    graph.output(v=graph.call("nowhere_worker.task", a=graph.const(1)))
    system.submit(graph, "--id", "4", "--wait-for-workers")
    system.orrery("resume", "2", "--detach")
    system.orrery("wait", "2", code=1)
    collected = system.orrery("gc")
    assert collected.json["records"] > 0, collected


def shown(system: System) -> dict[str, Any]:
    """What people see of the workflows, without why they wait, which depends on who is connected."""
    workflows = system.workflows()
    for workflow in workflows:
        del workflow["waiting_for"]
    return {"workflows": workflows}


def pack(folder: Path) -> bytes:
    """Packs the files; the same files give the same bytes for every user."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            entry = tar.gettarinfo(str(path), str(path.relative_to(folder)))
            entry.mtime = entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            with path.open("rb") if path.is_file() else io.BytesIO() as content:
                tar.addfile(entry, content)
    return gzip.compress(packed.getvalue(), mtime=0)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    version = sys.argv[1]
    FOLDER.mkdir(exist_ok=True)
    folder = make_folder()
    with System(folder) as system:
        system.start()
        system.add_worker("test_worker")
        run_workflows(system)
        backup = folder / "backup"
        made = system.command("backup", str(backup))
        assert made.code == 0, made
        (FOLDER / f"{version}.json").write_text(json.dumps(shown(system), indent=2) + "\n")
        (FOLDER / f"{version}.tar.gz").write_bytes(pack(backup))
    system.remove()


if __name__ == "__main__":
    main()
