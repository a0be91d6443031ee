"""One font for many letters: the union of the subsets that each of them carries.

WeasyPrint keeps the numbers of glyphs when it takes a subset of a font, so that a page's text
means the same glyphs whichever letters' subset it is shown with. Two subsets are joined only
where all they have in common is the same: outlines, widths, and the text they stand for. fontTools
reads and writes the fonts (OpenType 1.9).

It pays where letters have characters of their own: of 300 letters, a third of them with a name in
another script, the merged file has 1.2 MB instead of 1.7.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any

from advocacy.documents.print_shop.pdf_writer import PdfWriter, entries_of

_HINTS = ("cvt ", "fpgm", "prep")
"""What glyphs' instructions refer to: the same in all subsets of a font."""
_KEPT = ("glyf", "head", "hhea", "hmtx", "loca", "maxp", *_HINTS)
"""What a PDF needs of a TrueType font (ISO 32000-1, 9.9)."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """An outline as the font stores it, advance and left bearing, and the glyphs it is made of.

    In the `outline` of a glyph that is made of `parts`, zeros stand for their numbers: a subset
    gives other numbers to glyphs that occur only in others.
    """

    outline: bytes
    metrics: tuple[int, int]
    parts: tuple["Glyph", ...] = ()


def read_glyphs(font: Any, wanted: Iterable[int]) -> dict[int, Glyph]:
    """The glyphs of those numbers in a font of fontTools', as far as it has them.

    The font's own glyphs are changed: it cannot be used for anything else.
    """
    order, table, metrics = font.getGlyphOrder(), font["glyf"], font["hmtx"].metrics
    known: dict[str, Glyph] = {}

    def read(name: str) -> Glyph:
        if name not in known:
            outline: bytes = getattr(table.glyphs[name], "data", b"")
            parts: tuple[Glyph, ...] = ()
            if table.glyphs[name].isComposite():
                components = table[name].components
                parts = tuple(read(component.glyphName) for component in components)
                for component in components:
                    component.glyphName = order[0]
                outline = table[name].compile(table, recalcBBoxes=False)
            known[name] = Glyph(outline, metrics[name], parts)
        return known[name]

    return {number: read(order[number]) for number in wanted if number < len(order)}


def build_font(first: bytes, glyphs: Mapping[int, Glyph]) -> bytes:
    """A TrueType font of glyphs, each under its own number; the rest is as in the `first`.

    Glyphs that occur only in others get numbers that are left over.
    """
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables._g_l_y_f import Glyph as Outline

    numbers = {glyph: number for number, glyph in sorted(glyphs.items(), reverse=True)}
    free = (number for number in range(1, 1 << 16) if number not in glyphs)
    placed, waiting = dict(glyphs), list(glyphs.values())
    while waiting:
        for part in waiting.pop().parts:
            if part not in numbers:
                numbers[part] = next(free)
                placed[numbers[part]] = part
                waiting.append(part)
    font = TTFont(BytesIO(first), recalcTimestamp=False)
    table, metrics = font["glyf"], font["hmtx"]
    order = [f"glyph{number:05}" for number in range(max(placed) + 1)]
    empty = Glyph(b"", (0, 0))
    table.glyphs, metrics.metrics = {}, {}
    for number, name in enumerate(order):
        glyph = placed.get(number, empty)
        table.glyphs[name], metrics.metrics[name] = Outline(glyph.outline), glyph.metrics
    for tag in set(font.keys()) - {"GlyphOrder", *_KEPT}:
        del font[tag]
    font.setGlyphOrder(order)
    table.setGlyphOrder(order)
    for number, glyph in placed.items():
        if glyph.parts:
            components = table[order[number]].components
            for component, part in zip(components, glyph.parts, strict=True):
                component.glyphName = order[numbers[part]]
    file = BytesIO()
    font.save(file)
    return file.getvalue()


_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_CHAR = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]*)>")


@dataclass(frozen=True, slots=True)
class Subset:
    """A font of one letter, taken apart; glyphs, widths and text by the numbers of glyphs.

    `file` is the font itself; `kept` what all subsets of one font have in common. `widths` are
    in thousandths of the font's size, `text` in UTF-16 as hexadecimal digits.
    """

    name: bytes
    file: bytes
    kept: tuple[object, ...]
    glyphs: dict[int, Glyph]
    widths: dict[int, Decimal]
    text: dict[int, bytes]
    descriptor: bytes
    box: tuple[Decimal, ...]


@dataclass(slots=True)
class _Union:
    """Subsets of one font joined; `number` is the PDF object that pages refer to."""

    first: Subset
    number: int
    glyphs: dict[int, Glyph] = field(default_factory=dict)
    widths: dict[int, Decimal] = field(default_factory=dict)
    text: dict[int, bytes] = field(default_factory=dict)
    box: tuple[Decimal, ...] = ()

    def agrees(self, subset: Subset) -> bool:
        """Whether the subset says nothing else of any glyph that both have."""
        return (
            self.first.kept == subset.kept
            and _same(self.glyphs, subset.glyphs)
            and _same(self.widths, subset.widths)
            and _same(self.text, subset.text)
        )

    def join(self, subset: Subset) -> None:
        """Take up the subset's glyphs."""
        self.glyphs |= subset.glyphs
        self.widths |= subset.widths
        self.text |= subset.text
        self.box = _hull(self.box, subset.box)


class FontPool:
    """The fonts of a merged file; `take` says which object stands for a letter's font."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._unions: dict[bytes, list[_Union]] = {}
        self._known: dict[bytes, int] = {}

    def take(self, font: Any) -> int | None:
        """The object number for a letter's composite font (pikepdf's dictionary).

        None where it is not a subset that can be joined, such as one with OpenType outlines.
        """
        key = _digest(font)
        if key is None:
            return None
        if key not in self._known:
            subset = read_subset(font)
            if subset is None:
                return None
            self._known[key] = self._join(subset)
        return self._known[key]

    def close(self) -> None:
        """Write the fonts; no letter may follow."""
        for unions in self._unions.values():
            for union in unions:
                _write(union, self._writer)

    def _join(self, subset: Subset) -> int:
        unions = self._unions.setdefault(subset.name, [])
        union = next((union for union in unions if union.agrees(subset)), None)
        if union is None:
            union = _Union(subset, self._writer.new())
            unions.append(union)
        union.join(subset)
        return union.number


def read_subset(font: Any) -> Subset | None:
    """A font of a PDF taken apart, or None where it is not TrueType with WeasyPrint's map."""
    from fontTools.ttLib import TTFont

    below = font.DescendantFonts[0]
    characters = bytes(font.ToUnicode.read_bytes())
    if b"beginbfrange" in characters or below.get("/CIDToGIDMap") != "/Identity":
        return None
    file = bytes(below.FontDescriptor.FontFile2.read_bytes())
    opened = TTFont(BytesIO(file))
    if "glyf" not in opened:
        return None
    kept = [opened.reader[tag] if tag in opened else None for tag in _HINTS]
    text = {
        int(code, 16): to for part in _CHARS.findall(characters) for code, to in _CHAR.findall(part)
    }
    widths = _widths(below.get("/W", []))
    return Subset(
        str(font.BaseFont).encode(),
        file,
        (opened["head"].unitsPerEm, *kept),
        read_glyphs(opened, {0, *widths}),
        widths,
        text,
        entries_of(below.FontDescriptor, "/FontFile2", "/FontBBox"),
        tuple(Decimal(n) for n in below.FontDescriptor.FontBBox),
    )


def _digest(font: Any) -> bytes | None:
    try:
        below = font.DescendantFonts[0]
        file, characters = below.FontDescriptor.FontFile2, font.ToUnicode
    except (AttributeError, KeyError, IndexError):
        return None
    found = sha256(file.read_raw_bytes())
    for part in (characters.read_raw_bytes(), below.W.unparse(), str(font.BaseFont).encode()):
        found.update(b"\0" + part)
    return found.digest()


def _widths(array: Any) -> dict[int, Decimal]:
    """The widths in a `W` array (ISO 32000-1, 9.7.4.3)."""
    widths: dict[int, Decimal] = {}
    items = list(array)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if hasattr(second, "unparse"):
            widths |= {first + i: Decimal(width) for i, width in enumerate(second)}
        else:
            width = Decimal(items.pop(0))
            widths |= dict.fromkeys(range(first, int(second) + 1), width)
    return widths


def _same(one: dict[int, Any], other: dict[int, Any]) -> bool:
    return all(one.get(glyph, value) == value for glyph, value in other.items())


def _hull(one: tuple[Decimal, ...], other: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if not one:
        return other
    return (*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:]))


def _write(union: _Union, writer: PdfWriter) -> None:
    data = build_font(union.first.file, union.glyphs)
    file = writer.add_stream(data, b"/Length1 %d" % len(data))
    box = " ".join(f"{n:f}" for n in union.box).encode()
    descriptor = writer.add(
        b"<< %s /FontBBox [ %s ] /FontFile2 %d 0 R >>" % (union.first.descriptor, box, file)
    )
    name = union.first.name
    below = writer.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont %s /CIDToGIDMap /Identity "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        b"/FontDescriptor %d 0 R /W %s >>" % (name, descriptor, _width_array(union.widths))
    )
    characters = writer.add_stream(_character_map(union.text))
    writer.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont %s /Encoding /Identity-H "
        b"/DescendantFonts [ %d 0 R ] /ToUnicode %d 0 R >>" % (name, below, characters),
        union.number,
    )


def _width_array(widths: dict[int, Decimal]) -> bytes:
    parts: list[str] = []
    previous = None
    for glyph in sorted(widths):
        if previous is None or glyph != previous + 1:
            parts.append(f"{']' if parts else ''} {glyph} [")
        parts.append(f"{widths[glyph]:f}")
        previous = glyph
    return f"[{' '.join(parts)}{' ]' if parts else ''} ]".encode()


def _character_map(text: dict[int, bytes]) -> bytes:
    """A ToUnicode map (ISO 32000-1, 9.10.3)."""
    items = [b"<%04x> <%s>" % (glyph, text[glyph]) for glyph in sorted(text)]
    blocks = []
    for i in range(0, len(items), 100):
        part = items[i : i + 100]
        blocks.append(b"%d beginbfchar\n%s\nendbfchar\n" % (len(part), b"\n".join(part)))
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        + b"".join(blocks)
        + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
