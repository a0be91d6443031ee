"""Find the blocks in which a letter's own texts stand, and stamp those that are lines.

Blocks are found in the tree of boxes before layout, where marks stand in the slots. A block is
of *lines* where its own texts stand in short lines that end by force, such as an address; it
is a *paragraph* where lines are broken to fit (`measured_lines`).

After layout each line of a block becomes a `Stamp`. That is possible where the line's length
changes nothing else: its text stands alone in it, starts at the left edge and ends by force, and
all boxes around it have widths of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advocacy.documents.pdf.painting import DrawnText
from advocacy.documents.pdf.stamp.cache_key import (
    DIFFERENT,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    TOO_LONG,
    LaidOutInFull,
    NeedsParagraph,
)
from advocacy.documents.pdf.stamp.recorder import Recording
from advocacy.documents.pdf.stamp.shaping import FONT, UNITS, Shaper, as_bytes
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK

_SPACES = re.compile(r"[ \t\n\r\f]+")
_SLACK = 1.0  # CSS pixels: a line that just fits is left to WeasyPrint
_CLOSE = 1e-6
# A block that WeasyPrint puts around lines, such as a list item's, has its parent's element and
# the initial display.
_IN_FLOW = (("block", "flow"), ("block", "flow", "list-item"), ("inline", "flow"))
_SHORT = 40
"""So many letters of the template's own words, at most, stand beside an own text in a line."""


@dataclass(frozen=True, slots=True)
class Block:
    """A varying block: its element, its contents as built with marks in them, and its slots."""

    element: Any
    contents: Any
    slots: tuple[int, ...]
    is_paragraph: bool

    def filled(self, texts: Mapping[int, str]) -> Any:
        """The contents with own texts in the place of marks, and without footnotes.

        A note stands where the master has it; only its mark is set.
        """
        contents = self.contents.deepcopy()
        for box in contents.descendants():
            box.footnote = None
        fill(contents, texts)
        return contents


def find_blocks(root: Any, forced: frozenset[int]) -> list[Block]:
    """The varying blocks below a box, in order; `forced` are those to be paragraphs anyway."""
    found: list[Block] = []
    for block in _with_lines(root):
        (line,) = (child for child in block.children if is_line(child))
        own = filter(is_text, line.descendants())
        slots = tuple(slot for box in own for slot in map(_slot, MARK.findall(box.text)))
        if slots:
            is_paragraph = len(found) in forced or not _is_of_lines(line)
            found.append(Block(block.element, line.deepcopy(), slots, is_paragraph))
    return found


def fill(root: Any, texts: Mapping[int, str]) -> None:
    """Put own texts in the place of marks."""
    for box in _texts(root):
        if MARK.search(box.text):
            box.text = MARK.sub(lambda mark: texts[_slot(mark[0])], box.text)


def _slot(mark: str) -> int:
    return ord(mark) - VALUE_MARK if ord(mark) < CITE_MARK else -1


def _with_lines(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        yield from _with_lines(child)
    if sum(is_line(child) for child in getattr(box, "children", ())) == 1:
        yield box
    if getattr(box, "footnote", None) is not None:
        yield from _with_lines(box.footnote)


def is_line(box: Any) -> bool:
    """Whether a box is a line, or before layout what will be broken into lines."""
    return type(box).__name__ == "LineBox"


def _texts(box: Any) -> Iterator[Any]:
    if is_text(box):
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)
    if box.footnote is not None:
        yield from _texts(box.footnote)


def _is_of_lines(line: Any) -> bool:
    """Whether own texts stand in short lines of one style each."""
    lines: list[list[str]] = [[]]
    for box in line.descendants():
        if not is_text(box):
            continue
        if box.text == "\n":
            lines.append([])
        elif box.text.strip():
            lines[-1].append(box.text)
    return all(
        len(texts) == 1 and len(MARK.sub("", texts[0])) <= _SHORT
        for texts in lines
        if any(map(MARK.search, texts))
    )


def is_text(box: Any) -> bool:
    """Whether a box is text."""
    return type(box).__name__ == "TextBox"


def is_inline(box: Any) -> bool:
    """Whether a box is text, or an element around text."""
    return type(box).__name__ in ("TextBox", "InlineBox", "LineBox")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A varying line: its pieces of text and slots, how to set it, and the room it has.

    `room` is in Pango's units. `block` is the number of its block; in a margin there is none.
    """

    pieces: tuple[str | int, ...]
    shaper: Shaper
    room: float
    block: int | None = None

    def paint(self, texts: Mapping[int, str]) -> bytes | LaidOutInFull | NeedsParagraph:
        """The operator that paints the line with these texts, by slot."""
        text = "".join([p if isinstance(p, str) else texts[p] for p in self.pieces])
        text = _SPACES.sub(" ", text).strip(" ")
        line = self.shaper.set(text) if text else None
        if line is None:
            return LaidOutInFull(OTHER_GLYPHS)
        if line.width > self.room:
            return LaidOutInFull(TOO_LONG) if self.block is None else NeedsParagraph(self.block)
        return line.operator


PlacedStamp = tuple[int, int, Stamp]
"""A stamp with its place: the number of a content stream, and the index of its operator there."""


def find_stamps(
    blocks: Sequence[Block], recording: Recording, words: Mapping[int, str]
) -> list[PlacedStamp] | LaidOutInFull | NeedsParagraph:
    """Find the varying lines of a document that was laid out with these words in its slots.

    A refusal where a line cannot be stamped, or was not found.
    """
    slots = {word: slot for slot, word in words.items()}
    if not slots:
        return []
    any_word = re.compile("|".join(f"({word})" for word in slots))
    numbers = {id(block.element): number for number, block in enumerate(blocks)}
    shapers = _Shapers(recording)
    found: list[PlacedStamp] = []
    printed: Counter[int] = Counter()
    for drawn in recording.texts:
        parts = [part for part in any_word.split(drawn.box.text) if part]
        if not any(part in slots for part in parts):
            continue
        above = list(recording.above(drawn.box))
        at = next((i for i, box in enumerate(above) if is_line(box)), None)
        if at is None:
            return LaidOutInFull(NEEDS_TEXTS)
        in_margin = any(type(box).__name__ == "MarginBox" for box in above)
        number = None if in_margin else numbers.get(id(above[at + 1].element))
        if number is not None and blocks[number].is_paragraph:
            continue  # an own text that happens to have such a word in it
        room = _room(drawn.box, above[at], above[at + 1 :])
        if room is None:
            return LaidOutInFull(NEEDS_TEXTS) if number is None else NeedsParagraph(number)
        pieces = tuple(slots.get(part, part) for part in parts)
        if not in_margin:
            printed.update(piece for piece in pieces if isinstance(piece, int))
        stamp = shapers.make_stamp(drawn, pieces, room * UNITS, number, words)
        if not isinstance(stamp, tuple):
            return stamp
        found.append(stamp)
    if printed != Counter(s for block in blocks if not block.is_paragraph for s in block.slots):
        return LaidOutInFull(NEEDS_TEXTS)
    return found


class _Shapers:
    """The shapers of a document, by style, font and size."""

    def __init__(self, recording: Recording) -> None:
        self._contents = recording.contents
        self._fonts = {font.hash.encode(): font for font in recording.document.fonts.values()}
        self._known: dict[tuple[int, bytes, int], Shaper | None] = {}

    def make_stamp(
        self,
        drawn: DrawnText,
        pieces: tuple[str | int, ...],
        room: float,
        block: int | None,
        words: Mapping[int, str],
    ) -> PlacedStamp | LaidOutInFull | NeedsParagraph:
        """The stamp of a text; a refusal if it does not paint the words as WeasyPrint did."""
        operator = _find_operator(drawn)
        if isinstance(operator, LaidOutInFull):
            return operator
        index, expected, font, units = operator
        style, stream = drawn.box.style, drawn.stream.number
        key = (id(style), font, units)
        if key not in self._known:
            self._known[key] = Shaper.of(style, self._fonts[font], units)
        shaper = self._known[key]
        if shaper is None or stream not in self._contents:
            return LaidOutInFull(DIFFERENT)
        stamp = Stamp(pieces, shaper, room, block)
        painted = stamp.paint(words)
        if not isinstance(painted, bytes):
            return painted
        return (stream, index, stamp) if painted == expected else LaidOutInFull(DIFFERENT)


def _find_operator(drawn: DrawnText) -> tuple[int, bytes, bytes, int] | LaidOutInFull:
    """Find the one operator of a text.

    Returns its index in the stream, the operator, the font's name, and the font's size in
    Pango's units; or a refusal where a text has several, or is raised.
    """
    font = operator = None
    for index in range(drawn.start, drawn.end):
        data = as_bytes(drawn.stream.stream[index])
        if match := FONT.fullmatch(data):
            font = match
        elif data.endswith(b" TJ"):
            if operator is not None:
                return LaidOutInFull(OTHER_GLYPHS)
            operator = index, data
        elif data.endswith(b" Ts"):
            return LaidOutInFull(OTHER_GLYPHS)
    if font is None or operator is None:
        return LaidOutInFull(DIFFERENT)
    return *operator, font[1], round(float(font[2]) * UNITS)


def _room(text: Any, line: Any, around: Sequence[Any]) -> float | None:
    """The room that a text has in its line, in CSS pixels; None where it shapes the layout.

    `around` are the boxes around the line, from its block outwards.
    """
    block = around[0]
    inside = list(line.descendants())
    shown = [box for box in inside if is_text(box) and box.text.strip()]
    left = block.content_box_x()
    if (
        not all(map(is_inline, inside))
        or shown[-1] is not text
        or abs(shown[0].position_x - left) > _CLOSE
        or not _ends_by_force(block)
        or not are_steady(around, flexible=True)
    ):
        return None
    right = left + block.width
    for box in around:
        if box.element is not None and box.element.get("data-fit"):
            right = min(right, box.content_box_x() + box.width)
    return float(right - text.position_x - _SLACK)


def _ends_by_force(block: Any) -> bool:
    """Whether each line of a block, but for the last, ends in a forced break."""
    lines = [child for child in block.children if is_line(child)]
    breaks = [box for box in block.descendants() if box.element_tag == "br"]
    return len(lines) == 1 or len(breaks) == len(lines) - 1


def are_steady(boxes: Sequence[Any], *, flexible: bool = False) -> bool:
    """Whether boxes, from the inside outwards, have the same widths whatever stands in them.

    Where they may be `flexible`, flex items count whose width is their basis: a line that fits
    into it does not change it.
    """
    return all(
        _is_steady(box, flexible)
        and (type(around).__name__ != "FlexBox" or _has_its_basis(box, around))
        for box, around in zip(boxes, (*boxes[1:], None), strict=True)
    )


def _is_steady(box: Any, flexible: bool) -> bool:
    kind, style = type(box).__name__, box.style
    if kind == "MarginBox":
        return bool(style["width"] != "auto")
    if kind == "PageBox":
        return True
    return bool(
        (
            (kind == "BlockBox" and style["display"] in _IN_FLOW)
            or (flexible and kind == "FlexBox" and style["flex_direction"] == "row")
        )
        and (style["float"] == "none" or style["width"] != "auto")
        and (style["position"] in ("static", "relative") or style["width"] != "auto")
    )


def _has_its_basis(item: Any, around: Any) -> bool:
    """Whether a flex item is as wide as its `flex-basis` says, with room for all beside it."""
    basis, gap = item.style["flex_basis"], around.style["column_gap"]
    if (
        item.style["flex_grow"]
        or basis == "auto"
        or getattr(basis, "unit", None) not in ("px", "%")
    ):
        return False
    width = basis.value * around.width / 100 if basis.unit == "%" else basis.value
    between = 0 if gap == "normal" else gap.value if gap.unit == "px" else around.width
    taken = sum(child.margin_width() for child in around.children)
    taken += between * (len(around.children) - 1)
    return bool(abs(item.width - width) < _CLOSE and taken <= around.width + _CLOSE)
