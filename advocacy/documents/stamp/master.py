"""A master: an outline laid out once, with the places where a letter's own lines are stamped.

Its lines are laid out with words of no meaning in their slots, its paragraphs with a letter's own
texts. Both are replaced in every letter, so that a master follows from the outline and from the
shapes of the paragraphs alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from string import ascii_lowercase
from typing import Any

from advocacy.documents.pages import Pdf
from advocacy.documents.paper import layout_css
from advocacy.documents.stamp.assembly import Assembled, Assembly, Segment
from advocacy.documents.stamp.blocks import Block, fill, find_blocks
from advocacy.documents.stamp.capture import Capture, capture
from advocacy.documents.stamp.galley import Galley
from advocacy.documents.stamp.lines import Stamp, find_stamps
from advocacy.documents.stamp.outline import Outline
from advocacy.documents.stamp.reasons import NEEDS_TEXTS, TOO_LONG, Reshaped, Unfit
from advocacy.documents.stamp.shaping import as_bytes
from advocacy.marks import VALUE_MARK
from advocacy.workspace import Workspace

Forced = frozenset[int]
"""The numbers of blocks that are laid out as paragraphs, though they seem to be lines."""
_DATA = re.compile(r"\sdata-[a-z-]+=\"[^\"<>]*\Z")
_NEAR = 1500  # bytes between own operators that are rather repeated than put into another stream


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
            *find_stamps(blocks, found, self._words),
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
