"""Write a letter as a Word file, for colleagues who comment there.

The letter becomes pandoc's document tree in JSON, which pandoc writes as a `.docx` with real
footnotes and Word's styles. The tree has text where the letter has text, so no value is ever read
as markup. The file has no logo and no picture of a signature: whoever gets a file that can be
changed should not get those.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html.parser import HTMLParser
from typing import Any

from markdown_it.token import Token

from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.citations.pandoc import write_docx
from advocacy.documents.frame import DRAFT, DRAFT_LINE, contacts, direction, long_date
from advocacy.documents.pdf.paper import moment, page_size
from advocacy.documents.prose import ADDRESS_END, ADDRESS_START, body_tokens, link_address
from advocacy.documents.references import formatted
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.resources import PACKAGE, render_page
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK, Prose, value_html

REFERENCE = PACKAGE / "documents" / "word" / "reference"
_LINE_BREAK = re.compile(r">\s*\n\s*<")  # between elements; never inside a text
PAPER = {"Letter": (12240, 15840), "A4": (11906, 16838)}
"""Paper sizes in twentieths of a point."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier day

Node = dict[str, Any]
"""A block or an inline: `t` is its type, `c` its content."""

_NO_ATTRIBUTES: list[Any] = ["", [], []]
_WRAPS = {"em": "Emph", "strong": "Strong", "sup": "Superscript", "sub": "Subscript"}


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


def body(prose: Prose, language: str, cite: Callable[[int], Sequence[Node]]) -> list[Node]:
    """The blocks of a body; `cite(j)` gives the inlines for the mark of citation `j`."""
    return _Body(prose.values, cite).blocks(iter(body_tokens(prose.markdown, language)), "")


class _Body:
    def __init__(self, values: Sequence[str], cite: Callable[[int], Sequence[Node]]) -> None:
        self.values = values
        self.cite = cite

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
                case "fence" | "code_block":
                    found.append(
                        {"t": "CodeBlock", "c": [_NO_ATTRIBUTES, self.text(token.content)]}
                    )
                case "hr":
                    found.append({"t": "HorizontalRule"})
        return found

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
                yield from self.cite(code - CITE_MARK)
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


def render_docx(checked: CheckedLetter, workspace: Workspace) -> bytes:
    """The letter as a `.docx`; the bytes depend on the letter alone.

    Raises AdvocacyError where the citation style is wrong or pandoc fails.
    """
    letter = checked.letter
    phrases = read_set_phrases(letter.language, workspace)
    blocks = list(_blocks(letter, phrases, formatted(letter, workspace)))
    if checked.draft:
        blocks = [_draft_line(), *blocks, _draft_line()]
    rtl = direction(letter.language) == "rtl"
    meta = {
        "title": letter.subject,
        "author": letter.sender.organization,
        "lang": letter.language,
    } | ({"dir": "rtl"} if rtl else {})
    head = f"{DRAFT} · {letter.inside_address[0]}" if checked.draft else letter.inside_address[0]
    reference = _reference_document(letter, head, phrases.page, rtl=rtl)
    return write_docx(blocks, meta, reference, moment(letter.date, letter.timezone, letter.time))


def _draft_line() -> Node:
    return {"t": "Para", "c": [{"t": "Strong", "c": list(inline_text(DRAFT_LINE))}]}


def _reference_document(letter: Letter, head: str, page: str, *, rtl: bool) -> bytes:
    """A `.docx` from which pandoc takes the paper, margins, styles and the running header.

    The folder `reference` has its parts. It is made for each letter, since its header from
    page 2 on has `head`, the date and the page: `page` has `{page}` for the number.
    The styles bear Word's own names where Word has them, so that colleagues find them.
    """
    width, height = PAPER[page_size(letter.language)]
    before, _, after = page.partition("{page}")
    values = {
        "width": width,
        "height": height,
        "rtl": rtl,
        "addressee": head,
        "date": long_date(letter.date, letter.language),
        "before": before,
        "after": after,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in REFERENCE.rglob("*") if path.is_file()):
            text = render_page(path.relative_to(PACKAGE).as_posix(), **values)
            declaration, _, rest = text.partition("\n")
            text = f"{declaration}\n{_LINE_BREAK.sub('><', rest).strip()}"
            name = path.relative_to(REFERENCE).as_posix()
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text)
    return out.getvalue()


def _blocks(letter: Letter, phrases: SetPhrases, citations: FormattedCitations) -> Iterator[Node]:
    sender = letter.sender
    yield paragraph("Letterhead", sender.organization)
    yield paragraph("Letterhead Contact", " · ".join([*sender.address, *contacts(sender)]))
    yield paragraph("Date", long_date(letter.date, letter.language))
    yield paragraph("Inside Address", *letter.inside_address)
    yield heading(1, inline_text(f"{phrases.subject} {letter.subject}"))
    yield paragraph("Salutation", letter.salutation)
    yield from body(letter.body, letter.language, partial(_cite, citations))
    yield from _ending(letter, phrases)
    if citations.in_text and citations.references:
        yield heading(2, inline_text(phrases.references))
        for entry in citations.references:
            yield styled("Bibliography", [{"t": "Para", "c": from_html(entry.html)}])


def _cite(citations: FormattedCitations, index: int) -> list[Node]:
    """A footnote, or the style's own words in the text."""
    inlines = from_html(citations.notes[index].html)
    return [{"t": "Space"}, *inlines] if citations.in_text else [note(inlines)]


def _ending(letter: Letter, phrases: SetPhrases) -> Iterator[Node]:
    yield paragraph("Closing", letter.close)
    people = [
        tuple(filter(None, (person.name, person.title, person.organization)))
        for person in letter.signatories
    ]
    if letter.joint:
        lines = [", ".join(person) for person in people]
        yield paragraph("Signature", *lines, *filter(None, [letter.others]))
    else:
        for person in people:
            yield paragraph("Signature", *person)
    if letter.cosigners:
        cosigners = (
            ", ".join(filter(None, (one.organization, one.name, one.title)))
            for one in letter.cosigners
        )
        yield paragraph("Cosigners", phrases.joined_by, *cosigners)
    if letter.enclosures:
        word = phrases.enclosure if len(letter.enclosures) == 1 else phrases.enclosures
        yield paragraph("Enclosures", f"{word} {'; '.join(letter.enclosures)}")
    if letter.cc:
        yield paragraph("Enclosures", f"{phrases.cc} {'; '.join(letter.cc)}")
