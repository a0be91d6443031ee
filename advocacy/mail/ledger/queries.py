"""Reading the ledger: in pages, so that a million letters need no more memory than a thousand.

Each page is a short transaction of its own: a reader never holds up the write-ahead log, and
what changes while it reads is seen as it is then.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Integer, Select, case, cast, func, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.sql.elements import ColumnElement

from advocacy.errors import Problem
from advocacy.mail.ledger.schema import LETTER, MAILING, RUN, TEXT_OF_MAILING
from advocacy.mail.ledger.values import (
    Heard,
    LedgerMailing,
    LedgerRecord,
    LedgerStanding,
    MailingTally,
    MailingText,
    Moment,
    RunRecord,
    State,
)

PAGE = 1000
_C = LETTER.c
_COUNT = func.count().label("number")
_RECORD = select(LETTER, MAILING.c.name).join(MAILING, MAILING.c.id == _C.mailing_id)
_STANDING = select(
    _C.id, _C.letter_id, _C.address_key, _C.state, _C.attempts, _C.digest, _C.not_before
)
_MAILING = select(MAILING.c.name, MAILING.c.campaign, MAILING.c.stage, MAILING.c.started_at)
Ask = Callable[[Select[Any]], "list[SqlRow[Any]]"]
"""Runs a query in a short transaction of its own."""


def mailings(ask: Ask) -> list[LedgerMailing]:
    """Every mailing, in the order in which they were started."""
    return [_mailing(row) for row in ask(_MAILING.order_by(MAILING.c.id))]


def mailing(ask: Ask, name: str) -> LedgerMailing | None:
    """One mailing, or None."""
    rows = ask(_MAILING.where(MAILING.c.name == name))
    return _mailing(rows[0]) if rows else None


def text(ask: Ask, mailing_id: int) -> MailingText:
    """The text that was accepted last."""
    query = select(TEXT_OF_MAILING.c.parts, TEXT_OF_MAILING.c.sample)
    query = query.where(TEXT_OF_MAILING.c.mailing_id == mailing_id)
    (row,) = ask(query.order_by(TEXT_OF_MAILING.c.id.desc()).limit(1))
    return MailingText(json.loads(row.parts), row.sample)


def runs(ask: Ask, mailing_id: int, name: str) -> list[RunRecord]:
    """The runs of a mailing, the first one first."""
    query = select(RUN).where(RUN.c.mailing_id == mailing_id).order_by(RUN.c.id)
    return [
        RunRecord(
            number=row.id,
            mailing=name,
            user=row.username,
            host=row.host,
            pid=row.pid,
            began_at=row.began_at,
            lease_until=row.lease_until,
            ended_at=row.ended_at,
            why=row.why,
            listed=row.listed,
            versions=json.loads(row.versions),
        )
        for row in ask(query)
    ]


def states(ask: Ask, mailing_id: int) -> Iterator[LedgerStanding]:
    """Every row of a mailing in brief, by letter id."""
    for row in _paged(ask, _STANDING.where(_C.mailing_id == mailing_id)):
        yield _brief(row)


def state_of(ask: Ask, mailing_id: int, letter_ids: Collection[str]) -> dict[str, LedgerStanding]:
    """How some letters of a mailing stand; those never tried are left out."""
    wanted = list(letter_ids)
    found: dict[str, LedgerStanding] = {}
    for at in range(0, len(wanted), PAGE):
        some = _C.letter_id.in_(wanted[at : at + PAGE])
        for row in ask(_STANDING.where(_C.mailing_id == mailing_id, some)):
            found[row.letter_id] = _brief(row)
    return found


def records(
    ask: Ask, mailing_id: int, wanted: Collection[State] | None = None
) -> Iterator[LedgerRecord]:
    """Everything about the letters of a mailing, by id; of some states only if they are given."""
    query = _RECORD.where(_C.mailing_id == mailing_id)
    if wanted is not None:
        query = query.where(_C.state.in_([state.value for state in wanted]))
    for row in _paged(ask, query):
        yield _record(row)


def find(
    ask: Ask, *, letter_id: str | None, message_id: str | None, address_key: str | None
) -> list[LedgerRecord]:
    """Letters of any mailing that have all that is asked for."""
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
    return [_record(row) for row in ask(query)]


def counts(ask: Ask, mailing_id: int) -> dict[State, int]:
    """How many letters of a mailing are in each state; every state is there."""
    query = select(_C.state, _COUNT).where(_C.mailing_id == mailing_id).group_by(_C.state)
    found = {row.state: row.number for row in ask(query)}
    return {state: found.get(state.value, 0) for state in State}


def tallies(ask: Ask, mailing_id: int, dialect: str) -> list[MailingTally]:
    """How many letters of a mailing stand how, for each domain and reply code."""
    if dialect == "sqlite":
        at = func.instr(_C.address_key, "@")
    else:
        at = func.strpos(_C.address_key, "@")
    # A person who was forgotten has no domain.
    domain = case((at > 0, func.substr(_C.address_key, at + 1)), else_="").label("domain")
    query = select(domain, _C.state, _C.code, _COUNT).where(_C.mailing_id == mailing_id)
    rows = ask(query.group_by(domain, _C.state, _C.code).order_by(domain, _C.state, _C.code))
    return [MailingTally(row.domain, State(row.state), row.code, row.number) for row in rows]


def progress(ask: Ask, mailing_id: int, seconds: float) -> list[Moment]:
    """How many letters of a mailing came to the state that they have, in each span of time."""
    span = cast(func.floor(_C.at / seconds), Integer).label("span")
    query = select(span, _C.state, _COUNT).where(_C.mailing_id == mailing_id)
    rows = ask(query.group_by(span, _C.state).order_by(span, _C.state))
    return [Moment(row.span * seconds, State(row.state), row.number) for row in rows]


def heard(ask: Ask, mailing_id: int) -> Heard:
    """How many letters of a mailing were answered, and how many came back."""
    query: Any = select(func.count(_C.replied_at), func.count(_C.bounced_at))
    (row,) = ask(query.where(_C.mailing_id == mailing_id))
    replied, bounced = tuple(row)
    return Heard(replied, bounced)


def replied(ask: Ask, campaign: str) -> set[str]:
    """Letter ids and address keys of all who answered a letter of a campaign."""
    query: Select[Any] = select(_C.letter_id, _C.address_key)
    query = query.join(MAILING, MAILING.c.id == _C.mailing_id)
    rows = ask(query.where(MAILING.c.campaign == campaign, _C.replied_at.is_not(None)))
    return {key for row in rows for key in row}


def mailing_id_of(connection: Connection, name: str) -> int | None:
    """The number of a mailing in this database."""
    found = connection.execute(select(MAILING.c.id).where(MAILING.c.name == name)).scalar()
    return None if found is None else int(found)


def unknown_mailing(name: str, shown: str) -> Problem:
    """That a ledger has no mailing of that name."""
    return Problem(
        "mailing-unknown",
        f"The ledger {shown} has no mailing {name}.",
        "Start it with `--new-mailing`; `advocacy status` lists those that there are.",
    )


def _paged(ask: Ask, query: Select[Any]) -> Iterator["SqlRow[Any]"]:
    query = query.order_by(_C.letter_id).limit(PAGE)
    rows = ask(query)
    while True:
        yield from rows
        if len(rows) < PAGE:
            return
        rows = ask(query.where(_C.letter_id > rows[-1].letter_id))


def _mailing(row: "SqlRow[Any]") -> LedgerMailing:
    return LedgerMailing(row.name, row.campaign, row.stage, row.started_at)


def _brief(row: "SqlRow[Any]") -> LedgerStanding:
    return LedgerStanding(
        row.letter_id, row.address_key, State(row.state), row.attempts, row.digest, row.not_before
    )


def _record(row: "SqlRow[Any]") -> LedgerRecord:
    return LedgerRecord(
        mailing=row.name,
        letter_id=row.letter_id,
        address=row.address,
        address_key=row.address_key,
        state=State(row.state),
        attempts=row.attempts,
        resends=row.resends,
        digest=row.digest,
        recipient_digest=row.recipient_digest,
        message_id=row.message_id,
        variants=json.loads(row.variants) if row.variants else {},
        code=row.code,
        reply=row.reply,
        first_at=row.first_at,
        at=row.at,
        not_before=row.not_before,
        replied_at=row.replied_at,
        bounced_at=row.bounced_at,
        bounce=row.bounce,
        forgotten_at=row.forgotten_at,
        run=row.run_id,
    )
