"""A small campaign that checks clean, for tests to spoil in one place each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.errors import Problem

CAMPAIGN = """\
id: acme
title: No face recognition for police
language: en-US
timezone: America/Los_Angeles
date: 2020-06-10
recheck_after: 90 days
copies: copies

target:
  organization: Acme Corporation
  address: [1 Acme Way, "Springfield, IL 62701"]
  country: US
  addressees:
    - {id: roe, name: Jane Roe, title: President, salutation: Ms. Roe}
    - {id: doe, name: John Doe, title: Counsel, salutation: Mr. Doe}

demand:
  summary: Stop selling face recognition to police departments
  asks:
    - Commit publicly not to sell face recognition to police departments.
  reply_by: 14 days

precedents:
  - {organization: Widget Works, action: stopped such sales, fact: widget-stopped}

sender:
  organization: Example Civil Liberties Coalition
  address: [1 Example Street, "Springfield, IL 62701"]
  email: letters@coalition.example
  signatories: [{name: A. Example, title: Director}]

facts: [facts.yaml]
sources: [sources.yaml]

stages:
  call:
    template: call
    subject: Follow Widget Works
    from: 2020-06-10
    until: 2020-06-12
  thanks:
    template: thanks
    subject: Thank you
    from: 2020-06-13
    until: 2020-06-30
    demand: none
"""

FACTS = """\
widget-stopped:
  statement: Widget Works has stopped selling face recognition to police departments.
  source: widget-2020
  quote: We have stopped selling face recognition to the police
  from: 2020-06-08
  checked: 2020-06-09
acme-silent:
  statement: Acme has not prohibited such sales.
  source: paper-2020
  quote: Acme, asked twice this week, has not prohibited sales to police departments
  from: 2020-06-01
  until: 2020-06-12
  superseded_by: acme-stopped
  contradicts: [acme-stopped]
  checked: 2020-06-09
acme-stopped:
  statement: Acme has stopped selling face recognition to police departments.
  source: acme-2020
  from: 2020-06-13
  checked: 2020-06-13
"""

SOURCES = """\
references:
  - id: widget-2020
    type: webpage
    title: Why we stopped
    author: [{literal: Widget Works}]
    issued: "2020-06-08"
    accessed: "2020-06-09"
    URL: https://widget.example/stopped
  - id: paper-2020
    type: article-newspaper
    title: Acme is silent
    container-title: The Springfield Paper
    issued: "2020-06-09"
    accessed: "2020-06-09"
    URL: https://paper.example/acme
  - id: acme-2020
    type: webpage
    title: Our decision
    issued: "2020-06-13"
    accessed: "2020-06-13"
    URL: https://acme.example/decision
"""

CALL = """\
We ask {{ target.organization }} to follow its peer.

Widget Works stopped selling the technology this week.{{ cite("widget-stopped") }} Your company
has not prohibited such sales.{{ cite("acme-silent") }} As the paper wrote,
{{ quote("acme-silent") }}

We ask you for this:

{% for ask in demand.asks %}
{{ loop.index }}. {{ ask }}
{% endfor %}

Please reply by {{ demand.reply_by }}.
"""

THANKS = """\
We thank {{ target.organization }}.
You stopped the sales.{{ cite("acme-stopped", "widget-stopped") }}
"""

TODAY = date(2020, 6, 20)


@dataclass(frozen=True)
class House:
    """The campaign's folder, and ways to spoil and to judge it."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def spoil(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), "utf-8")

    def call(self, text: str) -> None:
        """The call's body, after its citations and before its asks, so that all else is clean."""
        self.spoil("templates/letters/call.md", "We ask you for this:", f"{text}\n\nWe ask you:")

    def check(self, **options: Any) -> list[Problem]:
        campaign, problems = load_campaign(self.folder / "acme.yaml")
        assert campaign is not None, problems
        assert problems == []
        options.setdefault("today", TODAY)
        return list(run_checks(campaign, **options).problems)

    def found(self, code: str, **options: Any) -> list[Problem]:
        return [problem for problem in self.check(**options) if problem.code == code]

    def one(self, code: str, **options: Any) -> Problem:
        """The only problem, and it has this code."""
        problems = self.check(**options)
        assert [problem.code for problem in problems] == [code], problems
        return problems[0]


def build_house(folder: Path) -> House:
    """The campaign in that folder."""
    built = House(folder)
    built.write("acme.yaml", CAMPAIGN)
    built.write("facts.yaml", FACTS)
    built.write("sources.yaml", SOURCES)
    built.write("templates/letters/call.md", CALL)
    built.write("templates/letters/thanks.md", THANKS)
    built.write("copies/widget-2020.txt", "We have stopped selling face recognition to the police.")
    built.write(
        "copies/paper-2020.txt",
        "Acme, asked twice this week, has not prohibited sales to police departments.",
    )
    return built


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path)


@pytest.fixture
def line_of() -> Callable[[Problem], str]:
    """The text that a problem's place points at, from its column on."""

    def at(problem: Problem) -> str:
        place = problem.place
        assert place is not None
        assert place.line is not None
        line = place.path.read_text("utf-8").splitlines()[place.line - 1]
        return line[(place.column or 1) - 1 :]

    return at
