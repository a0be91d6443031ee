"""Split a letter into what it shares with others and its own texts; and the answers of stamping.

The layout is filled with marks in the place of the recipient's texts, as for emails (see
`documents/email/skeleton.py`). What the layout then prints is the letter's shape: it holds all
that the template's conditions chose, so letters with one shape differ in their own texts alone.
It is the key under which letters share a master (`master_letter`).

No letter can show another person's text, and the types prove it: the cached functions here see
`SharedContent`, which has no field for such a text, and slots, which print as marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.email.skeleton import (
    RECIPIENT_FIELDS,
    Skeleton,
    Slot,
    escaped,
    letter_fields,
)
from advocacy.documents.frame import Stamps, stamps
from advocacy.documents.pdf.alphabet import Sets
from advocacy.documents.pdf.fitting import shared_texts
from advocacy.documents.pdf.paper import (
    Signature,
    address_rows,
    body_on_paper,
    filled_layout,
    layout_css,
    page_variables,
    shortened,
)
from advocacy.documents.prose import value_html
from advocacy.documents.references import formatted
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter
from advocacy.letters.shared_content import SharedContent, shared_content
from advocacy.templating.citation_marks import VALUE_MARK, Own, Prose
from advocacy.templating.values import NeedsValue

# Why a letter is laid out in full, as the summary says it: "86 letters in full (80 with …)".
OTHER_GLYPHS = "with a character that is not in the fonts that the letters share"
TOO_LONG = "with a line too long for its place"
NEEDS_TEXTS = "whose layout depends on the letter’s own texts"
DIFFERENT = "whose lines WeasyPrint lays out differently than expected"
HAS_PROBLEMS = "like others that have problems"


@dataclass(frozen=True, slots=True)
class LaidOutInFull:
    """The answer that a letter must be laid out in full, and the reason.

    With `only_this` the reason is in this letter's own texts: others of its shape may still be
    stamped, so the answer is not kept for them.
    """

    reason: str
    only_this: bool = False


@dataclass(frozen=True, slots=True)
class NeedsParagraph:
    """The answer that a line does not fit: its block, by number, must become a paragraph."""

    block: int


@dataclass(frozen=True, slots=True)
class NewShape:
    """The answer that paragraphs have other lines than the master's.

    Of each paragraph it gives the shape, and which of its lines divide a word.
    """

    shapes: tuple[Any, ...]
    divided: tuple[tuple[bool, ...], ...]


# Slots are numbers: of single texts, then of the recipient's fields, the lines of the inside
# address, and the values in the body.
_SALUTATION, _TO, _NAME, _TITLE, _ID = range(5)
_FIRST_FIELD, _FIRST_WRITER, _FIRST_LINE, _FIRST_VALUE = 8, 40, 64, 256
_recipient_fields = attrgetter(*RECIPIENT_FIELDS)


@dataclass(frozen=True, slots=True)
class LetterShape:
    """What letters have in common: their HTML in pieces, between which their own texts stand.

    Text `slots[i]` stands between `pieces[i]` and `pieces[i + 1]`; a slot may occur repeatedly.
    `sets` are the sets of letters that own texts have one of, which the fonts carry.
    """

    pieces: tuple[str, ...]
    slots: tuple[int, ...]
    layout: str
    language: str
    sets: Sets = frozenset()

    def html(self, texts: Mapping[int, str]) -> str:
        """The document with these texts, by slot, escaped."""

        def text(slot: int) -> str:
            return (value_html if slot >= _FIRST_VALUE else escaped)(texts[slot])

        return Skeleton(self.pieces, self.slots).filled(text)


def split_letter(
    checked: CheckedLetter, workspace: Workspace
) -> tuple[LetterShape, dict[int, str]] | None:
    """A letter's shape and its own texts by slot; None where the layout needs the whole letter.

    Raises AdvocacyError where the layout, a picture or the citation style is wrong.
    """
    letter = checked.letter
    layout_css(letter.layout, workspace)  # raises where the layout is missing
    person = letter.recipient
    # A line that is one person's own makes a shape of its own: nobody would share its master.
    if letter.joint or person.closing or person.your_ref or person.delivery:
        return None
    fields = enumerate(_recipient_fields(letter.recipient), _FIRST_FIELD)
    texts = {slot: text for slot, text in fields if text}
    texts |= dict(enumerate(letter.inside_address, _FIRST_LINE))
    texts[_ID] = letter.id
    texts[_SALUTATION] = letter.salutation
    texts[_TO] = shortened((*letter.inside_address, letter.recipient.full_name)[0])
    if letter.supporter is not None:
        signatory = letter.signatories[0]
        texts[_NAME] = signatory.name
        if letter.writer:
            texts |= dict(enumerate(letter.writer[1:], _FIRST_WRITER))
        elif signatory.office:
            texts[_TITLE] = signatory.office
    values: list[str | None] = []
    for slot, value in enumerate(letter.body.values, _FIRST_VALUE):
        # An own text of several lines stays a value of the shape: letters share a shape only if
        # they have the same one.
        if isinstance(value, Own) and "\n" not in value:
            texts[slot] = value
            values.append(None)
        else:
            values.append(str(value))
    shape = _letter_shape(
        shared_content(letter),
        tuple(values),
        tuple(slot for slot in texts if slot < _FIRST_VALUE and texts[slot]),
        address_rows(letter.inside_address),
        formatted(letter, workspace),
        read_set_phrases(letter.language, workspace),
        workspace,
        _layout_files(workspace),
    )
    return None if shape is None else (shape, texts)


def _layout_files(workspace: Workspace) -> Stamps:
    """The stamps of the files that layouts are made of."""
    folders = stamps(workspace, ("layouts", "partials"))
    return stamps(workspace, _layout_names(workspace, folders))


@lru_cache(maxsize=16)  # saves listing six folders for every letter
def _layout_names(workspace: Workspace, _folders: Stamps) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{folder}/{path.name}"
            for root in workspace.templates
            for folder in ("layouts", "partials")
            for path in sorted((root / folder).glob("*"))
            if not path.name.startswith(("email.", "audit."))
        )
    )


@lru_cache(maxsize=1024)  # saves filling the layout: milliseconds, once for all letters alike
def _letter_shape(
    shared: SharedContent,
    values: tuple[str | None, ...],
    slots: tuple[int, ...],
    rows: int,
    citations: FormattedCitations,
    words: SetPhrases,
    workspace: Workspace,
    _files: Stamps,
) -> LetterShape | None:
    """The shape of letters with the same shared content; None where the layout needs a text.

    `values` are those of the body, None where a letter's own text stands; `slots` the other own
    texts that these letters have; `rows` how many rows of a window their addresses take.
    `_files` changes when a file of the layout does, so that the layout is then read again.
    """
    own: dict[int, Any] = {slot: Slot(slot) for slot in slots}
    lines = tuple(own[slot] for slot in slots if slot >= _FIRST_LINE)
    names = {name: own.get(slot) for slot, name in enumerate(RECIPIENT_FIELDS, _FIRST_FIELD)}
    marked = tuple(
        chr(VALUE_MARK + slot) if value is None else value
        for slot, value in enumerate(values, _FIRST_VALUE)
    )
    body = body_on_paper(Prose(shared.markdown, marked), shared.language, citations)
    variables = page_variables(shared, words, citations, body)
    variables |= {"inside_address": lines, "address_rows": rows, "to": own[_TO]}
    texts_by_name = {"id": own[_ID], "salutation": own[_SALUTATION], "inside_address": lines}
    above = tuple(own[slot] for slot in slots if _FIRST_WRITER <= slot < _FIRST_LINE)
    variables["writer"] = (own[_NAME], *above) if above else ()
    if _NAME in own:  # a supporter signs
        signature = Signature(own[_NAME], own.get(_TITLE), None, None, own[_NAME])
        variables["signatures"] = [[signature]]
        texts_by_name["signatories"] = (signature,)
    variables["letter"] = letter_fields(shared, names, **texts_by_name)
    texts = (text for text, _, _ in shared_texts(shared))
    try:
        html = filled_layout(shared.layout, shared.language, workspace, variables, words, texts)
    except NeedsValue:
        return None
    whole = Skeleton.of(html)
    wanted = {slot for slot, value in enumerate(values, _FIRST_VALUE) if value is None}
    if not wanted <= set(whole.slots):  # one stands in an address, where it is written otherwise
        return None
    return LetterShape(whole.texts, whole.slots, shared.layout, shared.language)
