"""What is done to a rendered email so that it can leave: the headers of its own sending.

A letter's digest covers none of them: what was reviewed is what is sent.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import format_datetime, make_msgid

from advocacy.documents.headers import address_header, text_header

_END = b"\r\n\r\n"
_NAME = re.compile(rb"([!-9;-~]+):")


def outgoing(message: bytes, *, sent: datetime, message_id: str, more: Iterable[str] = ()) -> bytes:
    """A rendered message with the time of its sending, its Message-ID, and more header lines.

    `sent` knows its timezone; `more` are whole lines with their line breaks, such as those of
    RFC 8058.
    """
    headers = {"Date": f"Date: {format_datetime(sent)}\r\n", "Message-ID": _id_line(message_id)}
    return with_headers(message, headers, more)


def marked_as_test(message: bytes, *, to: str, real_to: str) -> bytes:
    """A message as it would go to `real_to`, but addressed to a colleague and marked as a test.

    The text is not touched: what the colleague reads is what the recipient would. It has no
    List headers, so that the colleague does not unsubscribe the recipient.
    """
    parsed = message_from_bytes(message.partition(_END)[0] + _END, policy=policy.SMTP)
    subject = f"[TEST] for {real_to}: {parsed['Subject']}"
    return with_headers(
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


def with_headers(message: bytes, replaced: Mapping[str, str], more: Iterable[str] = ()) -> bytes:
    """A message with other lines for some headers; an empty line drops one, `more` are added.

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


def header(message: bytes, name: str) -> str:
    """A header's value as it stands in the message, unfolded; empty where there is none."""
    for field in _fields(message.partition(_END)[0] + b"\r\n"):
        found, _, value = field.partition(b":")
        if found.lower() == name.lower().encode():
            return re.sub(rb"\r\n(?=[ \t])", b"", value).strip().decode("utf-8", "replace")
    return ""


def _fields(head: bytes) -> Iterable[bytes]:
    """The header fields, each with the lines it was folded into (RFC 5322, 2.2.3)."""
    return re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head)


def _id_line(message_id: str) -> str:
    return f"Message-ID: {message_id}\r\n"
