"""The text of a PDF that a reader sees.

Each page is drawn twice, with its text and without. A character is seen where that makes a
difference, so one that is white, covered, cut off or off the page is not, however it came to be so.
One that is too small to be read is not seen either, nor is a word that is too narrow or too pale.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SMALLEST = 4.5
"""Points (1/72 inch) that a line of print must be high; notes are set in 7 or more."""
_NARROWEST = 0.15
"""How wide the characters of a word must be on average, compared with the highest of them."""
_SHORT = 3
"""Characters of a word that is not judged so: ligatures have the width of one letter, and the
strokes of a few letters may all lie between pixels, which makes black print gray."""
_SCALE = 2
"""Pixels for each point: strokes of small print are as wide as a pixel."""
_FAINTEST = 48
"""Of 255 levels of gray: what black print adds to white paper is up to 255."""
_LEAST_CONTRAST = 3.0
"""Between a word and its ground (WCAG 2.2, contrast ratio)."""
_COVERED = 0.8
"""How much of a pixel the strokes of small print cover, where they cover it best in a word."""
_GAMMA = 2.2
"""Light is this power of a level of gray (sRGB, nearly)."""
_SHOWS_TEXT = frozenset(("Tj", "TJ", "'", '"'))


@dataclass(frozen=True, slots=True)
class _Character:
    """What is seen of a character of a word, its width and height in points, and if it is dark."""

    seen: str
    width: float
    height: float
    is_dark: bool


def seen_pages(data: bytes) -> tuple[str, ...]:
    """The visible text of a PDF's pages."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as shown, pypdfium2.PdfDocument(_without_text(data)) as blank:
        return tuple(_seen(page, blank[number]) for number, page in enumerate(shown))


def _seen(page: Any, blank: Any) -> str:
    from pypdfium2 import raw

    ground = _drawn(blank)
    ink, dark_ink = _differences(_drawn(page), ground)
    text = page.get_textpage()
    top = page.get_height()
    found: list[str] = []
    word: list[_Character] = []
    for index in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if not char.isalnum():
            found += [*_readable(word), char]
            word = []
            continue
        left, bottom, right, upper = text.get_charbox(index)
        first, lower, last, higher = text.get_charbox(index, loose=True)
        box = (left, top - upper, right, top - bottom)
        is_seen = higher - lower >= SMALLEST and _has_ink(ink, box)
        is_dark = is_seen and _has_ink(dark_ink, box)
        word.append(_Character(char if is_seen else "", last - first, upper - bottom, is_dark))
    return "".join([*found, *_readable(word)])


def _readable(word: list[_Character]) -> list[str]:
    """The characters of a word that are seen: none where it is squeezed to strokes, or pale."""
    if len(word) > _SHORT:
        width = sum(one.width for one in word) / len(word)
        is_narrow = width < _NARROWEST * max(one.height for one in word)
        if is_narrow or not any(one.is_dark for one in word):
            return []
    return [one.seen for one in word]


def _has_ink(ink: "Image", box: tuple[float, float, float, float]) -> bool:
    left, upper, right, lower = (round(edge * _SCALE) for edge in box)
    if right <= 0 or lower <= 0 or left >= ink.width or upper >= ink.height:
        return False
    part = ink.crop((max(left - 1, 0), max(upper - 1, 0), right + 1, lower + 1))
    return part.getbbox() is not None


def _drawn(page: Any) -> "Image":
    image: Image = page.render(scale=_SCALE, grayscale=True, may_draw_forms=False).to_pil()
    return image.convert("L")


def _differences(shown: "Image", blank: "Image") -> tuple["Image", "Image"]:
    """The pixels in which two pictures differ visibly, and in which they differ as print has to.

    Both as pictures of black and white.
    """
    from PIL import ImageChops

    levels = [255 * (level >= _FAINTEST) for level in range(256)]
    difference = ImageChops.difference(shown, blank)
    wanted = blank.point([_wanted_difference(level) for level in range(256)])
    dark = ImageChops.subtract(difference, wanted).point([0, *[255] * 255])
    return difference.point(levels), dark


def _wanted_difference(ground: int) -> int:
    """By how many levels of gray a pixel of print must differ from its ground."""
    light: float = (ground / 255) ** _GAMMA + 0.05
    darker, lighter = light / _LEAST_CONTRAST - 0.05, light * _LEAST_CONTRAST - 0.05
    steps = [ground - 255 * max(darker, 0) ** (1 / _GAMMA)] * (darker >= 0)
    steps += [255 * lighter ** (1 / _GAMMA) - ground] * (lighter <= 1)
    return int(min(steps) * _COVERED)


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
