"""The reference workflow, once with each serializer, down to the bytes it leaves on the disk."""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy
import pytest
from harness import PIPELINE, System, make_folder, program, run_program

WORKFLOW = "00000000-0000-0000-0000-0000000000cf"
ONE_DIMENSION = numpy.linspace(0, 10)
OUTPUT_A = ONE_DIMENSION.reshape(5, 10).T
METHODS = ("default", "save", "tolist", "raw")
RAW_MEDIA_TYPE = "application/x-orrery-raw-array"


def npy_bytes(array: numpy.ndarray) -> bytes:
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


def read_raw(content: bytes) -> numpy.ndarray:
    """The format of worker_sdk/cpp/array/raw_array.h: version, kind, size, rank, four zeros, shape."""
    version, kind, size, rank, zero = struct.unpack_from("<BcBB4s", content)
    assert (version, zero) == (1, bytes(4))
    shape = struct.unpack_from(f"<{rank}Q", content, 8)
    return numpy.frombuffer(content, f"<{kind.decode()}{size}", offset=8 + 8 * rank).reshape(shape)


def read_value(value: Any) -> numpy.ndarray:
    """An array as `-o json` shows it."""
    if isinstance(value, list):
        return numpy.array(value)
    content = base64.b64decode(value["base64"])
    assert len(content) == value["size"]
    if value["media_type"] == RAW_MEDIA_TYPE:
        return read_raw(content)
    assert value["media_type"] == "application/x-npy"
    return numpy.load(io.BytesIO(content))


def pipeline_nodes() -> list[dict[str, Any]]:
    return json.loads(PIPELINE.read_text())["nodes"]


def node_calling(task: str) -> str:
    """The location of the pipeline's node that calls the task."""
    indices = [i for i, node in enumerate(pipeline_nodes())
               if node.get("function_name") == f"scipy_worker.{task}"]
    assert len(indices) == 1
    return f"-.N{indices[0]}"


class Run:
    """One finished run of the main job."""

    def __init__(self, method: str, system: System, shown: dict[str, Any]) -> None:
        self.method = method
        self.system = system
        self.shown = shown

    def file(self, *parts: str) -> Path:
        return self.system.await_file(self.system.checkpoint(WORKFLOW, *parts))

    def value_of(self, task: str) -> bytes:
        return self.file(node_calling(task), "outputs", "value").read_bytes()


@pytest.fixture(scope="module", params=METHODS)
def main_job(request: pytest.FixtureRequest) -> Iterator[Run]:
    folder = make_folder()
    with System(folder) as system:
        system.start()
        variables = {} if request.param == "default" else {"SER_METHOD": request.param}
        system.add_worker(**variables)
        shown = system.run(PIPELINE, "--id", "207", "--name", "array pipeline").json
        yield Run(request.param, system, shown)
    system.remove()


def test_outputs_are_right(main_job: Run) -> None:
    shown = main_job.shown

    assert (shown["workflow"], shown["name"]) == (WORKFLOW, "array pipeline")
    assert shown["status"] == "succeeded"
    assert set(shown["outputs"]) == {"a", "p"}
    assert shown["outputs"]["p"] == 0.0
    numpy.testing.assert_array_equal(read_value(shown["outputs"]["a"]), OUTPUT_A)


def test_checkpoint_of_linspace_holds_exactly_the_serializers_bytes(main_job: Run) -> None:
    assert node_calling("linspace") == "-.N2"
    content = main_job.value_of("linspace")

    if main_job.method in ("default", "save"):
        assert content == npy_bytes(ONE_DIMENSION)
    elif main_job.method == "tolist":
        assert content == json.dumps(ONE_DIMENSION.tolist()).encode()
    else:
        numpy.testing.assert_array_equal(read_raw(content), ONE_DIMENSION)
        assert content == (struct.pack("<BcBB4xQ", 1, b"f", 8, 1, 50) + ONE_DIMENSION.tobytes())


def test_array_inside_a_struct_is_tagged_bytes_or_an_inline_list(main_job: Run) -> None:
    content = main_job.value_of("add_point")
    pointed = json.loads(content)

    assert list(pointed) == ["a", "p"]
    assert pointed["p"] == 0
    if main_job.method == "tolist":
        assert pointed["a"] == ONE_DIMENSION.tolist()
    else:
        assert list(pointed["a"]) == ["__tkr_bytes__", "bytes"]
        assert pointed["a"]["__tkr_bytes__"] is True
        assert base64.b64decode(pointed["a"]["bytes"]) == main_job.value_of("linspace")
    assert content == json.dumps(pointed).encode(), "as Python's encoder writes it"


def test_outputs_are_the_bytes_of_their_checkpoints(main_job: Run) -> None:
    for port, task in (("a", "transpose"), ("p", "eval_point")):
        assert main_job.system.command("output", "207", port).out_bytes == main_job.value_of(task)
    assert main_job.value_of("eval_point") == b"0.0"


def test_every_node_that_ran_is_marked_as_in_a_tierkreis_tree(main_job: Run) -> None:
    nodes = pipeline_nodes()
    for index, node in enumerate(nodes):
        location = f"-.N{index}"
        main_job.file(location, "_done")
        nodedef = json.loads(main_job.file(location, "nodedef").read_text())
        assert nodedef["type"] == node["type"]
        assert nodedef.get("function_name") == node.get("function_name")
        assert nodedef["inputs"] == node.get("inputs", {})
        assert not main_job.system.checkpoint(WORKFLOW, location, "_error").exists()

    linspace = json.loads(main_job.file("-.N2", "nodedef").read_text())
    consumers = [index for index, node in enumerate(nodes)
                 if [2, "value"] in node.get("inputs", {}).values()]
    assert linspace["outputs"] == {"value": max(consumers)}, "the last consumer of each port"


def test_definition_names_every_file_of_the_call(main_job: Run) -> None:
    location = node_calling("reshape")
    inputs = pipeline_nodes()[int(location.removeprefix("-.N"))]["inputs"]
    definition = json.loads(main_job.file(location, "definition").read_text())

    folder = f"{WORKFLOW}/{location}"
    assert definition == {
        "function_name": "reshape",
        "inputs": {name: f"{WORKFLOW}/-.N{index}/outputs/{port}"
                   for name, (index, port) in inputs.items()},
        "outputs": {"value": f"{folder}/outputs/value"},
        "output_dir": f"{folder}/outputs",
        "done_path": f"{folder}/_done",
        "error_path": f"{folder}/_error",
        "logs_path": f"{WORKFLOW}/logs",
    }
    root = main_job.system.checkpoint(WORKFLOW).parent
    for path in [*definition["inputs"].values(), *definition["outputs"].values()]:
        assert (root / path).is_file()


def test_workflow_folder_has_name_start_time_and_the_submitted_graph(main_job: Run) -> None:
    metadata = json.loads(main_job.file("_metadata").read_text())
    assert metadata["name"] == "array pipeline"
    datetime.fromisoformat(metadata["start_time"])

    body = json.loads(main_job.file("-.N-1", "outputs", "body").read_text())
    assert [node["type"] for node in body["nodes"]] == [node["type"] for node in pipeline_nodes()]
    assert not main_job.system.checkpoint(WORKFLOW, "_incomplete").exists()


def test_finished_id_is_refused_until_clean_takes_it_again(system: System) -> None:
    system.start()
    worker = system.add_worker(SER_METHOD="tolist")
    system.run(PIPELINE, "--id", "207")

    refused = system.orrery("run", "-f", str(PIPELINE), "--id", "207", code=5)
    assert WORKFLOW in refused.message
    assert "clean" in refused.message, "it says what to do"
    assert refused.json["error"]["code"] == "already_exists"

    system.stop_worker(worker)
    system.add_worker(SER_METHOD="save")
    again = system.run(PIPELINE, "--id", WORKFLOW, "--clean")
    numpy.testing.assert_array_equal(read_value(again.outputs["a"]), OUTPUT_A)
    checkpoint = system.await_file(system.checkpoint(WORKFLOW, "-.N2", "outputs", "value"))
    assert checkpoint.read_bytes() == npy_bytes(ONE_DIMENSION), "nothing of the first run is left"
    assert [listed["workflow"] for listed in system.workflows()] == [WORKFLOW]


def test_typed_builder_runs_the_same_graph(system: System) -> None:
    system.start()
    system.add_worker()

    printed = run_program([program("array_pipeline"), "--print-graph"],
                          environment=system.environment())
    assert printed.code == 0, str(printed)
    assert json.loads(printed.out) == json.loads(PIPELINE.read_text())

    ran = run_program([program("array_pipeline"), "--id", "207"], environment=system.environment())
    assert ran.code == 0, str(ran)
    assert system.show(WORKFLOW)["status"] == "succeeded"
    assert system.command("output", "207", "p").out == "0.0"
