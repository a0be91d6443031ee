"""What is built into a template before it is compiled: counting, and places of citations."""

from pathlib import Path
from typing import Any

from jinja2 import nodes

from advocacy.templating.outline import walk
from advocacy.templating.refusals import CITING, called

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
