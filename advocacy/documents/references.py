"""A letter's citations, formatted: the bridge from its facts to the citation processor."""

from collections import OrderedDict
from datetime import date
from typing import Any

from advocacy.citations import Citation, FormattedCitations, format_citations
from advocacy.letter import Letter
from advocacy.sources import Source, published_days
from advocacy.words import furniture
from advocacy.workspace import Workspace

# Letters of a batch share the records they cite: the same objects in the same order give the
# same notes, without the cost of comparing what the records say. The records are kept beside
# the notes, so that their identities stay theirs.
_known: OrderedDict[tuple[Any, ...], tuple[object, FormattedCitations]] = OrderedDict()
_KNOWN_AT_MOST = 256


def formatted(letter: Letter, workspace: Workspace) -> FormattedCitations:
    """The letter's notes and reference list, in its style and language.

    Raises AdvocacyError where the style is unknown or the citation processor is missing.
    """
    quoted_in = furniture(letter.language, workspace).quoted_in
    same = (letter.style, letter.language, quoted_in, letter.date, id(letter.cites))
    known = _known.get(same)
    if known is not None:
        return known[1]
    marks = tuple(tuple((c.id, id(c.fact), id(c.source)) for c in m.facts) for m in letter.cites)
    key = (letter.style, letter.language, quoted_in, letter.date, marks)
    known = _known.get(key)
    if known is None:
        known = _known[key] = (letter.cites, _format(letter, quoted_in))
        if len(_known) > _KNOWN_AT_MOST:
            _known.popitem(last=False)
    _known[same] = (letter.cites, known[1])
    return known[1]


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
