"""What an organizer may rely on when choosing among the people of a list."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.select import Selection, excluded, where
from advocacy.errors import AdvocacyError, Problem, ignore

ROWS = """\
id,name,city,email,country,language,ward
a,Jane Doe,Springfield,jane@parks.example,US,,1
b,Ann Roe,Springfield,ann@parks.example,US,,2
c,Zoë Weiß,Köln,,DE,de,
d,山田太郎,東京,,JP,ja,
e,Bob Example-With-A-Very-Long-Name-Of-Many-Parts,springfield,bob@parks.example,US,,1
f,Θεανώ Νικολάου,Αθήνα,,GR,el,3
"""


@pytest.fixture
def choose(tmp_path: Path):
    """`choose(where=…)`: the ids of the chosen, and the problems."""
    path = tmp_path / "list.csv"
    path.write_text(ROWS, encoding="utf-8")

    def run(**options: object) -> tuple[list[str], list[Problem]]:
        texts = options.pop("where", ())
        selection = Selection(where(texts), **options)  # type: ignore[arg-type]
        problems: list[Problem] = []
        rows = read_list(path, date(2026, 6, 22), problems.append)
        ids = [row.letter_id for row in selection.choose(rows, problems.append)]
        return ids, problems

    return run


def test_everyone_is_chosen_in_the_lists_order_unless_said_otherwise(choose) -> None:
    assert choose() == (list("abcdef"), [])


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["city=Springfield"], "abe"),
        (["city=SPRINGFIELD", "ward=1"], "ae"),
        (["ward=1", "ward=2"], "abe"),
        (["ward=1", "ward=3", "country=US"], "ae"),
        (["City = Springfield"], "abe"),
        (["email="], "cdf"),
        (["ward="], "cd"),
        (["city=ko\u0308ln"], "c"),
        (["id=b"], "b"),
        (["city=Nowhere"], ""),
    ],
)
def test_where_joins_values_of_a_column_by_or_and_columns_by_and(
    choose, texts: list[str], ids: str
) -> None:
    assert choose(where=texts) == (list(ids), [])


def test_a_column_that_nobody_has_is_told_with_the_nearest(choose) -> None:
    ids, problems = choose(where=["wardd=1"])
    assert ids == []
    assert [p.code for p in problems] == ["unknown-column"]
    assert "`ward`" in problems[0].hint


@pytest.mark.parametrize("text", ["ward", "=1", " = "])
def test_a_selection_that_is_none_is_told(text: str) -> None:
    with pytest.raises(AdvocacyError) as error:
        where([text])
    assert error.value.problems[0].code == "bad-selection"


def test_only_names_letters_and_an_unknown_one_is_told(choose) -> None:
    assert choose(only=("c", "A")) == (["a", "c"], [])
    ids, problems = choose(only=("c", "zz"))
    assert ids == ["c"]
    assert [p.code for p in problems] == ["unknown-letter"]


def test_a_limit_takes_the_first(choose) -> None:
    assert choose(limit=2) == (["a", "b"], [])
    assert choose(limit=2, where=["country=US"]) == (["a", "b"], [])
    assert choose(limit=99)[0] == list("abcdef")


def test_a_limit_reads_no_further_than_it_must() -> None:
    def endless():
        number = 0
        while True:
            number += 1
            yield Recipient(id=f"p{number}", name="Jane Doe")

    assert len(list(Selection(limit=3).choose(endless(), ignore))) == 3


def test_a_sample_shows_the_variety_and_is_the_same_every_time(choose) -> None:
    ids, problems = choose(sample=4)
    assert problems == []
    assert len(ids) == 4
    assert ids == sorted(ids)
    assert {"d", "e"} <= set(ids)  # another script, the longest name
    assert choose(sample=4) == (ids, [])
    assert choose(sample=99)[0] == list("abcdef")


@given(st.integers(1, 60), st.integers(0, 80))
def test_a_sample_has_the_wanted_size(size: int, count: int) -> None:
    people = [Recipient(id=f"p{i}", name=f"Person {'x' * (i % 17)}") for i in range(count)]
    chosen = list(Selection(sample=size).choose(people, ignore))
    assert len(chosen) == min(size, count)
    assert chosen == [one for one in people if one in chosen]


@pytest.mark.parametrize(
    "text",
    [
        "JANE@parks.example\nc\n",
        "# left us\nc\n\njane@parks.example\n",
        "email,id\njane@parks.example,\n,c\n",
        "\ufeffE-Mail;id\nx;c\n",
        "name;email;id\nx;Jane@Parks.example;\ny;;C\n",
    ],
)
def test_those_in_the_file_of_exclusions_get_no_letter(choose, tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.csv"
    path.write_text(text, encoding="utf-8")
    ids, problems = choose(excluded=excluded(path))
    assert "c" not in ids
    assert problems == []
    if "jane" in text.casefold():
        assert "a" not in ids


def test_a_file_that_excludes_nobody_by_mistake_is_told(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("Name,City\nJane Doe,Springfield\n", encoding="utf-8")
    with pytest.raises(AdvocacyError) as error:
        excluded(path)
    assert error.value.problems[0].code == "bad-exclusions"


def test_a_missing_file_of_exclusions_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(AdvocacyError):
        excluded(tmp_path / "none.csv")


def test_the_command_line_takes_a_list_and_a_choice_from_it(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "out.txt").write_text("ann@parks.example\n", encoding="utf-8")
    options = ["--recipients", "people.csv", "--where", "city=Springfield", "--exclude", "out.txt"]
    result = run_cli("render", small_campaign, *options, "--format", "txt")
    assert result.returncode == 0, result.stderr
    made = sorted(path.name for path in (tmp_path / "output").rglob("*.txt"))
    assert made == ["a.txt", "e.txt"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--where", "city"], "bad-selection"),
        (["--where", "town=Springfield"], "unknown-column"),
        (["--recipients", "none.csv"], "file-missing"),
        (["--exclude", "none.csv"], "file-missing"),
        (["--only", "zz"], "unknown-letter"),
    ],
)
def test_a_choice_that_cannot_be_made_is_a_problem_and_never_a_traceback(
    run_cli, small_campaign: Path, tmp_path: Path, options: list[str], code: str
) -> None:
    (tmp_path / "people.csv").write_text(ROWS, encoding="utf-8")
    if "--recipients" not in options:
        options = ["--recipients", "people.csv", *options]
    result = run_cli("render", small_campaign, *options, "--format", "txt")
    assert result.returncode == 1
    assert code in result.stderr
    assert "Traceback" not in result.stderr
