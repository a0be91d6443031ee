"""What WeasyPrint paints: noted as it is painted, in fonts that are the same for all letters.

Like `typesetter`, which loads WeasyPrint, this changes WeasyPrint 70 where it is loaded.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from weasyprint import draw as _draw
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.text.fonts import font_features
from weasyprint.text.line_break import Layout

from advocacy.documents.alphabet import alphabet
from advocacy.documents.typesetter import weasyprint

__all__ = ["Drawn", "drawn_texts", "features_of", "set_line", "weasyprint"]

_NORMAL = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text that was painted: its box, and where its operators stand in its page's stream."""

    box: Any
    stream: Any
    start: int
    end: int


class _Painting(threading.local):
    """What is being painted in this thread."""

    style: Any = None
    drawn: list[Drawn] | None = None


_painting = _Painting()


@contextmanager
def drawn_texts() -> Iterator[list[Drawn]]:
    """While it lasts, what this thread paints is noted, in the order of painting."""
    drawn: list[Drawn] = []
    _painting.drawn = drawn
    try:
        yield drawn
    finally:
        _painting.drawn = None


_draw_text = _draw.draw_text


def _draw_text_noted(stream: Any, textbox: Any, *rest: Any) -> None:
    start = len(stream.stream)
    _painting.style = textbox.style
    _draw_text(stream, textbox, *rest)
    if _painting.drawn is not None:
        _painting.drawn.append(Drawn(textbox, stream, start, len(stream.stream)))


_draw.draw_text = _draw_text_noted


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
    if style is not None and _is_running_text(style, font):
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


def _is_running_text(style: Any, font: Any) -> bool:
    """Whether names may be set in a style: no fallback's font, small capitals, bold italics."""
    return bool(
        font.family == style["font_family"][0]
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
