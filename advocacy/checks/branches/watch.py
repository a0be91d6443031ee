"""Which branches of templates run.

Within `watching(Watch())` templates are compiled with a mark in each branch of `if`, `elif`,
`else`, `for`, and of the `if` within an expression. When a branch runs, its mark tells the watch.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment, nodes
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

from advocacy.templating.running import SEEN, TemplateWatch

Raw = tuple[int, str, str]
Condition = tuple[nodes.Node, bool]
"""An expression, and whether it must hold."""
Head = tuple[int, str]
"""A command as it is written, after its line."""
Kind = Literal["if", "elif", "else", "for", "for-else", "inline-if", "inline-else"]


class _Token(Token):
    """A token that knows which piece of the file it is."""

    at: int


class WrittenParser(Parser):
    """Parses a template and remembers its conditions and commands as they are written.

    `heads` are the commands that open a body (`if recipient.title`, `else`), with their lines,
    by the identity of the body's list; `written` are expressions by the identity of their node.
    Both hold while the tree lives.
    """

    def __init__(self, environment: Environment, source: str, name: Any, filename: Any) -> None:
        super().__init__(environment, source, name, filename)
        self.heads: dict[int, Head] = {}
        self.written: dict[int, str] = {}
        lexer = environment.lexer
        self._raw: list[Raw] = list(lexer.tokeniter(source, name, filename))
        self.stream = TokenStream(self._tokens(lexer, name, filename), name, filename)

    def _tokens(self, lexer: Any, name: Any, filename: Any) -> Iterator[Token]:
        read = 0

        def counted() -> Iterator[Raw]:
            nonlocal read
            for raw in self._raw:
                read += 1
                yield raw

        # The lexer makes a token of a piece as soon as it has read it, or passes it over.
        for found in lexer.wrap(counted(), name, filename):
            token = _Token(*found)
            token.at = read - 1
            yield token

    @property
    def _at(self) -> int:
        """Where the parser stands: the piece that it reads next."""
        return getattr(self.stream.current, "at", len(self._raw))

    def _text(self, start: int, end: int) -> str:
        return " ".join("".join(text for _, _, text in self._raw[start:end]).split())

    def parse_or(self) -> nodes.Expr:
        """An expression without `if`; its text is kept, brackets around it included."""
        start = self._at
        node = super().parse_or()
        self.written[id(node)] = self._text(start, self._at)
        return node

    def parse_statements(
        self, end_tokens: tuple[str, ...], drop_needle: bool = False
    ) -> list[nodes.Node]:
        """A body, up to the command that ends it; the command that opens it is kept."""
        end = start = self._at
        while start and self._raw[start - 1][1] != "block_begin":
            start -= 1
        head = (self._raw[start - 1][0], self._text(start, end))
        body = super().parse_statements(end_tokens, drop_needle)
        self.heads[id(body)] = head
        return body


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: its place, and its command as it is written.

    `number` tells it from others of its file. `opened` is the line and the command that opens
    what an `else` belongs to. It runs if all its `conditions` hold; `names` are what the
    template sets once (`{% set name = … %}`), for conditions that use them.
    """

    path: Path
    line: int
    number: int
    kind: Kind
    head: str
    opened: Head = (0, "")
    conditions: tuple[Condition, ...] = field(default=(), compare=False)
    names: tuple[tuple[str, nodes.Node], ...] = field(default=(), compare=False)


class Watch(TemplateWatch):
    """The branches of the templates that were compiled while it watched, and who saw them."""

    def __init__(self) -> None:
        self.branches: dict[Branch, None] = {}
        self.seen: dict[Branch, dict[str, None]] = {}
        """Those that ran, each with who saw it, in order."""
        self.viewer = ""
        self._numbered: list[Branch] = []
        self._parser: WrittenParser

    def see(self, value: Any, number: int) -> Any:
        """Note that a branch runs; the value passes as it is."""
        self.seen.setdefault(self._numbered[number], {})[self.viewer] = None
        return value

    def parse(self, environment: Environment, source: str, path: Path) -> nodes.Template:
        """Parse a template that will be watched."""
        self._parser = WrittenParser(environment, source, None, str(path))
        return self._parser.parse()

    def build_in(self, tree: nodes.Template, path: Path) -> None:
        """Put a mark into each branch of the template that was parsed last."""
        _Marker(self, tree, self._parser, path).mark(tree, ())

    def add(self, branch: Branch) -> int:
        """Take up a branch; returns the number that its mark tells."""
        self.branches.setdefault(branch)
        self._numbered.append(branch)
        return len(self._numbered) - 1


def _local_names(tree: nodes.Template) -> tuple[tuple[str, nodes.Node], ...]:
    """Each name that a template sets once, with what `{% set name = … %}` gives to it."""
    found: dict[str, list[nodes.Node]] = {}
    for node in tree.find_all(nodes.Assign):
        if isinstance(node.target, nodes.Name):
            found.setdefault(node.target.name, []).append(node.node)
    return tuple((name, values[0]) for name, values in found.items() if len(values) == 1)


class _Marker:
    """Walks one template with the conditions that hold where it stands."""

    def __init__(
        self, watch: Watch, tree: nodes.Template, parser: WrittenParser, path: Path
    ) -> None:
        self.watch, self.parser, self.path = watch, parser, path
        self.names = _local_names(tree)
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
        self, body: list[nodes.Node], kind: Kind, holding: tuple[Condition, ...], opened: Head
    ) -> None:
        if not body:
            return
        head = self.parser.heads[id(body)]
        mark = self._number(head, kind, holding, opened)
        self._all(body, holding)
        seen = nodes.Filter(nodes.Const(None), SEEN, [mark], [], None, None, lineno=head[0])
        body.insert(0, nodes.ExprStmt(seen, lineno=head[0]))

    def _inline(self, node: nodes.CondExpr, holding: tuple[Condition, ...]) -> None:
        head = (node.lineno, self.parser.written.get(id(node.test), "…"))
        self.mark(node.test, holding)
        for name, kind, wanted in (("expr1", "inline-if", True), ("expr2", "inline-else", False)):
            value = getattr(node, name)
            if value is None:
                continue
            here = (*holding, (node.test, wanted))
            mark = self._number(head, cast("Kind", kind), here, head)
            self.mark(value, here)
            seen = nodes.Filter(value, SEEN, [mark], [], None, None, lineno=node.lineno)
            setattr(node, name, seen)

    def _number(
        self, written: Head, kind: Kind, holding: tuple[Condition, ...], opened: Head
    ) -> nodes.Const:
        line, head = written
        self.count += 1
        branch = Branch(self.path, line, self.count, kind, head, opened, holding, self.names)
        return nodes.Const(self.watch.add(branch), lineno=line)
