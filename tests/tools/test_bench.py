"""What the benchmarks make of what was measured."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import instructions  # noqa: E402
from suite import time_log  # noqa: E402
from suite.model import (Case, Measured, Metric, Outcome, Reference, at_least, at_most,  # noqa: E402
                         judge, times_limit)
from suite.report.content import number  # noqa: E402


def test_more_instructions_than_allowed_are_named() -> None:
    problems = instructions.compare({"map": 1111, "loop": 1099}, {"map": 1000, "loop": 1000})
    assert problems == ["map: 1,111 instructions, 1,000 are recorded: +11.1%, allowed is +10%"]


def test_fewer_instructions_are_no_problem() -> None:
    assert instructions.compare({"map": 10}, {"map": 1000}) == []


def test_a_part_that_was_never_recorded_is_a_problem() -> None:
    assert instructions.compare({"map": 10}, {}) == ["map: nothing is recorded"]


def outcome(values: list[float]) -> Outcome:
    case = Case(scenario="S1", name="some", durability="disk", metrics=(),
                measure=lambda _: Measured(values={}))
    found = Outcome(case=case)
    for value in values:
        found.add(Measured(values={"rate": value}))
    return found


NOTHING = Reference(limits={}, outcomes={})


@pytest.mark.parametrize("value, is_rate, is_met, missed_by", [
    (50.0, True, False, 2.0), (100.0, True, True, 1.0), (50.0, False, True, 1.0),
    (400.0, False, False, 4.0)])
def test_a_value_is_judged_by_its_target(value: float, is_rate: bool, is_met: bool,
                                         missed_by: float) -> None:
    target = at_least(100, "100") if is_rate else at_most(100, "100")
    verdict = judge(Metric(name="m", unit="u", is_rate=is_rate), value, target, NOTHING)
    assert (verdict.is_met, verdict.missed_by) == (is_met, missed_by)


def test_a_target_follows_what_the_machine_can_do() -> None:
    target = times_limit(1.5, "ping", "at most 1.5 pings")
    metric = Metric(name="m", unit="µs")
    slow = judge(metric, 50.0, target, Reference(limits={"ping": 40.0}, outcomes={}))
    fast = judge(metric, 50.0, target, Reference(limits={"ping": 20.0}, outcomes={}))
    assert (slow.is_met, fast.is_met, judge(metric, 50.0, target, NOTHING).is_met) == (
        True, False, None)


def test_what_counts_is_the_median_of_the_repeats() -> None:
    found = outcome([1.0, 50.0, 3.0])
    reference = Reference(limits={}, outcomes={"S1 some": found})
    assert reference.median("S1 some", "rate") == 3.0
    assert reference.median("S1 some", "other") is None


def test_times_are_read_in_their_order(tmp_path: Path) -> None:
    entries = [(2_000_000_000, 7, 11, 1), (1_000_000_000, -8, 12, 0)]
    path = tmp_path / "times"
    path.write_bytes(struct.pack("<Q", 2) + b"".join(struct.pack("<qqii", *e) for e in entries)
                     + bytes(240))
    assert time_log.read(path) == [time_log.Entry(1.0, -8, 12, 0), time_log.Entry(2.0, 7, 11, 1)]
    assert time_log.count(path) == 2


@pytest.mark.parametrize("value, text", [(0, "0"), (0.123456, "0.123"), (1234.5, "1,234"),
                                         (2.5e9, "2.5 G")])
def test_numbers_have_the_digits_that_matter(value: float, text: str) -> None:
    assert number(value) == text
