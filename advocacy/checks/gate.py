"""The gate of words: no letter is made of which `advocacy check` reports an error.

The gate of days stands with the letter (`letters.letter.check`). This one judges all the rest, as
`advocacy check --date` does for the letter's stage and day, and in the same words. It judges each
wording once: what letters of one stage, day, and language say alike. What is a person's own is
looked through letter by letter.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from advocacy.campaign.bills.positions import NO_FLOOR_VOTE
from advocacy.campaign.loading import Campaign
from advocacy.checks.accepting import note_accepted
from advocacy.checks.agreement.library import Library
from advocacy.checks.claims.uncited import UncitedMarks
from advocacy.checks.facts import dates, records
from advocacy.checks.letters import hide_own_values, own_values_count, trace_letter
from advocacy.checks.patterns import search
from advocacy.checks.quotations.comparing import check_copies
from advocacy.checks.run import check_all_variants, check_around, check_body, check_days
from advocacy.checks.settings import CheckSettings
from advocacy.checks.surroundings import surrounding_problems
from advocacy.checks.wording import check_around_body, check_values
from advocacy.errors import Level, Problem
from advocacy.files.cache import IdentityCache
from advocacy.letters.letter import Letter

MOST_WORDINGS = 4096


@dataclass(frozen=True, slots=True)
class WordingVerdict:
    """The errors and warnings of a wording, and the printed values that were read with it."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    values: frozenset[str]


Verdicts = Mapping[Hashable, WordingVerdict]
"""Verdicts by wording."""


class WordsGate:
    """Judges the letters of one campaign, as its files are when it is first asked."""

    def __init__(self, campaign: Campaign, today: date | None = None) -> None:
        self._campaign = campaign
        self._today = today or campaign.today()
        self._settings = CheckSettings(campaign.file)
        self._library = Library(campaign)
        self._wordings: dict[Hashable, WordingVerdict] = {}
        self._stages: dict[Hashable, tuple[Problem, ...]] = {}
        # Letters that are alike share the same citations: saves 10 microseconds a letter.
        self._cited: IdentityCache[Hashable] = IdentityCache(64)

    def errors(self, letter: Letter) -> list[Problem]:
        """Every error of a letter: of its wording, and of the values that are its own."""
        return self.findings(letter)[0]

    def findings(self, letter: Letter) -> tuple[list[Problem], tuple[Problem, ...]]:
        """The errors of a letter, and the warnings of its wording, which refuse no letter."""
        verdict = self._verdict(letter)
        own = [value for value in letter.body.values if value not in verdict.values]
        return [*verdict.errors, *self._own_errors(letter, own)], verdict.warnings

    def wording_errors(self, letter: Letter) -> tuple[Problem, ...]:
        """The errors of what a letter says like others."""
        return self._verdict(letter).errors

    def trust(self, letter: Letter) -> None:
        """Take a letter's wording to be without errors, as it was judged to be by an earlier run.

        Whoever says so knows that nothing has changed since that the verdict rests on. Its
        warnings are not known: a mailing asks for none.
        """
        read = hide_own_values(letter, self._campaign).body.values
        self._wordings[self._wording(letter)] = WordingVerdict((), (), frozenset(read))

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts so far, for the gate of another process: see `learn`."""
        return dict(self._wordings)

    def learn(self, verdicts: Verdicts) -> None:
        """Take over the verdicts of another process on the same campaign and day."""
        self._wordings |= verdicts

    def _verdict(self, letter: Letter) -> WordingVerdict:
        key = self._wording(letter)
        known = self._wordings.get(key)
        if known is None:
            if len(self._wordings) >= MOST_WORDINGS:
                self._wordings.clear()
            found = self._apply([*self._judge(letter)])
            errors, warnings = (_of(level, found) for level in (Level.ERROR, Level.WARNING))
            read = hide_own_values(letter, self._campaign).body.values
            known = self._wordings[key] = WordingVerdict(errors, warnings, frozenset(read))
        return known

    def _wording(self, letter: Letter) -> Hashable:
        """What decides the verdict of a letter, beside the campaign."""
        cited = self._cited.get(
            (letter.cites,),
            (),
            lambda: tuple(tuple(fact.id for fact in cite.facts) for cite in letter.cites),
        )
        own = letter.body.values if own_values_count(letter, self._campaign) else ()
        return (
            letter.stage, letter.date, letter.language, letter.subject, letter.body.markdown,
            cited, letter.supporters is None, own, self._position(letter),
        )  # fmt: skip

    @staticmethod
    def _position(letter: Letter) -> Hashable:
        """What a lawmaker is to the stage's bill: the same words may be wrong for another."""
        position, recipient = letter.position, letter.recipient
        if position is None:
            return None
        if len(recipient.people) > 1:
            return recipient.letter_id
        votes = recipient.text_of("chamber"), recipient.text_of("state") in NO_FLOOR_VOTE
        return position.bill.id, position.names, position.withdrew, position.vote, votes

    def _judge(self, letter: Letter) -> Iterator[Problem]:
        """Every problem that `check` would report of a letter's stage and wording on its day."""
        campaign, settings = self._campaign, self._settings
        yield from self._of_stage(letter)
        yield from check_days([letter], campaign, letter.date, self._today)
        yield from check_around(letter, campaign, settings)
        yield from surrounding_problems(letter, campaign, self._library)
        traced = hide_own_values(trace_letter(letter, campaign), campaign)
        marks = UncitedMarks()
        yield from check_body(traced, campaign, settings, marks, self._library)
        yield from marks.problems()
        cited = list({one.id: one for one, _ in dates.facts_used(letter, campaign)}.values())
        yield from records.check_sources(cited)
        yield from check_copies(campaign, cited, others=False)

    def _of_stage(self, letter: Letter) -> tuple[Problem, ...]:
        """What is wrong with the campaign's settings, and with the variants of a stage."""
        key = letter.stage, letter.date, letter.language
        if key not in self._stages:
            variants = check_all_variants([letter], self._campaign, self._settings)
            self._stages[key] = (*self._settings.problems(), *variants)
        return self._stages[key]

    def _own_errors(self, letter: Letter, values: Sequence[str]) -> tuple[Problem, ...]:
        """What nobody filled in among the texts that are one person's own."""
        texts = (*values, letter.salutation, *letter.inside_address)
        if not search("placeholder", "\n".join(texts)):
            return ()
        stage = self._campaign.file.stages[letter.stage]
        found = [*check_values(letter, values), *check_around_body(letter, stage)]
        return _of(Level.ERROR, self._apply(found))

    def _apply(self, problems: list[Problem]) -> list[Problem]:
        """The problems at the levels that the campaign and its approvals give them."""
        return note_accepted(self._settings.apply(problems), self._campaign)


def _of(level: Level, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(one for one in problems if one.level is level))


_gates: IdentityCache[WordsGate] = IdentityCache(4)


def gate_of(campaign: Campaign) -> WordsGate:
    """The gate of a campaign; the same one for as long as the campaign is not loaded anew."""
    return _gates.get((campaign,), (campaign.today(),), lambda: WordsGate(campaign))
