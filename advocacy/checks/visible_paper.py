"""The text of a PDF that a reader sees.

Each page is drawn twice, with its text and without. A character is seen where that makes a
difference, so one that is white, pale, covered, cut off or off the page is not, however it came to
be so. One that is too small to be read is not seen either, nor is a word that is too narrow.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SMALLEST = 4.5
"""Points (1/72 inch) that a line of print must be high; notes are set in 7 or more."""
_NARROWEST = 0.15
"""How wide the characters of a word must be on average, compared with the highest of them."""
_SHORT = 3
"""Characters of a word that is not judged so: ligatures have the width of one letter."""
_SCALE = 2
"""Pixels for each point: strokes of small print are as wide as a pixel."""
_FAINTEST = 48
"""Of 255 levels of gray: what black print adds to white paper is up to 255."""
_SHOWS_TEXT = frozenset(("Tj", "TJ", "'", '"'))


def seen_pages(data: bytes) -> tuple[str, ...]:
    """The visible text of a PDF's pages."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as shown, pypdfium2.PdfDocument(_without_text(data)) as blank:
        return tuple(_seen(page, blank[number]) for number, page in enumerate(shown))


def _seen(page: Any, blank: Any) -> str:
    from pypdfium2 import raw

    ink = _difference(_drawn(page), _drawn(blank))
    text = page.get_textpage()
    top = page.get_height()
    found: list[str] = []
    word: list[tuple[str, float, float]] = []  # what is seen, its width, its height
    for index in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if not char.isalnum():
            found += [*_wide_enough(word), char]
            word = []
            continue
        left, bottom, right, upper = text.get_charbox(index)
        first, lower, last, higher = text.get_charbox(index, loose=True)
        box = (left, top - upper, right, top - bottom)
        is_seen = higher - lower >= SMALLEST and _has_ink(ink, box)
        word.append((char if is_seen else "", last - first, upper - bottom))
    return "".join([*found, *_wide_enough(word)])


def _wide_enough(word: list[tuple[str, float, float]]) -> list[str]:
    """The characters of a word that are seen: none where it is squeezed to strokes."""
    if len(word) > _SHORT:
        width = sum(width for _, width, _ in word) / len(word)
        if width < _NARROWEST * max(height for _, _, height in word):
            return []
    return [char for char, _, _ in word]


def _has_ink(ink: "Image", box: tuple[float, float, float, float]) -> bool:
    left, upper, right, lower = (round(edge * _SCALE) for edge in box)
    if right <= 0 or lower <= 0 or left >= ink.width or upper >= ink.height:
        return False
    part = ink.crop((max(left - 1, 0), max(upper - 1, 0), right + 1, lower + 1))
    return part.getbbox() is not None


def _drawn(page: Any) -> "Image":
    image: Image = page.render(scale=_SCALE, grayscale=True, may_draw_forms=False).to_pil()
    return image.convert("L")


def _difference(shown: "Image", blank: "Image") -> "Image":
    """The pixels in which two pictures differ visibly, as a picture of black and white."""
    from PIL import ImageChops

    levels = [255 * (level >= _FAINTEST) for level in range(256)]
    return ImageChops.difference(shown, blank).point(levels)


def _without_text(data: bytes) -> bytes:
    """The PDF without the text of its pages, and of the forms that these draw."""
    import pikepdf

    with pikepdf.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.Contents = pdf.make_stream(_silenced(pikepdf.parse_content_stream(page)))
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form":
                one.write(_silenced(pikepdf.parse_content_stream(one)))
        written = BytesIO()
        pdf.save(written)
        return written.getvalue()


def _silenced(commands: Any) -> bytes:
    import pikepdf

    kept = [one for one in commands if str(one.operator) not in _SHOWS_TEXT]
    return pikepdf.unparse_content_stream(kept)
