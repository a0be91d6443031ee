"""The organizers' page shows commands and keys that there are."""

import re
import shlex
from pathlib import Path

import click
import pytest

from advocacy.campaign.campaign_rules import SupporterRules
from advocacy.cli.group import advocacy


@pytest.fixture
def page(project_root: Path) -> str:
    return (project_root / "docs" / "organizers.md").read_text(encoding="utf-8")


def test_every_command_on_the_page_is_one(page: str) -> None:
    lines = re.findall(r"(?m)^    (advocacy .*)$", page) + re.findall(r"`(advocacy [^`]+)`", page)
    assert len(lines) > 8
    for line in lines:
        name, *arguments = shlex.split(line)[1:]
        command = advocacy.get_command(None, name)  # type: ignore[arg-type]
        if isinstance(command, click.Group):
            command = command.commands[arguments[0]]
        assert command is not None, line
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in arguments if word.startswith("--")} <= known, line


def test_every_option_on_the_page_is_one(page: str) -> None:
    known: set[str] = set()
    for name in ("render", "status", "check", "delivered"):
        command = advocacy.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        known |= {option for parameter in command.params for option in parameter.opts}
    told = set(re.findall(r"(?<![\w<-])--[a-z]+(?:-[a-z]+)*", page))
    assert told <= known


def test_the_rules_on_the_page_are_the_campaigns(page: str) -> None:
    block = re.search(r"(?s)```yaml\nsupporters:\n(.*?)```", page)
    assert block
    shown = dict(re.findall(r"(?m)^  (\w+): *([^#\n]*?) *(?:#.*)?$", block[1]))
    assert set(shown) <= set(SupporterRules.model_fields)
    usual = SupporterRules()
    assert shown["max_per_target"] == f"{usual.max_per_target} per day"
    assert int(shown["own_words_limit"]) == usual.own_words_limit
    assert int(shown["joint_names"]) == usual.joint_names


def test_the_page_says_what_variants_are_not_for(page: str) -> None:
    assert "not for making\nmail look different to get past filters" in page
