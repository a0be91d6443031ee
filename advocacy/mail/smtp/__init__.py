"""Handing messages over: connections to servers and mailboxes, and when to try again.

    with closing(connect(server, password_of(server))) as connection:
        reply = connection.send(Envelope(sender, recipient, message))

A connection is one thread's. It opens when it is first used, is kept, and opens anew by itself.
"""

import random
from typing import Protocol

from advocacy.mail.ledger.values import LONGEST_WAIT
from advocacy.mail.smtp.connection import SmtpConnection
from advocacy.mail.smtp.judging import Envelope, SmtpReply, Verdict
from advocacy.mail.smtp.mailboxes import MaildirConnection, MboxConnection
from advocacy.mail.smtp.secrets import Secret
from advocacy.mail.smtp.server import Server
from advocacy.mail.smtp.session import Options
from advocacy.mail.smtp.wire import Timeouts

FIRST_WAIT = 5 * 60.0


class Connection(Protocol):
    """Takes messages, one after another."""

    def open(self) -> SmtpReply | None:
        """Open it now, without sending; what keeps it from that, or None."""

    def send(self, envelope: Envelope) -> SmtpReply:
        """Hand a message over. Trouble of any kind is a reply, never an exception."""

    def close(self) -> None:
        """End it; it may be used again, and then opens anew."""

    def break_off(self) -> None:
        """From another thread: let no call wait any longer for the other side."""


def connect(
    server: Server, password: Secret | None = None, options: Options | None = None
) -> Connection:
    """A connection to hand messages over on; nothing is opened yet."""
    if server.kind == "maildir":
        return MaildirConnection(server)
    if server.kind == "mbox":
        return MboxConnection(server)
    return SmtpConnection(server, password, options or Options())


def backoff(attempts: int, rng: random.Random | None = None) -> float:
    """Seconds to wait before the next try, after so many have been deferred.

    From five minutes it doubles to four hours: RFC 5321, 4.5.4.1 asks for half an hour as a
    rule and for shorter waits at first, as greylisting servers do. Half of each wait is chance,
    so that many deferred at once do not come back at once.
    """
    whole = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts, 1) - 1, 30))
    return whole / 2 + (rng or random.Random()).uniform(0, whole / 2)  # noqa: S311 - no secret


__all__ = [
    "Connection",
    "Envelope",
    "Options",
    "SmtpReply",
    "Timeouts",
    "Verdict",
    "backoff",
    "connect",
]
