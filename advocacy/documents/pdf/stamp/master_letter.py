"""Lay out a letter shape once, and know the places where a letter's own texts are stamped.

The lines of a master are laid out with words of no meaning (`Quaa`) in their slots, its
paragraphs with one letter's own texts. Both are replaced in every letter, so a master follows
from the letter shape and the shapes of the paragraphs alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from string import ascii_lowercase
from typing import Any

from advocacy.documents.pdf.pages import Pdf
from advocacy.documents.pdf.paper import layout_css
from advocacy.documents.pdf.stamp.assembly import Assembled, Assembly, Segment
from advocacy.documents.pdf.stamp.blocks import (
    Block,
    PlacedStamp,
    Stamp,
    fill,
    find_blocks,
    find_stamps,
)
from advocacy.documents.pdf.stamp.cache_key import (
    NEEDS_TEXTS,
    TOO_LONG,
    LaidOutInFull,
    LetterShape,
    NeedsParagraph,
    NewShape,
)
from advocacy.documents.pdf.stamp.measured_lines import Fragment, MeasuredLines
from advocacy.documents.pdf.stamp.recorder import Recording, record_layout
from advocacy.documents.pdf.stamp.shaping import as_bytes
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import VALUE_MARK

Forced = frozenset[int]
"""The numbers of blocks that are laid out as paragraphs, though they seem to be lines."""
_DATA = re.compile(r"\sdata-[a-z-]+=\"[^\"<>]*\Z")
_NEAR = 1500
"""Own operators at most so many bytes apart share a stream: what stands between is repeated."""

Refusal = LaidOutInFull | NeedsParagraph
Divided = tuple[tuple[bool, ...], ...]
"""Of each paragraph, which of its lines divide a word."""


class MasterLetter:
    """A letter shape as laid out, ready to be stamped.

    `shapes` are those of its paragraphs, in order, and `divided` says which of their lines divide a
    word. Of a master that refuses every letter both are still wanted: a letter of another shape
    needs another master, which may not refuse.
    """

    def __init__(
        self,
        recording: Recording,
        paragraphs: Sequence[MeasuredLines],
        stamps: Sequence[PlacedStamp] | Refusal,
    ) -> None:
        """`stamps` are the varying lines with their places (see `find_stamps`), or a refusal."""
        self.result: Pdf = recording.result
        self.shapes = tuple(paragraph.shape for paragraph in paragraphs)
        self.divided = tuple(paragraph.divided for paragraph in paragraphs)
        self._paragraphs = paragraphs
        self._refusal = None if isinstance(stamps, Sequence) else stamps
        if not isinstance(stamps, Sequence):
            return
        # For each content stream: where a varying part begins, where it ends, and its index.
        spans: dict[int, dict[int, tuple[int, int]]] = {n: {} for n in recording.contents}
        self._parts: list[Stamp | Fragment] = []
        for fragment in (one for paragraph in paragraphs for one in paragraph.fragments):
            spans[fragment.stream][fragment.start] = (fragment.end, len(self._parts))
            self._parts.append(fragment)
        for stream, at, stamp in stamps:
            spans[stream][at] = (at + 1, len(self._parts))
            self._parts.append(stamp)
        self._assembly = Assembly(
            recording.objects,
            recording.root,
            recording.info,
            {n: _segments(recording.objects[n].stream, spans[n]) for n in recording.contents},
        )

    def breaks_like(self, divided: Divided) -> bool:
        """Whether pages break as in a letter of the same shapes with these lines divided.

        Layout sees only heights of lines and, where it asks, whether lines divide a word.
        """
        return all(
            mine == other or not paragraph.was_asked
            for paragraph, mine, other in zip(self._paragraphs, self.divided, divided, strict=True)
        )

    def stamp(self, texts: Mapping[int, str]) -> Assembled | NewShape | Refusal:
        """The PDF of the letter with these texts, by slot; or what stands in its way."""
        outlines = [paragraph.outline(texts) for paragraph in self._paragraphs]
        shapes = tuple([shape for shape, _ in outlines])
        divided = tuple([divided for _, divided in outlines])
        if shapes != self.shapes or not self.breaks_like(divided):
            return NewShape(shapes, divided)
        if self._refusal is not None:
            return self._refusal
        operators = []
        for part in self._parts:
            painted = part.paint(texts)
            if not isinstance(painted, bytes):
                return painted
            operators.append(painted)
        return self._assembly.finish(operators)


def lay_out_master(
    letter_shape: LetterShape, workspace: Workspace, texts: Mapping[int, str], forced: Forced
) -> MasterLetter | LaidOutInFull:
    """Lay out a letter shape, its paragraphs with these texts; `forced` blocks are paragraphs.

    Raises AdvocacyError where it loads what it may not.
    """
    words = _placeholder_words(letter_shape)
    html = _marked_html(letter_shape, words)
    if html is None:
        return LaidOutInFull(NEEDS_TEXTS)
    blocks: list[Block] = []

    def fill_boxes(root: Any) -> None:
        blocks.extend(find_blocks(root, forced))
        fill(root, {**words, **{slot: texts[slot] for slot in _slots(blocks, paragraphs=True)}})

    recording = record_layout(
        html,
        workspace,
        layout_css(letter_shape.layout, workspace),
        fill_boxes,
        letter_shape.sets,
    )
    if _slots(blocks, paragraphs=True) & _slots(blocks, paragraphs=False):
        return LaidOutInFull(NEEDS_TEXTS)
    paragraphs = []
    for block in blocks:
        if block.is_paragraph:
            paragraph = MeasuredLines.of(block, recording, texts)
            if paragraph is None:
                return LaidOutInFull(NEEDS_TEXTS)
            paragraphs.append(paragraph)
    stamps = _find_varying(blocks, paragraphs, recording, words, texts)
    if isinstance(stamps, LaidOutInFull) and stamps.only_this:
        return stamps
    return MasterLetter(recording, paragraphs, stamps)


def _find_varying(
    blocks: Sequence[Block],
    paragraphs: Sequence[MeasuredLines],
    recording: Recording,
    words: Mapping[int, str],
    texts: Mapping[int, str],
) -> list[PlacedStamp] | Refusal:
    """Find the operators of the paragraphs, and the varying lines with theirs."""
    if recording.result.unfit:
        return LaidOutInFull(TOO_LONG)
    for paragraph in paragraphs:
        refusal = paragraph.find_operators(recording, texts)
        if refusal is not None:
            return refusal
    if _shows_words_elsewhere(recording, words):
        return LaidOutInFull(NEEDS_TEXTS)
    return find_stamps(blocks, recording, words)


def _slots(blocks: Sequence[Block], *, paragraphs: bool) -> set[int]:
    return {slot for block in blocks if block.is_paragraph == paragraphs for slot in block.slots}


def _placeholder_words(letter_shape: LetterShape) -> dict[int, str]:
    """A word of no meaning for each slot, which stands nowhere else in the document."""
    html = "".join(letter_shape.pieces)
    free = ("Qu" + "".join(letters) for letters in product(ascii_lowercase, repeat=2))
    usable = (word for word in free if word not in html)
    return {slot: next(usable) for slot in dict.fromkeys(letter_shape.slots)}


def _marked_html(letter_shape: LetterShape, words: Mapping[int, str]) -> str | None:
    """The document with marks in its texts, and with words in its `data-` attributes.

    None where an own text stands in another attribute, which may decide the layout.
    """
    pieces = letter_shape.pieces
    parts, inside = [pieces[0]], False
    for i, slot in enumerate(letter_shape.slots):
        opens, closes = pieces[i].rfind("<"), pieces[i].rfind(">")
        if opens != closes:
            inside = opens > closes
        if inside and not _DATA.search(pieces[i]):
            return None
        parts += (words[slot] if inside else chr(VALUE_MARK + slot), pieces[i + 1])
    return "".join(parts)


def _segments(stream: Sequence[Any], spans: Mapping[int, tuple[int, int]]) -> list[Segment]:
    """A content stream in segments: shared ones, and between them a letter's own.

    `spans` give by the index of a varying part's first operator the index after its last one,
    and the part's number, which takes its place. Varying parts that stand near each other share
    a segment.
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


def _shows_words_elsewhere(recording: Recording, words: Mapping[int, str]) -> bool:
    """Whether a varying text stands outside the pages' text, such as in a bookmark or a title."""
    if not words:
        return False
    shown = [text for slot, word in words.items() for text in (word, chr(VALUE_MARK + slot))]
    forms = [form for text in shown for form in (text.encode(), _in_utf_16(text))]
    any_form = re.compile(b"|".join(map(re.escape, forms)))
    for number, item in enumerate(recording.objects[1:], 1):
        if hasattr(item, "stream"):
            if number in recording.contents or "Length1" in item.extra:  # a page, or a font
                continue
            data = b"\n".join(map(as_bytes, item.stream))
        else:
            data = item.data
        if any_form.search(data):
            return True
    return False


def _in_utf_16(word: str) -> bytes:
    return word.encode("utf-16-be").hex().encode()
