"""Problems that a person may accept for one sentence, and those that somebody has accepted.

Agreement is judged by rules, and rules can be wrong. So a person may accept what they report of
one sentence, by name and with a reason (`advocacy approve --accept`). The word is bound to the
message, the sentence, and the facts with their quotations and sources: when one changes, a new word
is needed. What concerns days, and a quotation that a kept copy does not hold, nobody can accept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.reading import read
from advocacy.checks.codes import registry
from advocacy.checks.quotations.copies import KeptCopies, own_folder
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.content_digests import digest_of, plain_values
from advocacy.letters.approvals import Acceptance, read_approvals
from advocacy.letters.letter import CitedFact, Letter
from advocacy.templating.values import long_date

GROUP = "claims"
"""The group of codes that may be accepted."""
NEVER = frozenset({"quotation-altered"})
"""Codes of that group that nobody may accept."""
SHORT = 8
"""The number of digits of a basis that identify it on the command line."""
_OWN_DAY = "<day>"
_NAMED = re.compile(r"`([^`\s]+)`")
_QUOTED = re.compile(r"“([^”]+)”")


def bind_problems(
    problems: Iterable[Problem], letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Give the problems of a traced body their `basis`, where a person may accept them."""
    known = {fact.id: fact for fact in letter.facts}
    for found in problems:
        code = registry().get(found.code)
        if code is None or code.group != GROUP or found.code in NEVER or found.basis:
            yield found
            continue
        sentence, following = _sentence_at(found.place, blocks)
        sentences = [sentence] if sentence else []
        noted = sentences if sentence and sentence.cites else [*sentences, *following]
        facts = {one.id: one for one in cited_facts(letter, noted)}
        named = (name for name in _NAMED.findall(found.message) if name in known)
        facts |= {name: known[name] for name in named}
        if found.code == "quotation-not-verbatim" and _is_refuted(found, facts.values(), campaign):
            yield found
            continue
        texts = [one.text for one in sentences] or _around(letter)
        said = [_without_own_days(text, letter) for text in (found.message, *texts)]
        evidence = [_values(facts[name]) for name in sorted(facts)]
        yield replace(found, basis=digest_of([found.code, said, evidence]))


def _sentence_at(
    place: Place | None, blocks: Sequence[TextBlock]
) -> tuple[Sentence | None, Sequence[Sentence]]:
    """The sentence that stands at a place, and the one after, whose note may be its own.

    Of the sentences on a line, it is the last that begins before the place.
    """
    chosen: tuple[Sentence | None, Sequence[Sentence]] = None, ()
    if place is None:
        return chosen
    for block in blocks:
        for number, sentence in enumerate(block.sentences):
            begins = sentence.place
            lines = (one.order[:2] for one in (begins, *sentence.lines) if one)
            if place.order[:2] not in lines:
                continue
            if chosen[0] is None or (begins is not None and begins.order <= place.order):
                chosen = sentence, block.sentences[number + 1 : number + 2]
    return chosen


def _without_own_days(text: str, letter: Letter) -> str:
    """A text with a mark in the place of the letter's own days, which each of its days changes."""
    deadline = letter.demand.deadline(letter.date) if letter.demand else None
    previous = letter.previous.date if letter.previous else None
    own = [day for day in (letter.date, deadline, previous) if day is not None]
    for day in own:
        for written in (long_date(day, letter.language), day.isoformat()):
            text = text.replace(" ".join(written.split()), _OWN_DAY)
    reading = read(text, letter.language)
    if reading is None:
        return text
    text = reading.text
    for stated in reversed(reading.days):
        if any(_is(stated, day) for day in own):
            text = text[: stated.start] + _OWN_DAY + text[stated.end :]
    return text


def _is(stated: StatedDay, day: date) -> bool:
    """Whether a text states that day, with its year or without."""
    return (stated.day, stated.month) == (day.day, day.month) and stated.year in (None, day.year)


def _around(letter: Letter) -> list[str]:
    """The texts around a body."""
    demand = letter.demand
    asks = (demand.summary, *demand.asks) if demand else ()
    return [
        letter.subject, letter.title, *letter.enclosures,
        *(ask.get(letter.language) or "" for ask in asks),
    ]  # fmt: skip


def _values(cited: CitedFact) -> list[object]:
    fact = {key: value for key, value in plain_values(cited.fact).items() if key != "checked"}
    return [cited.id, fact, plain_values(cited.source), plain_values(cited.via)]


def _is_refuted(found: Problem, facts: Iterable[CitedFact], campaign: Campaign) -> bool:
    """Whether the copies of the cited sources are here, and none of them has the words."""
    folder = own_folder(campaign)
    quoted = _QUOTED.search(found.message)
    if folder is None or not folder.is_dir() or quoted is None:
        return False
    copies = KeptCopies.of(folder)
    sources = {source.id for one in facts for source in (one.source, one.via) if source}
    here = sources & copies.files.keys()
    return bool(here) and not any(copies.has(name, quoted[1]) for name in here)


def acceptances(campaign: Campaign) -> dict[str, Acceptance]:
    """What people accepted in any stage of a campaign, by basis."""
    try:
        approvals = read_approvals(campaign.path)
    except AdvocacyError:
        return {}  # reported where approvals are judged
    return {one.basis: one for each in approvals.values() for one in each.accepted}


def note_accepted(problems: Iterable[Problem], campaign: Campaign) -> list[Problem]:
    """The problems; those that somebody accepted as notes that say who did, and why."""
    problems = list(problems)
    if not any(one.basis for one in problems):
        return problems
    accepted = acceptances(campaign)
    return [
        replace(one, level=Level.NOTE, hint=_said(accepted[one.basis]))
        if one.basis in accepted
        else one
        for one in problems
    ]


def _said(word: Acceptance) -> str:
    return f"Accepted by {word.by} on {word.on}: {word.reason}"
