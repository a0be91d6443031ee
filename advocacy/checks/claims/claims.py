"""Whether one sentence states something checkable: rules on its form and its words.

What makes a claim: a figure, a percentage, a date, a quotation, or that somebody named, or some
institution, did, said, found or ruled something, or what a law says. What makes none: asks,
questions, suppositions, opinions, what the sender does or plans, the letter's own deadlines and
what it says of itself. The words are English; in other languages figures and quotations count
alone.


Claims without a citation, and the marks in templates that say why one goes without.

    We have seen it in three cities. {# uncited: our own work #}

The mark is a comment of the template: it prints nothing, and belongs to the sentence before it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.parties import short_forms
from advocacy.checks.claims import patterns as p
from advocacy.checks.claims.clause_rules import has_rules, rule_claim, strong_claim
from advocacy.checks.claims.notes import Notes
from advocacy.checks.claims.sentences import Sentence, TextBlock, quote_spans, split
from advocacy.checks.codes import problem
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter


@dataclass(frozen=True, slots=True)
class Names:
    """Whom sentences may be about: the target and its peers, and the sender itself."""

    others: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @classmethod
    def of(cls, others: Iterable[str], own: Iterable[str] = ()) -> "Names":
        """Organisations with the short forms that texts use for them."""
        return cls(
            tuple(dict.fromkeys(form for name in others for form in short_forms(name))),
            tuple(dict.fromkeys(form for name in own for form in short_forms(name))),
        )


def claim(sentence: str, names: Names, language: str = "en") -> str | None:
    """What in a sentence needs a source, as a phrase for a message; None where nothing does."""
    text = " ".join(sentence.replace("’", "'").split())
    if len(text.split()) < 3:
        return None
    if strong := strong_claim(text, language):
        return strong
    if language.split("-")[0] != "en":
        return rule_claim(text, language) if has_rules(language) else _any_language(text)
    text = p.COURTESY.sub("", text)
    known = p.DID_YOU_KNOW.sub("", text)
    if known == text and p.QUESTION.search(text):
        return _inside(text, names)
    return _english(known, names)


def _any_language(text: str) -> str | None:
    if p.QUESTION.search(text):
        return None
    if _longest(_quoted(text)) >= 3:
        return "a quotation"
    figure = p.FIGURE.search(p.CONTACT.sub("", text))
    return f"a figure (“{figure[0]}”)" if figure else None


def _english(text: str, names: Names) -> str | None:
    quotes, outside = _quoted(text), _outside(text)
    attributed = bool(p.REPORT_VERB.search(outside))
    if p.ASK.search(text) or p.PLEASE.search(text) or p.is_imperative(text):
        return "a quotation" if attributed and _longest(quotes) >= 4 else _inside(outside, names)
    if p.SUPPOSED.search(text):
        main = text.partition(",")[2].strip()
        wishes = p.MODAL.search(main) or "will " in main
        return _english(main, names) if main and not wishes else None
    own_finding = p.OWN_FINDING.search(text)
    if p.FACTIVE.search(text) and not own_finding:
        rest = p.FACTIVE.sub("", text).strip(" ,")
        return _english(rest[:1].upper() + rest[1:], names) if len(rest.split()) > 2 else None
    if _longest(quotes) >= 3 or (quotes and attributed):
        return "a quotation"
    if percent := p.PERCENT.search(outside):
        return f"a percentage (“{percent[0].strip()}”)"
    if (p.OWN.search(text) or _names_first(text, names.own)) and not own_finding:
        return _inside(outside, names)
    if p.OPINION.search(text):
        return _numbers(outside)
    return _numbers(outside) or _deeds(outside, names)


def _quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quote_spans(text)]


def _outside(text: str) -> str:
    """The text with its quotations emptied."""
    for start, end in reversed(quote_spans(text)):
        text = text[:start] + text[end:]
    return text


def _longest(quotes: list[str]) -> int:
    return max((len(words.split()) for words in quotes), default=0)


def _names_first(text: str, names: Iterable[str]) -> bool:
    bare = re.sub(r"^[Tt]he\s+", "", text)
    return any(bare.startswith(name) for name in names)


def _inside(text: str, names: Names) -> str | None:
    """What a named party did, in a clause of a sentence that itself states nothing."""
    for clause in p.INSIDE.finditer(text):
        found = p.about(names.others).match(text, clause.end())
        if found and (found["named"] or found["you"]) and not p.MODAL.search(found[0]):
            return _did(found[0])
    return None


def _numbers(text: str) -> str | None:
    """A figure or a date, but for the letter's own deadline."""
    text = p.CONTACT.sub("", text)
    if p.TOLD_US.search(text):
        text = p.DEADLINE.sub("", text)
    if share := p.SHARE.search(text):
        return f"a figure (“{share[0].strip()}”)"
    if date := p.DATE.search(text):
        return f"a date (“{date[0].strip()}”)"
    counted = p.NOT_COUNTED.sub("", text)
    if figure := p.FIGURE.search(counted) or p.LARGE_NUMBER.search(counted):
        return f"a figure (“{figure[0].strip()}”)"
    small = p.SMALL_NUMBER.search(counted)
    does = p.PERFECT.search(text) or p.EVENT.search(text) or p.SMALL_IS.search(text)
    if small and does and not p.MODAL.search(text):
        return f"a figure (“{small[0].strip()}”)"
    return None


def _deeds(text: str, names: Names) -> str | None:
    """What somebody did, said, found or ruled, and what a law says."""
    for found in p.about(names.others).finditer(text):
        if not _wished(found, text):
            return _did(found[0])
    for rule in (p.EVIDENCE_SHOWS, p.LAW_STATES, p.NO_LAW):
        if (found_rule := rule.search(text)) and not p.MODAL.search(found_rule[0]):
            return f"a finding or a rule (“{_abridge(found_rule[0])}”)"
    modal = p.MODAL.search(text)
    if (done := p.INSTITUTION_DID.search(text)) and not modal:
        return _did(done[0])
    if (event := p.PERFECT_EVENT.search(text)) and not _by_us(text, event.start()):
        return _did(event[0])
    for event in p.EVENT.finditer(text):
        # After “said that” a modal is what was said; before it, or after another verb, a wish.
        wish = modal and (modal.start() < event.start() or not p.REPORT_VERB.search(event[0]))
        if not wish and event["before"].casefold().strip(",)") not in p.NOT_SUBJECT:
            return _did(event[0])
    return None


def _wished(found: re.Match[str], text: str) -> bool:
    """Whether a subject and its verb stand in a clause that wishes or doubts."""
    before = text[: found.start()].casefold().split()
    doubts = {"that", "if", "whether", "unless", "let"}
    return bool(before) and before[-1] in doubts and bool(p.MODAL.search(text))


def _by_us(text: str, at: int) -> bool:
    before = re.findall(r"[\w']+", text[:at].casefold())
    return bool(before) and before[-1] in {"we", "i", "us"}


def _did(words: str) -> str:
    return f"what somebody did or said (“{_abridge(words)}”)"


def _abridge(words: str) -> str:
    """The words of a finding, as a message quotes them."""
    found = words.split()
    return " ".join(found if len(found) <= 8 else [*found[:3], "…", *found[-3:]])


MARK = re.compile(r"\{#-?\s*uncited\b\s*:?\s*(?P<reason>.*?)\s*-?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Silence:
    place: Place
    reason: str


@dataclass(slots=True)
class Silences:
    """The marks of all templates read so far, and which of them silenced a claim."""

    _marks: dict[Path, list[_Silence]] = field(default_factory=dict)
    _near: set[_Silence] = field(default_factory=set)
    _used: set[_Silence] = field(default_factory=set)

    def of(self, sentences: Sequence[Sentence]) -> list[_Silence | None]:
        """For each sentence the mark that belongs to it, if one does."""
        found: list[_Silence | None] = [None] * len(sentences)
        for path in dict.fromkeys(s.place.path for s in sentences if s.place):
            starts = [
                ((s.place.line or 0, s.place.column or 0), number)
                for number, s in enumerate(sentences)
                if s.place and s.place.path == path
            ]
            for mark in self._read(path):
                at = (mark.place.line or 0, mark.place.column or 0)
                begun = [start for start, _ in starts if start < at]
                if begun:
                    self._near.add(mark)
                    for start, number in starts:  # a loop prints one line several times
                        if start == max(begun):
                            found[number] = mark
        return found

    def use(self, mark: _Silence) -> None:
        """Note that a mark silenced a claim."""
        self._used.add(mark)

    def problems(self) -> Iterator[Problem]:
        """Marks without a reason, and marks after sentences that claim nothing."""
        for mark in self._near:
            if not mark.reason:
                yield problem(
                    "silenced-without-reason",
                    "The mark `{# uncited #}` does not say why.",
                    "Write the reason into it: `{# uncited: our own work #}`.",
                    mark.place,
                )
            elif mark not in self._used:
                yield problem(
                    "silenced-nothing",
                    f"The mark `{{# uncited: {mark.reason} #}}` stands after a sentence that is "
                    "cited or claims nothing.",
                    "Remove it.",
                    mark.place,
                )

    def _read(self, path: Path) -> list[_Silence]:
        if path not in self._marks:
            try:
                text = path.read_text("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                text = ""
            self._marks[path] = [
                _Silence(_place(path, text, mark.start()), " ".join(mark["reason"].split()))
                for mark in MARK.finditer(text)
            ]
        return self._marks[path]


def _place(path: Path, text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(path, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sentence that needs a source, what in it does, and why it goes without, if told."""

    sentence: Sentence
    what: str
    problem: Problem
    reason: str = ""


def uncited(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    silences: Silences,
    library: Library | None = None,
) -> Iterator[Problem]:
    """Sentences that state something checkable with no citation in them or in the next."""
    for judgement in judged(letter, blocks, campaign, silences, library):
        yield judgement.problem


def judged(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    silences: Silences,
    library: Library | None = None,
) -> Iterator[Judgement]:
    """The same, each with its sentence. `library` has the facts as evidence."""
    notes = Notes(library or Library(campaign))
    names = names_in(letter, campaign)
    asked = _asked(letter)
    sentences = [sentence for block in blocks for sentence in block.sentences]
    marks = iter(silences.of(sentences))
    for number, block in enumerate(blocks):
        following = blocks[number + 1].sentences if number + 1 < len(blocks) else ()
        for index, sentence in enumerate(block.sentences):
            mark = next(marks)
            beside = block.sentences[index + 1 : index + 2]
            if not beside and sentence.text.endswith(":"):
                beside = following
            text = _without_deadline(sentence.text, letter)
            if sentence.cites:
                text = notes.after(letter, block, index)
                what = notes.hidden(letter, sentence, text)
            elif block.kind == "heading" or _is_ask(sentence.text, asked) or _runs_in(block, index):
                what = strong_claim(text, letter.language) if len(text.split()) > 3 else None
                what = None if what and notes.known(letter, text) else what
            elif any(other.cites for other in beside) and (
                sentence.text.endswith(":") or notes.covered(letter, sentence, beside)
            ):
                what = strong_claim(text, letter.language) if sentence.text.endswith(":") else None
            elif any(other.cites for other in beside):
                what = rule_claim(text, letter.language) if has_rules(letter.language) else None
                what = None if what and notes.has_numbers(letter, sentence, beside) else what
            else:
                what = claim(text, names, letter.language)
            if what is None:
                continue
            if mark is not None and mark.reason:
                silences.use(mark)
                excused = problem(
                    "silenced-claim",
                    f"“{_cut_to(sentence.text)}” goes without a citation: {mark.reason}.",
                    "",
                    sentence.place,
                )
                yield Judgement(sentence, what, excused, mark.reason)
                continue
            found = problem(
                "uncited-claim",
                f"“{_cut_to(sentence.text)}” states {what}, and no citation stands by it.",
                'Add `{{ cite("…") }}` after the sentence, or say why it needs none: '
                "`{# uncited: why #}`.",
                sentence.place,
            )
            yield Judgement(sentence, what, found)


def _is_ask(text: str, asked: set[str]) -> bool:
    """Whether a sentence is an ask, or one with its number or name before it."""
    return text in asked or any(ask and text.endswith(ask) for ask in asked)


def _runs_in(block: TextBlock, index: int) -> bool:
    """Whether a sentence is a heading that runs into its paragraph."""
    return index == 0 and len(block.sentences) > 1 and len(block.sentences[0].text.split()) <= 6


def names_in(letter: Letter, campaign: Campaign) -> Names:
    """Whom a letter's sentences may be about."""
    file = campaign.file
    others = [file.target.organization, letter.recipient.organization or ""]
    others += [precedent.organization for precedent in (*letter.precedents, *file.precedents)]
    own = [letter.sender.organization, *(cosigner.organization for cosigner in letter.cosigners)]
    return Names.of((name for name in others if name), own)


def _without_deadline(text: str, letter: Letter) -> str:
    """A sentence without the day by which the letter asks for an answer, which is no claim.

    The rules for English know deadlines by their words; in other languages the day tells.
    """
    day = letter.demand.deadline(letter.date) if letter.demand else None
    if day is None or letter.language.split("-")[0] == "en":
        return text
    from advocacy.documents.frame import long_date

    return text.replace(long_date(day, letter.language), "")


def _asked(letter: Letter) -> set[str]:
    """The sentences of the stage's asks: what is asked for is no claim."""
    if letter.demand is None:
        return set()
    found: set[str] = set()
    for text in (letter.demand.summary, *letter.demand.asks):
        words = text.get(letter.language) or ""
        starts = [*split(words, letter.language), len(words)]
        for start, end in pairwise(starts):
            found.add(" ".join(words[start:end].split()))
    return found


def _cut_to(text: str, limit: int = 110) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
