"""Typography of texts that are typed as they are to be read: names, statements, quotations, titles.

They get the apostrophes, quotation marks, dashes and spaces of the letter's language, as the
template's own words do. Email addresses, web addresses, and marks without a partner (6" are inches)
stay as typed. A quotation inside a quotation has the other pair of marks (Chicago Manual of Style
17, 13.30; Duden, “Anführungszeichen”; Lexique des règles typographiques, “guillemets”).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.templating.typography.marks_and_spaces import (
    ABBREVIATION,
    APOSTROPHE,
    NARROW,
    NBSP,
    THOUSANDS,
    dashes,
    hebrew_marks,
    outside_addresses,
    quotes,
    signed,
    spaces,
)

_DOUBLE = {"“": "”", "„": "“”", "«": "»", "»": "«", "”": "”“", "「": "」"}
_SINGLE = {"‘": "’", "‚": "‘’", "‹": "›", "›": "‹", "『": "』"}
_CLOSING = {'"': '"', "'": "'"} | _DOUBLE | _SINGLE
_MARK = re.compile(
    "[" + "".join(dict.fromkeys("".join(_CLOSING) + "".join(_CLOSING.values()))) + "]"
)
_BEFORE_WORD = re.compile(r"[\s(\[{–—/¿¡“„«‘‚‹「『\"']")
_HEBREW = re.compile("[\u05d0-\u05ea]")
_MARKED = re.compile(rf"{_MARK.pattern}|--|\.\.\.")
_FIGURES = re.compile(r"\d \d")
_INSIDE = f" {NBSP}{NARROW}"


@dataclass(slots=True)
class Quotation:
    """A quotation in a text: its pieces, and whether it is typed in single marks."""

    opening: str
    pieces: list["str | Quotation"] = field(default_factory=list)
    start: int = 0

    @property
    def is_single(self) -> bool:
        """Whether it has the marks of a quotation inside another."""
        return self.opening == "'" or self.opening in _SINGLE


Pieces = Sequence[str | Quotation]


def find_quotations(text: str) -> list[str | Quotation]:
    """A text in pieces: words, and the quotations whose marks have a partner."""
    text = hebrew_marks(text)
    stack = [Quotation("")]
    at = 0
    for found in _MARK.finditer(text):
        mark, where = found[0], found.start()
        before, after = text[where - 1 : where], text[where + 1 : where + 2]
        opener = _opener(stack, mark, before, after)
        if opener is not None:
            stack[-1].pieces.append(text[at:where])
            while stack[-1] is not opener:
                _give_up(stack)
            closed = stack.pop()
            stack[-1].pieces.append(closed)
            at = found.end()
        elif _opens(mark, before, after):
            stack[-1].pieces.append(text[at:where])
            stack.append(Quotation(mark))
            at = found.end()
    stack[-1].pieces.append(text[at:])
    while len(stack) > 1:
        _give_up(stack)
    return stack[0].pieces


def _opener(stack: list[Quotation], mark: str, before: str, after: str) -> Quotation | None:
    """The quotation that a mark ends, if it ends one."""
    ends_word = bool(before) and not before.isspace() and not after.isalnum()
    if mark in "\"'’”“‘" and not ends_word:
        return None
    for one in reversed(stack[1:]):
        if mark in _CLOSING[one.opening]:
            return one
        if one.opening not in "'‘‚‹":
            break  # an apostrophe may have been taken for an opening
    return None


def _opens(mark: str, before: str, after: str) -> bool:
    begins = (not before or bool(_BEFORE_WORD.match(before))) and bool(after)
    if mark in '"“”' and before and _HEBREW.match(before) and _HEBREW.match(after):
        return True  # after a prefix: all other marks in words are gershayim by now
    if mark in "«「『“‘„‚‹":
        return begins or mark in "「『«"
    return begins and not after.isspace() and mark in _CLOSING


def _give_up(stack: list[Quotation]) -> None:
    """The last quotation has no end: its mark is a character as any."""
    alone = stack.pop()
    stack[-1].pieces += [alone.opening, *alone.pieces]


def typeset(text: str, language: str, depth: int = 0) -> str:
    """A text with the language's marks, and its spaces in numbers; it stands in `depth` quotations.

    French text has its spaces before signs as well. Line breaks stay.
    """
    return _typeset(text, language, depth) if has_signs(text, language) else text


def has_signs(text: str, language: str) -> bool:
    """Whether a text has anything to set; most names have not."""
    if language.startswith("fr") or _MARK.search(text) or _FIGURES.search(text):
        return True
    if "--" in text or "..." in text:  # apart: one pattern for all takes five times as long
        return True
    return (". " in text and ABBREVIATION.search(text) is not None) or signed(
        text, language
    ) != text


@lru_cache(maxsize=4096)  # the campaign's own texts are the same in each letter
def _typeset(text: str, language: str, depth: int) -> str:
    if _MARKED.search(text):
        text = outside_addresses(text, lambda part: _set_marks(part, language, depth))
    if language.startswith("fr"):
        return "\n".join(spaces(line, language) for line in text.split("\n"))
    return ABBREVIATION.sub(rf"\1.{NBSP}", THOUSANDS.sub(NBSP, signed(text, language)))


def _set_marks(text: str, language: str, depth: int) -> str:
    return _write(find_quotations(dashes(text, language)), language, depth)


def _write(pieces: Pieces, language: str, depth: int) -> str:
    marks = quotes(language)
    written = []
    for piece in pieces:
        if isinstance(piece, str):
            written.append(piece.replace("'", APOSTROPHE))
            continue
        # Dutch has single marks outside.
        swapped = marks.opening in _SINGLE and piece.opening not in "\"'"
        level = depth or int(piece.is_single is not swapped)
        inner = _write(piece.pieces, language, level + 1).strip(_INSIDE)
        pair = marks[2:] if level % 2 else marks[:2]
        written.append(f"{pair[0]}{inner}{pair[1]}")
    return "".join(written)
