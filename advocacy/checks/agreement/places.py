"""Words that carry no note: subjects, titles, headings, asks, enclosures against all facts.

Their numbers and days must be in some fact of the letter. What is asked for is the sender's own;
what an ask says of the past or of others (“as Brassac has done since May 2025”) is not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.causes import cause_differences
from advocacy.checks.agreement.comparisons import comparison_differences
from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.hedges import hedge_differences
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.names import name_parts, short_forms
from advocacy.checks.agreement.negation import negation_differences, opposite_differences
from advocacy.checks.agreement.numbers import number_differences
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, read, shared, stems
from advocacy.checks.agreement.sentences import told_of
from advocacy.checks.agreement.sureness import NUMBERS, doubt
from advocacy.checks.language import CAPITAL
from advocacy.checks.sentences import LABELS, TextBlock, subject_place
from advocacy.errors import Place, Problem
from advocacy.letters.letter import CitedFact, Letter

OWN = 10
"""A bare number up to this counts the letter's own things: three questions, ten asks."""
TELLING = 4
"""The number of content words from which a subject is compared with similar facts."""
REPEATED = 0.6
"""A subject that shares this much with the asks states what is asked for."""
LIKE = 0.5
"""An ask that shares this much with a fact repeats the fact and its numbers."""
# Where an ask begins to speak of what is or was, and no more of what is wanted.
_FACTUAL = re.compile(
    r"\b(?:as\s+(?=[A-Z]|the\b|you\b|others\b)|like\s+(?=[A-Z])|instead\s+of|rather\s+than|on\s+which|in\s+which"
    r"|which|who|that\s+(?:are|were|is|was|have|has|had|you)|since|compared|of\s+the\s+(?=\d)|now\s+that"
    r"|statt|anstatt|wie\s+(?:es|sie|ihn|das|die|der)|d(?:en|ie|as|er)\s+Sie|seit|von\s+den\s+(?=\d)|der\s+im|die\s+im"
    r"|au\s+lieu\s+d|plutôt\s+que|comme\s+|qui\s+|depuis|des\s+(?=\d)"
    r"|en\s+vez\s+de|en\s+lugar\s+de|como\s+|que\s+(?:en|faltan|hay|están?|siguen|había)|desde|de\s+l[ao]s\s+(?=\d))",
)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a letter that carry no note."""

    text: str
    place: Place | None
    ask: bool = False
    name: str = "the letter"
    head: bool = False
    """Whether it is the first row of a table: what its columns are, with their units."""

    @property
    def own(self) -> bool:
        """Whether its numbers are the letter's own, which differ from no fact for sure."""
        return self.ask or self.head


def place_problems(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    library: Library,
    facts: Sequence[CitedFact],
) -> Iterator[Problem]:
    """Numbers and days in words without a note that no fact of the letter has."""
    evidence = library.all_of(facts, letter.language)
    if not evidence:
        return
    yield from _precedent_problems(letter, library)
    for words in _around(letter, blocks, campaign):
        claim = read(words.text, letter.language)
        if claim is None:
            return
        if not words.ask and not _is_asked(claim, letter):
            for clause in claim.clauses:
                for one in _said_of_facts(clause.text, claim, evidence, words.name):
                    yield told_of(one, words.place, words.name)
        wanted = () if words.ask else _wanted(letter)
        for one in _differences(claim, evidence, letter.date, words):
            if one.at >= 0 and any(
                q.start == one.at and (q.low, q.unit) in wanted for q in claim.own_quantities
            ):
                continue  # the letter asks for so many
            if one.code in NUMBERS:
                one = replace(one, sure=False) if words.own else doubt(claim, one, evidence)
            yield told_of(one, words.place, words.name)


def _precedent_problems(letter: Letter, library: Library) -> Iterator[Problem]:
    """Precedents of other organizations than their facts are about."""
    facts = {one.id: one for one in letter.facts}
    for precedent in letter.precedents:
        cited = facts.get(precedent.fact)
        one = library.of(cited, letter.language) if cited else None
        if one is None:
            continue
        name = precedent.organization
        said = "\n".join((*(reading.text for reading in one.said), one.names))
        parts = name_parts(" ".join(re.findall(CAPITAL, name)))
        if any(form in said for form in short_forms(name)) or parts & name_parts(said):
            continue
        yield told_of(
            Difference("name-not-in-fact", name, one.statement.text, one.fact),
            precedent.place("organization"),
            "the precedent",
        )


def _wanted(letter: Letter) -> set[tuple[float, str]]:
    """The numbers of what a letter asks for, with their units."""
    texts = (letter.demand.summary, *letter.demand.asks) if letter.demand else ()
    asks = (read(text.get(letter.language) or "", letter.language) for text in texts)
    return {(one.low, one.unit) for ask in asks if ask for one in ask.own_quantities}


def _is_asked(claim: Reading, letter: Letter) -> bool:
    """Whether a subject or title only says what is asked for: by its form, or as an ask has it."""
    if claim.language.finds("requests", claim.text):
        return True
    texts = (letter.demand.summary, *letter.demand.asks) if letter.demand else ()
    asks = [read(text.get(letter.language) or "", letter.language) for text in texts]
    numbers = {one.low for ask in asks if ask for one in ask.own_quantities}
    if any(one.low not in numbers for one in claim.own_quantities):
        return False
    wanted = frozenset[str]().union(*(one.stems for one in asks if one))
    return shared(claim.stems, wanted, claim.language) >= REPEATED * len(claim.stems) > 0


def _around(letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign) -> Iterator[_Words]:
    stage = campaign.file.stages[letter.stage]
    yield _Words(letter.subject, subject_place(letter, stage), name="the subject")
    if letter.preview:
        yield _Words(letter.preview, stage.place("preview"), name="the preview text")
    if letter.demand:
        for number, ask in enumerate(letter.demand.asks):
            place = letter.demand.place("asks", number)
            yield _Words(ask.get(letter.language) or "", place, True, "the ask")
        summary = letter.demand.summary.get(letter.language) or ""
        yield _Words(summary, letter.demand.place("summary"), True, "the demand")
    yield _Words(letter.title, campaign.file.place("title"), name="the title")
    for number, enclosure in enumerate(letter.enclosures):
        yield _Words(enclosure, campaign.file.place("enclosures", number), name="the enclosure")
    last = ""
    for block in blocks:
        head = block.kind == "row" and last != "row"
        last = block.kind
        for sentence in block.sentences:
            if block.kind in LABELS and not sentence.cites:
                name = f"the {block.kind}"
                yield _Words(sentence.text, sentence.place, name=name, head=head)


def _differences(
    claim: Reading, evidence: Sequence[Evidence], today: date, words: _Words
) -> Iterator[Difference]:
    ask = words.ask
    begins = _FACTUAL.search(claim.text) if ask else None
    factual = begins.start() if begins else (len(claim.text) if ask else 0)
    like = _like(claim, evidence)
    matched = like is not None and any(
        abs(a.low - b.low) < 1e-9 and a.unit == b.unit
        for a in claim.own_quantities
        for r in like.readings
        for b in r.quantities
    )
    for one in number_differences(claim, _about(claim, evidence)):
        quantity = next(q for q in claim.own_quantities if claim.cut(q.start, q.end) == one.ours)
        if one.code != "figure-not-in-fact":
            if ask and quantity.start > factual and quantity.bound:
                yield one
            continue
        if ask and _WITHIN.search(claim.text[: quantity.start]):
            continue  # the time that the ask gives is its own
        few = not quantity.unit and quantity.kind == "count" and quantity.low <= OWN
        definite = ask and _is_definite(claim, quantity, evidence)
        if few and quantity.start < factual and not definite:
            continue
        if few and not ask and not _counted(quantity, evidence):
            continue  # “Two doors, to begin with”: what a heading or subject counts may be its own
        if (
            not ask
            or definite
            or quantity.start > factual
            or _was(claim, quantity)
            or (
                like
                and not matched
                and any(
                    b.unit == quantity.unit and (b.unit or b.noun == quantity.noun)
                    for r in like.said
                    for b in r.quantities
                )
            )
        ):
            yield one
    known = [d for e in evidence for r in e.readings for d in r.days]
    known += [_day_of(issued) for e in evidence for issued in e.issued]
    for day in claim.own_days:
        told = _past(day, today) or (day.month and not day.year and not ask)
        told = told or _in_year_of(day, claim, evidence, ask=ask)
        if told and not any(day.agrees(other) for other in known):
            near = nearest(evidence, claim.stems)
            yield Difference(
                "date-not-in-fact", claim.cut(day.start, day.end), near.statement.text, near.fact
            )


def _said_of_facts(
    words: str, whole: Reading, evidence: Sequence[Evidence], where: str
) -> Iterator[Difference]:
    """What a clause of a subject or heading says otherwise than the fact that it repeats."""
    clause = read(words, whole.language.code)
    like = _like(clause, evidence) if clause else None
    if clause is None or like is None:
        return
    numbers = clause.own_quantities
    if numbers and not any(number_differences(clause, [like])):
        yield from negation_differences(clause, [like])
        yield from hedge_differences(clause, [like])
        yield from comparison_differences(clause, [like])
    elif where == "the heading" or len(clause.stems) >= TELLING:
        yield from opposite_differences(clause, [like])
        yield from hedge_differences(clause, [like])
    yield from cause_differences(clause, [like])


def _about(claim: Reading, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The facts that a share in words can be of: those that speak of the same things most."""
    if not any(one.kind == "share" for one in claim.own_quantities):
        return evidence
    counts = [shared(claim.stems, one.stems, claim.language) for one in evidence]
    most = max(counts)
    return [one for one, count in zip(evidence, counts, strict=True) if count == most]


def _counted(quantity: Quantity, evidence: Sequence[Evidence]) -> bool:
    """Whether some fact counts the same things."""
    return any(
        bool(quantity.noun) and other.noun == quantity.noun
        for one in evidence
        for reading in one.said
        for other in reading.quantities
    )


_WITHIN = re.compile(
    r"\b(?:within|in\s+under|for\s+at\s+least|binnen|innerhalb\s+von|sous|dans\s+(?:un\s+délai\s+de|les)|en\s+(?:un\s+plazo\s+de|menos\s+de))"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b(?:the|their|its|these|those|die|der|den|dem|ihre[nr]?|deren|beiden|les|ces|leurs|las|los|sus|l[ao]s|estas|estos)"
    r"\s+(?:other\s+|anderen\s+|autres\s+|otr[oa]s\s+)?$",
    re.IGNORECASE,
)


def _is_definite(claim: Reading, quantity: Quantity, evidence: Sequence[Evidence]) -> bool:
    """Whether an ask speaks of “the four vacant posts”, and a fact counts such things otherwise."""
    if quantity.kind != "count" or quantity.unit:
        return False
    if not _DEFINITE.search(claim.text[: quantity.start]):
        return False
    after = stems(" ".join(claim.text[quantity.end :].split()[:3]), claim.language)
    nouns = {
        other.noun[:6]
        for one in evidence
        for reading in one.said
        for other in reading.quantities
        if other.noun and other.kind == "count"
    }
    return bool(nouns & after)


def _was(claim: Reading, quantity: Quantity) -> bool:
    """Whether an ask says what a number is today: “from 45 days to 48 hours”."""
    before, after = claim.text[: quantity.start], claim.text[quantity.end :]
    return bool(
        re.search(r"\b(?:from|von|de|d'|desde)\s+(?:\w+\s+){0,3}$", before)
        and re.match(r"\s*(?:\w+\s+){0,2}?(?:to|auf|à|a|zu)\s", after)
    )


def _in_year_of(day: StatedDay, claim: Reading, evidence: Sequence[Evidence], *, ask: bool) -> bool:
    """Whether a month to come is not the one that a fact on the same matter has of that year."""
    if ask or not (day.month and day.year):
        return False
    return any(
        other.year == day.year and other.month
        for one in evidence
        if shared(claim.stems, one.statement.stems, claim.language) >= 2
        for reading in one.said
        for other in reading.days
    )


def _day_of(issued: date) -> StatedDay:
    return StatedDay("", issued.year, issued.month, issued.day, "", 0, 0)


def _past(day: StatedDay, today: date) -> bool:
    if day.year is None:
        return False
    return (day.year, day.month or 1, day.day or 1) < (
        today.year,
        today.month if day.month else 1,
        1,
    )


def _like(claim: Reading, evidence: Sequence[Evidence]) -> Evidence | None:
    """The fact that an ask repeats, if it does."""
    if len(claim.stems) < 2:
        return None
    best = max(evidence, key=lambda one: shared(claim.stems, one.statement.stems, claim.language))
    count = shared(claim.stems, best.statement.stems, claim.language)
    return best if count >= LIKE * len(claim.stems) else None
