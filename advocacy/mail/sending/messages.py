"""What a rendered email gets so that it can leave.

These are the headers of its own sending (Date, Message-ID, List headers), an envelope sender and
a signature. A letter's digest covers none of them: what was reviewed is what is sent. And the
text of a mailing is the same for its second half as for its first (`compare_texts`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from email import message_from_bytes, policy
from email.utils import format_datetime, make_msgid
from functools import lru_cache, partial
from typing import TypeVar

from advocacy.campaign.campaign import Sender
from advocacy.documents.email.message import message_id
from advocacy.documents.headers import address_header, text_header, wire_address
from advocacy.documents.unsubscribe_links import UnsubscribeLinks, sender_leaving
from advocacy.errors import AdvocacyError, Problem, count_noun
from advocacy.letters.approvals import describe_changes
from advocacy.letters.letter import Letter
from advocacy.letters.stage_text import COVERS
from advocacy.mail.consent.list_headers import list_headers, recipient_leaving
from advocacy.mail.consent.return_address import bounce_address, sign_message_id
from advocacy.mail.consent.tokens import Keys, find_keys, require_keys
from advocacy.mail.ledger import MailingText
from advocacy.mail.sending.mailing_settings import MailingSettings
from advocacy.mail.smtp.dkim_signing import dkim_key_of, misaligned, sign

CONTEXT = 1
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class TextChange:
    """That those who are left would get another text: what differs, and the lines that do."""

    changes: tuple[str, ...]
    lines: tuple[str, ...]

    def problem(self, sent: int) -> Problem:
        """That the mailing stops for it, after so many were sent."""
        what = "; ".join(self.changes)
        got = count_noun(sent, "message has", "messages have")
        return Problem(
            "text-changed",
            f"{got} been sent with a different text from the current one: {what}.",
            "If the new text is correct, approve it and continue with `--new-text`. Otherwise, "
            "restore the old text.",
        )


def compare_texts(before: MailingText, now: MailingText) -> TextChange | None:
    """Compare the text with what the mailing's first got; None where it is the same."""
    # Of parts that an older version did not look at, the ledger cannot tell what they were.
    seen = now.parts if COVERS in before.parts else before.parts
    changes = tuple(
        describe_changes(before.parts, {k: v for k, v in now.parts.items() if k in seen})
    )
    if not changes:
        return None
    diff = unified_diff(before.sample.splitlines(), now.sample.splitlines(), n=CONTEXT, lineterm="")
    lines = [line for line in diff if not line.startswith(("---", "+++"))]
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(f"… and {count_noun(len(lines) - MOST_LINES, 'more line')}")
    return TextChange(changes, tuple(shown))


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Finishing:
    """How a mailing's messages are finished when they are about to leave.

    `sign_id` gives the Message-ID its mark; `envelope_sender` takes that; `headers` takes the
    recipient's address as it travels and the letter's language, and returns whole header lines.
    `sign` puts a DKIM signature above the whole message, last of all. `leaving` says where a
    letter's recipient unsubscribes; it is sent to the processes that compose.
    """

    sign_id: Callable[[str], str]
    envelope_sender: Callable[[str], str]
    headers: Callable[[str, str], tuple[str, ...]]
    sign: Callable[[bytes], bytes] | None = None
    leaving: Callable[[Letter], UnsubscribeLinks] | None = None


def finishing_for(mailing: MailingSettings) -> Finishing:
    """Say how this mailing's messages are finished, by its audience and the environment's keys.

    Raises AdvocacyError for keys that cannot be used; see `consent_problems`.
    """
    file = mailing.campaign.file
    sender, keys = file.sender, find_keys()
    bounces = wire_address(sender.bounces or sender.email)

    def sign_id(message_id: str) -> str:
        return message_id if keys is None else sign_message_id(keys, message_id)

    def envelope_sender(message_id: str) -> str:
        if keys is None or sender.bounces is None:
            return bounces
        return bounce_address(bounces, keys, message_id)

    def headers(address: str, language: str) -> tuple[str, ...]:
        if not mailing.subscribers:
            return ()
        # RFC 3834, 2: responders do not answer what says it is bulk; List-Id says the same.
        found = list_headers(sender, mailing.name, address, language, keys=keys)
        return (found, "Precedence: bulk\r\n")

    dkim = dkim_key_of(workspace=mailing.campaign.workspace.folder)
    return Finishing(
        sign_id,
        envelope_sender,
        headers,
        None if dkim is None else lambda message: sign(message, dkim),
        partial(_own_leaving, mailing.name, keys) if mailing.subscribers else None,
    )


def _own_leaving(mailing: str, keys: Keys | None, letter: Letter) -> UnsubscribeLinks:
    address = wire_address(letter.recipient.email or "nobody@invalid.invalid")
    return recipient_leaving(letter.sender, mailing, address, letter.language, keys)


def consent_problems(mailing: MailingSettings) -> list[Problem]:
    """Find what subscribed mail lacks of a way to say no, and keys that cannot be used.

    RFC 8058 and the large receivers ask for a way to unsubscribe by one click; the law of many
    countries for one that works, and for the sender's postal address.
    """
    problems: list[Problem] = []
    file = mailing.campaign.file
    keys = _found(find_keys, problems)
    if mailing.subscribers:
        place = file.sender.place("unsubscribe") or file.place("sender")
        if not sender_leaving(file.sender):
            problems.append(
                Problem(
                    "no-unsubscribe",
                    "The letters go to subscribers, but do not explain how to unsubscribe.",
                    "Add to the sender: `unsubscribe: {url: https://…, mailto: …}`.",
                    place,
                )
            )
        elif keys is None and _is_signed(file.sender):
            _found(lambda: require_keys("sign each subscriber's unsubscribe address"), problems)
    if keys is not None and file.sender.bounces:
        sample = message_id(mailing.name, "any", file.sender.email)
        _found(lambda: bounce_address(str(file.sender.bounces), keys, sample), problems)
    dkim = _found(lambda: dkim_key_of(workspace=mailing.campaign.workspace.folder), problems)
    if dkim is not None:
        wrong = misaligned(dkim, wire_address(file.sender.email).rpartition("@")[2])
        problems += [wrong] if wrong else []
    return list(dict.fromkeys(problems))


def _is_signed(sender: Sender) -> bool:
    own = sender.unsubscribe
    return own is not None and own.url is not None and own.signed


def _found(find: Callable[[], Found | None], problems: list[Problem]) -> Found | None:
    try:
        return find()
    except AdvocacyError as error:
        problems += error.problems
        return None


_END = b"\r\n\r\n"
_NAME = re.compile(rb"([!-9;-~]+):")


def add_sending_headers(
    message: bytes, *, sent: datetime, message_id: str, more: Iterable[str] = ()
) -> bytes:
    """Give a rendered message the time of its sending, its Message-ID, and more header lines.

    `sent` knows its timezone; `more` are whole lines with their line breaks, such as those of
    RFC 8058.
    """
    headers = {"Date": _date_line(sent), "Message-ID": _id_line(message_id)}
    return replace_headers(message, headers, more)


def mark_as_test(message: bytes, *, to: str, real_to: str) -> bytes:
    """Address a message for `real_to` to a colleague, and mark it as a test.

    The text is not touched: what the colleague reads is what the recipient would. It has no
    List headers, so that the colleague does not unsubscribe the recipient.
    """
    parsed = message_from_bytes(message.partition(_END)[0] + _END, policy=policy.SMTP)
    subject = f"[TEST] for {real_to}: {parsed['Subject']}"
    return replace_headers(
        message,
        {
            "To": address_header("To", [("", to)]),
            "Cc": "",
            "Subject": text_header("Subject", subject),
            "Message-ID": _id_line(make_msgid(domain=parsed["From"].addresses[0].domain)),
            "List-Unsubscribe": "",
            "List-Unsubscribe-Post": "",
        },
    )


def replace_headers(message: bytes, replaced: Mapping[str, str], more: Iterable[str] = ()) -> bytes:
    """Replace some headers of a message; an empty line drops one, the lines of `more` are added.

    The lines are whole, with their line breaks, made by `advocacy.documents.headers`.
    """
    head, end, body = message.partition(_END)
    left = {name.lower().encode(): line.encode() for name, line in replaced.items()}
    lines = []
    for field in _fields(head + b"\r\n"):
        name = _NAME.match(field)
        key = name[1].lower() if name else b""
        lines.append(left.pop(key) if key in left else field)
    lines += [*left.values(), *(line.encode() for line in more)]
    return b"".join(lines) + end[2:] + body


def read_header(message: bytes, name: str) -> str:
    """Read a header's value, unfolded; empty where there is none."""
    for field in _fields(message.partition(_END)[0] + b"\r\n"):
        found, _, value = field.partition(b":")
        if found.lower() == name.lower().encode():
            return re.sub(rb"\r\n(?=[ \t])", b"", value).strip().decode("utf-8", "replace")
    return ""


def _fields(head: bytes) -> Iterable[bytes]:
    """The header fields, each with the lines it was folded into (RFC 5322, 2.2.3)."""
    return re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head)


@lru_cache(maxsize=2)  # the same for all messages of a second
def _date_line(sent: datetime) -> str:
    return f"Date: {format_datetime(sent)}\r\n"


def _id_line(message_id: str) -> str:
    return f"Message-ID: {message_id}\r\n"
