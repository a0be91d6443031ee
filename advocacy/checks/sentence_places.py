"""Find where a sentence begins in its template, from the line that its mark names.

Words alone are compared, up to four of them. Between two words there may be markup, commands of
the template, other quotation marks than are printed, and the end of a line.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from advocacy.errors import AdvocacyError, Place
from advocacy.files.text import read_text, split_lines

NEARBY_LINES = 15
"""How many lines around a mark are searched for a sentence's first words."""
_MOST_WORDS = 4
_LONG = 12  # characters of a word that are compared: some languages have no spaces
_WORD, _LETTER = re.compile(r"[^\W_]+"), re.compile(r"[^\W_]")
# Each command ends at its own end: if it could go on behind it, there would be too many ways.
_GAP = re.compile(
    r"(?:\{\{(?:(?!\}\})[^\n])*\}\}|\{%(?:(?!%\})[^\n])*%\}|\{#(?:(?!#\})[^\n])*#\}"
    r"|[^\w{]|_|\{(?![{%#]))*"
)
_OPENING = "\"'“‘„‚«‹([{¿¡「『（"


def locate_words(lines: Sequence[Place], words: str) -> Place | None:
    """Find where words begin on one of a sentence's lines, or its first line if none has them."""
    files = TemplateLines()
    found = [files.locate(place, words) for place in lines]
    return next((place for place in found if place.column), found[0] if found else None)


class TemplateLines(dict[Path, list[str]]):
    """The lines of templates, each file read once for one body."""

    def __missing__(self, path: Path) -> list[str]:
        try:
            self[path] = split_lines(read_text(path))  # as the run holds it
        except AdvocacyError:
            self[path] = []
        return self[path]

    def locate(
        self, place: Place, words: str, after: Place | None = None, *, exact: bool = True
    ) -> Place:
        """Find where words begin on a line or, as not every line has a mark, on the nearest.

        `after` is where the sentence before begins: of equal words on a line, those behind it are
        taken. Where no mark names the line, `exact` is false, and all that is behind them comes
        before what is nearest. A line without the words has no column.
        """
        if place.line is None:
            return place
        known = (
            (after.line or 0, after.column or 0) if after and after.path == place.path else (0, 0)
        )
        tokens = tuple(_WORD.findall(words)[:_MOST_WORDS])
        for count in range(len(tokens), 0, -1):
            found = []
            for line, column in self._matches(place, tokens[:count]):
                distance, is_before = abs(line - place.line), (line, column) <= known
                # A word alone says too little to be looked for on other lines.
                if count > 1 or distance == 0:
                    found.append((is_before and not exact, distance, is_before, line, column))
            if found:
                *_, line, column = min(found)
                return Place(place.path, line, self._opening(place.path, line, column, words))
        # A paragraph of one word: the only line that is nothing else.
        alone = [n for n, line in enumerate(self[place.path], start=1) if line.strip() == words]
        if len(alone) == 1:
            return Place(place.path, alone[0], 1)
        return Place(place.path, place.line, None)

    def _matches(self, place: Place, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield lines and columns, from 1, at which some words begin near a place."""
        lines, near = self[place.path], NEARBY_LINES // 2
        first = max((place.line or 1) - near, 1)
        text = "\n".join(lines[first - 1 : (place.line or 1) + near])
        for start in _starts(text, tokens):
            yield first + text.count("\n", 0, start), start - text.rfind("\n", 0, start)

    def _opening(self, path: Path, line: int, column: int, words: str) -> int:
        """The column of the quotation mark or bracket with which the words begin."""
        text = self[path][line - 1]
        while words[:1] in _OPENING and column > 1 and text[column - 2] in _OPENING:
            column -= 1
        return column


def _starts(text: str, tokens: Sequence[str]) -> Iterator[int]:
    """Yield where some words begin in a text, with nothing but gaps between them.

    A pattern for them would find the same, but each is looked for once, and to make it takes
    twenty times as long. A gap ends where the next word begins: none of it can be in one.
    """
    at = _find_word(text, tokens[0], 0)
    while at >= 0:
        end = at + len(tokens[0][:_LONG])
        for token in tokens[1:]:
            gap = _GAP.match(text, end)
            end = gap.end() if gap else end
            if not _is_word(text, token, end):
                end = -1
                break
            end += len(token[:_LONG])
        if end >= 0:
            yield at
        at = _find_word(text, tokens[0], max(end, at + 1))


def _find_word(text: str, token: str, at: int) -> int:
    """Where a word begins for the first time from a place on; -1 where it does not."""
    while (at := text.find(token[:_LONG], at)) >= 0:
        if (not at or not _LETTER.match(text, at - 1)) and _is_word(text, token, at):
            break
        at += 1
    return at


def _is_word(text: str, token: str, at: int) -> bool:
    """Whether a word stands at a place; of a long one, whether its beginning does."""
    if not text.startswith(token[:_LONG], at):
        return False
    return len(token) > _LONG or not _LETTER.match(text, at + len(token))
