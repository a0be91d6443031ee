"""Groups of people in a sentence, where what it cites speaks of another group.

A survey of parents says nothing of teachers, and a nurse is no mayor. A group is told only where it
stands in the place of another: the evidence names one that the sentence does not name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.reading import Reading, shared
from advocacy.checks.language import Language, any_of

ALIKE = 0.4
"""The share of a sentence's content words that a fact must have for its groups to be compared."""
# “People” are any group; a sentence that narrows them to one says more than its evidence.
_ANY = {
    "en": ["people", "persons?", "respondents?", "adults?"],
    "de": ["menschen", "personen", "befragte\\w*", "erwachsene\\w*"],
    "fr": ["personnes?", "gens", "adultes?"],
    "es": ["personas?", "gente", "adult[oa]s"],
}


def people_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence] = ()
) -> Iterator[Difference]:
    """A group of people that the evidence does not name, in the place of one that it does."""
    language = claim.language
    ours = groups(claim.outside, language)
    if not ours:
        return
    near = nearest(evidence, claim.stems)
    if shared(claim.stems, near.stems, language) < ALIKE * len(claim.stems):
        return
    held = frozenset[str]().union(
        *(groups("\n".join((r.text, one.names)), r.language).keys()
          for one in evidence for r in one.readings),
        *(groups(r.text, r.language).keys() for one in beside for r in one.said),
    )  # fmt: skip
    theirs = groups(near.statement.text, language)
    gone = [
        name for name in theirs if name not in ours and name not in groups(claim.text, language)
    ]
    everybody = any_of(_ANY[language.code]).search(near.statement.text)
    anybody = any_of(_ANY[language.code]).search(claim.text)
    new = [name for name in ours if name not in held]
    if new and (gone or (everybody and not anybody)):
        start, word = ours[new[0]]
        yield Difference(
            "name-not-in-fact",
            claim.cut(start, start + len(word), 12),
            near.statement.text,
            near.fact,
            word,
        )


def groups(text: str, language: Language) -> Mapping[str, tuple[int, str]]:
    """The groups of people that a text names, each with the place and the word of its first."""
    found: dict[str, tuple[int, str]] = {}
    for match in _every(language).finditer(text):
        found.setdefault(str(match.lastgroup), (match.start(), match[0]))
    return found


@lru_cache(maxsize=8)
def _every(language: Language) -> re.Pattern[str]:
    parts = (
        f"(?P<{name}>{'|'.join(word.replace(' ', chr(92) + 's+') for word in words)})"
        for name, words in language.table("people").items()
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
