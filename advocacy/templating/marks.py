"""Marks: how a template's own words, printed values and citations meet in one text.

A rendered body is Markdown in which one private-use character stands for each printed value
and one for each citation. Nothing that people write may hold such characters, so a mark
cannot be forged, and neither Markdown nor typography can see into a value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

VALUE_MARK = 0xF0000
"""Code point of the mark for `Prose.values[0]`; the next value has the next code point."""
CITE_MARK = 0x100000
"""Code point of the mark for the letter's first citation, likewise."""
LINE_MARK = 0xE000
"""Code point of the mark for the first line of a traced body (see `Body.lines`), likewise."""
MARKS_AT_MOST = 0xFFFD
LINES_AT_MOST = 0x1900
MARK = re.compile("[\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
"""Finds a mark of a value or a citation."""
LINE = re.compile("[\ue000-\uf8ff]")
"""Finds a mark of a line, in a traced body alone."""

# Characters of scripts that run from right to left (Unicode 16, DerivedBidiClass R and AL).
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff"
                            "\U0001e800-\U0001efff]")  # fmt: skip


class Own(str):
    """A text of the recipient's or supporter's own, in which letters of one batch differ.

    It prints as any text; that it is one says where letters can be set in one go.
    """

    __slots__ = ()


def owned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a person, with their texts marked as their own."""
    return {name: Own(text) if type(text) is str else text for name, text in fields.items()}


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown in which marks stand for printed values and for citations.

    A character `chr(VALUE_MARK + i)` is `values[i]`, text as typed; a character
    `chr(CITE_MARK + j)` is the letter's citation `j`. All else is the template's own words.
    """

    markdown: str
    values: tuple[str, ...] = ()

    def text(self) -> str:
        """The Markdown with its values printed, without marks of citations and lines."""
        return LINE.sub("", MARK.sub(lambda mark: self._printed(ord(mark[0])), self.markdown))

    def _printed(self, code: int) -> str:
        return self.values[code - VALUE_MARK] if code < CITE_MARK else ""


def value_html(text: str) -> str:
    """A value as HTML text: as typed, with its line breaks.

    Text that runs from right to left is isolated, so that it leaves its neighbours in order.
    """
    html = escape(text).replace("\n", "<br>")
    return f"<bdi>{html}</bdi>" if _RIGHT_TO_LEFT.search(text) else html
