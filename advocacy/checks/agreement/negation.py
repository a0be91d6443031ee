"""What a sentence denies or affirms, against what it cites.

Each clause is compared with the clauses of the evidence that share most of its content words; where
nothing is alike enough, nothing is said.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from advocacy.checks.agreement.derived import share_of_rest
from advocacy.checks.agreement.evidence import (
    BOTH,
    STRICT,
    Difference,
    Evidence,
    close_clauses,
    denies,
    is_of_sender,
)
from advocacy.checks.agreement.reading import Clause, Reading, matches, shared, stems
from advocacy.checks.language import Language, any_of
from advocacy.checks.word_patterns import WordPattern


def _states_nothing(text: str, language: Language) -> bool:
    """Whether a clause names who speaks in what follows, or says what the sender does."""
    return text.endswith(":") or is_of_sender(text, language)


ABOUT = 0.25
"""The share of its words that a part of a clause has in common with what it is compared with."""


def negation_differences(
    claim: Reading, evidence: Sequence[Evidence], *, strict: bool = False
) -> Iterator[Difference]:
    """Clauses that deny what the evidence affirms, or affirm what it denies.

    `strict` compares only clauses that are almost the same, as of a copy that says more.
    """
    language = claim.language
    for clause in claim.clauses if not _is_rest(claim, evidence) else ():
        if _states_nothing(clause.text, language):
            continue
        close = close_clauses(clause, evidence, language, both=STRICT if strict else BOTH)
        if not close:
            continue
        meant = _meant(clause, close[0][0].clause, language, main=True)
        lacks = _WITHOUT.search(clause.text) is not None and any(
            _WITHOUT.search(match.clause.text) for match, _ in close
        )
        lacks = lacks or _supposes_lack(clause, [match.clause for match, _ in close], language)
        if lacks:
            meant = _WITHOUT.sub(" ", meant)
        verdicts = [
            denies(_lacking(_meant(match.clause, clause, language), lacks=lacks), language)
            for match, _ in close
        ]
        # “Not all” denies nothing of some.
        ours = denies(language.patterns["not_all"].sub(" ", meant), language)
        if ours in verdicts or denies(meant, language) in verdicts:
            continue
        match, one = close[0]
        if (
            _softly(clause, match.clause, language)
            if not ours
            else _softly(match.clause, clause, language)
        ):
            continue
        if _is_told_elsewhere(clause, match.clause, one, evidence, denied=ours):
            continue
        # The sentence may deny elsewhere: “nobody must …, it is not binding”.
        if not ours and _shares_elsewhere(match.clause, clause, claim, language):
            continue
        yield Difference("negation-differs", clause.text, match.clause.text, one.fact)
    if not strict:
        yield from _denied_in_other_words(claim, evidence)
        yield from _short_differences(claim, evidence)
        yield from _no_role(claim, evidence)


def _supposes_lack(ours: Clause, close: Sequence[Clause], language: Language) -> bool:
    """Whether a clause only says how it would be without something: that denies nothing."""
    return (
        _WITHOUT.search(ours.text) is not None
        and language.finds("weak_may", ours.text) is not None
        and not any(denies(theirs.text, language) for theirs in close)
    )


def _is_told_elsewhere(
    ours: Clause, theirs: Clause, one: Evidence, evidence: Sequence[Evidence], *, denied: bool
) -> bool:
    """Whether the evidence says beside a clause what it does not say in it."""
    language = one.language
    if not denied:
        return _is_corrected(theirs, one, language)
    if language.finds("first_time", theirs.text):
        return True  # “had never been there” is “for the first time”
    return _denied_elsewhere(ours, evidence, language) or _softly_elsewhere(
        ours, theirs, one, language
    )


def _is_corrected(theirs: Clause, one: Evidence, language: Language) -> bool:
    """Whether a denial is corrected where it stands: “not because of …, but because …”."""
    whole = next((r.text for r in one.readings if theirs.text[:40] in r.text), theirs.text)
    return language.finds("contrast", whole) is not None


# Where both texts have it, “without a car” denies nothing of the one that the other affirms.
_WITHOUT = re.compile(r"\b(?:without|ohne|sans|sin)\b", re.IGNORECASE)


def _lacking(text: str, *, lacks: bool) -> str:
    """A text without “without”, where both texts lack something."""
    return _WITHOUT.sub(" ", text) if lacks else text


def _is_rest(claim: Reading, evidence: Sequence[Evidence]) -> bool:
    """Whether a sentence denies of the rest what the evidence affirms of some: eleven of 14."""
    if any(share_of_rest(q, evidence, claim) for q in claim.own_quantities if q.kind == "share"):
        return True
    for one in evidence:
        for reading in one.said:
            counts = [q.low for q in reading.quantities if q.kind == "count" and not q.unit]
            gaps = {abs(a - b) for a, b in combinations(counts, 2)} - set(counts)
            if any(q.low in gaps for q in claim.own_quantities if q.kind == "count" and not q.unit):
                return True
    return False


def _denied_in_other_words(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“Refused”, “withdrew” and “lacks”, where the evidence denies nothing in any words."""
    language = claim.language
    readings = [reading for one in evidence for reading in one.readings]
    found = [*language.all("refusals", claim.outside), *language.all("deniers", claim.outside)]
    if not found or any(_says_no(reading) for reading in readings):
        return
    lost = any(r.language.finds("losses", r.text) for r in readings)
    for word in found:
        if lost and not language.finds("refusals", word[0]):
            continue  # what was cut, somebody “suspended”
        clause = next((c for c in claim.clauses if word[0] in c.text), None)
        if clause is None or language.finds("negators", clause.text):
            continue
        for match, one in close_clauses(clause, evidence, language, 0.5, 0.3)[:1]:
            words = claim.cut(word.start(), word.end())
            yield Difference("negation-differs", words, match.clause.text, one.fact, word[0])
            return


def _says_no(reading: Reading) -> bool:
    """Whether a text denies anything, by “not” or in other words."""
    language = reading.language
    return (
        language.finds("negators", reading.text) is not None
        or language.finds("deniers", reading.text) is not None
        or language.finds("refusals", reading.text) is not None
        or any(not word[0].startswith("qu") for word in language.all("soft_negators", reading.text))
    )


def _no_role(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“Plays no part”, where the evidence names the same thing as a cause."""
    language = claim.language
    for clause in claim.clauses:
        denied = language.finds("no_role", clause.text)
        own = stems(clause.text[: denied.start()], language) if denied else frozenset[str]()
        for one in evidence if own else ():
            for theirs in one.clauses:
                cause = language.finds("causes", theirs.text)
                about = cause and shared(own, theirs.stems, language)
                if about and not denies(theirs.text, language):
                    yield Difference("negation-differs", clause.text, theirs.text, one.fact)
                    return


def _short_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """The same for clauses of one content word: “it is not binding”."""
    language = claim.language
    ours = _short(claim)
    for one in evidence if ours else ():
        for reading in one.readings:
            for stem, theirs in _short(reading).items():
                text = ours.get(stem)
                if (
                    text
                    and denies(text, language) != denies(theirs, language)
                    and not language.finds("soft_negators", text.replace(theirs, ""))
                ):
                    yield Difference("negation-differs", text, theirs, one.fact)
                    return


_SHORT_PARTS = re.compile(r"[,;:.]\s|\s(?=(?:and|und|et|y)\s)", re.IGNORECASE)


def _short(reading: Reading) -> dict[str, str]:
    """The clauses of one content word and few others, by its stem; each told once."""
    found: dict[str, list[str]] = {}
    for part in _SHORT_PARTS.split(reading.outside):
        own = stems(part, reading.language)
        if len(own) == 1 and len(part.split()) <= 7:
            found.setdefault(next(iter(own)), []).append(part.strip(" .,;"))
    return {stem: parts[0] for stem, parts in found.items() if len(parts) == 1}


def opposite_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Words whose opposite the evidence has in nearly the same clause."""
    language = claim.language
    text = claim.outside
    said = " ".join(reading.text for one in evidence for reading in one.readings)
    for pair in language.opposites if _any_opposite(language).search(text) else ():
        sides = tuple(any_of(tuple(words)) for words in pair)
        if not any(side.search(text) for side in sides):
            continue
        for ours, theirs in (sides, sides[::-1]):
            word = ours.search(text)
            if word is None or theirs.search(claim.text):
                continue
            if ours.search(said) or not theirs.search(said):
                continue
            clause = next((c for c in claim.clauses if word[0] in c.text), None)
            if clause is None:
                continue
            for match, one in close_clauses(clause, evidence, language, 0.5, 0.34):
                other = theirs.search(match.clause.text)
                if other and denies(clause.text, language) == denies(match.clause.text, language):
                    yield Difference(
                        "negation-differs",
                        claim.cut(word.start(), word.end()),
                        match.clause.text,
                        one.fact,
                    )
                    return


@lru_cache(maxsize=8)
def _any_opposite(language: Language) -> WordPattern:
    """Any word that has an opposite: most sentences have none."""
    return any_of(tuple(word for pair in language.opposites for side in pair for word in side))


def _meant(theirs: Clause, ours: Clause, language: Language, *, main: bool = False) -> str:
    """A clause without the parts between commas of which the other says nothing.

    With `main`, its first part always stays.
    """
    kept = []
    for number, part in enumerate(_parts(theirs.text, language)):
        own = stems(language.patterns["negators"].sub(" ", part), language)
        said = shared(own, ours.stems, language)
        about = said and (said >= ABOUT * len(own) or _near_denial(part, ours, language))
        if not own or (main and not number) or about or language.finds("knowing", part):
            kept.append(_without_lack(part, ours, language))
    return ",".join(kept)


NEAR = 3
"""The number of words after a “not” that belong to it."""


def _near_denial(part: str, ours: Clause, language: Language) -> bool:
    """Whether what a part denies is what the other clause speaks of, or it denies nothing."""
    found = language.finds("negators", part)
    if found is None:
        return True
    words = part[found.end() :].split()[:NEAR]
    return bool(shared(stems(" ".join(words), language), ours.stems, language))


_LACKING = re.compile(r"\b(?:without|ohne|sans|sin)\s+(?:[\w'’-]+\s*){1,6}", re.IGNORECASE)


def _without_lack(part: str, ours: Clause, language: Language) -> str:
    """A part without what it says to be lacking, if the other clause does not speak of that."""
    for found in reversed(list(_LACKING.finditer(part))):
        if not shared(stems(found[0], language), ours.stems, language):
            part = part[: found.start()] + part[found.end() :]
    return part


def _parts(text: str, language: Language) -> Iterator[str]:
    """A clause at its commas and conjunctions; words that say nothing alone stay with the next."""
    splits = {found.start() for kind in ("split", "relative") for found in language.all(kind, text)}
    ends = [0, *sorted(splits), len(text)]
    last = waiting = ""
    for part in (p for a, b in pairwise(ends) for p in text[a:b].split(",")):
        waiting += part
        if stems(waiting, language):
            if last:
                yield last
            last, waiting = waiting, ""
    if waiting:  # “…, of whom 824 had a license and 486 not”: it says nothing alone
        yield last + waiting if last else waiting
    elif last:
        yield last


def _softly(affirming: Clause, denying: Clause, language: Language) -> bool:
    """Whether a clause denies by other words than “not”, which the other does not have."""
    words = {found[0].casefold() for found in language.all("soft_negators", affirming.text)}
    return bool(
        words - {found[0].casefold() for found in language.all("soft_negators", denying.text)}
    )


def _denied_elsewhere(ours: Clause, evidence: Sequence[Evidence], language: Language) -> bool:
    """Whether another clause of the evidence denies what stands at a “not” of a clause.

    Of “recommends it, but sees no reason for haste”, a sentence may leave out the “but”.
    """
    for found in language.all("negators", ours.text):
        after = re.split(r"[,;:]", ours.text[found.end() :])[0].split()[: NEAR + 1]
        denied = stems(" ".join(after), language)
        if denied and any(
            shared(denied, clause.stems, language) == len(denied) and denies(clause.text, language)
            for one in evidence
            for reading in one.said
            for clause in reading.clauses
        ):
            return True
    return False


def _softly_elsewhere(ours: Clause, theirs: Clause, one: Evidence, language: Language) -> bool:
    """Whether a clause denies in a part beside its first what the fact denies in other words.

    “Three go by bus, the others give no lessons any more”: the fact has “two have stopped”.
    """
    first, _, rest = ours.text.partition(",")
    if not rest or denies(first, language):
        return False
    said = [reading.text for reading in one.said if theirs.text[:40] in reading.text]
    return any(
        language.finds(kind, text.replace(theirs.text, " "))
        for text in said
        for kind in ("deniers", "refusals", "soft_negators")
    )


def _shares_elsewhere(theirs: Clause, ours: Clause, claim: Reading, language: Language) -> bool:
    others = [c for c in claim.clauses if c is not ours and denies(c.text, language)]
    return any(
        match.theirs >= 0.25 for other in others for match in matches(other, [theirs], language)
    )
