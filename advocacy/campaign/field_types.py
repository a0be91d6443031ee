"""Types of single values that people write: days, spans, lines, ids, addresses.

Models name these types; each refuses what cannot be right with a phrase that follows the
key's name (“`date`: “10 June” is not a day”) and a hint that says what to write instead.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from advocacy.campaign.languages import TABLE, refusal
from advocacy.files.characters import Line, Words, shown
from advocacy.files.writing import WINDOWS_DEVICE

_SCHEMA = TABLE["schema"]


def _day(value: Any) -> Any:
    if isinstance(value, datetime):
        raise refusal("day-with-time", value, day=value.date())
    if isinstance(value, date):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        what = f"{shown(value)} is not a date" if value is not None else "has no value"
        raise refusal("no-day", value, what=what)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refusal("not-in-calendar", text) from None


Day = Annotated[date, BeforeValidator(_day), Field(**_SCHEMA["day"])]
"""A day of the calendar, without a time: a date, or `2020-06-10` as text."""

LONGEST_SPAN = timedelta(days=36_525)  # keeps a date plus a span inside the calendar


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    text = value.strip().casefold() if isinstance(value, str) else ""
    found = re.fullmatch(r"([0-9]{1,6}) *(day|days|week|weeks)", text)
    if not found:
        what = f"{shown(value)} is not a span of days" if value is not None else "has no value"
        raise refusal("no-span", value, what=what)
    span = timedelta(days=int(found[1]) * (7 if found[2].startswith("week") else 1))
    if span > LONGEST_SPAN:
        raise refusal("long-span", value)
    return span


Span = Annotated[timedelta, BeforeValidator(_span), WithJsonSchema(_SCHEMA["span"])]
"""A span of days or weeks, written `14 days`, `1 day`, `2 weeks`."""


def _time(value: Any) -> time:
    if isinstance(value, time):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]", text):
        raise refusal("time", value)
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


ClockTime = Annotated[time, BeforeValidator(_time), WithJsonSchema(_SCHEMA["time"])]
"""A time of day in the campaign's timezone, written `16:30`."""
NOON = time(12)

MOST_PER_DAY = 1_000_000


def _per_day(value: Any) -> int:
    text = " ".join(str(value).casefold().split()) if value is not None else ""
    found = re.fullmatch(r"([0-9]{1,7}) (?:per|a) day", text)
    number = int(found[1]) if found else 0
    if not 0 < number <= MOST_PER_DAY:
        near = re.match("[1-9][0-9]{0,5}", text)
        raise refusal("rate", value, near=near[0] if near else 200)
    return number


PerDay = Annotated[int, BeforeValidator(_per_day), WithJsonSchema(_SCHEMA["per_day"])]
"""So many letters a day, written `200 per day`."""


SLUG_PATTERN: str = _SCHEMA["id"]["json_schema_extra"]["pattern"]


def _slug(value: str) -> str:
    if WINDOWS_DEVICE.fullmatch(value):
        raise refusal("windows-name", value, near=_near_slug(value))
    if not re.fullmatch(SLUG_PATTERN, value) or len(value) > 100:
        near = _near_slug(value)
        hint = f"Write `{near}`." if near else "Use an id such as `call-2`."
        raise refusal("id", value, hint=hint)
    return value


def _near_slug(value: str) -> str:
    folded = unicodedata.normalize("NFKD", value.casefold())
    ascii_only = folded.encode("ascii", "ignore").decode()
    near = re.sub(r"[^a-z0-9._]+", "-", ascii_only).strip("-._")
    near = WINDOWS_DEVICE.sub(r"\1-1\2", near) if WINDOWS_DEVICE.fullmatch(near) else near
    return near[:100].strip("-._")


Slug = Annotated[Line, AfterValidator(_slug), Field(**_SCHEMA["id"])]
"""An id, safe as a file name everywhere."""


def number_as_text(value: object) -> object:
    """Days and whole numbers as text: people write pages and years without quotes."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


NumberOrWords = Annotated[
    Words, BeforeValidator(number_as_text), Field(**_SCHEMA["number_or_words"])
]
"""Text of one or more lines, or a bare number or day, which is kept as text."""


_ATOM = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
_DOMAIN = re.compile(r"(?:(?=[a-z0-9-]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?P<top>[a-z]{2,63})")
RESERVED_DOMAINS = frozenset({"arpa", "invalid", "local", "localhost", "onion"})
"""What email-validator refuses as the end of a domain, but for `test`."""


def plain_email(value: str) -> str | None:
    """An ordinary address as email-validator would give it; None for one it must look at."""
    local, at, domain = value.partition("@")
    if not at or len(local) > 64 or len(value) > 200 or not _ATOM.fullmatch(local):
        return None
    if local != local.lower() and _is_role(local):
        return None
    normal = _domain(domain)
    return f"{local}@{normal}" if normal else None


def _is_role(local: str) -> bool:
    """Whether it is a mailbox such as `Postmaster`, whose capitals email-validator drops."""
    from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

    return local.lower() in CASE_INSENSITIVE_MAILBOX_NAMES


# Most addresses of a list share a few domains; email-validator takes longer than the whole row.
@lru_cache(maxsize=65_536)
def _domain(domain: str) -> str | None:
    """A domain as email-validator normalizes it, or None where it refuses it."""
    plain = _DOMAIN.fullmatch(domain)
    if plain and plain["top"] not in RESERVED_DOMAINS:
        return domain  # without the library, whose import takes a tenth of a `check`
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.domain


def _email(value: str) -> str:
    plain = plain_email(value)
    if plain is not None:
        return plain
    from email_validator import EmailNotValidError, validate_email

    try:
        # `test_environment` lets .test through; sample data uses reserved domains.
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        hint = "Write only the address, such as `name@coalition.example`."
        inside = re.search(r"<([^<>\s]+@[^<>\s]+)>", value)
        if inside:
            hint = f"Write only the address, without the name: `{inside[1]}`."
        raise refusal("email", value, reason=str(error).rstrip("."), hint=hint) from None
    return found.normalized


Email = Annotated[Line, AfterValidator(_email), Field(**_SCHEMA["email"])]
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
        raise refusal("url", value, hint=hint)
    return value


HttpUrl = Annotated[Line, AfterValidator(_url), Field(**_SCHEMA["url"])]
"""A web address, kept as it was written."""

FileName = Annotated[Line, Field(description="A file, relative to the campaign's folder.")]
