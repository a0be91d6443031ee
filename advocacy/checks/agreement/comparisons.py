"""Rises and falls, comparisons, ranks and causes of a sentence against those of what it cites."""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import ALIKE, Difference, Evidence, denies
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.rates import dated_quantities
from advocacy.checks.agreement.reading import Clause, Reading, shared, stems
from advocacy.checks.language import Language


def comparison_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Rises that the evidence calls falls, and comparisons and ranks that it does not make.

    At most one: the direction tells first, then the extreme, then whether it compares at all.
    """
    text = _without_measures(claim)
    for differ in (
        _swapped_sides,
        _direction_differences,
        _extreme_differences,
        _unmade_comparisons,
    ):
        found = next(differ(claim, text, evidence), None)
        if found is not None:
            yield found
            return


def _direction_differences(
    claim: Reading, text: str, evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """“Rose” where the evidence says “fell”; its passages count where the facts say neither."""
    language = claim.language
    ours = _direction(text, language)
    if not ours:
        return
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
        words = claim.cut(word.start(), word.end()) if word else claim.text
        at = word.start() if word else -1
        yield Difference("comparison-differs", words, reading.text, one.fact, at=at)


_THAN = re.compile(r"\s(?:than|als|qu(?:e\s|')|que)\s*", re.IGNORECASE)
_WITHOUT = {"en": "without", "de": "ohne", "fr": "sans", "es": "sin"}


def _swapped_sides(claim: Reading, text: str, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“Trams are slower than buses” where the evidence says that buses are slower than trams."""
    ours = _sides(claim.outside, claim.language)
    if ours is None:
        return
    direction = _direction(text, claim.language)
    for one in evidence:
        for reading in one.said:
            theirs = _sides(reading.text, reading.language)
            if (
                theirs is None
                or _direction(_without_measures(reading), reading.language) != direction
            ):
                continue
            first, second = ours[0] & theirs[1], ours[1] & theirs[0]
            if first and second:
                yield Difference("comparison-differs", claim.text, reading.text, one.fact)
                return


def _sides(text: str, language: Language) -> tuple[frozenset[str], frozenset[str]] | None:
    """The content words before and after “than” that stand on one side alone, and “without”."""
    than = next((m for m in _THAN.finditer(text) if language.finds("compared", text[: m.end() + 1])
                 or _direction(text[: m.start()], language)), None)  # fmt: skip
    if than is None:
        return None
    sides = []
    for part in (text[: than.start()], re.split(r"[,;:.]\s", text[than.end() :])[0]):
        found = set(stems(part, language))
        found.add("without" if re.search(rf"\b{_WITHOUT[language.code]}\b", part) else "with")
        sides.append(found)
    before, after = sides
    return frozenset(before - after), frozenset(after - before)


def _extreme_differences(
    claim: Reading, text: str, evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """“The highest” where the evidence says “the lowest”, and the other way round."""
    language = claim.language
    for ours, theirs in (("highest", "lowest"), ("lowest", "highest")):
        word = language.finds(ours, text)
        if word is None or any(language.finds(ours, r.text) for o in evidence for r in o.readings):
            continue
        for one in evidence:
            for reading in one.said:
                other = language.finds(theirs, reading.text)
                if (
                    other
                    and word[0].casefold() != other[0].casefold()
                    and language.finds("ranked", other[0])
                ):
                    yield Difference(
                        "comparison-differs",
                        claim.cut(word.start(), word.end()),
                        reading.cut(other.start(), other.end()),
                        one.fact,
                    )


def _unmade_comparisons(
    claim: Reading, text: str, evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """Ranks and comparisons where the facts have neither."""
    language = claim.language
    said = [reading for one in evidence for reading in one.said]
    kinds = ("ranked", "compared", "highest", "lowest")
    if any(language.finds(kind, reading.text) for reading in said for kind in kinds):
        return
    for kind in ("ranked", "compared"):
        word = language.finds(kind, text)
        if word is None or (kind == "compared" and any(_directions(r) for r in said)):
            continue
        yield Difference(
            "comparison-differs",
            claim.cut(word.start(), word.end()),
            evidence[0].statement.text,
            evidence[0].fact,
            at=word.start(),
        )


_SECOND = re.compile(
    r"\b(?:second|third|fourth|zweit|dritt|viert|deuxième|troisième|seconde?|segund[oa]|tercer[oa]?)"
    r"[\w-]*\s*-?(?=\w)", re.IGNORECASE
)  # fmt: skip


def _ranks(reading: Reading) -> dict[str, bool]:
    """The superlatives of a text, each with whether it is a second or later place."""
    ranks = {}
    for found in reading.language.all("ranked", reading.text):
        before = reading.text[max(0, found.start() - 16) : found.end()]
        ranks[reading.language.stem(found[0].split()[-1])[:5]] = bool(
            _SECOND.search(before)
        ) or bool(re.match(r"(?:zweit|dritt|viert)", found[0], re.IGNORECASE))
    return ranks


def rank_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“The largest” where the evidence says “the second largest”, and the other way round."""
    ours = _ranks(claim)
    for one in evidence if ours else ():
        for reading in one.readings:
            theirs = _ranks(reading)
            for word in ours.keys() & theirs.keys():
                if ours[word] != theirs[word]:
                    yield Difference("comparison-differs", claim.text, reading.text, one.fact)
                    return


def _without_measures(claim: Reading) -> str:
    """The words outside quotations, without bounds of quantities and “no longer”."""
    text = claim.outside
    language = claim.language
    for found in language.all("no_longer", text):
        text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
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
    ends = [
        0,
        *(found.end() for found in re.finditer(r"[;.](?=\s)", reading.text)),
        len(reading.text),
    ]
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


# Words between what happened and its cause; a “not” before them need not deny the cause.
_LINK = re.compile(
    r"(?:because|due|owing|thanks|on\s+account|for\s+(?:want|lack|fear)|out\s+of|weil|wegen|aufgrund|dank|mangels|aus|um"
    r"|parce|car|en\s+raison|à\s+cause|grâce|faute|par\s+manque|puisqu|pour|afin|porque|debido|gracias|a\s+causa|por\s+(?:culpa|falta)"
    r"|a\s+falta|ya\s+que|para)\b",
    re.IGNORECASE,
)


def _around_cause(claim: Reading, word: re.Match[str]) -> str:
    """The words around a word for a cause, from the last comma on."""
    near = claim.outside[max(0, word.start() - 48) : word.end() + 12].rsplit(",", 1)[-1]
    return near if word[0] in near else claim.outside[max(0, word.start() - 48) : word.end()]


def _known_causes(
    claim: Reading, word: re.Match[str], evidence: Sequence[Evidence], *, linked: bool
) -> list[Clause]:
    """The clauses of the evidence that give a cause; none where it knows nothing of this one."""
    language = claim.language
    cause = stems(claim.outside[word.end() : word.end() + 60].split(",")[0], language)
    if linked and len(cause) >= 2:
        held = frozenset[str]().union(*(one.stems for one in evidence))
        if not shared(cause, held, language):
            return []
    return [
        clause
        for one in evidence
        for clause in one.clauses
        if language.finds("causes", clause.text)
    ]


def cause_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Causes that a sentence gives and its evidence does not, or leaves open."""
    language = claim.language
    word = language.finds("causes", claim.outside)
    if word is None:
        return
    near = _around_cause(claim, word)
    linked = _LINK.match(word[0]) is not None
    before = claim.outside[max(0, word.start() - 14) : word.start()]
    if denies(before if linked else near, language):
        return
    known = _known_causes(claim, word, evidence, linked=linked)
    if not known:
        one = evidence[0]
        yield Difference(
            "cause-not-in-fact", claim.cut(word.start(), word.end()), one.statement.text, one.fact,
            at=word.start(),
        )  # fmt: skip
        return
    if any(language.finds(kind, near) for kind in ("strong_may", "conditions")):
        return
    if denies(claim.text, language):
        for own in (clause for clause in claim.clauses if word[0] in clause.text):
            alike = max(shared(own.stems, c.stems, language) for c in known)
            if alike >= ALIKE * len(own.stems):
                return  # the same cause, as open as there
    left_open = [
        clause
        for clause in known
        if any(
            language.finds(kind, clause.text) for kind in ("negators", "strong_may", "conditions")
        )
    ]
    if len(left_open) == len(known):
        fact = next(o.fact for o in evidence if left_open[0] in o.clauses)
        yield Difference(
            "cause-not-in-fact", claim.cut(word.start(), word.end()), left_open[0].text, fact
        )
