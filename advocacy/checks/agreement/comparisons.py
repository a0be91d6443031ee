"""Rises and falls, comparisons, ranks and causes of a sentence against those of what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from advocacy.checks.agreement.evidence import Difference, Evidence, denies, is_of_sender
from advocacy.checks.agreement.known_quantities import bare_number
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.rates import dated_quantities
from advocacy.checks.agreement.reading import Reading, shared, stems
from advocacy.checks.language import Language


def comparison_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Rises that the evidence calls falls, and comparisons and ranks that it does not make.

    At most one: the direction tells first, then the extreme, then whether it compares at all.
    """
    if is_of_sender(claim.outside, claim.language) and not claim.own_quantities:
        return  # “we expect no more than that” compares nothing of the facts
    difference, same = _by_sides(claim, evidence)
    if difference is not None:
        yield difference
    if difference is not None or same:
        return
    text = claim.unmeasured
    for differ in (
        _turned_at_numbers,
        _equal_differences,
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
    if _looks_ahead(claim) or _looks_back(claim, evidence):
        ours = "down" if ours == "up" else "up"
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


_MORE = re.compile(
    r"\s*(?:[^\W\d]+\s+){0,2}(?:(?P<up>more|higher|longer|above|over|up|mehr|höher|länger|teurer|de\s+plus|plus|más|por\s+encima)"
    r"|(?P<down>less|fewer|lower|shorter|below|under|down|weniger|niedriger|kürzer|billiger|de\s+moins|moins|menos"
    r"|por\s+debajo))\b",
    re.IGNORECASE,
)


def _turned_at_numbers(
    claim: Reading, _text: str, evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """“13 more than” where the evidence has “13 fewer than”."""
    for ours in claim.own_quantities:
        word = _MORE.match(claim.outside, ours.end)
        if word is None:
            continue
        theirs = [
            (found, reading, one)
            for one in evidence
            for reading in one.said
            for quantity in reading.quantities
            if quantity.low == ours.low and (found := _MORE.match(reading.text, quantity.end))
        ]
        if theirs and all(found.lastgroup != word.lastgroup for found, _, _ in theirs):
            _, reading, one = theirs[0]
            words = claim.cut(ours.start, word.end())
            yield Difference("comparison-differs", words, reading.text, one.fact)
            return


def _equal_differences(
    claim: Reading, text: str, evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """“As many as in 2024” where the evidence has two numbers that differ, or says “rose”."""
    language = claim.language
    word = language.finds("equal", text)
    if word is None or any(one.kind in ("multiple", "share") for one in claim.own_quantities):
        return
    for one in evidence:
        for reading in one.said:
            if reading.language.finds("equal", reading.text):
                return
    for one in evidence:
        for reading in one.said:
            if _directions(reading) and not denies(claim.text, language):
                words = claim.cut(word.start(), word.end())
                yield Difference("comparison-differs", words, reading.text, one.fact)
                return


def _looks_ahead(claim: Reading) -> bool:
    """Whether an earlier year is compared with a later one: “lower in 2021 than in 2025”."""
    for than in _THAN.finditer(claim.outside):
        before = [day.year for day in claim.own_days if day.year and day.end <= than.start()]
        after = [day.year for day in claim.own_days if day.year and day.start >= than.end()]
        if before and after and max(before) < min(after):
            return True
    return False


_MORE_IN = re.compile(
    r"\b(?:more|fewer|less|mehr|weniger|de\s+plus|de\s+moins|más|menos)\s+(?:in|im\s+jahr|en)\s+(?=(?:19|20)\d\d)",
    re.IGNORECASE,
)


def _looks_back(claim: Reading, evidence: Sequence[Evidence]) -> bool:
    """Whether a sentence says what there was more of in an earlier year: “29 more in 2016”."""
    found = _MORE_IN.search(claim.outside)
    if found is None:
        return False
    year = int(claim.outside[found.end() : found.end() + 4])
    days = [day for one in evidence for reading in one.said for day in reading.days]
    return any(day.year and day.year > year for day in days)


_THAN = re.compile(r"\s(?:than|as|als|wie|qu(?:e\s|')|que)\s*", re.IGNORECASE)
_WITHOUT = {"en": "without", "de": "ohne", "fr": "sans", "es": "sin"}
_LESS = re.compile(r"\s*(?:less|fewer|weniger|moins|menos)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What a comparison compares: the words of each side alone, and which side has more."""

    before: frozenset[str]
    after: frozenset[str]
    direction: str


def _by_sides(claim: Reading, evidence: Sequence[Evidence]) -> tuple[Difference | None, bool]:
    """What two compared sides tell: a difference, or whether both texts say the same of them.

    “Trams are slower than buses” is not “buses are slower than trams”, and “half as often as in
    cold homes” is “twice as often as in warm homes” from the other side.
    """
    ours = _sides(claim.outside, claim.unmeasured, claim.own_quantities, claim.language)
    for one in evidence if ours else ():
        for reading in one.said:
            theirs = _sides(reading.text, reading.unmeasured, reading.quantities, reading.language)
            if ours is None or theirs is None:
                continue
            swapped = bool(ours.before & theirs.after and ours.after & theirs.before)
            straight = bool(ours.before & theirs.before and ours.after & theirs.after)
            alike = ours.direction == theirs.direction
            if (swapped and alike) or (straight and not swapped and not alike):
                return Difference("comparison-differs", claim.text, reading.text, one.fact), False
            if swapped:
                return None, True
    return None, False


def _sides(
    text: str, unmeasured: str, quantities: Sequence[Quantity], language: Language
) -> _Sides | None:
    """The two sides of “than” or of “twice as … as”; None where a text has no such comparison."""
    times = [one for one in quantities if one.kind in ("multiple", "share")]
    for than in _THAN.finditer(unmeasured):  # “more than 9,000” compares nothing
        factor = next((one for one in times if one.start < than.start() < one.end + 40), None)
        if factor is not None and than.start() < factor.end + 2 and language.code == "en":
            continue  # the first “as” of “twice as often as”
        if factor is not None:
            less = _LESS.match(text, factor.end) or _LESS.search(factor.words)
            direction = "down" if factor.low < 1 or less else "up"
        else:
            direction = _direction(unmeasured, language)
            if not direction or not (
                language.finds("compared", text[: than.end() + 1])
                or _direction(text[: than.start()], language)
            ):
                continue
        sides = []
        for part in (text[: than.start()], re.split(r"[,;:.]\s", text[than.end() :])[0]):
            found = set(stems(part, language))
            found.add("without" if re.search(rf"\b{_WITHOUT[language.code]}\b", part) else "with")
            sides.append(found)
        before, after = sides
        return _Sides(frozenset(before - after), frozenset(after - before), direction)
    return None


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
        if word is None:
            continue
        clause = next((c.text for c in claim.clauses if word[0] in c.text), claim.text)
        if is_of_sender(clause, language) or _WITH_US.search(text, word.start()):
            continue  # “we find this the strongest”, “better than we could”
        if kind == "compared" and (
            any(one.kind in ("share", "multiple") for one in claim.own_quantities)
            or any(_directions(r) for r in said)
            or not _THAN.search(text, word.start())
            or any(_compares_numbers(r) for r in said)
        ):
            continue
        yield Difference(
            "comparison-differs",
            claim.cut(word.start(), word.end()),
            evidence[0].statement.text,
            evidence[0].fact,
            at=word.start(),
        )


_WITH_US = re.compile(
    r"\b(?:than|als|que|qu')\s*(?:we|us|ours?|i|wir|uns(?:er\w*)?|ich|nous|nos|notre|nosotr[oa]s|nuestr[oa]s?|yo)\b",
    re.IGNORECASE,
)


def _compares_numbers(reading: Reading) -> bool:
    """Whether a text has two numbers of one thing, which a sentence may compare by itself."""
    counts = [one for one in reading.quantities if one.kind == "count"]
    return any(_one_kind(one, other) for one, other in combinations(counts, 2))


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


def _direction(text: str, language: Language) -> str:
    """`up` or `down`, where the words of a text say one of the two alone."""
    up, down = (language.finds(kind, text) is not None for kind in ("up", "down"))
    return "" if up == down else "up" if up else "down"


def _directions(reading: Reading) -> set[str]:
    """The direction of a text by its words or, where they say none, by its numbers and years."""
    language = reading.language
    said = _direction(reading.unmeasured, language)
    if said:
        return {said}
    if language.finds("up", reading.text) and language.finds("down", reading.text):
        return {"up", "down"}
    found = _by_year(reading) or _by_order(reading)
    return {found} if found else set()


_AFTER_BEFORE = re.compile(
    r"(?:\s+[\w$€£%]+){0,4}[\s,(]*(?:compared\s+(?:with|to)|against|after|up\s+from|down\s+from|from|gegenüber|nach|contre"
    r"|frente\s+a|tras|instead\s+of|statt|au\s+lieu\s+de|en\s+(?:vez|lugar)\s+de)\s+(?:\w+\s+)?",
    re.IGNORECASE,
)


def _by_order(reading: Reading) -> str:
    """What two numbers say of which the second is the one before: “51, compared with 64”."""
    for late, early in pairwise(reading.quantities):
        between = reading.text[late.end : early.start]
        if (
            late.kind == early.kind == "count"
            and _one_kind(late, early)
            and bare_number(late) != bare_number(early)
            and _AFTER_BEFORE.fullmatch(between)
        ):
            return "up" if bare_number(late) > bare_number(early) else "down"
    return ""


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
