"""What the sender of a letter knows by itself, and nobody needs a source for.

Days on which the sender meets or invites somebody, thanks for a meeting with the reader, figures of
speech with numbers in them, phone numbers, hours and addresses.
"""

import re
from collections.abc import Iterator
from datetime import date

from advocacy.checks.agreement.days import StatedDay, blank, days
from advocacy.checks.agreement.quantities import quantities
from advocacy.checks.claims.clause_rules import FEW, without_contact
from advocacy.checks.language import Language, flatten, language_of
from advocacy.letters.letter import Letter

AHEAD = 183
"""The number of days after a letter's own within which a day without a year is one to come."""
# Where thanks end: a new sentence, a clause beside them, or what the sender does next.
_THANKS_END = re.compile(
    r"[.;:?!](?=\s|$)|,?\s+(?:where|when|although|though|but|at\s+which|lorsque?|où|alors\s+qu|mais|bei\s+de[mnr]|wo"
    r"|obwohl|aber|cuando|donde|aunque|pero|en\s+(?:la|el)\s+que)\b"
    r"|,?\s+(?:and|und|et|y)\s+(?=(?:we|wir|nous|bitten|bitte|schreiben|möchten|quer\w+|pedimos|queremos|hope|ask|write)\b)",
    re.IGNORECASE,
)
_THANKS_PART = re.compile(
    r",?\s+(?:and|as\s+well\s+as|und|sowie|et|ainsi\s+que|y|e|así\s+como)\s+"
    r"(?=(?:for|that|für|dafür|dass|de|pour|por|que|thanks?|merci|gracias|danke?)\b|d')",
    re.IGNORECASE,
)


_LAW_YEAR = re.compile(
    r"\b(?:Act|Law|Code|Order|Regulations?|Ordinance|\w*[Gg]esetz\w*|[Ll]oi|[Dd]écret|[Ll]ey|[Dd]ecreto)"
    r"(?:\s+(?:of|du|de|vom|n°))?\s+(?P<year>(?:\d+/)?(?:19|20)\d\d)\b"
)
"""The year in a law's title says when nothing happened."""

_OWN_DECISION = re.compile(
    r"\b(?:our|unsere?[rnm]?|notre|nos|nuestr[oa]s?)\s+(?:members?|membership|board|committee|assembly|council|meeting|mitglieder\w*"
    r"|vorstand|versammlung|mitgliederversammlung|adhérents|membres|bureau|assemblée|conseil|comité|socios|soci[oa]s|junta"
    r"|asamblea|directiva)\b[^.;:\d%]*\b(?:this|diese[nrms]?|cette|la\s+présente|esta)\s+(?:letter|brief\w*|schreiben|lettre|carta)\b"
    r"[^.;:,\d%]*",
    re.IGNORECASE,
)
"""What the sender's own people decided on the letter: they know that and when they did."""


def without_own_matters(text: str, letter: Letter) -> str:
    """A sentence without what is the sender's own to say; a text in other languages as it is.

    The day by which the letter asks for an answer is one of its own; the rules for English know
    deadlines by their words.
    """
    language = language_of(letter.language)
    if language is None:
        return text
    day = letter.demand.deadline(letter.date) if letter.demand else None
    if day is not None and language.code != "en":
        from advocacy.documents.frame import long_date

        text = text.replace(long_date(day, letter.language), "")
    text = flatten(text, language.code)
    spans = [*_thanks(text, language)]
    spans += [found.span() for kind in ("idioms", "unknown") for found in language.all(kind, text)]
    spans += [found.span("year") for found in _LAW_YEAR.finditer(text)]
    decided = [found.span() for found in _OWN_DECISION.finditer(text)]
    spans += decided
    text = _blanked(text, spans)
    own = [
        one
        for one in days(text, language)
        if decided or is_to_come(one, letter.date) or _met(text, language)
    ]
    return without_contact(blank(text, tuple(own)), language.code)


def is_to_come(day: StatedDay, written: date) -> bool:
    """Whether a day is after the one on which a letter is written.

    Without its year, it is the next one of that name, if that is not far away.
    """
    if day.year is not None:
        last = (day.year, day.month or 12, day.day or 31)
        return last > (written.year, written.month, written.day)
    if day.month is None:
        return False
    months = (day.month - written.month) % 12
    if months == 0 and day.day is not None and day.day <= written.day:
        return False
    return months * 30 <= AHEAD


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _thanks(text: str, language: Language) -> Iterator[tuple[int, int]]:
    """The parts of thanks that are for a meeting with the reader, an answer, or time."""
    thanks = language.finds("thanks", text)
    if thanks is None:
        return
    stop = _THANKS_END.search(text, thanks.end())
    end = stop.start() if stop else len(text)
    starts = [thanks.end(), *(m.start() for m in _THANKS_PART.finditer(text, thanks.end(), end))]
    for start, following in zip(starts, [*starts[1:], end], strict=True):
        part = text[start:following]
        counted = quantities(blank(part, days(part, language)), language)
        if language.finds("encounters", part) and all(one.low <= FEW for one in counted):
            yield start, following


def _met(text: str, language: Language) -> bool:
    """Whether a sentence is on a meeting of the reader and the sender: both know when it was."""
    return (
        language.finds("we", text) is not None
        and language.finds("you", text) is not None
        and language.finds("encounters", text) is not None
        and language.finds("says", text) is None
    )
