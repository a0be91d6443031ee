"""The ledger as it is asked: everything that changes nothing."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import giving, queries
from advocacy.mail.ledger.transactions import Backend, Transactions
from advocacy.mail.ledger.values import (
    Heard,
    Keyed,
    Mailing,
    Moment,
    Record,
    RunRecord,
    Standing,
    State,
    Taken,
    Tally,
    Text,
)


class Reader:
    """The questions that an open ledger answers, from any thread."""

    def __init__(self, backend: Backend, transactions: Transactions) -> None:
        self._backend = backend
        self._db = transactions
        self.shown = backend.shown
        """Where the ledger is, safe to print."""

    def mailings(self) -> list[Mailing]:
        """Every mailing, in the order in which they were started."""
        return queries.mailings(self._db.ask)

    def mailing(self, name: str) -> Mailing | None:
        """A mailing by its name, or None."""
        return queries.mailing(self._db.ask, name)

    def text(self, name: str) -> Text:
        """The text of a mailing: the one that was accepted last."""
        return queries.text(self._db.ask, self._number(name))

    def runs(self, name: str) -> list[RunRecord]:
        """The runs of a mailing, the first one first."""
        return queries.runs(self._db.ask, self._number(name), name)

    def standing(self, name: str, keys: Sequence[Keyed]) -> list[Taken]:
        """What `exchange` would answer for these letters now; changes nothing."""
        number = self._number(name)

        def work(connection: Connection) -> list[Taken]:
            now = self._db.time(connection)
            return giving.standing(connection, number, keys, now)

        return self._db.read(work)

    def states(self, name: str) -> Iterator[Standing]:
        """Every letter of a mailing that was ever given out, in brief, by id; read in pages."""
        return queries.states(self._db.ask, self._number(name))

    def state_of(self, name: str, letter_ids: Collection[str]) -> dict[str, Standing]:
        """How some letters stand, by id; those never given out are left out."""
        return queries.state_of(self._db.ask, self._number(name), letter_ids)

    def records(self, name: str, states: Collection[State] | None = None) -> Iterator[Record]:
        """Everything about a mailing's letters, of all states or some, by id; read in pages."""
        return queries.records(self._db.ask, self._number(name), states)

    def counts(self, name: str) -> dict[State, int]:
        """How many letters of a mailing are in each state."""
        return queries.counts(self._db.ask, self._number(name))

    def tallies(self, name: str) -> list[Tally]:
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
    ) -> list[Record]:
        """The letters of any mailing that have all that is asked for, the oldest first."""
        return queries.find(
            self._db.ask, letter_id=letter_id, message_id=message_id, address_key=address_key
        )

    def _number(self, name: str) -> int:
        number = self._db.read(lambda c: queries.mailing_id_of(c, name))
        if number is None:
            raise AdvocacyError(queries.unknown_mailing(name, self.shown))
        return number
