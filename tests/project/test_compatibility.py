"""What people have goes on working: files that an earlier program wrote.

`tests/data/compatibility` was written by the program before its first release: a campaign with
its approvals and its suppression list, rendered letters with their manifest, and the ledger of a
mailing to six people whose sender was killed. Ann and Ben had got their letters, Cleo's server
had refused hers, Dan's had put his off, Eva's was being handed over, and Finn's turn had not
come. The campaign brings its own layouts, so that a change of the built-in ones changes nothing
here. The files are never written anew.
"""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from advocacy.cli import group
from advocacy.mail.ledger import State, open_ledger

from ..mail.sink import Sink, serving

DATA = Path(__file__).parents[1] / "data" / "compatibility"
DAY = ("--today", "2026-03-02")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the old campaign, in the current folder."""
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("ADVOCACY_SMTP", raising=False)
    return Path("campaigns/parks.yaml")


def advocacy(*arguments: str | Path) -> int:
    """Run the command line in this process."""
    return group.main([str(one) for one in arguments])


def states(campaign: Path) -> Counter[State]:
    """How many letters of the mailing are in each state."""
    with open_ledger(campaign) as ledger:
        return Counter(ledger.counts("parks/call"))


def test_check_reads_a_campaign_and_its_approvals(old: Path) -> None:
    assert advocacy("check", old, "--strict") == 0


def test_letters_come_out_as_they_were(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advocacy("render", old, "--verify", "letters") == 0, capsys.readouterr()


def test_the_manifest_says_what_was_made(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advocacy("status", "--batch", "letters", "--report", "json") == 0
    assert json.loads(capsys.readouterr().out)


def test_letters_are_made_again_with_the_same_bytes(old: Path) -> None:
    made = {path: path.read_bytes() for path in Path("letters").rglob("*.eml")}
    assert advocacy("render", old, "--format", "eml", "--output", "letters", "-q") == 0
    assert {path: path.read_bytes() for path in made} == made
    assert len(made) == 6


def test_status_tells_how_far_the_mailing_came(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advocacy("status", old, "--report", "json") == 0
    (mailing,) = json.loads(capsys.readouterr().out)
    assert mailing["mailing"] == "parks/call"
    names = ("sent", "refused", "put_off", "under_way", "left")
    assert [mailing[name] for name in names] == [2, {"550 5.1.1": 1}, {"451 4.7.1": 1}, 0, 2]


def test_a_dry_run_counts_who_is_left(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as sink:
        assert dry_run(old, sink) == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "To send 2 messages" in told
    assert "6 listed: 2 sent, 1 refused by their servers, 1 uncertain: " in told
    assert sink.taken == []


def dry_run(campaign: Path, sink: Sink) -> int:
    """Run `send` without --send."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADVOCACY_SMTP", sink.url)
        return advocacy("send", campaign, *DAY)


def test_a_half_sent_mailing_is_finished_and_nobody_gets_it_twice(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as sink:
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        command = ("send", old, *DAY, "--send", "--patience", "0", "--yes", "6")
        assert advocacy(*command) == 3  # Cleo's was refused, and Eva's may have arrived
        assert sink.to == {"dan@neighbors.example": 1, "finn@neighbors.example": 1}
        assert states(old) == {
            State.SENT: 4, State.REFUSED: 1, State.UNCERTAIN: 1, State.DEFERRED: 0,
            State.SENDING: 0,
        }  # fmt: skip
        assert advocacy(*command) == 3
        assert sink.to.total() == 2
        assert advocacy(*command, "--resend-uncertain") == 3
        assert sink.to["eva@neighbors.example"] == 1
        assert sink.to.total() == 3


def test_the_suppression_list_is_kept_to(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advocacy("suppress", "list", "--report", "json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["address"] == "gone@neighbors.example"
    assert row["reason"] == "asked by telephone"


# --- people without ids, whose letters had other ids --------------------------------------------

IDS = ("ann-able", "ben-baker", "cleo-carver", "dan-dyer", "eva-ebel", "finn-fuller")
"""What earlier versions made of the names of people without ids."""


@pytest.fixture
def unnamed(old: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The campaign with a list without ids, of which three people have their letters."""
    listed = old.parent / "neighbors.csv"
    rows = listed.read_text().splitlines()
    then = zip(("id", *IDS), rows, strict=True)
    listed.write_text("\n".join(f"{name},{row.partition(',')[2]}" for name, row in then) + "\n")
    shutil.rmtree("letters")
    for file in old.parent.glob("*.sqlite*"):
        file.unlink()
    assert advocacy("render", old, "--format", "eml", "--output", "letters", "-q") == 0
    with serving() as sink:
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        assert (
            advocacy("send", old, *DAY, "--send", "--yes", "3", "--limit", "3", "--new-mailing")
            == 0
        )
        assert sink.to.total() == 3
    listed.write_text("\n".join(row.partition(",")[2] for row in rows) + "\n")
    return old


def test_letters_of_people_without_ids_are_verified_and_go_on_under_their_names(
    unnamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advocacy("render", unnamed, "--verify", "letters") == 0, capsys.readouterr()
    made = {path: path.read_bytes() for path in Path("letters").rglob("*.*")}
    assert advocacy("render", unnamed, "--format", "eml", "--output", "letters", "-q") == 0
    assert {path: path.read_bytes() for path in Path("letters").rglob("*.*")} == made
    assert {path.stem for path in made if path.suffix == ".eml"} == set(IDS)


def test_a_mailing_to_people_without_ids_is_finished_and_nobody_gets_it_twice(
    unnamed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as sink:
        capsys.readouterr()
        assert dry_run(unnamed, sink) == 0
        assert "6 listed: 3 sent, 3 left" in re.sub(r"\s+", " ", capsys.readouterr().out)
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        for _ in range(2):
            assert advocacy("send", unnamed, *DAY, "--send", "--yes", "6") == 0
            assert sink.to == dict.fromkeys(
                (f"{n}@neighbors.example" for n in "dan eva finn".split()), 1
            )
