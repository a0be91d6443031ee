"""Values with types, as spreadsheets and JSON have them, made the text that letters print."""

import datetime as dt
from typing import Any

from advocacy.campaign.recipients.columns import KNOWN
from advocacy.errors import Place, Problem

_DAYS = frozenset({"verified", "in_office_from", "in_office_until"})
# Of these a program that took them for numbers has already dropped zeros and plus signs.
_DIGITS = frozenset({"postal_code", "phone", "fax", "telephone", "mobile"})
_TEXTS = frozenset(KNOWN) - _DAYS - {"id", "address"}


def as_text(name: str, value: Any, place: Place, where: str) -> str | Problem:
    """A cell's value as text, empty for nothing; or why it cannot be taken.

    `where` names the cell in messages (`C7`, or the key). A number in a postal code is a
    problem, since its zeros may be gone; a whole number in a column of your own is its digits.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return _wrong(name, str(value).upper(), "yes or no", place, where)
    if isinstance(value, int | float):
        whole = value == value and abs(value) < 1e15 and float(value).is_integer()
        shown = str(int(value)) if whole else repr(value)
        if name in _DIGITS:
            return Problem(
                "number-in-text",
                f"`{name}` in {where} is the number {shown}, not text: zeros in front may be lost.",
                f"Make the column text, then type it again: `{shown}`, or `0{shown}` if so.",
                place,
            )
        if name in _TEXTS or name in _DAYS or name.startswith("address") or not whole:
            return _wrong(name, shown, "a number", place, where)
        return shown
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        value = value.date() if midnight else value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime) and name not in _TEXTS:
        return value.isoformat()
    return _wrong(name, str(value), "a date or a time", place, where)


def _wrong(name: str, shown: str, kind: str, place: Place, where: str) -> Problem:
    return Problem(
        "not-text",
        f"`{name}` in {where} is {kind} ({shown}), where text should be.",
        "Make the cell text, and type what the letter should print.",
        place,
    )
