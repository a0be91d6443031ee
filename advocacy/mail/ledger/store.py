"""The ledger, opened: one object for every thread, one method for every change.

Each method that changes something runs one transaction: the SQL of sending stands in `dispatch`,
of runs in `runs`, of what people decide by hand here. Questions stand in `reading`.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.ledger import dispatch, runs
from advocacy.mail.ledger.faults import fault
from advocacy.mail.ledger.journal import RunJournal, find_left_journals, remove_journal
from advocacy.mail.ledger.persons import mark_of
from advocacy.mail.ledger.processes import Liveness, RunOwner, is_alive, this_process
from advocacy.mail.ledger.reading import PAGE, LedgerReader, mailing_id_of
from advocacy.mail.ledger.runs import MailingRun
from advocacy.mail.ledger.schema import LETTER, MAILING, TEXT_OF_MAILING, UNMADE
from advocacy.mail.ledger.transactions import Backend, Transactions, since_boot
from advocacy.mail.ledger.values import (
    ASSUMED,
    RESENT,
    LedgerEntry,
    MailingText,
    Result,
    State,
    Taken,
    Why,
)

_C = LETTER.c


class Ledger(LedgerReader):
    """The account of every mailing; a context manager, safe to use from several threads.

    Every method raises AdvocacyError where the database cannot do what is asked: it is locked,
    full, damaged or out of reach. `clock` (UTC epoch seconds) replaces the machine's, or the
    database's; `owner` is the process that sends, `alive` tells of another whether it lives.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Callable[[], float] | None = None,
        owner: RunOwner | None = None,
        alive: Liveness = is_alive,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(backend, Transactions(backend, clock, wait))
        self._owner = owner
        self._alive = alive
        self._runs: dict[int, MailingRun] = {}
        self._decided = False
        self.unsettled: Problem | None = None
        """What keeps it from being known what became of the letters that dead senders had."""

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. Runs that have not ended stay open, as after a crash."""
        for run in list(self._runs.values()):
            run.stop_renewing()
        self._backend.close()

    def now(self) -> float:
        """The time that the ledger goes by, in UTC epoch seconds: on PostgreSQL the server's."""
        return self._db.now()

    def start(self, name: str, campaign: str, stage: str, text: MailingText) -> None:
        """Write a new mailing down, with its text. Raises AdvocacyError where there is one."""

        def work(connection: Connection) -> None:
            if mailing_id_of(connection, name) is not None:
                raise AdvocacyError(fault("mailing-exists", self.shown, name=name))
            now = self._db.time(connection)
            mailing = {"name": name, "campaign": campaign, "stage": stage, "started_at": now}
            done = connection.execute(insert(MAILING).values(mailing).returning(MAILING.c.id))
            _insert_text(connection, int(done.scalar_one()), text, now)

        self._db.write(work)

    def accept_text(self, name: str, text: MailingText) -> None:
        """Write down that the mailing goes on with another text than its first letters had."""
        number = self._number(name)
        self._db.write(lambda c: _insert_text(c, number, text, self._db.time(c)))

    def begin_run(
        self, name: str, *, versions: Mapping[str, str] | None = None, journaled: bool = False
    ) -> MailingRun:
        """Begin to send a mailing. A thread renews the run's lease until the run ends.

        `versions` are the programs that make the letters, by name. A `journaled` run calls
        `run.journal.leaves` before each letter leaves and `run.journal.came` after. If it is
        killed, the letters that it had in hand and not begun are left again.

        Raises AdvocacyError where it is in doubt whether the mailing goes on with this copy of the
        ledger; see `continue_here`.
        """
        number = self._number(name)
        owner = self._owner or this_process()
        asked_at = since_boot()
        doubt = self.doubt()
        if doubt is not None and not self._decided:
            raise AdvocacyError(doubt)
        self._db.read(self._backend.examine)  # no letter leaves by a damaged ledger
        journal = (
            RunJournal.begin(owner.words, self.shown) if journaled else RunJournal(owner.words)
        )

        def work(connection: Connection) -> int:
            now = self._db.time(connection)
            self._backend.claim(connection, now)
            return runs.insert_run(connection, number, owner, now, versions or {}, journal.path)

        try:
            made = self._db.write(work)
        except BaseException:
            journal.end()
            raise
        run = MailingRun(made, name, number, journal, self.renew, self.end_run)
        run.renewed(asked_at)
        self._runs[run.number] = run
        run.start_renewing()
        return run

    def doubt(self) -> Problem | None:
        """Say why it is in doubt whether a mailing goes on with this copy of the ledger, if so.

        It is a copy, or from another machine, or an older backup.
        """
        with self._backend.translated():
            return self._backend.doubt()

    def continue_here(self) -> None:
        """Let runs begin, whatever was in doubt: from now on the ledger is at home here."""
        self._decided = True

    def claim(self) -> None:
        """Write down that the ledger is at home here from now on."""
        self._db.write(
            lambda connection: self._backend.claim(connection, self._db.time(connection))
        )

    def wait_until(
        self, in_a_hurry: Callable[[], bool], on_wait: Callable[[], None] = lambda: None
    ) -> None:
        """Wait for a server that is out of reach until somebody is in a hurry.

        `on_wait` is called when the waiting begins. Both are called from any thread.
        """
        self._db.wait_until(in_a_hurry, on_wait)

    def renew(self, run: MailingRun) -> None:
        """Give a run its whole lease again."""
        asked_at = since_boot()
        self._db.write(lambda c: runs.extend(c, run.number, self._db.time(c)))
        run.renewed(asked_at)

    def end_run(self, run: MailingRun, why: str) -> int:
        """End a run. Its letters without a result become uncertain; returns how many."""
        run.stop_renewing()
        self._runs.pop(run.number, None)
        known = run.journal.known()
        count = self._db.write(
            lambda c: runs.close_run(c, run.number, run.mailing_id, self._db.time(c), why, known),
            repeatable=True,
        )
        run.journal.end()
        return count

    def settle(self, name: str) -> int:
        """Make uncertain what dead runs of a mailing have under way; returns how many letters.

        What a killed sender's journal knows on this machine is written down instead. A run is dead
        when its process is gone, on this machine, or else when its lease is over.
        """
        return self._settle(self._number(name), None)

    def settle_to_look(self) -> None:
        """The same for every mailing, by someone who only looks: nothing is written in vain.

        On a server, a run of another machine is left alone: a sender that is out of reach for a
        while gives back, when it returns, what it has not sent.
        """
        host = None if self._backend.one_writer else (self._owner or this_process()).host

        def find(connection: Connection) -> list[int]:
            now = self._db.time(connection)
            return [
                one
                for one in connection.execute(select(MAILING.c.id).order_by(MAILING.c.id)).scalars()
                if runs.find_dead(connection, one, now, self._alive, host=host, lock=False)
            ]

        for number in self._db.read(find):
            self._settle(number, host)

    def _settle(self, number: int, host: str | None) -> int:
        # Before the ledger is asked which are needed: the dead give it no more of them.
        left = find_left_journals(self.shown, self._alive)

        def work(connection: Connection) -> tuple[int, list[str], set[str]]:
            now = self._db.time(connection)
            dead = runs.find_dead(connection, number, now, self._alive, host=host)
            count, done = runs.settle(connection, number, now, dead)
            return count, done, runs.needed_journals(connection)

        count, journals, needed = self._db.write(work, repeatable=True)
        # Where this is a copy, they may yet have something to tell to the ledger itself.
        if not self._backend.is_snapshot and self.doubt() is None:
            for path in {*journals, *left} - needed:
                remove_journal(path)
        return count

    def exchange(
        self, run: MailingRun, results: Sequence[Result], entries: Sequence[LedgerEntry]
    ) -> list[Taken]:
        """In one transaction, write down results and give letters out to a run.

        The answers stand in the order of the entries. Only what is `taken` may be sent, and only
        once this has returned: the letters are then `sending`, durably. Where it raises, nothing
        of `entries` may be sent, and `results` are to be given again.
        """
        # Where a lost connection leaves open whether a commit succeeded, the transaction is
        # repeated. The token marks the letters that the first try gave out, so that the second
        # gives the same ones out instead of calling them under way.
        token = dispatch.new_token()
        asked_at = since_boot()
        told = {result.letter_id for result in results}
        # What this run still has in hand is never given to it a second time, whatever others
        # may have done with the row since, such as finding the run dead.
        held = run.hands - told
        free = [entry for entry in entries if entry.letter_id not in held]

        def work(connection: Connection) -> tuple[list[Taken], bool]:
            now = self._db.time(connection)
            renewed = runs.hold(connection, run.number, now)
            mailing, number = run.mailing_id, run.number
            given = dispatch.exchange(connection, mailing, number, token, results, free, now)
            return given, renewed

        run.journal.given(entry.letter_id for entry in free)
        given, renewed = self._db.write_together(work)
        if renewed:
            run.renewed(asked_at)
        run.hands -= told
        run.hands |= {one.letter_id for one in given if one.taken}
        run.journal.told([*told, *(one.letter_id for one in given if not one.taken)])
        answers = iter(given)
        return [
            Taken(entry.letter_id, Why.UNDER_WAY) if entry.letter_id in held else next(answers)
            for entry in entries
        ]

    def resend_uncertain(self, name: str, ids: Collection[str] | None = None) -> int:
        """Free letters that may have arrived, all or some, to be sent again; how many."""
        values: dict[str, Any] = {"state": State.DEFERRED.value, "code": None, "reply": RESENT}
        values |= {"not_before": None, "resends": _C.resends + 1}
        # Whoever was forgotten has no address any more to send to.
        return self._change_uncertain(name, ids, values, _C.forgotten_at.is_(None))

    def assume_sent(self, name: str, ids: Collection[str] | None = None) -> int:
        """Take letters that may have arrived for sent, all or some; how many."""
        values = {"state": State.SENT.value, "reply": ASSUMED}
        return self._change_uncertain(name, ids, values)

    def _change_uncertain(
        self,
        name: str,
        ids: Collection[str] | None,
        values: dict[str, Any],
        *more: ColumnElement[bool],
    ) -> int:
        uncertain = (_C.mailing_id == self._number(name), _C.state == State.UNCERTAIN.value, *more)

        def work(connection: Connection) -> int:
            now = self._db.time(connection)
            change = update(LETTER).where(*uncertain).values(**values, at=now)
            if ids is None:
                return connection.execute(change).rowcount
            wanted = sorted(ids)
            parts = [_C.letter_id.in_(wanted[at : at + PAGE]) for at in range(0, len(wanted), PAGE)]
            return sum(connection.execute(change.where(part)).rowcount for part in parts)

        return self._db.write(work)

    def mark_replied(self, name: str, letter_id: str, at: float | None = None) -> bool:
        """Note that somebody answered (at a time, else now); whether there is such a letter."""
        return self._mark(name, letter_id, "replied_at", at)

    def mark_bounced(self, name: str, letter_id: str, bounce: str, at: float | None = None) -> bool:
        """Note that a letter came back, and why; whether there is such a letter."""
        return self._mark(name, letter_id, "bounced_at", at, bounce=bounce)

    def _mark(
        self, name: str, letter_id: str, column: str, at: float | None, **values: str
    ) -> bool:
        change = update(LETTER).where(
            _C.mailing_id == self._number(name), _C.letter_id == letter_id
        )

        def work(connection: Connection) -> bool:
            when = self._db.time(connection) if at is None else at
            return connection.execute(change.values({column: when, **values})).rowcount > 0

        return self._db.write(work)

    def note_unmade(self, name: str, reasons: Mapping[str, str], *, anew: bool) -> None:
        """Note which letters a run could not compose, by id, with the codes of the problems.

        With `anew` this is all of them: what was noted before is void.
        """
        number = self._number(name)
        marks = {mark_of(letter_id): reason for letter_id, reason in reasons.items()}

        def work(connection: Connection) -> None:
            old = delete(UNMADE).where(UNMADE.c.mailing_id == number)
            for at in range(0, 1 if anew else len(marks), PAGE):
                some = UNMADE.c.letter.in_([*marks][at : at + PAGE])
                connection.execute(old if anew else old.where(some))
            if marks:
                rows = [
                    {"mailing_id": number, "letter": letter, "reason": reason}
                    for letter, reason in sorted(marks.items())
                ]
                connection.execute(insert(UNMADE), rows)

        self._db.write(work)

    def forget(self, address_key: str, stands_for: str) -> int:
        """Take a person out of every mailing; how many letters.

        The rows stay, for the count; `stands_for` takes the place of address and ids. Raises
        AdvocacyError, and changes nothing, while a letter to the person is under way.
        """
        return self._db.write(lambda c: _forget(c, address_key, stands_for, self._db.time(c)))


def _insert_text(connection: Connection, mailing_id: int, text: MailingText, now: float) -> None:
    """Write down the text that a mailing has from now on."""
    values = {
        "mailing_id": mailing_id,
        "parts": json.dumps(dict(text.parts), ensure_ascii=False),
        "sample": text.sample,
        "at": now,
    }
    connection.execute(insert(TEXT_OF_MAILING).values(values))


def _forget(connection: Connection, address_key: str, stands_for: str, now: float) -> int:
    query = (
        select(_C.id, _C.mailing_id, _C.state, MAILING.c.name)
        .join(MAILING, MAILING.c.id == _C.mailing_id)
        .where(_C.mailing_id.in_(select(MAILING.c.id)), _C.address_key == address_key)
        .order_by(_C.id)
        .with_for_update(of=LETTER)
    )
    rows = connection.execute(query).all()
    busy = [row.name for row in rows if row.state == State.SENDING.value]
    if busy:
        raise AdvocacyError(fault("letter-under-way", "", mailing=busy[0]))
    for row in rows:
        count = select(func.count()).where(
            _C.mailing_id == row.mailing_id, _C.letter_id.startswith(stands_for, autoescape=True)
        )
        number = connection.execute(count).scalar_one()
        name = f"{stands_for}#{number + 1}" if number else stands_for
        emptied = (
            "digest", "recipient_digest", "message_id", "variants", "reply", "bounce", "facts",
            "person", "failed",
        )  # fmt: skip
        blank: dict[str, object] = dict.fromkeys(emptied, "") | {
            "letter_id": name,
            "address": stands_for,
            "address_key": stands_for,
            "sharing": name,
            "forgotten_at": now,
        }
        if row.state == State.DEFERRED.value:
            # Nothing arrived, and nothing will.
            blank |= {"state": State.REFUSED.value, "not_before": None, "at": now}
        connection.execute(update(LETTER).where(_C.id == row.id).values(blank))
    return len(rows)
