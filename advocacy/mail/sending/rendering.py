"""Compose a mailing's messages anew, as `render` composes them, and finish them to leave."""

import time
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from advocacy.batch.documents import BatchSettings, document_kind
from advocacy.batch.executor import choose_executor
from advocacy.batch.fork_server import FEW_TO_MAIL
from advocacy.batch.record import Entry
from advocacy.batch.worker import Executor, LetterOutcome, WantedLetter
from advocacy.campaign.supporters.model import letter_person
from advocacy.checks.gate import gate_of
from advocacy.checks.inputs import inputs_digest
from advocacy.documents.email.message import message_id, needs_smtputf8
from advocacy.documents.headers import wire_address
from advocacy.errors import Problem
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger import LedgerEntry
from advocacy.mail.sending.mailing_settings import MailingSettings
from advocacy.mail.sending.messages import Finishing, add_sending_headers
from advocacy.mail.sending.outbox import ReadyMessage
from advocacy.mail.smtp import Envelope


@dataclass(frozen=True, slots=True)
class MessageRenderer:
    """Makes a mailing's messages, by the workers that make documents in `advocacy.batch`."""

    mailing: MailingSettings
    settings: BatchSettings
    finishing: Finishing
    workers: int | None = None

    @property
    def first(self) -> int:
        """The size of the first tasks."""
        return 1 if self.settings.wants_paper else 20

    def executor(self, wanted: Iterator[WantedLetter]) -> tuple[Executor, Iterator[WantedLetter]]:
        """Choose what composes the letters, this process or several; and the letters, whole."""
        return choose_executor(self.settings, wanted, workers=self.workers, few=FEW_TO_MAIL)

    def finish(
        self,
        outcome: LetterOutcome,
        sharing: Container[str] = frozenset(),
        returned: Container[str] = frozenset(),
    ) -> ReadyMessage | None:
        """Finish the message that came of a letter; None where none could be made.

        `sharing` are ids of letters to a mailbox to which another person gets one, too, `returned`
        those of letters that came back from another address.
        """
        emails = (data for name, data in outcome.documents.items() if document_kind(name) == "eml")
        message, entry = next(emails, None), outcome.entry
        if message is None or entry is None:
            return None
        address = wire_address(entry["recipient"]["email"])
        file = self.mailing.campaign.file
        # A late report about the letter that came back must not be taken for one about this.
        again = f"\0{address_key(address)}" if outcome.id in returned else ""
        plain = message_id(self.mailing.name, f"{outcome.id}{again}", file.sender.email)
        name = self.finishing.sign_id(plain)
        now = datetime.fromtimestamp(int(time.time()), ZoneInfo(file.timezone))
        more = self.finishing.headers(address, entry["language"])
        message = add_sending_headers(message, sent=now, message_id=name, more=more)
        if self.finishing.sign is not None:
            message = self.finishing.sign(message)
        sender = self.finishing.envelope_sender(name)
        envelope = Envelope(sender, address, message, needs_utf8=needs_smtputf8(message))
        for_ledger = LedgerEntry(
            letter_id=outcome.id,
            address=address,
            address_key=address_key(address),
            digest=entry["digest"],
            recipient_digest=entry["recipient_digest"],
            message_id=name,
            variants=entry.get("variants", {}),
            shared_address=self.mailing.people.supporters is not None or outcome.id in sharing,
            facts=tuple(entry["facts"]),
            person=_person(entry),
        )
        return ReadyMessage(for_ledger, envelope)


def _person(entry: Entry) -> str:
    """Whose letter it is, by name, as `Correspondence.person` says before it is composed."""
    person, supporter = entry["recipient"], entry.get("supporter")
    name = person.get("name") or person.get("organization") or ""
    return letter_person(name, supporter["name"] if supporter else None)


def message_renderer(
    mailing: MailingSettings, finishing: Finishing, *, workers: int | None = None
) -> MessageRenderer:
    """Set up composing a mailing on its day of sending, of the text that it holds."""
    campaign = mailing.campaign
    settings = BatchSettings(
        campaign,
        mailing.day,
        ("eml",),
        formats_asked_for=True,
        deliver="return",
        force=True,
        unsubscribe_links=finishing.leaving,
        also_on=mailing.today,
        text=mailing.text,
        judged=inputs_digest(campaign),
        attach=mailing.attach,
        stage=mailing.stage,
        recorded=False,
        verdicts=gate_of(campaign).verdicts,
    )
    return MessageRenderer(mailing, settings, finishing, workers)


def nobody_to_mail(mailing: MailingSettings) -> Problem:
    """That no message could be made for anybody on the list."""
    return Problem(
        "no-message",
        f"Nobody on the list can get `{mailing.name}` by email.",
        "Check that the rows of the list have `email` and that the stage is for them.",
    )
