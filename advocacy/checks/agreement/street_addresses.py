"""Street addresses of a sentence against those of what it cites.

The number of a house counts nothing, so it is no quantity. Where the evidence has addresses itself,
one of a sentence has to be among them: “the fire at 12 Elm Court” was not at number 14.
"""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.names import Parties
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language, bare

_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+")
# Kinds of streets, in full and abbreviated, which do not tell one street from another.
_KINDS = re.compile(
    r"(?:street|str|road|avenue|ave|avda|lane|court|place|drive|blvd|boulevard|highway|hwy"
    r"|rue|quai|chemin|impasse|allée|route|calle|avenida|plaza|paseo|camino|carretera"
    r"|bis|ter|des|del|las|los|the|núm|número)",
    re.IGNORECASE,
)


def address_differences(
    claim: Reading, evidence: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Addresses that the evidence does not have, where it has others; the sender's may stand."""
    if not claim.addresses:
        return
    language = claim.language
    held = [
        (found, one.fact, reading)
        for one in evidence
        for reading in one.readings
        for found in reading.addresses
    ]
    own = parties.own.splitlines()
    for start, end in claim.addresses if held else ():
        words = claim.text[start:end]
        others = [reading.text[first:last] for (first, last), _, reading in held]
        if any(_is_same(words, other, language) for other in (*others, *own)):
            continue
        (first, last), fact, reading = held[0]
        ours, theirs = claim.cut(start, end), reading.cut(first, last)
        yield Difference("figure-not-in-fact", ours, theirs, fact, at=start)


def _is_same(one: str, other: str, language: Language) -> bool:
    """Whether two addresses have one number, and a word of the street if both name it."""
    number, second = _NUMBER.search(one), _NUMBER.search(other)
    if number is None or second is None or number[0] != second[0]:
        return False
    ours, theirs = _street(one, language), _street(other, language)
    return not ours or not theirs or bool(ours & theirs)


def _street(address: str, language: Language) -> frozenset[str]:
    """The stems of the words that tell a street from others, as far as they are compared."""
    words = (word for word in _WORD.findall(address) if not _KINDS.fullmatch(word))
    return frozenset(bare(language.stem(word))[:5] for word in words)
