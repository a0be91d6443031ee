"""Jinja's parser, which keeps what stands in the file for the parts of its tree."""

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, nodes
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

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
