"""Negation, hedges, comparisons and causes of a sentence against those of what it cites.

Each clause of the sentence is compared with the clauses of the evidence that share most of its
content words; where nothing is alike enough, nothing is said.
"""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.language import Language
from advocacy.checks.agreement.numbers import dated_quantities
from advocacy.checks.agreement.quantities import Quantity
from advocacy.checks.claims.sentences import quote_spans
from advocacy.checks.agreement.reading import Clause, Match, Reading, matches, shared, stems

ALIKE = 0.6
"""So much of a clause's content words must stand in the other's for the two to be compared."""
BOTH = 0.34
"""And so much of the evidence's clause in the sentence's."""
STRICT = 0.65
"""The same where a text is compared with a longer one that may well say more."""
TIE = 0.12
"""Clauses that are alike within so much are all looked at."""


def _close(
    clause: Clause, evidence: Sequence[Evidence], language: Language, alike: float = ALIKE,
    both: float = BOTH,
) -> list[tuple[Match, Evidence]]:  # fmt: skip
    """The clauses of the evidence that say nearly what a clause says, the most alike first."""
    if len(clause.stems) < 2:
        return []
    found = [
        (match, one) for one in evidence for match in matches(clause, one.clauses, language)[:3]
    ]
    found.sort(key=lambda pair: -(pair[0].ours + pair[0].theirs))
    found = [p for p in found if p[0].ours >= alike and p[0].theirs >= both]
    if not found:
        return []
    best = found[0][0].ours + found[0][0].theirs
    return [p for p in found if p[0].ours + p[0].theirs >= best - 2 * TIE]


def negation_differences(
    claim: Reading, evidence: Sequence[Evidence], *, strict: bool = False
) -> Iterator[Difference]:
    """Clauses that deny what the evidence affirms, or affirm what it denies.

    `strict` compares only clauses that are almost the same, as of a copy that says more.
    """
    language = claim.language
    for clause in claim.clauses:
        close = _close(clause, evidence, language, both=STRICT if strict else BOTH)
        if not close:
            continue
        ours = _denies(clause.text, language)
        verdicts = [_denies(_meant(match.clause, clause, language), language) for match, _ in close]
        if all(theirs == ours for theirs in verdicts) or ours in verdicts:
            continue
        match, one = close[0]
        if _softly(clause, match.clause, language) if not ours else _softly(match.clause, clause, language):
            continue
        if not ours and language.finds("negators", claim.text) and len(claim.clauses) > 1:
            # The sentence denies elsewhere: “nobody must …, it is not binding”.
            if _shares_elsewhere(match.clause, clause, claim, language):
                continue
        yield Difference("negation-differs", clause.text, match.clause.text, one.fact)
    if not strict:
        yield from _short_differences(claim, evidence)


def _short_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """The same for clauses of one content word: “it is not binding”."""
    language = claim.language
    ours = _short(claim)
    for one in evidence if ours else ():
        for reading in one.readings:
            for stem, theirs in _short(reading).items():
                text = ours.get(stem)
                if text and _denies(text, language) != _denies(theirs, language):
                    if not language.finds("soft_negators", text.replace(theirs, "")):
                        yield Difference("negation-differs", text, theirs, one.fact)
                        return


def _short(reading: Reading) -> dict[str, str]:
    """The clauses of one content word and few others, by its stem; each told once."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"[,;:.]\s", reading.outside):
        own = stems(part, reading.language)
        if len(own) == 1 and len(part.split()) <= 7:
            found.setdefault(next(iter(own)), []).append(part.strip(" .,;"))
    return {stem: parts[0] for stem, parts in found.items() if len(parts) == 1}


def opposite_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Words whose opposite the evidence has in nearly the same clause."""
    language = claim.language
    text = claim.outside
    for sides in language.opposites:
        for ours, theirs in (sides, sides[::-1]):
            word = ours.search(text)
            if word is None or theirs.search(claim.text):
                continue
            if any(ours.search(r.text) for one in evidence for r in one.readings):
                continue
            clause = next((c for c in claim.clauses if word[0] in c.text), None)
            for match, one in _close(clause, evidence, language, 0.5, 0.34) if clause else ():
                other = theirs.search(match.clause.text)
                if other and _denies(clause.text, language) == _denies(match.clause.text, language):
                    yield Difference(
                        "negation-differs", claim.cut(word.start(), word.end()), match.clause.text, one.fact
                    )
                    return


def _meant(theirs: Clause, ours: Clause, language: Language) -> str:
    """A clause without the parts between commas of which the other says nothing."""
    kept = []
    for part in theirs.text.split(","):
        own = stems(part, language)
        if not own or shared(own, ours.stems, language):
            kept.append(part)
    return ",".join(kept)


def _softly(affirming: Clause, denying: Clause, language: Language) -> bool:
    """Whether a clause denies by other words than “not”, which the other does not have."""
    words = {found[0].casefold() for found in language.all("soft_negators", affirming.text)}
    return bool(words - {found[0].casefold() for found in language.all("soft_negators", denying.text)})


def _denies(text: str, language: Language) -> bool:
    return language.finds("negators", text) is not None


def _shares_elsewhere(theirs: Clause, ours: Clause, claim: Reading, language: Language) -> bool:
    others = [c for c in claim.clauses if c is not ours and _denies(c.text, language)]
    return any(match.theirs >= 0.25 for other in others for match in matches(other, [theirs], language))


def hedge_differences(
    claim: Reading, evidence: Sequence[Evidence], *, strict: bool = False
) -> Iterator[Difference]:
    """Clauses that say for certain, for all or without condition what the evidence limits.

    `strict` leaves exceptions and quantifiers alone, which a statement need not take over.
    """
    language = claim.language
    told = False
    stated = [Evidence(one.fact, one.statement, one.quote) for one in evidence]
    for clause in claim.clauses:
        close = _close(clause, stated, language, alike=0.5, both=0.25)
        if not close or told:
            continue
        match, one = close[0]
        whole = claim.text
        said = " ".join((clause.text, *_quoted(whole)))
        if not language.finds("may", said):
            for kind in ("strong_may", "wants"):
                if kind == "wants" and language.finds("wants", whole):
                    continue
                if all(_limits(kind, m.clause.text, language) for m, _ in close) and not (
                    kind == "wants" and language.finds("says", clause.text)
                ):
                    word = language.finds(kind, match.clause.text)
                    yield Difference(
                        "hedge-dropped", clause.text, match.clause.text, one.fact, word[0] if word else ""
                    )
                    told = True
                    break
        if told or strict:
            continue
        if not any(language.finds(kind, whole) for kind in ("some", "some_weak", "may")):
            if all(language.finds("some", m.clause.text) for m, _ in close) and match.ours >= ALIKE:
                word = language.finds("some", match.clause.text)
                yield Difference(
                    "hedge-dropped", clause.text, match.clause.text, one.fact, word[0] if word else ""
                )
                told = True
                continue
        if not any(language.finds(kind, whole) for kind in ("conditions", "may")):
            limits = [m for m, _ in close if language.finds("conditions", m.clause.text)]
            if len(limits) == len(close) and match.ours >= ALIKE:
                word = language.finds("conditions", match.clause.text)
                yield Difference(
                    "hedge-dropped", clause.text, match.clause.text, one.fact, word[0] if word else ""
                )
                told = True
    yield from _universal(claim, evidence)


def _limits(kind: str, text: str, language: Language) -> bool:
    """Whether a clause has a limit of a kind; what one cannot do is none."""
    return language.finds(kind, text) is not None and not (
        kind == "strong_may" and _denies(text, language)
    )


def _quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quote_spans(text)]


def _universal(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    language = claim.language
    text = claim.outside
    for found in language.all("not_universal", text):
        text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
    ours = language.finds("universals", text) or language.finds("frequent", text)
    if ours is None or any(
        language.finds(kind, r.text)
        for one in evidence for r in one.readings for kind in ("universals", "frequent")
    ):  # fmt: skip
        return
    clause = next((c for c in claim.clauses if ours[0] in c.text), None)
    if clause is None:
        return
    close = _close(clause, evidence, language, alike=0.4, both=0.25)
    if close and not (
        language.finds("negators", ours[0]) and _denies(close[0][0].clause.text, language)
    ):
        match, one = close[0]
        yield Difference("hedge-dropped", claim.cut(ours.start(), ours.end()), match.clause.text, one.fact, ours[0])


# --- comparison ----------------------------------------------------------------------------------


def comparison_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Rises that the evidence calls falls, and comparisons and ranks that it does not make."""
    language = claim.language
    text = _without_measures(claim)
    ours = _direction(text, language)
    if ours:
        theirs = {d for one in evidence for r in one.said for d in _directions(r)}
        theirs = theirs or {
            d
            for one in evidence
            for r in one.passage
            if shared(claim.stems, r.stems, language) >= 0.4 * len(claim.stems)
            for d in _directions(r)
        }
        if theirs and ours not in theirs:
            word = language.finds(ours, text)
            one, reading = _where(evidence, next(iter(theirs)))
            yield Difference(
                "comparison-differs",
                claim.cut(word.start(), word.end()) if word else claim.text,
                reading.text,
                one.fact,
            )
            return
    for ours_kind, theirs_kind in (("highest", "lowest"), ("lowest", "highest")):
        word = language.finds(ours_kind, text)
        if word and not any(language.finds(ours_kind, r.text) for o in evidence for r in o.readings):
            for one in evidence:
                for reading in one.said:
                    other = language.finds(theirs_kind, reading.text)
                    if other and word[0].casefold() != other[0].casefold() and language.finds("ranked", other[0]):
                        yield Difference(
                            "comparison-differs",
                            claim.cut(word.start(), word.end()),
                            reading.cut(other.start(), other.end()),
                            one.fact,
                        )
                        return
    for kind in ("ranked", "compared"):
        word = language.finds(kind, text)
        if word is None:
            continue
        if any(language.finds(k, r.text) for o in evidence for r in o.said for k in ("ranked", "compared", "highest", "lowest")):
            continue
        if kind == "compared" and any(_directions(r) for o in evidence for r in o.said):
            continue
        if kind == "ranked" and not language.finds("ranked", word[0]):
            continue
        yield Difference(
            "comparison-differs", claim.cut(word.start(), word.end()), evidence[0].statement.text,
            evidence[0].fact,
        )  # fmt: skip
        return


_SECOND = re.compile(
    r"\b(?:second|third|fourth|zweit|dritt|viert|deuxième|troisième|seconde?|segund[oa]|tercer[oa]?)"
    r"[\w-]*\s*-?(?=\w)", re.IGNORECASE
)  # fmt: skip


def _ranks(reading: Reading) -> dict[str, bool]:
    """The superlatives of a text, each with whether it is a second or later place."""
    ranks = {}
    for found in reading.language.all("ranked", reading.text):
        before = reading.text[max(0, found.start() - 16) : found.end()]
        ranks[reading.language.stem(found[0].split()[-1])[:5]] = bool(_SECOND.search(before)) or bool(
            re.match(r"(?:zweit|dritt|viert)", found[0], re.IGNORECASE)
        )
    return ranks


def rank_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“The largest” where the evidence says “the second largest”, and the other way round."""
    ours = _ranks(claim)
    for one in evidence:
        for reading in one.readings:
            theirs = _ranks(reading)
            for word in ours.keys() & theirs.keys():
                if ours[word] != theirs[word]:
                    yield Difference("comparison-differs", claim.text, reading.text, one.fact)
                    return


def _without_measures(claim: Reading) -> str:
    """The words outside quotations, without bounds of quantities: “more than half”, “up to”."""
    text = claim.outside
    language = claim.language
    for quantity in claim.own_quantities:
        start = max(0, quantity.start - 28)
        for bound in ("over", "under", "max", "min"):
            for found in language.all(bound, text[start : quantity.start]):
                at = start + found.start()
                text = text[:at] + " " * len(found[0]) + text[at + len(found[0]) :]
    return text


def _direction(text: str, language: Language) -> str:
    """`up` or `down`, where the words of a text say one of the two alone."""
    up, down = (language.finds(kind, text) is not None for kind in ("up", "down"))
    return "" if up == down else "up" if up else "down"


def _directions(reading: Reading) -> set[str]:
    """The direction of a text by its words or, where they say none, by its numbers and years."""
    language = reading.language
    said = _direction(_without_measures(reading), language)
    if said:
        return {said}
    if language.finds("up", reading.text) and language.finds("down", reading.text):
        return {"up", "down"}
    found = _by_year(reading)
    return {found} if found else set()


def _by_year(reading: Reading) -> str:
    """What two numbers of one unit with a year each say."""
    dated = []
    following = dict(dated_quantities(reading, reading.quantities, reading.days))
    ends = [0, *(found.end() for found in re.finditer(r"[;.](?=\s)", reading.text)), len(reading.text)]
    for quantity in reading.quantities:
        if quantity.kind != "count":
            continue
        last = next(end for end in ends if end >= quantity.end)
        first = max(end for end in ends if end <= quantity.start)
        near = following.get(quantity) or min(
            (day for day in reading.days if day.year and first <= day.start < last),
            key=lambda day: min(abs(day.start - quantity.end), abs(quantity.start - day.end)),
            default=None,
        )
        if near is not None and near.year:
            dated.append((near.year, quantity))
    for number, (year, quantity) in enumerate(dated):
        for other_year, other in dated[number + 1 :]:
            if year == other_year or not _one_kind(quantity, other):
                continue
            early, late = (quantity, other) if year < other_year else (other, quantity)
            if early.low != late.low:
                return "up" if early.low < late.low else "down"
    return ""


def _one_kind(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities measure one thing, as far as their units and nouns tell."""
    if a.unit == b.unit:
        return not a.noun or not b.noun or a.noun == b.noun
    return not (a.unit or a.noun) or not (b.unit or b.noun)


def _where(evidence: Sequence[Evidence], direction: str) -> tuple[Evidence, Reading]:
    for one in evidence:
        for reading in one.said:
            if direction in _directions(reading):
                return one, reading
    return evidence[0], evidence[0].statement


# --- cause ---------------------------------------------------------------------------------------


def cause_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Causes that a sentence gives and its evidence does not, or leaves open."""
    language = claim.language
    word = language.finds("causes", claim.outside)
    if word is None:
        return
    near = claim.outside[max(0, word.start() - 48) : word.end() + 12].rsplit(",", 1)[-1]
    if word[0] not in near:
        near = claim.outside[max(0, word.start() - 48) : word.end()]
    if _denies(near, language):
        return
    known = [
        clause
        for one in evidence
        for clause in one.clauses
        if language.finds("causes", clause.text)
    ]
    if not known:
        one = evidence[0]
        yield Difference("cause-not-in-fact", claim.cut(word.start(), word.end()), one.statement.text, one.fact)
        return
    if any(language.finds(kind, near) for kind in ("strong_may", "conditions")):
        return
    own = next((clause for clause in claim.clauses if word[0] in clause.text), None)
    if own is not None and _denies(claim.text, language):
        same = max((shared(own.stems, c.stems, language) / max(1, len(own.stems)) for c in known), default=0)
        if same >= ALIKE:
            return
    open_ = [
        clause
        for clause in known
        if any(language.finds(kind, clause.text) for kind in ("negators", "strong_may", "conditions"))
    ]
    if len(open_) == len(known):
        fact = next(o.fact for o in evidence if open_[0] in o.clauses)
        yield Difference("cause-not-in-fact", claim.cut(word.start(), word.end()), open_[0].text, fact)
