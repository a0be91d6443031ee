"""What templates may be made of, and what is said where they use something else."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import nodes

from advocacy.errors import Place, Problem
from advocacy.templating.names import unknown
from advocacy.templating.sandbox import SafeEnvironment

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
    nodes.Extends: "`extends` belongs in layouts.",
    nodes.Block: "`block` belongs in layouts.",
    nodes.Dict: "Curly brackets inside a command are not used here.",
    nodes.Pow: "`**` is not used here.",
}


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


def refusals(node: nodes.Node, environment: SafeEnvironment, path: Path) -> Iterator[Problem]:
    """What is refused about one part of a template."""
    place = Place(path, getattr(node, "lineno", None))
    if isinstance(node, nodes.Filter | nodes.Test):
        kind = "filter" if isinstance(node, nodes.Filter) else "test"
        known = environment.filters if kind == "filter" else environment.tests
        if node.name not in known:
            mistake = unknown(kind, node.name, known)
            yield Problem(mistake.code, mistake.message, mistake.hint, place)
    for message, hint in _reasons(node, environment):
        yield Problem("template-refused", message, hint or "Say it another way.", place)


def _reasons(node: nodes.Node, environment: SafeEnvironment) -> Iterator[tuple[str, str]]:
    allowed = _LAYOUT_ALLOWED if environment.is_layout else _ALLOWED
    if not isinstance(node, allowed) or isinstance(node, nodes.Pow):
        yield _REFUSED.get(type(node), "This command is not used here."), ""
    elif isinstance(node, nodes.Call):
        yield from _in_call(node, environment)
    elif isinstance(node, nodes.AssignBlock) and node.filter is not None:
        yield "A filter cannot stand in `{% set … %}`.", "Use it where the text is printed."
    elif isinstance(node, nodes.For) and node.recursive:
        yield "`recursive` is not used here.", ""
    elif isinstance(node, nodes.Include) and isinstance(node.template, nodes.List | nodes.Tuple):
        yield "`include` names one partial.", "Include each by itself."
    elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        yield f"`{node.attr}` cannot be read by a template.", ""
    name = getattr(node, "name", None)
    stores = isinstance(node, nodes.Macro) or getattr(node, "ctx", "load") != "load"
    if stores and name in environment.globals:
        yield f"`{name}` is a name that has its meaning already.", "Choose another name."


def _in_call(node: nodes.Call, environment: SafeEnvironment) -> Iterator[tuple[str, str]]:
    if node.dyn_args or node.dyn_kwargs:
        yield "`*` inside brackets is not used here.", ""
    for one in unquoted_ids(node):
        hint = f'Write `{{{{ {called(node)}("{unquoted(one)}") }}}}`.'
        yield f"`{unquoted(one)}` stands here without quotation marks.", hint
    if called(node) in CITING and node.kwargs and not environment.is_layout:
        yield f"`{called(node)}` takes ids of facts alone.", ""
    if isinstance(node.node, nodes.Getattr) and node.node.attr in _OF_STRINGS:
        hint = "Change a value with a filter, as in `{{ name|upper }}`."
        yield f"`.{node.node.attr}(…)` is not used here.", hint
