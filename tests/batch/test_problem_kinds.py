"""Problems of many rows: one message a kind, every row once, and numbers that add up."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from advocacy.batch.campaigns import RenderRequest, RenderSummary, render_campaign
from advocacy.batch.problem_kinds import ProblemCollector
from advocacy.campaign.addressing import People
from advocacy.errors import Level, Place, Problem

LIST = Path("people.csv")
HEADER = "id,name,email,country\n"


def problem(line: int, code: str = "bad-country", text: str = "`country`: “X”.") -> Problem:
    return Problem(code, text, "Write the code.", Place(LIST, line))


def test_the_same_mistake_in_many_rows_is_one_message_with_the_first_place() -> None:
    found = ProblemCollector(LIST)
    found.add(problem(line) for line in range(2, 5002))
    (told,) = found.problems()
    assert told.place == Place(LIST, 2)
    assert told.message.endswith("The same is true of 4,999 more rows.")
    assert told.hint == "Write the code."


def test_a_few_rows_are_told_one_by_one() -> None:
    found = ProblemCollector(LIST)
    found.add(problem(line) for line in (2, 3, 3, 9))
    assert [told.place.line for told in found.problems() if told.place] == [2, 3, 9]


def test_kinds_are_codes_levels_and_columns() -> None:
    found = ProblemCollector(LIST)
    for line in range(2, 12):
        found.add([problem(line), problem(line, text="`region`: “Y”.")])
        found.add([problem(line, "bad-email").at(Level.WARNING)])
    assert len(found.problems()) == 3


def test_many_mistakes_in_one_row_are_one_message() -> None:
    found = ProblemCollector(LIST)
    found.add(problem(2, text=f"No font has {character}.") for character in "abcdefgh")
    (told,) = found.problems()
    assert told.message == "No font has a. The row has 7 more problems of this kind."


def test_problems_of_other_files_stay_as_they_are() -> None:
    found = ProblemCollector(LIST)
    found.add(Problem("x", f"{n}", place=Place(Path("call.md"), n)) for n in range(1, 30))
    assert len(found.problems()) == 29


@pytest.fixture
def summed(small_campaign: Path, tmp_path: Path):
    """`summed(rows)`: what rendering such a list comes to."""

    def run(rows: str, header: str = HEADER) -> RenderSummary:
        path = tmp_path / "people.csv"
        path.write_text(header + rows, encoding="utf-8")
        people = People(list=path)
        return render_campaign(
            RenderRequest(small_campaign, ("txt",), tmp_path / "out", people=people, workers=1)
        )

    return run


def test_every_row_is_a_letter_or_counted_with_its_reason(summed) -> None:
    rows = [f"p{n},Person {n},p{n}@people.example,US" for n in range(10)]
    rows += [f"q{n},Person {n},q{n}@people.example,Narnia" for n in range(7)]
    rows += ["p1,Person 1,p1@people.example,US", "p2,Somebody Else,s@people.example,US", "x,,,US"]
    for _ in range(2):
        summary = summed("\n".join(rows) + "\n")
        assert summary.left_out == Counter(
            {"bad-country": 7, "same-person": 1, "duplicate-id": 1, "no-name": 1}
        )
        assert summary.listed == len(rows)
        assert summary.made + summary.unchanged + summary.left_out.total() == summary.listed
        (note,) = (told for told in summary.problems if told.code == "left-out")
        assert note.message == (
            "10 of 20 recipients on the list get no letter: 7 bad-country, 1 same-person, "
            "1 duplicate-id, 1 no-name."
        )
        assert note.level is Level.NOTE
    assert (summary.made, summary.unchanged) == (0, 10)


DEFECTS = [
    ",,x@people.example,US", "b{n},Bad Country {n},x{n}@people.example,Narnia",
    "c{n},Cell Count {n}", "d{n},Cell Count {n},d{n}@people.example,US,more",
    'e{n},"Not "closed" {n}",e{n}@people.example,US', "f{n},Bell \x07 {n},f{n}@people.example,US",
    "p0,Other Than P0 {n},g{n}@people.example,US", "p1,Person 1,p1@people.example,US",
    "{x},Long Id {n},h{n}@people.example,US", 'i{n},"Two\nlines {n}",i{n}@people.example,US',
]  # fmt: skip


def test_a_list_with_every_kind_of_defect_adds_up(summed) -> None:
    rows = []
    for n in range(400):
        rows.append(f"p{n},Person {n},p{n}@people.example,US")
        if n % 4 == 3:
            rows.append(DEFECTS[n // 4 % len(DEFECTS)].format(n=n, x="x" * 251))
    summary = summed("\n".join(rows) + "\n")
    assert (summary.made, summary.listed) == (400, 500)
    assert summary.left_out.total() == 100
    assert summary.left_out["bad-country"] == summary.left_out["same-person"] == 10
    with summary.rejects.open(encoding="utf-8", newline="") as file:
        rejected = [row["problem_line"] for row in csv.DictReader(file)]
    assert len(rejected) == len(set(rejected)) == 90  # a person listed twice is nothing to correct


def test_a_list_without_a_flaw_has_nothing_to_say(summed) -> None:
    assert summed("p1,Ann Roe,ann@people.example,US\n").problems == []


def test_problems_csv_has_each_row_once_with_all_that_is_wrong(summed) -> None:
    summary = summed("p1,ANN ROE,ann@gmail.con,US\np2,Bo Roe,bo@people.example,US\n")
    with summary.rejects.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["problem_code"] == "name-in-capitals domain-slip"
    assert row["email"] == "ann@gmail.con"


def test_problems_csv_has_the_lists_own_header_wherever_it_stands(summed) -> None:
    summary = summed("p1,,ann@people.example,US\n", f"Members list,,,\n\n{HEADER}")
    with summary.rejects.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["problem_line"], row["problem_code"]) == ("4", "no-name")
    assert (row["id"], row["email"]) == ("p1", "ann@people.example")


def test_what_is_wrong_with_a_header_is_no_row_to_correct(summed) -> None:
    assert summed("a,b\n", "foo,bar\n").rejects is None


def test_the_count_is_in_every_form_of_report(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(f"{HEADER}p1,Ann Roe,,Narnia\np2,Bo Roe,,US\n")
    result = run_cli(
        "render", small_campaign, "--recipients", "people.csv", "--format", "txt",
        "--report", "json",
    )  # fmt: skip
    codes = [one["code"] for one in json.loads(result.stdout)]
    assert codes == ["bad-country", "left-out"]
