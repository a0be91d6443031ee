"""Which letters a run may send: the rule (`decide`) and the transaction (`exchange`).

The rule knows no database. A letter is `sending`, committed and durable, before a byte of it
leaves. If a call fails, nothing that it was to hand out may be sent.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from advocacy.mail.ledger.persons import (
    AtMailbox,
    find_at_mailbox,
    has_failed,
    is_others,
    mark_of,
)
from advocacy.mail.ledger.schema import LETTER
from advocacy.mail.ledger.values import (
    LONGEST_WAIT,
    Bounce,
    KeyedAddress,
    LedgerEntry,
    LedgerRow,
    Result,
    State,
    Taken,
    Why,
    bounce_of,
)


def decide(
    keys: Sequence[KeyedAddress],
    rows: Iterable[LedgerRow],
    now: float,
    run: int = 0,
    token: str = "",
) -> Iterator[tuple[Taken, LedgerRow | None]]:
    """For each letter asked for, in order: whether it is given out, and the row it had before.

    `rows` are those of the mailing that have one of the letter ids or addresses. A row that
    already has this `run` and `token` was given out by the same call, which is being repeated.
    Each letter sees what those before it took.
    """
    by_id = {row.letter_id: row for row in rows}
    by_address: defaultdict[str, list[LedgerRow]] = defaultdict(list)
    for row in by_id.values():
        by_address[row.address_key].append(row)
    for key in keys:
        had = by_id.get(key.letter_id)
        there = [other for other in by_address[key.address_key] if other is not had]
        # One that this run gave out as another person's of the same list is not this person's.
        # Connections take letters in any order, so the second of a mailbox may come first.
        found = find_at_mailbox(
            key, [other for other in there if not (other.sharing and other.run == run)]
        )
        if had is None and [other.state for other in found.own] == [State.DEFERRED]:
            # The same person under a new id, and it is certain that nothing has arrived.
            had, found = found.own[0], replace(found, own=[], similar=[])
            there.remove(had)
        taken = _answer(key, had, found, now, (run, token))
        if had is not None and taken.why_not is Why.OTHER_PERSON:
            taken = replace(taken, person=had.person, address=had.address)
        taken = replace(taken, shares_mailbox=key.shared_address or bool(there))
        yield taken, had
        if not taken.taken:
            continue
        if had is not None:
            by_id.pop(had.letter_id, None)
            by_address[had.address_key].remove(had)
        held = LedgerRow(
            0, key.letter_id, key.address_key, State.SENDING, taken.attempts, None, run, "",
            key.letter_id if taken.shares_mailbox else "", key.address_key, key.person,
        )  # fmt: skip
        by_id[key.letter_id] = held
        by_address[key.address_key].append(held)


def is_repeated(row: LedgerRow, run: int, token: str) -> bool:
    """Whether a row was given out by the same call, the first time it was made."""
    return row.state is State.SENDING and bool(token) and (row.run, row.token) == (run, token)


def _answer(
    key: KeyedAddress,
    had: LedgerRow | None,
    there: AtMailbox[LedgerRow],
    now: float,
    call: tuple[int, str],
) -> Taken:
    attempts = had.attempts if had else 0
    if had is not None:
        if is_repeated(had, *call):
            return Taken(key.letter_id, attempts=attempts, returned=had.returned)
        why = _finished(key, had, now)
        if why is not None:
            return Taken(key.letter_id, why, attempts, had.state, had.not_before, bounce=had.bounce)
    for why, others in ((Why.SAME_ADDRESS, there.own), (Why.SIMILAR_NAME, there.similar)):
        if others:
            ids = tuple(other.letter_id for other in others)
            one = others[0]
            return Taken(
                key.letter_id, why, attempts, one.state, others=ids, person=one.person,
                address=one.address, bounce=one.bounce,
            )  # fmt: skip
    if had is None:
        return Taken(key.letter_id, attempts=1)
    returned = had.returned or had.bounce is Bounce.HARD
    return Taken(
        key.letter_id, attempts=attempts + 1, state=had.state, bounce=had.bounce, returned=returned
    )


def _finished(key: KeyedAddress, had: LedgerRow, now: float) -> Why | None:
    """Why a letter's own row keeps it from being given out."""
    if is_others(key, had):
        return Why.OTHER_PERSON
    failed = has_failed(key.address_key, had.failed)
    corrected = had.address_key != key.address_key and not failed
    match had.state:
        case State.SENDING:
            return Why.UNDER_WAY
        case State.SENT:
            # What came back from an address that does not work has not reached the person.
            return None if corrected and had.bounce is Bounce.HARD else Why.SENT
        case State.UNCERTAIN:
            return Why.UNCERTAIN
        case State.REFUSED:
            # At another address the person may yet be reached; at this one nothing arrived.
            return None if corrected else Why.REFUSED
        case State.DEFERRED if failed:
            return Why.REFUSED
        case State.DEFERRED:
            # No wait is longer than the longest: then the clock was ahead when it was deferred.
            early = now < (had.not_before or 0.0) <= now + LONGEST_WAIT
            return Why.NOT_YET if early and not corrected else None


LONGEST_REPLY = 2000
_AT_ONCE = 1000  # databases limit how many values a query may have
_C = LETTER.c
_SENDING, _DEFERRED = State.SENDING.value, State.DEFERRED.value

_IN_MAILING = _C.mailing_id == bindparam("mailing")
_ROW = (_C.id, _C.letter_id, _C.address_key, _C.state, _C.attempts, _C.not_before, _C.run_id,
        _C.token, _C.sharing, _C.address, _C.person, _C.failed, _C.bounce,
        _C.bounced_at)  # fmt: skip
_TOUCHED = (
    select(*_ROW)
    .where(
        # The mailing stands in both, or SQLite would go through all of it.
        or_(
            and_(_IN_MAILING, _C.letter_id.in_(bindparam("letters", expanding=True))),
            and_(_IN_MAILING, _C.address_key.in_(bindparam("keys", expanding=True))),
        )
    )
    .order_by(_C.id)
)
_TOUCHED_AND_FREE = _TOUCHED.with_for_update(skip_locked=True)  # SQLite locks the whole file

_THE_LETTER = (_IN_MAILING, _C.letter_id == bindparam("letter"))
_OUR_LETTER = (*_THE_LETTER, _C.run_id == bindparam("run"))
_WITH_RUN: dict[str, Any] = {"run_id": bindparam("run")}


def _comes_to(state: State) -> dict[str, Any]:
    told = ("code", "reply", "at", "not_before")
    return {"state": state.value, **{name: bindparam(f"to_{name}") for name in told}}


_RESULTS = {
    # A 250 is a 250, whoever has the letter by now.
    State.SENT: update(LETTER)
    .where(*_THE_LETTER, _C.state != State.SENT.value)
    .values(_comes_to(State.SENT) | _WITH_RUN),
    # A run that was taken for dead knows better than "uncertain".
    State.REFUSED: update(LETTER)
    .where(*_OUR_LETTER, or_(_C.state == _SENDING, _C.state == State.UNCERTAIN.value))
    .values(_comes_to(State.REFUSED)),
    # But what was uncertain once is not freed by it.
    State.DEFERRED: update(LETTER)
    .where(*_OUR_LETTER, _C.state == _SENDING)
    .values(_comes_to(State.DEFERRED)),
    State.UNCERTAIN: update(LETTER)
    .where(*_OUR_LETTER, _C.state == _SENDING)
    .values(_comes_to(State.UNCERTAIN)),
}
_NEVER_TRIED = delete(LETTER).where(
    *_OUR_LETTER, _C.state == _SENDING, _C.attempts == 1, _C.resends == 0
)
_GIVEN_BACK = (
    update(LETTER)
    .where(*_OUR_LETTER, _C.state == _SENDING)
    .values(state=_DEFERRED, attempts=_C.attempts - 1, at=bindparam("to_at"), not_before=None)
)
_INSERT = insert(LETTER)
_NEW_VALUES = ("letter_id", "address", "address_key", "sharing", "run_id", "token", "digest",
               "recipient_digest", "message_id", "variants", "facts", "person",
               "failed", "at")  # fmt: skip
_AGAIN = (
    update(LETTER)
    .where(_C.id == bindparam("row"))
    .values(
        {name: bindparam(f"to_{name}") for name in _NEW_VALUES}
        | {"state": _SENDING, "attempts": _C.attempts + 1, "not_before": None}
        | {"code": None, "reply": "", "bounced_at": None}
    )
)


def new_token() -> str:
    """A name for one call, by which it knows its letters if it must be repeated."""
    return secrets.token_hex(8)


def exchange(
    connection: Connection,
    mailing: int,
    run: int,
    token: str,
    results: Sequence[Result],
    entries: Sequence[LedgerEntry],
    now: float,
) -> list[Taken]:
    """Record results, then give letters out, in the connection's transaction.

    The answers stand in the order of the entries. A call that is repeated with the same token,
    because nobody knows whether its commit succeeded, gives the same letters out.
    """
    record(connection, mailing, run, results, now)
    if not entries:
        return []
    found = list(decide(entries, _rows(connection, mailing, entries, lock=True), now, run, token))
    taken = [answer for answer, _ in found]
    fresh: dict[int, dict[str, Any]] = {}
    again: list[dict[str, Any]] = []
    for index, (entry, (answer, had)) in enumerate(zip(entries, found, strict=True)):
        if not answer.taken or (had is not None and is_repeated(had, run, token)):
            continue
        values = _values(entry, answer.shares_mailbox, run, token, now)
        if had is None:
            fresh[index] = _first(values, mailing)
        else:
            values["failed"] = had.failed
            if had.is_failure and had.address_key != entry.address_key:
                values["failed"] = f"{had.failed} {mark_of(had.address_key)}".strip()
            again.append({f"to_{name}": value for name, value in values.items()} | {"row": had.id})
    if again:
        connection.execute(_AGAIN, again)
    for index in _insert(connection, fresh):
        taken[index] = _lost(connection, mailing, entries[index], now)
    return taken


def standing(
    connection: Connection, mailing: int, keys: Sequence[KeyedAddress], now: float
) -> list[Taken]:
    """What `exchange` would answer for these letters, were it asked now; changes nothing."""
    return [answer for answer, _ in decide(keys, _rows(connection, mailing, keys), now)]


def record(
    connection: Connection, mailing: int, run: int, results: Sequence[Result], now: float
) -> None:
    """Write down what came of letters that were given out to a run."""
    by_state: dict[State, list[dict[str, Any]]] = {}
    back: list[dict[str, Any]] = []
    for result in results:
        ours = {"mailing": mailing, "letter": result.letter_id, "run": run, "to_at": now}
        if not result.tried:
            back.append(ours)
            continue
        later = result.not_before if result.state is State.DEFERRED else None
        told = {"to_code": result.code, "to_reply": _clean(result.reply), "to_not_before": later}
        by_state.setdefault(result.state, []).append(ours | told)
    # In one order everywhere, lest two senders wait for each other in a ring.
    for state in sorted(by_state):
        rows = sorted(by_state[state], key=lambda row: str(row["letter"]))
        connection.execute(_RESULTS[state], rows)
    if back:
        connection.execute(_NEVER_TRIED, back)
        connection.execute(_GIVEN_BACK, back)


def _rows(
    connection: Connection, mailing: int, keys: Sequence[KeyedAddress], *, lock: bool = False
) -> Iterable[LedgerRow]:
    """The rows of a mailing that have one of the ids or addresses.

    With `lock` those that another transaction holds are left out, on PostgreSQL.
    """
    query = _TOUCHED_AND_FREE if lock else _TOUCHED
    found: dict[int, LedgerRow] = {}
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        asked = {
            "mailing": mailing,
            "letters": [key.letter_id for key in some],
            "keys": [key.address_key for key in some],
        }
        for id_, letter_id, address_key, state, *rest, note, at in connection.execute(query, asked):
            row = LedgerRow(id_, letter_id, address_key, State(state), *rest)
            if note:
                returned = at is None and note.startswith(Bounce.HARD)
                row = replace(row, bounce=bounce_of(note, at), returned=returned)
            found[id_] = row
    return found.values()


def _insert(connection: Connection, fresh: dict[int, dict[str, Any]]) -> list[int]:
    """Insert rows; those that somebody else inserted in this moment are returned."""
    if not fresh:
        return []
    rows = sorted(fresh.values(), key=lambda row: str(row["letter_id"]))
    if connection.dialect.name == "sqlite":
        connection.execute(_INSERT, rows)
        return []
    from sqlalchemy.dialects import postgresql  # a SQLite ledger opens faster without it

    insert_if_new = postgresql.insert(LETTER).on_conflict_do_nothing().returning(_C.letter_id)
    done = set(connection.execute(insert_if_new, rows).scalars())
    return [index for index, row in fresh.items() if row["letter_id"] not in done]


def _lost(connection: Connection, mailing: int, entry: LedgerEntry, now: float) -> Taken:
    """Why an entry lost the race for its row."""
    (answer,) = standing(connection, mailing, [entry], now)
    return Taken(entry.letter_id, Why.UNDER_WAY) if answer.taken else answer


def _values(
    entry: LedgerEntry, shares_mailbox: bool, run: int, token: str, now: float
) -> dict[str, Any]:
    return {
        "letter_id": entry.letter_id,
        "address": entry.address,
        "address_key": entry.address_key,
        "sharing": entry.letter_id if shares_mailbox else "",
        "run_id": run,
        "token": token,
        "digest": entry.digest,
        "recipient_digest": entry.recipient_digest,
        "message_id": entry.message_id,
        "variants": json.dumps(dict(entry.variants), ensure_ascii=False) if entry.variants else "",
        "facts": " ".join(entry.facts),
        "person": entry.person,
        "failed": "",
        "at": now,
    }


def _first(values: dict[str, Any], mailing: int) -> dict[str, Any]:
    return values | {
        "mailing_id": mailing,
        "state": _SENDING,
        "attempts": 1,
        "resends": 0,
        "reply": "",
        "first_at": values["at"],
        "bounce": "",
    }


def _clean(reply: str) -> str:
    """A server's words, such that any database takes them."""
    return reply[:LONGEST_REPLY].encode("utf-8", "replace").decode().replace("\0", "\ufffd")
