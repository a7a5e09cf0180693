"""Every scenario, in the order of the report."""

from __future__ import annotations

from ..model import Case, Scale
from . import (s1_throughput, s2_chain, s3_engine, s4_memory, s5_values, s6_workflows, s7_idle,
               s8_restart, s9_worker_lost, s10_idle_cost, s11_start, s12_growth,
               s13_many_workers)

_MODULES = (s1_throughput, s2_chain, s3_engine, s4_memory, s5_values, s6_workflows, s7_idle,
            s8_restart, s9_worker_lost, s10_idle_cost, s11_start, s12_growth,
            s13_many_workers)


def title(scenario: str) -> str:
    """The scenario's name and what it is about: "S1: independent tasks ..."."""
    return next((line for module in _MODULES
                 if (line := (module.__doc__ or "").split("\n")[0]).startswith(scenario + ":")),
                scenario)


def cases(scale: Scale) -> list[Case]:
    return [case for module in _MODULES for case in module.cases(scale)]
