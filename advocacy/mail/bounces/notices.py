"""Read what came back: delivery status notifications, feedback reports, unsubscribe requests.

The bytes come from strangers. Nothing in them is run, fetched or trusted: they are cut at a length,
whatever cannot be parsed is `UNREAD`, and what they claim counts only together with a proof
that they answer a message of ours (see `advocacy.mail.bounces.reports`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum

from advocacy.mail.bounces.plain_reports import (
    Failure,
    is_report,
    parse_message,
    passages_by_address,
    printable,
    read_report,
    report_mark,
    report_text,
)
from advocacy.mail.bounces.severity import Severity, severity, status_of
from advocacy.mail.consent.addresses import ADDRESS, address_key
from advocacy.mail.consent.return_address import message_digests, signed_message_ids
from advocacy.mail.consent.tokens import LONGEST, Keys, Ticket, unseal

MOST_BYTES = 1_000_000
"""The part of a message that is read; the report comes before the returned message."""
MOST_PARTS = 50
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{24,{LONGEST}}}")
_MESSAGE_ID = re.compile(r"<[^<>@\s]{1,200}@[^<>@\s]{1,255}>")
# The last is Exchange's: who answers by hand does not ask for silence.
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Auto-Response-Suppress")
_COMPLAINED = ("Original-Rcpt-To", "Removal-Recipient")  # RFC 5965, 3.2; in wide use
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
class Notice:
    """A message that came back, as far as it could be read."""

    kind: Kind
    subject: str
    failures: tuple[Failure, ...] = ()
    overall: Failure | None = None
    """What it states about an address that it does not name."""
    digests: tuple[str, ...] = ()
    """Digests of our messages whose signed envelope senders it contains."""
    message_ids: tuple[str, ...] = ()
    """Message-IDs of our messages with our signature, anywhere in it."""
    plain_ids: tuple[str, ...] = ()
    """Other Message-IDs of the messages that it returns, which anyone may have written."""
    named: tuple[str, ...] = ()
    """Keys of the addresses that a complaint, or the message it returns, names as its reader's."""
    tickets: tuple[Ticket, ...] = ()
    """The content of signed unsubscribe addresses in it."""
    received: datetime | None = None
    """When it arrived, according to the last server or its own date."""


def read_notice(data: bytes, keys: Keys | None) -> Notice:
    """Read a message that came back. Never raises for what is in it."""
    data = data[:MOST_BYTES].lstrip()  # programs that export mail put empty lines above it
    digests = tuple(message_digests(keys, data)) if keys else ()
    signed = tuple(signed_message_ids(keys, data)) if keys else ()
    marked = Notice(Kind.UNREAD, "", digests=digests, message_ids=signed)
    try:
        return _read(parse_message(data), data, keys, marked)
    except Exception:  # noqa: BLE001
        # The standard library's parser raises its own errors, and others, in odd corners. A
        # stranger's message must not keep the others from being read.
        return marked


def _read(message: Message, data: bytes, keys: Keys | None, marked: Notice) -> Notice:
    parts = _parts(message)
    returned = [inner for part in parts if (inner := _returned(part)) is not None]
    text = report_text(parts)
    ids = dict.fromkeys(
        found[0] for one in returned if (found := _MESSAGE_ID.search(_field(one, "Message-ID")))
    )
    subject = _decoded(_field(message, "Subject"))
    places = " ".join(_field(one, "List-Unsubscribe") for one in returned)
    tickets = tuple(_tickets(places, keys))
    notice = replace(
        marked,
        subject=subject,
        plain_ids=tuple(one for one in ids if one not in marked.message_ids),
        tickets=tickets,
        received=_received(message),
    )
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failures = tuple(_failures(part, text))
            if failures:
                same = len({one.severity for one in failures}) == 1
                overall = failures[0] if same else None
                return replace(notice, kind=Kind.BOUNCE, failures=failures, overall=overall)
        elif kind == "message/feedback-report":
            report = _inner(part)
            told = _field(report, "Feedback-Type").strip().lower() if report else ""
            if report and told and told not in _NOT_COMPLAINTS:
                named = [_field(report, name) for name in _COMPLAINED]
                named += [_field(one, "To") for one in returned]
                return replace(notice, kind=Kind.COMPLAINT, named=_keys_in(named))
    asked = _tickets(subject, keys)
    if asked and re.search(r"unsubscribe", subject, re.IGNORECASE):
        return replace(notice, kind=Kind.UNSUBSCRIBE, tickets=tuple(asked))
    if not is_report(message, subject) and _is_automatic(message, subject):
        return replace(notice, kind=Kind.ABSENCE)
    failures = tuple(read_report(message, subject, text, data))
    if any(one.severity is not Severity.UNKNOWN for one in failures):
        return replace(notice, kind=Kind.BOUNCE, failures=failures, overall=failures[-1])
    return notice


def _is_automatic(message: Message, subject: str) -> bool:
    """Whether somebody's program answered: RFC 3834 (5), RFC 8098 (3), and what others write."""
    automatic = _field(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if automatic in ("auto-replied", "auto-generated"):
        return True
    if str(message.get_param("report-type", "")).lower() == "disposition-notification":
        return True
    if _field(message, "Precedence").strip().lower() == "auto_reply":
        return True
    if report_mark("automatic").match(subject):
        return True
    return any(_field(message, name) for name in _AUTOMATIC)


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
    return parse_message(decoded) if isinstance(decoded, bytes) else None


def _returned(part: Message) -> Message | None:
    """The message that a part returns, or its headers."""
    kinds = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
             "message/global-headers")  # fmt: skip
    return _inner(part) if part.get_content_type() in kinds else None


def _failures(part: Message, text: str) -> Iterator[Failure]:
    """What a delivery status says of each recipient; the first block is about the message."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return
    told = dict(passages_by_address(text))
    for block in blocks[:MOST_PARTS]:
        if not isinstance(block, Message) or not (block.get("Action") or block.get("Status")):
            continue
        action, status = _field(block, "Action"), _field(block, "Status")
        diagnostic = _field(block, "Diagnostic-Code")
        named = [_field(block, name) for name in ("Original-Recipient", "Final-Recipient")]
        keys = _keys_in(named)
        own = next((told[key] for key in keys if key in told), text)
        words = diagnostic.partition(";")[2] or diagnostic
        yield Failure(
            severity(action or "failed", status, diagnostic, own),
            status_of(status, diagnostic),
            printable(words or status.partition("(")[2].rstrip(")")),
            keys,
        )


def _keys_in(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address_key(one) for text in texts for one in ADDRESS.findall(text)))


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
