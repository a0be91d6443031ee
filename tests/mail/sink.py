"""A mail server for tests: real SMTP on loopback, which remembers everything it took."""

import email
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived. `answer` may refuse a recipient or a message: it returns a reply or None."""

    answer: Callable[[str, str], str | None] = lambda _step, _address: None
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def to(self) -> Counter[str]:
        """How often each address got a message."""
        with self.lock:
            return Counter(to for _, to, _ in self.taken)

    def message(self, to: str) -> EmailMessage:
        """The one message to an address."""
        (data,) = [data for _, one, data in self.taken if one == to]
        return email.message_from_bytes(data, policy=policy.SMTP)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say no."""
        refusal = self.answer("rcpt", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message, or say no."""
        refusal = self.answer("data", envelope.rcpt_tos[0])
        if refusal:
            return refusal
        with self.lock:
            for to in envelope.rcpt_tos:
                self.taken.append((envelope.mail_from or "", to, envelope.original_content or b""))
        return "250 2.0.0 taken"


def free_port() -> int:
    """A port that nobody uses: aiosmtpd connects to the one it was told, so 0 will not do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def serving(sink: Sink | None = None) -> Iterator[Sink]:
    """A server on a free port, for as long as the block lasts."""
    sink = sink or Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    try:
        sink.url = f"smtp://127.0.0.1:{controller.port}"
        yield sink
    finally:
        controller.stop()
