"""The fixtures of the harness, for every file of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness.fixtures import (  # noqa: E402, F401
    pytest_runtest_makereport,
    reaper,
    shared_system,
    system,
    workers,
)
