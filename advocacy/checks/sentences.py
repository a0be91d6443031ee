"""Read a letter's body as blocks and sentences: plain text, with citations and places.

Markdown is parsed as documents do it; values are printed as typed. A traced body
(`compose_letter(..., trace=True)`) gives the template's file and line of each sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from advocacy.campaign.campaign import Stage
from advocacy.campaign.languages import primary_language
from advocacy.checks.sentence_places import TemplateLines
from advocacy.errors import Place
from advocacy.letters.letter import CitedFact, Letter
from advocacy.resources import read_table
from advocacy.templating.citation_marks import CITE_MARK, LINE_MARK, MARK, VALUE_MARK, Prose
from advocacy.templating.markup import letter_parser, picture_of
from advocacy.templating.typography import hebrew_marks

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["paragraph", "heading", "item", "quote", "row", "caption"]

LABELS = frozenset({"heading", "row", "caption"})
"""Kinds that carry no note: what they say is in some fact of the letter."""

_MARKUP = re.compile(r"[*_`^~]")
# No text that people write has these: they stand around italics until a block is read.
_ITALIC, _UPRIGHT = "\ufdd0", "\ufdd1"
_ANY_MARK = re.compile(f"{MARK.pattern}|[\ue000-\uf8ff{_ITALIC}{_UPRIGHT}]")
# A full stop and its like, closing marks after it, and then space; CJK needs no space.
_STOP = re.compile(r"""[.!?…]+(?:["'”’“‘»›)\]*_]|[\s\u00a0\u202f]»)*(?=\s)|[。！？]+[”’」』）]*""")
_QUOTES = {
    "“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "「": "」", "『": "』", "‹": "›", "‚": "‘’",
}  # fmt: skip
# Single marks as British English has them: an apostrophe has letters on both sides.
_SINGLE = re.compile(
    r"(?<![\w’'])(?:‘(?=\S)[^“”„«»\"‘\n]{1,600}?\S’|'(?=[^\W\d_])[^“”„«»\"‘\n]{1,600}?[^\s\w]?(?<=\S)')(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it is read; `cites` are indexes of citations in it or at its end."""

    text: str
    cites: tuple[int, ...] = ()
    place: Place | None = None
    lines: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, heading, list item, block quotation, row of a table or a picture's caption."""

    kind: Kind
    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[tuple[int, int], ...] = ()
    starts: tuple[int, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    """The citations: the offset in the text, and the index, of each."""
    bold: bool = False
    """Whether it begins in bold: with a heading that runs into its text."""
    italics: tuple[tuple[int, int], ...] = ()
    """Its stretches in italics."""

    def at(self, offset: int) -> int:
        """The number of the sentence that an offset of the block's text belongs to."""
        return max(0, bisect_right(self.starts, offset) - 1)


def read_blocks(prose: Prose, language: str, lines: Sequence[Place] = ()) -> tuple[TextBlock, ...]:
    """Read the blocks of a body, in order.

    `lines` are the places that the marks of a traced body stand for. The templates are read from
    the disk each time, so that places fit the text as it is now.
    """
    files = TemplateLines()
    blocks: list[TextBlock] = []
    last = lines[0] if lines else None
    for kind, marked, bold in _inline(prose.markdown):
        block = _block(kind, marked, prose.values, language, lines, last, files)
        block = replace(block, bold=bold)
        last = next((s.place for s in reversed(block.sentences) if s.place), last)
        blocks.append(block)
    return tuple(blocks)


def read_letter(letter: Letter) -> tuple[TextBlock, ...]:
    """Read the blocks of a letter's body; with places, if the letter is traced."""
    return read_blocks(letter.body, letter.language, letter.lines)


def subject_place(letter: Letter, stage: Stage) -> Place | None:
    """Where a letter's subject stands: among the variants, or as the stage's own."""
    if stage.variants:
        for name, text in stage.variants.subject.items():
            if text.get(letter.language) == letter.subject:
                return stage.variants.place("subject", name)
    return stage.place("subject")


def cited_facts(letter: Letter, sentences: Iterable[Sentence]) -> list[CitedFact]:
    """The facts that sentences of a letter cite, each once."""
    marks = [mark for sentence in sentences for mark in sentence.cites]
    return list({one.id: one for mark in marks for one in letter.cites[mark].facts}.values())


def shorten(words: str, limit: int) -> str:
    """Words as a message quotes them: cut off at a space before the limit."""
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"


def quote_spans(text: str) -> list[tuple[int, int]]:
    """The insides of quotation marks, straight or curly, double or single, outermost only."""
    text = hebrew_marks(text)
    spans: list[tuple[int, int]] = []
    ends: dict[str, dict[int, int]] = {}
    at = 0
    while at < len(text):
        opening = text[at]
        end = -1
        if opening in _QUOTES and not _inches(text, at):
            if opening == '"':
                end = text.find('"', at + 1)
            else:
                if opening not in ends:
                    ends[opening] = _closings(text, opening)
                end = ends[opening].get(at, -1)
        elif opening in "‘'" and (single := _SINGLE.match(text, at)):
            end = single.end() - 1
        if end > at:
            spans.append((at + 1, end))
            at = end
        at += 1
    return spans


def _closings(text: str, opening: str) -> dict[int, int]:
    """The offset of each opening mark that is closed, and that of its closing mark."""
    ends: dict[int, int] = {}
    open_at: list[int] = []
    for offset, char in enumerate(text):
        if char == opening:
            open_at.append(offset)
        elif char in _QUOTES[opening] and open_at:
            ends[open_at.pop()] = offset
    return ends


def _inches(text: str, at: int) -> bool:
    """A straight mark after a digit, with no mark open before it, is a unit: inches."""
    return text[at] == '"' and at > 0 and text[at - 1].isdigit()


def split_sentences(text: str, language: str) -> list[str]:
    """Split a plain text into its sentences, with single spaces."""
    starts = [*sentence_starts(text, language), len(text)]
    return [" ".join(text[start:end].split()) for start, end in pairwise(starts)]


def sentence_starts(text: str, language: str) -> list[int]:
    """Find the offsets at which the sentences of a plain text begin."""
    quotes = quote_spans(text)
    starts = [0] if text.strip() else []
    for stop in _STOP.finditer(text):
        end = stop.end()
        begin = end + len(text[end:]) - len(text[end:].lstrip())
        if begin >= len(text) or any(
            first <= stop.start() and end <= last for first, last in quotes
        ):
            continue
        if _ends_sentence(text[: stop.start()], stop[0], text[begin:], language):
            starts.append(begin)
    return starts


def _inline(markdown: str) -> Iterator[tuple[Kind, str, bool]]:
    """The text of each block, marks in place, with its kind, and whether it begins in bold.

    A row of a table is one item, so that a citation in it stands by all of its figures.
    """
    items = quotes = 0
    heading = False
    row: list[str] | None = None
    for token in letter_parser().parse(markdown):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield "row", "; ".join(cell for cell in row if cell.strip()), False
            row = None
        elif token.type == "inline" and row is not None:
            row.append("".join(_words(token)))
            continue
        items += token.nesting * (token.type in ("list_item_open", "list_item_close"))
        quotes += token.nesting * (token.type in ("blockquote_open", "blockquote_close"))
        heading = token.type == "heading_open" or (heading and token.type == "inline")
        if token.type == "inline":
            kind: Kind = (
                "caption"
                if picture_of(token)
                else "quote"
                if quotes
                else "item"
                if items
                else "heading"
                if heading
                else "paragraph"
            )
            yield kind, "".join(_words(token)), _begins_bold(token)
        elif token.type in ("fence", "code_block"):
            yield "paragraph", token.content, False


def _begins_bold(inline: "Token") -> bool:
    """Whether a block begins with a heading in bold that runs into its text."""
    for child in inline.children or ():
        if child.type == "strong_open":
            return True
        if _ANY_MARK.sub("", child.content).strip():
            return False
    return False


def _stays(char: str) -> bool:
    """Whether a character is the mark of a line or of a citation, and not of a printed value."""
    return MARK.fullmatch(char) is not None and not VALUE_MARK <= ord(char) < CITE_MARK


def _words(inline: "Token") -> Iterator[str]:
    picture = picture_of(inline)
    struck = 0
    for child in [picture[0]] if picture else inline.children or ():
        struck += child.nesting * (child.type in ("s_open", "s_close"))
        if struck and "[" not in child.content:
            # A reader takes struck words back: they leave their marks, and nothing else. What
            # looks like a placeholder is reported, struck or not.
            yield "".join(one for one in child.content if _stays(one))
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            alt = "".join(_words(child))
            caption = _MARKUP.sub("", str(child.attrGet("title") or ""))
            yield f"{alt}: {caption}" if caption else alt
        elif child.type in ("em_open", "em_close"):
            yield _ITALIC if child.nesting > 0 else _UPRIGHT
        else:
            yield child.content


def _block(
    kind: Kind,
    marked: str,
    values: Sequence[str],
    language: str,
    lines: Sequence[Place],
    before: Place | None,
    files: TemplateLines,
) -> TextBlock:
    """Make a block of its text with marks; `before` is the place of the sentence before it."""
    text, cites, traced, italics = "", [], [], []
    last = 0
    for mark in _ANY_MARK.finditer(marked):
        text += marked[last : mark.start()]
        last = mark.end()
        code = ord(mark[0])
        if mark[0] == _ITALIC:
            italics.append((len(text), len(text)))
        elif mark[0] == _UPRIGHT:
            italics[-1] = (italics[-1][0], len(text))
        elif code >= CITE_MARK:
            cites.append((len(text), code - CITE_MARK))
        elif code >= VALUE_MARK:
            text += values[code - VALUE_MARK]
        elif code - LINE_MARK < len(lines):
            traced.append((len(text), lines[code - LINE_MARK]))
    text += marked[last:]
    starts = sentence_starts(text, language)
    sentences = []
    for number, (start, end) in enumerate(pairwise([*starts, len(text) + 1])):
        words = " ".join(text[start:end].split())
        marked_lines = _places(traced, start, end)
        found = marked_lines or ((before,) if before else ())
        exact = bool(marked_lines)
        before = files.locate(found[0], words, before, exact=exact) if found else None
        sentences.append(
            Sentence(
                words,
                tuple(j for at, j in cites if (start < at or number == 0) and at <= end),
                before,
                found,
            )
        )
    return TextBlock(
        kind,
        text,
        tuple(sentences),
        tuple(quote_spans(text)),
        tuple(starts),
        tuple(cites),
        italics=tuple(italics),
    )


def _places(traced: Sequence[tuple[int, Place]], start: int, end: int) -> tuple[Place, ...]:
    """The lines on which a stretch of text stands; each mark closes its line."""
    found: list[Place] = []
    for offset, place in traced:
        if offset > start:
            found.append(place)
            if offset >= end - 1:
                break
    return tuple(dict.fromkeys(found)) or tuple(place for _, place in traced[-1:])


# --- where a sentence ends ------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _word_lists() -> dict[str, dict[str, frozenset[str]]]:
    """Read the lists of words: by kind, then by primary language."""
    kinds = read_table("checks/word_lists.toml")
    return {
        kind: {language: frozenset(words.split()) for language, words in tables.items()}
        for kind, tables in kinds.items()
    }


def word_list(kind: str, language: str) -> frozenset[str]:
    """The words of a kind in a primary language; none where there is no list."""
    return _word_lists()[kind].get(language, frozenset())


def _ends_sentence(before: str, stop: str, after: str, language: str) -> bool:
    """Whether a stop between two texts ends a sentence.

    `before` reaches up to the stop, `after` begins with what follows the space.
    """
    following = after.lstrip("\"'“‘„«‹([¿¡*_ ")[:1]
    if following.islower():
        return False
    if not stop.startswith(".") or stop.startswith(("..", ".!", ".?")):
        return True
    main = primary_language(language)
    last = _last_word(before).casefold()
    if last in word_list("never", main) or following == "§":
        return False
    if last in word_list("before_number", "any") and re.match(r"[0-9IVXLC]+\b", after):
        return False
    starts = _begins_sentence(after, main)
    if main == "de" and last.isdigit() and len(last) < 3:
        return starts  # an ordinal goes on: “am 10. Juni”
    if len(last) == 1 and last.isalpha() and last != "i":
        return False  # an initial: “A. Example”, “S. 4084”
    if last in word_list("maybe", main) or re.fullmatch(r"(?:\w{1,3}\.)+\w{1,3}", last):
        return starts
    return True


def _last_word(text: str) -> str:
    """What stands behind the last space, bracket, opening mark, or dash."""
    start = len(text)
    # A search for it from the left would go through each long word anew from each of its letters.
    while start and not (text[start - 1].isspace() or text[start - 1] in "([“‘\"'«„–—/"):
        start -= 1
    return text[start:]


def _begins_sentence(text: str, language: str) -> bool:
    """Whether a text's first word is one with which sentences begin."""
    first = re.match(r"[“‘\"'«„(\[]*([\w’']+)", text)
    return first is not None and first[1].casefold() in word_list("starters", language)
