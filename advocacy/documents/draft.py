"""What a draft says of itself in every medium: that it is one, where no layout can hide it.

A draft is a letter that was not judged, or that was refused. It is made to be read by colleagues.
"""

import re
from typing import Any

WORD = "DRAFT"
LINE = "DRAFT: not for sending."
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_STYLE = (
    "display:block !important;visibility:visible !important;margin:0 !important;"
    "padding:8px 16px !important;background:#9c1c1c !important;color:#ffffff !important;"
    "font:bold 16px/24px sans-serif !important;text-align:center !important"
)
_BANNER = f'<p lang="en" dir="ltr" style="{_STYLE}">{LINE}</p>'
_RED, _OPACITY = (0.65, 0.05, 0.05), 0.16
"""So strong that it is seen on every page, and so weak that text below it is read."""
_ACROSS = 0.72
"""The length of the word, as a share of the page's diagonal."""


def draft_subject(subject: str) -> str:
    """The subject of a draft's email."""
    return f"{WORD}: {subject}"


def draft_text(text: str) -> str:
    """A plain text that says at its beginning and end that it is a draft."""
    return f"{LINE}\n\n{text.rstrip()}\n\n{LINE}\n"


def draft_html(html: str) -> str:
    """A page with a banner above and below its text."""
    opened = _BODY.search(html)
    at = opened.end() if opened else 0
    closed = html.rfind("</body>")
    end = closed if closed >= at else len(html)
    return f"{html[:at]}{_BANNER}{html[at:end]}{_BANNER}{html[end:]}"


def mark_pages(pdf: Any) -> None:
    """A `finisher` of `write_pdf`, after the others: the word across each page of a PDF.

    It lies above the page's own text, which shows through, and is an artifact (ISO 32000-1,
    14.8.2.2) that no reader reads out. It is drawn as outlines and needs no font.
    """
    import pydyf

    from advocacy.documents.pdf.outlines import text_outlines

    outlines, width, height = text_outlines(WORD)
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
