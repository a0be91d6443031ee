"""Facts and sources: whether a reader finds them, and whether anything uses them."""

from typing import Any

import pytest

from advocacy.errors import Level

URL = "    URL: https://widget.example/stopped\n"


def test_a_source_without_an_address_needs_all_that_a_library_asks_for(house: Any) -> None:
    house.spoil("sources.yaml", URL, "")
    problem = house.one("source-not-findable")
    assert problem.level is Level.WARNING
    assert "no `publisher` or `container-title`" in problem.message
    house.spoil("sources.yaml", "    title: Why we stopped\n", "    title: A\n    publisher: B\n")
    assert house.check() == []


@pytest.mark.parametrize(
    "instead",
    [
        "    DOI: 10.1000/182\n",
        "    publisher: Widget Press\n",
        "    container-title: Widget Weekly\n",
    ],
)
def test_a_doi_or_a_complete_printed_record_is_enough(house: Any, instead: str) -> None:
    house.spoil("sources.yaml", URL, instead)
    assert house.check() == []


@pytest.mark.parametrize("kind", ["bill", "personal_communication"])
def test_bills_are_found_by_number_and_letters_are_private(house: Any, kind: str) -> None:
    house.spoil("sources.yaml", URL, "")
    house.spoil(
        "sources.yaml",
        "  - id: widget-2020\n    type: webpage",
        f"  - id: widget-2020\n    type: {kind}",
    )
    assert house.check() == []


def test_a_source_without_a_title_or_a_date_is_told(house: Any) -> None:
    house.spoil("sources.yaml", "    title: Why we stopped\n", "")
    assert house.one("source-without-title").level is Level.WARNING
    house.spoil("sources.yaml", '    issued: "2020-06-08"\n', "")
    assert [p.level for p in house.found("source-without-date")] == [Level.NOTE]


def test_an_address_that_is_not_https_is_a_warning_with_the_one_to_try(house: Any) -> None:
    house.spoil("sources.yaml", "https://widget.example", "http://widget.example")
    assert "Open https://widget.example/stopped" in house.one("address-not-https").hint


def test_a_doi_is_written_from_the_ten_on(house: Any) -> None:
    house.spoil("sources.yaml", URL, URL + "    DOI: https://doi.org/10.6028/NIST.IR.8280\n")
    assert "`10.6028/NIST.IR.8280`" in house.one("bad-doi").hint


def test_a_quote_from_an_address_nobody_read_needs_via(house: Any) -> None:
    house.spoil(
        "sources.yaml", '    issued: "2020-06-08"\n    accessed: "2020-06-09"\n',
        '    issued: "2020-06-08"\n',
    )  # fmt: skip
    problem = house.one("quote-without-via")
    assert problem.level is Level.WARNING
    assert "`widget-stopped` quotes `widget-2020`" in problem.message
    house.spoil(
        "facts.yaml", "  source: widget-2020\n", "  source: widget-2020\n  via: paper-2020\n"
    )
    assert house.found("quote-without-via") == []


def test_via_is_another_source(house: Any) -> None:
    house.spoil(
        "facts.yaml", "  source: widget-2020\n", "  source: widget-2020\n  via: widget-2020\n"
    )
    assert "its own source" in house.one("quote-without-via").message


IDLE = "idle:\n  statement: It did.\n  source: widget-2020\nacme-stopped:\n"


def test_a_fact_that_nothing_uses_is_a_note(house: Any) -> None:
    house.spoil("facts.yaml", "acme-stopped:\n", IDLE)
    problem = house.one("unused-fact")
    assert problem.level is Level.NOTE
    assert problem.place.path.name == "facts.yaml"


def test_a_fact_is_used_where_another_campaign_or_a_passage_for_another_day_names_it(
    house: Any,
) -> None:
    house.spoil("facts.yaml", "acme-stopped:\n", IDLE)
    house.write("other.yaml", "precedents: [{organization: X, action: y, fact: idle}]\n")
    assert house.check() == []
    house.write("other.yaml", "")
    house.call('{% if stage == "thanks" %}So.{{ cite("idle") }}{% endif %}')
    assert house.found("unused-fact") == []


def test_nothing_is_called_unused_while_a_letter_cannot_be_composed(house: Any) -> None:
    house.spoil("facts.yaml", "acme-stopped:\n", IDLE)
    house.call('So.{{ cite("idel") }}')
    assert house.found("unused-fact") == []
    assert house.found("unknown-fact") != []


def test_a_fact_that_follows_or_contradicts_another_is_used(house: Any) -> None:
    house.spoil("templates/letters/thanks.md", '"acme-stopped", ', "")
    assert house.found("unused-fact") == []


def test_a_source_that_no_fact_names_is_a_note(house: Any) -> None:
    house.spoil("facts.yaml", "source: acme-2020", "source: paper-2020")
    assert house.one("unused-source").level is Level.NOTE


def test_many_unused_facts_of_one_file_are_told_together(house: Any) -> None:
    idle = "".join(f"idle-{n}:\n  statement: It did.\n  source: widget-2020\n" for n in range(30))
    house.spoil("facts.yaml", "acme-stopped:\n", idle + "acme-stopped:\n")
    problem = house.one("unused-fact")
    assert "30 facts of this file are not used: `idle-0`, `idle-1`" in problem.message


def test_only_sources_of_cited_facts_are_judged(house: Any) -> None:
    """A library from a reference manager holds much that no letter has cited yet."""
    house.spoil("sources.yaml", "references:\n", "references:\n  - {id: bare, type: webpage}\n")
    assert [p.code for p in house.check()] == ["unused-source"]
