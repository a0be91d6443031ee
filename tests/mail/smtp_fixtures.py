"""A server for the tests of mailing that does every wrong thing on purpose, and certificates."""

import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

MESSAGE = (
    b"From: Example Park Friends <letters@friends.example>\r\n"
    b"To: Jane Doe <jane@parks.example>\r\n"
    b"Subject: Keep the park open\r\n"
    b"Date: Mon, 02 Mar 2026 12:00:00 -0600\r\n"
    b"Message-ID: <0123456789abcdef@friends.example>\r\n"
    b"\r\n"
    b"Please keep the park open.\r\n"
    b".\r\n"
    b"..two dots\r\n"
)
EXTENSIONS = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
GOOD = {
    "GREETING": "220 fake ESMTP",
    "RSET": "250 2.0.0 Ok",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "END": "250 2.0.0 Ok: queued",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass(frozen=True)
class Act:
    """What a server does in place of a reply: send bytes, then go on, close, reset or hang.

    `keeps` is for the end of the data: whether the message counts as delivered, whatever the
    client hears of it.
    """

    send: bytes = b""
    then: str = "go"
    keeps: bool = False


DROP = Act(then="drop")
RESET = Act(then="reset")
HANG = Act(then="hang")


class Closed(Exception):  # noqa: N818
    """The server has closed the connection."""


@dataclass
class FaultyServer:
    """An SMTP server that answers as `script` says: by verb a reply, an Act, or a list of them
    for the first, second … time (the last stays).

    A `careless` one takes data for nobody. `received` has envelope and data of each message that
    it holds to be delivered, `unfinished` data that never came to its end.
    """

    script: dict[str, Any] = field(default_factory=dict)
    extensions: tuple[str, ...] = EXTENSIONS
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    drop_in_data: int | None = None
    said_in_data: bytes = b""
    careless: bool = False
    received: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    unfinished: list[bytes] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self.said = threading.local()
        """In a connection's thread: the `line` it said last, and the `people` of its message."""
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.tls_at_once:
                assert self.tls is not None
                sock = self.tls.wrap_socket(sock, server_side=True)
            self._converse(sock)
        except (Closed, OSError):
            pass
        finally:
            with suppress(OSError):
                sock.close()

    def _act(self, sock: socket.socket, verb: str) -> Act:
        with self._lock:
            count = self._counts.get(verb, 0)
            self._counts[verb] = count + 1
            self.verbs.append(verb)
        answer = self.script.get(verb, GOOD.get(verb, "250 Ok"))
        if isinstance(answer, list):
            answer = answer[min(count, len(answer) - 1)]
        if not isinstance(answer, Act):
            text = str(answer)
            answer = Act(f"{text}\r\n".encode(), keeps=verb == "END" and text.startswith("2"))
        return answer

    def _finish(self, sock: socket.socket, act: Act) -> Act:
        if act.send:
            sock.sendall(act.send)
        if act.then == "hang":
            self._over.wait(20)
        if act.then == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if act.then != "go":
            raise Closed
        return act

    def _ehlo(self) -> Act:
        words = [*self.extensions, *(["STARTTLS"] if self.tls and not self.tls_at_once else [])]
        lines = ["fake", *words]
        text = "".join(
            f"250{'-' if at < len(lines) - 1 else ' '}{line}\r\n" for at, line in enumerate(lines)
        )
        return Act(text.encode())

    def _converse(self, sock: socket.socket) -> None:
        self._finish(sock, self._act(sock, "GREETING"))
        self._go_on(sock)

    def _go_on(self, sock: socket.socket) -> None:
        stream = sock.makefile("rb")
        sender, people = "", []
        while line := stream.readline(100_000):
            text = line.decode("utf-8", "replace").strip()
            verb = text.partition(" ")[0].upper()
            self.said.line, self.said.people = text, people
            act = self._answer(sock, verb, people)
            self._finish(sock, act)
            good = act.send[:1] == b"2"
            if verb == "STARTTLS" and good:
                if self.tls is None:
                    raise Closed
                with self.tls.wrap_socket(sock, server_side=True) as inner:
                    self._go_on(inner)
                    raise Closed
            elif verb == "MAIL" and good:
                sender, people = text, []
            elif verb == "RCPT" and good:
                people.append(text[len("RCPT TO:<") : -1])
            elif verb == "DATA" and act.send[:1] == b"3":
                self._take(sock, stream, sender, people)
                people = []
            elif verb == "QUIT":
                raise Closed

    def _answer(self, sock: socket.socket, verb: str, people: list[str]) -> Act:
        if verb in ("EHLO", "STARTTLS") and verb not in self.script:
            self.verbs.append(verb)
            return self._ehlo() if verb == "EHLO" else Act(b"220 go\r\n")
        if verb == "DATA" and not people and not self.careless:
            return Act(b"554 5.5.1 no valid recipients\r\n")
        return self._act(sock, verb)

    def _take(self, sock: socket.socket, stream: Any, sender: str, people: list[str]) -> None:
        data = self._data(sock, stream)
        act = self._act(sock, "END")
        if act.keeps:
            self.received.append((sender, people, data))
        self._finish(sock, act)

    def _data(self, sock: socket.socket, stream: Any) -> bytes:
        lines: list[bytes] = []
        length = 0
        while (line := stream.readline()) != b".\r\n":
            if not line:
                self.unfinished.append(b"".join(lines))
                raise Closed
            length += len(line)
            if self.drop_in_data is not None and length > self.drop_in_data:
                if self.said_in_data:
                    sock.sendall(self.said_in_data)
                    time.sleep(0.05)
                raise Closed
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@pytest.fixture
def faulty() -> Iterator[Callable[..., FaultyServer]]:
    """`faulty(RCPT="550 no")`: a server of its own for the test, stopped after it."""
    servers: list[FaultyServer] = []

    def start(
        extensions: tuple[str, ...] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        *,
        tls_at_once: bool = False,
        drop_in_data: int | None = None,
        said_in_data: bytes = b"",
        careless: bool = False,
        **script: Any,
    ) -> FaultyServer:
        server = FaultyServer(
            script, extensions, tls, tls_at_once, drop_in_data, said_in_data, careless
        )
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@dataclass(frozen=True)
class Certificates:
    """An authority's certificate, and servers' contexts: one it signed, one that nobody did."""

    authority: Path
    good: ssl.SSLContext
    self_signed: ssl.SSLContext

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


@pytest.fixture(scope="session")
def certificates(
    tmp_path_factory: pytest.TempPathFactory, tool: Callable[[str], str]
) -> Certificates:
    """Certificates for localhost, 127.0.0.1 and mail.example."""
    openssl, folder = tool("openssl"), tmp_path_factory.mktemp("certificates")
    names = "subjectAltName=DNS:localhost,DNS:mail.example,IP:127.0.0.1"

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], check=True, capture_output=True, cwd=folder)

    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
           "-days", "2"]  # fmt: skip
    run(*new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test Authority")
    run(*new, "-keyout", "own.key", "-out", "own.pem", "-subj", "/CN=own", "-addext", names)
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
        "good.key", "-out", "good.csr", "-subj", "/CN=good")  # fmt: skip
    (folder / "names").write_text(names)
    run("x509", "-req", "-in", "good.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "good.pem", "-days", "2", "-extfile", "names")  # fmt: skip

    def context(name: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        return made

    return Certificates(folder / "ca.pem", context("good"), context("own"))
