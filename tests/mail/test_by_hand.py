"""What organizers may rely on: letters pasted into contact forms are recorded, and counted."""

import csv
import json
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import State, open_ledger
from advocacy.mail.sending.by_hand import read_worksheet_table, record_delivered, ticked_ids
from advocacy.mail.status.bill_report import quarter_days

from ..campaign.test_bills import WRITTEN
from ..checks.test_bills import CAMPAIGN, LIST

PEOPLE = """\
id,name,address,city,region,postal_code,state,consent,own_words,approved
anna,Anna Lee,12 High Street,Columbus,OH,43215,OH,yes,=1+1 </textarea><script>alert(1)</script>,yes
bo,Bo Kim,1 Oak Street,Omaha,NE,68102,NE,yes,,
"""
WORDS = """\
{% if recipient.position == "cosponsor" %}Thank you for cosponsoring the bill.
{% else %}Please cosponsor the bill, if you have not yet done so.
{% endif %}

{{ supporter.own_words }}
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "call.md").write_text(WORDS)
    (tmp_path / "bill.yaml").write_text(WRITTEN)
    rows = LIST.splitlines()
    form = "https://www.example.senate.gov/contact"
    rows = [f"{rows[0]},contact_form,url", *(f"{one},," for one in rows[1:])]
    rows[2] = f"{rows[2][:-1]}{form},"
    rows[4] = f"{rows[4]}javascript:alert(1)"
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "people.csv").write_text(PEOPLE)
    text = CAMPAIGN.replace("s9901}", "s9901, signed_by: supporters}")
    (tmp_path / "parks.yaml").write_text(f"{text}supporters: {{match: [state]}}\n")
    return tmp_path / "parks.yaml"


def test_each_supporter_has_a_page_with_the_form_and_the_text(run_cli, campaign: Path) -> None:
    folder = campaign.parent
    made = run_cli(
        "render", campaign, "--supporters", folder / "people.csv", "--format", "forms", cwd=folder
    )
    assert made.returncode == 0, made.stderr
    assert "2 letters on worksheets" in made.stdout
    forms = folder / "output" / "parks" / "forms"
    assert {path.name for path in forms.iterdir()} == {"anna.html", "bo.html", "forms.csv"}
    page = (forms / "anna.html").read_text()
    assert 'href="https://www.example.senate.gov/contact"' in page
    assert "<script>alert(1)" not in page
    assert "Thank you for cosponsoring the bill." in unescape(page)
    assert "anna--e000002" in page
    other = (forms / "bo.html").read_text()
    assert "javascript:" not in other
    with (forms / "forms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["anna--e000002"]["subject"] == "Parks"
    assert rows["anna--e000002"]["text"].startswith("Dear Bo Example:\n\nThank you")

    recorded = run_cli("delivered", campaign, "anna--e000002", "anna--e00002", cwd=folder)
    assert recorded.returncode == 1
    assert "anna--e000002 (parks/call): recorded as delivered by hand" in recorded.stdout
    assert "Did you mean `anna--e000002`?" in recorded.stderr
    again = run_cli("delivered", campaign, "anna--e000002", cwd=folder)
    assert "was already recorded" in again.stdout
    with open_ledger(campaign) as ledger:
        (record,) = ledger.records("parks/call")
        assert record.state is State.SENT
        assert record.reply == "Delivered by hand."
        assert record.replied_at is None
        assert ledger.replied("parks") == {}
        now = datetime.fromtimestamp(record.at, UTC)
    quarter = f"{now.year}Q{(now.month + 2) // 3}"
    report = run_cli("bills", "report", campaign, "--quarter", quarter, "--report", "json")
    (row,) = json.loads(report.stdout)["rows"]
    assert (row["bill"], row["position"], row["chamber"]) == ("us-119-s9901", "support", "Senate")
    assert (row["letters"], row["by_hand"]) == (1, 1)
    assert row["kind"].startswith("constituents' own letters")


def test_a_forgotten_supporter_is_gone_from_worksheets_and_from_the_ledger(
    run_cli, campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVOCACY_KEY", "abcdefghijklmnopqrstuvwxyz0123456789")
    folder = campaign.parent
    people = folder / "people.csv"
    head, anna, bo = PEOPLE.splitlines()
    people.write_text(f"{head},email\n{anna},anna@people.example\n{bo},bo@people.example\n")
    run_cli("render", campaign, "--supporters", people, "--format", "forms", cwd=folder)
    run_cli("delivered", campaign, "anna--e000002", "bo--e000004", cwd=folder)
    gone = run_cli("forget", "Anna@people.example", "--yes", "--campaigns", folder, cwd=folder)
    assert "1 letter in parks.ledger.sqlite" in gone.stdout
    assert "1 worksheet in" in gone.stdout
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept if b"anna" in path.read_bytes().lower()] == []
    with open_ledger(campaign) as ledger:
        persons = {record.person for record in ledger.records("parks/call")}
    assert persons == {"", "Bo Kim to Di Example"}


HEAD = "id,stage,supporter,member,delivered"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-worksheets"),
        ("id,name\n1,Ann\n", "not-worksheets"),
        (f"{HEAD}\n{'a' * 200_000},call,Ann,Bo,yes\n", "not-worksheets"),
        (f"{HEAD}\nanna--e000002,none,Ann,Bo,yes\n", "unknown-letter"),
        (f"{HEAD}\n,call,Ann,Bo,yes\n", "unknown-letter"),
        (f"{HEAD}\nanna--e000002\n".replace(",", ";"), ""),
    ],
)
def test_a_table_that_is_no_worksheets_is_told(campaign: Path, text: str, code: str) -> None:
    path = campaign.with_name("forms.csv")
    path.write_text(text)
    try:
        table = read_worksheet_table(path)
        problems = record_delivered(campaign, table, ticked_ids(table))[1]
    except AdvocacyError as error:
        problems = list(error.problems)
    assert [one.code for one in problems] == ([code] if code else [])


def test_a_campaign_that_sent_nothing_says_how_to_record_letters(run_cli, campaign: Path) -> None:
    told = run_cli("bills", "report", campaign, "--quarter", "2026Q2")
    assert told.returncode == 0
    assert "No letters on bills were sent from 2026-04-01 to 2026-06-30." in told.stdout
    assert "advocacy delivered" in told.stdout + told.stderr
    assert run_cli("bills", "report", campaign, "--quarter", "spring").returncode == 2


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026Q1", (date(2026, 1, 1), date(2026, 3, 31))),
        ("2024-q1", (date(2024, 1, 1), date(2024, 3, 31))),
        ("2026Q4", (date(2026, 10, 1), date(2026, 12, 31))),
        ("2026Q5", None),
        ("0000Q1", None),
    ],
)
def test_a_quarter_has_its_days(text: str, days: tuple[date, date] | None) -> None:
    assert quarter_days(text) == days
