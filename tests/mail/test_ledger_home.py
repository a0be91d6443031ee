"""Two copies of a ledger never go on with one mailing unless somebody says so."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import Ledger, Result, State, home, open_ledger

from .ledger_fixtures import MAILING, TEXT, entry
from .sink import Sink
from .test_send import TODAY, Run, advocacy, parks, people, sink

__all__ = ["advocacy", "parks", "people", "sink"]


def mailed(campaign: Path, *names: str) -> None:
    """Send letters with the ledger of a campaign, if it may be used."""
    with open_ledger(campaign, create=True, environ={}) as ledger:
        if ledger.mailing(MAILING) is None:
            ledger.start(MAILING, "parks", "call", TEXT)
        with ledger.begin_run(MAILING) as run:
            ledger.exchange(run, [], [entry(name) for name in names])
            ledger.exchange(run, [Result(name, State.SENT, 250, "ok") for name in names], [])


def refused(campaign: Path) -> str:
    """The code of the problem for which nothing is sent."""
    with pytest.raises(AdvocacyError) as caught:
        mailed(campaign, "eve")
    return caught.value.problems[0].code


def ledger_of(campaign: Path) -> Path:
    return campaign.with_name("parks.ledger.sqlite")


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    return tmp_path / "here" / "parks.yaml"


@pytest.fixture
def copied(campaign: Path, tmp_path: Path) -> Callable[[], Path]:
    """Copies the folder of the campaign; the campaign's path there."""

    def copy() -> Path:
        shutil.copytree(campaign.parent, tmp_path / "there")
        return tmp_path / "there" / "parks.yaml"

    return copy


def decided(campaign: Path) -> Ledger:
    ledger = open_ledger(campaign, environ={})
    ledger.continue_here()
    return ledger


def test_a_copy_is_not_sent_with_until_somebody_says_which_one_goes_on(
    campaign: Path, copied: Callable[[], Path]
) -> None:
    mailed(campaign, "ann")
    copy = copied()
    assert refused(copy) == "ledger-copy"
    mailed(campaign, "bob")
    assert refused(copy) == "ledger-copy", "it is an older one now"
    with decided(copy) as ledger, ledger.begin_run(MAILING):
        pass
    mailed(copy, "eve")
    assert refused(campaign) == "ledger-copy", "the other one went on"


def test_a_ledger_that_was_moved_or_is_reached_by_a_link_goes_on(
    campaign: Path, tmp_path: Path
) -> None:
    mailed(campaign, "ann")
    (tmp_path / "link").symlink_to(campaign.parent)
    mailed(tmp_path / "link" / "parks.yaml", "bob")
    campaign.parent.rename(tmp_path / "moved")
    mailed(tmp_path / "moved" / "parks.yaml", "eve")
    mailed(tmp_path / "moved" / "parks.yaml", "dan")


def test_an_older_backup_that_came_back_is_told_of(campaign: Path, tmp_path: Path) -> None:
    mailed(campaign, "ann")
    file = ledger_of(campaign)
    backup = shutil.copyfile(file, tmp_path / "backup")
    mailed(campaign, "bob")
    shutil.copyfile(backup, file)
    assert refused(campaign) == "ledger-older"
    with decided(campaign) as ledger, ledger.begin_run(MAILING):
        pass
    mailed(campaign, "eve")


def test_a_backup_from_the_middle_of_a_killed_run_is_told_of(
    campaign: Path, tmp_path: Path
) -> None:
    ledger = open_ledger(campaign, create=True, environ={})
    ledger.start(MAILING, "parks", "call", TEXT)
    run = ledger.begin_run(MAILING)
    ledger.exchange(run, [], [entry("ann")])
    backup = tmp_path / "backup"
    backup.mkdir()
    for file in campaign.parent.iterdir():
        shutil.copyfile(file, backup / file.name)
    ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], [entry("bob")])
    ledger.close()
    for file in campaign.parent.iterdir():
        file.unlink()
    for file in backup.iterdir():
        shutil.copyfile(file, campaign.parent / file.name)
    assert refused(campaign) == "ledger-older"


def test_a_ledger_from_another_machine_is_told_of(
    campaign: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mailed(campaign, "ann")
    monkeypatch.setattr("advocacy.mail.ledger.sqlite.this_machine", lambda: "another")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert refused(campaign) == "ledger-elsewhere"
    with decided(campaign) as ledger, ledger.begin_run(MAILING):
        pass
    mailed(campaign, "eve")


def test_where_nothing_can_be_remembered_it_is_sent_all_the_same(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    monkeypatch.setattr(home, "_IDS", ())
    home.this_machine.cache_clear()
    mailed(campaign, "ann")
    mailed(campaign, "bob")
    home.this_machine.cache_clear()


def test_the_command_says_so_and_sends_nothing_until_it_is_told(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command, "--send", "--yes", "2", "--new-mailing", "--limit", "2") == 0
    backup = shutil.copyfile(ledger_of(parks), tmp_path / "backup")
    assert advocacy(*command, "--send", "--yes", "2", "--limit", "4") == 0
    shutil.copyfile(backup, ledger_of(parks))
    capsys.readouterr()
    assert advocacy(*command) == 1
    assert "ledger-older" in "".join(capsys.readouterr())
    assert advocacy("status", parks, "--recipients", people) == 0
    assert "ledger-older" in "".join(capsys.readouterr())
    assert advocacy(*command, "--send", "--yes", "20") == 1
    assert sink.to.total() == 4
    told = "".join(capsys.readouterr())
    assert "ledger-older" in told
    assert "--this-ledger" in told
    assert advocacy(*command, "--this-ledger") == 2
    assert advocacy(*command, "--send", "--yes", "20", "--this-ledger") == 0
    assert sink.to.total() == 14, "two of the four that the backup does not know got it again"
    assert advocacy(*command, "--send", "--yes", "20") == 0


@pytest.mark.parametrize("other", [(), ("--mailing", "two")])
def test_a_decision_for_this_ledger_is_kept_where_nobody_is_left(
    advocacy: Run, parks: Path, people: Path, sink: Sink, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], other: tuple[str, ...],
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", "20", *other)
    assert advocacy(*command, "--new-mailing") == 0
    backup = shutil.copyfile(ledger_of(parks), tmp_path / "backup")
    assert advocacy("replied", "p1", "--campaigns", parks.parent) == 0
    shutil.copyfile(backup, ledger_of(parks))
    assert advocacy(*command) == 1
    assert "ledger-older" in "".join(capsys.readouterr())
    assert advocacy(*command, "--this-ledger") == 0
    assert "There are no messages left" in capsys.readouterr().out
    assert advocacy(*command) == 0
    assert sink.to.total() == 12
