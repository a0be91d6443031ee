"""Review a stage's letter, and record its approval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from advocacy.campaign.loading import Campaign
from advocacy.campaign.stages import unknown_stage
from advocacy.checks.accepting import SHORT, acceptances
from advocacy.checks.run import run_checks
from advocacy.errors import AdvocacyError, Level, Problem, count_noun, has_errors
from advocacy.files.cache import files_held
from advocacy.letters.approvals import (
    Acceptance,
    ApprovalStatus,
    judge_approval,
    record_approval,
)
from advocacy.letters.letter import CheckedLetter, check
from advocacy.letters.samples import compose_sample, stage_recipients
from advocacy.letters.stage_text import StageText, read_stage_text

PEOPLE = 20
"""The number of recipients whose letters are checked; only their own values differ."""


@dataclass(frozen=True, slots=True)
class Words:
    """Who accepts what the checks report, on which day, and why."""

    by: str
    on: date
    reason: str

    def accept(self, found: Problem) -> Acceptance:
        """The record of one problem that is accepted."""
        return Acceptance(
            code=found.code,
            message=" ".join(found.message.split()),
            by=self.by,
            date=self.on,
            reason=self.reason,
            basis=found.basis,
        )


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody is asked to approve: the letter of each end of the stage's window.

    `text` is what the letters are made of, as it was read for the review; `accepted` is what
    people accepted of it, before or now.
    """

    stage: str
    text: StageText
    standing: ApprovalStatus
    days: tuple[date, ...]
    letters: tuple[CheckedLetter, ...]
    problems: tuple[Problem, ...]
    accepted: tuple[Acceptance, ...] = ()

    @property
    def may_be_approved(self) -> bool:
        """Whether there is a letter and no error."""
        return bool(self.letters) and not has_errors(self.problems)

    @property
    def open(self) -> tuple[Problem, ...]:
        """Errors and warnings about sentences that a person may accept, and nobody has."""
        return tuple(one for one in self.problems if one.basis and one.level is not Level.NOTE)

    @property
    def unsourced(self) -> tuple[Problem, ...]:
        """Sentences of fact without a note, for which the template gives a reason."""
        return tuple(one for one in self.problems if one.code == "silenced-claim")

    def accepting(self, named: Sequence[str], words: Words) -> "Review":
        """The review with what somebody accepts: the errors that are named, and all warnings.

        `named` are beginnings of their bases. Raises AdvocacyError for a name that means none
        of what is open, or several.
        """
        chosen = {_named(name, self.open).basis for name in named}
        chosen |= {one.basis for one in self.open if one.level is Level.WARNING}
        accepted = [words.accept(one) for one in self.open if one.basis in chosen]
        problems = (one.at(Level.NOTE) if one.basis in chosen else one for one in self.problems)
        return replace(self, problems=tuple(problems), accepted=(*self.accepted, *accepted))


def review_stage(campaign: Campaign, stage_name: str, today: date | None = None) -> Review:
    """Put a stage's letter through the gate and all checks, on the first and last day.

    Raises AdvocacyError for a stage that the campaign does not have.
    """
    if unknown := unknown_stage(campaign, stage_name):
        raise AdvocacyError(unknown)
    text = read_stage_text(campaign, stage_name)
    with files_held(text.files):
        return _review(campaign, stage_name, text, today)


def _review(campaign: Campaign, stage_name: str, text: StageText, today: date | None) -> Review:
    stage = campaign.file.stages[stage_name]
    today = today or campaign.today()
    days = stage.days.ends(campaign.file.date, today)
    people = list(islice(stage_recipients(campaign, stage, days[0]), PEOPLE))
    report = run_checks(campaign, stage=stage_name, today=today, recipients=people, media=True)
    problems = list(report.problems)
    letters: list[CheckedLetter] = []
    for day in days:
        for number, person in enumerate(people):
            try:
                letter = compose_sample(campaign, person, stage_name, day)
                checked, found = check(letter, campaign)
            except AdvocacyError:
                continue  # reported by the checks
            if has_errors(one for one in problems if not one.basis):
                continue  # likewise, in the words of the stage's window
            problems += found
            if checked is not None and not number:
                letters.append(checked)
    if not people:
        problems.append(
            Problem(
                "no-recipients",
                f"The letter of the stage `{stage_name}` has no recipients, so it cannot be "
                f"approved.",
                "Add an addressee or a list of recipients to the campaign.",
                stage.place(),
            )
        )
    bases = {one.basis for one in problems}
    return Review(
        stage_name,
        text,
        judge_approval(campaign, stage_name),
        days,
        tuple(letters),
        tuple(dict.fromkeys(problems)),
        tuple(one for one in acceptances(campaign).values() if one.basis in bases),
    )


def approve_stage(campaign: Campaign, seen: Review, by: str, on: date) -> ApprovalStatus:
    """Record the approval of what was reviewed. Raises AdvocacyError if it has errors."""
    if not seen.may_be_approved:
        message = f"The stage `{seen.stage}` has errors, so its text was not approved."
        hint = "Correct the errors above, then approve again."
        place = campaign.file.stages[seen.stage].place()
        raise AdvocacyError(Problem("cannot-approve", message, hint, place))
    if seen.open:
        raise AdvocacyError(_unexplained(campaign, seen))
    with files_held(seen.text.files):  # what was reviewed, whatever was saved since
        record_approval(campaign, seen.stage, by, on, seen.accepted)
        return judge_approval(campaign, seen.stage)


def _named(name: str, found: Sequence[Problem]) -> Problem:
    matching = {one.basis: one for one in found if one.basis.startswith(name)}
    if len(matching) == 1:
        return next(iter(matching.values()))
    names = ", ".join(f"`{one.basis[:SHORT]}`" for one in found)
    raise AdvocacyError(
        Problem(
            "nothing-to-accept",
            f"`{name}` is not the ID of a finding that can be accepted here.",
            f"Available: {names}." if names else "There is nothing to accept. Omit `--accept`.",
        )
    )


def _unexplained(campaign: Campaign, seen: Review) -> Problem:
    warnings = count_noun(len(seen.open), "warning")
    return Problem(
        "reason-missing",
        f"The stage `{seen.stage}` has {warnings} about its sentences, but no reason why the "
        f"sentences are correct.",
        "Change the sentences, or add `--reason TEXT`, which is recorded with your name.",
        campaign.file.stages[seen.stage].place(),
    )
