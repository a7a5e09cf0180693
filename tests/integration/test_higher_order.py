"""The typed higher-order graphs, run by a controller without workers: builtins are its own."""

from __future__ import annotations

import pytest
from harness import System, program, run_program

WORKFLOW = "00000000-0000-0000-0000-0000000000cf"


def higher_order(system: System, *arguments: str) -> str:
    """The line the example prints; it fails if the workflow's result is not what it computes."""
    ran = run_program([program("higher_order"), "--id", "207", *arguments],
                      environment=system.environment())
    assert ran.code == 0, str(ran)
    assert system.show(WORKFLOW)["status"] == "succeeded"
    return ran.out.removesuffix("\n")


@pytest.mark.parametrize(("arguments", "printed"), [
    ((), "the polynomial with coefficients 2, -6, 2, -1 is 5 at 3"),
    (("--x", "10", "--coefficients", "1", "2", "3"),
     "the polynomial with coefficients 1, 2, 3 is 123 at 10"),
    (("--coefficients", "7"), "the polynomial with coefficients 7 is 7 at 3"),
])
def test_fold_accumulates_from_the_left(system: System, arguments: tuple[str, ...],
                                        printed: str) -> None:
    system.start()

    assert higher_order(system, "fold", *arguments) == printed


@pytest.mark.parametrize(("count", "total"), [(10, 385), (1, 1), (0, 0)])
def test_map_reduce_folds_what_was_mapped(system: System, count: int, total: int) -> None:
    system.start()

    printed = higher_order(system, "map_reduce", "--count", str(count))

    assert printed == f"the squares of 1 to {count} are {total} together"


@pytest.mark.parametrize("years", [10, 1, 0])
def test_repeat_takes_exactly_that_many_steps(system: System, years: int) -> None:
    system.start()
    expected = 1000.0
    for _ in range(years):
        expected *= 1.05

    higher_order(system, "repeat", "--years", str(years))

    assert float(system.command("output", "207", "value").out) == expected


def test_repeat_until_stops_when_it_succeeds(system: System) -> None:
    system.start()

    assert higher_order(system, "repeat_until") == "27 reaches 1: it is 1 after 111 steps"


def test_repeat_until_gives_up_after_its_last_try(system: System) -> None:
    system.start()

    printed = higher_order(system, "repeat_until", "--tries-max", "5")

    assert printed == "27 has not reached 1: it is 31 after 5 steps"
    assert system.command("output", "207", "succeeded").out == "false"
