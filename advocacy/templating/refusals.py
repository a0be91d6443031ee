"""What a template may be made of: which commands, calls, names, and literals are refused.

It is judged on the parsed template, before any of it is compiled or run.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from advocacy.errors import Place, Problem
from advocacy.files.characters import bad_character
from advocacy.templating.values import unknown

CITING = ("cite", "fact", "quote")
"""The functions that name facts."""
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.NSRef, nodes.Const,
    nodes.If, nodes.For, nodes.CondExpr, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter,
    nodes.FilterBlock, nodes.Test, nodes.Call, nodes.Keyword, nodes.List, nodes.Tuple,
    nodes.Compare, nodes.Operand, nodes.Concat, nodes.BinExpr, nodes.UnaryExpr, nodes.Assign,
    nodes.AssignBlock, nodes.Macro, nodes.CallBlock, nodes.Include, nodes.Import,
    nodes.FromImport, nodes.With, nodes.Scope,
)  # fmt: skip
_LAYOUT_ALLOWED = (*_ALLOWED, nodes.Extends, nodes.Block)
_REFUSED = {
    nodes.Extends: "`extends` is allowed only in layouts.",
    nodes.Block: "`block` is allowed only in layouts.",
    nodes.Dict: "Curly brackets inside a command are not allowed here.",
    nodes.Pow: "`**` is not allowed here.",
}


NUMBER_AT_MOST = 10**15
_OF_STRINGS = ("format", "join", "lower", "replace", "split", "strip", "title", "upper")


def called(node: nodes.Call) -> str | None:
    """The name that a call calls."""
    return node.node.name if isinstance(node.node, nodes.Name) else None


def unquoted(node: nodes.Node) -> str | None:
    """`ibm-exit` for an id that stands without quotation marks, which reads as a subtraction."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Const) and type(node.value) is int:
        return str(node.value)
    if isinstance(node, nodes.Sub):
        left, right = unquoted(node.left), unquoted(node.right)
        return f"{left}-{right}" if left and right else None
    return None


def unquoted_ids(node: nodes.Node) -> list[nodes.Sub]:
    """The ids in a citation's brackets that stand without quotation marks."""
    if not isinstance(node, nodes.Call) or called(node) not in CITING:
        return []
    return [one for one in node.args if isinstance(one, nodes.Sub) and unquoted(one)]


def refusals(
    node: nodes.Node, environment: Environment, path: Path, *, is_layout: bool
) -> Iterator[Problem]:
    """What is refused about one part of a template; layouts may do more than letters."""
    place = Place(path, getattr(node, "lineno", None))
    if isinstance(node, nodes.Filter | nodes.Test):
        kind = "filter" if isinstance(node, nodes.Filter) else "test"
        known = environment.filters if kind == "filter" else environment.tests
        if node.name not in known:
            mistake = unknown(kind, node.name, known)
            yield Problem(mistake.code, mistake.message, mistake.hint, place)
    if isinstance(node, nodes.Const):
        yield from _in_literal(node.value, place)
    for message, hint in _reasons(node, environment, is_layout):
        yield Problem("template-refused", message, hint or "Write it in a different way.", place)


def _in_literal(value: Any, place: Place) -> Iterator[Problem]:
    r"""What is wrong with a literal: `"\u202e"` is a character that no file may hold."""
    bad = bad_character(value.replace("\r\n", "\n")) if isinstance(value, str) else None
    if bad:
        yield Problem(
            "bad-character",
            f"The text in quotation marks contains the character {bad}, which cannot be printed.",
            "Remove the backslash and the code after it.",
            place,
        )
    if isinstance(value, int | float) and not abs(value) <= NUMBER_AT_MOST:
        yield Problem("template-value", "This number is too large.", "Use a smaller number.", place)


def _reasons(
    node: nodes.Node, environment: Environment, is_layout: bool
) -> Iterator[tuple[str, str]]:
    allowed = _LAYOUT_ALLOWED if is_layout else _ALLOWED
    if not isinstance(node, allowed) or isinstance(node, nodes.Pow):
        yield _REFUSED.get(type(node), "This command is not allowed here."), ""
    elif isinstance(node, nodes.Call):
        yield from _in_call(node, is_layout)
    elif isinstance(node, nodes.AssignBlock) and node.filter is not None:
        hint = "Use the filter where the text is printed."
        yield "A filter cannot be used in `{% set … %}`.", hint
    elif isinstance(node, nodes.For) and node.recursive:
        yield "`recursive` is not allowed here.", ""
    elif isinstance(node, nodes.Include) and isinstance(node.template, nodes.List | nodes.Tuple):
        yield "`include` must name a single partial.", "Include each partial separately."
    elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        yield f"`{node.attr}` cannot be read by a template.", ""
    name = getattr(node, "name", None)
    stores = isinstance(node, nodes.Macro) or getattr(node, "ctx", "load") != "load"
    if stores and name in environment.globals:
        yield f"`{name}` is a reserved name.", "Choose a different name."


def _in_call(node: nodes.Call, is_layout: bool) -> Iterator[tuple[str, str]]:
    if node.dyn_args or node.dyn_kwargs:
        yield "`*` inside parentheses is not allowed here.", ""
    for one in unquoted_ids(node):
        hint = f'Write `{{{{ {called(node)}("{unquoted(one)}") }}}}`.'
        yield f"`{unquoted(one)}` needs quotation marks here.", hint
    if called(node) in CITING and not is_layout:
        allowed = ("speaker",) if called(node) == "quote" else ()
        if any(one.key not in allowed for one in node.kwargs):
            extra = " and `speaker=true`" if allowed else ""
            yield f"`{called(node)}` takes only fact ids{extra}.", ""
    if isinstance(node.node, nodes.Getattr) and node.node.attr in _OF_STRINGS:
        hint = "Change a value with a filter, as in `{{ name|upper }}`."
        yield f"`.{node.node.attr}(…)` is not allowed here.", hint
