"""What is handed over, and what came of it: the values that connections take and give."""

import re
from dataclasses import dataclass
from enum import StrEnum

from advocacy.errors import Problem

LONGEST_TEXT = 500
"""How many characters of a reply are kept."""

# C0, DEL, C1, bidirectional controls and line separators: a terminal would obey them.
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")


class Verdict(StrEnum):
    """What became of a message."""

    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"


class Step(StrEnum):
    """The command that a reply belongs to."""

    CONNECT = "connect"
    GREETING = "the greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "the end of the message"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message and whom it is handed over for.

    `message` has CRLF line ends and, but for the headers of one that `needs_utf8` (RFC 6531),
    is ASCII. `others` are the addresses that get a copy: theirs count for less. Addresses are
    as they travel, with the domain in ASCII where it can be.
    """

    sender: str
    recipient: str
    message: bytes
    others: tuple[str, ...] = ()
    needs_utf8: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of handing over one message.

    `text` is the server's, cleaned and bounded, its enhanced status code (RFC 3463) included, or
    our words where the server said nothing. `everyone` says that the trouble is the server's or
    the way's, not this recipient's; `stop` that it will not pass by waiting. `refused` are those
    of several recipients whom the server did not take, with code and text: the others have it.
    """

    verdict: Verdict
    code: int | None = None
    text: str = ""
    stop: Problem | None = None
    refused: tuple[tuple[str, int, str], ...] = ()
    everyone: bool = False


def cleaned(text: bytes | str) -> str:
    """A server's text on one line, without what a terminal obeys, and bounded."""
    if isinstance(text, bytes):
        text = text[: 4 * LONGEST_TEXT].decode("utf-8", errors="replace")
    text = _CONTROLS.sub(" ", text[: 4 * LONGEST_TEXT]).strip()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def enhanced(text: str) -> tuple[int, int, int] | None:
    """The enhanced status code that a reply's text begins with (RFC 2034, 4), if any."""
    found = _ENHANCED.match(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
