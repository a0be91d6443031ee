"""Marks: how a template's own words, printed values and citations meet in one text.

A rendered body is Markdown in which one private-use character stands for each printed value
and one for each citation. Nothing that people write may hold such characters, so a mark
cannot be forged, and neither Markdown nor typography can see into a value.

What a body prints while it is rendered: the marks of its values and of its citations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal, cast
from unicodedata import bidirectional

from jinja2.runtime import Undefined
from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.campaign.sources import Source
from advocacy.errors import Place
from advocacy.files.workspace import Workspace
from advocacy.templating.outline import fact_problem
from advocacy.templating.running import RUN, TemplateMistake, TemplateRun, ValueMistake
from advocacy.templating.sandbox import trusted
from advocacy.templating.values import Placeholder

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
"""Finds a mark of a line, which only a traced body has."""

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


def reads_left_to_right(text: str) -> bool:
    """Whether a text has letters, and all of them are written from left to right."""
    kinds = {bidirectional(char) for char in text}
    return "L" in kinds and kinds.isdisjoint(("R", "AL"))


@dataclass(frozen=True, slots=True)
class CiteCall:
    """One citation as a template asks for it: ids of facts, and where it does."""

    ids: tuple[str, ...]
    place: Place | None = None


@dataclass(slots=True)
class LetterRun(TemplateRun):
    """The rendering of a body: what it printed and cited, in that order.

    A placeholder is among the values too; its length is not in `characters`. `in_text` says that
    the citation style prints citations in the text, not as notes.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    workspace: Workspace | None = None
    in_text: bool = False
    values: list[str] = field(default_factory=list)
    cites: list[CiteCall] = field(default_factory=list)

    def value(self, text: str) -> Markup:
        """The mark of a value; none for empty text."""
        if not text:
            return Markup()
        if not isinstance(text, Placeholder):
            self.grow(len(text))
        if len(self.values) > MARKS_AT_MOST:
            raise TemplateMistake("template-too-large", "The template prints too many values.")
        self.values.append(text)
        return trusted(chr(VALUE_MARK + len(self.values) - 1))

    def phrase(self, name: Literal["said", "translation"]) -> str:
        """A set phrase of the letter's language."""
        phrases = read_set_phrases(self.language, self.workspace) if self.workspace else None
        return str(getattr(phrases or SetPhrases, name))

    def cite(self, ids: tuple[Any, ...], line: int | None, path: str) -> Markup:
        """The mark of a citation."""
        for name in ids:
            self.fact(name)
        if len(self.cites) > MARKS_AT_MOST:
            raise TemplateMistake("template-too-large", "The template has too many citations.")
        place = _place(path, line) if line else None
        self.cites.append(CiteCall(tuple(str(name) for name in ids), place))
        return trusted(chr(CITE_MARK + len(self.cites) - 1))

    def fact(self, name: Any) -> Fact:
        """The fact of an id."""
        if isinstance(name, Undefined):
            str(name)  # raises
        if not isinstance(name, str):
            raise ValueMistake(
                "A citation must name a fact by its id.",
                'Write the id in quotation marks: `{{ cite("the-id") }}`.',
            )
        if name not in self.facts:
            problem = fact_problem(name, self.facts, None)
            raise TemplateMistake(problem.code, problem.message, problem.hint)
        return self.facts[name]


@lru_cache(maxsize=4096)
def _place(path: str, line: int) -> Place:
    return Place(Path(path), line)


def letter_run() -> LetterRun:
    """The rendering that is under way."""
    return cast("LetterRun", RUN.get())
