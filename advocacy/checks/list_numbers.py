"""Check that the items of numbered lists have the same numbers in every document.

A letter's list may begin at 4. Word processors, mail programs and typesetters count by themselves,
so each document's own numbers are compared with those of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from advocacy.files.html_reader import HtmlReader
from advocacy.letters.letter import Letter
from advocacy.templating.citation_marks import LINE, MARK, Prose
from advocacy.templating.markup import body_tokens

_FIRST_WORDS = 4
_MARKER = re.compile(r"(?<![^\r\n])[.\s]*(\d+)[.\s]*(?![^\r\n])")
_NEAR = 2.0
"""Points above and below the middle of a number: what crosses these stands in its line."""
_OF_LIST = re.compile(r"-?[0-9]{1,9}")
_START = re.compile(r"(?:^|\n)[ \t>]*(\d+)[.)]\s+")


@dataclass(frozen=True, slots=True)
class NumberedItem:
    """An item of a numbered list: its number, its first words, and all its words if known."""

    number: int
    words: str
    text: str = ""


def numbered_items(letter: Letter) -> Iterator[NumberedItem]:
    """The items of a letter's numbered lists, with the numbers that they are to have."""
    body = Prose(LINE.sub("", letter.body.markdown), letter.body.values)
    counters: list[int | None] = []
    waiting = False
    for token in body_tokens(body.markdown, letter.language):
        if token.type == "ordered_list_open":
            start = token.attrGet("start")
            counters.append(1 if start is None else int(start))
        elif token.type == "bullet_list_open":
            counters.append(None)
        elif token.type.endswith("list_close"):
            counters.pop()
        elif token.type == "list_item_open":
            waiting = counters[-1] is not None
        elif token.type == "inline" and waiting:
            waiting = False
            number = counters[-1] or 0
            counters[-1] = number + 1
            text = "".join(child.content for child in token.children or ())
            text = Prose(text, body.values).text() if MARK.search(text) else text
            if text.strip():
                yield NumberedItem(number, " ".join(text.split()[:_FIRST_WORDS]), text)


def numbers_in_html(page: str) -> list[NumberedItem]:
    """The items of the numbered lists of a page, with the numbers that a browser gives them."""
    reader = _Lists()
    reader.feed(page)
    reader.close()
    return [
        NumberedItem(number, " ".join("".join(parts).split()[:_FIRST_WORDS]))
        for number, parts in reader.items
    ]


class _Lists(HtmlReader):
    """Counts the items of ordered lists as HTML says (HTML Living Standard, 4.4.5 and 4.4.8)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[tuple[int, list[str]]] = []
        self._counters: list[int | None] = []
        self._open: list[list[str] | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ol":
            start = dict(attrs).get("start") or "1"
            self._counters.append(int(start) if _OF_LIST.fullmatch(start) else 1)
        elif tag == "ul":
            self._counters.append(None)
        elif tag == "li" and self._counters:
            number = self._counters[-1]
            if number is None:
                self._open.append(None)
                return
            self._counters[-1] = number + 1
            self.items.append((number, []))
            self._open.append(self.items[-1][1])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._counters:
            self._counters.pop()
        elif tag == "li" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] is not None:
            self._open[-1].append(data)


def numbers_in_text(text: str) -> list[NumberedItem]:
    """The numbered items of a plain text."""
    starts = list(_START.finditer(text))
    return [
        NumberedItem(int(one[1]), " ".join(text[one.end() :].split()[:_FIRST_WORDS]))
        for one in starts
    ]


def numbers_on_paper(data: bytes) -> list[NumberedItem]:
    """The numbers that stand alone before a line of a PDF, each with its line.

    A typesetter paints them after the text, so they are found by their places. Lines from right to
    left come in the order of the eye.
    """
    import pypdfium2
    from pypdfium2 import raw

    found = []
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            text = page.get_textpage()
            count = text.count_chars()
            chars = "".join(chr(raw.FPDFText_GetUnicode(text, index)) for index in range(count))
            for one in _MARKER.finditer(chars):
                _, bottom, _, top = text.get_charbox(one.start(1), loose=True)
                middle = (bottom + top) / 2
                line = text.get_text_bounded(bottom=middle - _NEAR, top=middle + _NEAR)
                found.append(NumberedItem(int(one[1]), " ".join(line.split())))
    return found
