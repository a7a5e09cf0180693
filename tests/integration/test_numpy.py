"""Arrays against numpy: the tasks of scipy_worker on random shapes, and every form of npy file."""

from __future__ import annotations

import io
import random

import numpy
import pytest
from harness import Graph, System

SEED = 20_607


@pytest.fixture(scope="module")
def worker(shared_system: System) -> System:
    shared_system.add_worker("scipy_worker")
    return shared_system


def npy_bytes(array: numpy.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    numpy.save(file, array, **options)
    return file.getvalue()


def npy_input(system: System, port: str, array: numpy.ndarray) -> list[str]:
    return ["-i", f"{port}:{system.write_file(f'{port}.npy', npy_bytes(array))}"]


def read_array(system: System, workflow: str, port: str) -> numpy.ndarray:
    content = system.command("output", workflow, port).out_bytes
    array = numpy.load(io.BytesIO(content))
    assert content == npy_bytes(numpy.ascontiguousarray(array).reshape(array.shape)), \
        "what numpy.save would have written"
    return array


def assert_same(actual: numpy.ndarray, expected: numpy.ndarray) -> None:
    """Equal, in this machine's byte order."""
    native = expected.astype(expected.dtype.newbyteorder("="))
    numpy.testing.assert_array_equal(actual, native, strict=True)


def random_shape(dice: random.Random) -> tuple[int, ...]:
    return tuple(dice.choice((1, 2, 3, 5, 8)) for _ in range(dice.randint(1, 4)))


def random_factors(dice: random.Random, size: int) -> list[int]:
    """A shape of this many elements."""
    factors = []
    while size > 1 and len(factors) < 4:
        divisors = [n for n in range(2, size + 1) if size % n == 0]
        factors.append(dice.choice(divisors))
        size //= factors[-1]
    dice.shuffle(factors)
    return [*factors, size] if size > 1 or not factors else factors


def array_graph() -> Graph:
    """Everything that scipy_worker does to one array."""
    graph = Graph()
    array = graph.input("array")
    shape = graph.input("shape")
    pointed = graph.call("scipy_worker.add_point", a=array, p=graph.input("point"))
    shaped = graph.call("scipy_worker.reshape", a=array, shape=shape)
    return graph.output(
        element=graph.call("scipy_worker.eval_point", pa=pointed),
        transposed=graph.call("scipy_worker.transpose", a=array),
        shaped=shaped,
        both=graph.call("scipy_worker.transpose", a=shaped))


@pytest.mark.parametrize("case", range(12))
def test_random_arrays_agree_with_numpy(worker: System, case: int) -> None:
    dice = random.Random(SEED + case)
    generator = numpy.random.default_rng(SEED + case)
    array = generator.standard_normal(random_shape(dice)) * 10.0 ** dice.randint(-300, 300)
    shape = random_factors(dice, array.size)
    if dice.random() < 0.3:
        shape[dice.randrange(len(shape))] = -1
    point = dice.randrange(array.size)
    shown = worker.run(array_graph(), *npy_input(worker, "array", array), "-i", f"shape={shape}",
                       "-i", f"point={point}").json

    workflow = shown["workflow"]
    assert shown["outputs"]["element"] == array.flat[point]
    assert_same(read_array(worker, workflow, "transposed"), array.T)
    assert_same(read_array(worker, workflow, "shaped"), array.reshape(shape))
    assert_same(read_array(worker, workflow, "both"), array.reshape(shape).T)


def test_shape_may_be_one_number(worker: System) -> None:
    array = numpy.arange(12.0).reshape(3, 4)
    for shape in (12, -1):
        shown = worker.run(array_graph(), *npy_input(worker, "array", array), "-i",
                           f"shape={shape}", "-i", "point=0").json
        assert_same(read_array(worker, shown["workflow"], "shaped"), array.reshape(shape))


@pytest.mark.parametrize("shape", [[5, 5], [-1, -1], [0], [7, -1]])
def test_reshape_to_another_size_fails_as_in_numpy(worker: System, shape: list[int]) -> None:
    array = numpy.arange(12.0)
    with pytest.raises(ValueError):
        array.reshape(shape)
    failed = worker.run(array_graph(), *npy_input(worker, "array", array), "-i", f"shape={shape}",
                        "-i", "point=0", code=1).json

    assert failed["error"]["function"] == "scipy_worker.reshape"


def test_point_outside_the_array_fails(worker: System) -> None:
    array = numpy.arange(12.0)
    failed = worker.run(array_graph(), *npy_input(worker, "array", array), "-i", "shape=12", "-i",
                        "point=12", code=1).json

    assert failed["error"]["function"] == "scipy_worker.eval_point"
    assert "12" in failed["error"]["message"]


def linspace_graph() -> Graph:
    graph = Graph()
    ports = {name: graph.input(name) for name in ("start", "stop", "num")}
    return graph.output(a=graph.call("scipy_worker.linspace", **ports))


@pytest.mark.parametrize("case", range(10))
def test_linspace_agrees_with_numpy_to_the_last_bit(worker: System, case: int) -> None:
    dice = random.Random(SEED + case)
    start, stop = (dice.uniform(-1, 1) * 10.0 ** dice.randint(-20, 20) for _ in range(2))
    num = dice.choice((0, 1, 2, 3, 7, 50, 1000, 9999))
    shown = worker.run(linspace_graph(), "-i", f"start={start!r}", "-i", f"stop={stop!r}", "-i",
                       f"num={num}").json

    assert_same(read_array(worker, shown["workflow"], "a"), numpy.linspace(start, stop, num))


@pytest.mark.parametrize(("start", "stop", "num"), [(0, 10, 1), (5.0, 5.0, 4), (10, 0, 11),
                                                    (0.0, 5e-324, 5), (-0.0, 0.0, 3)])
def test_linspace_agrees_with_numpy_at_the_edges(worker: System, start: float, stop: float,
                                                 num: int) -> None:
    shown = worker.run(linspace_graph(), "-i", f"start={start!r}", "-i", f"stop={stop!r}", "-i",
                       f"num={num}").json

    result = read_array(worker, shown["workflow"], "a")
    expected = numpy.linspace(start, stop, num)
    assert_same(result, expected)
    numpy.testing.assert_array_equal(numpy.signbit(result), numpy.signbit(expected))


def test_linspace_of_a_negative_count_fails(worker: System) -> None:
    failed = worker.run(linspace_graph(), "-i", "start=0.0", "-i", "stop=1.0", "-i", "num=-1",
                        code=1).json

    assert failed["error"]["function"] == "scipy_worker.linspace"
    assert "-1" in failed["error"]["message"]


# --- npy files as numpy writes them ---


def transpose_graph() -> Graph:
    graph = Graph()
    return graph.output(t=graph.call("scipy_worker.transpose", a=graph.input("array")))


def transpose(system: System, content: bytes) -> numpy.ndarray:
    path = system.write_file("array.npy", content)
    shown = system.run(transpose_graph(), "-i", f"array:{path}").json
    return read_array(system, shown["workflow"], "t")


KINDS = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16")


@pytest.mark.parametrize("kind", KINDS)
def test_every_element_type_passes_in_both_byte_orders(worker: System, kind: str) -> None:
    generator = numpy.random.default_rng(SEED)
    values = generator.integers(0, 256, (3, 4), dtype="u1")
    for order in ("<", ">"):
        array = values.astype(order + kind)
        if array.dtype.kind == "c":
            array += 1j * values[::-1]
        assert_same(transpose(worker, npy_bytes(array)), array.T)


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_extreme_integers_pass(worker: System, kind: str) -> None:
    limits = numpy.iinfo(kind)
    array = numpy.array([[limits.min, limits.max, 0]], dtype=kind)

    assert_same(transpose(worker, npy_bytes(array)), array.T)


def test_special_floats_keep_their_bits(worker: System) -> None:
    bits = numpy.array([[0, 1 << 63, 1, 0x7FF << 52, 0xFFF << 52, (0x7FF << 52) | 12_345,
                         (0x7FF8 << 48) | 7]], dtype="u8")
    result = transpose(worker, npy_bytes(bits.view("f8")))

    assert_same(result.view("u8"), bits.T)


@pytest.mark.parametrize("array", [
    numpy.asfortranarray(numpy.arange(24.0).reshape(2, 3, 4)),
    numpy.arange(24.0).reshape(4, 6)[::2, ::-3],
    numpy.array(3.5),
    numpy.array(7, dtype="i2"),
    numpy.zeros(0),
    numpy.zeros((0, 3)),
    numpy.zeros((2, 0, 3), dtype="f4"),
    numpy.ones(1),
    numpy.ones((1,) * 32),
    numpy.arange(100_000.0),
    numpy.arange(50_000, dtype=">i4").reshape(100, 500),
], ids=["fortran", "strided", "0-d", "0-d integer", "empty", "empty rows", "empty 3-d", "one",
        "32 axes", "large", "large big-endian"])
def test_every_layout_passes(worker: System, array: numpy.ndarray) -> None:
    assert_same(transpose(worker, npy_bytes(array)), array.T)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_npy_version_passes(worker: System, version: tuple[int, int]) -> None:
    array = numpy.arange(6.0).reshape(2, 3)
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version)

    assert_same(transpose(worker, file.getvalue()), array.T)


@pytest.mark.parametrize(("content", "reason"), [
    (npy_bytes(numpy.array(["text"])), "<U4"),
    (npy_bytes(numpy.array([b"text"])), "|S4"),
    (npy_bytes(numpy.zeros(2, dtype="f2")), "<f2"),
    (npy_bytes(numpy.zeros(2, dtype="datetime64[s]")), "<M8"),
    (npy_bytes(numpy.zeros(2, dtype=[("x", "f8")])), "structures"),
    (npy_bytes(numpy.array([{}], dtype=object), allow_pickle=True), "Python objects"),
    (npy_bytes(numpy.arange(10.0))[:-1], "bytes"),
    (npy_bytes(numpy.arange(10.0)) + b"\0", "bytes"),
], ids=["str", "bytes", "half", "datetime", "structure", "object", "cut off", "too long"])
def test_what_the_worker_cannot_read_is_refused_with_its_reason(worker: System, content: bytes,
                                                                reason: str) -> None:
    path = worker.write_file("array.npy", content)
    failed = worker.run(transpose_graph(), "-i", f"array:{path}", code=1).json

    assert failed["error"]["function"] == "scipy_worker.transpose"
    message = failed["error"]["message"]
    assert message.startswith("input a:") and reason in message
