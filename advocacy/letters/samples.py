"""Letters of a stage to made-up people, where no real one is needed, and those on its list."""

from collections.abc import Iterator, Mapping
from datetime import date

from advocacy.campaign.addressing import recipients_of
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import is_addressed
from advocacy.campaign.supporters.model import Supporter, Supporters
from advocacy.errors import AdvocacyError, ignore
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import Letter
from advocacy.letters.previous import example_sending

SAMPLE_RECIPIENT = Recipient.model_validate({"id": "sample", "name": "Sample Person"})
"""The recipient of a stage's sample letter."""
SAMPLE_DAY = date(2020, 1, 1)
"""The day of a stage's sample letter, so that its text does not depend on the current date."""


def sample_letter(campaign: Campaign, stage: str) -> Letter | None:
    """The stage's letter to a made-up recipient, in the first of its variants.

    None if its template needs more of a recipient than a name.
    """
    variants = campaign.file.stages[stage].variants
    first: dict[str, str] = {}
    if variants is not None:
        offered = {"subject": list(variants.subject), "opening": list(variants.opening)}
        first = {part: min(names) for part, names in offered.items() if names}
    try:
        return compose_sample(campaign, SAMPLE_RECIPIENT, stage, SAMPLE_DAY, variants=first)
    except AdvocacyError:
        return None


def compose_sample(
    campaign: Campaign,
    person: Recipient,
    stage: str,
    day: date,
    *,
    trace: bool = False,
    variants: Mapping[str, str] | None = None,
) -> Letter:
    """Compose a letter as `compose_letter` does; where supporters sign, a made-up one does.

    The letter before a reminder is a made-up one, too, where only the ledger knows its day.
    """
    signed = sample_supporters(campaign, stage)
    return compose_letter(
        campaign, person, stage, day, trace=trace, variants=variants, supporters=signed,
        follows=example_sending(campaign, stage, day),
    )  # fmt: skip


def sample_supporters(campaign: Campaign, stage: str) -> Supporters | None:
    """One made-up supporter for a stage whose letters supporters sign; None for other stages."""
    if campaign.file.stages[stage].signed_by != "supporters":
        return None
    columns = dict.fromkeys(campaign.file.supporters.match, "Sample")
    return Supporters((Supporter("sample", "Sample Supporter", "Springfield", columns=columns),))


def stage_recipients(campaign: Campaign, stage: Stage, day: date) -> Iterator[Recipient]:
    """The recipients of a stage's letters, read one by one; entries with problems are skipped."""
    for person in recipients_of(campaign, day, ignore):
        if is_addressed(campaign, stage, person, day):
            yield person
