"""Processes that send: who they are, and whether they still live.

A process is known by its number and the moment it began, on one boot of one machine, within
one namespace of process numbers (containers have their own). From anywhere else nobody can say
whether it lives; there the lease of its run decides.
"""

import getpass
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class RunOwner:
    """A process that sends. `boot` names the boot of the machine and the space of numbers."""

    user: str
    host: str
    boot: str
    pid: int
    started: str

    @property
    def words(self) -> list[str | int]:
        """The process, as its journal names it."""
        return [self.host, self.boot, self.pid, self.started]


def this_process() -> RunOwner:
    """The process that calls."""
    pid = os.getpid()
    return RunOwner(_user(), socket.gethostname(), boot_id(), pid, _started(pid) or "")


def is_alive(owner: RunOwner) -> bool | None:
    """Whether a process lives; None where that cannot be known from here."""
    if owner.boot != boot_id():
        return None
    started = _started(owner.pid)
    return started is not None and started == owner.started


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):  # a number without a name, in a container
        return getpass.getuser()
    return str(os.getuid())


@lru_cache(maxsize=1)
def boot_id() -> str:
    """What identifies this boot of this machine, and the space of process numbers."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        # No Linux: the first process began when the machine did.
        return f"{socket.gethostname()}/{_started(1)}"


def _started(pid: int) -> str | None:
    """When a process began, in whatever form the system tells it; None if there is none."""
    if not (_PROC / "self/stat").exists():
        asked = ["ps", "-p", str(pid), "-o", "stat=", "-o", "lstart="]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
        state, _, began = told.stdout.strip().partition(" ")
        return None if not state or state.startswith("Z") else began.strip()
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name, in brackets, may hold anything; state is the 3rd field, the start the 22nd.
    fields = stat.rpartition(b")")[2].split()
    return None if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")


Liveness = Callable[[RunOwner], bool | None]
"""Says of a process whether it lives, or that this cannot be known."""
