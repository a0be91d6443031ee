"""How fast finished messages are handed over, beside smtplib and Postfix's own client."""

import smtplib
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from advocacy.documents.email.message import render_email
from advocacy.letters.letter import check
from advocacy.mail.smtp import Envelope, Options, Verdict, connect
from advocacy.mail.smtp.server import Server

from .mail_servers import sink, slow_sink, smtp_source

SENDER = "letters@friends.example"
ROUNDS = 3


def ours(port: int, message: bytes, messages: int, *, pipelining: bool = True) -> None:
    options = Options(pipelining=pipelining)
    with closing(connect(Server("smtp", "127.0.0.1", port), options=options)) as connection:
        for n in range(messages):
            reply = connection.send(Envelope(SENDER, f"p{n}@parks.example", message))
            assert reply.verdict is Verdict.SENT, reply


def theirs(port: int, message: bytes, messages: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as connection:
        for n in range(messages):
            connection.sendmail(SENDER, [f"p{n}@parks.example"], message)


def rate(run: Callable[[int], None], messages: int, connections: int) -> float:
    """Messages a second, on so many threads with a connection each."""
    share = messages // connections
    threads = [threading.Thread(target=run, args=(share,)) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return share * connections / (time.perf_counter() - start)


@pytest.fixture(params=["small", "with PDF"])
def message(request: pytest.FixtureRequest, letter, campaign) -> bytes:
    checked, _ = check(letter, campaign)
    pdf = bytes(range(256)) * 200 if request.param == "with PDF" else None
    return render_email(checked, campaign.workspace, pdf=pdf)


@pytest.mark.parametrize("connections", [1, 4, 10])
def test_handing_over_is_faster_than_smtplib_on_a_kept_connection(
    message: bytes, connections: int, tool, capsys: pytest.CaptureFixture[str]
) -> None:
    tool("smtp-sink")
    messages = 1000
    ways = {
        "ours": lambda port: rate(lambda n: ours(port, message, n), messages, connections),
        "one by one": lambda port: rate(
            lambda n: ours(port, message, n, pipelining=False), messages, connections
        ),
        "smtplib": lambda port: rate(lambda n: theirs(port, message, n), messages, 1),
        "smtp-source -d": lambda port: smtp_source(port, messages, len(message), connections),
    }
    best = dict.fromkeys(ways, 0.0)
    with sink() as port:
        for _ in range(ROUNDS):  # alternating, so that a slow moment hits all
            for name, way in ways.items():
                best[name] = max(best[name], way(port))
    figures = "; ".join(f"{name} {figure:,.0f}/s" for name, figure in best.items())
    with capsys.disabled():
        print(f"\n{len(message):,} bytes, {connections} connections (smtplib: 1): {figures}")
    assert best["ours"] > best["smtplib"]


def test_on_a_slow_server_the_rate_grows_with_the_connections(
    capsys: pytest.CaptureFixture[str],
) -> None:
    message = b"Subject: x\r\n\r\nx\r\n"
    rates = {}
    with slow_sink(0.1) as port:
        for connections in (1, 4, 10):
            messages = 10 * connections
            rates[connections] = rate(lambda n: ours(port, message, n), messages, connections)
    with capsys.disabled():
        print("\nserver that takes 100 ms:", {n: f"{one:.1f}/s" for n, one in rates.items()})
    assert rates[4] > 3 * rates[1]
    assert rates[10] > 7 * rates[1]
