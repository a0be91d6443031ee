"""A master: an outline laid out once, with the places where a letter's own lines are stamped.

It is laid out with words of no meaning in its slots, so that it follows from the outline alone. A
text that holds such a word is a varying line. It can be stamped where its length changes nothing
else: it stands alone in its line, starts at the left, and its line ends by force.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_lowercase
from typing import Any

from advocacy.documents.pages import Pdf
from advocacy.documents.painting import Drawn
from advocacy.documents.paper import layout_css
from advocacy.documents.stamp.assembly import Assembled, Assembly, Segment
from advocacy.documents.stamp.blocks import (
    Block,
    are_steady,
    fill,
    find_blocks,
    is_inline,
    is_line,
    is_text,
)
from advocacy.documents.stamp.capture import Capture, capture
from advocacy.documents.stamp.galley import Galley
from advocacy.documents.stamp.outline import Outline
from advocacy.documents.stamp.reasons import (
    DIFFERENT,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    TOO_LONG,
    Reshaped,
    Unfit,
    Wraps,
)
from advocacy.documents.stamp.shaping import FONT, UNITS, Shaper, as_bytes
from advocacy.marks import VALUE_MARK
from advocacy.workspace import Workspace

Forced = frozenset[int]
"""The numbers of blocks that are laid out as paragraphs, though they seem to be lines."""
_CLOSE = 1e-6
_SPACES = re.compile(r"[ \t\n\r\f]+")
_DATA = re.compile(r"\sdata-[a-z-]+=\"[^\"<>]*\Z")
_SLACK = 1.0  # CSS pixels: a line that just fits is left to WeasyPrint
_NEAR = 1500  # bytes between own operators that are rather repeated than put into another stream


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


class Master:
    """A laid-out outline, ready to be stamped."""

    def __init__(
        self, outline: Outline, workspace: Workspace, texts: Mapping[int, str], forced: Forced
    ) -> None:
        """Lay out the outline, its paragraphs with these texts; `forced` blocks are paragraphs.

        Raises Unfit where its letters cannot be stamped, AdvocacyError where it loads what it
        may not.
        """
        self._words = _words(outline)
        blocks: list[Block] = []

        def built(root: Any) -> None:
            blocks.extend(find_blocks(root, forced))
            own = {slot for block in blocks if block.is_paragraph for slot in block.slots}
            lines = {slot for block in blocks if not block.is_paragraph for slot in block.slots}
            if own & lines:
                raise Unfit(NEEDS_TEXTS)
            fill(root, {**self._words, **{slot: texts[slot] for slot in own}})

        html = _marked(outline, self._words)
        found = capture(html, workspace, layout_css(outline.layout, workspace), built)
        if found.result.unfit:
            raise Unfit(TOO_LONG)
        self.result: Pdf = found.result
        self._parts: list[Stamp | Galley] = []
        spans: dict[int, dict[int, tuple[int, int]]] = {number: {} for number in found.contents}
        varying: list[tuple[int, int, int, Stamp | Galley]] = [
            *_galleys(blocks, found, texts),
            *_stamps(blocks, found, self._words),
        ]
        for number, start, end, part in varying:
            spans[number][start] = (end, len(self._parts))
            self._parts.append(part)
        self._galleys = [part for part in self._parts if isinstance(part, Galley)]
        self.shape = tuple(galley.shape for galley in self._galleys)
        _forbid_words(found, self._words)
        contents = {
            number: _segments(found.objects[number].stream, spans[number])
            for number in found.contents
        }
        self._assembly = Assembly(found.objects, found.root, found.info, contents)

    def stamped(self, texts: Mapping[int, str]) -> Assembled:
        """The PDF of the letter with these texts.

        Raises Unfit where it must be laid out in full, Wraps where a line does not fit, and
        Reshaped where another master is needed for its paragraphs.
        """
        shape = tuple([galley.shape_with(texts) for galley in self._galleys])
        if shape != self.shape:
            raise Reshaped(shape)
        return self._assembly.finish([part.painted(texts) for part in self._parts])


def _galleys(
    blocks: Sequence[Block], found: Capture, texts: Mapping[int, str]
) -> Iterator[tuple[int, int, int, Galley]]:
    for block in blocks:
        if block.is_paragraph:
            galley = Galley(block, found, texts)
            yield galley.number, galley.start, galley.end, galley


def _stamps(
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
    fonts = {font.hash.encode(): font for font in found.document.fonts.values()}
    shapers: dict[tuple[int, bytes, int], Shaper | None] = {}
    for drawn in found.texts:
        parts = [part for part in any_word.split(drawn.box.text) if part]
        if not any(part in slots for part in parts):
            continue
        pieces = tuple(slots.get(part, part) for part in parts)
        block, in_margin = _block(drawn, found)
        where = numbers.get(id(block.element))
        room = _room(drawn, block, found)
        if room is None:
            raise Unfit(NEEDS_TEXTS) if in_margin or where is None else Wraps(where)
        if not in_margin:
            printed.update(piece for piece in pieces if isinstance(piece, int))
        at, operator, font, units = _operator(drawn)
        key = (id(drawn.box.style), font, units)
        if key not in shapers:
            shapers[key] = Shaper.of(drawn.box.style, fonts[font], units)
        shaper = shapers[key]
        number = drawn.stream.number
        if shaper is None or number not in found.contents:
            raise Unfit(DIFFERENT)
        stamp = Stamp(pieces, shaper, room * UNITS, None if in_margin else where)
        if stamp.painted(words) != operator:
            raise Unfit(DIFFERENT)
        yield number, at, at + 1, stamp
    if printed != Counter(s for block in blocks if not block.is_paragraph for s in block.slots):
        raise Unfit(NEEDS_TEXTS)


def _words(outline: Outline) -> dict[int, str]:
    """A word of no meaning for each slot, which stands nowhere else in the document."""
    html = "".join(outline.pieces)
    free = ("Qu" + "".join(letters) for letters in product(ascii_lowercase, repeat=2))
    usable = (word for word in free if word not in html)
    return {slot: next(usable) for slot in dict.fromkeys(outline.slots)}


def _marked(outline: Outline, words: Mapping[int, str]) -> str:
    """The document with marks in its texts, and with words in its attributes.

    Raises Unfit for an attribute that may decide the layout.
    """
    parts, inside = [outline.pieces[0]], False
    for i, slot in enumerate(outline.slots):
        piece = outline.pieces[i]
        opens, closes = piece.rfind("<"), piece.rfind(">")
        if opens != closes:
            inside = opens > closes
        if inside and not _DATA.search(piece):
            raise Unfit(NEEDS_TEXTS)
        parts += (words[slot] if inside else chr(VALUE_MARK + slot), outline.pieces[i + 1])
    return "".join(parts)


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


def _segments(stream: Sequence[Any], spans: Mapping[int, tuple[int, int]]) -> list[Segment]:
    """A content stream in segments: own ones, each with operators that stand near each other.

    `spans` say where an own operator begins, where it ends, and which one it is.
    """
    pieces: list[bytes | int] = []
    at = 0
    while at < len(stream):
        line = b"\n" if at else b""
        if at in spans:
            at, number = spans[at]
            pieces += (line, number)
        else:
            pieces.append(line + as_bytes(stream[at]))
            at += 1
    own = [i for i, piece in enumerate(pieces) if isinstance(piece, int)]
    if not own:
        return [tuple(pieces)]
    groups = [[own[0], own[0]]]
    for i in own[1:]:
        between = sum(len(p) for p in pieces[groups[-1][1] : i] if isinstance(p, bytes))
        if between > _NEAR:
            groups.append([i, i])
        else:
            groups[-1][1] = i
    segments, end = [], 0
    for first, last in groups:
        segments += [tuple(pieces[end:first]), tuple(_joined(pieces[first : last + 1]))]
        end = last + 1
    return [*segments, tuple(pieces[end:])]


def _joined(pieces: Sequence[bytes | int]) -> Iterator[bytes | int]:
    """Pieces with all bytes that follow on each other in one."""
    waiting: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            waiting.append(piece)
        else:
            if waiting:
                yield b"".join(waiting)
            waiting = []
            yield piece
    if waiting:
        yield b"".join(waiting)


def _forbid_words(found: Capture, words: Mapping[int, str]) -> None:
    """Raise Unfit where a varying text stands outside the pages, such as in a bookmark."""
    if not words:
        return
    shown = [text for slot, word in words.items() for text in (word, chr(VALUE_MARK + slot))]
    forms = [form for text in shown for form in (text.encode(), _in_utf_16(text))]
    any_form = re.compile(b"|".join(map(re.escape, forms)))
    for number, item in enumerate(found.objects[1:], 1):
        if hasattr(item, "stream"):
            if number in found.contents or "Length1" in item.extra:
                continue
            data = b"\n".join(map(as_bytes, item.stream))
        else:
            data = item.data
        if any_form.search(data):
            raise Unfit(NEEDS_TEXTS)


def _in_utf_16(word: str) -> bytes:
    return word.encode("utf-16-be").hex().encode()
