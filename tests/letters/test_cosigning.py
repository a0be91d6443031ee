"""What a coalition may rely on: nobody's name stands under a text that they have not seen."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.run import run_checks
from advocacy.errors import Problem
from advocacy.letters.compose import compose_letters
from advocacy.letters.cosigning import text_id

Edit = Callable[[Path, str, str], None]
HEAD = "organization,name,title,signed,text,stage\n"


def loaded(path: Path) -> tuple[Campaign, list[Problem]]:
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    return campaign, problems


def names(path: Path) -> set[str]:
    """The organizations under each letter."""
    letters = compose_letters(loaded(path)[0]).letters
    assert letters
    return {one.organization for letter in letters for one in letter.cosigners}


@pytest.fixture
def coalition(small_campaign: Path, edit: Edit) -> Path:
    """The small campaign with two organizations, both of which signed its text as it is."""
    edit(small_campaign, "demand:\n", "cosigners: signers.csv\ndemand:\n")
    table = small_campaign.with_name("signers.csv")
    table.write_text(HEAD, "utf-8")
    text = text_id(loaded(small_campaign)[0], "call")
    table.write_text(
        f"{HEAD}Park Friends,Ann Lee,Chair,2026-03-01,{text},\n"
        f"Bird Watch,,,2026-03-02,{text},call\n",
        "utf-8",
    )
    return small_campaign


def test_who_signed_the_text_stands_under_it_with_name_and_title(coalition: Path) -> None:
    assert names(coalition) == {"Park Friends", "Bird Watch"}
    one, other = loaded(coalition)[0].signers
    assert (one.cosigner.name, one.cosigner.title) == ("Ann Lee", "Chair")
    assert other.cosigner.name is None


@pytest.mark.parametrize("what", ["template", "ask", "fact"])
def test_after_a_change_nobody_stands_under_it_until_they_agree(
    coalition: Path, edit: Edit, what: str
) -> None:
    if what == "template":
        template = coalition.parent / "templates" / "letters" / "open.md"
        template.write_text(template.read_text("utf-8") + "\nAnd the gate, too.\n", "utf-8")
    elif what == "ask":
        edit(coalition, "until nine in the evening", "until ten in the evening")
    else:
        edit(coalition.with_name("facts.yaml"), "statement: In 2025", "statement: In 2024")
    assert names(coalition) == set()
    (problem,) = [
        p for p in run_checks(loaded(coalition)[0]).problems if p.code == "cosigner-to-ask"
    ]
    assert "Park Friends, Bird Watch" in problem.message
    table = coalition.with_name("signers.csv")
    text = text_id(loaded(coalition)[0], "call")
    table.write_text(table.read_text("utf-8") + f"Bird Watch,,,2026-03-05,{text},\n", "utf-8")
    assert names(coalition) == {"Bird Watch"}


def test_a_new_list_of_recipients_or_a_new_signer_changes_no_text(
    coalition: Path, edit: Edit
) -> None:
    before = text_id(loaded(coalition)[0], "call")
    edit(coalition, "- {id: doe", "- {id: new, name: New Person, salutation: all}\n    - {id: doe")
    table = coalition.with_name("signers.csv")
    table.write_text(table.read_text("utf-8") + f"Owls,,,2026-03-05,{before},\n", "utf-8")
    assert text_id(loaded(coalition)[0], "call") == before
    assert "Owls" in names(coalition)


def test_what_was_signed_and_when_must_be_said(coalition: Path) -> None:
    table = coalition.with_name("signers.csv")
    table.write_text(f"{HEAD}A,,,soon,abc,\nB,,,2026-03-01,,\nC,,,2026-03-01,abc,cal\n", "utf-8")
    campaign, problems = loaded(coalition)
    assert campaign.signers == ()
    codes = ["cosigner-unsigned", "cosigner-unsigned", "unknown-stage"]
    assert [problem.code for problem in problems] == codes
    assert [problem.place.line for problem in problems if problem.place] == [2, 3, 4]


def test_the_command_prints_the_id_of_the_text_and_who_must_be_asked(
    coalition: Path, edit: Edit, run_cli
) -> None:
    result = run_cli("cosigners", coalition, "--report", "json")
    (one,) = json.loads(result.stdout)
    assert one["text"] == text_id(loaded(coalition)[0], "call")
    assert {signer["stands"] for signer in one["cosigners"]} == {"yes"}
    edit(coalition, "until nine in the evening", "until ten in the evening")
    result = run_cli("cosigners", coalition)
    assert result.returncode == 0, result.stderr
    assert "0 signed, 2 to ask again" in result.stdout
