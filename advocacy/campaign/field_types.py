"""Types of single values that people write: days, spans, lines, ids, addresses.

Models name these types; each refuses what cannot be right with a phrase that follows the
key's name (“`date`: “10 June” is not a day”) and a hint that says what to write instead.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from advocacy.campaign.languages import Country, Language, LocalLine, LocalText, Timezone
from advocacy.files.characters import Line, Words, bad_character, character_name, fault, shown
from advocacy.files.writing import WINDOWS_DEVICE

__all__ = [
    "Country",
    "Day",
    "Email",
    "HttpUrl",
    "Language",
    "Line",
    "LocalLine",
    "LocalText",
    "PerDay",
    "Slug",
    "Span",
    "Timezone",
    "Words",
    "bad_character",
    "character_name",
    "fault",
    "shown",
]

DAY_WANTED = "a day such as `2020-06-10`"


def _day(value: Any) -> Any:
    if isinstance(value, datetime):
        raise fault(
            "bad-day",
            "has a time, but only a date is allowed",
            f"Write only the date: `{value.date()}`.",
        )
    if isinstance(value, date):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise fault(
            "bad-day",
            f"{shown(value)} is not a date" if value is not None else "has no value",
            "Write year, month and day as YYYY-MM-DD: `2020-06-10`.",
            wanted=DAY_WANTED,
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fault(
            "bad-day",
            f"{shown(text)} is not a calendar date",
            "Write year, month and day as YYYY-MM-DD: `2020-06-10`.",
        ) from None


Day = Annotated[
    date,
    BeforeValidator(_day),
    Field(description="A day, as YYYY-MM-DD.", examples=["2020-06-10"]),
]
"""A day of the calendar, without a time: a date, or `2020-06-10` as text."""

SPAN_WANTED = "a span such as `14 days`"
LONGEST_SPAN = timedelta(days=36_525)  # keeps a date plus a span inside the calendar


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    text = value.strip().casefold() if isinstance(value, str) else ""
    found = re.fullmatch(r"([0-9]{1,6}) *(day|days|week|weeks)", text)
    if not found:
        raise fault(
            "bad-span",
            f"{shown(value)} is not a span of days" if value is not None else "has no value",
            "Write a number and `days` or `weeks`: `14 days`, `2 weeks`.",
            wanted=SPAN_WANTED,
        )
    span = timedelta(days=int(found[1]) * (7 if found[2].startswith("week") else 1))
    if span > LONGEST_SPAN:
        raise fault("bad-span", f"{shown(value)} is longer than 100 years", "Write fewer days.")
    return span


Span = Annotated[
    timedelta,
    BeforeValidator(_span),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^ *[0-9]{1,6} *([Dd]ays?|[Ww]eeks?) *$",
            "description": "A span of time: `14 days`, `2 weeks`.",
            "examples": ["14 days", "2 weeks"],
        }
    ),
]
"""A span of days or weeks, written `14 days`, `1 day`, `2 weeks`."""

MOST_PER_DAY = 1_000_000


def _per_day(value: Any) -> int:
    text = " ".join(str(value).casefold().split()) if value is not None else ""
    found = re.fullmatch(r"([0-9]{1,7}) (?:per|a) day", text)
    number = int(found[1]) if found else 0
    if not 0 < number <= MOST_PER_DAY:
        near = re.match("[1-9][0-9]{0,5}", text)
        raise fault(
            "bad-rate",
            f"{shown(value)} is not a number of letters per day",
            f"Write a number and `per day`: `{near[0] if near else 200} per day`.",
        )
    return number


PerDay = Annotated[
    int,
    BeforeValidator(_per_day),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^ *[0-9]{1,7} +([Pp]er|a) +[Dd]ay *$",
            "description": "A number of letters per day: `200 per day`.",
            "examples": ["200 per day"],
        }
    ),
]
"""So many letters a day, written `200 per day`."""


SLUG_PATTERN = r"^[a-z0-9]([a-z0-9._-]*[a-z0-9_-])?$"


def _slug(value: str) -> str:
    if WINDOWS_DEVICE.fullmatch(value):
        raise fault(
            "bad-id",
            f"{shown(value)} is a reserved name on Windows",
            f"Use another id, such as `{_near_slug(value)}`.",
        )
    if not re.fullmatch(SLUG_PATTERN, value) or len(value) > 100:
        near = _near_slug(value)
        raise fault(
            "bad-id",
            f"{shown(value)} is not a valid id: use up to 100 lowercase letters a to z, "
            "digits, `-`, `_` and `.`; start with a letter or digit, and do not end with a "
            "period",
            f"Write `{near}`." if near else "Use an id such as `call-2`.",
        )
    return value


def _near_slug(value: str) -> str:
    folded = unicodedata.normalize("NFKD", value.casefold())
    ascii_only = folded.encode("ascii", "ignore").decode()
    near = re.sub(r"[^a-z0-9._]+", "-", ascii_only).strip("-._")
    near = WINDOWS_DEVICE.sub(r"\1-1\2", near) if WINDOWS_DEVICE.fullmatch(near) else near
    return near[:100].strip("-._")


Slug = Annotated[
    Line,
    AfterValidator(_slug),
    Field(
        description="An id: lowercase letters, digits, `-`, `_` and `.`.",
        examples=["microsoft-no-ban"],
        json_schema_extra={"pattern": SLUG_PATTERN, "maxLength": 100},
    ),
]
"""An id, safe as a file name everywhere."""


def number_as_text(value: object) -> object:
    """Days and whole numbers as text: people write pages and years without quotes."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


NumberOrWords = Annotated[Words, BeforeValidator(number_as_text)]
"""Text of one or more lines, or a bare number or day, which is kept as text."""


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # `test_environment` lets .test through; sample data uses reserved domains.
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        hint = "Write only the address, such as `name@coalition.example`."
        inside = re.search(r"<([^<>\s]+@[^<>\s]+)>", value)
        if inside:
            hint = f"Write only the address, without the name: `{inside[1]}`."
        reason = str(error).rstrip(".")
        raise fault(
            "bad-email", f"{shown(value)} is not a valid email address: {reason}", hint
        ) from None
    return found.normalized


Email = Annotated[
    Line,
    AfterValidator(_email),
    Field(
        description="An email address, without a name.",
        examples=["name@coalition.example"],
        json_schema_extra={"format": "email"},
    ),
]
"""A well-formed email address; whether it exists is not checked."""


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is not a number, an unclosed bracket
        good = False
    if not good or "@" in parts.netloc or re.search(r'[\s<>"\\^`{|}]', value):
        hint = "Copy the whole address from the browser, beginning with `https://`."
        if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", value):
            hint = f"Write `https://{value}`."
        raise fault("bad-url", f"{shown(value)} is not a valid web address", hint)
    return value


HttpUrl = Annotated[
    Line,
    AfterValidator(_url),
    Field(
        description="A web address, beginning with https:// or http://.",
        examples=["https://coalition.example/leave"],
        json_schema_extra={"format": "uri", "pattern": "^https?://"},
    ),
]
"""A web address, kept as it was written."""
