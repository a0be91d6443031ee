"""What is handed over, and what came of it: the values that connections take and give.

What became of a message, judged by the server's reply to each command.

What is in doubt is settled towards what harms least: a message that may have arrived is never
called unsent, and a refusal that would meet everybody is no one recipient's.

| reply | verdict | by |
| --- | --- | --- |
| 2xx to the end of the data | SENT | RFC 5321, 4.2.5: the server has taken it on |
| 4xx anywhere | DEFERRED | 4.2.1: the same command may succeed later |
| 421 anywhere | DEFERRED, everyone's | 3.8, 4.2.3: the server closes the connection |
| 5xx to RCPT, to DATA, to the end of the data | REFUSED | 4.2.1: do not repeat it as it is |
| 5xx to the greeting, EHLO, STARTTLS, AUTH, MAIL | stop | the next message would meet the same |
| 5xx that says so: a sending limit, the sender, the client, a login | stop | likewise |
| dropped before the end of the data has left | DEFERRED | 4.1.1.4: no data end, no message |
| dropped, silent or unintelligible after it | UNCERTAIN | 4.5.3.2.6: the server may have it |

A `stop` leaves the message DEFERRED: it is not its recipient who is at fault.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from advocacy.errors import Problem
from advocacy.mail import problem, server_words

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
    is ASCII. Addresses are as they travel, with the domain in ASCII where it can be.
    """

    sender: str
    recipient: str
    message: bytes
    needs_utf8: bool = False


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """What came of handing over one message.

    `text` is the server's, cleaned and bounded, its enhanced status code (RFC 3463) included, or
    our words where the server said nothing. `everyone` says that the trouble is the server's or
    the way's, not this recipient's; `stop` that it will not pass by waiting.
    """

    verdict: Verdict
    code: int | None = None
    text: str = ""
    stop: Problem | None = None
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


Status = tuple[int, int, int] | None

_RELAYING = server_words("relaying")
_NOT_THE_RECIPIENT = server_words("not_the_recipient")
_LIMIT = server_words("limit")
_FOR_A_DAY = server_words("for_a_day")
_BLOCKED = server_words("blocked")
# RFC 7372 and the registry of RFC 5248: SPF, DKIM or reverse DNS fail; Microsoft's for DMARC.
_UNAUTHENTICATED = {(7, n) for n in (20, 21, 22, 23, 24, 25, 26, 27, 509, 515)}
# Authentication required or too weak (RFC 4954, 6), whatever the command.
_LOGIN_FIRST = {530, 534, 535, 538}


def judged(step: Step, code: int, text: str) -> SmtpReply:
    """The verdict of a reply to a command of a transaction, or to one before it.

    A positive reply to a command before the end of the data is no verdict: it is not for this
    function to say.
    """
    first = code // 100
    if step is Step.END and first == 2:
        return SmtpReply(Verdict.SENT, code, text)
    if first not in (4, 5):
        return _unintelligible(step, code, text)
    if code == 421:
        return SmtpReply(Verdict.DEFERRED, code, text, everyone=True)
    stop = _stop(step, code, text)
    if stop is not None:
        return SmtpReply(Verdict.DEFERRED, code, text, stop, everyone=True)
    if first == 4:
        whole = step not in (Step.RCPT, Step.DATA, Step.END) or _is_limit(text, enhanced(text))
        return SmtpReply(Verdict.DEFERRED, code, text, everyone=whole)
    return SmtpReply(Verdict.REFUSED, code, text)


def _unintelligible(step: Step, code: int, text: str) -> SmtpReply:
    """A reply that the command cannot have: after the end of the data, nobody knows."""
    verdict = Verdict.UNCERTAIN if step is Step.END else Verdict.DEFERRED
    told = f"the server answered {step} with {code:03d} {text}".rstrip()
    return SmtpReply(verdict, code, told, everyone=verdict is Verdict.DEFERRED)


def _stop(step: Step, code: int, text: str) -> Problem | None:
    """What makes going on pointless, if the reply says so: it is no one recipient's matter."""
    said = f"{code} {text}"
    status = enhanced(text)
    if code in _LOGIN_FIRST and (step is not Step.AUTH or code != 535):
        return problem("login-required", said=said)
    if _is_limit(text, status) and (code >= 500 or _FOR_A_DAY.search(text)):
        return problem("sending-limit", said=said)
    if code < 500:
        return None
    # 521: takes no mail at all (RFC 7504, 3). 500, 502, 503: it does not follow what is said.
    before = step in (Step.GREETING, Step.EHLO) or code in (500, 502, 503, 521)
    if before or _BLOCKED.search(text):
        return problem("server-refuses", said=said)
    if _about_the_sender(step, code, text, status):
        return problem("sender-refused", said=said)
    if step in (Step.RCPT, Step.DATA) and _RELAYING.search(text):
        return problem("relay-denied", said=said)
    if status and status[1:] in _UNAUTHENTICATED:
        return problem("sender-not-authenticated", said=said)
    return None


def _is_limit(text: str, status: Status) -> bool:
    return _LIMIT.search(text) is not None and not (status and status[1:] == (2, 2))


def _about_the_sender(step: Step, code: int, text: str, status: Status) -> bool:
    if step is Step.MAIL:
        return not _of_the_message(code, status)
    return step in (Step.RCPT, Step.DATA) and (
        _NOT_THE_RECIPIENT.search(text) is not None
        or (status is not None and status[1:] in {(1, 7), (1, 8)})
    )


def _of_the_message(code: int, status: tuple[int, int, int] | None) -> bool:
    """Whether MAIL was refused for what this one message is: its size (RFC 1870, 6.1) or an
    address that is not ASCII (RFC 6531, 3.5).
    """
    return code == 552 or (status is not None and status[1:] in {(3, 4), (6, 7), (6, 9)})
