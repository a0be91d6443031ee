"""Campaigns and letters as most tests want them: loaded or checked, without a problem."""

from pathlib import Path

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.letters.letter import CheckedLetter, Letter, check


def loaded(path: Path, templates: Path | None = None) -> Campaign:
    """The campaign of a file in which nothing is wrong."""
    campaign, problems = load_campaign(path, templates)
    assert campaign is not None, problems
    assert problems == []
    return campaign


def checked(letter: Letter, campaign: Campaign) -> CheckedLetter:
    """A letter that may go out."""
    result, problems = check(letter, campaign)
    assert result is not None, problems
    return result
