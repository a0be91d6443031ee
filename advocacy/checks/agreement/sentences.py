"""The sentences of a letter against the facts that they cite, as problems."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.attested import is_attested
from advocacy.checks.agreement.causes import cause_differences
from advocacy.checks.agreement.clock import clock_differences
from advocacy.checks.agreement.comparisons import comparison_differences, rank_differences
from advocacy.checks.agreement.dates import day_differences
from advocacy.checks.agreement.evidence import Difference, Evidence, denies
from advocacy.checks.agreement.german_names import noun_differences, place_differences
from advocacy.checks.agreement.groups import people_differences
from advocacy.checks.agreement.hedges import hedge_differences
from advocacy.checks.agreement.labels import label_differences
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.names import (
    Parties,
    body_differences,
    name_differences,
    name_parts,
    short_forms,
)
from advocacy.checks.agreement.negation import negation_differences, opposite_differences
from advocacy.checks.agreement.numbers import number_differences
from advocacy.checks.agreement.periods import period_differences
from advocacy.checks.agreement.prefixes import prefix_differences
from advocacy.checks.agreement.rates import figure_differences
from advocacy.checks.agreement.reading import Reading, read, shared
from advocacy.checks.agreement.speakers import speaker_differences
from advocacy.checks.agreement.street_addresses import address_differences
from advocacy.checks.agreement.sureness import doubt
from advocacy.checks.agreement.undone import undone_differences
from advocacy.checks.codes import problem
from advocacy.checks.language import CAPITAL, bare
from advocacy.checks.sentences import Sentence, TextBlock
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter

_ARTICLES = frozenset("der die das the las los les una eine".split())
NEAR = 0.34
"""A sentence without a note belongs to the next note if it shares this much of its words."""
GOES_ON = 0.6
"""A sentence after a note that shares this much with its fact must not deny it."""
UNRELATED = 0.4
"""A fact that shares less than this with the sentence may be the wrong one."""
ELSEWHERE = 0.6
"""A fact that shares this much with a sentence is its subject."""


def sentence_problems(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign, library: Library
) -> Iterator[Problem]:
    """Sentences of a body that do not agree with what they cite."""
    parties = parties_of(letter, campaign)
    language = letter.language
    german = language.startswith("de")
    earlier: list[Evidence] = []
    for number, block in enumerate(blocks):
        before: list[Evidence] = []
        for index, sentence in enumerate(block.sentences):
            own = _cited(letter, sentence, library)
            claim = read(sentence.text, language)
            if claim is None:
                return
            if own:
                nouns = noun_differences(claim, own, library.nouns(language)) if german else ()
                differences = chain(
                    sentence_differences(claim, own, before, parties, earlier),
                    _unrelated(claim, own, library),
                    (one for one in nouns if not is_attested(claim, one, own, before)),
                )
                yield from _told(differences, sentence.place)
            else:
                following = _following(letter, blocks, number, index, library)
                if following and covers(claim, following):
                    found = sentence_differences(claim, following, before, parties)
                    yield from _told(found, sentence.place)
                elif following and sentence.text.endswith(":"):
                    yield from _told(cause_differences(claim, following), sentence.place)
                elif not following and before and covers(claim, before, GOES_ON):
                    found = chain(
                        negation_differences(claim, before), opposite_differences(claim, before)
                    )
                    yield from _told(found, sentence.place)
            before = own or before
            earlier += own


def sentence_differences(
    claim: Reading,
    evidence: Sequence[Evidence],
    before: Sequence[Evidence],
    parties: Parties,
    earlier: Sequence[Evidence] = (),
) -> Iterator[Difference]:
    """All that a sentence says and its evidence does not."""
    found = _differences(claim, evidence, before, parties, earlier)
    known = [*evidence, *before]
    yield from (
        doubt(claim, one, known) for one in found if not is_attested(claim, one, evidence, before)
    )


def _differences(
    claim: Reading,
    evidence: Sequence[Evidence],
    before: Sequence[Evidence],
    parties: Parties,
    earlier: Sequence[Evidence],
) -> Iterator[Difference]:
    yield from number_differences(claim, evidence, before)
    yield from figure_differences(claim, evidence)
    yield from day_differences(claim, evidence, before, earlier)
    yield from period_differences(claim, evidence)
    yield from clock_differences(claim, evidence)
    yield from address_differences(claim, evidence, parties)
    yield from speaker_differences(claim, evidence, parties)
    yield from name_differences(claim, evidence, before, parties)
    yield from label_differences(claim, evidence)
    yield from place_differences(claim, evidence)
    yield from body_differences(claim, evidence, before, parties)
    yield from people_differences(claim, evidence, before)
    yield from negation_differences(claim, evidence)
    yield from opposite_differences(claim, evidence)
    yield from prefix_differences(claim, evidence)
    yield from undone_differences(claim, evidence)
    yield from hedge_differences(claim, evidence)
    yield from comparison_differences(claim, evidence)
    yield from rank_differences(claim, evidence)
    yield from cause_differences(claim, evidence)


def covers(claim: Reading, evidence: Sequence[Evidence], share: float = NEAR) -> bool:
    """Whether a sentence is about what some evidence says: it shares so much of its words."""
    if not claim.stems:
        return False
    held = frozenset[str]().union(*(one.stems for one in evidence))
    return shared(claim.stems, held, claim.language) >= share * len(claim.stems)


def _unrelated(
    claim: Reading, evidence: Sequence[Evidence], library: Library
) -> Iterator[Difference]:
    """A citation that has little to do with its sentence, where another fact has much."""
    own = claim.stems
    if len(own) < 3:
        return
    held = frozenset[str]().union(*(one.stems for one in evidence))
    count = shared(own, held, claim.language)
    share = count / len(own)
    if share >= UNRELATED:
        return
    if _has_nothing_of(claim, count, evidence):
        yield Difference(
            "citation-unrelated", claim.text, evidence[0].statement.text, evidence[0].fact
        )
        return
    cited = {one.fact for one in evidence}
    for name, statement in library.statements(claim.language.code):
        if name not in cited and shared(own, statement.stems, claim.language) >= max(
            ELSEWHERE, share + 0.35
        ) * len(own):
            yield Difference(
                "citation-unrelated", claim.text, evidence[0].statement.text, evidence[0].fact,
                f"`{name}` states “{_short(statement.text, 90)}”",
            )  # fmt: skip
            return


_WITHOUT = re.compile(r"\b(?:without|ohne|sans|sin)\b", re.IGNORECASE)


def _has_nothing_of(claim: Reading, count: int, evidence: Sequence[Evidence]) -> bool:
    """Whether a sentence shares no number, no name and hardly a word with what it cites."""
    own, language = claim.stems, claim.language
    if count * 4 > len(own) or claim.quantities or claim.days or claim.outside != claim.text:
        return False
    # “These findings concern …”, “It does not name …”: words on the source itself.
    begins = " ".join(claim.text.split()[:4])
    if language.finds("documents", begins) or denies(_WITHOUT.sub(" ", claim.text), language):
        return False
    names = frozenset[str]().union(*(name_parts("\n".join((e.names, e.text))) for e in evidence))
    parts = {bare(word)[:5] for word in re.findall(CAPITAL, claim.text[1:])}
    return language.code == "de" or not parts & names or count == 0


def parties_of(letter: Letter, campaign: Campaign) -> Parties:
    """Whom a letter may name without a source."""
    recipient, sender = letter.recipient, letter.sender
    target = [campaign.file.target.organization, recipient.organization or ""]
    target += [recipient.full_name or "", recipient.title or "", recipient.salutation or ""]
    own = [sender.organization, *sender.address, *(c.organization for c in letter.cosigners)]
    own += [one.name for one in letter.signatories] + [letter.title]
    file = campaign.file
    peers = [one.organization for one in (*file.precedents, *letter.precedents)]
    others = tuple(
        tuple(
            form for form in short_forms(name) if len(form) > 3 and form.casefold() not in _ARTICLES
        )
        for name in (file.target.organization, *peers)
    )
    return Parties("\n".join(target), "\n".join(own), others)


def _cited(letter: Letter, sentence: Sentence, library: Library) -> list[Evidence]:
    facts = [fact for mark in sentence.cites for fact in letter.cites[mark].facts]
    return library.all_of(facts, letter.language)


def _following(
    letter: Letter, blocks: Sequence[TextBlock], number: int, index: int, library: Library
) -> list[Evidence]:
    """What the next sentence cites or, after a colon at a block's end, the next block."""
    block = blocks[number]
    if index + 1 < len(block.sentences):
        return _cited(letter, block.sentences[index + 1], library)
    if block.sentences[index].text.endswith(":") and number + 1 < len(blocks):
        return [e for s in blocks[number + 1].sentences for e in _cited(letter, s, library)]
    return []


# What a message begins with, and its hint, by code.
WORDS = {
    "figure-not-in-fact": (
        "",
        "Compare the number with the fact and its source, or cite the fact that has it.",
    ),
    "date-not-in-fact": ("", "Compare the date with the fact and its source."),
    "speaker-differs": (
        "The speaker is different: ",
        "Name the speaker of the fact, or cite a different fact.",
    ),
    "detail-not-in-fact": (
        "The fact does not state this: ",
        "Cite the fact that states it. If you worked it out, say from what.",
    ),
    "name-not-in-fact": (
        "",
        "Name the subject of the fact, or cite a fact about the one that is named.",
    ),
    "negation-differs": (
        "The letter and the fact contradict each other: ",
        "State what the fact states, or cite a fact that supports the sentence.",
    ),
    "hedge-dropped": (
        "The sentence claims more than the fact: ",
        "Keep the limits that the source states.",
    ),
    "comparison-differs": (
        "The comparison differs from the fact: ",
        "Compare as the source does, or remove the comparison.",
    ),
    "cause-not-in-fact": (
        "The source does not state this cause: ",
        "State what happened without the cause, or cite a source for the cause.",
    ),
    "citation-unrelated": (
        "The citation is unrelated to its sentence: ",
        "Cite the fact that the sentence relies on.",
    ),
}


def _told(
    found: Iterable[Difference], place: Place | None, subject: str = "the letter"
) -> Iterator[Problem]:
    """Differences as problems; one of each code for a sentence is enough."""
    told: set[str] = set()
    for one in found:
        code = code_of(one)
        if code not in told:
            told.add(code)
            yield told_of(one, place, subject)


def code_of(one: Difference) -> str:
    """The code of a difference: what the evidence only has nothing of is no error."""
    return one.code if one.sure else "detail-not-in-fact"


def told_of(one: Difference, place: Place | None, subject: str = "the letter") -> Problem:
    """One difference as a problem that quotes both sides."""
    code = code_of(one)
    lead, hint = WORDS[code]
    begins = subject if lead else subject[0].upper() + subject[1:]
    long = one.note.startswith("it is ")
    word = (
        f" (“{one.note}”)"
        if one.note and not long and one.note not in one.ours + one.theirs
        else ""
    )
    return problem(
        code,
        f"{lead}{begins} says “{one.ours}”{word}; `{one.fact}` says “{_short(one.theirs)}”"
        + (f"; {one.note}." if long else "."),
        hint,
        place,
    )


def _short(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
