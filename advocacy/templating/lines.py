"""Invisible marks that lead from a rendered text back to the template's lines."""

import re
from collections.abc import Callable

# A plain word with nothing before or after it that Markdown could take for a sign.
_WORD = re.compile(
    r"(?:(?<=^)|(?<=\s)|(?<=[\"“‘(*_]))[^\W\d_][^\W_’'-]*(?:[’'-][^\W_]+)*(?=[\s.,;:!?)…”’\"*_]|$)"
)
_NO_TEXT = re.compile(r"\s*(\[[^\]]+\]:|```|~~~|\{|<)|.*[`<\[\]&]")


def mark_lines(data: str, first_line: int, mark: Callable[[int], str]) -> str:
    """Template text with an invisible mark after the last plain word of each line.

    `mark(line)` gives the character for a line. Lines in which a word may be part of an
    address or of code have no mark.
    """
    lines = data.split("\n")
    for index, line in enumerate(lines):
        if _NO_TEXT.match(line):
            continue
        words = list(_WORD.finditer(line))
        if words:
            at = words[-1].end()
            lines[index] = line[:at] + mark(first_line + index) + line[at:]
    return "\n".join(lines)
