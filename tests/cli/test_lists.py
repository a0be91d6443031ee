"""What an organizer may rely on in `advocacy lists show`: a list explains itself."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from advocacy.cli.group import main

ROWS = """Members list,,,,,
Contact ID,Contact Type,First Name,Last Name,Email,Ward
7,Individual,Jane,Doe,jane@people.example,3
8,Individual,Zoë,Weiß,jane@people.example,4
,,,,,
9,Individual,Ann,Roe,ann at people,5
10,Individual,,,bob@people.example,6
"""


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(ROWS, "utf-8")
    return path


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]):
    """`show(FILE, *options)`: the exit code and what was printed."""

    def run(path: Path, *options: str) -> tuple[int, str]:
        code = main(["lists", "show", str(path), *options])
        return code, capsys.readouterr().out

    return run


def record(show, path: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(show(path, "--report", "json", *options)[1])
    return found


def test_a_list_says_how_it_is_written_and_what_each_column_is(show, members: Path) -> None:
    found = record(show, members)
    form = ("kind", "encoding", "separator", "header_row", "program")
    assert [found[key] for key in form] == ["CSV", "UTF-8", ",", 2, "CiviCRM"]
    assert [(one["header"], one["becomes"], one["why"]) for one in found["columns"]] == [
        ("Contact ID", "id", "program"),
        ("Contact Type", "recipient.contact_type", "own"),
        ("First Name", "given_name", "program"),
        ("Last Name", "family_name", "program"),
        ("Email", "email", "known"),
        ("Ward", "recipient.ward", "own"),
    ]


def test_every_number_adds_up_and_each_kind_of_problem_has_its_first_place(
    show, members: Path
) -> None:
    code, _ = show(members)
    found = record(show, members)
    assert code == 1
    assert (found["rows"], found["people"], found["mailboxes"]) == (4, 3, 1)
    kinds = {one["code"]: one for one in found["problems"]}
    assert kinds["no-name"]["first"].endswith("members.csv:7")
    assert kinds["same-address"]["count"] == 1
    assert kinds["title-rows"]["level"] == "note"


def test_people_are_masked_unless_they_are_asked_for(show, members: Path) -> None:
    for options in ((), ("--report", "json"), ("--report", "csv")):
        _, text = show(members, *options)
        assert "J••• D••" in text
        samples = text[text.index("J••• D••") :]
        assert "Jane" not in samples
        assert "jane@" not in samples
        _, text = show(members, "--people", *options)
        assert "Dear Jane Doe:" in text
        assert "jane@people.example" in text


def test_a_campaigns_list_is_shown_as_its_letters_address_people(
    show, small_campaign: Path, edit
) -> None:
    path = small_campaign.parent / "members.csv"
    path.write_text("Nom;honorific;Family\nRoe;Ms.;Roe\n", "utf-8")
    columns = "{Nom: name, Family: family_name}"
    edit(small_campaign, "demand:\n", f"recipients: members.csv\ncolumns: {columns}\ndemand:\n")
    found = record(show, small_campaign, "--people")
    assert [one["why"] for one in found["columns"]] == ["campaign", "known", "campaign"]
    assert found["samples"][0]["salutation"] == "Dear Ms. Roe:"


def test_a_campaign_without_a_list_says_so(show, small_campaign: Path, capsys) -> None:
    assert main(["lists", "show", str(small_campaign)]) == 1
    assert "no-recipients" in capsys.readouterr().err


def test_the_table_is_one_for_a_spreadsheet(show, members: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(show(members, "--report", "csv")[1])))
    parts = {row["part"] for row in rows}
    assert parts == {"list", "column", "problem", "sample"}
    assert {"part": "list", "name": "rows", "value": "4"}.items() <= rows[5].items() or any(
        (row["name"], row["value"]) == ("rows", "4") for row in rows
    )


def test_only_warnings_end_well_unless_strict(show, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,emial\nJane Doe,x\n", "utf-8")
    assert show(path)[0] == 0
    assert show(path, "--strict")[0] == 1


@pytest.mark.parametrize("text", ["", "foo\nbar\n", "\x00", "name,\x1b[31mred\nJane,x\n"])
def test_whatever_the_file_holds_something_is_said(show, tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    code, printed = show(path)
    assert code in (0, 1)
    assert "list.csv" in printed
    assert "\x1b[31m" not in printed


def test_a_missing_file_is_told_with_its_place(show, tmp_path: Path) -> None:
    code, printed = show(tmp_path / "none.csv")
    assert code == 1
    assert "file-missing" in printed


def test_who_could_get_neither_paper_nor_email_is_reported(show, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "name,email,address,city\nAnn,ann@people.example,,\nBob,,1 Main St,Town\nCy,,,\n", "utf-8"
    )
    assert "1 × warning missing-address" in show(path)[1]
    path.write_text("name,email,address,city\nAnn,ann@people.example,,\n", "utf-8")
    assert "missing-address" not in show(path)[1]
