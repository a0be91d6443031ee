"""The pages of a PDF as pictures that stand inside a page of HTML."""

import io
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

WIDTH, SMALL = 1000, 520
"""Pixels across a page: small enough for mail, large enough to read the notes; and to know it."""
SHADES, COLOURS = 16, 96


@dataclass(frozen=True, slots=True)
class Picture:
    """One page: its size in pixels, and its address with the picture in it."""

    width: int
    height: int
    address: str


def pictures(pdf: bytes) -> tuple[Picture, ...]:
    """The first page of a PDF in small, then each page to be read."""
    with pypdfium2.PdfDocument(pdf) as document:
        return (_drawn(document[0], SMALL), *(_drawn(page, WIDTH) for page in document))


def _drawn(page: Any, width: int) -> Picture:
    drawn = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    address = f"data:image/png;base64,{b64encode(_png(drawn)).decode()}"
    return Picture(drawn.width, drawn.height, address)


def _png(picture: Image.Image) -> bytes:
    """As a PNG of few colours: a third of the size, and text looks the same."""
    red, green, blue = picture.split()
    is_grey = not (
        ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox()
    )
    small = red.quantize(SHADES) if is_grey else picture.quantize(COLOURS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
