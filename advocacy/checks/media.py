"""Check that the demand, the deadline and the facts are in PDF, HTML and text alike.

Each letter is rendered, and its documents are read back as a reader gets them: the PDF's own
text page by page, the email's HTML without what its styles hide, the text part as it is. A
layout that loses the reference list or the notes is found here, before anybody gets the letter.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.sentences import read_letter, shorten
from advocacy.checks.wording import ENOUGH, asks_of, content_words
from advocacy.documents import text
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.email import html
from advocacy.documents.frame import long_date
from advocacy.documents.pdf import render as pdf
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.references import formatted
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.templating.citation_marks import LINE, Prose

MEDIA = ("PDF", "HTML", "text")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|(?<!-)opacity\s*:\s*0*\.?0*(;|$)")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class PageNeeds:
    """Something that each medium must have, in any of the ways in which it may be written."""

    what: str
    place: Place | None
    ways: tuple[dict[str, str], ...]


def check_media(letters: Iterable[Letter], campaign: Campaign) -> Iterator[Problem]:
    """Report what the documents of letters lack, each text once.

    Letters that may not go out are left to the checks that say so.
    """
    seen: set[tuple[str, str, str]] = set()
    for traced in letters:
        body = Prose(LINE.sub("", traced.body.markdown), traced.body.values)
        key = (traced.stage, traced.language, body.markdown)
        checked, _ = check(replace(traced, body=body, lines=()), campaign)
        if checked is not None and key not in seen:
            seen.add(key)
            try:
                yield from _proven(checked, traced, campaign)
            except AdvocacyError as error:
                yield from error.problems


def _proven(checked: CheckedLetter, traced: Letter, campaign: Campaign) -> Iterator[Problem]:
    workspace = campaign.workspace
    found = obstacles(checked, workspace)
    yield from found
    contents = {
        "HTML": _Contents((seen_text(html.render_html(checked, workspace)),)),
        "text": _Contents((text.render_text(checked, workspace),)),
    }
    if not has_errors(found):
        contents["PDF"] = _Contents(pages(pdf.render_pdf(checked, workspace).data))
    letter = checked.letter
    citations = formatted(letter, workspace)
    for wanted in (*_asks(letter, traced), *_facts(letter, citations)):
        yield from _missing(wanted, contents, letter)
    yield from _deadline(letter, contents)


def _missing(
    wanted: PageNeeds, contents: dict[str, "_Contents"], letter: Letter
) -> Iterator[Problem]:
    without = [
        medium
        for medium in MEDIA
        if medium in contents and not any(contents[medium].has(way[medium]) for way in wanted.ways)
    ]
    if without:
        yield problem(
            "missing-in-medium",
            f"The {' and the '.join(without)} of the letter of the stage `{letter.stage}` does not "
            f"have {wanted.what}.",
            "Look at the layout: it has to print the text, and its references or notes, whole. "
            "The built-in ones do.",
            wanted.place,
        )


def _asks(letter: Letter, traced: Letter) -> Iterator[PageNeeds]:
    """Each ask as it is printed, or the sentence that makes it in other words."""
    printed = squeezed(letter.body.text())
    for words, place in asks_of(letter):
        passage = words if squeezed(words) in printed else _nearest(words, traced)
        if passage:
            way = dict.fromkeys(MEDIA, passage)
            yield PageNeeds(f"what is asked for: “{shorten(words, 90)}”", place, (way,))


def _nearest(words: str, traced: Letter) -> str:
    """The sentence that makes an ask; none where the letter does not make it."""
    main = primary_language(traced.language)
    wanted = content_words(words, main)
    best, share = "", ENOUGH
    for block in read_letter(traced):
        for sentence in block.sentences:
            # A number of a note may stand within it, so it is proven up to its citation.
            here = len(wanted & content_words(sentence.text, main)) / max(len(wanted), 1)
            if here >= share and not sentence.cites:
                best, share = sentence.text, here
    return best


def _facts(letter: Letter, citations: FormattedCitations) -> Iterator[PageNeeds]:
    """The reference of each cited fact: the note on paper, the list's entry elsewhere."""
    for index, cite in enumerate(letter.cites):
        note = citations.notes[index]
        for number in dict.fromkeys(citations.numbers[index]):
            entry = citations.references[number - 1]
            ways = {"PDF": _bare(note.html), "HTML": _bare(entry.html), "text": entry.text}
            if citations.in_text:
                ways["PDF"] = ways["HTML"]
            names = ", ".join(f"`{cited.id}`" for cited in cite.facts)
            yield PageNeeds(
                f"the reference of {names}: “{shorten(entry.text, 90)}”", cite.place, (ways,)
            )
        if citations.in_text:
            ways = {medium: _bare(note.html) for medium in MEDIA} | {"text": note.text}
            yield PageNeeds(f"the citation “{note.text}”", cite.place, (ways,))


def _deadline(letter: Letter, contents: dict[str, "_Contents"]) -> Iterator[Problem]:
    """The day by which an answer is asked for, in any of the usual forms of dates."""
    demand = letter.demand
    day = demand.deadline(letter.date) if demand else None
    if demand is None or day is None:
        return
    from babel.dates import format_date, format_skeleton

    locale = letter.language.replace("-", "_")
    forms = [long_date(day, letter.language), day.isoformat()]
    forms += [format_date(day, form, locale=locale) for form in ("full", "medium", "short")]
    forms += [format_skeleton(skeleton, day, locale=locale) for skeleton in ("MMMMd", "MMMd")]
    place = demand.place("reply_by")
    if not any(one.has(form) for one in contents.values() for form in forms):
        yield problem(
            "deadline-unsaid",
            f"The stage `{letter.stage}` asks for an answer by {forms[0]}, and its letter does not "
            "say so.",
            "Write `{{ demand.reply_by }}` into the template, or remove `reply_by:`.",
            place,
        )
        return
    ways = tuple(dict.fromkeys(MEDIA, form) for form in forms)
    yield from _missing(PageNeeds(f"the deadline, {forms[0]}", place, ways), contents, letter)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a document says, page by page."""

    pages: tuple[str, ...]

    def has(self, words: str) -> bool:
        """Whether the words stand on a page, or end one and begin the next."""
        wanted = squeezed(words)
        squeezed_pages = [squeezed(page) for page in self.pages]
        if any(wanted in page for page in squeezed_pages):
            return True
        # Notes and the running header stand between: what is left over begins the next page.
        return any(
            wanted[:cut] in before and after.startswith(wanted[cut:])
            for before, after in pairwise(squeezed_pages)
            for cut in range(1, len(wanted))
        )


@lru_cache(maxsize=256)
def squeezed(words: str) -> str:
    """The letters and digits alone, so that lines, hyphens and quotation marks do not count."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(char for char in folded if char.isalnum())


def _bare(markup: str) -> str:
    return unescape(_TAG.sub("", markup))


def pages(data: bytes) -> tuple[str, ...]:
    """The text of a PDF's pages."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return tuple(str(page.get_textpage().get_text_range()) for page in document)


def seen_text(page: str) -> str:
    """The text of an HTML page that its inlined styles let a reader see."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "".join(reader.text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = dict(attrs)
        unseen = tag in ("head", "style", "title") or "hidden" in given
        unseen = unseen or bool(_UNSEEN.search((given.get("style") or "").casefold()))
        self.hidden += bool(unseen or self.hidden)

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= bool(self.hidden and tag not in _VOID)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)
