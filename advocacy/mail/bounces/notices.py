"""Read what came back: delivery status notifications, feedback reports, unsubscribe requests.

The bytes come from strangers. Nothing in them is run, fetched or trusted: they are cut at a length,
whatever cannot be parsed is `UNREAD`, and what they claim counts only together with a proof
that they answer a message of ours (see `advocacy.mail.bounces.reports`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum

from advocacy.files.characters import BAD_CHARACTERS
from advocacy.mail.bounces.severity import Severity, severity, status_of
from advocacy.mail.consent.addresses import ADDRESS, address_key
from advocacy.mail.consent.return_address import message_digests
from advocacy.mail.consent.tokens import LONGEST, Keys, Ticket, unseal

MOST_BYTES = 1_000_000
"""So much of a message is read: its report stands before the message that it returns."""
MOST_PARTS = 50
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{24,{LONGEST}}}")
_MESSAGE_ID = re.compile(r"<[^<>@\s]{1,200}@[^<>@\s]{1,255}>")
_NOT_COMPLAINTS = ("not-spam", "auth-failure", "dmarc")


class Kind(StrEnum):
    """What kind of message it is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    ABSENCE = "absence"
    """An automatic answer, such as “out of office”: the address works."""
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a notification says of one recipient."""

    severity: Severity
    status: str
    words: str
    recipients: tuple[str, ...]
    """Keys of the addresses that it names: the last one, and the one that we wrote to."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that came back, as far as it could be read."""

    kind: Kind
    subject: str
    failures: tuple[Failure, ...] = ()
    digests: tuple[str, ...] = ()
    """Digests of messages of ours whose signed envelope senders stand in it."""
    message_ids: tuple[str, ...] = ()
    """The Message-IDs of the messages that it returns."""
    tickets: tuple[Ticket, ...] = ()
    """What signed unsubscribe addresses in it say."""
    received: datetime | None = None
    """When it came, by the last server's word, or its own."""


def read_notice(data: bytes, keys: Keys | None) -> Notice:
    """Read a message that came back. Never raises for what is in it."""
    data = data[:MOST_BYTES]
    try:
        return _read(message_from_bytes(data), data, keys)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        # The standard library's parser is strict in odd corners; a hostile message stays unread.
        return Notice(Kind.UNREAD, "")


def _read(message: Message, data: bytes, keys: Keys | None) -> Notice:
    parts = _parts(message)
    returned = [inner for part in parts if (inner := _returned(part)) is not None]
    ids = dict.fromkeys(
        found[0] for one in returned if (found := _MESSAGE_ID.search(_field(one, "Message-ID")))
    )
    digests = tuple(message_digests(keys, data)) if keys else ()
    subject = _decoded(_field(message, "Subject"))
    places = " ".join(_field(one, "List-Unsubscribe") for one in returned)
    tickets = tuple(_tickets(places, keys))
    notice = Notice(Kind.UNREAD, subject, (), digests, tuple(ids), tickets, _received(message))
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failures = tuple(_failures(part))
            if failures:
                return replace(notice, kind=Kind.BOUNCE, failures=failures)
        elif kind == "message/feedback-report":
            report = _inner(part)
            told = _field(report, "Feedback-Type").strip().lower() if report else ""
            if told and told not in _NOT_COMPLAINTS:
                return replace(notice, kind=Kind.COMPLAINT)
    asked = _tickets(subject, keys)
    if asked and re.search(r"unsubscribe", subject, re.IGNORECASE):
        return replace(notice, kind=Kind.UNSUBSCRIBE, tickets=tuple(asked))
    automatic = _field(message, "Auto-Submitted").strip().lower().partition(";")[0]
    if automatic.strip() in ("auto-replied", "auto-generated") and not _is_report(message):
        # RFC 3834, 5: an automatic answer. A report that could not be read is told as such.
        return replace(notice, kind=Kind.ABSENCE)
    if any(_field(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From")):
        return replace(notice, kind=Kind.ABSENCE)
    return notice


def _received(message: Message) -> datetime | None:
    """When a message came; none from the future, which would outlast every later word."""
    for text in (_field(message, "Received").rpartition(";")[2], _field(message, "Date")):
        try:
            when = parsedate_to_datetime(text)
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return min(when, datetime.now(UTC))
    return None


def _is_report(message: Message) -> bool:
    returned_to_nobody = _field(message, "Return-Path").strip() == "<>"
    return message.get_content_type() == "multipart/report" or (
        returned_to_nobody and "mailer-daemon" in _field(message, "From").lower()
    )


def _parts(message: Message) -> list[Message]:
    """The parts of the message itself, without those of messages that it returns."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        found.append(part)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in payload if isinstance(one, Message)]
    return found


def _inner(part: Message) -> Message | None:
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else None
    decoded = part.get_payload(decode=True)
    return message_from_bytes(decoded) if isinstance(decoded, bytes) else None


def _returned(part: Message) -> Message | None:
    """The message that a part returns, or its headers."""
    kinds = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
             "message/global-headers")  # fmt: skip
    return _inner(part) if part.get_content_type() in kinds else None


def _failures(part: Message) -> Iterator[Failure]:
    """What a delivery status says of each recipient; the first block is about the message."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return
    for block in blocks[:MOST_PARTS]:
        if not isinstance(block, Message) or not block.get("Action"):
            continue
        diagnostic = _field(block, "Diagnostic-Code")
        status = _field(block, "Status")
        named = [_field(block, name) for name in ("Original-Recipient", "Final-Recipient")]
        yield Failure(
            severity(_field(block, "Action"), status, diagnostic),
            status_of(status, diagnostic),
            printable(diagnostic.partition(";")[2] or diagnostic),
            tuple(dict.fromkeys(address_key(a) for text in named for a in ADDRESS.findall(text))),
        )


def _tickets(text: str, keys: Keys | None) -> list[Ticket]:
    if keys is None:
        return []
    tokens = list(dict.fromkeys(_TOKEN.findall(text)))[:10]
    found = [unseal(keys, token) for token in tokens]
    return [ticket for ticket in found if ticket is not None]


def _field(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, ""))[:2000].split())


def _decoded(text: str) -> str:
    try:
        return printable(str(make_header(decode_header(text))), LONGEST + 100)
    except (ValueError, LookupError, UnicodeError):
        return printable(text, LONGEST + 100)


def printable(text: str, most: int = 160) -> str:
    """A stranger's words as they may be printed and kept: one line, without odd characters."""
    return BAD_CHARACTERS.sub("\ufffd", " ".join(text.split()))[:most]
