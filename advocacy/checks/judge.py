"""Judge a letter's words, as `advocacy check` does for its stage and its day."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date

from advocacy.campaign.loading import Campaign
from advocacy.checks.accepting import note_accepted
from advocacy.checks.agreement.library import Library
from advocacy.checks.claims.uncited import UncitedMarks
from advocacy.checks.facts import dates, records
from advocacy.checks.letters import hide_own_values, trace_letter
from advocacy.checks.printed_values import recipient_value_problems
from advocacy.checks.quotations.comparing import check_copies
from advocacy.checks.run import check_all_variants, check_around, check_body, check_days
from advocacy.checks.settings import CheckSettings
from advocacy.checks.surroundings import surrounding_problems
from advocacy.checks.wording import check_around_body, check_values
from advocacy.errors import Problem
from advocacy.letters.letter import Letter


class Judge:
    """Judges letters of one campaign; `today` is the day on which somebody asks."""

    def __init__(self, campaign: Campaign, today: date) -> None:
        self._campaign, self._today = campaign, today
        self._settings = CheckSettings(campaign.file)
        self._library = Library(campaign)
        self._stages: dict[Hashable, tuple[Problem, ...]] = {}

    def judge(self, letter: Letter) -> list[Problem]:
        """Every problem that `check` would report of a letter's stage and wording on its day."""
        return self._apply(self._found(letter))

    def judge_own(self, letter: Letter, values: Sequence[str]) -> list[Problem]:
        """What nobody filled in among the `values`, which are one person's own, and around them."""
        stage = self._campaign.file.stages[letter.stage]
        return self._apply(
            [
                *check_values(letter, values),
                *check_around_body(letter, stage),
                *recipient_value_problems(letter, self._campaign),
            ]
        )

    def _found(self, letter: Letter) -> Iterator[Problem]:
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

    def _apply(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems at the levels that the campaign and its approvals give them."""
        return note_accepted(self._settings.apply(problems), self._campaign)
