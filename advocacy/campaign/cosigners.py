"""The organizations of a coalition: who signed, on which day, and which text they had seen.

A table has a row for each: `organization`, `name` and `title` of the person who signs, `signed`
(the day), `text` (the id of the text that they were sent, as `advocacy cosigners` prints it), and
`stage`, where they sign the letter of one stage alone.
"""

from dataclasses import dataclass
from datetime import date

from advocacy.campaign.campaign import CampaignFile, Cosigner
from advocacy.campaign.recipients.lists import read_rows
from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import AdvocacyError, Place, Problem, Report, reporting
from advocacy.files.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Signer:
    """An organization that signed a text; `stage` is empty where it signed for all stages."""

    cosigner: Cosigner
    signed: date
    text: str
    stage: str = ""
    place: Place | None = None


def read_signers(workspace: Workspace, file: CampaignFile, report: Report) -> tuple[Signer, ...]:
    """The rows of a campaign's table of cosigners; none for a campaign that lists them itself.

    Every problem of a row is reported with its place; the row is left out.
    """
    if not isinstance(file.cosigners, str):
        return ()
    found: list[Signer] = []
    with reporting(report):
        path = workspace.file(file.cosigners, file.place("cosigners"))
        for row in read_rows(path, date.min, report):
            with reporting(report):
                found.append(_signer(row, file))
    return tuple(found)


def _signer(row: Recipient, file: CampaignFile) -> Signer:
    """The signer of a row. Raises AdvocacyError where the row does not say what was signed."""
    problems: list[Problem] = []
    organization, place = row.organization or row.full_name, row.place()
    day = _day(row.text_of("signed"))
    if day is None:
        hint = "Write the date on which they signed, such as 2026-03-01."
        message = f"{organization} has no valid date in the column `signed`."
        problems.append(Problem("cosigner-unsigned", message, hint, place))
    text = row.text_of("text").strip()
    if not text:
        hint = "Write the id of the text that they were sent; `advocacy cosigners` prints it."
        message = f"{organization} has no text in the column `text`."
        problems.append(Problem("cosigner-unsigned", message, hint, place))
    stage = row.text_of("stage").strip()
    if stage and stage not in file.stages:
        message = (
            f"{organization} signed for the stage `{stage}`, which the campaign does not have."
        )
        hint = f"The stages are: {', '.join(file.stages)}."
        problems.append(Problem("unknown-stage", message, hint, place))
    if problems or day is None:
        raise AdvocacyError(problems)
    person = row.full_name if row.organization else ""
    cosigner = Cosigner.model_construct(
        organization=organization, name=person or None, title=row.title
    )
    return Signer(cosigner, day, text, stage, place)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
