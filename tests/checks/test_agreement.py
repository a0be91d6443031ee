"""Cited sentences that do not agree with their facts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from advocacy.checks.claims.agreement import find_numbers
from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]
FACT = (
    "facts.yaml",
    "statement: Widget Works has stopped",
    "statement: Of 28 systems, a third or 34.7%, for $1,250 each, Widget Works has stopped",
)


@pytest.mark.parametrize(
    "text",
    [
        "Widget stopped 28 sales",
        "It was 34.7 percent on June 9, 2020",
        "On 10 June 2020 it stopped 28",
        "Twenty-eight sales ended in 2019",
        "It cost $1,250 or 1250 dollars",
        "Since May 2020 there were 28",
        "By Section 230 and S. 4084 it had to stop",
        "It had 2 reasons, in the 21st century",
    ],
)
def test_figures_that_the_fact_has_are_left_alone(house: Any, text: str) -> None:
    house.spoil(*FACT)
    house.call(f'{text}.{{{{ cite("widget-stopped") }}}}')
    assert house.check() == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("Widget stopped 82 sales", "82"),
        ("It was 37.4 percent", "37.4"),
        ("It stopped 28 of 29 sales", "29"),
        ("It cost 1,520 dollars", "1,520"),
    ],
)
def test_a_figure_that_no_cited_fact_has_is_a_warning_at_its_line(
    house: Any, line_of: LineOf, text: str, figure: str
) -> None:
    house.spoil(*FACT)
    house.call(f'{text}.{{{{ cite("widget-stopped") }}}}')
    problem = house.one("figure-not-in-fact")
    assert problem.level is Level.WARNING
    assert (
        f"The figure {figure} is not in what is cited for it (`widget-stopped`)" in problem.message
    )
    assert line_of(problem).startswith(text)


def test_a_figure_may_be_proven_by_another_citation_of_its_paragraph(house: Any) -> None:
    house.spoil(*FACT)
    cites = '{{ cite("widget-stopped") }} All 28 are gone.{{ cite("acme-silent") }}'
    house.call(f"Widget stopped.{cites}")
    assert house.check() == []


def test_numbers_are_read_in_digits_and_in_words() -> None:
    text = "Twenty-eight of 1,250 (18.27 million, 34.7%), ninety, and 8,49"
    wanted = {28, 1250, Decimal("18.27"), Decimal("34.7"), 90, Decimal("8.49")}
    assert find_numbers(text) == {Decimal(number) for number in wanted}


def test_a_finding_about_one_company_is_not_told_of_another(house: Any, line_of: LineOf) -> None:
    house.call('Acme stopped such sales.{{ cite("widget-stopped") }}')
    problem = house.one("name-not-in-fact")
    assert "speaks of Acme" in problem.message
    assert "(`widget-stopped`) of Widget" in problem.message
    assert line_of(problem).startswith("Acme stopped such sales")


@pytest.mark.parametrize(
    "text",
    [
        "Unlike Acme, Widget Works stopped such sales",
        "It stopped such sales",
        "Another Company stopped such sales",
    ],
)
def test_sentences_that_may_agree_are_left_alone(house: Any, text: str) -> None:
    house.call(f'{text}.{{{{ cite("widget-stopped") }}}}')
    assert house.check() == []
