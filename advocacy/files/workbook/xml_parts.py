"""XML parts of a workbook, parsed as a stream by expat, which keeps nothing of them.

Whoever made a file is a stranger. Documents with a DTD are refused (they alone can define
entities), and what expat would remember is bounded: depth, names, the length of a tag. Names come
without their namespaces' prefixes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

CHUNK = 1 << 16
LONGEST_TEXT = 100_001
"""Characters of a text that are kept: one more than a list's row may have."""

DEEPEST = 100
MOST_NAMES = 10_000
LONGEST_TAG = 1_000_000
"""Bytes between two ends of tags; a cell's longest text has a fifth of that."""

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class BrokenPartError(Exception):
    """A part of a workbook is not what it should be."""


class TextBuffer:
    """The text of an element, up to a limit."""

    __slots__ = ("_parts", "_room")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin an element."""
        self._parts: list[str] = []
        self._room = LONGEST_TEXT

    def add(self, text: str) -> None:
        """Keep a text as far as there is room."""
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(text)

    def __str__(self) -> str:
        return "".join(self._parts)


def parse_part(
    part: IO[bytes], start: Start, end: End, text: Callable[[str], None]
) -> Iterator[None]:
    """Parse a part in chunks; the handlers are called between one step and the next.

    Raises BrokenPartError for what is not XML, or has a DTD.
    """
    parser = expat.ParserCreate(intern=None)  # or else every name is kept
    parser.buffer_text = True
    names: set[str] = set()
    depth = 0

    def refuse(*_: object) -> None:
        raise BrokenPartError("a document type")

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        names.add(name)
        names.update(attributes)
        if depth > DEEPEST or len(names) > MOST_NAMES:
            raise BrokenPartError("too many names or levels")
        start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(":")[2] if ":" in name else name)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = text
    length = 0
    try:
        while chunk := part.read(CHUNK):
            at = chunk.rfind(b">")
            length = length + len(chunk) if at < 0 else len(chunk) - at
            if length > LONGEST_TAG:
                raise BrokenPartError("a tag without an end")
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an unknown encoding
        raise BrokenPartError(str(error)) from None
    yield


def elements(part: IO[bytes]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The elements of a part with their attributes, in the order in which they begin.

    Raises BrokenPartError.
    """
    found: list[tuple[str, Mapping[str, str]]] = []
    steps = parse_part(
        part, lambda name, attributes: found.append((name, attributes)), _nothing, _nothing
    )
    for _ in steps:
        yield from found
        found.clear()


def attribute(attributes: Mapping[str, str], name: str) -> str:
    """An attribute by its name without a prefix; empty where there is none."""
    for key, value in attributes.items():
        if key == name or key.endswith(f":{name}"):
            return value
    return ""


def _nothing(_: str) -> None:
    pass
