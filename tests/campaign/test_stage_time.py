"""The hour at which a stage's letters are dated."""

import email
from email import policy
from pathlib import Path
from typing import Any

import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.campaign.loading import load_campaign


def rendered(campaign: Path, output: Path) -> str:
    result = render_campaign(RenderRequest(campaign, ("eml",), output))
    assert result.made + result.unchanged == 1
    data = (output / "parks/call/doe.eml").read_bytes()
    return str(email.message_from_bytes(data, policy=policy.SMTP)["Date"])


def test_letters_are_dated_noon_unless_their_stage_has_a_time(
    small_campaign: Path, tmp_path: Path, edit: Any
) -> None:
    assert rendered(small_campaign, tmp_path / "out") == "Mon, 02 Mar 2026 12:00:00 -0600"
    edit(small_campaign, "template: open", 'template: open\n    time: "16:30"')
    assert rendered(small_campaign, tmp_path / "out") == "Mon, 02 Mar 2026 16:30:00 -0600"


@pytest.mark.parametrize("value", ["4 pm", "'24:00'", "'12:60'", "'16.30'", "1630", "null"])
def test_what_is_no_time_of_day_is_told_with_the_form_to_write(
    small_campaign: Path, edit: Any, value: str
) -> None:
    edit(small_campaign, "template: open", f"template: open\n    time: {value}")
    _, problems = load_campaign(small_campaign)
    assert [one.code for one in problems] == ["bad-time"]
    assert "16:30" in problems[0].hint
    assert problems[0].place is not None
    assert problems[0].place.line is not None
