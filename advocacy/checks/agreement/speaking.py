"""Who speaks in a quotation, as a letter has it, against who does by the fact's `speaker`.

The words of reported speech are the publication's: under the name of the one whose speech is
reported they stand in quotation marks as what nobody said.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.names import name_parts, short_forms
from advocacy.checks.agreement.naming import heading_above, named_beside, says_she
from advocacy.checks.agreement.speakers import SHORT, Attribution, attributions, is_plain_name
from advocacy.checks.codes import problem
from advocacy.checks.language import CAPITAL, Language, bare, language_of
from advocacy.checks.patterns import words
from advocacy.checks.quotations.quoted import texts_of
from advocacy.checks.quotations.verbatim import is_verbatim
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts, quote_spans, shorten
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact, Letter

_NAME = rf"(?:(?:the|der|die|das|den|dem|la|le|les|el|los|las)\s+)?{CAPITAL}(?:\s+{CAPITAL}){{0,4}}"
_LEADS = re.compile(rf"^\W*(?P<name>{_NAME}(?:\s+\([^()]{{2,60}}\))?)\s*:\s*[\"“„«»‘‚]?$")
"""Only a name and a colon before a quotation: “Widget Works: …”."""
_THAT = re.compile(r"\b(?:that|dass|que|qu')\s*|,\s+(?=(?:die|der|das|man)\b)", re.IGNORECASE)
_OF = r"(?:of|from|with|at|for|von|vom|der|des|beim|bei|für|de|du|d'|del|chez|pour|para)"
LONG = 4
"""The length up to which a word for a document is a pronoun, mostly."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation in a sentence, the fact whose words it has, and whom the sentence names."""

    words: str
    fact: CitedFact
    named: tuple[Attribution, ...]
    lead: str = ""
    """The words before it in its sentence, or in the sentence before, up to a colon."""
    outside: str = ""
    """The sentence without what is quoted in it."""


def speaker_problems(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report quotations that a body gives to another speaker, and speakers of another body."""
    language = language_of(letter.language)
    if language is None or not any(one.fact.speaker for one in letter.facts):
        return
    names = _Names.of(letter, campaign)
    before: Sentence | None = None
    for number, block in enumerate(blocks):
        heading = heading_above(blocks, number)
        for index, sentence in enumerate(block.sentences):
            near = cited_facts(letter, block.sentences[index : index + 2])
            after = next(iter(block.sentences[index + 1 : index + 2]), None)
            for found in _quotations(sentence, before, block, near, language, names.known):
                quoted = found
                if not found.named or says_she(found.lead, language):
                    beside = named_beside(found.lead, before, after, language)
                    above = beside or attributions(heading, language, names.known)
                    quoted = replace(found, named=tuple(above) or found.named)
                if wrong := names.wrong(quoted, language):
                    yield _wrong_speaker(quoted, *wrong, sentence)
            for fact in cited_facts(letter, [sentence]):
                if body := names.wrong_organization(fact, _outside(sentence.text)):
                    yield _wrong_organization(fact, body, sentence)
            before = sentence


def _outside(text: str) -> str:
    """A text with the insides of its quotations blanked out."""
    for start, end in quote_spans(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text.replace("’", "'")


def _quotations(
    sentence: Sentence,
    before: Sentence | None,
    block: TextBlock,
    near: Sequence[CitedFact],
    language: Language,
    known_names: frozenset[str],
) -> Iterator[Quoted]:
    """The quotations of a sentence whose speaker is known, with those whom it names."""
    spans = quote_spans(sentence.text)
    if not spans and block.kind == "quote":
        spans = [(0, len(sentence.text))]
    known = [one for one in near if one.fact.speaker]
    for start, end in spans:
        said = sentence.text[start:end]
        has = (one for one in known if any(is_verbatim(said, t) for t in texts_of(one)))
        fact = next(has, None) if len(said.split()) >= 3 else None
        if fact is not None:
            outside = _outside(sentence.text) if len(spans) * len(said) < len(sentence.text) else ""
            named = _named(outside, start, language, known_names)
            if not named and before is not None and before.text.endswith(":"):
                named = _named(before.text, len(before.text), language, known_names)
            lead = outside[:start]
            yield Quoted(said, fact, named, lead, outside)


def _named(
    outside: str, at: int, language: Language, known: frozenset[str]
) -> tuple[Attribution, ...]:
    """Whom a sentence names as the one who says something."""
    found = attributions(outside, language, known)
    leads = _LEADS.search(outside[:at])
    if leads and not found and bare(leads["name"].split()[0]) not in language.stop:
        found = [Attribution(leads["name"], name_parts(leads["name"]), you=False, we=False)]
    return tuple(found)


_PRONOUN = re.compile(
    r"\W*(?:(?:as|and|but|or|in\s+\w+|wie|und|so|comme|et|como|y)\s+)?"
    r"(?:he|she|they|it|er|sie|es|elle|ils?|elles|on|él|ella|ellos|ellas)\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of those who may speak: the target, and all that a campaign knows."""

    target: frozenset[str]
    known: frozenset[str]
    common: frozenset[str] = frozenset()
    """The parts that the names of several bodies have: those of a place."""

    @classmethod
    def of(cls, letter: Letter, campaign: Campaign) -> "_Names":
        file, recipient = campaign.file, letter.recipient
        target = [file.target.organization, recipient.organization, recipient.full_name]
        others = [*target, letter.sender.organization]
        others += [one.organization for one in (*file.precedents, *letter.precedents)]
        for fact in campaign.facts.values():
            if fact.speaker:
                others += [fact.speaker.name, fact.speaker.organization]
        for source in campaign.sources.values():
            others += [source.container_title, *(name.label for name in source.author)]
        bodies = {name for name in others[3:] if name} | {file.target.organization}
        counts = Counter(part for name in bodies for part in name_parts(name))
        # “Trask” of “Trask & Lyle” is one name, and not two bodies' part.
        persons = {(s.name, s.organization) for f in campaign.facts.values() if (s := f.speaker)}
        counts -= Counter(
            part for name, body in persons if body for part in name_parts(name) & name_parts(body)
        )
        common = frozenset(part for part, count in counts.items() if count > 1)
        return cls(_stems(target), _stems(others), common)

    def wrong(self, quoted: Quoted, language: Language) -> tuple[str, bool] | None:
        """Those whom a sentence names, where none of them speaks the quoted words.

        Sure is only who has a name beside a verb of saying, and no “its decision deserves …:”.
        """
        right = _speaks(quoted.fact)
        others = []
        for one in quoted.named:
            stems = one.stems | (self.target if one.you else frozenset())
            if self._alike(stems, right) or _abbreviates(one.words, right):
                return None
            if _is_part(one.words, quoted.fact):
                return None
            if one.you and language.finds("hired", one.words):
                return None  # “your own consultant” has a name of his own
            if one.you or self._is_somebody(one, language):
                others.append(one)
        if others:
            return self._judged(others[0], quoted, language)
        lead = self._wrong_lead(quoted, right, language)
        return (lead, False) if lead else None

    def _judged(
        self, one: Attribution, quoted: Quoted, language: Language
    ) -> tuple[str, bool] | None:
        """A wrong speaker, and whether it is sure; None where the sentence names the right one."""
        fact, outside = quoted.fact.fact, quoted.outside
        said_by = fact.speaker.name if fact.speaker else ""
        plain = one.you or is_plain_name(one.words)
        if fact.speech == "reported":
            # “Your minutes record that, according to Mr. Prue, …”: the publication is named.
            if language.finds("according", outside) and name_parts(one.words) & _stems([said_by]):
                document = any(len(m[0]) > LONG for m in language.all("documents", outside))
                return None if document else (one.words, False)
        elif _has_name(outside, said_by):
            # “One of them, Ana Ruiz, who leads the society of Vega, said: …”
            return (one.words, False) if plain else None
        asked = quoted.lead.rstrip(' "“„«').endswith("?")
        known = bool({bare(word)[:5] for word in re.findall(CAPITAL, one.words)} & self.known)
        sure = plain or (known and len(one.words.split()) <= SHORT and language.code != "de")
        return one.words, sure and not asked and not _is_short_form(one.words, quoted.fact)

    def _alike(self, stems: frozenset[str], right: frozenset[str]) -> bool:
        """Whether two names are of one: a part that several bodies have tells nothing by itself."""
        both = stems & right
        return bool(both - self.common) or len(both) > 1 or (both != frozenset() and both == right)

    def _wrong_lead(self, quoted: Quoted, right: frozenset[str], language: Language) -> str | None:
        """Who leads to a quotation by other words than “said”, where somebody else speaks.

        “Your own staff are careful: …”; “the paper reported that the council was …”; and reported
        speech as what somebody said to the sender: “in your own words”.
        """
        lead = re.split(r"[.!?;]\s+", quoted.lead)[-1].strip(' "“„«')
        fact = quoted.fact.fact
        reported = fact.speech == "reported" and fact.speaker is not None
        body = fact.speaker.organization if fact.speaker else None
        if body and not reported and bare(body) in bare(lead):
            return None
        if reported and language.finds("own_words", lead):
            return lead
        if reported and fact.speaker is not None:
            right = _stems([fact.speaker.name, fact.speaker.organization])
            that = [found.end() for found in _THAT.finditer(lead)]
            about = lead[that[-1] :] if that else ""
        elif quoted.named or not lead.endswith(":"):
            return None
        else:
            about = lead
        if self._alike(name_parts(" ".join(re.findall(CAPITAL, about))), right):
            return None  # “The mayor, Hervé Puech, holds out a hand to you: …”
        if not reported and _PRONOUN.match(about):
            return None  # “As she told the Herald: …”: who she is was told before
        you = language.finds("you", about)
        if you and not self._alike(self.target, right):
            if language.finds("hired", about):
                return None
            return about.strip(" :")
        bodies = any(bare(m[0])[:5] not in right for m in language.all("bodies", about))
        own = {bare(word)[:5] for word in re.findall(CAPITAL, about)}
        if you or self._alike(name_parts(about), right) or _abbreviates(about, right):
            return None
        return about.strip(" :") if own & self.known or (reported and bodies) else None

    def _is_somebody(self, one: Attribution, language: Language) -> bool:
        """Whether an attribution names somebody whom the campaign knows, or has a full name."""
        own = {bare(word)[:5] for word in re.findall(CAPITAL, one.words)}
        full = re.search(rf"{CAPITAL}\s+{CAPITAL}$", one.words.strip())
        return bool(own & self.known) or bool(full and not language.finds("bodies", one.words))

    def wrong_organization(self, cited: CitedFact, text: str) -> str | None:
        """The body with which a sentence puts a speaker who is with another one."""
        speaker = cited.fact.speaker
        if speaker is None or not speaker.organization or " " not in speaker.name:
            return None
        if speaker.name.split()[-1] not in text:
            return None  # saves the making of three patterns
        last = re.escape(speaker.name.split()[-1])
        first = re.escape(speaker.name.split()[0])
        for pattern in (
            rf"\b{last}\b\s*(?:,\s*(?:[\w'-]+\s+){{0,4}}?|\s+){_OF}\s+(?P<body>{_NAME})",
            rf"\b{last}\s+\((?P<body>[^()]+)\)",
            rf"(?P<body>{_NAME})(?:'s|s')\s+(?:{first}\s+)?{last}\b",
        ):
            for found in re.finditer(pattern, text):
                body = name_parts(found["body"])
                own = _speaks(cited) | name_parts(speaker.organization)
                if body & _published(cited):
                    continue  # “Abendroth, you told the Gazette”
                if body & self.known and not body & own and not _abbreviates(found["body"], own):
                    return found["body"]
        return None


def _speaks(cited: CitedFact) -> frozenset[str]:
    """The parts of the names of those whose words a quotation has."""
    speaker = cited.fact.speaker
    if speaker is None:
        return frozenset()
    if cited.fact.speech == "direct":
        return _stems([speaker.name, speaker.organization])
    return _published(cited)


def _published(cited: CitedFact) -> frozenset[str]:
    """The parts of the names of the publications, publishers and authors of a fact's sources."""
    published = [cited.source, *([cited.via] if cited.via else [])]
    return _stems(
        name
        for source in published
        for name in (source.container_title, source.publisher, *(a.label for a in source.author))
    )


def _stems(names: Iterable[str | None]) -> frozenset[str]:
    """The parts of names, with their initials, without words that many names have."""
    found: set[str] = set()
    for name in filter(None, names):
        for form in short_forms(name):
            found |= name_parts(form)
    return frozenset(found - {word[:5] for word in words("generic")})


def _is_part(words: str, cited: CitedFact) -> bool:
    """Whether the name in some words is a part of the speaker's: “the Health Department”."""
    speaker = cited.fact.speaker if cited.fact.speech == "direct" else None
    label = " ".join(filter(None, (speaker.name, speaker.organization))) if speaker else ""
    parts = name_parts(" ".join(re.findall(CAPITAL, words)))
    return len(parts) > 1 and parts <= name_parts(label)


def _has_name(text: str, name: str) -> bool:
    """Whether a text has the last part of a person's name."""
    return " " in name and re.search(rf"\b{re.escape(name.split()[-1])}\b", text) is not None


def _is_short_form(words: str, cited: CitedFact) -> bool:
    """Whether a name is one word of the speaker's: “the Observatory” may be that, or another."""
    speaker = cited.fact.speaker if cited.fact.speech == "direct" else None
    label = " ".join(filter(None, (speaker.name, speaker.organization))) if speaker else ""
    parts = name_parts(" ".join(re.findall(CAPITAL, words)))
    return bool(parts) and parts <= name_parts(label)


def _abbreviates(name: str, stems: frozenset[str]) -> bool:
    """Whether the initials of a name are among the parts of names: ACLU."""
    initials = "".join(word[0] for word in re.findall(CAPITAL, name)).casefold()
    return len(initials) > 1 and initials[:5] in stems


def _who(cited: CitedFact) -> str:
    speaker = cited.fact.speaker
    label = speaker.label if speaker else ""
    if cited.fact.speech == "direct":
        return label
    return f"{cited.source.publication or cited.source.id}, which reports what {label} said"


def _wrong_speaker(quoted: Quoted, named: str, sure: bool, sentence: Sentence) -> Problem:
    reported = quoted.fact.fact.speech == "reported"
    return problem(
        "speaker-differs" if sure else "detail-not-in-fact",
        f"The speaker is different: the letter attributes “{shorten(quoted.words, 80)}” to "
        f"“{named.strip()}”, but `{quoted.fact.id}` attributes it to {_who(quoted.fact)}.",
        "Remove the quotation marks, or name the publication." if reported else "Name the speaker.",
        sentence.place,
    )


def _wrong_organization(cited: CitedFact, body: str, sentence: Sentence) -> Problem:
    return problem(
        "speaker-differs",
        f"The speaker is different: the letter names “{body}”, but the speaker of `{cited.id}` is "
        f"{cited.fact.speaker.label if cited.fact.speaker else ''}.",
        "Name the organization that the speaker is with.",
        sentence.place,
    )
