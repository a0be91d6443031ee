"""A terminal obeys no stranger: what it would obey is printed as a sign."""

import json
from pathlib import Path

import click
import pytest

from advocacy.cli import group
from advocacy.cli.printing import printable
from advocacy.cli.tables import json_text
from advocacy.files.writing import as_before, spreadsheet_safe

ESCAPES = "\x1b]0;owned\x07 \x9b31m \x1b[2K\x1b[8m \u202e \x7f"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("\x1b[2J\x1b[8mhidden", "␛[2J␛[8mhidden"),
        ("\x9b31m", "<U+009B>31m"),
        ("safe\rOK", "safe␍OK"),
        ("\u202etxt", "<U+202E>txt"),
        ("a\u061cb\u2063\U000e0041\U000f0001", "a<U+061C>b<U+2063><U+E0041><U+F0001>"),
        ("a\tb\nc\r\n", "a\tb\nc\r\n"),
        ("Zoë 東京 \u200d", "Zoë 東京 \u200d"),
        (click.style("error", fg="red", bold=True), click.style("error", fg="red", bold=True)),
        ("\x1b[1;8m", "␛[1;8m"),
    ],
)
def test_what_a_terminal_would_obey_is_a_sign_and_colors_pass(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_command_prints_an_escape_that_stands_in_a_list_a_name_or_an_excerpt(
    small_campaign: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_campaign.parent
    monkeypatch.chdir(folder)
    rows = ["id,name,email", f"a{ESCAPES},Ann {ESCAPES},a@x.example", "b,Bob,b@x.example"]
    odd = folder / "odd\x1b]0;x\x07.csv"
    odd.write_text("\n".join(rows), "utf-8")
    (folder / "suppressed.csv").write_text(
        f"address,reason\na@x.example,asked {ESCAPES}\n", "utf-8"
    )
    for command in (
        ["render", "parks.yaml", "--recipients", odd.name, "--format", "txt"],
        ["check", "parks.yaml", "--recipients", odd.name],
        ["lists", "show", odd.name],
        ["lists", "show", odd.name, "--report", "csv"],
        ["suppress", "list"],
        ["check", f"none{ESCAPES}.yaml"],
    ):
        group.main(command)
        told = capsys.readouterr()
        for text in (told.out, told.err):
            assert text == printable(text)
            assert "\x1b" not in text
            assert "\x9b" not in text


def test_json_keeps_what_programs_read() -> None:
    text = json_text({"name": ESCAPES})
    assert printable(text) == text
    assert json.loads(text) == {"name": ESCAPES}


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1+1", "\u3000@SUM(1)", "＝1+1", "＋1", "－1", "＠x", "\t=1", "'=1", "' =1"]
)
def test_no_exported_cell_is_a_formula_and_each_can_be_read_back(cell: str) -> None:
    assert spreadsheet_safe(cell) == f"'{cell}"
    assert as_before(spreadsheet_safe(cell)) == cell


@pytest.mark.parametrize("cell", ["Ann-Marie", "1=1", "a@b.example", "'s", "", " x"])
def test_other_cells_are_exported_as_they_are(cell: str) -> None:
    assert spreadsheet_safe(cell) == cell == as_before(cell)


def test_json_on_a_terminal_means_the_same_as_what_it_was_made_of() -> None:
    odd = "\u061cb\u2063\U000e0041\U000f0001\ue000\u202e"
    text = json_text([odd])
    assert json.loads(text) == [odd]
    assert printable(text) == text
