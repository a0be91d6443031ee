"""The letter as plain text: the first part of its email, and a document of its own.

Lines have at most 76 columns; only an address (a URL) may be longer, alone on its line. It
is not `format=flowed`: that changes spaces, and the text is read as it stands.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.frame import Reference, comma, contacts, draft_text, long_date, semicolon
from advocacy.documents.note_numbers import NoteNumbers, end_notes, number_notes
from advocacy.documents.plain_text import wrap
from advocacy.documents.prose import body_pieces, notes_text
from advocacy.documents.references import formatted
from advocacy.documents.unsubscribe_links import UnsubscribeLinks, leaving_of, subscribed_line
from advocacy.files.cache import IdentityCache
from advocacy.files.characters import column_width
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter

WIDTH = 76
_UNWRAPPED = 1_000_000


def render_text(
    checked: CheckedLetter, workspace: Workspace, *, leaving: UnsubscribeLinks | None = None
) -> str:
    """The letter as text that stands alone; ends with a line break.

    `leaving` are the recipient's own addresses to unsubscribe, instead of the sender's.
    """
    citations = formatted(checked.letter, workspace)
    text = "\n".join(text_pieces(checked.letter, workspace, citations, leaving)) + "\n"
    return draft_text(text) if checked.draft else text


def render_form_text(checked: CheckedLetter, workspace: Workspace) -> str:
    """The letter as text to paste into a form: from the salutation on, a paragraph on each line.

    Address and date are left out, since forms ask for them and add them.
    """
    letter = checked.letter
    citations = formatted(letter, workspace)
    numbers = number_notes(letter.body.markdown, letter.language, citations)
    cite, note = _marker(citations, numbers)
    own = notes_text(letter.body, letter.language, lambda j: f" {cite(j).lstrip()}")
    notes = end_notes(citations, numbers, text=own if numbers.notes else ())
    pieces = [letter.salutation]
    _add(pieces, *_trimmed(body_pieces(letter.body, letter.language, cite, note, _UNWRAPPED)))
    for block in _signed(letter):
        _add(pieces, block)
    for entry in (*notes[0], *notes[1]):
        number = "" if entry.number is None else f"[{entry.number}] "
        _add(pieces, f"{number}{entry.text}")
    return "\n".join(pieces)


def text_pieces(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: UnsubscribeLinks | None = None,
) -> list[str]:
    """The same in pieces of whole lines, without the line feed between one and the next.

    What letters have in common is the same object each time.
    """
    words = read_set_phrases(letter.language, workspace)
    numbers = number_notes(letter.body.markdown, letter.language, citations)
    cite, note = _markers.get((citations, numbers), (), lambda: _marker(citations, numbers))
    dated = letter.dateline or long_date(letter.date, letter.language)
    pieces = [_head(letter.sender.organization, dated)]
    _add(pieces, _lines(letter.inside_address))
    _add(pieces, _lines(f"{label} {value}" for label, value in letter.reference_lines))
    _add(pieces, _wrapped(f"{words.subject} {letter.subject}".lstrip()))
    _add(pieces, _wrapped(letter.salutation))
    _add(pieces, *_trimmed(body_pieces(letter.body, letter.language, cite, note, WIDTH)))
    for block in _closing(letter):
        _add(pieces, block)
    own = (
        notes_text(letter.body, letter.language, lambda j: f" {cite(j).lstrip()}")
        if numbers.notes
        else ()
    )
    _add(
        pieces,
        *_endings.get(
            (letter.sender, letter.cosigners, citations, words, numbers),
            (letter.enclosures, letter.cc, own),
            lambda: [_ending(letter, end_notes(citations, numbers, text=own), words)],
        ),
    )
    _add(pieces, _leaving(letter, leaving_of(letter, leaving), words))
    return pieces


def _leaving(letter: Letter, leaving: UnsubscribeLinks, words: SetPhrases) -> str:
    if not leaving:
        return ""
    why = _wrapped(subscribed_line(words, letter.sender))
    return f"{why}\n{words.unsubscribe}:\n{leaving.shown}"


def _add(pieces: list[str], *block: str) -> None:
    """Add a block after an empty line, if there is anything in it."""
    if any(block):
        pieces += ("", *block)


def _trimmed(pieces: list[str]) -> list[str]:
    """The pieces without empty lines at the beginning and at the end of all."""
    while pieces and not pieces[0].strip("\n"):
        del pieces[0]
    while pieces and not pieces[-1].strip("\n"):
        del pieces[-1]
    if pieces:
        pieces[0] = pieces[0].lstrip("\n")
        pieces[-1] = pieces[-1].rstrip("\n")
    return pieces


# Letters of a mailing have these in common; each saves between a quarter and six sevenths of
# the plain text's time.
_markers: IdentityCache[tuple[Callable[[int], str], Callable[[int], str]]] = IdentityCache()
_endings: IdentityCache[list[str]] = IdentityCache()
_signatures: IdentityCache[list[str]] = IdentityCache()


@lru_cache(maxsize=64)  # saves a tenth of the plain text's time
def _head(organization: str, dated: str) -> str:
    return f"{_lines([organization])}\n\n{_wrapped(dated)}"


def _closing(letter: Letter) -> list[str]:
    """Close and signatures; letters of the sender's own have them in common."""
    if letter.supporters is not None:
        return list(_signed(letter))
    return _signatures.get((letter.signatories,), (letter.close,), lambda: list(_signed(letter)))


def _signed(letter: Letter) -> Iterator[str]:
    """The close and the signatories; of those who sign together each on a line."""
    yield _wrapped(letter.close)
    if letter.joint:
        people = [comma(letter.language).join(_signature(person)) for person in letter.signatories]
        yield _lines(people)
        yield _wrapped(letter.others)
        return
    for person in letter.signatories:
        yield _lines(_signature(person))


def _ending(
    letter: Letter, notes: tuple[list[Reference], list[Reference]], words: SetPhrases
) -> str:
    """What follows the signatures, which letters of one mailing have in common.

    `notes` are the letter's own notes and the references.
    """
    sender, cosigners, cc = letter.sender, letter.cosigners, letter.cc
    enclosures = letter.enclosures
    blocks = []
    if cosigners:
        blocks.append(
            _lines([words.joined_by, *(_cosigner(one, letter.language) for one in cosigners)])
        )
    if enclosures:
        word = words.enclosure if len(enclosures) == 1 else words.enclosures
        blocks.append(_wrapped(f"{word} {semicolon(letter.language).join(enclosures)}"))
    if cc:
        blocks.append(_wrapped(f"{words.cc} {semicolon(letter.language).join(cc)}"))
    own, listed = notes
    blocks += map(_reference, own)
    if listed:
        blocks.append(f"{words.references}\n{'=' * column_width(words.references)}")
        blocks += map(_reference, listed)
    # Mail programs take what follows `-- ` for a signature, and leave it out of replies.
    blocks.append("-- \n" + _lines([sender.organization, *sender.address, *contacts(sender)]))
    return "\n\n".join(blocks)


def _signature(signatory: Signatory) -> Iterator[str]:
    yield signatory.name
    if signatory.office:
        yield signatory.office
    if signatory.organization:
        yield signatory.organization


def _cosigner(cosigner: Cosigner, language: str) -> str:
    return comma(language).join(
        filter(None, (cosigner.organization, cosigner.name, cosigner.title))
    )


def _reference(entry: Reference) -> str:
    if entry.number is None:
        return _wrapped(entry.text, later="    ")
    head = f"[{entry.number}] "
    return _wrapped(entry.text, head, " " * len(head))


def _marker(
    citations: FormattedCitations, numbers: NoteNumbers
) -> tuple[Callable[[int], str], Callable[[int], str]]:
    """What marks print in the text: `[1]`, or for a citation in some styles the note itself."""

    def cite(index: int) -> str:
        if citations.in_text:
            return f" {citations.notes[index].text}"
        return f"[{','.join(map(str, sorted(set(numbers.cites[index]))))}]"

    def note(index: int) -> str:
        return f"[{numbers.notes[index]}]"

    return cite, note


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(_wrapped(line, later="    ") for line in lines)


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    return "\n".join(wrap(text, first, later, WIDTH))
