"""Messages over kept SMTP connections, each handed over once.

Between two sends a connection may have been closed: by a limit of the server on messages or on
silence, or on the way. That shows at MAIL, before anything of the message has left, so the
message is tried once more on a new connection. Nothing is ever repeated after its data.

Where the server has PIPELINING (RFC 2920), MAIL, RCPT and DATA go in one piece: two round trips
a message instead of four. CHUNKING (RFC 3030) would make it one, but would send every message in
full to a server that may have refused its recipient.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

from advocacy.mail.smtp.judging import Envelope, SmtpReply, Step, Verdict, judged
from advocacy.mail.smtp.secrets import Secret
from advocacy.mail.smtp.server import Server
from advocacy.mail.smtp.session import CannotOpen, Options, Session, open_session
from advocacy.mail.smtp.wire import Dropped, Timeouts, fault_of, is_international, stuffed

_GOODBYE = 5.0
"""Seconds to wait for the server's reply to QUIT, which nothing depends on."""
_LAST_WORD = 1.0
"""Seconds to wait for a reply that a server sent before it closed the connection."""
_IDLE = 10.0
"""Seconds of silence after which a server's 421 is for that, and not for the count of messages."""
_FEWEST = 10
"""A server that closes earlier is not guessed at: it costs one command to be told."""


class SmtpConnection:
    """A connection that opens when it is needed and is kept. It belongs to one thread."""

    def __init__(self, server: Server, secret: Secret | None, options: Options) -> None:
        self._server, self._secret, self._options = server, secret, options
        self._most = options.most_messages(server)
        self._session: Session | None = None
        self._broken_off = False

    def open(self) -> SmtpReply | None:
        """Connect and log in now; what keeps it from that, or None. Nothing is sent."""
        try:
            self._ready()
        except CannotOpen as error:
            return error.reply
        return None

    def send(self, envelope: Envelope) -> SmtpReply:
        """Hand one message over. Whatever the server and the way do, there is a reply."""
        fault = fault_of(envelope)
        if fault:
            return SmtpReply(Verdict.REFUSED, None, fault)
        while True:
            try:
                session = self._ready()
            except CannotOpen as error:
                return error.reply
            fault = _beyond(session.extensions, envelope)
            if fault:
                return SmtpReply(Verdict.REFUSED, None, fault)
            reply, step = self._hand_over(session, envelope)
            again = session.broken and session.carried and step in (Step.RSET, Step.MAIL)
            if not again or self._broken_off:
                session.carried += 1
                session.used_at = time.monotonic()
                return reply
            if reply.code == 421 and time.monotonic() - session.used_at < _IDLE:
                self._most = max(_FEWEST, min(self._most, session.carried))
            # And a second try: nothing of this message had begun.

    def close(self) -> None:
        """Say goodbye; the next message opens a connection anew."""
        session = self._session
        if session is not None:
            session.quit(_GOODBYE)
        self._session = None

    def break_off(self) -> None:
        """From another thread: let no call wait any longer for the server, and try nothing anew.

        A message whose data had left by then may have arrived.
        """
        self._broken_off = True
        session = self._session
        if session is not None:
            session.wire.break_off()

    def _ready(self) -> Session:
        session, self._session = self._session, None
        if session is not None:
            full = session.carried >= self._most
            if not session.broken and not full and session.wire.in_step:
                self._session = session
                return session
            session.broken |= not session.wire.in_step
            session.quit(_GOODBYE)
        self._session = open_session(self._server, self._secret, self._options)
        return self._session

    def _hand_over(self, session: Session, envelope: Envelope) -> tuple[SmtpReply, Step]:
        pipelining = self._options.pipelining and "PIPELINING" in session.extensions
        transaction = _Transaction(session, envelope, self._options.timeouts, pipelining)
        try:
            reply = transaction.run()
        except Dropped as error:
            session.broken = True
            reply = _dropped(transaction.step, str(error))
        except BaseException:
            session.broken = True
            session.wire.close()
            raise
        if reply.code is not None and (reply.code == 421 or reply.code // 100 not in (2, 4, 5)):
            session.broken = True
        if session.broken:
            session.wire.close()
        return reply, transaction.step


class _Command(NamedTuple):
    step: Step
    line: str


class _Transaction:
    """One message on an open session (RFC 5321, 3.3). `step` is the command being answered."""

    def __init__(
        self, session: Session, envelope: Envelope, timeouts: Timeouts, pipelining: bool
    ) -> None:
        self.step = Step.MAIL
        self._session, self._wire, self._envelope = session, session.wire, envelope
        self._timeouts, self._pipelining = timeouts, pipelining
        self._unread: list[Step] = []

    def run(self) -> SmtpReply:
        """Raises Dropped where the connection fails; `step` says how far it had come."""
        envelope, session = self._envelope, self._session
        commands = [
            *([_Command(Step.RSET, "RSET\r\n")] if session.dirty else []),
            _Command(Step.MAIL, _mail(session.extensions, envelope)),
            _Command(Step.RCPT, f"RCPT TO:<{envelope.recipient}>\r\n"),
            _Command(Step.DATA, "DATA\r\n"),
        ]
        session.dirty = True
        for command, code, text in self._exchanged(commands):
            if command.step is Step.RSET and code // 100 != 2:
                raise Dropped(f"the server refused RSET: {code} {text}")
            taken = code == 354 if command.step is Step.DATA else code // 100 == 2
            if not taken:
                return self._given_up(judged(command.step, code, text))
        return self._data()

    def _exchanged(self, commands: list[_Command]) -> Iterator[tuple[_Command, int, str]]:
        """Each command with its reply. Together in one piece, or each after the last's reply."""
        groups = [commands] if self._pipelining else [[command] for command in commands]
        for group in groups:
            self.step = group[0].step
            self._unread = [command.step for command in group]
            lines = "".join(command.line for command in group)
            self._wire.send(lines.encode(), self._timeouts.command)
            for command in group:
                self.step = command.step
                slow = command.step is Step.DATA
                code, text = self._wire.reply(
                    self._timeouts.data if slow else self._timeouts.command
                )
                del self._unread[0]
                yield command, code, text

    def _given_up(self, reply: SmtpReply) -> SmtpReply:
        """Nothing was sent: read what else was answered, so that the session goes on in step."""
        try:
            for step in self._unread if reply.code != 421 else ():
                code, _ = self._wire.reply(self._timeouts.command)
                if step is Step.DATA and code == 354:
                    # It waits for a message to nobody. Without an end there will be none.
                    self._session.broken = True
        except Dropped:
            self._session.broken = True
        return reply

    def _data(self) -> SmtpReply:
        """The message and the reply to its end: the one moment that nothing takes back."""
        if not self._wire.in_step:
            # A reply too many would be taken for the one that counts.
            raise Dropped("the server sent an unexpected reply")
        try:
            self._wire.send(stuffed(self._envelope.message), self._timeouts.block)
        except Dropped as error:
            self._session.broken = True
            return self._cut_off(str(error))
        self.step = Step.END
        code, text = self._wire.reply(self._timeouts.end)
        self._session.dirty = False
        return judged(Step.END, code, text)

    def _cut_off(self, reason: str) -> SmtpReply:
        """The end of the data has not left. A server may have said why before it closed."""
        try:
            code, text = self._wire.reply(_LAST_WORD)
        except Dropped:
            return _dropped(Step.DATA, reason)
        if code // 100 in (4, 5):
            return judged(Step.DATA, code, text)
        # A success without an end is nonsense, and after nonsense nobody knows.
        return SmtpReply(Verdict.UNCERTAIN, code, f"the server answered {code} {text} too early")


def _mail(extensions: dict[str, str], envelope: Envelope) -> str:
    parameters = ""
    if "SIZE" in extensions:
        parameters += f" SIZE={len(envelope.message)}"
    if is_international(envelope):
        # RFC 6531, 3.1 asks of a server with SMTPUTF8 that it has 8BITMIME as well.
        parameters += " BODY=8BITMIME SMTPUTF8" if "8BITMIME" in extensions else " SMTPUTF8"
    return f"MAIL FROM:<{envelope.sender}>{parameters}\r\n"


def _beyond(extensions: dict[str, str], envelope: Envelope) -> str:
    """What this message asks of a server that the server has said it cannot do, else nothing."""
    if "SMTPUTF8" not in extensions and is_international(envelope):
        return (
            "the server does not accept addresses with non-ASCII characters before the @ (it "
            "lacks SMTPUTF8)"
        )
    most = extensions.get("SIZE", "").strip()
    size = len(envelope.message)
    if most.isdigit() and 0 < int(most[:20]) < size:  # RFC 1870, 4: 0 is no limit
        return f"the message has {size:,} bytes, but the server accepts {int(most):,}"
    return ""


def _dropped(step: Step, reason: str) -> SmtpReply:
    if step is Step.END:
        told = f"{reason}, after the whole message was sent; it may have arrived"
        return SmtpReply(Verdict.UNCERTAIN, None, told, everyone=True)
    return SmtpReply(
        Verdict.DEFERRED, None, f"{reason}, before the message was sent ({step})", everyone=True
    )
