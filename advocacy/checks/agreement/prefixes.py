"""Words that a prefix turns into their opposite: paid and unpaid, geprüft and ungeprüft.

Where one text has a word, and nearly the same clause of the other has that word with a prefix
that denies it, the two contradict each other, unless one of them has a “not”, too.
"""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import Difference, Evidence, close_clauses, denies
from advocacy.checks.agreement.reading import LENGTH, Clause, Reading
from advocacy.checks.language import Language

_LATIN = r"(?:in(?!form|vers|ten[st])|im(?!port|prov|press|prim)|il|ir)(?=\w{6})"
"""Before shorter words these prefixes deny too seldom: income, impose, inside."""
_PREFIXES = {
    "en": r"un(?!der|ion|it|iversi|iqu|less)(?=\w{4})|non-|mis(?=trust|manag|treat)"
    r"|dis(?=connect|trust|approv|agree|allow|satisf|advantag|continu|obey|honest|like)"
    rf"|{_LATIN}",
    # Nouns such as “Unfall” deny nothing, and begin with a capital.
    "de": r"un(?!ter|gefähr|bedingt|s|d\b|geachtet)(?=\w{4})",
    "fr": rf"dés(?=approuv|avantag|intéress)|mé(?=content)|{_LATIN}",
    "es": rf"des(?=aprob|acon|conect|confi|favorabl|ocup|proteg|cont)|{_LATIN}",
}
_DENIED = {
    code: re.compile(
        rf"(?<!\w)(?P<prefix>{prefix})(?P<base>\w+)",
        re.NOFLAG if code == "de" else re.IGNORECASE,
    )
    for code, prefix in _PREFIXES.items()
}
ALIKE, BOTH = 0.4, 0.25
"""How much of each other's words two clauses have of which only one has the prefix."""


def prefix_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Words that one side has with a prefix that denies them, and the other without it."""
    language = claim.language
    own = _denied(claim.outside, language)
    theirs = {base for one in evidence for r in one.said for base in _denied(r.text, language)}
    if not own and not theirs:
        return
    for clause in claim.clauses:
        for match, one in close_clauses(clause, evidence, language, ALIKE, BOTH)[:1]:
            turned = _turned(clause, match.clause, language)
            if turned is not None and turned in own | theirs:
                yield Difference("negation-differs", clause.text, match.clause.text, one.fact)
                return


def _turned(ours: Clause, theirs: Clause, language: Language) -> str | None:
    """The word that exactly one of two clauses has with a prefix, and the other without it."""
    if denies(ours.text, language) != denies(theirs.text, language):
        return None
    for denying, plain in ((ours, theirs), (theirs, ours)):
        said = _words(plain.text, language)
        for base in _denied(denying.text, language) - _denied(plain.text, language):
            if base in said and base not in _words(denying.text, language):
                return base
    return None


def _denied(text: str, language: Language) -> frozenset[str]:
    """The stems of the words of a text that have such a prefix, without it."""
    found = _DENIED[language.code].finditer(text)
    return frozenset(language.stem(one["base"])[:LENGTH] for one in found)


def _words(text: str, language: Language) -> frozenset[str]:
    return frozenset(language.stem(word)[:LENGTH] for word in re.findall(r"[^\W\d_]{4,}", text))
