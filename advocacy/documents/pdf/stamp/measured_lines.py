"""A varying paragraph: its lines broken and painted by WeasyPrint, in the master's place for it.

Only the paragraph is laid out, with the boxes, styles and width that it has in the master. If its
lines have the heights and the parts that the master's have, all else on the page stands as it
does there, and so do the tags.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from advocacy.documents.pdf.painting import break_lines, draw_lines
from advocacy.documents.pdf.stamp.blocks import Block, are_steady, is_inline, is_line, is_text
from advocacy.documents.pdf.stamp.cache_key import (
    CROSSES_PAGES,
    DIFFERENT,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    CannotStamp,
    HasOwnParagraph,
)
from advocacy.documents.pdf.stamp.recorder import Recording
from advocacy.documents.pdf.stamp.shaping import FONT, as_bytes, carried, is_running
from advocacy.templating.citation_marks import MARK

Shape = tuple[Any, ...]
"""The lines of a paragraph: of each its height, and the boxes in it by their elements' names."""

_KNOWN_AT_MOST = 1024
_RUN = re.compile(rb"<([0-9a-f]*)>")


class MeasuredLines:
    """A varying paragraph of a master.

    Its `shape` is known at once; `fix` finds its operators, from `start` to `end` in the content
    stream of a `number`, and only then it can be painted.
    """

    def __init__(self, block: Block, found: Recording, texts: Mapping[int, str]) -> None:
        """Find the paragraph in a document that was laid out with these texts.

        Raises Unfit where it has no place of its own.
        """
        self._block, self._context = block, found.context
        self._places = [
            (page, box)
            for page, box in found.boxes()
            if box.element is block.element
            and "::" not in box.element_tag  # the marker of a list item
            and any(map(is_line, getattr(box, "children", ())))
        ]
        if not self._places:
            raise CannotStamp(NEEDS_TEXTS)
        self._fonts = found.document.fonts
        self._place = self._places[0][1]
        self._latest: tuple[tuple[str, ...], Any] = ((), None)
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._painted: dict[tuple[str, ...], bytes | None] = {}
        self.shape = self.shape_with(texts)

    def fix(self, found: Recording, texts: Mapping[int, str]) -> None:
        """Find the paragraph's operators.

        Raises Unfit where other texts in it could change more than its own lines, and OfItsOwn
        where it is these texts that cannot be stamped.
        """
        above = [self._place, *found.above(self._place)]
        if not are_steady(above) or any(map(_is_special, above)):
            raise CannotStamp(NEEDS_TEXTS)
        if len(self._places) > 1:
            raise CannotStamp(CROSSES_PAGES)
        lines = self._place.children
        _check_pages(self._places[0][0], lines, found)
        _check_boxes(self._place, lines)
        # Boxes are copied before they are painted, but for those of texts.
        texts_in = {id(box) for line in lines for box in filter(is_text, line.descendants())}
        painted = [
            line
            for line in found.lines
            if any(id(box) in texts_in for box in filter(is_text, line.box.descendants()))
        ]
        joined = all(one.end == next_.start for one, next_ in pairwise(painted))
        if len(painted) != len(lines) or not joined:
            raise CannotStamp(NEEDS_TEXTS)
        first, last = painted[0], painted[-1]
        self.number = first.stream.number
        if self.number not in found.contents:
            raise CannotStamp(NEEDS_TEXTS)
        self.start, self.end = first.start, last.end
        self._marks, self._before, self._after = first.marks, first.before, last.after
        _check_styles(self._block)
        _check_glyphs(lines, found)
        expected = _joined(first.stream.stream[self.start : self.end])
        if _shape(lines) != self.shape or self.painted(texts) != expected:
            raise HasOwnParagraph(DIFFERENT)

    def shape_with(self, texts: Mapping[int, str]) -> Shape:
        """The shape of the paragraph with these texts."""
        key = self._key(texts)
        known = self._shapes.get(key)
        if known is None:
            if len(self._shapes) >= _KNOWN_AT_MOST:
                self._shapes.clear()
            known = self._shapes[key] = _shape(self._lines(key, texts))
        return known

    def painted(self, texts: Mapping[int, str]) -> bytes:
        """The operators that paint the paragraph with these texts, which must have its shape.

        Raises Unfit where it needs glyphs that the master's fonts do not have.
        """
        key = self._key(texts)
        if key not in self._painted:
            if len(self._painted) >= _KNOWN_AT_MOST:
                self._painted.clear()
            self._painted[key] = self._paint(self._lines(key, texts))
        painted = self._painted[key]
        if painted is None:
            raise CannotStamp(OTHER_GLYPHS)
        return painted

    def _key(self, texts: Mapping[int, str]) -> tuple[str, ...]:
        return tuple([texts[slot] for slot in self._block.slots])

    def _lines(self, key: tuple[str, ...], texts: Mapping[int, str]) -> Any:
        if self._latest[0] != key or self._latest[1] is None:
            contents, place = self._block.filled(texts), self._place
            top = next(filter(is_line, place.children)).position_y
            self._latest = key, break_lines(self._context, contents, top, place)
        return self._latest[1]

    def _paint(self, lines: Any) -> bytes | None:
        for line in lines:
            for box in (line, *line.descendants()):
                box.background = None
        with _unchanged(self._fonts) as unchanged:
            operators, after = draw_lines(lines, self._fonts, self._marks, self._before)
            same = unchanged() and after == self._after
        return _joined(operators) if same else None


def _is_special(box: Any) -> bool:
    """Whether more than a block's own lines follows from its text, or it has a place of its own."""
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


def _check_pages(page: int, lines: Any, found: Recording) -> None:
    """Raise Unfit where the paragraph begins a page, or ends one: its words may decide that."""
    flow = [
        line
        for line in found.document.pages[page]._page_box.children[0].descendants()
        if is_line(line)
    ]
    last = page == len(found.document.pages) - 1
    if (page and flow[0] is lines[0]) or (not last and flow[-1] is lines[-1]):
        raise CannotStamp(CROSSES_PAGES)


def _check_boxes(place: Any, lines: Any) -> None:
    """Raise Unfit for a paragraph with more than text in it: links, pictures, backgrounds."""
    if any(not is_line(child) and child.is_in_normal_flow() for child in place.children):
        raise CannotStamp(NEEDS_TEXTS)
    for line in lines:
        for box in (line, *line.descendants()):
            if (
                not is_inline(box)
                or box.background is not None
                or box.link_annotation
                or (box.link and not (box.element_tag or "").endswith("::footnote-call"))
                or box.style["anchor"] is not None
                or box.style["string_set"] != "none"
            ):
                raise CannotStamp(NEEDS_TEXTS)


def _check_styles(block: Block) -> None:
    """Raise Unfit where own texts stand in a style whose fonts do not carry all letters."""
    for box in block.contents.descendants():
        if is_text(box) and MARK.search(box.text) and not is_running(box.style):
            raise CannotStamp(NEEDS_TEXTS)


def _check_glyphs(lines: Any, found: Recording) -> None:
    """Raise OfItsOwn where fonts have glyphs for these texts that they do not always have."""
    fonts = {font.hash.encode(): font for font in found.document.fonts.values()}
    boxes = {id(box) for line in lines for box in line.descendants()}
    for text in found.texts:
        if id(text.box) in boxes and is_running(text.box.style):
            glyphs: Any = {}
            for operator in map(as_bytes, text.stream.stream[text.start : text.end]):
                if match := FONT.fullmatch(operator):
                    glyphs = carried(fonts[match[1]], text.box.style)
                elif not all(int(one, 16) in glyphs for one in _glyphs(operator)):
                    raise HasOwnParagraph(OTHER_GLYPHS)


def _glyphs(operator: bytes) -> Iterator[bytes]:
    if operator.endswith(b"TJ"):
        for run in _RUN.findall(operator):
            for at in range(0, len(run), 4):
                yield run[at : at + 4]


@contextmanager
def _unchanged(fonts: dict[Any, Any]) -> Iterator[Callable[[], bool]]:
    """While it lasts, whether the fonts still have the same glyphs; after it they do."""
    known = set(fonts)
    sizes = {key: (len(font.to_unicode), len(font.widths)) for key, font in fonts.items()}

    def unchanged() -> bool:
        return set(fonts) == known and all(
            (len(fonts[key].to_unicode), len(fonts[key].widths)) == size
            for key, size in sizes.items()
        )

    yield unchanged
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
