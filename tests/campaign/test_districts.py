"""What organizers may rely on: the Census geocoder's results give supporters their district."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.recipients.lists import read_rows
from advocacy.campaign.supporters.districts import (
    read_districts,
    row_number,
    with_districts,
    write_batches,
)
from advocacy.errors import Problem

DAY = date(2026, 6, 22)
LIST = """\
id,name,address,city,region,postal_code,district
anna,Anna Lee,"12 High Street, Apt. 4",Columbus,OH,43215-0001,
bo,Bo Kim,1 Main Street,Cheyenne,WY,82001,
cy,Cy Poe,,Columbus,OH,43215,
di,Di Fox,2 Main Street,Columbus,OH,43215,3
"""
BLOCKS = "GEOID,CDFP\n390490030001005,03\n560210002001003,00\n010010201001000,02\n"
OHIO = '"-83.0,39.9","1","L","39","049","003000","1005"'
WYOMING = '"-104.8,41.1","2","R","56","021","000200","1003"'


def answer(*numbers: str) -> str:
    anna, bo, *missing = numbers
    rows = [
        f'"{anna}","12 High Street","Match","Exact","12 HIGH ST, COLUMBUS, OH, 43215",{OHIO}',
        f'"{bo}","1 Main Street","Match","Non_Exact","1 MAIN ST, CHEYENNE, WY",{WYOMING}',
        *(f'"{one}","nowhere, Columbus, OH, 43215","No_Match"' for one in missing),
    ]
    return "\n".join(rows) + "\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "blocks.txt").write_text(BLOCKS)
    return tmp_path / "list.csv"


def test_addresses_without_a_district_are_written_without_names(people: Path) -> None:
    problems: list[Problem] = []
    (file,) = write_batches(people, people.with_name("out.csv"), DAY, problems.append)
    lines = file.read_text().splitlines()
    assert [line.partition(",")[2] for line in lines] == [
        '"12 High Street, Apt. 4",Columbus,OH,43215',
        "1 Main Street,Cheyenne,WY,82001",
    ]
    assert "Anna" not in file.read_text()
    assert [one.code for one in problems] == ["no-address-to-locate"]


def test_supporters_get_the_district_of_their_block(people: Path) -> None:
    problems: list[Problem] = []
    rows = list(read_rows(people, DAY, problems.append))
    numbers = [row_number(row) for row in rows[:3]]
    answers = people.with_name("GeocodeResults.csv")
    answers.write_text(answer(*numbers))
    districts = read_districts([answers, people.with_name("blocks.txt")], problems.append)
    found = {
        row.id: (row.text_of("state"), row.text_of("district"))
        for row in with_districts(rows, districts)
    }
    assert found["anna"] == ("OH", "3")
    assert found["bo"] == ("WY", "0")
    assert found["di"][1] == "3"
    assert [one.code for one in problems] == ["address-not-found"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id,name\nanna,Anna Lee\n", "not-districts"),
        ('"a","12 High Street","Match","Exact","12 HIGH ST","-83,39","1","L"\n', "not-districts"),
        (answer("a", "b"), "no-block-file"),
    ],
)
def test_another_file_is_refused_with_the_cure(people: Path, text: str, code: str) -> None:
    file, problems = people.with_name("GeocodeResults.csv"), list[Problem]()
    file.write_text(text)
    assert read_districts([file], problems.append) == {}
    assert [one.code for one in problems] == [code]
    assert problems[0].hint
    assert problems[0].place is not None
