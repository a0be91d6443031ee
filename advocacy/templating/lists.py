"""The filters that work with lists."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jinja2 import pass_environment
from jinja2.runtime import Undefined

from advocacy.templating.mistakes import Mistake
from advocacy.templating.names import unknown
from advocacy.templating.run import RUN

if TYPE_CHECKING:
    from advocacy.templating.sandbox import SafeEnvironment


def items_of(value: Any) -> Sequence[Any]:
    """The entries of a list. Raises Mistake for what is none."""
    if isinstance(value, Undefined):
        str(value)  # raises
    if isinstance(value, list | tuple | range):
        RUN.get().spend(len(value))
        return value
    if isinstance(value, Mapping | set | frozenset):
        RUN.get().spend(len(value))
        return list(value)
    if value is None:
        return ()
    raise Mistake("template-value", "This filter works with a list, and here stands none.")


def read(environment: "SafeEnvironment", value: Any, attribute: str | None) -> list[Any]:
    """The items of a list, or of each the field that `attribute` names (`a.b` reads on)."""
    items = list(items_of(value))
    for name in attribute.split(".") if attribute else ():
        items = [environment.getattr(item, name) for item in items]
    return items


@pass_environment
def _first(environment: "SafeEnvironment", value: Any) -> Any:
    items = value if isinstance(value, str) else items_of(value)
    return items[0] if items else environment.undefined("the first of an empty list is missing")


@pass_environment
def _last(environment: "SafeEnvironment", value: Any) -> Any:
    items = value if isinstance(value, str) else items_of(value)
    return items[-1] if items else environment.undefined("the last of an empty list is missing")


def _list(value: Any) -> list[Any]:
    return list(items_of(value))


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


@pass_environment
def _sort(
    environment: "SafeEnvironment", value: Any, reverse: bool = False, attribute: str | None = None
) -> list[Any]:
    keys = [_key(key) for key in read(environment, value, attribute)]
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    items = items_of(value)
    return [items[index] for index in order]


@pass_environment
def _unique(environment: "SafeEnvironment", value: Any, attribute: str | None = None) -> list[Any]:
    keys = [_key(key) for key in read(environment, value, attribute)]
    RUN.get().spend(len(keys) ** 2 // 10)
    return [item for index, item in enumerate(items_of(value)) if keys.index(keys[index]) == index]


def _reverse(value: Any) -> Any:
    return type(value)(value[::-1]) if isinstance(value, str) else items_of(value)[::-1]


@pass_environment
def _map(
    environment: "SafeEnvironment",
    value: Any,
    name: str | None = None,
    *args: Any,
    attribute: str | None = None,
) -> list[Any]:
    if attribute is not None:
        return read(environment, value, attribute)
    function = environment.filters.get(str(name))
    if function is None:
        raise unknown("filter", str(name), environment.filters)
    RUN.get().spend(10 * len(items_of(value)))
    return [environment.call_filter(str(name), item, args) for item in items_of(value)]


def _choosing(wanted: bool, by_attribute: bool) -> Callable[..., list[Any]]:
    @pass_environment
    def filter_(environment: "SafeEnvironment", value: Any, *args: Any) -> list[Any]:
        keys = read(environment, value, str(args[0]) if by_attribute and args else None)
        rest = args[1:] if by_attribute else args
        RUN.get().spend(10 * len(keys))
        return [
            item
            for item, key in zip(items_of(value), keys, strict=True)
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
        raise Mistake("template-value", "`items` works with names and values, and here are none.")
    RUN.get().spend(len(value))
    return list(value.items())


LIST_FILTERS: dict[str, Callable[..., Any]] = {
    "first": _first,
    "items": _pairs,
    "last": _last,
    "list": _list,
    "map": _map,
    "reject": _choosing(wanted=False, by_attribute=False),
    "rejectattr": _choosing(wanted=False, by_attribute=True),
    "reverse": _reverse,
    "select": _choosing(wanted=True, by_attribute=False),
    "selectattr": _choosing(wanted=True, by_attribute=True),
    "sort": _sort,
    "unique": _unique,
}
"""The filters of this module, by name."""
