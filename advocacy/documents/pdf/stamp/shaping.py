"""A line of text as the operands that WeasyPrint would write for it, without WeasyPrint.

HarfBuzz gives the glyphs; the numbers between them are worked out as in WeasyPrint 70's
`draw_first_line`. Whether they come out the same is tried when a style is first met.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import uharfbuzz as hb
from pydyf import _to_bytes

from advocacy.documents.pdf.alphabet import Glyphs, alphabet, face_of, letters_of, shaped
from advocacy.documents.pdf.painting import features_of, set_line

UNITS = 1024
"""Pango's units to a CSS pixel."""
_MOST_KNOWN = 4096
# All that changes how a line is set, at its initial value.
_PLAIN = {
    "letter_spacing": "normal", "word_spacing": 0, "text_transform": "none",
    "white_space": "normal", "direction": "ltr", "unicode_bidi": "normal",
    "visibility": "visible", "font_language_override": "normal",
}  # fmt: skip
_PROBE = "AVATo Wáclaw Tœrn, “Office” & fjord–fluff! No. 12,345/67 (Ty’s) fi"


FONT = re.compile(rb"/(\w+) ([\d.]+) Tf")
"""The operator that chooses a font: its name and size."""


def as_bytes(operator: Any) -> bytes:
    """An operator of pydyf's as it is written."""
    return bytes(_to_bytes(operator))


def carried_glyphs(font: Any, style: Any) -> Glyphs:
    """The glyphs that one of WeasyPrint's fonts always carries for a style."""
    if not hasattr(font, "whole"):
        return {}
    features = tuple(features_of(style).items())
    return alphabet(font.whole, font.index, style["lang"] or "en", font.sets, features)


@dataclass(frozen=True, slots=True)
class Line:
    """A set line: its operand of `TJ` with the operator, and its width in Pango's units."""

    operator: bytes
    width: int


@dataclass(slots=True)
class Shaper:
    """Sets lines in one style; `of` gives None for a style in which it cannot.

    `widths` are the fonts' own, in thousandths, by glyph.
    """

    font: hb.Font
    size: float
    language: str
    features: Mapping[str, int]
    letters: frozenset[str]
    widths: Mapping[int, int]
    known: dict[str, Line | None] = field(default_factory=dict)
    parts: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, style: Any, font: Any, units: int) -> "Shaper | None":
        """For a style, in one of WeasyPrint's fonts at so many units; None where it differs."""
        if any(style[name] != value for name, value in _PLAIN.items()):
            return None
        if style["text_decoration_line"] != "none" or not hasattr(font, "whole") or font.missing:
            return None
        language = style["lang"] or "en"
        hb_font = hb.Font(face_of(font.whole, font.index))
        hb_font.scale = (units, units)
        shaper = cls(
            hb_font,
            units / UNITS,
            language,
            features_of(style),
            letters_of(language, font.sets),
            {glyph: width for glyph, (_, width) in carried_glyphs(font, style).items()},
        )
        probe = shaper.set(_PROBE)
        return shaper if probe and probe.operator in set_line(style, _PROBE) else None

    def set(self, text: str) -> Line | None:
        """Set a text; None where it has characters that the font does not always carry."""
        try:
            return self.known[text]
        except KeyError:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            line = self.known[text] = self._set(text)
            return line

    def _set(self, text: str) -> Line | None:
        if not self.letters.issuperset(text):
            return None
        total, known, parts = 0, self.parts, []
        infos, positions = shaped(self.font, text, self.language, self.features)
        for info, place in zip(infos, positions, strict=True):
            glyph, width = info.codepoint, place.x_advance
            part = known.get((glyph, width)) if not place.x_offset else None
            if part is None:
                if place.y_offset or glyph not in self.widths:
                    return None
                part = self._part(glyph, width, place.x_offset / self.size)
                if not place.x_offset:
                    known[glyph, width] = part
            elif place.y_offset:
                return None
            parts.append(part)
            total += width
        string = "<" + "".join(parts)
        string = string[:-1] if string[-1] == "<" else string + ">"
        return Line(f"[{string}] TJ".encode(), total)

    def _part(self, glyph: int, width: int, offset: float) -> str:
        """A glyph and the number after it, which moves the next one to its place."""
        kerning = self.widths[glyph] + offset - width * 1000 / UNITS / self.size
        part = f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"
        return f">{-offset}<{part}" if offset else part
