"""Sources are CSL records with days that a letter cannot run ahead of."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.days import published_days
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.sources import parse_sources
from advocacy.files.yaml.reading import read_yaml_text
from tests.conftest import Edit


def parsed(text: str):
    return parse_sources(read_yaml_text(text, Path("sources.yaml")))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-06-10", date(2020, 6, 10), date(2020, 6, 10)),
    ],
)
def test_a_partial_date_means_every_day_it_may_be(written: str, first: date, last: date) -> None:
    assert published_days(written) == (first, last)


@pytest.mark.parametrize("written", ["", "June 2020", "2020-13", "2020-02-30", "10.6.2020"])
def test_a_date_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        published_days(written)


def test_a_source_dated_by_its_month_counts_as_out_when_the_month_is_over() -> None:
    sources, problems = parsed("references: [{id: a, type: report, issued: 2019-12}]")
    assert problems == []
    assert not sources["a"].published_by(date(2019, 12, 30))
    assert sources["a"].published_by(date(2019, 12, 31))


@pytest.mark.parametrize("issued", ['"2020-06-10"', "2020-06-10", "{date-parts: [[2020, 6, 10]]}"])
def test_dates_are_read_as_zotero_and_pandoc_write_them(issued: str) -> None:
    sources, problems = parsed(f"references: [{{id: a, type: report, issued: {issued}}}]")
    assert problems == []
    assert sources["a"].csl()["issued"] == "2020-06-10"


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    sources, problems = parsed(
        "references:\n"
        "  - {id: a, type: report}\n"
        "  - {id: a, type: report}\n"
        "  - {id: b, type: report, contaner-title: X}\n"
        "  - {id: c, type: report, author: [{given: Ann}]}\n"
        "  - word\n"
        "other: 1\n"
    )
    assert [p.code for p in problems] == [
        "unknown-key", "duplicate-id", "unknown-key", "bad-name", "wrong-type",
    ]  # fmt: skip
    assert "container-title" in problems[2].hint
    assert list(sources) == ["a", "b"]


def test_every_csl_variable_passes_through_to_the_citation_processor() -> None:
    sources, problems = parsed(
        "references: [{id: a, type: bill, genre: Bill, volume: 3, authority: 116th Cong.}]"
    )
    assert problems == []
    item = sources["a"].csl()
    assert (item["genre"], item["authority"]) == ("Bill", "116th Cong.")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('issued: "2026-01-15"', "issued: January 15, 2026", "bad-date"),
        ("type: report", "type: journal", "unknown-source-type"),
    ],
)
def test_a_mistake_in_a_source_is_one_message_and_its_facts_are_not_blamed(
    small_campaign: Path, edit: Edit, old: str, new: str, code: str
) -> None:
    edit(small_campaign.parent / "sources.yaml", old, new)
    assert [problem.code for problem in load_campaign(small_campaign)[1]] == [code]


def test_a_mistake_in_a_fact_is_one_message_and_what_names_it_is_not_blamed(
    small_campaign: Path, edit: Edit
) -> None:
    edit(small_campaign, "demand:\n", PRECEDENT)
    edit(small_campaign.parent / "facts.yaml", "from: 2026-01-15", "from: soon")
    (problem,) = load_campaign(small_campaign)[1]
    assert problem.place is not None
    assert problem.place.path.name == "facts.yaml"


PRECEDENT = "precedents: [{organization: Example Town, action: kept its park open, fact: visits}]\n"
PRECEDENT += "demand:\n"


@pytest.mark.parametrize("address", ["https://[::1", "https://x.example:x/"])
def test_an_address_that_no_program_can_read_is_told_at_its_line(address: str) -> None:
    _, (problem,) = parsed(f"references:\n  - id: a\n    type: report\n    URL: '{address}'\n")
    assert (problem.code, problem.place.line if problem.place else 0) == ("bad-url", 4)
    assert "is not a web address" in problem.message
