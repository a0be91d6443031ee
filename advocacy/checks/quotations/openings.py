"""What a quotation leaves out before its first word: who says it, or a limit of what is said.

“Critics say that we will close the beach” may not become “we will close the beach”, nor “may
contain up to 40 percent more” become “40 percent more”, unless the letter says so beside it.
"""

import re
from dataclasses import dataclass

from advocacy.campaign.facts import Speaker
from advocacy.checks.language import Language, bare

NEAR = 6
"""The number of words between a “may” and the quoted words that it still limits."""
_CLAUSE = re.compile(
    r"[;:.]\s|,\s*(?:and|but|or|und|aber|oder|et|mais|ou|y|pero|o)\s", re.IGNORECASE
)
_THAT = re.compile(r"[\s,]*(?:that|dass|que|qu')?[\s,]*$", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:most|many|few|half|(?:a )?part|(?:a )?handful|parts) of(?: the| our| its)?$",
    re.IGNORECASE,
)
_BELIEVES = re.compile(
    r"\b(?:believes?|believed|thinks?|thought|fears?|feared|suspects?|suspected|alleges?|alleged"
    r"|glaub\w+|mein(?:t|en|te|ten)|fürcht\w+|befürcht\w+|vermut\w+"
    r"|croi(?:t|ent)|pens(?:e|ent)|craign\w+|craint|prétend\w*"
    r"|cre(?:e|en|ían?)|piensan?|temen?|sospechan?)\b",
    re.IGNORECASE,
)
# Who speaks is the one quoted, or was named before.
_SELF = re.compile(
    r"\b(?:i|we|he|she|it|they|you|my|our|ich|wir|er|sie|es|man|mein\w*|unser\w*|je|j'|nous|il|elle|ils|elles"
    r"|on|mon|ma|notre|nos|yo|nosotr[oa]s|él|ella|ellos|ellas|mi|nuestr\w+)\b",
    re.IGNORECASE,
)
# “A taxi can be called” is no hedge.
_ABLE = re.compile(r"can|kann|können|peut|peuvent|puede|pueden", re.IGNORECASE)
_LIMITS = ("max", "min", "some")
_SOFTENS = (
    "max", "min", "some", "some_weak", "few", "may", "strong_may", "modal_may", "nearly",
    "conditions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """What was left out of a quotation, and the word in it that changes the meaning."""

    hidden: str
    word: str
    what: str
    before: bool = False
    """Whether it stands before the quoted words, where a letter may say it itself."""


def opening_cut(
    left: str, words: str, outside: str, speaker: Speaker | None, language: Language
) -> Cut | None:
    """What a sentence says before the words that are quoted, where the letter does not say it.

    `left` is what the quoted sentence has before the `words`, `outside` the letter's own words.
    """
    left = left.strip(" '")
    clause = _CLAUSE.split(left)[-1].strip()
    if not clause:
        return None
    return _reporter(clause, outside, speaker, language) or _limit(
        clause, f"{outside} {words}", language
    )


def _reporter(clause: str, outside: str, speaker: Speaker | None, language: Language) -> Cut | None:
    """Who says what is quoted, by the quoted sentence itself: “Critics say that …”."""
    says = [*language.all("says", clause), *_BELIEVES.finditer(clause)]
    last = max(says, key=re.Match.end, default=None)
    if last is None or not _THAT.fullmatch(clause[last.end() :]):
        return None
    subject = clause[: last.start()].strip()
    if not subject or _SELF.search(subject) or language.finds("documents", subject):
        return None
    names = "\n".join(filter(None, (speaker.name, speaker.organization))) if speaker else ""
    if _parts(names) & _parts(subject):
        return None
    told = {language.stem(word) for word in re.findall(r"[^\W\d_]{4,}", outside)}
    if any(language.stem(word) in told for word in re.findall(r"[^\W\d_]{4,}", subject)):
        return None
    return Cut(clause, subject.split()[-1], "who says so", before=True)


def _parts(names: str) -> set[str]:
    """The longer words of names, without inflection."""
    return {bare(word)[:5] for word in re.findall(r"[^\W\d_]{3,}", names)}


def _limit(clause: str, told: str, language: Language) -> Cut | None:
    """A limit just before the quoted words, or a “may” in their clause.

    What is `told` may have one of its own: “possible if there were two more guards”.
    """
    if any(language.finds(kind, told) for kind in _SOFTENS):
        return None
    for kind in _LIMITS:
        for found in language.all(kind, clause):
            if len(clause[found.end() :].split()) <= 1:
                return Cut(clause, found[0], "a limit", before=True)
    if share := _SHARE.search(clause):
        return Cut(clause, share[0], "a limit", before=True)
    hedges = [m for m in language.all("strong_may", clause) if not _ABLE.fullmatch(m[0])]
    may = next(reversed(hedges), None)
    if may and len(clause[may.end() :].split()) <= NEAR:
        return Cut(clause, may[0], "a hedge", before=True)
    return None
