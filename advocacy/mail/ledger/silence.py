"""A PostgreSQL server that stops answering and does not close the connection.

A process that was stopped does so, and a firewall that drops every packet. TCP sees nothing wrong
with the first, and psycopg waits for ever. So the seconds are counted here: a question is given up
after a while, and soon once somebody pressed Ctrl-C. So is an attempt to connect.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from psycopg import Connection as PgConnection

SILENT_SECONDS = 40.0
"""How long an answer may take; a server that waits for a lock says so earlier (`lock_timeout`)."""
TOLD_SECONDS = 5.0
"""Seconds of silence after which the user is told."""
HURRIED_SECONDS = 1.5
"""How long an answer may take after Ctrl-C."""
LOOK_SECONDS = 0.05
SILENT = "the server does not answer"
T = TypeVar("T")


@dataclass(slots=True)
class Silence:
    """The wait for one answer: since when, since when in a hurry, and whether the user was told."""

    since: float = field(default_factory=time.monotonic)
    hurried: float = 0.0
    told: bool = False


@dataclass(slots=True)
class SilenceWatch:
    """Decides how long the answers of a server are waited for; one for all its connections.

    `in_a_hurry` says whether somebody asked to stop, `on_wait` tells the user that the ledger is
    out of reach. Both are called from any thread.
    """

    in_a_hurry: Callable[[], bool] = lambda: False
    on_wait: Callable[[], None] = lambda: None
    _given_up: bool = field(default=False, init=False)

    def is_over(self, silence: Silence) -> bool:
        """Whether an answer is waited for no longer. Tells the user of a long silence."""
        now = time.monotonic()
        if self.in_a_hurry():
            silence.hurried = silence.hurried or now
            # Once one has waited in vain, the others need not.
            self._given_up = self._given_up or now - silence.hurried > HURRIED_SECONDS
            return self._given_up
        if not silence.told and now - silence.since > TOLD_SECONDS:
            silence.told = True
            self.on_wait()
        return now - silence.since > SILENT_SECONDS

    def connect(self, connect: Callable[[], T], close: Callable[[T], None]) -> T | None:
        """Call `connect`, and return what it returns; None where it takes too long.

        Looking up a server's name cannot be broken off. So a thread does it, which is left behind:
        it calls `close` for a connection that comes too late. Raises what `connect` raises.
        """
        attempt = _Attempt(connect, close)
        threading.Thread(target=attempt.run, name="connecting", daemon=True).start()
        silence = Silence()
        try:
            while not attempt.done.wait(LOOK_SECONDS):
                if self.is_over(silence):
                    break
        finally:  # also at Ctrl-C
            found = attempt.take()
        if isinstance(found, BaseException):
            raise found
        made: T | None = found
        return made


@dataclass(slots=True)
class _Attempt:
    """An attempt to connect, in a thread of its own."""

    connect: Callable[[], Any]
    close: Callable[[Any], None]
    done: threading.Event = field(default_factory=threading.Event)
    _found: Any = None
    _is_left: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Connect, and keep the connection or the error for whoever waits."""
        try:
            found = self.connect()
        except BaseException as error:  # noqa: BLE001 - raised where somebody waits
            found = error
        with self._lock:
            self._found = found
            is_late = self._is_left and not isinstance(found, BaseException)
        self.done.set()
        if is_late:
            with suppress(Exception):
                self.close(found)

    def take(self) -> Any:
        """What came of it so far; None where it is still under way, and nobody waits any longer."""
        with self._lock:
            self._is_left = self._found is None
            return self._found


def watched_connection(watch: SilenceWatch) -> "type[PgConnection[Any]]":
    """A class of connections whose questions are given up after too long a silence.

    They are then closed, and raise psycopg's OperationalError as where a connection broke. At
    Ctrl-C they are closed at once: psycopg would first ask the server to cancel the question.
    """
    import psycopg
    from psycopg import waiting
    from psycopg.waiting import Ready

    def watched(asked: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        silence = Silence()
        try:
            wants = next(asked)
            while True:
                ready = yield wants
                if ready != Ready.NONE:
                    silence = Silence()  # it still sends, however much that is
                elif watch.is_over(silence):
                    raise psycopg.OperationalError(SILENT)
                wants = asked.send(ready)
        except StopIteration as end:
            answer: T = end.value
            return answer

    class WatchedConnection(psycopg.Connection[Any]):
        """A connection that does not wait for ever."""

        def wait(self, gen: Generator[Any, Any, T], *_: Any, **__: Any) -> T:
            try:
                return waiting.wait(watched(gen), self.pgconn.socket, interval=LOOK_SECONDS)
            except psycopg.OperationalError as error:
                if SILENT in str(error):
                    self.pgconn.finish()
                raise
            except (KeyboardInterrupt, SystemExit):
                self.pgconn.finish()
                raise

    return WatchedConnection
