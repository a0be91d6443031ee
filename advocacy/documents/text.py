"""The letter as plain text: the first part of its email, and a document of its own.

Lines have at most 76 columns; only an address (a URL) may be longer, alone on its line. It
is not `format=flowed`: that changes spaces, and the text is read as it stands.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.frame import contacts, draft_text, long_date, references
from advocacy.documents.plain_text import wrap
from advocacy.documents.prose import body_pieces
from advocacy.documents.references import formatted
from advocacy.documents.unsubscribe_links import UnsubscribeLinks, leaving_of, subscribed_line
from advocacy.files.cache import IdentityCache
from advocacy.files.characters import column_width
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter

WIDTH = 76


def render_text(
    checked: CheckedLetter, workspace: Workspace, *, leaving: UnsubscribeLinks | None = None
) -> str:
    """The letter as text that stands alone; ends with a line break.

    `leaving` are the recipient's own addresses to unsubscribe, instead of the sender's.
    """
    citations = formatted(checked.letter, workspace)
    text = "\n".join(text_pieces(checked.letter, workspace, citations, leaving)) + "\n"
    return draft_text(text) if checked.draft else text


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
    cite = _markers.get((citations,), (), lambda: _marker(citations))
    pieces = [_head(letter.sender.organization, letter.date, letter.language)]
    _add(pieces, _lines(letter.inside_address))
    _add(pieces, _wrapped(f"{words.subject} {letter.subject}"))
    _add(pieces, _wrapped(letter.salutation))
    _add(pieces, *_trimmed(body_pieces(letter.body, letter.language, cite, WIDTH)))
    for block in _closing(letter):
        _add(pieces, block)
    _add(
        pieces,
        *_endings.get(
            (letter.sender, letter.cosigners, citations, words),
            (letter.enclosures, letter.cc),
            lambda: [_ending(letter, citations, words)],
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
_markers: IdentityCache[Callable[[int], str]] = IdentityCache()
_endings: IdentityCache[list[str]] = IdentityCache()
_signatures: IdentityCache[list[str]] = IdentityCache()


@lru_cache(maxsize=64)  # saves a tenth of the plain text's time
def _head(organization: str, day: date, language: str) -> str:
    return f"{_lines([organization])}\n\n{long_date(day, language)}"


def _closing(letter: Letter) -> list[str]:
    """Close and signatures; letters of the sender's own have them in common."""
    if letter.supporters is not None:
        return list(_signed(letter))
    return _signatures.get((letter.signatories,), (letter.close,), lambda: list(_signed(letter)))


def _signed(letter: Letter) -> Iterator[str]:
    """The close and the signatories; of those who sign together each on a line."""
    yield _wrapped(letter.close)
    if letter.joint:
        people = [", ".join(_signature(person)) for person in letter.signatories]
        yield _lines(people)
        yield _wrapped(letter.others)
        return
    for person in letter.signatories:
        yield _lines(_signature(person))


def _ending(letter: Letter, citations: FormattedCitations, words: SetPhrases) -> str:
    """What follows the signatures, which letters of one mailing have in common."""
    sender, cosigners, cc = letter.sender, letter.cosigners, letter.cc
    enclosures = letter.enclosures
    blocks = []
    if cosigners:
        blocks.append(_lines([words.joined_by, *map(_cosigner, cosigners)]))
    if enclosures:
        word = words.enclosure if len(enclosures) == 1 else words.enclosures
        blocks.append(_wrapped(f"{word} {'; '.join(enclosures)}"))
    if cc:
        blocks.append(_wrapped(f"{words.cc} {'; '.join(cc)}"))
    blocks += _references(citations, words)
    # Mail programs take what follows `-- ` for a signature, and leave it out of replies.
    blocks.append("-- \n" + _lines([sender.organization, *sender.address, *contacts(sender)]))
    return "\n\n".join(blocks)


def _signature(signatory: Signatory) -> Iterator[str]:
    yield signatory.name
    if signatory.title:
        yield signatory.title
    if signatory.organization:
        yield signatory.organization


def _cosigner(cosigner: Cosigner) -> str:
    return ", ".join(filter(None, (cosigner.organization, cosigner.name, cosigner.title)))


def _references(citations: FormattedCitations, words: SetPhrases) -> Iterator[str]:
    entries = references(citations)
    if not entries:
        return
    yield f"{words.references}\n{'=' * column_width(words.references)}"
    for entry in entries:
        if entry.number is None:
            yield _wrapped(entry.text, later="    ")
        else:
            head = f"[{entry.number}] "
            yield _wrapped(entry.text, head, " " * len(head))


def _marker(citations: FormattedCitations) -> Callable[[int], str]:
    """What a citation mark prints in the text: `[1]`, or in some styles the note itself."""

    def mark(index: int) -> str:
        if citations.in_text:
            return f" {citations.notes[index].text}"
        numbers = sorted(set(citations.numbers[index]))
        return f"[{','.join(map(str, numbers))}]"

    return mark


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(_wrapped(line, later="    ") for line in lines)


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    return "\n".join(wrap(text, first, later, WIDTH))
