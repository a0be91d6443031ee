"""Which branches of templates run: built in only where somebody asks for it.

Within `watching()` templates are compiled with a mark in each branch of `if`, `elif`, `else`,
`for`, and of the `if` within an expression; running one tells the watch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import nodes

from advocacy.templating.wishes import Condition, Wish, local_names, wishes
from advocacy.templating.written import WrittenParser

SEEN = "(seen)"  # no name that a template could write
Kind = Literal["if", "elif", "else", "for", "for-else", "inline-if", "inline-else"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: its place, and its command as it is written.

    `number` tells it from others of its file. `opened` is the line and the command that opens
    what an `else` belongs to. `wishes` are values with which it may be reached.
    """

    path: Path
    line: int
    number: int
    kind: Kind
    head: str
    opened: tuple[int, str] = (0, "")
    wishes: tuple[Wish, ...] = field(default=(), compare=False)


class Watch:
    """The branches of the templates that were compiled while it watched, and who saw them."""

    def __init__(self) -> None:
        self.branches: dict[Branch, None] = {}
        self.seen: dict[Branch, dict[str, None]] = {}
        """Those that ran, each with who saw it, in order."""
        self.viewer = ""
        self._numbered: list[Branch] = []

    def see(self, value: Any, number: int) -> Any:
        """Note that a branch runs; the value passes as it is."""
        self.seen.setdefault(self._numbered[number], {})[self.viewer] = None
        return value

    def build_in(self, tree: nodes.Template, parser: WrittenParser, path: Path) -> None:
        """Put a mark into each branch of a parsed template."""
        _Marker(self, tree, parser, path).mark(tree, ())

    def add(self, branch: Branch) -> int:
        """Take up a branch; returns the number that its mark tells."""
        self.branches.setdefault(branch)
        self._numbered.append(branch)
        return len(self._numbered) - 1


WATCH: ContextVar[Watch | None] = ContextVar("WATCH", default=None)


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """While it lasts, letters and layouts rendered in this thread are watched."""
    token = WATCH.set(watch)
    try:
        yield watch
    finally:
        WATCH.reset(token)


class _Marker:
    """Walks one template with the conditions that hold where it stands."""

    def __init__(
        self, watch: Watch, tree: nodes.Template, parser: WrittenParser, path: Path
    ) -> None:
        self.watch, self.parser, self.path = watch, parser, path
        self.names = local_names(tree)
        self.count = 0

    def mark(self, node: nodes.Node, holding: tuple[Condition, ...]) -> None:
        """Mark the branches in a node, outer ones first."""
        if isinstance(node, nodes.If):
            self._if(node, holding)
        elif isinstance(node, nodes.For):
            self._for(node, holding)
        elif isinstance(node, nodes.CondExpr):
            self._inline(node, holding)
        else:
            self._all(node.iter_child_nodes(), holding)

    def _all(self, found: Any, holding: tuple[Condition, ...]) -> None:
        for node in list(found):
            self.mark(node, holding)

    def _if(self, node: nodes.If, holding: tuple[Condition, ...]) -> None:
        opened, so_far = self.parser.heads[id(node.body)], holding
        for one in (node, *node.elif_):
            kind: Kind = "if" if one is node else "elif"
            self.mark(one.test, so_far)
            self._body(one.body, kind, (*so_far, (one.test, True)), opened)
            so_far = (*so_far, (one.test, False))
        self._body(node.else_, "else", so_far, opened)

    def _for(self, node: nodes.For, holding: tuple[Condition, ...]) -> None:
        opened = self.parser.heads[id(node.body)]
        # The counting that was built in stands around the list.
        items = node.iter.node if isinstance(node.iter, nodes.Filter) else node.iter
        for part in (node.iter, node.test):
            if part is not None:
                self.mark(part, holding)
        self._body(node.body, "for", (*holding, (items or node.iter, True)), opened)
        self._body(node.else_, "for-else", (*holding, (items or node.iter, False)), opened)

    def _body(
        self,
        body: list[nodes.Node],
        kind: Kind,
        holding: tuple[Condition, ...],
        opened: tuple[int, str],
    ) -> None:
        if not body:
            return
        line, head = self.parser.heads[id(body)]
        mark = self._number(line, kind, head, holding, opened)
        self._all(body, holding)
        seen = nodes.Filter(nodes.Const(None), SEEN, [mark], [], None, None, lineno=line)
        body.insert(0, nodes.ExprStmt(seen, lineno=line))

    def _inline(self, node: nodes.CondExpr, holding: tuple[Condition, ...]) -> None:
        head = self.parser.written.get(id(node.test), "…")
        self.mark(node.test, holding)
        for name, kind, wanted in (("expr1", "inline-if", True), ("expr2", "inline-else", False)):
            value = getattr(node, name)
            if value is None:
                continue
            here = (*holding, (node.test, wanted))
            mark = self._number(node.lineno, cast("Kind", kind), head, here, (node.lineno, head))
            self.mark(value, here)
            seen = nodes.Filter(value, SEEN, [mark], [], None, None, lineno=node.lineno)
            setattr(node, name, seen)

    def _number(
        self,
        line: int,
        kind: Kind,
        head: str,
        holding: tuple[Condition, ...],
        opened: tuple[int, str],
    ) -> nodes.Const:
        self.count += 1
        found = tuple(wishes(holding, self.names))
        branch = Branch(self.path, line, self.count, kind, head, opened, found)
        return nodes.Const(self.watch.add(branch), lineno=line)
