"""The letters that a check looks at: every stage, person and wording, on the days that matter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from advocacy.campaign.addressing import not_in_office
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import PARTS, chosen, stage_for, stage_sets, unknown_stage
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import Letter
from advocacy.letters.signing import stand_in


@dataclass(slots=True)
class Gathered:
    """Letters, with the marks of their templates' lines where needed, and what went wrong."""

    campaign: Campaign
    letters: list[Letter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _traced: set[tuple[str, date, str | None]] = field(default_factory=set)

    def add(self, person: Recipient, stage: str, day: date) -> bool:
        """Compose a person's letter; whether there is one."""
        wrong = not_in_office(person, day)
        if wrong:
            self.problems.append(wrong)
            return False
        # Tracing costs a compilation: one letter of a kind is enough, as a rule.
        kind = (stage, day, person.language)
        try:
            letter = compose_letter(
                self.campaign,
                person,
                stage,
                day,
                trace=kind not in self._traced,
                supporters=stand_in(self.campaign, stage),
            )
        except AdvocacyError as error:
            self.problems += error.problems
            return False
        self._traced.add(kind)
        self.letters.append(letter)
        return True

    def vary(self, person: Recipient, name: str, stage: Stage, day: date) -> None:
        """Compose the wordings of a stage that are not the person's own."""
        own = chosen(self.campaign.file.id, name, stage, person.letter_id)
        for part in PARTS if stage.variants else ():
            for other in getattr(stage.variants, part):
                if other != own.get(part):
                    wording = {**own, part: other}
                    try:
                        letter = compose_letter(
                            self.campaign,
                            person,
                            name,
                            day,
                            trace=True,
                            variants=wording,
                            supporters=stand_in(self.campaign, name),
                        )
                    except AdvocacyError as error:
                        self.problems += error.problems
                    else:
                        self.letters.append(letter)


def gather(
    campaign: Campaign,
    people: Sequence[Recipient],
    *,
    day: date | None,
    stage: str | None,
    today: date,
) -> Gathered:
    """Compose the letters of one day, or of the first and last day of each stage's window.

    Raises AdvocacyError for a stage that the campaign does not have.
    """
    if unknown := unknown_stage(campaign, stage):
        raise AdvocacyError(unknown)
    gathered = Gathered(campaign)
    if day is not None:
        _of_day(gathered, people, day, stage)
        return gathered
    for name in campaign.file.stages if stage is None else (stage,):
        _of_window(gathered, people, name, today)
    return gathered


def _of_day(gathered: Gathered, people: Sequence[Recipient], day: date, stage: str | None) -> None:
    campaign = gathered.campaign
    first: dict[str, Recipient] = {}
    for by_supporters, names in stage_sets(campaign):
        for person in people if stage is None or stage in names else ():
            name, problems = stage_for(campaign, person, day, stage, by_supporters=by_supporters)
            gathered.problems += problems
            if name is not None and gathered.add(person, name, day):
                first.setdefault(name, person)
    for name, person in first.items():
        gathered.vary(person, name, campaign.file.stages[name], day)


def _of_window(gathered: Gathered, people: Sequence[Recipient], name: str, today: date) -> None:
    campaign = gathered.campaign
    stage = campaign.file.stages[name]
    those = [p for p in people if not stage.to or p.letter_id in stage.to]
    for day in stage.days.ends(campaign.file.date, today):
        got = [person for person in those if gathered.add(person, name, day)]
        if got:
            gathered.vary(got[0], name, stage, day)
