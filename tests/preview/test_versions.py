"""Every version of a letter at once: each branch, language and extreme, problems first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.preview.people import Choices, PeopleList, choose_letter
from advocacy.preview.versions import LetterVersion, list_versions

from .conftest import SMALL_LETTER, Page

BRANCHES = (
    '{% if recipient.city == "Oslo" %}TODO: write this.{% else %}You live here.{% endif %}\n\n'
)


def versions(path: Path, *, real: bool = False) -> list[LetterVersion]:
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    people = PeopleList(campaign, campaign.letter_date())
    chosen = choose_letter(campaign, Choices(), people)
    assert chosen is not None
    return list_versions(campaign, chosen, people if real else None)


@pytest.fixture
def branched(small_campaign: Path) -> Path:
    folder = small_campaign.parent / "templates" / "letters"
    (folder / "open.md").write_text(BRANCHES + SMALL_LETTER, "utf-8")
    (folder / "open.fr.md").write_text("Nous vous demandons de garder le parc ouvert.\n", "utf-8")
    return small_campaign


def test_each_branch_and_language_is_there_and_the_one_with_a_problem_is_first(
    branched: Path,
) -> None:
    found = versions(branched)
    wrong = [one for one in found if one.record()["wrong"]]
    assert found[: len(wrong)] == wrong
    told = {one.label: str(one.record()["problems"]) for one in wrong}
    assert set(told) == {"A recipient in French", "A recipient with city = “Oslo”"}
    assert "TODO" in told["A recipient with city = “Oslo”"]
    assert "only available in English" in told["A recipient in French"]
    letters = [one.checked.letter for one in found if one.checked is not None]
    assert any("You live here" in letter.body.markdown for letter in letters)
    assert "Jane Doe" not in {letter.recipient.called for letter in letters}, "all are made up"
    assert len({(one.label) for one in found}) == len(found)


def test_a_version_with_a_warning_comes_before_those_without(small_campaign: Path) -> None:
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    french = "Le parc est un endroit pour tous. Nous y allons avec nos enfants. Il est ouvert."
    mixed = f'{{% if recipient.city == "Oslo" %}}{french}{{% endif %}}\n\n'
    letter.write_text(SMALL_LETTER + "\n" + mixed, "utf-8")
    found = [one.record() for one in versions(small_campaign) if not one.wrong]
    looks = [one["look"] for one in found]
    assert looks == sorted(looks, reverse=True)
    assert any(looks), [one["problems"] for one in found]


def test_real_people_are_shown_by_choice(branched: Path) -> None:
    found = versions(branched, real=True)
    assert any(one.label == "Jane Doe" for one in found)


@pytest.mark.slow
def test_the_page_shows_the_versions_as_small_pages(
    page: Page, shared_campaign: Path, visit: Callable[..., Page]
) -> None:
    letter = shared_campaign.parent / "templates/letters/open.md"
    letter.write_text(BRANCHES + SMALL_LETTER, "utf-8")
    page.see("You live here.")
    page.tab.click("#tab-versions")
    page.tab.wait_for_selector("#versions[data-ready]")
    first = page.tab.inner_text(".version >> nth=0")
    assert "Wrong" in first
    assert "Oslo" in first
    assert page.tab.locator(".version img").count() >= 3
    page.tab.click(".sheet >> nth=0")
    page.see("TODO", "#version-pages")
    page.tab.click("#version-close")
    page.replace("TODO: write this.", "You come from Oslo.")
    page.until("![...document.querySelectorAll('.version')].some(v => /Wrong/.test(v.innerText))")
    page.tab.click("#tab-paper")
