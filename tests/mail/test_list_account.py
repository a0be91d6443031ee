"""What `send` tells of a list: problems by kind, rows to correct, and numbers that add up."""

import csv
import re
from pathlib import Path

import pytest

from advocacy.cli import group

from .sink import serving

DAY = ("--today", "2026-03-02")
HEADER = "id,name,email,country\n"


@pytest.fixture
def listed(small_campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list with good rows and bad ones, beside a campaign that may be sent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    approve = ["approve", str(small_campaign), "--stage", "call", "--by", "Jane Doe", "-q"]
    assert group.main(approve) == 0
    rows = [f"p{n},Person {n},p{n}@people.example,US" for n in range(4)]
    rows += [f"q{n},Qerson {n},q{n}@people.example,Narnia" for n in range(6)]
    rows += ["p1,Person 1,p1@people.example,US", "z,Zoe Roe,,US"]
    path = tmp_path / "people.csv"
    path.write_text(f"{HEADER}{chr(10).join(rows)}\n")
    return path


def send(campaign: Path, listed: Path, *options: str) -> int:
    """Run `send` in this process."""
    return group.main(["send", str(campaign), "--recipients", str(listed), *DAY, *options])


def test_a_dry_run_accounts_for_every_row(
    small_campaign: Path, listed: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    capsys.readouterr()
    with serving() as sink:
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        send(small_campaign, listed)
    out, err = capsys.readouterr()
    assert err.count("bad-country: ") == 1
    assert "The same is true of 5 more rows." in err
    told = re.sub(r"\s+", " ", out)
    assert "4 messages; to 1 domain" in told
    assert "12 listed: 1 without an email address, 7 rejected rows, 4 left." in told
    assert "7 rejected rows (6 bad-country, 1 same-person)" in told
    with Path("output/parks/problems.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"q{n}" for n in range(6)]
    assert rows[0]["country"] == "Narnia"


def test_a_run_tells_the_same(
    small_campaign: Path, listed: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with serving() as sink:
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        send(small_campaign, listed, "--send", "--new-mailing", "--yes", "4")
        assert sink.to.total() == 4
    out, err = capsys.readouterr()
    assert err.count("bad-country: ") == 1
    assert "12 listed\n" in out
    assert "7 rejected rows\n" in out
    assert "Rejected rows by reason: 6 bad-country, 1 same-person." in out
    assert "output/parks/problems.csv" in out
