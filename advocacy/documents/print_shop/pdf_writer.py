"""Writing a PDF of any length: objects go to the file as they come, and only their places stay.

ISO 32000-1, 7.5: objects without a stream are packed into object streams, and the file ends
with a cross-reference stream, so that a million objects cost little more than their places.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable
from typing import IO, Any

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_PACKED, _PACK_BYTES = 200, 1 << 18
_ROW = struct.Struct(">BHLH")  # kind, place in two parts, index
_FREE, _PLAIN, _IN_STREAM = 0, 1, 2


class PdfWriter:
    """An open PDF: numbers are given out by `new`, objects written by `add` in any order.

    The same calls write the same bytes.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self._length = 0
        # For each object its kind and two numbers, as the cross-reference stream has them.
        self._places = bytearray(_ROW.pack(_FREE, 0, 0, 65535))
        self._pack: list[tuple[int, bytes]] = []
        self._packed = 0
        self._write(_HEADER)

    @property
    def length(self) -> int:
        """The bytes written so far."""
        return self._length

    def new(self) -> int:
        """A number for an object that will be added later."""
        self._places += _ROW.pack(_FREE, 0, 0, 0)
        return len(self._places) // _ROW.size - 1

    def add(self, body: bytes, number: int | None = None) -> int:
        """Write an object that is no stream; returns its number."""
        number = number or self.new()
        self._pack.append((number, body))
        self._packed += len(body)
        if len(self._pack) == _PACKED or self._packed >= _PACK_BYTES:
            self._flush()
        return number

    def add_stream(
        self, data: bytes, entries: bytes = b"", number: int | None = None, *, ready: bool = False
    ) -> int:
        """Write a stream; `entries` go into its dictionary. A `ready` one has its own filter."""
        number = number or self.new()
        self._place(number, _PLAIN, self._length)
        self._write(b"%d 0 obj\n" % number)
        self._stream(data, entries, ready=ready)
        self._write(b"\nendobj\n")
        return number

    def add_plain_stream(self, data: bytes, entries: bytes) -> int:
        """Write a stream that any program can read as it is, such as metadata."""
        return self.add_stream(data, entries, ready=True)

    def close(self, root: int, info: int) -> None:
        """Write the table of places and the trailer; nothing can be added after that."""
        self._flush()
        number, start = self.new(), self._length
        self._place(number, _PLAIN, start)
        name = self._sum.hexdigest()[:32].encode()
        self._write(b"%d 0 obj\n" % number)
        self._stream(
            self._places,
            b"/Type /XRef /Size %d /W [ 1 6 2 ] /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ]"
            % (len(self._places) // _ROW.size, root, info, name, name),
        )
        self._write(b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)

    def _place(self, number: int, kind: int, place: int, index: int = 0) -> None:
        _ROW.pack_into(
            self._places, number * _ROW.size, kind, place >> 32, place & 0xFFFFFFFF, index
        )

    def _flush(self) -> None:
        if not self._pack:
            return
        pack, self._pack, self._packed = self._pack, [], 0
        stream = self.new()
        heads, bodies, at = [], [], 0
        for index, (number, body) in enumerate(pack):
            heads.append(b"%d %d" % (number, at))
            bodies.append(body)
            at += len(body) + 1
            self._place(number, _IN_STREAM, stream, index)
        head = b" ".join(heads) + b"\n"
        self.add_stream(
            head + b"\n".join(bodies),
            b"/Type /ObjStm /N %d /First %d" % (len(pack), len(head)),
            stream,
        )

    def _stream(self, data: bytes | bytearray, entries: bytes, *, ready: bool = False) -> None:
        if not ready:
            data, entries = zlib.compress(data, 6), entries + b" /Filter /FlateDecode"
        self._write(b"<< %s /Length %d >>\nstream\n" % (entries, len(data)))
        self._write(data)
        self._write(b"\nendstream")

    def _write(self, data: bytes | bytearray) -> None:
        self._file.write(data)
        self._sum.update(data)
        self._length += len(data)


def references(numbers: Iterable[int]) -> bytes:
    """An array of references to objects."""
    return b"[ %s ]" % b" ".join(b"%d 0 R" % number for number in numbers)


def entries_of(dictionary: Any, *without: str) -> bytes:
    """The text of a dictionary's entries, but for some."""
    import pikepdf

    kept = pikepdf.Dictionary(dictionary)
    for key in without:
        if key in kept:
            del kept[key]
    return bytes(kept.unparse(resolved=True))[2:-2].strip()
