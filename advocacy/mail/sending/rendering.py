"""Why a mailing does not begin, in words.

Composing a mailing's messages: anew, by the same hands that render, and finished to leave.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from advocacy.batch.documents import BatchSettings, shared_digests
from advocacy.batch.executor import Executor, choose_executor
from advocacy.batch.worker import LetterOutcome, WantedLetter
from advocacy.documents.email.message import message_id, needs_smtputf8
from advocacy.documents.headers import wire_address
from advocacy.errors import Problem
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger import LedgerEntry
from advocacy.mail.sending.mailing_settings import MailingSettings
from advocacy.mail.sending.messages import Finish, outgoing
from advocacy.mail.sending.outbox import Ready
from advocacy.mail.smtp import Envelope
from advocacy.mail.smtp.judging import SmtpReply
from advocacy.mail.smtp.server import Server


def only_here(server: Server) -> Problem:
    """That a pretended day is for servers on this machine."""
    return Problem(
        "pretended-day",
        f"--today pretends a day, and {server.shown} is not on this machine.",
        "Leave it out, or try the mailing on a folder: ADVOCACY_SMTP=maildir:/tmp/trial.",
    )


def unknown_mailing(mailing: MailingSettings, place: str, no_ledger: bool) -> Problem:
    """That the ledger knows nothing of a mailing, or that there is no ledger."""
    what = f"There is no ledger ({place})" if no_ledger else f"The ledger ({place}) does not know"
    what += "." if no_ledger else f" the mailing `{mailing.name}`."
    return Problem(
        "new-mailing",
        f"{what} Nobody counts as written to yet.",
        "If it begins now, add `--new-mailing`. If it began before, put its ledger back first: "
        "without it everyone would get the letter again.",
    )


def known_mailing(mailing: MailingSettings) -> Problem:
    """That a mailing that is said to be new is not."""
    return Problem(
        "known-mailing",
        f"The mailing `{mailing.name}` has begun before.",
        "Leave out `--new-mailing` to go on with it, or name another with `--mailing NAME`.",
    )


def nobody_to_mail(mailing: MailingSettings) -> Problem:
    """That no message could be made for anybody on the list."""
    return Problem(
        "no-message",
        f"The list has nobody to whom `{mailing.name}` could be mailed.",
        "Look at the list: do its rows have `email`, and is the stage for them?",
    )


def test_failed(to: str, reply: SmtpReply) -> Problem:
    """That the server did not take a test message."""
    return Problem(
        "test-not-sent",
        f"The test to {to} was not taken: {reply.code or ''} {reply.text}".replace("  ", " "),
        "Correct what the server says, and try again.",
    )


FEW = 300
"""So many messages are composed sooner by this process than others could be started."""


@dataclass(frozen=True, slots=True)
class MessageRenderer:
    """Makes a mailing's messages, as `advocacy.batch` makes its documents."""

    mailing: MailingSettings
    settings: BatchSettings
    finish: Finish
    workers: int | None = None

    @property
    def first(self) -> int:
        """The size of the first tasks."""
        return 1 if self.settings.wants_paper else 20

    def crew(self, wanted: Iterator[WantedLetter]) -> tuple[Executor, Iterator[WantedLetter]]:
        """Who composes the letters, and the letters."""
        return choose_executor(self.settings, wanted, workers=self.workers, few=FEW)

    def ready(self, outcome: LetterOutcome) -> Ready | None:
        """The message that came of a letter, finished; None where none could be made."""
        message = outcome.documents.get(f"{outcome.id}.eml")
        line = outcome.entry
        if message is None or line is None:
            return None
        address = wire_address(line["recipient"]["email"])
        file = self.mailing.campaign.file
        name = message_id(self.mailing.name, outcome.id, file.sender.email)
        now = datetime.fromtimestamp(int(time.time()), ZoneInfo(file.timezone))
        more = self.finish.headers(address, line["language"])
        message = outgoing(message, sent=now, message_id=name, more=more)
        if self.finish.sign is not None:
            message = self.finish.sign(message)
        entry = LedgerEntry(
            letter_id=outcome.id,
            address=address,
            address_key=address_key(address),
            digest=line["digest"],
            recipient_digest=line["recipient_digest"],
            message_id=name,
            variants=line.get("variants", {}),
            shared_address=self.mailing.people.supporters is not None,
        )
        sender = self.finish.envelope_sender(name)
        return Ready(entry, Envelope(sender, address, message, needs_utf8=needs_smtputf8(message)))


def press_of(
    mailing: MailingSettings, finish: Finish, *, output: Path, workers: int | None = None
) -> MessageRenderer:
    """What composes a mailing on its day of sending; rendered PDFs are looked for in `output`."""
    campaign = mailing.campaign
    settings = BatchSettings(
        campaign,
        mailing.day,
        ("eml",),
        formats_asked_for=True,
        output=output,
        deliver="return",
        force=True,
        shared=shared_digests(campaign, ("eml",)),
        unsubscribe_links=finish.leaving,
        also_on=mailing.today,
    )
    return MessageRenderer(mailing, settings, finish, workers)
