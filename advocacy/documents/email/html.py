"""Write the HTML of a letter's email: one column, inlined styles, nothing remote.

Letters of a mailing share a skeleton (see `skeleton`), which is made once; each letter's own
texts are put into it. A letter whose layout does more with such a text is rendered by itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from markupsafe import Markup, escape

from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.email.inline_pictures import (
    logo_picture,
    picture_tags,
    signature_pictures,
    with_pictures,
)
from advocacy.documents.email.quoted_printable import part_of_line, quoted_printable
from advocacy.documents.email.skeleton import (
    RECIPIENT_FIELDS,
    Fields,
    Skeleton,
    Slot,
    escaped,
    inlined,
    letter_fields,
)
from advocacy.documents.frame import (
    Stamps,
    comma,
    direction,
    draft_html,
    isolated_addresses,
    isolated_contacts,
    isolated_references,
    long_date,
    stamps,
)
from advocacy.documents.note_numbers import NoteNumbers, end_notes, number_notes
from advocacy.documents.prose import body_html, first_sentence, notes_html, value_html
from advocacy.documents.references import formatted
from advocacy.documents.unsubscribe_links import UnsubscribeLinks, leaving_of, subscribed_line
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import IdentityCache, once_per_run
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.letters.shared_content import SharedContent, shared_content
from advocacy.templating import render_layout
from advocacy.templating.citation_marks import VALUE_MARK, Prose
from advocacy.templating.running import WATCH
from advocacy.templating.source import read_template
from advocacy.templating.values import NeedsValue

LAYOUT = "layouts/email.html"
STYLES = "layouts/email.css"
_OTHER_COMMAND = re.compile(r"\{%(?![+-]?\s*(if|elif|else|endif|for|endfor)\b)")


@dataclass(frozen=True, slots=True)
class EmailLayout:
    """The layout's files as they are now, and the set words of the language."""

    path: Path
    css: str
    words: SetPhrases
    is_plain: bool
    stamps: Stamps


def email_layout(workspace: Workspace, language: str) -> EmailLayout:
    """The layout of a workspace, with the set words of a language.

    Raises AdvocacyError where there is none.
    """
    return once_per_run(("email", language, workspace), lambda: _found(workspace, language))


def _found(workspace: Workspace, language: str) -> EmailLayout:
    found = stamps(workspace, (LAYOUT, STYLES))
    return _read(workspace, read_set_phrases(language, workspace), found)


@lru_cache(maxsize=64)  # one object for the same files, by which skeletons are found
def _read(workspace: Workspace, words: SetPhrases, found: Stamps) -> EmailLayout:
    layout, styles = workspace.template(LAYOUT), workspace.template(STYLES)
    if layout is None or styles is None:
        missing = LAYOUT if layout is None else STYLES
        raise AdvocacyError(
            Problem(
                "unknown-layout",
                f"The layout file `{missing}` is missing.",
                "Restore it in the templates folder, or reinstall advocacy.",
            )
        )
    is_plain = not _OTHER_COMMAND.search(read_template(layout))
    return EmailLayout(layout, read_template(styles), words, is_plain, found)


T = TypeVar("T", str, bytes)


def shared_html(letter: Letter, workspace: Workspace, citations: FormattedCitations) -> str | None:
    """What a letter's HTML shares with others, each own text a null character.

    None where it is rendered by itself. Raises AdvocacyError for what is wrong in the layout.
    """
    layout = email_layout(workspace, letter.language)
    skeleton = _skeleton_of(letter, _own(letter, None), workspace, layout, citations)
    return None if skeleton is None else "\0".join(skeleton.texts)


def render_html(
    checked: CheckedLetter, workspace: Workspace, *, leaving: UnsubscribeLinks | None = None
) -> str:
    """The email's HTML as a document that stands alone.

    `leaving` are the recipient's own addresses to unsubscribe, instead of the sender's.
    Raises AdvocacyError for what is wrong in the layout or its styles.
    """
    letter = checked.letter
    html = html_of(letter, workspace, formatted(letter, workspace), leaving)
    html = draft_html(html) if checked.draft else html
    return with_pictures(html, letter.pictures, workspace)


def html_of(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: UnsubscribeLinks | None = None,
) -> str:
    """The same, with the letter's citations already formatted."""
    layout = email_layout(workspace, letter.language)
    own = _own(letter, leaving)
    skeleton = _skeleton_of(letter, own, workspace, layout, citations)
    if skeleton is None:
        return _page(letter, letter.body, letter, workspace, layout, citations, own[_LEAVING] or "")
    return skeleton.filled(_by_slot(letter, own, value_html, escaped))


def encoded_html(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: UnsubscribeLinks | None = None,
) -> list[bytes]:
    """The same as an email has it, quoted-printable, in pieces.

    Each value and each text between two values begins a line, so that all that letters have
    in common is encoded once; and what lines a letter has does not depend on other letters.
    """
    layout = email_layout(workspace, letter.language)
    own = _own(letter, leaving)
    skeleton = _skeleton_of(letter, own, workspace, layout, citations)
    if skeleton is None:
        link = own[_LEAVING] or ""
        page = _page(letter, letter.body, letter, workspace, layout, citations, link)
        return [quoted_printable(page)]
    return skeleton.encoded_with(_by_slot(letter, own, _encoded_value, _encoded_text))


def _by_slot(
    letter: Letter,
    own: tuple[str | None, ...],
    value: Callable[[str], T],
    text: Callable[[str], T],
) -> Callable[[int], T]:
    """What a skeleton's slots print: the body's values, then the letter's own texts."""
    values = letter.body.values
    count, texts = len(values), [text for text in own if text]
    return lambda slot: value(values[slot]) if slot < count else text(texts[slot - count])


@lru_cache(maxsize=4096)  # saves a fifth of an email: the campaign's values, towns and states
def _encoded_value(text: str) -> bytes:
    return part_of_line(value_html(text))


@lru_cache(maxsize=4096)
def _encoded_text(text: str) -> bytes:
    return part_of_line(escaped(text))


# What tells letters of a mailing apart beside the objects of which there is one for all.
_shared_texts = attrgetter(
    "campaign", "title", "stage", "preview", "date", "timezone", "language", "close", "layout",
    "enclosures", "cc", "attach", "pictures", "body.markdown", "dateline", "delivery",
    "reference_lines",
)  # fmt: skip
# What may differ from one letter to the next, and is printed as it is.
_RECIPIENT = (*RECIPIENT_FIELDS, "salutation")
_OWN = ("id", "subject", "salutation", *(f"recipient.{name}" for name in _RECIPIENT))
_LEAVING = len(_OWN)
"""Where, after these, the letter's own texts have the address to unsubscribe at."""
_LINK = "https://unsubscribe.invalid/the-recipients-own"
_PRESENT = "there"
_own_texts = attrgetter(*_OWN)


def _own(letter: Letter, leaving: UnsubscribeLinks | None) -> tuple[str | None, ...]:
    """The texts that are this letter's own.

    They are those of `_OWN`, the address to unsubscribe at, the lines of the inside address, and
    of a supporter's letter the signature.
    """
    link = leaving_of(letter, leaving).link
    texts = (*_own_texts(letter), link, *letter.inside_address)
    if letter.supporter is None:
        return texts
    return (*texts, letter.signatories[0].name, letter.signatories[0].office)


def _skeleton_of(
    letter: Letter,
    own: tuple[str | None, ...],
    workspace: Workspace,
    layout: EmailLayout,
    citations: FormattedCitations,
) -> Skeleton | None:
    """The skeleton that a letter shares with others; None where it is rendered by itself."""
    # Who watches a template wants each letter's own run.
    if letter.joint or not layout.is_plain or WATCH.get() is not None:
        return None
    there = tuple([_PRESENT if text else text for text in own])
    alone = letter.supporter is None
    people = letter.signatories if alone else ()
    return _skeletons.get(
        (workspace, layout, citations, letter.sender, letter.cosigners, people),
        (*_shared_texts(letter), len(letter.body.values), alone, there),
        lambda: _skeleton(
            shared_content(letter),
            len(letter.body.values),
            there,
            alone,
            workspace,
            layout,
            citations,
        ),
    )


# Saves 97 % of an email: rendering the layout and inlining its styles.
_skeletons: IdentityCache[Skeleton | None] = IdentityCache()


def _skeleton(
    shared: SharedContent,
    values: int,
    own: tuple[str | None, ...],
    alone: bool,
    workspace: Workspace,
    layout: EmailLayout,
    citations: FormattedCitations,
) -> Skeleton | None:
    """The HTML of letters with that many values, and texts where their `own` says so.

    It sees no letter, so it cannot show one person's text to another. None if the layout does
    more with such a text than print it. `alone`: no supporter signs.
    """
    slots = count(values)
    given = [Slot(next(slots)) if text else text for text in own]
    named = dict(zip(_OWN, given, strict=False))
    lines, signature = given[_LEAVING + 1 :], []
    if not alone:
        lines, signature = lines[:-2], [_signatory(*lines[-2:])]
    fields = letter_fields(
        shared,
        {name: named[f"recipient.{name}"] for name in _RECIPIENT},
        id=named["id"],
        subject=named["subject"],
        salutation=named["salutation"],
        inside_address=tuple(lines),
        signatories=shared.signatories if alone else tuple(signature),
    )
    body = Prose(shared.markdown, tuple(chr(VALUE_MARK + index) for index in range(values)))
    link = _LINK if own[_LEAVING] else ""
    try:
        html = _page(fields, body, shared, workspace, layout, citations, link)
    except (NeedsValue, AdvocacyError):  # errors are reported with the letter itself
        return None
    if link:  # a mark would not survive in an attribute, so an address stands in its place
        html = html.replace(link, str(escape(given[_LEAVING])))
    skeleton = Skeleton.of(html)
    # A value in the address of a link is written in another way, and has left no mark.
    return skeleton if set(range(values)) <= set(skeleton.slots) else None


def _signatory(name: Slot | str | None, title: Slot | str | None) -> Fields:
    """A supporter, in whom the letters of one mailing differ."""
    return Fields({"name": name, "title": title, "organization": None, "signature": None})


def _page(
    letter: Letter | Fields,
    body: Prose,
    shared: Letter | SharedContent,
    workspace: Workspace,
    layout: EmailLayout,
    citations: FormattedCitations,
    link: str,
) -> str:
    """The layout rendered, with its styles in the elements."""
    language = shared.language
    numbers = number_notes(body.markdown, language, citations)
    cite, note = _marker(citations, numbers, layout.words)
    pictures = picture_tags(body, language, workspace)
    own_notes, listed = end_notes(
        citations,
        numbers,
        notes_html(body, language, lambda index: f" {cite(index)}") if numbers.notes else (),
    )
    text = body_html(body, language, cite, note, pictures.__getitem__)
    html = render_layout(
        "email",
        workspace,
        {
            "letter": letter,
            "words": layout.words,
            "body": Markup(isolated_addresses(text, language)),  # noqa: S704 - escaped above
            "preview": _preview(body, shared),
            "own_notes": isolated_references(own_notes, language),
            "references": isolated_references(listed, language),
            "notes": citations.notes,
            "date": long_date(shared.date, shared.language),
            "dated": shared.dateline or long_date(shared.date, shared.language),
            "contacts": isolated_contacts(shared.sender, language),
            "logo": logo_picture(shared.sender.logo, workspace),
            "images": signature_pictures([p.signature for p in shared.signatories], workspace),
            "color": shared.sender.look.color if shared.sender.look else None,
            "unsubscribe": link,
            "subscribed": subscribed_line(layout.words, shared.sender),
            "css": Markup(layout.css),  # noqa: S704 - a volunteer's own styles
            "lang": shared.language,
            "dir": direction(shared.language),
            "comma": comma(shared.language),
        },
    )
    return inlined(html, Place(layout.path))


def _preview(body: Prose, shared: Letter | SharedContent) -> Markup:
    """The line that an inbox shows after the subject: the stage's own, or the first sentence."""
    own = escaped(shared.preview)
    return Markup(own or first_sentence(body, shared.language))  # noqa: S704 - both are escaped


def _marker(
    citations: FormattedCitations, numbers: NoteNumbers, words: SetPhrases
) -> tuple[Callable[[int], str], Callable[[int], str]]:
    """What marks print in the text: numbers that lead to the lists at the end."""

    def link(number: int, to: str) -> str:
        return f'<a href="#{to}" aria-label="{escaped(words.note)} {number}">{number}</a>'

    def cite(index: int) -> str:
        name = f"cite-{index + 1}"
        if citations.in_text:
            return f' <span id="{name}">{citations.notes[index].html}</span>'
        links = [link(number, f"ref-{number}") for number in sorted(set(numbers.cites[index]))]
        return f'<sup id="{name}">{", ".join(links)}</sup>'

    def note(index: int) -> str:
        number = numbers.notes[index]
        to = f"{'note' if citations.in_text else 'ref'}-{number}"
        return f'<sup id="cite-n{index + 1}">{link(number, to)}</sup>'

    return cite, note
