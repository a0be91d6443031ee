"""The limits of what is said: may, some, up to, if; and all, always, without the evidence's."""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import ALIKE, Difference, Evidence, close_clauses, denies
from advocacy.checks.agreement.reading import Clause, Match, Reading, read, shared, stems
from advocacy.checks.agreement.strengths import strength_differences
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
        close = close_clauses(clause, stated, language, alike=0.5, both=0.25)
        word = _dropped(clause, claim, [match for match, _ in close], strict=strict)
        if word is not None:
            match, one = close[0]
            yield Difference("hedge-dropped", clause.text, match.clause.text, one.fact, word)
            break  # one clause is enough for a sentence
    if not strict:
        yield from _whole_for_part(claim, evidence)
        yield from strength_differences(claim, evidence)
    yield from _universal(claim, evidence)


def _dropped(clause: Clause, claim: Reading, close: Sequence[Match], *, strict: bool) -> str | None:
    """The first limit that all clauses close to one have, and it has not; None for no such."""
    if not close:
        return None
    language = claim.language
    theirs = close[0].clause.text
    for kind in _kinds(clause, claim, strict=strict):
        if kind in ("some", "conditions") and close[0].ours < ALIKE:
            continue
        if all(_limits(kind, match.clause.text, language, clause.stems) for match in close):
            word = language.finds(kind, theirs)
            return word[0] if word else ""
    return None


def _kinds(clause: Clause, claim: Reading, *, strict: bool) -> Iterator[str]:
    """The kinds of limits that a clause may have dropped: it has no word of their like."""
    language, whole = claim.language, claim.text

    def has(*kinds: str, text: str = whole) -> bool:
        return any(language.finds(kind, text) for kind in kinds)

    softened = ("may", "conditions", *(("wants",) if strict else ()))
    around = next((other.text for other in claim.clauses if clause.text in other.text), "")
    said = " ".join((around, *_quoted(whole)))  # “it holds possible that …”
    if not has(*softened, text=said):
        yield "strong_may"
        # “The board said” reports a plan by other words than “wants to”.
        if not has("wants") and not has("says", text=clause.text):
            yield "wants"
    elif has("may", text=said) and not has(
        "may", text=language.patterns["weak_may"].sub(" ", said)
    ):
        yield "modal_may"  # “would” where the evidence has “could”
    if strict:
        return
    if not has("some", "some_weak", "may"):
        yield "some"
    if not has("conditions", "may"):
        yield "conditions"


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


_PART_OF = re.compile(
    r"\b(?:of|von|der|des|de)\s+(?:(?:the|den|die|les|las|los|its|their|our|ses|leurs|sus)\s+)?$",
    re.IGNORECASE,
)


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
        if quantity.kind == "share" or (counted and _PART_OF.search(before)):
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
    ours = _unlimited(text, language)
    if ours is None or any(
        _unlimited(r.text, language) and not (r in one.passage and denies(r.text, language))
        for one in evidence
        for r in one.readings
    ):
        return
    clause = next((c for c in claim.clauses if ours[0] in c.text), None)
    if clause is None:
        return
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
