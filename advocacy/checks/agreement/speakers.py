"""Who says or finds something in a sentence, against who does in what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from advocacy.checks.agreement.days import blank
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.names import PART, Parties, name_parts
from advocacy.checks.agreement.reading import Reading, matches, read
from advocacy.checks.language import CAPITAL, Language, bare

SHORT = 8
"""The number of words up to which words are a name with what goes before and after it."""
_PIECE = re.compile(r"[;:()“”„«»\"—–]")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says something, as a text has it: the words, and the reader or the sender."""

    words: str
    stems: frozenset[str]
    you: bool
    we: bool


def attributions(
    text: str, language: Language, known: frozenset[str] = frozenset()
) -> list[Attribution]:
    """Whom a text names as the one who says, finds or asks something.

    A paper or report is nobody, unless part of its name is among `known`.
    """
    found = []
    for match in language.all("according", text):
        rest = re.split(r"[,;:()“”„«»\"]", text[match.end() :])[0]
        found.append(" ".join(rest.split()[:5]))
    for match in language.all("says", text):
        before = _PIECE.split(text[: match.start()])[-1]
        words = _after_link(before.split(), language)[-24:]
        if language.finds("passive", before) is not None:
            found += _agents(text[match.end() :], before, language)
            continue  # “the closure was announced by the council”: the closure says nothing
        german = language.code == "de"
        if german and _promises(text, match):
            continue
        if german and _NO_SUBJECT.match(" ".join(words)):
            words = []
        after_comma = before.rstrip().endswith((",", "·"))
        inserted = _INSERTED.match(text[match.end() :])
        turned = language.code == "en" and match[0].casefold() not in _TO_WHOM
        if after_comma and (inserted or (turned and _THE.match(text, match.end()))):
            words = []  # “…, écrit la chambre, …”, “…, said the director”
        found.append(" ".join(words))
        after = _PIECE.split(text[match.end() :])[0].split(",")[0].split()
        if german:
            after = list(takewhile(lambda word: not _NO_SUBJECT.match(word), after))
        if after and (german or not words):
            found.append(" ".join(after[:5]))
    return [a for words in found if (a := _attribution(words, language, known))]


def _agents(after: str, before: str, language: Language) -> Iterator[str]:
    """Whom a passive names as the one who acts: “announced by the council”; nobody, mostly."""
    sides = (before, after) if language.code == "de" else (after,)  # vom Rat angekündigt
    for side in sides:
        rest = _PIECE.split(side)[-1 if side is before else 0]
        for by in language.all("by_agent", rest)[:1]:
            yield " ".join(rest[by.end() :].split(",")[0].split()[:5])


_TO_WHOM = frozenset("told tell tells".split())
_THE = re.compile(rf"\s+(?:(?:the|a|an|its|their)\s|{CAPITAL})")
# “Am 5. Oktober sagte das Land …”: in German what stands before the verb need not say it.
_NO_SUBJECT = re.compile(
    r"\W*(?:am|im|in|an|bei|vor|nach|seit|den|dem|einen|einem|mit|zu[mr]?|fast|etwa|rund|jede[nmrs]?|an|auf|über|unter"
    r"|für|gegen|ohne|durch|um|wegen|trotz|während|laut|dort|hier|danach|dabei|daher|so|außerdem|zudem)\b",
    re.IGNORECASE,
)


_INSERTED = re.compile(
    r"\s+(?:la|le|les|el|los|las)\s+[^\W\d]+(?:\s+[^\W\d]+){0,3}\s*[,.]|\s+l'[^\W\d]+\s*[,.]",
    re.IGNORECASE,
)


def _promises(text: str, says: re.Match[str]) -> bool:
    """Whether the verb is “sagte … zu”: somebody promised, and said nothing."""
    rest = re.split(r"[.;:]", text[says.end() :])[0]
    return says[0].casefold().startswith("sagt") and re.search(r"\bzu(?=,|\s*$)", rest) is not None


def _after_link(words: list[str], language: Language) -> list[str]:
    """The words after the last conjunction: those of the subject."""
    for number in range(len(words) - 1, -1, -1):
        if bare(words[number]) in _RELATIVE:
            continue
        if language.finds("split", words[number]) or bare(words[number]) in (
            "dass",
            "que",
            "that",
            "als",
            "as",
            "sur",
        ):
            return words[number + 1 :]
    return words


# In German an article is a pronoun, too.
_ARTICLE = re.compile(r"^\W*(?:der|die|das|den|dem|ein|eine[rnm]?)\s+(?=[A-ZÄÖÜ])")
_RELATIVE = frozenset(
    "who which dont lequel laquelle welche welcher cuyo cuya y et and und".split()
)


def _attribution(words: str, language: Language, known: frozenset[str]) -> Attribution | None:
    you = language.finds("you", words) is not None
    we = language.finds("we", words) is not None
    own = {bare(word)[:5] for word in re.findall(CAPITAL, words)}
    named_by = _ARTICLE.sub("", words) if language.code == "de" else words
    first = named_by.split(",")[0]  # “the report, which the county asked for,”
    written = (
        language.finds("documents", first) and "," in named_by and not name_parts(first) & known
    )
    documents = language.finds("documents", named_by) is not None and not own & known
    documents = documents or bool(written)
    stems = frozenset(
        bare(word)[:5]
        for word in PART.findall(words)
        if len(word) > 2 and bare(word) not in language.stop and not language.finds("says", word)
    )
    named = bool(re.search(rf"{CAPITAL}", words)) or language.finds("bodies", words) is not None
    if we or (documents and not you) or not (you or (stems and named)):
        return None
    return Attribution(words, stems, you, we)


def speaker_differences(
    claim: Reading, evidence: Sequence[Evidence], parties: Parties
) -> Iterator[Difference]:
    """Somebody who is said to say what, by the evidence, another said; one is enough."""
    if not evidence:
        return
    near = nearest(evidence, claim.stems)
    target = parties.target_stems
    for one in attributions(blank(claim.outside, claim.own_days), claim.language):
        if _is_counted(one, claim):
            continue
        if one.you and not (one.stems - target):
            shown = _other_than_you(claim, one, near, evidence, parties)
        elif one.you:
            continue
        else:
            shown = _other_than_named(claim, one, near, evidence, target)
        if shown is not None:
            # “… and we wrote to you in May”: to whom somebody writes says nothing.
            sure = (
                (one.you and not _is_unclear(one, claim))
                or (is_plain_name(one.words) and _is_named(one, claim, shown))
            ) and not _in_copy(one, evidence)
            yield Difference("speaker-differs", one.words, shown, near.fact, sure=sure)
            return


_TITLE = r"(?:Mrs?|Ms|Dr|Prof|Sr|Sra|Mme|M|Herr|Frau|Señora?|Madame|Monsieur|Don|Doña)\.?\s+"
_PARTICLE = r"(?:\s+(?:of|for|the|and|de|des|du|d'|del|la|las|los|el|le|les|y|et|von|der|für|und))*"
_PLAIN = re.compile(
    rf"^\W*(?:(?:the|a|an|its|their|your|der|die|das|la|le|les|el|los|las|l')\s*)?"
    rf"(?:[a-zà-ÿ-]+,?\s+){{0,2}}?"
    rf"(?:{_TITLE}{CAPITAL}|{CAPITAL}(?:{_PARTICLE}\s+{CAPITAL})+|[A-ZÄÖÜ]{{2,}})"
    rf"|^\W*{CAPITAL}\W*$"
)
_POSSESSIVE = re.compile(
    r"^\W*(?:his|her|its|their|our|my|sein\w*|ihr\w*|unser\w*|mein\w*|son|sa|ses|leurs?|notre|su|sus|nuestr\w+)\b",
    re.IGNORECASE,
)


def is_plain_name(words: str) -> bool:
    """Whether words begin with the full name of a person or a body, or its abbreviation.

    “Sein Urteil” and “preside la sociedad de Montesanto” are none.
    """
    return _PLAIN.match(words) is not None and not _POSSESSIVE.match(words)


def _is_unclear(one: Attribution, claim: Reading) -> bool:
    """Whether “you” may be another: a dative, or a German “Sie” that begins its sentence."""
    german = claim.language.code == "de" and claim.text.lstrip(' "„»').startswith("Sie ")
    return german or _DATIVE.match(one.words) is not None


_DATIVE = re.compile(r"\W*(?:ihnen|euch|dir|to\s+you)\b", re.IGNORECASE)


def _in_copy(one: Attribution, evidence: Sequence[Evidence]) -> bool:
    """Whether the kept copy has a person's whole name: the fact may leave out who said it."""
    names = re.findall(rf"{CAPITAL}\s+{CAPITAL}", one.words)
    copies = [r.text for e in evidence for part in e.source for r in part]
    return bool(names) and any(name in text for name in names for text in copies)


def _is_counted(one: Attribution, claim: Reading) -> bool:
    """Whether somebody is only counted: half of them, three in five, most parents said."""
    language = claim.language
    words = read(one.words, language.code)
    counted = words is not None and bool(words.quantities)
    counted = counted or any(language.finds(k, one.words) for k in ("some", "some_weak", "each"))
    return counted and not one.you and len(re.findall(CAPITAL, one.words[1:])) < 2


def _is_named(one: Attribution, claim: Reading, theirs: str) -> bool:
    """Whether words name a person or a body, and no role: “the administration”, “die Vorlage”."""
    language = claim.language
    short = len(theirs.split()) <= SHORT  # a name, and no statement
    if short and language.finds("bodies", one.words) and language.finds("bodies", theirs):
        return True
    if language.code == "de":  # writes nouns as it writes names
        return re.search(rf"{CAPITAL}\s+{CAPITAL}|\b[A-ZÄÖÜ]{{2,}}\b", one.words) is not None
    inside = one.words[1:] if claim.text.startswith(one.words[:1]) else one.words
    return re.search(CAPITAL, inside) is not None


def _other_than_you(
    claim: Reading,
    one: Attribution,
    near: Evidence,
    evidence: Sequence[Evidence],
    parties: Parties,
) -> str | None:
    """Who speaks in the evidence where the letter says that its reader did."""
    if any(_is_target(e, parties) for e in evidence):
        return _other_speaker(claim, one, near, claim.language, parties.target_stems)
    return _speaker(near, claim.language) or near.who.split("\n")[0] or near.statement.text


def _other_than_named(
    claim: Reading,
    one: Attribution,
    near: Evidence,
    evidence: Sequence[Evidence],
    target: frozenset[str],
) -> str | None:
    """Who speaks in the evidence where the letter names somebody else."""
    language = claim.language
    everything = frozenset[str]().union(
        *(name_parts("\n".join((*(r.text for r in e.said), e.names))) for e in evidence)
    )
    if language.code == "de" and _in_compound(one.words, evidence):
        return None
    bodies = {bare(m[0])[:5] for m in language.all("bodies", one.words)}
    if one.stems and not one.stems & everything:
        # The capital of a sentence's first word names nobody.
        inside = one.words[1:] if claim.text.startswith(one.words[:1]) else one.words
        if not bodies and not re.search(CAPITAL, inside):
            return None
        return _speaker(near, language) or near.statement.text
    if bodies and not bodies & everything and not bodies & target:
        return near.statement.text
    return _other_speaker(claim, one, near, language, target) or None


def _in_compound(words: str, evidence: Sequence[Evidence]) -> bool:
    """Whether a German compound of the evidence has a name in it: Landesrechnungshof."""
    said = bare(" ".join("\n".join((*(r.text for r in e.said), e.names)) for e in evidence))
    return any(bare(word) in said for word in re.findall(CAPITAL, words) if len(word) > 5)


def _speaker(near: Evidence, language: Language) -> str | None:
    """The first whom a fact names as the one who says something."""
    return next((a.words for r in near.said for a in attributions(r.text, language)), None)


def _is_target(one: Evidence, parties: Parties) -> bool:
    """Whether the target, or somebody there, says what a fact has: by name or as its author."""
    target = parties.target_stems
    if _within(name_parts(one.who), target):
        return True
    theirs = [a for r in one.said for a in attributions(r.text, one.language)]
    if theirs:
        return any(_within(a.stems, target) or a.we for a in theirs)
    return _within(name_parts(one.statement.text), target)


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
        if _says_there(one, match.clause.text, language):
            return None
        names = name_parts(near.names)
        if ours & names and not one.you:
            return None
        if one.you and names & target:
            return None
        return theirs[0].words
    return None


def _says_there(one: Attribution, text: str, language: Language) -> bool:
    """Whether a full name stands before the word for saying in a text, too."""
    names = re.findall(rf"{CAPITAL}\s+{CAPITAL}", one.words)
    says = language.finds("says", text)
    return says is not None and any(name in text[: says.start()] for name in names)
