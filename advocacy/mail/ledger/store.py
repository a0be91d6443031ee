"""The ledger, opened: one object for every thread, one method for every change.

Each method that changes something runs one transaction: the SQL of sending stands in `giving`,
of runs in `runs`, of what people decide by hand in `changes`. Questions stand in `reading`.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType

from sqlalchemy import Connection

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.ledger import changes, giving, runs
from advocacy.mail.ledger.reading import LedgerReader, mailing_id_of
from advocacy.mail.ledger.runs import (
    Liveness,
    MailingRun,
    RunOwner,
    is_alive,
    this_process,
)
from advocacy.mail.ledger.transactions import Backend, Transactions, since_boot
from advocacy.mail.ledger.values import LedgerEntry, MailingText, Result, Taken, Why


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
                raise AdvocacyError(
                    Problem(
                        "mailing-exists",
                        f"The ledger {self.shown} has a mailing {name} already.",
                        "Go on with it, or name another: `--mailing NAME`.",
                    )
                )
            changes.insert_mailing(
                connection, name, campaign, stage, text, self._db.time(connection)
            )

        self._db.write(work)

    def accept_text(self, name: str, text: MailingText) -> None:
        """Write down that the mailing goes on with another text than its first letters had."""
        number = self._number(name)
        self._db.write(lambda c: changes.insert_text(c, number, text, self._db.time(c)))

    def begin_run(self, name: str, *, versions: Mapping[str, str] | None = None) -> MailingRun:
        """Begin to send a mailing. A thread renews the run's lease until the run ends.

        `versions` are the programs that make the letters, by name.
        """
        number = self._number(name)
        owner = self._owner or this_process()
        asked_at = since_boot()

        def work(connection: Connection) -> int:
            now = self._db.time(connection)
            return runs.insert_run(connection, number, owner, now, versions or {})

        self._db.read(self._backend.examine)  # no letter leaves by a damaged ledger
        run = MailingRun(self._db.write(work), name, number, self.renew, self.end_run)
        run.renewed(asked_at)
        self._backend.keep()
        self._runs[run.number] = run
        run.start_renewing()
        return run

    def renew(self, run: MailingRun) -> None:
        """Give a run its whole lease again."""
        asked_at = since_boot()
        self._db.write(lambda c: runs.extend(c, run.number, self._db.time(c)))
        run.renewed(asked_at)

    def end_run(self, run: MailingRun, why: str) -> int:
        """End a run. Its letters without a result become uncertain; returns how many."""
        run.stop_renewing()
        self._runs.pop(run.number, None)
        return self._db.write(
            lambda c: runs.close_run(c, run.number, self._db.time(c), why), repeatable=True
        )

    def settle(self, name: str) -> int:
        """Make uncertain what dead runs of a mailing have under way; returns how many letters.

        A run is dead when its process is gone, on this machine, or else when its lease is over.
        """
        number = self._number(name)
        return self._db.write(
            lambda c: runs.settle(c, number, self._db.time(c), self._alive), repeatable=True
        )

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
        token = giving.new_token()
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
            given = giving.exchange(connection, mailing, number, token, results, free, now)
            return given, renewed

        given, renewed = self._db.write_together(work)
        if renewed:
            run.renewed(asked_at)
        run.hands -= told
        run.hands |= {one.letter_id for one in given if one.taken}
        answers = iter(given)
        return [
            Taken(entry.letter_id, Why.UNDER_WAY) if entry.letter_id in held else next(answers)
            for entry in entries
        ]

    def resend_uncertain(self, name: str, ids: Collection[str] | None = None) -> int:
        """Free letters that may have arrived, all or some, to be sent again; how many."""
        number = self._number(name)
        return self._db.write(lambda c: changes.resend_uncertain(c, number, ids, self._db.time(c)))

    def assume_sent(self, name: str, ids: Collection[str] | None = None) -> int:
        """Take letters that may have arrived for sent, all or some; how many."""
        number = self._number(name)
        return self._db.write(lambda c: changes.assume_sent(c, number, ids, self._db.time(c)))

    def mark_replied(self, name: str, letter_id: str, at: float | None = None) -> bool:
        """Note that somebody answered (at a time, else now); whether there is such a letter."""
        number = self._number(name)
        return self._db.write(
            lambda c: changes.mark_replied(
                c, number, letter_id, self._db.time(c) if at is None else at
            )
        )

    def mark_bounced(self, name: str, letter_id: str, bounce: str, at: float | None = None) -> bool:
        """Note that a letter came back, and why; whether there is such a letter."""
        number = self._number(name)
        return self._db.write(
            lambda c: changes.mark_bounced(
                c, number, letter_id, bounce, self._db.time(c) if at is None else at
            )
        )

    def forget(self, address_key: str, stands_for: str) -> int:
        """Take a person out of every mailing; how many letters.

        The rows stay, for the count; `stands_for` takes the place of address and ids. Raises
        AdvocacyError, and changes nothing, while a letter to the person is under way.
        """
        return self._db.write(
            lambda c: changes.forget(c, address_key, stands_for, self._db.time(c))
        )
