"""The letter as plain text: the first part of its email, and a document of its own.

Lines have at most 76 columns; only an address (a URL) may be longer, alone on its line. It
is not `format=flowed`: that changes spaces, and the text is read as it stands.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from advocacy.campaign import Cosigner, Sender, Signatory
from advocacy.citations import FormattedCitations
from advocacy.documents.frame import contacts, long_date, references, set_words
from advocacy.documents.leaving import Leaving, leaving_of, subscribed_line
from advocacy.documents.plaintext import columns, wrap
from advocacy.documents.prose import body_text
from advocacy.documents.references import formatted
from advocacy.letter import CheckedLetter, Letter
from advocacy.marks import Prose
from advocacy.words import Furniture
from advocacy.workspace import Workspace

WIDTH = 76


def render_text(
    checked: CheckedLetter, workspace: Workspace, *, leaving: Leaving | None = None
) -> str:
    """The letter as text that stands alone; ends with a line break.

    `leaving` are the recipient's own addresses to unsubscribe, instead of the sender's.
    """
    return text_of(checked.letter, workspace, formatted(checked.letter, workspace), leaving)


def text_of(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: Leaving | None = None,
) -> str:
    """The same, with the letter's citations already formatted."""
    return "".join(text_pieces(letter, workspace, citations, leaving))


def text_pieces(
    letter: Letter,
    workspace: Workspace,
    citations: FormattedCitations,
    leaving: Leaving | None = None,
) -> list[str]:
    """The same in pieces that end with a line break; letters of one mailing share most of them."""
    words = set_words(letter.language, workspace)
    ending = _ending(
        letter.sender,
        letter.cosigners,
        letter.enclosures,
        letter.cc,
        citations,
        words,
    )
    blocks = [
        _lines([letter.sender.organization]),
        long_date(letter.date, letter.language),
        _lines(letter.inside_address),
        _wrapped(f"{words.subject} {letter.subject}"),
        _wrapped(letter.salutation),
        _body(letter.body, letter.language, citations),
        *_signed(letter),
        ending,
        _leaving(letter, leaving_of(letter, leaving), words),
    ]
    *others, last = filter(None, blocks)
    return [*(f"{block}\n\n" for block in others), f"{last}\n"]


@lru_cache(maxsize=256)
def _body(body: Prose, language: str, citations: FormattedCitations) -> str:
    return body_text(body, language, _marker(citations), width=WIDTH).strip("\n")


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


def _leaving(letter: Letter, leaving: Leaving, words: Furniture) -> str:
    if not leaving:
        return ""
    why = _wrapped(subscribed_line(words, letter.sender))
    return f"{why}\n{words.unsubscribe}:\n{leaving.shown}"


@lru_cache(maxsize=256)
def _ending(
    sender: Sender,
    cosigners: tuple[Cosigner, ...],
    enclosures: tuple[str, ...],
    cc: tuple[str, ...],
    citations: FormattedCitations,
    words: Furniture,
) -> str:
    """What follows the signatures, which letters of one mailing have in common."""
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


def _references(citations: FormattedCitations, words: Furniture) -> Iterator[str]:
    entries = references(citations)
    if not entries:
        return
    yield f"{words.references}\n{'=' * columns(words.references)}"
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
