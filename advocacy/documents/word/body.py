"""A letter's text as blocks and inlines of pandoc's document tree."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

from markdown_it.token import Token

from advocacy.documents.prose import link_address
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK, Prose, value_html
from advocacy.templating.markup import ADDRESS_END, ADDRESS_START, body_tokens

Node = dict[str, Any]
"""A block or an inline: `t` is its type, `c` its content."""

_NO_ATTRIBUTES: list[Any] = ["", [], []]
_WRAPS = {
    "em": "Emph", "strong": "Strong", "sup": "Superscript", "sub": "Subscript", "s": "Strikeout",
}  # fmt: skip
_PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def inline_text(text: str) -> Iterator[Node]:
    """A text as inlines, with its spaces and line breaks."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield {"t": "LineBreak"}
        for place, word in enumerate(line.split(" ")):
            if place:
                yield {"t": "Space"}
            if word:
                yield {"t": "Str", "c": word}


def paragraph(style: str, *lines: str) -> Node:
    """Lines of text as one paragraph in a style of the reference document."""
    return styled(style, [{"t": "Para", "c": list(inline_text("\n".join(lines)))}])


def styled(style: str, blocks: Sequence[Node]) -> Node:
    """Blocks in a style of the reference document."""
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], list(blocks)]}


def heading(level: int, inlines: Iterable[Node]) -> Node:
    """A heading; level 1 is the letter's subject."""
    return {"t": "Header", "c": [level, _NO_ATTRIBUTES, list(inlines)]}


def note(inlines: Sequence[Node]) -> Node:
    """A footnote."""
    return {"t": "Note", "c": [{"t": "Para", "c": list(inlines)}]}


def body(
    prose: Prose,
    language: str,
    cite: Callable[[int, bool], Sequence[Node]],
    files: Sequence[str] = (),
) -> list[Node]:
    """The blocks of a body.

    `cite(j, within)` gives the inlines for the mark of citation `j`, which may stand within a note
    of the letter's own; `files` are the paths of the pictures in their order.
    """
    reader = _Body(prose.values, cite, files)
    return reader.blocks(iter(body_tokens(prose.markdown, language)), "")


class _Body:
    def __init__(
        self,
        values: Sequence[str],
        cite: Callable[[int, bool], Sequence[Node]],
        files: Sequence[str],
    ) -> None:
        self.values = values
        self.cite = cite
        self.files = files
        self.within_note = False

    def blocks(self, tokens: Iterator[Token], end: str) -> list[Node]:
        """The blocks up to the token of type `end`."""
        found: list[Node] = []
        for token in tokens:
            match token.type:
                case _ if token.type == end:
                    break
                case "paragraph_open":
                    inlines = self.inlines(next(tokens))
                    found.append({"t": "Plain" if token.hidden else "Para", "c": inlines})
                case "heading_open":
                    found.append(heading(int(token.tag[1:]), self.inlines(next(tokens))))
                case "bullet_list_open":
                    found.append({"t": "BulletList", "c": self.items(tokens, "bullet_list_close")})
                case "ordered_list_open":
                    start = token.attrGet("start")
                    number = [1 if start is None else int(start), {"t": "Decimal"}, {"t": "Period"}]
                    items = self.items(tokens, "ordered_list_close")
                    found.append({"t": "OrderedList", "c": [number, items]})
                case "blockquote_open":
                    inside = self.blocks(tokens, "blockquote_close")
                    found.append({"t": "BlockQuote", "c": inside})
                case "table_open":
                    found.append(self.table(tokens))
                case _:
                    found += self.single(token)
        return found

    def single(self, token: Token) -> Iterator[Node]:
        """The blocks of a token that stands for a whole block."""
        if token.type == "hr":
            yield {"t": "HorizontalRule"}
        elif token.type in ("fence", "code_block"):
            yield {"t": "CodeBlock", "c": [_NO_ATTRIBUTES, self.text(token.content)]}
        elif token.type == "page_break":
            yield {"t": "RawBlock", "c": ["openxml", _PAGE_BREAK]}
        elif token.type == "picture":
            width = token.meta["width"]
            size = [["width", f"{width}%"]] if width else []
            alt = list(inline_text(self.text(token.content)))
            file = [self.files[token.meta["id"]], ""]
            image = {"t": "Image", "c": [["", [], size], alt, file]}
            yield styled("Picture", [{"t": "Para", "c": [image]}])
            if token.children:
                yield styled("Caption", [{"t": "Para", "c": self.inlines(token)}])

    def table(self, tokens: Iterator[Token]) -> Node:
        """A table: its first row has the headers, and the first column where that says so."""
        rows: list[list[Any]] = []
        aligned: list[str] = []
        heads_rows = 0
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([_NO_ATTRIBUTES, []])
            elif token.type in ("th_open", "td_open"):
                if len(rows) == 1:
                    side = str(token.attrGet("style") or "").partition(":")[2] or "default"
                    aligned.append(f"Align{side.title()}")
                heads_rows = heads_rows or int(token.attrGet("scope") == "row")
                inside = [{"t": "Plain", "c": self.inlines(next(tokens))}]
                cell = [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, inside]
                rows[-1][1].append(cell)
        columns = [[{"t": side}, {"t": "ColWidthDefault"}] for side in aligned]
        head, below = [_NO_ATTRIBUTES, rows[:1]], [_NO_ATTRIBUTES, heads_rows, [], rows[1:]]
        foot = [_NO_ATTRIBUTES, []]
        return {"t": "Table", "c": [_NO_ATTRIBUTES, [None, []], columns, head, [below], foot]}

    def note(self, token: Token) -> Node:
        """A note of the letter's own."""
        self.within_note = True
        inlines = self.inlines(token)
        self.within_note = False
        return note(inlines)

    def items(self, tokens: Iterator[Token], end: str) -> list[list[Node]]:
        """The items of a list."""
        found = []
        for token in tokens:
            if token.type == end:
                break
            if token.type == "list_item_open":
                found.append(self.blocks(tokens, "list_item_close"))
        return found

    def inlines(self, inline: Token) -> list[Node]:
        """The inlines of a paragraph or heading."""
        open_lists: list[list[Node]] = [[]]
        addresses: list[str] = []
        for token in inline.children or ():
            kind, _, state = token.type.rpartition("_")
            if token.type in ("softbreak", "hardbreak"):
                open_lists[-1].append({"t": "Space" if token.type == "softbreak" else "LineBreak"})
            elif token.type == "code_inline":
                text = self.text(token.content)
                open_lists[-1].append({"t": "Code", "c": [_NO_ATTRIBUTES, text]})
            elif token.type == "note":
                open_lists[-1].append(self.note(token))
            elif state == "open":
                open_lists.append([])
                addresses.append(self.address(str(token.attrGet("href") or "")))
            elif state == "close":
                inside, address = open_lists.pop(), addresses.pop()
                open_lists[-1].append(_wrapped(kind, inside, address))
            else:
                open_lists[-1] += self.marked(token.content)
        return open_lists[0]

    def marked(self, text: str) -> Iterator[Node]:
        """A text with its values printed and its citations in place."""
        last = 0
        for mark in MARK.finditer(text):
            yield from inline_text(text[last : mark.start()])
            last, code = mark.end(), ord(mark[0])
            if code >= CITE_MARK:
                yield from self.cite(code - CITE_MARK, self.within_note)
            else:
                yield from _value(self.values[code - VALUE_MARK])
        yield from inline_text(text[last:])

    def text(self, tokenised: str) -> str:
        """A text with its values, for places that have no inlines."""
        return Prose(tokenised, tuple(self.values)).text()

    def address(self, address: str) -> str:
        """An address with its values put in."""
        if address.startswith(ADDRESS_START):
            return link_address(address.strip(ADDRESS_START + ADDRESS_END), self.values)
        return address


def _wrapped(kind: str, inside: list[Node], address: str) -> Node:
    if kind == "link":
        return {"t": "Link", "c": [_NO_ATTRIBUTES, inside, [address, ""]]}
    return {"t": _WRAPS.get(kind, "Emph"), "c": inside}


def _value(text: str) -> Iterator[Node]:
    """A value; text that runs from right to left says so."""
    if value_html(text).startswith("<bdi>"):
        yield {"t": "Span", "c": [["", [], [["dir", "rtl"]]], list(inline_text(text))]}
    else:
        yield from inline_text(text)


def from_html(html: str) -> list[Node]:
    """The small HTML of a note or reference as inlines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.open_lists[0]


class _Reader(HTMLParser):
    """Reads em, strong, sup, sub, span.sc and a, which is all that notes have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open_lists: list[list[Node]] = [[]]
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open_lists.append([])
            self.addresses.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        inside, address = self.open_lists.pop(), self.addresses.pop()
        kind = {"a": "link", "span": "span"}.get(tag, tag)
        node = {"t": "SmallCaps", "c": inside} if kind == "span" else None
        self.open_lists[-1].append(node or _wrapped(kind, inside, address))

    def handle_data(self, data: str) -> None:
        self.open_lists[-1] += inline_text(data)
