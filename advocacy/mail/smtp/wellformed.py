"""What a message must be before a byte of it leaves, and how it travels.

Headers and bodies come from our own writers, which hold all this. It is looked at once more
here, since what follows cannot be taken back: a line break in an address would be a command, and
a lone CR or LF is an end of data to some servers (CVE-2023-51764 and its kin).
"""

import re

from advocacy.mail.smtp.replies import Envelope

_NO_PATH = re.compile("[\x00-\x20\x7f-\xa0<>\ud800-\udfff]")


def fault_of(envelope: Envelope) -> str:
    """Why this message cannot be handed over to any server, or nothing."""
    message = envelope.message
    for address in (envelope.recipient, *envelope.others):
        if _NO_PATH.search(address) or "@" not in address:
            return "the recipient's address is none"
    if _NO_PATH.search(envelope.sender):  # the empty one is allowed (RFC 5321, 4.5.5)
        return "the sender's address is none"
    if not message.endswith(b"\r\n"):
        return "the message does not end with a line break"
    # Every CR and every LF ends a line here, a pair of them one: as many of each as lines, and
    # they are all pairs. Counting the pairs themselves takes longer.
    lines = len(message.splitlines())
    if lines != message.count(b"\n") or lines != message.count(b"\r"):
        return "the message has a line break that is not CRLF (RFC 5321, 2.3.8)"
    if not message.isascii():
        body = message.partition(b"\r\n\r\n")[2]
        if not body.isascii():
            return "the message has a body that is not in 7 bits (RFC 5321, 2.4)"
    return ""


def is_international(envelope: Envelope) -> bool:
    """Whether only a server with SMTPUTF8 can take it (RFC 6531, 3.2): some address in the
    envelope or the headers is not ASCII.
    """
    return (
        envelope.needs_utf8
        or not envelope.message.isascii()
        or not all(map(str.isascii, (envelope.sender, envelope.recipient, *envelope.others)))
    )


def stuffed(message: bytes) -> bytes:
    """The message as data: lines that begin with a dot get another (RFC 5321, 4.5.2), and the
    end after its last line.
    """
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"
