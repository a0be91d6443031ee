"""TLS and login: nothing in the clear, nothing to a stranger, no password in any word of ours."""

import base64
import hmac
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from advocacy.mail.smtp import Envelope, Options, SmtpReply, Timeouts, Verdict, connect, session
from advocacy.mail.smtp.secrets import Secret
from advocacy.mail.smtp.server import Server, server_from

from .smtp_fixtures import (
    DROP,
    EXTENSIONS,
    MESSAGE,
    Act,
    Certificates,
    FaultyServer,
    free_port,
)  # fmt: skip

Faulty = Callable[..., FaultyServer]
TIMEOUTS = Timeouts(connect=5, greeting=1, command=1, data=1, block=1, end=1)
PASSWORD = "correct horse Bätterie"
SENT, REFUSED, DEFERRED, UNCERTAIN = Verdict
LOGIN_OFFERED = (*EXTENSIONS, "AUTH PLAIN LOGIN")


def send(
    server: Server, secret: Secret | None = None, certificates: Certificates | None = None
) -> SmtpReply:
    tls = certificates.trusting() if certificates else None
    with closing(connect(server, secret, Options(TIMEOUTS, tls=tls))) as connection:
        return connection.send(Envelope("letters@friends.example", "jane@parks.example", MESSAGE))


def with_user(server: FaultyServer, user: str = "me@friends.example") -> Server:
    return server_from(f"smtp://{user}@127.0.0.1:{server.port}")


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Server]:
    """The server as if it stood elsewhere: mail.example leads to this machine."""
    real = session.open_socket

    def here(host: str, port: int, path: Path | None, timeout: float) -> socket.socket:
        assert host in ("mail.example", "other.example")
        return real("127.0.0.1", port, path, timeout)

    monkeypatch.setattr(session, "open_socket", here)

    def named(
        server: FaultyServer, kind: str = "smtp", user: str = "me@", host: str = "mail.example"
    ) -> Server:
        return server_from(f"{kind}://{user}{host}:{server.port}")

    return named


def stop_code(reply: SmtpReply) -> str:
    assert reply.verdict is DEFERRED
    assert reply.everyone
    assert reply.stop is not None
    return reply.stop.code


# --- TLS ---------------------------------------------------------------------------------------


def test_a_server_elsewhere_is_spoken_to_under_tls(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    server = faulty(LOGIN_OFFERED, certificates.good, AUTH="235 2.7.0 in")
    assert send(remote(server), Secret(PASSWORD), certificates).verdict is SENT
    assert server.verbs[:5] == ["GREETING", "EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert server.received[0][2] == MESSAGE


def test_tls_from_the_first_byte(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    server = faulty(LOGIN_OFFERED, certificates.good, tls_at_once=True, AUTH="235 2.7.0 in")
    assert send(remote(server, "smtps"), Secret(PASSWORD), certificates).verdict is SENT
    assert server.verbs[:3] == ["GREETING", "EHLO", "AUTH"]


def test_many_and_large_messages_under_tls(faulty: Faulty, certificates: Certificates) -> None:
    server = faulty((), certificates.good, tls_at_once=True)
    large = MESSAGE + (b"x" * 76 + b"\r\n") * 10_000
    options = Options(Timeouts(), tls=certificates.trusting())
    here = server_from(f"smtps://127.0.0.1:{server.port}")
    with closing(connect(here, options=options)) as connection:
        for n in range(5):
            one = Envelope("letters@friends.example", f"p{n}@parks.example", large)
            assert connection.send(one).verdict is SENT
    assert [data for _, _, data in server.received] == [large] * 5
    assert server.connections == 1


def test_a_server_elsewhere_without_tls_gets_neither_password_nor_letter(
    faulty: Faulty, remote: Callable[..., Server]
) -> None:
    server = faulty(LOGIN_OFFERED)
    assert stop_code(send(remote(server), Secret(PASSWORD))) == "tls-missing"
    assert server.verbs == ["GREETING", "EHLO"]


def test_a_server_on_this_machine_needs_no_tls(faulty: Faulty, certificates: Certificates) -> None:
    server = faulty(EXTENSIONS, certificates.self_signed)
    assert send(server_from(server.url)).verdict is SENT
    assert "STARTTLS" not in server.verbs


def test_a_login_offered_under_tls_alone_is_done_under_tls(
    faulty: Faulty, certificates: Certificates
) -> None:
    server = faulty(EXTENSIONS, certificates.self_signed)
    assert stop_code(send(with_user(server), Secret(PASSWORD))) == "certificate-untrusted"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_certificate_that_nobody_signed_is_refused(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates, at_once: bool
) -> None:
    server = faulty(LOGIN_OFFERED, certificates.self_signed, tls_at_once=at_once)
    kind = "smtps" if at_once else "smtp"
    reply = send(remote(server, kind), Secret(PASSWORD), certificates)
    assert stop_code(reply) == "certificate-untrusted"
    assert "AUTH" not in server.verbs
    assert "self" in reply.text


def test_a_certificate_for_another_host_is_refused(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    server = faulty(LOGIN_OFFERED, certificates.good)
    there = remote(server, host="other.example")
    assert stop_code(send(there, Secret(PASSWORD), certificates)) == "certificate-untrusted"


def test_smtps_to_a_server_that_begins_in_the_clear_is_told(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    reply = send(remote(faulty(), "smtps"), Secret(PASSWORD), certificates)
    assert stop_code(reply) == "tls-failed"


def test_tls_that_breaks_off_may_work_later(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    server = faulty((*EXTENSIONS, "STARTTLS"), STARTTLS=Act(b"220 go\r\n", "drop"))
    reply = send(remote(server), Secret(PASSWORD), certificates)
    assert (reply.verdict, reply.everyone, reply.stop) == (DEFERRED, True, None)


def test_broken_tls_stops(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    server = faulty((*EXTENSIONS, "STARTTLS"), STARTTLS="220 go", **{"": Act(b"no TLS\r\n")})
    original = server._answer

    def answer(sock: Any, verb: str, people: list[str]) -> Act:
        act = original(sock, verb, people)
        if verb == "STARTTLS":
            sock.sendall(act.send)
            sock.recv(4096)
            return Act(b"this is no TLS at all\r\n", "drop")
        return act

    server._answer = answer  # type: ignore[method-assign]
    assert stop_code(send(remote(server), Secret(PASSWORD), certificates)) == "tls-failed"


@pytest.mark.parametrize(
    ("answer", "stop"), [("454 4.7.0 not now", None), ("502 5.5.1 never", "tls-failed")]
)
def test_refused_tls_is_never_gone_without(
    faulty: Faulty, remote: Callable[..., Server], answer: str, stop: str | None
) -> None:
    server = faulty((*LOGIN_OFFERED, "STARTTLS"), STARTTLS=answer)
    reply = send(remote(server), Secret(PASSWORD))
    assert (reply.verdict, reply.everyone) == (DEFERRED, True)
    assert (reply.stop.code if reply.stop else None) == stop
    assert "AUTH" not in server.verbs
    assert "MAIL" not in server.verbs


def test_words_slipped_in_before_tls_are_not_taken_for_the_servers(
    faulty: Faulty, remote: Callable[..., Server], certificates: Certificates
) -> None:
    """CVE-2011-0411: whoever sits between may add replies to the one for STARTTLS."""
    slipped = Act(b"220 go\r\n250-fake\r\n250 AUTH LOGIN\r\n")
    server = faulty((*EXTENSIONS, "STARTTLS"), STARTTLS=slipped)
    reply = send(remote(server), Secret(PASSWORD), certificates)
    assert reply.verdict is DEFERRED
    assert "sent unencrypted data" in reply.text
    assert "AUTH" not in server.verbs


# --- login, with a real server -----------------------------------------------------------------


class QuietController(Controller):
    """Without the warning that a login without TLS is unsafe: it stays on this machine."""

    def factory(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return super().factory()


class Box:
    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.tries: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        return "250 2.0.0 taken"


@pytest.fixture(params=["PLAIN", "LOGIN"])
def aiosmtpd_server(request: pytest.FixtureRequest) -> Iterator[tuple[Controller, Box]]:
    box = Box()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        box.tries.append(mechanism)
        good = (data.login, data.password.decode()) == (b"me@friends.example", PASSWORD)
        return AuthResult(success=good, handled=False)

    controller = QuietController(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=check,
        auth_required=True,
        auth_require_tls=False,
        auth_exclude_mechanism=[m for m in ("PLAIN", "LOGIN") if m != request.param],
        data_size_limit=100_000,
    )
    controller.start()
    yield controller, box
    controller.stop()


def address(controller: Controller) -> Server:
    assert controller.server is not None
    port = controller.server.sockets[0].getsockname()[1]
    return server_from(f"smtp://me@friends.example@127.0.0.1:{port}")


def test_a_login_lets_us_in_with_a_password_in_any_letters(
    aiosmtpd_server: tuple[Controller, Box],
) -> None:
    controller, box = aiosmtpd_server
    assert send(address(controller), Secret(PASSWORD)).verdict is SENT
    assert box.messages == [MESSAGE]


def test_a_wrong_password_is_tried_once_and_never_shown(
    aiosmtpd_server: tuple[Controller, Box], capfd: pytest.CaptureFixture[str]
) -> None:
    controller, box = aiosmtpd_server
    reply = send(address(controller), Secret("wrong-guess"))
    assert stop_code(reply) == "login-failed"
    assert reply.code == 535
    assert len(box.tries) == 1, "a second try may lock the account"
    assert "wrong-guess" not in f"{reply!r}{reply.stop}{capfd.readouterr()}"


def test_a_message_without_the_needed_login_stops(
    aiosmtpd_server: tuple[Controller, Box],
) -> None:
    controller, box = aiosmtpd_server
    server = address(controller)
    reply = send(Server("smtp", server.host, server.port))
    assert stop_code(reply) == "login-required"
    assert box.messages == []


def test_a_message_larger_than_aiosmtpd_takes(aiosmtpd_server: tuple[Controller, Box]) -> None:
    controller, box = aiosmtpd_server
    large = MESSAGE + (b"x" * 76 + b"\r\n") * 2000
    with closing(connect(address(controller), Secret(PASSWORD), Options(TIMEOUTS))) as connection:
        one = Envelope("letters@friends.example", "jane@parks.example", large)
        assert connection.send(one).verdict is REFUSED
    assert box.messages == []


# --- login, with a server that misbehaves ------------------------------------------------------


def test_a_login_that_the_server_does_not_offer_stops(faulty: Faulty) -> None:
    server = faulty()
    assert stop_code(send(with_user(server), Secret(PASSWORD))) == "login-failed"
    assert "MAIL" not in server.verbs


def test_only_strange_mechanisms_are_told(faulty: Faulty) -> None:
    server = faulty((*EXTENSIONS, "AUTH GSSAPI NTLM"))
    reply = send(with_user(server), Secret(PASSWORD))
    assert stop_code(reply) == "login-failed"
    assert "GSSAPI, NTLM" in reply.text


def test_a_mechanism_that_the_server_disowns_gives_way_to_the_next(faulty: Faulty) -> None:
    server = faulty(LOGIN_OFFERED, AUTH=["504 5.7.4 Unrecognized", "235 2.7.0 in"])
    assert send(with_user(server), Secret(PASSWORD)).verdict is SENT
    assert server.verbs.count("AUTH") == 2


def test_the_old_way_to_offer_a_login_is_understood(faulty: Faulty) -> None:
    server = faulty((*EXTENSIONS, "AUTH=PLAIN"), AUTH="235 in")
    assert send(with_user(server), Secret(PASSWORD)).verdict is SENT


def test_a_login_that_fails_for_now_waits(faulty: Faulty) -> None:
    reply = send(
        with_user(faulty(LOGIN_OFFERED, AUTH="454 4.7.0 Temporary failure")), Secret(PASSWORD)
    )
    assert (reply.verdict, reply.everyone, reply.stop) == (DEFERRED, True, None)


@pytest.mark.parametrize("act", [DROP, Act(b"334 \r\n"), Act(b"nonsense\r\n")])
def test_a_login_that_breaks_off_waits(faulty: Faulty, act: Act) -> None:
    reply = send(with_user(faulty(LOGIN_OFFERED, AUTH=act)), Secret(PASSWORD))
    assert reply.verdict is DEFERRED
    assert reply.everyone


def test_a_password_is_not_in_what_a_server_throws_back(faulty: Faulty) -> None:
    plain = base64.b64encode(f"\0me@friends.example\0{PASSWORD}".encode()).decode()
    server = faulty(LOGIN_OFFERED, AUTH=f"535 5.7.8 bad: {plain} {PASSWORD}")
    reply = send(with_user(server), Secret(PASSWORD))
    assert stop_code(reply) == "login-failed"
    assert PASSWORD not in f"{reply!r}"
    assert plain not in f"{reply!r}"


def lines_heard(server: FaultyServer, answers: dict[str, bytes]) -> list[str]:
    """Let the server answer lines by how they begin; what it hears."""
    heard: list[str] = []

    def converse(sock: socket.socket) -> None:
        sock.sendall(b"220 fake\r\n")
        stream = sock.makefile("rb")
        for raw in stream:
            line = raw.decode().strip()
            heard.append(line)
            for beginning, answer in answers.items():
                if line.startswith(beginning):
                    sock.sendall(answer)
                    break
            else:
                sock.sendall(b"235 in\r\n" if " " not in line else b"550 no\r\n")

    server._converse = converse  # type: ignore[method-assign]
    return heard


def test_cram_md5_answers_the_challenge(faulty: Faulty) -> None:
    challenge = b"<1896.697170952@postoffice.example>"
    server = faulty()
    heard = lines_heard(
        server,
        {
            "EHLO": b"250-fake\r\n250 AUTH CRAM-MD5\r\n",
            "AUTH CRAM-MD5": b"334 " + base64.b64encode(challenge) + b"\r\n",
        },
    )
    send(with_user(server, "tim"), Secret("tanstaaftanstaaf"))
    digest = hmac.new(b"tanstaaftanstaaf", challenge, "md5").hexdigest()
    assert base64.b64decode(heard[2]).decode() == f"tim {digest}"
    assert heard[3].startswith("MAIL")


def test_a_token_logs_in_by_xoauth2(faulty: Faulty) -> None:
    server = faulty()
    heard = lines_heard(
        server,
        {"EHLO": b"250-fake\r\n250 AUTH PLAIN XOAUTH2\r\n", "AUTH XOAUTH2": b"235 2.7.0 in\r\n"},
    )
    send(with_user(server), Secret("ya29.token", "token"))
    mechanism, answer = heard[1].split()[1:]
    assert mechanism == "XOAUTH2"
    assert base64.b64decode(answer) == b"user=me@friends.example\1auth=Bearer ya29.token\1\1"


def test_a_token_that_has_expired_stops(faulty: Faulty) -> None:
    server = faulty()
    heard = lines_heard(
        server,
        {
            "EHLO": b"250-fake\r\n250 AUTH XOAUTH2\r\n",
            "AUTH XOAUTH2": b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n",
        },
    )
    server_said = send(with_user(server), Secret("old", "token"))
    assert heard[2] == "", "an empty answer brings the final reply"
    assert server_said.verdict is DEFERRED
