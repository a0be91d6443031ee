"""Titles have days: a letter has the one of its own date."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.run import run_checks
from advocacy.letters.compose import compose_letters

TITLES = """titles: [
        {title: Director, until: 2026-03-09, checked: 2026-03-01},
        {title: Chair, from: 2026-03-11, checked: 2026-03-11}]"""
BEFORE, BETWEEN, AFTER = date(2026, 3, 2), date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture
def campaign(small_campaign: Path, edit: Any) -> Campaign:
    edit(small_campaign, "title: Director, salutation", f"{TITLES}, salutation")
    edit(small_campaign, "{name: A. Example, title: Chair}", f"{{name: A. Example, {TITLES}}}")
    template = small_campaign.parent / "templates/letters/open.md"
    edit(template, "Many came", "{{ sender.signatories[0].title or 'Nobody' }} saw it. Many came")
    loaded, problems = load_campaign(small_campaign)
    assert loaded is not None, problems
    return loaded


@pytest.mark.parametrize(("day", "title"), [(BEFORE, "Director"), (AFTER, "Chair")])
def test_a_letter_has_the_titles_of_its_date(campaign: Campaign, day: date, title: str) -> None:
    (letter,) = compose_letters(campaign, day=day).letters
    assert letter.inside_address[:2] == ("Jane Doe", title)
    assert [one.office for one in letter.signatories] == [title]
    assert f"{title} saw it." in letter.body.text()


def test_on_a_day_without_a_title_none_is_printed(campaign: Campaign) -> None:
    (letter,) = compose_letters(campaign, day=BETWEEN).letters
    assert letter.inside_address[:2] == ("Jane Doe", "Springfield Parks Department")
    assert letter.signatories[0].title is None


def test_a_title_that_nobody_has_looked_at_for_long_is_told(
    campaign: Campaign, small_campaign: Path, edit: Any
) -> None:
    def due() -> list[str]:
        loaded, _ = load_campaign(small_campaign)
        assert loaded is not None
        found = run_checks(loaded, day=AFTER, today=AFTER).problems
        return [one.message for one in found if one.code == "recheck-due" and "is “" in one.message]

    assert due() == []
    edit(small_campaign, "target:\n", "recheck_after: 5 days\ntarget:\n")
    assert len(due()) == 2
    assert "“Chair” was last checked on 2026-03-11, 9 days before" in due()[0]


def test_a_refused_letter_with_titles_goes_into_the_rows_to_correct(
    campaign: Campaign, small_campaign: Path, tmp_path: Path, edit: Any
) -> None:
    assert campaign is not None
    edit(tmp_path / "small/facts.yaml", "checked: 2026-03-01", "until: 2026-02-01")
    result = render_campaign(RenderRequest(small_campaign, ("txt",), tmp_path / "out"))
    assert (result.refused, result.crashes) == (1, [])


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("from: 2026-04-20, until: 2026-03-20", "from: 2026-04-21", "days-reversed"),
        ("until: 2026-03-09", "from: 2026-03-09", "titles-overlap"),
        ("until: 2026-03-09", "from: 2026-03-10", ""),
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Director, salutation", "TITLES, salutation"),
        ("{name: A. Example, title: Chair}", "{name: A. Example, TITLES}"),
    ],
)
def test_titles_that_end_before_they_begin_or_overlap_are_told(
    small_campaign: Path, edit: Any, old: str, new: str, first: str, second: str, code: str
) -> None:
    titles = f"titles: [{{title: Director, {first}}}, {{title: Chair, {second}}}]"
    edit(small_campaign, old, new.replace("TITLES", titles))
    _, problems = load_campaign(small_campaign)
    assert [one.code for one in problems] == ([code] if code else [])
    assert all(one.place is not None and one.place.line for one in problems)
