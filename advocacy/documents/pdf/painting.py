"""What WeasyPrint builds and paints: noted on the way, in fonts that are the same for all letters.

Like `typesetter`, which loads WeasyPrint, this changes WeasyPrint 70 where it is loaded.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Any

from weasyprint import document as _document
from weasyprint import draw as _draw
from weasyprint.layout.inline import iter_line_boxes
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.text.fonts import font_features
from weasyprint.text.line_break import Layout

from advocacy.documents.pdf.paper import alphabet
from advocacy.documents.pdf.typesetter import weasyprint

__all__ = [
    "Drawn",
    "DrawnLine",
    "Noted",
    "draw_lines",
    "features_of",
    "is_running_text",
    "lay_out_lines",
    "noted",
    "set_line",
    "weasyprint",
]

_NORMAL = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text that was painted: its box, and where its operators stand in its page's stream."""

    box: Any
    stream: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line that was painted: its box, its operators, and the stream's state around it."""

    box: Any
    stream: Any
    start: int
    end: int
    marks: int  # marked-content sequences of the page before it
    before: tuple[Any, ...]
    after: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """Texts and lines in the order of painting, and what boxes are laid out with."""

    texts: list[Drawn] = field(default_factory=list)
    lines: list[DrawnLine] = field(default_factory=list)
    context: list[Any] = field(default_factory=list)


class _Painting(threading.local):
    """What is being painted in this thread, and who listens."""

    style: Any = None
    noted: Noted | None = None
    built: Callable[[Any], None] | None = None


_painting = _Painting()


@contextmanager
def noted(built: Callable[[Any], None]) -> Iterator[Noted]:
    """While it lasts, what this thread paints is noted.

    `built` may change the tree of boxes that is built, before it is laid out.
    """
    found = Noted()
    _painting.noted, _painting.built = found, built
    try:
        yield found
    finally:
        _painting.noted = _painting.built = None


_build = _document.build_formatting_structure


def _build_noted(*arguments: Any) -> Any:
    root = _build(*arguments)
    if _painting.built is not None:
        _painting.built(root)
    return root


_document.build_formatting_structure = _build_noted

_lay_out = _document.layout_document


def _lay_out_noted(html: Any, root: Any, context: Any, *rest: Any) -> Any:
    if _painting.noted is not None:
        _painting.noted.context.append(context)
    return _lay_out(html, root, context, *rest)


_document.layout_document = _lay_out_noted


_draw_text = _draw.draw_text


def _draw_text_noted(stream: Any, textbox: Any, *rest: Any) -> None:
    start = len(stream.stream)
    _painting.style = textbox.style
    _draw_text(stream, textbox, *rest)
    if _painting.noted is not None:
        _painting.noted.texts.append(Drawn(textbox, stream, start, len(stream.stream)))


_draw.draw_text = _draw_text_noted

_draw_inline = _draw.draw_inline_level


def _draw_inline_noted(stream: Any, page: Any, box: Any, *rest: Any, **more: Any) -> None:
    if _painting.noted is None or type(box).__name__ != "LineBox":
        _draw_inline(stream, page, box, *rest, **more)
        return
    start, marks, before = len(stream.stream), len(stream._tags or ()), state_of(stream)
    _draw_inline(stream, page, box, *rest, **more)
    line = DrawnLine(box, stream, start, len(stream.stream), marks, before, state_of(stream))
    _painting.noted.lines.append(line)


_draw.draw_inline_level = _draw_inline_noted
_STATE = ("_current_color", "_current_color_stroke", "_current_alpha", "_current_alpha_stroke")


def state_of(stream: Any) -> tuple[Any, ...]:
    """The colours that a stream is set to."""
    return tuple(getattr(stream, name) for name in _STATE)


def draw_lines(
    lines: Iterable[Any], fonts: dict[Any, Any], marks: int, state: tuple[Any, ...]
) -> tuple[list[Any], tuple[Any, ...]]:
    """The operators that paint lines in a page's stream, and the stream's state after them.

    `marks` marked-content sequences and the `state` have gone before.
    """
    tags: dict[object, Any] = {object(): {} for _ in range(marks)}
    stream = Stream(fonts, (0, 0, 1, 1), {"ExtGState": {}}, {}, tags, {}, None)
    for name, value in zip(_STATE, state, strict=True):
        setattr(stream, name, value)
    for line in lines:
        _draw_inline(stream, None, line)
    return stream.stream, state_of(stream)


def lay_out_lines(context: Any, line: Any, position_y: float, block: Any) -> list[Any]:
    """A block's contents, as built, broken into lines below a height, as in the block's place."""
    context._excluded_shapes_root_boxes, context._excluded_shapes = [None], {None: []}
    line.position_x = block.content_box_x()
    pairs = iter_line_boxes(context, line, position_y, -inf, None, block, [], [], None, None)
    return [made for made, _ in pairs]


def set_line(style: Any, text: str) -> list[Any]:
    """The operators with which WeasyPrint sets a text in a style, in one line, at no place."""
    layout = Layout(style)
    layout.set_text(text)
    layout.get_first_line()
    layout.deactivate()
    box = SimpleNamespace(style=style, text=text, pango_layout=layout, baseline=0)
    box.position_x = box.position_y = 0
    stream = Stream({}, (0, 0, 1, 1), {"ExtGState": {}}, {}, None, {}, None)
    _draw_text_noted(stream, box, 0, "clip", "none")
    operators: list[Any] = stream.stream
    return operators


def features_of(style: Any) -> dict[str, int]:
    """The OpenType features that a style switches on or off."""
    found: dict[str, int] = font_features(
        style["font_kerning"],
        style["font_variant_ligatures"],
        style["font_variant_position"],
        style["font_variant_caps"],
        style["font_variant_numeric"],
        style["font_variant_alternates"],
        style["font_variant_east_asian"],
        style["font_feature_settings"],
    )
    return found


_add_font = Stream.add_font


def _add_font_with_alphabet(stream: Any, pango_font: Any) -> Any:
    """A font as WeasyPrint 70 adds it, with the glyphs that every letter's font has.

    So what a font carries follows from the layout, not from the text. Fonts to fall back to have
    only what is needed of them.
    """
    font, size = _add_font(stream, pango_font)
    style = _painting.style
    if style is not None and is_running_text(style, font):
        features = tuple(features_of(style).items())
        filled = font.__dict__.setdefault("filled", set())
        if (style["lang"], features) not in filled:
            filled.add((style["lang"], features))
            font.whole = font.file_content
            glyphs = alphabet(font.file_content, font.index, style["lang"] or "en", features)
            for glyph, (text, width) in glyphs.items():
                font.to_unicode.setdefault(glyph, text)
                font.widths.setdefault(glyph, width)
    return font, size


Stream.add_font = _add_font_with_alphabet


def is_running_text(style: Any, font: Any) -> bool:
    """Whether names may be set in a style: no fallback's font, small capitals, bold italics."""
    return bool(
        (font is None or font.family == style["font_family"][0])
        and style["font_variant_caps"] == style["font_variant_position"] == "normal"
        and not (style["font_weight"] > _NORMAL and style["font_style"] != "normal")
    )


_subset = Font.subset


def _subset_once(font: Any, to_unicode: Any, hinting: Any) -> None:
    """Cut a font down as WeasyPrint 70 does, once for all letters that have the same glyphs."""
    if font.missing:
        _subset(font, to_unicode, hinting)
        return
    key = (font.file_content, font.index, tuple(sorted(to_unicode)), hinting)
    known = _subsets.get(key)
    if known is None:
        _subset(font, to_unicode, hinting)
        known = _subsets[key] = font.file_content
        if len(_subsets) > _SUBSETS_AT_MOST:
            del _subsets[next(iter(_subsets))]
    font.file_content = known


_subsets: dict[Any, bytes] = {}
_SUBSETS_AT_MOST = 32
Font.subset = _subset_once
