"""Messages that wait to be sent: handed out in small groups, no faster than the pace allows."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from advocacy.mail.ledger import LedgerEntry
from advocacy.mail.smtp import Envelope
from advocacy.mail.smtp.pace import Pace

MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING = 1000
"""Half a second's messages, for the fastest servers: more would only take memory."""
GATHER_SECONDS = 0.05
"""How long to wait until a group is full: each costs a commit, however many messages it has."""


@dataclass(frozen=True, slots=True)
class ReadyMessage:
    """A message that is composed, checked and finished, with its entry for the ledger.

    `attempts` counts how often the ledger gave it out, once it did.
    """

    entry: LedgerEntry
    envelope: Envelope
    attempts: int = 0

    @property
    def domain(self) -> str:
        """The recipient's domain, in lower-case ASCII."""
        return self.entry.address_key.rpartition("@")[2]


class Outbox:
    """The queue between the thread that composes and the threads that send.

    It is bounded, in messages and bytes, so that composing does not run ahead. All methods may
    be called from any thread.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: dict[str, deque[ReadyMessage]] = {}
        self._count = self._bytes = 0
        self._closed = self._stopped = False
        self._changed = threading.Condition()

    def put(self, ready: ReadyMessage, should_give_up: Callable[[], bool]) -> bool:
        """Add a message, when there is room for it.

        Returns False if `stop()` was called or `should_give_up()` becomes true while waiting.
        """
        with self._changed:
            while self._is_full():
                if self._stopped or should_give_up():
                    return False
                self._changed.wait(0.1)
            if self._stopped:
                return False
            self._waiting.setdefault(ready.domain, deque()).append(ready)
            self._count += 1
            self._bytes += len(ready.envelope.message)
            self._changed.notify()
            return True

    def take(self, most: int, *, wait: bool) -> list[ReadyMessage]:
        """Up to so many messages that may go now.

        Empty when there is none; with `wait`, only when none will ever come. Where composing is
        slower than sending, a group gets a moment to fill.
        """
        with self._changed:
            self._gather(most)
            while not self._stopped:
                group, delay = self._allowed(most)
                if group or not wait or (self._closed and not self._count):
                    return group
                self._changed.wait(delay)
            return []

    def close(self) -> None:
        """Nothing more will be put in; what is there is still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _is_full(self) -> bool:
        return self._count >= MOST_WAITING or self._bytes >= MOST_BYTES

    def _gather(self, most: int) -> None:
        until = time.monotonic() + GATHER_SECONDS
        while self._count < most and not (self._is_full() or self._closed or self._stopped):
            left = until - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _allowed(self, most: int) -> tuple[list[ReadyMessage], float | None]:
        """Messages whose domains may get one now, and else how long it is until one may."""
        group: list[ReadyMessage] = []
        soonest: float | None = None
        for domain in list(self._waiting):
            queue = self._waiting[domain]
            while queue and len(group) < most:
                delay = self._pace.take(domain)
                if delay > 0:
                    soonest = delay if soonest is None else min(soonest, delay)
                    break
                ready = queue.popleft()
                self._count -= 1
                self._bytes -= len(ready.envelope.message)
                group.append(ready)
            if not queue:
                del self._waiting[domain]
            if len(group) >= most:
                break
        if group:
            # The next group begins with other domains, so that a slow one holds up none.
            self._waiting |= {name: self._waiting.pop(name) for name in list(self._waiting)[:1]}
            self._changed.notify_all()
        return group, soonest
