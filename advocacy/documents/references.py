"""A letter's citations, formatted: the bridge from its facts to the citation processor."""

from datetime import date
from typing import Any

from advocacy.campaign.days import published_days
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.campaign.sources import Source
from advocacy.documents.citations import Citation, FormattedCitations, format_citations
from advocacy.files.cache import IdentityCache
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import Letter

# The first saves a quarter of an email. The second is for templates that run for each letter anew:
# their citations are other objects, of the same records.
_of_cites: IdentityCache[FormattedCitations] = IdentityCache()
_of_records: IdentityCache[FormattedCitations] = IdentityCache()


def formatted(letter: Letter, workspace: Workspace) -> FormattedCitations:
    """The letter's notes and reference list, in its style and language.

    The same object for letters that cite the same records in the same order. Raises
    AdvocacyError where the style is unknown or the citation processor is missing.
    """
    quoted_in = read_set_phrases(letter.language, workspace).quoted_in
    texts = (letter.style, letter.language, quoted_in, letter.date)

    def shared() -> FormattedCitations:
        cited = [one for mark in letter.cites for one in mark.facts]
        records = tuple(record for one in cited for record in (one.fact, one.source))
        marks = tuple(tuple(one.id for one in mark.facts) for mark in letter.cites)
        return _of_records.get(records, (*texts, marks), lambda: _format(letter, quoted_in))

    return _of_cites.get((letter.cites,), texts, shared)


def _format(letter: Letter, quoted_in: str) -> FormattedCitations:
    notes = tuple(
        tuple(
            Citation(
                source=cited.source.id,
                locator=tuple(cited.fact.locator.items()),
                via=cited.via.id if cited.via else None,
            )
            for cited in cite.facts
        )
        for cite in letter.cites
    )
    sources = {
        source.id: _as_of(source, letter.date)
        for cite in letter.cites
        for cited in cite.facts
        for source in (cited.source, cited.via)
        if source is not None
    }
    return format_citations(
        notes, sources, style=letter.style, language=letter.language, quoted_in=quoted_in
    )


def _as_of(source: Source, day: date) -> dict[str, Any]:
    """The record as a letter of that day can have it: nobody had read it later than that."""
    item = source.csl()
    if source.accessed and published_days(source.accessed)[0] > day:
        del item["accessed"]
    return item
