"""Find what keeps a letter off paper.

Before layout: characters that no font has, and files that are not pictures (`obstacles`). After
layout: texts that do not fit into the room that the layout has for them, such as an address in
its window (`overflowing`); a layout gives such an element a height of its own and says by
`data-fit` what it holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.documents.fonts import describe, unprintable
from advocacy.documents.frame import contacts
from advocacy.errors import AdvocacyError, Hint, Place, Problem
from advocacy.files.pictures import image_problem
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.models import Located
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.letters.shared_content import SharedContent


def obstacles(checked: CheckedLetter, workspace: Workspace) -> list[Problem]:
    """What keeps this letter off paper: characters without a font, pictures that are none."""
    letter = checked.letter
    problems: list[Problem] = []
    for text, what, place in printed_texts(letter):
        problems += [
            Problem(
                "unprintable-character",
                f"The fonts of the letter do not have {describe(char)}, which is in {what}.",
                Hint(
                    "fix-or-omit-format",
                    cure="Replace the character with one that can be printed",
                    format="pdf",
                ),
                place,
            )
            for char in unprintable(text)
        ]
    for name, place in _pictures(letter):
        try:
            problem = image_problem(workspace.file(name, place), name)
        except AdvocacyError as error:
            problems += error.problems
        else:
            problems += [replace(problem, place=place)] if problem else []
    return list(dict.fromkeys(problems))


def printed_texts(letter: Letter) -> Iterator[tuple[str, str, Place | None]]:
    """Every text that the letter prints, what it is, and where it stands."""
    person = letter.recipient
    yield letter.subject, "the subject", None
    for line in letter.inside_address:
        yield line, f"the address of {person.full_name}", _place_of(person, line)
    yield letter.salutation, "the salutation", person.place("salutation")
    yield letter.body.text(), "the text", None
    yield letter.others, "the signatures", None
    yield from shared_texts(letter)


def shared_texts(letter: Letter | SharedContent) -> Iterator[tuple[str, str, Place | None]]:
    """The same of the texts that letters have in common, and of the signatories."""
    sender = letter.sender
    yield letter.subject, "the subject", None
    for line in (sender.organization, *sender.address, *contacts(sender)):
        yield line, "the letterhead", sender.place()
    people: tuple[Signatory | Cosigner, ...] = (*letter.signatories, *letter.cosigners)
    for one in people:
        for text in (one.name, one.title, one.organization):
            yield str(text or ""), "the signatures", one.place()
    for line in (letter.dateline, letter.delivery, *chain(*letter.reference_lines)):
        yield line, "the lines above the text", None
    for line in (*letter.enclosures, *letter.cc):
        yield line, "the lines below the signatures", None
    for cited in letter.facts:
        for source in (cited.source, cited.via):
            if source is not None:
                for line in _strings(source.csl()):
                    yield line, f"the source `{source.id}`", source.place()


def _place_of(person: Located, line: str) -> Place | None:
    """The place of the key whose text a line of the address is, else the person's."""
    for key in type(person).model_fields:
        value = getattr(person, key)
        if value and (value == line or (isinstance(value, str) and value in line)):
            return person.place(key)
    return person.place()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _pictures(letter: Letter) -> Iterator[tuple[str, Place | None]]:
    if letter.sender.logo:
        yield letter.sender.logo, letter.sender.place("logo")
    for person in letter.signatories:
        if person.signature:
            yield person.signature, person.place("signature")


ADDRESS = "address"
_SLACK = 0.5  # CSS pixels, for rounding


@dataclass(frozen=True, slots=True)
class LayoutOverflow:
    """A text that is too long: what the layout calls it, which one it is, and how it begins."""

    what: str
    index: str
    text: str


def overflowing(document: Any) -> tuple[LayoutOverflow, ...]:
    """The marked elements of a laid-out document whose lines do not lie within their height.

    An element is told from others by its `data-index`, where it has one.
    """
    found: dict[LayoutOverflow, None] = {}
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            element = box.element
            what = None if element is None else element.get("data-fit")
            if not what or box.element_tag != element.tag or box.style["height"] == "auto":
                continue
            top, left = box.content_box_y(), box.content_box_x()
            for line in _lines(box):
                if (
                    line.position_y < top - _SLACK
                    or line.position_y + line.height > top + box.height + _SLACK
                    or line.position_x < left - _SLACK
                    or line.position_x + _width(line) > left + box.width + _SLACK
                ):
                    text = " ".join("".join(element.itertext()).split())
                    found[LayoutOverflow(what, element.get("data-index", ""), text[:60])] = None
                    break
    return tuple(found)


def spilling(document: Any) -> tuple[str, ...]:
    """The lines of a laid-out document that run out of their place at a side or off the page.

    A line has the width of the block that it stands in, and on paper the height of the page.
    """
    found: dict[str, None] = {}
    for page in document.pages:
        bottom = page._page_box.margin_height()
        for block in _blocks(page._page_box):
            left = block.content_box_x()
            for line in block.children:
                if (
                    line.position_x < left - _SLACK
                    or line.position_x + _width(line) > left + block.width + _SLACK
                    or line.position_y + line.height > bottom + _SLACK
                ):
                    found.setdefault(_line_text(line)[:60])
    return tuple(text for text in found if text)


def _blocks(box: Any) -> Iterator[Any]:
    """The boxes that have lines in them, those within lines too."""
    children = [getattr(child, "_box", child) for child in getattr(box, "children", ())]
    if children and all(type(child).__name__ == "LineBox" for child in children):
        yield box
    for child in children:
        yield from _blocks(child)


def _line_text(line: Any) -> str:
    parts = (getattr(box, "text", "") or "" for box in line.descendants(placeholders=True))
    return " ".join("".join(parts).split())


def _lines(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if type(child).__name__ in ("LineBox", "InlineReplacedBox", "BlockReplacedBox"):
            yield child
        else:
            yield from _lines(getattr(child, "_box", child))


def _width(line: Any) -> float:
    children = getattr(line, "children", None)
    if not children:
        return float(line.width)
    return float(max(child.position_x + child.width for child in children) - line.position_x)


def unfit_problems(unfit: tuple[LayoutOverflow, ...], letter: Letter) -> list[Problem]:
    """What does not fit into a letter's layout, as problems."""
    return [
        address_problem(letter.recipient.called, letter.recipient.place("address"), letter.layout)
        if one.what == ADDRESS
        else Problem(
            "too-long-for-layout",
            f"The {one.what} of the layout `{letter.layout}` does not fit in its place "
            f"(“{one.text}”).",
            "Shorten it, use a smaller picture, or make room in the layout's .css file.",
            letter.sender.place(),
        )
        for one in unfit
    ]


def address_problem(who: str, place: Place | None, where: str) -> Problem:
    """That someone's address has too many or too long lines."""
    return Problem(
        "address-too-long",
        f"The address of {who} does not fit on `{where}`.",
        "Shorten it: combine lines, or leave out what the post office does not need.",
        place,
    )
