"""Bounces and complaints: whom they are about, and what follows from them.

Only a message that proves that it answers one of ours counts. A proof is, in this order:

- a signed envelope sender (VERP) in it: only our key makes one;
- a signed unsubscribe address in the message that it returns, likewise;
- a signed Message-ID, if the report names the address that we wrote to. Recipients show an id to
  whomever they answer, so alone it would let those get them suppressed.

An unsigned Message-ID, as letters have that were sent without a key or by versions before signed
ones, proves nothing: its digest is made of what public files say. Such a report is for a person to
look at, and says whose letter it names.

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
from advocacy.mail.bounces.notices import Kind, Notice, read_notice
from advocacy.mail.bounces.plain_reports import Failure
from advocacy.mail.bounces.replies import messages_in
from advocacy.mail.bounces.severity import Severity
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.return_address import message_ids_of
from advocacy.mail.consent.suppression_edits import EditOutcome, NewSuppression, add
from advocacy.mail.consent.suppression_file import FILE
from advocacy.mail.consent.tokens import Keys, find_keys
from advocacy.mail.ledger import Bounce
from advocacy.mail.ledger.opening import open_ledgers

if TYPE_CHECKING:
    from advocacy.mail.ledger import Ledger, LedgerRecord


class Fate(StrEnum):
    """What a message that came back means."""

    HARD = Bounce.HARD.value
    SOFT = Bounce.SOFT.value
    DELAYED = "delayed"
    COMPLAINT = Bounce.COMPLAINT.value
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
    or a ledger that cannot be read; what was understood until then is written down all the same.
    """
    keys = find_keys()
    returned = Returned(outcome=EditOutcome(folder / FILE))
    with open_ledgers(folder) as ledgers:
        finder = _Finder(ledgers, keys)
        try:
            for path in mailboxes:
                for place, data in messages_in(path):
                    notice = read_notice(data, keys)
                    finding, ledger = _judged(place, notice, finder)
                    finding = replace(finding, received=notice.received)
                    returned.findings.append(finding)
                    if ledger is not None and finding.is_new and not dry_run:
                        note = f"{finding.fate}: {finding.detail}".rstrip(": ")
                        ledger.mark_bounced(finding.mailing, finding.letter_id, note)
        finally:
            if not dry_run:
                returned.outcome = add(folder, _suppressions(returned.findings))
    return returned


def _suppressions(findings: list[Finding]) -> list[NewSuppression]:
    people = [one for one in findings if one.fate in SUPPRESSES and one.address]
    return list({address_key(one.address): _suppression(one) for one in people}.values())


def _suppression(finding: Finding) -> NewSuppression:
    source = {Fate.HARD: "bounce", Fate.COMPLAINT: "complaint"}.get(finding.fate, "unsubscribed")
    reason = f"a message to it bounced: {finding.detail}" if finding.fate is Fate.HARD else ""
    return NewSuppression(
        address_key(finding.address), reason, source, finding.received, finding.mailing
    )


class _Finder:
    """Looks for a letter in all ledgers, by what a message that came back says."""

    def __init__(self, ledgers: list["Ledger"], keys: Keys | None) -> None:
        self._ledgers, self._keys = ledgers, keys
        self._domains: set[str] = set()
        for ledger in ledgers:
            for mailing in ledger.mailings():
                for record in ledger.records(mailing.name):
                    domain = record.message_id.rpartition("@")[2].rstrip(">")
                    if domain:  # letters of one mailing have one sender
                        self._domains.add(domain)
                        break

    def by_digest(self, digest: str) -> tuple["LedgerRecord", "Ledger"] | None:
        """The letter whose Message-ID has this digest, which our key has signed."""
        if self._keys is None:
            return None
        ids = [
            one
            for domain in sorted(self._domains)
            for one in message_ids_of(self._keys, digest, domain)
        ]
        return next(filter(None, map(self.by_message_id, ids)), None)

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
    if notice.kind is Kind.UNSUBSCRIBE:
        ticket = notice.tickets[0]
        return Finding(place, Fate.UNSUBSCRIBE, ticket.address, ticket.mailing), None
    found = list(_proven(notice, finder))
    only = found[0] if len({_name(record) for record, _, _ in found}) == 1 else None
    if notice.kind in (Kind.UNREAD, Kind.ABSENCE):
        fate = Fate.UNREAD if notice.kind is Kind.UNREAD else Fate.ABSENCE
        return _left(place, fate, "", notice, only[0] if only else None), None
    if only is None:
        if found:
            return _left(place, Fate.UNSURE, "it answers several letters", notice, None), None
        return _unproven(place, notice, finder), None
    record, ledger, by_id = only
    if notice.kind is Kind.COMPLAINT and (not by_id or record.address_key in notice.named):
        return _finding(place, Fate.COMPLAINT, "", record), ledger
    failure = _failure_of(notice, record, strict=by_id)
    if failure is None:
        detail = "it names a different address from the letter's"
        return _left(place, Fate.UNSURE, detail, notice, record), None
    fate = {Severity.HARD: Fate.HARD, Severity.SOFT: Fate.SOFT, Severity.DELAYED: Fate.DELAYED}.get(
        failure.severity, Fate.UNREAD
    )
    detail = f"{failure.status} {failure.words}".strip()
    if fate is Fate.UNREAD:
        return _left(place, fate, detail, notice, record), None
    finding = _finding(place, fate, detail, record)
    return finding, None if fate is Fate.DELAYED else ledger


def _name(record: "LedgerRecord") -> tuple[str, str]:
    return record.mailing, record.letter_id


def _left(
    place: Place, fate: Fate, detail: str, notice: Notice, record: "LedgerRecord | None"
) -> Finding:
    """A message that changes nothing, with the letter that it answers, where that is known."""
    if record is None:
        return Finding(place, fate, detail=detail, subject=notice.subject)
    return Finding(
        place, fate, record.address, record.mailing, record.letter_id, detail, notice.subject
    )


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
    known = [one for one in named if one.severity is not Severity.UNKNOWN]
    if known or named:
        return (known or named)[0]
    return None if strict else notice.overall


def _finding(place: Place, fate: Fate, detail: str, record: "LedgerRecord") -> Finding:
    note = f"{fate}: {detail}".rstrip(": ")
    # A soft bounce that comes after a hard one, or a complaint, makes neither undone.
    is_known = record.came_back is not None and (
        record.bounce == note
        or (fate is Fate.SOFT and record.came_back in (Bounce.HARD, Bounce.COMPLAINT))
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


def _unproven(place: Place, notice: Notice, finder: _Finder) -> Finding:
    """A report without a mark of ours; a ticket still says who it is about."""
    if notice.kind is Kind.COMPLAINT and notice.tickets:
        ticket = notice.tickets[0]
        return Finding(place, Fate.COMPLAINT, ticket.address, ticket.mailing)
    known = next(filter(None, map(finder.by_message_id, notice.plain_ids)), None)
    if known:
        return _left(
            place, Fate.UNSURE, "it has no signed identifier of the letter", notice, known[0]
        )
    detail = "; ".join(f"{one.status} {one.words}".strip() for one in notice.failures[:2])
    return Finding(place, Fate.NOT_OURS, detail=detail, subject=notice.subject)
