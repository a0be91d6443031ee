"""What a YAML parser's error means for the person who wrote the text.

libyaml and PyYAML report the token at which they could not go on. The mistake is often another one:
a quote that ends a text early, or a line whose indentation fits no line above. Such mistakes are
looked for in the lines themselves; everything else is in `syntax_errors.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from advocacy.errors import Place, Problem, count_noun
from advocacy.files.yaml.traps import trap_near
from advocacy.resources import read_table

_ERRORS = read_table("files/yaml/syntax_errors.toml")["errors"]
_KEY = re.compile(r" *(?:- +)*[^\s'\"#{[:-][^'\"#:]*:(?:\s|$)")
_BLOCK = re.compile("while parsing a block (mapping|collection)|expected <block end>|expected key")
_INDENTATION, _TEXT_AFTER_QUOTE = "yaml-indentation", "yaml-text-after-quote"
_OPENING = re.compile(r"(?:[:-] +|^ *)(['\"])")


class _Line(NamedTuple):
    """A line with content: its number from 1, and its spaces before the first character."""

    number: int
    indentation: int
    text: str


def explain_syntax(error: yaml.YAMLError, text: str, path: Path) -> Problem:
    """Word a parser's error: where the mistake is, what it is, and how to correct it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(
            "yaml-syntax", f"This is not valid YAML: {error}", "Correct it.", Place(path)
        )
    lines = [*text.split("\n"), ""]  # an error may stand after the last line
    mark, start = error.problem_mark, error.context_mark or error.problem_mark
    if re.match(r" *\t", lines[mark.line]):
        return _tabs(lines, mark.line, path)
    trap = trap_near(lines, mark.line, path)
    if trap is not None:
        return trap
    said = f"{error.context or ''} | {error.problem or ''}"
    place = Place(path, mark.line + 1, mark.column + 1)
    own = _text_after_quote(lines[mark.line], place, said) or _indentation(lines, place, said)
    if own is not None:
        return own
    for known in _ERRORS:
        if re.search(known["pattern"], said):
            if known.get("at_start"):
                place = Place(path, start.line + 1, start.column + 1)
            character = lines[mark.line][mark.column : mark.column + 1] or "this character"
            message = known["message"].replace("{start}", str(start.line + 1))
            message = message.replace("{character}", f"`{character}`")
            return Problem(known["code"], message, known["hint"], place)
    return Problem(
        "yaml-syntax",
        f"This is not valid YAML: {error.problem}.",
        "Compare the line with those above. Text with special characters needs quotes.",
        place,
    )


def _tabs(lines: Sequence[str], index: int, path: Path) -> Problem:
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
        "Use spaces. YAML does not allow tabs before a key or a list item.",
        Place(path, index + 1, lines[index].index("\t") + 1),
    )


def _text_after_quote(line: str, place: Place, said: str) -> Problem | None:
    """The problem if a quote before the place has ended a text that goes on."""
    before = line[: (place.column or 1) - 1].rstrip()
    rest = line[len(before) :].strip()
    quote = before[-1:]
    is_open = _BLOCK.search(said) or re.search(r"expected ',' or|flow", said)
    if not is_open or quote not in ("'", '"') or not rest or rest[0] in ":,#]}":
        return None
    hint = (
        "In '…', write each apostrophe twice ('')."
        if quote == "'"
        else 'In "…", write a backslash before each quotation mark (\\").'
    )
    whole = _meant(line, quote) if _BLOCK.search(said) else ""
    if whole:
        hint = f"Write `{whole}`."
    return Problem(
        _TEXT_AFTER_QUOTE,
        f"The quotation mark before `{_shortened(rest)}` ends the text, but the line continues.",
        hint,
        Place(place.path, place.line, len(before)),
    )


def _meant(line: str, quote: str) -> str:
    """The text of a line in quotes that can hold it; empty if it is not clear what is meant."""
    opening = _OPENING.search(line)
    if opening is None or opening[1] != quote:
        return ""
    text = line[opening.start(1) :].rstrip()
    second = text.find(quote, 1)
    if text[second - 1] == " " or text[second + 1 : second + 2].isalpha():
        # The second quote is an apostrophe or opens a quotation: the first belongs to YAML.
        text = text[1:-1] if text.endswith(quote) else ""
    if not text or "\\" in text or len(text) > 80:
        return ""
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def _indentation(lines: Sequence[str], place: Place, said: str) -> Problem | None:
    """The problem if the line at the place is indented as no line above allows."""
    number = place.line or 1
    line = lines[number - 1]
    own = len(line) - len(line.lstrip(" "))
    above = list(_lines_above(lines, number))
    if not above or not line.strip():
        return None
    last = above[0]
    hint = (
        "Indent it like the lines that it belongs to. If one of those is wrong, correct that one."
    )
    starts_line = line[: (place.column or 1) - 1].strip() == ""
    if re.search("mapping values are not allowed", said):
        key, value = _KEY.match(line), last.text.partition(":")[2].strip()
        if key and key.end() > (place.column or 1) - 1 and own > last.indentation and value:
            message = (
                f"This line is indented more than line {last.number}, which already has a value."
            )
            return Problem(_INDENTATION, message, hint, Place(place.path, number, own + 1))
        return None
    if not starts_line or not (_BLOCK.search(said) or "document start" in said):
        return None
    if line.lstrip().startswith("%"):
        return None
    level = next((one for one in above if one.indentation == own), None)
    is_item = re.match(r" *-(\s|$)", line) is not None
    if level is not None and is_item != (re.match(r" *-(\s|$)", level.text) is not None):
        what = "a list item" if is_item else "a key"
        other = "a key" if is_item else "a list item"
        message = f"This line is {what}, but line {level.number}, with the same indentation, "
        cure = "Indent the list under its key." if is_item else "Begin it with `- `, or indent it."
        return Problem(_INDENTATION, f"{message}is {other}.", cure, place)
    near, *others = list(_levels(above))[:2]
    shown = f"line {near.number} begins with {_count(near)}"
    if others:
        shown += f", and line {others[0].number} with {_count(others[0])}"
    message = f"This line begins with {count_noun(own, 'space') if own else 'no spaces'}; {shown}."
    return Problem(_INDENTATION, message, hint, place)


def _lines_above(lines: Sequence[str], number: int) -> Iterator[_Line]:
    """The lines with content above a line, the nearest first."""
    for index in range(number - 2, -1, -1):
        text = lines[index]
        if text.strip() and not text.lstrip().startswith("#"):
            yield _Line(index + 1, len(text) - len(text.lstrip(" ")), text)


def _levels(above: Sequence[_Line]) -> Iterator[_Line]:
    """The line above, then the nearest one of each smaller indentation."""
    smallest: int | None = None
    for one in above:
        if smallest is None or one.indentation < smallest:
            smallest = one.indentation
            yield one


def _count(line: _Line) -> str:
    """The spaces that a line begins with: `2`, or `2 (4 after the hyphen)`."""
    item = re.match(r" *(?:- +)+(?=.*:)", line.text)
    return f"{line.indentation or 'none'}" + (f" ({item.end()} up to its text)" if item else "")
