"""Break and paint a letter's own paragraph with WeasyPrint, in the master's place for it.

Only the paragraph is laid out, with the boxes, styles and width that it has in the master. If its
lines have the heights and the parts that the master's have, all else on the page stands as it
does there, and so do the tags: then its operators take the place of the master's.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from advocacy.documents.pdf.painting import break_lines, draw_lines, is_running_text
from advocacy.documents.pdf.stamp.blocks import Block, are_steady, is_inline, is_line, is_text
from advocacy.documents.pdf.stamp.cache_key import (
    CROSSES_PAGES,
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


class MeasuredLines:
    """A varying paragraph of a master.

    Its `shape` is known at once. `find_operators` finds its operators, `start` to `end` in the
    content stream of number `stream`; only then can it be painted.
    """

    stream: int
    start: int
    end: int

    def __init__(
        self,
        block: Block,
        recording: Recording,
        places: list[tuple[int, Any]],
        texts: Mapping[int, str],
    ) -> None:
        """`places` are its boxes in the master, more than one if it crosses pages."""
        self._block, self._context = block, recording.context
        self._fonts = recording.document.fonts
        self._places = places
        self._box = places[0][1]
        self._latest: tuple[tuple[str, ...], Any] = ((), None)
        # Letters of one town have equal paragraphs: these two save a millisecond for each.
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._painted: dict[tuple[str, ...], bytes | LaidOutInFull] = {}
        self.shape = self.shape_with(texts)

    @classmethod
    def of(
        cls, block: Block, recording: Recording, texts: Mapping[int, str]
    ) -> "MeasuredLines | None":
        """Find the paragraph in a document that was laid out with these texts.

        None where it has no place of its own.
        """
        places = [
            (page, box)
            for page, box in recording.boxes()
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
        above = [self._box, *recording.above(self._box)]
        if not are_steady(above) or any(map(_shapes_more, above)):
            return LaidOutInFull(NEEDS_TEXTS)
        page, lines = self._places[0][0], self._box.children
        if len(self._places) > 1 or _stands_at_page_break(page, lines, recording):
            return LaidOutInFull(CROSSES_PAGES)
        if _has_more_than_text(self._box, lines):
            return LaidOutInFull(NEEDS_TEXTS)
        # Boxes are copied before they are painted, but for those of texts, which tell the lines.
        own_texts = {id(box) for line in lines for box in filter(is_text, line.descendants())}
        painted = [
            line
            for line in recording.lines
            if any(id(box) in own_texts for box in filter(is_text, line.box.descendants()))
        ]
        joined = all(one.end == following.start for one, following in pairwise(painted))
        if len(painted) != len(lines) or not joined:
            return LaidOutInFull(NEEDS_TEXTS)
        first, last = painted[0], painted[-1]
        self.stream, self.start, self.end = first.stream.number, first.start, last.end
        self._marks, self._before, self._after = first.marks, first.before, last.after
        if self.stream not in recording.contents or not _is_set_in_running_text(self._block):
            return LaidOutInFull(NEEDS_TEXTS)
        if _has_rare_glyphs(lines, recording):
            return LaidOutInFull(OTHER_GLYPHS, only_this=True)
        expected = _joined(first.stream.stream[self.start : self.end])
        if _shape(lines) != self.shape or self.paint(texts) != expected:
            return LaidOutInFull(DIFFERENT, only_this=True)
        return None

    def shape_with(self, texts: Mapping[int, str]) -> Shape:
        """The shape of the paragraph with these texts."""
        key = self._key(texts)
        known = self._shapes.get(key)
        if known is None:
            if len(self._shapes) >= _MOST_KNOWN:
                self._shapes.clear()
            known = self._shapes[key] = _shape(self._lines(key, texts))
        return known

    def paint(self, texts: Mapping[int, str]) -> bytes | LaidOutInFull:
        """The operators that paint the paragraph with these texts, which must have its shape.

        A refusal where it needs glyphs that the master's fonts do not have.
        """
        key = self._key(texts)
        if key not in self._painted:
            if len(self._painted) >= _MOST_KNOWN:
                self._painted.clear()
            self._painted[key] = self._paint(self._lines(key, texts))
        return self._painted[key]

    def _key(self, texts: Mapping[int, str]) -> tuple[str, ...]:
        return tuple([texts[slot] for slot in self._block.slots])

    def _lines(self, key: tuple[str, ...], texts: Mapping[int, str]) -> Any:
        """The paragraph's lines; the latest are kept, for `paint` follows `shape_with`."""
        if self._latest[0] != key or self._latest[1] is None:
            contents, box = self._block.filled(texts), self._box
            top = next(filter(is_line, box.children)).position_y
            self._latest = key, break_lines(self._context, contents, top, box)
        return self._latest[1]

    def _paint(self, lines: Any) -> bytes | LaidOutInFull:
        for line in lines:
            for box in (line, *line.descendants()):
                box.background = None
        with _fonts_restored(self._fonts) as are_unchanged:
            operators, after = draw_lines(lines, self._fonts, self._marks, self._before)
            if not are_unchanged() or after != self._after:
                return LaidOutInFull(OTHER_GLYPHS)
        return _joined(operators)


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


def _stands_at_page_break(page: int, lines: Any, recording: Recording) -> bool:
    """Whether the paragraph begins a page or ends one: its words may decide where that is."""
    pages = recording.document.pages
    flow = [line for line in pages[page]._page_box.children[0].descendants() if is_line(line)]
    is_last = page == len(pages) - 1
    return bool((page and flow[0] is lines[0]) or (not is_last and flow[-1] is lines[-1]))


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
