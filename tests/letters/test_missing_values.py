"""What would leave a hole in a letter is told before anything is printed."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.campaign import Demand
from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.errors import Problem
from advocacy.letters.compose import Composed, compose_letters
from advocacy.letters.letter import check


def composed(path: Path, body: str) -> Composed:
    (path.parent / "templates" / "letters" / "open.md").write_text(body, encoding="utf-8")
    campaign, problems = load_campaign(path)
    assert campaign is not None
    assert not problems
    return compose_letters(campaign)


def without_deadline(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if "reply_by" not in x), encoding="utf-8")


def the_problem(result: Composed) -> Problem:
    (problem,) = result.problems
    assert not result.letters
    return problem


def test_a_deadline_that_there_is_none_of_leaves_no_hole_in_the_sentence(
    small_campaign: Path,
) -> None:
    without_deadline(small_campaign)
    problem = the_problem(composed(small_campaign, "One.\n\nBy {{ demand.reply_by }}, please.\n"))
    assert problem.code == "nothing-to-print"
    assert problem.place is not None
    assert problem.place.line == 3
    assert "{% if demand.reply_by %}" in problem.hint


def test_a_template_may_ask_whether_there_is_a_deadline(small_campaign: Path) -> None:
    without_deadline(small_campaign)
    body = "Now{% if demand.reply_by %} by {{ demand.reply_by }}{% endif %}, "
    result = composed(small_campaign, body + '{{ demand.reply_by | default("soon") }}.\n')
    assert [letter.body.text() for letter in result.letters] == ["Now, soon.\n"]


@pytest.mark.parametrize("part", ["summary", "reply_by"])
def test_a_stage_without_a_demand_prints_no_part_of_it(
    campaigns: Path, part: str, tmp_path: Path
) -> None:
    letters = tmp_path / "own" / "letters"
    letters.mkdir(parents=True)
    (letters / "thanks.md").write_text(f"We ask you: {{{{ demand.{part} }}}}.\n", encoding="utf-8")
    campaign, _ = load_campaign(campaigns / "microsoft.yaml", tmp_path / "own")
    assert campaign is not None
    problem = the_problem(compose_letters(campaign, day=date(2020, 6, 12)))
    assert problem.code == "nothing-to-print"


@pytest.mark.parametrize(
    "body", ["", "\n \n", "{# note #}", "{% if not demand.asks %}x{% endif %}"]
)
def test_a_template_that_prints_nothing_makes_no_letter(small_campaign: Path, body: str) -> None:
    problem = the_problem(composed(small_campaign, body))
    assert problem.code == "empty-letter"
    assert problem.place is not None
    assert problem.place.path.name == "open.md"


@pytest.mark.parametrize(
    "address", ["www.coalition.example/x", "page.html", "../x", "javascript:x"]
)
def test_a_link_that_leads_nowhere_is_told_at_its_line(small_campaign: Path, address: str) -> None:
    problem = the_problem(composed(small_campaign, f"One.\n\nSee [our page]({address}).\n"))
    assert problem.code == "bad-url"
    assert address in problem.message
    assert problem.place is not None
    assert (problem.place.path.name, problem.place.line) == ("open.md", 3)


def test_a_picture_that_is_not_there_is_told_at_its_line(small_campaign: Path) -> None:
    problem = the_problem(composed(small_campaign, "One.\n\n![us](images/us.png)\n"))
    assert problem.code == "missing-file"
    assert problem.place is not None
    assert problem.place.line == 3


def test_links_to_the_web_and_to_addresses_stay(small_campaign: Path) -> None:
    body = "[a](https://a.example/x) [b](mailto:b@b.example) <https://c.example> \\[d](e)\n"
    assert len(composed(small_campaign, body).letters) == 1


def test_a_deadline_ends_with_the_calendar() -> None:
    demand = Demand.model_validate({"summary": "Stop", "reply_by": "14 days"})
    assert demand.deadline(date(9999, 12, 31)) == date.max
    assert demand.deadline(date(2020, 6, 10)) == date(2020, 6, 24)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("citation_style", "chicago-note", "unknown-style"), ("language", "ja", "unknown-language")],
)
def test_a_style_or_language_that_letters_cannot_be_made_in_is_told_at_its_place(
    small_campaign: Path, key: str, value: str, code: str
) -> None:
    kept = [
        line
        for line in small_campaign.read_text(encoding="utf-8").splitlines()
        if not line.startswith(f"{key}:")
    ]
    small_campaign.write_text("\n".join([*kept, f"{key}: {value}", ""]), encoding="utf-8")
    _, problems = load_campaign(small_campaign)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].place is not None
    assert problems[0].place.line == len(kept) + 1


def test_a_list_in_a_list_in_a_list_has_marks_that_its_fonts_have(small_campaign: Path) -> None:
    (letter,) = composed(small_campaign, "- a\n    - b\n        - c\n            - d\n").letters
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    checked, problems = check(letter, campaign)
    assert checked is not None
    assert problems == []
    assert render_pdf(checked, campaign.workspace).problems == ()


def test_what_there_is_none_of_is_listed_as_empty_and_ends_nothing(
    run_cli, campaigns: Path
) -> None:
    path = str(campaigns / "microsoft.yaml")
    result = run_cli("templates", "vars", path, "--stage", "thanks", "--date", "2020-06-12")
    assert result.returncode == 0, result.stderr
    assert "demand.reply_by" in result.stdout
