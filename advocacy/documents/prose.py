"""Bodies as HTML and as plain text: the same words, in the same order.

Markdown is converted with marks in place of values, once for each tokenised text; then the
marks become escaped text, so that no value is ever read as Markdown or HTML.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from html import escape
from urllib.parse import quote

import mdurl
from markdown_it import MarkdownIt
from markdown_it.token import Token

from advocacy.documents.plain_text import PlainBlock, block_lines, text_blocks
from advocacy.files.cache import IdentityCache
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK, Prose, value_html
from advocacy.templating.typography import install

__all__ = ["body_html", "body_text", "body_tokens", "link_address", "value_html"]

# An address with marks in it stands between these in converted text, where the marks have
# to be written otherwise than in running text. Templates cannot hold control characters.
ADDRESS_START, ADDRESS_END = "\x0e", "\x0f"
_TO_FILL = re.compile(f"{ADDRESS_START}([^{ADDRESS_END}]*){ADDRESS_END}|({MARK.pattern})")
_Values = Sequence[str] | Mapping[int, str]
_GOOD_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_CITE = re.compile("[\U00100000-\U0010fffd]| <[^<>]*>")
_SENTENCE_END = re.compile(r"[.!?…。！？][”’»“)]*(?=\s+[^\W\d_a-zà-ÿ]|\s+[“„«¿¡]|[\u3000-\ufaff])")
_PREVIEW_AT_MOST = 180
_WHOLE_ADDRESS = ":/?#[]@!$&'()*+,;=%~"


def body_html(prose: Prose, language: str, cite: Callable[[int], str]) -> str:
    """The body as HTML blocks (`p`, `h2` …, `ul`, `ol`, `blockquote`) with inline tags.

    Values are escaped text, their line breaks `<br>`; `cite(j)` gives the HTML for the mark
    of citation `j`.
    """
    return _filled(_html(prose.markdown, language), prose.values, value_html, cite, escape)


def first_sentence(prose: Prose, language: str) -> str:
    """The first sentence of a body as HTML without tags of Markdown, for a line of preview.

    Its values are escaped text; it has no citations. A long one ends within with an ellipsis.
    """
    for block in text_blocks(body_tokens(prose.markdown, language)):
        text = " ".join(_CITE.sub("", block.text).split())
        if text and not block.as_is and not block.underline:
            end = next((m.end() for m in _SENTENCE_END.finditer(text) if m.end() > 30), len(text))
            text = text[:end]
            if len(text) > _PREVIEW_AT_MOST:
                text = text[:_PREVIEW_AT_MOST].rpartition(" ")[0] + "…"
            return _filled(escape(text), prose.values, value_html, lambda _: "", escape)
    return ""


def body_text(prose: Prose, language: str, cite: Callable[[int], str], width: int = 76) -> str:
    """The body as plain text in lines of at most `width` columns.

    Only a word that is longer, such as an address, has a longer line, to itself. A link is
    followed by its address in angle brackets; `cite(j)` gives the text for citation `j`,
    which sticks to the word before it. Ends with a line feed unless empty.
    """
    return "".join(f"{piece}\n" for piece in body_pieces(prose, language, cite, width))


def body_pieces(prose: Prose, language: str, cite: Callable[[int], str], width: int) -> list[str]:
    """The same in pieces of whole lines, without the line feed between one and the next.

    For the same `cite` and the same values a piece is the same object each time.
    """
    key = (prose.markdown, language, width)
    laid = _laid.get((cite,), key, lambda: tuple(_lay(prose.markdown, language, cite, width)))
    values = prose.values
    return [piece(*[values[index] for index in own]) for piece, own in laid]


_Piece = tuple[Callable[..., str], tuple[int, ...]]
_laid: IdentityCache[tuple[_Piece, ...]] = IdentityCache(64)  # saves two thirds of an email


def _lay(markdown: str, language: str, cite: Callable[[int], str], width: int) -> Iterator[_Piece]:
    """What makes each block's lines of values, and of which."""
    for number, block in enumerate(text_blocks(body_tokens(markdown, language))):
        codes = (ord(mark) for mark in MARK.findall(block.text))
        own = tuple(dict.fromkeys(code - VALUE_MARK for code in codes if code < CITE_MARK))
        before = [] if number == 0 or block.gap is None else [block.gap]
        # The values are the same for many letters where they are the campaign's own: the cache
        # saves a third of an email.
        yield lru_cache(maxsize=16)(partial(_block_text, block, before, own, cite, width)), own


def _block_text(
    block: PlainBlock,
    before: list[str],
    own: tuple[int, ...],
    cite: Callable[[int], str],
    width: int,
    *texts: str,
) -> str:
    text = _filled(block.text, dict(zip(own, texts, strict=True)), str, cite, str)
    return "\n".join([*before, *block_lines(block, text, width)])


def _filled(
    text: str,
    values: _Values,
    write: Callable[[str], str],
    cite: Callable[[int], str],
    write_address: Callable[[str], str],
) -> str:
    """Converted text with marks replaced, in one pass, so that values are never read again."""

    def fill(found: re.Match[str]) -> str:
        if found[2] is None:
            return write_address(link_address(found[1], values))
        code = ord(found[2])
        return write(values[code - VALUE_MARK]) if code < CITE_MARK else cite(code - CITE_MARK)

    return _TO_FILL.sub(fill, text)


def link_address(tokenised: str, values: _Values) -> str:
    """An address with its values put in; `#` where that gives none that a letter may have."""

    def fill(found: re.Match[str]) -> str:
        code = ord(found[0])
        if code >= CITE_MARK:
            return ""
        safe = _WHOLE_ADDRESS if found.start() == 0 else "@" if "mailto:" in tokenised else ""
        return quote(values[code - VALUE_MARK], safe=safe)

    address = MARK.sub(fill, tokenised)
    return address if _GOOD_ADDRESS.match(address) else "#"


class _Markdown(MarkdownIt):
    """CommonMark without raw HTML and images, whose addresses keep their marks."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        if not MARK.search(url):
            return super().normalizeLink(url)
        parts = re.split(f"({MARK.pattern})", url)
        return "".join(part if MARK.match(part) else mdurl.encode(part) for part in parts)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        return link if MARK.search(link) else super().normalizeLinkText(link)


def _parser(language: str) -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": False})
    markdown.disable(["html_block", "html_inline", "image"])
    install(markdown, language)
    return markdown


@lru_cache(maxsize=256)  # saves parsing Markdown for each letter that is laid out in full
def body_tokens(markdown: str, language: str) -> tuple[Token, ...]:
    """The parsed Markdown of a body, with marks in its texts and addresses.

    An address with marks in it stands between `ADDRESS_START` and `ADDRESS_END`.
    """
    tokens = _parser(language).parse(markdown)
    levels = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type.startswith("heading_"):
            # The layout has h1; below it no level is left out.
            token.tag = f"h{min(levels.index(token.tag) + 2, 6)}"
        for child in token.children or ():
            if child.type == "link_open":
                address = str(child.attrGet("href") or "")
                if MARK.search(address):
                    address = f"{ADDRESS_START}{address}{ADDRESS_END}"
                child.attrs = {"href": address}
    return tuple(tokens)


def _html(markdown: str, language: str) -> str:
    parser = _parser(language)
    return str(parser.renderer.render(list(body_tokens(markdown, language)), parser.options, {}))
