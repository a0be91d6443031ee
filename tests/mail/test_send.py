"""What an organizer may rely on who presses the button."""

import csv
import hashlib
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.cli import group
from advocacy.letters.approvals import record_approval
from advocacy.mail.consent.tokens import read_keys, unseal
from advocacy.mail.ledger import Ledger, LedgerEntry, State, open_ledger
from advocacy.mail.sending import passes
from advocacy.mail.sending.preparation import (
    MailingStoppedError,
    PreparedMailing,
    SendRequest,
)
from advocacy.mail.sending.sending import rehearse_mailing, send_mailing, send_test
from advocacy.mail.smtp import SmtpReply, Verdict
from advocacy.mail.smtp.pace import rate_from

from .sink import Sink, serving

Run = Callable[..., int]
N = 12


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch):
    with serving() as server:
        monkeypatch.setenv("ADVOCACY_SMTP", server.url)
        yield server


@pytest.fixture
def advocacy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line, in this process: `advocacy("send", path)` returns the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments: str | Path) -> int:
        return group.main([str(one) for one in arguments])

    return run


def write_list(path: Path, rows: list[dict[str, str]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, names)
        table.writeheader()
        table.writerows(rows)
    return path


def person(number: int, **changes: str) -> dict[str, str]:
    row = {
        "id": f"p{number}", "name": f"Person {number}", "address": f"{number} Main Street",
        "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US",
        "email": f"p{number}@d{number % 3}.example",
    }  # fmt: skip
    return {**row, **changes}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_list(tmp_path / "people.csv", [person(n) for n in range(N)])


@pytest.fixture
def parks(small_campaign: Path, advocacy: Run) -> Path:
    """A campaign whose text is approved, and the day on which it is sent is its own."""
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    record_approval(campaign, "call", "Jane Doe", DAY)
    return small_campaign


def number_of(address: str) -> int:
    return int(re.findall(r"\d+", address)[0])


DAY = date(2026, 3, 2)
TODAY = ("--today", str(DAY))


def test_without_send_nothing_leaves_and_nothing_is_written(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    before = {path.name for path in parks.parent.iterdir()}
    assert advocacy("send", parks, "--recipients", people, *TODAY) == 0
    told = capsys.readouterr().out
    assert "This was a dry run: nothing was sent." in told
    assert f"{N} messages; to 3 domains" in re.sub(r"\s+", " ", told)
    assert f"{N} listed: {N} left." in told
    assert "--send --new-mailing" in told
    assert sink.taken == []
    assert {path.name for path in parks.parent.iterdir()} == before


def test_a_mailing_reaches_everyone_once_however_often_it_is_run(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command) == 1
    assert "--new-mailing" in capsys.readouterr().err
    assert sink.taken == []
    assert advocacy(*command, "--new-mailing") == 0
    assert sink.to == {f"p{n}@d{n % 3}.example": 1 for n in range(N)}
    assert advocacy(*command) == 0
    assert sum(sink.to.values()) == N
    message = sink.message("p3@d0.example")
    assert message["Subject"] == "Keep the park open"
    assert message["Auto-Submitted"] is None


def test_a_program_sends_as_the_command_does(parks: Path, people: Path, sink: Sink) -> None:
    """The same calls serve a scheduled job: nothing of the terminal takes part."""
    request = SendRequest(parks, People(people), today=DAY)
    rehearsal = rehearse_mailing(request)
    assert (rehearsal.messages.count, rehearsal.stops) == (N, [])
    sent = send_test(request, "me@coalition.example")
    assert (sent.recipient, sent.problems) == ("Person 0 <p0@d0.example>", ())
    assert sink.to == {"me@coalition.example": 1}
    with pytest.raises(MailingStoppedError, match="new-mailing"):
        send_mailing(request, PreparedMailing.count_left)
    asked: list[int] = []

    def agree(mailing: PreparedMailing) -> int:
        asked.append(mailing.count_left())
        return asked[-1]

    result = send_mailing(replace(request, new_mailing=True), agree)
    assert result.is_finished
    assert result.states == Counter({State.SENT: N, **dict.fromkeys(set(State) - {State.SENT}, 0)})
    again = send_mailing(request, agree)
    assert (again.run, again.is_finished, asked) == (None, True, [N, 0])
    assert sink.to.total() == N + 1


def test_who_does_not_agree_sends_nothing(parks: Path, people: Path, sink: Sink) -> None:
    class NobodyAgreesError(Exception):
        pass

    def refuse(_mailing: PreparedMailing) -> int:
        raise NobodyAgreesError

    with pytest.raises(NobodyAgreesError):
        send_mailing(SendRequest(parks, People(people), today=DAY, new_mailing=True), refuse)
    assert sink.taken == []
    assert not list(parks.parent.glob("*.ledger.sqlite"))


def test_a_ledger_that_is_gone_does_not_mail_everyone_again(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 0
    for file in parks.parent.glob("*.ledger.sqlite*"):
        file.unlink()
    assert advocacy(*command) == 1
    assert sum(sink.to.values()) == N


def test_an_edited_list_never_mails_the_wrong_person(
    advocacy: Run, parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy.mail.smtp.FIRST_WAIT", 0.001)

    def refuse_the_second_half(step: str, address: str) -> str | None:
        return "451 4.7.1 later" if step == "rcpt" and number_of(address) >= N // 2 else None

    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 100)
    sink.answer = refuse_the_second_half
    assert advocacy(*command, "--new-mailing", "--patience", "0") == 3
    assert len(sink.to) == N // 2
    sink.answer = lambda _step, _address: None
    time.sleep(0.01)
    rows = [person(n) for n in range(N)]
    edited = [person(100), *rows[1::2], rows[0]]  # some gone, one new, another order
    write_list(people, edited)
    advocacy(*command)
    assert set(sink.to.values()) == {1}
    assert "p100@d1.example" in sink.to


OFFICE = "office@d1.example"


@pytest.mark.parametrize("ids", [("a", "b", "c"), ("", "", "")], ids=["ids", "no ids"])
def test_two_people_of_one_mailbox_get_a_letter_each_in_whatever_order_they_stand(
    advocacy: Run, parks: Path, people: Path, sink: Sink, ids: tuple[str, ...]
) -> None:
    rows = [person(n, id=id_, email=OFFICE) for n, id_ in enumerate(ids)]
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "9")
    write_list(people, rows[:2])
    assert advocacy(*command, "--new-mailing") == 0
    assert sink.to == {OFFICE: 2}
    assert advocacy(*command) == 0
    write_list(people, [rows[2], rows[1], rows[0]])
    assert advocacy(*command) == 0
    assert sink.to == {OFFICE: 3}


def test_a_person_whose_id_or_name_was_changed_gets_nothing_again(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "9")
    write_list(people, [person(1), person(2, id="", email=OFFICE)])
    assert advocacy(*command, "--new-mailing") == 0
    renamed = [person(1, id="new"), person(2, id="", email=OFFICE, name="Persona 2")]
    # The old id belongs to somebody at another mailbox now.
    write_list(people, [*renamed, person(3, id="p1", email="p3@d2.example")])
    assert advocacy(*command) in (0, 3)
    assert set(sink.to.values()) == {1}


def test_a_new_person_at_a_known_mailbox_gets_a_letter_of_their_own(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "9")
    write_list(people, [person(1, id="a1", name="Ann Lee", email=OFFICE)])
    assert advocacy(*command, "--new-mailing") == 0
    gus = person(7, id="a7", name="Gus Gray", email=OFFICE)
    write_list(people, [gus, person(8, id="", name="Hal Hunt", email=OFFICE)])
    assert advocacy(*command) == 0
    assert sink.to == {OFFICE: 3}
    again = person(1, id="z1", name="Lee, Ann", email=OFFICE)
    write_list(people, [gus, again])
    assert advocacy(*command) == 0
    assert sink.to == {OFFICE: 3}, "the same name under another id is the same person"
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", people, "--report", "csv", "--who", "all") == 0
    assert "sent under another id,the ledger has Ann Lee as a1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "a2", "name": "Anna Lee"}, "and the ledger has Ann Lee <office@d1.example> as a1"),
        ({"id": "a1", "name": "Zoe Zed"}, "a1 is Zoe Zed <office@d1.example>, and was Ann Lee"),
    ],
    ids=["perhaps the same name", "another name under the same id"],
)  # fmt: skip
def test_whoever_may_be_another_person_at_a_mailbox_is_shown_with_both_names(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    row: dict[str, str], told: str,
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "9")
    ann = person(1, id="a1", name="Ann Lee", email=OFFICE)
    write_list(people, [ann])
    assert advocacy(*command, "--new-mailing") == 0
    write_list(people, [person(1, **row, email=OFFICE)])
    for options in (command[:-3], command):
        capsys.readouterr()
        assert advocacy(*options) == (3 if "--send" in options else 0)
        assert told in re.sub(r"\s+", " ", "".join(capsys.readouterr()))
    assert sink.to == {OFFICE: 1}
    advocacy("status", parks, "--recipients", people, "--report", "csv")
    out = capsys.readouterr().out
    assert row["name"] in out
    assert "Ann Lee <office@d1.example>" in out
    if row["id"] == "a2":  # both on one list, each with an id, are two people
        write_list(people, [ann, person(1, **row, email=OFFICE)])
        assert advocacy(*command) == 0
        assert sink.to == {OFFICE: 2}


def test_what_came_of_a_letter_under_an_earlier_id_is_not_called_sent(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "9")
    write_list(people, [person(1)])
    sink.answer = lambda step, to: "550 5.1.1 no" if step == "rcpt" else None
    assert advocacy(*command, "--new-mailing") == 3
    write_list(people, [person(1, id="new")])
    assert advocacy(*command) == 3
    assert "1 refused by their servers" in capsys.readouterr().out


def test_an_id_that_is_another_persons_now_is_shown_with_both_and_never_skipped_in_silence(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two states count their lawmakers from 1, and one list follows the other."""
    command = ("send", parks, "--recipients", people, *TODAY)
    ohio = [person(n, id=str(n), name=f"Ohio {chr(65 + n)}") for n in range(1, 5)]
    write_list(people, ohio)
    assert advocacy(*command, "--send", "--yes", "9", "--new-mailing") == 0
    iowa = [person(n + 4, id=str(n), name=f"Iowa {chr(65 + n)}") for n in range(1, 5)]
    write_list(people, [*iowa, person(9)])
    capsys.readouterr()
    assert advocacy(*command) == 0
    told = re.sub(r"\s+", " ", "".join(capsys.readouterr()))
    assert "4 ids belong to another person in the ledger: 1 is Iowa B <p5@d2.example>" in told
    assert "and was Ohio B <p1@d1.example>" in told
    for left in (1, 0):
        assert advocacy(*command, "--send", "--yes", "9") == 3
        told = re.sub(r"\s+", " ", "".join(capsys.readouterr()))
        assert "1 is Iowa B <p5@d2.example>, and was Ohio B" in told, left
    assert sink.to.total() == 5
    assert advocacy("status", parks, "--recipients", people) == 0
    assert "4 whose id belongs to another person" in capsys.readouterr().out
    corrected = [person(n, id=str(n), name=f"{chr(65 + n)}, Ohio", email="new@d1.example")
                 for n in range(1, 2)]  # fmt: skip
    write_list(people, corrected)
    assert advocacy(*command, "--send", "--yes", "9") == 0, "a name in another order is the same"
    assert sink.to.total() == 5


def test_text_that_nobody_approved_does_not_leave(
    advocacy: Run, small_campaign: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", small_campaign, "--recipients", people, *TODAY)
    assert advocacy(*command, "--send", "--yes", N, "--new-mailing") == 1
    assert "not-approved" in capsys.readouterr().err
    assert sink.taken == []
    assert advocacy(*command) == 1
    assert "not-approved" in capsys.readouterr().out


def test_a_letter_dated_longer_ago_than_max_age_does_not_leave(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command, "--today", "2026-03-04") == 1
    assert "too-old" in capsys.readouterr().err
    assert sink.taken == []


def test_the_true_letter_of_the_evening_is_refused_the_next_day(
    advocacy: Run, campaigns: Path, sink: Sink, capsys
) -> None:
    campaign = campaigns / "microsoft.yaml"
    assert advocacy("approve", campaign, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    command = ("send", campaign, "--stage", "call", "--send", "--yes", 1, "--new-mailing")
    assert advocacy(*command, "--today", "2020-06-11") == 1
    told = capsys.readouterr().err
    assert "fact-ended" in told
    assert "2020-06-11" in told
    assert sink.taken == []


def test_no_more_than_was_agreed_is_sent(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--new-mailing")
    assert advocacy(*command, "--yes", N - 1) == 2
    assert f"{N} messages are left" in capsys.readouterr().err
    assert sink.taken == []


def test_a_list_that_grows_while_it_is_sent_gets_no_more_than_was_agreed(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    begin = PreparedMailing.begin

    def grow(prepared: PreparedMailing) -> Ledger:
        write_list(people, [person(n) for n in range(N + 5)])
        return begin(prepared)

    monkeypatch.setattr(PreparedMailing, "begin", grow)
    monkeypatch.setattr("advocacy.mail.smtp.FIRST_WAIT", 0.02)
    asked: list[str] = []

    def greylist(step: str, address: str) -> str | None:
        asked.append(address)
        return "451 4.7.1 later" if step == "rcpt" and asked.count(address) == 1 else None

    sink.answer = greylist  # those who are tried again are no others
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    assert "The list has grown" in capsys.readouterr().out
    assert len(sink.to) <= N
    assert set(sink.to.values()) <= {1}


def test_those_who_were_put_off_count_among_those_who_are_left(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    sink.answer = lambda step, _: "451 4.7.1 later" if step == "rcpt" else None
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--patience", 0)
    assert advocacy(*command, "--yes", N, "--new-mailing") == 3
    assert advocacy(*command, "--yes", N - 1) == 2
    capsys.readouterr()
    assert advocacy(*command, "--yes", N) == 3
    told = capsys.readouterr().out
    assert "no messages left" not in told
    assert f"{N} left ({N} deferred by their servers)" in told
    assert "The next run retries those who were deferred, from 20" in told


def left_under_way(campaign: Path, *numbers: int) -> None:
    """As a killed sender leaves it: begun, and some messages handed to a run that is no more."""
    with open_ledger(campaign) as ledger:
        run = ledger.begin_run("parks/call", versions={})
        entries = [
            LedgerEntry(
                f"p{n}", f"p{n}@d{n % 3}.example", f"p{n}@d{n % 3}.example", "", "", f"<{n}@x>"
            )
            for n in numbers
        ]
        ledger.exchange(run, [], entries)
        ledger.end_run(run, "")


@pytest.mark.slow
def test_of_a_part_of_the_list_no_other_uncertain_one_is_settled(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--only", "p0") == 0
    left_under_way(parks, 3, 4, 5)
    assert advocacy(*command, "--only", "p3", "--resend-uncertain") == 3
    assert advocacy(*command, "--only", "p4", "--assume-sent") == 3
    assert advocacy(*command) == 3
    assert sink.to == {f"p{n}@d{n % 3}.example": 1 for n in range(N) if n not in (4, 5)}


def test_a_list_that_cannot_be_read_is_not_a_mailing_that_is_done(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--limit", 1) == 0
    capsys.readouterr()
    write_list(people, [person(n, name="") for n in range(2)])
    assert advocacy(*command) == 1
    told = capsys.readouterr()
    assert "name" in told.err
    assert "no messages left" not in told.out


def test_somebody_whose_row_is_wrong_has_not_got_it(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    write_list(people, [person(0), person(1, name=""), person(2)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 3
    assert len(sink.to) == 2


@pytest.mark.parametrize(
    ("typed", "code", "sent"), [("12\n", 0, N), ("11\n", 2, 0), ("y\n", 2, 0), ("", 2, 0)]
)
def test_whoever_sends_types_the_number_of_messages(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys, typed: str, code: int, sent: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--new-mailing")
    assert advocacy(*command) == code
    assert len(sink.to) == sent
    if not typed:
        assert "--yes N" in capsys.readouterr().err


def test_what_one_server_refuses_keeps_nobody_else_from_the_letter(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    sink.answer = lambda step, to: "550 5.1.1 no such user" if to.startswith("p3@") else None
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 3
    assert len(sink.to) == N - 1
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", people, "--report", "csv") == 0
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row["what"], row["id"], row["email"]) == ("refused", "p3", "p3@d0.example")
    assert "5.1.1 no such user" in row["reason"]


def test_a_mailing_whose_password_nobody_knows_has_not_begun(
    advocacy: Run, parks: Path, people: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVOCACY_SMTP", "smtps://letters@127.0.0.1:9")
    monkeypatch.delenv("ADVOCACY_SMTP_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    for _ in range(2):
        assert advocacy(*command, "--new-mailing") == 1
        assert "ADVOCACY_SMTP_PASSWORD" in capsys.readouterr().err
    assert not list(parks.parent.glob("*.ledger.sqlite"))


def test_a_test_message_goes_to_me_alone_and_says_so(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    assert (
        advocacy("send", parks, "--recipients", people, *TODAY, "--test-to", "me@coalition.example")
        == 0
    )
    assert sink.to == {"me@coalition.example": 1}
    message = sink.message("me@coalition.example")
    assert message["Subject"] == "[TEST] for p0@d0.example: Keep the park open"
    assert not list(parks.parent.glob("*.ledger.sqlite"))


def test_the_dry_run_tells_how_long_the_slowest_domain_takes(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--rate", "14/s")
    assert advocacy(*command, "--per-domain", "d1.example=1/min") == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "It will take about 3 minutes, at that rate." in told


def test_of_many_reasons_the_dry_run_names_a_few(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    rows = [f"p{n}@d{n % 3}.example,reason {n}\n" for n in range(9)]
    suppressed = parks.parent / "suppressed.csv"
    suppressed.write_text("address,reason\n" + "".join(rows), encoding="utf-8")
    assert advocacy("send", parks, "--recipients", people, *TODAY) == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "9 suppressed (1 reason 0, 1 reason 1, 1 reason 2, 1 reason 3, 1 reason 4, …)" in told


def test_a_program_that_sends_gets_nothing_but_problems_and_the_reason_why_it_stopped(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    sink.answer = lambda step, _: "550 5.7.1 you are spam" if step == "rcpt" else None
    write_list(people, [person(n) for n in range(30)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 30)
    assert advocacy(*command, "--new-mailing", "--limit", 25, "--report", "json") == 3
    problem, account = json.loads(capsys.readouterr().out)
    assert problem["code"] == "too-many-refusals"
    assert re.fullmatch(r"25 listed: 1\d refused by their servers, 1\d left.", account["message"])
    sink.answer = lambda _step, _address: None
    assert advocacy(*command, "--report", "json", "--despite", "refusals") == 3
    (account,) = json.loads(capsys.readouterr().out)
    told = r"30 listed: \d+ sent, 1\d refused by their servers, 0 left."
    assert re.fullmatch(told, account["message"])


def test_even_a_quiet_run_says_why_it_stopped(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    sink.answer = lambda step, _: "550 5.7.1 you are spam" if step == "rcpt" else None
    write_list(people, [person(n) for n in range(30)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 30, "-q")
    assert advocacy(*command, "--new-mailing") == 3
    told = capsys.readouterr()
    assert "10 of the last 10 messages were refused" in told.err
    assert told.out == ""


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[2J", "\udcff", "x" * 200])
def test_a_mailing_has_a_name_that_can_be_read(
    advocacy: Run, parks: Path, people: Path, sink: Sink, name: str, capsys
) -> None:
    assert advocacy("send", parks, "--recipients", people, *TODAY, "--mailing", name) == 2


def test_status_knows_a_mailing_by_the_name_that_it_was_sent_under(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command, "--mailing", "Erinnerung – „zwei“, 2/3") == 0
    assert advocacy("status", parks, "--mailing", "Erinnerung – „zwei“, 2/3") == 0
    assert "parks/call/Erinnerung – „zwei“, 2/3" in capsys.readouterr().out


def test_status_takes_the_campaigns_own_addressee_for_nobody_whom_another_list_missed(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    assert f"More: advocacy status {parks} --recipients {people}" in capsys.readouterr().out
    assert advocacy("status", parks) == 0
    told = capsys.readouterr().out
    assert "listed" not in told
    assert f"{N} sent" in told
    assert "--recipients FILE" in told
    assert advocacy("status", parks, "--report", "csv") == 0
    assert capsys.readouterr().out.splitlines()[1:] == []
    own = ("send", parks, *TODAY, "--send", "--yes", 1, "--new-mailing", "--mailing", "own")
    assert advocacy(*own) == 0
    assert advocacy("status", parks, "--mailing", "own") == 0
    told = capsys.readouterr().out
    assert "1 listed\n" in told
    assert "0 left\n" in told


def test_status_tells_of_rows_that_nobody_can_be_written_to_for(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    write_list(people, [*(person(n) for n in range(N)), person(99, name="")])
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", people, "--report", "json") == 0
    assert f"people.csv:{N + 2}" in capsys.readouterr().err


def test_a_test_message_reaches_a_colleague_with_an_address_of_any_script(
    advocacy: Run, parks: Path, people: Path, sink: Sink, edit
) -> None:
    edit(parks, "email: letters@friends.example", "email: letters@fründe.example")
    command = ("send", parks, "--recipients", people, *TODAY, "--test-to", "jürgen@müller.example")
    assert advocacy(*command) == 0
    ((sender, to, _),) = sink.taken
    assert (sender, to) == ("letters@xn--frnde-lva.example", "jürgen@xn--mller-kva.example")


def test_a_day_is_pretended_towards_this_machine_alone(
    advocacy: Run, parks: Path, people: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("ADVOCACY_SMTP", "smtp://mail.example.org:587")
    assert advocacy("send", parks, "--recipients", people, *TODAY) == 1
    assert "pretended-day" in capsys.readouterr().err


def test_whoever_says_no_while_it_runs_gets_nothing_and_is_counted(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    suppressed = parks.parent / "suppressed.csv"

    def say_no(step: str, address: str) -> str | None:
        if not suppressed.exists():
            suppressed.write_text("address,reason\np9@d0.example,unsubscribed\n", encoding="utf-8")
        return None

    sink.answer = say_no
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 0
    assert "p9@d0.example" not in sink.to
    assert len(sink.to) == N - 1
    assert "1 suppressed" in capsys.readouterr().out


def test_a_list_of_those_who_said_no_that_breaks_while_it_runs_stops_it_with_an_account(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys
) -> None:
    def break_it(step: str, address: str) -> str | None:
        if step == "data" and len(sink.taken) == 3:
            (parks.parent / "suppressed.csv").write_text("what,is,this\n1,2,3\n", encoding="utf-8")
        return None

    sink.answer = break_it
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    told = capsys.readouterr().out
    assert f"{len(sink.to)} sent\n" in told
    assert "Stopped: " in told
    assert len(sink.to) < N
    (parks.parent / "suppressed.csv").unlink()
    assert advocacy(*command) == 0
    assert set(sink.to.values()) == {1}
    assert len(sink.to) == N


def test_a_text_that_changed_in_the_middle_stops_the_mailing_until_it_is_approved_and_accepted(
    advocacy: Run, parks: Path, people: Path, sink: Sink, edit, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--limit", 4) == 0
    letter = parks.parent / "templates" / "letters" / "open.md"
    edit(letter, "Many came after work.", "Many came after school.")
    assert advocacy("approve", parks, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    capsys.readouterr()
    assert advocacy(*command) == 1
    told = capsys.readouterr().err
    assert "4 messages have been sent with a different text" in told
    assert "letters/open.md" in told
    assert "after work." in told
    assert "after school." in told
    assert len(sink.to) == 4
    assert advocacy(*command, "--new-text") == 0
    assert len(sink.to) == N
    assert "after school" in str(sink.message("p9@d0.example").get_body(("plain",)).get_content())


def test_a_test_message_says_that_its_text_is_not_approved(
    advocacy: Run, parks: Path, people: Path, sink: Sink, edit, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--test-to", "me@coalition.example")
    assert advocacy(*command) == 0
    assert "not approved" not in capsys.readouterr().out
    edit(parks.parent / "templates" / "letters" / "open.md", "Many came", "Some came")
    assert advocacy(*command) == 0
    told = capsys.readouterr()
    assert "Its text is not approved." in told.out
    assert "approval-stale" in told.err


@pytest.mark.parametrize("rule", [".references { opacity: 0 }", ".sheet { position: fixed }"])
def test_an_email_whose_references_a_reader_does_not_see_is_not_sent_even_if_it_is_approved(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys, project_root: Path, rule: str
) -> None:
    css = parks.parent / "templates" / "layouts" / "email.css"
    css.parent.mkdir()
    css.write_text(f"{(project_root / 'templates/layouts/email.css').read_text('utf-8')}{rule}\n")
    campaign, _ = load_campaign(parks)
    assert campaign is not None
    record_approval(campaign, "call", "Jane Doe", DAY)  # as an older version did
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 1
    assert "missing-in-medium" in capsys.readouterr().err
    assert sink.taken == []


def test_whose_references_a_layout_hides_alone_gets_no_email_and_all_others_get_theirs(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys, project_root: Path, edit
) -> None:
    layout = parks.parent / "templates" / "layouts" / "email.html"
    layout.parent.mkdir()
    layout.write_text((project_root / "templates/layouts/email.html").read_text("utf-8"), "utf-8")
    hidden = '{% if letter.recipient.name == "Person 9" %}<div hidden>{% else %}<div>{% endif %}'
    edit(layout, "{{ body }}", f"{hidden}{{{{ body }}}}</div>")
    campaign, _ = load_campaign(parks)
    assert campaign is not None
    record_approval(campaign, "call", "Jane Doe", DAY)
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 3
    assert "missing-in-medium" in capsys.readouterr().err
    assert sink.to.total() == N - 1
    assert person(9)["email"] not in sink.to


def test_new_text_needs_an_approval_too(
    advocacy: Run, parks: Path, people: Path, sink: Sink, edit, capsys
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--limit", 4) == 0
    edit(parks.parent / "templates" / "letters" / "open.md", "Many came", "Some came")
    assert advocacy(*command, "--new-text") == 1
    assert "approval-stale" in capsys.readouterr().err
    assert len(sink.to) == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_finishes_what_is_in_flight_and_the_next_run_goes_on(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys, number: int
) -> None:
    """So do a request to end, as at the machine's shutdown, and a terminal that is closed."""

    def interrupt(step: str, address: str) -> str | None:
        if step == "data" and len(sink.taken) == 3:
            os.kill(os.getpid(), number)
            time.sleep(0.3)
        return None

    sink.answer = interrupt
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 130
    assert 4 <= len(sink.to) < N
    told = capsys.readouterr().out
    assert f"{N - len(sink.to)} left\n" in told
    assert "To continue, run the command again" in told
    with open_ledger(parks) as ledger:
        counts = ledger.counts("parks/call")
    assert counts[State.SENT] == len(sink.to)
    assert counts[State.UNCERTAIN] == counts[State.SENDING] == 0
    sink.answer = lambda _step, _address: None
    assert advocacy(*command) == 0
    assert set(sink.to.values()) == {1}
    assert len(sink.to) == N


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("place", ["load_campaign", "Candidates"])
@pytest.mark.parametrize("how", ["--send", "dry run", "--test-to"])
def test_before_the_first_message_a_request_to_end_does_what_ctrl_c_does(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, how: str, place: str, number: int,
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command, "--send", "--yes", 1, "--new-mailing", "--limit", 1) == 0
    handlers = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)]

    def end(*_: object, **__: object) -> None:
        os.kill(os.getpid(), number)
        time.sleep(5)

    module = "sending" if (place, how) == ("Candidates", "--test-to") else "preparation"
    options = {
        "--send": ("--send", "--yes", N),
        "dry run": (),
        "--test-to": ("--test-to", "me@coalition.example"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(f"advocacy.mail.sending.{module}.{place}", end)
        assert advocacy(*command, *options[how]) == 130
    said = capsys.readouterr().err
    assert "Interrupted." in said
    assert "Traceback" not in said
    assert sink.to.total() == 1
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)] == handlers
    assert advocacy(*command, "--send", "--yes", N) == 0
    assert set(sink.to.values()) == {1}


def test_a_request_to_end_reaches_a_run_in_the_background_that_ignores_ctrl_c(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    def interrupt(step: str, address: str) -> str | None:
        if step == "data" and len(sink.taken) == 3:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.3)
        return None

    sink.answer = interrupt
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert advocacy(*command, "--new-mailing", "--connections", 1) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert 4 <= len(sink.to) < N
    with open_ledger(parks) as ledger:
        assert ledger.counts("parks/call")[State.SENT] == len(sink.to)


@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_a_run_as_ctrl_c_does(
    parks: Path, people: Path, sink: Sink
) -> None:
    write_list(people, [person(n) for n in range(300)])
    sink.answer = lambda step, _address: time.sleep(0.02 if step == "data" else 0)
    command = ["send", str(parks), "--recipients", str(people), *TODAY, "--send", "--yes", "300"]
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-m", "advocacy", *command, "--new-mailing"])
    deadline = time.monotonic() + 60
    while len(sink.taken) < 100:  # the progress bar is shown by then
        assert time.monotonic() < deadline
        select.select([terminal], [], [], 0.01)[0] and os.read(terminal, 10_000)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 130
    with open_ledger(parks) as ledger:
        counts = ledger.counts("parks/call")
    assert 100 <= counts[State.SENT] == len(sink.to) < 300
    assert counts[State.UNCERTAIN] == counts[State.SENDING] == 0


def test_whom_a_server_puts_off_it_is_asked_for_again_in_the_same_run(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("advocacy.mail.smtp.FIRST_WAIT", 0.05)
    monkeypatch.setattr("advocacy.cli.progress.PATIENCE", 0.0)
    asked: list[str] = []

    def greylist(step: str, address: str) -> str | None:
        if step == "rcpt":
            asked.append(address)
            return "451 4.7.1 later" if asked.count(address) <= number_of(address) % 3 else None
        return None

    sink.answer = greylist
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 0
    assert sink.to == {f"p{n}@d{n % 3}.example": 1 for n in range(N)}
    with open_ledger(parks) as ledger:
        assert ledger.state_of("parks/call", ["p5"])["p5"].attempts == 3
    assert "to retry deferred messages" in capsys.readouterr().err


def test_a_long_mailing_leaves_patience_for_those_who_were_put_off(
    parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy.mail.smtp.FIRST_WAIT", 0.02)
    # On a busy machine the pass takes long, and so would the rest after it.
    monkeypatch.setattr("advocacy.mail.sending.passes.LONGEST_REST", 0.01)
    asked: list[str] = []

    def greylist(step: str, address: str) -> str | None:
        asked.append(address)
        return "451 4.7.1 later" if step == "rcpt" and asked.count(address) == 1 else None

    sink.answer = greylist
    request = SendRequest(
        parks, People(people), today=DAY, new_mailing=True, rate=rate_from("7/s"), patience=1.2
    )
    assert send_mailing(request, lambda _: N).is_finished
    assert set(sink.to.values()) == {1}


def test_a_server_that_turns_everybody_away_for_a_moment_costs_nobody_the_letter(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    asked = 0

    def busy(step: str, address: str) -> str | None:
        nonlocal asked
        asked += step == "rcpt"
        return "421 4.3.2 shutting down" if step == "rcpt" and asked == 6 else None

    sink.answer = busy
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 2) == 0
    assert sink.to == {f"p{n}@d{n % 3}.example": 1 for n in range(N)}


def test_ctrl_c_ends_a_run_whose_server_is_not_to_be_reached(
    advocacy: Run, parks: Path, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def unreachable(_self: object) -> SmtpReply:
        nonlocal tries
        tries += 1
        if tries == 1:
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        return SmtpReply(Verdict.DEFERRED, text="no way", everyone=True)

    monkeypatch.setenv("ADVOCACY_SMTP", "smtp://127.0.0.1:9")
    monkeypatch.setattr("advocacy.mail.smtp.connection.SmtpConnection.open", unreachable)
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 130
    assert tries <= 2


def test_another_mailing_of_the_same_stage_reaches_the_same_people_again(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    assert advocacy(*command, "--mailing", "reminder") == 0
    assert set(sink.to.values()) == {2}


def test_the_message_has_the_pdf_that_was_reviewed_whatever_lies_in_the_output_folder(
    advocacy: Run, parks: Path, sink: Sink, edit
) -> None:
    edit(parks, "template: open", "template: open\n    attach: [pdf]")
    assert advocacy("approve", parks, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    assert advocacy("render", parks, "--format", "pdf", "-q") == 0
    pdf = Path("output/parks/call/doe.pdf")
    reviewed = pdf.read_bytes()
    forged = reviewed + b"% forged\n"
    pdf.write_bytes(forged)
    sums = [hashlib.sha256(data).hexdigest() for data in (reviewed, forged)]
    edit(pdf.with_name("manifest.jsonl"), *sums)
    command = ("send", parks, *TODAY, "--send", "--yes", 1, "--new-mailing", "--workers", 1)
    assert advocacy(*command) == 0
    (attached,) = sink.message("jane@parks.example").iter_attachments()
    assert attached.get_content() == reviewed != forged


def test_when_the_day_ends_while_it_runs_the_letters_are_judged_anew(
    advocacy: Run, parks: Path, people: Path, sink: Sink, edit, capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    day = date(2026, 3, 2)
    monkeypatch.setattr(Campaign, "today", lambda _: day)
    over = False
    monkeypatch.setattr(passes, "_is_past", lambda _moment: over)
    edit(parks, "until: 2026-03-31", "until: 2026-03-02")

    def midnight(step: str, address: str) -> str | None:
        nonlocal day, over
        if step == "data" and len(sink.taken) == 3:
            day, over = date(2026, 3, 3), True
        return None

    sink.answer = midnight
    command = ("send", parks, "--recipients", people, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    told = capsys.readouterr()
    assert "outside-window" in told.err
    assert "The date changed to 2026-03-03" in told.out
    assert len(sink.to) < N


def test_two_senders_with_one_list_send_everything_once(
    parks: Path, tmp_path: Path, sink: Sink, advocacy: Run
) -> None:
    people = write_list(tmp_path / "many.csv", [person(n) for n in range(60)])
    command = ["send", parks, "--recipients", people, *TODAY, "--send", "--yes", "60", "-q"]
    assert advocacy(*command, "--new-mailing", "--limit", 1) == 0
    line = [sys.executable, "-m", "advocacy", *map(str, command)]
    both = [subprocess.Popen(line, cwd=tmp_path) for _ in range(2)]
    assert {process.wait(timeout=60) for process in both} <= {0, 3}
    assert len(sink.to) == 60
    assert set(sink.to.values()) == {1}


# --- subscribers ---------------------------------------------------------------------------------


@pytest.fixture
def subscribed(parks: Path, advocacy: Run, edit) -> Path:
    """The same for subscribers, who may say no."""
    edit(parks, "target:\n", "audience: subscribers\ntarget:\n")
    own = "unsubscribe: {url: 'https://friends.example/leave', mailto: leave@friends.example}"
    edit(parks, "email: letters@friends.example\n", f"email: letters@friends.example\n  {own}\n")
    bounces = "  bounces: bounces@friends.example\n"
    edit(parks, "  signatories: [{name: A.", f"{bounces}  signatories: [{{name: A.")
    assert advocacy("approve", parks, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    return parks


def test_each_subscriber_has_an_own_way_out_that_works(
    advocacy: Run, subscribed: Path, people: Path, sink: Sink, key: str
) -> None:
    command = ("send", subscribed, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 0
    message = sink.message("p4@d1.example")
    assert message["List-Id"] == "<parks.friends.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "bulk"
    (url,) = re.findall(r"<(https://[^>]+)>", message["List-Unsubscribe"])
    ticket = unseal(read_keys(key), url.rpartition("/")[2])
    assert ticket is not None
    assert (ticket.address, ticket.mailing) == ("p4@d1.example", "parks/call")
    for kind in ("plain", "html"):
        shown = message.get_body((kind,)).get_content()
        assert url in shown
        assert "1 Example Street" in shown
    (sender,) = {one for one, to, _ in sink.taken if to == "p4@d1.example"}
    assert re.fullmatch(r"bounces\+[a-z2-7]{42}@friends\.example", sender)
    assert len({one for one, _, _ in sink.taken}) == N


def test_subscribed_mail_without_a_way_out_does_not_start(
    advocacy: Run, subscribed: Path, people: Path, sink: Sink, edit, capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("ADVOCACY_KEY", raising=False)
    command = ("send", subscribed, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 1
    assert "no-key" in capsys.readouterr().err
    text = subscribed.read_text("utf-8")
    subscribed.write_text(re.sub(r"\n  unsubscribe: .*", "", text), "utf-8")
    assert advocacy(*command, "--new-mailing") == 1
    assert "no-unsubscribe" in capsys.readouterr().err
    assert sink.taken == []


def test_an_organisations_own_page_and_mail_need_no_key_and_promise_no_one_click(
    advocacy: Run, subscribed: Path, people: Path, sink: Sink, edit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("ADVOCACY_KEY", raising=False)
    edit(subscribed, "leave', mailto", "leave', signed: false, mailto")
    assert advocacy("approve", subscribed, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    command = ("send", subscribed, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 0
    message = sink.message("p4@d1.example")
    assert "<https://friends.example/leave>" in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] is None


def test_a_layout_that_hides_the_way_out_does_not_go_to_subscribers(
    advocacy: Run, subscribed: Path, people: Path, sink: Sink, key: str, project_root: Path, capsys
) -> None:
    layouts = subscribed.parent / "templates" / "layouts"
    layouts.mkdir()
    text = (project_root / "templates/layouts/email.html").read_text("utf-8")
    (layouts / "email.html").write_text(text.replace("{{ unsubscribe }}", "#"), "utf-8")
    assert advocacy("approve", subscribed, "--stage", "call", "--by", "Jane Doe", "-q") == 0
    command = ("send", subscribed, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 1
    assert "does not print the unsubscribe address" in capsys.readouterr().err
    assert sink.taken == []


def test_a_colleague_who_reads_the_test_cannot_unsubscribe_the_recipient(
    advocacy: Run, subscribed: Path, people: Path, sink: Sink, key: str
) -> None:
    command = ("send", subscribed, "--recipients", people, *TODAY)
    assert advocacy(*command, "--test-to", "me@coalition.example") == 0
    message = sink.message("me@coalition.example")
    assert message["List-Unsubscribe"] is None
    text = message.get_body(("plain",)).get_content()
    assert "https://friends.example/leave\n" in text.replace("\r", "")


def test_what_answers_came_in_keeps_a_reminder_from_those_who_sent_them(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    assert advocacy("replied", "p3", "--campaigns", parks.parent) == 0
    assert advocacy(*command, "--mailing", "reminder") == 0
    assert sink.to["p3@d0.example"] == 1
    assert sink.to["p4@d1.example"] == 2


def test_mail_to_targets_is_marked_as_no_list(
    advocacy: Run, parks: Path, people: Path, sink: Sink, key: str
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    message = sink.message("p4@d1.example")
    for name in ("List-Id", "List-Unsubscribe", "Precedence", "Auto-Submitted"):
        assert message[name] is None


# --- names and addresses that other tools stumble over -------------------------------------------


def test_hostile_names_and_addresses_reach_the_right_person_alone(
    advocacy: Run, parks: Path, tmp_path: Path, sink: Sink
) -> None:
    rows = [
        person(0, name="Smith, John", email="john@people.example"),
        person(1, name='Quote " <x@evil.example>', email="quote@people.example"),
        person(
            2, name="Jörg Müller-Lüdenscheidt, von und zu " + "ü" * 80, email="j@müller.example"
        ),
        person(3, name="Ünï", email="ünï@people.example"),
        person(4, name="Injected\nBcc: evil@evil.example", email="injected@people.example"),
    ]
    hostile = write_list(tmp_path / "hostile.csv", rows)
    command = ("send", parks, "--recipients", hostile, *TODAY, "--send", "--yes", 9)
    assert advocacy(*command, "--new-mailing") in (0, 3)
    assert not any("evil" in to for to in sink.to)
    assert sink.message("john@people.example")["To"].addresses[0].display_name == "Smith, John"
    assert "j@xn--mller-kva.example" in sink.to
    assert "ünï@people.example" in sink.to
    for _, _, data in sink.taken:
        head = data.partition(b"\r\n\r\n")[0]
        assert b"\r\nBcc" not in head
        assert max(map(len, data.split(b"\r\n"))) <= 998
