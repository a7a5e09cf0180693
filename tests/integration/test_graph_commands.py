"""The commands below `orrery graph`: no controller, no worker, only files."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import xml.dom.minidom
from pathlib import Path

import pytest
from harness import PIPELINE, REPOSITORY, Graph, System, program, run_program

CASES = sorted((REPOSITORY / "tests/conformance/tierkreis").glob("case_*.json"))
COMMANDS = ("check", "show", "render", "convert")


def meaning(text: str) -> dict:
    """Tierkreis lists the inputs of a graph in no fixed order."""
    graph = json.loads(text)
    graph["graph_inputs"] = sorted(graph["graph_inputs"])
    for node in graph["nodes"]:
        if isinstance(node.get("value"), dict) and "nodes" in node["value"]:
            node["value"] = meaning(json.dumps(node["value"]))
    return graph


def nested(depth: int) -> bytes:
    """A constant graph in a constant graph, and so on."""
    text = '{"nodes": []}'
    for _ in range(depth):
        text = '{"nodes": [{"type": "const", "value": ' + text + "}]}"
    return text.encode()


def wrong_graph() -> Graph:
    graph = Graph()
    return graph.output(value=graph.call("test_worker.add", a=[99, "value"], b=[1, "value"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_graphs_survive_conversion_there_and_back(system: System, case: Path) -> None:
    proto = system.folder / "graph.pb"
    back = system.folder / "graph.json"

    assert system.command("graph", "convert", str(case), str(proto)).code == 0
    assert system.command("graph", "convert", str(proto), str(back)).code == 0
    assert meaning(back.read_text()) == meaning(case.read_text())
    assert not proto.read_bytes().startswith(b"{")


def test_conversion_works_through_pipes(system: System) -> None:
    proto = system.command("graph", "convert", "-", "--to", "proto", stdin=PIPELINE.read_bytes())
    assert proto.code == 0, str(proto)
    text = system.command("graph", "convert", "-", "-", stdin=proto.out_bytes)

    assert meaning(text.out) == meaning(PIPELINE.read_text())
    told = system.command("graph", "convert", "-", "--from", "json", stdin=proto.out_bytes)
    assert told.code == 3 and "standard input: " in told.err, str(told)


def test_binary_graph_runs_as_its_json_does(system: System) -> None:
    system.start()
    graph = Graph()
    graph.output(x=graph.input("x"), y=graph.const([1, 2.0]))
    proto = system.folder / "same.pb"
    system.orrery("graph", "convert", system.graph_file(graph), str(proto))

    assert system.run(proto, "-i", "x=5").outputs == {"x": 5, "y": [1, 2.0]}
    piped = system.command("run", "-f", "-", "-i", "x=5", "-o", "json", stdin=proto.read_bytes())
    assert piped.outputs == {"x": 5, "y": [1, 2.0]}, str(piped)


def test_right_graph_is_exit_zero(system: System) -> None:
    result = system.command("graph", "check", str(PIPELINE))

    assert result.code == 0, str(result)
    assert "valid" in result.out and "scipy_worker" in result.out, "it says what it did not check"
    told = system.orrery("graph", "check", str(PIPELINE)).json
    assert (told["ok"], told["problems"]) == (True, [])
    assert (told["unchecked_calls"], told["unchecked_workers"]) == (5, ["scipy_worker"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_graphs_of_builtins_are_right(system: System, case: Path) -> None:
    told = system.orrery("graph", "check", str(case)).json

    assert told == {"ok": True, "problems": [], "unchecked_calls": 0, "unchecked_workers": []}


def test_misspelt_builtin_is_a_problem(system: System) -> None:
    graph = Graph()
    path = system.graph_file(graph.output(y=graph.call("builtins.iad", a=1, b=2)))
    result = system.command("graph", "check", path)

    assert result.code == 3, str(result)
    assert "-.N2: " in result.out and "did you mean iadd?" in result.out, str(result)


def test_every_problem_has_a_line(system: System) -> None:
    path = system.graph_file(wrong_graph())
    result = system.command("graph", "check", path)

    assert result.code == 3, str(result)
    lines = result.out.splitlines()
    assert lines[0].startswith("-.N0: ") and 'port "a"' in lines[0] and "99" in lines[0]
    assert lines[1].startswith("-.N0: ") and 'port "b"' in lines[1]
    told = system.orrery("graph", "check", path, code=3).json
    assert told["ok"] is False
    assert [(problem["location"], problem["port"]) for problem in told["problems"]] == [
        ("-.N0", "a"), ("-.N0", "b")]


def catalog_file(system: System, worker: str) -> str:
    printed = subprocess.run([program(worker), "--catalog"], capture_output=True, check=True)
    return str(system.write_file(f"{worker}.json", printed.stdout))


def test_catalog_of_a_worker_checks_its_tasks(system: System) -> None:
    catalog = catalog_file(system, "test_worker")
    right, misspelt, mistyped = Graph(), Graph(), Graph()
    right.output(y=right.call("test_worker.add", a=1, b=2))
    misspelt.output(y=misspelt.call("test_worker.ad", a=1, b=2))
    mistyped.output(y=mistyped.call("test_worker.add", a=1, b="two"))

    told = system.orrery("graph", "check", system.graph_file(right), "--catalog", catalog).json
    assert (told["ok"], told["unchecked_calls"]) == (True, 0)
    result = system.command("graph", "check", system.graph_file(misspelt), "--catalog", catalog)
    assert result.code == 3 and "did you mean add?" in result.out, str(result)
    told = system.orrery("graph", "check", system.graph_file(mistyped), "--catalog", catalog,
                         code=3).json
    problem, = told["problems"]
    assert (problem["location"], problem["port"]) == ("-.N2", "b")
    assert (problem["expected"], problem["found"]) == ("int", "str")
    assert "node 2 (test_worker.add)" in problem["message"]


def test_several_catalogs_check_the_example(system: System) -> None:
    catalogs = [catalog_file(system, worker) for worker in ("scipy_worker", "test_worker")]
    told = system.orrery("graph", "check", str(PIPELINE), "--catalog", catalogs[0], "--catalog",
                         catalogs[1]).json

    assert told == {"ok": True, "problems": [], "unchecked_calls": 0, "unchecked_workers": []}


def test_bad_catalog_is_refused(system: System) -> None:
    bad = str(system.write_file("bad.json", b'{"worker": "w", "tasks": 5}'))
    none = str(system.folder / "none.json")

    refused = system.command("graph", "check", str(PIPELINE), "--catalog", bad)
    assert refused.code == 3 and "bad.json: " in refused.err, str(refused)
    assert system.command("graph", "check", str(PIPELINE), "--catalog", none).code == 4


def test_inputs_are_checked_if_they_are_given(system: System) -> None:
    graph = Graph()
    path = system.graph_file(graph.output(y=graph.input("x")))

    assert system.command("graph", "check", path).code == 0
    assert system.command("graph", "check", path, "-i", "x=1").code == 0
    assert '"z"' in system.command("graph", "check", path, "-i", "x=1", "-i", "z=1").out


def test_picture_is_svg(system: System) -> None:
    picture = system.folder / "graph.svg"
    for case in [*CASES, PIPELINE, REPOSITORY / "tests/golden/render/wrong.json"]:
        drawn = system.command("graph", "render", str(case), "-O", str(picture))
        assert (drawn.code, drawn.err) == (0, ""), str(drawn)
        assert xml.dom.minidom.parse(str(picture)).documentElement.tagName == "svg"
    assert system.command("graph", "render", str(PIPELINE), "--format",
                          "svg").out_bytes.startswith(b"<?xml")


def test_picture_without_graphviz_says_what_to_install(system: System) -> None:
    environment = system.environment(PATH=str(system.folder))
    arguments = [program("orrery"), "graph", "render", str(PIPELINE), "--format"]

    refused = run_program([*arguments, "svg"], environment=environment)
    assert refused.code == 6, str(refused)
    assert "graphviz" in refused.err and "--format dot" in refused.err
    assert run_program([*arguments, "dot"], environment=environment).out.startswith("digraph")


def test_failure_of_graphviz_is_told(system: System) -> None:
    fake = system.write_file("dot", b"#!/bin/sh\necho 'out of ink' >&2\nexit 3\n")
    fake.chmod(0o755)
    result = run_program(
        [program("orrery"), "graph", "render", str(PIPELINE), "-O", str(system.folder / "g.svg")],
        environment=system.environment(PATH=f"{fake.parent}:{os.environ['PATH']}"))

    assert result.code == 6, str(result)
    assert "exited with status 3: out of ink" in result.err
    assert not (system.folder / "g.svg").exists()


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_tree_has_colours_on_terminals_only(system: System, variables: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    command = subprocess.run([program("orrery"), "graph", "show", str(PIPELINE)], check=True,
                             stdin=subprocess.DEVNULL, stdout=theirs,
                             env=system.environment(**variables))
    os.close(theirs)
    shown = os.read(ours, 65536)
    os.close(ours)

    assert command.returncode == 0
    assert (b"\x1b[" in shown) == (not variables), shown
    assert b"\x1b[" not in system.command("graph", "show", str(PIPELINE)).out_bytes


def test_bad_files_are_refused_with_a_reason(system: System) -> None:
    bad = {
        "malformed.json": b'{"nodes": [}',
        "empty.json": b"",
        "list.json": b"[]",
        "node.json": b'{"nodes": [{"type": "teapot"}]}',
        "deep.json": b"[" * 100_000,
        "nested.json": nested(500),
        "noise.pb": bytes(range(256)) * 10,
        "cut.pb": b"\x12\x7f\x0a",
    }
    for name, content in bad.items():
        path = str(system.write_file(name, content))
        for command in COMMANDS:
            result = system.command("graph", command, path)
            assert (result.code, result.out) == (3, ""), str(result)
            assert name in result.err and len(result.err) < 2000, str(result)
    huge = system.folder / "huge.json"
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    for command in COMMANDS:
        assert system.command("graph", command, str(system.folder / "none.json")).code == 4
        assert system.command("graph", command, str(system.folder)).code == 3
        assert "1024.0 GiB, at most 64.0 MiB" in system.command("graph", command, str(huge)).err
        assert system.command("graph", command).code == 2
        assert system.command("graph", command, str(huge), "--colour").code == 2


def test_graphs_that_are_wrong_are_shown_all_the_same(system: System) -> None:
    path = str(system.write_file("nested.json", nested(100)))
    cycle = system.graph_file(Graph().output(value=[0, "value"]))

    assert system.orrery("graph", "show", path).json["depth"] == 101
    assert system.command("graph", "show", path).out.count("const") == 100
    assert "not before it" in system.command("graph", "show", cycle).out
    for shown in (path, cycle):
        assert system.command("graph", "render", shown, "--format", "svg").code == 0
        assert system.command("graph", "check", shown).code == 3


def test_output_that_cannot_be_written_is_told(system: System) -> None:
    for command in ("render", "convert"):
        arguments = ["-O"] if command == "render" else []
        result = system.command("graph", command, str(PIPELINE), *arguments, "/nowhere/graph.pb")
        assert result.code == 6 and "/nowhere/graph.pb" in result.err, str(result)


def test_help_has_examples(system: System) -> None:
    for words in (["graph"], *(["graph", command] for command in COMMANDS)):
        result = system.command(*words, "--help")
        assert result.code == 0 and "Examples:" in result.out, str(result)
