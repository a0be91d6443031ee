"""People, bodies and places of a sentence against what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from advocacy.checks.agreement.days import days
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.german_names import without_counted
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import CAPITAL, Language, bare
from advocacy.checks.patterns import pattern, words

# A German noun has a capital, too; letters of other languages and of short names tell a name.
_FOREIGN = re.compile(r"[éèêñçåøáíóú]|^[A-ZÄÖÜ]{3,}$")
_NAME = re.compile(
    rf"{CAPITAL}(?:(?:\s+(?:of|the|de|la|le|les|del|des|du|los|las|y|et|für|von|der|d'|and|&))*\s+{CAPITAL})*"
)
PART = re.compile(r"[^\W\d_]{2,}")
_LINKS = frozenset(
    "of the de la le les del des du los las y et fur von der and el l d in im".split()
)


HONORIFICS = frozenset(
    bare(word)[:5]
    for word in "herr frau herrn professor professorin doktor mr mrs ms madame monsieur mme señor "
    "señora don doña sir lady councillor senator representative cllr cllrs cr hon rev sen rep gov "
    "capt sgt insp supt prof dr dra dres sr sra sres st ste lic ing mme mlle me mx dipl med".split()
)
_WEEKDAYS = frozenset(
    word[:5]
    for word in "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch "
    "donnerstag freitag samstag sonntag".split()
)
_OF_LAWS = frozenset(
    word[:5]
    for word in "section act article title chapter bill law rule regulation directive code "
    "constitution convention gdpr ley constitucion codigo gesetz grundgesetz loi".split()
)


@dataclass(frozen=True)
class Parties:
    """Whom a letter may name without a source: the target and people there, and the sender."""

    target: str
    """Names of the target organization and of the addressee."""
    own: str
    """Names of the sender, cosigners, signatories; the letter's title."""
    others: tuple[tuple[str, ...], ...] = ()
    """The forms of each name of the target and of the precedents."""

    def known_as(self, text: str) -> frozenset[str]:
        """The parts of all forms of a name of which a text has one."""
        return frozenset[str]().union(
            *(
                name_parts(" ".join(forms))
                for forms in self.others
                if any(form in text for form in forms)
            )
        )

    @cached_property
    def target_stems(self) -> frozenset[str]:
        """The parts of the target's names."""
        return name_parts(self.target)

    @cached_property
    def own_stems(self) -> frozenset[str]:
        """The parts of the sender's names."""
        return name_parts(self.own)


def name_parts(text: str) -> frozenset[str]:
    """The first letters of each part of a name, without accents: what is compared."""
    return frozenset(bare(word)[:5] for word in PART.findall(text) if bare(word) not in _LINKS)


def name_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Names that the evidence does not have."""
    language = claim.language
    held = frozenset[str]().union(*(_said_name_parts(one) for one in evidence))
    near = nearest(evidence, claim.stems)
    text = re.sub(r"\b(?:GBP|EUR|USD|CHF)\b", "   ", claim.outside)
    spans = [(one.start, one.end) for one in days(text, language)]
    spans += claim.addresses
    for start, end in (*spans, *((one.start, one.end) for one in claim.own_quantities)):
        text = text[:start] + "·" * (end - start) + text[end:]  # names do not reach over
    said = "\n".join(
        "\n".join((*(r.text for r in one.said), one.names)) for one in (*evidence, *beside)
    )
    aliases = parties.known_as(said)
    yield from _swapped_subject(claim, near, said, parties)
    speaking = language.finds("says", text) is not None or claim.outside != claim.text
    for name, start in _names(text, language):
        parts = name_parts(name)
        known = held | parties.own_stems | (frozenset() if speaking else parties.target_stems)
        known |= _organization(parties) | aliases
        unknown = {bare(word)[:5] for word in PART.findall(name) if _other_name(word, said)}
        unknown |= parts - known - _OF_LAWS - HONORIFICS - _WEEKDAYS
        if unknown and _abbreviated(name, said):
            continue
        if unknown and (len(unknown) == len(parts) or len(unknown) * 2 >= len(parts)):
            yield Difference(
                "name-not-in-fact",
                claim.cut(start, start + len(name), 12),
                near.statement.text,
                near.fact,
                name,
                start,
            )
            return


def _other_name(name: str, said: str) -> bool:
    """Whether a text has only other names that begin like one: Valdeluna for Valdeoro."""
    word = bare(name)
    alike = [
        other for other in map(bare, re.findall(CAPITAL, said)) if other[:5] == word[:5]
    ] if len(word) > 6 else []  # fmt: skip
    return bool(alike) and all(_go_on_otherwise(word, other) for other in alike)


def _go_on_otherwise(one: str, other: str) -> bool:
    """Whether two words differ by more than an ending: Bridgeport, Bridgewater."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return min(len(one), len(other)) - sum(1 for _ in alike) >= 3


def _swapped_subject(
    claim: Reading, near: Evidence, said: str, parties: Parties
) -> Iterator[Difference]:
    """The target as the subject of a number that the fact gives of another organization."""
    subject = re.match(rf"\s*({CAPITAL})", claim.outside)
    if subject is None or not name_parts(subject[1]) & _organization(parties):
        return
    numbers = {quantity.low for quantity in near.statement.quantities}
    if subject[1] not in said and any(q.low in numbers for q in claim.quantities):
        what = claim.cut(subject.start(1), subject.end(1), 12)
        yield Difference("name-not-in-fact", what, near.statement.text, near.fact, subject[1])


def _abbreviated(name: str, said: str) -> bool:
    """Whether a name is the long or the short form of one in a text: United Kingdom, UK."""
    initials = "".join(word[0] for word in re.findall(CAPITAL, name))
    if len(initials) >= 2 and re.search(rf"\b{initials}\b|\b{'.'.join(initials)}\.", said):
        return True
    short = re.fullmatch(r"\(?([A-Z]{2,6})\)?", name)
    if short is None:
        return False
    names = _NAME.findall(said)
    return any(
        "".join(word[0] for word in re.findall(CAPITAL, other)).endswith(short[1])
        for other in names
    )


def _organization(parties: Parties) -> frozenset[str]:
    return name_parts(parties.target.split("\n")[0])


def _said_name_parts(one: Evidence) -> frozenset[str]:
    return name_parts("\n".join((*(r.text for r in one.said), one.names)))


def _names(text: str, language: Language) -> Iterator[tuple[str, int]]:
    """The proper names of a text; in German, where nouns have capitals, those of two words."""
    first = re.match(r"[\s\"“„«(¿¡*]*", text)
    begin = first.end() if first else 0
    for found in _NAME.finditer(text):
        name, start = found[0], found.start()
        words = name.split()
        sentence_start = start == begin or re.search(
            r"[.:;!?]\s*[\"“„«]?\s*$|[\"“„«]\s*$", text[:start]
        )
        if sentence_start:
            while words and bare(words[0].split("'")[0]) in language.stop | {
                "the",
                "la",
                "le",
                "los",
            }:
                start += len(words[0]) + 1
                words = words[1:]
            if len(words) < 2 and start == found.start():
                continue  # the capital of a sentence's first word names nobody
        elif words and bare(words[0]) in language.stop:
            words = words[1:]
        if language.code == "de":
            start, words = without_counted(text, start, words, language)
            run = [w for w in words if w[:1].isupper()]
            if len(words) == 1 and _FOREIGN.search(words[0]):
                yield words[0], start
                continue
            if len(run) < 2 or not re.search(rf"{CAPITAL}\s+{CAPITAL}", " ".join(words)):
                continue
        if words:
            yield " ".join(words), start


# Bodies that stand for one another: a bill is introduced in a house, and so in Congress.
_KIN = tuple(
    frozenset(word[:5] for word in words.split())
    for words in (
        "congress house senate representatives capitol",
        "parliament house commons lords",
        "bundestag parlament abgeordnete",
        "parlement assemblee senat",
        "parlamento congreso senado",
        "police department officers sheriff",
        "court judge tribunal",
        "mairie maire commune ville conseil",
        "ayuntamiento alcalde alcaldesa pleno municipio",
        "gemeinde rat stadt burgermeister",
    )
)


def body_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Bodies (a court, a ministry) that act in a sentence, where the evidence has other ones."""
    language = claim.language
    ours = language.all("bodies", claim.outside)
    if not ours:
        return
    known = frozenset[str]().union(*(_said_name_parts(one) for one in (*evidence, *beside)))
    known |= parties.target_stems | parties.own_stems
    theirs = [m[0] for one in evidence for r in one.said for m in language.all("bodies", r.text)]
    theirs += [m[0] for one in evidence for m in language.all("bodies", one.names)]
    if not theirs:
        return
    for found in ours:
        part = bare(found[0])[:5]
        if part in known or (language.code == "de" and not found[0][:1].isupper()):
            continue
        if any(part in kin and kin & known for kin in _KIN):
            continue
        if language.code == "de" and any(
            part in bare(r.text) for o in evidence for r in o.readings
        ):
            continue
        near = nearest(evidence, claim.stems)
        yield Difference(
            "name-not-in-fact",
            claim.cut(found.start(), found.end(), 12),
            near.statement.text,
            near.fact,
            found[0],
        )
        return


def short_forms(name: str) -> list[str]:
    """`Microsoft Corporation` and Microsoft; Amazon Web Services, AWS and Amazon."""
    forms = [name]
    bare_name = name
    while (shorter := pattern("legal_form").sub("", bare_name)) != bare_name and shorter:
        bare_name = shorter
        forms.append(bare_name)
    parts = bare_name.split()
    capitals = [part[0] for part in parts if part[0].isupper()]
    if len(capitals) >= 3:
        forms.append("".join(capitals))
    first = parts[0]
    if len(parts) > 1 and first.casefold() not in words("generic") and len(first) > 2:
        forms.append(first)
    return list(dict.fromkeys(forms))
