"""Values that travel as blobs, for workers that see the storage and workers that do not."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from harness import Graph, System, make_folder, tagged_bytes

SIZE = 5_000_000


@pytest.fixture(scope="module", params=["storage", "blob service"])
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    folder = make_folder()
    with System(folder) as fresh:
        fresh.start()
        elsewhere = {} if request.param == "storage" else {"ORRERY_HOME": str(folder / "elsewhere")}
        for name in ("test_worker", "scipy_worker"):
            fresh.add_worker(name, **elsewhere)
        yield fresh
    fresh.remove()


def content_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def echo_of_input(task: str = "echo_bytes") -> Graph:
    graph = Graph()
    return graph.output(echo=graph.call(f"test_worker.{task}", value=graph.input("data")))


def blob_files(system: System) -> set[Path]:
    return {path for path in (system.root / "blobs").glob("??/*") if path.is_file()}


@pytest.mark.parametrize("task", ["echo_bytes", "share_bytes"])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, SIZE])
def test_bytes_of_any_size_come_back_as_they_were(system: System, size: int, task: str) -> None:
    content = content_of(size)
    path = system.write_file("data.bin", content)
    shown = system.run(echo_of_input(task), "-i", f"data:{path}").json

    echo = shown["outputs"]["echo"]
    assert (echo["media_type"], echo["size"]) == ("application/octet-stream", size)
    assert ("base64" in echo) == (size <= 65_536)
    if size > 65_536:
        assert echo["digest"] == hashlib.sha256(content).hexdigest()
    assert system.command("output", shown["workflow"], "echo").out_bytes == content
    checkpoint = system.checkpoint(shown["workflow"], "-.N1", "outputs", "value")
    assert system.await_file(checkpoint).read_bytes() == content


def test_blobs_are_named_by_their_content(system: System) -> None:
    content = content_of(SIZE + 1)
    system.run(echo_of_input(), "-i", f"data:{system.write_file('data.bin', content)}")

    digest = hashlib.sha256(content).hexdigest()
    path = system.root / "blobs" / digest[:2] / digest
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o222 == 0, "nobody writes to a blob"
    for blob in blob_files(system):
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name


def test_same_content_is_stored_once(system: System) -> None:
    path = system.write_file("data.bin", content_of(SIZE + 2))
    system.run(echo_of_input(), "-i", f"data:{path}")
    before = blob_files(system)
    system.run(echo_of_input(), "-i", f"data:{path}")

    assert blob_files(system) == before


def test_result_made_by_a_task_becomes_a_blob(system: System) -> None:
    graph = Graph()
    graph.output(big=graph.call("test_worker.big", size=SIZE))
    shown = system.run(graph).json

    assert shown["outputs"]["big"]["size"] == SIZE
    assert len(system.command("output", shown["workflow"], "big").out_bytes) == SIZE


def test_large_constant_of_a_graph_is_a_blob_too(system: System) -> None:
    content = content_of(SIZE + 3)
    graph = Graph()
    graph.output(echo=graph.call("test_worker.echo_bytes", value=tagged_bytes(content)))
    workflow = system.run(graph).json["workflow"]

    assert system.command("output", workflow, "echo").out_bytes == content
    assert hashlib.sha256(content).hexdigest() in {path.name for path in blob_files(system)}


def test_large_json_output_appears_as_itself(system: System) -> None:
    values = list(range(50_000))
    path = system.write_file("values.json", str(values).encode())
    graph = Graph()
    graph.output(values=graph.input("values"))

    assert system.run(graph, "-i", f"values:{path}").outputs["values"] == values


def test_large_array_goes_through_two_tasks(system: System) -> None:
    array = numpy.arange(600_000.0)
    file = io.BytesIO()
    numpy.save(file, array)
    path = system.write_file("array.npy", file.getvalue())
    graph = Graph()
    shaped = graph.call("scipy_worker.reshape", a=graph.input("array"), shape=graph.const([600, 1000]))
    graph.output(t=graph.call("scipy_worker.transpose", a=shaped))
    workflow = system.run(graph, "-i", f"array:{path}").json["workflow"]

    result = numpy.load(io.BytesIO(system.command("output", workflow, "t").out_bytes))
    numpy.testing.assert_array_equal(result, array.reshape(600, 1000).T)


def test_output_larger_than_inline_goes_to_a_file(system: System) -> None:
    content = content_of(SIZE)
    data = system.write_file("data.bin", content)
    workflow = system.run(echo_of_input(), "-i", f"data:{data}").json["workflow"]
    path = system.folder / "echo.bin"
    told = system.orrery("output", workflow, "echo", "-O", str(path)).json

    assert path.read_bytes() == content
    assert told["digest"] == hashlib.sha256(content).hexdigest()
    assert list(path.parent.glob("echo.bin.*")) == [], "no unfinished file is left"


def test_no_unfinished_blob_is_left(system: System) -> None:
    assert list((system.root / "blobs" / "tmp").glob("*")) == []
