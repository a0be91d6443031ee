"""Errors of YAML's syntax in plain words."""

import re
from pathlib import Path

import yaml

from advocacy.errors import Place, Problem

_IN_QUOTES = 'If it is meant as text, put the whole text in quotes: `"…"`.'

# What libyaml and PyYAML say, and what people may do about it. The first match counts.
_SYNTAX: tuple[tuple[str, str, str, str], ...] = (
    (
        r"mapping values are not allowed",
        "yaml-colon",
        "A colon is not allowed here.",
        (
            'A text that holds a colon and a space needs quotes: `subject: "Now: act"`. '
            "If it is a key, check that the line begins as far in as its neighbours."
        ),
    ),
    (
        r"quoted scalar \| found unexpected (end of stream|document)",
        "yaml-open-quote",
        "The quote that opens here is never closed.",
        "Close the text with the same quote; in '…' an apostrophe is written twice ('').",
    ),
    (
        r"quoted scalar \|.*(escape|hexdecimal|hexadecimal|Unicode)",
        "yaml-escape",
        'In "…" a backslash begins an escape; this one is not valid.',
        "Write the backslash twice, or put the text in '…'.",
    ),
    (
        r"anchor|alias",
        "yaml-alias",
        "Text that begins with `*` or `&` has a special meaning in YAML.",
        _IN_QUOTES,
    ),
    (
        r"tag",
        "yaml-tag",
        "A text that begins with `!` is read as a tag.",
        _IN_QUOTES,
    ),
    (
        r"cannot start any token",
        "yaml-quotes",
        "No unquoted text can begin with {character}.",
        _IN_QUOTES,
    ),
    (
        r"expected ',' or|flow (sequence|mapping)",
        "yaml-brackets",
        "The list or mapping in brackets that begins on line {start} is not valid here.",
        (
            "Separate items with commas, close it with `]` or `}`, and put texts that hold "
            "commas, colons or brackets in quotes."
        ),
    ),
    (
        r"block scalar",
        "yaml-block",
        "A block of text begins with `|` or `>` alone on its line, then lines further in.",
        "Begin the text on the next line, further in than the key.",
    ),
    (
        r"(block )?sequence entries are not allowed",
        "yaml-list",
        "A list cannot begin on the line of its key.",
        "Begin the list on the next line: `- …`; if it is meant as text, put it in quotes.",
    ),
    (
        r"could not find expected ':'",
        "yaml-key",
        "This line has no key with a colon and does not continue the text above.",
        "Add the colon after the key, or begin the line further in than the key above.",
    ),
    (
        r"while parsing a block (mapping|collection)|expected <block end>|expected key",
        "yaml-indentation",
        "The indentation does not match the lines above, which begin on line {start}.",
        (
            "Let the line begin as far in as its neighbours; a text with quotes inside needs "
            "quotes of the other kind around it."
        ),
    ),
    (
        r"directive|document start",
        "yaml-directive",
        "A line that begins with `%` is read as a directive.",
        "Remove the line, or put the text in quotes.",
    ),
)


def explain(error: yaml.YAMLError, text: str, path: Path) -> Problem:
    """What a parser's error means for the person who wrote the text."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem("yaml-syntax", f"This is not YAML: {error}", "Correct it.", Place(path))
    lines = [*text.split("\n"), ""]  # an error may stand after the last line
    mark, start = error.problem_mark, error.context_mark or error.problem_mark
    if re.match(r" *\t", lines[mark.line]):
        return _tabs(lines, mark.line, path)
    said = f"{error.context or ''} | {error.problem or ''}"
    place = Place(path, mark.line + 1, mark.column + 1)
    for pattern, code, message, hint in _SYNTAX:
        if re.search(pattern, said):
            if code in {"yaml-open-quote", "yaml-key", "yaml-alias"}:
                place = Place(path, start.line + 1, start.column + 1)
            character = lines[mark.line][mark.column : mark.column + 1] or "this character"
            message = message.replace("{start}", str(start.line + 1))
            return Problem(code, message.replace("{character}", f"`{character}`"), hint, place)
    return Problem(
        "yaml-syntax",
        f"This is not YAML: {error.problem}.",
        "Compare the line with those above; texts with odd characters need quotes.",
        place,
    )


def _tabs(lines: list[str], index: int, path: Path) -> Problem:
    others = [
        str(number)
        for number, line in enumerate(lines, start=1)
        if number > index + 1 and re.match(r" *\t", line)
    ]
    more = ""
    if others:
        shown = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
        more = f"; so is line {shown}" if len(others) == 1 else f"; so are lines {shown}"
    return Problem(
        "tab-indentation",
        f"The line is indented with a tab{more}.",
        "Use spaces: YAML allows no tabs before a key or a list item.",
        Place(path, index + 1, lines[index].index("\t") + 1),
    )
