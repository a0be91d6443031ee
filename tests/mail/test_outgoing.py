"""A message that leaves has the headers of its own sending, and the text that was reviewed."""

import email
from datetime import UTC, datetime
from email import policy

from hypothesis import given
from hypothesis import strategies as st

from advocacy.documents.headers import address_header, text_header
from advocacy.mail.sending.messages import (
    add_sending_headers,
    mark_as_test,
    read_header,
    replace_headers,
)

MESSAGE = (
    b'From: "Example, Coalition" <letters@coalition.example>\r\n'
    b"To: =?utf-8?q?J=C3=B6rg?= <joerg@people.example>\r\n"
    b"Subject: Keep the park open, and the lamps of Mill Lane\r\n lit until nine\r\n"
    b"Date: Wed, 10 Jun 2020 12:00:00 -0700\r\n"
    b"Message-ID: <old@coalition.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Subject: this line is text\r\n\r\nDate: and this\r\n"
)
WHEN = datetime(2020, 6, 10, 18, 30, tzinfo=UTC)


def parsed(data: bytes):
    return email.message_from_bytes(data, policy=policy.SMTP)


def test_the_date_and_the_message_id_are_those_of_the_sending_and_the_text_stays() -> None:
    more = ["List-Id: <parks.coalition.example>\r\n", "List-Unsubscribe: <a>,\r\n <b>\r\n"]
    sent = add_sending_headers(MESSAGE, sent=WHEN, message_id="<new@coalition.example>", more=more)
    message = parsed(sent)
    assert message["Date"] == "Wed, 10 Jun 2020 18:30:00 +0000"
    assert message["Message-ID"] == "<new@coalition.example>"
    assert message["Subject"] == "Keep the park open, and the lamps of Mill Lane lit until nine"
    assert message["List-Unsubscribe"] == "<a>, <b>"
    assert message.get_all("Date") == [message["Date"]]
    assert sent.partition(b"\r\n\r\n")[2] == MESSAGE.partition(b"\r\n\r\n")[2]


def test_a_test_message_goes_to_the_colleague_and_names_whom_it_is_for() -> None:
    marked = mark_as_test(MESSAGE, to="me@coalition.example", real_to="joerg@people.example")
    message = parsed(marked)
    assert str(message["To"]) == "me@coalition.example"
    assert str(message["Subject"]).startswith("[TEST] for joerg@people.example: Keep the park")
    assert message["Message-ID"] != "<old@coalition.example>"
    assert marked.partition(b"\r\n\r\n")[2] == MESSAGE.partition(b"\r\n\r\n")[2]


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_can_add_a_header_or_end_the_headers(subject: str, name: str) -> None:
    lines = {
        "Subject": text_header("Subject", subject),
        "To": address_header("To", [(name, "a@b.example")]),
    }
    changed = replace_headers(MESSAGE, lines)
    before, after = parsed(MESSAGE), parsed(changed)
    assert after.keys() == before.keys()
    assert changed.endswith(MESSAGE.partition(b"\r\n\r\n")[2])
    assert read_header(changed, "Message-ID") == "<old@coalition.example>"


def test_an_empty_line_drops_a_header_and_an_unknown_name_adds_one() -> None:
    changed = replace_headers(MESSAGE, {"Date": "", "X-New": "X-New: yes\r\n"})
    assert parsed(changed)["Date"] is None
    assert parsed(changed)["X-New"] == "yes"
