"""`advocacy suppress`, as somebody at a terminal uses it."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each step starts the program anew


def test_people_are_added_listed_and_removed_with_a_reason(tmp_path: Path, run_cli) -> None:
    (tmp_path / "campaigns").mkdir()
    added = run_cli(
        "suppress", "add", "Bob@Example.org", "--domain", "example.net", "--reason", "no"
    )
    assert added.stdout == (
        "bob@example.org: added\n@example.net: added\ncampaigns/suppressed.csv: 2 added.\n"
    )
    listed = run_cli("suppress", "list")
    assert "everyone at example.net  no (20" in listed.stdout
    assert "2 suppressed (campaigns/suppressed.csv)." in listed.stdout
    assert run_cli("suppress", "remove", "bob@example.org").returncode == 2
    removed = run_cli("suppress", "remove", "bob@example.org", "--reason", "a mistake")
    assert removed.returncode == 0
    assert removed.stdout == (
        "bob@example.org: no longer suppressed (campaigns/suppressed.csv, line 2).\n"
    )
    lifted = run_cli("suppress", "list", "--lifted", "--report", "json")
    assert [row["lifted_reason"] for row in json.loads(lifted.stdout)] == ["a mistake", ""]


def test_who_said_no_themselves_is_removed_only_if_they_asked(tmp_path: Path, run_cli) -> None:
    page = "address,since,source\nbob@example.org,2026-11-20T10:00:00Z,unsubscribed\n"
    imported = run_cli("suppress", "import", "-", stdin=page)
    assert imported.stdout == "bob@example.org: added\nsuppressed.csv: 1 added.\n"
    args = ("suppress", "remove", "bob@example.org", "--reason", "signed up again")
    refused = run_cli(*args)
    assert refused.returncode == 1
    assert "suppressed.csv:2: error said-no-themselves" in refused.stderr
    assert "--they-asked" in refused.stderr
    assert run_cli(*args, "--they-asked").returncode == 0
    again = run_cli("suppress", "import", "-", stdin=page)
    assert "left out: lifted on a later day" in again.stdout


def test_nonsense_in_a_list_is_told_with_its_line(tmp_path: Path, run_cli) -> None:
    (tmp_path / "left.txt").write_text("bob@example.org\nBob Smith\n")
    result = run_cli("suppress", "import", "left.txt")
    assert result.returncode == 1
    assert "left.txt:2: error bad-suppression" in result.stderr
    assert "bob@example.org: added" in result.stdout
    nobody = run_cli("suppress", "add", "Bob Smith")
    assert nobody.returncode == 1
    assert "“Bob Smith” is not an email address" in nobody.stderr


def test_a_removed_person_at_a_suppressed_domain_is_told_to_be_still_left_out(
    tmp_path: Path, run_cli
) -> None:
    run_cli("suppress", "add", "bob@example.org", "--domain", "example.org")
    result = run_cli("suppress", "remove", "bob@example.org", "--reason", "x")
    assert "bob@example.org is still suppressed" in result.stderr
