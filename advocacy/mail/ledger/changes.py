"""What somebody decides about letters by hand, or learns of them afterwards."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.ledger.schema import LETTER, MAILING, TEXT_OF_MAILING
from advocacy.mail.ledger.values import MailingText, State

_C = LETTER.c
_MANY = 1000


def insert_mailing(
    connection: Connection, name: str, campaign: str, stage: str, text: MailingText, now: float
) -> int:
    """Write a new mailing down, with its text."""
    values = {"name": name, "campaign": campaign, "stage": stage, "started_at": now}
    done = connection.execute(insert(MAILING).values(values).returning(MAILING.c.id))
    number = int(done.scalar_one())
    insert_text(connection, number, text, now)
    return number


def insert_text(connection: Connection, mailing_id: int, text: MailingText, now: float) -> None:
    """Write down the text that a mailing has from now on."""
    values = {
        "mailing_id": mailing_id,
        "parts": json.dumps(dict(text.parts), ensure_ascii=False),
        "sample": text.sample,
        "at": now,
    }
    connection.execute(insert(TEXT_OF_MAILING).values(values))


def resend_uncertain(
    connection: Connection, mailing_id: int, ids: Collection[str] | None, now: float
) -> int:
    """Free letters that may have arrived, all (None) or some, to be sent again; how many."""
    values = {
        "state": State.DEFERRED.value, "at": now, "not_before": None, "resends": _C.resends + 1
    }  # fmt: skip
    # Whoever was forgotten has no address any more to send to.
    return _change_uncertain(connection, mailing_id, ids, values, _C.forgotten_at.is_(None))


def assume_sent(
    connection: Connection, mailing_id: int, ids: Collection[str] | None, now: float
) -> int:
    """Count letters that may have arrived as sent, all (None) or some; how many."""
    values = {"state": State.SENT.value, "at": now, "reply": "Assumed to have been sent."}
    return _change_uncertain(connection, mailing_id, ids, values)


def _change_uncertain(
    connection: Connection,
    mailing_id: int,
    ids: Collection[str] | None,
    values: dict[str, Any],
    *more: ColumnElement[bool],
) -> int:
    count = 0
    change = (
        update(LETTER)
        .where(_C.mailing_id == mailing_id, _C.state == State.UNCERTAIN.value, *more)
        .values(values)
    )
    if ids is None:
        return connection.execute(change).rowcount
    wanted = sorted(ids)
    for at in range(0, len(wanted), _MANY):
        some = _C.letter_id.in_(wanted[at : at + _MANY])
        count += connection.execute(change.where(some)).rowcount
    return count


def mark_replied(connection: Connection, mailing_id: int, letter_id: str, at: float) -> bool:
    """Note that somebody answered; whether there is such a letter."""
    done = connection.execute(
        update(LETTER)
        .where(_C.mailing_id == mailing_id, _C.letter_id == letter_id)
        .values(replied_at=at)
    )
    return done.rowcount > 0


def mark_bounced(
    connection: Connection, mailing_id: int, letter_id: str, bounce: str, at: float
) -> bool:
    """Note that a letter came back; whether there is such a letter."""
    done = connection.execute(
        update(LETTER)
        .where(_C.mailing_id == mailing_id, _C.letter_id == letter_id)
        .values(bounced_at=at, bounce=bounce)
    )
    return done.rowcount > 0


def forget(connection: Connection, address_key: str, stands_for: str, now: float) -> int:
    """Take a person out of every row; how many rows.

    Raises AdvocacyError, and changes nothing, while a letter to them is under way.
    """
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
        raise AdvocacyError(
            Problem(
                "letter-under-way",
                f"A letter to this person is being sent at this moment, in {busy[0]}.",
                "Run the same command again when it has gone; nothing was changed yet.",
            )
        )
    for row in rows:
        count = select(func.count()).where(
            _C.mailing_id == row.mailing_id, _C.letter_id.startswith(stands_for, autoescape=True)
        )
        number = connection.execute(count).scalar_one()
        name = f"{stands_for}#{number + 1}" if number else stands_for
        blank = {
            "letter_id": name,
            "address": stands_for,
            "address_key": stands_for,
            "sharing": name,
            "digest": "",
            "recipient_digest": "",
            "message_id": "",
            "variants": "",
            "reply": "",
            "bounce": "",
            "forgotten_at": now,
        }
        if row.state == State.DEFERRED.value:
            # Nothing arrived, and nothing will.
            blank |= {"state": State.REFUSED.value, "not_before": None, "at": now}
        connection.execute(update(LETTER).where(_C.id == row.id).values(blank))
    return len(rows)
