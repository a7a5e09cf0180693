"""Other systems, from their own packages, each in an environment of its own under build/bench."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import process_tree
from .model import Case, Context, Measured, Metric, Scale
from .system import OUTPUT

SCENARIOS = {"S1", "S2", "S6"}  # In which there are peers.
_PROGRAMS = Path(__file__).resolve().parents[1] / "peers"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A system, how to get it, and how much it is given to do: rates are compared, not sizes."""

    name: str
    requirement: str  # For pip.
    independent: int
    chain: int
    workflows: int
    tasks: str = "function"  # In processes that live on; process: one for each task.
    # Of Debian, with the package that has it.
    programs: dict[str, str] = field(default_factory=dict)
    python_min: tuple[int, int] = (3, 11)

    @property
    def python(self) -> Path:
        return OUTPUT / "venv" / self.name.lower() / "bin" / "python"

    @property
    def program(self) -> Path:
        return _PROGRAMS / f"{self.name.lower()}_peer.py"


PEERS = (
    Peer(name="Dask", requirement="distributed", independent=10_000, chain=1000, workflows=200),
    Peer(name="Ray", requirement="ray", independent=10_000, chain=1000, workflows=200),
    Peer(name="Celery", requirement="celery[redis]", independent=5000, chain=200, workflows=100,
         programs={"redis-server": "redis-server"}),
    Peer(name="Parsl", requirement="parsl", independent=5000, chain=500, workflows=100),
    Peer(name="Gearman", requirement="python3-gearman", independent=5000, chain=1000,
         workflows=200, programs={"gearmand": "gearman-job-server"}),
    Peer(name="HyperQueue", requirement="hyperqueue", tasks="process", independent=2000,
         chain=200, workflows=20),
    Peer(name="Tierkreis", requirement="tierkreis", tasks="process", independent=20, chain=5,
         workflows=2, python_min=(3, 12)),
)


def install(names: str) -> tuple[list[Peer], dict[str, str]]:
    """The peers that are there, and why others are not. `names`: separated by commas, all, none."""
    wanted = names.split(",")
    skipped = {f"peer {peer.name}": "not asked for" for peer in PEERS
               if names != "all" and peer.name not in wanted}
    found = []
    for peer in PEERS:
        if f"peer {peer.name}" in skipped:
            continue
        problem = _install(peer)
        if problem:
            print(f"{peer.name} is skipped: {problem}", file=sys.stderr)
            skipped[f"peer {peer.name}"] = problem
        else:
            found.append(peer)
    return found, skipped


def _install(peer: Peer) -> str:
    """Installs what is missing; what went wrong, or nothing."""
    packages = [package for program, package in peer.programs.items()
                if shutil.which(program) is None]
    if _try(["/usr/bin/python3", "-c", "import ensurepip"]):
        packages.append("python3-venv")
    if packages:
        problem = _try(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends",
                        *packages])
        if problem:
            return problem
    marker = peer.python.parent.parent / "installed"
    if marker.exists():
        return ""
    print(f"installing {peer.requirement}", flush=True)
    environment = peer.python.parent.parent
    interpreter = _find_python(peer.python_min)
    if interpreter is None:
        return f"it needs Python {peer.python_min[0]}.{peer.python_min[1]}, which is not here"
    problem = (_try([interpreter, "-m", "venv", str(environment)])
               or _try([str(peer.python), "-m", "pip", "install", "--quiet",
                        "--disable-pip-version-check", peer.requirement]))
    if not problem:
        marker.touch()
    return problem


def _find_python(minimum: tuple[int, int]) -> str | None:
    """The system's own if it is new enough, or another one, pyenv's too."""
    own = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python3"))
    names = ["/usr/bin/python3", "python3.12", "python3.13", *map(str, own)]
    return next((name for name in names if not _try(
        [name, "-c", f"import sys, venv; sys.exit(sys.version_info < {minimum})"])), None)


def _try(command: list[str]) -> str:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
    except FileNotFoundError:
        return f"there is no {command[0]}"
    if done.returncode == 0:
        return ""
    return f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-300:]}"


def _measure(peer: Peer, work: str, count: int, context: Context) -> Measured:
    del context
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(OUTPUT),
                   "PATH": f"{peer.python.parent}:{os.environ['PATH']}"}
    out, usage = process_tree.run([str(peer.python), str(peer.program), work, str(count)],
                                  name=peer.name, log=OUTPUT / f"{peer.name.lower()}.log",
                                  environment=environment)
    return Measured(values=json.loads(out.splitlines()[-1]), usage=[usage])


def cases(peers: list[Peer], scale: Scale) -> list[Case]:
    return [case for peer in peers for case in _cases(peer, scale)]


def _cases(peer: Peer, scale: Scale) -> list[Case]:
    rate = Metric(name="rate", unit="tasks/s", is_rate=True)
    mean = Metric(name="mean", unit="µs/step")
    p50 = Metric(name="p50", unit="µs")
    workflows = Metric(name="rate", unit="workflows/s", is_rate=True)
    kinds = (("S1", "independent", peer.independent, (rate,)),
             ("S2", "chain", peer.chain, (mean,)),
             ("S6", "workflows", peer.workflows, (p50, workflows)))
    return [Case(scenario=scenario, name=peer.name, durability="its own", tasks=peer.tasks,
                 is_peer=True, metrics=metrics, repeats_max=3,
                 measure=functools.partial(_measure, peer, work,
                                           max(2, scale.size(count, count // 10))))
            for scenario, work, count, metrics in kinds]
