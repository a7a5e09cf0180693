"""What a worker program does by itself: its settings, its catalog, its stubs."""

from __future__ import annotations

import json

import pytest
from harness import Result, System, program, run_program

TASKS = {
    "linspace": (["start", "stop", "num"], {"value"}),
    "add_point": (["a", "p"], {"value"}),
    "eval_point": (["pa"], {"value"}),
    "reshape": (["a", "shape"], {"value"}),
    "transpose": (["a"], {"value"}),
}


def scipy_worker(system: System, *arguments: str, **variables: str) -> Result:
    return run_program([program("scipy_worker"), *arguments],
                       environment=system.environment(**variables))


@pytest.mark.parametrize("method", ["dumps", "nonsense", "NPY"])
def test_unknown_serializer_ends_the_worker_at_once(system: System, method: str) -> None:
    ended = scipy_worker(system, SER_METHOD=method)

    assert ended.code == 2, str(ended)
    assert "SER_METHOD" in ended.err and method in ended.err
    for known in ("save", "tolist", "raw"):
        assert known in ended.err, "it says what there is"


def test_pickle_is_refused_as_such(system: System) -> None:
    assert "pickle" in scipy_worker(system, SER_METHOD="dumps").err


def test_unknown_flag_is_a_usage_error(system: System) -> None:
    ended = scipy_worker(system, "--nonsense")

    assert ended.code == 2, str(ended)
    assert "--nonsense" in ended.err


def test_catalog_names_tasks_ports_and_defaults(system: System) -> None:
    printed = scipy_worker(system, "--catalog")

    assert printed.code == 0, str(printed)
    catalog = json.loads(printed.out)
    assert catalog["worker"] == "scipy_worker"
    tasks = {task["name"]: task for task in catalog["tasks"]}
    assert set(tasks) == set(TASKS)
    for name, (inputs, outputs) in TASKS.items():
        assert [port["name"] for port in tasks[name]["inputs"]] == inputs
        assert {port["name"] for port in tasks[name]["outputs"]} == outputs
    num = tasks["linspace"]["inputs"][2]
    assert (num["required"], num["default"], num["type"]) == (False, 50, "int")
    assert tasks["linspace"]["inputs"][0]["required"] is True
    assert tasks["transpose"]["outputs"][0]["type"] == "numpy.ndarray"


@pytest.mark.parametrize(("method", "media_type"), [
    (None, "application/x-npy"),
    ("save", "application/x-npy"),
    ("tolist", "application/json"),
    ("raw", "application/x-orrery-raw-array"),
])
def test_catalog_says_which_format_the_worker_writes(system: System, method: str | None,
                                                     media_type: str) -> None:
    variables = {} if method is None else {"SER_METHOD": method}
    catalog = json.loads(scipy_worker(system, "--catalog", **variables).out)

    transpose = next(task for task in catalog["tasks"] if task["name"] == "transpose")
    assert media_type in json.dumps(transpose["outputs"])


def test_stubs_declare_every_task(system: System) -> None:
    printed = scipy_worker(system, "--stubs")

    assert printed.code == 0, str(printed)
    assert "namespace scipy_worker" in printed.out
    for name in ("Linspace", "AddPoint", "EvalPoint", "Reshape", "Transpose"):
        assert f"struct {name}" in printed.out


def test_worker_waits_for_a_controller_that_is_not_there_yet(system: System) -> None:
    worker = system.launch_worker()
    system.start()

    system.await_worker(worker)
