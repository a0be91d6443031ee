"""Break and paint a letter's own paragraph with WeasyPrint, in the master's place for it.

Only the paragraph is laid out, with the boxes, styles and width that it has in the master. If its
lines have the heights and the parts that the master's have, all else on the page stands as it
does there, and so do the tags: then its operators take the place of the master's. Page breaks are
those of the master, too, for layout sees nothing else of a line, but whether it divides a word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from advocacy.documents.pdf.painting import (
    DrawnLine,
    break_lines,
    draw_lines,
    ends_within_word,
    is_running_text,
)
from advocacy.documents.pdf.stamp.blocks import Block, are_steady, is_inline, is_line, is_text
from advocacy.documents.pdf.stamp.cache_key import (
    DIFFERENT,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    LaidOutInFull,
)
from advocacy.documents.pdf.stamp.recorder import Recording
from advocacy.documents.pdf.stamp.shaping import FONT, as_bytes, carried_glyphs
from advocacy.templating.citation_marks import MARK

Shape = tuple[Any, ...]
"""The lines of a paragraph: of each its height, and the boxes in it by their elements' names."""

_MOST_KNOWN = 1024
_RUN = re.compile(rb"<([0-9a-f]*)>")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The part of a paragraph that stands on one page: its operators there, and what paints others.

    Its operators are `start` to `end` in the content stream of number `stream`. It begins with line
    `first` of the paragraph, at `top` (CSS pixels), in the laid-out `box`.
    """

    paragraph: "MeasuredLines"
    drawn: DrawnLine
    end: int
    after: tuple[Any, ...]
    first: int
    box: Any

    @property
    def stream(self) -> int:
        """The number of its page's content stream."""
        return int(self.drawn.stream.number)

    @property
    def start(self) -> int:
        """The index of its first operator."""
        return self.drawn.start

    def paint(self, texts: Mapping[int, str]) -> bytes | LaidOutInFull:
        """The operators that paint the part with these texts, which must give the known shape.

        A refusal where it needs glyphs that the master's fonts do not have.
        """
        return self.paragraph.paint(texts, self)


class MeasuredLines:
    """A varying paragraph of a master.

    Its `shape` is known at once, and which of its lines are `divided`: end within a word.
    `find_operators` finds its `fragments`, one on each page; only then can it be painted.
    `was_asked` says whether the master's page breaks depend on which lines are divided.
    """

    def __init__(
        self,
        block: Block,
        recording: Recording,
        places: list[Any],
        texts: Mapping[int, str],
    ) -> None:
        """`places` are its boxes in the master, more than one if it crosses pages."""
        self._block, self._context = block, recording.context
        self._fonts = recording.document.fonts
        self._places = places
        self._latest: tuple[tuple[str, ...], Any] = ((), None)
        # Letters of one town have equal paragraphs: these two save a millisecond for each.
        self._outlines: dict[tuple[str, ...], tuple[Shape, tuple[bool, ...]]] = {}
        self._painted: dict[tuple[int, tuple[str, ...]], bytes | LaidOutInFull] = {}
        self.fragments: tuple[Fragment, ...] = ()
        self.was_asked = any(element is block.element for element in recording.asked)
        self.shape, self.divided = self.outline(texts)

    @classmethod
    def of(
        cls, block: Block, recording: Recording, texts: Mapping[int, str]
    ) -> "MeasuredLines | None":
        """Find the paragraph in a document that was laid out with these texts.

        None where it has no place of its own.
        """
        places = [
            box
            for _, box in recording.boxes()
            if box.element is block.element
            and "::" not in box.element_tag  # the marker of a list item
            and any(map(is_line, getattr(box, "children", ())))
        ]
        return cls(block, recording, places, texts) if places else None

    def find_operators(
        self, recording: Recording, texts: Mapping[int, str]
    ) -> LaidOutInFull | None:
        """Find the paragraph's operators in a document that was laid out with these texts.

        Returns a refusal where other texts in the paragraph could change more than its own
        lines, or where what is painted here is not what WeasyPrint painted there.
        """
        fragments: list[Fragment] = []
        laid_out: list[Any] = []
        for box in self._places:
            above = [box, *recording.above(box)]
            if not are_steady(above) or any(map(_shapes_more, above)):
                return LaidOutInFull(NEEDS_TEXTS)
            lines = list(box.children)
            painted = _painted(lines, recording)
            if _has_more_than_text(box, lines) or painted is None:
                return LaidOutInFull(NEEDS_TEXTS)
            first, last = painted[0], painted[-1]
            fragment = Fragment(self, first, last.end, last.after, len(laid_out), box)
            if fragment.stream not in recording.contents:
                return LaidOutInFull(NEEDS_TEXTS)
            fragments.append(fragment)
            laid_out += lines
        if not _is_set_in_running_text(self._block):
            return LaidOutInFull(NEEDS_TEXTS)
        if _has_rare_glyphs(laid_out, recording):
            return LaidOutInFull(OTHER_GLYPHS, only_this=True)
        self.fragments = tuple(fragments)
        expected = [_joined(one.drawn.stream.stream[one.start : one.end]) for one in fragments]
        if _shape(laid_out) != self.shape or [one.paint(texts) for one in fragments] != expected:
            return LaidOutInFull(DIFFERENT, only_this=True)
        return None

    def outline(self, texts: Mapping[int, str]) -> tuple[Shape, tuple[bool, ...]]:
        """The shape of the paragraph with these texts, and which of its lines divide a word."""
        key = self._key(texts)
        known = self._outlines.get(key)
        if known is None:
            if len(self._outlines) >= _MOST_KNOWN:
                self._outlines.clear()
            lines = self._lines(key, texts)
            known = self._outlines[key] = _shape(lines), tuple(map(ends_within_word, lines))
        return known

    def paint(self, texts: Mapping[int, str], fragment: Fragment) -> bytes | LaidOutInFull:
        """The operators that paint a fragment with these texts."""
        key = fragment.first, self._key(texts)
        if key not in self._painted:
            if len(self._painted) >= _MOST_KNOWN:
                self._painted.clear()
            self._painted[key] = self._paint(self._lines_of(fragment, texts), fragment)
        return self._painted[key]

    def _key(self, texts: Mapping[int, str]) -> tuple[str, ...]:
        return tuple([texts[slot] for slot in self._block.slots])

    def _lines(self, key: tuple[str, ...], texts: Mapping[int, str]) -> Any:
        """The paragraph's lines; the latest are kept, for `paint` follows `outline`."""
        if self._latest[0] != key or self._latest[1] is None:
            self._latest = key, self._broken(texts, self._places[0], None)
        return self._latest[1]

    def _lines_of(self, fragment: Fragment, texts: Mapping[int, str]) -> Any:
        """The lines of a fragment: on a later page the text goes on from the page before it."""
        lines, count = self._lines(self._key(texts), texts), len(fragment.box.children)
        if not fragment.first:
            return lines[:count]
        resume_at = lines[fragment.first - 1].resume_at
        return self._broken(texts, fragment.box, resume_at)[:count]

    def _broken(self, texts: Mapping[int, str], box: Any, resume_at: Any) -> Any:
        top = next(filter(is_line, box.children)).position_y
        return break_lines(self._context, self._block.filled(texts), top, box, resume_at)

    def _paint(self, lines: Any, fragment: Fragment) -> bytes | LaidOutInFull:
        for line in lines:
            for box in (line, *line.descendants()):
                box.background = None
        drawn = fragment.drawn
        with _fonts_restored(self._fonts) as are_unchanged:
            operators, after = draw_lines(lines, self._fonts, drawn.marks, drawn.before)
            if not are_unchanged() or after != fragment.after:
                return LaidOutInFull(OTHER_GLYPHS)
        return _joined(operators)


def _painted(lines: Sequence[Any], recording: Recording) -> list[DrawnLine] | None:
    """What was painted for laid-out lines; None where more was painted between them."""
    # Boxes are copied before they are painted, but for those of texts, which tell the lines.
    own_texts = {id(box) for line in lines for box in filter(is_text, line.descendants())}
    painted = [
        line
        for line in recording.lines
        if any(id(box) in own_texts for box in filter(is_text, line.box.descendants()))
    ]
    joined = all(one.end == following.start for one, following in pairwise(painted))
    return painted if len(painted) == len(lines) and joined else None


def _shapes_more(box: Any) -> bool:
    """Whether more than a box's own lines follows from its text, or it has a place of its own."""
    style = box.style
    return bool(
        (box.element is not None and box.element.get("data-fit") and style["height"] != "auto")
        or style["bookmark_level"] != "none"
        or style["column_count"] != "auto"
        or style["column_width"] != "auto"
        or (style["string_set"] != "none" and box.element_tag != "body")
        or box.first_letter_style is not None
        or box.first_line_style is not None
    )


def _has_more_than_text(paragraph: Any, lines: Any) -> bool:
    """Whether a paragraph has more than text in it: links, pictures, backgrounds."""
    if any(not is_line(child) and child.is_in_normal_flow() for child in paragraph.children):
        return True
    return any(
        not is_inline(box)
        or box.background is not None
        or box.link_annotation
        or (box.link and not (box.element_tag or "").endswith("::footnote-call"))
        or box.style["anchor"] is not None
        or box.style["string_set"] != "none"
        for line in lines
        for box in (line, *line.descendants())
    )


def _is_set_in_running_text(block: Block) -> bool:
    """Whether all own texts stand in styles whose fonts carry all letters of the language."""
    return all(
        is_running_text(box.style)
        for box in block.contents.descendants()
        if is_text(box) and MARK.search(box.text)
    )


def _has_rare_glyphs(lines: Any, recording: Recording) -> bool:
    """Whether fonts have glyphs for these texts that letters' fonts do not always carry."""
    fonts = {font.hash.encode(): font for font in recording.document.fonts.values()}
    boxes = {id(box) for line in lines for box in line.descendants()}
    for text in recording.texts:
        if id(text.box) in boxes and is_running_text(text.box.style):
            glyphs: Any = {}
            for operator in map(as_bytes, text.stream.stream[text.start : text.end]):
                if match := FONT.fullmatch(operator):
                    glyphs = carried_glyphs(fonts[match[1]], text.box.style)
                elif not all(int(one, 16) in glyphs for one in _glyphs(operator)):
                    return True
    return False


def _glyphs(operator: bytes) -> Iterator[bytes]:
    if operator.endswith(b"TJ"):
        for run in _RUN.findall(operator):
            for at in range(0, len(run), 4):
                yield run[at : at + 4]


@contextmanager
def _fonts_restored(fonts: dict[Any, Any]) -> Iterator[Callable[[], bool]]:
    """Take back on leaving what was added to the fonts.

    Gives a function that says whether the fonts still have the same glyphs.
    """
    known = set(fonts)
    sizes = {key: (len(font.to_unicode), len(font.widths)) for key, font in fonts.items()}

    def are_unchanged() -> bool:
        return set(fonts) == known and all(
            (len(fonts[key].to_unicode), len(fonts[key].widths)) == size
            for key, size in sizes.items()
        )

    yield are_unchanged
    for key in set(fonts) - known:
        del fonts[key]
    for key, (texts, widths) in sizes.items():
        for mapping, size in ((fonts[key].to_unicode, texts), (fonts[key].widths, widths)):
            while len(mapping) > size:
                mapping.popitem()


def _shape(lines: Any) -> Shape:
    return tuple((line.height, _parts(line)) for line in lines)


def _parts(box: Any) -> Shape:
    tag = (box.element_tag or "").rpartition("::")[2]
    return (tag, *map(_parts, getattr(box, "children", ())))


def _joined(operators: Iterable[Any]) -> bytes:
    return b"\n".join(map(as_bytes, operators))
