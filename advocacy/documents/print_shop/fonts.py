"""TrueType fonts taken apart into glyphs, and put together from them (OpenType 1.9).

One font for many letters: the union of the subsets that each of them carries.

WeasyPrint keeps the numbers of glyphs when it takes a subset of a font, so that a page's text
means the same glyphs whichever letters' subset it is shown with. Two subsets are joined only
where all they have in common is the same: outlines, widths, and the text they stand for.
"""

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any

from advocacy.documents.print_shop.pdf_writer import PdfWriter, entries_of

# What a PDF needs of a TrueType font (ISO 32000-1, 9.9); the hints are the same in all subsets.
HINTS = ("cvt ", "fpgm", "prep")
_NEEDED = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")


@dataclass(frozen=True, slots=True)
class Glyph:
    """An outline as the font stores it, advance and left bearing, and the glyphs it is made of.

    `parts` are the places of their numbers in `outline`, where zeros stand, and themselves: a
    subset gives other numbers to glyphs that occur in others only.
    """

    outline: bytes
    metrics: tuple[int, int]
    parts: tuple[tuple[int, "Glyph"], ...] = ()


def read_tables(data: bytes) -> dict[str, bytes] | None:
    """The tables of a TrueType font that a PDF needs, or None where it is none."""
    if data[:4] not in (b"\0\1\0\0", b"true"):
        return None
    tables = {}
    for i in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, start, length = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
        tables[tag.decode("latin-1")] = data[start : start + length]
    if any(name not in tables for name in _NEEDED) or len(tables["maxp"]) != 32:
        return None
    return {name: tables[name] for name in (*_NEEDED, *HINTS) if name in tables}


def read_glyphs(tables: dict[str, bytes], wanted: Iterable[int]) -> dict[int, Glyph]:
    """The glyphs of those numbers, as far as the font has them."""
    long = struct.unpack_from(">h", tables["head"], 50)[0]
    loca, data, hmtx = tables["loca"], tables["glyf"], tables["hmtx"]
    offsets = struct.unpack(f">{len(loca) // (4 if long else 2)}{'L' if long else 'H'}", loca)
    size = 1 if long else 2
    full = struct.unpack_from(">H", tables["hhea"], 34)[0]

    def glyph(number: int) -> Glyph:
        outline = data[offsets[number] * size : offsets[number + 1] * size]
        if number < full:
            metrics = struct.unpack_from(">Hh", hmtx, 4 * number)
        else:
            advance = struct.unpack_from(">H", hmtx, 4 * (full - 1))[0]
            metrics = advance, struct.unpack_from(">h", hmtx, 4 * full + 2 * (number - full))[0]
        parts = tuple((at, glyph(part)) for at, part in _components(outline))
        for at, _ in parts:
            outline = outline[:at] + b"\0\0" + outline[at + 2 :]
        return Glyph(outline, metrics, parts)

    return {number: glyph(number) for number in wanted if number < len(offsets) - 1}


def _components(outline: bytes) -> list[tuple[int, int]]:
    """The glyphs of which one is made: where their numbers stand, and the numbers.

    OpenType, `glyf`: composite glyph description.
    """
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    found, at, more = [], 10, True
    while more:
        flags, number = struct.unpack_from(">HH", outline, at)
        found.append((at + 2, number))
        at += 4 + (4 if flags & 0x0001 else 2)  # arguments: words or bytes
        at += 2 if flags & 0x0008 else 4 if flags & 0x0040 else 8 if flags & 0x0080 else 0
        more = bool(flags & 0x0020)
    return found


def build_font(first: Mapping[str, bytes], glyphs: Mapping[int, Glyph], bounds: "Bounds") -> bytes:
    """A TrueType font of glyphs, each under its own number; the rest is as in the `first`."""
    from fontTools.ttLib.sfnt import SFNTWriter

    numbered = _numbered(glyphs)
    count = max(numbered) + 1
    outlines, loca, hmtx = bytearray(), [0], bytearray()
    for number in range(count):
        outline, metrics = numbered.get(number, (b"", (0, 0)))
        outlines += outline + b"\0" * (-len(outline) % 4)
        loca.append(len(outlines))
        hmtx += struct.pack(">Hh", *metrics)
    head, hhea = bytearray(first["head"]), bytearray(first["hhea"])
    struct.pack_into(">4h", head, 36, *bounds.box)
    struct.pack_into(">h", head, 50, 1)  # long offsets in `loca`
    struct.pack_into(">H", hhea, 10, max(advance for _, (advance, _) in numbered.values()))
    struct.pack_into(">H", hhea, 34, count)
    tables = {
        "glyf": bytes(outlines),
        "head": bytes(head),
        "hhea": bytes(hhea),
        "hmtx": bytes(hmtx),
        "loca": struct.pack(f">{len(loca)}L", *loca),
        "maxp": first["maxp"][:4] + struct.pack(">14H", count, *bounds.most),
        **{name: first[name] for name in HINTS if name in first},
    }
    file = BytesIO()
    writer = SFNTWriter(file, len(tables))
    for name in sorted(tables):
        writer[name] = tables[name]
    writer.close()
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a font's glyphs are: their box, and the figures in `maxp` after their number."""

    box: tuple[int, ...]
    most: tuple[int, ...]

    @classmethod
    def of(cls, tables: Mapping[str, bytes]) -> "Bounds":
        """Those of a font."""
        return cls(
            struct.unpack_from(">4h", tables["head"], 36),
            struct.unpack_from(">13H", tables["maxp"], 6),
        )

    def joined(self, other: "Bounds") -> "Bounds":
        """Those of both fonts together."""
        low = map(min, self.box[:2], other.box[:2])
        high = map(max, self.box[2:], other.box[2:])
        return Bounds((*low, *high), tuple(map(max, self.most, other.most)))


def _numbered(glyphs: Mapping[int, Glyph]) -> dict[int, tuple[bytes, tuple[int, int]]]:
    """Outlines and metrics by number; glyphs that occur in others alone get those left over."""
    waiting = sorted(glyphs.items(), reverse=True)
    numbers = {glyph: number for number, glyph in waiting}
    free = (number for number in range(1, 1 << 16) if number not in glyphs)
    found: dict[int, tuple[bytes, tuple[int, int]]] = {0: (b"", (0, 0))}
    while waiting:
        number, glyph = waiting.pop()
        outline = bytearray(glyph.outline)
        for at, part in glyph.parts:
            if part not in numbers:
                numbers[part] = next(free)
                waiting.append((numbers[part], part))
            struct.pack_into(">H", outline, at, numbers[part])
        found[number] = bytes(outline), glyph.metrics
    return found


_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_CHAR = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]*)>")


@dataclass(frozen=True, slots=True)
class Subset:
    """A font of one letter, taken apart; all by the numbers of glyphs."""

    name: bytes
    tables: dict[str, bytes]
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
    bounds: Bounds | None = None

    def agrees(self, subset: Subset) -> bool:
        """Whether the subset says nothing else of any glyph that both have."""
        return (
            all(self.first.tables.get(name) == subset.tables.get(name) for name in HINTS)
            and self.first.tables["head"][18:20] == subset.tables["head"][18:20]
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
        bounds = Bounds.of(subset.tables)
        self.bounds = self.bounds.joined(bounds) if self.bounds else bounds


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
    below = font.DescendantFonts[0]
    characters = bytes(font.ToUnicode.read_bytes())
    if b"beginbfrange" in characters or below.get("/CIDToGIDMap") != "/Identity":
        return None
    tables = read_tables(bytes(below.FontDescriptor.FontFile2.read_bytes()))
    if tables is None:
        return None
    text = {
        int(code, 16): to for part in _CHARS.findall(characters) for code, to in _CHAR.findall(part)
    }
    widths = _widths(below.get("/W", []))
    return Subset(
        str(font.BaseFont).encode(),
        tables,
        read_glyphs(tables, {0, *widths}),
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
    first = union.first.tables
    data = build_font(first, union.glyphs, union.bounds or Bounds.of(first))
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
