"""How quickly a campaign on a large library is checked, from a cold start."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

FACTS, SOURCES, CITED, ROUNDS = 5000, 2000, 40, 5
GOAL = 2.0

CAMPAIGN = """\
id: large
title: A large library
timezone: Europe/London
date: 2020-06-10
target:
  organization: Acme Corporation
  address: [1 Acme Way]
  addressees: [{id: roe, name: Jane Roe}]
demand: {summary: Stop it, asks: [Stop selling it to the police.], reply_by: 14 days}
sender:
  organization: Example Coalition
  address: [1 Example Street]
  email: letters@coalition.example
  signatories: [{name: A. Example}]
facts: [facts.yaml]
sources: [sources.yaml]
copies: copies
stages:
  call: {template: call, subject: Stop, from: 2020-06-10, until: 2020-06-20}
"""


def fact(number: int) -> str:
    return f"""\
fact-{number:04}:
  statement: In case {number} the company sold the system to {number + 7} departments that year.
  source: source-{number % SOURCES:04}
  locator: {{page: {number % 90 + 1}}}
  quote: we found {number + 7} departments that had bought the system of case {number} by then
  from: 2020-01-{number % 28 + 1:02}
  checked: 2020-06-01
"""


def source(number: int) -> str:
    return f"""\
  - id: source-{number:04}
    type: report
    title: Report {number} on the sale of systems to departments
    author: [{{family: Roe, given: Jane}}, {{literal: Example Institute}}]
    publisher: Example Institute
    issued: "2020-01-{number % 28 + 1:02}"
    accessed: "2020-06-01"
    URL: https://institute.example/reports/{number}
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "facts.yaml").write_text("".join(map(fact, range(FACTS))))
    (tmp_path / "sources.yaml").write_text("references:\n" + "".join(map(source, range(SOURCES))))
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    cited = range(0, FACTS, FACTS // CITED)
    body = "\n\n".join(f'In case {n} it was sold.{{{{ cite("fact-{n:04}") }}}}' for n in cited)
    asks = "{% for ask in demand.asks %}{{ ask }}{% endfor %}"
    (letters / "call.md").write_text(f"{body}\n\n{asks}\n")
    copies = tmp_path / "copies"
    copies.mkdir()
    for number in {number % SOURCES for number in cited}:
        quotes = (fact(n).partition("quote: ")[2] for n in range(number, FACTS, SOURCES))
        words = ". ".join(quote.partition("\n")[0] for quote in quotes)
        (copies / f"source-{number:04}.txt").write_text("Before it. " * 2000 + words)
    (tmp_path / "large.yaml").write_text(CAMPAIGN)
    return tmp_path


def test_a_library_of_thousands_is_checked_in_two_seconds(library: Path, capsys) -> None:
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "advocacy", "check", "large.yaml"],
            cwd=library, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds.append(time.perf_counter() - start)
        assert done.returncode == 0, done.stderr
        assert "facts of this file are not used" in done.stderr
    with capsys.disabled():
        print(
            f"\ncheck of {FACTS} facts, {SOURCES} sources, {CITED} cited, cold: "
            f"{min(seconds):.2f} to {max(seconds):.2f} s (goal: {GOAL:g} s)"
        )
