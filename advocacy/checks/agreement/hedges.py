"""The limits of what is said: may, some, up to, if; and all, always, where the evidence has none."""

from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import ALIKE, Difference, Evidence, close_clauses, denies
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language
from advocacy.checks.sentences import quote_spans


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
        close = close_clauses(clause, stated, language, alike=0.5, both=0.25)
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
                        "hedge-dropped",
                        clause.text,
                        match.clause.text,
                        one.fact,
                        word[0] if word else "",
                    )
                    told = True
                    break
        if told or strict:
            continue
        if not any(language.finds(kind, whole) for kind in ("some", "some_weak", "may")):
            if all(language.finds("some", m.clause.text) for m, _ in close) and match.ours >= ALIKE:
                word = language.finds("some", match.clause.text)
                yield Difference(
                    "hedge-dropped",
                    clause.text,
                    match.clause.text,
                    one.fact,
                    word[0] if word else "",
                )
                told = True
                continue
        if not any(language.finds(kind, whole) for kind in ("conditions", "may")):
            limits = [m for m, _ in close if language.finds("conditions", m.clause.text)]
            if len(limits) == len(close) and match.ours >= ALIKE:
                word = language.finds("conditions", match.clause.text)
                yield Difference(
                    "hedge-dropped",
                    clause.text,
                    match.clause.text,
                    one.fact,
                    word[0] if word else "",
                )
                told = True
    yield from _universal(claim, evidence)


def _limits(kind: str, text: str, language: Language) -> bool:
    """Whether a clause has a limit of a kind; what one cannot do is none."""
    return language.finds(kind, text) is not None and not (
        kind == "strong_may" and denies(text, language)
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
    close = close_clauses(clause, evidence, language, alike=0.4, both=0.25)
    if close and not (
        language.finds("negators", ours[0]) and denies(close[0][0].clause.text, language)
    ):
        match, one = close[0]
        yield Difference(
            "hedge-dropped",
            claim.cut(ours.start(), ours.end()),
            match.clause.text,
            one.fact,
            ours[0],
        )
