"""Claims without a citation, and the marks in templates that say why one goes without.

    We have seen it in three cities. {# uncited: our own work #}

The mark is a comment of the template: it prints nothing, and belongs to the sentence before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.rules import Names, claim
from advocacy.checks.claims.sentences import Block, Sentence, split
from advocacy.checks.codes import problem
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter

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
    letter: Letter, blocks: Sequence[Block], campaign: Campaign, silences: Silences
) -> Iterator[Problem]:
    """Sentences that state something checkable with no citation in them or in the next."""
    for judgement in judged(letter, blocks, campaign, silences):
        yield judgement.problem


def judged(
    letter: Letter, blocks: Sequence[Block], campaign: Campaign, silences: Silences
) -> Iterator[Judgement]:
    """The same, each with its sentence."""
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
            if block.kind == "heading" or sentence.text in asked:
                continue
            if sentence.cites or any(other.cites for other in beside):
                continue
            what = claim(_without_deadline(sentence.text, letter), names, letter.language)
            if what is None:
                continue
            if mark is not None and mark.reason:
                silences.use(mark)
                excused = problem(
                    "silenced-claim",
                    f"“{_short(sentence.text)}” goes without a citation: {mark.reason}.",
                    "",
                    sentence.place,
                )
                yield Judgement(sentence, what, excused, mark.reason)
                continue
            found = problem(
                "uncited-claim",
                f"“{_short(sentence.text)}” states {what}, and no citation stands by it.",
                'Add `{{ cite("…") }}` after the sentence, or say why it needs none: '
                "`{# uncited: why #}`.",
                sentence.place,
            )
            yield Judgement(sentence, what, found)


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


def _short(text: str, limit: int = 110) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
