"""`check --branches`: every passage is rendered for somebody, and what does not fit is found."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.branches import Coverage
from advocacy.checks.branches.watch import Branch
from advocacy.errors import Level, Problem

pytestmark = pytest.mark.slow

BODY = "templates/letters/call.md"


def covered(house: Any, **options: Any) -> tuple[Coverage, list[Problem]]:
    campaign, problems = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None, problems
    coverage = Coverage()
    found = coverage.add(campaign, **options)
    return coverage, [*found, *coverage.problems()]


def told(house: Any, **options: Any) -> list[Problem]:
    return covered(house, **options)[1]


def one(house: Any, code: str) -> Problem:
    problems = told(house)
    assert [p.code for p in problems] == [code], problems
    return problems[0]


def with_list(house: Any, rows: list[dict[str, str]]) -> None:
    path = house.folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    house.spoil("acme.yaml", "demand:\n  summary", "recipients: people.csv\n\ndemand:\n  summary")


PERSON = {
    "name": "Ann Lee", "title": "Member", "committee": "Judiciary",
    "address": "2 Oak Road", "city": "Springfield", "region": "IL", "postal_code": "62701",
    "country": "US",
}  # fmt: skip


def test_a_campaign_whose_every_branch_is_seen_has_no_problem(house: Any) -> None:
    coverage, problems = covered(house)
    assert problems == []
    assert coverage.summary().startswith("1 branch of letters: 1 seen by recipients")


UNSEEN = {
    "{% if 1 > 2 %}x{% endif %}": "under `{% if 1 > 2 %}`: the condition is never true",
    "{% if demand.asks %}a{% else %}b{% endif %}": "`{% else %}` of `{% if demand.asks %}`: a",
    "{% if stage %}a{% elif date %}b{% endif %}": "under `{% elif date %}`",
    "{{ 'a' if stage == 'calls' else 'b' }}": "under `… if stage == 'calls'`",
    "{{ 'a' if (stage) else 'b' }}": "the `else` of `… if (stage) else …`",
    "{% for x in [] %}a{% endfor %}": "under `{% for x in [] %}`: the list is always empty",
    "{% for x in demand.asks if x == 1 %}a{% endfor %}": "`{% for x in demand.asks if x == 1 %}`",
    "{% for x in demand.asks %}{{ x }}{% else %}no{% endfor %}": "of `{% for x in demand.asks %}`",
    "{% if recipient.title == 'a' and recipient.title == 'b' %}x{% endif %}": "== 'b' %}`",
}


def test_each_passage_that_no_one_sees_is_named_with_its_condition_and_line(
    house: Any, line_of: Callable[[Problem], str]
) -> None:
    house.call("\n\n".join(UNSEEN))
    problems = told(house)
    assert [line_of(problem) for problem in problems] == list(UNSEEN)
    for problem, says in zip(problems, UNSEEN.values(), strict=True):
        assert says in problem.message
        assert (problem.code, problem.level) == ("branch-unseen", Level.WARNING)
        assert "Correct the condition" in problem.hint


WISHED = (
    "{% if recipient.title %}a{% else %}b{% endif %}",
    "{% if recipient.title == 'King' %}a{% else %}b{% endif %}",
    "{% if not recipient.city and recipient.region in ['IL', 'WA'] %}a{% else %}b{% endif %}",
    "{% if 'Lee' in recipient.name %}a{% elif recipient.email %}b{% else %}c{% endif %}",
    "{% if recipient.name | length > 80 %}a{% else %}b{% endif %}",
    "{% set far = recipient.country == 'FR' %}{% if far or recipient.suffix %}a{% endif %}",
    "{{ 'a' if recipient.country | lower == 'fr' else ('b' if recipient.suffix else 'c') }}",
    "{% if recipient.address %}{% if recipient.honorific != 'Dr.' %}a{% endif %}{% endif %}",
    "{% if supporters.count > 1 %}we{% elif supporters.count == 1 %}I{% endif %}",
    "{% if supporter.own_words %}{{ supporter.own_words }}{% endif %}",
)


def test_whoever_a_condition_asks_for_is_made_up_so_that_the_branch_is_rendered(
    house: Any,
) -> None:
    house.call("\n\n".join(WISHED))
    coverage, problems = covered(house)
    assert {p.code for p in problems} == {"branch-unlisted"}
    assert len(coverage.letters.seen) == len(coverage.letters.branches) > 20


def test_a_mistake_in_a_branch_that_nobody_gets_yet_is_found(house: Any) -> None:
    house.call("{% if recipient.region == 'Alaska' %}{{ recipient.name | round }}{% endif %}")
    assert house.check() == [], "the letters of today have no mistake"
    mistake = next(p for p in told(house) if p.code == "template-value")
    assert mistake.level is Level.WARNING, "it stops no letter yet"
    assert mistake.message.startswith("For a recipient with `recipient.region` = “Alaska”: ")
    assert mistake.place is not None
    assert mistake.place.path.name == "call.md"


def test_what_only_made_up_people_see_is_a_note_that_says_what_is_special(house: Any) -> None:
    house.call("{% if recipient.region == 'Alaska' %}Far away.{% endif %}")
    problem = one(house, "branch-unlisted")
    assert problem.level is Level.NOTE
    assert "`recipient.region` = “Alaska”" in problem.message


def test_all_of_a_list_is_asked_not_a_sample(house: Any) -> None:
    rows = [PERSON | {"name": f"Ann Lee {n}", "committee": "Rules"} for n in range(300)]
    with_list(house, [*rows, PERSON])
    house.call("{% if 'Judiciary' in recipient.committee %}a{% else %}b{% endif %}")
    assert told(house) == []


def test_conditions_in_a_partial_and_in_a_variant_are_looked_at(house: Any) -> None:
    house.write("templates/partials/one.md", "{% if 1 > 2 %}x{% endif %}One.\n")
    house.write("templates/partials/two.md", "Two.{% if 2 > 3 %}x{% endif %}\n")
    house.write("templates/partials/both.md", "{% if 3 > 4 %}x{% endif %}Both.\n")
    opening = "{one: partials/one.md, two: partials/two.md}"
    house.spoil(
        "acme.yaml", "subject: Follow", f"variants: {{opening: {opening}}}\n    subject: Follow"
    )
    house.call('{% include opening %}\n\n{% include "partials/both.md" %}')
    places = {p.place.path.name for p in told(house) if p.place}
    assert places == {"one.md", "two.md", "both.md"}


def test_every_language_that_a_letter_is_written_in_is_rendered(house: Any) -> None:
    body = (house.folder / BODY).read_text("utf-8")
    house.write("templates/letters/call.fr.md", f"{body}\n{{% if 1 > 2 %}}x{{% endif %}}\n")
    problems = told(house)
    assert {(p.code, p.level) for p in problems} == {("missing-language", Level.WARNING)}
    for key, text in {
        "title: ": "No face recognition for police",
        "summary: ": "Stop selling face recognition to police departments",
        "    - ": "Commit publicly not to sell face recognition to police departments.",
        "subject: ": "Follow Widget Works",
    }.items():
        house.spoil("acme.yaml", f"{key}{text}\n", f'{key}{{en: "{text}", fr: "Oui"}}\n')
    house.spoil("acme.yaml", "action: stopped such sales", "action: {en: stopped, fr: oui}")
    house.spoil("acme.yaml", "title: Director}]", "title: {en: Director, fr: Directrice}}]")
    problem = one(house, "branch-unseen")
    assert problem.place is not None
    assert problem.place.path.name == "call.fr.md"


def test_what_one_campaign_never_shows_another_may(house: Any) -> None:
    house.call("{% if campaign.id == 'acme' %}a{% else %}b{% endif %}")
    assert one(house, "branch-unseen")
    text = (house.folder / "acme.yaml").read_text("utf-8").replace("id: acme", "id: other")
    house.write("other.yaml", text)
    coverage = Coverage()
    for name in ("acme", "other"):
        campaign, _ = load_campaign(house.folder / f"{name}.yaml")
        assert campaign is not None
        assert coverage.add(campaign) == []
    assert coverage.problems() == []


def test_a_campaign_may_turn_it_off_with_a_reason(house: Any) -> None:
    house.call("{% if 1 > 2 %}x{% endif %}")
    setting = "checks: {branch-unseen: {level: off, reason: kept for the next one}}"
    house.spoil("acme.yaml", "copies: copies\n", f"copies: copies\n{setting}\n")
    assert told(house) == []


def test_a_letter_that_runs_to_a_third_page_is_told_and_the_limit_is_the_campaigns(
    house: Any,
) -> None:
    house.call(("We ask you to think of it. " * 100 + "\n\n") * 5)
    problems = told(house)
    first = problems[0]
    assert first.code == "letter-too-long"
    assert "the limit is" in first.message
    setting = "checks: {letter-too-long: {limit: 9, reason: a report}}"
    house.spoil("acme.yaml", "copies: copies\n", f"copies: copies\n{setting}\n")
    assert told(house) == []


def test_a_word_that_runs_out_of_its_place_is_told(house: Any, project_root: Path) -> None:
    built_in = project_root / "templates/layouts/letter.html"
    house.write("templates/layouts/own.html", built_in.read_text("utf-8"))
    rule = ".body p { overflow-wrap: normal; hyphens: none }"
    house.write("templates/layouts/own.css", f'@import "letter.css";\n{rule}\n')
    house.spoil("acme.yaml", "template: call\n", "template: call\n    layout: own\n")
    house.call("X" * 150)
    problem = next(p for p in told(house) if p.code == "text-overflows")
    assert "“XXXX" in problem.message
    assert problem.place is not None
    assert problem.place.path.name == "own.css"


def test_an_address_that_leaves_its_window_is_told_wherever_it_stands_on_the_list(
    house: Any,
) -> None:
    rows = [PERSON | {"name": f"Ann Lee {n}"} for n in range(40)]
    rows[20] |= {"address": "\n".join(f"{n} Long Street" for n in range(6))}
    with_list(house, rows)
    house.spoil("acme.yaml", "template: call\n", "template: call\n    layout: window-10\n")
    problems = [p for p in told(house) if p.code == "address-too-long"]
    assert len(problems) == 1
    assert "Ann Lee 20" in problems[0].message
    assert problems[0].level is Level.ERROR


def test_an_address_that_somebody_may_have_tomorrow_is_a_note(house: Any) -> None:
    titled = PERSON | {"title": "Deputy Assistant Secretary for the Rights of All"}
    long = PERSON | {"name": "Bo", "title": "", "address": "1 Oak Road\nFloor 2\nRoom 3"}
    with_list(house, [titled, long])
    house.spoil("acme.yaml", "template: call\n", "template: call\n    layout: window-10\n")
    problem = one(house, "would-not-fit")
    assert "a recipient with the longest value in every field" in problem.message
    assert "`window-10`" in problem.message


def test_built_in_layouts_have_no_branch_that_no_letter_can_reach(house: Any) -> None:
    house.write("templates/letters/call.md", "Please keep your word.\n")
    for layout in ("letter", "window-10", "window-dl"):
        house.spoil("acme.yaml", "template: call\n", f"template: call\n    layout: {layout}\n")
        coverage, problems = covered(house)
        assert problems == []
        files = {branch.path.name for branch in coverage.layouts.branches}
        assert {"letter.html", "email.html"} <= files
        assert len(coverage.layouts.branches) > 60
        house.spoil("acme.yaml", f"    layout: {layout}\n", "")


def test_a_passage_of_an_own_layout_that_no_letter_can_reach_is_told(
    house: Any, project_root: Path
) -> None:
    built_in = (project_root / "templates/layouts/letter.html").read_text("utf-8")
    spoilt = built_in.replace("<h1>", "{% if letter.cc == 1 %}x{% endif %}<h1>")
    house.write("templates/layouts/letter.html", spoilt)
    problem = one(house, "branch-unseen")
    assert "letter.cc == 1" in problem.message


def test_watching_changes_no_letter_and_ends_with_the_check(house: Any) -> None:
    from advocacy.letters.compose import compose_letters

    campaign, _ = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None
    before = [letter.body for letter in compose_letters(campaign).letters]
    coverage = Coverage()
    coverage.add(campaign)
    seen = {branch: dict(viewers) for branch, viewers in coverage.letters.seen.items()}
    assert [letter.body for letter in compose_letters(campaign).letters] == before
    assert coverage.letters.seen == seen


def test_every_branch_of_the_shipped_letters_is_seen_by_somebody(project_root: Path) -> None:
    coverage, problems = Coverage(), []
    for path in sorted((project_root / "campaigns").glob("*.yaml")):
        campaign: Campaign | None = load_campaign(path)[0]
        assert campaign is not None
        problems += coverage.add(campaign)
    branches: list[Branch] = list(coverage.letters.branches)
    assert len(branches) > 20
    assert problems == []
    assert {p.level for p in coverage.problems()} <= {Level.NOTE}
    assert {p.code for p in coverage.problems()} <= {"branch-unlisted"}


def test_a_recipient_whose_letter_is_answered_is_checked(house: Any) -> None:
    house.spoil("acme.yaml", "salutation: Ms. Roe", "your_letter: 2020-05-12, salutation: Ms. Roe")
    assert told(house) == []
    with_list(house, [{**PERSON, "your_letter": "2020-05-12"}, {**PERSON, "name": "Al Lee"}])
    assert covered(house)[0].summary().startswith("1 branch of letters: 1 seen")


@pytest.mark.parametrize("layout", ["window-fr", "window-dl", "large-print"])
def test_parts_of_a_built_in_layout_that_another_overrides_are_not_told(
    house: Any, layout: str
) -> None:
    house.spoil("acme.yaml", "    template: call\n", f"    template: call\n    layout: {layout}\n")
    house.spoil(
        "acme.yaml", "    template: thanks\n", f"    template: thanks\n    layout: {layout}\n"
    )
    assert [found for found in told(house) if found.code == "branch-unseen"] == []
