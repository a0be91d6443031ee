"""Print nothing that a terminal would obey, whoever wrote it.

Values, file names, ids and excerpts come from strangers. An escape sequence among them could set
the window's title, hide a line or answer for the user. While a command runs, all that it prints
goes through `printable`; of escape sequences only colors pass. So does no password in an address.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from advocacy.errors import without_passwords

# SGR (ECMA-48, 8.3.117) without what hides text: the foreground and the background, bold and dim.
_COLOR = re.compile(
    r"\x1b\[(?:(?:0|1|2|3|4|22|23|24|39|49|[349][0-7]|10[0-7]|[34]8;5;\d{1,3})(?:;(?=\d)|(?=m)))*m"
)
_OBEYED = re.compile(
    r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    # What nobody sees: invisible operators, tags, and private use, which is also for our own marks.
    r"\u061c\u2061-\u2064\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff"
    "\ud800-\udfff]"
)


def printable(text: str) -> str:
    """A text with a visible sign for each character that a terminal would obey."""
    if not _OBEYED.search(text):
        return text
    kept = _COLOR.findall(text)
    parts = [_OBEYED.sub(_shown, part) for part in _COLOR.split(text)]
    return "".join(part for pair in zip(parts, [*kept, ""], strict=True) for part in pair)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"<U+{code:04X}>"


class _PrintableStream:
    """A stream of text whose writes are made printable; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text, made printable, without passwords."""
        self.stream.write(printable(without_passwords(text)))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts, made printable."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def printing() -> Iterator[None]:
    """Make all that is printed in this block printable, on both streams."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", _PrintableStream(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def terminal(stream: TextIO) -> TextIO:
    """The stream below, for a program of ours that moves the cursor."""
    return stream.stream if isinstance(stream, _PrintableStream) else stream
