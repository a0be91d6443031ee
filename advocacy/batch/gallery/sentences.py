"""The sentences of a letter in its plain text, so that a reader can comment on each.

Words alone are compared: the plain text is broken into lines, has numbers of notes, and may have
other marks than the sentence as it is read.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from advocacy.checks.sentences import read_letter
from advocacy.documents.text import WIDTH
from advocacy.files.characters import column_width
from advocacy.letters.letter import Letter

_WORD = re.compile(r"\w+")
# What may stand between two words of a sentence: blanks, marks, and the numbers of notes.
_GAP = r"[\W_]*?(?:\[\d+(?:,\d+)*\][\W_]*?)*"
_LINE_END = re.compile(r"\n *")
_CLOSING = re.compile(r"""[^\w\s\[]*""")
HEAD, TAIL = 5, 3
"""Words by which a sentence is known that has a note in the midst of its text."""
MOST_BETWEEN = 600


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of a plain text; `sentence` is the sentence that it prints, or empty.

    `parts` are the same text; every second one is the end of a line at which a paragraph goes on.
    """

    text: str
    sentence: str = ""
    parts: tuple[str, ...] = ()


def split_text(text: str, letter: Letter) -> tuple[TextPiece, ...]:
    """Split a letter's plain text into its sentences, subject included, and what is between them.

    The pieces together are the text. A sentence that is not found in it stays part of the rest.
    """
    blocks = (block.sentences for block in read_letter(letter))
    sentences = [letter.subject, *(one.text for each in blocks for one in each)]
    pieces, ends, begin = [], set(_line_ends(text)), 0
    for piece in _pieces(text, sentences):
        pieces.append(replace(piece, parts=tuple(_parts(piece.text, ends, begin))))
        begin += len(piece.text)
    return tuple(pieces)


def _line_ends(text: str) -> Iterator[int]:
    """Where lines end because they are full: the next line's first word has no room in them."""
    at = 0
    lines = text.split("\n")
    for line, after in pairwise(lines):
        at += len(line)
        first = after.split(maxsplit=1)[:1]
        if line.strip() and first and column_width(f"{line} {first[0]}") > WIDTH:
            yield at
        at += 1


def _parts(text: str, ends: Container[int], begin: int) -> Iterator[str]:
    done = 0
    for found in _LINE_END.finditer(text):
        if begin + found.start() in ends:
            yield text[done : found.start()]
            yield found[0]
            done = found.end()
    yield text[done:]


def _pieces(text: str, sentences: Iterable[str]) -> Iterator[TextPiece]:
    done = 0
    for sentence in sentences:
        found = _find(text, sentence, done)
        if found is None:
            continue
        begin, end = found
        if begin > done:
            yield TextPiece(text[done:begin])
        yield TextPiece(text[begin:end], sentence)
        done = end
    if done < len(text):
        yield TextPiece(text[done:])


def _find(text: str, sentence: str, start: int) -> tuple[int, int] | None:
    words = [re.escape(word) for word in _WORD.findall(sentence)]
    if not words:
        return None
    found = re.compile(_GAP.join(words)).search(text, start)
    if found is None and len(words) > HEAD + TAIL:
        head, tail = _GAP.join(words[:HEAD]), _GAP.join(words[-TAIL:])
        most = len(sentence) + MOST_BETWEEN
        found = re.compile(f"{head}.{{0,{most}}}?{tail}", re.DOTALL).search(text, start)
    if found is None:
        return None
    begin, end = found.span()
    closing = _CLOSING.match(text, end)
    # An opening mark before the first word belongs to it.
    while begin > start and sentence[:1] == text[begin - 1] and not sentence[:1].isalnum():
        begin -= 1
    return begin, closing.end() if closing else end
