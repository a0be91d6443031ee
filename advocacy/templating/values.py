"""Values as a template meets them: what it may read of them, how they print, what stands for them.

A template reads the declared fields of its variables and nothing else. What it prints is text:
dates, numbers and lists as the language writes them. While a run is shared by many letters, a
`Placeholder` stands for each value that is one person's own.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, LoopContext, Undefined
from jinja2.utils import missing

from advocacy.campaign.languages import LocalText
from advocacy.errors import did_you_mean
from advocacy.templating.running import TemplateMistake, ValueMistake

if TYPE_CHECKING:
    from babel import Locale


# --- what may be read ---------------------------------------------------------------------------

_LOOP_FIELDS = frozenset(
    (
        "changed", "cycle", "depth", "first", "index", "index0", "last", "length",
        "nextitem", "previtem", "revindex", "revindex0",
    )
)  # fmt: skip


@lru_cache(maxsize=256)
def fields_of(kind: type) -> frozenset[str]:
    """The fields and properties of a class that templates may read."""
    if issubclass(kind, date):
        return frozenset(("year", "month", "day"))
    if issubclass(kind, LoopContext):
        return _LOOP_FIELDS
    if issubclass(kind, BlockReference):
        return frozenset()
    names: set[str] = set(getattr(kind, "model_fields", ()))
    if dataclasses.is_dataclass(kind):
        names.update(f.name for f in dataclasses.fields(kind))
    if issubclass(kind, tuple):
        names.update(getattr(kind, "_fields", ()))
    if names:
        for base in kind.__mro__:
            if not base.__module__.startswith("pydantic"):
                properties = (property, cached_property)
                names.update(n for n, v in vars(base).items() if isinstance(v, properties))
    return frozenset(name for name in names if not name.startswith("_"))


def readable(obj: Any) -> frozenset[str]:
    """The names that a template may read from an object."""
    if isinstance(obj, Mapping):
        return frozenset(key for key in obj if isinstance(key, str) and not key.startswith("_"))
    if isinstance(obj, TemplateModule):
        return frozenset(name for name in vars(obj) if not name.startswith("_"))
    kind: type = type(obj)
    return fields_of(kind)


_KINDS: tuple[tuple[Any, str], ...] = (
    (str, "this text"),
    (bool, "this yes/no value"),
    (int | float, "this number"),
    (type(None), "a missing value"),
    (list | tuple | range, "this list"),
    (TemplateModule, "this partial"),
    (date, "this date"),
)


def described(obj: Any) -> str:
    """What an object is, in plain words."""
    return next((words for kinds, words in _KINDS if isinstance(obj, kinds)), "this value")


# --- names and fields that there are none of ---------------------------------------------------


class NotKnown(StrictUndefined):
    """What stands for a name that is not known: any use but `is defined` is a TemplateMistake."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: Any = None,  # noqa: ARG002 - Jinja's signature
    ) -> None:
        # Jinja calls its exception with a message. The one here knows better what to say.
        super().__init__(hint, obj, name, partial(_unknown_name, hint, obj, name))  # type: ignore[arg-type]


def _unknown_name(
    hint: str | None, obj: Any, name: str | None, _message: str | None = None
) -> TemplateMistake:
    """That there is no such name, or no such field of an object; Jinja's `hint` says more."""
    if hint and hint.startswith("parameter "):
        return ValueMistake(
            f"This macro is called without its `{name}`.",
            f'Add it in the parentheses of the call, or give it a default: `{name}=""`.',
        )
    if hint:
        message = f"{hint[0].upper()}{hint[1:]}".rstrip(".") + "."
        advice = "Check with `if` whether it exists."
    elif obj is missing:
        message = f"`{name}` is not known here."
        advice = (
            "It is defined only after the line that sets it. If a loop or macro sets it, it is "
            "defined only inside."
        )
    else:
        message = f"There is no `{name}` in {described(obj)}."
        known = readable(obj)
        advice = did_you_mean(str(name), known, known_names(known))
    return TemplateMistake("unknown-name", message, advice)


def known_names(known: Iterable[str]) -> str:
    """A hint that lists the names there are."""
    names = ", ".join(f"`{name}`" for name in sorted(known))
    return f"Available: {names}." if names else "It has no parts. Print it directly."


def unknown(kind: str, name: str, known: Iterable[str]) -> TemplateMistake:
    """That there is no filter or test of that name."""
    names = [other for other in known if other.isidentifier()]
    hint = did_you_mean(name, names, f"Available: {', '.join(sorted(names))}.")
    return TemplateMistake(f"unknown-{kind}", f"`{name}` is not a known {kind}.", hint)


# --- how values print ---------------------------------------------------------------------------

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
        raise TemplateMistake(
            "missing-language",
            f"The text “{value}” has no version in the letter's language, `{language}`.",
            f"Add `{language}:` to it. Available: {', '.join(value.languages)}.",
        )
    return text


def display(value: Any, language: str) -> str:
    """A value as text: dates in the long form, numbers and lists as the language writes them.

    None is empty. Raises Mistake for what cannot be printed, such as a group of fields.
    """
    if isinstance(value, str):
        return _display_text(value)
    if value is None:
        return ""
    if isinstance(value, LocalText):
        return str(local(value, language))
    if isinstance(value, Undefined):
        return str(value)  # raises, if it is a name that is not known
    if isinstance(value, bool):
        raise ValueMistake(
            "This would print a yes/no value.",
            "Use it as a condition: `{% if … %}…{% endif %}`.",
        )
    if isinstance(value, timedelta):
        return _days(value, language)
    if isinstance(value, date):
        return long_date(value.date() if isinstance(value, datetime) else value, language)
    if isinstance(value, int | float | Decimal):
        small = isinstance(value, int) and abs(value) < _GROUPED_FROM
        return str(value) if small else number(value, language)
    if isinstance(value, list | tuple | range):
        return and_list([display(item, language) for item in value], language)
    raise ValueMistake(
        "This value has parts and cannot be printed as a whole.",
        "Print one of its parts, as in `{{ recipient.name }}`.",
    )


def _display_text(text: str) -> str:
    if isinstance(text, Missing):
        raise TemplateMistake("nothing-to-print", text.message, text.hint)
    if isinstance(text, Placeholder):
        return text  # whoever puts in the values looks for carriage returns in them
    return text.replace("\r\n", "\n") if "\r" in text else text


@lru_cache(maxsize=64)
def locale_of(language: str) -> "Locale":
    """Babel's locale of a language tag."""
    from babel import Locale

    return Locale.parse(language, sep="-")


@lru_cache(maxsize=512)
def long_date(day: date, language: str) -> str:
    """`June 10, 2020`, `10 juin 2020`, `1er juin 2020`."""
    from babel.dates import format_date

    return _first_of_month(format_date(day, "long", locale_of(language)), day, language)


def _first_of_month(text: str, day: date, language: str) -> str:
    """A French date whose first day is an ordinal, which CLDR writes as a number.

    After the Lexique des règles typographiques of the Imprimerie nationale, “dates”.
    """
    if day.day != 1 or not language.startswith("fr"):
        return text
    return re.sub(r"\b1 (?=[^\W\d_])", "1er ", text, count=1)


@lru_cache(maxsize=512)
def shaped_date(day: date, shape: str, language: str) -> str:
    """A date in another form: `full`, `long`, `medium`, `short`, or CLDR letters (`yMMMM`).

    Raises Mistake for a form that there is none of.
    """
    from babel.dates import format_date, format_skeleton

    locale = locale_of(language)
    if shape in ("full", "long", "medium", "short"):
        return _first_of_month(format_date(day, shape, locale), day, language)
    try:
        if shape in locale.datetime_skeletons:
            return format_skeleton(shape, datetime(day.year, day.month, day.day), locale=locale)  # noqa: DTZ001 - a day
        if not set(shape) - set("yMLdEec .,/-'"):
            return format_date(day, shape, locale)
    except (KeyError, ValueError, AttributeError):
        pass
    raise ValueMistake(
        f"`{shape}` is not a valid date format.",
        "Use `full`, `long`, `medium`, `short`, or a pattern such as `MMMM y`.",
    )


def number(value: float | Decimal, language: str) -> str:
    """A number with the language's separators: `12,500.5`, `12 500,5`."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale_of(language))


def _days(span: timedelta, language: str) -> str:
    from babel.units import format_unit

    return format_unit(span.days, "duration-day", "long", locale=locale_of(language))


def and_list(texts: Sequence[str], language: str) -> str:
    """`a, b, and c`."""
    from babel.lists import format_list

    if len(texts) < 2:
        return "".join(texts)
    return format_list(texts, locale=locale_of(language))


# --- what stands for a person's own values while a run is shared ------------------------------


class NeedsValue(BaseException):
    """A template does more with a placeholder than print it or ask whether it is there.

    It is no `Exception`, because Jinja takes any `Exception` for an answer: its test
    `is sequence` would say no, and the letter would silently differ from what its own run gives
    (`tests/templating/test_shared_runs.py` has that template). For the same reason, nothing
    but the caller that put in placeholders may catch it.
    """

    def __init__(self, name: Any = None) -> None:
        """`name` is the placeholder's, if it is known which one it was."""
        super().__init__()
        self.name = name


class Placeholder:
    """Stands in a template's variables for a value that is one person's own and not empty.

    It answers only what is true of each such value: that it is there, that it is not the empty
    text, of which `kind` it is. Printed, it stays in the output as itself, for the caller to
    replace. Every other use raises `NeedsValue`.

    It cannot be a subclass of `str`: functions written in C, such as `"".join`, would read the
    text in it without asking. So it only says of itself that it is one: `isinstance` looks at
    `__class__` too, and everything that distinguishes texts from lists and numbers treats it as
    it treats the value (`{% if recipient.name is string %}`). `type(value) is Placeholder`
    and `isinstance(value, Placeholder)` still find it out.
    """

    __slots__ = ("_kind", "name")

    def __init__(self, name: Any, kind: type = str) -> None:
        """`name` is what the caller knows it by; `kind` is the type of the value."""
        self.name = name
        self._kind = kind

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._kind

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if type(other) is str and not other:
            return False
        raise NeedsValue(self.name)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise NeedsValue(self.name)

    __str__ = __repr__ = __format__ = __len__ = __iter__ = __getitem__ = __hash__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __call__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __reversed__ = __int__ = __float__ = __index__ = _refuse
    __contains__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and Jinja ask every object
            raise AttributeError(name)
        raise NeedsValue(self.name)
