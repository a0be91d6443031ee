"""Pictures for screens: as mail programs and Word show them, PNG or JPEG of a sensible size.

They know neither WebP nor SVG in every version, so these become PNG. A picture of more pixels than
a screen shows is made smaller. The same file gives the same bytes.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from advocacy.files.pictures import BIGGEST_FILE, Picture, eight_bits
from advocacy.files.text import read_start

WIDEST = 1200
"""So many pixels across, at most."""
_SHARP = 2  # pixels of a drawing to one of CSS
_KEPT = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """A picture as it travels: its bytes, its media type, and its size in pixels of CSS."""

    data: bytes
    kind: str
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """What its file name ends in: `png` or `jpg`."""
        return _KEPT[self.kind]


@lru_cache(maxsize=64)  # saves drawing a picture again for each letter
def screen_picture(picture: Picture, path: Path) -> ScreenPicture:
    """A picture for screens; `path` is its file."""
    data = eight_bits(read_start(path, BIGGEST_FILE))
    if picture.kind == "image/svg+xml":
        return _drawn(data)
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        if picture.kind in _KEPT and image.width <= WIDEST:
            return ScreenPicture(data, picture.kind, *image.size)
        image.load()
        is_photograph = picture.kind == "image/jpeg"
        small = image.convert("RGB" if is_photograph else "RGBA")
        if small.width > WIDEST:
            height = max(1, round(small.height * WIDEST / small.width))
            small = small.resize((WIDEST, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.save(out, "JPEG" if is_photograph else "PNG", optimize=True)
        kind = picture.kind if is_photograph else "image/png"
        return ScreenPicture(out.getvalue(), kind, *small.size)


def _drawn(data: bytes) -> ScreenPicture:
    """A drawing as PNG, on white: what is transparent in it may be meant for paper."""
    import base64

    import pypdfium2

    from advocacy.documents.svg_gradients import weasyprint
    from advocacy.documents.typesetter import font_configuration, typesetting

    address = f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
    html = (
        "<style>@page { margin: 0; size: 600px 4000px } body { margin: 0 }"
        f'img {{ display: block; max-width: 600px }}</style><img src="{address}">'
    )
    with typesetting:
        document = weasyprint.HTML(string=html).render(font_config=font_configuration())
        box = next(b for b in document.pages[0]._page_box.descendants() if b.element_tag == "img")
        pdf = pypdfium2.PdfDocument(document.write_pdf())
    try:
        page = pdf[0]
        picture = page.render(scale=_SHARP * 96 / 72).to_pil()
    finally:
        pdf.close()
    size = (max(1, round(box.width * _SHARP)), max(1, round(box.height * _SHARP)))
    out = io.BytesIO()
    picture.crop((0, 0, *size)).save(out, "PNG", optimize=True)
    return ScreenPicture(
        out.getvalue(), "image/png", max(1, round(box.width)), max(1, round(box.height))
    )
