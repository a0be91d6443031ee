"""Opening a connection to a server: greeting, EHLO, TLS, login."""

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.errors import Problem
from advocacy.mail.smtp.authentication import log_in
from advocacy.mail.smtp.judging import SmtpReply, Step, Verdict, cleaned, judged
from advocacy.mail.smtp.secrets import Secret
from advocacy.mail.smtp.server import Server
from advocacy.mail.smtp.wire import Dropped, Timeouts, Wire, open_socket

PER_CONNECTION = 100
"""Messages on one connection, where nothing else is said: what other clients keep to."""
_FEWER = {"yahoodns.net": 20, "yahoo.com": 20, "aol.com": 20}
"""Those whose servers close after fewer."""


@dataclass(frozen=True, slots=True)
class Options:
    """How connections behave.

    `per_connection` is after how many messages one is closed and opened anew; left out, it is
    what suits the server. A server that closes earlier is remembered. `name` is what EHLO says;
    left out, this end's address. `tls` replaces the machine's own trust in certificates.
    """

    timeouts: Timeouts = field(default_factory=Timeouts)
    per_connection: int | None = None
    name: str | None = None
    tls: ssl.SSLContext | None = None
    pipelining: bool = True

    def most_messages(self, server: Server) -> int:
        """How many messages a connection to that server carries at most."""
        if self.per_connection is not None:
            return max(1, self.per_connection)
        for domain, most in _FEWER.items():
            if server.host == domain or server.host.endswith(f".{domain}"):
                return most
        return PER_CONNECTION


class CannotOpen(Exception):  # noqa: N818 - says what happened
    """There is no connection; `reply` is what that means for the message at hand."""

    def __init__(self, reply: SmtpReply) -> None:
        self.reply = reply
        super().__init__(reply.text)


@dataclass(slots=True)
class Session:
    """An open connection and what is known of it.

    `extensions` are the server's, by name in capitals. `dirty` says that a transaction was
    begun and not ended: RSET comes before the next. `broken` ones are of no more use.
    """

    wire: Wire
    extensions: dict[str, str]
    carried: int = 0
    dirty: bool = False
    broken: bool = False
    used_at: float = field(default_factory=time.monotonic)

    def quit(self, timeout: float) -> None:
        """Say goodbye, unless it is too late for that (RFC 5321, 4.1.1.10)."""
        if not self.broken:
            with contextlib.suppress(Dropped):
                self.wire.send(b"QUIT\r\n", timeout)
                self.wire.reply(timeout)
        self.broken = True
        self.wire.close()


def open_session(server: Server, secret: Secret | None, options: Options) -> Session:
    """Connect, and log in where there is a secret.

    TLS is required unless the server is on this machine, and certificates are verified always.
    Raises CannotOpen.
    """
    wire = _connected(server, options)
    try:
        return _opened(wire, server, secret, options)
    except Dropped as error:
        wire.close()
        raise CannotOpen(_unreached(server, str(error))) from None
    except BaseException:
        wire.close()
        raise


def _opened(wire: Wire, server: Server, secret: Secret | None, options: Options) -> Session:
    timeouts = options.timeouts
    if server.kind == "smtps":
        _begin_tls(wire, server, options)
    _expect(Step.GREETING, wire.reply(timeouts.greeting), 220)
    extensions = _hello(wire, server, options)
    clear = server.kind == "smtp"
    # Under a tunnel to this machine a login may be offered under TLS alone.
    wanted = not server.is_local or (secret is not None and "AUTH" not in extensions)
    if clear and wanted:
        if "STARTTLS" not in extensions:
            if not server.is_local:
                raise CannotOpen(_no_tls(server))
        else:
            wire.send(b"STARTTLS\r\n", timeouts.command)
            code, text = wire.reply(timeouts.command)
            if code != 220:
                raise CannotOpen(_tls_refused(server, code, text))
            _begin_tls(wire, server, options)
            extensions = _hello(wire, server, options)
    if secret is not None and server.user is not None:
        failed = log_in(wire, server.user, secret, extensions.get("AUTH"), timeouts.command)
        if failed is not None:
            raise CannotOpen(failed)
    return Session(wire, extensions)


def _hello(wire: Wire, server: Server, options: Options) -> dict[str, str]:
    """What the server can do. One that does not know EHLO can do nothing (RFC 5321, 3.2)."""
    name, timeout = options.name or wire.own_address, options.timeouts.command
    wire.send(f"EHLO {name}\r\n".encode("ascii"), timeout)
    code, lines = wire.lines(timeout)
    if code in (500, 502) and server.is_local:
        wire.send(f"HELO {name}\r\n".encode("ascii"), timeout)
        _expect(Step.EHLO, wire.reply(timeout), 250)
        return {}
    _expect(Step.EHLO, (code, cleaned(" ".join(lines))), 250)
    extensions: dict[str, str] = {}
    for line in lines[1:]:
        # `AUTH=` is how some said it before RFC 2554.
        word, _, rest = line.replace("AUTH=", "AUTH ", 1).strip().partition(" ")
        word = word.upper()
        extensions[word] = f"{extensions[word]} {rest}" if word in extensions else rest
    return extensions


def _connected(server: Server, options: Options) -> Wire:
    timeout = options.timeouts.connect
    try:
        return Wire(open_socket(server.host, server.port, server.path, timeout))
    except socket.gaierror as error:
        reply = _unreached(server, cleaned(error.strerror or str(error)))
        if error.errno == socket.EAI_NONAME:
            reply = _stopped(
                "server-unknown",
                f"The server {server.host} was not found.",
                "Check the name in ADVOCACY_SMTP and your network connection.",
            )
        raise CannotOpen(reply) from None
    except (FileNotFoundError, PermissionError) as error:
        raise CannotOpen(
            _stopped(
                "server-unknown",
                f"{server.shown} cannot be opened: {error.strerror}.",
                "Check the path in ADVOCACY_SMTP and that the server is running.",
            )
        ) from None
    except TimeoutError:
        told = f"no connection within {timeout:g} seconds"
        raise CannotOpen(_unreached(server, told)) from None
    except OSError as error:
        raise CannotOpen(_unreached(server, cleaned(error.strerror or str(error)))) from None


def _begin_tls(wire: Wire, server: Server, options: Options) -> None:
    context = options.tls or _trust()
    try:
        wire.start_tls(context, server.host, options.timeouts.greeting)
    except ssl.SSLCertVerificationError as error:
        raise CannotOpen(
            _stopped(
                "certificate-untrusted",
                f"The certificate of {server.shown} cannot be trusted: {error.verify_message}",
                "Use the host name that the provider gives. To trust your organization's own "
                "certificate authority, set SSL_CERT_FILE=/path/to/authority.pem.",
            )
        ) from None
    except (ssl.SSLEOFError, TimeoutError, ConnectionError) as error:
        raise CannotOpen(_unreached(server, f"TLS broke off: {cleaned(str(error))}")) from None
    except OSError as error:
        reason = cleaned(str(getattr(error, "reason", None) or error))
        raise CannotOpen(
            _stopped(
                "tls-failed",
                f"TLS with {server.shown} failed: {reason}",
                "Use smtps:// with port 465 and smtp:// with port 587.",
            )
        ) from None


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The machine's trust in authorities: read once, for it takes longer than to connect."""
    return ssl.create_default_context()


def _expect(step: Step, reply: tuple[int, str], wanted: int) -> None:
    if reply[0] != wanted:
        raise CannotOpen(judged(step, *reply))


def _no_tls(server: Server) -> SmtpReply:
    return _stopped(
        "tls-missing",
        f"{server.shown} does not offer TLS (STARTTLS), so letters and the password would be sent "
        f"unencrypted.",
        "Use the provider's submission port, 587 or smtps:// with 465. If TLS worked before, the "
        "connection may be intercepted.",
    )


def _tls_refused(server: Server, code: int, text: str) -> SmtpReply:
    if code // 100 != 5:
        return judged(Step.STARTTLS, code, text)
    return _stopped(
        "tls-failed",
        f"{server.shown} refuses TLS: {code} {text}",
        "Try smtps:// with port 465, or ask the provider.",
        code,
    )


def _unreached(server: Server, reason: str) -> SmtpReply:
    return SmtpReply(Verdict.DEFERRED, None, f"{server.shown}: {reason}", everyone=True)


def _stopped(code: str, message: str, hint: str, number: int | None = None) -> SmtpReply:
    problem = Problem(code, message, hint)
    return SmtpReply(Verdict.DEFERRED, number, message, problem, everyone=True)
