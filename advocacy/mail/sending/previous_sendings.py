"""What the ledger knows of the letters that a mailing's reminders follow.

A reminder says "On March 2, we wrote to you", and so to each person the day on which that person
got the letter. The day is the one on which the email left, in the campaign's timezone, as its
`Date` header has it. For a letter that somebody freed or counted as sent by hand it is the day on
which it was first handed to a server. Of one that was delivered by hand the ledger knows when that
was recorded, which may be another day; so its day is not known.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from advocacy.errors import Level, Problem
from advocacy.letters.letter import PreviousSending
from advocacy.letters.stage_text import digest_parts
from advocacy.mail.ledger import Ledger, PersonKey
from advocacy.mail.ledger.values import LedgerRecord
from advocacy.mail.sending.by_hand import BY_HAND
from advocacy.mail.sending.mailing_settings import MailingSettings


def find_previous_sendings(
    ledger: Ledger, mailing: MailingSettings, keys: Sequence[PersonKey]
) -> list[PreviousSending | None]:
    """Look up the letter before of each of these people, in their order.

    None for all where the mailing's stage follows no other, or the ledger has no mailing of that
    stage, whose letters may have gone by post. Raises AdvocacyError where the ledger cannot be
    read.
    """
    campaign = mailing.campaign
    follows = campaign.file.stages[mailing.stage].follows
    found = follows and ledger.sent_before(campaign.file.id, follows.stage, keys)
    if not found:
        return [None] * len(keys)
    zone = ZoneInfo(campaign.file.timezone)
    return [_sending(record, zone) for record in found]


def _sending(record: LedgerRecord | None, zone: ZoneInfo) -> PreviousSending:
    if record is None:
        return PreviousSending(sent=False)
    variant = record.variants.get("subject", "")
    if record.reply == BY_HAND:
        return PreviousSending(sent=True, variant=variant)
    at = record.first_at if record.is_assumed else record.at
    return PreviousSending(True, datetime.fromtimestamp(at, zone).date(), variant)


_SUBJECT = ("campaign/subject", "campaign/variants")


def find_changed_subject(ledger: Ledger, mailing: MailingSettings) -> Problem | None:
    """Warn where the letters that a mailing follows were sent with another subject.

    What is compared is the mailing's last text.
    """
    campaign = mailing.campaign
    follows = campaign.file.stages[mailing.stage].follows
    if follows is None:
        return None
    now = digest_parts(campaign, follows.stage)
    for one in ledger.mailings():
        if (one.campaign, one.stage) != (campaign.file.id, follows.stage):
            continue
        then = ledger.text(one.name).parts
        if any(then.get(key) != now.get(key) for key in _SUBJECT):
            return Problem(
                "previous-subject-changed",
                f"The subject of the stage `{follows.stage}` was changed after `{one.name}` was "
                "sent.",
                "Restore it if the letter prints `previous.subject`. People look for the subject "
                "that they got.",
                follows.place("stage"),
                Level.WARNING,
            )
    return None
