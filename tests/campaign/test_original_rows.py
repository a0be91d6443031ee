"""What an organizer gets back to correct: rows as they stand in a workbook or a list of JSON."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from advocacy.batch.rejects import Rejects
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.original_rows import original_rows
from advocacy.errors import Problem

from .test_recipients_xlsx import Error, workbook

DAY = date(2026, 6, 22)


@pytest.fixture
def rejected(tmp_path: Path) -> Callable[[Path], list[dict[str, str]]]:
    """`rejected(list)`: the rows of problems.csv."""

    def run(path: Path) -> list[dict[str, str]]:
        rejects = Rejects(path, {})

        def report(problem: Problem) -> None:
            rejects.add([problem], problem.place, {})

        list(read_list(path, DAY, report))
        found = rejects.write(tmp_path / "out")
        assert found is not None
        with found.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return run


def test_a_row_of_a_workbook_comes_back_under_its_own_headers(tmp_path: Path, rejected) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [
            ["Members"],
            ["Name", "Zip", "Since", "Active"],
            ["Ann Roe", "02139", None, True],
            ["Bob Roe", 2139, date(2020, 1, 2), False],
            ["Cy Roe", Error("#N/A"), None, None],
        ],
    )
    rows = rejected(path)
    assert [(row["problem_line"], row["problem_code"]) for row in rows] == [
        ("4", "number-in-text"),
        ("5", "formula-error"),
    ]
    assert [row["Name"] for row in rows] == ["Bob Roe", "Cy Roe"]
    assert (rows[0]["Zip"], rows[0]["Since"], rows[0]["Active"]) == ("2139", "2020-01-02", "FALSE")
    assert rows[1]["Zip"] == "#N/A"


def test_an_object_of_json_lines_comes_back_by_its_keys(tmp_path: Path, rejected) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text(
        '{"name": "Ann Roe"}\n'
        '{"Name": "Bob Roe", "postal_code": 2139, "address": {"street": "1 Main Street"}}\n'
        "[1, 2]\n",
        encoding="utf-8",
    )
    rows = rejected(path)
    assert [(row["problem_line"], row["problem_code"]) for row in rows] == [
        ("2", "number-in-text"),
        ("3", "not-json"),
    ]
    assert (rows[0]["Name"], rows[0]["street"]) == ("Bob Roe", "1 Main Street")


@pytest.mark.parametrize("indent", [None, 1])
def test_each_object_of_a_json_list_is_a_row_of_its_own(
    tmp_path: Path, rejected, indent: int | None
) -> None:
    path = tmp_path / "list.json"
    people = [{"name": "Ann Roe"}, {"name": "Bob", "zip": 1}, {"name": "Cy", "zip": 2}]
    path.write_text(json.dumps(people, indent=indent), encoding="utf-8")
    rows = rejected(path)
    assert [(row["name"], row["zip"]) for row in rows] == [("Bob", "1"), ("Cy", "2")]


def test_lines_that_hold_no_row_are_empty_ones(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["name"], ["Ann Roe"], [], ["Cy Roe"]])
    rows = original_rows(path, {}, [2, 3, 4, 9])
    assert rows is not None
    assert list(rows) == [["name"], ["Ann Roe"], [], ["Cy Roe"], []]


def test_records_of_open_data_have_no_columns_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "parliament.json"
    path.write_text('{"persons": [{"name": "Ann Roe"}]}', encoding="utf-8")
    assert original_rows(path, {}, [1]) is None
