"""A language that the package does not have: its set phrases are asked for, none is guessed."""

import re
from pathlib import Path

import pytest

from advocacy.authoring.templates.words import new_words
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError
from advocacy.letters.compose import compose_letters


def test_a_language_begins_with_its_dates_and_an_empty_phrase_for_each_english_one(
    tmp_path: Path,
) -> None:
    path = new_words("nl", tmp_path)
    assert path == tmp_path / "templates" / "words" / "nl.yaml"
    text = path.read_text("utf-8")
    assert "2 maart 2026; 1, 2 en 3; ‘quotation’" in text
    assert 'dear:   # "Dear {name}:"' in text
    assert len(re.findall(r"^\w+:   #", text, re.MULTILINE)) > 20


def test_nothing_prints_until_every_phrase_is_there(small_campaign: Path, edit) -> None:
    folder = small_campaign.parent
    new_words("nl", folder)
    edit(small_campaign, "timezone:", "language: nl\ntimezone:")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None
    (problem,) = problems
    assert problem.code == "missing-word"
    assert "phrases are missing: `dear`, `close`, `subject`" in problem.message
    assert compose_letters(campaign).letters == []
    path = folder / "templates" / "words" / "nl.yaml"
    text = re.sub(r"^(\w+):   # (.*)$", r"\1: \2", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(text.replace("Dear {name}:", "Geachte {name},"), encoding="utf-8")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None
    assert problems == []
    (letter,) = compose_letters(campaign).letters
    assert letter.salutation == "Geachte Ms. Doe,"


@pytest.mark.parametrize(("language", "code"), [("xx", "bad-language"), ("de", "file-exists")])
def test_a_language_that_cannot_be_begun_is_told(tmp_path: Path, language: str, code: str) -> None:
    with pytest.raises(AdvocacyError) as raised:
        new_words(language, tmp_path)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_the_command_writes_the_file_and_says_what_is_next(run_cli, tmp_path: Path) -> None:
    result = run_cli("new", "template", "--words", "nl")
    assert result.returncode == 0, result.stderr
    assert "fill in the set phrases of the language nl" in result.stdout
    assert (tmp_path / "templates" / "words" / "nl.yaml").is_file()
    assert "Missing argument" in run_cli("new", "template").stderr
