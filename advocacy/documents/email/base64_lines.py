"""Base64 in lines, for attachments that begin alike.

The PDFs of a mailing share most of their bytes: a stamped PDF is one head for all letters, with a
short end for each. The head is encoded once. A letter's bytes are the same with it and without.
"""

import binascii
from dataclasses import dataclass, field

from advocacy.documents.headers import parameter_header

LINE = 76
"""Characters of a line, the most that RFC 2045, 6.8 allows."""
BYTES = LINE // 4 * 3
"""Bytes that a line stands for."""
SHORTEST = 50 * BYTES
"""A shorter head saves less than it costs to look for it."""
HEADS = 8
"""So many kinds of attachments may take turns."""


def pdf_part(pdf: bytes, name: str) -> list[bytes]:
    """A PDF as an attached part of a message, in pieces; `name` is what it is saved as."""
    header = (
        parameter_header("Content-Type", "application/pdf", name=name)
        + parameter_header("Content-Disposition", "attachment", filename=name)
        + "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return [header.encode(), _PDFS.encode(pdf), b"\r\n"]


@dataclass
class SharedHeads:
    """What attachments that were encoded lately have in common, each head with its lines."""

    _heads: list[tuple[bytes, bytes]] = field(default_factory=list)
    _last: bytes = b""

    def encode(self, data: bytes) -> bytes:
        """Encode some bytes in lines with CRLF between them, none at the end."""
        for head, lines in self._heads:
            if len(data) > len(head) and data.startswith(head):
                return b"".join((lines, b"\r\n", base64_lines(data[len(head) :])))
        encoded = base64_lines(data)
        same = common_length(self._last, data) // BYTES * BYTES
        if SHORTEST <= same < len(data):
            # Whole lines of the head, without the line break after the last.
            lines = encoded[: same // BYTES * (LINE + 2) - 2]
            self._heads = [(data[:same], lines), *self._heads[: HEADS - 1]]
        self._last = data
        return encoded


# Saves a sixth of a letter with its PDF. Threads may share it: a head is never changed.
_PDFS = SharedHeads()


def base64_lines(data: bytes) -> bytes:
    """Encode some bytes in lines with CRLF between them, none at the end (RFC 2045, 6.8)."""
    text = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join([text[at : at + LINE] for at in range(0, len(text), LINE)])


def common_length(one: bytes, other: bytes) -> int:
    """How many bytes two values have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
