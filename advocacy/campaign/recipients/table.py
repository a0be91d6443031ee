"""Rows of lists as recipients, whichever kind of file they come from.

`recipient_of` makes a row's texts a recipient; `as_text` makes text of the numbers and days that
spreadsheets and JSON have.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from advocacy.campaign.field_types import plain_email
from advocacy.campaign.languages import known_country, known_language, language_as_listed
from advocacy.campaign.recipients.column_headers import KNOWN, is_address_line
from advocacy.campaign.recipients.identity import plain_id
from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report
from advocacy.files.characters import ODD_CHARACTERS, without_invisible
from advocacy.files.yaml.reading import YamlMap, parse

_KNOWN = frozenset(KNOWN)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GAP = re.compile("[ \xa0]+")
DAYS = ("verified", "in_office_from", "in_office_until", "your_letter")
"""The columns that contain dates."""
_NOBODY = Recipient.model_validate({})
"""Every field as it is in an empty row. Copying it is the fastest way to a model."""
LONGEST_ROW = 100_000
"""The maximum number of characters in a row."""
LONGEST_VALUE = 1_000
"""The maximum number of characters in a known column, such as a name, title, or address line."""


def recipient_of(
    values: Mapping[str, Any], place: Place, report: Report, label: str = "the row"
) -> Recipient | None:
    """A row's recipient, or None where an error is reported.

    `values` maps names of columns to text (`address` to a tuple of lines); what is empty is
    left out. A wrong email address is a warning: the recipient is kept without one.
    """
    known: dict[str, Any] = {}
    other: dict[str, str] = {}
    for name, value in values.items():
        if name in _KNOWN:
            # Nobody means two spaces in a name, nor two people who differ by them.
            gap = isinstance(value, str) and ("  " in value or "\xa0" in value)
            known[name] = _GAP.sub(" ", value) if gap else value
            if name == "language":
                known[name] = language_as_listed(value)
        else:
            other[name] = value
    is_plain = _plain(known, other)
    if not is_plain:
        known, other = _visible(known), _visible(other)
    if other:
        known["other"] = other
    row = YamlMap(place.path, place, label=label)
    row.update(known)
    recipient = _built(row) if is_plain else None
    if recipient is None:
        recipient = _parsed(row, report)
    if recipient is None or recipient.full_name or recipient.organization:
        return recipient
    message = "The row has neither a person nor an organization."
    hint = "Fill in `name`, or `organization` for an office without a name."
    report(Problem("no-name", message, hint, place))
    return None


def _parsed(row: YamlMap, report: Report) -> Recipient | None:
    long = [problem for name in _KNOWN.intersection(row) for problem in _too_long(name, row)]
    for problem in sorted(long, key=lambda problem: problem.message):
        report(problem)
    if long:
        return None
    recipient, problems = parse(Recipient, row)
    if problems and "email" in row:
        del row["email"]
        recipient, rest = parse(Recipient, row)
        without = {problem.message for problem in rest}
        wrong = [p.at(Level.WARNING) for p in problems if p.message not in without]
        problems = [*wrong, *rest]
    for problem in problems:
        report(problem)
    return recipient


def _too_long(name: str, row: YamlMap) -> Iterator[Problem]:
    value = row[name]
    for text in value if isinstance(value, tuple) else (value,):
        if len(text) > LONGEST_VALUE:
            message = f"`{name}` has {len(text):,} characters; the limit is {LONGEST_VALUE:,}."
            hint = "Correct the row. A quotation mark may be missing."
            yield Problem("value-too-long", message, hint, row.place)


def _plain(known: Mapping[str, Any], other: Mapping[str, str]) -> bool:
    """Whether nothing in the row needs a second look: one search over all of it together."""
    lines = [value for value in known.values() if type(value) is str]
    lines += known.get("address", ())
    lines += other.values()
    text = "".join(lines)
    # Few rows are as long as one value may be; only in these a value can be too long.
    if len(text) > LONGEST_VALUE and any(len(line) > LONGEST_VALUE for line in lines):
        return False
    if text.isascii():
        return text.isprintable()
    return not ("\t" in text or "\n" in text or ODD_CHARACTERS.search(text))


def _visible(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values without what nobody sees in them, and without those that are empty then."""
    found = {name: _without_invisible(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value}


def _without_invisible(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(filter(None, map(_without_invisible, value)))
    return without_invisible(value).strip() if isinstance(value, str) else value


def _built(row: YamlMap) -> Recipient | None:
    """The recipient of a row of plain lines, made at once; None where a value may be wrong.

    A list is read three times as fast with it: models' validators in Python take 40 of 60
    microseconds a row. What this accepts is exactly what they accept (tests hold it); all else
    goes through them.
    """
    values = dict(row)
    for key, parser in _PARSERS.items():
        if key in values:
            values[key] = found = parser(values[key])
            if found is None:
                return None
    return _NOBODY.filled(row, values)


def _day(value: str) -> date | None:
    if not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "id": plain_id,
    "country": known_country,
    "language": known_language,
    "email": plain_email,
    **dict.fromkeys(DAYS, _day),
}


# Of these a program that took them for numbers has already dropped zeros and plus signs.
_DIGITS = frozenset({"postal_code", "phone", "fax", "telephone", "mobile"})


def as_text(name: str, value: Any, place: Place, where: str) -> str:
    """A cell's value as text, empty for nothing.

    `where` names the cell in messages (`C7`, or the key). A number in a postal code is a
    problem, since its zeros may be gone; in a column of your own any value is text as in a CSV.
    Raises AdvocacyError for a value that cannot be taken for text.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if name not in _KNOWN and name not in _DIGITS and not is_address_line(name):
        return _own_text(value)
    if isinstance(value, bool):
        raise _wrong(name, str(value).upper(), "yes or no", place, where)
    if isinstance(value, int | float):
        if name in _DIGITS:
            shown = _own_text(value)
            message = f"`{name}` in {where} is the number {shown}. Leading zeros may be lost."
            hint = f"Format the column as text, then retype the value: `{shown}` or `0{shown}`."
            raise AdvocacyError(Problem("number-in-text", message, hint, place))
        if name == "id" and float(value).is_integer():
            return _own_text(value)
        raise _wrong(name, _own_text(value), "a number", place, where)
    if name in DAYS and isinstance(value, dt.date) and _is_day(value):
        return _own_text(value)
    raise _wrong(name, _own_text(value), "a date or a time", place, where)


def _own_text(value: float | dt.date | dt.time) -> str:
    """A value as a column of one's own has it: what a spreadsheet shows of it in a CSV."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        whole = abs(value) < 1e15 and float(value).is_integer()
        return str(int(value)) if whole else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if _is_day(value) else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, dt.date) else value.isoformat("minutes")


def _is_day(value: dt.date) -> bool:
    return not isinstance(value, dt.datetime) or value.time() == dt.time()


def _wrong(name: str, shown: str, kind: str, place: Place, where: str) -> AdvocacyError:
    message = f"`{name}` in {where} is {kind} ({shown}), but text is expected."
    hint = "Format the cell as text, then type what the letter should print."
    return AdvocacyError(Problem("not-text", message, hint, place))
