"""Facts have days, sources and successors, and every slip in them is told."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.facts import Fact, parse_facts, unknown_references
from advocacy.campaign.loading import load_campaign
from advocacy.files.yaml.reading import read_yaml_text

PATH = Path("facts.yaml")
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def fact(**fields: object) -> Fact:
    return Fact.model_validate({"statement": "It is so.", "source": "report", **fields})


@given(start=DAYS, length=st.integers(0, 500), day=DAYS)
def test_a_fact_holds_from_its_first_to_its_last_day_and_on_no_other(
    start: date, length: int, day: date
) -> None:
    until = start + timedelta(days=length)
    one = fact(**{"from": start, "until": until})
    assert one.holds(day) == (start <= day <= until)
    assert (one.state(day) == "holds") == one.holds(day)


def test_a_fact_without_days_always_holds() -> None:
    assert fact().holds(date(1900, 1, 1))
    assert fact().holds(date(2100, 1, 1))


def test_a_fact_is_due_for_recheck_when_nobody_looked_for_longer_than_allowed() -> None:
    span, checked = timedelta(days=90), date(2020, 1, 1)
    assert not fact(checked=checked).recheck_due(checked + span, span)
    assert fact(checked=checked).recheck_due(checked + span + timedelta(days=1), span)
    assert fact().recheck_due(checked, span)


def problems(text: str, sources: tuple[str, ...] = ("report",)) -> list[str]:
    facts, found = parse_facts(read_yaml_text(text, PATH))
    found += unknown_references(facts, dict.fromkeys(sources))
    return [f"{p.code}@{p.place.line if p.place else None} {p.hint}" for p in found]


def test_a_fact_that_ends_before_it_begins_is_told() -> None:
    (found,) = problems(
        "a:\n  statement: It is so.\n  source: report\n  from: 2020-02-01\n  until: 2020-01-01\n"
    )
    assert found.startswith("days-reversed@5")


def test_an_unknown_source_is_told_with_the_nearest_one() -> None:
    (found,) = problems("a: {statement: It is so., source: reprot}\n")
    assert found == "unknown-source@1 Did you mean `report`?"


def test_the_sources_of_a_file_that_cannot_be_read_are_not_called_unknown(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("a: {statement: It is so., source: report}\n")
    (tmp_path / "sources.yaml").write_text("references:\n  - id: report\n    title: [ Light\n")
    path = tmp_path / "campaign.yaml"
    path.write_text("id: a\nfacts: [facts.yaml]\nsources: [sources.yaml]\n")
    _, found = load_campaign(path)
    codes = {problem.code for problem in found if problem.place and problem.place.path != path}
    assert codes == {"yaml-brackets"}


def test_a_fact_without_source_is_told_with_its_line() -> None:
    (found,) = problems("a: {statement: One., source: report}\nb:\n  statement: Two.\n")
    assert found.startswith("missing-key@2")


def test_facts_that_supersede_each_other_in_a_ring_are_told_once() -> None:
    text = "".join(
        f"{a}: {{statement: It., source: report, superseded_by: {b}}}\n"
        for a, b in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]
    )
    (found,) = problems(text)
    assert found.startswith("superseded-ring")


def test_a_fact_that_names_itself_or_nobody_is_told() -> None:
    found = problems(
        "abc: {statement: It., source: report, superseded_by: abc}\n"
        "abd: {statement: It., source: report, contradicts: [abx]}\n"
    )
    assert [line.split("@")[0] for line in found] == ["unknown-fact", "unknown-fact"]


def test_an_entry_that_is_no_fact_is_told() -> None:
    (found,) = problems("a: It is so.\n")
    assert found.startswith("wrong-type@1")


def test_a_statement_and_a_quotation_have_at_most_a_page_of_words() -> None:
    text = "report: {statement: It is so., source: report, quote: %s}"
    assert parse_facts(read_yaml_text(text % ("so " * 1300), PATH))[1] == []
    (problem,) = parse_facts(read_yaml_text(text % ("so " * 1400), PATH))[1]
    assert (problem.code, problem.place.line if problem.place else 0) == ("value-too-long", 1)
    assert "has 4,199 characters; the limit is 4,000" in problem.message
