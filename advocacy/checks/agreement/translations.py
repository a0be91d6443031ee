"""The quotations of facts against their translations: numbers, and whether something is denied."""

from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import denies
from advocacy.checks.agreement.library import language_of_text
from advocacy.checks.agreement.reading import Reading, cut, read
from advocacy.checks.codes import problem
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact


def translation_problems(facts: Sequence[CitedFact], otherwise: str) -> Iterator[Problem]:
    """Translations that have other numbers than their original, or deny what it does not.

    `otherwise` is the language of a quotation that tells none. Languages without a list of words
    are not compared.
    """
    for cited in facts:
        quote = cited.fact.quote
        if not quote or not cited.fact.translations:
            continue
        original = read(quote, language_of_text(quote, cited.source, otherwise))
        for code, translation in cited.fact.translations.items():
            translated = read(translation.text, code)
            if original is None or translated is None:
                continue
            difference = _number(original, translated) or _denial(original, translated)
            if difference:
                yield problem(
                    "translation-differs",
                    f"The translation of the quote of `{cited.id}` into `{code}` {difference}.",
                    "Compare the translation with the original.",
                    cited.fact.place("translations", code),
                )


SMALL = 12
"""Up to this number, numbers in words can be parts of other words: once, five-year, zweimal."""


def _number(original: Reading, translated: Reading) -> str | None:
    """A number or a day that one of the two texts has."""
    for text, other, whose in (
        (translated, original, "has {words}, which the original does not have"),
        (original, translated, "lacks {words}, which the original has"),
    ):
        held = {round(q.low, 6) for q in other.quantities}
        spans = [
            (q.start, q.end)
            for q in text.quantities
            if round(q.low, 6) not in held
            and (q.low > SMALL or any(char.isdigit() for char in text.text[q.start : q.end]))
        ]
        spans += [
            (day.start, day.end)
            for day in text.days
            if not any(day.agrees(one) for one in other.days)
        ]
        if spans:
            return whose.format(words=f"“{cut(text.text, *spans[0], 12)}”")
    return None


def _denial(original: Reading, translated: Reading) -> str | None:
    ours, theirs = (denies(r.text, r.language) for r in (translated, original))
    if ours == theirs:
        return None
    who = "has a negation that is not in the original" if ours else "lacks the original's negation"
    return f"{who}: “{original.text}”"
