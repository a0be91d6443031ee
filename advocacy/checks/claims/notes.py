"""How far a note reaches: what of a sentence, or of its neighbor, the cited facts speak of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advocacy.checks.agreement.dates import day_differences
from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.known_quantities import Held, held_quantities
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.negation import negation_differences
from advocacy.checks.agreement.numbers import number_differences, verdict_of
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, read, shared, stems
from advocacy.checks.agreement.replaced import is_worked_out
from advocacy.checks.claims.clause_rules import has_rules, is_own, rule_claim, strong_claim
from advocacy.checks.claims.rules import Names, find_claim
from advocacy.checks.language import language_of
from advocacy.checks.sentences import Sentence, TextBlock
from advocacy.letters.letter import Letter

WORDS = 4
"""The minimum number of words of a clause after the last note."""
NEAR = 0.34
"""A sentence belongs to its neighbor's note if it shares this much of its words with the fact."""
FEW = 12
"""A bare number up to this is only known where a fact counts the same things."""
COUNTED = ("a figure", "a date", "a percentage", "an amount", "when it happened")
"""What a claim states that is compared with facts number by number."""
CHARGE = "a serious accusation"
KNOWN = 0.6
"""A fact that shares this much with a heading or an ask, and its numbers, supports it."""
HIDDEN = 0.2
"""A clause after a note that shares less than this with the cited fact makes a new claim."""


def _quoted(what: str) -> str:
    return what[what.find("“") + 1 : what.rfind("”")]


def _told(text: str, names: Names, language: str) -> str | None:
    """What words without a note state, but for numbers and days: those are compared with facts."""
    found = language_of(language)
    if found is None or found.finds("topics", text):
        return None
    what = find_claim(text, names, language)
    return None if what and what.startswith(("a figure", "a date", "a percentage")) else what


def _months_to(day: StatedDay, written: date) -> float:
    """How many months a letter is written after a day; -1 where the day has no year or month."""
    if day.year is None or day.month is None:
        return -1
    return (written.year - day.year) * 12 + written.month - day.month


def _is_told(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a fact has a number; a small one must count the same things there."""
    few = ours.kind == "count" and not ours.unit and ours.low <= FEW
    held = [one for one in held if one.said and (not few or one.quantity.noun == ours.noun)]
    return verdict_of(ours, held, claim) != "unknown"


@dataclass(slots=True)
class Notes:
    """Whether facts speak of what stands beside their notes."""

    library: Library

    def recalled(self, letter: Letter, text: str, names: Names | None = None) -> str | None:
        """What a heading or an ask claims by the way that no fact of the letter says.

        With `names`, a heading is judged as a sentence is, but for its numbers and days, which
        are compared with the facts. Of an ask, what follows its first relative word is judged.
        """
        if len(text.split()) <= 2:
            return None
        what = strong_claim(text, letter.language)
        if what is None and names is not None and not self.known(letter, text, ""):
            what = _told(text, names, letter.language)
        return None if what and self.known(letter, text, what) else what

    def told_in_ask(self, letter: Letter, text: str, names: Names) -> str | None:
        """What an ask says of what is, after “which”, “as” or “since”, that no fact says."""
        language = language_of(letter.language)
        begins = language.finds("factual", text) if language else None
        if begins is None or language is None or language.finds("counted", text[: begins.start()]):
            return None
        tail = text[begins.end() :].strip(" ,.;")
        if len(tail.split()) < WORDS:
            return None
        what = _told(tail[:1].upper() + tail[1:] + ".", names, letter.language)
        return None if what and self.known(letter, tail, what) else what

    def beside(
        self, letter: Letter, sentence: Sentence, text: str, after: Sequence[Sentence]
    ) -> str | None:
        """What a sentence claims that hides behind the next one's note."""
        if sentence.text.endswith(":"):
            return strong_claim(text, letter.language)
        if self.covered(letter, sentence, after) or not has_rules(letter.language):
            return None
        what = rule_claim(text, letter.language)
        return None if what and self.has_numbers(letter, sentence, after) else what

    def after(self, block: TextBlock, index: int) -> str:
        """The words of a cited sentence after its last note, without quotations."""
        start = block.starts[index]
        end = block.starts[index + 1] if index + 1 < len(block.starts) else len(block.text)
        marks = [at for at, _ in block.marks if start < at < end]
        if not marks:
            return ""
        return block.text[max(marks) : end].strip(" ,;.:–—\"'“”„«»)")

    def hidden(self, letter: Letter, sentence: Sentence, text: str) -> str | None:
        """What a clause after a note claims that the cited facts do not speak of."""
        language = language_of(letter.language)
        if language and any(language.finds(kind, text) for kind in ("wishes", "invites")):
            return None
        if len(text.split()) < WORDS or is_own(
            re.sub(r"^\W*(?:and|but|und|aber|et|mais|y|pero)\s+", "", text), letter.language
        ):
            return None
        evidence = self._of(letter, [sentence])
        return (
            None
            if self._share(letter, text, evidence) >= HIDDEN
            else f"a new claim after the note (“{text}”)"
        )

    def covered(self, letter: Letter, sentence: Sentence, beside: Sequence[Sentence]) -> bool:
        """Whether the next sentence's note is one for this sentence, too."""
        evidence = self._of(letter, beside)
        return not evidence or self._share(letter, sentence.text, evidence) >= NEAR

    def has_numbers(self, letter: Letter, sentence: Sentence, beside: Sequence[Sentence]) -> bool:
        """Whether the next sentence's facts have every number of a sentence that has some."""
        claim = read(sentence.text, letter.language)
        if claim is None or not (claim.own_quantities or claim.own_days):
            return False
        evidence = self._of(letter, beside)
        found = [*number_differences(claim, evidence), *day_differences(claim, evidence)]
        return not found

    def repeats(self, letter: Letter, text: str, block: TextBlock) -> bool:
        """Whether every number of a sentence is cited in its paragraph, or follows from those."""
        claim = read(text, letter.language)
        if claim is None or not (claim.own_quantities or claim.own_days):
            return False
        near = self._of(letter, block.sentences)
        told = [day for one in near for r in one.said for day in r.days]
        spans = {_months_to(day, letter.date) for day in told}
        if any(not any(day.agrees(other) for other in told) for day in claim.own_days):
            return False
        held = list(held_quantities(near))
        return all(
            _is_told(one, held, claim)
            or is_worked_out(one, held, claim)
            or (one.unit == "month" and bool({one.low - 1, one.low, one.low + 1} & spans))
            for one in claim.own_quantities
        )

    def known(self, letter: Letter, text: str, what: str) -> bool:
        """Whether some fact of the letter says what a heading or a clause of an ask recalls.

        `what` quotes the words that need a source; a charge must be in the fact itself.
        """
        evidence = self.library.all_of(letter.facts, letter.language)
        reading = read(text, letter.language)
        if reading is None:
            return True
        return any(
            self._share(letter, text, [one]) >= KNOWN
            and not any(number_differences(reading, [one]))
            and not any(negation_differences(reading, [one]))
            and (not what.startswith(CHARGE) or self._share(letter, _quoted(what), [one]) == 1)
            for one in evidence
        )

    def _of(self, letter: Letter, sentences: Sequence[Sentence]) -> list[Evidence]:
        facts = [f for s in sentences for mark in s.cites for f in letter.cites[mark].facts]
        return self.library.all_of(facts, letter.language)

    def _share(self, letter: Letter, text: str, evidence: Sequence[Evidence]) -> float:
        language = language_of(letter.language)
        if language is None:
            return 1
        own = stems(text, language)
        held = frozenset[str]().union(*(one.stems for one in evidence))
        return shared(own, held, language) / len(own) if own else 1
