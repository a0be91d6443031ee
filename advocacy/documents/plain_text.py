"""Markdown's blocks as plain text: wrapped, indented, with the words as they are."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from advocacy.files.characters import column_width

_RULE = "-" * 20
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


def text_blocks(tokens: Iterable[Token]) -> Iterator[PlainBlock]:
    """The blocks of a parsed body, with marks in their text."""
    containers: list[_Container] = []
    numbers: list[int | None] = []  # of the next item, in each list that is open
    tight = list_begins = False
    underline = ""
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start")
                first = 1 if start is None else int(start)
                list_begins = list_begins or not numbers
                numbers.append(first if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                number = numbers[-1]
                marker = "- " if number is None else f"{number}. "
                numbers[-1] = None if number is None else number + 1
                containers.append(_Container(" " * len(marker), marker))
            case "blockquote_open":
                containers.append(_Container("> ", "> "))
            case "list_item_close" | "blockquote_close":
                containers.pop()
            case "paragraph_open":
                tight = token.hidden
            case "heading_open":
                tight, underline = False, "=" if token.tag == "h2" else "-"
            case "inline" | "fence" | "code_block" | "hr":
                tight = tight and token.type == "inline" and not list_begins
                gap = "".join(c.rest for c in containers if c.started).rstrip()
                yield PlainBlock(
                    text=_text(token),
                    rest="".join(c.rest for c in containers),
                    first="".join([c.begin() for c in containers]),
                    gap=None if tight else gap,
                    as_is=token.type in ("fence", "code_block"),
                    underline=underline,
                )
                list_begins, tight, underline = False, False, ""


def _text(token: Token) -> str:
    """The text of a block; in a paragraph, a link's address follows it where it says more."""
    if token.type != "inline":
        return _RULE if token.type == "hr" else token.content.rstrip("\n")
    text: list[str] = []
    links: list[tuple[str, int]] = []
    for child in token.children or ():
        if child.type in ("text", "text_special", "code_inline"):
            text.append(child.content)
        elif child.type == "hardbreak":
            text.append("\n")
        elif child.type == "link_open":
            links.append((str(child.attrGet("href") or ""), len(text)))
        elif child.type == "link_close":
            address, start = links.pop()
            words = "".join(text[start:])
            if _bare(address) not in (words, f"mailto:{words}"):
                text.append(f" <{address}>")
    return "".join(text)


def _bare(address: str) -> str:
    return address.strip("\x0e\x0f")


def block_lines(block: PlainBlock, text: str, width: int) -> list[str]:
    """The lines of a block, each of `width` columns, where `text` is its text without marks."""
    if block.as_is:
        body = [line.rstrip() for line in text.split("\n")]
        prefixes = (block.first, *[block.rest] * len(body))
        return [prefix + line for prefix, line in zip(prefixes, body, strict=False)]
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
