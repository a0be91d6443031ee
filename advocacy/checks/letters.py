"""Compose the letters that are checked: each stage, person and wording, on the days that matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from advocacy.campaign.addressing import not_in_office
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import (
    PARTS,
    chosen,
    is_addressed,
    stage_for,
    stage_sets,
    unknown_stage,
)
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import Letter
from advocacy.letters.samples import compose_sample
from advocacy.templating.citation_marks import Own


@dataclass(slots=True)
class LettersToCheck:
    """Composed letters, one of each kind traced to the lines of its template, and the problems."""

    campaign: Campaign
    letters: list[Letter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _traced: set[tuple[str, date, str | None]] = field(default_factory=set)

    def add(self, person: Recipient, stage: str, day: date) -> bool:
        """Compose a person's letter; return whether that was possible."""
        wrong = not_in_office(person, day)
        if wrong:
            self.problems.append(wrong)
            return False
        # Tracing costs a compilation: one letter of a kind is enough, as a rule.
        kind = (stage, day, person.language)
        made = self._compose(person, stage, day, trace=kind not in self._traced)
        if made:
            self._traced.add(kind)
        return made

    def add_wordings(self, person: Recipient, stage: str, day: date) -> None:
        """Compose the wordings of a stage that are not the person's own."""
        for wording in list(wordings(self.campaign, stage, person.letter_id))[1:]:
            self._compose(person, stage, day, trace=True, variants=wording)

    def add_day(self, people: Sequence[Recipient], day: date, stage: str | None) -> None:
        """Compose the letters of one day: each person's stage, or the one that is named."""
        first: dict[str, Recipient] = {}
        for signed, names in stage_sets(self.campaign):
            for person in people if stage is None or stage in names else ():
                name, problems = stage_for(self.campaign, person, day, stage, by_supporters=signed)
                self.problems += problems
                if name is not None and self.add(person, name, day):
                    first.setdefault(name, person)
        for name, person in first.items():
            self.add_wordings(person, name, day)

    def add_window(self, people: Sequence[Recipient], name: str, today: date) -> None:
        """Compose a stage's letters for the first and the last day of its window."""
        stage = self.campaign.file.stages[name]
        for day in stage.days.ends(self.campaign.file.date, today):
            those = [one for one in people if self._gets(one, name, day)]
            got = [person for person in those if self.add(person, name, day)]
            if got:
                self.add_wordings(got[0], name, day)

    def _gets(self, person: Recipient, name: str, day: date) -> bool:
        """Whether somebody gets a stage's letter of a day, and not an earlier stage's."""
        stage = self.campaign.file.stages[name]
        if not is_addressed(self.campaign, stage, person, day):
            return False
        signed = stage.signed_by == "supporters"
        first, _ = stage_for(self.campaign, person, day, by_supporters=signed)
        return first in (None, name)

    def _compose(
        self,
        person: Recipient,
        stage: str,
        day: date,
        *,
        trace: bool,
        variants: dict[str, str] | None = None,
    ) -> bool:
        try:
            letter = compose_sample(
                self.campaign, person, stage, day, trace=trace, variants=variants
            )
        except AdvocacyError as error:
            self.problems += error.problems
            return False
        self.letters.append(letter)
        return True


def trace_letter(letter: Letter, campaign: Campaign) -> Letter:
    """Compose the same letter with the marks of its template's lines."""
    return compose_letter(
        campaign,
        letter.recipient,
        letter.stage,
        letter.date,
        trace=True,
        variants=dict(letter.variants),
        supporters=letter.supporters,
        follows=letter.follows,
    )


MOST_NAMED = 20
"""Up to this many addressees are checked individually; a longer list shares one result."""
STAND_IN = "N"
"""The placeholder for a person's own value while wording that letters share is checked."""


def own_values_count(letter: Letter, campaign: Campaign) -> bool:
    """Whether a letter is judged with its own values: one to one of a few addressees.

    What a list or a supporter brings into a sentence is theirs, not the wording's.
    """
    few = campaign.file.target.addressees
    if len(few) > MOST_NAMED or letter.supporters is not None:
        return False
    return any(one.letter_id == letter.recipient.letter_id for one in few)


def hide_own_values(letter: Letter, campaign: Campaign) -> Letter:
    """The letter as its wording is judged: so that the verdict is the same whoever is first."""
    if own_values_count(letter, campaign) or not letter.body.values:
        return letter
    values = (STAND_IN if isinstance(value, Own) else value for value in letter.body.values)
    return replace(letter, body=replace(letter.body, values=tuple(values)))


def wordings(campaign: Campaign, name: str, letter_id: str) -> Iterator[dict[str, str]]:
    """Yield the person's own variants of a stage, then those that differ in one part.

    Each is the name of a variant by part: `{"subject": "a", "opening": "b"}`.
    """
    stage = campaign.file.stages[name]
    own = chosen(campaign.file.id, name, stage, letter_id)
    yield own
    for part in PARTS if stage.variants else ():
        for other in getattr(stage.variants, part):
            if other != own.get(part):
                yield {**own, part: other}


def compose_letters_to_check(
    campaign: Campaign,
    people: Sequence[Recipient],
    *,
    day: date | None,
    stage: str | None,
    today: date,
) -> LettersToCheck:
    """Compose the letters of one day, or of the first and last day of each stage's window.

    Raises AdvocacyError for a stage that the campaign does not have.
    """
    if unknown := unknown_stage(campaign, stage):
        raise AdvocacyError(unknown)
    gathered = LettersToCheck(campaign)
    if day is not None:
        gathered.add_day(people, day, stage)
        return gathered
    for name in campaign.file.stages if stage is None else (stage,):
        gathered.add_window(people, name, today)
    return gathered
