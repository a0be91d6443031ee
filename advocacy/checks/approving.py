"""Review a stage's letter, and record its approval."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from advocacy.campaign.loading import Campaign
from advocacy.campaign.stages import unknown_stage
from advocacy.checks.run import run_checks
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.cache import files_held
from advocacy.letters.approvals import ApprovalStatus, judge_approval, record_approval
from advocacy.letters.letter import CheckedLetter, check
from advocacy.letters.parts import compose_sample, stage_recipients
from advocacy.letters.stage_text import StageText, read_stage_text

PEOPLE = 20
"""How many of those who get the letter are checked; what differs between them is theirs."""


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody is asked to approve: the letter of each end of the stage's window.

    `text` is what the letters are made of, as it was read for the review.
    """

    stage: str
    text: StageText
    standing: ApprovalStatus
    days: tuple[date, ...]
    letters: tuple[CheckedLetter, ...]
    problems: tuple[Problem, ...]

    @property
    def may_be_approved(self) -> bool:
        """Whether there is a letter and no error."""
        return bool(self.letters) and not has_errors(self.problems)


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
            if has_errors(problems):
                continue  # likewise, in the words of the stage's window
            problems += found
            if checked is not None and not number:
                letters.append(checked)
    if not people:
        problems.append(
            Problem(
                "no-recipients",
                f"Nobody gets the letter of the stage `{stage_name}`, so there is none to approve.",
                "Name an addressee or a list of recipients in the campaign.",
                stage.place(),
            )
        )
    return Review(
        stage_name,
        text,
        judge_approval(campaign, stage_name),
        days,
        tuple(letters),
        tuple(dict.fromkeys(problems)),
    )


def approve_stage(campaign: Campaign, seen: Review, by: str, on: date) -> ApprovalStatus:
    """Record the approval of what was reviewed. Raises AdvocacyError if it has errors."""
    if not seen.may_be_approved:
        message = f"The stage `{seen.stage}` has errors, so its text was not approved."
        hint = "Correct what is listed above, and approve again."
        place = campaign.file.stages[seen.stage].place()
        raise AdvocacyError(Problem("cannot-approve", message, hint, place))
    with files_held(seen.text.files):  # what was reviewed, whatever was saved since
        record_approval(campaign, seen.stage, by, on)
        return judge_approval(campaign, seen.stage)
