"""Names of German sentences, which writes nouns as it writes names, against what they cite."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.reading import Reading, matches
from advocacy.checks.language import CAPITAL, Language, bare


def noun_differences(
    claim: Reading, evidence: Sequence[Evidence], elsewhere: frozenset[str]
) -> Iterator[Difference]:
    """A German noun in the place of another, which the campaign knows from elsewhere.

    German writes names as it writes nouns: of two clauses that are the same but for a noun, the
    one with a noun of another fact or passage has the wrong one.
    """
    language = claim.language
    if language.code != "de":
        return
    for clause in claim.clauses:
        for one in evidence:
            for match in matches(clause, [c for r in one.said for c in r.clauses], language)[:1]:
                if match.ours < 0.6:
                    continue
                ours, theirs = _nouns(clause.text, language), _nouns(match.clause.text, language)
                measures = _measures(language)
                held = "\n".join(bare(r.text) for r in one.said) + bare(one.names)
                new = [
                    noun
                    for noun in ours
                    if bare(noun)[:6] not in held and not measures.fullmatch(noun)
                ]
                gone = [
                    noun
                    for noun in theirs
                    if bare(noun)[:6] not in bare(claim.text) and not measures.fullmatch(noun)
                ]
                for noun in new if len(new) <= 2 and gone else ():
                    if language.stem(noun)[:6] in elsewhere:
                        at = claim.text.find(noun, max(0, claim.text.find(clause.text)))
                        yield Difference(
                            "name-not-in-fact", clause.text, match.clause.text, one.fact, noun, at
                        )
                        return


@lru_cache(maxsize=8)
def _measures(language: Language) -> re.Pattern[str]:
    """Nouns of numbers, measures and times, which other rules compare."""
    words = [re.escape(word) for name in ("fractions", "multiples", "magnitudes", "units")
             for word in language.table(name)]  # fmt: skip
    words += language.table("vague")
    words += [*language.table("seasons").values(), *language.table("week").values()]
    words += [r"jan\w*", r"feb\w*", r"märz\w*", "april", "mai", "juni", "juli", "august", "oktober"]
    words += [r"\w+ember", r"prozent\w*", r"jahr\w*", "mehrheit", "minderheit"]
    return re.compile(rf"(?:{'|'.join(words)})(?:en|er|es|n|s|e)?", re.IGNORECASE)


_COUNTED = re.compile(
    r"(?:·|\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|viele|mehrere|einige))\s+$"
)


def without_counted(
    text: str, start: int, words: list[str], language: Language
) -> tuple[int, list[str]]:
    """German nouns without what is counted: “15 Stimmen Mehrheit”, “Hunderte Beschwerden”."""
    counted = _COUNTED.search(text[:start]) is not None
    while words and (counted or _measures(language).fullmatch(words[0])):
        start += len(words[0]) + 1
        words, counted = words[1:], False
    return start, words


_PLACE = re.compile(rf"\b(?:[Ii]n|[Aa]us|[Nn]ach|[Bb]ei|[Vv]on)\s+(?P<name>{CAPITAL})")


_STREET = re.compile(
    r"\b[A-ZÄÖÜ][a-zäöüß]+(?P<kind>straße|weg|platz|gasse|allee|brücke|ufer|berg|dorf|viertel|bach|see|park|schule)\b"
)


def place_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """A German place in the stead of another: in Rothfelde for in Rotmoor, another street."""
    if claim.language.code != "de":
        return
    for one in evidence:
        said = "\n".join((*(r.text for r in one.said), one.names))
        theirs = {found["name"] for found in _PLACE.finditer(one.statement.text)}
        gone = {name for name in theirs if name not in claim.text}
        for ours in _PLACE.finditer(claim.outside) if gone else ():
            if bare(ours["name"])[:5] not in bare(said) and not _is_common(ours["name"], gone):
                yield _otherwise(claim, ours, one)
                return
        streets = list(_STREET.finditer(one.statement.text))
        for ours in _STREET.finditer(claim.outside) if streets else ():
            alike = [s for s in streets if s["kind"] == ours["kind"] and s[0] not in claim.text]
            if alike and ours[0] not in said:
                yield _otherwise(claim, ours, one)
                return


def _is_common(name: str, others: set[str]) -> bool:
    """Whether a word is a plural or a common noun, which German writes as names: von Kindern."""
    return name.endswith(("en", "ern", "ungen", "heit", "keit")) != all(
        other.endswith(("en", "ern", "ungen", "heit", "keit")) for other in others
    )


def _otherwise(claim: Reading, ours: re.Match[str], one: Evidence) -> Difference:
    return Difference(
        "name-not-in-fact", claim.cut(*ours.span(), 12), one.statement.text, one.fact, ours[0]
    )


_YOURS = re.compile(rf"\bIhr(?:e[nmrs]?)?\s+(?:[a-zäöü]\w+\s+)?({CAPITAL})")


def _nouns(text: str, language: Language) -> list[str]:
    """The nouns of a text but its first word, and without what is the reader's: Ihr Unternehmen."""
    yours = {found[1] for found in _YOURS.finditer(text)}
    return [
        word
        for word in re.findall(rf"(?<![.!?„“] )(?<!^){CAPITAL}", text)
        if bare(word) not in language.stop and word not in yours
    ]
