"""What large providers' servers say, and what it means for the message at hand and for the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.mail.smtp.judging import Step, Verdict, cleaned, enhanced, judged

SENT, REFUSED, DEFERRED, UNCERTAIN = Verdict
RCPT, END = Step.RCPT, Step.END

# The step, the reply, the verdict, the code of a stop (or "everyone" where it is all's matter).
SAID = [
    # Gmail
    (END, "250 2.0.0 OK  1606 x-20020 - gsmtp", SENT, None),
    (RCPT, "550 5.1.1 The email account that you tried to reach does not exist.", REFUSED, None),
    (RCPT, "452 4.2.2 The recipient's inbox is out of storage space.", DEFERRED, None),
    (RCPT, "552 5.2.2 The email account that you tried to reach is over quota.", REFUSED, None),
    (RCPT, "552 5.2.2 <a@b.example>: you have exceeded your disk quota", REFUSED, None),
    (RCPT, "450 4.2.1 The user you are trying to contact is receiving mail too quickly", DEFERRED,
     None),
    (RCPT, "421 4.7.0 Try again later, closing connection.", DEFERRED, "everyone"),
    (RCPT, "550 5.4.5 Daily user sending limit exceeded. For more information", DEFERRED,
     "sending-limit"),
    (END, "550 5.4.5 Daily user sending quota exceeded. o65sm2535 - gsmtp", DEFERRED,
     "sending-limit"),
    (END, "550 5.7.1 [192.0.2.1 12] Our system has detected an unusual rate of unsolicited mail",
     DEFERRED, "server-refuses"),
    (END, "550 5.7.26 This mail has been blocked because the sender is unauthenticated.", DEFERRED,
     "sender-not-authenticated"),
    (END, "552 5.7.0 This message was blocked because its content presents a", REFUSED, None),
    (RCPT, "530 5.7.0 Authentication Required.", DEFERRED, "login-required"),
    # Outlook and Exchange Online
    (RCPT, "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", REFUSED,
     None),
    (RCPT, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", REFUSED, None),
    (END, "550 5.1.90 Your message can't be sent, you've reached your daily limit", DEFERRED,
     "sending-limit"),
    (END, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", DEFERRED,
     "sending-limit"),
    (RCPT, "550 5.7.606 Access denied, banned sending IP [192.0.2.1].", DEFERRED,
     "server-refuses"),
    (RCPT, "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
     DEFERRED, "server-refuses"),
    (RCPT, "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus.",
     DEFERRED, "server-refuses"),
    (END, "550 5.7.515 Access denied, sending domain x.example does not pass", DEFERRED,
     "sender-not-authenticated"),
    (Step.MAIL, "451 4.7.500 Server busy. Please try again later", DEFERRED, "everyone"),
    # Yahoo
    (Step.MAIL, "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", DEFERRED,
     "everyone"),
    (Step.MAIL, "553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred",
     DEFERRED, "server-refuses"),
    (END, "554 Message not allowed - [PH01] Email not accepted for policy reasons.", REFUSED, None),
    (RCPT, "554 delivery error: dd This user doesn't have a yahoo.com account", REFUSED, None),
    # Amazon SES
    (END, "454 Throttling failure: Maximum sending rate exceeded.", DEFERRED, "everyone"),
    (END, "454 Throttling failure: Daily message quota exceeded.", DEFERRED, "sending-limit"),
    # Others
    (RCPT, "554 5.7.1 <a@b.example>: Recipient address rejected: You have exceeded your X quota",
     DEFERRED, "sending-limit"),
    (Step.DATA, "550 5.7.1 <DATA>: Data command rejected: only 10 messages per day", DEFERRED,
     "sending-limit"),
    (RCPT, "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted", DEFERRED, None),
    (RCPT, "554 5.7.1 <a@b.example>: Relay access denied", DEFERRED, "relay-denied"),
    (RCPT, "550 relay not permitted", DEFERRED, "relay-denied"),
    (RCPT, "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", REFUSED, None),
    (RCPT, "553 5.7.1 <a@b.example>: Sender address rejected: not owned by user me", DEFERRED,
     "sender-refused"),
    (Step.GREETING, "554 5.7.1 No SMTP service here", DEFERRED, "server-refuses"),
    (Step.MAIL, "552 5.3.4 Message size exceeds fixed limit", REFUSED, None),
    (Step.MAIL, "501 5.1.7 Bad sender address syntax", DEFERRED, "sender-refused"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "said", "verdict", "stop"), SAID, ids=[one[1][:40] for one in SAID]
)
def test_what_providers_say(step: Step, said: str, verdict: Verdict, stop: str | None) -> None:
    code, _, text = said.partition(" ")
    reply = judged(step, int(code), cleaned(text))
    assert reply.verdict is verdict
    assert reply.everyone is (stop is not None)
    assert (reply.stop.code if reply.stop else None) == (None if stop == "everyone" else stop)
    if reply.stop:
        assert cleaned(text) in reply.stop.message


@given(st.sampled_from(list(Step)), st.integers(0, 999), st.text(max_size=80))
def test_only_a_success_at_the_end_is_sent_and_only_a_5xx_is_refused(
    step: Step, code: int, text: str
) -> None:
    reply = judged(step, code, cleaned(text))
    assert (reply.verdict is SENT) == (step is END and code // 100 == 2)
    if reply.verdict is REFUSED:
        assert code // 100 == 5
        assert not reply.everyone
    if reply.verdict is UNCERTAIN:
        assert step is END
    assert reply.stop is None or (reply.verdict is DEFERRED and reply.everyone)


@given(st.text(max_size=1200) | st.binary(max_size=5000))
def test_whatever_a_server_says_is_one_bounded_line(said: str | bytes) -> None:
    text = cleaned(said)
    assert len(text) <= 500
    assert not any(character in text for character in "\n\r\x1b\x9b\u202e\u2028")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1 User unknown", (5, 1, 1)),
        ("4.7.500 busy", (4, 7, 500)),
        ("2.0.0", (2, 0, 0)),
        ("5.1.1.1 no", None),
        ("10.0.0.1 blocked", None),
        ("User 5.1.1", None),
        ("", None),
    ],
)
def test_the_enhanced_status_code_stands_first(
    text: str, status: tuple[int, int, int] | None
) -> None:
    assert enhanced(text) == status
