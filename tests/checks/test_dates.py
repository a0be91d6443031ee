"""What is true when the letter is dated."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.errors import Level, Problem
from advocacy.letters.compose import compose_letters

LineOf = Callable[[Problem], str]


def test_a_campaign_in_order_has_no_problem(house: Any) -> None:
    assert house.check() == []


def test_a_window_that_outlives_a_fact_is_refused_with_what_replaced_it(
    house: Any, line_of: LineOf
) -> None:
    house.spoil("acme.yaml", "until: 2020-06-12", "until: 2020-06-14")
    house.spoil("acme.yaml", "from: 2020-06-13", "from: 2020-06-15")
    problem, *others = house.found("fact-ended")
    assert "runs until 2020-06-14" in problem.message
    assert "was true until 2020-06-12" in problem.message
    assert "`acme-stopped`: “Acme has stopped selling" in problem.hint
    assert "acme-silent" in line_of(problem)
    assert problem.level is Level.ERROR
    assert len(others) == 1, "once for each line that cites it, however many days and recipients"


def test_the_hint_names_the_stage_that_fits_after_the_fact(house: Any) -> None:
    house.spoil("facts.yaml", "until: 2020-06-12", "until: 2020-06-11")
    house.spoil("acme.yaml", "from: 2020-06-13", "from: 2020-06-12")
    house.spoil("facts.yaml", "from: 2020-06-13", "from: 2020-06-12")
    assert "the stage `thanks`" in house.found("fact-ended")[0].hint


def test_a_window_without_end_needs_facts_without_end(house: Any) -> None:
    house.spoil("acme.yaml", "    until: 2020-06-12\n", "")
    assert "has no last day" in house.found("fact-ended")[0].message


def test_a_window_that_begins_before_a_fact_is_refused(house: Any) -> None:
    house.spoil("acme.yaml", "from: 2020-06-10", "from: 2020-06-05")
    (problem,) = house.found("fact-not-yet")
    assert "`widget-stopped`" in problem.message
    assert "from: 2020-06-08" in problem.hint


def test_both_days_of_a_window_and_of_a_fact_count(house: Any) -> None:
    house.spoil("facts.yaml", "from: 2020-06-08", "from: 2020-06-10")
    assert house.found("fact-not-yet") == []


def test_the_fact_of_a_precedent_must_hold_even_where_the_letter_does_not_cite_it(
    house: Any, line_of: LineOf
) -> None:
    house.spoil("templates/letters/call.md", '{{ cite("widget-stopped") }}', "")
    house.spoil("facts.yaml", "from: 2020-06-08", "from: 2020-06-11")
    (problem,) = house.found("fact-not-yet")
    assert line_of(problem).startswith("widget-stopped}")


def test_a_fact_whose_successor_holds_already_is_refused_though_it_has_no_last_day(
    house: Any,
) -> None:
    house.spoil("facts.yaml", "  until: 2020-06-12\n", "")
    house.spoil("facts.yaml", "from: 2020-06-13", "from: 2020-06-12")
    problems = house.found("fact-superseded")
    assert "`acme-stopped` replaces it" in problems[0].message
    assert "until: 2020-06-11" in problems[0].hint


def test_a_fact_may_name_a_successor_that_comes_after_the_window(house: Any) -> None:
    house.spoil("facts.yaml", "  until: 2020-06-12\n", "")
    assert house.found("fact-superseded") == []


@pytest.mark.parametrize("says", ["acme-silent", "acme-stopped"])
def test_two_facts_that_contradict_are_not_cited_in_one_letter(house: Any, says: str) -> None:
    house.spoil("facts.yaml", "  contradicts: [acme-stopped]\n", "")
    other = "acme-stopped" if says == "acme-silent" else "acme-silent"
    house.spoil("facts.yaml", f"{says}:\n", f"{says}:\n  contradicts: [{other}]\n")
    house.call('It has stopped.{{ cite("acme-stopped") }}')
    (problem,) = house.found("facts-contradict")
    assert "`acme-silent`" in problem.message
    assert "`acme-stopped`" in problem.message


def test_no_letter_knows_a_source_published_later(house: Any) -> None:
    house.spoil("sources.yaml", 'issued: "2020-06-09"', 'issued: "2020-06-11"')
    problem = house.found("source-too-new")[0]
    assert "2020-06-10, the first day of the stage `call`" in problem.message
    assert "published 2020-06-11" in problem.message


def test_a_source_known_by_its_month_counts_from_the_end_of_the_month(house: Any) -> None:
    house.spoil("sources.yaml", 'issued: "2020-06-09"', 'issued: "2020-06"')
    assert "2020-06 (2020-06-30)" in house.found("source-too-new")[0].message


def test_the_publication_it_was_read_in_must_be_out_as_well(house: Any) -> None:
    house.spoil(
        "facts.yaml", "  source: widget-2020\n", "  source: widget-2020\n  via: acme-2020\n"
    )
    assert "from `acme-2020`" in house.found("source-too-new")[0].message


def test_a_fact_nobody_looked_at_for_long_is_a_warning_told_once(house: Any) -> None:
    house.spoil("facts.yaml", "  from: 2020-06-08\n  checked: 2020-06-09", "  checked: 2020-01-05")
    problem = house.one("recheck-due")
    assert problem.level is Level.WARNING
    assert "last checked on 2020-01-05" in problem.message
    file = house.folder / "facts.yaml"
    assert f"`advocacy facts touch {file} widget-stopped`" in problem.hint


def test_a_fact_that_was_never_checked_is_told(house: Any) -> None:
    house.spoil("facts.yaml", "  from: 2020-06-08\n  checked: 2020-06-09", "  from: 2020-06-08")
    assert "has no record of a check" in house.one("recheck-due").message


def test_a_check_made_after_the_letters_date_is_recent(house: Any) -> None:
    house.spoil("facts.yaml", "checked: 2020-06-09", "checked: 2026-11-23")
    assert house.check(today=date(2026, 11, 23)) == []


def test_a_window_that_ends_in_the_future_does_not_demand_the_check_of_its_last_day(
    house: Any,
) -> None:
    house.spoil("acme.yaml", "until: 2020-06-30", "until: 2021-06-30")
    assert house.found("recheck-due") == []
    due = house.found("recheck-due", day=date(2021, 6, 1))
    assert len(due) == 2


def test_a_check_on_a_day_to_come_is_doubted(house: Any) -> None:
    house.spoil("facts.yaml", "checked: 2020-06-13", "checked: 2062-06-13")
    assert house.one("checked-in-future").level is Level.WARNING


def test_a_deadline_before_the_letters_date_is_refused(house: Any) -> None:
    house.spoil("acme.yaml", "reply_by: 14 days", "reply_by: 2020-06-11")
    (problem,) = house.found("deadline-passed")
    assert "2020-06-12" in problem.message


def test_days_that_two_stages_cover_are_refused(house: Any) -> None:
    house.spoil("acme.yaml", "from: 2020-06-13", "from: 2020-06-12")
    house.spoil("facts.yaml", "from: 2020-06-13", "from: 2020-06-12")
    house.spoil("sources.yaml", 'issued: "2020-06-13"', 'issued: "2020-06-12"')
    house.spoil("facts.yaml", "until: 2020-06-12", "until: 2020-06-11")
    (problem,) = house.found("stages-overlap")
    assert "both cover 2020-06-12." in problem.message


def test_stages_for_different_people_may_cover_the_same_days(house: Any) -> None:
    house.spoil("acme.yaml", "    from: 2020-06-13", "    to: [doe]\n    from: 2020-06-11")
    house.spoil("acme.yaml", "    from: 2020-06-10", "    to: [roe]\n    from: 2020-06-10")
    assert house.found("stages-overlap") == []


def test_who_is_named_gets_the_letter_of_that_stage_and_the_others_that_for_everyone(
    house: Any,
) -> None:
    house.spoil("acme.yaml", "    from: 2020-06-13", "    to: [doe]\n    from: 2020-06-11")
    assert house.found("stages-overlap") == []
    campaign, _ = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None
    composed = compose_letters(campaign, day=date(2020, 6, 12))
    assert {one.id: one.stage for one in composed.letters} == {"doe": "thanks", "roe": "call"}


def test_days_without_a_stage_are_a_note(house: Any) -> None:
    house.spoil("acme.yaml", "from: 2020-06-13", "from: 2020-06-16")
    problem = house.one("stages-gap")
    assert problem.level is Level.NOTE
    assert "2020-06-13 to 2020-06-15" in problem.message


def test_one_day_is_checked_alone(house: Any) -> None:
    house.spoil("acme.yaml", "until: 2020-06-12", "until: 2020-06-14")
    house.spoil("acme.yaml", "from: 2020-06-13", "from: 2020-06-15")
    assert house.check(day=date(2020, 6, 11)) == []
    assert {p.code for p in house.check(day=date(2020, 6, 14))} == {"fact-ended"}
    assert {p.code for p in house.check(day=date(2020, 7, 14))} == {"no-stage"}


def test_a_stage_asked_for_on_a_day_outside_its_window_is_refused_for_that_and_its_facts(
    house: Any,
) -> None:
    codes = {p.code for p in house.check(day=date(2020, 6, 20), stage="call")}
    assert codes == {"outside-window", "fact-ended"}
