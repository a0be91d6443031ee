"""Questions to the ledger: everything that changes nothing.

Long answers are read in pages, so that a million letters need no more memory than a thousand.
Each page is a short transaction of its own: a reader never holds up the write-ahead log, and
what changes while it reads is seen as it is then.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Integer, Select, case, cast, func, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.sql.elements import ColumnElement

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import dispatch
from advocacy.mail.ledger.faults import fault
from advocacy.mail.ledger.persons import last_sent
from advocacy.mail.ledger.schema import LETTER, MAILING, RUN, TEXT_OF_MAILING, UNMADE
from advocacy.mail.ledger.transactions import Backend, Transactions
from advocacy.mail.ledger.values import (
    Bounce,
    Delivered,
    Heard,
    KeyedAddress,
    LedgerMailing,
    LedgerRecord,
    LedgerStanding,
    MailingTally,
    MailingText,
    Moment,
    State,
    Taken,
)

PAGE = 1000
_C = LETTER.c
_COUNT = func.count().label("number")
_COLUMNS = {**dict(_C.items()), "mailing": MAILING.c.name, "run": _C.run_id}
_RECORD = (
    select(*(_COLUMNS[one.name] for one in fields(LedgerRecord)))
    .select_from(LETTER)
    .join(MAILING, MAILING.c.id == _C.mailing_id)
)
_STANDING = select(*(_C[one.name] for one in fields(LedgerStanding)))
_MAILING = select(MAILING.c.name, MAILING.c.campaign, MAILING.c.stage, MAILING.c.started_at)


_KIND = case(
    (_C.bounced_at.is_(None), ""),
    *((_C.bounce.startswith(one.value), one.value) for one in Bounce),
    else_="",
).label("kind")
"""What came back of a letter, as `bounce_of` says it; empty for nothing."""


class LedgerReader:
    """The questions that an open ledger answers, from any thread.

    A method that takes the name of a mailing raises AdvocacyError where the ledger has none of
    that name.
    """

    def __init__(self, backend: Backend, transactions: Transactions) -> None:
        self._backend = backend
        self._db = transactions
        self.shown = backend.shown
        """Where the ledger is, safe to print."""

    def mailings(self) -> list[LedgerMailing]:
        """List every mailing, in the order in which they were started."""
        return [LedgerMailing(*tuple(row)) for row in self._db.ask(_MAILING.order_by(MAILING.c.id))]

    def mailing(self, name: str) -> LedgerMailing | None:
        """Find a mailing by its name, or None."""
        rows = self._db.ask(_MAILING.where(MAILING.c.name == name))
        return LedgerMailing(*tuple(rows[0])) if rows else None

    def text(self, name: str) -> MailingText:
        """Read the text of a mailing: the one that was accepted last."""
        query = select(TEXT_OF_MAILING.c.parts, TEXT_OF_MAILING.c.sample)
        query = query.where(TEXT_OF_MAILING.c.mailing_id == self._number(name))
        (row,) = self._db.ask(query.order_by(TEXT_OF_MAILING.c.id.desc()).limit(1))
        return MailingText(json.loads(row.parts), row.sample)

    def texts_of_runs(self, name: str) -> dict[int, int]:
        """Say which text each run of a mailing sent: its number, 1 for the first.

        A run sends the text that was accepted last before it began.
        """
        number = self._number(name)
        texts = select(TEXT_OF_MAILING.c.at).where(TEXT_OF_MAILING.c.mailing_id == number)
        accepted = [row.at for row in self._db.ask(texts.order_by(TEXT_OF_MAILING.c.id))]
        runs = select(RUN.c.id, RUN.c.began_at).where(RUN.c.mailing_id == number)
        return {
            run.id: max(1, sum(at <= run.began_at for at in accepted)) for run in self._db.ask(runs)
        }

    def standing(self, name: str, keys: Sequence[KeyedAddress]) -> list[Taken]:
        """Say what `exchange` would answer for these letters now, in their order."""
        number = self._number(name)

        def work(connection: Connection) -> list[Taken]:
            now = self._db.time(connection)
            return dispatch.standing(connection, number, keys, now)

        return self._db.read(work)

    def state_of(self, name: str, letter_ids: Collection[str]) -> dict[str, LedgerStanding]:
        """Say how some letters stand, by id; those never given out are left out."""
        number, wanted = self._number(name), list(letter_ids)
        found: dict[str, LedgerStanding] = {}
        for at in range(0, len(wanted), PAGE):
            some = _C.letter_id.in_(wanted[at : at + PAGE])
            for row in self._db.ask(_STANDING.where(_C.mailing_id == number, some)):
                found[row.letter_id] = replace(LedgerStanding(*tuple(row)), state=State(row.state))
        return found

    def sent_before(
        self, campaign: str, stage: str, keys: Sequence[KeyedAddress]
    ) -> list[LedgerRecord | None] | None:
        """Find the last letter of a stage that was sent to each of these people, in their order.

        A letter that came back does not count. None where no mailing of the stage was begun.
        """
        of_stage = select(MAILING.c.id).where(
            MAILING.c.campaign == campaign, MAILING.c.stage == stage
        )
        numbers = [row.id for row in self._db.ask(of_stage)]
        if not numbers:
            return None
        found: dict[str, list[LedgerRecord]] = {}
        for column in (_C.letter_id, _C.address_key):
            wanted = list({getattr(key, column.name) for key in keys})
            for at in range(0, len(wanted), PAGE):
                query = _RECORD.where(
                    _C.mailing_id.in_(numbers),
                    _C.state == State.SENT.value,
                    column.in_(wanted[at : at + PAGE]),
                )
                for record in map(_record, self._db.ask(query)):
                    if record.came_back is not Bounce.HARD:
                        found.setdefault(getattr(record, column.name), []).append(record)
        return [last_sent(key, found) for key in keys]

    def records(self, name: str, states: Collection[State] | None = None) -> Iterator[LedgerRecord]:
        """Read everything about a mailing's letters, of all states or some, by id, in pages."""
        query = _RECORD.where(_C.mailing_id == self._number(name))
        if states is not None:
            query = query.where(_C.state.in_([state.value for state in states]))
        query = query.order_by(_C.letter_id).limit(PAGE)
        rows = self._db.ask(query)
        while True:
            yield from map(_record, rows)
            if len(rows) < PAGE:
                return
            rows = self._db.ask(query.where(_C.letter_id > rows[-1].letter_id))

    def counts(self, name: str) -> dict[State, int]:
        """Count a mailing's letters by state; every state is there."""
        query = select(_C.state, _COUNT).where(_C.mailing_id == self._number(name))
        found = {row.state: row.number for row in self._db.ask(query.group_by(_C.state))}
        return {state: found.get(state.value, 0) for state in State}

    def totals(self, name: str) -> dict[tuple[State, Bounce | None], int]:
        """Count a mailing's letters by state and by what came back of them."""
        query = select(_C.state, _KIND, _COUNT).where(_C.mailing_id == self._number(name))
        return {
            (State(row.state), _bounce(row.kind)): row.number
            for row in self._db.ask(query.group_by(_C.state, _KIND))
        }

    def tallies(self, name: str) -> list[MailingTally]:
        """Count a mailing's letters by domain, state, reply code, and what came back of them."""
        find = func.instr if self._backend.name == "sqlite" else func.strpos
        at = find(_C.address_key, "@")
        # A person who was forgotten has no domain.
        domain = case((at > 0, func.substr(_C.address_key, at + 1)), else_="").label("domain")
        parts = (domain, _C.state, _C.code, _KIND)
        query = select(*parts, _COUNT).where(_C.mailing_id == self._number(name))
        query = query.group_by(*parts).order_by(*parts)
        return [
            MailingTally(row.domain, State(row.state), row.code, row.number, _bounce(row.kind))
            for row in self._db.ask(query)
        ]

    def progress(self, name: str, seconds: float) -> list[Moment]:
        """Count the letters that came to their present state in each span of so many seconds."""
        span = cast(func.floor(_C.at / seconds), Integer).label("span")
        query = select(span, _C.state, _COUNT).where(_C.mailing_id == self._number(name))
        rows = self._db.ask(query.group_by(span, _C.state).order_by(span, _C.state))
        return [Moment(row.span * seconds, State(row.state), row.number) for row in rows]

    def heard(self, name: str) -> Heard:
        """Count the letters of a mailing that were answered, and those that came back."""
        query: Any = select(func.count(_C.replied_at), func.count(_C.bounced_at))
        (row,) = self._db.ask(query.where(_C.mailing_id == self._number(name)))
        replied, bounced = tuple(row)
        return Heard(replied, bounced)

    def delivered(self, campaign: str) -> Delivered:
        """Count the letters of all mailings of a campaign that arrived, and the complaints."""
        came = _C.bounced_at.is_not(None)
        back = came & ~_C.bounce.startswith(Bounce.COMPLAINT.value)
        reported = came & _C.bounce.startswith(Bounce.COMPLAINT.value)
        counts: Any = select(func.count(case((~back, 1))), func.count(case((reported, 1))))
        query = counts.join(MAILING, MAILING.c.id == _C.mailing_id)
        sent = _C.state == State.SENT.value
        (row,) = self._db.ask(query.where(MAILING.c.campaign == campaign, sent))
        return Delivered(*tuple(row))

    def last_run_why(self, name: str) -> str:
        """Why the last run of a mailing ended: the code and the words of what stopped it.

        Empty where it finished, goes on, or there was none.
        """
        query = select(RUN.c.why).join(MAILING, MAILING.c.id == RUN.c.mailing_id)
        query = query.where(MAILING.c.name == name)
        rows = self._db.ask(query.order_by(RUN.c.id.desc()).limit(1))
        return str(rows[0].why) if rows else ""

    def unmade(self, name: str) -> dict[str, str]:
        """Say why the last run could not compose letters: codes, by the marks of their ids."""
        query = select(UNMADE.c.letter, UNMADE.c.reason)
        query = query.where(UNMADE.c.mailing_id == self._number(name))
        return {row.letter: row.reason for row in self._db.ask(query)}

    def replied(self, campaign: str) -> dict[str, set[str]]:
        """Collect who answered a letter of a campaign: names, by letter id and by address key."""
        query: Select[Any] = select(_C.letter_id, _C.address_key, _C.person)
        query = query.join(MAILING, MAILING.c.id == _C.mailing_id)
        rows = self._db.ask(query.where(MAILING.c.campaign == campaign, _C.replied_at.is_not(None)))
        found: dict[str, set[str]] = {}
        for row in rows:
            for key in (row.letter_id, row.address_key):
                found.setdefault(key, set()).add(row.person)
        return found

    def find(
        self,
        *,
        letter_id: str | None = None,
        message_id: str | None = None,
        address_key: str | None = None,
    ) -> list[LedgerRecord]:
        """Find the letters of any mailing that have all that is asked for, the oldest first."""
        # Every mailing, spelt out: the indexes begin with it.
        query = _RECORD.where(_C.mailing_id.in_(select(MAILING.c.id))).order_by(_C.id)
        asked: Mapping[ColumnElement[str], str | None] = {
            _C.letter_id: letter_id,
            _C.message_id: message_id,
            _C.address_key: address_key,
        }
        if all(value is None for value in asked.values()):
            return []
        for column, value in asked.items():
            if value is not None:
                query = query.where(column == value)
        return [_record(row) for row in self._db.ask(query)]

    def _number(self, name: str) -> int:
        number = self._db.read(lambda connection: mailing_id_of(connection, name))
        if number is None:
            raise AdvocacyError(
                fault("mailing-unknown", self.shown, "mailing-not-in-ledger", name=name)
            )
        return number


def mailing_id_of(connection: Connection, name: str) -> int | None:
    """The number of a mailing in this database, or None."""
    found = connection.execute(select(MAILING.c.id).where(MAILING.c.name == name)).scalar()
    return None if found is None else int(found)


def _bounce(kind: str) -> Bounce | None:
    return Bounce(kind) if kind else None


def _record(row: "SqlRow[Any]") -> LedgerRecord:
    variants = json.loads(row.variants) if row.variants else {}
    facts = None if row.facts is None else tuple(row.facts.split())
    return replace(
        LedgerRecord(*tuple(row)), state=State(row.state), variants=variants, facts=facts
    )
