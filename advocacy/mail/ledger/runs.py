"""Runs of the sender: which process has letters under way, and whether it still lives.

A run has a lease, which a thread renews while its process lives. On the same machine the process
itself is looked up, so that a killed sender is found at once; elsewhere its lease must run out.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from sqlalchemy import ColumnElement, Connection, Row, insert, literal_column, select, update

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger.dispatch import record
from advocacy.mail.ledger.journal import RunJournal, read_journal
from advocacy.mail.ledger.processes import Liveness, RunOwner
from advocacy.mail.ledger.schema import LETTER, RUN
from advocacy.mail.ledger.transactions import since_boot
from advocacy.mail.ledger.values import Result, State

LEASE_SECONDS = 300.0
"""Long enough to outlast a bad connection, short enough to wait for."""
RENEW_SECONDS = 60.0
FOUND_DEAD = "found dead"
UNHEARD = "In progress without a running sender. It may have arrived."
# Spelt out, or SQLite does not see that the index on these rows serves.
_SENDING: ColumnElement[str] = literal_column(f"'{State.SENDING.value}'")
_UNSETTLED = RUN.c.ended_at.is_(None) | RUN.c.id.in_(
    select(LETTER.c.run_id).where(LETTER.c.state == _SENDING)
)
"""Runs that have not ended, or have letters under way."""


@dataclass(slots=True, eq=False)
class MailingRun:
    """A run of the sender, for as long as the block lasts: `with ledger.begin_run(…) as run:`.

    At the end of the block the run has ended, and what it still has under way is uncertain.
    `_renew` and `_end` are the ledger's methods: a run lives in a `with` of the sender, but only
    the ledger has the database.
    """

    number: int
    mailing: str
    mailing_id: int
    journal: RunJournal = field(repr=False)
    """Where each letter stands that the run has in hand, should its process be killed."""
    _renew: Callable[["MailingRun"], None] = field(repr=False)
    _end: Callable[["MailingRun", str], int] = field(repr=False)
    hands: set[str] = field(default_factory=set, repr=False)
    """The letters that were given out to it and of which it has not told. Whatever others may do
    with one of them meanwhile, it is not given out to the same run a second time."""
    _renewed: float = field(default=0.0, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def __enter__(self) -> "MailingRun":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._over.is_set():
            return
        if kind is None:
            self._end(self, "finished")
            return
        with suppress(AdvocacyError):  # what stopped the run says more
            self._end(self, f"stopped: {kind.__name__}")

    @property
    def lapsed(self) -> bool:
        """Whether its lease has run out, as after a sleep of the machine or of the network.

        What it has under way may then be held uncertain elsewhere: give back what is not sent.
        """
        return since_boot() - self._renewed >= LEASE_SECONDS

    def renewed(self, asked_at: float) -> None:
        """Note that the lease was renewed by a transaction that began at `asked_at`."""
        self._renewed = max(self._renewed, asked_at)

    def start_renewing(self) -> None:
        """Renew the lease from a thread of its own until the run ends."""

        def renew() -> None:
            while not self._over.wait(RENEW_SECONDS):
                try:
                    self._renew(self)
                except AdvocacyError:
                    continue  # out of reach for now; the lease has time for several tries

        name = f"lease of run {self.number}"
        thread = threading.Thread(target=renew, name=name, daemon=True)
        thread.start()
        self._thread = thread  # now that it can be joined, should Ctrl-C end the run here

    def stop_renewing(self) -> None:
        """Let the thread end."""
        self._over.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)


def insert_run(
    connection: Connection,
    mailing_id: int,
    owner: RunOwner,
    now: float,
    versions: Mapping[str, str],
    journal: str,
) -> int:
    """Write a run down; its number."""
    values = {
        "mailing_id": mailing_id,
        "username": owner.user,
        "host": owner.host,
        "boot": owner.boot,
        "pid": owner.pid,
        "started": owner.started,
        "versions": json.dumps(dict(versions)),
        "began_at": now,
        "lease_until": now + LEASE_SECONDS,
        "why": "",
        "journal": journal,
    }
    return int(connection.execute(insert(RUN).values(values).returning(RUN.c.id)).scalar_one())


def hold(connection: Connection, number: int, now: float) -> bool:
    """See that a run is alive for as long as the transaction lasts; whether its lease was renewed.

    One that was taken for dead, after a sleep say, lives again: its letters are uncertain by now,
    and it may still tell what came of them.
    """
    query = select(RUN.c.ended_at, RUN.c.lease_until).where(RUN.c.id == number)
    row = connection.execute(query.with_for_update(read=True)).one()
    if row.ended_at is None and row.lease_until - now > LEASE_SECONDS / 2:
        return False
    extend(connection, number, now)
    return True


def extend(connection: Connection, number: int, now: float) -> None:
    """Give a run its whole lease again."""
    alive = {"lease_until": now + LEASE_SECONDS, "ended_at": None, "why": ""}
    connection.execute(update(RUN).where(RUN.c.id == number).values(alive))


def close_run(
    connection: Connection,
    number: int,
    mailing_id: int,
    now: float,
    why: str,
    known: Mapping[str, Result | None],
) -> int:
    """End a run; the number of its letters that are uncertain now, as far as is `known`."""
    connection.execute(update(RUN).where(RUN.c.id == number).values(ended_at=now, why=why))
    told = f"The run ended without recording the result ({why or 'finished'})."
    return _make_uncertain(connection, number, mailing_id, now, told, known)


@dataclass(frozen=True, slots=True)
class DeadRun:
    """A run whose sender is gone, and that has not ended or has letters under way.

    `is_sure` says that its process ran on this boot of this machine, and is gone.
    """

    id: int
    owner: RunOwner
    journal: str
    is_sure: bool


def find_dead(
    connection: Connection,
    mailing_id: int,
    now: float,
    alive: Liveness,
    *,
    host: str | None = None,
    lock: bool = True,
) -> list[DeadRun]:
    """Find the runs of a mailing whose senders are gone; on a server their rows are locked.

    With a `host`, those on other machines are left out, which may only be out of reach.
    """
    asked = select(RUN).where(RUN.c.mailing_id == mailing_id).where(_UNSETTLED).order_by(RUN.c.id)
    found: list[DeadRun] = []
    for run in connection.execute(asked.with_for_update() if lock else asked).all():
        owner = RunOwner(run.username, run.host, run.boot, run.pid, run.started)
        told = alive(owner)
        if run.ended_at is None and _lives(run, now, told):
            continue
        if host is None or told is False or run.host == host:
            found.append(DeadRun(run.id, owner, run.journal, told is False))
    return found


def settle(
    connection: Connection, mailing_id: int, now: float, dead: Sequence[DeadRun]
) -> tuple[int, list[str]]:
    """Find out what became of the letters that dead runs have under way.

    What their journals know is written down; the others are uncertain. Returns the number of these,
    and the paths of the journals, which are needed no longer once this is committed.
    """
    count = 0
    journals: list[str] = []
    for run in dead:
        connection.execute(
            update(RUN)
            .where(RUN.c.id == run.id, RUN.c.ended_at.is_(None))
            .values(ended_at=now, why=FOUND_DEAD)
        )
        # It is this boot of this machine, and its process is gone: nothing that it wrote is lost.
        known = read_journal(run.journal, run.owner.words) if run.is_sure else {}
        journals += [run.journal] if run.is_sure and run.journal else []
        count += _make_uncertain(
            connection,
            run.id,
            mailing_id,
            now,
            UNHEARD,
            known,
        )
    return count, journals


def needed_journals(connection: Connection) -> set[str]:
    """The journals of runs, of any mailing, that may yet have something to tell."""
    return set(connection.execute(select(RUN.c.journal).where(_UNSETTLED)).scalars())


def _lives(run: Row[tuple[object, ...]], now: float, told: bool | None) -> bool:
    if told is not None:
        return told
    # A lease that ends too late was written by another clock. "Uncertain" errs on the safe side.
    return bool(now < run.lease_until <= now + 2 * LEASE_SECONDS)


def _make_uncertain(
    connection: Connection,
    number: int,
    mailing_id: int,
    now: float,
    reply: str,
    known: Mapping[str, Result | None],
) -> int:
    """Write down what is known of the letters that a run has under way, and that others are not."""
    ours = (LETTER.c.run_id == number, LETTER.c.state == _SENDING)
    if known:
        under_way = connection.execute(select(LETTER.c.letter_id).where(*ours)).scalars()
        found = [result for name in under_way if (result := known.get(name)) is not None]
        record(connection, mailing_id, number, found, now)
    done = connection.execute(
        update(LETTER)
        .where(*ours)
        .values(state=State.UNCERTAIN.value, at=now, code=None, reply=reply)
    )
    return done.rowcount
