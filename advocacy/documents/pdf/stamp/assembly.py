"""A PDF written in two parts: what all letters of a master share, once, and a letter's own.

A page's contents are an array of streams (ISO 32000-1, 7.8.2), of which some are each letter's
own. These come last in the file, so that all before them, and their places in the
cross-reference stream, are bytes that never change.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_ROW = struct.Struct(">BIH")  # kind, place, index (ISO 32000-1, 7.5.8.2)
_FREE, _PLAIN, _IN_STREAM = 0, 1, 2
_BEST, _QUICK = 9, 4

Segment = tuple[bytes | int, ...]
"""A part of a content stream: bytes, and numbers that stand for varying operators."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A finished PDF and its SHA-256 sum, in hexadecimal."""

    data: bytes
    digest: str


class Assembly:
    """The part of a PDF that letters share; `finish` adds the part that is a letter's own."""

    def __init__(
        self,
        objects: Sequence[Any],
        root: bytes,
        info: bytes,
        contents: Mapping[int, Sequence[Segment]],
    ) -> None:
        """Write what is shared.

        `objects` are all of pydyf's, `root` and `info` references to two of them. `contents`
        gives for the number of a page's content stream its segments, in order.
        """
        numbers = _Numbers(len(objects), contents)
        shared = _Shared()
        packed: dict[int, bytes] = {}
        for number, item in enumerate(objects):
            if item.free == "f" or number in contents:
                continue
            if hasattr(item, "stream"):
                shared.add(number, item.data)
            else:
                packed[number] = numbers.page(item) if _is_page(item) else item.data
        for number, segment in numbers.shared:
            shared.add(number, _flate(b"".join(map(bytes, segment)), _BEST))
        shared.pack(numbers.pack, packed)
        self._head = b"".join(shared.written)
        self._sum = hashlib.sha256(self._head)
        self._own = numbers.own
        self._rows = shared.rows(numbers.pack + 1)
        last = numbers.pack + 1 + len(self._own)
        self._table = (
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %s/Info %s/Length %d>>\nstream\n%s"
            % (last, last + 1, root, info, (last + 1) * _ROW.size, self._rows)
        )

    def finish(self, operators: Sequence[bytes]) -> Assembled:
        """The PDF with these operators in their places."""
        tail, rows, at = [], [], len(self._head)
        for number, segment in self._own:
            data = b"".join([operators[p] if isinstance(p, int) else p for p in segment])
            written = b"%d 0 obj\n%s\nendobj\n" % (number, _flate(data, _QUICK))
            tail.append(written)
            rows.append(_ROW.pack(_PLAIN, at, 0))
            at += len(written)
        rows.append(_ROW.pack(_PLAIN, at, 0))
        tail += (self._table, *rows, b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at)
        own = b"".join(tail)
        found = self._sum.copy()
        found.update(own)
        return Assembled(self._head + own, found.hexdigest())


class _Numbers:
    """The numbers of objects: pydyf's own, shared segments, the object stream, own segments."""

    def __init__(self, first: int, contents: Mapping[int, Sequence[Segment]]) -> None:
        self.shared: list[tuple[int, Segment]] = []
        self.own: list[tuple[int, Segment]] = []
        more = iter(range(first, 1 << 30))
        where: list[tuple[int, bool, int]] = []
        for content, segments in contents.items():
            free: Iterator[int] = iter((content,))  # the number that the one stream had
            for segment in segments:
                if any(isinstance(piece, int) for piece in segment):
                    where.append((content, True, len(self.own)))
                    self.own.append((0, segment))
                else:
                    number = next(free, None) or next(more)
                    where.append((content, False, number))
                    self.shared.append((number, segment))
        self.pack = next(more)
        self.own = [(self.pack + 1 + i, segment) for i, (_, segment) in enumerate(self.own)]
        self._arrays: dict[int, list[int]] = {}
        for content, is_own, number in where:
            self._arrays.setdefault(content, []).append(self.own[number][0] if is_own else number)

    def page(self, page: Any) -> bytes:
        """A page with the array of its streams."""
        content = int(page["Contents"].split()[0])
        array = b"[%s]" % b" ".join(b"%d 0 R" % number for number in self._arrays[content])
        return bytes(type(page)({**page, "Contents": array}).data)


class _Shared:
    """Objects that are written once, with their places."""

    def __init__(self) -> None:
        self.written = [_HEADER]
        self._length = len(_HEADER)
        self._places: dict[int, tuple[int, int, int]] = {}

    def add(self, number: int, body: bytes) -> None:
        written = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self._places[number] = (_PLAIN, self._length, 0)
        self.written.append(written)
        self._length += len(written)

    def pack(self, number: int, bodies: Mapping[int, bytes]) -> None:
        """Write objects that are no streams into one object stream (7.5.7)."""
        heads, at = [], 0
        for index, (packed, body) in enumerate(bodies.items()):
            heads.append(b"%d %d" % (packed, at))
            at += len(body) + 1
            self._places[packed] = (_IN_STREAM, number, index)
        head = b" ".join(heads) + b"\n"
        entries = b"/Type/ObjStm/N %d/First %d" % (len(heads), len(head))
        self.add(number, _flate(head + b"\n".join(bodies.values()), _BEST, entries))

    def rows(self, size: int) -> bytes:
        free = (_FREE, 0, 65535)
        return b"".join(_ROW.pack(*self._places.get(number, free)) for number in range(size))


def _is_page(item: Any) -> bool:
    return isinstance(item, dict) and item.get("Type") == "/Page"


def _flate(data: bytes, level: int, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data, level)
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(packed))
    return b"%s\nstream\n%s\nendstream" % (head, packed)
