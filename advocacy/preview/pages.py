"""Pages of a PDF for the screen: a picture of each, and the positions of its words."""

import ctypes
import hashlib
import struct
import unicodedata
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

MOST_PIXELS = 2600
_SAME_LINE = 0.6  # points


class TextRun(NamedTuple):
    """Words of one line, with their box in points from the page's upper left corner."""

    text: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A page: the digest of its picture, its size in points, its words.

    `png` is None where the caller has the picture already.
    """

    digest: str
    width: float
    height: float
    runs: tuple[TextRun, ...]
    png: bytes | None

    def record(self) -> dict[str, Any]:
        """Describe the page for the browser, which fetches the picture by its digest."""
        return {
            "digest": self.digest, "width": self.width, "height": self.height, "runs": self.runs
        }  # fmt: skip


def render_pages(data: bytes, width: int, known: frozenset[str]) -> tuple[PreviewPage, ...]:
    """Render the pages of a PDF `width` pixels wide; `known` are digests of pictures at hand."""
    document = pypdfium2.PdfDocument(data)
    try:
        return tuple(_page(page, min(width, MOST_PIXELS), known) for page in document)
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage, width: int, known: frozenset[str]) -> PreviewPage:
    points, height = page.get_size()
    picture = page.render(scale=width / points).to_pil()
    if picture.mode != "RGB":  # as of a page that lets something shine through
        picture = picture.convert("RGB")
    bands = [band.tobytes() for band in picture.split()]
    gray = bands[0] == bands[1] == bands[2]  # as most letters are: a third of the work
    pixels = bands[0] if gray else picture.tobytes()
    digest = hashlib.sha1(pixels, usedforsecurity=False).hexdigest()[:24]
    digest = f"{digest}-{picture.width}"
    png = None if digest in known else _png(pixels, *picture.size, gray=gray)
    text = page.get_textpage()
    try:
        runs = _known_runs(digest, text, height)
    finally:
        text.close()
    return PreviewPage(digest, points, height, runs, png)


_runs_by_page: OrderedDict[tuple[str, str], tuple[TextRun, ...]] = OrderedDict()
_MOST_RUNS = 64


def _known_runs(digest: str, text: pypdfium2.PdfTextPage, height: float) -> tuple[TextRun, ...]:
    """The runs of a page; those of one with the same picture and text are found once."""
    key = digest, text.get_text_range()
    if key not in _runs_by_page:
        _runs_by_page[key] = tuple(_runs(text, height))
    _runs_by_page.move_to_end(key)
    while len(_runs_by_page) > _MOST_RUNS:
        _runs_by_page.popitem(last=False)
    return _runs_by_page[key]


def _png(pixels: bytes, width: int, height: int, *, gray: bool) -> bytes:
    """A PNG file (W3C PNG, 3rd edition) of rows without a filter.

    Pillow tries five filters for each row, which takes five times as long and saves text no byte.
    """
    row = width if gray else 3 * width
    rows = b"".join(
        part for at in range(0, len(pixels), row) for part in (b"\0", pixels[at : at + row])
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if gray else 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _runs(text: pypdfium2.PdfTextPage, height: float) -> Iterator[TextRun]:
    """Join the characters of a page into runs, each within one line and of one direction."""
    box = pdfium.FS_RECTF()
    run: _Run | None = None
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        char = "-" if code == 0x2 else chr(code) if 0x20 <= code < 0x110000 else ""
        if not char or 0xD800 <= code < 0xE000:
            continue
        if char.isspace():
            if run is not None and not run.words.endswith(" "):
                run.words += " "
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
            continue
        if run is not None and not run.add(char, box):
            yield run.finish(height)
            run = None
        run = run or _Run(char, box)
    if run is not None:
        yield run.finish(height)


class _Run:
    """Characters of one line, in the order in which they are read; sides are in points."""

    __slots__ = ("bottom", "last", "left", "right", "rtl", "top", "words")

    def __init__(self, char: str, box: Any) -> None:
        self.words, self.rtl = char, _is_rtl(char)
        self.left, self.right, self.top, self.bottom = box.left, box.right, box.top, box.bottom
        self.last = box.left

    def add(self, char: str, box: Any) -> bool:
        """Whether a character goes on with the run, which then has it."""
        near, rtl = 1.5 * (self.top - self.bottom), _is_rtl(char)
        if abs(box.bottom - self.bottom) >= _SAME_LINE or box.left - self.right >= near:
            return False
        # The letters of a ligature have one box; others may stand a little before the last end.
        goes_on = box.left > min(self.last - 1, self.right - 4) and not rtl
        if self.rtl:
            before = self.left - box.right < near and box.left < self.left + 3  # a mark: above it
            goes_on = before or (goes_on and not self.words[-1].isspace())
        if not goes_on:
            return False
        self.words += char
        self.left, self.right = min(self.left, box.left), max(self.right, box.right)
        self.last = box.left
        return True

    def finish(self, height: float) -> TextRun:
        lengths = self.left, height - self.top, self.right - self.left, self.top - self.bottom
        return TextRun(self.words.strip(), *(round(length, 1) for length in lengths))


def _is_rtl(char: str) -> bool:
    return char > "\u0590" and unicodedata.bidirectional(char) in ("R", "AL")
