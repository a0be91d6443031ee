"""Why a letter cannot be stamped, in words for the summary.

A letter in two parts: what it has in common with others, and the texts that are its own.

The layout is filled with marks in the place of the recipient's texts, as for emails (see
`documents/skeleton.py`). What the layout then prints is the letter's *outline*: it holds all that
the template's conditions chose, so that letters with one outline differ in their own texts alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from advocacy.campaign.campaign import Cosigner, Sender, Signatory
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.email.skeleton import Fields, Skeleton, Slot, escaped
from advocacy.documents.frame import Stamps, stamps
from advocacy.documents.pdf.fitting import printed_texts
from advocacy.documents.pdf.paper import (
    Signature,
    address_rows,
    filled_layout,
    layout_css,
    note_html,
    page_variables,
    shortened,
)
from advocacy.documents.prose import body_html, value_html
from advocacy.documents.references import formatted
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.templating.citation_marks import VALUE_MARK, Own, Prose
from advocacy.templating.values import NeedsValue

OTHER_GLYPHS = "with a character that the letters’ common fonts do not have"
TOO_LONG = "with a line too long for its place"
NEEDS_TEXTS = "whose layout depends on the letter’s own texts"
CROSSES_PAGES = "whose own paragraph stands where pages break"
DIFFERENT = "whose lines WeasyPrint sets otherwise than expected"
HAS_PROBLEMS = "like others that have problems"


class CannotStamp(Exception):  # noqa: N818 - it is an answer
    """That a letter must be laid out in full, and why."""


class HasOwnParagraph(CannotStamp):
    """That this letter's own texts are the reason: others like it may be stamped."""


class Wraps(Exception):  # noqa: N818 - it is an answer
    """That a line does not fit, and its block must be laid out as a paragraph; its number."""

    def __init__(self, block: int) -> None:
        super().__init__(block)
        self.block = block


class ShapeChanged(Exception):  # noqa: N818 - it is an answer
    """That paragraphs have other lines than the master's; the lines that they have."""

    def __init__(self, shape: Any) -> None:
        super().__init__(shape)
        self.shape = shape


_RECIPIENT = (
    "name", "given_name", "family_name", "full_name", "honorific", "title", "organization",
    "city", "region", "postal_code", "country", "email",
)  # fmt: skip
_SALUTATION, _TO, _NAME, _TITLE, _ID = range(5)
_FIRST_FIELD, _FIRST_LINE, _FIRST_VALUE = 8, 64, 256


@dataclass(frozen=True, slots=True)
class LetterShape:
    """What letters have in common: their HTML in pieces, between which their own texts stand.

    `pieces` are HTML, `slots` the texts between them; `html(texts)` is the whole document.
    """

    pieces: tuple[str, ...]
    slots: tuple[int, ...]
    layout: str
    language: str

    def html(self, texts: Mapping[int, str]) -> str:
        """The document with these texts, escaped, in its slots."""

        def text(slot: int) -> str:
            return (value_html if slot >= _FIRST_VALUE else escaped)(texts[slot])

        return Skeleton(self.pieces, self.slots).filled(text)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the letters of a mailing have in common, under its names in `Letter`."""

    campaign: str
    title: str
    stage: str
    subject: str
    date: date
    timezone: str
    language: str
    close: str
    layout: str
    sender: Sender
    signatories: tuple[Signatory, ...]
    cosigners: tuple[Cosigner, ...]
    enclosures: tuple[str, ...]
    cc: tuple[str, ...]
    attach: tuple[str, ...]


_shared = attrgetter(*(field.name for field in fields(_Shared)))
_recipient = attrgetter(*_RECIPIENT)


def outlined(
    checked: CheckedLetter, workspace: Workspace
) -> tuple[LetterShape, dict[int, str]] | None:
    """A letter's outline and its own texts by slot; None where the layout needs it whole.

    Raises AdvocacyError where the layout, a picture or the citation style is wrong.
    """
    letter = checked.letter
    layout_css(letter.layout, workspace)  # tells of a layout that is missing
    if letter.joint:
        return None
    texts = {_FIRST_FIELD + i: text for i, text in enumerate(_recipient(letter.recipient)) if text}
    texts |= {_FIRST_LINE + i: line for i, line in enumerate(letter.inside_address)}
    texts[_ID] = letter.id
    texts[_SALUTATION] = letter.salutation
    texts[_TO] = shortened((*letter.inside_address, letter.recipient.full_name)[0])
    shared = _Shared(*_shared(letter))
    signed = letter.supporter is not None
    if signed:
        signatory = letter.signatories[0]
        shared = replace(shared, signatories=())
        texts |= {_NAME: signatory.name, **({_TITLE: signatory.title} if signatory.title else {})}
    fixed: list[str | None] = []
    for i, value in enumerate(letter.body.values):
        if isinstance(value, Own) and "\n" not in value:
            texts[_FIRST_VALUE + i] = value
            fixed.append(None)
        else:
            fixed.append(str(value))
    outline = _outline(
        workspace,
        formatted(letter, workspace),
        read_set_phrases(letter.language, workspace),
        _files(workspace),
        shared,
        letter.body.markdown,
        tuple(fixed),
        tuple(slot for slot in texts if slot < _FIRST_VALUE and texts[slot]),
        address_rows(letter.inside_address),
        signed,
        _Holder(letter),
    )
    return None if outline is None else (outline, texts)


@dataclass(frozen=True, slots=True)
class _Holder:
    """The letter, for what all letters of its outline print; it takes no part in the key."""

    letter: Letter

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder)

    def __hash__(self) -> int:
        return 0


def _files(workspace: Workspace) -> Stamps:
    """The stamps of the files that layouts are made of."""
    folders = stamps(workspace, ("layouts", "partials"))
    return stamps(workspace, _names(workspace, folders))


@lru_cache(maxsize=16)
def _names(workspace: Workspace, _folders: Stamps) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{folder}/{path.name}"
            for root in workspace.templates
            for folder in ("layouts", "partials")
            for path in sorted((root / folder).glob("*"))
            if not path.name.startswith(("email.", "audit."))
        )
    )


@lru_cache(maxsize=1024)
def _outline(
    workspace: Workspace,
    citations: FormattedCitations,
    words: SetPhrases,
    _files: Stamps,
    shared: _Shared,
    markdown: str,
    fixed: tuple[str | None, ...],
    slots: tuple[int, ...],
    rows: int,
    signed: bool,
    holder: _Holder,
) -> LetterShape | None:
    own: dict[int, Any] = {slot: Slot(slot) for slot in slots}
    letter = holder.letter
    common = replace(letter, inside_address=(), salutation="", body=Prose(""), signatories=())
    if not signed:
        common = replace(common, signatories=letter.signatories)
    names = {name: own.get(_FIRST_FIELD + i) for i, name in enumerate(_RECIPIENT)}
    values = tuple(
        chr(VALUE_MARK + _FIRST_VALUE + i) if text is None else text for i, text in enumerate(fixed)
    )
    note = partial(note_html, citations)
    body = body_html(Prose(markdown, values), shared.language, note)
    variables = page_variables(letter, words, citations, body)
    lines = tuple(own[slot] for slot in slots if slot >= _FIRST_LINE)
    variables |= {"inside_address": lines, "address_rows": rows, "to": own[_TO]}
    print_ = {field.name: getattr(shared, field.name) for field in fields(_Shared)} | {
        "id": own[_ID],
        "salutation": own[_SALUTATION],
        "inside_address": lines,
        "recipient": Fields(names),
        "joint": False,
        "others": "",
    }
    if signed:
        one = Signature(own[_NAME], own.get(_TITLE), None, None, own[_NAME])
        variables["signatures"] = [[one]]
        print_["signatories"] = (one,)
    variables["letter"] = Fields(print_)
    texts = (text for text, _, _ in printed_texts(common))
    try:
        html = filled_layout(shared.layout, shared.language, workspace, variables, words, texts)
    except NeedsValue:
        return None
    whole = Skeleton.of(html)
    wanted = {_FIRST_VALUE + i for i, text in enumerate(fixed) if text is None}
    if not wanted <= set(whole.slots):  # one stands in an address, where it is written otherwise
        return None
    return LetterShape(whole.texts, whole.slots, shared.layout, shared.language)
