"""Transactions on a ledger's database, whichever it is, from any thread."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Select
from sqlalchemy import Row as SqlRow
from sqlalchemy.exc import DBAPIError

from advocacy.errors import Problem

# What goes wrong is raised. A log would print a traceback, as where Ctrl-C meets a closing file.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())

LONGEST_TRYING = 90.0
"""Seconds after which nothing is tried again, however few tries there were."""
LOOK_SECONDS = 0.1
"""Seconds after which somebody who waits for a database looks whether to give up."""
T = TypeVar("T")
Work = Callable[[Connection], T]


class Backend(Protocol):
    """A kind of database."""

    name: str
    shown: str
    engine: Engine
    one_writer: bool
    """Whether there can be but one writer at a time, who then commits for all that wait."""
    is_snapshot: bool
    """Whether it is a passing copy, of which nothing is kept."""

    def now(self, connection: Connection) -> float:
        """The time that the ledger goes by."""

    def guard(self) -> None:
        """Make ready to write; raise AdvocacyError where what is written now would be lost."""

    def translated(self) -> AbstractContextManager[None]:
        """Turn what the database says into an AdvocacyError."""

    def pauses(self, error: DBAPIError, *, repeatable: bool) -> tuple[float, ...]:
        """The seconds to wait before each new try; none where it would be in vain."""

    def wait_until(self, in_a_hurry: Callable[[], bool], on_wait: Callable[[], None]) -> None:
        """Wait for answers of a server until somebody is in a hurry; call `on_wait` if it is long.

        Both are called from any thread.
        """

    def examine(self, connection: Connection) -> None:
        """Raise AdvocacyError where the database is damaged."""

    def doubt(self) -> Problem | None:
        """Say why it is in doubt whether a mailing goes on with this copy of the ledger, if so."""

    def claim(self, connection: Connection, now: float) -> None:
        """Write down that the ledger is at home here."""

    def written(self) -> None:
        """Note that something was committed."""

    def close(self) -> None:
        """Close the database."""


@dataclass(slots=True, eq=False)
class _PendingWork:
    """Work that waits to be done in a transaction with others."""

    work: Work[Any]
    done: bool = False
    outcome: Any = None
    error: Exception | None = None


@dataclass(slots=True, eq=False)
class Transactions:
    """Runs work in transactions. `clock` (UTC epoch seconds) replaces the database's time."""

    backend: Backend
    clock: Callable[[], float] | None = None
    wait: Callable[[float], None] = time.sleep
    _in_a_hurry: Callable[[], bool] = field(default=lambda: False, init=False)
    _on_wait: Callable[[], None] = field(default=lambda: None, init=False)
    _is_waited_for: bool = field(default=False, init=False)
    _ahead: float | None = field(default=None, init=False)
    _writer: Lock = field(default_factory=Lock, init=False)
    _jobs: list[_PendingWork] = field(default_factory=list, init=False)
    _queue: Lock = field(default_factory=Lock, init=False)

    def time(self, connection: Connection) -> float:
        """The time of the ledger, asked in a transaction."""
        if self.clock is not None:
            return self.clock()
        now = self.backend.now(connection)
        self._ahead = now - since_boot()
        return now

    def now(self) -> float:
        """The time of the ledger; the server is asked but once."""
        if self.clock is not None:
            return self.clock()
        if self._ahead is None:
            return self.read(self.time)
        return since_boot() + self._ahead

    def ask(self, query: Select[Any]) -> list[SqlRow[Any]]:
        """The rows of a query, in a transaction of its own."""
        return self.read(lambda connection: list(connection.execute(query).all()))

    def read(self, work: Work[T]) -> T:
        """Do work that changes nothing."""
        with self.backend.translated():
            return self._again(lambda: self._alone(work, writes=False), repeatable=True)

    def write(self, work: Work[T], *, repeatable: bool = False) -> T:
        """Do work in a transaction of its own; when this returns it is durable.

        Work that is `repeatable` is done again where nobody knows whether its commit succeeded.
        """

        def once() -> T:
            with self._writer if self.backend.one_writer else nullcontext():
                return self._alone(work, writes=True)

        with self.backend.translated():
            return self._again(once, repeatable=repeatable)

    def write_together(self, work: Work[T]) -> T:
        """The same for work that is repeatable and that only the database can make fail.

        Where there is but one writer at a time, it does all that waits in one transaction: many
        threads that write a little each pay for one wait for the disk.
        """
        if not self.backend.one_writer:
            return self.write(work, repeatable=True)
        job = _PendingWork(work)
        with self._queue:
            self._jobs.append(job)
        with self._writer:
            if not job.done:
                self._run_pending()
        with self.backend.translated():
            if job.error is not None:
                raise job.error
        outcome: T = job.outcome
        return outcome

    def _run_pending(self) -> None:
        with self._queue:
            jobs, self._jobs = self._jobs, []
        try:
            self._do(jobs)
        finally:
            # After an interrupt the next waiter runs what is left.
            with self._queue:
                self._jobs[:0] = [job for job in jobs if not job.done]

    def _do(self, jobs: list[_PendingWork]) -> None:
        try:
            outcomes = self._alone(lambda c: [job.work(c) for job in jobs], writes=True)
        except Exception as error:  # noqa: BLE001 - raised in the thread whose job it is
            if len(jobs) > 1:
                for job in jobs:
                    self._do([job])
                return
            jobs[0].error, jobs[0].done = error, True
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            job.outcome, job.done = outcome, True

    def _again(self, once: Callable[[], T], *, repeatable: bool) -> T:
        """Do it again and again while it fails for a passing reason."""
        since = time.monotonic()
        for tries in count():
            try:
                done = once()
            except DBAPIError as error:
                pauses = self.backend.pauses(error, repeatable=repeatable)
                is_late = time.monotonic() - since > LONGEST_TRYING
                if is_late or tries >= len(pauses) or not self._rest(pauses[tries]):
                    raise
            else:
                self._is_waited_for = False
                return done
        raise AssertionError  # the loop ends by itself

    def _rest(self, seconds: float) -> bool:
        """Wait before a new try; False where nobody waits any longer."""
        if seconds and not self._in_a_hurry():
            self._tell_of_wait()
        while seconds > 0:
            if self._in_a_hurry():
                return False
            self.wait(min(seconds, LOOK_SECONDS))
            seconds -= LOOK_SECONDS
        return True

    def wait_until(self, in_a_hurry: Callable[[], bool], on_wait: Callable[[], None]) -> None:
        """Wait for a database that is out of reach until somebody is in a hurry.

        `on_wait` is called when the waiting begins. Both are called from any thread.
        """
        self._in_a_hurry, self._on_wait = in_a_hurry, on_wait
        self.backend.wait_until(in_a_hurry, self._tell_of_wait)

    def _tell_of_wait(self) -> None:
        if not self._is_waited_for:
            self._is_waited_for = True
            self._on_wait()

    def _alone(self, work: Work[T], *, writes: bool) -> T:
        if writes:
            self.backend.guard()
        engine = self.backend.engine
        if writes:
            engine = engine.execution_options(advocacy_writes=True)
        with engine.begin() as connection:
            done = work(connection)
        if writes:
            self.backend.written()
        return done


def since_boot() -> float:
    """Seconds that go on while the machine sleeps."""
    # On a Mac the monotonic clock of the system does; Python's own does not.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
