"""What those who write to other parliaments may rely on: their own forms of address hold."""

import json
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.own_forms import address_by_forms, read_own_forms

FORMS = """\
House of Commons:
  title: Member of Parliament
  greeting: Member {family_name}
Senate:
  honorific: The Honourable
  greeting: Senator {family_name}
  organization: Senate of Canada
"""
POPOLO = {
    "persons": [
        {"id": "roe", "name": "Ann Roe", "given_name": "Ann", "family_name": "Roe"},
        {"id": "poe", "name": "Bo Poe", "given_name": "Bo", "family_name": "Poe"},
        {"id": "doe", "name": "Cy Doe"},
    ],
    "organizations": [
        {"id": "commons", "name": "House of Commons", "classification": "legislature"},
        {"id": "senate", "name": "Senate", "classification": "legislature"},
    ],
    "memberships": [
        {"person_id": "roe", "organization_id": "commons"},
        {"person_id": "poe", "organization_id": "senate"},
        {"person_id": "doe", "organization_id": "commons"},
    ],
}


def test_members_of_a_parliament_are_addressed_by_the_campaigns_table(tmp_path: Path) -> None:
    (tmp_path / "forms.yaml").write_text(FORMS)
    people = tmp_path / "popolo.json"
    people.write_text(json.dumps(POPOLO))
    forms, problems = read_own_forms(tmp_path / "forms.yaml")
    assert problems == []
    rows = list(read_list(people, date(2026, 6, 22), lambda _: None))
    found = {one.id: one for one in address_by_forms(rows, forms)}
    assert found["roe"].greeted == "Member Roe"
    assert (found["roe"].title, found["roe"].organization) == (
        "Member of Parliament",
        "House of Commons",
    )
    assert found["poe"].greeted == "Senator Poe"
    assert (found["poe"].honorific, found["poe"].organization) == (
        "The Honourable",
        "Senate of Canada",
    )
    assert found["doe"].greeted == "Cy Doe"


def test_what_the_list_says_comes_before_the_table(tmp_path: Path) -> None:
    (tmp_path / "forms.yaml").write_text(FORMS)
    people = tmp_path / "list.csv"
    people.write_text(
        "id,name,family_name,salutation,chamber\nroe,Ann Roe,Roe,Ann,house of commons\n"
    )
    forms, _ = read_own_forms(tmp_path / "forms.yaml")
    (row,) = address_by_forms(read_list(people, date(2026, 6, 22), lambda _: None), forms)
    assert row.greeted == "Ann"
    assert row.title == "Member of Parliament"


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ("Senate:\n  greeting: Senator {surname}\n", 2, "family_name"),
        ("Senate:\n  titel: Senator\n", 2, "title"),
        ("Senate: Senator\n", 1, "title"),
        ("Senate:\n  title: [a\n", 3, ""),
    ],
)
def test_a_mistake_in_the_table_is_told_with_line_and_cure(
    tmp_path: Path, text: str, line: int, cure: str
) -> None:
    path = tmp_path / "forms.yaml"
    path.write_text(text)
    _, problems = read_own_forms(path)
    assert problems
    place = problems[0].place
    assert place is not None
    assert place.path == path
    assert place.line == line
    assert cure in problems[0].hint
