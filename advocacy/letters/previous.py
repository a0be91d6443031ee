"""The letter that a reminder follows: its day and its subject, from the stage or from a sending."""

from dataclasses import replace
from datetime import date
from typing import Any

from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.campaign.stages import chosen, fill_subject
from advocacy.letters.letter import PreviousLetter, PreviousSending
from advocacy.letters.typesetting import typeset_lines
from advocacy.letters.variables import Texts
from advocacy.templating.values import Missing, long_date


def example_sending(campaign: Campaign, stage: str, day: date) -> PreviousSending | None:
    """A sending of the letter before for checks and previews; None where the stage has none."""
    earlier = _earlier_stage(campaign, campaign.file.stages[stage])
    if earlier is None:
        return None
    return PreviousSending(sent=True, day=earlier.from_ or earlier.until or day)


def sending_for(
    campaign: Campaign, stage: Stage, letter_id: str, sending: PreviousSending | None
) -> PreviousSending:
    """The sending with the subject that the person got, who gets the same variant every time."""
    sending = sending or PreviousSending()
    follows, earlier = stage.follows, _earlier_stage(campaign, stage)
    if follows is None or earlier is None or sending.variant or earlier.variants is None:
        return sending
    variants = chosen(campaign.file.id, follows.stage, earlier, letter_id)
    return replace(sending, variant=variants.get("subject", ""))


def previous_letter(
    campaign: Campaign, stage: Stage, texts: Texts, sending: PreviousSending
) -> dict[str, Any]:
    """The day and the subject of the letter that a stage's letter follows, for its template.

    The stage says the day, or the earlier stage's window of one day does; else `sending` does.
    What is not known is a `Missing`.
    """
    follows, earlier = stage.follows, _earlier_stage(campaign, stage)
    if follows is None or earlier is None:
        nothing = Missing(
            "The template prints details of the previous letter, but the stage has no `follows`.",
            "Name the earlier stage: `follows: {stage: call, date: 2026-03-02}`.",
        )
        return {"date": nothing, "subject": nothing}
    day = follows.day(earlier.from_, earlier.until) or sending.day
    if day is None and sending.sent is False:
        unsent = Missing(
            f"The ledger has no letter of the stage `{follows.stage}` to this person.",
            "Put the sentence in `{% if previous.date %}…{% endif %}`, or leave the person out.",
        )
        return {"date": unsent, "subject": unsent}
    subject, place = earlier.subject, earlier.place("subject")
    if earlier.variants is not None and sending.variant in earlier.variants.subject:
        subject = earlier.variants.subject[sending.variant]
        place = earlier.variants.place("subject", sending.variant)
    return {
        "date": day or _unknown_day(follows.stage, sending),
        "subject": fill_subject(
            texts.get(subject, place),
            earlier,
            campaign.bills.get(earlier.bill or ""),
            read_set_phrases(texts.language, campaign.workspace),
        ),
    }


def known_previous(variables: dict[str, Any], language: str) -> PreviousLetter:
    """What is known of the letter before, of what `previous_letter` gives."""
    day, subject = variables["date"], str(variables["subject"])
    known = None if isinstance(day, Missing) else day
    texts = (long_date(known, language) if known else "", subject)
    return PreviousLetter(
        known, subject, typeset_lines(tuple(text for text in texts if text), language)
    )


def _earlier_stage(campaign: Campaign, stage: Stage) -> Stage | None:
    return campaign.file.stages.get(stage.follows.stage) if stage.follows else None


def _unknown_day(stage: str, sending: PreviousSending) -> Missing:
    if sending.sent:
        return Missing(
            f"The ledger does not say when the letter of the stage `{stage}` was delivered.",
            "Put the sentence in `{% if previous.date %}…{% endif %}`.",
        )
    return Missing(
        f"The date of the letters of the stage `{stage}` is not known.",
        "Add it: `follows: {stage: …, date: 2026-03-02}`. Without it, only `advocacy send` makes "
        "these letters. It takes the date from the ledger.",
    )
