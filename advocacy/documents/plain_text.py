"""Markdown's blocks as plain text: wrapped, indented, with the words as they are."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from advocacy.documents.plain_tables import TableCells, labelled_cells, table_lines
from advocacy.files.characters import column_width

_RULE = "-" * 20
PLACE = "\x11"
"""Stands before and behind the number of a note (`n0`) or a picture (`p0`) to be put in."""
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
# Where lines of Chinese and Japanese may not break (after JIS X 4051): before and after these.
_NOT_BEFORE = "、。，．・：；？！ー）］｝〉》」』】〕’”…々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NOT_AFTER = "（［｛〈《「『【〔‘“"
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
    "\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)


@dataclass(frozen=True, slots=True)
class PlainBlock:
    """A paragraph or its like.

    `first` and `rest` begin its lines; `gap` is the line before it, None for none.
    """

    text: str
    first: str = ""
    rest: str = ""
    gap: str | None = ""
    as_is: bool = False
    underline: str = ""
    table: tuple[str, ...] = ()
    """Of a table, how each column is aligned: `left`, `right`, `center`."""


@dataclass(slots=True)
class _Container:
    """A list item or a block quotation that is open."""

    rest: str
    marker: str
    started: bool = False

    def begin(self) -> str:
        """What it begins the next line with: its marker, once."""
        prefix = self.rest if self.started else self.marker
        self.started = True
        return prefix


class _Outline:
    """Where among lists and quotations the next block stands."""

    def __init__(self) -> None:
        self._containers: list[_Container] = []
        self._numbers: list[int | None] = []  # of the next item, in each list that is open
        self._tight = self._list_begins = False
        self._underline = ""

    @property
    def rest(self) -> str:
        """What begins the second line of a block here, and those below."""
        return "".join(c.rest for c in self._containers)

    def follow(self, token: Token) -> None:
        """Take a token that opens or closes what blocks stand in."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start")
                first = 1 if start is None else int(start)
                self._list_begins = self._list_begins or not self._numbers
                self._numbers.append(first if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                number = self._numbers[-1]
                marker = "- " if number is None else f"{number}. "
                self._numbers[-1] = None if number is None else number + 1
                self._containers.append(_Container(" " * len(marker), marker))
            case "blockquote_open":
                self._containers.append(_Container("> ", "> "))
            case "list_item_close" | "blockquote_close":
                self._containers.pop()
            case "paragraph_open":
                self._tight = token.hidden
            case "heading_open":
                self._tight, self._underline = False, "=" if token.tag == "h2" else "-"

    def block(
        self, text: str, *, tight: bool = False, as_is: bool = False, table: tuple[str, ...] = ()
    ) -> PlainBlock:
        """The block that stands here; a `tight` one may follow without an empty line."""
        gap = "".join(c.rest for c in self._containers if c.started).rstrip()
        without_gap = tight and self._tight and not self._list_begins
        rest = self.rest
        first = "".join([c.begin() for c in self._containers])
        underline, self._underline = self._underline, ""
        self._list_begins = self._tight = False
        gap_before = None if without_gap else gap
        return PlainBlock(text, first, rest, gap_before, as_is, underline, table)


def text_blocks(tokens: Iterable[Token]) -> Iterator[PlainBlock]:
    """The blocks of a parsed body, with marks in their text."""
    outline = _Outline()
    table: TableCells | None = None
    for token in tokens:
        match token.type:
            case "table_open":
                table = TableCells()
            case "table_close" if table is not None:
                yield outline.block(table.text(), table=table.aligned)
                table = None
            case _ if table is not None:
                table.read(token, inline_text(token.children or ()))
            case "inline":
                yield outline.block(inline_text(token.children or ()), tight=True)
            case "fence" | "code_block":
                yield outline.block(token.content.rstrip("\n"), as_is=True)
            case "hr":
                yield outline.block(_RULE)
            case "picture":
                yield outline.block(f"[{token.content}]")
                if token.children:
                    rest = outline.rest
                    yield PlainBlock(inline_text(token.children), rest, rest, None)
            case _:
                outline.follow(token)


def inline_text(tokens: Iterable[Token]) -> str:
    """The text of a paragraph; a link's address follows it where it says more.

    Struck text keeps its tildes, for without them it would say the contrary.
    """
    text: list[str] = []
    opened: list[tuple[str, int]] = []
    for child in tokens:
        match child.type:
            case "text" | "text_special" | "code_inline":
                text.append(child.content)
            case "hardbreak":
                text.append("\n")
            case "s_open" | "s_close":
                text.append("~~")
            case "note":
                text.append(f"{PLACE}n{child.meta['id']}{PLACE}")
            case "link_open" | "sup_open":
                opened.append((str(child.attrGet("href") or ""), len(text)))
            case "link_close" | "sup_close":
                address, start = opened.pop()
                words = "".join(text[start:])
                if child.type == "sup_close":
                    text[start:] = [_raised(words)]
                elif _bare(address) not in (words, f"mailto:{words}"):
                    text.append(f" <{address}>")
    return "".join(text)


def _raised(text: str) -> str:
    """A superscript: figures as such, letters as they are, anything else after a caret."""
    raised = text.translate(_RAISED)
    if text.isalpha() or not any(char in raised for char in text):
        return text if text.isalpha() else raised
    return f"^{text}"


def _bare(address: str) -> str:
    return address.strip("\x0e\x0f")


def block_lines(block: PlainBlock, text: str, width: int) -> list[str]:
    """The lines of a block, each of `width` columns, where `text` is its text without marks."""
    if block.as_is:
        body = [line.rstrip() for line in text.split("\n")]
        prefixes = (block.first, *[block.rest] * len(body))
        return [prefix + line for prefix, line in zip(prefixes, body, strict=False)]
    if block.table:
        room = width - len(block.rest)
        columns = table_lines(text, block.table, room)
        lines = columns or [
            line
            for header, cell in labelled_cells(text)
            for line in wrap(f"{header}: {cell}" if header else cell, "", "    ", room)
        ]
        return [block.rest + line for line in lines]
    lines = list(wrap(text, block.first, block.rest, width))
    if block.underline:
        longest = max(column_width(line) for line in lines) - len(block.rest)
        lines.append(block.rest + block.underline * max(longest, 1))
    return lines


def wrap(text: str, first: str, rest: str, width: int) -> tuple[str, ...]:
    """Text in lines of at most `width` columns that begin with `first`, then with `rest`.

    Breaks at spaces, and between the wide characters of Chinese and Japanese; keeps the line
    feeds of the text. A longer word stands on a line of its own.
    """
    if len(first) + len(text) <= width and text.isascii() and "\n" not in text:
        return ((first + text).rstrip(" "),)  # most lines of an address and the like
    return _wrapped(text, first, rest, width)


@lru_cache(maxsize=4096)  # saves measuring again, such as a subject that is not ASCII
def _wrapped(text: str, first: str, rest: str, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        simple = paragraph.isascii() and "  " not in f" {paragraph} "
        break_up = _filled if simple else _measured
        lines += break_up(paragraph, rest if lines else first, rest, width)
    return tuple(lines)


def _filled(text: str, first: str, rest: str, width: int) -> Iterator[str]:
    """Words of one column a character, with one space between any two, in lines."""
    start, prefix = 0, first
    while len(prefix) + len(text) - start > width:
        # The last space that leaves the line no longer than it may be, else the first of all.
        end = text.rfind(" ", start, max(start, start + width - len(prefix) + 1))
        if end < 0:
            end = text.find(" ", start)
        if end < 0:
            break
        yield prefix + text[start:end]
        start, prefix = end + 1, rest
    yield (prefix + text[start:]).rstrip(" ")


def _measured(text: str, first: str, rest: str, width: int) -> Iterator[str]:
    """The same of any text, word by word."""
    prefix, room = first, width - column_width(first)
    line, used = "", 0
    for word, space in _pieces(text):
        size = column_width(word)
        if line and used + len(space) + size > room:
            yield (prefix + line).rstrip(" ")
            prefix, room = rest, width - column_width(rest)
            line, used = word, size
        else:
            line += space + word
            used += len(space) + size
    yield (prefix + line).rstrip(" ")


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What may not be broken, each piece with the space before it (one, or none)."""
    space = ""
    for word in text.split(" "):
        if _WIDE.search(word):
            start = 0
            for at in range(1, len(word)):
                if _may_break(word[at - 1], word[at]):
                    yield word[start:at], space
                    start, space = at, ""
            yield word[start:], space
        else:
            yield word, space
        space = " "


def _may_break(before: str, after: str) -> bool:
    if not (_WIDE.match(before) or _WIDE.match(after)) or unicodedata.combining(after):
        return False
    return (
        after not in _NOT_BEFORE
        and before not in _NOT_AFTER
        and (not (after.isascii() and not after.isalnum()) and before not in "([<")
    )
