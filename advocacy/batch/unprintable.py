"""What is mailed where no font can print somebody's name: `unprintable_name` of the stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from advocacy.campaign.loading import Campaign
from advocacy.errors import Hint, Level, Problem
from advocacy.letters.letter import CheckedLetter, Letter

UNPRINTABLE = "unprintable-character"
"""The code of the problem that no font has a character."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is attached in place of the letter's PDF: `data`, or nothing.

    `attaches` says whether the email has an attachment, or waits for one that cannot be made.
    """

    data: bytes | None
    attaches: bool
    problems: list[Problem]


def attach_instead(
    checked: CheckedLetter,
    campaign: Campaign,
    problems: Sequence[Problem],
    set_pdf: Callable[[CheckedLetter], bytes | None],
    *,
    asked: bool,
) -> Attachment:
    """Find what is attached to an email whose PDF cannot be set because of these problems.

    Where the stage says what to do without a font, the problems are warnings that tell who gets
    what. They stay errors if the PDF is `asked` for itself.
    """
    letter = checked.letter
    wanted = campaign.file.stages[letter.stage].unprintable_name
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if any(problem.code != UNPRINTABLE for problem in errors):
        return Attachment(None, True, list(problems))
    data = None
    told = " This person gets no email."
    if wanted is not None:
        told = " This person gets the email without the PDF."
    if wanted == "no-name":
        without = _without_name(letter, campaign)
        data = None if without is None else set_pdf(without)
        if data is not None:
            told = " This person gets the email with a PDF that greets the organization."
    if asked:
        return Attachment(data, wanted is None or data is not None, list(problems))
    return Attachment(
        data,
        wanted is None or data is not None,
        [
            _told(problem, told, Level.ERROR if wanted is None else Level.WARNING)
            if problem.code == UNPRINTABLE
            else problem
            for problem in problems
        ],
    )


def _told(problem: Problem, told: str, level: Level) -> Problem:
    """The problem with what happens to the person, and the ways to change that."""
    cure = problem.hint.words.get("cure", "") if isinstance(problem.hint, Hint) else problem.hint
    ways = "omit the PDF for everyone with `--format eml`"
    if level is Level.ERROR:
        ways = (
            "write in the stage `unprintable_name: no-pdf` (the email without the PDF) or "
            f"`no-name` (a PDF that greets the organization), or {ways}"
        )
    hint = f"{cure}, or {ways}."
    return replace(problem.at(level), message=f"{problem.message}{told}", hint=hint)


def _without_name(letter: Letter, campaign: Campaign) -> CheckedLetter | None:
    """The letter to somebody's organization, without the name; None where there is no such."""
    from advocacy.letters.compose import compose_for
    from advocacy.letters.letter import check

    person = letter.recipient
    names = ("name", "given_name", "family_name", "suffix", "honorific", "salutation")
    organization = person.organization or campaign.file.target.organization
    nobody = dict.fromkeys(names) | {"id": person.letter_id, "organization": organization}
    found, _ = compose_for(
        campaign, person.model_copy(update=nobody), letter.stage, letter.date,
        supporters=letter.supporters, follows=letter.follows,
    )  # fmt: skip
    return None if found is None else check(found, campaign)[0]
