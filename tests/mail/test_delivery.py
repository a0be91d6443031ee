"""A message is handed over once, and what came of it is known as well as it can be."""

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import UnixSocketController
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.mail.smtp import (
    Connection,
    Envelope,
    Options,
    SmtpReply,
    Timeouts,
    Verdict,
    backoff,
    connect,
    session,
)
from advocacy.mail.smtp.server import server_from
from advocacy.mail.smtp.wire import fault_of, stuffed

from ..examples import costly
from .smtp_fixtures import DROP, EXTENSIONS, HANG, MESSAGE, RESET, Act, FaultyServer

Faulty = Callable[..., FaultyServer]
QUICK = Timeouts(connect=2, greeting=0.3, command=0.3, data=0.3, block=0.5, end=0.3)
PATIENT = Timeouts(connect=5, greeting=5, command=5, data=5, block=5, end=5)
SENT, REFUSED, DEFERRED, UNCERTAIN = Verdict


def envelope(to: str = "jane@parks.example", **more: Any) -> Envelope:
    return Envelope("letters@friends.example", to, more.pop("message", MESSAGE), **more)


@pytest.fixture(params=[True, False], ids=["pipelined", "one by one"])
def options(request: pytest.FixtureRequest) -> Options:
    return Options(timeouts=PATIENT, pipelining=request.param)


def hasty(options: Options, verb: str) -> Options:
    """The same, with little time for what that verb waits for."""
    phase = {"GREETING": "greeting", "DATA": "data", "END": "end"}.get(verb, "command")
    return replace(options, timeouts=replace(PATIENT, **{phase: 0.1}))


def opened(server: FaultyServer, options: Options) -> closing[Connection]:
    return closing(connect(server_from(server.url), options=options))


def send_one(server: FaultyServer, options: Options, **more: Any) -> SmtpReply:
    with opened(server, options) as connection:
        return connection.send(envelope(**more))


# --- a server that works -----------------------------------------------------------------------


def test_a_message_arrives_byte_for_byte_on_one_kept_connection(
    faulty: Faulty, options: Options
) -> None:
    server = faulty()
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(5)]
    assert [reply.verdict for reply in replies] == [SENT] * 5
    assert (replies[0].code, replies[0].text) == (250, "2.0.0 Ok: queued")
    assert [data for _, _, data in server.received] == [MESSAGE] * 5
    assert [to for _, to, _ in server.received] == [[f"p{n}@parks.example"] for n in range(5)]
    assert server.connections == 1
    assert server.verbs[-1] == "QUIT"
    assert "RSET" not in server.verbs


@given(lines=st.lists(st.text(alphabet=". aF", max_size=4), max_size=6))
@costly(8)
def test_lines_of_dots_arrive_as_they_were(lines: list[str]) -> None:
    server = FaultyServer()
    message = MESSAGE + "".join(f"{line}\r\n" for line in lines).encode()
    try:
        reply = send_one(server, Options(timeouts=PATIENT), message=message)
        assert reply.verdict is SENT
        assert server.received[0][2] == message
    finally:
        server.close()


def test_a_first_line_of_dots_is_no_end() -> None:
    assert stuffed(b".\r\n.a\r\n") == b"..\r\n..a\r\n.\r\n"


def test_a_server_without_ehlo_takes_mail_on_this_machine(faulty: Faulty, options: Options) -> None:
    server = faulty(EHLO="502 5.5.1 what?")
    assert send_one(server, options).verdict is SENT
    assert server.verbs[:3] == ["GREETING", "EHLO", "HELO"]


# --- refusals at each command ------------------------------------------------------------------

BEFORE = ["GREETING", "EHLO", "MAIL"]
AT = ["RCPT", "DATA", "END"]


@pytest.mark.parametrize("verb", AT)
def test_a_5xx_for_a_recipient_is_told_and_the_rest_go_on(
    faulty: Faulty, options: Options, verb: str
) -> None:
    good = {"RCPT": "250 ok", "DATA": "354 go", "END": "250 ok"}[verb]
    server = faulty(**{verb: [good, "550 5.1.1 no such user here", good]})
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(3)]
    assert [reply.verdict for reply in replies] == [SENT, REFUSED, SENT]
    refused = replies[1]
    assert (refused.code, refused.text) == (550, "5.1.1 no such user here")
    assert refused.stop is None
    assert not refused.everyone
    assert len(server.received) == 2
    assert server.connections == 1


@pytest.mark.parametrize("verb", AT)
def test_a_4xx_for_a_recipient_is_tried_later_and_the_rest_go_on(
    faulty: Faulty, options: Options, verb: str
) -> None:
    good = {"RCPT": "250 ok", "DATA": "354 go", "END": "250 ok"}[verb]
    server = faulty(**{verb: [good, "450 4.2.0 Greylisted", good]})
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(3)]
    assert [reply.verdict for reply in replies] == [SENT, DEFERRED, SENT]
    assert (replies[1].code, replies[1].text) == (450, "4.2.0 Greylisted")
    assert not replies[1].everyone
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("verb", "code"),
    [("GREETING", "server-refuses"), ("EHLO", "server-refuses"), ("MAIL", "sender-refused")],
)
def test_a_5xx_that_would_meet_everybody_stops_the_mailing(
    faulty: Faulty, options: Options, verb: str, code: str
) -> None:
    server = faulty(**{verb: "554 5.7.1 go away"})
    reply = send_one(server, options)
    assert reply.verdict is DEFERRED, "the recipient is not at fault"
    assert reply.stop is not None
    assert reply.stop.code == code
    assert "5.7.1 go away" in reply.stop.message
    assert reply.stop.hint
    assert server.received == []


@pytest.mark.parametrize(
    ("verb", "text", "code"),
    [
        ("RCPT", "554 5.7.1 <jane@parks.example>: Relay access denied", "relay-denied"),
        ("RCPT", "550 relaying denied", "relay-denied"),
        ("RCPT", "553 5.7.1 <a@b.example>: Sender address rejected: not owned", "sender-refused"),
        ("RCPT", "554 5.7.1 <x[1.2.3.4]>: Client host rejected: Access denied", "sender-refused"),
        ("RCPT", "550 5.1.8 bad sender", "sender-refused"),
        ("RCPT", "530 5.7.0 Authentication required", "login-required"),
        ("RCPT", "503 5.5.1 MAIL first", "server-refuses"),
        ("RCPT", "521 5.3.2 takes no mail", "server-refuses"),
        ("END", "550 5.7.26 Unauthenticated email is not accepted", "sender-not-authenticated"),
        ("END", "550 5.7.515 Access denied, sending domain", "sender-not-authenticated"),
    ],
)
def test_a_refusal_that_is_no_recipients_matter_stops_wherever_it_comes(
    faulty: Faulty, options: Options, verb: str, text: str, code: str
) -> None:
    reply = send_one(faulty(**{verb: text}), options)
    assert reply.verdict is DEFERRED
    assert reply.stop is not None
    assert reply.stop.code == code


@pytest.mark.parametrize("verb", BEFORE)
def test_a_4xx_that_would_meet_everybody_waits(faulty: Faulty, options: Options, verb: str) -> None:
    reply = send_one(faulty(**{verb: "451 4.3.0 try again later"}), options)
    assert (reply.verdict, reply.code, reply.everyone) == (DEFERRED, 451, True)
    assert reply.stop is None


@pytest.mark.parametrize("verb", [*BEFORE, *AT])
def test_after_a_421_the_next_message_goes_on_a_new_connection(
    faulty: Faulty, options: Options, verb: str
) -> None:
    good = {"RCPT": "250 ok", "DATA": "354 go", "END": "250 ok", "MAIL": "250 ok",
            "EHLO": "250 fake", "GREETING": "220 fake"}[verb]  # fmt: skip
    closing_down = Act(b"421 4.3.2 shutting down\r\n", "drop")
    server = faulty(**{verb: [closing_down, good]})
    with opened(server, options) as connection:
        first, second = connection.send(envelope()), connection.send(envelope())
    assert (first.verdict, first.code, first.everyone) == (DEFERRED, 421, True)
    assert first.stop is None
    assert second.verdict is SENT
    assert len(server.received) == 1
    assert server.connections == 2


# --- the way breaks ----------------------------------------------------------------------------

BREAKS = {"drop": DROP, "reset": RESET, "garbage": Act(b"\x16\x03\x01 what\r\n", "drop"),
          "cut off": Act(b"250 2.0", "drop"), "number only": Act(b"25", "drop"),
          "no end": Act(b"250-a\r\n" * 5000, "drop"), "one line": Act(b"2" * 40_000, "drop"),
          "unfinished": Act(b"250-more\r\n", "drop")}  # fmt: skip


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_break_before_the_end_of_the_data_means_try_again(
    faulty: Faulty, options: Options, verb: str, how: str
) -> None:
    server = faulty(**{verb: BREAKS[how]})
    reply = send_one(server, options)
    assert (reply.verdict, reply.everyone, reply.stop) == (DEFERRED, True, None)
    assert reply.code is None
    assert reply.text
    assert server.received == []


@pytest.mark.parametrize("how", BREAKS)
def test_a_break_after_the_end_of_the_data_means_that_nobody_knows(
    faulty: Faulty, options: Options, how: str
) -> None:
    act = BREAKS[how]
    server = faulty(END=[Act(act.send, act.then, keeps=True), "250 ok"])
    with opened(server, options) as connection:
        first, second = connection.send(envelope("a@b.example")), connection.send(envelope())
    assert first.verdict is UNCERTAIN
    assert "may have arrived" in first.text
    assert second.verdict is SENT
    assert len(server.received) == 2, "the first had arrived, and was not sent again"


@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_says_nothing_more_does_not_hold_us_up(
    faulty: Faulty, options: Options, verb: str
) -> None:
    reply = send_one(faulty(**{verb: HANG}), hasty(options, verb))
    assert (reply.verdict, reply.everyone) == (DEFERRED, True)
    assert "within 0.1 seconds" in reply.text


def test_silence_after_the_end_of_the_data_means_that_nobody_knows(
    faulty: Faulty, options: Options
) -> None:
    server = faulty(END=Act(then="hang", keeps=True))
    assert send_one(server, hasty(options, "END")).verdict is UNCERTAIN


def test_a_reply_that_trickles_in_has_one_time_in_all(faulty: Faulty) -> None:
    server = faulty()
    connection = connect(server_from(server.url), options=Options(timeouts=QUICK))
    slow = threading.Event()

    def trickle(sock: Any, verb: str, act: Any = server._act) -> Act:
        if verb == "MAIL" and not slow.is_set():
            slow.set()
            for _ in range(8):
                sock.sendall(b"250-wait\r\n")
                time.sleep(0.1)
        return act(sock, verb)

    server._act = trickle  # type: ignore[method-assign]
    with closing(connection):
        reply = connection.send(envelope())
    assert reply.verdict is DEFERRED
    assert "no complete reply" in reply.text


def test_a_reply_like_success_to_nothing_asked_is_never_taken_for_the_last(
    faulty: Faulty, options: Options
) -> None:
    """A server that answers DATA twice must not make us believe in a delivery."""
    server = faulty(DATA=Act(b"354 go\r\n250 2.0.0 Ok: queued\r\n"), END=DROP)
    reply = send_one(server, options)
    assert reply.verdict is DEFERRED
    assert server.received == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_reply_too_many_never_becomes_a_delivery(
    faulty: Faulty, options: Options, verb: str
) -> None:
    server = faulty(**{verb: Act(b"250 ok\r\n250 ok\r\n")}, END="550 5.7.1 spam")
    assert send_one(server, options).verdict in (DEFERRED, REFUSED)


@pytest.mark.parametrize("answer", ["354 go on", "199 hm", "999 hm", "334 hm", "000 hm"])
def test_a_reply_that_the_end_cannot_have_leaves_doubt(
    faulty: Faulty, options: Options, answer: str
) -> None:
    assert send_one(faulty(END=answer), options).verdict is UNCERTAIN


LARGE = MESSAGE + (b"x" * 76 + b"\r\n") * 200_000


def test_dropped_in_the_middle_of_the_data_means_try_again(
    faulty: Faulty, options: Options
) -> None:
    extensions = ("PIPELINING",)
    server = faulty(extensions, drop_in_data=1000)
    reply = send_one(server, options, message=LARGE)
    assert (reply.verdict, reply.everyone) == (DEFERRED, True)
    assert "before the message was sent" in reply.text


def test_a_refusal_in_the_middle_of_the_data_is_heard(faulty: Faulty, options: Options) -> None:
    server = faulty(("PIPELINING",), drop_in_data=1000, said_in_data=b"552 5.3.4 too big\r\n")
    reply = send_one(server, options, message=LARGE)
    # The system may lose what was said when the connection was reset: then it is tried again.
    assert (reply.verdict, reply.code) in [(REFUSED, 552), (DEFERRED, None)]


def test_a_success_in_the_middle_of_the_data_is_not_believed(
    faulty: Faulty, options: Options
) -> None:
    server = faulty(("PIPELINING",), drop_in_data=1000, said_in_data=b"250 2.0.0 Ok\r\n")
    assert send_one(server, options, message=LARGE).verdict in (UNCERTAIN, DEFERRED)


def test_nobody_listens(options: Options) -> None:
    connection = connect(server_from("smtp://127.0.0.1:1"), options=options)
    reply = connection.send(envelope())
    assert (reply.verdict, reply.everyone, reply.stop) == (DEFERRED, True, None)
    assert "refused" in reply.text.lower()


class Kept:
    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        return "250 2.0.0 taken"


def test_a_socket_of_this_machine(tmp_path: Path, options: Options) -> None:
    kept = Kept()
    controller = UnixSocketController(kept, unix_socket=str(tmp_path / "smtp.sock"))
    controller.start()
    try:
        server = server_from(f"smtp+unix:{tmp_path}/smtp.sock")
        with closing(connect(server, options=options)) as connection:
            assert [connection.send(envelope()).verdict for _ in range(3)] == [SENT] * 3
    finally:
        controller.stop()
    assert kept.messages == [MESSAGE] * 3


def test_a_socket_that_is_not_there_stops(tmp_path: Path, options: Options) -> None:
    connection = connect(server_from(f"smtp+unix:{tmp_path}/none.sock"), options=options)
    reply = connection.send(envelope())
    assert reply.verdict is DEFERRED
    assert reply.stop is not None
    assert reply.stop.code == "server-unknown"


def test_a_host_that_nobody_knows_stops(monkeypatch: pytest.MonkeyPatch, options: Options) -> None:
    def unknown(*_: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def silent(*_: Any) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    server = server_from("smtps://smtp.exampel.org")
    monkeypatch.setattr(session, "open_socket", unknown)
    reply = connect(server, options=options).send(envelope())
    assert reply.stop is not None
    assert reply.stop.code == "server-unknown"
    monkeypatch.setattr(session, "open_socket", silent)
    reply = connect(server, options=options).send(envelope())
    assert (reply.verdict, reply.everyone, reply.stop) == (DEFERRED, True, None)


# --- kept connections --------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["550 no", "451 later", "502 what?", DROP, Act(b"?\r\n")])
def test_a_server_that_cannot_begin_anew_is_connected_to_anew(
    faulty: Faulty, options: Options, answer: Any
) -> None:
    server = faulty(RCPT=["550 5.1.1 who?", "250 ok"], RSET=answer)
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(3)]
    assert [reply.verdict for reply in replies] == [REFUSED, SENT, SENT]
    assert server.connections == 2


@pytest.mark.parametrize("how", ["drop", "reset", "421"])
def test_a_connection_closed_between_messages_is_opened_anew_and_nothing_is_lost_or_doubled(
    faulty: Faulty, options: Options, how: str
) -> None:
    bye = {"drop": DROP, "reset": RESET, "421": Act(b"421 4.7.0 idle\r\n", "drop")}[how]
    server = faulty(MAIL=["250 ok", "250 ok", bye, "250 ok"])
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(4)]
    assert [reply.verdict for reply in replies] == [SENT] * 4
    assert len(server.received) == 4
    assert len({to[0] for _, to, _ in server.received}) == 4


def test_a_server_that_closes_after_20_is_left_after_20(faulty: Faulty, options: Options) -> None:
    """Yahoo does so: said goodbye to in time, it costs no failure."""
    bye = Act(b"421 4.7.0 max messages per connection\r\n", "drop")
    server = faulty(MAIL=[*["250 ok"] * 20, bye, *["250 ok"] * 100])
    with opened(server, options) as connection:
        replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(60)]
    assert {reply.verdict for reply in replies} == {SENT}
    assert len(server.received) == 60
    assert server.connections == 3
    assert server.verbs.count("QUIT") == 2


def test_a_connection_carries_no_more_than_asked(faulty: Faulty) -> None:
    server = faulty()
    with opened(server, Options(timeouts=PATIENT, per_connection=2)) as connection:
        for n in range(6):
            assert connection.send(envelope(f"p{n}@parks.example")).verdict is SENT
    assert (server.connections, server.verbs.count("QUIT")) == (3, 3)


def test_fewer_messages_on_a_connection_where_that_is_known() -> None:
    options = Options()
    assert options.most_messages(server_from("smtp://mta5.am0.yahoodns.net:2525")) == 20
    assert options.most_messages(server_from("smtps://notyahoo.com")) == 100
    assert Options(per_connection=0).most_messages(server_from("smtps://a.example")) == 1


def test_a_connection_works_again_after_it_was_closed(faulty: Faulty, options: Options) -> None:
    server = faulty()
    connection = connect(server_from(server.url), options=options)
    assert connection.open() is None
    assert connection.send(envelope()).verdict is SENT
    connection.close()
    connection.close()
    assert connection.send(envelope()).verdict is SENT
    connection.close()
    assert server.connections == 2


def test_opening_alone_says_what_is_in_the_way(faulty: Faulty, options: Options) -> None:
    server = faulty(GREETING="554 5.7.1 not from there")
    with opened(server, options) as connection:
        reply = connection.open()
    assert reply is not None
    assert reply.stop is not None
    assert server.verbs == ["GREETING"]


def test_nobody_gets_an_empty_message_from_a_server_that_wants_data_all_the_same(
    faulty: Faulty, options: Options
) -> None:
    server = faulty(careless=True, RCPT=["550 5.1.1 who?", "250 ok"])
    with opened(server, options) as connection:
        assert connection.send(envelope()).verdict is REFUSED
        assert connection.send(envelope()).verdict is SENT
    assert len(server.received) == 1
    assert server.received[0][2] == MESSAGE
    assert not any(server.unfinished), "no command was taken for data"


# --- what a server cannot take -----------------------------------------------------------------

INTERNATIONAL = MESSAGE.replace(b"jane@", "müller@".encode())


@pytest.mark.parametrize(
    "one",
    [
        envelope("müller@parks.example", message=INTERNATIONAL, needs_utf8=True),
        envelope("müller@parks.example"),
        envelope(message=INTERNATIONAL),
    ],
)
def test_an_address_in_other_letters_is_refused_in_words_where_the_server_lacks_them(
    faulty: Faulty, options: Options, one: Envelope
) -> None:
    server = faulty(("PIPELINING", "8BITMIME"))
    with opened(server, options) as connection:
        reply = connection.send(one)
        assert connection.send(envelope()).verdict is SENT
    assert (reply.verdict, reply.code, reply.stop) == (REFUSED, None, None)
    assert "SMTPUTF8" in reply.text
    assert server.verbs.count("MAIL") == 1


def test_an_address_in_other_letters_is_sent_where_the_server_has_them(
    faulty: Faulty, options: Options
) -> None:
    server = faulty()
    reply = send_one(server, options, to="müller@parks.example", message=INTERNATIONAL)
    assert reply.verdict is SENT
    sender, people, data = server.received[0]
    assert sender.endswith("BODY=8BITMIME SMTPUTF8")
    assert (people, data) == (["müller@parks.example"], INTERNATIONAL)


def test_an_ordinary_message_asks_for_no_extension(faulty: Faulty, options: Options) -> None:
    server = faulty(extensions=())
    assert send_one(server, options).verdict is SENT
    assert server.received[0][0] == "MAIL FROM:<letters@friends.example>"


def test_a_message_larger_than_the_server_takes_is_refused_before_a_byte(
    faulty: Faulty, options: Options
) -> None:
    server = faulty(("PIPELINING", "SIZE 100"))
    reply = send_one(server, options)
    assert reply.verdict is REFUSED
    assert "the server accepts 100" in reply.text
    assert "MAIL" not in server.verbs


def test_a_server_without_a_limit_is_told_the_size(faulty: Faulty, options: Options) -> None:
    server = faulty(("PIPELINING", "SIZE 0"))
    assert send_one(server, options).verdict is SENT
    assert server.received[0][0].endswith(f"SIZE={len(MESSAGE)}")


def test_a_size_refused_at_mail_is_that_messages_matter(faulty: Faulty, options: Options) -> None:
    reply = send_one(faulty(MAIL="552 5.3.4 Message size exceeds fixed limit"), options)
    assert (reply.verdict, reply.code, reply.stop) == (REFUSED, 552, None)


@pytest.mark.parametrize(
    "one",
    [
        envelope("jane@parks.example>\r\nRCPT TO:<eve@evil.example"),
        envelope("jane@parks.example\nDATA"),
        envelope("jane doe@parks.example"),
        envelope("jane@parks.example> NOTIFY=NEVER <a@b.example"),
        envelope("nobody"),
        envelope("jane\ud800@parks.example"),
        Envelope("a@b.example\r\nRSET", "jane@parks.example", MESSAGE),
        envelope(message=MESSAGE + b"a\nb\r\n"),
        envelope(message=MESSAGE + b"a\rb\r\n"),
        envelope(message=MESSAGE + b"\n.\r\nMAIL FROM:<eve@evil.example>\r\n"),
        envelope(message=MESSAGE + b"\r.\r\n"),
        envelope(message=MESSAGE[:-2]),
        envelope(message=MESSAGE + "ü\r\n".encode()),
        envelope(message=b""),
    ],
)
def test_what_could_smuggle_a_command_never_leaves(
    faulty: Faulty, options: Options, one: Envelope
) -> None:
    server = faulty()
    with opened(server, options) as connection:
        reply = connection.send(one)
    assert (reply.verdict, reply.code) == (REFUSED, None)
    assert reply.text
    assert server.verbs == []


def test_bounces_may_go_nowhere(faulty: Faulty, options: Options) -> None:
    server = faulty()
    with opened(server, options) as connection:
        assert connection.send(Envelope("", "jane@parks.example", MESSAGE)).verdict is SENT
    assert server.received[0][0].startswith("MAIL FROM:<>")


# --- what a server says ------------------------------------------------------------------------


def test_a_servers_words_cannot_write_to_the_terminal(faulty: Faulty, options: Options) -> None:
    evil = b"550-5.1.1 \x1b]0;owned\x07\x1b[2Jno\x9b31m \xe2\x80\xaereversed\r\n550 5.1.1 user\r\n"
    reply = send_one(faulty(RCPT=Act(evil)), options)
    assert reply.verdict is REFUSED
    assert reply.text.startswith("5.1.1 ]0;owned [2Jno")
    assert reply.text.endswith("user")
    assert all(character.isprintable() for character in reply.text)


def test_a_reply_is_kept_within_bounds_and_its_status_once(
    faulty: Faulty, options: Options
) -> None:
    lines = b"".join(b"550-5.7.1 %s\r\n" % (b"x" * 100) for _ in range(50)) + b"550 5.7.1 end\r\n"
    reply = send_one(faulty(RCPT=Act(lines)), options)
    assert len(reply.text) <= 500
    assert reply.text.count("5.7.1") == 1


# --- whatever a server does --------------------------------------------------------------------

ACTS = st.sampled_from(
    [DROP, RESET, Act(b"421 bye\r\n", "drop"), Act(b"421 bye\r\n"), Act(b"250 o", "drop"),
     Act(b"x\r\n"), Act(b"250 ok\r\n250 ok\r\n"), "450 later", "550 no", "250 ok", "354 go"]
)  # fmt: skip
ENDS = st.sampled_from(
    [Act(then="drop", keeps=True), DROP, Act(b"250 o", "drop", keeps=True), "250 ok", "450 later",
     "550 no", Act(b"250 ok\r\n", "drop", keeps=True), Act(b"?\r\n", keeps=True), RESET]
)  # fmt: skip


@given(
    script=st.fixed_dictionaries(
        {},
        optional={
            **{verb: st.lists(ACTS, min_size=1, max_size=6)
               for verb in ("GREETING", "EHLO", "RSET", "MAIL", "RCPT", "DATA")},
            "END": st.lists(ENDS, min_size=1, max_size=6),
        },
    ),
    pipelining=st.booleans(),
)  # fmt: skip
@settings(max_examples=100)
@pytest.mark.slow
def test_no_server_makes_us_mail_twice_or_believe_in_what_did_not_happen(
    script: dict[str, list[Any]], pipelining: bool
) -> None:
    good = {"GREETING": "220 hi", "EHLO": "250-fake\r\n250 PIPELINING", "DATA": "354 go"}
    script = {verb: [*acts, good.get(verb, "250 ok")] for verb, acts in script.items()}
    server = FaultyServer(script, EXTENSIONS)
    left = [f"p{n}@parks.example" for n in range(4)]
    final: dict[str, SmtpReply] = {}
    try:
        with opened(server, Options(timeouts=QUICK, pipelining=pipelining)) as connection:
            for _ in range(40):
                for address in [one for one in left if one not in final]:
                    reply = connection.send(envelope(address))
                    if reply.verdict is not DEFERRED:
                        final[address] = reply
    finally:
        server.close()
    arrived = [to for _, people, _ in server.received for to in people]
    assert len(set(arrived)) == len(arrived), "mailed twice"
    for address, reply in final.items():
        if reply.verdict is SENT:
            assert address in arrived, "called sent, and was not"
        if reply.verdict is REFUSED:
            assert address not in arrived
    assert set(arrived) <= set(final), "arrived, and is to be tried again"


# --- trying again ------------------------------------------------------------------------------


@given(attempts=st.integers(0, 10_000), seed=st.integers())
def test_waits_grow_and_have_an_end(attempts: int, seed: int) -> None:
    wait = backoff(attempts, random.Random(seed))
    assert 150 <= wait <= 4 * 3600
    assert backoff(attempts, random.Random(seed)) == wait


def test_waits_double_and_differ() -> None:
    rng = random.Random(1)
    waits = [backoff(3, rng) for _ in range(50)]
    assert len(set(waits)) > 40
    assert all(600 <= wait <= 1200 for wait in waits)
    assert all(max(backoff(n, rng) for _ in range(200)) > 290 * 2 ** (n - 1) for n in (1, 2, 3))


@given(st.text(alphabet="a\r\n.", max_size=12).map(str.encode))
def test_only_lines_that_end_with_cr_and_lf_leave(text: bytes) -> None:
    message = text + b"\r\n"
    clean = not set(message.replace(b"\r\n", b"")) & set(b"\r\n")
    assert (fault_of(envelope(message=message)) == "") is clean


def test_a_server_is_asked_only_for_what_it_has(faulty: Faulty, options: Options) -> None:
    server = faulty(("SMTPUTF8",))
    reply = send_one(server, options, to="müller@parks.example", message=INTERNATIONAL)
    assert reply.verdict is SENT
    assert server.received[0][0] == "MAIL FROM:<letters@friends.example> SMTPUTF8"
