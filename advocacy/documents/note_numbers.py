"""Number a letter's citations and its own notes in one sequence, for documents without pages.

On paper and in Word, notes are numbered as they are set. An email and its plain text have one list
at the end: a source stands there once, with the number of its first citation, and each note of the
letter's own takes the next number where its mark stands.
"""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from advocacy.documents.citations import FormattedCitations
from advocacy.documents.frame import Reference, references
from advocacy.files.cache import IdentityCache
from advocacy.templating.citation_marks import CITE_MARK, MARK
from advocacy.templating.markup import body_tokens, inline_tokens


@dataclass(frozen=True, slots=True)
class NoteNumbers:
    """The numbers that marks print: for each citation those of its sources, for each note its own.

    In a style of author and date only notes have numbers.
    """

    cites: tuple[tuple[int, ...], ...]
    notes: tuple[int, ...]


_numbers: IdentityCache[NoteNumbers] = IdentityCache(64)  # saves going through the text again


def number_notes(markdown: str, language: str, citations: FormattedCitations) -> NoteNumbers:
    """Number the citations and notes of a body."""
    return _numbers.get(
        (citations,), (markdown, language), lambda: _number(markdown, language, citations)
    )


def _number(markdown: str, language: str, citations: FormattedCitations) -> NoteNumbers:
    if not _marks(markdown, language)[1]:
        return NoteNumbers(citations.numbers, ())
    numbers: dict[tuple[str, int], int] = {}
    for kind, index in _marks(markdown, language)[0]:
        if kind == "note":
            numbers.setdefault((kind, index), len(numbers) + 1)
        elif not citations.in_text:
            for source in dict.fromkeys(citations.numbers[index]):
                numbers.setdefault(("source", source), len(numbers) + 1)
    cites = citations.numbers
    if not citations.in_text:
        cites = tuple(tuple(numbers["source", one] for one in mark) for mark in cites)
    notes = [(index, number) for (kind, index), number in numbers.items() if kind == "note"]
    return NoteNumbers(cites, tuple(number for _, number in sorted(notes)))


@lru_cache(maxsize=64)
def _marks(markdown: str, language: str) -> tuple[tuple[tuple[str, int], ...], bool]:
    """The marks of citations and notes in reading order, and whether there are notes."""
    found: list[tuple[str, int]] = []
    for token in inline_tokens(body_tokens(markdown, language)):
        if token.type == "note":
            found.append(("note", token.meta["id"]))
        elif token.type in ("text", "code_inline"):
            codes = [ord(mark) for mark in MARK.findall(token.content)]
            found += [("cite", code - CITE_MARK) for code in codes if code >= CITE_MARK]
    return tuple(found), any(kind == "note" for kind, _ in found)


def end_notes(
    citations: FormattedCitations,
    numbers: NoteNumbers,
    html: tuple[str, ...] = (),
    text: tuple[str, ...] = (),
) -> tuple[list[Reference], list[Reference]]:
    """The list of notes that stands before the references, and the references.

    `html` and `text` are the letter's own notes. Where sources have numbers, they stand in one list
    with them, in the order of the numbers, and the first list is empty.
    """
    own = [
        Reference(
            number,
            Markup(html[k] if html else ""),  # noqa: S704 - escaped where it was made
            text[k] if text else "",
            (f"n{k + 1}",),
        )
        for k, number in enumerate(numbers.notes)
    ]
    listed = references(citations, numbers.cites)
    if citations.in_text:
        return own, listed
    return [], sorted([*own, *listed], key=lambda one: one.number or 0)
