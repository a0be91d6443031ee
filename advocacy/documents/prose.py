"""Bodies as HTML and as plain text: the same words, in the same order.

Markdown is converted with marks in place of values, once for each tokenised text; then the
marks become escaped text, so that no value is ever read as Markdown or HTML.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from urllib.parse import quote, unquote

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from advocacy.documents.plain_text import PLACE, PlainBlock, block_lines, inline_text, text_blocks
from advocacy.files.cache import IdentityCache
from advocacy.files.characters import column_width
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK, Prose, value_html
from advocacy.templating.markup import (
    ADDRESS_END,
    ADDRESS_START,
    body_tokens,
    letter_parser,
    note_tokens,
)

__all__ = [
    "BodyPicture",
    "body_html",
    "body_pictures",
    "body_text",
    "link_address",
    "notes_html",
    "notes_text",
    "value_html",
]

_TO_FILL = re.compile(
    f"{ADDRESS_START}([^{ADDRESS_END}]*){ADDRESS_END}|({MARK.pattern})|{PLACE}([np])(\\d+){PLACE}"
)
_Values = Sequence[str] | Mapping[int, str]
_GOOD_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_CITE = re.compile("[\U00100000-\U0010fffd]| <[^<>]*>")
_SENTENCE_END = re.compile(r"[.!?…。！？][”’»“)]*(?=\s+[^\W\d_a-zà-ÿ]|\s+[“„«¿¡]|[\u3000-\ufaff])")
_PREVIEW_AT_MOST = 180
_THREE_LINES = 240
"""The columns of a text that takes three lines on paper, at least."""
_WHOLE_ADDRESS = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """A picture in a body: its path, its alternative text, its width in hundredths of the line."""

    name: str
    alt: str
    width: int | None


def _no_place(number: int) -> str:
    return f"[{number + 1}]"


def body_html(
    prose: Prose,
    language: str,
    cite: Callable[[int], str],
    note: Callable[[int], str] = _no_place,
    picture: Callable[[int], str] = _no_place,
    *,
    in_pages: bool = False,
) -> str:
    """The body as HTML blocks (`p`, `h2` …, `ul`, `ol`, `blockquote`, `table`) with inline tags.

    Values are escaped text, their line breaks `<br>`; `cite(j)` gives the HTML for the mark
    of citation `j`, `note(k)` that of the letter's own note `k`, `picture(i)` of picture `i`.
    `in_pages` gives the class `loose` to paragraphs at the end that a page break may stand before.
    """
    html = _html(prose.markdown, language, in_pages=in_pages)
    return _filled(html, prose.values, value_html, cite, escape, note, picture)


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


def body_text(
    prose: Prose,
    language: str,
    cite: Callable[[int], str],
    width: int = 76,
    note: Callable[[int], str] = _no_place,
) -> str:
    """The body as plain text in lines of at most `width` columns.

    Only a word that is longer, such as an address, has a longer line, to itself. A link is
    followed by its address in angle brackets; `cite(j)` gives the text for citation `j`,
    which sticks to the word before it, and `note(k)` that for the letter's own note `k`. Ends
    with a line feed unless empty.
    """
    return "".join(f"{piece}\n" for piece in body_pieces(prose, language, cite, note, width))


def body_pieces(
    prose: Prose,
    language: str,
    cite: Callable[[int], str],
    note: Callable[[int], str],
    width: int,
) -> list[str]:
    """The same in pieces of whole lines, without the line feed between one and the next.

    For the same `cite`, `note` and values a piece is the same object each time.
    """
    key = (prose.markdown, language, width)
    laid = _laid.get(
        (cite, note), key, lambda: tuple(_lay(prose.markdown, language, cite, note, width))
    )
    values = prose.values
    return [piece(*[values[index] for index in own]) for piece, own in laid]


_Piece = tuple[Callable[..., str], tuple[int, ...]]
_laid: IdentityCache[tuple[_Piece, ...]] = IdentityCache(64)  # saves two thirds of an email


def _lay(
    markdown: str,
    language: str,
    cite: Callable[[int], str],
    note: Callable[[int], str],
    width: int,
) -> Iterator[_Piece]:
    """What makes each block's lines of values, and of which."""
    for number, block in enumerate(text_blocks(body_tokens(markdown, language))):
        codes = (ord(mark) for mark in MARK.findall(block.text))
        own = tuple(dict.fromkeys(code - VALUE_MARK for code in codes if code < CITE_MARK))
        before = [] if number == 0 or block.gap is None else [block.gap]
        # The values are the same for many letters where they are the campaign's own: the cache
        # saves a third of an email.
        yield (
            lru_cache(maxsize=16)(partial(_block_text, block, before, own, cite, note, width)),
            own,
        )


def _block_text(
    block: PlainBlock,
    before: list[str],
    own: tuple[int, ...],
    cite: Callable[[int], str],
    note: Callable[[int], str],
    width: int,
    *texts: str,
) -> str:
    text = _filled(block.text, dict(zip(own, texts, strict=True)), str, cite, str, note)
    return "\n".join([*before, *block_lines(block, text, width)])


def _filled(
    text: str,
    values: _Values,
    write: Callable[[str], str],
    cite: Callable[[int], str],
    write_address: Callable[[str], str],
    note: Callable[[int], str] = _no_place,
    picture: Callable[[int], str] = _no_place,
) -> str:
    """Converted text with marks replaced, in one pass, so that values are never read again."""

    def fill(found: re.Match[str]) -> str:
        if found[3]:
            return (note if found[3] == "n" else picture)(int(found[4]))
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


class _Writer(RendererHTML):
    """Writes HTML that leaves places for notes and pictures."""

    def note(self, tokens: Sequence[Token], at: int, *_: object) -> str:
        """The place of a note."""
        return f"{PLACE}n{tokens[at].meta['id']}{PLACE}"

    def page_break(self, *_: object) -> str:
        """A page break; a screen has none."""
        return '<div class="page-break"></div>\n'

    def picture(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """The place of a picture, with its caption below."""
        token = tokens[at]
        caption = self.renderInline(token.children or [], options, env)
        below = f'\n<p class="caption">{caption}</p>' if caption else ""
        place = f"{PLACE}p{token.meta['id']}{PLACE}"
        return f'<div class="figure">\n<p class="picture">{place}</p>{below}\n</div>\n'

    def image(self, tokens: Sequence[Token], at: int, *_: object) -> str:
        """A picture that is no block of its own, which letters cannot have: its words."""
        return escape(tokens[at].content)


_writer = _Writer()


def _html(markdown: str, language: str, *, in_pages: bool = False) -> str:
    options = letter_parser(language).options
    tokens = list(body_tokens(markdown, language))
    for index in _loose(tokens) if in_pages else ():
        tokens[index] = tokens[index].copy(attrs={"class": "loose"})
    return str(_writer.render(tokens, options, {}))


def _loose(tokens: Sequence[Token]) -> Iterator[int]:
    """The last two blocks if they are paragraphs that enough of the text begins with or follows.

    It depends on the template's words alone, not on values: letters of one template break alike.
    """
    blocks = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
    enough = False
    for index in blocks[:-3:-1]:
        if tokens[index].type != "paragraph_open":
            continue
        enough = enough or column_width(MARK.sub("", tokens[index + 1].content)) >= _THREE_LINES
        if enough:
            yield index


def notes_html(prose: Prose, language: str, cite: Callable[[int], str]) -> tuple[str, ...]:
    """The letter's own notes as inline HTML, in the order of their marks."""
    options = letter_parser(language).options
    return tuple(
        _filled(
            _writer.renderInline(note.children or [], options, {}),
            prose.values,
            value_html,
            cite,
            escape,
        )
        for note in note_tokens(body_tokens(prose.markdown, language))
    )


def notes_text(prose: Prose, language: str, cite: Callable[[int], str]) -> tuple[str, ...]:
    """The letter's own notes as plain text."""
    return tuple(
        _filled(inline_text(note.children or ()), prose.values, str, cite, str)
        for note in note_tokens(body_tokens(prose.markdown, language))
    )


def body_pictures(prose: Prose, language: str) -> tuple[BodyPicture, ...]:
    """The pictures of a body, in their order."""
    return tuple(
        BodyPicture(
            unquote(str(token.attrGet("src"))),
            _filled(token.content, prose.values, str, lambda _: "", str),
            token.meta["width"],
        )
        for token in body_tokens(prose.markdown, language)
        if token.type == "picture"
    )
