"""What a letter's text may hold: CommonMark, and beside it what offices write.

| in a letter                | is                                         | syntax of            |
| -------------------------- | ------------------------------------------ | -------------------- |
| `| a | b |`                | a table with a row of headers              | GitHub, pandoc       |
| `~~words~~`                | struck text                                | GitHub, pandoc       |
| `1^er^`                    | superscript                                | pandoc               |
| `[^1]`, `[^1]: …`, `^[…]`  | a note of the letter's own                 | GitHub, pandoc       |
| `![words](file "caption")` | a picture, in a paragraph of its own       | CommonMark           |
| `{width=50%}` behind it    | its width, in hundredths of the line       | pandoc               |
| `+++`                      | a page break, in a paragraph of its own    | MyST                 |

Raw HTML is no part of it. An asterisk between figures is a sign of multiplication.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import mdurl
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.superscript import superscript_plugin

from advocacy.templating.citation_marks import LINE, MARK
from advocacy.templating.typography import install

# An address with marks in it stands between these in parsed text, where the marks have
# to be written otherwise than in running text. Templates cannot hold control characters.
ADDRESS_START, ADDRESS_END = "\x0e", "\x0f"
PAGE_BREAK = "+++"
WIDTH = re.compile(r"\{\s*width\s*=\s*[\"']?(\d{1,3})\s*%[\"']?\s*\}\s*")


class _Markdown(MarkdownIt):
    """Markdown whose addresses keep their marks."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        if not MARK.search(url):
            return super().normalizeLink(url)
        parts = re.split(f"({MARK.pattern})", url)
        return "".join(part if MARK.match(part) else mdurl.encode(part) for part in parts)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        return link if MARK.search(link) else super().normalizeLinkText(link)


@lru_cache(maxsize=32)
def letter_parser(language: str | None = None) -> MarkdownIt:
    """The parser of letters' text; with a language, one that sets its words as that wants it."""
    markdown = _Markdown("commonmark", {"html": False, "maxNesting": 100})
    markdown.disable(["html_block", "html_inline"]).enable(["table", "strikethrough"])
    if language is None:
        markdown.disable("text_join")  # so that what a backslash escapes can be told
    else:
        install(markdown, language)
    # After typography, which must find the notes in their place among the tokens.
    footnote_plugin(markdown)
    superscript_plugin(markdown)
    markdown.inline.ruler.before("emphasis", "multiplication", _multiplication)
    return markdown


def _multiplication(state: StateInline, silent: bool) -> bool:
    """Take `*` in `5*3*2` for text: Markdown would print 532, with the 3 in italics."""
    at, text = state.pos, state.src
    if text[at] != "*" or not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    if not (before.isalnum() and after.isalnum() and (before.isdigit() or after.isdigit())):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


@lru_cache(maxsize=256)  # saves parsing Markdown for each letter that is laid out in full
def body_tokens(markdown: str, language: str) -> tuple[Token, ...]:
    """The parsed Markdown of a body, with marks in its texts and addresses.

    Beside CommonMark's tokens, and those of tables and struck text, there are `picture` (its
    `content` is the alternative text, its children are the caption's), `page_break`, and among
    the inline ones `note`, whose children are the text of the note. Pictures and notes are
    numbered from 0 in their `meta`. An address with marks in it stands between
    `ADDRESS_START` and `ADDRESS_END`.
    """
    parser = letter_parser(language)
    tokens = list(_with_pictures(parser, _with_notes(parser.parse(markdown))))
    tokens = list(_with_lists_as_numbered(_without_empty_pages(tokens)))
    _rank_headings(tokens)
    _scope_headers(tokens)
    for token in inline_tokens(tokens):
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            if MARK.search(address):
                address = f"{ADDRESS_START}{address}{ADDRESS_END}"
            token.attrs = {"href": address}
    return tuple(tokens)


def inline_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """All tokens within blocks in reading order, those of notes and captions too."""
    for token in tokens:
        for child in token.children or ():
            yield child
            yield from inline_tokens([child])


def note_tokens(tokens: Sequence[Token]) -> list[Token]:
    """The letter's own notes, in their order."""
    return [token for token in inline_tokens(tokens) if token.type == "note"]


def _with_notes(tokens: list[Token]) -> list[Token]:
    """The tokens with the text of each note in the place of its mark."""
    kept: list[Token] = []
    notes: dict[int, list[Token]] = {}
    inside: list[Token] | None = None
    for token in tokens:
        if token.type == "footnote_open":
            inside = notes.setdefault(token.meta["id"], [])
        elif token.type == "footnote_close":
            inside = None
        elif inside is None:
            if not token.type.startswith("footnote_block"):
                kept.append(token)
        elif token.type == "inline":
            inside += [Token("hardbreak", "br", 0)] * bool(inside) + (token.children or [])
    for token in kept:
        for child in token.children or ():
            if child.type == "footnote_ref":
                child.type, child.children = "note", notes.get(child.meta["id"], [])
    return kept


def _with_pictures(parser: MarkdownIt, tokens: list[Token]) -> Iterator[Token]:
    """The tokens with each paragraph that is a picture or a page break as one token."""
    count = at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "paragraph_open":
            inline = tokens[at + 1]
            picture = picture_of(inline)
            if picture is not None:
                image, width = picture
                caption = parser.parseInline(str(image.attrGet("title") or ""))[0]
                block = Token("picture", "", 0, content=_plain(image), children=caption.children)
                block.block, block.map = True, token.map
                block.attrs = {"src": str(image.attrGet("src") or "")}
                block.meta = {"id": count, "width": width and min(width, 100)}
                count += 1
                yield block
                at += 3
                continue
            if LINE.sub("", inline.content).strip() == PAGE_BREAK:
                yield Token("page_break", "", 0, block=True, map=token.map)
                at += 3
                continue
        yield token
        at += 1


def _without_empty_pages(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without page breaks that have no text before or after them.

    A condition around a part of a template may leave two breaks in a row, or one at an end.
    """
    kept: list[Token] = []
    last: int | None = None  # where a break stands after which nothing has come yet
    begun = False
    for token in tokens:
        if token.type == "page_break":
            if not begun or last is not None:
                continue
            last = len(kept)
        elif token.nesting == 0:
            begun, last = True, None
        kept.append(token)
    if last is not None:
        del kept[last]
    return kept


def picture_of(paragraph: Token) -> tuple[Token, int | None] | None:
    """The image that a paragraph is, and its width in hundredths of the line, if it has one.

    None where the paragraph is no picture.
    """
    children = [c for c in paragraph.children or () if c.content or c.type == "image"]
    if not children or children[0].type != "image":
        return None
    rest = LINE.sub("", "".join(child.content for child in children[1:])).strip()
    width = WIDTH.fullmatch(rest)
    if any(child.type != "text" for child in children[1:]) or not (width or not rest):
        return None
    return children[0], int(width[1]) if width else None


def _plain(image: Token) -> str:
    return "".join(child.content for child in image.children or ())


def _with_lists_as_numbered(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens with a new list where an item's number is neither the next nor the same.

    Markdown counts on from a list's first number whatever is written; so 1 after 5 would be 6.
    """
    open_lists: list[tuple[Token, list[int]]] = []
    for token in tokens:
        if token.type == "ordered_list_open":
            open_lists.append((token, []))
        elif token.type == "ordered_list_close":
            open_lists.pop()
        elif token.type == "list_item_open" and token.info and open_lists:
            opening, written = open_lists[-1]
            number = int(token.info)
            if written and number not in (written[-1], written[-1] + 1):
                yield Token("ordered_list_close", "ol", -1, block=True, level=opening.level)
                begin = Token("ordered_list_open", "ol", 1, block=True, level=opening.level)
                begin.attrs = {"start": number} if number != 1 else {}
                yield begin
                written.clear()
            written.append(number)
        yield token


def _rank_headings(tokens: Sequence[Token]) -> None:
    """Give headings the ranks below the subject's, so that none is left out between two."""
    open_levels: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while open_levels and open_levels[-1] >= token.tag:
                open_levels.pop()
            open_levels.append(token.tag)
        if token.type.startswith("heading_"):
            token.tag = f"h{min(len(open_levels) + 1, 6)}"


def _scope_headers(tokens: Sequence[Token]) -> None:
    """Say of each header cell what it heads.

    Where the first one is empty, the first cell of each row heads the row.
    """
    column, heads_rows, is_first = 0, False, False
    for number, token in enumerate(tokens):
        if token.type == "table_open":
            token.attrSet("class", "data")
            heads_rows, is_first = False, True
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            if is_first and not LINE.sub("", tokens[number + 1].content).strip():
                heads_rows = True
                token.tag = tokens[number + 2].tag = "td"
            else:
                token.attrSet("scope", "col")
            is_first = False
            column += 1
        elif token.type == "td_open":
            if heads_rows and column == 0:
                token.tag = tokens[number + 2].tag = "th"
                token.attrSet("scope", "row")
            column += 1
