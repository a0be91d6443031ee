"""Varying lines: those with words of a master in them, and what a letter's own texts make of them.

A line can be stamped where its length changes nothing else: it stands alone in its line, starts at
the left, its line ends by force, and all boxes around it have widths of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advocacy.documents.pdf.painting import Drawn
from advocacy.documents.pdf.stamp.blocks import Block, are_steady, is_inline, is_line, is_text
from advocacy.documents.pdf.stamp.reasons import (
    DIFFERENT,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    TOO_LONG,
    Unfit,
    Wraps,
)
from advocacy.documents.pdf.stamp.recorder import Capture
from advocacy.documents.pdf.stamp.shaping import FONT, UNITS, Shaper, as_bytes

_SPACES = re.compile(r"[ \t\n\r\f]+")
_SLACK = 1.0  # CSS pixels: a line that just fits is left to WeasyPrint
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Stamp:
    """A varying line: its pieces of text and slots, how to set it, and the room it has."""

    pieces: tuple[str | int, ...]
    shaper: Shaper
    room: float
    block: int | None = None

    def painted(self, texts: Mapping[int, str]) -> bytes:
        """The operator that paints the line with these texts."""
        if len(self.pieces) == 1:
            text = texts[self.pieces[0]]  # type: ignore[index]
        else:
            text = "".join([p if isinstance(p, str) else texts[p] for p in self.pieces])
        text = _SPACES.sub(" ", text).strip(" ")
        line = self.shaper.line(text) if text else None
        if line is None:
            raise Unfit(OTHER_GLYPHS)
        if line.width > self.room:
            if self.block is None:
                raise Unfit(TOO_LONG)
            raise Wraps(self.block)
        return line.operator


def find_stamps(
    blocks: Sequence[Block], found: Capture, words: Mapping[int, str]
) -> Iterator[tuple[int, int, int, Stamp]]:
    """The varying lines, each with its place in a stream.

    Raises Unfit where one cannot be stamped, or was not found.
    """
    slots = {word: slot for slot, word in words.items()}
    if not slots:
        return
    any_word = re.compile("|".join(f"({word})" for word in slots))
    numbers = {id(block.element): number for number, block in enumerate(blocks)}
    printed: Counter[int] = Counter()
    shapers = _Shapers(found)
    for drawn in found.texts:
        parts = [part for part in any_word.split(drawn.box.text) if part]
        if not any(part in slots for part in parts):
            continue
        block, in_margin = _block(drawn, found)
        where = None if in_margin else numbers.get(id(block.element))
        if where is not None and blocks[where].is_paragraph:
            continue  # an own text, that happens to have such a word in it
        room = _room(drawn, block, found)
        if room is None:
            raise Unfit(NEEDS_TEXTS) if where is None else Wraps(where)
        pieces = tuple(slots.get(part, part) for part in parts)
        if not in_margin:
            printed.update(piece for piece in pieces if isinstance(piece, int))
        at, operator, font, units = _operator(drawn)
        stamp = Stamp(pieces, shapers.of(drawn.box.style, font, units), room * UNITS, where)
        number = drawn.stream.number
        if number not in found.contents or stamp.painted(words) != operator:
            raise Unfit(DIFFERENT)
        yield number, at, at + 1, stamp
    if printed != Counter(s for block in blocks if not block.is_paragraph for s in block.slots):
        raise Unfit(NEEDS_TEXTS)


class _Shapers:
    """The shapers of a document's styles."""

    def __init__(self, found: Capture) -> None:
        self._fonts = {font.hash.encode(): font for font in found.document.fonts.values()}
        self._known: dict[tuple[int, bytes, int], Shaper | None] = {}

    def of(self, style: Any, font: bytes, units: int) -> Shaper:
        """The shaper of a style in a font of a size.

        Raises Unfit where lines of the style come out otherwise.
        """
        key = (id(style), font, units)
        if key not in self._known:
            self._known[key] = Shaper.of(style, self._fonts[font], units)
        shaper = self._known[key]
        if shaper is None:
            raise Unfit(DIFFERENT)
        return shaper


def _operator(drawn: Drawn) -> tuple[int, bytes, bytes, int]:
    """Where a text's one operator stands in its stream, the operator, its font and its size."""
    font = operator = None
    for at in range(drawn.start, drawn.end):
        item = drawn.stream.stream[at]
        data = as_bytes(item)
        if match := FONT.fullmatch(data):
            font = match
        elif data.endswith(b" TJ"):
            if operator is not None:
                raise Unfit(OTHER_GLYPHS)
            operator = at, data
        elif data.endswith(b" Ts"):
            raise Unfit(OTHER_GLYPHS)
    if font is None or operator is None:
        raise Unfit(DIFFERENT)
    return *operator, font[1], round(float(font[2]) * UNITS)


def _block(drawn: Drawn, found: Capture) -> tuple[Any, bool]:
    """The block in whose lines a text stands, and whether it is in a margin of the page."""
    above = list(found.above(drawn.box))
    at = next((i for i, box in enumerate(above) if is_line(box)), None)
    if at is None:
        raise Unfit(NEEDS_TEXTS)
    return above[at + 1], any(type(box).__name__ == "MarginBox" for box in above)


def _room(drawn: Drawn, block: Any, found: Capture) -> float | None:
    """The room that a line has, in CSS pixels; None where its length has a say in the layout."""
    text = drawn.box
    above = [block, *found.above(block)]
    line = next(box for box in found.above(text) if is_line(box))
    inside = list(line.descendants())
    shown = [box for box in inside if is_text(box) and box.text.strip()]
    left = block.content_box_x()
    if (
        not all(map(is_inline, inside))
        or shown[-1] is not text
        or abs(shown[0].position_x - left) > _CLOSE
        or not _is_forced(block)
        or not are_steady(above, flexible=True)
    ):
        return None
    right = left + block.width
    for box in above:
        if box.element is not None and box.element.get("data-fit"):
            right = min(right, box.content_box_x() + box.width)
    return float(right - text.position_x - _SLACK)


def _is_forced(block: Any) -> bool:
    """Whether each line of a block, but for the last, ends in a forced break."""
    lines = [child for child in block.children if is_line(child)]
    breaks = [box for box in block.descendants() if box.element_tag == "br"]
    return len(lines) == 1 or len(breaks) == len(lines) - 1
