"""The outlines of a short text as PDF operators, for what must not depend on a layout's fonts."""

from functools import cache
from typing import Any

from advocacy.documents.fonts import BODY, FAMILIES

_BOLD = 600
Outlines = tuple[bytes, float, float]
"""Operators that build a path, and its width and height, in the font's units."""


@cache
def text_outlines(text: str) -> Outlines:
    """The outlines of a text in the letters' font, bold, from the baseline's beginning.

    Raises KeyError for a character that the font does not have.
    """
    from fontTools.pens.basePen import BasePen
    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont

    class PathPen(BasePen):  # type: ignore[misc]
        """Writes a path's operators (ISO 32000-1, 8.5.2)."""

        def __init__(self, glyphs: Any) -> None:
            super().__init__(glyphs)
            self.operators: list[bytes] = []

        def _moveTo(self, point: Any) -> None:  # noqa: N802
            self.operators.append(b"%.1f %.1f m" % point)

        def _lineTo(self, point: Any) -> None:  # noqa: N802
            self.operators.append(b"%.1f %.1f l" % point)

        def _curveToOne(self, one: Any, two: Any, three: Any) -> None:  # noqa: N802
            self.operators.append(b"%.1f %.1f %.1f %.1f %.1f %.1f c" % (*one, *two, *three))

        def _closePath(self) -> None:  # noqa: N802
            self.operators.append(b"h")

    faces = [path for path, weight, style in FAMILIES[BODY].faces if style == "normal"
             and weight >= _BOLD]  # fmt: skip
    with TTFont(faces[-1]) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        pen, bounds, at = PathPen(glyphs), BoundsPen(glyphs), 0.0
        for char in text:
            glyph = glyphs[names[ord(char)]]
            for each in (pen, bounds):
                glyph.draw(TransformPen(each, (1, 0, 0, 1, at, 0)))
            at += glyph.width
    return b"\n".join(pen.operators), at, float(bounds.bounds[3])
