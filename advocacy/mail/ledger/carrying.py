"""The write-ahead log of a ledger's file, and how a copy of the file without it is known.

The log (`-wal`) is a part of the ledger until the last connection has closed: without it a copy of
the file is an older ledger. So the file says `complete = 0` for as long as a part of the ledger
stands in the log alone. The log says `complete = 1` meanwhile:

1. Before a process writes for the first time, and whenever the log has grown, it commits
   `complete = 0` and carries the whole log into the file (`LedgerLog.set_apart`).
2. Each transaction that follows says `complete = 1`, and stays in the log.
3. Who closes the ledger does step 1 again, and commits `complete = 1` before anybody else can
   write (`LedgerLog.finish`). Then the log has nothing but this one page to tell. SQLite carries
   it into the file when the last connection closes, and removes the log.

Step 3 is there because SQLite carries a log over page by page. Were it to carry over what step 2
wrote, and be killed, the file would say that it has everything when it has not.

A process that dies after step 1 leaves a log that says 0. Who opens the ledger next writes 1 before
anything else. Should another program open the ledger first, the log is gone and the file says 0. It
is believed all the same where this machine remembers that nothing was written since (`home`). A log
without a frame counts for none: SQLite makes one whenever a file is opened.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

MOST_LOG = 4_000_000
"""Bytes of the log after which it is carried into the file."""
CARRY_SECONDS = 3.0
"""How long to wait for those who read, before the log is left where it is."""
LOOK_SECONDS = 0.01
_NO_FRAMES = 32
"""Bytes of a log that holds nothing: its header (https://sqlite.org/fileformat2.html#walformat)."""
_IS_COMPLETE = "SELECT complete FROM advocacy_ledger"
_SET_APART = "UPDATE advocacy_ledger SET complete = 0"
_SET_COMPLETE = "UPDATE advocacy_ledger SET complete = 1"


def side_files(path: Path) -> tuple[Path, Path]:
    """The write-ahead log and its index, which stand beside the file while it is in use."""
    real = path.resolve()
    return real.with_name(f"{real.name}-wal"), real.with_name(f"{real.name}-shm")


class LedgerLog:
    """The log at `path` of the file that `engine` has open.

    `is_due` says that it is to be carried over before the next change.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine
        self._is_apart = False
        self._carry_at = 0
        self.is_due = True

    def has_frames(self) -> bool:
        """Whether there is anything in the log."""
        return self._size() > _NO_FRAMES

    def set_apart(self) -> bool:
        """Have the file say that the log belongs to it; False where somebody who reads prevents it.

        It is asked before each change, and mostly has nothing to do.
        """
        if self.is_due or self._size() >= self._carry_at:
            with self._carried() as (_, done):
                self._is_apart = self._is_apart or done
            # The next transaction begins the log anew, unless somebody reads what is in it.
            self._carry_at = MOST_LOG + (0 if self.is_due else self._size())
            self.is_due = False
        return self._is_apart

    def finish(self) -> None:
        """Carry the log over, and say that the file has everything."""
        with self._carried() as (writer, _):
            # Where somebody reads, it stays in the log, as what every change says.
            writer.execute(_SET_COMPLETE)

    @contextmanager
    def _carried(self) -> Iterator[tuple[Any, bool]]:
        """The log says 0, and is carried over, if that is possible: nobody can write meanwhile."""
        with self._engine.connect() as one, self._engine.connect() as two:
            writer: Any = one.connection.dbapi_connection
            carrier: Any = two.connection.dbapi_connection
            writer.execute("BEGIN IMMEDIATE")
            try:
                # Another process may write between the commit and the lock, and say 1.
                while writer.execute(_IS_COMPLETE).fetchone()[0]:
                    writer.execute(_SET_APART)
                    writer.execute("COMMIT")
                    writer.execute("BEGIN IMMEDIATE")
                yield writer, _carry_over(carrier)
                writer.execute("COMMIT")
            finally:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0


def _carry_over(connection: Any) -> bool:
    """Carry the whole log into the file, once nobody reads an older state of it; whether it was.

    The write lock is another connection's, so nothing is added: the mode that waits for no writer
    is the one that does not wait for us (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
    """
    until = time.monotonic() + CARRY_SECONDS
    while True:
        busy, frames, carried = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if not busy and frames == carried:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
