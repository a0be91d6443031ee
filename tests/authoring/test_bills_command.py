"""What staff may rely on when they ask where a bill stands."""

import json
from pathlib import Path

import pytest

from advocacy.files.xml_reading import read_xml

from ..checks.test_bills import BILL, CAMPAIGN, LIST

EVENT = """\
events:
  hearing: {day: 2026-03-10, kind: hearing, what: Hearing on parks, source: us-119-s9901}
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "call.md").write_text("{{ demand.asks[0] }}")
    (tmp_path / "bill.yaml").write_text(BILL)
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "parks.yaml").write_text(CAMPAIGN + EVENT)
    return tmp_path / "parks.yaml"


def test_a_campaign_shows_its_bill_its_people_and_what_is_due(run_cli, campaign: Path) -> None:
    shown = run_cli("bills", "show", campaign).stdout
    assert "S. 9901, Springfield Parks Act" in shown
    assert "in committee in the Senate since 2026-02-04" in shown
    assert "cosponsor senate: 1 (Bo Example)" in shown
    assert "stage call: 4 letters" in shown
    assert "2026-03-10: hearing: Hearing on parks" in shown


def test_a_stage_that_would_be_refused_is_told(run_cli, campaign: Path) -> None:
    shown = run_cli("bills", "show", campaign, "--date", "2027-01-03").stdout
    assert "dead" in shown
    assert "stage call: On 2027-01-03, S. 9901 died" in shown


def test_what_changed_since_an_earlier_file_is_told(run_cli, campaign: Path) -> None:
    newer = campaign.with_name("newer.yaml")
    joined = "  - {id: e000009, name: Fay Example, joined: 2026-03-03}\ncommittees"
    newer.write_text(
        BILL.replace("committees", joined).replace("as_of: 2026-03-02", "as_of: 2026-03-04")
    )
    old = campaign.with_name("bill.yaml")
    shown = run_cli("bills", "show", newer, "--since", old).stdout
    assert "new: Fay Example joined on 2026-03-03." in shown
    back = run_cli("bills", "show", old, "--since", newer).stdout
    assert "new: Fay Example is no longer listed." in back


def test_an_earlier_file_of_another_congress_is_refused(run_cli, campaign: Path) -> None:
    other = campaign.with_name("other.yaml")
    other.write_text(BILL.replace("session: 119", "session: 118"))
    shown = run_cli("bills", "show", campaign.with_name("bill.yaml"), "--since", other)
    assert shown.returncode == 1
    assert "other-bill: The earlier file is about another bill, `us-118-s9901`." in shown.stderr


def test_who_is_not_in_office_has_no_position(run_cli, campaign: Path) -> None:
    people = campaign.with_name("list.csv")
    head, *rows = people.read_text().splitlines()
    lines = [f"{head},in_office_until", *(f"{one}," for one in rows[:-1]), f"{rows[-1]},2026-03-01"]
    people.write_text("\n".join(lines) + "\n")
    shown = run_cli("bills", "show", campaign).stdout
    assert "Cy Example" in shown
    assert "Di Example" not in shown


def test_programs_get_json_and_csv(run_cli, campaign: Path) -> None:
    found = json.loads(run_cli("bills", "show", campaign, "--report", "json").stdout)
    assert found[0]["state"] == "in committee"
    assert sum(one["count"] for one in found[0]["positions"]) == 4
    rows = run_cli("bills", "show", campaign, "--report", "csv").stdout.splitlines()
    assert rows[0] == "bill,position,chamber,party,name"
    assert len(rows) == 5


def test_the_picture_says_in_words_what_it_shows(run_cli, campaign: Path) -> None:
    svg = campaign.with_name("positions.svg")
    run_cli("bills", "show", campaign, "--svg", svg)
    root = read_xml(svg)
    text = root.findtext("desc") or ""
    assert "1 sponsor" in text


def test_a_cosponsor_who_is_not_on_the_list_is_told(run_cli, campaign: Path) -> None:
    people = campaign.with_name("list.csv")
    people.write_text("".join(line for line in LIST.splitlines(True) if "Bo Example" not in line))
    assert "not on this list: Bo Example (cosponsor)" in run_cli("bills", "show", campaign).stdout


def test_a_campaign_without_bills_says_where_to_name_them(run_cli, small_campaign: Path) -> None:
    result = run_cli("bills", "show", small_campaign)
    assert result.returncode == 1
    assert "bills:" in result.stderr + result.stdout


def test_a_letter_after_its_event_is_refused(run_cli, campaign: Path) -> None:
    text = campaign.read_text()
    campaign.write_text(text.replace("bill: us-119-s9901}", "bill: us-119-s9901, event: hearing}"))
    day = "2026-03-02"
    made = run_cli("render", campaign, "--format", "txt", "--date", day, cwd=campaign.parent)
    assert made.returncode == 0
    late = campaign.read_text().replace("until: 2026-03-02", "until: 2026-03-11")
    campaign.write_text(late)
    refused = run_cli(
        "render", campaign, "--format", "txt", "--date", "2026-03-11", cwd=campaign.parent
    )
    assert refused.returncode == 1
    assert "event-over" in refused.stderr + refused.stdout
