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

from advocacy.documents.pdf.pages import Pdf
from advocacy.documents.pdf.paper import layout_css
from advocacy.documents.pdf.stamp.assembly import Assembled, Assembly, Segment
from advocacy.documents.pdf.stamp.blocks import Block, Stamp, fill, find_blocks, find_stamps
from advocacy.documents.pdf.stamp.cache_key import (
    NEEDS_TEXTS,
    TOO_LONG,
    CannotStamp,
    HasOwnParagraph,
    LetterShape,
    ShapeChanged,
    Wraps,
)
from advocacy.documents.pdf.stamp.measured_lines import MeasuredLines
from advocacy.documents.pdf.stamp.recorder import Recording, capture
from advocacy.documents.pdf.stamp.shaping import as_bytes
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import VALUE_MARK

Forced = frozenset[int]
"""The numbers of blocks that are laid out as paragraphs, though they seem to be lines."""
_DATA = re.compile(r"\sdata-[a-z-]+=\"[^\"<>]*\Z")
_NEAR = 1500  # bytes between own operators that are rather repeated than put into another stream


class MasterLetter:
    """A laid-out outline, ready to be stamped."""

    def __init__(
        self, outline: LetterShape, workspace: Workspace, texts: Mapping[int, str], forced: Forced
    ) -> None:
        """Lay out the outline, its paragraphs with these texts; `forced` blocks are paragraphs.

        Raises Unfit where its letters cannot be stamped, OfItsOwn where this one cannot, and
        AdvocacyError where it loads what it may not.
        """
        words = _words(outline)
        blocks: list[Block] = []

        def built(root: Any) -> None:
            blocks.extend(find_blocks(root, forced))
            own = {slot for block in blocks if block.is_paragraph for slot in block.slots}
            lines = {slot for block in blocks if not block.is_paragraph for slot in block.slots}
            if own & lines:
                raise CannotStamp(NEEDS_TEXTS)
            fill(root, {**words, **{slot: texts[slot] for slot in own}})

        html = _marked(outline, words)
        found = capture(html, workspace, layout_css(outline.layout, workspace), built)
        self.result: Pdf = found.result
        self._galleys = [MeasuredLines(one, found, texts) for one in blocks if one.is_paragraph]
        self.shape = tuple(galley.shape for galley in self._galleys)
        self._refusal: CannotStamp | Wraps | None = None
        try:
            varying = self._varying(blocks, found, words, texts)
        except HasOwnParagraph:
            raise
        except (CannotStamp, Wraps) as refusal:
            self._refusal = refusal
            return
        spans: dict[int, dict[int, tuple[int, int]]] = {number: {} for number in found.contents}
        self._parts: list[Stamp | MeasuredLines] = []
        for number, start, end, part in varying:
            spans[number][start] = (end, len(self._parts))
            self._parts.append(part)
        contents = {
            number: _segments(found.objects[number].stream, spans[number])
            for number in found.contents
        }
        self._assembly = Assembly(found.objects, found.root, found.info, contents)

    def _varying(
        self,
        blocks: Sequence[Block],
        found: Recording,
        words: Mapping[int, str],
        texts: Mapping[int, str],
    ) -> list[tuple[int, int, int, Stamp | MeasuredLines]]:
        """What varies: in which content stream it stands, from where to where, and the thing."""
        if found.result.unfit:
            raise CannotStamp(TOO_LONG)
        for galley in self._galleys:
            galley.fix(found, texts)
        _forbid_words(found, words)
        return [
            *((galley.number, galley.start, galley.end, galley) for galley in self._galleys),
            *find_stamps(blocks, found, words),
        ]

    def stamped(self, texts: Mapping[int, str]) -> Assembled:
        """The PDF of the letter with these texts.

        Raises Unfit where it must be laid out in full, Wraps where a line does not fit, and
        Reshaped where another master is needed for its paragraphs.
        """
        shape = tuple([galley.shape_with(texts) for galley in self._galleys])
        if shape != self.shape:
            raise ShapeChanged(shape)
        if self._refusal is not None:
            raise type(self._refusal)(*self._refusal.args)
        return self._assembly.finish([part.painted(texts) for part in self._parts])


def _words(outline: LetterShape) -> dict[int, str]:
    """A word of no meaning for each slot, which stands nowhere else in the document."""
    html = "".join(outline.pieces)
    free = ("Qu" + "".join(letters) for letters in product(ascii_lowercase, repeat=2))
    usable = (word for word in free if word not in html)
    return {slot: next(usable) for slot in dict.fromkeys(outline.slots)}


def _marked(outline: LetterShape, words: Mapping[int, str]) -> str:
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
            raise CannotStamp(NEEDS_TEXTS)
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


def _forbid_words(found: Recording, words: Mapping[int, str]) -> None:
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
            raise CannotStamp(NEEDS_TEXTS)


def _in_utf_16(word: str) -> bytes:
    return word.encode("utf-16-be").hex().encode()
