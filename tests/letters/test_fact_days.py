"""A letter that is no longer true, or not yet, cannot become a document."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign
from advocacy.errors import Hint, Problem
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, Letter, check

from ..loaded import loaded

TENTH, ELEVENTH = date(2020, 6, 10), date(2020, 6, 11)


def letters(campaign: Campaign, day: date, stage: str) -> list[Letter]:
    composed = compose_letters(campaign, day=day, stage=stage)
    assert composed.problems == []
    return composed.letters


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def test_the_call_is_true_on_the_tenth_of_june(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (letter,) = letters(campaign, TENTH, "call")
    checked, problems = check(letter, campaign)
    assert checked is not None
    assert problems == []


def test_the_call_is_refused_on_the_eleventh_with_the_fact_its_successor_and_the_stage_that_fits(
    campaigns: Path,
) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (letter,) = letters(campaign, ELEVENTH, "call")
    checked, problems = check(letter, campaign)
    assert checked is None
    assert codes(problems) == {"outside-window", "fact-ended"}
    ended = next(problem for problem in problems if problem.code == "fact-ended")
    successor = campaign.facts["microsoft-no-ban"].superseded_by
    assert "microsoft-no-ban" in ended.message
    assert "2020-06-10" in ended.message
    assert f"`{successor}`" in ended.hint
    assert "--stage thanks" in ended.hint
    assert ended.place is not None
    assert ended.place.path.name == "call-to-follow.md"
    assert ended.place.line


def test_a_letter_of_the_tenth_may_not_go_out_on_the_eleventh(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (letter,) = letters(campaign, TENTH, "call")
    checked, problems = check(letter, campaign, ELEVENTH)
    assert checked is None
    assert codes(problems) == {"outside-window", "fact-ended"}
    assert all("sent on 2020-06-11" in p.message for p in problems)


def test_a_stage_without_a_window_is_refused_for_its_facts_alone(campaigns: Path, edit) -> None:
    path = campaigns / "microsoft.yaml"
    edit(path, "    from: 2020-06-10\n    until: 2020-06-10\n", "")
    campaign = loaded(path)
    (letter,) = letters(campaign, ELEVENTH, "call")
    checked, problems = check(letter, campaign)
    assert checked is None
    assert codes(problems) == {"fact-ended"}


def test_no_letter_knows_the_future(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (letter,) = letters(campaign, TENTH, "hold")
    checked, problems = check(letter, campaign)
    assert checked is None
    assert {"outside-window", "fact-not-yet", "source-too-new"} <= codes(problems)


def test_every_stage_of_every_campaign_holds_on_both_ends_of_its_window(campaigns: Path) -> None:
    visited = 0
    for path in campaigns.glob("*.yaml"):
        campaign = loaded(path)
        for name, stage in campaign.file.stages.items():
            if stage.signed_by == "supporters":
                continue  # its letters need a list of people
            for day in {stage.from_ or campaign.letter_date(), stage.until or campaign.today()}:
                for letter in letters(campaign, day, name):
                    checked, problems = check(letter, campaign)
                    assert checked is not None, problems
                    visited += 1
    assert visited >= 8


def test_a_checked_letter_cannot_be_made_by_hand(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (letter,) = letters(campaign, TENTH, "call")
    with pytest.raises(TypeError):
        CheckedLetter(letter, object())


def test_on_a_day_of_two_stages_the_user_chooses(campaigns: Path, edit) -> None:
    path = campaigns / "microsoft.yaml"
    edit(path, "    until: 2020-06-10\n", "    until: 2020-06-12\n")
    campaign = loaded(path)
    composed = compose_letters(campaign, day=ELEVENTH)
    assert composed.letters == []
    (problem,) = composed.problems
    assert problem.code == "several-stages"
    assert "--stage" in problem.hint


def test_on_a_day_of_no_stage_the_windows_are_told(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    composed = compose_letters(campaign, day=date(2021, 1, 1))
    assert composed.letters == []
    (problem,) = composed.problems
    assert problem.code == "no-stage"
    assert "2020-08-31" in problem.message


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2020, 9, 15), date(2026, 1, 1)])
def test_what_is_advised_where_no_stage_covers_the_day_is_not_refused(
    campaigns: Path, day: date
) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    (problem,) = compose_letters(campaign, day=day).problems
    assert isinstance(problem.hint, Hint)
    assert "--stage" not in problem.hint  # a letter outside its stage's window is refused
    composed = compose_letters(campaign, day=date.fromisoformat(problem.hint.words["day"]))
    (letter,) = composed.letters
    assert letter.stage == problem.hint.words["stage"]
    assert check(letter, campaign)[0] is not None


def test_who_gets_no_stage_at_all_is_to_be_added_to_one(campaigns: Path, edit) -> None:
    path = campaigns / "microsoft.yaml"
    edit(path, "  addressees:\n", "  addressees:\n    - {id: doe, name: Jane Doe}\n")
    text = path.read_text("utf-8")
    path.write_text(text.replace("    template:", "    to: [smith]\n    template:"), "utf-8")
    problems = compose_letters(loaded(path), day=TENTH).problems
    assert codes(problems) == {"no-stage"}
    assert problems[0].hint.startswith("Add `doe` to the `to:` of a stage")
