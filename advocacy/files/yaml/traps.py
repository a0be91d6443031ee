"""What YAML reads otherwise than it looks: cut-off texts, curly quotes, dashes that make no list.

YAML takes ` #` in an unquoted text for the beginning of a comment, a curly quotation mark for a
letter, a dash for a part of the line above, and a no-break space for no space at all. Word
processors put the last three where people typed something else.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from advocacy.errors import Place, Problem

_SPACES = "\u00a0\u2007\u202f"
_CUT = re.compile(r" (#(?=[^\W_]).*)")
_COMMENT = re.compile(r"(?<!\s)\s+#\s.*$")
_ITEM = re.compile(r"(?:,(?:\s.*)?|\s*[\]}][\]},\s]*)$")
_PUT = re.compile(r"Put the text in quotes: `(['\"])(.*)\1`\. A comment")
_CURLY = re.compile(r"[“„](?=\S)[^“”„]*[”“]|‘[^‘’]*’")
_BEGINS_CURLY = re.compile(r"(?:(?<![\w-])[\w-]+:|-)\s+([“„‘])")
_MARK = re.compile(rf"\s*((?:[–—•·▪]|-[{_SPACES}])(?=[\s{_SPACES}\w]))")
_SPACED = re.compile(rf"(?= *[{_SPACES}])[ {_SPACES}]+(?=[\w-])|\s*-[{_SPACES}]")
_AFTER_MARK = re.compile(rf"\s*(?:- +)*(?:-|[\w-]+:)[{_SPACES}]")
_NO_LIST = "does not begin a list item, so YAML adds the line to the text above."
_BEGIN = "Begin each line of a list with a hyphen and a space: `- `."


class Trap(NamedTuple):
    """A trap in a file: line and column (from 0), the problem's code, its message and its hint."""

    line: int
    column: int
    code: str
    message: str
    hint: str


def may_be_trap(event: Any, lines: Sequence[str], *, is_key: bool) -> bool:
    """Whether to look for traps in a text: most have neither their characters nor a comment.

    Saves a tenth of the time in which a file is read.
    """
    start, end = event.start_mark, event.end_mark
    if not event.value.isascii() or start.line != end.line or end.line >= len(lines):
        return True
    return not is_key and lines[end.line].startswith(" #", end.column)


def traps_of(
    event: Any, lines: Sequence[str], *, is_key: bool, in_flow: bool = False
) -> Iterator[Trap]:
    """The traps in a text; `event` is PyYAML's, `lines` are those of the file.

    `in_flow`: it stands between brackets. In quotes, a text has no trap but what follows it.
    """
    start, end, raw = event.start_mark, event.end_mark, event.value
    if event.style in ("'", '"') and not is_key and start.line == end.line:
        written = lines[start.line][start.column : end.column]
        yield from _cut_off(start, written, lines[end.line][end.column :], in_flow=in_flow)
    if event.style:
        return
    if is_key:
        if any(space in raw for space in _SPACES):
            yield _no_break(start.line, lines[start.line])
        return
    mark = _mark_in(raw, start, end, lines)
    if mark is not None:
        yield mark
        return
    if _CURLY.fullmatch(raw):
        yield _curly(start.line, start.column, raw[0])
    rest = lines[end.line][end.column :] if end.line < len(lines) else ""
    if raw:
        yield from _cut_off(start, raw, rest, in_flow=in_flow)


def _mark_in(raw: str, start: Any, end: Any, lines: Sequence[str]) -> Trap | None:
    """What looks like a list's mark or a key in an unquoted text, in its first line or another."""
    if _AFTER_MARK.match(raw):
        return _no_break(start.line, lines[start.line], start.column)
    if mark := _MARK.match(raw):
        message = f"`{mark[1]}` {_NO_LIST}"
        return Trap(start.line, start.column, "not-a-list", message, _BEGIN)
    for number in range(start.line + 1, end.line + bool(end.column)):
        line = lines[number] if number < len(lines) else ""
        if _AFTER_MARK.match(line):
            return _no_break(number, line)
        if mark := _MARK.match(line):
            message = f"`{mark[1]}` {_NO_LIST}"
            return Trap(number, mark.start(1), "not-a-list", message, _BEGIN)
    return None


def _cut_off(start: Any, text: str, rest: str, *, in_flow: bool) -> Iterator[Trap]:
    """The trap where a text, as it is written, ends before a number sign in its line."""
    cut = _CUT.match(rest)
    if cut is None:
        return
    lost = _COMMENT.sub("", rest).strip()
    if in_flow:
        lost = _ITEM.sub("", lost).rstrip()
    whole = f"{text} {lost}"
    said = lost if len(lost) <= 40 else f"{lost[:39]}…"
    yield Trap(
        start.line,
        start.column,
        "text-cut-off",
        f"The text ends before `{said}`: a space and `#` begin a comment.",
        f"Put the text in quotes: `{in_quotes(whole)}`. A comment has a space after `#`.",
    )


def looks_wrong(text: str) -> bool:
    """Whether a text without quotes would be taken for a trap."""
    return bool(
        _AFTER_MARK.match(text)
        or _MARK.match(text)
        or _CURLY.fullmatch(text)
        or any(s in text for s in _SPACES)
    )


def in_quotes(text: str) -> str:
    """A text in the quotation marks of YAML that it needs not be escaped in, if there are some."""
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def cut_text(hint: str) -> str:
    """The whole text that the hint about a cut-off one puts in quotes; empty for other hints."""
    found = _PUT.match(hint)
    if found is None:
        return ""
    if found[1] == "'":
        return found[2]
    return re.sub(r"\\(.)", r"\1", found[2])


def trap_near(lines: Sequence[str], index: int, path: Any) -> Problem | None:
    """The trap in a line at which YAML cannot go on, or in the line above it."""
    for number in (index, index - 1):
        line = lines[number] if 0 <= number < len(lines) else ""
        trap = None
        mark, curly = _MARK.match(line), _BEGINS_CURLY.search(line)
        if _SPACED.match(line) or _AFTER_MARK.match(line):
            trap = _no_break(number, line)
        elif mark:
            trap = Trap(number, mark.start(1), "not-a-list", f"`{mark[1]}` {_NO_LIST}", _BEGIN)
        elif curly:
            trap = _curly(number, curly.start(1), curly[1])
        if trap:
            place = Place(path, trap.line + 1, trap.column + 1)
            return Problem(trap.code, trap.message, trap.hint, place)
    return None


def _curly(line: int, column: int, mark: str) -> Trap:
    return Trap(
        line,
        column,
        "curly-quotes",
        f"YAML treats the curly quotation mark `{mark}` as text, so it would be printed.",
        'Use straight quotation marks: `"…"`. To print curly ones, put straight ones around them.',
    )


def _no_break(number: int, line: str, start: int = 0) -> Trap:
    column = next((at for at in range(start, len(line)) if line[at] in _SPACES), start)
    return Trap(
        number,
        column,
        "no-break-space",
        "This is a no-break space, which YAML does not treat as a space.",
        "Replace it with a space.",
    )
