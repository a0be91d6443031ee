"""The bytes between us and a server: commands out, whole replies in, each within its time.

`smtplib` takes a reply cut off by the end of the connection for a whole one, reads a reply of
any length, and does not say whether a connection broke before or after the last byte had left.
On those three stands whether a message is sent twice, so they are done here.

Messages come from our own writers, which keep the rules of SMTP. They are checked once more before
a byte leaves, because a line break in an address would be a command, and a lone CR or LF is an end
of data to some servers (CVE-2023-51764 and its kin).
"""

import contextlib
import re
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from advocacy.mail.smtp.judging import Envelope, cleaned

_LONGEST_REPLY = 16 * 1024
"""Bytes of one reply; RFC 5321, 4.5.3.1.5 grants 512 a line."""
_NO_PATH = re.compile("[\x00-\x20\x7f-\xa0<>\ud800-\udfff]")
_CHUNK = 16 * 1024
_BLOCK = 256 * 1024
"""Bytes sent within one `Timeouts.block`."""


def fault_of(envelope: Envelope) -> str:
    """Why this message cannot be handed over to any server, or nothing."""
    message = envelope.message
    if _NO_PATH.search(envelope.recipient) or "@" not in envelope.recipient:
        return "the recipient's address is not a valid email address"
    if _NO_PATH.search(envelope.sender):  # the empty one is allowed (RFC 5321, 4.5.5)
        return "the sender's address is not a valid email address"
    if not message.endswith(b"\r\n"):
        return "the message does not end with a line break"
    without = message.replace(b"\r\n", b"")  # quicker than to count them
    if b"\n" in without or b"\r" in without:
        return "the message has a line break that is not CRLF (RFC 5321, 2.3.8)"
    if not message.isascii():
        body = message.partition(b"\r\n\r\n")[2]
        if not body.isascii():
            return "the message has a body that is not 7-bit (RFC 5321, 2.4)"
    return ""


def is_international(envelope: Envelope) -> bool:
    """Whether only a server with SMTPUTF8 can take it (RFC 6531, 3.2): some address in the
    envelope or the headers is not ASCII.
    """
    return (
        envelope.needs_utf8
        or not envelope.message.isascii()
        or not (envelope.sender + envelope.recipient).isascii()
    )


def stuffed(message: bytes) -> bytes:
    """The message as data: lines that begin with a dot get another (RFC 5321, 4.5.2), and the
    end after its last line.
    """
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for each phase, in seconds: what RFC 5321, 4.5.3.2 asks for.

    `block` is for handing data over while the other side takes none. The connection itself
    has no time there; Postfix waits half a minute.
    """

    connect: float = 30
    greeting: float = 300
    command: float = 300
    data: float = 120
    block: float = 180
    end: float = 600


class Dropped(Exception):  # noqa: N818 - the field's word: a dropped connection
    """The connection is of no more use: closed, silent for too long, or not speaking SMTP."""


class Wire:
    """One connection. Every method raises `Dropped` where the connection fails."""

    def __init__(self, sock: socket.socket) -> None:
        if sock.family != socket.AF_UNIX:
            # A message is handed over in one piece: Nagle's wait only delays its end.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(None)  # by the socket's own options from here on
        self._sock = sock
        self._buffer = bytearray()
        self._waits: dict[int, float] = {}
        self._broken_off = False

    def send(self, data: bytes, timeout: float) -> None:
        """Hand all of the data to the operating system.

        Where it raises, the last of the bytes have not been handed over.
        """
        try:
            for at in range(0, len(data), _BLOCK):
                self._wait_at_most(timeout, socket.SO_SNDTIMEO)
                self._sock.sendall(memoryview(data)[at : at + _BLOCK] if at else data[:_BLOCK])
        except OSError as error:  # a timeout and TLS errors are OSErrors too
            raise self._dropped(_reason(error)) from None

    def reply(self, timeout: float) -> tuple[int, str]:
        """The next whole reply: its code, and the text of all lines in one, cleaned.

        RFC 5321, 4.2: three digits, then a space or the end of the line in the last line and a
        hyphen in those before it. What is no such line is no reply.
        """
        code, lines = self.lines(timeout)
        return code, cleaned(" ".join(_joined(lines)))

    def lines(self, timeout: float) -> tuple[int, list[str]]:
        """The next whole reply, its lines apart and not cleaned, but for undecodable bytes."""
        deadline = time.monotonic() + timeout
        found: list[str] = []
        length = 0
        while True:
            line = self._line(deadline, timeout, fresh=not found)
            length += len(line)
            if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
                raise Dropped(f"the server does not use SMTP: {cleaned(line[:80])!r}")
            if length > _LONGEST_REPLY:
                raise Dropped("the server's reply is too long")
            found.append(line[4:].decode("utf-8", errors="replace"))
            if line[3:4] != b"-":
                return int(line[:3]), found

    @property
    def in_step(self) -> bool:
        """Whether every byte that came was read: none may be a reply too many."""
        return not self._buffer

    def start_tls(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """Begin TLS. Raises `ssl.SSLError` or OSError where it fails, and `Dropped` where the
        server spoke on in the clear: that would be taken for what came under TLS (RFC 3207, 6).
        """
        if self._buffer:
            raise Dropped("the server sent unencrypted data after it accepted STARTTLS")
        self._sock.settimeout(timeout)
        self._waits.clear()
        self._sock = context.wrap_socket(self._sock, server_hostname=host)

    @property
    def own_address(self) -> str:
        """The address of this end, as EHLO names a machine without a name (RFC 5321, 4.1.3)."""
        if self._sock.family == socket.AF_UNIX:
            return "localhost"
        address = str(self._sock.getsockname()[0]).partition("%")[0]
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def break_off(self) -> None:
        """From another thread: end the call that waits for the other side, which then drops it."""
        self._broken_off = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it without a word."""
        with contextlib.suppress(OSError):
            self._sock.close()

    def _line(self, deadline: float, timeout: float, *, fresh: bool) -> bytes:
        """One line without its end, which must be there: a line cut off is no line."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_REPLY:
                raise Dropped("the server's reply is too long")
            # The first wait is always the same, and then costs no system call to set.
            left = timeout if fresh else deadline - time.monotonic()
            if left <= 0:
                raise Dropped(f"no complete reply within {timeout:g} seconds")
            fresh = False
            try:
                self._wait_at_most(left, socket.SO_RCVTIMEO)
                chunk = self._sock.recv(_CHUNK)
            except (TimeoutError, BlockingIOError):
                raise Dropped(f"no complete reply within {timeout:g} seconds") from None
            except OSError as error:
                raise self._dropped(_reason(error)) from None
            if not chunk:
                raise self._dropped("the server closed the connection")
            self._buffer += chunk
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def _dropped(self, reason: str) -> Dropped:
        """The exception to raise; it says so where it was this side that ended the call."""
        return Dropped("the run was interrupted" if self._broken_off else reason)

    def _wait_at_most(self, seconds: float, option: int) -> None:
        """Let the next call wait so long.

        The system counts the time where it can: Python's own timeouts put a poll() before each
        call, and every call of many threads is a turn of waiting for the interpreter.
        """
        if self._waits.get(option) == seconds:
            return
        self._waits[option] = seconds
        if isinstance(self._sock, ssl.SSLSocket):
            self._waits = {option: seconds}  # it has one time for both
            self._sock.settimeout(seconds)
        else:
            whole, part = divmod(max(seconds, 0.001), 1)
            self._sock.setsockopt(
                socket.SOL_SOCKET, option, struct.pack("ll", int(whole), int(part * 1e6))
            )


def open_socket(host: str, port: int, path: Path | None, timeout: float) -> socket.socket:
    """A connection to a host's port, or to the socket at `path`. Raises OSError."""
    if path is None:
        return socket.create_connection((host, port), timeout)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(str(path))
    except OSError:
        sock.close()
        raise
    return sock


def _joined(lines: list[str]) -> list[str]:
    """The lines of a reply, with the enhanced status code that each repeats said once
    (RFC 2034, 4).
    """
    first, *rest = lines
    status = first.partition(" ")[0]
    if status.count(".") != 2:
        return lines
    return [first, *(line.removeprefix(f"{status} ") for line in rest)]


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError | BlockingIOError):
        return "the server stopped accepting data"
    if isinstance(error, ssl.SSLError):
        return f"TLS broke off: {cleaned(str(error.reason or error))}"
    return f"the connection broke: {cleaned(error.strerror or str(error))}"
