"""Check that text, demand, deadline and facts are in PDF, HTML and text alike, for all to see.

Each letter is rendered, and its documents are read back as a reader gets them: what is seen of
the PDF page by page (`visible_paper`) and of the email's HTML (`visible_email`), the text part as
it is. A layout that loses or hides the body, the reference list or the notes is found here, before
anybody gets the letter.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from html import unescape
from itertools import pairwise

from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.layout_shapes import email_shape, has_own_layouts, paper_shape
from advocacy.checks.list_numbers import (
    numbered_items,
    numbers_in_html,
    numbers_in_text,
    numbers_on_paper,
)
from advocacy.checks.sentences import read_letter, shorten
from advocacy.checks.settings import CheckSettings
from advocacy.checks.visible_email import seen_texts
from advocacy.checks.visible_paper import seen_pages
from advocacy.checks.wording import ENOUGH, asks_of, content_words
from advocacy.documents import text
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.email import html
from advocacy.documents.frame import long_date
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.prose import body_pictures
from advocacy.documents.references import formatted
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.cache import IdentityCache
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.templating.citation_marks import LINE, Prose

MEDIA = ("PDF", "HTML", "text")
FEW_WORDS = 5
"""The number of words of a passage that are searched for together."""
_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_SELECTORS = "\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class PageNeeds:
    """Something that each medium must have, in any of the ways in which it may be written."""

    what: str
    place: Place | None
    ways: tuple[dict[str, str], ...]


def check_media(
    letters: Iterable[Letter], campaign: Campaign, media: Collection[str] = MEDIA
) -> Iterator[Problem]:
    """Report what the documents of letters lack, each text once in each shape of its layout.

    `media` are those that are made. Letters that may not go out are left to the checks that say so.
    """
    seen: set[tuple[str, ...]] = set()
    told: set[str] = set()
    days: dict[tuple[str, ...], date] = {}
    for traced in letters:
        body = Prose(LINE.sub("", traced.body.markdown), traced.body.values)
        checked, _ = check(replace(traced, body=body, lines=()), campaign)
        text_of = (traced.stage, traced.language, body.markdown)
        if checked is None or days.setdefault(text_of, traced.date) != traced.date:
            continue  # the days that follow differ in the date, and the letters made are proven
        try:
            key = _key(checked, campaign.workspace, media)
            if key not in seen:
                seen.add(key)
                yield from _proven(checked, traced, campaign, media)
        except AdvocacyError as error:
            yield from (one for one in error.problems if str(one) not in told)
            told |= {str(one) for one in error.problems}


def find_unseen(
    checked: CheckedLetter, campaign: Campaign, media: Collection[str]
) -> tuple[Problem, ...]:
    """What a reader of a letter that is about to be made would not see, as an error.

    Our own layouts show everybody the whole text. Of another's, each shape is judged once.
    """
    if not media or not has_own_layouts(campaign.workspace):
        return ()
    letter = checked.letter
    return _unseen.get(
        (campaign,),
        (letter.date, tuple(media), _key(checked, campaign.workspace, media)),
        lambda: errors_of(_proven(checked, letter, campaign, media), campaign),
    )


_unseen: IdentityCache[tuple[Problem, ...]] = IdentityCache(1024)


def errors_of(found: Iterable[Problem], campaign: Campaign) -> tuple[Problem, ...]:
    """Of what documents lack, the errors, at the levels that the campaign gives them."""
    lacks = [one for one in found if one.code == "missing-in-medium"]
    return tuple(CheckSettings(campaign.file).apply(lacks))


def _key(checked: CheckedLetter, workspace: Workspace, media: Collection[str]) -> tuple[str, ...]:
    """What decides what a reader sees of a letter, beside its campaign."""
    letter = checked.letter
    shapes = []
    if has_own_layouts(workspace):
        shapes += [email_shape(checked, workspace)] if "HTML" in media else []
        shapes += [paper_shape(checked, workspace)] if "PDF" in media else []
    return (letter.stage, letter.language, letter.body.markdown, *shapes)


def _proven(
    checked: CheckedLetter, traced: Letter, campaign: Campaign, media: Collection[str]
) -> Iterator[Problem]:
    workspace = campaign.workspace
    contents: dict[str, _Contents] = {}
    page = plain = paper = None
    if "HTML" in media:
        page = html.render_html(checked, workspace)
        seen = seen_texts(page)
        hidden = tuple(dict.fromkeys(each for one in seen for each in one.hidden))
        contents["HTML"] = _Contents(tuple((one.text,) for one in seen), hidden)
    if "text" in media:
        plain = text.render_text(checked, workspace)
        contents["text"] = _Contents(((plain,),))
    if "PDF" in media:
        found = obstacles(checked.letter, workspace)
        yield from found
        if not has_errors(found):
            from advocacy.documents.pdf.render import render_pdf  # brings WeasyPrint

            paper = render_pdf(checked, workspace).data
            contents["PDF"] = _Contents((seen_pages(paper),))
    letter = checked.letter
    citations = formatted(letter, workspace)
    yield from _body(letter, contents)
    for wanted in (*_asks(letter, traced), *_facts(letter, citations)):
        yield from _missing(wanted, contents, letter)
    yield from _deadline(letter, contents)
    yield from _list_numbers(letter, contents, page, plain, paper)


def _list_numbers(
    letter: Letter,
    contents: dict[str, "_Contents"],
    page: str | None,
    plain: str | None,
    paper: bytes | None,
) -> Iterator[Problem]:
    """Report items of numbered lists that have another number in a document than in the text."""
    wanted = list(numbered_items(letter))
    if not wanted:
        return
    on_paper = numbers_on_paper(paper) if paper is not None else []
    found = {
        **({} if page is None else {"HTML": numbers_in_html(page)}),
        **({} if plain is None else {"text": numbers_in_text(plain)}),
    }
    numbers = {
        medium: {(one.number, squeezed(one.words)) for one in items}
        for medium, items in found.items()
    }
    for item in wanted:
        words = squeezed(item.words)
        without = [
            medium
            for medium, there in numbers.items()
            if not any(n == item.number and known.startswith(words) for n, known in there)
        ]
        lines = [one.words for one in on_paper if one.number == item.number]
        if paper is not None and not any(_Contents(((line,),)).has(item.words) for line in lines):
            without.insert(0, "PDF")
        # What a document does not have at all is told elsewhere.
        without = [medium for medium in without if contents[medium].shows(item.text)]
        if without:
            yield problem(
                "missing-in-medium",
                f"The {' and the '.join(without)} of the letter of the stage `{letter.stage}` "
                f"{_do(without)} not number the item “{item.words} …” as {item.number}.",
                "Check the layout's lists. A list must begin with the number that the text gives.",
                None,
            )
            return


def _body(letter: Letter, contents: dict[str, "_Contents"]) -> Iterator[Problem]:
    """Report a part of the letter's own text that a document does not show.

    A part stands between two citations, whose numbers are printed there.
    """
    alternatives = [one.alt for one in body_pictures(letter.body, letter.language)]
    for block in read_letter(letter):
        edges = [0, *(offset for offset, _ in block.marks), len(block.text)]
        for start, end in pairwise(edges):
            passage = block.text[start:end]
            for alternative in alternatives:  # it is read aloud, and seen where there is no picture
                passage = passage.removeprefix(f"{alternative}: ").removeprefix(alternative)
            lack = {m: c for m, c in contents.items() if squeezed(passage) and not c.shows(passage)}
            if lack:
                wanted = PageNeeds(
                    f"the text “{shorten(' '.join(passage.split()), 90)}”",
                    block.sentences[0].place if block.sentences else None,
                    (dict.fromkeys(MEDIA, passage),),
                )
                yield from _missing(wanted, lack, letter)
                return


def _missing(
    wanted: PageNeeds, contents: dict[str, "_Contents"], letter: Letter
) -> Iterator[Problem]:
    without = [
        medium
        for medium in MEDIA
        if medium in contents and not any(contents[medium].has(way[medium]) for way in wanted.ways)
    ]
    passages = [way[medium] for way in wanted.ways for medium in without]
    if without:
        hiding = dict.fromkeys(
            way
            for medium in without
            for passage in passages
            for way in contents[medium].ways(passage)
        )
        hides = f" It is hidden by {', '.join(f'`{way}`' for way in list(hiding)[:4])}."
        yield problem(
            "missing-in-medium",
            f"The {' and the '.join(without)} of the letter of the stage `{letter.stage}` "
            f"{_do(without)} not have {wanted.what}.",
            "Check the layout. It must print the whole text with its references or notes visibly, "
            "as the built-in layouts do." + (hides if hiding else ""),
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
            f"The stage `{letter.stage}` asks for an answer by {forms[0]}, but its letter does "
            f"not state the deadline.",
            "Add `{{ demand.reply_by }}` to the template, or remove `reply_by:`.",
            place,
        )
        return
    ways = tuple(dict.fromkeys(MEDIA, form) for form in forms)
    yield from _missing(PageNeeds(f"the deadline, {forms[0]}", place, ways), contents, letter)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a document says, on each of the screens that it may be read on, page by page.

    `hidden` are texts that are not seen, each with the styles that hide it.
    """

    screens: tuple[tuple[str, ...], ...]
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def ways(self, words: str) -> Iterator[str]:
        """The styles that hide these words or a part of them."""
        wanted = squeezed(words)
        for words_hidden, ways in self.hidden:
            here = squeezed(words_hidden)
            if here and (here in wanted or wanted in here):
                yield from ways

    def has(self, words: str) -> bool:
        """Whether the words stand on a page, or end one and begin the next."""
        if any(unicodedata.bidirectional(char) in ("R", "AL") for char in words):
            return all(_has_each_word(words, pages) for pages in self.screens)
        wanted = squeezed(words)
        return all(_stands(wanted, pages) for pages in self.screens)

    def shows(self, passage: str) -> bool:
        """Whether a passage is there, but for what stands between its words, such as addresses."""
        if self.has(passage):
            return True
        words = passage.split()
        parts = [words[at : at + FEW_WORDS] for at in range(0, len(words), FEW_WORDS)]
        return sum(self.has(" ".join(part)) for part in parts) * 2 > len(parts)


def _stands(wanted: str, pages: tuple[str, ...]) -> bool:
    squeezed_pages = [squeezed(page) for page in pages]
    if any(wanted in page for page in squeezed_pages):
        return True
    # Notes and the running header stand between: what is left over begins the next page.
    return any(
        wanted[:cut] in before and after.startswith(wanted[cut:])
        for before, after in pairwise(squeezed_pages)
        for cut in range(1, len(wanted))
    )


def _has_each_word(words: str, pages: tuple[str, ...]) -> bool:
    """Whether each word is there. From right to left, PDFs have words in the order of the eye."""
    there = {squeezed(word) for page in pages for word in _WORD.findall(page)}
    return all(squeezed(word) in there for word in _WORD.findall(words))


@lru_cache(maxsize=256)
def squeezed(words: str) -> str:
    """The letters, their marks, and the digits, so that lines, hyphens and quotes do not count."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(c for c in folded if c.isalnum() or (c not in _SELECTORS and is_mark(c)))


def is_mark(char: str) -> bool:
    """Whether a character is a mark on a letter, such as a vowel sign in Hindi."""
    return unicodedata.category(char).startswith("M")


def _bare(markup: str) -> str:
    return unescape(_TAG.sub("", markup))


def _do(media: list[str]) -> str:
    return "do" if len(media) > 1 else "does"
