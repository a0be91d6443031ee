"""WeasyPrint, without the machine's fonts.

Fontconfig reads a configuration of our own, which names no fonts and no rules, so that a page
is the same on every machine. All of advocacy imports WeasyPrint from here.
"""

import math
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from advocacy.documents.alphabet import alphabet
from advocacy.fonts import BODY, face_rules
from advocacy.libraries import require_pango

_FONTS_CONF = Path(__file__).with_name("fonts.conf")
_VARIABLE = "FONTCONFIG_FILE"
_NORMAL = 400
_lock = threading.RLock()


@contextmanager
def own_fonts_only() -> Iterator[None]:
    """While it lasts, a font configuration that is made knows no font of the machine."""
    with _lock:
        before = os.environ.get(_VARIABLE)
        os.environ[_VARIABLE] = str(_FONTS_CONF)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before


require_pango()  # in one line; WeasyPrint would print a page
with own_fonts_only(), warnings.catch_warnings():
    # It warns that there are no fonts, which is what is wanted.
    warnings.filterwarnings("ignore", category=UserWarning)
    import weasyprint
    from weasyprint import draw as _draw
    from weasyprint.layout import LayoutContext
    from weasyprint.layout import block as _block
    from weasyprint.pdf.fonts import Font
    from weasyprint.pdf.stream import Stream
    from weasyprint.text.ffi import pango
    from weasyprint.text.fonts import FontConfiguration, font_features
    from weasyprint.text.line_break import Layout
    from weasyprint.urls import URLFetcher, URLFetcherResponse


def font_configuration() -> FontConfiguration:
    """A new configuration with the body's font alone.

    That one is always there: Pango ends the process where there is no font at all.
    """
    with own_fonts_only():
        config = FontConfiguration()
    weasyprint.CSS(
        string=face_rules([BODY]),
        font_config=config,
        url_fetcher=URLFetcher(allowed_protocols=("file",)),
    )
    return config


def pango_version() -> str:
    """The version of the Pango that sets the type here: `1.50.12`."""
    number: int = pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


_lay_out_lines = _block._linebox_layout


def _lay_out_lines_well(
    context: Any,
    box: Any,
    index: Any,
    child: Any,
    new_children: Any,
    page_is_empty: Any,
    *rest: Any,
) -> Any:
    """Lay out a paragraph's lines as WeasyPrint 70 does, and put two things right.

    It obeys `footnote-policy: line` where a note does not fit, but not where orphans and widows
    forbid to break before a line: there it moves notes to the next page to make room, those of
    earlier paragraphs too. Here the paragraph goes to the next page instead, unless it is the
    first on its page.

    And it divides words at the end of a page; here such lines go to the next page, if enough
    lines stay; a paragraph of which only such lines would stay goes there as a whole.
    """
    here, moved = list(context.current_page_footnotes), list(context.reported_footnotes)
    result = _lay_out_lines(context, box, index, child, new_children, page_is_empty, *rest)
    abort, stop, resume_at, position_y, new_notes, max_lines = result
    torn = [
        note
        for note in context.reported_footnotes
        if note not in moved and note.style["footnote_policy"] == "line"
    ]
    if torn and not page_is_empty:
        for note in new_notes:
            context.unlayout_footnote(note)
        context.reported_footnotes[:] = moved
        context.current_page_footnotes[:] = here
        context._update_footnote_area()
        return True, False, resume_at, position_y, new_notes, max_lines
    if stop and new_children:
        fewest = max(box.style["orphans"], 1)
        whole = (
            n for n in range(len(new_children), fewest - 1, -1) if not _divides(new_children, n)
        )
        keep = next(whole, len(new_children))
        if _divides(new_children, keep) and keep <= fewest + 1 and not page_is_empty:
            return True, False, resume_at, position_y, new_notes, max_lines
        for line in new_children[keep:]:
            position_y = min(position_y, line.position_y)
            _block.remove_placeholders(context, line.children, *rest[:2])
        del new_children[keep:]
        resume_at = {index: new_children[-1].resume_at}
    return abort, stop, resume_at, position_y, new_notes, max_lines


def _divides(lines: Any, count: int) -> bool:
    """Whether the last of so many lines ends within a word."""
    line = box = lines[count - 1]
    while getattr(box, "children", None):
        box = box.children[-1]
    text = getattr(box, "text", None) or ""
    return line.resume_at is not None and text.endswith(box.style["hyphenate_character"])


_block._linebox_layout = _lay_out_lines_well


_make_room = LayoutContext._update_footnote_area


def _make_room_exactly(context: Any) -> bool:
    """Whether the notes overflow their area, as WeasyPrint 70 finds out, but for rounding.

    It adds up heights in two ways and compares the sums; where they differ in the last digit, a
    note went to the next page for nothing. An area without a greatest height has room for all.
    """
    overflows: bool = _make_room(context)
    return overflows and context.current_footnote_area.style["max_height"].value != math.inf


LayoutContext._update_footnote_area = _make_room_exactly


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

__all__ = [
    "Drawn",
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
    "drawn_texts",
    "features_of",
    "font_configuration",
    "own_fonts_only",
    "pango_version",
    "set_line",
    "weasyprint",
]
