"""Who may be written to: the rule, apart from any database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advocacy.mail.ledger.values import Keyed, State, Taken, Why


@dataclass(frozen=True, slots=True)
class Row:
    """What the rule needs of a letter's row. `run` and `token` name who has it."""

    id: int
    letter_id: str
    address_key: str
    state: State
    attempts: int
    not_before: float | None
    run: int
    token: str


def decide(
    keys: Sequence[Keyed], rows: Iterable[Row], now: float, run: int = 0, token: str = ""
) -> Iterator[tuple[Taken, Row | None]]:
    """For each letter asked for, in order: whether it is given out, and the row it had before.

    `rows` are those of the mailing that have one of the letter ids or addresses. A row that
    already has this `run` and `token` was given out by the same call, which is being repeated.
    Each letter sees what those before it took.
    """
    by_id = {row.letter_id: row for row in rows}
    by_address: defaultdict[str, list[Row]] = defaultdict(list)
    for row in by_id.values():
        by_address[row.address_key].append(row)
    for key in keys:
        had = by_id.get(key.letter_id)
        others = [] if key.shared_address else by_address[key.address_key]
        others = [other for other in others if other is not had]
        if had is None and [other.state for other in others] == [State.DEFERRED]:
            # The same person under a new id, and it is certain that nothing has arrived.
            had, others = others[0], []
        taken = _answer(key, had, others, now, (run, token))
        yield taken, had
        if not taken.taken:
            continue
        if had is not None:
            by_id.pop(had.letter_id, None)
            by_address[had.address_key].remove(had)
        held = Row(0, key.letter_id, key.address_key, State.SENDING, taken.attempts, None, run, "")
        by_id[key.letter_id] = held
        by_address[key.address_key].append(held)


def is_repeated(row: Row, run: int, token: str) -> bool:
    """Whether a row was given out by the same call, the first time it was made."""
    return row.state is State.SENDING and bool(token) and (row.run, row.token) == (run, token)


def _answer(
    key: Keyed, had: Row | None, others: Sequence[Row], now: float, call: tuple[int, str]
) -> Taken:
    attempts = had.attempts if had else 0
    if had is not None:
        if is_repeated(had, *call):
            return Taken(key.letter_id, attempts=attempts)
        why = _finished(key, had, now)
        if why is not None:
            return Taken(key.letter_id, why, attempts, had.state, had.not_before)
    if others:
        other = others[0]
        return Taken(key.letter_id, Why.SAME_ADDRESS, attempts, other.state, other=other.letter_id)
    return Taken(key.letter_id, attempts=attempts + 1)


def _finished(key: Keyed, had: Row, now: float) -> Why | None:
    """Why a letter's own row keeps it from being given out."""
    corrected = had.address_key != key.address_key
    match had.state:
        case State.SENDING:
            return Why.UNDER_WAY
        case State.SENT:
            return Why.SENT
        case State.UNCERTAIN:
            return Why.UNCERTAIN
        case State.REFUSED:
            # At another address the person may yet be reached; at this one nothing arrived.
            return None if corrected else Why.REFUSED
        case State.DEFERRED:
            early = had.not_before is not None and had.not_before > now
            return Why.NOT_YET if early and not corrected else None
