"""People, bodies and places of a sentence against what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile

from advocacy.checks.agreement.days import days
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.reading import Reading, matches
from advocacy.checks.language import Language, bare
from advocacy.checks.patterns import pattern, words

_LABEL = re.compile(r"\b([^\W\d_]{3,}) ([A-HJ-Z])\b(?!\.)")
# A German noun has a capital, too; letters of other languages and of short names tell a name.
_FOREIGN = re.compile(r"[éèêñçåøáíóú]|^[A-ZÄÖÜ]{3,}$")
CAPITAL = r"[A-ZÄÖÜÁÉÍÓÚÑÀÈÇÊÎ][\w'’-]+"
_NAME = re.compile(
    rf"{CAPITAL}(?:(?:\s+(?:of|the|de|la|le|les|del|des|du|los|las|y|et|für|von|der|d'|and|&))*\s+{CAPITAL})*"
)
PART = re.compile(r"[^\W\d_]{2,}")
_LINKS = frozenset(
    "of the de la le les del des du los las y et fur von der and el l d in im".split()
)


_HONORIFICS = frozenset(
    bare(word)[:5]
    for word in "herr frau herrn professor professorin doktor mr mrs ms madame monsieur mme señor "
    "señora don doña sir lady councillor senator representative".split()
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
        unknown |= parts - known - _OF_LAWS - _HONORIFICS - _WEEKDAYS
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
            run = [w for w in words if w[:1].isupper()]
            if len(words) == 1 and _FOREIGN.search(words[0]):
                yield words[0], start
                continue
            if len(run) < 2 or not re.search(rf"{CAPITAL}\s+{CAPITAL}", " ".join(words)):
                continue
        if words:
            yield " ".join(words), start


def label_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Courtroom D where the evidence has Courtroom B: one thing by another letter."""
    for ours in _LABEL.finditer(claim.outside):
        others = [
            (one, reading, theirs)
            for one in evidence
            for reading in one.readings
            for theirs in _LABEL.finditer(reading.text)
            if bare(theirs[1]) == bare(ours[1])
        ]
        if others and all(theirs[2] != ours[2] for _, _, theirs in others):
            one, reading, theirs = others[0]
            yield Difference(
                "name-not-in-fact",
                claim.cut(*ours.span(), 12),
                reading.cut(*theirs.span()),
                one.fact,
                ours[0],
            )
            return


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
                        yield Difference(
                            "name-not-in-fact", clause.text, match.clause.text, one.fact, noun
                        )
                        return


@lru_cache(maxsize=8)
def _measures(language: Language) -> re.Pattern[str]:
    """Nouns of numbers, measures and times, which other rules compare."""
    words = [re.escape(word) for name in ("fractions", "multiples", "magnitudes", "units")
             for word in language.table(name)]  # fmt: skip
    words += [*language.table("seasons").values(), *language.table("week").values()]
    words += [r"jan\w*", r"feb\w*", r"märz\w*", "april", "mai", "juni", "juli", "august", "oktober"]
    words += [r"\w+ember", r"prozent\w*", r"jahr\w*", "mehrheit", "minderheit"]
    return re.compile(rf"(?:{'|'.join(words)})(?:en|er|es|n|s|e)?", re.IGNORECASE)


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
