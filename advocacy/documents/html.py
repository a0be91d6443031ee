"""The HTML of a letter's email: one column, inlined styles, nothing remote."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from markupsafe import Markup

from advocacy.campaign import Cosigner, Sender, Signatory
from advocacy.citations import FormattedCitations
from advocacy.documents.frame import (
    Stamps,
    contacts,
    direction,
    long_date,
    references,
    set_words,
    stamps,
)
from advocacy.documents.leaving import Leaving, leaving_of, subscribed_line
from advocacy.documents.prose import body_html, value_html
from advocacy.documents.references import formatted
from advocacy.documents.skeleton import (
    Fields,
    NeedsValue,
    Skeleton,
    Slot,
    escaped,
    inlined,
    line_by_line,
)
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letter import CheckedLetter, Letter
from advocacy.marks import VALUE_MARK, Prose
from advocacy.templating import render_layout
from advocacy.templating.branches import WATCH
from advocacy.templating.source import read_template
from advocacy.words import Furniture
from advocacy.workspace import Workspace

LAYOUT = "layouts/email.html"
STYLES = "layouts/email.css"
_OTHER_COMMAND = re.compile(r"\{%(?![+-]?\s*(if|elif|else|endif|for|endfor)\b)")


def render_html(
    checked: CheckedLetter, workspace: Workspace, *, leaving: Leaving | None = None
) -> str:
    """The email's HTML as a document that stands alone.

    `leaving` are the recipient's own addresses to unsubscribe, instead of the sender's.
    Raises AdvocacyError for what is wrong in the layout or its styles.
    """
    return html_of(checked.letter, workspace, formatted(checked.letter, workspace), leaving)


def html_of(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: Leaving | None = None,
) -> str:
    """The same, with the letter's citations already formatted."""
    return "".join(html_pieces(letter, workspace, citations, leaving))


def html_pieces(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: Leaving | None = None,
) -> list[str]:
    """The same in pieces of whole lines; letters of one mailing share most of them."""
    layout = _layout(workspace, letter.language)
    link = leaving_of(letter, leaving).link
    if letter.joint or WATCH.get() is not None:  # who watches wants each letter's own
        return [_page(letter, letter.body, letter, workspace, layout, citations, link)]
    own = _own_texts(letter)
    shared = _Shared(*_shared(letter))
    skeleton = _skeleton(
        workspace,
        layout,
        citations,
        replace(shared, signatories=()) if letter.supporter else shared,
        letter.body.markdown,
        len(letter.body.values),
        tuple((name, _PRESENT if text else text) for name, text in own),
        bool(link),
    )
    if skeleton is None:
        return [_page(letter, letter.body, letter, workspace, layout, citations, link)]
    values = [value_html(value) for value in letter.body.values]
    values += [escaped(text) for _, text in own if text]
    values.append(escaped(link))
    return [piece if isinstance(piece, str) else piece.filled(values) for piece in skeleton]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layout's files as they are now, and the set words of the language."""

    path: Path
    css: str
    words: Furniture
    is_plain: bool
    stamps: Stamps


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the letters of a mailing have in common, under its names in `Letter`."""

    campaign: str
    title: str
    stage: str
    date: date
    language: str
    close: str
    sender: Sender
    signatories: tuple[Signatory, ...]
    cosigners: tuple[Cosigner, ...]
    enclosures: tuple[str, ...]
    cc: tuple[str, ...]
    attach: tuple[str, ...]


_shared = attrgetter(*(field.name for field in fields(_Shared)))

_PRESENT = "there"
_LINK = "https://unsubscribe.invalid/the-recipients-own"
# What may differ from one letter to the next, and is printed as it is.
_RECIPIENT = (
    "name", "given_name", "family_name", "full_name", "honorific", "title", "organization",
    "city", "region", "postal_code", "country", "email", "salutation",
)  # fmt: skip


def _own_texts(letter: Letter) -> list[tuple[str, str | None]]:
    """The texts that are this letter's own, each with its name."""
    recipient = letter.recipient
    return [
        ("id", letter.id),
        ("subject", letter.subject),
        ("salutation", letter.salutation),
        *((f"recipient.{name}", getattr(recipient, name)) for name in _RECIPIENT),
        *(("inside_address", line) for line in letter.inside_address),
        *(_signature_texts(letter.signatories[0]) if letter.supporter else ()),
    ]


def _signature_texts(person: Signatory) -> list[tuple[str, str | None]]:
    """A supporter's signature: the letters of one mailing differ in it."""
    return [("signatory.name", person.name), ("signatory.title", person.title)]


@lru_cache(maxsize=256)
def _skeleton(
    workspace: Workspace,
    layout: _Layout,
    citations: FormattedCitations,
    shared: _Shared,
    markdown: str,
    values: int,
    texts: tuple[tuple[str, str | None], ...],
    leaves: bool,
) -> tuple[str | Skeleton, ...] | None:
    """The HTML that letters with these things in common share, in pieces of whole lines.

    `texts` are the names of the letter's own texts, each with `_PRESENT` if there is one.
    None if the layout does more with such a text than print it.
    """
    if not layout.is_plain:
        return None
    slots = iter(range(values, values + len(texts)))
    given = [(name, Slot(next(slots)) if text else text) for name, text in texts]
    own = dict(given)
    letter = Fields(
        {field.name: getattr(shared, field.name) for field in fields(_Shared)}
        | {name: own[name] for name in ("id", "subject", "salutation")}
        | {
            "inside_address": tuple(text for name, text in given if name == "inside_address"),
            "recipient": Fields({name: own[f"recipient.{name}"] for name in _RECIPIENT}),
            "joint": False,
            "others": "",
        }
        | ({"signatories": (_signatory(own),)} if "signatory.name" in own else {})
    )
    marks = tuple(chr(VALUE_MARK + index) for index in range(values))
    link = _LINK if leaves else ""
    try:
        html = _page(letter, Prose(markdown, marks), shared, workspace, layout, citations, link)
    except (NeedsValue, AdvocacyError):  # errors are told with the letter itself
        return None
    # A mark would not survive in an attribute, so the link has an address in its place.
    mark = chr(VALUE_MARK + values + sum(bool(text) for _, text in texts))
    skeleton = Skeleton.of(html.replace(_LINK, mark))
    # A value in the address of a link is written in another way, and has left no mark.
    return line_by_line(skeleton) if set(range(values)) <= set(skeleton.slots) else None


def _signatory(own: Mapping[str, Slot | str | None]) -> Fields:
    texts = {name: own[f"signatory.{name}"] for name in ("name", "title")}
    return Fields(texts | {"organization": None, "signature": None})


def _page(
    letter: Letter | Fields,
    body: Prose,
    shared: Letter | _Shared,
    workspace: Workspace,
    layout: _Layout,
    citations: FormattedCitations,
    link: str,
) -> str:
    """The layout rendered, with its styles in the elements."""
    html = render_layout(
        "email",
        workspace,
        {
            "letter": letter,
            "words": layout.words,
            "body": Markup(body_html(body, shared.language, _marker(citations, layout.words))),  # noqa: S704
            "references": references(citations),
            "notes": citations.notes,
            "date": long_date(shared.date, shared.language),
            "contacts": contacts(shared.sender),
            "unsubscribe": link,
            "subscribed": subscribed_line(layout.words, shared.sender),
            "css": Markup(layout.css),  # noqa: S704 - a volunteer's own styles
            "lang": shared.language,
            "dir": direction(shared.language),
        },
    )
    return inlined(html, Place(layout.path))


def _marker(citations: FormattedCitations, words: Furniture) -> Callable[[int], str]:
    """What a citation mark prints in the text: numbers that lead to the reference list."""

    def mark(index: int) -> str:
        name = f"cite-{index + 1}"
        if citations.in_text:
            return f' <span id="{name}">{citations.notes[index].html}</span>'
        links = [
            f'<a href="#ref-{number}" aria-label="{escaped(words.note)} {number}">{number}</a>'
            for number in sorted(set(citations.numbers[index]))
        ]
        return f'<sup id="{name}">{", ".join(links)}</sup>'

    return mark


def _layout(workspace: Workspace, language: str) -> _Layout:
    found = stamps(workspace, (LAYOUT, STYLES))
    return _read_layout(workspace, set_words(language, workspace), found)


@lru_cache(maxsize=64)
def _read_layout(workspace: Workspace, words: Furniture, found: Stamps) -> _Layout:
    layout, styles = workspace.template(LAYOUT), workspace.template(STYLES)
    if layout is None or styles is None:
        missing = LAYOUT if layout is None else STYLES
        raise AdvocacyError(
            Problem(
                "unknown-layout",
                f"There is no layout file `{missing}`.",
                "Put it back into the templates folder, or install advocacy anew.",
            )
        )
    is_plain = not _OTHER_COMMAND.search(read_template(layout))
    return _Layout(layout, read_template(styles), words, is_plain, found)
