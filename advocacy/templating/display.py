"""How values look when a template prints them: dates, numbers and lists in the language."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2.runtime import Undefined

from advocacy.campaign.languages import LocalText
from advocacy.templating.mistakes import Mistake

if TYPE_CHECKING:
    from babel import Locale

_GROUPED_FROM = 10_000  # so that a year such as 2020 keeps its shape


class Count(int):
    """A number that the template itself makes, such as `loop.index`: its own text."""


class Missing(str):
    """Nothing, where a template that prints it would leave a hole in a sentence.

    A template may ask for it (`{% if … %}`, `default`); printing it is a problem.
    """

    message: str
    hint: str

    def __new__(cls, message: str, hint: str) -> "Missing":
        """Empty text that knows what to tell whoever prints it."""
        self = super().__new__(cls)
        self.message, self.hint = message, hint
        return self


def local(value: Any, language: str) -> Any:
    """The value itself, or of text in several languages the one for this letter."""
    if not isinstance(value, LocalText):
        return value
    text = value.get(language)
    if text is None:
        raise Mistake(
            "missing-language",
            f"The text “{value}” has no version in the letter's language, `{language}`.",
            f"Add `{language}:` to it; it has: {', '.join(value.languages)}.",
        )
    return text


def display(value: Any, language: str) -> str:
    """A value as text: dates in the long form, numbers and lists as the language writes them.

    None is empty. Raises Mistake for what cannot be printed, such as a group of fields.
    """
    if isinstance(value, Missing):
        raise Mistake("nothing-to-print", value.message, value.hint)
    if isinstance(value, str):
        return value.replace("\r\n", "\n") if "\r" in value else value
    if value is None:
        return ""
    if isinstance(value, LocalText):
        return str(local(value, language))
    if isinstance(value, Undefined):
        return str(value)  # raises, if it is a name that is not known
    if isinstance(value, bool):
        raise Mistake(
            "template-value",
            "This prints a yes or no.",
            "Use it as a condition: `{% if … %}…{% endif %}`.",
        )
    if isinstance(value, date | timedelta):
        return _time(value, language)
    if isinstance(value, int | float | Decimal):
        return _plain_number(value, language)
    if isinstance(value, list | tuple | range):
        return and_list([display(item, language) for item in value], language)
    raise Mistake(
        "template-value",
        "This has parts and cannot be printed as a whole.",
        "Print one of its parts, as in `{{ recipient.name }}`.",
    )


@lru_cache(maxsize=64)
def locale_of(language: str) -> "Locale":
    """Babel's locale of a language tag."""
    from babel import Locale

    return Locale.parse(language, sep="-")


@lru_cache(maxsize=512)
def long_date(day: date, language: str) -> str:
    """`June 10, 2020`, `10 juin 2020`."""
    from babel.dates import format_date

    return format_date(day, "long", locale_of(language))


@lru_cache(maxsize=512)
def shaped_date(day: date, shape: str, language: str) -> str:
    """A date in another form: `full`, `long`, `medium`, `short`, or CLDR letters (`yMMMM`).

    Raises Mistake for a form that there is none of.
    """
    from babel.dates import format_date, format_skeleton

    locale = locale_of(language)
    if shape in ("full", "long", "medium", "short"):
        return format_date(day, shape, locale)
    try:
        if shape in locale.datetime_skeletons:
            return format_skeleton(shape, datetime(day.year, day.month, day.day), locale=locale)  # noqa: DTZ001 - a day
        if not set(shape) - set("yMLdEec .,/-'"):
            return format_date(day, shape, locale)
    except (KeyError, ValueError, AttributeError):
        pass
    raise Mistake(
        "template-value",
        f"`{shape}` is not a form of a date.",
        "Use `full`, `long`, `medium` or `short`, or letters for its parts: `MMMM y`.",
    )


def number(value: float | Decimal, language: str) -> str:
    """A number with the language's separators: `12,500.5`, `12 500,5`."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale_of(language))


def _plain_number(value: float | Decimal, language: str) -> str:
    if isinstance(value, int) and abs(value) < _GROUPED_FROM:
        return str(value)
    return number(value, language)


def _time(value: date | timedelta, language: str) -> str:
    if isinstance(value, timedelta):
        return _days(value, language)
    return long_date(value.date() if isinstance(value, datetime) else value, language)


def _days(span: timedelta, language: str) -> str:
    from babel.units import format_unit

    return format_unit(span.days, "duration-day", "long", locale=locale_of(language))


def and_list(texts: Sequence[str], language: str) -> str:
    """`a, b, and c`."""
    from babel.lists import format_list

    if len(texts) < 2:
        return "".join(texts)
    return format_list(texts, locale=locale_of(language))
