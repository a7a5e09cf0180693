"""What the README tells a newcomer to do."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from harness import BIN, REPOSITORY, is_alive

PRESET = BIN.parent.name


@pytest.mark.skipif(BIN != REPOSITORY / "build" / PRESET / "bin",
                    reason="the quickstart runs the programs of a preset of this clone")
def test_quickstart_runs_the_main_job_with_every_serializer() -> None:
    done = subprocess.run(["deploy/quickstart.sh"], cwd=REPOSITORY, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=600, check=False,
                          env={**os.environ, "ORRERY_PRESET": PRESET})

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    for method in ("default", "tolist", "save", "raw"):
        assert f"== SER_METHOD={method}" in done.stdout
    assert done.stdout.count("output p: 0.0") == 4
    checkpoint = "checkpoints/00000000-0000-0000-0000-0000000000cf/-.N2/outputs/value"
    assert done.stdout.count(f"build/quickstart/{checkpoint}") == 4
    assert done.stdout.count("N   U   M   P   Y") == 2, "default and save are npy files"
    for pid in re.findall(r"process=(\d+)", done.stdout):
        assert not is_alive(int(pid))
    assert (REPOSITORY / "build/quickstart" / checkpoint).is_file()
