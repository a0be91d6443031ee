"""Quoted-printable (RFC 2045, 6.7): whole texts, and pieces that are put together later.

Letters of a mailing have most of their text in common. So that this is encoded once, a text is
encoded in pieces, each of which begins a line: whole lines, or parts of lines that end with a
soft line break, which vanishes when the message is read.
"""

import binascii
import re
from functools import lru_cache

LINE = 76
# The encoder leaves no room for the code of a space at the end of a line.
_LONG_LINE = re.compile(rb"^(.{74,75})(=[0-9A-F]{2})$", re.MULTILINE)
_FROM_LINE = re.compile(rb"^From (.*)$", re.MULTILINE)


def quoted_printable(text: str) -> bytes:
    """Text in UTF-8 as quoted-printable lines that end with CRLF.

    No line begins with `From `, which mailbox files would change.
    """
    return whole_lines(text.rstrip("\r\n"))


@lru_cache(maxsize=4096)  # saves half of an email: most of its text is in others too
def whole_lines(text: str) -> bytes:
    """The lines of a text, of which the last has no line break yet."""
    if _is_plain(text) and len(text) <= LINE and not text.endswith(" "):
        return text.encode() + b"\r\n"
    return _wire(binascii.b2a_qp(_data(text) + b"\n"))


def part_of_line(text: str) -> bytes:
    """A text that ends within a line: its last line ends with a soft line break."""
    if not text:
        return b""
    if _is_plain(text) and len(text) < LINE:
        return text.encode() + b"=\r\n"
    # A letter after it makes the encoder leave room for the `=` that stands there in the end,
    # and sees to it that a space before that is none at the end of a line.
    data = binascii.b2a_qp(_data(text) + b"x")[:-1]
    if data.endswith(b"\n"):
        return _wire(data)
    return _wire(data + b"=\n")


def _is_plain(text: str) -> bool:
    """Whether a text is a line, or the beginning of one, that stands as it is.

    Most values are. What is made of them here is what the encoder makes of them.
    """
    plain = text.isascii() and text.isprintable() and "=" not in text
    return plain and text != "." and not text.startswith("From ")


def _data(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace")


def _wire(data: bytes) -> bytes:
    if b"=20\n" in data or b"=09\n" in data:
        data = _LONG_LINE.sub(rb"\1=\n\2", data)
    if b"From " in data:
        data = _FROM_LINE.sub(_escaped_from, data)
    return data.replace(b"\n", b"\r\n")


def _escaped_from(line: re.Match[bytes]) -> bytes:
    rest = line[1]
    if len(rest) <= 69:
        return b"=46rom " + rest
    if rest.startswith(b"From "):  # it will begin a line too
        rest = b"=46" + rest[1:]
    return b"=46rom =\n" + rest
