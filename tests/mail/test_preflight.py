"""The preflight: what Gmail, Yahoo and Outlook ask for is seen to be missing, and only then."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from advocacy.documents.email.message import render_email
from advocacy.errors import Level, Problem
from advocacy.letters.letter import check
from advocacy.mail.preflight.dns import resolver
from advocacy.mail.preflight.preflight import preflight
from advocacy.mail.preflight.spamassassin import rules, spam_problems
from advocacy.mail.smtp.server import server_from

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
SERVER = server_from("smtps://letters@smtp.friends.example")
HEADERS = {
    "DKIM-Signature": (
        "v=1; a=rsa-sha256; d=friends.example; s=mail;"
        " h=from:to:subject:date:message-id:list-id:list-unsubscribe:list-unsubscribe-post;"
        " bh=x; b=y"
    ),
    "From": "Example Park Friends <letters@friends.example>",
    "To": "Jane Doe <jane@parks.example>",
    "Subject": "Keep the park open",
    "Date": "Mon, 02 Mar 2026 12:00:00 -0600",
    "Message-ID": "<0123456789abcdef@friends.example>",
    "List-Id": "Park Friends <park.friends.example>",
    "List-Unsubscribe": "<https://friends.example/u/abc>, <mailto:leave@friends.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "MIME-Version": "1.0",
    "Content-Type": 'multipart/alternative; boundary="b"',
}
TEXT = "Please keep the park open.\r\nTo leave: https://friends.example/u/abc\r\n"
HTML = '<p>Please keep it.</p>\r\n<p><a href="https://friends.example/u/abc">Leave</a></p>\r\n'


def message(text: str = TEXT, html: str = HTML, **changes: str | None) -> bytes:
    headers = {**HEADERS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    parts = "".join(
        f"--b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{body}"
        for kind, body in (("plain", text), ("html", html))
    )
    return f"{head}\r\n{parts}--b--\r\n".encode()


def problems(data: bytes, **more: Any) -> list[Problem]:
    settings: dict[str, Any] = {
        "sender": "bounces+abc@friends.example",
        "audience": "subscribers",
        "now": NOW,
        "spam": lambda data: [],
    }
    return preflight(data, more.pop("server", SERVER), **{**settings, **more})


def codes(data: bytes, **more: Any) -> list[str]:
    return [f"{one.code} {one.level}" for one in problems(data, **more)]


def test_a_message_as_they_ask_for_it_has_no_problem() -> None:
    assert problems(message()) == []


NO_LIST = {"List_Id": None, "List_Unsubscribe": None, "List_Unsubscribe_Post": None}


def test_a_letter_to_a_target_needs_no_way_to_unsubscribe() -> None:
    data = message("Please.\r\n", "<p>Please.</p>\r\n", **NO_LIST)
    assert problems(data, audience="targets") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (NO_LIST, "one-click-missing error"),
        ({"List_Unsubscribe_Post": None}, "one-click-missing error"),
        ({"List_Unsubscribe_Post": "yes"}, "one-click-missing error"),
        ({"List_Unsubscribe": "<mailto:leave@friends.example>"}, "one-click-missing warning"),
        ({"List_Unsubscribe": "<http://friends.example/u/abc>"}, "one-click-missing error"),
        ({"List_Id": None}, "list-id-missing warning"),
        ({"text": "Please.\r\n"}, "unsubscribe-not-visible error"),
        ({"html": "<p>Please.</p>\r\n"}, "unsubscribe-not-visible error"),
        ({"DKIM_Signature": None}, "not-signed warning"),
        ({"DKIM_Signature": "v=1; d=friends.example; s=m; h=from:subject; b="},
         "dkim-not-covering error"),
        ({"DKIM_Signature": HEADERS["DKIM-Signature"].replace("d=friends", "d=enemies")},
         "dkim-not-aligned warning"),
        ({"Date": "Mon, 02 Mar 2020 12:00:00 -0600"}, "date-far-off warning"),
        ({"Date": "yesterday"}, "malformed-message error"),
        ({"Date": None}, "malformed-message error"),
        ({"Message_ID": "<abc>"}, "malformed-message error"),
        ({"Message_ID": None}, "malformed-message error"),
        ({"Subject": ""}, "malformed-message error"),
        ({"To": "jane@parks.example"}, "bare-recipient note"),
        ({"html": HTML + "x" * 1200 + "\r\n"}, "malformed-message error"),
        ({"html": HTML + ("x" * 76 + "\r\n") * 1400}, "message-clipped warning"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told(changes: dict[str, Any], code: str) -> None:
    found = problems(message(**changes))
    assert code in [f"{one.code} {one.level}" for one in found]
    assert all(one.hint for one in found)


def test_a_header_that_is_there_twice_is_told() -> None:
    data = message().replace(b"To: Jane", b"Subject: Other\r\nTo: Jane", 1)
    assert any("Subject occurs 2 times" in one.message for one in problems(data))


def test_a_line_break_that_servers_read_differently_is_told() -> None:
    assert "malformed-message error" in codes(message().replace(b"keep the", b"keep\nthe"))


def test_bounces_at_a_stranger_are_told() -> None:
    assert codes(message(), sender="b@mailer.example") == ["sender-not-aligned note"]
    unsigned = message(DKIM_Signature=None)
    assert "sender-not-aligned warning" in codes(unsigned, sender="b@mailer.example")
    assert codes(message(), sender="b@bounces.friends.example") == []


def test_a_large_message_is_told() -> None:
    data = message() + (b"x" * 76 + b"\r\n") * 280_000
    assert "message-too-large error" in codes(data)


@pytest.mark.parametrize(
    ("address", "server", "told"),
    [
        ("x@gmail.com", "smtps://x@smtp.friends.example", True),
        ("x@gmail.com", "smtps://x@smtp.gmail.com", False),
        ("x@hotmail.com", "smtp://x@smtp-mail.outlook.com", False),
        ("x@friends.example", "smtps://x@smtp.gmail.com", False),
        ("x@gmail.com", "maildir:/x", False),
    ],
)
def test_free_mail_goes_through_its_own_servers_alone(
    address: str, server: str, told: bool
) -> None:
    data = message(From=f"Park Friends <{address}>")
    found = codes(data, server=server_from(server), sender=address)
    assert ("free-mail-sender warning" in found) is told


def test_a_way_out_written_with_an_entity_or_over_two_lines_is_seen() -> None:
    changes = {
        "List_Unsubscribe": "<https://friends.example/u?a=1&b=2>",
        "text": "Leave: https://friends.example/u?a=1\r\n &b=2\r\n",
        "html": '<a href="https://friends.example/u?a=1&amp;b=2">Leave</a>\r\n',
    }
    assert codes(message(**changes)) == []


def test_our_own_letter_passes_but_for_the_signature(
    letter: Any, campaign: Any, tmp_path: Path
) -> None:
    checked, found = check(letter, campaign)
    assert checked is not None, found
    data = render_email(checked, campaign.workspace, pdf=b"%PDF-1.7\n" + bytes(5000))
    day = datetime(letter.date.year, letter.date.month, letter.date.day, 12, tzinfo=UTC)
    sender = letter.sender.email
    result = preflight(
        data, SERVER, sender=sender, now=day + timedelta(hours=5), spam=lambda data: []
    )
    assert [one.code for one in result] == ["not-signed"]


# --- the DNS -----------------------------------------------------------------------------------

ZONE = {
    ("friends.example", "TXT"): ["v=spf1 include:provider.example ~all", "other"],
    ("mail._domainkey.friends.example", "TXT"): ["v=DKIM1; k=rsa; p=MIIB"],
    ("_dmarc.friends.example", "TXT"): ["v=DMARC1; p=none"],
    ("friends.example", "MX"): ["10 mx.friends.example."],
}


def zone(**changes: Any) -> Callable[[str, str], list[str] | None]:
    records = {**ZONE, **changes.pop("records", {})}

    def lookup(name: str, kind: str) -> list[str] | None:
        return records.get((name, kind), [])

    return lookup


def test_a_domain_with_all_its_records_has_no_problem() -> None:
    assert problems(message(), lookup=zone()) == []


@pytest.mark.parametrize(
    ("name", "kind", "records", "told"),
    [
        ("friends.example", "TXT", [], "no SPF record"),
        ("friends.example", "TXT", ["v=spf1 ~all", "v=spf1 -all"], "2 SPF records"),
        ("friends.example", "TXT", ["v=spf1 +all"], "lets every server send"),
        ("friends.example", "TXT", ["v=spf1 all"], "lets every server send"),
        ("mail._domainkey.friends.example", "TXT", [], "no public key"),
        ("mail._domainkey.friends.example", "TXT", ["v=DKIM1; p="], "no public key"),
        ("_dmarc.friends.example", "TXT", [], "no DMARC record"),
        ("friends.example", "MX", [], "cannot be delivered"),
        ("friends.example", "TXT", None, "did not answer"),
        ("_dmarc.friends.example", "TXT", None, "did not answer"),
    ],
)
def test_a_record_that_is_missing_is_told(
    name: str, kind: str, records: list[str] | None, told: str
) -> None:
    (problem,) = problems(message(), lookup=zone(records={(name, kind): records}))
    assert told in problem.message
    assert problem.hint
    assert problem.level in (Level.WARNING, Level.NOTE)


def test_the_record_of_a_domain_above_counts_for_dmarc() -> None:
    data = message(From="Park Friends <letters@mail.friends.example>")
    records = {("mail.friends.example", "MX"): ["10 mx."]}
    assert codes(data, lookup=zone(records=records)) == []


def test_nothing_is_asked_of_the_dns_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def resolve(*_: Any, **__: Any) -> None:
        raise AssertionError("asked the DNS")

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    assert problems(message()) == []


def test_answers_of_the_dns_become_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.exception
    import dns.rdata
    import dns.resolver

    def resolve(name: str, kind: str, lifetime: float) -> list[Any]:
        if name == "silent.example":
            raise dns.exception.Timeout
        if name == "nothing.example":
            raise dns.resolver.NXDOMAIN
        texts = {"TXT": '"v=spf1 " "~all"', "MX": "10 mx.a.example."}
        return [dns.rdata.from_text("IN", kind, texts[kind])]

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    lookup = resolver()
    assert lookup is not None
    assert lookup("a.example", "TXT") == ["v=spf1 ~all"]
    assert lookup("a.example", "MX") == ["10 mx.a.example."]
    assert lookup("nothing.example", "TXT") == []
    assert lookup("silent.example", "TXT") is None


def test_without_dnspython_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "dns.resolver", None)
    assert resolver() is None


# --- SpamAssassin ------------------------------------------------------------------------------

REPORT = """\
Subject: Content analysis details:

Content analysis details:   (2.9 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RECEIVED            Informational: message has no Received headers
 0.1 MIME_HTML_ONLY         BODY: Message only has text/html MIME parts
 1.8 DRUGS_ERECTILE         Refers to an erectile drug
* 1.0 LIST_PARTIAL_SHORT_MSG Incomplete mailing list headers + short
                            message


"""


def test_its_report_is_read() -> None:
    assert rules(REPORT) == [
        (0.1, "MIME_HTML_ONLY", "BODY: Message only has text/html MIME parts"),
        (1.8, "DRUGS_ERECTILE", "Refers to an erectile drug"),
        (1.0, "LIST_PARTIAL_SHORT_MSG", "Incomplete mailing list headers + short message"),
    ]


def test_where_it_is_not_installed_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert spam_problems(message()) == []


def test_where_it_does_not_work_that_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "spamassassin"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    assert [one.code for one in spam_problems(message())] == ["spam-check-failed"]


@pytest.mark.slow
def test_spamassassin_names_its_rules(tool: Callable[[str], str]) -> None:
    tool("spamassassin")
    spam = message("Buy viagra\r\n", "<p>Click here for viagra, 100% free!</p>\r\n", List_Id=None)
    (problem,) = spam_problems(spam)
    assert problem.code == "spam-rules"
    assert "DRUGS_ERECTILE" in problem.message
    assert "NO_RECEIVED" not in problem.message


@pytest.mark.slow
def test_spamassassin_holds_little_against_our_own_letter(
    letter: Any, campaign: Any, tool: Callable[[str], str]
) -> None:
    tool("spamassassin")
    checked, _ = check(letter, campaign)
    assert checked is not None
    data = render_email(checked, campaign.workspace, pdf=b"%PDF-1.7\n" + bytes(5000))
    assert all(one.level is Level.NOTE for one in spam_problems(data))
    print(*spam_problems(data))
