"""`advocacy facts`: what is true on a day, and the night on which a fact ends."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from advocacy.authoring.facts.ending import end_fact, touch_fact
from advocacy.authoring.facts.standing import standings
from advocacy.authoring.facts.uses import fact_uses
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError

from ..loaded import loaded
from ..tools.wide_terminal import lines_on_terminal

TODAY = date(2026, 11, 23)
FACTS = "facts/face-recognition.yaml"


def changed(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


# --- show --------------------------------------------------------------------------------------


def test_one_day_changes_what_is_true(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    tenth = {one.id: one.label for one in standings(campaign, date(2020, 6, 10))}
    eleventh = {one.id: one.label for one in standings(campaign, date(2020, 6, 11))}
    assert (tenth["microsoft-no-ban"], tenth["microsoft-ban"]) == ("holds", "not yet")
    assert eleventh["microsoft-no-ban"] == "superseded by microsoft-ban"
    assert eleventh["microsoft-ban"] == "holds"


def test_a_fact_that_nobody_looked_at_for_long_is_due(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    late = {one.id: one.label for one in standings(campaign, date(2027, 3, 1))}
    assert late["microsoft-ban"] == "holds, due for recheck"
    assert late["microsoft-no-ban"] == "superseded by microsoft-ban"


def test_a_citation_is_found_with_its_line_and_sentence(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    [use] = [use for use in fact_uses(campaign) if use.fact == "microsoft-no-ban"]
    assert (use.stage, use.place.path.name) == ("call", "call-to-follow.md")
    line = use.place.path.read_text("utf-8").splitlines()[(use.place.line or 0) - 1]
    assert "microsoft-no-ban" in line
    assert use.sentence.startswith("As the American Civil Liberties Union (ACLU) wrote today,")


def test_citations_in_partials_loops_and_precedents_are_found(campaigns: Path) -> None:
    uses = fact_uses(loaded(campaigns / "microsoft.yaml"))
    assert any(u.fact == "nist-scale" and u.place.path.name == "nist.md" for u in uses)
    exits = [u for u in uses if u.fact == "ibm-exit" and u.stage == "call"]
    assert {u.kind for u in exits} == {"letter", "precedent"}


def test_a_citation_counts_where_a_condition_hides_it(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    edit(
        letter,
        "Many came",
        '{% if recipient.country == "FR" %}{{ cite("visits") }}{% endif %} Many came',
    )
    assert len(fact_uses(loaded(small_campaign))) == 1  # one line, cited twice
    edit(letter, '{{ fact("visits") }} ', "")
    assert [use.fact for use in fact_uses(loaded(small_campaign))] == ["visits"]


def test_the_table_is_plain_where_no_terminal_reads_it(run_cli, campaigns: Path) -> None:
    shown = run_cli("facts", "show", campaigns / "microsoft.yaml", "--date", "2020-06-11")
    assert shown.returncode == 0
    rows = {line.split()[0]: line for line in shown.stdout.splitlines()}
    assert len(rows) == len(loaded(campaigns / "microsoft.yaml").facts)
    assert "superseded by microsoft-ban" in rows["microsoft-no-ban"]
    assert "call call-to-follow.md:" in rows["microsoft-no-ban"]
    assert "\x1b" not in shown.stdout
    assert "─" not in shown.stdout


@pytest.mark.parametrize("width", [60, 140])
def test_the_table_fits_the_terminal(forking_server, campaigns: Path, width: int) -> None:
    lines = lines_on_terminal(forking_server, width, "facts", "show", str(campaigns / "ibm.yaml"))
    assert any("─" in line for line in lines)
    assert max(len(line.rstrip()) for line in lines) <= width


def test_the_table_for_programs_and_spreadsheets(run_cli, campaigns: Path) -> None:
    args = ("facts", "show", campaigns / "microsoft.yaml", "--date", "2020-06-11", "--report")
    data = json.loads(run_cli(*args, "json").stdout)
    by_id = {fact["id"]: fact for fact in data["facts"]}
    assert data["date"] == "2020-06-11"
    assert by_id["microsoft-no-ban"]["state"] == "superseded"
    assert by_id["microsoft-no-ban"]["cited"][0]["stage"] == "call"
    rows = list(csv.DictReader(io.StringIO(run_cli(*args, "csv").stdout)))
    assert [row["id"] for row in rows] == list(by_id)
    assert rows[0]["superseded_by"] == "microsoft-ban"


# --- touch -------------------------------------------------------------------------------------


def test_a_check_is_recorded_in_its_line_alone(run_cli, campaigns: Path) -> None:
    path = campaigns / FACTS
    before = path.read_text("utf-8").replace(
        "statement: In May 2026 the Cong", "statement: In May 2026 the  Cong"
    )
    before = before.replace(
        "  checked: 2026-11-23\n\nmicrosoft-condition:",
        "  checked: 2026-01-02  # J. D.\n\nmicrosoft-condition:",
    )
    path.write_text(before, "utf-8")
    result = run_cli("facts", "touch", path, "microsoft-terms", "--date", "2026-11-20")
    assert result.returncode == 0, result.stderr
    assert changed(before, path.read_text("utf-8")) == ["  checked: 2026-11-20  # J. D."]


def test_a_first_check_stands_at_the_end_of_its_fact(small_campaign: Path, edit) -> None:
    path = small_campaign.parent / "facts.yaml"
    edit(path, "  checked: 2026-03-01\n", "")
    touch_fact(path, "visits", TODAY, today=TODAY)
    assert path.read_text("utf-8").endswith("from: 2026-01-15\n  checked: 2026-11-23\n")


@pytest.mark.parametrize(
    ("name", "day", "code", "hint"),
    [
        ("visit", TODAY, "unknown-fact", "Did you mean `visits`?"),
        ("visits", date(2026, 11, 24), "day-to-come", ""),
        ("visits", date(2026, 2, 1), "checked-later", ""),
    ],
)
def test_a_check_that_cannot_be_is_refused(
    small_campaign: Path, name: str, day: date, code: str, hint: str
) -> None:
    path = small_campaign.parent / "facts.yaml"
    before = path.read_bytes()
    with pytest.raises(AdvocacyError) as error:
        touch_fact(path, name, day, today=TODAY)
    assert error.value.problems[0].code == code
    assert hint in error.value.problems[0].hint
    assert path.read_bytes() == before


# --- end ---------------------------------------------------------------------------------------


def test_the_night_the_news_breaks(run_cli, campaigns: Path, edit) -> None:
    path = campaigns / FACTS
    ended = "  from: 2020-06-10\n  until: 2020-06-10\n  superseded_by: microsoft-ban\n"
    text = path.read_text("utf-8")
    path.write_text(text.replace(ended, "  from: 2020-06-10\n", 1), "utf-8")
    edit(campaigns / "microsoft.yaml", "    until: 2020-06-10\n", "    until: 2020-06-12\n")
    result = run_cli(
        "facts", "end", path, "microsoft-no-ban", "--until", "2020-06-10",
        "--superseded-by", "microsoft-ban", cwd=campaigns.parent,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert path.read_text("utf-8") == text
    assert "stage `call`: cannot be sent from 2020-06-11 to 2020-06-12" in result.stdout
    assert "has not prohibited the sale" in result.stdout.replace("\n", " ")
    assert "Consider sending a correction" in result.stdout
    assert "cite `microsoft-ban`" in result.stdout
    assert "1 stage relies on it after that day" in result.stdout


def test_every_campaign_and_stage_that_dies_is_listed(campaigns: Path) -> None:
    ending = end_fact(campaigns / FACTS, "study-up-to-100-times", TODAY, today=TODAY)
    dying = {(one.campaign, one.stage) for one in ending.affected}
    assert dying == {("amazon", "terms"), ("ibm", "word")}
    assert {(path.stem, stage) for path, stage in ending.unaffected} >= {
        ("microsoft", "hold"),
        ("amazon", "year"),
        ("amazon", "gaps"),
    }
    assert ending.affected[0].first == date(2026, 11, 24)
    assert {use.place.path.name for one in ending.affected for use in one.uses} == {
        "say-what-it-covers.md",
        "keep-to-your-word.md",
    }


def test_a_use_in_a_shared_part_of_letters_is_told_there(campaigns: Path) -> None:
    ending = end_fact(campaigns / FACTS, "nist-scale", date(2020, 6, 9), today=TODAY)
    assert {(one.campaign, one.stage) for one in ending.affected} == {("microsoft", "call")}
    assert {use.place.path.name for one in ending.affected for use in one.uses} == {"nist.md"}


def test_a_stage_that_fits_the_next_day_is_named(campaigns: Path, edit) -> None:
    edit(campaigns / "microsoft.yaml", "    until: 2020-08-31\n", "    until: 2027-08-31\n")
    ending = end_fact(campaigns / FACTS, "fas-arrests", TODAY, today=TODAY)
    [one] = ending.affected
    advice = " ".join(one.advice)
    assert f"End the stage with the fact: `until: {TODAY}` in `keep`" in advice
    assert "--stage hold --date 2026-11-24" in advice


def test_a_dry_run_tells_the_same_and_writes_nothing(campaigns: Path) -> None:
    path = campaigns / FACTS
    before = path.read_bytes()
    dry = end_fact(path, "fas-arrests", TODAY, "crs-no-law", today=TODAY, dry_run=True)
    assert path.read_bytes() == before
    wet = end_fact(path, "fas-arrests", TODAY, "crs-no-law", today=TODAY)
    assert (dry.affected, dry.problems, dry.change) == (wet.affected, wet.problems, wet.change)


def test_a_successor_that_is_not_written_yet_does_not_hold_up_the_end(campaigns: Path) -> None:
    path = campaigns / FACTS
    ending = end_fact(path, "microsoft-terms", TODAY, "microsoft-terms-gone", today=TODAY)
    after = changed(ending.change.before, path.read_text("utf-8"))
    assert after == ["  until: 2026-11-23"]
    [problem] = ending.problems
    assert problem.code == "unknown-fact"
    assert "from: 2026-11-24" in problem.hint
    _, problems = load_campaign(campaigns / "microsoft.yaml")
    assert problems == []


def test_a_fact_cannot_end_before_it_begins_or_replace_itself(campaigns: Path) -> None:
    path = campaigns / FACTS
    before = path.read_bytes()
    for day, new, code in (
        (date(2019, 1, 1), None, "days-reversed"),
        (TODAY, "microsoft-terms", "unknown-fact"),
    ):
        with pytest.raises(AdvocacyError) as error:
            end_fact(path, "microsoft-terms", day, new, today=TODAY)
        assert error.value.problems[0].code == code
    assert path.read_bytes() == before


def test_days_that_neither_fact_covers_are_pointed_out(campaigns: Path) -> None:
    path = campaigns / FACTS
    ending = end_fact(
        path, "microsoft-ban", date(2020, 6, 20), "bill-2020", today=TODAY, dry_run=True
    )
    assert [p.code for p in ending.problems] == ["facts-do-not-meet"]
    assert "From 2020-06-21 until 2020-06-24 neither" in ending.problems[0].message


def test_a_campaign_that_cannot_be_read_is_reported_as_not_searched(campaigns: Path) -> None:
    (campaigns / "broken.yaml").write_text("a: [\n", "utf-8")
    ending = end_fact(campaigns / FACTS, "fas-arrests", TODAY, today=TODAY)
    assert any(
        "broken.yaml" in str(p.place) and "not searched" in p.message for p in ending.problems
    )
    assert len(ending.affected) == 1


def test_what_dies_can_be_read_by_programs(run_cli, campaigns: Path) -> None:
    result = run_cli(
        "facts", "end", campaigns / FACTS, "fas-arrests", "--until", "2026-11-23",
        "--dry-run", "--report", "json",
    )  # fmt: skip
    data = json.loads(result.stdout)
    assert data["dies"][0]["stage"] == "keep"
    assert data["dies"][0]["lines"][0]["line"] > 1
    assert "+  until: 2026-11-23" in data["diff"]
