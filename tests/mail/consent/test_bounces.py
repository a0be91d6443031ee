"""Only a message that proves that it answers a letter of ours suppresses anyone."""

import hashlib
import mailbox
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError
from advocacy.mail.bounces.notices import Kind, read_notice
from advocacy.mail.bounces.reports import Fate, import_bounces
from advocacy.mail.bounces.severity import Severity, severity, status_of
from advocacy.mail.consent.return_address import bounce_address, message_digests
from advocacy.mail.consent.suppress_commands import unsuppress
from advocacy.mail.consent.suppression_snapshot import read_suppressions
from advocacy.mail.consent.tokens import Ticket, read_keys, seal
from advocacy.mail.ledger import LedgerRecord

KEY = "test-key-of-an-example-coalition-0123456789"
MAILING = "parks/call"
KEYS = read_keys(KEY)
Find = Callable[[str], LedgerRecord]


def message_id(name: str, mailing: str = MAILING) -> str:
    digest = hashlib.sha256(f"{mailing}\0{name}".encode()).hexdigest()[:32]
    return f"<{digest}@coalition.example>"


def verp(name: str, mailing: str = MAILING) -> str:
    return bounce_address("bounces@coalition.example", KEYS, message_id(name, mailing))


def bounce(
    to: str = "bounces@coalition.example",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "smtp; 550 5.1.1 <bob@example.org>: User unknown",
    recipient: str = "bob@example.org",
    returned: str = "",
    date: str = "Tue, 24 Nov 2026 10:00:00 +0000",
) -> bytes:
    """A notification as Postfix writes it."""
    return f"""\
Return-Path: <>
Received: from mx.example.org by mx.coalition.example; {date}
From: MAILER-DAEMON@example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"

This is a MIME-encapsulated message.

--b/1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 24 Nov 2026 09:59:59 +0000

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: {words}

--b/1
Content-Type: text/rfc822-headers

From: letters@coalition.example
Message-ID: {returned or "<other@somewhere.example>"}

--b/1--
""".encode()


def complaint(
    to: str, *, kind: str = "abuse", unsubscribe: str = "", returned: str = "", reader: str = ""
) -> bytes:
    return f"""\
From: feedback@isp.example
To: fbl@coalition.example
Subject: FW: Keep the park open
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{to}>
Original-Rcpt-To: <{reader or "redacted"}>

--b
Content-Type: message/rfc822

From: letters@coalition.example
Message-ID: {returned or "<redacted@isp.example>"}
List-Unsubscribe: {unsubscribe or "<>"}
Subject: Keep the park open

Dear …
--b--
""".encode()


def imported(folder: Path, *messages: bytes, dry_run: bool = False) -> list[tuple[Fate, str]]:
    box = folder.parent / "box"
    box.mkdir(exist_ok=True)
    for old in box.glob("*.eml"):
        old.unlink()
    for number, message in enumerate(messages):
        (box / f"{number:03}.eml").write_bytes(message)
    found = import_bounces(folder, [box], dry_run=dry_run)
    return [(one.fate, one.address) for one in found.findings]


def suppressed(folder: Path, name: str) -> str | None:
    found, problems = read_suppressions(folder)
    assert problems == []
    return found.reason(f"{name}@example.org")


# --- VERP ---------------------------------------------------------------------------------------


def test_an_envelope_sender_says_which_message_it_was() -> None:
    address = verp("bob")
    assert len(address.partition("@")[0]) <= 64
    digest = message_id("bob")[1:33]
    for text in (address, address.upper(), f"<{address}>", f"To: x+y@z.example, {address}\n"):
        assert message_digests(KEYS, text.encode()) == [digest]


@given(st.integers(8, 49), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_an_envelope_sender_that_was_changed_says_nothing(at: int, letter: str) -> None:
    address = verp("bob")
    changed = address[:at] + letter + address[at + 1 :]
    found = message_digests(KEYS, changed.encode())
    # The last letter of base 32 has two idle bits.
    assert found == [] or changed == address or at == 49


def test_an_envelope_sender_of_another_key_says_nothing_and_of_the_old_one_still_does() -> None:
    other = read_keys(KEY[::-1])
    assert message_digests(other, verp("bob").encode()) == []
    both = read_keys(f"{KEY[::-1]},{KEY}")
    assert message_digests(both, verp("bob").encode()) != []


def test_a_base_that_is_too_long_is_refused_with_the_cure() -> None:
    with pytest.raises(AdvocacyError, match="at most 21 characters"):
        bounce_address(f"{'b' * 22}@coalition.example", KEYS, message_id("bob"))
    assert bounce_address(f"{'b' * 21}@coalition.example", KEYS, message_id("bob"))


# --- severity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.1.1", "", Severity.HARD),
        ("5.1.10", "smtp; 556 5.1.10 Recipient address has null MX", Severity.HARD),
        ("5.4.4", "X-Postfix; Host or domain name not found", Severity.HARD),
        ("5.0.0", "smtp; 550 5.1.1 user unknown", Severity.HARD),
        ("5.0.0", "smtp; 550 No such user here", Severity.HARD),
        ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied.", Severity.HARD),
        ("", "smtp; 550 Mailbox not found", Severity.HARD),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", Severity.SOFT),
        ("5.7.1", "smtp; 550 5.7.1 Message rejected as spam", Severity.SOFT),
        ("5.7.1", "smtp; 550 5.7.1 blocked by policy: user unknown", Severity.SOFT),
        ("5.7.26", "smtp; 550 5.7.26 DMARC", Severity.SOFT),
        ("5.1.8", "smtp; 550 5.1.8 sender address does not exist", Severity.SOFT),
        ("5.3.4", "smtp; 552 5.3.4 too big", Severity.SOFT),
        ("4.4.1", "connect timed out", Severity.SOFT),
        ("5.0.0", "smtp; 554 Transaction failed", Severity.SOFT),
        ("4.0.0", "smtp; 451 5.1.1 odd", Severity.SOFT),
        ("", "", Severity.UNKNOWN),
        ("nonsense", "words", Severity.UNKNOWN),
    ],
)
def test_only_an_address_that_does_not_work_is_a_hard_bounce(
    status: str, words: str, expected: Severity
) -> None:
    assert severity("failed", status, words) is expected


def test_what_is_still_tried_or_was_delivered_is_no_bounce() -> None:
    assert severity("delayed", "4.4.1", "") is Severity.DELAYED
    assert severity("delayed", "5.1.1", "") is Severity.DELAYED
    assert severity("delivered", "2.0.0", "") is Severity.FINE
    assert severity("relayed (x)", "2.1.9", "") is Severity.FINE
    assert status_of("5.0.0", "smtp; 550 5.1.1 x") == "5.1.1"


# --- importing ----------------------------------------------------------------------------------


def test_a_hard_bounce_is_suppressed_and_marked_and_reading_it_again_changes_nothing(
    mailed: Path, key: str, record: Find
) -> None:
    message = bounce(verp("bob"))
    assert imported(mailed, message, dry_run=True) == [(Fate.HARD, "Bob@example.org")]
    assert suppressed(mailed, "bob") is None
    assert record("bob").bounced_at is None
    imported(mailed, message)
    reason = suppressed(mailed, "bob")
    assert reason
    assert "a message to it bounced: 5.1.1 550 5.1.1" in reason
    first = record("bob")
    assert first.bounce.startswith("hard bounce: 5.1.1")
    before = (mailed / "suppressed.csv").read_bytes()
    imported(mailed, message)
    assert (mailed / "suppressed.csv").read_bytes() == before
    assert record("bob") == first
    assert suppressed(mailed, "ann") is None


def test_an_old_bounce_does_not_come_back_after_it_was_lifted(mailed: Path, key: str) -> None:
    imported(mailed, bounce(verp("bob")))
    unsuppress(mailed, ["bob@example.org"], "the mailbox works again")
    imported(mailed, bounce(verp("bob")))
    assert suppressed(mailed, "bob") is None
    imported(mailed, bounce(verp("bob"), date="Tue, 24 Nov 2099 10:00:00 +0000"))
    assert suppressed(mailed, "bob")


def test_the_person_is_ours_not_the_one_that_a_report_names(mailed: Path, key: str) -> None:
    assert imported(mailed, bounce(verp("bob"), recipient="ann@example.org")) == [
        (Fate.HARD, "Bob@example.org")
    ]
    assert suppressed(mailed, "ann") is None


def test_a_forged_bounce_suppresses_nobody(mailed: Path, key: str, record: Find) -> None:
    address = verp("bob")
    forged = address[:-30] + "aaaa" + address[-26:]
    found = imported(
        mailed,
        bounce(),
        bounce(forged),
        bounce("bounces+bob@coalition.example"),
        bounce(returned="<" + "0" * 32 + "@coalition.example>"),
        complaint("bounces@coalition.example"),
    )
    assert {fate for fate, _ in found} == {Fate.NOT_OURS}
    assert not (mailed / "suppressed.csv").exists()
    assert record("bob").bounced_at is None


def test_a_message_id_that_anyone_can_compute_suppresses_nobody(
    mailed: Path, key: str, record: Find
) -> None:
    known = message_id("bob")
    found = imported(
        mailed,
        bounce(returned=known, recipient="BOB@example.org"),
        complaint("x@y.example", returned=known, reader="bob@example.org"),
    )
    assert found == [(Fate.UNSURE, "Bob@example.org")] * 2
    assert suppressed(mailed, "bob") is None
    assert record("bob").bounced_at is None


def test_a_signed_message_id_counts_with_the_address_that_we_wrote_to(
    mailed: Path, key: str, send_signed: Callable[[str], str]
) -> None:
    known = send_signed("dan")
    others = [
        bounce(returned=known, recipient="mallory@example.net"),
        complaint("x@y.example", returned=known),
        bounce(returned=known.replace(".", ".a", 1)[:-1] + ">", recipient="dan@example.org"),
    ]
    assert [fate for fate, _ in imported(mailed, *others)] == [
        Fate.UNSURE,
        Fate.UNSURE,
        Fate.NOT_OURS,
    ]
    assert suppressed(mailed, "dan") is None
    assert imported(mailed, bounce(returned=known, recipient="DAN@example.org")) == [
        (Fate.HARD, "Dan@example.org")
    ]
    assert suppressed(mailed, "dan")


def test_a_complaint_counts_by_a_signed_message_id_where_it_names_the_address(
    mailed: Path, key: str, send_signed: Callable[[str], str]
) -> None:
    known = send_signed("dan")
    message = complaint("x@y.example", returned=known, reader="dan@example.org")
    assert imported(mailed, message) == [(Fate.COMPLAINT, "Dan@example.org")]


def test_a_signed_envelope_sender_finds_letters_of_older_versions_and_of_this_one(
    mailed: Path, key: str, send_signed: Callable[[str], str]
) -> None:
    signed = bounce_address("bounces@coalition.example", KEYS, send_signed("dan"))
    assert imported(mailed, bounce(signed), bounce(verp("bob"))) == [
        (Fate.HARD, "Dan@example.org"),
        (Fate.HARD, "Bob@example.org"),
    ]


def test_a_report_that_answers_several_letters_is_left_to_a_person(mailed: Path, key: str) -> None:
    assert imported(mailed, bounce(f"{verp('bob')}, {verp('ann')}")) == [(Fate.UNSURE, "")]


def test_soft_bounces_are_noted_and_do_not_undo_a_hard_one(
    mailed: Path, key: str, record: Find
) -> None:
    full = bounce(verp("bob"), status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
    assert imported(mailed, full) == [(Fate.SOFT, "Bob@example.org")]
    assert suppressed(mailed, "bob") is None
    assert record("bob").bounce.startswith("soft bounce: 5.2.2")
    imported(mailed, bounce(verp("bob")), full)
    assert record("bob").bounce.startswith("hard bounce")


def test_a_delay_and_an_absence_are_not_counted(mailed: Path, key: str, record: Find) -> None:
    away = (
        f"From: bob@example.org\nTo: {verp('bob')}\nSubject: Away until Monday\n"
        f"Auto-Submitted: auto-replied\nIn-Reply-To: {message_id('bob')}\n\nI am away. 5.1.1\n"
    ).encode()
    delayed = bounce(verp("bob"), action="delayed", status="4.4.1")
    assert [fate for fate, _ in imported(mailed, away, delayed)] == [Fate.ABSENCE, Fate.DELAYED]
    assert record("bob").bounced_at is None
    assert not (mailed / "suppressed.csv").exists()


def test_a_complaint_is_suppressed_and_marked(mailed: Path, key: str, record: Find) -> None:
    assert imported(mailed, complaint(verp("ann"))) == [(Fate.COMPLAINT, "Ann@example.org")]
    reason = suppressed(mailed, "ann")
    assert reason
    assert reason.startswith("reported the mail as unwanted")
    assert record("ann").bounce == "complaint"


def test_a_complaint_is_known_by_its_signed_unsubscribe_address(mailed: Path, key: str) -> None:
    token = seal(KEYS, Ticket("Eve@example.org", MAILING))
    message = complaint("x@y.example", unsubscribe=f"<https://coalition.example/leave/{token}>")
    assert imported(mailed, message) == [(Fate.COMPLAINT, "Eve@example.org")]
    assert suppressed(mailed, "eve")


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_a_report_that_is_no_complaint_suppresses_nobody(mailed: Path, key: str, kind: str) -> None:
    imported(mailed, complaint(verp("ann"), kind=kind))
    assert not (mailed / "suppressed.csv").exists()


def test_a_wish_to_unsubscribe_by_email_counts_with_a_token_of_ours(mailed: Path, key: str) -> None:
    token = seal(KEYS, Ticket("Eve@example.org", MAILING))
    by_mail = EmailMessage()
    by_mail["From"] = "eve@private.example"
    by_mail["Subject"] = f"unsubscribe {token}"
    by_mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    other = b"From: x@y.example\nSubject: unsubscribe bob@example.org\n\n"
    found = imported(mailed, by_mail.as_bytes(), other)
    assert found == [(Fate.UNSUBSCRIBE, "Eve@example.org"), (Fate.UNREAD, "")]
    assert suppressed(mailed, "eve") == "unsubscribed (2026-11-24)"
    assert suppressed(mailed, "bob") is None


def test_maildirs_and_mboxes_are_read_and_left_as_they_are(
    mailed: Path, key: str, tmp_path: Path
) -> None:
    people = ["bob", "ann", "eve"]
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    mbox = mailbox.mbox(tmp_path / "mbox")
    for name in people:
        maildir.add(bounce(verp(name)))
        mbox.add(bounce(verp(name)))
    mbox.close()
    before = (tmp_path / "mbox").read_bytes()
    for box in ("mbox", "Maildir"):
        found = import_bounces(mailed, [tmp_path / box]).findings
        assert sorted(one.address for one in found) == [
            f"{n.title()}@example.org" for n in sorted(people)
        ]
    assert (tmp_path / "mbox").read_bytes() == before
    with pytest.raises(AdvocacyError, match="no-mailbox"):
        import_bounces(mailed, [mailed])


def test_letters_of_several_mailings_and_ledgers_are_found(
    mailed: Path, key: str, record: Find, send
) -> None:
    send(mailed, "parks/thanks", ["bob", "dan"])
    imported(mailed, bounce(verp("dan", "parks/thanks")), bounce(verp("bob", "parks/thanks")))
    assert suppressed(mailed, "dan")
    assert record("bob").bounced_at is None


def test_without_a_ledger_nothing_is_ours(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "campaigns"
    folder.mkdir()
    assert imported(folder, bounce(verp("bob"))) == [(Fate.NOT_OURS, "")]


# --- hostile messages ---------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(depth)
    )
    return b"MIME-Version: 1.0\n" + head


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        nested(3000),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=\n\n--\n",
        b"Subject: =?utf-8?b?/////w==?= =?nope?q?x?=\n\n",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!!\n",
        b"Subject: " + b"x" * 2_000_000,
        b"Received: x; Tue, 99 Nov 99999 10:00:00 +9999\n\n",
        b"Content-Type: multipart/report; boundary=\"" + b"b" * 5000 + b"\"\n\n",
        b"Subject: =?utf-8?b?A?=\n\nhello\n",
        b"From: MAILER-DAEMON@x.example\nContent-Type: text/html\n\n" + b"<" * 100_000,
        b"From: MAILER-DAEMON@x.example\n\n" + b"-" * 100_000 + b" 550 " * 10_000,
        b"From: MAILER-DAEMON@x.example\nContent-Type: text/plain; charset=\0\n\n550 no\n",
    ],
)  # fmt: skip
def test_hostile_messages_are_harmless(mailed: Path, key: str, data: bytes) -> None:
    assert {fate for fate, _ in imported(mailed, data, bounce(verp("bob")))} >= {Fate.HARD}
    assert suppressed(mailed, "bob")


@given(st.binary(max_size=400), st.integers(0, 2000), st.integers(0, 200))
def test_no_bytes_break_the_reader(noise: bytes, at: int, cut: int) -> None:
    read_notice(noise, KEYS)
    whole = bounce(verp("bob"))
    read_notice(whole[:at] + noise + whole[at + cut :], KEYS)


def test_an_unsubscribe_before_a_message_that_cannot_be_read_is_kept(
    mailed: Path, key: str
) -> None:
    token = seal(KEYS, Ticket("Eve@example.org", MAILING))
    asked = f"From: e@private.example\nSubject: unsubscribe {token}\n\n".encode()
    found = imported(mailed, asked, b"Subject: =?utf-8?b?A?=\n\nhello\n")
    assert found == [(Fate.UNSUBSCRIBE, "Eve@example.org"), (Fate.UNREAD, "")]
    assert suppressed(mailed, "eve")


def test_what_was_understood_is_written_down_before_a_mailbox_that_cannot_be_read(
    mailed: Path, key: str, tmp_path: Path
) -> None:
    (tmp_path / "first.eml").write_bytes(bounce(verp("bob")))
    with pytest.raises(AdvocacyError):
        import_bounces(mailed, [tmp_path / "first.eml", tmp_path / "missing.eml"])
    assert suppressed(mailed, "bob")


def test_a_strangers_words_are_printed_and_kept_without_controls(
    mailed: Path, key: str, record: Find
) -> None:
    words = "smtp; 550 5.1.1 \x1b[31m\u202e=cmd(),\r\x07" + "x" * 500
    imported(mailed, bounce(verp("bob"), words=words))
    kept = record("bob").bounce + (suppressed(mailed, "bob") or "")
    assert not any(ord(c) < 32 or c in "\u202e\x7f" for c in kept)
    assert len(record("bob").bounce) < 250


@pytest.mark.slow
def test_the_command_says_what_came_of_each(mailed: Path, key: str, run_cli) -> None:
    full = bounce(verp("ann"), status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
    imported(mailed, bounce(verp("bob")), full, b"Subject: Hello\n\nHi\n", dry_run=True)
    box = mailed.parent / "box"
    result: subprocess.CompletedProcess[str] = run_cli("bounces", "import", box)
    assert result.returncode == 0
    assert result.stderr == ""
    assert "1 hard bounce: now suppressed" in result.stdout
    assert "Bob@example.org (parks/call, bob): 5.1.1 550 5.1.1" in result.stdout
    assert "1 soft bounce: noted, not suppressed" in result.stdout
    assert "002.eml: Hello" in result.stdout
    assert "campaigns/suppressed.csv: 1 added." in result.stdout
    again = run_cli("bounces", "import", box, "--report", "csv")
    assert again.stdout.startswith("what,address,mailing,letter,detail,subject,place,new\n")
    assert again.stdout.count("False") == 2


def test_kinds_are_told_apart() -> None:
    assert read_notice(bounce(), None).kind is Kind.BOUNCE
    assert read_notice(complaint("x@y.example"), None).kind is Kind.COMPLAINT
