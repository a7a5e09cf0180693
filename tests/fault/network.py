"""Two hosts and a router between them, as network namespaces of this machine.

Cutting is what a switch does that loses power: packets vanish and nobody is told, so that both
sides keep a connection that is half open.
"""

from __future__ import annotations

import os
import subprocess
from types import TracebackType

import pytest

CONTROLLER_HOST = "10.77.1.2"
_ROUTES = {"controller": (CONTROLLER_HOST, "10.77.1.1"), "worker": ("10.77.2.2", "10.77.2.1")}


class Network:
    """The hosts `controller` and `worker`; leaving it removes them."""

    def __init__(self) -> None:
        self._router = f"orrery-{os.getpid()}-router"
        self._hosts = {host: f"orrery-{os.getpid()}-{host}" for host in _ROUTES}

    def __enter__(self) -> Network:
        made = ip("netns", "add", self._router, check=False)
        if made.returncode != 0:
            pytest.skip(f"network namespaces need root: {made.stderr.strip()}")
        try:
            for host in _ROUTES:
                self._connect(host)
            self.mend()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._remove()

    def inside(self, host: str) -> list[str]:
        """The command that runs another one on the host, as the same process."""
        return ["nsenter", f"--net=/run/netns/{self._hosts[host]}", "--"]

    def cut(self) -> None:
        self._forward("0")

    def mend(self) -> None:
        self._forward("1")

    def _forward(self, value: str) -> None:
        ip("netns", "exec", self._router, "sh", "-c", f"echo {value} > /proc/sys/net/ipv4/ip_forward")

    def _connect(self, host: str) -> None:
        """A cable from the host to the router; interfaces bear the host's name at the router."""
        space, (own, router) = self._hosts[host], _ROUTES[host]
        ip("netns", "add", space)
        ip("-n", self._router, "link", "add", host, "type", "veth", "peer", "eth0", "netns", space)
        ip("-n", self._router, "address", "add", f"{router}/24", "dev", host)
        ip("-n", self._router, "link", "set", host, "up")
        ip("-n", space, "address", "add", f"{own}/24", "dev", "eth0")
        for name in ("lo", "eth0"):
            ip("-n", space, "link", "set", name, "up")
        ip("-n", space, "route", "add", "default", "via", router)

    def _remove(self) -> None:
        for space in (*self._hosts.values(), self._router):
            ip("netns", "delete", space, check=False)


def ip(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, f"ip {' '.join(arguments)}: {done.stderr}"
    return done
