"""What a mailing is, one stage's emails to a list, and what must hold before it may go out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from markupsafe import escape

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.stages import stage_for, stages_signed, unknown_stage
from advocacy.campaign.supporters.letters import correspondence
from advocacy.campaign.supporters.model import Correspondence
from advocacy.checks.facts import dates
from advocacy.checks.settings import CheckSettings
from advocacy.documents.email.html import render_html
from advocacy.documents.unsubscribe_links import leaving_of
from advocacy.errors import AdvocacyError, Level, Place, Problem, count_noun, has_errors, ignore
from advocacy.files.cache import files_held
from advocacy.letters.approvals import approval_problems, describe_changes, judge_approval
from advocacy.letters.compose import compose_for
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.letters.previous import example_sending
from advocacy.letters.samples import sample_letter
from advocacy.letters.stage_text import NOTHING_READ, StageText, read_stage_text
from advocacy.mail.ledger import MailingText
from advocacy.mail.sending.proofs import judge_letters

FIRST = 5
"""Letters that are checked before a mailing starts; the others are checked when composed."""


@dataclass(frozen=True, slots=True)
class MailingSettings:
    """One stage's emails to a list: dated `day`, sent on `today`, recorded under `name`.

    Both days are in the campaign's timezone. `text` is what it is composed of: the files as they
    were when somebody asked for the mailing. Without it, nothing can be composed. Without `attach`,
    nothing is attached to the emails.
    """

    campaign: Campaign
    stage: str
    name: str
    day: date
    today: date
    people: People
    text: StageText = NOTHING_READ
    attach: bool = True

    @property
    def subscribers(self) -> bool:
        """Whether the rules for subscribed mail apply."""
        return self.campaign.file.audience == "subscribers"

    @property
    def attaches(self) -> bool:
        """Whether the emails have a PDF attached."""
        return self.attach and "pdf" in self.campaign.file.stages[self.stage].attach

    @property
    def media(self) -> tuple[str, ...]:
        """The media in which a reader gets the letters."""
        return ("HTML", "text", "PDF") if self.attaches else ("HTML", "text")

    def on(self, today: date) -> "MailingSettings":
        """The same, sent on another day."""
        return replace(self, today=today)


def choose_mailing(
    campaign: Campaign,
    people: People,
    *,
    stage: str | None = None,
    day: date | None = None,
    today: date | None = None,
    other: str | None = None,
    attach: bool | None = None,
) -> MailingSettings:
    """Choose the mailing of a stage (default: the one whose window covers the letters' date).

    It is named `<campaign>/<stage>`, and `<campaign>/<stage>/<other>` where it is another one
    of the same stage. `attach` asks for the stage's PDF, or for emails without it. Raises
    AdvocacyError where no stage or several would do, and where the stage attaches no PDF.
    """
    unknown = unknown_stage(campaign, stage)
    if unknown:
        raise AdvocacyError(unknown)
    day = campaign.letter_date(day)
    stage = stage or _stage_on(campaign, day, by_supporters=people.supporters is not None)
    name = f"{campaign.file.id}/{stage}"
    if attach and "pdf" not in campaign.file.stages[stage].attach:
        raise AdvocacyError(_nothing_attached(campaign, stage))
    return MailingSettings(
        campaign,
        stage,
        f"{name}/{other}" if other else name,
        day,
        today or campaign.today(),
        people,
        read_stage_text(campaign, stage),
        attach is not False,
    )


def _nothing_attached(campaign: Campaign, stage: str) -> Problem:
    return Problem(
        "nothing-attached",
        f"The emails of the stage `{stage}` have no PDF attached.",
        "Add `attach: [pdf]` to the stage and approve it again, or omit `--format`.",
        campaign.file.place("stages"),
    )


def _stage_on(campaign: Campaign, day: date, *, by_supporters: bool) -> str:
    stages = campaign.file.stages
    signed = stages_signed(campaign, by_supporters=by_supporters)
    fitting = [name for name in signed if stages[name].covers(day)]
    if len(fitting) == 1:
        return fitting[0]
    names = fitting or signed
    what = "several stages cover" if fitting else "no stage covers"
    raise AdvocacyError(
        Problem(
            "mailing-stage",
            f"A mailing has one stage, but {what} {day}.",
            f"Name it: `--stage {names[0]}`"
            + (f" (available: {', '.join(names)})." if len(names) > 1 else "."),
            campaign.file.place("stages"),
        )
    )


def mailing_text(mailing: MailingSettings) -> MailingText:
    """What the mailing says: the digests of all its parts, and a letter to an example recipient."""
    with files_held(mailing.text.files):
        letter = sample_letter(mailing.campaign, mailing.stage)
    sample = ""
    if letter is not None:
        sample = f"{letter.subject}\n\n{letter.salutation}\n\n{letter.body.text()}\n"
    return MailingText(mailing.text.parts, sample)


def text_on_disk(mailing: MailingSettings, templates: Path | None) -> Problem | None:
    """That the text as it is now, or its approval, is not what the mailing is composed of.

    `templates` is the folder that the user named. None where all is the same.
    """
    campaign, problems = load_campaign(mailing.campaign.path, templates)
    changes: tuple[str, ...] = ("the campaign's files now have errors",)
    try:
        if campaign is not None and mailing.stage not in campaign.file.stages:
            changes = ("the stage was removed",)
        elif campaign is not None and not has_errors(problems):
            text = read_stage_text(campaign, mailing.stage)
            changes = tuple(describe_changes(mailing.text.parts, text.parts))
            if not changes and judge_approval(campaign, mailing.stage).state != "approved":
                changes = ("the approval was withdrawn",)
    except AdvocacyError:
        changes = ("the approvals cannot be read",)
    if not changes:
        return None
    return Problem(
        "text-changed",
        f"The text was changed during the mailing: {'; '.join(changes)}. No message was sent with "
        f"the change.",
        "If the new text is correct, approve it and continue with `--new-text`. Otherwise, "
        "restore the old text and run the command again. `advocacy status --cites FACT` lists "
        "everyone whose letter relies on a fact.",
    )


def find_obstacles(mailing: MailingSettings) -> list[Problem]:
    """Find what keeps the whole mailing from going out on its day (errors), and warnings.

    Its text must be approved and as it was approved, and its date neither too old nor to come.
    The first few letters are composed and put through the gate for their date and for the day
    of sending, their facts must have been looked at lately, and a reader must see their whole text
    with every reference in their documents.
    """
    with files_held(mailing.text.files):
        return _obstacles(mailing)


def _obstacles(mailing: MailingSettings) -> list[Problem]:
    campaign = mailing.campaign
    problems = [problem.at(Level.ERROR) for problem in approval_problems(campaign, [mailing.stage])]
    problems += _days(mailing)
    letters: list[Letter] = []
    composed: list[Letter] = []
    passing: list[Letter] = []
    for one in islice(_wanted(mailing), FIRST):
        signed = one.supporters
        name, found = stage_for(
            campaign, one.recipient, mailing.day, mailing.stage, by_supporters=signed is not None
        )
        letter = None
        if name is not None:
            letter, found = compose_for(
                campaign, one.recipient, name, mailing.day, supporters=signed,
                follows=example_sending(campaign, name, mailing.day),
            )  # fmt: skip
        problems += found
        if letter is None:
            continue
        passed = None
        for day in dict.fromkeys((mailing.day, mailing.today)):
            checked, found = check(letter, campaign, day)
            problems += found
            passed = passed or checked
        composed.append(letter)
        if passed is not None:
            passing.append(letter)
            problems += _way_out(passed, campaign) if mailing.subscribers else ()
        letters.append(replace(letter, date=mailing.today))
    due = dates.check_rechecks(letters, campaign, max(mailing.today, campaign.today()), exact=True)
    problems += judge_letters(
        campaign, composed, passing, media=mailing.media, today=mailing.today,
        parts=mailing.text.parts,
    )  # fmt: skip
    problems += CheckSettings(campaign.file).apply(due)
    return list(dict.fromkeys(problems))


def _way_out(checked: CheckedLetter, campaign: Campaign) -> Iterator[Problem]:
    """That the email's layout does not show subscribers where to leave."""
    link = leaving_of(checked.letter, None).link
    if link and escape(link) not in render_html(checked, campaign.workspace):
        path = campaign.workspace.template("layouts/email.html")
        yield Problem(
            "no-unsubscribe",
            "The email layout does not print the unsubscribe address.",
            "Print `{{ unsubscribe }}` as a link, as the built-in layout does.",
            Place(path) if path else None,
        )


def _wanted(mailing: MailingSettings) -> Iterator[Correspondence]:
    return correspondence(mailing.campaign, mailing.day, ignore, mailing.people)


def _days(mailing: MailingSettings) -> Iterator[Problem]:
    file, day, today = mailing.campaign.file, mailing.day, mailing.today
    place = file.place("date") if file.date == day else None
    if day > today:
        yield Problem(
            "dated-ahead",
            f"The letters are dated {day}, but today is {today} in {file.timezone}.",
            "Send them on that day, or change their date to today with `--date`.",
            place,
        )
    elif today - day > file.max_age:
        days = count_noun((today - day).days, "day")
        yield Problem(
            "too-old",
            f"The letters are dated {day}, {days} before today, {today}; the campaign's "
            f"`max_age` allows {file.max_age.days}.",
            f"Change their date to today: `--date {today}`. Facts that were true then may not be "
            f"true now.",
            place,
        )
