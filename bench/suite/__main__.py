"""Runs the benchmarks; see bench/run.sh."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import engine, peers, report, scenarios
from .limits import Limits
from .model import Case, Context, Outcome, Reference, Scale
from .process import Failed
from .system import OUTPUT


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run.sh", description="Measures Orrery, this machine and other systems.")
    parser.add_argument("--quick", action="store_true", help="small sizes, once each, no peers")
    parser.add_argument("--only", metavar="S1,S2", help="these scenarios (default: all)")
    parser.add_argument("--peers", metavar="NAMES", help="these peers, or none (default: all)")
    parser.add_argument("--write-table", type=Path, metavar="FILE",
                        help="put the table into this document, too")
    parser.add_argument("--repeats", type=int, help="of each case (default: 5)")
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def _selected(cases: list[Case], only: str | None) -> list[Case]:
    if only is None:
        return cases
    wanted = only.split(",")
    return [case for case in cases if case.scenario in wanted]


def _peer_names(arguments: argparse.Namespace) -> str:
    has_any = arguments.only is None or peers.SCENARIOS & set(arguments.only.split(","))
    if arguments.quick or not has_any:
        return arguments.peers or "none"
    return arguments.peers or "all"


def _run(context: Context, outcomes: dict[str, Outcome], case: Case) -> None:
    outcome = outcomes[case.key]
    if outcome.problem:
        return
    began = time.monotonic()
    try:
        measured = case.measure(context)
    except Failed as failure:
        outcome.problem = str(failure)
        print(f"  {case.key}: FAILED: {failure}", flush=True)
        return
    outcome.add(measured)
    values = ", ".join(f"{name} {report.number(value)}" for name, value in measured.values.items())
    print(f"  {case.key}: {values}  ({time.monotonic() - began:.1f} s)", flush=True)


def main() -> int:
    arguments = _arguments()
    scale = Scale(is_quick=arguments.quick)
    repeats = arguments.repeats or scale.repeats
    OUTPUT.mkdir(parents=True, exist_ok=True)
    context = Context(programs=arguments.programs, scale=scale)
    found_peers, skipped = peers.install(_peer_names(arguments))
    cases = _selected([*scenarios.cases(scale), *peers.cases(found_peers, scale)], arguments.only)
    if not cases:
        print(f"no scenario is called {arguments.only}", file=sys.stderr)
        return 2
    limits = Limits(arguments.programs, scale)
    outcomes = {case.key: Outcome(case=case) for case in cases}
    # Interleaved, so that what disturbs the machine for a while disturbs all alike.
    for repeat in range(repeats):
        print(f"round {repeat + 1} of {repeats}", flush=True)
        limits.measure()
        for case in cases:
            if repeat < case.repeats_max:
                _run(context, outcomes, case)
    reference = Reference(limits=limits.medians(), outcomes=outcomes)
    result = report.Report(scale=scale, limits=limits, reference=reference, skipped=skipped,
                           engine=engine.measure(arguments.programs, scale))
    report.write(result, OUTPUT)
    if arguments.write_table:
        report.keep(result, arguments.write_table)
    return 1 if any(outcome.problem for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
