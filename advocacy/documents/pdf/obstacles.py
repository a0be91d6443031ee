"""What keeps a letter off paper: characters that no font has, pictures that are none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.documents.fonts import describe, unprintable
from advocacy.documents.frame import contacts
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.models import Located
from advocacy.letters.letter import CheckedLetter, Letter


def obstacles(checked: CheckedLetter, workspace: Workspace) -> list[Problem]:
    """What keeps this letter off paper: characters without a font, pictures that are none."""
    letter = checked.letter
    problems: list[Problem] = []
    for text, what, place in printed_texts(letter):
        problems += [
            Problem(
                "unprintable-character",
                f"No font of the printed letter has {describe(char)}, in {what}.",
                "Write it in letters that can be printed, or leave the PDF out: "
                "`--format eml,html,txt`.",
                place,
            )
            for char in unprintable(text)
        ]
    for name, place in _pictures(letter):
        from advocacy.documents.pdf.fetcher import image_problem  # brings WeasyPrint

        try:
            problem = image_problem(workspace.file(name, place), name)
        except AdvocacyError as error:
            problems += error.problems
        else:
            problems += [replace(problem, place=place)] if problem else []
    return list(dict.fromkeys(problems))


def printed_texts(letter: Letter) -> Iterator[tuple[str, str, Place | None]]:
    """Every text that the letter prints, what it is, and where it stands."""
    person, sender = letter.recipient, letter.sender
    yield letter.subject, "the subject", None
    for line in letter.inside_address:
        yield line, f"the address of {person.full_name}", _place_of(person, line)
    yield letter.salutation, "the salutation", person.place("salutation")
    yield letter.body.text(), "the text", None
    for line in (sender.organization, *sender.address, *contacts(sender)):
        yield line, "the letterhead", sender.place()
    people: tuple[Signatory | Cosigner, ...] = (*letter.signatories, *letter.cosigners)
    for one in people:
        for text in (one.name, one.title, one.organization):
            yield text or "", "the signatures", one.place()
    yield letter.others, "the signatures", None
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
