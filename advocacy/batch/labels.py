"""Labels and envelopes for those who get a letter."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.batch.campaigns import RenderRequest, read_campaign
from advocacy.batch.printing import Order, printing_key
from advocacy.campaign.addressing import (
    inside_address,
    not_in_office,
    postal_problem,
    recipients_of,
)
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import stage_for
from advocacy.checks.gate import gate_of
from advocacy.documents.print_shop.stationery import PaperEnvelope, PaperSheet
from advocacy.errors import Level, Problem
from advocacy.files.writing import prepare_folder, replace_file
from advocacy.letters.compose import compose_for
from advocacy.letters.letter import check


@dataclass(slots=True)
class Labelled:
    """What came of it: the PDF, how many addresses on how many pages, and every problem."""

    file: Path | None = None
    labels: int = 0
    pages: int = 0
    problems: list[Problem] = field(default_factory=list)


def print_addresses(
    request: RenderRequest,
    form: PaperSheet | PaperEnvelope,
    *,
    order: Order = "postal-code",
    skip: int = 0,
) -> Labelled:
    """Print the addresses of those who get a request's letters, in the order of `--merge`.

    There is none for a letter that would be refused. An address that cannot be printed leaves the
    others. Raises AdvocacyError where the file cannot be written.
    """
    campaign, problems = read_campaign(request)
    result = Labelled(problems=problems)
    if campaign is None:
        return result
    day = campaign.letter_date(request.day)
    found: list[Recipient] = []
    for row in recipients_of(campaign, day, problems.append, request.people):
        stage, wrong = stage_for(campaign, row, day, request.stage)
        wrong += [p for p in (not_in_office(row, day), postal_problem(campaign, row)) if p]
        problems += wrong
        if stage and not wrong:
            refused = _refused(campaign, row, stage, day)
            problems += refused
            found += [] if refused else [one.on(day) for one in row.people]
    if order == "postal-code":
        found.sort(key=lambda who: printing_key(who.postal_code or "", who.country or ""))
    if not found:
        return result
    from advocacy.documents.print_shop.labels import About, Label, print_labels

    file = campaign.file
    sender = file.sender
    about = About(
        file.title.get(file.language) or file.id,
        file.language,
        day,
        file.timezone,
        (sender.organization, *sender.address),
    )
    labels = (
        Label(inside_address(campaign, who), who.called, who.place("address") or who.place())
        for who in found
    )
    kind = "labels" if isinstance(form, PaperSheet) else "envelopes"
    name = request.output / file.id / f"{kind}-{form.name}.pdf"
    prepare_folder(name.parent, request.output)
    with replace_file(name) as out:
        printed = print_labels(labels, form, about, campaign.workspace, out, skip=skip)
    result.file, result.labels, result.pages = name, printed.labels, printed.pages
    result.problems = list(dict.fromkeys([*result.problems, *printed.problems]))
    return result


def _refused(campaign: Campaign, row: Recipient, stage: str, day: date) -> list[Problem]:
    """Why a recipient's letter would be refused: nobody needs an envelope for it."""
    letter, problems = compose_for(campaign, row, stage, day)
    if letter is not None:
        problems += [*check(letter, campaign)[1], *gate_of(campaign).errors(letter)]
    return list(dict.fromkeys(one for one in problems if one.level is Level.ERROR))
