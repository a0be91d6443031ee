"""The limits of what is said: may, some, up to, if; and all, always, without the evidence's."""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import (
    ALIKE,
    Difference,
    Evidence,
    close_clauses,
    denies,
    is_of_sender,
)
from advocacy.checks.agreement.known_quantities import held_quantities
from advocacy.checks.agreement.ratios import whole_pairs
from advocacy.checks.agreement.reading import Clause, Match, Reading, read, shared, stems
from advocacy.checks.agreement.strengths import strength_differences
from advocacy.checks.agreement.totals import known_totals, total_differences
from advocacy.checks.language import Language
from advocacy.checks.sentences import quote_spans


def hedge_differences(
    claim: Reading, evidence: Sequence[Evidence], *, strict: bool = False
) -> Iterator[Difference]:
    """Clauses that say for certain, for all or without condition what the evidence limits.

    `strict` leaves exceptions and quantifiers alone, which a statement need not take over.
    """
    language = claim.language
    stated = [Evidence(one.fact, one.statement, one.quote) for one in evidence]
    for clause in claim.clauses:
        if is_of_sender(clause.text, language):
            continue
        close = close_clauses(clause, stated, language, alike=0.5, both=0.25)
        matched, joined = [match for match, _ in close], len(evidence) > 1
        word = _dropped(clause, claim, matched, strict=strict, joined=joined)
        if word is not None:
            match, one = close[0]
            yield Difference("hedge-dropped", clause.text, match.clause.text, one.fact, word)
            break  # one clause is enough for a sentence
    if not strict:
        yield from _all_for_part(claim, evidence)
        yield from _all_of_them(claim, evidence)
        yield from _none_for_few(claim, evidence)
        yield from _every_one(claim, evidence)
        yield from _all_of_counted(claim, evidence)
        yield from _whole_for_part(claim, evidence)
        yield from total_differences(claim, evidence)
        yield from strength_differences(claim, evidence)
    yield from _universal(claim, evidence)


def _dropped(
    clause: Clause, claim: Reading, close: Sequence[Match], *, strict: bool, joined: bool
) -> str | None:
    """The first limit that all clauses close to one have, and it has not; None for no such."""
    if not close:
        return None
    language = claim.language
    theirs = close[0].clause.text
    # Where both set a condition, it is no word for “may”.
    conditional = language.finds("conditions", theirs) is not None
    for kind in _kinds(clause, claim, strict=strict, conditional=conditional):
        if kind in ("some", "conditions") and close[0].ours < ALIKE:
            continue
        if kind == "conditions" and _is_restated(claim, theirs):
            continue
        if all(_limits(kind, match.clause.text, language, clause.stems) for match in close):
            word = language.finds(kind, theirs)
            if joined and word and re.search(rf"\b{re.escape(word[0])}\b", claim.text, re.I):
                continue  # of two facts in one sentence, each has its own clause
            return word[0] if word else ""
    return None


RESTATED = 0.6
"""The share of a condition's words that a sentence has where it says it in another form."""


def _is_restated(claim: Reading, theirs: str) -> bool:
    """Whether a sentence says what a condition says, without its word.

    “Each district, unless it can show a benefit” is “a district that cannot show a benefit”.
    """
    language = claim.language
    found = language.finds("conditions", theirs)
    if found is None:
        return False
    condition = stems(re.split(r"[,;:.](?=\s|$)", theirs[found.end() :])[0], language)
    told = shared(condition, claim.stems, language)
    return len(condition) >= 2 and told >= RESTATED * len(condition)


def _kinds(clause: Clause, claim: Reading, *, strict: bool, conditional: bool) -> Iterator[str]:
    """The kinds of limits that a clause may have dropped: it has no word of their like."""
    language, whole = claim.language, claim.text

    def has(*kinds: str, text: str = whole) -> bool:
        return any(language.finds(kind, text) for kind in kinds)

    softened = ("may", *(() if conditional else ("conditions",)), *(("wants",) if strict else ()))
    around = next((other.text for other in claim.clauses if clause.text in other.text), "")
    # “It holds possible that …”
    said = " ".join((around, *_quoted(whole)))
    if not has(*softened, text=said):
        yield "strong_may"
        # “The board said” reports a plan by other words than “wants to”; what the sender wants
        # is no plan of others.
        if not _wants_of_others(whole, language) and not has("says", text=clause.text):
            yield "wants"
    elif has("may", text=said) and not has(
        "may", text=language.patterns["weak_may"].sub(" ", said)
    ):
        yield "modal_may"  # “would” where the evidence has “could”
    if strict:
        return
    if not has("estimates", "may", "about", "nearly", "says", "according"):
        yield "estimates"
    if not has("some", "some_weak", "may"):
        yield "some"
    if not has("conditions", "may"):
        yield "conditions"


def _wants_of_others(text: str, language: Language) -> bool:
    """Whether a text says what others want: “we want” beside it is the sender's."""
    return any(
        not language.finds("we", " ".join((*text[: one.start()].split()[-1:],
                                           *text[one.end() :].split()[:1])))
        for one in language.all("wants", text)
    )  # fmt: skip


def _limits(kind: str, text: str, language: Language, ours: frozenset[str]) -> bool:
    """Whether a clause has a limit of a kind; what one cannot do is none.

    Nor is a “may” after a comma in a part of which the other clause (`ours`) says nothing.
    """
    found = language.finds(kind, text)
    if found is None or kind != "strong_may":
        return found is not None
    begin = text.rfind(",", 0, found.start()) + 1
    part = stems(text[begin:].split(",")[0], language)
    if begin and part and not shared(part, ours, language):
        return False
    return not _is_denied(found, text, language)


def _is_denied(word: re.Match[str], text: str, language: Language) -> bool:
    """Whether a “not” stands at a word; in German, where it stands far away, in its clause."""
    if language.code == "de" or language.finds("negators", word[0]):
        return denies(text, language) and not language.finds("negators", word[0])
    return denies(" ".join((*text[: word.start()].split()[-2:], word[0],
                            *text[word.end() :].split()[:2])), language)  # fmt: skip


def _quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quote_spans(text)]


_OF_THEM = re.compile(
    r"\s*(?:of\s+(?:them|these|those|which|whom)|davon|von\s+(?:ihnen|denen)|d'entre|de\s+(?:ell|est)[oa]s)\b",
    re.IGNORECASE,
)
OF_REACH = 24
"""The number of characters between a number and the one of which it is a part."""
_PART_OF = re.compile(
    r"\b(?:of|von|der|des|de)\s+(?:(?:the|den|die|les|las|los|its|their|our|ses|leurs|sus)\s+)?$",
    re.IGNORECASE,
)


def _all_for_part(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“All”, “nobody” or “none of them” where the evidence says of how many it holds."""
    language = claim.language
    for found in (*language.all("universals", claim.outside), *language.all("none", claim.outside)):
        clause = next((c for c in claim.clauses if found[0] in c.text), None)
        if clause is None or any(found[0] in w for w in _idle(clause.text, language)):
            continue
        if any(quantity.words in clause.text for quantity in claim.own_quantities):
            continue
        stated = [Evidence(one.fact, one.statement, one.quote) for one in evidence]
        for match, one in close_clauses(clause, stated, language, alike=0.5, both=0.25)[:1]:
            part = _part(read(match.clause.text, language.code))
            if part is not None and _unlimited(match.clause.text, language) is None:
                yield Difference("hedge-dropped", clause.text, match.clause.text, one.fact, part)
                return


_ALL_OF = re.compile(
    r"\b(?:none|not\s+(?:a\s+single\s+)?one|every\s+one|each|all|any)\s+of\s+(?:the|them|these|those|its|their)\b"
    r"|\b(?:alle[nr]?|keine[nrs]?|kein\s+einzige[rs]?|jede[rs]?)\s+(?:der|die|von\s+ihnen|dieser|befragten|geprüften|untersuchten)\b"
    r"|\b(?:tous|toutes|aucune?|chacune?)\s+(?:les|des|d'entre|de\s+ces)\b"
    r"|\b(?:tod[oa]s|ningun[oa]|cada\s+un[oa])\s+(?:l[oa]s|de)\b",
    re.IGNORECASE,
)


def _all_of_them(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“None of the eleven” where all that the evidence says is of how many of them it holds."""
    language, found = claim.language, _ALL_OF.search(claim.outside)
    if found is None or language.finds("not_all", claim.outside):
        return
    if any(_unlimited(r.text, language) or language.finds("none", r.text)
           for one in evidence for r in one.readings):  # fmt: skip
        return
    for one in evidence:
        part = _part(one.statement)
        if part is not None and not any(q.words == part for q in claim.quantities):
            words = claim.cut(*found.span())
            yield Difference("hedge-dropped", words, one.statement.text, one.fact, part)
            return


def _none_for_few(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“No pupil can swim” where the evidence has “few pupils can swim”."""
    language = claim.language
    for clause in claim.clauses:
        limits = ("few", "not_all", "almost", "some", "rest")
        text = language.patterns["negators"].sub(" ", clause.text)
        if not denies(clause.text, language) or any(language.finds(k, text) for k in limits):
            continue
        for match, one in close_clauses(clause, evidence, language, alike=0.5, both=0.4)[:1]:
            few = language.finds("few", match.clause.text)
            if few and not denies(match.clause.text, language):
                yield Difference("hedge-dropped", clause.text, match.clause.text, one.fact, few[0])
                return


_EVERY = re.compile(
    r"\b(?:every|each|all(?:\s+the)?|jede[rnms]?|alle|sämtliche|chaque|tou(?:s|tes)\s+les|cada|tod[oa]s\s+l[oa]s)\s+(?P<noun>[^\W\d_]{4,})",
    re.IGNORECASE,
)


def _every_one(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“On every account” where the evidence counts the accounts on which it is so."""
    language = claim.language
    for found in _EVERY.finditer(claim.outside):
        noun = language.stem(found["noun"])
        if any(noun in q.noun or q.noun == noun for q in claim.quantities if q.noun):
            continue
        if any(found[0] in idle for idle in _idle(claim.outside, language)):
            continue
        if any(language.finds("each", r.text) for one in evidence for r in one.readings):
            return
        for one in evidence:
            for quantity in one.statement.quantities:
                if quantity.kind == "count" and not quantity.unit and quantity.noun[:6] == noun[:6]:
                    words = claim.cut(*found.span())
                    theirs = one.statement.text
                    yield Difference("hedge-dropped", words, theirs, one.fact, quantity.words)
                    return


_EVERYBODY = re.compile(
    r"\b(?:all|everyone|everybody|none|nobody|no\s+one|alle|jede[rs]?|keine[rs]?|niemand|tous|toutes|aucune?"
    r"|tod[oa]s|ningun[oa]|nadie)\b(?!\s+(?:l[aeo]s\s+)?\d)",
    re.IGNORECASE,
)


def _all_of_counted(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“It asked 163 people: all say so”, where the evidence says it of 118 out of the 163."""
    found = _EVERYBODY.search(claim.outside)
    if found is None or any(found[0] in idle for idle in _idle(claim.outside, claim.language)):
        return
    if any(q.kind == "share" or q.unit == "percent" for q in claim.quantities):
        return  # the share of them is told beside
    own = {q.low for q in claim.own_quantities}
    for one in evidence:
        if any(_EVERYBODY.search(r.text) for r in one.said):
            continue
        for part, whole in whole_pairs([h for h in held_quantities([one]) if h.said]):
            if whole.quantity.low in own and part.quantity.low not in {
                q.low for q in claim.quantities
            }:
                words = claim.cut(*found.span())
                theirs = one.statement.text
                yield Difference("hedge-dropped", words, theirs, one.fact, part.quantity.words)
                return


def _idle(text: str, language: Language) -> list[str]:
    """The phrases of a text in which “all” or “every” says nothing of all."""
    return [m[0] for kind in ("not_universal", "not_all") for m in language.all(kind, text)]


def _whole_for_part(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“The stations” where the evidence says “three of the seven stations” or “57 percent”."""
    language = claim.language
    limits = ("some", "some_weak", "may", "negators")
    if claim.quantities or any(language.finds(kind, claim.text) for kind in limits):
        return
    for clause in claim.clauses:
        stated = [Evidence(one.fact, one.statement) for one in evidence]
        for match, one in close_clauses(clause, stated, language, alike=0.75, both=0.5)[:1]:
            part = _part(read(match.clause.text, language.code))
            if part is not None:
                yield Difference("hedge-dropped", clause.text, match.clause.text, one.fact, part)
                return


def _part(theirs: Reading | None) -> str | None:
    """The words of a clause that say of how many of all it holds."""
    if theirs is None:
        return None
    for quantity in theirs.quantities:
        before = theirs.text[: quantity.start]
        counted = quantity.kind == "count" and not quantity.unit
        counted = counted and any(  # “three of the seven”, and not “of the seven” alone
            0 < quantity.start - other.end <= OF_REACH for other in theirs.quantities
        )
        if quantity.kind == "share" or (counted and _PART_OF.search(before)):
            return quantity.words
        if quantity.kind == "count" and _OF_THEM.match(theirs.text, quantity.end):
            return quantity.words
        of = re.match(r"\s*(?:of|der|von|des|de)\b", theirs.text[quantity.end :], re.IGNORECASE)
        if quantity.unit == "percent" and of and quantity.kind == "count":
            return quantity.words
    return None


def _unlimited(text: str, language: Language) -> re.Match[str] | None:
    """The first “all” or “always” of a text that is no “almost all”."""
    for kind in ("universals", "frequent"):
        for found in language.all(kind, text):
            before = text[max(0, found.start() - 16) : found.start()]
            if not any(not before[m.end() :].strip() for m in language.all("almost", before)):
                return found
    return None


def _universal(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    language = claim.language
    text = claim.outside
    for found in (*language.all("not_universal", text), *language.all("not_all", text)):
        text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
    for start, end in known_totals(claim, evidence):
        text = text[:start] + " " * (end - start) + text[end:]
    ours = _unlimited(text, language)
    if ours is None or (
        language.finds("negators", ours[0])
        and any(language.finds("first_time", r.text) for one in evidence for r in one.readings)
    ):
        return  # “had never been there” is “for the first time”
    if any(
        (_unlimited(r.text, language) or language.finds("each", r.text))
        and not (r in one.passage and denies(r.text, language))
        for one in evidence
        for r in one.readings
    ):
        return
    clause = next((c for c in claim.clauses if ours[0] in c.text), None)
    if clause is None or language.finds("wishes", clause.text):
        return  # “nobody should have to” says of nobody that it is so
    before = clause.text[: clause.text.find(ours[0])]
    if denies(before, language) and any(
        language.finds("not_all", r.text) for one in evidence for r in one.said
    ):
        return  # “cannot explain all of it” is “not all of it can be explained”
    close = close_clauses(clause, evidence, language, alike=0.4, both=0.25)
    if close and not (
        language.finds("negators", ours[0])
        and denies(close[0][0].clause.text, language)
        and _part(read(close[0][0].clause.text, language.code)) is None
    ):
        match, one = close[0]
        yield Difference(
            "hedge-dropped",
            claim.cut(ours.start(), ours.end()),
            match.clause.text,
            one.fact,
            ours[0],
            ours.start(),
        )
