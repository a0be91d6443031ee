"""People, bodies and places of a sentence, and who speaks in it, against what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from advocacy.checks.agreement.days import blank, days
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.language import Language, bare
from advocacy.checks.agreement.reading import Reading, matches

_CAPITAL = r"[A-ZÄÖÜÁÉÍÓÚÑÀÈÇÊÎ][\w'’-]+"
_NAME = re.compile(rf"{_CAPITAL}(?:(?:\s+(?:of|the|de|la|le|les|del|des|du|los|las|y|et|für|von|der|d'|and|&))*\s+{_CAPITAL})*")
_PART = re.compile(r"[^\W\d_]{2,}")
_LINKS = frozenset("of the de la le les del des du los las y et fur von der and el l d in im".split())


@dataclass(frozen=True)
class Parties:
    """Whom a letter may name without a source: the target and people there, and the sender."""

    target: str
    """Names of the organization that is written to and of the addressee."""
    own: str
    """Names of the sender, cosigners, signatories; the letter's title."""
    others: tuple[tuple[str, ...], ...] = ()
    """The forms of the names of the target and of those named as precedents, each."""

    def known_as(self, text: str) -> frozenset[str]:
        """The parts of all forms of a name of which a text has one."""
        return frozenset[str]().union(
            *(_parts(" ".join(forms)) for forms in self.others if any(form in text for form in forms))
        )

    @cached_property
    def target_stems(self) -> frozenset[str]:
        return _parts(self.target)

    @cached_property
    def own_stems(self) -> frozenset[str]:
        return _parts(self.own)


def _parts(text: str) -> frozenset[str]:
    return frozenset(bare(word)[:5] for word in _PART.findall(text) if bare(word) not in _LINKS)


def name_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Names that the evidence does not have."""
    language = claim.language
    held = frozenset[str]().union(*(_said_parts(one) for one in evidence))
    near = nearest(evidence, claim.stems)
    text = re.sub(r"\b(?:GBP|EUR|USD|CHF)\b", "   ", claim.outside)
    for day in days(text, language):
        text = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    said = "\n".join("\n".join((*(r.text for r in one.said), one.names)) for one in (*evidence, *beside))
    aliases = parties.known_as(said)
    speaking = language.finds("says", text) is not None or claim.outside != claim.text
    for name, start in _names(text, language):
        parts = _parts(name)
        known = held | parties.own_stems | (frozenset() if speaking else parties.target_stems)
        known |= _organization(parties) | aliases
        unknown = {part for part in parts if part not in known}
        if unknown and _abbreviated(name, said):
            continue
        if unknown and (len(unknown) == len(parts) or len(unknown) * 2 >= len(parts)):
            yield Difference("name-not-in-fact", claim.cut(start, start + len(name), 12), near.statement.text, near.fact, name)
            return


def _abbreviated(name: str, said: str) -> bool:
    """Whether a name is the long or the short form of one in a text: United Kingdom, UK."""
    initials = "".join(word[0] for word in re.findall(_CAPITAL, name))
    if len(initials) >= 2 and re.search(rf"\b{initials}\b|\b{'.'.join(initials)}\.", said):
        return True
    short = re.fullmatch(r"\(?([A-Z]{2,6})\)?", name)
    if short is None:
        return False
    names = _NAME.findall(said)
    return any(
        "".join(word[0] for word in re.findall(_CAPITAL, other)).endswith(short[1]) for other in names
    )


def _organization(parties: Parties) -> frozenset[str]:
    return _parts(parties.target.split("\n")[0])


def _said_parts(one: Evidence) -> frozenset[str]:
    return _parts("\n".join((*(r.text for r in one.said), one.names)))


def _names(text: str, language: Language) -> Iterator[tuple[str, int]]:
    """The proper names of a text; in German, where nouns have capitals, those of two words."""
    first = re.match(r"[\s\"“„«(¿¡*]*", text)
    begin = first.end() if first else 0
    for found in _NAME.finditer(text):
        name, start = found[0], found.start()
        words = name.split()
        sentence_start = start == begin or re.search(r"[.:;!?]\s*[\"“„«]?\s*$|[\"“„«]\s*$", text[:start])
        if sentence_start:
            while words and bare(words[0].split("'")[0]) in language.stop | {"the", "la", "le", "los"}:
                start += len(words[0]) + 1
                words = words[1:]
            if len(words) < 2 or (len(words) > 1 and language.code != "de" and not words[1][:1].isupper()):
                if len(words) < 2:
                    continue
        elif words and bare(words[0]) in language.stop:
            words = words[1:]
        if language.code == "de":
            run = [w for w in words if w[:1].isupper()]
            if len(run) < 2 or not re.search(rf"{_CAPITAL}\s+{_CAPITAL}", " ".join(words)):
                continue
        if words and language.finds("functions_", " ".join(words)) is None:
            yield " ".join(words), start


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
                held = "\n".join(bare(r.text) for r in one.said) + bare(one.names)
                new = [noun for noun in ours if bare(noun)[:6] not in held]
                gone = [noun for noun in theirs if bare(noun)[:6] not in bare(claim.text)]
                for noun in new if len(new) <= 2 and gone else ():
                    if language.stem(noun)[:6] in elsewhere:
                        yield Difference("name-not-in-fact", clause.text, match.clause.text, one.fact, noun)
                        return


def _nouns(text: str, language: Language) -> list[str]:
    return [
        word
        for word in re.findall(rf"(?<![.!?„“] )(?<!^){_CAPITAL}", text)
        if bare(word) not in language.stop
    ]


# --- who speaks ----------------------------------------------------------------------------------

_PIECE = re.compile(r"[;:()“”„«»\"—–]")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says something, as a text has it: the words, and the reader or the sender."""

    words: str
    stems: frozenset[str]
    you: bool
    we: bool


def attributions(text: str, language: Language) -> list[Attribution]:
    """Whom a text names as the one who says, finds or asks something."""
    found = []
    for match in language.all("according", text):
        rest = re.split(r"[,;:()“”„«»\"]", text[match.end() :])[0]
        found.append(" ".join(rest.split()[:5]))
    for match in language.all("says", text):
        before = _PIECE.split(text[: match.start()])[-1]
        words = _after_link(before.split(), language)[-24:]
        found.append(" ".join(words))
        after = _PIECE.split(text[match.end() :])[0].split(",")[0].split()
        if after and (language.code == "de" or not words):
            found.append(" ".join(after[:5]))
    return [a for words in found if (a := _attribution(words, language))]


def _after_link(words: list[str], language: Language) -> list[str]:
    """The words after the last conjunction: those of the subject."""
    for number in range(len(words) - 1, -1, -1):
        if bare(words[number]) in _RELATIVE:
            continue
        if language.finds("split", words[number]) or bare(words[number]) in ("dass", "que", "that", "als", "as", "sur"):
            return words[number + 1 :]
    return words


_RELATIVE = frozenset("who which dont lequel laquelle welche welcher cuyo cuya y et and und".split())


def _attribution(words: str, language: Language) -> Attribution | None:
    you = language.finds("you", words) is not None
    we = language.finds("we", words) is not None
    documents = language.finds("documents", words) is not None
    stems = frozenset(
        bare(word)[:5]
        for word in _PART.findall(words)
        if len(word) > 2 and bare(word) not in language.stop and not language.finds("says", word)
    )
    named = bool(re.search(rf"{_CAPITAL}", words)) or language.finds("bodies", words) is not None
    if we or (documents and not you) or not (you or (stems and named)):
        return None
    return Attribution(words, stems, you, we)


def speaker_differences(
    claim: Reading, evidence: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Somebody who is said to say what, by the evidence, another said."""
    language = claim.language
    if not evidence:
        return
    ours = attributions(blank(claim.outside, claim.own_days), language)
    target = parties.target_stems
    for one in ours:
        near = nearest(evidence, claim.stems)
        text = "\n".join((*(r.text for r in near.said), near.names))
        parts = _parts(text)
        if one.you and not (one.stems - target):
            if not any(_is_target(e, parties) for e in evidence):
                theirs = [a for r in near.said for a in attributions(r.text, language)]
                shown = theirs[0].words if theirs else near.who.split("\n")[0] or near.statement.text
                yield Difference("speaker-differs", one.words, shown, near.fact)
                return
            other = _other_speaker(claim, one, near, language, target)
            if other is not None:
                yield Difference("speaker-differs", one.words, other, near.fact)
                return
            continue
        if one.you:
            continue
        everything = parts.union(*(_parts("\n".join((*(r.text for r in e.said), e.names))) for e in evidence))
        named = one.stems
        bodies = {bare(m[0])[:5] for m in language.all("bodies", one.words)}
        if named and not named & everything:
            named_inside = one.words[1:] if claim.text.startswith(one.words[:1]) else one.words
            if not bodies and not re.search(_CAPITAL, named_inside):
                continue
            theirs = [a for r in near.said for a in attributions(r.text, language)]
            shown = theirs[0].words if theirs else near.statement.text
            yield Difference("speaker-differs", one.words, shown, near.fact)
            return
        if bodies and not bodies & everything and not bodies & target:
            yield Difference("speaker-differs", one.words, near.statement.text, near.fact)
            return
        other = _other_speaker(claim, one, near, language, target)
        if other:
            yield Difference("speaker-differs", one.words, other, near.fact)
            return


def _is_target(one: Evidence, parties: Parties) -> bool:
    """Whether the target, or somebody there, says what a fact has: by name or as its author."""
    target = parties.target_stems
    if _within(_parts(one.who), target):
        return True
    theirs = [a for r in one.said for a in attributions(r.text, one.language)]
    if theirs:
        return any(_within(a.stems, target) or a.we for a in theirs)
    return _within(_parts(one.statement.text), target)


def _within(parts: frozenset[str], target: frozenset[str]) -> bool:
    return bool(parts & target)


def _other_speaker(
    claim: Reading, one: Attribution, near: Evidence, language: Language, target: frozenset[str]
) -> str | None:
    """Who says the same in the evidence's clause, where it is somebody else."""
    clause = next((c for c in claim.clauses if one.words in c.text), None)
    if clause is None:
        return None
    for match in matches(clause, near.statement.clauses, language)[:1]:
        if match.ours < 0.5:
            return None
        theirs = attributions(match.clause.text, language)
        if not theirs:
            return None
        ours = one.stems | (target if one.you else frozenset())
        if any(a.stems & ours or a.you or (a.stems & target and one.you) for a in theirs):
            return None
        names = _parts(near.names)
        if ours & names and not one.you:
            return None
        if one.you and names & target:
            return None
        return theirs[0].words
    return None


# Bodies that stand for one another: a bill is introduced in a house, and so in Congress.
_KIN = tuple(
    frozenset(word[:5] for word in words.split())
    for words in (
        "congress house senate representatives capitol", "parliament house commons lords",
        "bundestag parlament abgeordnete", "parlement assemblee senat", "parlamento congreso senado",
        "police department officers sheriff", "court judge tribunal",
        "mairie maire commune ville conseil", "ayuntamiento alcalde alcaldesa pleno municipio",
        "gemeinde rat stadt burgermeister",
    )
)  # fmt: skip


def body_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Bodies (a court, a ministry) that act in a sentence, where the evidence has other ones."""
    language = claim.language
    known = frozenset[str]().union(*(_said_parts(one) for one in (*evidence, *beside)))
    known |= parties.target_stems | parties.own_stems
    theirs = [m[0] for one in evidence for r in one.said for m in language.all("bodies", r.text)]
    theirs += [m[0] for one in evidence for m in language.all("bodies", one.names)]
    if not theirs:
        return
    for found in language.all("bodies", claim.outside):
        part = bare(found[0])[:5]
        if part in known or (language.code == "de" and not found[0][:1].isupper()):
            continue
        if any(part in kin and kin & known for kin in _KIN):
            continue
        if language.code == "de" and any(part in bare(r.text) for o in evidence for r in o.readings):
            continue
        near = nearest(evidence, claim.stems)
        yield Difference("name-not-in-fact", claim.cut(found.start(), found.end(), 12), near.statement.text, near.fact, found[0])
        return
