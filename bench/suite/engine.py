"""The engine alone, by Google Benchmark."""

from __future__ import annotations

import json
from pathlib import Path

from .model import Scale
from .process import run
from .system import OUTPUT


def measure(programs: Path, scale: Scale) -> dict[str, float]:
    """Nanoseconds of CPU time for each item, by the name of the benchmark; medians."""
    repetitions = scale.size(5, 1)
    out = run([str(programs / "bench_engine"), "--benchmark_format=json",
               f"--benchmark_repetitions={repetitions}"], log=OUTPUT / "engine.log").out
    found = {}
    for entry in json.loads(out)["benchmarks"]:
        is_median = entry.get("aggregate_name") == "median"
        if is_median or (repetitions == 1 and entry["run_type"] == "iteration"):
            found[entry["run_name"]] = 1e9 / entry["items_per_second"]
    return found
