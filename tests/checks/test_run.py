"""All checks together: order, lists of people, languages, and what they load."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import filter_by_code, run_checks
from advocacy.errors import AdvocacyError, Level, Place, Problem

HEAVY = ("weasyprint", "pypandoc", "pikepdf", "rich", "sqlalchemy", "css_inline", "pypdfium2")


def test_problems_come_in_the_order_of_files_and_lines(house: Any) -> None:
    house.spoil("acme.yaml", "until: 2020-06-12", "until: 2020-06-14")
    house.spoil("acme.yaml", "subject: Thank you", f"subject: {'x' * 99}")
    house.spoil("sources.yaml", "https://", "http://")
    house.call("TODO\n\nWidget sold 12 systems.")
    problems = house.check()
    places = [(str(p.place.path), p.place.line or 0, p.place.column or 0) for p in problems]
    assert places == sorted(places)
    assert len(problems) == len(set(problems)) > 6
    assert problems == house.check(), "and the same every time"


def test_nothing_is_told_twice_for_many_recipients(house: Any) -> None:
    people = "".join(f"\n    - {{id: p{n}, name: Person {n}}}" for n in range(40))
    house.spoil("acme.yaml", "salutation: Mr. Doe}", f"salutation: Mr. Doe}}{people}")
    house.call("Widget sold 12 systems to {{ recipient.name }}.")
    assert [p.code for p in house.check()] == ["uncited-claim"]


def test_a_passage_for_one_recipient_is_judged_with_its_line(house: Any) -> None:
    house.call('{% if recipient.id == "doe" %}\nWidget sold 12 systems.\n{% endif %}')
    problem = house.one("uncited-claim")
    assert problem.place.path.name == "call.md"
    assert problem.place.column == 1


def test_a_passage_for_one_day_of_the_window_is_judged(house: Any) -> None:
    last = 'date | date("yyyy-MM-dd") == "2020-06-12"'
    house.call(f'{{% if {last} %}}It stopped.{{{{ cite("acme-stopped") }}}}{{% endif %}}')
    codes = {p.code for p in house.check()}
    assert codes == {"facts-contradict", "fact-not-yet", "source-too-new"}


def test_a_template_that_cannot_be_made_is_told_with_all_the_rest(house: Any) -> None:
    house.call("{{ recipent.name }}")
    house.spoil("acme.yaml", "subject: Thank you", f"subject: {'x' * 99}")
    codes = {p.code for p in house.check()}
    assert {"unknown-name", "subject-length"} <= codes


def test_one_stage_is_checked_alone(house: Any) -> None:
    house.call("TODO")
    assert house.check(stage="thanks") == []
    with pytest.raises(AdvocacyError, match="Did you mean `thanks`"):
        house.check(stage="thank")


def test_codes_are_selected_and_ignored() -> None:
    problems = [Problem(code, "m") for code in ("placeholder", "uncited-claim", "no-copy")]
    assert [p.code for p in filter_by_code(problems, ["no-copy", "placeholder"])] == [
        "placeholder", "no-copy",
    ]  # fmt: skip
    assert [p.code for p in filter_by_code(problems, (), ["no-copy"])] == [
        "placeholder",
        "uncited-claim",
    ]
    with pytest.raises(AdvocacyError, match="Did you mean `no-copy`"):
        filter_by_code(problems, ["no-kopy"])


def test_checking_loads_nothing_heavy(house: Any) -> None:
    script = f"""
import sys
from pathlib import Path
from advocacy.checks.run import run_checks
from advocacy.campaign.loading import load_campaign
campaign, problems = load_campaign(Path("acme.yaml"))
assert run_checks(campaign).letters == 4
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=house.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_shipped_campaigns_have_no_error(project_root: Path) -> None:
    paths = sorted((project_root / "campaigns").glob("*.yaml"))
    assert len(paths) >= 3
    for path in paths:
        campaign, problems = load_campaign(path)
        assert campaign is not None
        report = run_checks(campaign)
        assert report.letters > 0
        told = [p for p in (*problems, *report.problems) if p.level is not Level.NOTE]
        claims = [p for p in told if p.code == "uncited-claim"]
        print(f"{path.name}: {len(claims)} uncited claims of {report.letters} letters")
        assert told == []


def test_a_letter_in_another_language_is_checked_in_it(house: Any) -> None:
    text = (house.folder / "acme.yaml").read_text("utf-8")
    text = text.replace("language: en-US", "language: de")
    house.write("acme.yaml", text)
    house.write(
        "templates/letters/call.md",
        "Commit publicly: stop selling face recognition to police departments.\n\n"
        'Am 10. Juni lag die Rate bei 34 Prozent. Das ist viel.\n\nSo.{{ cite("acme-silent") }}\n',
    )
    (problem,) = house.found("uncited-claim")
    assert "“Am 10. Juni lag die Rate bei 34 Prozent.”" in problem.message


@pytest.mark.parametrize("day", [None, date(2020, 6, 11)])
def test_every_problem_of_a_check_has_a_place_and_a_sentence(house: Any, day: date | None) -> None:
    house.spoil("acme.yaml", "until: 2020-06-12", "until: 2020-06-14")
    house.spoil("sources.yaml", "https://", "http://")
    house.spoil("acme.yaml", "copies: copies", "copies: none-here")
    house.call("TODO: Widget sold 12 systems, “as they say now”.")
    for problem in house.check(day=day):
        assert isinstance(problem.place, Place), problem
        assert problem.message[0].isupper() or problem.message[0] in "`“0123456789"
        assert problem.message.endswith((".", "”")), problem.message
        assert problem.hint.endswith((".", "”", "?", "`", "…", ")")), problem.hint
