"""Whoever may have got a letter is listed, with what to search for, and decided about alone."""

import json
import shutil
from pathlib import Path

import pytest

from advocacy.mail.ledger import State, open_ledger

from .sink import Sink
from .test_send import TODAY, Run, advocacy, left_under_way, parks, people, sink

__all__ = ["advocacy", "parks", "people", "sink"]


@pytest.fixture
def killed(advocacy: Run, parks: Path, people: Path, sink: Sink) -> Path:
    """A mailing whose sender was killed with three letters in hand."""
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "12")
    assert advocacy(*command, "--new-mailing", "--limit", "2") == 0
    left_under_way(parks, 4, 5, 6)
    return parks


def states(campaign: Path) -> dict[str, State]:
    with open_ledger(campaign) as ledger:
        return {one.letter_id: one.state for one in ledger.records("parks/call")}


def test_the_uncertain_are_listed_with_the_message_id_to_search_for(
    advocacy: Run, killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advocacy("uncertain", killed) == 0
    told = capsys.readouterr().out
    with open_ledger(killed) as ledger:
        records = ledger.records("parks/call", [State.UNCERTAIN])
        ids = [one.message_id.strip("<>") for one in records]
    assert len(ids) == 3
    assert all(f"Message-ID  {one}" in told for one in ids)
    assert "The run ended without recording the result" in told
    assert advocacy("uncertain", killed, "--report", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == ["p4", "p5", "p6"]
    assert rows[0]["address"] == "p4@d1.example"


def test_each_is_decided_about_alone_and_the_next_run_keeps_to_it(
    advocacy: Run, killed: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advocacy("uncertain", killed, "--arrived", "P4@d1.example", "--resend", "p5") == 0
    told = capsys.readouterr().out
    assert "p4@d1.example> (parks/call): counts as sent" in told
    assert "p5@d2.example> (parks/call): will be sent again by the next run" in told
    assert "id          p6" in told
    assert states(killed)["p4"] is State.SENT
    advocacy("status", killed)
    assert "1 × It may have arrived. The next run sends it again, as you decided.\n" in (
        capsys.readouterr().out
    )
    command = ("send", killed, "--recipients", people, *TODAY, "--send", "--yes", "12")
    assert advocacy(*command) == 3
    assert sink.to["p5@d2.example"] == 1
    assert sink.to["p4@d1.example"] == sink.to["p6@d0.example"] == 0
    assert "advocacy uncertain" in capsys.readouterr().out
    assert advocacy("uncertain", killed, "--arrived", "p6") == 0
    assert "No letter is uncertain." in capsys.readouterr().out
    assert advocacy(*command) == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--arrived", "p0"), 1),
        (("--arrived", "p4", "--resend", "nobody@x.example"), 1),
        (("--arrived", "p4", "--resend", "p4"), 2),
        (("--mailing", "other"), 1),
    ],
)
def test_where_somebody_cannot_be_found_nothing_is_decided(
    advocacy: Run, killed: Path, words: tuple[str, ...], code: int
) -> None:
    assert advocacy("uncertain", killed, *words) == code
    assert advocacy("uncertain", killed, "--report", "json") == 0
    found = states(killed)
    assert [found[name] for name in ("p4", "p5", "p6")] == [State.UNCERTAIN] * 3


def test_before_anything_was_sent_nobody_is_uncertain(
    advocacy: Run, parks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advocacy("uncertain", parks) == 0
    assert "No letter is uncertain." in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["status"], ["status", "--who", "all"], ["status", "--cites", "visits"],
              ["uncertain"]],
)  # fmt: skip
def test_whatever_a_copy_of_the_ledger_tells_it_says_that_another_may_know_more(
    advocacy: Run, killed: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    copy = killed.parent.with_name("copy") / killed.name
    shutil.copytree(killed.parent, copy.parent)
    command, *more = words
    report = [] if command == "status" and not more else ["--report", "csv"]
    assert advocacy(command, copy, *more, *report) == 0
    told = capsys.readouterr()
    assert "ledger-copy" in told.err
    assert "ledger-copy" not in told.out
    capsys.readouterr()
    assert advocacy(command, killed, *more, *report) == 0
    assert "ledger-copy" not in capsys.readouterr().err
