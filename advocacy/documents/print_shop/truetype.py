"""TrueType fonts taken apart into glyphs, and put together from them (OpenType 1.9)."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

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
