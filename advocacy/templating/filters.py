"""The filters and tests that templates may use, and no others.

Each keeps apart what is a template's own (Markup) and what is a value (plain text): a value
that joins the template's own text goes through `SafeEnvironment.own`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

from jinja2 import pass_environment
from jinja2.runtime import Undefined
from jinja2.tests import TESTS as JINJA_TESTS
from markupsafe import Markup

from advocacy.templating.loop_tools import LIST_FILTERS, items_of, read
from advocacy.templating.running import RUN, TemplateMistake
from advocacy.templating.sandbox import trusted
from advocacy.templating.values import and_list, display, number, shaped_date

if TYPE_CHECKING:
    from advocacy.templating.sandbox import SafeEnvironment

_TESTS = (
    "!=", "<", "<=", "==", ">", ">=", "boolean", "defined", "divisibleby", "eq", "equalto",
    "even", "false", "float", "ge", "greaterthan", "gt", "in", "integer", "iterable", "le",
    "lessthan", "lower", "lt", "mapping", "ne", "none", "number", "odd", "sequence",
    "string", "true", "undefined", "upper",
)  # fmt: skip
TESTS = {name: JINJA_TESTS[name] for name in _TESTS}


def _changes_text(change: Callable[[str], str]) -> Callable[..., str]:
    """A filter that changes each text it is given, within the template's own text too."""

    @pass_environment
    @wraps(change)
    def filter_(environment: "SafeEnvironment", value: Any) -> str:
        if isinstance(value, Markup):
            return environment.change(value, change)
        text = display(value, RUN.get().language)
        RUN.get().grow(len(text))
        return change(text)

    return filter_


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _title(text: str) -> str:
    words = text.split(" ")
    return " ".join(_capitalize(word) for word in words)


def _trim(value: Any) -> str:
    return value.strip() if isinstance(value, str) else display(value, RUN.get().language).strip()


def _default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    # An empty text stands for what a list does not tell of somebody, so it counts as missing.
    if isinstance(value, Undefined) or value is None or value == "" or (boolean and not value):
        return other
    return value


@pass_environment
def _length(environment: "SafeEnvironment", value: Any) -> int:
    if isinstance(value, Markup):
        return len(environment.plain(value))
    return len(value) if isinstance(value, str | Mapping) else len(items_of(value))


@pass_environment
def _join(
    environment: "SafeEnvironment", value: Any, between: str = "", attribute: str | None = None
) -> str:
    items = read(environment, value, attribute)
    run = RUN.get()
    texts = [item if isinstance(item, Markup) else display(item, run.language) for item in items]
    run.grow(sum(map(len, texts)) + len(between) * len(texts))
    if any(isinstance(text, Markup) for text in (*texts, between)):
        parts = [text if isinstance(text, Markup) else environment.own(text) for text in texts]
        middle = between if isinstance(between, Markup) else environment.own(between)
        return trusted(str(middle).join(parts))
    return between.join(texts)


@pass_environment
def _and_list(environment: "SafeEnvironment", value: Any, attribute: str | None = None) -> str:
    items = read(environment, value, attribute)
    run = RUN.get()
    texts = [item if isinstance(item, Markup) else display(item, run.language) for item in items]
    run.grow(sum(map(len, texts)) + 10 * len(texts))
    if any(isinstance(text, Markup) for text in texts):
        parts = [text if isinstance(text, Markup) else environment.own(text) for text in texts]
        return trusted(and_list([str(part) for part in parts], run.language))
    return and_list(texts, run.language)


@pass_environment
def _replace(environment: "SafeEnvironment", value: Any, old: str, new: str) -> str:
    run = RUN.get()
    text = value if isinstance(value, Markup) else display(value, run.language)
    new = new if isinstance(value, Markup) and isinstance(new, Markup) else str(new)
    if not old:
        raise TemplateMistake("template-value", "`replace` needs the text that is to be replaced.")
    run.grow(len(text) + str(text).count(str(old)) * len(new))
    if isinstance(value, Markup):
        middle = new if isinstance(new, Markup) else environment.own(new)
        return trusted(str(middle).join(str(text).split(str(old))))
    return str(text).replace(str(old), new)


def _round(value: Any, digits: int = 0) -> float | int:
    if not isinstance(value, int | float) or not -10 <= digits <= 10:
        raise TemplateMistake("template-value", "`round` works with a number and up to 10 digits.")
    return round(value, digits) if digits > 0 else round(value)


def _int(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise TemplateMistake("template-value", "This is not a whole number.") from None


def _abs(value: Any) -> Any:
    if not isinstance(value, int | float):
        raise TemplateMistake("template-value", "`abs` works with a number.")
    return abs(value)


def _date(value: Any, shape: str = "long") -> str:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise TemplateMistake(
                "template-value", f"“{value}” is not a date.", "A date is written 2020-06-10."
            ) from None
    if not isinstance(value, date):
        raise TemplateMistake("template-value", "`date` works with a date, and here stands none.")
    day = date(value.year, value.month, value.day)
    return shaped_date(day, str(shape), RUN.get().language)


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TemplateMistake(
            "template-value", "`number` works with a number, and here stands none."
        )
    return number(value, RUN.get().language)


FILTERS: dict[str, Callable[..., Any]] = {
    **LIST_FILTERS,
    "abs": _abs,
    "and_list": _and_list,
    "capitalize": _changes_text(_capitalize),
    "d": _default,
    "date": _date,
    "default": _default,
    "int": _int,
    "join": _join,
    "length": _length,
    "lower": _changes_text(str.lower),
    "number": _number,
    "replace": _replace,
    "round": _round,
    "title": _changes_text(_title),
    "trim": _trim,
    "upper": _changes_text(str.upper),
}
"""The filters, by name."""
