"""The word DRAFT across each page of a draft's PDF."""

from functools import cache
from typing import Any

from advocacy.documents.fonts import BODY, FAMILIES
from advocacy.documents.frame import DRAFT

_RED, _OPACITY = (0.65, 0.05, 0.05), 0.16
"""So strong that it is seen on every page, and so weak that text below it is read."""
_ACROSS = 0.72
"""The length of the word, as a share of the page's diagonal."""
_BOLD = 600
Outlines = tuple[bytes, float, float]
"""Operators that build a path, and its width and height, in the font's units."""


@cache
def _text_outlines(text: str) -> Outlines:
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


def mark_pages(pdf: Any) -> None:
    """A `finisher` of `write_pdf`, after the others: the word across each page of a PDF.

    It lies above the page's own text, which shows through, and is an artifact (ISO 32000-1,
    14.8.2.2) that no reader reads out. It is drawn as outlines and needs no font.
    """
    import pydyf

    outlines, width, height = _text_outlines(DRAFT)
    begin = pydyf.Stream([b"q"])
    state = pydyf.Dictionary({"Type": "/ExtGState", "ca": _OPACITY})
    pdf.add_object(begin)
    pdf.add_object(state)
    for reference in pdf.page_references:
        page = pdf.objects[int(reference.split()[0])]
        left, bottom, right, top = page["MediaBox"]
        across, up = float(right) - float(left), float(top) - float(bottom)
        diagonal = (across**2 + up**2) ** 0.5
        scale = _ACROSS * diagonal / width
        cos, sin = scale * across / diagonal, scale * up / diagonal
        x = float(left) + across / 2 - (cos * width - sin * height) / 2
        y = float(bottom) + up / 2 - (sin * width + cos * height) / 2
        mark = pydyf.Stream(
            [
                b"Q",
                b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC",
                b"q /Draft gs",
                b"%.3f %.3f %.3f rg" % _RED,
                b"%.5f %.5f %.5f %.5f %.3f %.3f cm" % (cos, sin, -sin, cos, x, y),
                outlines,
                b"f Q",
                b"EMC",
            ]
        )
        pdf.add_object(mark)
        _add_state(pdf, page, state.reference)
        contents = page["Contents"]
        between = contents if isinstance(contents, list) else [contents]
        page["Contents"] = pydyf.Array([begin.reference, *between, mark.reference])


def _add_state(pdf: Any, page: Any, state: bytes) -> None:
    """Name the graphics state `Draft` among a page's resources, which pages may share."""
    import pydyf

    resources = page["Resources"]
    if isinstance(resources, bytes):
        resources = pdf.objects[int(resources.split()[0])]
    states = resources.setdefault("ExtGState", pydyf.Dictionary())
    if isinstance(states, bytes):
        states = pdf.objects[int(states.split()[0])]
    states["Draft"] = state
