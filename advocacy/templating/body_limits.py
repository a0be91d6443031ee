"""How long a letter's body may be, and its parts.

Parsers and typesetters take a time that grows with the square of a paragraph's or a word's
length. Within these limits, which no letter comes near, that is less than a second.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

from advocacy.errors import Place, Problem
from advocacy.templating.citation_marks import LINE, MARK, Prose
from advocacy.templating.typography.marks_and_spaces import CITES

BODY_AT_MOST = 100_000
"""Characters of a body, with its values: about 40 pages."""
PARAGRAPH_AT_MOST = 10_000
"""Characters of a paragraph, a heading, an item of a list, or a row of a table."""
WORD_AT_MOST = 2_000
"""Characters without a space, as of a long address; scripts that have no spaces may go on."""
LONG_WORD, LONG_WORDS_AT_MOST = 300, 6_000
"""Characters from which on a word counts as long, and those of all long words together."""
BLOCKS_AT_MOST = 1_500
"""Paragraphs, with headings, lists, and tables."""
LINES_AT_MOST = 3_000
PAGE_BREAKS_AT_MOST = 100
NOTES_AT_MOST = 400
"""Notes and citations."""
QUOTATIONS_AT_MOST = 400
"""Quotations, each of which is looked for in the facts and in the template."""
COLUMNS_AT_MOST, CELLS_AT_MOST = 60, 6_000
"""Columns of a table, and cells of all tables."""

_QUOTES = re.compile('["“”„«»「」]')
_CITES = re.compile(f"[{CITES}]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# Thai to Khmer, kana to Yi, and the planes of rare Han characters have no spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\ua4cf\U00020000-\U0003ffff]"
)


def body_too_long(prose: Prose, path: Path) -> Iterator[Problem]:
    """What in a rendered body is longer than any letter has; `path` is its template."""
    place, markdown = Place(path), prose.markdown
    if len(markdown) + sum(map(_length, prose.values)) > BODY_AT_MOST:
        yield _too_long(
            f"The letter's text has more than {BODY_AT_MOST:,} characters.",
            "Shorten it. Readers do not read a letter of 40 pages.",
            place,
        )
        return
    quotes = sum(len(_QUOTES.findall(text)) for text in (markdown, *prose.values) if _length(text))
    for most, count, what in (
        (QUOTATIONS_AT_MOST, quotes // 2, "quotations"),
        (BLOCKS_AT_MOST, markdown.count("\n\n"), "paragraphs"),
        (LINES_AT_MOST, markdown.count("\n"), "lines"),
        (PAGE_BREAKS_AT_MOST, markdown.count("\n+++"), "page breaks"),
        (NOTES_AT_MOST, markdown.count("[^") + markdown.count("^["), "notes"),
        (NOTES_AT_MOST, len(_CITES.findall(markdown)), "citations"),
        (CELLS_AT_MOST, markdown.count("|"), "cells of tables"),
    ):
        if count > most:
            yield _too_long(
                f"The letter's text has more than {most:,} {what}.", "Shorten it.", place
            )
    for block in _long_blocks(markdown):
        yield _too_long(
            f"The paragraph “{_beginning(block)}” has more than {PARAGRAPH_AT_MOST:,} characters.",
            "Divide it: write an empty line where a new paragraph begins.",
            place,
        )
    if markdown.count("|") > COLUMNS_AT_MOST:
        for line in markdown.split("\n"):
            if line.count("|") > COLUMNS_AT_MOST:
                message = f"A table has more than {COLUMNS_AT_MOST} columns: “{_beginning(line)}”."
                yield _too_long(message, "Use fewer columns. A page has room for about 10.", place)
                break
    yield from _long_words(prose, place)


def _length(value: object) -> int:
    # A placeholder says that it is a text, and has no length.
    return len(value) if issubclass(type(value), str) else 0  # type: ignore[arg-type]


def spaced_length(text: str) -> int:
    """The characters of a text but for those of scripts without spaces between words."""
    return len(_UNSPACED.sub("", text))


def _too_long(message: str, hint: str, place: Place) -> Problem:
    return Problem("template-too-large", message, hint, place)


def _beginning(text: str) -> str:
    words = " ".join(LINE.sub("", MARK.sub("…", text[:60])).split())
    return f"{words[:39]}…"


def _long_blocks(markdown: str) -> Iterator[str]:
    """The longest texts that Markdown parses in one piece, where they are too long."""
    if not any(len(part) > PARAGRAPH_AT_MOST for part in _BLANK_LINE.split(markdown)):
        return
    for token in _blocks_only().parse(markdown):
        if token.type == "inline" and len(token.content) > PARAGRAPH_AT_MOST:
            yield token.content


@lru_cache(maxsize=1)
def _blocks_only() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("html_block")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _long_words(prose: Prose, place: Place) -> Iterator[Problem]:
    total = 0
    for text in (prose.markdown, *prose.values):
        if _length(text) > LONG_WORD:
            for word in text.split():
                length = len(word) if len(word) <= LONG_WORD else spaced_length(word)
                total += length if length > LONG_WORD else 0
                if length > WORD_AT_MOST:
                    yield _too_long(
                        f"The word “{_beginning(word)}” has more than {WORD_AT_MOST:,} characters.",
                        "Put spaces in it, or shorten it.",
                        place,
                    )
    if total > LONG_WORDS_AT_MOST:
        yield _too_long(
            f"The words of more than {LONG_WORD} characters have more than "
            f"{LONG_WORDS_AT_MOST:,} characters together.",
            "Shorten long addresses, or put them in links: `[words](https://…)`.",
            place,
        )
