"""Bounces and complaints: whom they are about, and what follows from them.

Only a message that proves that it answers one of ours counts. A proof is, in this order:

- a signed envelope sender (VERP) in it: only our key makes one;
- a signed unsubscribe address in the message that it returns, likewise;
- the Message-ID of a returned message that a ledger knows, if the report names the address
  that we wrote to. An id is no secret from its recipient, so alone it would let somebody to
  whom a letter was forwarded get its recipient suppressed.

The person is always the one of our own record, never the one that the report names: forwarding
makes these differ, and strangers write reports.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy.errors import Place
from advocacy.mail.bounces.notices import Failure, Kind, Notice, read_notice
from advocacy.mail.bounces.replies import messages_in
from advocacy.mail.bounces.severity import Severity
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.suppression_edits import EditOutcome, NewSuppression, add
from advocacy.mail.consent.suppression_file import FILE
from advocacy.mail.consent.tokens import find_keys
from advocacy.mail.ledger.opening import open_ledgers

if TYPE_CHECKING:
    from advocacy.mail.ledger import Ledger, LedgerRecord


class Fate(StrEnum):
    """What a message that came back means."""

    HARD = "hard bounce"
    SOFT = "soft bounce"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    ABSENCE = "automatic answer"
    NOT_OURS = "not ours"
    UNSURE = "unsure"
    UNREAD = "unread"


SUPPRESSES = (Fate.HARD, Fate.COMPLAINT, Fate.UNSUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one message means, and for whom: `address` is ours, `detail` the server's words."""

    place: Place
    fate: Fate
    address: str = ""
    mailing: str = ""
    letter_id: str = ""
    detail: str = ""
    subject: str = ""
    is_new: bool = True
    received: datetime | None = None


@dataclass(slots=True)
class Returned:
    """What came of a mailbox: every message's finding, and the change of the list."""

    findings: list[Finding] = field(default_factory=list)
    outcome: EditOutcome = field(default_factory=lambda: EditOutcome(Path(FILE)))


def import_bounces(folder: Path, mailboxes: Iterable[Path], *, dry_run: bool = False) -> Returned:
    """Read mailboxes of bounces, mark the letters in the ledgers, suppress whom they say.

    `folder` is the campaigns'. Doing it again changes nothing. Raises AdvocacyError for a mailbox
    or a ledger that cannot be read.
    """
    keys = find_keys()
    returned = Returned(outcome=EditOutcome(folder / FILE))
    with open_ledgers(folder) as ledgers:
        finder = _Finder(ledgers)
        for path in mailboxes:
            for place, data in messages_in(path):
                notice = read_notice(data, keys)
                finding, ledger = _judged(place, notice, finder)
                finding = replace(finding, received=notice.received)
                if ledger is not None and finding.is_new and not dry_run:
                    note = f"{finding.fate}: {finding.detail}".rstrip(": ")
                    ledger.mark_bounced(finding.mailing, finding.letter_id, note)
                returned.findings.append(finding)
        people = {
            address_key(one.address): _suppression(one)
            for one in returned.findings
            if one.fate in SUPPRESSES and one.address
        }
        if not dry_run:
            returned.outcome = add(folder, people.values())
    return returned


def _suppression(finding: Finding) -> NewSuppression:
    source = {Fate.HARD: "bounce", Fate.COMPLAINT: "complaint"}.get(finding.fate, "unsubscribed")
    reason = f"mail to it came back: {finding.detail}" if finding.fate is Fate.HARD else ""
    return NewSuppression(
        address_key(finding.address), reason, source, finding.received, finding.mailing
    )


class _Finder:
    """Looks for a letter in all ledgers, by what a message that came back says."""

    def __init__(self, ledgers: list["Ledger"]) -> None:
        self._ledgers = ledgers
        self._domains: set[str] = set()
        for ledger in ledgers:
            for mailing in ledger.mailings():
                for record in ledger.records(mailing.name):
                    domain = record.message_id.rpartition("@")[2].rstrip(">")
                    if domain:  # letters of one mailing have one sender
                        self._domains.add(domain)
                        break

    def by_digest(self, digest: str) -> tuple["LedgerRecord", "Ledger"] | None:
        """The letter whose Message-ID has this digest."""
        tried = (self.by_message_id(f"<{digest}@{domain}>") for domain in sorted(self._domains))
        return next(filter(None, tried), None)

    def by_message_id(self, message_id: str) -> tuple["LedgerRecord", "Ledger"] | None:
        """The letter with this Message-ID."""
        found = ((one, led) for led in self._ledgers for one in led.find(message_id=message_id))
        return next(found, None)

    def by_address(self, address: str, mailing: str) -> tuple["LedgerRecord", "Ledger"] | None:
        """The letter to an address in a mailing."""
        key = address_key(address)
        found = ((one, led) for led in self._ledgers for one in led.find(address_key=key))
        return next((pair for pair in found if pair[0].mailing == mailing), None)


def _judged(place: Place, notice: Notice, finder: _Finder) -> tuple[Finding, "Ledger | None"]:
    """What a message means; with a ledger where the letter is to be marked in it."""
    if notice.kind in (Kind.UNREAD, Kind.ABSENCE):
        fate = Fate.UNREAD if notice.kind is Kind.UNREAD else Fate.ABSENCE
        return Finding(place, fate, subject=notice.subject), None
    if notice.kind is Kind.UNSUBSCRIBE:
        ticket = notice.tickets[0]
        return Finding(place, Fate.UNSUBSCRIBE, ticket.address, ticket.mailing), None
    found = list(_proven(notice, finder))
    if len({record.message_id or record.letter_id for record, _, _ in found}) > 1:
        return Finding(place, Fate.UNSURE, detail="it answers several letters"), None
    if not found:
        return _unmatched(place, notice), None
    record, ledger, by_id = found[0]
    if notice.kind is Kind.COMPLAINT:
        return _finding(place, Fate.COMPLAINT, "", record), ledger
    failure = _failure_of(notice, record, strict=by_id)
    if failure is None:
        detail = "it names another address than the letter went to"
        return Finding(place, Fate.UNSURE, detail=detail, subject=notice.subject), None
    fate = {Severity.HARD: Fate.HARD, Severity.SOFT: Fate.SOFT, Severity.DELAYED: Fate.DELAYED}.get(
        failure.severity, Fate.UNREAD
    )
    finding = _finding(place, fate, f"{failure.status} {failure.words}".strip(), record)
    if fate in (Fate.HARD, Fate.SOFT):
        return finding, ledger
    return finding, None


def _proven(notice: Notice, finder: _Finder) -> Iterator[tuple["LedgerRecord", "Ledger", bool]]:
    """The letters that a message proves to answer; True where only by their Message-ID."""
    by_key = [finder.by_digest(digest) for digest in notice.digests]
    by_key += [finder.by_address(ticket.address, ticket.mailing) for ticket in notice.tickets]
    for found in by_key:
        if found:
            yield (*found, False)
    if not any(by_key):
        for message_id in notice.message_ids:
            known = finder.by_message_id(message_id)
            if known:
                yield (*known, True)


def _failure_of(notice: Notice, record: "LedgerRecord", *, strict: bool) -> Failure | None:
    """What the notification says of the letter's address; with `strict` it must name that."""
    named = [one for one in notice.failures if record.address_key in one.recipients]
    if named:
        return named[0]
    return None if strict or len(notice.failures) != 1 else notice.failures[0]


def _finding(place: Place, fate: Fate, detail: str, record: "LedgerRecord") -> Finding:
    note = f"{fate}: {detail}".rstrip(": ")
    # A soft bounce that comes after a hard one, or a complaint, makes neither undone.
    is_known = record.bounce == note or (
        fate is Fate.SOFT and record.bounce.startswith((Fate.HARD, Fate.COMPLAINT))
    )
    return Finding(
        place,
        fate,
        record.address,
        record.mailing,
        record.letter_id,
        detail,
        is_new=not is_known,
    )


def _unmatched(place: Place, notice: Notice) -> Finding:
    """A report that answers nothing that a ledger knows; a ticket still says who it is about."""
    if notice.kind is Kind.COMPLAINT and notice.tickets:
        ticket = notice.tickets[0]
        return Finding(place, Fate.COMPLAINT, ticket.address, ticket.mailing)
    detail = "; ".join(f"{one.status} {one.words}".strip() for one in notice.failures[:2])
    return Finding(place, Fate.NOT_OURS, detail=detail, subject=notice.subject)
