"""Invisible marks that lead from a rendered text back to the template's lines.

What is built into a template before it is compiled: counting, and places of citations.

The filters that work with lists.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import nodes, pass_environment
from jinja2.runtime import Undefined

from advocacy.templating.outline import walk
from advocacy.templating.running import RUN, TemplateMistake
from advocacy.templating.sandbox import CITING, called
from advocacy.templating.values import unknown

if TYPE_CHECKING:
    from advocacy.templating.sandbox import SafeEnvironment


# A plain word with nothing before or after it that Markdown could take for a sign.
_WORD = re.compile(
    r"(?:(?<=^)|(?<=\s)|(?<=[\"“‘(*_]))[^\W\d_][^\W_’'-]*(?:[’'-][^\W_]+)*(?=[\s.,;:!?)…”’\"*_]|$)"
)
_NO_TEXT = re.compile(r"\s*(\[[^\]]+\]:|```|~~~|\{|<)|.*[`<\[\]&]")


def mark_lines(data: str, first_line: int, mark: Callable[[int], str]) -> str:
    """Template text with an invisible mark after the last plain word of each line.

    `mark(line)` gives the character for a line. Lines in which a word may be part of an
    address or of code have no mark.
    """
    lines = data.split("\n")
    for index, line in enumerate(lines):
        if _NO_TEXT.match(line):
            continue
        words = list(_WORD.finditer(line))
        if words:
            at = words[-1].end()
            lines[index] = line[:at] + mark(first_line + index) + line[at:]
    return "\n".join(lines)


EACH = "(each)"  # no name that a template could write
SPEND = "(spend)"
_REPEATED = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Template, nodes.Block)


def build_in(tree: nodes.Template, path: Path, own_words: bool) -> None:
    """Make the template count what it does, and its citations know their lines.

    With `own_words`, literal text that is printed (`{{ "text" }}`) is the template's own.
    """
    for node, _ in list(walk(tree)):
        if isinstance(node, nodes.For):
            node.iter = nodes.Filter(node.iter, EACH, [], [], None, None, lineno=node.lineno)
        if isinstance(node, _REPEATED):
            _count(node)
        elif isinstance(node, nodes.Call) and called(node) in CITING and own_words:
            for key, value in (("line", node.lineno), ("path", str(path))):
                node.kwargs.append(nodes.Keyword(key, nodes.Const(value), lineno=node.lineno))
        elif isinstance(node, nodes.Output) and own_words:
            node.nodes = [_own(child) for child in node.nodes]


def _count(node: Any) -> None:
    """Make a body count its parts each time that it is gone through."""
    weight = nodes.Const(sum(1 for child in node.body for _ in walk(child)), lineno=node.lineno)
    count = nodes.Filter(weight, SPEND, [], [], None, None, lineno=node.lineno)
    node.body.insert(0, nodes.ExprStmt(count, lineno=node.lineno))


def _own(node: Any) -> Any:
    """The expression, with literals that may be printed made the template's own."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return nodes.MarkSafe(node, lineno=node.lineno)
    if isinstance(node, nodes.CondExpr):
        node.expr1 = _own(node.expr1)
        node.expr2 = _own(node.expr2) if node.expr2 is not None else None
    elif isinstance(node, nodes.Or | nodes.And):
        node.left, node.right = _own(node.left), _own(node.right)
    elif isinstance(node, nodes.Concat):
        node.nodes = [_own(part) for part in node.nodes]
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.args:
        node.args[0] = _own(node.args[0])
    return node


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
    raise TemplateMistake("template-value", "This filter works with a list, and here stands none.")


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
        raise TemplateMistake(
            "template-value", "`items` works with names and values, and here are none."
        )
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
