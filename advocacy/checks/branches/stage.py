"""Render one stage's letters for everybody on the list and for made-up people."""

from collections.abc import Iterator
from datetime import date
from itertools import product

from advocacy.campaign.addressing import inside_address, not_in_office
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import stages_signed
from advocacy.checks.branches import parts, report
from advocacy.checks.branches.cases import Case, Extremes, cases, made_up, wished
from advocacy.checks.branches.reaching_values import find_reaching_values
from advocacy.checks.branches.watch import Branch, Watch
from advocacy.checks.letters import wordings
from advocacy.checks.settings import CheckSettings
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter
from advocacy.letters.parts import letter_files
from advocacy.letters.previous import example_sending
from advocacy.letters.samples import sample_supporters, stage_recipients
from advocacy.letters.true_days import true_letter
from advocacy.templating.running import watching

LIST = "the list"
ALL_UP_TO = 200
"""Recipients of a longer list that are rendered, besides those needed to see all branches."""
ROUNDS_AT_MOST = 4
"""A branch that is reached may include a partial with branches of its own, and so on."""


class StageLetters:
    """The letters of one stage to everybody.

    `day` is the letters' only day; without it they have the first and last of the window, of
    which `today` is an open end. `files` are the templates of the letters.
    """

    def __init__(self, campaign: Campaign, name: str, day: date | None, today: date) -> None:
        self.campaign, self.name, self.day, self.today = campaign, name, day, today
        self.stage = campaign.file.stages[name]
        self.days = (day,) if day else self.stage.days.ends(campaign.file.date, today)
        self.files = set(letter_files(campaign, self.stage).values())
        self.usual = sample_supporters(campaign, name)
        self.extremes = Extremes()
        self.found: dict[tuple[str, Place | None, str], Problem] = {}

    def problems(
        self, letters: Watch, layouts: Watch, settings: CheckSettings
    ) -> Iterator[Problem]:
        """Report all that is wrong; the watches note the branches on the way."""
        with watching(letters):
            self._listed(letters)
            self._made_up(letters)
            self._wished(letters)
        yield from self.found.values()
        yield from self._on_paper(settings.limit("letter-too-long"))
        first = next(iter(self.extremes.everybody()), None)
        checked = self._true(Case(first)) if first else None
        if checked is not None:
            with watching(layouts):
                layouts.viewer = LIST
                yield from parts.fill_layouts(checked, self.campaign)
                yield from parts.fill_layouts_with_parts(checked, self.campaign, layouts)

    # --- the text ---------------------------------------------------------------------------

    def _listed(self, watch: Watch) -> None:
        """Everybody on the list; of a long one, those whom it takes. All of it is measured."""
        left = True
        for count, row in enumerate(stage_recipients(self.campaign, self.stage, self.days[0])):
            if not_in_office(row, self.days[0]):
                continue
            self.extremes.add(row, inside_address(self.campaign, row))
            if left:
                self._compose(watch, Case(row, self.usual), self.days[0])
                left = count < ALL_UP_TO or any(map(_may_depend, self._left(watch, LIST)))
        for row in self.extremes.everybody()[:3]:
            for variants in wordings(self.campaign, self.name, row.letter_id):
                for day in self.days:
                    if not not_in_office(row, day):
                        self._compose(watch, Case(row, self.usual), day, variants)

    def _made_up(self, watch: Watch) -> None:
        for case in cases(self.campaign, self.name, self.extremes):
            for variants in wordings(self.campaign, self.name, "sample"):
                self._compose(watch, case, self.days[0], variants)

    def _wished(self, watch: Watch) -> None:
        """Whoever it takes to reach the branches that are left."""
        may_sign = self.name in stages_signed(self.campaign, by_supporters=True)
        people: list[Recipient] = self.extremes.everybody()[:2]
        people += [case.recipient for case in made_up(self.campaign, self.extremes)]
        tried: set[Branch] = set()
        for _ in range(ROUNDS_AT_MOST):
            left = [branch for branch in self._left(watch) if branch not in tried]
            tried.update(left)
            for branch in left:
                for values in find_reaching_values(branch):
                    if may_sign or not any(name.startswith("supporter") for name, _ in values):
                        for one, day in product(people, self.days):
                            if branch not in watch.seen:
                                self._compose(watch, wished(Case(one, self.usual), values), day)

    def _left(self, watch: Watch, viewer: str = "") -> list[Branch]:
        """The branches of this stage's letter that nobody has seen, or not this viewer."""
        return [
            branch
            for branch in watch.branches
            if branch.path in self.files
            and (viewer not in watch.seen.get(branch, {}) if viewer else branch not in watch.seen)
        ]

    def _compose(
        self, watch: Watch, case: Case, day: date, variants: dict[str, str] | None = None
    ) -> None:
        watch.viewer = LIST if case.expected else case.made_up or LIST
        person, signed = case.recipient, case.supporters
        try:
            compose_letter(
                self.campaign, person, self.name, day, variants=variants, supporters=signed,
                follows=example_sending(self.campaign, self.name, day),
            )  # fmt: skip
        except AdvocacyError as error:
            for found in error.problems:
                key = (found.code, found.place, found.message)
                problem = report.mistaken(found, case.made_up) if case.made_up else found
                self.found.setdefault(key, problem)

    # --- the page ---------------------------------------------------------------------------

    def _on_paper(self, limit: int) -> Iterator[Problem]:
        """What does not fit: of each aspect the worst, then those who are made up."""
        tried: dict[str, list[Problem]] = {}
        for rows in self.extremes.longest():
            for row in rows:
                if row.letter_id not in tried:
                    tried[row.letter_id] = self._printed(Case(row), limit)
                if not tried[row.letter_id]:  # it fits, and so do those that are shorter
                    break
        for row in self.extremes.everybody()[:1]:
            for variants in list(wordings(self.campaign, self.name, row.letter_id))[1:]:
                yield from self._printed(Case(row), limit, variants)
        for found in tried.values():
            yield from found
        for case in cases(self.campaign, self.name, self.extremes):
            if case.long:
                yield from self._printed(case, limit)

    def _printed(
        self, case: Case, limit: int, variants: dict[str, str] | None = None
    ) -> list[Problem]:
        checked = self._true(case, variants)
        if checked is None:  # a check says why
            return []
        return report.printed(checked, self.campaign, limit, case.made_up)

    def _true(self, case: Case, variants: dict[str, str] | None = None) -> CheckedLetter | None:
        return true_letter(
            self.campaign,
            case.recipient,
            self.name,
            day=self.day,
            today=self.today,
            variants=variants,
            supporters=case.supporters or self.usual,
        )[0]


def _may_depend(branch: Branch) -> bool:
    """Whether another recipient may reach a branch, as far as its conditions can be read."""
    names = [name for values in find_reaching_values(branch) for name, _ in values]
    return not names or any(name.startswith("recipient.") for name in names)
