"""Find where a sentence begins in its template, from the line that its mark names.

Words alone are compared, up to four of them. Between two words there may be markup, commands of
the template, other quotation marks than are printed, and the end of a line.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from advocacy.errors import AdvocacyError, Place
from advocacy.files.text import read_text, split_lines

NEARBY_LINES = 15
"""How many lines around a mark are searched for a sentence's first words."""
_MOST_WORDS = 4
_LONG = 12  # characters of a word that are compared: some languages have no spaces
_WORD = re.compile(r"[^\W_]+")
# Each command ends at its own end: if it could go on behind it, there would be too many ways.
_GAP = (
    r"(?:\{\{(?:(?!\}\})[^\n])*\}\}|\{%(?:(?!%\})[^\n])*%\}|\{#(?:(?!#\})[^\n])*#\}"
    r"|[^\w{]|_|\{(?![{%#]))*?"
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
            for line, column in self._matches(place, _pattern(tokens[:count])):
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

    def _matches(self, place: Place, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Yield lines and columns, from 1, at which a pattern begins near a place."""
        lines, near = self[place.path], NEARBY_LINES // 2
        first = max((place.line or 1) - near, 1)
        text = "\n".join(lines[first - 1 : (place.line or 1) + near])
        for match in pattern.finditer(text):
            start = match.start()
            yield first + text.count("\n", 0, start), start - text.rfind("\n", 0, start)

    def _opening(self, path: Path, line: int, column: int, words: str) -> int:
        """The column of the quotation mark or bracket with which the words begin."""
        text = self[path][line - 1]
        while words[:1] in _OPENING and column > 1 and text[column - 2] in _OPENING:
            column -= 1
        return column


@lru_cache(maxsize=256)
def _pattern(tokens: tuple[str, ...]) -> re.Pattern[str]:
    parts = [
        re.escape(token[:_LONG]) + ("" if len(token) > _LONG else r"(?![^\W_])") for token in tokens
    ]
    return re.compile(r"(?<![^\W_])" + _GAP.join(parts))
