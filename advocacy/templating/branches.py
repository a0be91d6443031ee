"""Jinja's parser, which keeps what stands in the file for the parts of its tree.

Commands that open and close: what is never closed, never opened, or no command at all.

What it would take for a condition to hold: values of fields, found by reading it.

Which branches of templates run: built in only where somebody asks for it.

Within `watching()` templates are compiled with a mark in each branch of `if`, `elif`, `else`,
`for`, and of the `if` within an expression; running one tells the watch.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment, nodes
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

from advocacy.errors import Place, Problem, nearest

Raw = tuple[int, str, str]


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
        self.heads: dict[int, tuple[int, str]] = {}
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


TAGS = ("call", "filter", "for", "from", "if", "import", "include", "macro", "raw", "set", "with")
"""The commands of letters."""
LAYOUT_TAGS = (*TAGS, "block", "extends")
"""The commands of layouts."""
_OPENING = ("block", "call", "filter", "for", "if", "macro", "with")
_MIDDLE = {"else": ("if", "for"), "elif": ("if",)}
# Comments and raw blocks are skipped whole, so that commands in them do not count.
_SCAN = re.compile(
    r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>(?:[^%]|%(?!\}))*)%\}"
    r"|\{\{(?:[^}]|\}(?!\}))*\}\}",
    re.DOTALL,
)


def nesting_problem(text: str, path: Path, tags: tuple[str, ...]) -> Problem | None:
    """The first mistake in the nesting of a template's commands, if there is one."""
    open_tags: list[tuple[str, int]] = []
    for found in _SCAN.finditer(text):
        tag = found["tag"]
        if tag is None:
            continue
        place = Place(path, text.count("\n", 0, found.start()) + 1)
        if tag.startswith("end") or tag in _MIDDLE:
            problem = _closing_problem(tag, open_tags, tags, place)
            if problem is not None:
                return problem
        elif tag not in tags:
            return _unknown_tag(tag, tags, place)
        elif tag in _OPENING or (tag == "set" and "=" not in found["rest"]):
            open_tags.append((tag, place.line or 0))
    if not open_tags:
        return None
    name, line = open_tags[-1]
    return Problem(
        "template-syntax",
        f"`{{% {name} … %}}` is never closed.",
        f"Put `{{% end{name} %}}` where it ends.",
        Place(path, line),
    )


def _closing_problem(
    tag: str, open_tags: list[tuple[str, int]], tags: tuple[str, ...], place: Place
) -> Problem | None:
    """What is wrong with a command that closes; closes it if nothing is."""
    closes = _MIDDLE.get(tag, (tag.removeprefix("end"),))
    if open_tags and open_tags[-1][0] in closes:
        if tag not in _MIDDLE:
            open_tags.pop()
        return None
    if closes[0] not in tags:
        return _unknown_tag(tag, tags, place)
    if not open_tags:
        message = f"`{{% {tag} %}}` closes what was never opened."
        return Problem("template-syntax", message, "Remove it, or add the beginning.", place)
    name, line = open_tags[-1]
    return Problem(
        "template-syntax",
        f"`{{% {tag} %}}` stands where `{{% end{name} %}}` should stand.",
        f"The `{{% {name} … %}}` of line {line} is still open.",
        place,
    )


def _unknown_tag(tag: str, tags: tuple[str, ...], place: Place) -> Problem:
    known = [*tags, *(f"end{name}" for name in tags), *_MIDDLE]
    near = nearest(tag, known)
    return Problem(
        "template-syntax",
        f"There is no command `{{% {tag} %}}`.",
        f"Did you mean `{{% {near} %}}`?" if near else f"There are: {', '.join(tags)}.",
        place,
    )


Condition = tuple[nodes.Node, bool]
"""An expression, and whether it is to hold."""
Wish = tuple[tuple[str, Any], ...]
"""Values by names such as `recipient.title`, in the order of their names."""

ALTERNATIVES_AT_MOST = 12
SOMETHING, OTHER = "Sample", "Other"
_ROOTS = ("recipient", "supporter", "supporters")
_PASSING = ("capitalize", "d", "default", "lower", "title", "trim", "upper")
_FLIPPED = {
    "eq": "ne", "ne": "eq", "in": "notin", "notin": "in",
    "lt": "gteq", "gteq": "lt", "gt": "lteq", "lteq": "gt",
}  # fmt: skip
_MIRRORED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq"}
_STEPS = {"eq": 0, "lt": -1, "gt": 1, "lteq": 0, "gteq": 0, "ne": 1}


def local_names(tree: nodes.Template) -> dict[str, nodes.Node]:
    """What `{% set name = … %}` gives to each name that a template sets once."""
    found: dict[str, list[nodes.Node]] = {}
    for node in tree.find_all(nodes.Assign):
        if isinstance(node.target, nodes.Name):
            found.setdefault(node.target.name, []).append(node.node)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def wishes(conditions: tuple[Condition, ...], names: Mapping[str, nodes.Node]) -> Iterator[Wish]:
    """Ways to make all the conditions hold, as far as fields of people decide it.

    A condition that cannot be read adds nothing, and not every wish comes true: whoever tries
    one looks what happens.
    """
    ways = [list(_solved(node, wanted, dict(names))) for node, wanted in conditions]
    yield from dict.fromkeys(tuple(sorted(found.items())) for found in _joined(ways) if found)


def in_words(wish: Wish) -> str:
    """Values of fields, in words."""
    return " and ".join(
        f"no `{name}`" if value == "" else f"`{name}` = “{value}”" for name, value in wish
    )


def _joined(ways: list[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """One of each, together, where they do not contradict each other."""
    several = (merged for each in product(*ways) if (merged := _merged(each)) is not None)
    yield from islice(several, ALTERNATIVES_AT_MOST)


def _merged(parts: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if merged.setdefault(name, value) != value:
                return None
    return merged


def _solved(node: nodes.Node, wanted: bool, names: dict[str, nodes.Node]) -> list[dict[str, Any]]:
    """The ways for one expression; `[{}]` where it does not depend on people's fields."""
    match node:
        case nodes.Not(node=inner):
            return _solved(inner, not wanted, names)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            sides = [_solved(side, wanted, names) for side in (left, right)]
            if isinstance(node, nodes.And) == wanted:
                return list(_joined(sides))
            return [*sides[0], *sides[1]][:ALTERNATIVES_AT_MOST]
        case nodes.Name(name=name) if name in names:
            rest = {other: value for other, value in names.items() if other != name}
            return _solved(names[name], wanted, rest)
        case nodes.Compare(expr=left, ops=[nodes.Operand(op=op, expr=right)]):
            return _compared(left, op if wanted else _FLIPPED[op], right)
    found = _field(node)
    if found is None:
        return [{}]
    if found == "supporters.count":
        return [{found: 1 if wanted else 0}]
    return [{found: SOMETHING}, {}] if wanted else [{found: ""}]


def _compared(left: nodes.Expr, op: str, right: nodes.Expr) -> list[dict[str, Any]]:
    if _field(left) is None and op not in ("in", "notin"):
        left, op, right = right, _MIRRORED.get(op, op), left
    if op in ("in", "notin"):
        return _contained(left, op == "in", right)
    name, value = _field(left), _constant(right)
    if name is None or value is None:
        return [{}]
    if _is_length(left) and isinstance(value, int):
        length = value + _STEPS[op]
        return [{name: "x" * min(max(length, 0), 2000)}, {}]
    if isinstance(value, int) and not isinstance(value, bool):
        count = value + _STEPS[op]
        return [{name: count if name == "supporters.count" else str(count)}]
    if op in ("eq", "lteq", "gteq"):
        return [{name: value}]
    return _anything_but(name, value) if op == "ne" else [{}]


def _anything_but(name: str, *values: Any) -> list[dict[str, Any]]:
    """Another value; the last way leaves it to the other conditions, which may name one."""
    other = OTHER if any(str(value) in SOMETHING for value in values) else SOMETHING
    return [{name: other}, {name: ""}, {}]


def _contained(left: nodes.Expr, wanted: bool, right: nodes.Expr) -> list[dict[str, Any]]:
    """`"x" in recipient.field`, or `recipient.field in ["x", "y"]`."""
    name, value = _field(right), _constant(left)
    if name is not None and value is not None:
        return [{name: str(value)}] if wanted else _anything_but(name, value)
    name = _field(left)
    if name is None or not isinstance(right, nodes.List | nodes.Tuple):
        return [{}]
    values = [_constant(item) for item in right.items]
    if not wanted:
        return _anything_but(name, *values)
    return [{name: value} for value in values if value is not None] or [{}]


def _field(node: nodes.Node | None) -> str | None:
    """`recipient.title`, also behind filters that leave it much as it is."""
    while isinstance(node, nodes.Filter):
        if node.name not in _PASSING and not _is_length(node):
            return None
        node = node.node
    match node:
        case nodes.Getattr(node=nodes.Name(name=root), attr=name) if root in _ROOTS:
            return f"{root}.{name}"
        case nodes.Getitem(node=nodes.Name(name=root), arg=nodes.Const(value=str(name))):
            return f"{root}.{name}" if root in _ROOTS else None
    return None


def _is_length(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name == "length"


def _constant(node: nodes.Node) -> Any:
    return node.value if isinstance(node, nodes.Const) else None


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
