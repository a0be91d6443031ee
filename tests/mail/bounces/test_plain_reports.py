"""Reports that are not of RFC 3464 are read, and automatic answers are not taken for them."""

import logging

import pytest

from advocacy.mail.bounces.notices import Kind, read_notice
from advocacy.mail.bounces.plain_reports import (
    MOST_DASHES,
    cut_returned,
    parse_message,
    second_reading,
)
from advocacy.mail.bounces.severity import Severity

RETURNED = """
Return-Path: <bounces@coalition.example>
Received: from mail.coalition.example by mx.people.example; Mon, 2 Mar 2026 12:00:00 +0000
Subject: The mailbox is full of spam
From: letters@coalition.example
To: ann@people.example

No such user as the mayor.
"""


def message(text: str, *, subject: str, sender: str, more: str = "") -> bytes:
    return (
        f"From: {sender}\nTo: bounces@coalition.example\nSubject: {subject}\n{more}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}"
    ).encode()


EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ann@people.example
    {words}

------ This is a copy of the message, including all the headers. ------
"""
QMAIL = """\
Hi. This is the qmail-send program at mx.people.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@people.example>:
{words}

--- Below this line is a copy of the message.
"""
GMAIL = """\
Delivery to the following recipient failed permanently:

     ann@people.example

Technical details of permanent failure:
{words}

----- Original message -----
"""
EXCHANGE = """\
Your message

  To:      ann@people.example
  Subject: Keep the park open
  Sent:    Mon, 2 Mar 2026 12:00:00 +0000

did not reach the following recipient(s):

ann@people.example on Mon, 2 Mar 2026 12:00:01 +0000
    {words}
    MSEXCH:IMS:PEOPLE:EXCHANGE 0 (000C05A6)
"""
YAHOO = """\
Sorry, we were unable to deliver your message to the following address.

<ann@people.example>:
{words}

--- Below this line is a copy of the message.
"""
NOTES = """\
------- Failure Reasons  --------

{words}
ann@people.example

------- Returned Message --------
"""
DAEMON = "Mail Delivery System <Mailer-Daemon@mx.people.example>"
FAILED = "Mail delivery failed: returning message to sender"


@pytest.mark.parametrize(
    ("form", "subject", "sender", "words", "expected"),
    [
        (EXIM, FAILED, DAEMON, "Unrouteable address", Severity.HARD),
        (EXIM, FAILED, DAEMON, "550 5.1.1 user unknown", Severity.HARD),
        (EXIM, FAILED, DAEMON, "552 5.2.2 mailbox is full", Severity.SOFT),
        (EXIM, FAILED, DAEMON, "retry timeout exceeded", Severity.SOFT),
        (QMAIL, "failure notice", "MAILER-DAEMON@mx.people.example",
         "Sorry, no mailbox here by that name. (#5.1.1)", Severity.HARD),
        (QMAIL, "failure notice", "MAILER-DAEMON@mx.people.example",
         "Connected to 192.0.2.1 but sender was rejected.", Severity.SOFT),
        (GMAIL, "Delivery Status Notification (Failure)", "mailer-daemon@googlemail.example",
         "550 550 5.1.1 The email account that you tried to reach does not exist.", Severity.HARD),
        (GMAIL, "Delivery Status Notification (Failure)", "mailer-daemon@googlemail.example",
         "552 552 5.2.2 The email account that you tried to reach is over quota.", Severity.SOFT),
        (EXCHANGE, "Undeliverable: Keep the park open", "postmaster@people.example",
         "The recipient name is not recognized", Severity.HARD),
        (YAHOO, "Failure Notice", "MAILER-DAEMON@mail.example",
         "This user doesn't have a mail.example account (ann@people.example) [0]", Severity.HARD),
        (NOTES, "Undeliverable message", "postmaster@people.example",
         "User ann not listed in public Name & Address Book", Severity.HARD),
        ("Your mail could not be delivered.\n\n{words}\n", "Returned mail", "postmaster@x.example",
         "550 Mailbox not found", Severity.HARD),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)  # fmt: skip
def test_a_report_in_plain_words_is_read(
    form: str, subject: str, sender: str, words: str, expected: Severity
) -> None:
    text = form.format(words=words) + RETURNED
    # Exim marks its reports as automatic answers.
    more = "Auto-Submitted: auto-replied\n"
    notice = read_notice(message(text, subject=subject, sender=sender, more=more), None)
    assert notice.kind is Kind.BOUNCE
    assert notice.overall
    assert notice.overall.severity is expected


def test_a_report_of_several_people_says_of_each_their_own() -> None:
    text = EXIM.format(
        words="550 5.2.2 <ann@people.example>... Mailbox full\n"
        "  bob@people.example\n    550 5.1.1 <bob@people.example>... User unknown"
    )
    notice = read_notice(message(text, subject=FAILED, sender=DAEMON), None)
    said = {key: one.severity for one in notice.failures for key in one.recipients}
    assert said["ann@people.example"] is Severity.SOFT
    assert said["bob@people.example"] is Severity.HARD


@pytest.mark.parametrize(
    "text",
    [
        "I am away until Monday.",
        "Bob no longer works here; his mailbox does not exist anymore. User unknown, so to say.",
        "This mailbox is full of joy: 550 5.1.1 user unknown.",
    ],
)
@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: away\n",
        "X-Auto-Response-Suppress: All\n",
        "Precedence: auto_reply\n",
    ],
)
def test_an_automatic_answer_is_no_bounce_whatever_it_says(text: str, more: str) -> None:
    answer = message(text, subject="Re: Keep it open", sender="bob@people.example", more=more)
    assert read_notice(answer, None).kind is Kind.ABSENCE


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Keep the park open",
        "Out of office",
        "Abwesenheitsnotiz: Park",
        "=?utf-8?q?R=C3=A9ponse_automatique_=3A_parc?=",
        "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_parque?=",
        "AUTO: Smith, John is out of the office. (returning 05/01/2026)",
        "[Automatyczna =?iso-8859-2?Q?odpowied=BC?=] Park",
        "(Automatic Response) Park",
        "Automatische Antwort: Park",
        "Risposta automatica: parco",
        "=?utf-8?q?Resposta_autom=C3=A1tica=3A_parque?=",
        "Automatisch antwoord: park",
        "=?utf-8?b?6Ieq5YuV5b+c562UOiDlhazlnJI=?=",
        "=?utf-8?b?6Ieq5Yqo562U5aSNOiDlhazlm60=?=",
        "=?utf-8?b?0JDQstGC0L7QvNCw0YLQuNGH0LXRgdC60LjQuSDQvtGC0LLQtdGCOiDQv9Cw0YDQug==?=",
    ],
)
def test_an_answer_that_says_in_its_subject_that_it_is_automatic_is_one(subject: str) -> None:
    answer = message("Back on Monday.", subject=subject, sender="bob@people.example")
    assert read_notice(answer, None).kind is Kind.ABSENCE


@pytest.mark.parametrize(
    "subject",
    ["Re: Automatic reply: Keep the park open", "Auto: fewer of them in the park", "Autobahn"],
)
def test_a_person_who_writes_of_automatic_answers_is_no_automatic_answer(subject: str) -> None:
    answer = message("I agree.", subject=subject, sender="bob@people.example")
    assert read_notice(answer, None).kind is Kind.UNREAD


def test_a_report_from_nobody_without_a_subject_is_read() -> None:
    text = "You sent mail to ann@people.example. That's not a valid user here.\n"
    report = message(text, subject="", sender="<>", more="Auto-Submitted: auto-replied\n")
    notice = read_notice(report, None)
    assert notice.kind is Kind.BOUNCE
    assert notice.overall
    assert notice.overall.severity is Severity.HARD


def test_a_person_who_quotes_a_report_is_no_bounce() -> None:
    text = "Your letter says 550 5.1.1 user unknown. What is that?"
    answer = message(text, subject="Re: Keep the park open", sender="bob@people.example")
    assert read_notice(answer, None).kind is Kind.UNREAD


def test_a_receipt_is_no_bounce() -> None:
    receipt = (
        b"From: postmaster@people.example\nSubject: Not read: Keep the park open\n"
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nIt was deleted without being read.\n--b--\n"
    )
    assert read_notice(receipt, None).kind is not Kind.BOUNCE


def test_the_subject_of_the_letter_that_comes_back_decides_nothing() -> None:
    text = EXIM.format(words="550 5.1.1 user unknown")
    report = message(text, subject="Undeliverable: No spam, no full mailboxes", sender=DAEMON)
    notice = read_notice(report, None)
    assert notice.overall
    assert notice.overall.severity is Severity.HARD


def test_a_report_that_a_second_reader_alone_knows_is_a_soft_bounce() -> None:
    text = "Failed addresses follow:\n  ann@people.example\nMessage text follows:\n\nDear …\n"
    notice = read_notice(message(text, subject="Notice", sender="x@people.example"), None)
    assert notice.kind is Kind.BOUNCE
    assert notice.overall
    assert notice.overall.severity is Severity.SOFT
    assert notice.overall.recipients == ("ann@people.example",)


def test_the_second_reader_keeps_to_itself_what_it_cannot_read(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    # flufl.bounce 6.0.0 fails at a message without From, and logs its traceback.
    with caplog.at_level(logging.DEBUG):
        assert second_reading(b"Subject: Hello\n\nHi\n") == (frozenset(), frozenset())
    assert caplog.text == ""
    assert capsys.readouterr().err == ""


def test_what_a_report_returns_is_cut_off() -> None:
    assert "mayor" not in cut_returned("It failed.\n" + RETURNED)
    assert cut_returned("It failed.\n\n----- Original message -----\nx") == "It failed.\n"
    assert cut_returned("only words") == "only words"


def million(text: str) -> str:
    return (text * (1_000_000 // len(text) + 1))[:1_000_000]


@pytest.mark.parametrize(
    "more",
    [
        f"Content-Type: {million('a;b=')}\n",
        f"Content-Type: multipart/report; {million('a*0*=x;')}\n",
        f"To: {million('(')}\nDate: {million('1 ')}\nSubject: {million('=?punycode?q?a9?= ')}\n",
    ],
    ids=["parameters", "continued parameters", "others"],
)
def test_a_header_of_a_megabyte_is_read_as_far_as_one_can_be_long(more: str) -> None:
    # Read whole, each of the first two takes the parser a minute.
    assert read_notice(f"From: a@people.example\n{more}\n\nhello".encode(), None) is not None


@pytest.mark.parametrize("charset", ["punycode", "idna", "none-such"])
def test_a_report_in_an_encoding_of_no_text_is_read_as_utf_8(charset: str) -> None:
    # Read in its own encoding, a megabyte of it would take hours.
    text = "u@people.example: 550 5.1.1 user unknown\n" + million("abc-999999")
    data = message(text, subject="failure notice", sender="MAILER-DAEMON@people.example")
    notice = read_notice(data.replace(b"charset=utf-8", f"charset={charset}".encode()), None)
    assert notice.kind is Kind.BOUNCE
    assert notice.failures[0].severity is Severity.HARD


def test_a_message_of_countless_parts_is_read_up_to_a_limit() -> None:
    data = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000
    assert sum(1 for _ in parse_message(data).walk()) <= MOST_DASHES + 1
