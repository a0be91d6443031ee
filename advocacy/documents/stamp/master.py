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
from advocacy.documents.stamp.capture import Capture, capture
from advocacy.documents.stamp.outline import Outline
from advocacy.documents.stamp.shaping import UNITS, Shaper
from advocacy.workspace import Workspace

OTHER_GLYPHS = "a character that the letters’ common fonts do not have"
TOO_LONG = "a line too long for its place"
UNKNOWN_LINES = "a layout that needs a letter’s own texts"
DIFFERENT = "WeasyPrint sets a line otherwise than expected"

_SPACES = re.compile(r"[ \t\n\r\f]+")
_DATA = re.compile(r"\sdata-[a-z-]+=\"[^\"<>]*\Z")
_FONT = re.compile(rb"/(\w+) ([\d.]+) Tf")
_SLACK = 1.0  # CSS pixels: a line that just fits is left to WeasyPrint
_NEAR = 1500  # bytes between own operators that are rather repeated than put into another stream


class Unfit(Exception):  # noqa: N818 - it is an answer
    """That a letter cannot be stamped, and why, in words for the summary."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A varying line: its pieces of text and slots, how to set it, and the room it has."""

    pieces: tuple[str | int, ...]
    shaper: Shaper
    room: float

    def operator(self, texts: Mapping[int, str]) -> bytes:
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
            raise Unfit(TOO_LONG)
        return line.operator


class Master:
    """A laid-out outline, ready to be stamped."""

    def __init__(self, outline: Outline, workspace: Workspace) -> None:
        """Lay out the outline.

        Raises Unfit where its letters cannot be stamped, AdvocacyError where it loads what it
        may not.
        """
        words = _words(outline)
        found = capture(outline.html(words), workspace, layout_css(outline.layout, workspace))
        if found.result.unfit:
            raise Unfit(TOO_LONG)
        self.result: Pdf = found.result
        self.stamps: list[Stamp] = []
        self._operators: dict[int, dict[int, int]] = {number: {} for number in found.contents}
        self._look(found, outline, words)
        contents = {
            number: _segments(found.objects[number], self._operators[number])
            for number in found.contents
        }
        _forbid_words(found, words)
        self._assembly = Assembly(found.objects, found.root, found.info, contents)

    def stamped(self, texts: Mapping[int, str]) -> Assembled:
        """The PDF of the letter with these texts.

        Raises Unfit where it must be laid out in full.
        """
        return self._assembly.finish([stamp.operator(texts) for stamp in self.stamps])

    def _look(self, found: Capture, outline: Outline, words: Mapping[int, str]) -> None:
        """Find the varying lines."""
        slots = {word: slot for slot, word in words.items()}
        any_word = re.compile("|".join(f"({word})" for word in slots)) if slots else None
        printed: Counter[int] = Counter()
        fonts = {font.hash.encode(): font for font in found.document.fonts.values()}
        shapers: dict[tuple[int, bytes, int], Shaper | None] = {}
        for drawn in found.drawn:
            parts = [p for p in any_word.split(drawn.box.text) if p] if any_word else []
            if not any(part in slots for part in parts):
                continue
            room, in_margin = _room(drawn, found)
            pieces = tuple(slots.get(part, part) for part in parts)
            if not in_margin:
                printed.update(piece for piece in pieces if isinstance(piece, int))
            at, operator, font, units = _operator(drawn)
            key = (id(drawn.box.style), font, units)
            if key not in shapers:
                shapers[key] = Shaper.of(drawn.box.style, fonts[font], units)
            shaper = shapers[key]
            if shaper is None:
                raise Unfit(DIFFERENT)
            stamp = Stamp(pieces, shaper, room * UNITS)
            if stamp.operator(words) != operator:
                raise Unfit(DIFFERENT)
            number = drawn.stream.number
            if number not in self._operators:
                raise Unfit(UNKNOWN_LINES)
            self._operators[number][at] = len(self.stamps)
            self.stamps.append(stamp)
        if printed != Counter(_printed(outline)):
            raise Unfit(UNKNOWN_LINES)


def _words(outline: Outline) -> dict[int, str]:
    """A word of no meaning for each slot, which stands nowhere else in the document."""
    html = "".join(outline.pieces)
    free = ("Qu" + "".join(letters) for letters in product(ascii_lowercase, repeat=2))
    usable = (word for word in free if word not in html)
    return {slot: next(usable) for slot in dict.fromkeys(outline.slots)}


def _printed(outline: Outline) -> Iterator[int]:
    """The slots that stand in text.

    Raises Unfit for one in an attribute that may decide the layout.
    """
    inside = False
    for piece, slot in zip(outline.pieces, outline.slots, strict=False):
        opens, closes = piece.rfind("<"), piece.rfind(">")
        if opens != closes:
            inside = opens > closes
        if not inside:
            yield slot
        elif not _DATA.search(piece):
            raise Unfit(UNKNOWN_LINES)


def _operator(drawn: Drawn) -> tuple[int, bytes, bytes, int]:
    """Where a text's one operator stands in its stream, the operator, its font and its size."""
    font = operator = None
    for at in range(drawn.start, drawn.end):
        item = drawn.stream.stream[at]
        data = item if isinstance(item, bytes) else str(item).encode()
        if match := _FONT.fullmatch(data):
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


def _room(drawn: Drawn, found: Capture) -> tuple[float, bool]:
    """The room that a line has, in CSS pixels, and whether it stands in a margin.

    Raises Unfit where its length has a say in the layout.
    """
    text = drawn.box
    above = list(found.above(text))
    kinds = [type(box).__name__ for box in above]
    if "LineBox" not in kinds:
        raise Unfit(UNKNOWN_LINES)
    at = kinds.index("LineBox")
    line, block = above[at], above[at + 1]
    texts = [box for box in line.descendants() if hasattr(box, "pango_layout") and box.text.strip()]
    others = [box for box in line.descendants() if not hasattr(box, "children")]
    lines = [child for child in block.children if type(child).__name__ == "LineBox"]
    left = block.content_box_x()
    if (
        texts[-1] is not text
        or any(not hasattr(box, "pango_layout") for box in others)
        or abs(texts[0].position_x - left) > 1e-6
        or len(lines) != len(block.children)
        or not _forced(block, lines)
    ):
        raise Unfit(UNKNOWN_LINES)
    right = left + block.width
    for box in above[at + 1 :]:
        if not _steady(box):
            raise Unfit(UNKNOWN_LINES)
        if (
            box.element is not None
            and box.element.get("data-fit")
            and box.style["height"] != "auto"
        ):
            right = min(right, box.content_box_x() + box.width)
    return right - text.position_x - _SLACK, "MarginBox" in kinds


def _forced(block: Any, lines: Sequence[Any]) -> bool:
    """Whether each line of a block, but for the last, ends in a forced break."""
    breaks = [box for box in block.descendants() if box.element_tag == "br"]
    return len(lines) == 1 or len(breaks) == len(lines) - 1


def _steady(box: Any) -> bool:
    """Whether a box has the same width whatever stands in it."""
    kind, style = type(box).__name__, box.style
    if kind == "MarginBox":
        return bool(style["width"] != "auto")
    if kind == "PageBox":
        return True
    return bool(
        kind == "BlockBox"
        and style["display"] == ("block", "flow")
        and (style["float"] == "none" or style["width"] != "auto")
        and (style["position"] in ("static", "relative") or style["width"] != "auto")
    )


def _segments(stream: Any, operators: Mapping[int, int]) -> list[Segment]:
    """A content stream in segments: own ones, each with operators that stand near each other."""
    pieces: list[bytes | int] = []
    for at, item in enumerate(stream.stream):
        line = b"\n" if at else b""
        if at in operators:
            pieces += [line, operators[at]]
        else:
            pieces.append(line + _bytes(item))
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


def _bytes(item: Any) -> bytes:
    from pydyf import _to_bytes

    return bytes(_to_bytes(item))


def _forbid_words(found: Capture, words: Mapping[int, str]) -> None:
    """Raise Unfit where a varying text stands outside the pages, such as in a bookmark."""
    if not words:
        return
    forms = [form for word in words.values() for form in (word.encode(), _in_utf_16(word))]
    any_form = re.compile(b"|".join(map(re.escape, forms)))
    for number, item in enumerate(found.objects[1:], 1):
        if hasattr(item, "stream"):
            if number in found.contents or "Length1" in item.extra:
                continue
            data = b"\n".join(map(_bytes, item.stream))
        else:
            data = item.data
        if any_form.search(data):
            raise Unfit(UNKNOWN_LINES)


def _in_utf_16(word: str) -> bytes:
    return word.encode("utf-16-be").hex().encode()
