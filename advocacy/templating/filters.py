"""The filters and tests that templates may use, and no others.

Each keeps apart what is a template's own (Markup) and what is a value (plain text): a value
that joins the template's own text goes through `SafeEnvironment.own`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

from jinja2 import pass_environment
from jinja2.runtime import Undefined
from jinja2.tests import TESTS as JINJA_TESTS
from markupsafe import Markup

from advocacy.templating.running import RUN, ValueMistake
from advocacy.templating.sandbox import sensible, trusted
from advocacy.templating.values import and_list, display, number, shaped_date, unknown

if TYPE_CHECKING:
    from advocacy.templating.sandbox import SafeEnvironment

_TESTS = (
    "!=", "<", "<=", "==", ">", ">=", "boolean", "defined", "divisibleby", "eq", "equalto",
    "even", "false", "float", "ge", "greaterthan", "gt", "in", "integer", "iterable", "le",
    "lessthan", "lower", "lt", "mapping", "ne", "none", "number", "odd", "sequence",
    "string", "true", "undefined", "upper",
)  # fmt: skip
TESTS = {name: JINJA_TESTS[name] for name in _TESTS}


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose texts count by their lengths, both those that it is given and what it makes.

    A filter that is called once on a text of a million characters costs as much as a long loop.
    """

    @wraps(function)
    def filter_(*args: Any, **kwargs: Any) -> Any:
        run = RUN.get()
        run.read(sum(map(_length_as_text, (*args, *kwargs.values()))))
        result = function(*args, **kwargs)
        run.grow(_length_as_text(result))
        return result

    return filter_


def _length_as_text(value: Any) -> int:
    # A placeholder says that it is a text, and has no length.
    return len(value) if issubclass(type(value), str) else 0


def _changes_text(change: Callable[[str], str]) -> Callable[..., str]:
    """A filter that changes each text it is given, within the template's own text too."""

    @pass_environment
    @wraps(change)
    def filter_(environment: "SafeEnvironment", value: Any) -> str:
        if isinstance(value, Markup):
            return environment.change(value, change)
        return change(display(value, RUN.get().language))

    return filter_


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _title(text: str) -> str:
    return " ".join(map(_capitalize, text.split(" ")))


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
    return len(value) if isinstance(value, str | Mapping) else len(_items_of(value))


@pass_environment
def _join(
    environment: "SafeEnvironment", value: Any, between: str = "", attribute: str | None = None
) -> str:
    items = _read(environment, value, attribute)
    RUN.get().grow(len(between) * len(items))  # before it is made
    between, *texts = environment.shown([between, *items])
    joined = str(between).join(map(str, texts))
    return trusted(joined) if isinstance(between, Markup) else joined


@pass_environment
def _and_list(environment: "SafeEnvironment", value: Any, attribute: str | None = None) -> str:
    texts = environment.shown(_read(environment, value, attribute))
    run = RUN.get()
    run.read(len(texts) * sum(map(len, texts)))  # Babel joins one by one
    joined = and_list(list(map(str, texts)), run.language)
    return trusted(joined) if any(isinstance(text, Markup) for text in texts) else joined


@pass_environment
def _replace(environment: "SafeEnvironment", value: Any, old: str, new: str) -> str:
    text = value if isinstance(value, Markup) else display(value, RUN.get().language)
    new = new if isinstance(value, Markup) and isinstance(new, Markup) else str(new)
    if not old:
        raise ValueMistake("`replace` requires the text to replace.")
    RUN.get().grow(str(text).count(str(old)) * len(new))
    if isinstance(value, Markup):
        middle = new if isinstance(new, Markup) else environment.own(new)
        return trusted(str(middle).join(str(text).split(str(old))))
    return str(text).replace(str(old), new)


def _round(value: Any, digits: int = 0) -> float | int:
    if not isinstance(value, int | float) or not -10 <= digits <= 10:
        raise ValueMistake("`round` requires a number and at most 10 digits.")
    return round(value, digits) if digits > 0 else round(value)


def _int(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueMistake("This value is not a whole number.") from None
    sensible(number)
    return number


def _abs(value: Any) -> Any:
    if not isinstance(value, int | float):
        raise ValueMistake("`abs` requires a number.")
    return abs(value)


_LONGEST_SHAPE = 60  # each letter `y` in it prints at least one digit, and it is remembered


def _date(value: Any, shape: str = "long") -> str:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueMistake(f"“{value}” is not a date.", "Write a date as 2020-06-10.") from None
    if len(str(shape)) > _LONGEST_SHAPE:
        raise ValueMistake(f"The date format has more than {_LONGEST_SHAPE} characters.")
    if not isinstance(value, date):
        raise ValueMistake("`date` requires a date, but this value is not a date.")
    day = date(value.year, value.month, value.day)
    return shaped_date(day, str(shape), RUN.get().language)


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueMistake("`number` requires a number, but this value is not a number.")
    return number(value, RUN.get().language)


# --- lists ---------------------------------------------------------------------------------------


def _items_of(value: Any) -> Sequence[Any]:
    """The entries of a list. Raises TemplateMistake for what is none."""
    if isinstance(value, Undefined):
        str(value)  # raises
    if value is None:
        return ()
    if isinstance(value, list | tuple | range | Mapping | set | frozenset):
        RUN.get().spend(len(value))
        return value if isinstance(value, Sequence) else list(value)
    raise ValueMistake("This filter requires a list, but this value is not a list.")


def _read(environment: "SafeEnvironment", value: Any, attribute: str | None) -> list[Any]:
    """The items of a list, or of each the field that `attribute` names (`a.b` reads on)."""
    items = list(_items_of(value))
    for name in attribute.split(".") if attribute else ():
        items = [environment.getattr(item, name) for item in items]
    return items


@pass_environment
def _first(environment: "SafeEnvironment", value: Any) -> Any:
    items = value if isinstance(value, str) else _items_of(value)
    return items[0] if items else environment.undefined("the first of an empty list is missing")


@pass_environment
def _last(environment: "SafeEnvironment", value: Any) -> Any:
    items = value if isinstance(value, str) else _items_of(value)
    return items[-1] if items else environment.undefined("the last of an empty list is missing")


def _list(value: Any) -> list[Any]:
    return list(_items_of(value))


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


@pass_environment
def _sort(
    environment: "SafeEnvironment", value: Any, reverse: bool = False, attribute: str | None = None
) -> list[Any]:
    keys = [_key(key) for key in _read(environment, value, attribute)]
    RUN.get().grow(sum(map(_length_as_text, keys)))
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    items = _items_of(value)
    return [items[index] for index in order]


@pass_environment
def _unique(environment: "SafeEnvironment", value: Any, attribute: str | None = None) -> list[Any]:
    keys = [_key(key) for key in _read(environment, value, attribute)]
    RUN.get().spend(len(keys) ** 2 // 10)
    RUN.get().grow(sum(map(_length_as_text, keys)))
    return [item for index, item in enumerate(_items_of(value)) if keys.index(keys[index]) == index]


def _reverse(value: Any) -> Any:
    return type(value)(value[::-1]) if isinstance(value, str) else _items_of(value)[::-1]


@pass_environment
def _map(
    environment: "SafeEnvironment",
    value: Any,
    name: str | None = None,
    *args: Any,
    attribute: str | None = None,
) -> list[Any]:
    if attribute is not None:
        return _read(environment, value, attribute)
    function = environment.filters.get(str(name))
    if function is None:
        raise unknown("filter", str(name), environment.filters)
    RUN.get().spend(10 * len(_items_of(value)))
    return [environment.call_filter(str(name), item, args) for item in _items_of(value)]


def _choosing(wanted: bool, by_attribute: bool) -> Callable[..., list[Any]]:
    @pass_environment
    def filter_(environment: "SafeEnvironment", value: Any, *args: Any) -> list[Any]:
        keys = _read(environment, value, str(args[0]) if by_attribute and args else None)
        rest = args[1:] if by_attribute else args
        RUN.get().spend(10 * len(keys))
        return [
            item
            for item, key in zip(_items_of(value), keys, strict=True)
            if _passes(environment, key, rest) is wanted
        ]

    return filter_


def _passes(environment: "SafeEnvironment", value: Any, test: Sequence[Any]) -> bool:
    if not test:
        return bool(value)
    if str(test[0]) not in environment.tests:
        raise unknown("test", str(test[0]), environment.tests)
    return bool(environment.call_test(str(test[0]), value, test[1:]))


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, Mapping):
        raise ValueMistake("`items` requires a mapping of names to values.")
    RUN.get().spend(len(value))
    return list(value.items())


_FILTERS: dict[str, Callable[..., Any]] = {
    "abs": _abs,
    "and_list": _and_list,
    "capitalize": _changes_text(_capitalize),
    "d": _default,
    "date": _date,
    "default": _default,
    "first": _first,
    "int": _int,
    "items": _pairs,
    "join": _join,
    "last": _last,
    "length": _length,
    "list": _list,
    "lower": _changes_text(str.lower),
    "map": _map,
    "number": _number,
    "reject": _choosing(wanted=False, by_attribute=False),
    "rejectattr": _choosing(wanted=False, by_attribute=True),
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "select": _choosing(wanted=True, by_attribute=False),
    "selectattr": _choosing(wanted=True, by_attribute=True),
    "sort": _sort,
    "title": _changes_text(_title),
    "trim": _trim,
    "unique": _unique,
    "upper": _changes_text(str.upper),
}
FILTERS = {name: counted(function) for name, function in _FILTERS.items()}
"""The filters, by name."""
