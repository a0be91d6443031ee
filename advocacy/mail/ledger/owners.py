"""Who has a letter: a process, told from every other, and whether it still lives.

A process is known by its number and the moment it began, on one boot of one machine, within
one namespace of process numbers (containers have their own). From anywhere else nobody can say
whether it lives; there its lease decides.
"""

import getpass
import os
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that sends. `boot` names the boot of the machine and the space of numbers."""

    user: str
    host: str
    boot: str
    pid: int
    started: str


def this_process() -> Owner:
    """The process that calls."""
    pid = os.getpid()
    return Owner(_user(), socket.gethostname(), _boot(), pid, _started(pid) or "")


def is_alive(owner: Owner) -> bool | None:
    """Whether a process lives; None where that cannot be known from here."""
    if owner.boot != _boot():
        return None
    started = _started(owner.pid)
    return started is not None and started == owner.started


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):  # a number without a name, in a container
        return getpass.getuser()
    return str(os.getuid())


@lru_cache(maxsize=1)
def _boot() -> str:
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
