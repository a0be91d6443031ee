"""What Gmail, Yahoo and Outlook ask of those who write to many, seen in a message before it goes.

Since February 2024 all three ask for SPF or DKIM, TLS and messages after RFC 5322; from 5,000 a
day for SPF, DKIM and DMARC that agree with From, and of subscribed mail for unsubscribing by one
click (RFC 8058) that the signature covers. What stands in DNS is asked there
(`preflight_dns`), the local rules of SpamAssassin where it is installed (`spamassassin`).
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import SMTPUTF8
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from typing import Literal

from advocacy.errors import Level, Problem
from advocacy.mail import problem
from advocacy.mail.preflight.dns import (
    Lookup,
    dns_problems,
    from_domain,
    signature_tags,
)
from advocacy.mail.preflight.spamassassin import spam_problems
from advocacy.mail.smtp.dkim_signing import aligned
from advocacy.mail.smtp.judging import Envelope
from advocacy.mail.smtp.server import Server
from advocacy.mail.smtp.wire import fault_of
from advocacy.resources import read_table

GMAIL_CLIPS = 102 * 1024
"""Bytes of HTML after which Gmail shows a link instead of the rest."""
LARGEST = 20 * 1024 * 1024
"""Bytes of a whole message that large receivers accept; some accept 25 MB."""
LONGEST_LINE = 998
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Cc", "Sender")
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>")

Audience = Literal["targets", "subscribers"]


def preflight(
    message: bytes,
    server: Server,
    *,
    sender: str,
    audience: Audience = "targets",
    now: datetime | None = None,
    lookup: Lookup | None = None,
    spam: Callable[[bytes], list[Problem]] = spam_problems,
) -> list[Problem]:
    """What receivers would hold against a message as it would leave, signature included.

    `sender` is the envelope's. `lookup` answers questions to the DNS; left out, nothing is
    asked there. `spam` asks SpamAssassin, where it is installed.
    """
    parsed = message_from_bytes(message, policy=SMTPUTF8)
    subscribers = audience == "subscribers"
    problems = [
        *_standards(message, parsed, sender, now or datetime.now(UTC)),
        *_sizes(message, parsed),
        *_identity(parsed, sender, server, subscribers=subscribers),
        *_unsubscribing(parsed, subscribers=subscribers),
    ]
    if lookup is not None:
        problems += dns_problems(parsed, sender, lookup)
    return problems + spam(message)


def _standards(
    message: bytes, parsed: EmailMessage, sender: str, now: datetime
) -> Iterator[Problem]:
    fault = fault_of(Envelope(sender, "somebody@example.org", message))
    if fault:
        yield _malformed(f"Servers should refuse it: {fault}.")
    longest = max(map(len, message.split(b"\r\n")))
    if longest > LONGEST_LINE:
        yield _malformed(
            f"A line has {longest:,} bytes; the limit is {LONGEST_LINE} (RFC 5322, 2.1.1)."
        )
    for name in _ONCE:
        count = len(parsed.get_all(name, []))
        if count > 1:
            yield _malformed(
                f"The header {name} occurs {count} times; receivers refuse such messages."
            )
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        if not str(parsed.get(name, "")).strip():
            yield _malformed(f"The header {name} is missing or empty.")
    yield from _date(str(parsed.get("Date", "")), now)
    identity = str(parsed.get("Message-ID", "")).strip()
    if identity and not _MESSAGE_ID.fullmatch(identity):
        yield problem("malformed-message", entry="message-id-invalid", identity=identity)
    for display, address in getaddresses([str(parsed.get("To", ""))]):
        if address and not display:
            yield problem("bare-recipient", address=address)


def _date(value: str, now: datetime) -> Iterator[Problem]:
    if not value.strip():
        return
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        yield _malformed(f"The Date “{value[:60]}” is not a valid date.")
        return
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    if abs(date - now) > timedelta(days=1):
        yield problem("date-far-off", date=date)


def _sizes(message: bytes, parsed: EmailMessage) -> Iterator[Problem]:
    if len(message) > LARGEST:
        yield problem("message-too-large", megabytes=len(message) / 1e6)
    html = parsed.get_body(("html",))
    if html is not None:
        size = len(_decoded(html))
        if size > GMAIL_CLIPS:
            yield problem("message-clipped", kilobytes=size // 1024)


def _identity(
    parsed: EmailMessage, sender: str, server: Server, *, subscribers: bool
) -> Iterator[Problem]:
    ours = from_domain(parsed)
    envelope = sender.rpartition("@")[2].lower()
    signatures = [signature_tags(str(value)) for value in parsed.get_all("DKIM-Signature", [])]
    signed = [one.get("d", "").lower() for one in signatures]
    for provider in read_table("mail/preflight/free_mail.toml").values():
        if ours in provider["domains"] and not (
            server.is_local or any(aligned(server.host, one) for one in provider["servers"])
        ):
            yield problem("free-mail-sender", domain=ours)
    if not signatures:
        by_server = "your provider may sign it later" if server.user else "it is not signed"
        yield problem("not-signed", told=by_server)
    by_dkim = any(aligned(domain, ours) for domain in signed)
    if signatures and not by_dkim:
        yield problem("dkim-not-aligned", signed=", ".join(signed), domain=ours)
    if not aligned(envelope, ours):
        yield problem(
            "sender-not-aligned",
            level=Level.NOTE if by_dkim else Level.WARNING,
            envelope=envelope or "no domain",
            domain=ours,
            rest="; only the DKIM signature can align." if by_dkim else ".",
        )
    for tags in signatures:
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        wanted = [
            name
            for name in ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")
            if name in parsed and name.lower() not in covered
        ]
        if wanted:
            yield problem(
                "dkim-not-covering",
                level=Level.ERROR if subscribers else Level.WARNING,
                domain=tags.get("d", ""),
                headers=", ".join(wanted),
            )


def _unsubscribing(parsed: EmailMessage, *, subscribers: bool) -> Iterator[Problem]:
    value = str(parsed.get("List-Unsubscribe", ""))
    targets = re.findall(r"<\s*([^<>\s]+)\s*>", value)
    post = str(parsed.get("List-Unsubscribe-Post", "")).strip()
    if not (subscribers or value):
        return
    level = Level.ERROR if subscribers else Level.WARNING
    if value and "List-Id" not in parsed:
        yield problem("list-id-missing")
    by_mail = any(target.lower().startswith("mailto:") for target in targets)
    secure = any(target.lower().startswith("https://") for target in targets)
    if not (secure and post == "List-Unsubscribe=One-Click"):
        lacking = "an https address in List-Unsubscribe" if targets else "List-Unsubscribe"
        lacking = "List-Unsubscribe-Post: List-Unsubscribe=One-Click" if secure else lacking
        # An address to write to is something, for a short list.
        how_bad = level if secure or not by_mail else Level.WARNING
        yield problem("one-click-missing", level=how_bad, lacking=lacking)
    for kind in ("plain", "html"):
        part = parsed.get_body((kind,))
        text = _decoded(part) if part is not None else None
        if text is not None and not _shows(text.decode(errors="replace"), targets):
            part_name = "text" if kind == "plain" else "HTML"
            yield problem("unsubscribe-not-visible", level=level, part=part_name)


def _shows(text: str, targets: list[str]) -> bool:
    """Whether a body has one of the addresses, whatever it is called there."""
    flat = re.sub(r"\s+", "", unescape(text)).lower()
    found = [target.lower().removeprefix("mailto:").partition("?")[0] for target in targets]
    return any(address in flat for address in found)


def _decoded(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _malformed(told: str) -> Problem:
    return problem("malformed-message", told=told)
