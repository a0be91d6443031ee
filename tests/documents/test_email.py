"""The email message: headers and parts that every reader of mail understands alike."""

import email
import email.policy
import email.utils
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from email.header import decode_header, make_header
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import (
    build_message,
    message_id,
    needs_smtputf8,
    obstacles,
    render_email,
)
from advocacy.documents.email.quoted_printable import quoted_printable
from advocacy.documents.headers import (
    address_header,
    one_line,
    parameter_header,
    text_header,
    wire_address,
)
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter

from ..examples import costly
from ..loaded import checked

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
HOSTILE = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.text(st.sampled_from(" ,;<>@\"\\()=?:.'éß中😀\n\r\t\u0301א\u2028_ab"), max_size=400)
    | st.text(st.sampled_from("ab é"), min_size=60, max_size=400)
)


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def to(letter: Letter, **fields: str) -> Letter:
    known = {"id": "x", "name": "Pat", "email": "pat@council.example"} | fields
    return replace(letter, recipient=Recipient.model_validate(known))


@pytest.fixture(scope="module")
def message(letter: Letter, campaign: Campaign) -> EmailMessage:
    return parsed(render_email(checked(letter, campaign), campaign.workspace))


def normal(text: str) -> str:
    return text.replace("\r\n", "\n")


# --- headers -----------------------------------------------------------------------------------


def test_the_headers_say_who_writes_to_whom_and_when(message: EmailMessage) -> None:
    assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
        "From": "Example Civil Liberties Coalition <letters@coalition.example>",
        "To": '"Weiß, Zoë" <zoe@mueller.example>',
        "Reply-To": "replies@coalition.example",
        "Subject": "Take down the cameras that know faces",
        "Date": "Wed, 10 Jun 2020 12:00:00 -0500",
        "Message-ID": str(message["Message-ID"]),
        "Content-Language": "en-US",
        "MIME-Version": "1.0",
    }


def test_a_comma_in_a_name_makes_no_second_recipient(letter: Letter, campaign: Campaign) -> None:
    for name in ("Smith, John", "Müller, Jörg", 'O"Neil, "Jo\\e"', "a@b.example, c@d.example"):
        smith = to(letter, name=name, email="smith@council.example")
        data = render_email(checked(smith, campaign), campaign.workspace)
        (address,) = parsed(data)["To"].addresses
        assert (address.display_name, address.addr_spec) == (name, "smith@council.example")


def test_a_newline_in_a_value_cannot_begin_a_header(letter: Letter, campaign: Campaign) -> None:
    evil = "Pat\r\nBcc: everyone@council.example\r\n\r\nbody"
    recipient = Recipient.model_construct(id="x", name=evil, email="pat@council.example")
    bad = replace(letter, recipient=recipient, subject=f"Act {evil}")
    message = parsed(render_email(checked(bad, campaign), campaign.workspace))
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["pat@council.example"]
    assert message["Subject"] == "Act Pat Bcc: everyone@council.example body"


@pytest.mark.parametrize(
    "address",
    [
        "a@b\nc.example",
        "a b@c.example",
        "a@c.example>",
        "a,b@c.example",
        "<a@c.example",
        "a@",
        "@c",
    ],
)
def test_what_is_no_address_never_becomes_a_header(address: str) -> None:
    with pytest.raises(ValueError, match="not an email address"):
        address_header("To", [("Pat", address)])


@costly(50)
@given(name=HOSTILE, subject=HOSTILE)
@example(name="Smith, John " * 30, subject="word" * 300)
@example(name="=?utf-8?q?evil?=", subject="=?utf-8?q?evil?= a  b ")
@example(name="", subject="")
def test_every_header_is_read_back_as_it_was_written(name: str, subject: str) -> None:
    people = [(name, "president@council.example"), ("Smith, John", "smith@council.example")]
    raw = address_header("To", people) + text_header("Subject", subject) + "X-End: end\r\n\r\nbody"
    assert raw.isascii()
    assert max(map(len, raw.split("\r\n"))) <= 76
    message = parsed(raw.encode())
    assert message.keys() == ["To", "Subject", "X-End"]
    assert not message["To"].defects
    assert str(message["Subject"]) == one_line(subject)
    first, second = message["To"].addresses
    assert first.addr_spec == "president@council.example"
    assert second.display_name == "Smith, John"
    # The decoder of RFC 2047: that of `policy.default` keeps the spaces between the encoded
    # words of a long name (Python 3.11), which no reader of mail does.
    old = email.message_from_bytes(raw.encode())
    (written, _), _ = email.utils.getaddresses([old["To"]])
    # Python's readers fold runs of spaces of every kind, which no name begins or ends with.
    single = one_line(name).split()
    assert str(make_header(decode_header(written))).split() == single
    if raw.count("=?utf-8?") - text_header("Subject", subject).count("=?utf-8?") < 2:
        assert first.display_name.split() == single


def test_a_domain_in_another_script_travels_as_ascii(letter: Letter, campaign: Campaign) -> None:
    muller = to(letter, email="info@müller.example")
    data = render_email(checked(muller, campaign), campaign.workspace)
    assert b"To: Pat <info@xn--mller-kva.example>\r\n" in data
    assert not needs_smtputf8(data)
    assert wire_address("info@例え.example") == "info@xn--r8jz45g.example"


def test_a_name_before_the_at_sign_may_be_in_another_script(
    letter: Letter, campaign: Campaign
) -> None:
    muller = checked(to(letter, email="müller@council.example", name="Jörg Müller"), campaign)
    data = render_email(muller, campaign.workspace)
    assert needs_smtputf8(data)
    message = build_message(muller, campaign.workspace)
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == ("Jörg Müller", "müller@council.example")


@given(st.emails())
def test_every_address_that_the_models_take_is_an_address_here(address: str) -> None:
    try:
        known = Recipient.model_validate({"email": address}).email
    except ValidationError:
        return
    assert known is not None
    local, _, domain = wire_address(known).rpartition("@")
    assert local == address.rpartition("@")[0]
    assert domain.isascii()


def test_the_longest_address_there_can_be_is_not_broken() -> None:
    address = f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.example"
    message = parsed((address_header("To", [("Zoë " * 60, address)]) + "\r\n").encode())
    assert message["To"].addresses[0].addr_spec == address


@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).filter(
        # Python's own reader takes a name in angle brackets out of them.
        lambda text: one_line(text) == text and not (text[0] == "<" and text[-1] == ">")
    )
)
def test_file_names_in_any_script_are_read_back(text: str) -> None:
    raw = parameter_header("Content-Disposition", "attachment", filename=text) + "\r\n"
    assert raw.isascii()
    assert max(map(len, raw.split("\r\n"))) <= 80
    message = email.message_from_bytes(raw.encode())
    found = message.get_param("filename", header="content-disposition")
    assert email.utils.collapse_rfc2231_value(found) == text  # type: ignore[arg-type]


def test_copies_go_to_nobody_unless_named(letter: Letter, campaign: Campaign) -> None:
    one = checked(letter, campaign)
    assert b"\r\nCc:" not in render_email(one, campaign.workspace)
    copies = [("Board, The", "board@coalition.example")]
    message = build_message(one, campaign.workspace, cc=copies)
    (address,) = message["Cc"].addresses
    assert address.display_name == "Board, The"


def test_without_an_own_address_for_answers_there_is_no_reply_to(
    letter: Letter, campaign: Campaign
) -> None:
    sender = letter.sender.model_copy(update={"reply_to": None})
    data = render_email(checked(replace(letter, sender=sender), campaign), campaign.workspace)
    assert b"Reply-To:" not in data


def test_the_date_is_noon_of_the_letters_day_where_the_campaign_is(
    letter: Letter, campaign: Campaign
) -> None:
    there = replace(letter, timezone="Asia/Kolkata", date=date(2020, 12, 1))
    message = build_message(checked(there, campaign), campaign.workspace)
    assert message["Date"] == "Tue, 01 Dec 2020 12:00:00 +0530"


def test_a_letter_keeps_its_message_id_and_no_other_letter_has_it() -> None:
    sender = "letters@coalition.example"
    own = message_id("microsoft/call", "smith", sender)
    assert own == message_id("microsoft/call", "smith", sender)
    others = {
        message_id("microsoft/call", "other", sender),
        message_id("microsoft/thanks", "smith", sender),
        message_id("microsoft/call/second", "smith", sender),
        own,
    }
    assert len(others) == 4
    assert re.fullmatch(r"<[0-9a-f]{32}@coalition\.example>", own)


# --- parts -------------------------------------------------------------------------------------


def test_the_parts_are_the_text_and_the_html_of_the_letter(
    letter: Letter, campaign: Campaign, message: EmailMessage
) -> None:
    one = checked(letter, campaign)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert normal(text.get_content()) == render_text(one, campaign.workspace)
    assert normal(html.get_content()).rstrip() == render_html(one, campaign.workspace).rstrip()


def test_the_pdf_is_attached_whole_under_a_name_that_says_what_it_is(
    letter: Letter, campaign: Campaign
) -> None:
    one = checked(letter, campaign)
    message = build_message(one, campaign.workspace, pdf=PDF)
    assert message.get_content_type() == "multipart/mixed"
    content, attachment = message.iter_parts()
    assert content.get_content_type() == "multipart/alternative"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "Letter to Weiß, Zoë, 10 June 2020.pdf"
    assert attachment.is_attachment()
    assert attachment.get_content() == PDF
    body = message.get_body(("plain",))
    assert body is not None
    assert normal(body.get_content()) == render_text(one, campaign.workspace)


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("en-US", "Brad Smith", "Letter to Brad Smith, 10 June 2020.pdf"),
        ("de", "Zoë Weiß", "Brief an Zoë Weiß, 10. Juni 2020.pdf"),
        ("fr", "Anne Le Goff", "Lettre à Anne Le Goff, 10 juin 2020.pdf"),
        ("es", "José Peña", "Carta a José Peña, 10 de junio de 2020.pdf"),
        ("en-GB", 'A/B: "C"? <D>|E*\\', "Letter to A-B- -C-- -D--E--, 10 June 2020.pdf"),
        ("en-GB", "{date}", "Letter to {date}, 10 June 2020.pdf"),
    ],
)
def test_the_attachment_is_named_in_the_letters_language_for_every_file_system(
    letter: Letter, campaign: Campaign, language: str, name: str, expected: str
) -> None:
    person = letter.recipient.model_copy(update={"name": name, "given_name": None})
    one = checked(replace(letter, language=language, recipient=person), campaign)
    message = build_message(one, campaign.workspace, pdf=PDF)
    *_, attachment = message.iter_parts()
    assert attachment.get_filename() == expected
    assert attachment.get_param("name", header="content-type") is not None


def test_a_long_name_leaves_room_for_the_date(letter: Letter, campaign: Campaign) -> None:
    person = letter.recipient.model_copy(update={"name": "Ministry of Works " * 20})
    *_, attachment = build_message(
        checked(replace(letter, recipient=person), campaign), campaign.workspace, pdf=PDF
    ).iter_parts()
    name = attachment.get_filename()
    assert name is not None
    assert len(name) <= 100
    assert name.endswith(", 10 June 2020.pdf")


@pytest.mark.parametrize("own", ["", "Three lines & a reason to answer"])
def test_an_inbox_shows_the_stages_preview_or_the_first_sentence_and_never_the_letterhead(
    letter: Letter, campaign: Campaign, own: str
) -> None:
    one = checked(replace(letter, preview=own), campaign)
    html = build_message(one, campaign.workspace).get_body(("html",))
    assert html is not None
    body = html.get_content().partition("<body")[2]
    shown = re.sub(r"<[^>]*>", "", body.partition(">")[2].partition("</div>")[0])
    first = "I write to ask Café Müller & Söhne to take its cameras down."
    assert unescape(shown).strip("\n \xa0\u200c") == (own or first)
    assert len(re.findall("\u200c", shown)) > 50  # so nothing that follows is shown with it


def test_no_line_is_too_long_and_none_ends_without_crlf(letter: Letter, campaign: Campaign) -> None:
    long = replace(letter, body=replace(letter.body, values=("x" * 5000, "🌍" * 500)))
    data = render_email(checked(long, campaign), campaign.workspace, pdf=PDF)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_no_text_can_end_a_part(letter: Letter, campaign: Campaign) -> None:
    data = render_email(checked(letter, campaign), campaign.workspace, pdf=PDF)
    boundaries = re.findall(rb'boundary="(=_[^"]+)"', data)
    assert len(set(boundaries)) == 2
    quoting = "\n".join(f"--{found.decode()}--" for found in boundaries)
    evil = replace(letter, body=replace(letter.body, values=(quoting, quoting)))
    one = checked(evil, campaign)
    message = build_message(one, campaign.workspace, pdf=PDF)
    body = message.get_body(("plain",))
    assert body is not None
    assert normal(body.get_content()) == render_text(one, campaign.workspace)


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r")
        | st.sampled_from("\n\n .=\tFrom"),
        max_size=300,
    )
    | st.lists(st.sampled_from(["From ", "From x", ".", "..", "a" * 75, " ", "é" * 30])).map(
        "\n".join
    )
)
@example("From " + "a" * 71)
@example("From " + "a" * 70 + " ")
def test_quoted_printable_text_is_read_back(text: str) -> None:
    data = quoted_printable(text)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(line.startswith(b"From ") or line == b"." for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    message = parsed(
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + data
    )
    got = message.get_payload(decode=True)
    assert isinstance(got, bytes)
    assert normal(got.decode()) == text.rstrip("\n") + "\n"


LINES = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
    | st.sampled_from("=. <&"),
    min_size=1,
    max_size=90,
) | st.sampled_from(["From here", "From " + "x" * 80, "=20", ".", "é" * 80, "a" * 75, "a" * 76])


@costly(10)
@given(st.lists(LINES, min_size=4, max_size=4), st.lists(LINES, max_size=3))
def test_whatever_the_values_the_parts_say_what_text_and_html_say(
    letter: Letter, campaign: Campaign, values: list[str], address: list[str]
) -> None:
    name, title, salutation, subject = values
    person = Recipient.model_construct(id="x", name=name, title=title, email="pat@council.example")
    changed = replace(
        letter,
        recipient=person,
        salutation=salutation,
        subject=subject,
        inside_address=tuple(address),
        body=replace(letter.body, values=tuple(title for _ in letter.body.values)),
    )
    one = checked(changed, campaign)
    data = render_email(one, campaign.workspace)
    text, html = parsed(data).iter_parts()
    assert normal(text.get_content()) == render_text(one, campaign.workspace)
    page = render_html(one, campaign.workspace)
    assert normal(html.get_content()) == page.rstrip("\n") + "\n"
    lines = data.split(b"\r\n")
    assert data.isascii()
    assert max(map(len, lines)) <= 78
    assert not any(line.startswith(b"From ") or line.endswith((b" ", b"\t")) for line in lines)


def test_the_same_letter_gives_the_same_bytes_in_another_process(
    letter: Letter, campaign: Campaign, project_root: Path
) -> None:
    code = (
        "import hashlib, sys; from pathlib import Path\n"
        "from advocacy.letters.compose import compose_letters\n"
        "from advocacy.documents.email.message import render_email\n"
        "from advocacy.letters.letter import check\n"
        "from advocacy.campaign.loading import load_campaign\n"
        "campaign, _ = load_campaign(Path(sys.argv[1]))\n"
        "letter = compose_letters(campaign, only=['weiss']).letters[0]\n"
        "checked, _ = check(letter, campaign)\n"
        "sys.stdout.buffer.write(render_email(checked, campaign.workspace, pdf=b'%PDF'))\n"
    )
    path = project_root / "tests/data/letters/campaign.yaml"
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=project_root,
        capture_output=True,
        check=True,
    )
    assert result.stdout == render_email(checked(letter, campaign), campaign.workspace, pdf=b"%PDF")


def test_a_letters_bytes_do_not_depend_on_its_neighbours(
    letter: Letter, campaign: Campaign
) -> None:
    alone = render_email(checked(letter, campaign), campaign.workspace)
    for n in range(3):
        other = to(letter, id=f"r{n}", name=f"Pat {n}", email=f"p{n}@council.example")
        render_email(checked(replace(other, salutation=f"Dear {n}:"), campaign), campaign.workspace)
    assert render_email(checked(letter, campaign), campaign.workspace) == alone


# --- what stands in the way --------------------------------------------------------------------


def test_without_an_address_there_is_a_problem_and_no_email(campaign: Campaign) -> None:
    quiet = checked(compose_letters(campaign, only=["quiet"]).letters[0], campaign)
    (problem,) = obstacles(quiet)
    assert problem.code == "no-email"
    assert "No Address" in problem.message
    assert problem.place is not None
    assert problem.place.line == 12
    with pytest.raises(AdvocacyError, match="no-email"):
        render_email(quiet, campaign.workspace)


def test_with_an_address_nothing_stands_in_the_way(letter: Letter, campaign: Campaign) -> None:
    assert obstacles(checked(letter, campaign)) == []
