"""The ledger as it is asked: everything that changes nothing.

The ledger, opened: one object for every thread, one method for every thing to do with it.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import TracebackType

from sqlalchemy import Connection

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.ledger import changes, giving, queries, runs
from advocacy.mail.ledger.runs import (
    RENEW_SECONDS,
    Liveness,
    MailingRun,
    RunOwner,
    is_alive,
    this_process,
)
from advocacy.mail.ledger.transactions import Backend, Transactions, since_boot
from advocacy.mail.ledger.values import (
    Heard,
    KeyedAddress,
    LedgerEntry,
    LedgerMailing,
    LedgerRecord,
    LedgerStanding,
    MailingTally,
    MailingText,
    Moment,
    Result,
    RunRecord,
    State,
    Taken,
    Why,
)


class Reader:
    """The questions that an open ledger answers, from any thread."""

    def __init__(self, backend: Backend, transactions: Transactions) -> None:
        self._backend = backend
        self._db = transactions
        self.shown = backend.shown
        """Where the ledger is, safe to print."""

    def mailings(self) -> list[LedgerMailing]:
        """Every mailing, in the order in which they were started."""
        return queries.mailings(self._db.ask)

    def mailing(self, name: str) -> LedgerMailing | None:
        """A mailing by its name, or None."""
        return queries.mailing(self._db.ask, name)

    def text(self, name: str) -> MailingText:
        """The text of a mailing: the one that was accepted last."""
        return queries.text(self._db.ask, self._number(name))

    def runs(self, name: str) -> list[RunRecord]:
        """The runs of a mailing, the first one first."""
        return queries.runs(self._db.ask, self._number(name), name)

    def standing(self, name: str, keys: Sequence[KeyedAddress]) -> list[Taken]:
        """What `exchange` would answer for these letters now; changes nothing."""
        number = self._number(name)

        def work(connection: Connection) -> list[Taken]:
            now = self._db.time(connection)
            return giving.standing(connection, number, keys, now)

        return self._db.read(work)

    def states(self, name: str) -> Iterator[LedgerStanding]:
        """Every letter of a mailing that was ever given out, in brief, by id; read in pages."""
        return queries.states(self._db.ask, self._number(name))

    def state_of(self, name: str, letter_ids: Collection[str]) -> dict[str, LedgerStanding]:
        """How some letters stand, by id; those never given out are left out."""
        return queries.state_of(self._db.ask, self._number(name), letter_ids)

    def records(self, name: str, states: Collection[State] | None = None) -> Iterator[LedgerRecord]:
        """Everything about a mailing's letters, of all states or some, by id; read in pages."""
        return queries.records(self._db.ask, self._number(name), states)

    def counts(self, name: str) -> dict[State, int]:
        """How many letters of a mailing are in each state."""
        return queries.counts(self._db.ask, self._number(name))

    def tallies(self, name: str) -> list[MailingTally]:
        """How many letters of a mailing stand how, for each domain and reply code."""
        return queries.tallies(self._db.ask, self._number(name), self._backend.name)

    def progress(self, name: str, seconds: float) -> list[Moment]:
        """How many letters came to the state that they have in each span of so many seconds."""
        return queries.progress(self._db.ask, self._number(name), seconds)

    def heard(self, name: str) -> Heard:
        """How many letters of a mailing were answered, and how many came back."""
        return queries.heard(self._db.ask, self._number(name))

    def replied(self, campaign: str) -> set[str]:
        """Letter ids and address keys of all who answered a letter of a campaign."""
        return queries.replied(self._db.ask, campaign)

    def find(
        self,
        *,
        letter_id: str | None = None,
        message_id: str | None = None,
        address_key: str | None = None,
    ) -> list[LedgerRecord]:
        """The letters of any mailing that have all that is asked for, the oldest first."""
        return queries.find(
            self._db.ask, letter_id=letter_id, message_id=message_id, address_key=address_key
        )

    def _number(self, name: str) -> int:
        number = self._db.read(lambda c: queries.mailing_id_of(c, name))
        if number is None:
            raise AdvocacyError(queries.unknown_mailing(name, self.shown))
        return number


class Ledger(Reader):
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
        """Close it. Runs that have not ended are left as they are, as a crash would leave them."""
        for run in list(self._runs.values()):
            run.stop_renewing()
        self._backend.close()

    def now(self) -> float:
        """The time that the ledger goes by, in UTC epoch seconds: on PostgreSQL the server's."""
        return self._db.now()

    def start(self, name: str, campaign: str, stage: str, text: MailingText) -> None:
        """Begin a mailing, with the text that it has. Raises AdvocacyError where there is one."""

        def work(connection: Connection) -> None:
            if queries.mailing_id_of(connection, name) is not None:
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
        """Go on with another text than that which the first letters of the mailing had."""
        number = self._number(name)
        self._db.write(lambda c: changes.insert_text(c, number, text, self._db.time(c)))

    def begin_run(
        self,
        name: str,
        *,
        listed: int | None = None,
        versions: Mapping[str, str] | None = None,
        renew_every: float | None = RENEW_SECONDS,
    ) -> MailingRun:
        """Begin to send a mailing. The run's lease is renewed by a thread until it ends.

        `listed` is how many people are on the list, `versions` what the letters are made by.
        With `renew_every` None nobody renews the lease but `exchange`.
        """
        number = self._number(name)
        owner = self._owner or this_process()
        asked_at = since_boot()

        def work(connection: Connection) -> int:
            now = self._db.time(connection)
            return runs.insert_run(connection, number, owner, now, listed, versions or {})

        self._db.read(self._backend.examine)
        run = MailingRun(self._db.write(work), name, number, self.renew, self.end_run)
        run.renewed(asked_at)
        self._backend.keep()
        self._runs[run.number] = run
        if renew_every is not None:
            run.start_renewing(renew_every)
        return run

    def renew(self, run: MailingRun) -> None:
        """Give a run its whole lease again."""
        asked_at = since_boot()
        self._db.write(lambda c: runs.extend(c, run.number, self._db.time(c)))
        run.renewed(asked_at)

    def end_run(self, run: MailingRun, why: str) -> int:
        """End a run; the number of its letters that are uncertain now.

        Those are the ones of which it has not told what came of them.
        """
        run.stop_renewing()
        self._runs.pop(run.number, None)
        return self._db.write(
            lambda c: runs.close_run(c, run.number, self._db.time(c), why), repeatable=True
        )

    def settle(self, name: str) -> int:
        """Make uncertain what dead runs of a mailing have under way; the number of letters.

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
        token = giving.new_token()
        asked_at = since_boot()
        told = {result.letter_id for result in results}
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
