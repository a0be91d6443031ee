"""Problems that a person may accept for one sentence, and those that somebody has accepted.

Agreement is judged by rules, and rules can be wrong. So a person may accept what they report of
one sentence, by name and with a reason (`advocacy approve --accept`). The word is bound to the
message, the sentence, and the facts with their quotations and sources: when one changes, a new word
is needed. What concerns days, and a quotation that a kept copy does not hold, nobody can accept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import registry
from advocacy.checks.quotations.copies import KeptCopies, own_folder
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.content_digests import digest_of, plain_values
from advocacy.letters.approvals import Acceptance, read_approvals
from advocacy.letters.letter import CitedFact, Letter

GROUP = "claims"
"""The group of codes that may be accepted."""
NEVER = frozenset({"quotation-altered"})
"""Codes of that group that nobody may accept."""
SHORT = 8
"""The number of digits of a basis that identify it on the command line."""
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
        sentences = _sentences_at(found.place, blocks)
        facts = {one.id: one for one in cited_facts(letter, sentences)}
        named = (name for name in _NAMED.findall(found.message) if name in known)
        facts |= {name: known[name] for name in named}
        if found.code == "quotation-not-verbatim" and _is_refuted(found, facts.values(), campaign):
            yield found
            continue
        text = [one.text for one in sentences] or _around(letter)
        evidence = [_values(facts[name]) for name in sorted(facts)]
        yield replace(found, basis=digest_of([found.code, found.message, text, evidence]))


def _sentences_at(place: Place | None, blocks: Sequence[TextBlock]) -> list[Sentence]:
    """The sentences that begin at a place, and the one after, whose note may be theirs."""
    found: list[Sentence] = []
    for block in blocks:
        for number, sentence in enumerate(block.sentences):
            lines = (one.order[:2] for one in (sentence.place, *sentence.lines) if one)
            if place is not None and place.order[:2] in lines:
                found += block.sentences[number : number + 2]
    return list(dict.fromkeys(found))


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
