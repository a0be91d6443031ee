"""The letter as a Word file, for colleagues who comment there: pandoc writes it.

It has the letter's text with real footnotes, and Word's styles. It has no logo and no
picture of a signature: whoever gets a file that can be changed should not get those.
"""

from collections.abc import Iterator
from functools import partial

from advocacy.campaign.set_phrases import Furniture, furniture
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.citations.pandoc import write_docx
from advocacy.documents.frame import contacts, direction, long_date
from advocacy.documents.pdf.paper import noon, page_size
from advocacy.documents.references import formatted
from advocacy.documents.word import pandoc_tree as tree
from advocacy.documents.word.pandoc_tree import Node
from advocacy.documents.word.reference_document import Header, reference_document
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter


def render_docx(checked: CheckedLetter, workspace: Workspace) -> bytes:
    """The letter as a `.docx`; the bytes depend on the letter alone.

    Raises AdvocacyError where the citation style is wrong or pandoc fails.
    """
    letter = checked.letter
    words = furniture(letter.language, workspace)
    blocks = list(_blocks(letter, words, formatted(letter, workspace)))
    rtl = direction(letter.language) == "rtl"
    meta = {
        "title": letter.subject,
        "author": letter.sender.organization,
        "lang": letter.language,
    } | ({"dir": "rtl"} if rtl else {})
    day = long_date(letter.date, letter.language)
    header = Header(letter.inside_address[0], day, words.page)
    reference = reference_document(header, page_size(letter.language), rtl=rtl)
    return write_docx(blocks, meta, reference, noon(letter.date, letter.timezone))


def _blocks(letter: Letter, words: Furniture, citations: FormattedCitations) -> Iterator[Node]:
    sender = letter.sender
    yield tree.paragraph("Letterhead", sender.organization)
    yield tree.paragraph("Letterhead Contact", " · ".join([*sender.address, *contacts(sender)]))
    yield tree.paragraph("Date", long_date(letter.date, letter.language))
    yield tree.paragraph("Inside Address", *letter.inside_address)
    yield tree.heading(1, tree.words(f"{words.subject} {letter.subject}"))
    yield tree.paragraph("Salutation", letter.salutation)
    yield from tree.body(letter.body, letter.language, partial(_cite, citations))
    yield from _ending(letter, words)
    if citations.in_text and citations.references:
        yield tree.heading(2, tree.words(words.references))
        for entry in citations.references:
            yield tree.styled("Bibliography", [{"t": "Para", "c": tree.from_html(entry.html)}])


def _cite(citations: FormattedCitations, index: int) -> list[Node]:
    """A footnote, or the style's own words in the text."""
    inlines = tree.from_html(citations.notes[index].html)
    return [{"t": "Space"}, *inlines] if citations.in_text else [tree.note(inlines)]


def _ending(letter: Letter, words: Furniture) -> Iterator[Node]:
    yield tree.paragraph("Closing", letter.close)
    people = [
        tuple(filter(None, (person.name, person.title, person.organization)))
        for person in letter.signatories
    ]
    if letter.joint:
        lines = [", ".join(person) for person in people]
        yield tree.paragraph("Signature", *lines, *filter(None, [letter.others]))
    else:
        for person in people:
            yield tree.paragraph("Signature", *person)
    if letter.cosigners:
        cosigners = (
            ", ".join(filter(None, (one.organization, one.name, one.title)))
            for one in letter.cosigners
        )
        yield tree.paragraph("Cosigners", words.joined_by, *cosigners)
    if letter.enclosures:
        word = words.enclosure if len(letter.enclosures) == 1 else words.enclosures
        yield tree.paragraph("Enclosures", f"{word} {'; '.join(letter.enclosures)}")
    if letter.cc:
        yield tree.paragraph("Enclosures", f"{words.cc} {'; '.join(letter.cc)}")
