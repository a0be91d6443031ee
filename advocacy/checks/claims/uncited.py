"""Find claims without a citation, and the marks in templates that say why one goes without.

    We have seen it in three cities. {# uncited: our own work #}

The mark is a comment of the template: it prints nothing, and belongs to the sentence before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.library import Library
from advocacy.checks.claims.notes import COUNTED, Notes
from advocacy.checks.claims.own_matters import without_own_matters
from advocacy.checks.claims.rules import Names, find_claim
from advocacy.checks.codes import problem
from advocacy.checks.language import language_of
from advocacy.checks.quotations.quoted import without_previous
from advocacy.checks.sentences import (
    LABELS,
    Sentence,
    TextBlock,
    shorten,
    split_sentences,
    subject_place,
)
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import read_text
from advocacy.letters.letter import Letter

MARK = re.compile(r"\{#-?\s*uncited\b\s*:?\s*(?P<reason>.*?)\s*-?#\}", re.DOTALL)
_BRANCH = re.compile(r"\{%[-+]?\s*(if|for|elif|else|endif|endfor)\b")


@dataclass(frozen=True, slots=True)
class _Mark:
    place: Place
    reason: str


@dataclass(slots=True)
class UncitedMarks:
    """The `uncited` marks of all templates read so far, and which of them excused a claim."""

    _texts: dict[Path, str] = field(default_factory=dict)
    _by_file: dict[Path, list[_Mark]] = field(default_factory=dict)
    _near: set[_Mark] = field(default_factory=set)
    _used: set[_Mark] = field(default_factory=set)

    def beside(self, sentences: Sequence[Sentence]) -> list[_Mark | None]:
        """Find for each sentence the mark that belongs to it, if any."""
        found: list[_Mark | None] = [None] * len(sentences)
        for path in dict.fromkeys(s.place.path for s in sentences if s.place):
            starts = [
                (s.place.order, number)
                for number, s in enumerate(sentences)
                if s.place and s.place.path == path
            ]
            for mark in self._read(path):
                last = max((start for start, _ in starts if start < mark.place.order), default=None)
                if last and _in_one_branch(self._texts[path], last, mark.place.order):
                    self._near.add(mark)
                    for start, number in starts:  # a loop prints one line several times
                        if start == last:
                            found[number] = mark
        return found

    def use(self, mark: _Mark) -> None:
        """Note that a mark excused a claim."""
        self._used.add(mark)

    def problems(self) -> Iterator[Problem]:
        """Report marks without a reason, and marks after sentences that claim nothing."""
        for mark in self._near:
            if not mark.reason:
                yield problem(
                    "silenced-without-reason",
                    "The mark `{# uncited #}` does not give a reason.",
                    "Add the reason: `{# uncited: our own work #}`.",
                    mark.place,
                )
            elif mark not in self._used:
                yield problem(
                    "silenced-nothing",
                    f"The mark `{{# uncited: {mark.reason} #}}` follows a sentence that has a "
                    "citation or makes no claim.",
                    "Remove it.",
                    mark.place,
                )

    def _read(self, path: Path) -> list[_Mark]:
        if path not in self._by_file:
            try:
                text = read_text(path)  # as the run holds it
            except AdvocacyError:
                text = ""
            self._texts[path] = text
            self._by_file[path] = [
                _Mark(_place(path, text, mark.start()), " ".join(mark["reason"].split()))
                for mark in MARK.finditer(text)
            ]
        return self._by_file[path]


def _in_one_branch(text: str, sentence: tuple[str, int, int], mark: tuple[str, int, int]) -> bool:
    """Tell whether a mark is printed wherever the sentence before it is.

    A mark inside a block that begins after the sentence, or in another branch of the sentence's
    `if`, belongs to a sentence that this letter does not have.
    """
    depth, crossed = 0, False
    for tag in _BRANCH.findall(text, _offset(text, sentence), _offset(text, mark)):
        if tag in ("if", "for"):
            depth += 1
        elif tag in ("elif", "else"):
            crossed = crossed or not depth
        elif depth:
            depth -= 1
        else:
            crossed = False  # the sentence's own block ends here
    return not depth and not crossed


def _offset(text: str, place: tuple[str, int, int]) -> int:
    _, line, column = place
    begin = 0
    for _ in range(line - 1):
        begin = text.find("\n", begin) + 1
    return begin + column - 1


def _place(path: Path, text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(path, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


@dataclass(frozen=True, slots=True)
class UncitedClaim:
    """A sentence that needs a source, what in it does, and the reason why it goes without."""

    sentence: Sentence
    what: str
    problem: Problem
    reason: str = ""


def find_uncited(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    marks: UncitedMarks,
    library: Library | None = None,
) -> Iterator[UncitedClaim]:
    """Find the claims of a letter that have no citation in their sentence or in the next.

    Claims that a mark excuses are among them, with its reason. The marks that were met are noted
    in `marks`. `library` has the facts as evidence: a note reaches as far as its facts do.
    """
    notes = Notes(library or Library(campaign))
    judged = _Judged(letter, party_names(letter, campaign), _asked(letter), notes)
    stage = campaign.file.stages[letter.stage]
    for text, place in (
        (letter.subject, subject_place(letter, stage)),
        (letter.title, campaign.file.place("title")),
    ):
        if what := judged.around(text):
            yield _uncited(Sentence(text, (), place), what)
    sentences = [sentence for block in blocks for sentence in block.sentences]
    beside = iter(marks.beside(sentences))
    for number, block in enumerate(blocks):
        following = blocks[number + 1].sentences if number + 1 < len(blocks) else ()
        for index, sentence in enumerate(block.sentences):
            mark = next(beside)
            what = judged.claim(block, index, following)
            if what is None:
                continue
            if mark is not None and mark.reason:
                marks.use(mark)
                yield _excused(sentence, what, mark.reason)
            else:
                yield _uncited(sentence, what)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A letter whose sentences are judged, with whom and what they may speak of."""

    letter: Letter
    names: Names
    asked: set[str]
    notes: Notes

    def around(self, text: str) -> str | None:
        """What a subject or title states, where it does not only say what is asked for."""
        language = language_of(self.letter.language)
        if language is None or language.finds("requests", text) or _is_ask(text, self.asked):
            return None
        return self.notes.recalled(self.letter, text, self.names)

    def claim(self, block: TextBlock, index: int, following: Sequence[Sentence]) -> str | None:
        """What a sentence states without a source; `following` are those of the next block."""
        sentence, letter, notes = block.sentences[index], self.letter, self.notes
        after = block.sentences[index + 1 : index + 2]
        if not after and sentence.text.endswith(":"):
            after = tuple(following)
        text = without_own_matters(sentence.text, letter)
        if sentence.cites:
            return notes.hidden(letter, sentence, notes.after(block, index))
        if block.kind in LABELS or _runs_in(block, index):
            return notes.recalled(letter, text, self.names)
        if _is_ask(sentence.text, self.asked):
            return notes.recalled(letter, text) or notes.told_in_ask(letter, text, self.names)
        if (rest := without_previous(letter, sentence.text)) != sentence.text:
            return notes.recalled(letter, without_own_matters(rest, letter), self.names)
        if any(other.cites for other in after):
            what = notes.beside(letter, sentence, text, after)
        else:
            what = find_claim(text, self.names, letter.language)
        if what and what.startswith(COUNTED):
            own = _is_of_own(text, letter, self.names)
            return None if own or notes.repeats(letter, text, block) else what
        return what


def _is_of_own(text: str, letter: Letter, names: Names) -> bool:
    """Whether a sentence counts or dates what is the sender's: “our club has 31 members”."""
    language = language_of(letter.language)
    if language is None or language.finds("own_findings", text):
        return False
    if language.finds("of_ours", text):
        return True
    rest = language.patterns["our_body"].sub(" ", text)
    if any(name in text for name in names.others):
        return False
    ours = language.finds("we", text) is not None or language.finds("we_do", text) is not None
    kinds = ("bodies", "says") if language.finds("own_offers", text) else ("you", "bodies", "says")
    return ours and not any(language.finds(kind, rest) for kind in kinds)


def _excused(sentence: Sentence, what: str, reason: str) -> UncitedClaim:
    found = problem(
        "silenced-claim",
        f"“{shorten(sentence.text, 110)}” has no citation: {reason}.",
        "",
        sentence.place,
    )
    return UncitedClaim(sentence, what, found, reason)


def _uncited(sentence: Sentence, what: str) -> UncitedClaim:
    found = problem(
        "uncited-claim",
        f"“{shorten(sentence.text, 110)}” states {what}, but cites no source.",
        'Add `{{ cite("…") }}` after the sentence, or give a reason: `{# uncited: why #}`.',
        sentence.place,
    )
    return UncitedClaim(sentence, what, found)


def _is_ask(text: str, asked: set[str]) -> bool:
    """Whether a sentence is an ask, or one with its number or name before it."""
    text = _plain(text)
    return text in asked or any(ask and text.endswith(ask) for ask in asked)


def _plain(text: str) -> str:
    """A text without what typography changes: one kind of quotation mark and of space."""
    return " ".join(text.translate(_TYPESET).split())


_TYPESET = str.maketrans({**dict.fromkeys('‘’“”„«»"', "'"), **dict.fromkeys("–—", "-")})


def _runs_in(block: TextBlock, index: int) -> bool:
    """Whether a sentence is a heading that runs into its paragraph."""
    return index == 0 and block.bold and len(block.sentences[0].text.split()) <= 6


def party_names(letter: Letter, campaign: Campaign) -> Names:
    """Collect the names of those whom a letter's sentences may be about."""
    file = campaign.file
    others = [file.target.organization, letter.recipient.organization or ""]
    others += [precedent.organization for precedent in (*letter.precedents, *file.precedents)]
    own = [letter.sender.organization, *(cosigner.organization for cosigner in letter.cosigners)]
    return Names.of((name for name in others if name), own)


def _asked(letter: Letter) -> set[str]:
    """The sentences of the stage's asks: what is asked for is no claim."""
    if letter.demand is None:
        return set()
    texts = [
        text.get(letter.language) or "" for text in (letter.demand.summary, *letter.demand.asks)
    ]
    return {
        _plain(sentence) for text in texts for sentence in split_sentences(text, letter.language)
    }
