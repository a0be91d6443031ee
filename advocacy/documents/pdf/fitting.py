"""Find what keeps a letter off paper.

Before layout: characters that no font has, and files that are not pictures (`obstacles`). After
layout: texts that do not fit into the room that the layout has for them, such as an address in
its window (`overflowing`); a layout gives such an element a height of its own and says by
`data-fit` what it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from advocacy.campaign.campaign import Cosigner, Sender, Signatory
from advocacy.documents.fonts import (
    FontLibrary,
    by_script,
    describe_script,
    font_library,
    missing_font_cure,
)
from advocacy.documents.frame import contacts
from advocacy.errors import AdvocacyError, Hint, Place, Problem, nearest
from advocacy.files.font_files import own_fonts
from advocacy.files.pictures import image_problem
from advocacy.files.text import read_text
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.models import Located
from advocacy.letters.letter import Letter
from advocacy.letters.shared_content import SharedContent
from advocacy.templating.citation_marks import LINE, LINE_MARK


def obstacles(letter: Letter, workspace: Workspace) -> list[Problem]:
    """What keeps a letter off paper: characters without a font, fonts and pictures that are none.

    The characters of a script are one problem, wherever in the letter they stand.
    """
    problems = list(own_fonts(workspace).problems)
    problems += unknown_font(letter.sender, font_library(workspace))
    problems += _without_font(letter, font_library(workspace))
    for name, place in _pictures(letter):
        try:
            problem = image_problem(workspace.file(name, place), name)
        except AdvocacyError as error:
            problems += error.problems
        else:
            problems += [replace(problem, place=place)] if problem else []
    return list(dict.fromkeys(problems))


def unprintable_address(
    lines: Iterable[str], who: str, place_of: Callable[[str], Place | None], library: FontLibrary
) -> list[Problem]:
    """The characters of someone's address that no font has, a problem for each script.

    `place_of` is where the text of a line was written.
    """
    chars: dict[str, None] = {}
    place = None
    for line in lines:
        missing = library.unprintable(line)
        chars |= dict.fromkeys(missing)
        place = place or (place_of(line) if missing else None)
    return [
        _unprintable(script, found, f"the address of {who}", place)
        for script, found in by_script(chars).items()
    ]


def _without_font(letter: Letter, library: FontLibrary) -> Iterator[Problem]:
    """The same of all that a letter prints; of one person and script there is one problem."""
    person = letter.recipient
    yield from unprintable_address(
        letter.inside_address, person.called, partial(place_of, person), library
    )
    told = set(by_script(c for line in letter.inside_address for c in library.unprintable(line)))
    found: dict[str, tuple[list[str], list[str], Place | None]] = {}
    for text, what, place in printed_texts(letter):
        own = what.startswith("the address") or place == person.place("salutation")
        for script, chars in by_script(library.unprintable(text)).items():
            if own and script in told:
                continue
            known = found.setdefault(script, ([], [], place or _line_of(letter, chars[0])))
            known[0].extend(char for char in chars if char not in known[0])
            known[1].extend([what] if what not in known[1] else [])
    for script, (chars, places, place) in found.items():
        yield _unprintable(script, chars, _listed(places), place)


def _unprintable(script: str, chars: list[str], where: str, place: Place | None) -> Problem:
    return Problem(
        "unprintable-character",
        f"No font has {describe_script(script, chars)}, which is in {where}.",
        Hint("fix-or-omit-format", cure=missing_font_cure(script), format="pdf"),
        place,
    )


def _listed(places: list[str]) -> str:
    shown = places if len(places) < 4 else [*places[:2], f"{len(places) - 2} more places"]
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]


def _line_of(letter: Letter, char: str) -> Place | None:
    """The line of the template in which a traced letter's text has a character."""
    before, found, after = letter.body.markdown.partition(char)
    # A mark stands at the end of its line, and not every line has one.
    marks = [*LINE.findall(after)[:1], *LINE.findall(before)[-1:]] if found else []
    lines = [ord(mark) - LINE_MARK for mark in marks]
    places = [letter.lines[line] for line in lines if line < len(letter.lines)]
    for place in places:
        written = read_text(place.path).split("\n")
        having = [number for number, line in enumerate(written, start=1) if char in line]
        if having:
            number = min(having, key=lambda number: abs(number - (place.line or 1)))
            return Place(place.path, number, written[number - 1].index(char) + 1)
    return places[0] if places else None


def unknown_font(sender: Sender, library: FontLibrary) -> Iterator[Problem]:
    """That the sender's letters are to be set in a font that is not there."""
    wanted = sender.look.font if sender.look else None
    if wanted is None or wanted in library.names:
        return
    own = sorted({font.family for font in library.own})
    there = f"The folder `fonts` has: {', '.join(own)}." if own else "The folder `fonts` has none."
    near = nearest(wanted, library.names)
    yield Problem(
        "unknown-font",
        f"There is no font family `{wanted}`.",
        f"Did you mean `{near}`?" if near else f"Put its files in the folder `fonts`. {there}",
        sender.look.place("font") if sender.look else None,
    )


def printed_texts(letter: Letter) -> Iterator[tuple[str, str, Place | None]]:
    """Every text that the letter prints, what it is, and where it stands."""
    person = letter.recipient
    yield letter.subject, "the subject", None
    for line in letter.inside_address:
        yield line, f"the address of {person.called}", place_of(person, line)
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
    yield from _offices(sender)
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


def _offices(sender: Sender) -> Iterator[tuple[str, str, Place | None]]:
    for office in sender.offices:
        for line in (office.name, *office.address, office.phone, office.email):
            yield line or "", "the offices", office.place()


def place_of(person: Located, line: str) -> Place | None:
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


ADDRESS, TABLE = "address", "table"
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
            is_table = element is not None and type(box).__name__ == "TableBox"
            if is_table and _is_too_wide(box, page._page_box):
                text = " ".join("".join(element.itertext()).split())
                found[LayoutOverflow(TABLE, "", text[:60])] = None
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


def _is_too_wide(table: Any, page: Any) -> bool:
    """Whether a table of the text runs out of its page's text area at a side."""
    left, right = page.content_box_x(), page.content_box_x() + page.width
    start, end = table.position_x, table.position_x + table.margin_width()
    is_data = "data" in (table.element.get("class") or "").split()
    return is_data and bool(start < left - _SLACK or end > right + _SLACK)


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
            f"A table is wider than the page of the layout `{letter.layout}` (“{one.text}”).",
            "Leave out columns, shorten their words, or divide the table. `advocacy check --media` "
            "lays letters out before they are made.",
        )
        if one.what == TABLE
        else Problem(
            "too-long-for-layout",
            f"The {one.what} of the layout `{letter.layout}` does not fit in its place "
            f"(“{one.text}”).",
            "Shorten it, use a smaller picture, or make room in the layout's .css file. `advocacy "
            "check --media` lays letters out before they are made.",
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
