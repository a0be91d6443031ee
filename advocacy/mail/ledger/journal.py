"""A run's journal: where each letter stands that the run has in hand, at every moment.

The ledger holds a letter as `sending`, on the disk, before a byte of it leaves, and for a whole
group of letters at once. So all it can say of a sender that was killed is that the group may have
arrived. The journal says more, without a wait for the disk: which letters of the group had not been
begun, which were at the server, and what the server had said. It only ever narrows what the ledger
says, and only by naming the letter: of one that it does not name, the ledger's word stands.

A killed process loses nothing that it wrote. A power failure does: so the journal is believed on
the same boot of the same machine alone. It is kept in the machine's folder for temporary files,
not beside the ledger, which may be on a stick or a share that can vanish while the machine runs. A
journal that is missing, cut off, or another's is not believed, and the group stays uncertain.

A process that is killed before the ledger knows of its journal, or after the ledger needs it no
longer, leaves the file behind. Its name says whose ledger's it is, so that a later run finds it.
"""

import hashlib
import json
import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advocacy.mail.ledger.processes import Liveness, RunOwner
from advocacy.mail.ledger.values import Result, State

LARGEST = 1_000_000
"""Bytes after which a journal is written anew, with the letters in hand alone."""
SOON = 60.0
"""Seconds after which a journal is certainly begun."""
_GIVEN, _LEAVES, _CAME, _TOLD = "given", "leaves", "came", "told"
_Event = list[Any]


@dataclass(slots=True, eq=False)
class RunJournal:
    """The journal of a run that lives; its methods may be called from any thread.

    Where it cannot be written any more, it is taken away, and the run goes on without one. One that
    is not `kept` knows nothing: it is for senders that do not say when a letter leaves.
    """

    head: _Event
    kept: bool = False
    path: str = ""
    _handle: int = -1
    _size: int = 0
    _live: dict[str, _Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(cls, owner: Sequence[Any], ledger: str) -> "RunJournal":
        """Make the journal of a process, which `owner` names; `path` is empty without a file.

        `ledger` is where the ledger is.
        """
        journal = cls(list(owner), kept=True)
        try:
            journal._handle, journal.path = tempfile.mkstemp(
                prefix=_prefix(ledger), suffix=".journal"
            )
        except OSError:
            return journal
        journal._write([journal.head])
        return journal

    @property
    def is_believed(self) -> bool:
        """Whether the next who settles the run's letters will find it."""
        return self._handle >= 0

    def given(self, ids: Iterable[str]) -> None:
        """Write down that the ledger is about to give these letters out: none has left."""
        with self._lock:
            names = [name for name in ids if name not in self._live]
            self._live |= {name: [_GIVEN, name] for name in names}
            self._write([self._live[name] for name in names])

    def leaves(self, letter_id: str) -> None:
        """Write down that a letter may leave from now on."""
        self._note([_LEAVES, letter_id])

    def came(self, result: Result) -> None:
        """Write down what came of a letter that left."""
        self._note(
            [_CAME, result.letter_id, result.state.value, result.code, result.reply,
             result.not_before]
        )  # fmt: skip

    def told(self, ids: Iterable[str]) -> None:
        """Write down that the ledger knows of these letters all that there is to know."""
        with self._lock:
            names = [name for name in ids if self._live.pop(name, None) is not None]
            if self._size > LARGEST:
                self._renew()
            elif names:
                self._write([[_TOLD, *names]])

    def known(self) -> dict[str, Result | None]:
        """What is known of the letters in hand: a result, or None for one that may have left."""
        with self._lock:
            live = self._live if self.kept else {}
            return {name: _result(event) for name, event in live.items()}

    def end(self) -> None:
        """Take the journal away: the ledger knows everything."""
        with self._lock:
            self._drop()

    def _note(self, event: _Event) -> None:
        with self._lock:
            self._live[event[1]] = event
            self._write([event])

    def _write(self, events: Sequence[_Event]) -> None:
        if self._handle < 0 or not events:
            return
        data = _lines(events)
        try:
            if os.write(self._handle, data) != len(data):
                self._drop()
        except OSError:
            self._drop()
        self._size += len(data)

    def _renew(self) -> None:
        """Write the journal anew under another name, and give it its own at once."""
        if self._handle < 0:
            return
        data = _lines([self.head, *self._live.values()])
        fresh = f"{self.path}.new"
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            whole = os.write(handle, data) == len(data)
            os.close(self._handle)
            self._handle, self._size = handle, len(data)
            if whole:
                os.replace(fresh, self.path)  # noqa: PTH105 - a text, as mkstemp gives it
            else:
                self._drop()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        """Have nobody believe it: emptied first, which needs no room and no right to the folder."""
        if self._handle < 0:
            return
        with suppress(OSError):
            os.ftruncate(self._handle, 0)
        with suppress(OSError):
            os.close(self._handle)
        self._handle = -1
        remove_journal(self.path)


def read_journal(path: str, owner: Sequence[Any]) -> Mapping[str, Result | None]:
    """What a dead run's journal says of the letters that it had in hand.

    A letter that had not been begun has a result that was never tried; one that was at the server
    has None. Empty where the journal is not there, not this user's, or not of the process `owner`.
    """
    try:
        if not path or not _is_own(path):
            return {}
        lines = Path(path).read_text("utf-8").splitlines()
        events = [json.loads(line) for line in lines]
    except (OSError, ValueError, RecursionError):
        return {}
    if not events or events[0] != list(owner):
        return {}
    live: dict[str, _Event] = {}
    for event in events[1:]:
        if event[0] == _TOLD:
            for name in event[1:]:
                live.pop(name, None)
        else:
            live[event[1]] = event
    return {name: _result(event) for name, event in live.items()}


def find_left_journals(ledger: str, alive: Liveness) -> set[str]:
    """The paths of journals of a ledger whose processes are dead, whether they are needed or not.

    `alive` says whether a process lives.
    """
    found = Path(tempfile.gettempdir()).glob(f"{_prefix(ledger)}*")
    return {str(path).removesuffix(".new") for path in found if _is_left(path, alive)}


def _is_left(path: Path, alive: Liveness) -> bool:
    try:
        if not _is_own(str(path)):
            return False
        with path.open(encoding="utf-8") as file:
            head = file.readline()
        if not head:  # killed before it was written, which takes no time
            return time.time() - path.stat().st_mtime > SOON
        return alive(RunOwner("", *json.loads(head))) is False
    except (OSError, ValueError, TypeError):
        return False


def _prefix(ledger: str) -> str:
    name = hashlib.sha256(ledger.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"advocacy-run-{name}-"


def remove_journal(path: str) -> None:
    """Take a journal away whose letters are settled, if it is this user's."""
    for name in (path, f"{path}.new"):
        with suppress(OSError):
            if path and _is_own(name):
                Path(name).unlink()


def _is_own(path: str) -> bool:
    found = os.lstat(path)
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _result(event: _Event) -> Result | None:
    match event:
        case [kind, name] if kind == _GIVEN:
            return Result.untried(name)
        case [kind, name, state, code, reply, not_before] if kind == _CAME:
            return Result(name, State(state), code, reply, not_before)
        case _:
            return None


def _lines(events: Iterable[_Event]) -> bytes:
    # In ASCII: no character of a server's words is a line's end, or has no bytes.
    return "".join(f"{json.dumps(event)}\n" for event in events).encode("ascii")
