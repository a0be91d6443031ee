"""Who answered is noted, so that a reminder skips them."""

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.bounces.replies import note_replies, replied_file
from advocacy.mail.ledger import LedgerRecord

Find = Callable[..., LedgerRecord]


def test_an_answer_is_noted_by_letter_id_or_by_address(mailed: Path, record: Find) -> None:
    replies, problems = note_replies(mailed, ["bob", " ANN@Example.org "])
    assert problems == []
    assert [(one.letter_id, one.is_new) for one in replies] == [("bob", True), ("ann", True)]
    assert record("bob").replied_at
    assert record("ann").replied_at
    assert record("eve").replied_at is None


def test_noting_it_again_keeps_the_first_day(mailed: Path, record: Find) -> None:
    note_replies(mailed, ["bob"], on=date(2026, 11, 20))
    first = record("bob").replied_at
    assert first == datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    replies, _ = note_replies(mailed, ["bob"])
    assert not replies[0].is_new
    assert record("bob").replied_at == first


def test_of_several_mailings_the_last_one_is_answered_unless_another_is_named(
    mailed: Path, record: Find, send
) -> None:
    send(mailed, "parks/thanks", ["bob"])
    replies, _ = note_replies(mailed, ["bob"])
    assert [(one.mailing, one.others) for one in replies] == [("parks/thanks", ("parks/call",))]
    assert record("bob", "parks/call").replied_at is None
    note_replies(mailed, ["bob"], mailing="parks/call")
    assert record("bob", "parks/call").replied_at


def test_who_was_never_written_to_is_told_and_the_others_are_noted(
    mailed: Path, record: Find
) -> None:
    replies, problems = note_replies(mailed, ["nobody", "bob"])
    assert [one.letter_id for one in replies] == ["bob"]
    assert [(p.code, bool(p.hint)) for p in problems] == [("unknown-letter", True)]
    with pytest.raises(AdvocacyError, match="Did you mean `parks/call`"):
        note_replies(mailed, ["bob"], mailing="parks/cal")


def test_one_id_for_people_of_two_campaigns_is_asked_about(mailed: Path, send) -> None:
    folder = mailed
    other = folder / "other.yaml"
    from advocacy.mail.ledger import LedgerEntry, MailingText, open_ledger

    with open_ledger(other, create=True) as ledger:
        ledger.start("other/call", "other", "call", MailingText({}, ""))
        run = ledger.begin_run("other/call")
        ledger.exchange(
            run, [], [LedgerEntry("bob", "b@x.example", "b@x.example", "", "", "<1@x.y>")]
        )
    _, problems = note_replies(folder, ["bob"])
    assert [p.code for p in problems] == ["ambiguous-letter"]
    assert note_replies(folder, ["bob"], mailing="other/call")[1] == []


def test_without_a_ledger_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(AdvocacyError, match="ledger-missing"):
        note_replies(tmp_path, ["bob"])


def test_a_file_names_people_by_id_or_address(tmp_path: Path) -> None:
    path = tmp_path / "answered.csv"
    path.write_text("name,id,email\nBob,bob,\nAnn,,Ann@example.org\n")
    assert replied_file(path) == ["Ann@example.org", "bob"]
    path.write_text("# nobody yet\n")
    with pytest.raises(AdvocacyError, match="empty-list"):
        replied_file(path)


@pytest.mark.slow
def test_the_command_says_what_it_noted(mailed: Path, run_cli) -> None:
    result: subprocess.CompletedProcess[str] = run_cli("replied", "bob", "zoe")
    assert result.returncode == 1
    assert result.stdout == "bob (parks/call): noted\n"
    assert "unknown-letter: No letter to `zoe` was sent." in result.stderr
    again = run_cli("replied", "bob@example.org")
    assert (again.returncode, again.stdout) == (0, "bob (parks/call): was already recorded\n")
    assert run_cli("replied").returncode == 2
