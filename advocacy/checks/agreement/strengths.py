"""Words of a sentence that say more than what it cites: ordered for recommended, died for fell ill.

The words stand by scale in `strengths.toml`. A word counts where nothing of the evidence is as
strong; in some scales only where the evidence has a weaker word of the same scale.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.checks.agreement.evidence import Difference, Evidence, denies
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language, any_of
from advocacy.resources import read_table


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A fact and a sentence that show what a scale is for."""

    language: str
    fact: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Words that say much, by language, with those that say less and those that say as much."""

    name: str
    strong: Mapping[str, list[str]]
    example: SentencePair
    counter: SentencePair
    weak: Mapping[str, list[str]] = field(default_factory=dict)
    like: Mapping[str, list[str]] = field(default_factory=dict)
    by_denial: bool = False

    def found(self, kind: str, text: str, language: Language) -> re.Match[str] | None:
        """The first word of a kind (`strong`, `weak`, `like`) in a text."""
        words = getattr(self, kind).get(language.code, ())
        return any_of(tuple(words)).search(text) if words else None


@lru_cache(maxsize=1)
def scales() -> tuple[Scale, ...]:
    """All scales in the order of their file."""
    return tuple(
        Scale(**one | {key: SentencePair(**one[key]) for key in ("example", "counter")})
        for one in read_table("checks/strengths.toml")["scale"]
    )


_WORD = re.compile(r"[^\W\d_]+")
_LITERAL = re.compile(r"[^\W\d_]*")


@lru_cache(maxsize=8)
def _beginnings(language: Language) -> Mapping[str, tuple[Scale, ...]]:
    """The scales by how their strong words begin; under the empty text, those that must be tried.

    Most sentences have no such word, and the pattern of a scale is made for those that may.
    """
    found: dict[str, dict[str, Scale]] = {}
    for scale in scales():
        for word in scale.strong.get(language.code, ()):
            begins = re.match(r"(?:\(\?:?<[=!][^)]*\))?", word)
            literal = _LITERAL.match(word, begins.end() if begins else 0)
            text = literal[0] if literal else ""
            if literal and word[literal.end() : literal.end() + 1] in ("?", "*", "{"):
                text = text[:-1]
            found.setdefault(text[:BEGINNING].casefold(), {})[scale.name] = scale
    return {text: tuple(one.values()) for text, one in found.items()}


BEGINNING = 3
"""The number of letters by which a strong word is looked for before its pattern is made."""


def _possible(text: str, language: Language) -> tuple[Scale, ...]:
    """The scales of which a text may have a strong word, in the order of their file."""
    begins = _beginnings(language)
    names = {one.name for one in begins.get("", ())}
    for word in set(_WORD.findall(text.casefold())):
        for length in range(1, BEGINNING + 1):
            names.update(one.name for one in begins.get(word[:length], ()))
    return tuple(scale for scale in scales() if scale.name in names)


def strength_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Strong words that nothing of the evidence is as strong as; one is enough for a sentence."""
    language = claim.language
    for scale in _possible(claim.outside, language):
        word = scale.found("strong", claim.outside, language)
        if word is None or _is_not_meant(word, claim) or _is_held(scale, evidence):
            continue
        one = evidence[0]
        yield Difference(
            "hedge-dropped",
            claim.cut(word.start(), word.end()),
            one.statement.text,
            one.fact,
            word[0],
            word.start(),
        )
        return


# Within how many words a “not” may stand after the verb that it denies, by language.
_NOT_AFTER = {"de": 6, "fr": 2}


def says_more(ours: Reading, theirs: Reading) -> bool:
    """Whether a text has a strong word, and another text none like it."""
    return any(
        scale.found("strong", ours.text, ours.language)
        and not scale.found("strong", theirs.text, theirs.language)
        and not scale.found("like", theirs.text, theirs.language)
        for scale in _possible(ours.text, ours.language)
    )


def _is_not_meant(word: re.Match[str], claim: Reading) -> bool:
    """Whether a word is denied, or is the sender's own: “we demand”."""
    before = " ".join(claim.outside[: word.start()].split()[-4:])
    reach = _NOT_AFTER.get(claim.language.code, 0)
    after = re.split(r"[,;:.]\s", claim.outside[word.end() :])[0].split()[:reach]
    beside = " ".join((before, *after))
    own = claim.language.finds("negators", word[0]) is None
    return (own and denies(beside, claim.language)) or (
        claim.language.finds("we", before) is not None
    )


def _is_held(scale: Scale, evidence: Sequence[Evidence]) -> bool:
    """Whether some text of the evidence says as much, or none says less where a scale needs it."""
    texts = [(f"{r.text}\n{one.names}", r.language) for one in evidence for r in one.readings]
    for text, language in texts:
        strong = scale.found("strong", text, language)
        # “It does not require that” is not as much as “it requires that”.
        denied = strong and denies(" ".join(text[: strong.start()].split()[-3:]), language)
        if (strong and not denied) or scale.found("like", text, language):
            return True
        if scale.by_denial and denies(text, language):
            return True
    if not scale.weak:
        return False
    said = [reading for one in evidence for reading in one.said]
    return not any(scale.found("weak", r.text, r.language) for r in said)
