"""Fill layouts with letters that have every part, or none, so that all their branches run."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.campaign.sender_details import Look, Office, Unsubscribe
from advocacy.campaign.sources import Source
from advocacy.campaign.supporters import Supporter, Supporters
from advocacy.checks.branches.watch import Watch
from advocacy.documents.email.html import render_html
from advocacy.documents.pdf.paper import paper_html
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.letter import CheckedLetter, Cite, CitedFact, Letter, check
from advocacy.resources import templates_dir
from advocacy.templating.citation_marks import CITE_MARK, Prose

IN_TEXT = "apa"
"""A citation style with citations in the text and a list of references."""
MANY_REFERENCES = 5
"""The number of reference lines from which layouts for window envelopes set them smaller."""
MANY_COSIGNERS = 14


_SOURCE = Source.model_validate({"id": "sample", "type": "book", "title": "A Sample"})
_FACT = Fact.model_validate({"statement": "A sample.", "source": "sample"})
_CITE = Cite((CitedFact("sample", _FACT, _SOURCE),))
_PICTURE = str(templates_dir() / "layouts" / "sample.svg")
_BODY = Prose(f"A sample.{chr(CITE_MARK)} Another one.{chr(CITE_MARK + 1)}^[A note.]")
"""A body that cites one source twice, and has a note of its own."""


def fill_layouts(checked: CheckedLetter, campaign: Campaign) -> list[Problem]:
    """Fill the layouts with a letter, on paper and in email; report what is wrong in them."""
    problems: list[Problem] = []
    for fill in (paper_html, render_html):
        try:
            fill(checked, campaign.workspace)
        except AdvocacyError as error:
            problems += error.problems
    return problems


def fill_layouts_with_parts(
    checked: CheckedLetter, campaign: Campaign, watch: Watch
) -> list[Problem]:
    """Do the same for the letter with all parts and with none, which nobody needs to have."""
    problems: list[Problem] = []
    for what, letter in _varied(checked.letter):
        passed, found = check(letter, campaign)
        watch.viewer = f"a letter {what}"
        problems += fill_layouts(passed, campaign) if passed else found
    return problems


def _varied(letter: Letter) -> Iterator[tuple[str, Letter]]:
    sender = letter.sender
    plain = Signatory.model_construct(name="A. Sample")
    signed = Signatory.model_construct(
        name="B. Sample", title="Chair", organization="Sample Friends", signature=_PICTURE
    )
    cosigner = partial(Cosigner.model_construct, organization="Sample Friends")
    named = cosigner(name="C. Sample")
    office = partial(Office.model_construct, name=None, address=(), phone=None, email=None)
    reached = office(name="Springfield", phone="555-0100", email="a@sample.example")
    mailed = office(name="Springfield", phone="555-0100")
    everything = replace(
        letter,
        body=_BODY,
        cites=(_CITE, _CITE),
        sender=sender.model_copy(
            update={
                "logo": _PICTURE,
                "logo_has_name": False,
                "look": Look.model_construct(color="#000000", font=None),
                "offices": (office(address=("1 Sample Street",)), reached, mailed),
                "phone": "555-0100",
                "url": "https://sample.example",
                "unsubscribe": Unsubscribe.model_construct(url="https://sample.example/leave"),
            }
        ),
        subscribed=True,
        signatories=(signed, plain, signed),
        cosigners=(cosigner(), named, cosigner(name="D. Sample", title="Chair")),
        enclosures=("One sheet", "Another"),
        cc=("One office", "Another"),
        delivery="By hand",
        reference_lines=(("One ref:", "1"), ("Another:", "2")),
        inside_address=("A. Sample", "Chair", "1 Sample Street", "Springfield, IL 62701"),
        supporters=None,
        others="",
    )
    nothing = replace(
        everything,
        sender=sender.model_copy(
            update={"logo": None, "phone": None, "url": None, "look": None, "offices": ()}
        ),
        signatories=(plain,),
        cosigners=(),
        enclosures=(),
        cc=(),
        delivery="",
        reference_lines=(),
        inside_address=(),
        cites=(),
        body=Prose("A sample."),
        subscribed=False,
    )
    yield "with all parts", everything
    yield "without them", nothing
    with_name = everything.sender.model_copy(update={"logo_has_name": True})
    yield "with a logo that has the name", replace(everything, sender=with_name)
    yield "with only one enclosure", replace(nothing, enclosures=("One sheet",))
    yield "with only copies", replace(nothing, cc=("One office",))
    lines = tuple((f"Reference {n}:", str(n)) for n in range(MANY_REFERENCES))
    yield "with many reference lines", replace(nothing, reference_lines=lines)
    yield "with many cosigners", replace(everything, cosigners=(named,) * MANY_COSIGNERS)
    people = (Supporter("one", "E. Sample", "Springfield"), Supporter("two", "F. Sample"))
    two, many = (Supporters(people, count, joint=True) for count in (2, 1000))
    signers = tuple(person.signatory() for person in people)
    joint = replace(nothing, supporters=two, signatories=signers)
    yield "with many signatures", replace(joint, supporters=many, others="and 998 others")
    yield "with two signatures", joint
    writer = Supporter("three", "G. Sample", address=("2 Sample Street", "Springfield"))
    alone = Supporters((writer,))
    yield "of a supporter", replace(everything, supporters=alone, signatories=(writer.signatory(),))
    yield "in a different citation style", replace(everything, style=IN_TEXT)
