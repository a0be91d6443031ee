"""Delivery to a real Postfix that accepts, greylists, rejects, defers and closes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import dkim
import pytest

from advocacy.mail.smtp import (
    Connection,
    Envelope,
    Options,
    SmtpReply,
    Timeouts,
    Verdict,
    connect,
    session,
)
from advocacy.mail.smtp.server import server_from

from .postfix_fixture import Postfix
from .smtp_fixtures import MESSAGE, Certificates
from .test_dkim import Keys, key_from, sign

pytestmark = pytest.mark.slow
SENT, REFUSED, DEFERRED, UNCERTAIN = Verdict
SENDER = "letters@friends.example"
TIMEOUTS = Timeouts(connect=10, greeting=10, command=10, data=10, block=10, end=20)


@pytest.fixture(params=[True, False], ids=["pipelined", "one by one"])
def connection(request: pytest.FixtureRequest, postfix: Postfix) -> Iterator[Connection]:
    options = Options(TIMEOUTS, pipelining=request.param)
    with closing(connect(server_from(f"smtp://127.0.0.1:{postfix.port}"), options=options)) as one:
        yield one


def to(local_part: str, message: bytes = MESSAGE, **more: tuple[str, ...]) -> Envelope:
    return Envelope(SENDER, f"{local_part}@parks.example", message, **more)


def test_letters_arrive_as_they_were(
    connection: Connection, postfix: Postfix, request: pytest.FixtureRequest
) -> None:
    name = f"jane{'1' if 'pipelined' in request.node.name else '2'}"
    replies = [connection.send(to(name)) for _ in range(3)]
    assert [one.verdict for one in replies] == [SENT] * 3
    assert "queued as" in replies[0].text
    for kept in postfix.delivered(name, 3):
        assert kept.endswith(MESSAGE.replace(b"\r\n", b"\n").partition(b"\n\n")[2])
        assert b"Return-Path: <letters@friends.example>" in kept


def test_one_recipient_in_trouble_does_not_stop_the_others(
    connection: Connection, postfix: Postfix, request: pytest.FixtureRequest
) -> None:
    """mailmerge ends its run at the first of these."""
    tail = "1" if "pipelined" in request.node.name else "2"
    names = [f"a{tail}", "rejected", f"b{tail}", "deferred", f"c{tail}", "unknown", "closing",
             f"d{tail}"]  # fmt: skip
    replies = [connection.send(to(name)) for name in names]
    assert [one.verdict for one in replies] == [
        SENT, REFUSED, SENT, DEFERRED, SENT, REFUSED, DEFERRED, SENT
    ]  # fmt: skip
    assert [one.code for one in replies] == [250, 550, 250, 450, 250, 550, 421, 250]
    assert "No letters here" in replies[1].text
    assert "Mailbox busy" in replies[3].text
    assert "User unknown" in replies[5].text
    assert all(one.stop is None for one in replies)
    for name in ("a", "b", "c", "d"):
        assert len(postfix.delivered(f"{name}{tail}")) == 1


def test_a_greylisted_recipient_gets_the_letter_the_second_time(
    connection: Connection, postfix: Postfix, request: pytest.FixtureRequest
) -> None:
    name = f"grey{'1' if 'pipelined' in request.node.name else '2'}"
    first, second = connection.send(to(name)), connection.send(to(name))
    assert (first.verdict, first.code, first.everyone) == (DEFERRED, 450, False)
    assert "Greylisted" in first.text
    assert second.verdict is SENT
    assert len(postfix.delivered(name)) == 1


def test_mail_for_others_needs_a_login_and_stops(connection: Connection) -> None:
    reply = connection.send(Envelope(SENDER, "somebody@elsewhere.example", MESSAGE))
    assert reply.verdict is DEFERRED
    assert reply.stop is not None
    assert reply.stop.code == "relay-denied"


def test_a_banned_sender_stops_though_it_is_said_at_the_recipient(connection: Connection) -> None:
    """So Postfix does as installed (smtpd_delay_reject)."""
    reply = connection.send(Envelope("banned@friends.example", "jane@parks.example", MESSAGE))
    assert (reply.verdict, reply.code) == (DEFERRED, 550)
    assert reply.stop is not None
    assert reply.stop.code == "sender-refused"
    assert "Sender banned" in reply.stop.message


def test_a_letter_too_large_for_it_never_leaves(connection: Connection) -> None:
    large = MESSAGE + (b"x" * 76 + b"\r\n") * 5000
    reply = connection.send(to("jane", large))
    assert (reply.verdict, reply.code) == (REFUSED, None)
    assert "the server accepts 300,000" in reply.text
    assert connection.send(to("large", MESSAGE)).verdict is SENT


def test_a_connection_that_postfix_closes_for_silence_costs_nothing(
    connection: Connection, postfix: Postfix, request: pytest.FixtureRequest
) -> None:
    name = f"idle{'1' if 'pipelined' in request.node.name else '2'}"
    assert connection.send(to(name)).verdict is SENT
    time.sleep(2.5)
    assert connection.send(to(name)).verdict is SENT
    assert len(postfix.delivered(name, 2)) == 2


def test_addresses_in_other_letters_go_where_postfix_takes_them(postfix: Postfix) -> None:
    message = MESSAGE.replace(b"jane@", "müller@".encode())
    one = Envelope(SENDER, "müller@parks.example", message)
    with closing(connect(server_from(f"smtp://127.0.0.1:{postfix.port}"))) as connection:
        assert connection.send(one).verdict is SENT
    with closing(connect(server_from(f"smtp://127.0.0.1:{postfix.plain}"))) as connection:
        reply = connection.send(one)
    assert (reply.verdict, reply.code) == (REFUSED, None)
    assert "SMTPUTF8" in reply.text
    assert postfix.delivered("müller")[0].count("müller@parks.example".encode()) >= 1


@pytest.mark.parametrize("kind", ["smtp", "smtps"])
def test_under_tls_with_a_certificate_that_is_trusted(
    postfix: Postfix, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    real = session.open_socket

    def here(host: str, port: int, path: Path | None, timeout: float) -> socket.socket:
        return real("127.0.0.1", port, path, timeout)

    monkeypatch.setattr(session, "open_socket", here)
    port = postfix.tls if kind == "smtps" else postfix.port
    server = server_from(f"{kind}://mail.example:{port}")
    options = Options(TIMEOUTS, tls=certificates.trusting())
    with closing(connect(server, options=options)) as connection:
        assert [connection.send(to(f"tls-{kind}")).verdict for _ in range(3)] == [SENT] * 3
    assert b"with ESMTPS" in postfix.delivered(f"tls-{kind}", 3)[0]
    with closing(connect(server, options=Options(TIMEOUTS))) as connection:
        stop = connection.send(to("tls")).stop
    assert stop is not None
    assert stop.code == "certificate-untrusted"
    without = server_from(f"smtp://mail.example:{postfix.plain}")
    with closing(connect(without, options=options)) as connection:
        stop = connection.send(to("tls")).stop
    assert stop is not None
    assert stop.code == "tls-missing"


def test_a_signature_survives_the_way(
    postfix: Postfix, tmp_path: Path, tool: Callable[[str], str]
) -> None:
    keys = Keys(tmp_path, tool("openssl"))
    signed = sign(MESSAGE, key_from(keys.rsa))
    with closing(connect(server_from(f"smtp://127.0.0.1:{postfix.port}"))) as connection:
        assert connection.send(to("signed", signed)).verdict is SENT
    (kept,) = postfix.delivered("signed")
    assert dkim.verify(kept.replace(b"\n", b"\r\n"), dnsfunc=keys.dns(keys.rsa))


def test_ten_connections_deliver_each_letter_once(postfix: Postfix) -> None:
    server = server_from(f"smtp://127.0.0.1:{postfix.port}")
    replies: list[SmtpReply] = []

    def run(thread: int) -> None:
        with closing(connect(server, options=Options(TIMEOUTS, per_connection=7))) as connection:
            for n in range(20):
                message = MESSAGE.replace(b"0123456789abcdef", b"%d.%d" % (thread, n))
                replies.append(connection.send(to("many", message)))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.verdict for one in replies} == {SENT}
    kept = postfix.delivered("many", 200, 60)
    ids = {line for one in kept for line in one.split(b"\n") if line.startswith(b"Message-ID")}
    assert len(kept) == len(ids) == 200
