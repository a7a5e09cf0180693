"""What Tierkreis 2.0.9 gives, this gives: its graphs, its builtins, its checkpoint trees.

The cases are in tests/conformance/tierkreis; docs/compatibility.md lists them and every deliberate
difference.
"""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from harness import Graph, System

TESTS = Path(__file__).resolve().parent.parent
CASES = TESTS / "conformance" / "tierkreis"
MANIFEST: list[dict[str, Any]] = json.loads((CASES / "manifest.json").read_text())
BUILTINS: list[dict[str, Any]] = json.loads(
    (TESTS / "golden" / "builtins" / "builtin_golden.json").read_text())
CASE_OF = {case["id"]: case for case in MANIFEST}

with tarfile.open(CASES / "checkpoint_trees.tar.gz") as archive:
    TREES = sorted({Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1})


# Files that docs/compatibility.md says are not alike: the log's words are ours, and the folder of a
# map without elements shows that it is a graph instance, as every other map's does.
NOT_ALIKE = ("logs", "-.N4/_metadata")


def input_flag(system: System, port: str, text: str) -> list[str]:
    """The input as a file of exactly these bytes: JSON if it is JSON, else plain bytes."""
    try:
        json.loads(text)
        name = f"{port}.json"
    except ValueError:
        name = port
    return ["-i", f"{port}:{system.write_file(name, text.encode())}"]


def run_case(system: System, case: dict[str, Any]) -> str:
    """Runs the case's graph and compares its outputs; the workflow's id."""
    flags = []
    for port, text in case["inputs_bytes_utf8"].items():
        flags += input_flag(system, port, text)
    ran = system.run(CASES / case["graph"], *flags)
    workflow = ran.json["workflow"]
    for port, text in case["expected_outputs_json"].items():
        content = system.command("output", workflow, port).out_bytes
        # The conjugate of 1+0j is 1-0j, which the manifest writes as 1+0j.
        assert content.replace(b"-0.0", b"0.0") == text.encode(), port
    assert sorted(ran.outputs) == sorted(case["expected_outputs_json"])
    return workflow


@pytest.mark.parametrize("case", MANIFEST, ids=[case["id"] for case in MANIFEST])
def test_graph_gives_what_tierkreis_gives(shared_system: System, case: dict[str, Any]) -> None:
    run_case(shared_system, case)


def test_every_builtin_call_gives_the_same_bytes(shared_system: System) -> None:
    graph = Graph()
    flags: list[str] = []
    outputs: dict[str, Any] = {}
    expected: dict[str, bytes] = {}
    for index, call in enumerate(BUILTINS):
        if "error" in call:
            continue
        wires = {}
        for port, text in call["inputs"].items():
            name = f"in{index}_{port}"
            wires[port] = graph.input(name)
            flags += input_flag(shared_system, name, text)
        node, _ = graph.add("function", function_name=call["function"], inputs=wires)
        for port, text in call["outputs"].items():
            outputs[f"out{index}_{port}"] = [node, port]
            expected[f"out{index}_{port}"] = text.encode()
    ran = shared_system.run(graph.output(**outputs), *flags)

    folder = shared_system.checkpoint(ran.json["workflow"], "-", "outputs")
    shared_system.await_file(folder.parent / "_done")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == expected


@pytest.mark.parametrize("call", [call for call in BUILTINS if "error" in call],
                         ids=lambda call: f"{call['function']}{list(call['inputs'].values())}")
def test_every_builtin_error_is_an_error(shared_system: System, call: dict[str, Any]) -> None:
    graph = Graph()
    flags = []
    wires = {}
    for port, text in call["inputs"].items():
        wires[port] = graph.input(port)
        flags += input_flag(shared_system, port, text)
    node, _ = graph.add("function", function_name=call["function"], inputs=wires)
    port = next(port for other in BUILTINS if other["function"] == call["function"]
                for port in other.get("outputs", {}))
    result = shared_system.run(graph.output(value=[node, port]), *flags, code=1)

    assert call["error"].split(":")[0] in result.message


def relative_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def meaning(path: str, content: bytes) -> Any:
    """A graph lists its inputs in no fixed order; everything else means its bytes."""
    is_graph = content.startswith(b'{"nodes"')
    is_node = path.endswith(("/nodedef", "/definition"))
    if not is_graph and not is_node:
        return content
    content = re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"WORKFLOW", content)

    def sort_inputs(value: Any) -> Any:
        if isinstance(value, dict):
            fields = {key: sort_inputs(field) for key, field in value.items()}
            return {**fields, **({"graph_inputs": sorted(fields["graph_inputs"])}
                                 if "graph_inputs" in fields else {})}
        return [sort_inputs(item) for item in value] if isinstance(value, list) else value

    return sort_inputs(json.loads(content))


@pytest.mark.parametrize("name", TREES)
def test_checkpoint_tree_is_that_of_tierkreis(shared_system: System, name: str) -> None:
    theirs = shared_system.folder / "theirs" / name
    with tarfile.open(CASES / "checkpoint_trees.tar.gz") as trees:
        trees.extractall(theirs)
    expected = relative_files(theirs / "trees" / name)
    workflow = run_case(shared_system, CASE_OF[name])
    shared_system.await_file(shared_system.checkpoint(workflow, "-", "_done"))
    ours = relative_files(shared_system.checkpoint(workflow))

    def compared(files: dict[str, bytes]) -> list[str]:
        return sorted(path for path in files if path not in NOT_ALIKE and ".N-1/" != path[:5])

    assert compared(ours) == compared(expected)
    for path in compared(expected):
        if path != "_metadata":
            assert meaning(path, ours[path]) == meaning(path, expected[path]), path
