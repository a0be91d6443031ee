"""In which encoding a list is written: UTF-8, UTF-16, or an older one where that is sure.

Older encodings give bytes different letters, and nothing in a file names its encoding. It is sure
where the letters that one encoding gives are those of fewer languages than any other gives:
“Müller” is the same in all that have it, and “Hélène Muñoz” is French and Spanish, or Czech, Polish
and Hungarian at once. “Sørensen” alone may be a Czech “Sřrensen”, so it is not sure.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BufferedReader
from itertools import combinations

from advocacy.resources import read_table

MOST_WORDS = 2_000
"""So many different words with letters beyond ASCII say what an encoding is."""
MOST_LANGUAGES = 4
_BLOCK = 1 << 20
# Sought only where a word begins: elsewhere a long one would be read from each of its letters.
_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_INSIDE = frozenset("’‘–—\xa0\xad")
"""Marks that stand inside what looks like a word: “O’Brien”."""
_AROUND = frozenset("…«»“”„‹›•·®™©°€§")
"""Marks that stand before or after a word."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: Python's name for its codec, the name that people know, and a word read by it.

    `example` is empty where nothing but the encoding itself was needed to be sure.
    """

    codec: str
    name: str
    example: str = ""


UTF_8 = Encoding("utf-8-sig", "UTF-8")
UTF_16 = Encoding("utf-16", "UTF-16")


def encoding_of(file: BufferedReader) -> Encoding:
    """The encoding of an open file, which is left at its beginning.

    What is not sure is called UTF-8, as is a file that is UTF-8 in part: whoever reads it then
    tells each row that is not.
    """
    try:
        start = file.peek(4)[:4]
        if start.startswith(_UTF_16):
            is_whole = not start.startswith(codecs.BOM_UTF32_LE) and _decodes(file, "utf-16")
            return UTF_16 if is_whole else UTF_8
        bare = _without_mark(start)
        if bare is not None:
            return bare if _decodes(file, bare.codec) else UTF_8
        if b"\0" in start or _decodes(file, "utf-8"):
            return UTF_8
        words = _words(file)
        return (words and _surest(words)) or UTF_8
    finally:
        file.seek(0)


def _without_mark(start: bytes) -> Encoding | None:
    """UTF-16 whose file has no byte order mark, by the zero bytes of its first two letters.

    The header of a list begins with letters, nearly always of ASCII.
    """
    zeros = [byte == 0 for byte in start]
    if zeros == [False, True, False, True]:
        return Encoding("utf-16-le", "UTF-16")
    if zeros == [True, False, True, False]:
        return Encoding("utf-16-be", "UTF-16")
    return None


def _decodes(file: BufferedReader, codec: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for block in iter(lambda: file.read(_BLOCK), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _words(file: BufferedReader) -> set[bytes]:
    """Words with letters beyond ASCII; none where a line is UTF-8, or has zero bytes."""
    file.seek(0)
    words: set[bytes] = set()
    for line in iter(lambda: file.readline(_BLOCK), b""):
        if line.isascii():
            continue
        if b"\0" in line or _is_utf_8(line):
            return set()
        if len(words) < MOST_WORDS:
            words.update(_WORD.findall(line))
    return words


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _surest(words: set[bytes]) -> Encoding | None:
    """The encoding that gives letters of the fewest languages, unless another gives other words."""
    table = read_table("files/encodings.toml")
    ordered = sorted(words)
    found: list[tuple[int, list[str], str]] = []
    for codec, entry in table["encodings"].items():
        read = _read(ordered, codec)
        if read is not None:
            letters = {letter for word in read for letter in word.lower() if not letter.isascii()}
            letters = {letter for letter in letters if letter.isalpha()}
            count = _fewest(letters, tuple(entry["languages"].split()))
            if count is not None:
                found.append((count, read, codec))
    if not found:
        return None
    fewest = min(count for count, _, _ in found)
    best = [(read, codec) for count, read, codec in found if count == fewest]
    read, codec = best[0]
    if any(other != read for other, _ in best):
        return None
    return Encoding(codec, table["encodings"][codec]["name"], max(read, key=len))


def _read(words: list[bytes], codec: str) -> list[str] | None:
    """The words in an encoding; None where they cannot be words in it."""
    try:
        found = [word.decode(codec) for word in words]
    except UnicodeDecodeError:
        return None
    return found if all(map(_may_be_words, found)) else None


def _may_be_words(text: str) -> bool:
    """Whether no strange mark stands amid letters, and no capital after a small letter.

    Letters of another script do not stand beside Latin ones.
    """
    text = text.strip("".join(_AROUND | _INSIDE))
    for before, char in zip(" " + text, text, strict=False):
        if char in _INSIDE or char.isascii():
            continue
        if not char.isalpha() or (char.isupper() and before.islower()):
            return False
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()}
    return len(scripts - {"FEMININE", "MASCULINE"}) <= 1


def _fewest(letters: set[str], languages: tuple[str, ...]) -> int | None:
    """How many of the languages it takes to have all letters; None for more than a few."""
    alphabets = [_alphabet(language) for language in languages]
    for count in range(MOST_LANGUAGES + 1):
        if any(letters.issubset(_joined(some)) for some in combinations(alphabets, count)):
            return count
    return None


def _joined(alphabets: tuple[frozenset[str], ...]) -> Iterator[str]:
    return (letter for alphabet in alphabets for letter in alphabet)


@cache
def _alphabet(language: str) -> frozenset[str]:
    return frozenset(read_table("files/encodings.toml")["letters"][language])
