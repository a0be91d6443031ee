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
from advocacy.mail.preflight.dns import Lookup, dns_problems
from advocacy.mail.preflight.spamassassin import spam_problems
from advocacy.mail.smtp.dkim_signing import aligned
from advocacy.mail.smtp.envelope import fault_of
from advocacy.mail.smtp.judging import Envelope
from advocacy.mail.smtp.server import Server

GMAIL_CLIPS = 102 * 1024
"""Bytes of HTML after which Gmail shows a link instead of the rest."""
LARGEST = 20 * 1024 * 1024
"""Bytes of a whole message that the large receivers take; some take 25 MB."""
LONGEST_LINE = 998
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Cc", "Sender")
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>")
# Providers of free mail, which publish DMARC: from their domains only their own servers may send.
_FREE_MAIL = {
    ("gmail.com", "googlemail.com"): ("gmail.com", "google.com", "googlemail.com"),
    ("yahoo.com", "ymail.com", "aol.com"): ("yahoo.com", "aol.com"),
    ("outlook.com", "hotmail.com", "live.com", "msn.com"): ("outlook.com", "office365.com"),
    ("icloud.com", "me.com", "mac.com"): ("me.com", "icloud.com"),
    ("proton.me", "protonmail.com", "pm.me"): ("proton.me", "protonmail.ch"),
    ("gmx.net", "gmx.de", "gmx.com", "web.de"): ("gmx.net", "gmx.com", "web.de"),
}

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
        yield Problem("malformed-message", f"No server should take it: {fault}.", _OURS)
    longest = max(map(len, message.split(b"\r\n")))
    if longest > LONGEST_LINE:
        told = f"A line has {longest:,} bytes, and {LONGEST_LINE} are allowed (RFC 5322, 2.1.1)."
        yield Problem("malformed-message", told, _OURS)
    for name in _ONCE:
        count = len(parsed.get_all(name, []))
        if count > 1:
            told = f"The header {name} is there {count} times; receivers refuse that."
            yield Problem("malformed-message", told, _OURS)
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        if not str(parsed.get(name, "")).strip():
            yield Problem("malformed-message", f"The header {name} is missing or empty.", _OURS)
    yield from _date(str(parsed.get("Date", "")), now)
    identity = str(parsed.get("Message-ID", "")).strip()
    if identity and not _MESSAGE_ID.fullmatch(identity):
        told = f"The Message-ID {identity[:80]} is none (RFC 5322, 3.6.4)."
        yield Problem("malformed-message", told, "It ends with @ and the sender's domain.")
    for display, address in getaddresses([str(parsed.get("To", ""))]):
        if address and not display:
            yield Problem(
                "bare-recipient",
                f"To has the address {address} without a name.",
                "Filters count that against a message; give the recipient a name.",
                level=Level.NOTE,
            )


def _date(value: str, now: datetime) -> Iterator[Problem]:
    if not value.strip():
        return
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        yield Problem("malformed-message", f"The Date “{value[:60]}” is none.", _OURS)
        return
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    if abs(date - now) > timedelta(days=1):
        yield Problem(
            "date-far-off",
            f"The message is dated {date:%d %B %Y}, more than a day from now.",
            "Filters count that against it. `advocacy send` sets the time of sending: is the "
            "clock of this machine right?",
            level=Level.WARNING,
        )


def _sizes(message: bytes, parsed: EmailMessage) -> Iterator[Problem]:
    if len(message) > LARGEST:
        yield Problem(
            "message-too-large",
            f"The message has {len(message) / 1e6:.1f} MB; many receivers take at most 20.",
            "Attach less, or smaller pictures.",
        )
    html = parsed.get_body(("html",))
    if html is not None:
        size = len(_decoded(html))
        if size > GMAIL_CLIPS:
            yield Problem(
                "message-clipped",
                f"The HTML has {size // 1024} KB, and Gmail shows the first 102.",
                "What comes last, such as how to unsubscribe, is cut off: shorten the letter.",
                level=Level.WARNING,
            )


def _identity(
    parsed: EmailMessage, sender: str, server: Server, *, subscribers: bool
) -> Iterator[Problem]:
    ours = _domain(str(parsed.get("From", "")))
    envelope = sender.rpartition("@")[2].lower()
    signatures = [_tags(str(value)) for value in parsed.get_all("DKIM-Signature", [])]
    signed = [one.get("d", "").lower() for one in signatures]
    for domains, servers in _FREE_MAIL.items():
        if ours in domains and not (
            server.is_local or any(aligned(server.host, one) for one in servers)
        ):
            yield Problem(
                "free-mail-sender",
                f"From is at {ours}, for which only its own servers may send.",
                "Others refuse it (DMARC). Send through the provider's server, or better from a "
                "domain of your own.",
                level=Level.WARNING,
            )
    if not signatures:
        by_server = "your provider may sign on the way" if server.user else "nobody has signed it"
        yield Problem(
            "not-signed",
            f"The message has no DKIM signature; {by_server}.",
            "Gmail, Yahoo and Outlook ask for one. See that the provider signs for your own "
            "domain, or sign here: ADVOCACY_DKIM_KEY and ADVOCACY_DKIM_SELECTOR.",
            level=Level.WARNING,
        )
    by_dkim = any(aligned(domain, ours) for domain in signed)
    if signatures and not by_dkim:
        yield Problem(
            "dkim-not-aligned",
            f"The message is signed for {', '.join(signed)}, but is from {ours}.",
            f"Sign with a key of {ours}, or DMARC does not count it.",
            level=Level.WARNING,
        )
    if not aligned(envelope, ours):
        yield Problem(
            "sender-not-aligned",
            f"The envelope's sender is at {envelope or 'no domain'}, but From is at {ours}.",
            f"Use an address at {ours} for `bounces`, or below it, so that SPF counts for DMARC"
            f"{'; the DKIM signature alone must hold now.' if by_dkim else '.'}",
            level=Level.NOTE if by_dkim else Level.WARNING,
        )
    for tags in signatures:
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        wanted = [
            name
            for name in ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")
            if name in parsed and name.lower() not in covered
        ]
        if wanted:
            yield Problem(
                "dkim-not-covering",
                f"The DKIM signature for {tags.get('d', '')} does not cover {', '.join(wanted)}.",
                "RFC 8058 asks for it, and receivers leave out one-click unsubscribing without.",
                level=Level.ERROR if subscribers else Level.WARNING,
            )


def _unsubscribing(parsed: EmailMessage, *, subscribers: bool) -> Iterator[Problem]:
    value = str(parsed.get("List-Unsubscribe", ""))
    targets = re.findall(r"<\s*([^<>\s]+)\s*>", value)
    post = str(parsed.get("List-Unsubscribe-Post", "")).strip()
    if not (subscribers or value):
        return
    level = Level.ERROR if subscribers else Level.WARNING
    if value and "List-Id" not in parsed:
        yield Problem(
            "list-id-missing",
            "There is List-Unsubscribe without List-Id.",
            "Filters take that for a list that hides its name (RFC 2919).",
            level=Level.WARNING,
        )
    by_mail = any(target.lower().startswith("mailto:") for target in targets)
    secure = any(target.lower().startswith("https://") for target in targets)
    if not (secure and post == "List-Unsubscribe=One-Click"):
        lacking = "an https address in List-Unsubscribe" if targets else "List-Unsubscribe"
        lacking = "List-Unsubscribe-Post: List-Unsubscribe=One-Click" if secure else lacking
        yield Problem(
            "one-click-missing",
            f"Nobody can unsubscribe by one click (RFC 8058): there is no {lacking}.",
            "Give `sender: unsubscribe: url` an address that takes it. Gmail and Yahoo ask for it "
            "from 5,000 messages a day.",
            # An address to write to is something, for a short list.
            level=level if secure or not by_mail else Level.WARNING,
        )
    for kind in ("plain", "html"):
        part = parsed.get_body((kind,))
        text = _decoded(part) if part is not None else None
        if text is not None and not _shows(text.decode(errors="replace"), targets):
            yield Problem(
                "unsubscribe-not-visible",
                f"The {'text' if kind == 'plain' else 'HTML'} does not show how to unsubscribe.",
                "A header is not enough: print the address in the letter's last lines.",
                level=level,
            )


def _shows(text: str, targets: list[str]) -> bool:
    """Whether a body has one of the addresses, whatever it is called there."""
    flat = re.sub(r"\s+", "", unescape(text)).lower()
    found = [target.lower().removeprefix("mailto:").partition("?")[0] for target in targets]
    return any(address in flat for address in found)


def _decoded(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _domain(value: str) -> str:
    addresses = getaddresses([value])
    return addresses[0][1].rpartition("@")[2].lower() if addresses else ""


def _tags(value: str) -> dict[str, str]:
    """The tags of a DKIM signature or record (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in re.sub(r"\s+", "", value).split(";"))
    return {name: rest for name, equals, rest in pairs if equals}


_OURS = "That should not be: please report it with the message (`advocacy render --format eml`)."
