"""The threads that send, each with a connection of its own; the ledger is told before and after.

A message is `sending` in the ledger, on the disk, before a byte of it leaves. What came of it is
written together with the next group's marks, so that a group costs one commit. In between the run's
journal says of each message when it leaves and what came of it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.figures import human_span
from advocacy.mail.ledger import Ledger, MailingRun, Result, State
from advocacy.mail.sending.outbox import Outbox, ReadyMessage
from advocacy.mail.smtp import Connection, SmtpReply, Verdict, backoff

MOST_UNDER_WAY = 100
"""The maximum number of messages in progress, which a crash may leave uncertain."""
GROUP_SECONDS = 0.2
"""How long a group of messages should take; on a slow server a group is one message."""
TROUBLE_AT_FIRST, TROUBLE_LATER = 10.0, 300.0
"""Seconds for which the server, or the way to it, may fail before the run gives up: short at its
beginning, where a name may be wrong, and longer later, when a train may be in a tunnel."""
LONGEST_PAUSE = 30.0
LOOK_SECONDS = 0.05
GRACE, LAST_GRACE = 3.0, 1.0
"""Seconds after Ctrl-C until connections are broken off, and until nobody waits for them."""


@dataclass(slots=True)
class ServerTrouble:
    """Failures in a row that are not one recipient's, such as a server that cannot be reached.

    `since` is when they began (seconds of the monotonic clock), `allowed` for how many seconds
    they are waited out.
    """

    count: int = 0
    since: float = 0.0
    allowed: float = TROUBLE_AT_FIRST


@dataclass(slots=True)
class SenderSettings:
    """What the senders of a run share.

    `connect` gives a connection; `may_go` says, at the last moment, whether a message still may;
    `on_sent` is called for each message with what came of it. `most_failures` in a row stop the
    run. `trouble` is the run's, and outlasts a pass over the list. `on_answer` is told of each
    message whether it was refused, not sent, and says whether the run must stop for it. While
    `settled` is not set, it is in doubt whether the text may still go, and no message is begun.
    """

    outbox: Outbox
    ledger: Ledger
    run: MailingRun
    connect: Callable[[], Connection]
    may_go: Callable[[ReadyMessage], bool]
    on_sent: Callable[[ReadyMessage, Result], None]
    connections: int = 4
    most_failures: int = 20
    trouble: ServerTrouble = field(default_factory=ServerTrouble)
    on_answer: Callable[[bool], Problem | None] = lambda _: None
    settled: threading.Event | None = None


class Senders:
    """The senders of one pass over the list; the first reason to stop is kept in `why`.

    `next_try` is when the first of those that were put off, or given back, may be tried again
    (UTC epoch seconds by `Ledger.now()`); `gave_back` that some were not tried at all.
    """

    def __init__(self, settings: SenderSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._failures = 0
        self._resting = threading.Event()
        self._crash: BaseException | None = None
        self._connections: list[Connection] = []
        self.why: Problem | None = None
        self.next_try: float | None = None
        self.gave_back = False
        self.lost = False
        """Whether a sender has given up, on the ledger say: nobody waits for it any longer."""
        self._threads = [
            threading.Thread(target=self._guarded, name=f"sender-{n}", daemon=True)
            for n in range(settings.connections)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be begun: for a reason, or since somebody asked."""
        return self._resting.is_set()

    def finish(
        self, over: Callable[[], bool], in_a_hurry: Callable[[], bool] = lambda: False
    ) -> None:
        """Wait until what is in the outbox is sent, or what is in hand once `over` says so.

        Where somebody is `in_a_hurry`, connections that do not answer are broken off after a few
        seconds: what is in hand is then uncertain, or was not sent. Raises what ended a sender that
        was not meant to end.
        """
        self._settings.outbox.close()
        hurried: float | None = None
        for thread in self._threads:
            while thread.is_alive():
                if over():
                    self.stop()
                if hurried is None and in_a_hurry():
                    hurried = time.monotonic()
                if hurried is not None and time.monotonic() - hurried > GRACE:
                    for connection in self._connections:
                        connection.break_off()
                    if time.monotonic() - hurried > GRACE + LAST_GRACE:
                        break  # it is still connecting, and has nothing in hand
                thread.join(0.05)
        if self._crash is not None:
            raise self._crash

    def abandon(self) -> None:
        """Break off what is in hand, and wait for a moment only: somebody asked twice."""
        self.stop()
        until = time.monotonic() + LAST_GRACE
        for thread in self._threads:
            for connection in self._connections:
                connection.break_off()
            thread.join(max(0.0, until - time.monotonic()))

    def stop(self, why: Problem | None = None) -> None:
        """Send nothing more, after what is in hand."""
        with self._lock:
            self.why = self.why or why
        self._resting.set()
        self._settings.outbox.stop()

    def _guarded(self) -> None:
        try:
            connection = self._settings.connect()
            with self._lock:
                self._connections.append(connection)
            _Sender(self._settings, self, connection).work()
        except AdvocacyError as error:  # of the ledger, or of the suppression list
            self.stop(while_sending(error.problems[0]))
        except BaseException as error:  # noqa: BLE001 - it is raised where the run waits
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """Stop for an error that nobody expected; `finish` raises it."""
        with self._lock:
            self._crash = self._crash or error
        self.stop()

    def may_begin(self) -> bool:
        """Whether the next message may be handed over, once it is known that the text may go."""
        settled = self._settings.settled
        while settled is not None and not self.stopped and not settled.wait(LOOK_SECONDS):
            pass
        return not self.stopped

    def note(self, results: Sequence[Result]) -> None:
        """Note when those may be tried again that the ledger has been told of as deferred."""
        times = [one.not_before for one in results if one.state is State.DEFERRED]
        later = [at for at in times if at is not None]  # those given back have none
        with self._lock:
            self.gave_back = self.gave_back or not all(one.tried for one in results)
            if self.next_try is not None:
                later.append(self.next_try)
            self.next_try = min(later, default=None)

    def count(self, reply: SmtpReply) -> None:
        """Stop where the server says that no message has a chance, or too many have failed.

        Trouble that is everyone's, such as a server that cannot be reached, is waited out first.
        """
        trouble = self._settings.trouble
        with self._lock:
            now = time.monotonic()
            if reply.verdict is Verdict.SENT:
                self._failures = trouble.count = 0
                trouble.allowed = TROUBLE_LATER
            elif reply.everyone:
                trouble.count += 1
                trouble.since = now if trouble.count == 1 else trouble.since
            else:
                self._failures += 1
            failures, lasting = self._failures, now - trouble.since
            pause = min(LONGEST_PAUSE, 2.0 ** min(trouble.count - 1, 5), trouble.allowed)
        answered = not reply.everyone and reply.verdict in (Verdict.SENT, Verdict.REFUSED)
        why = self._settings.on_answer(reply.verdict is Verdict.REFUSED) if answered else None
        if reply.stop is not None or why is not None:
            self.stop(reply.stop or why)
        elif reply.everyone and lasting > trouble.allowed:
            self.stop(_no_way(lasting, reply))
        elif failures >= self._settings.most_failures:
            self.stop(_too_many(failures, reply))
        elif reply.everyone:
            self._resting.wait(pause)


def while_sending(told: Problem) -> Problem:
    """What a ledger's problem means to a run that has letters in hand."""
    if told.code != "ledger-not-written":
        return told
    lead = (
        "No letter is sent before it is recorded. The results of the last letters may be missing; "
        "those letters count as uncertain. "
    )
    return replace(told, hint=lead + told.hint)


def _no_way(seconds: float, reply: SmtpReply) -> Problem:
    return Problem(
        "server-unreachable",
        f"No message could be delivered for {human_span(seconds)}: {reply.text}.",
        "When the server works again, run the same command to continue with the messages that are "
        "left.",
    )


def _too_many(failures: int, reply: SmtpReply) -> Problem:
    return Problem(
        "too-many-failures",
        f"{failures} messages in a row could not be sent; the last answer was: "
        f"{reply.code or ''} {reply.text}".rstrip()
        + ".",
        "Find the cause; `advocacy status` lists the messages. Then run the same command to "
        "continue with those that are left.",
    )


@dataclass(slots=True)
class _Sender:
    """One thread's work: a connection, and results that the ledger has not been told yet."""

    settings: SenderSettings
    senders: Senders
    connection: Connection
    results: list[Result] = field(default_factory=list)
    size: int = 1

    def work(self) -> None:
        """Send until nothing is left, or the run stops."""
        try:
            while True:
                group = self.settings.outbox.take(self.size, wait=not self.results)
                if group:
                    self._send(group)
                elif self.results:
                    self._exchange([])
                else:
                    return
        except AdvocacyError:
            self.senders.lost = True
            raise
        finally:
            try:
                if self.results:
                    self._exchange([])
            finally:
                self.connection.close()

    def _send(self, group: Sequence[ReadyMessage]) -> None:
        if not self._open():
            return
        taken = self._exchange([ready for ready in group if self.settings.may_go(ready)])
        begun = time.monotonic()
        for position, ready in enumerate(taken):
            if not self.senders.may_begin() or self.settings.run.lapsed:
                self.results += (Result.untried(one.entry.letter_id) for one in taken[position:])
                break
            journal = self.settings.run.journal
            journal.leaves(ready.entry.letter_id)
            reply = self.connection.send(ready.envelope)
            result = self._result(ready, reply)
            journal.came(result)
            self.results.append(result)
            self.settings.on_sent(ready, result)
            if reply.everyone:  # the rest of the group waits, unmarked, until it has passed
                self.results += (
                    Result.untried(one.entry.letter_id) for one in taken[position + 1 :]
                )
                self._exchange([])
                self.senders.count(reply)
                break
            self.senders.count(reply)
        self._adapt(len(taken), time.monotonic() - begun)

    def _open(self) -> bool:
        """Have an open connection before anything is marked; False where the run stops first."""
        while not self.senders.stopped:
            trouble = self.connection.open()
            if trouble is None:
                return not self.senders.stopped
            if self.results:
                self._exchange([])
            self.senders.count(trouble)
        return False

    def _adapt(self, sent: int, seconds: float) -> None:
        """A larger group where the server is quick, a smaller where it is slow."""
        if seconds > GROUP_SECONDS:
            self.size = max(1, self.size // 2)
        elif seconds < GROUP_SECONDS / 2 and sent >= self.size:
            self.size = min(2 * self.size, max(1, MOST_UNDER_WAY // self.settings.connections))

    def _result(self, ready: ReadyMessage, reply: SmtpReply) -> Result:
        state, later = State(reply.verdict.value), None
        if state is State.DEFERRED:
            # One for whom a server stops us waits, so that the next run begins with others.
            at_once = reply.everyone and reply.stop is None
            wait = 0.0 if at_once else backoff(ready.attempts)
            later = self.settings.ledger.now() + wait
        return Result(ready.entry.letter_id, state, reply.code, reply.text, later)

    def _exchange(self, group: Sequence[ReadyMessage]) -> list[ReadyMessage]:
        """Tell the ledger what came of the last messages, and mark the next; those it gave out."""
        entries = [ready.entry for ready in group]
        taken = self.settings.ledger.exchange(self.settings.run, self.results, entries)
        self.senders.note(self.results)
        self.results = []
        return [
            replace(ready, attempts=one.attempts)
            for ready, one in zip(group, taken, strict=True)
            if one.taken
        ]
