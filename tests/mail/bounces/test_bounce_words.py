"""Each rule of the table finds its example and decides it, and leaves its counterexample alone."""

import pytest

from advocacy.mail.bounces.severity import (
    BounceRule,
    Severity,
    bounce_rules,
    judge_report,
    judge_words,
    severity,
    status_of,
)

RULES = bounce_rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.server)
def test_each_rule_decides_its_example_and_not_the_other(rule: BounceRule) -> None:
    assert rule.pattern.search(rule.example)
    told = judge_words(rule.example)
    assert told
    assert told.severity == rule.verdict
    assert not rule.pattern.search(rule.other)


def test_every_rule_has_a_verdict_that_is_known() -> None:
    assert {rule.verdict for rule in RULES} == {"hard", "soft", "delayed"}


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.1.1", "smtp; 552 5.2.2 Over quota", Severity.SOFT),
        ("5.1.1", "smtp; 550 5.7.1 IP address blacklisted by recipient", Severity.SOFT),
        ("5.1.1", "smtp; 550 192.0.2.22 has sent to too many recipients this hour", Severity.SOFT),
        ("5.2.1", "smtp; 550-5.2.1 receiving mail at a rate that prevents more", Severity.SOFT),
        ("5.1.3", "smtp; 553 http://dnsbl.example/query/bl?ip=192.0.2.222", Severity.SOFT),
        ("5.0.0", "smtp; 550 no such user", Severity.HARD),
        ("5.0.0", "smtp; 554 dd This user doesn't have a mail.example account", Severity.HARD),
        ("5.0.0", "No such domain.", Severity.HARD),
        ("5.7.27", "smtp; 550 Host does not accept mail", Severity.HARD),
        ("5.5.0", "smtp; 550 Requested action not taken: mailbox unavailable", Severity.HARD),
        ("5.1.0", "smtp; 550 #5.1.0 Address rejected.", Severity.HARD),
        ("4.1.1", "smtp; 450 4.1.1 Recipient address rejected: User unknown", Severity.HARD),
        ("4.2.2", "smtp; 452 4.2.2 user over quota", Severity.SOFT),
        ("4.7.1", "smtp; 450 4.7.1 no such user for now", Severity.SOFT),
    ],
)
def test_the_wording_beats_a_wrong_code(status: str, words: str, expected: Severity) -> None:
    assert severity("failed", status, words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("550 Recipient <p@people.example> does not exist here", Severity.HARD),
        ('550 unknown local-part "p" in domain "people.example"', Severity.HARD),
        ("This address no longer accepts mail.", Severity.HARD),
        ("Benutzer p@people.example existiert nicht", Severity.HARD),
        ("Cette adresse est introuvable", Severity.HARD),
        ("L'indirizzo non è stato trovato", Severity.HARD),
        ("Endereço não encontrado", Severity.HARD),
        ("La cuenta del destinatario fue desactivada", Severity.HARD),
        ("Esta casilla ha expirado por falta de uso.", Severity.HARD),
        ("アドレスが見つかりませんでした", Severity.HARD),
        ("收件人不存在", Severity.HARD),
        ("5.1.351 Remote server returned unknown recipient", Severity.HARD),
        ("Le destinataire a dépassé son quota", Severity.SOFT),
        ("La casella del destinatario è piena", Severity.SOFT),
        ("A caixa postal do destinatário está cheia", Severity.SOFT),
        ("Destinatario desconocido o mailbox lleno", Severity.SOFT),
        ("メールボックスが一杯です", Severity.SOFT),
        ("550 5.7.1 This user does not accept mail from your domain", Severity.SOFT),
        ("550 Your IP address is listed in SORBS", Severity.SOFT),
        ("The recipient was unavailable to take delivery of the message", None),
        ("Die Zustellung an den Empfänger hat sich verzögert", Severity.DELAYED),
    ],
)
def test_words_of_many_servers_and_languages_are_known(
    words: str, expected: Severity | None
) -> None:
    told = judge_words(words)
    assert (told.severity if told else None) is expected


HERE = "p@people.example"


@pytest.mark.parametrize(
    "words",
    [
        f"550 User [{HERE}] does not exist",
        f"554 Rcpt <{HERE}> does not exist",
        f'550 "{HERE}" is not a known user',
        f"550-<{HERE}> is not a known user on this system; 550 see https://people.example",
        f"550-{HERE} is not an active address at this host (invalid username)",
        "553 sorry, badrcptto(user mail-box not found) (#5.7.1)",
        "550 BAD_RECIPIENT - see https://people.example/bounce",
        "550 NO_SUCH_USER",
        "550 RECIPIENT_NOT_FOUND",
        f"You sent mail to {HERE}. That's not a valid user here.",
        f"550 Mailbox “{HERE}” is unknown",
        f"550 Account '{HERE}' doesn't exist",
        f"550 Addressee ({HERE}) not found",
        f"550 Address {{{HERE}}} is invalid",
        f"550 Login <{HERE}>: not known here",
        f"550 Mail-box {HERE} is no longer valid",
        f"550 Recipient «{HERE}» not active",
        f"550 Address <{HERE}> inactive",
        "550 User 'pat' does not exist",
        "550 Mailbox [pat] not found",
        "550 User pat doesn't exist",
        f"550 {HERE} does not exist",
        f"550 <{HERE}>: not found",
        f"550 [{HERE}] is unknown",
        f"550 <{HERE}> is no longer a valid address",
        f"550 '{HERE}' is not our active recipient; unknown user",
        f"550 {HERE} isn't a known user",
        f"550 user {HERE} isn't known here",
        f"550 The user {HERE} has never existed",
        "550 RCPT_TO_INVALID",
        f"550 no such rcpt: {HERE}",
        f"550 unknown login {HERE}",
        f"550 We do not have a mailbox for {HERE}",
        "550 I don't know anybody by that name",
    ],
)
def test_an_address_may_stand_before_between_or_after_the_words(words: str) -> None:
    told = judge_words(words)
    assert told
    assert told.severity is Severity.HARD


@pytest.mark.parametrize(
    "words",
    [
        f"550 Sender <{HERE}> does not exist",
        f"550 Sender address [{HERE}] is not a valid address",
        f"550 MAIL FROM:<{HERE}> unknown",
        f"550 The sender's mailbox <{HERE}> does not exist",
        f"550 Your address {HERE} is not known",
        "550 Message rejected: invalid address in the From header",
        f"550 RCPT TO:<{HERE}> max message size exceeded",
        f"552 <{HERE}>: message size exceeds fixed limit",
        "552 Die Nachricht ist zu groß",
        "552 Le message est trop volumineux",
        "552 El mensaje es demasiado grande",
        "552 邮件过大",
    ],
)
def test_a_refused_sender_or_size_is_soft_whatever_the_code(words: str) -> None:
    assert severity("failed", "5.1.1", words) is Severity.SOFT


@pytest.mark.parametrize(
    "words",
    [
        f"Your message to {HERE} could not be delivered",
        f"Your message to <{HERE}> has been deleted",
        f"451 <{HERE}>: user database does not exist",
        f"Connection to {HERE} was closed",
        "451 Name server not found",
        f"<{HERE}>: unknown mail transport error",
        f"554 {HERE} - unknown error",
        f"550 user <{HERE}>: unknown error",
    ],
)
def test_other_trouble_beside_an_address_is_not_taken_for_a_missing_one(words: str) -> None:
    told = judge_words(words)
    assert told is None or told.severity is not Severity.HARD


def test_a_malformed_reply_of_a_name_server_is_read_alike_in_both_wordings() -> None:
    for words in ("Malformed name server reply", "Malformed or unexpected name server reply"):
        said = f"X-Postfix; Name service error for name=people.example type=MX: {words}"
        assert severity("failed", "5.0.0", said) is Severity.HARD
        assert severity("failed", "4.4.3", said) is Severity.SOFT


def test_an_address_in_the_words_decides_nothing() -> None:
    assert judge_words("550 <spam.quota@no-such-user.example>: see below") is None


def test_what_the_server_said_counts_before_what_the_report_says_in_general() -> None:
    told = judge_report(
        "It may be that the mailbox is full, or does not exist, or that you are blacklisted.\n\n"
        "The server said:\n550 5.1.1 <p@people.example>: User unknown\n\nPolicies apply.\n"
    )
    assert told
    assert told.severity is Severity.HARD
    assert told.words == "550 5.1.1 <<>>: User unknown"


def test_an_ip_address_or_a_version_is_no_status_code() -> None:
    assert status_of("", "host 5.1.1.20 said: 554 no") == "5.0.0"
    assert status_of("", "Exchange 5.5.2657.72: 550 5.1.1 x") == "5.1.1"
    assert status_of("", "since 2450 days") == ""
