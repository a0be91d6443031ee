"""Where a ledger is at home, so that a mailing does not go on with two copies of it.

A ledger in a file knows its name, the machine and the path where it was last sent with, and how
often it was changed: its generation. Beside that each user's machine remembers of every ledger
which generation it saw last, and where. What the two say together tells a copy, a ledger from
another machine, and an older backup. A ledger that was only moved is none of these.

Nothing can tell of a copy that goes on elsewhere at the same time. So whoever sends with a copy is
asked first, wherever it was made.
"""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from advocacy.errors import Problem
from advocacy.mail.ledger.faults import fault
from advocacy.mail.ledger.processes import boot_id
from advocacy.resources import state_home

DOUBTS = ("ledger-copy", "ledger-elsewhere", "ledger-older", "ledger-incomplete")
"""Codes of the problems that somebody may decide, by saying that this ledger goes on."""
_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


@dataclass(frozen=True, slots=True)
class LedgerHome:
    """What a ledger says of itself; empty where nothing was sent with it yet.

    `machine` identifies the machine, `host` is its name for people. `used_at` is in UTC epoch
    seconds.
    """

    name: str
    machine: str
    host: str
    place: str
    generation: int
    used_at: float | None


@dataclass(frozen=True, slots=True)
class LedgerSeen:
    """What this machine remembers of a ledger: the last generation, where it was, at which boot."""

    generation: int
    place: str
    boot: str = ""


@lru_cache(maxsize=1)
def this_machine() -> str:
    """What identifies this machine among others, or nothing where it has no such id.

    It is a digest: machine-id(5) asks not to give the id itself away.
    """
    found = ""
    for path in _IDS:
        with suppress(OSError):
            found = found or path.read_text("ascii").strip()
    if not found and sys.platform == "darwin":
        asked = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
        with suppress(OSError):
            told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
            found = told.partition('"IOPlatformUUID" = "')[2].partition('"')[0]
    return hashlib.sha256(f"advocacy ledger {found}".encode()).hexdigest()[:32] if found else ""


def this_host() -> str:
    """The machine's name, for people."""
    return socket.gethostname()


def find_doubt(
    home: LedgerHome, place: Path, seen: LedgerSeen | None, machine: str
) -> Problem | None:
    """Say why it is in doubt whether the mailing goes on with the ledger at `place`, if so.

    `seen` is what this `machine` remembers of it.
    """
    if not home.machine and not home.place:
        return None
    when = _day(home.used_at)
    if home.machine and machine and home.machine != machine:
        return fault("ledger-elsewhere", place, host=home.host, there=home.place, when=when)
    before = Path(seen.place if seen is not None else home.place)
    elsewhere = _is_another(before, place)
    if seen is not None and seen.generation > home.generation:
        if elsewhere:
            return fault("ledger-copy", place, "ledger-older-copy", there=before, when=when)
        return fault("ledger-older", place, when=when)
    if elsewhere:
        return fault("ledger-copy", place, there=before)
    return None


def is_newest(home: LedgerHome, place: Path, seen: LedgerSeen | None, machine: str) -> bool:
    """Whether a ledger was not changed since: this machine, which has run on, remembers none newer.

    It is told after each change, without a wait for the disk. So it is asked only on the boot at
    which it was told, and only of the ledger that it was told of.
    """
    return (
        seen is not None
        and seen.boot == boot_id()
        and seen.place == str(place) == home.place
        and machine == home.machine
        and seen.generation <= home.generation
    )


def _is_another(before: Path, place: Path) -> bool:
    """Whether another file than this one is at the place where the ledger was before."""
    try:
        return before.exists() and not before.samefile(place)
    except OSError:
        return False


def _day(at: float | None) -> str:
    return datetime.fromtimestamp(at or 0.0).astimezone().strftime("%Y-%m-%d %H:%M")


def state_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The folder for what the machine remembers of ledgers."""
    return state_home(environ) / "ledgers"


class LedgerMemory:
    """What this machine remembers of one ledger; nothing where the folder cannot be written."""

    def __init__(self, name: str) -> None:
        self._path = state_folder() / name
        self._handle = -1

    def read(self) -> LedgerSeen | None:
        """What it remembers, or None."""
        with suppress(OSError, ValueError):
            number, place, boot, *_ = self._path.read_text("utf-8").split("\n")
            return LedgerSeen(int(number), place, boot)
        return None

    def write(self, generation: int, place: Path) -> None:
        """Remember a generation; the file stays open, so that this costs one write."""
        number = f"{generation:020}\n".encode()
        with suppress(OSError):
            if self._handle < 0:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                number += f"{place}\n{boot_id()}\n".encode("utf-8", "surrogateescape")
            os.pwrite(self._handle, number, 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
