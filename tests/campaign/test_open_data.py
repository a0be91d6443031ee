"""What those who write to officials may rely on, from open data in the forms that are published."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.addressing import recipients_of
from advocacy.campaign.bills.positions import committee_seats
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_list
from advocacy.errors import Level, Problem
from tests.conftest import Edit

DAY = date(2026, 8, 10)


def read(path: Path, **options: Any) -> tuple[list[Recipient], list[Problem]]:
    problems: list[Problem] = []
    return list(read_list(path, DAY, problems.append, **options)), problems


# --- Open States --------------------------------------------------------------------------------

PERSON = """id: ocd-person/{name}
name: {name} Roe
given_name: {name}
family_name: Roe
email: {name}@legis.example
party:
- name: Green
roles:
- start_date: {start}
  end_date: {end}
  type: {kind}
  jurisdiction: ocd-jurisdiction/country:us/state:ak/government
  district: '4'
offices:
- classification: district
  address: 5 Main St, Nome, AK 99762
- classification: capitol
  address: {address}
  voice: 907-555-0100
links:
- url: https://legis.example/{name}
"""


def person(folder: Path, name: str, **values: str) -> None:
    wanted = {"start": "2025-01-01", "end": "", "kind": "lower", "address": ""} | values
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(PERSON.format(name=name, **wanted), "utf-8")


@pytest.fixture
def alaska(tmp_path: Path) -> Path:
    state = tmp_path / "data" / "ak"
    person(state / "legislature", "Ann", address="1 Capitol, Juneau, AK 99801")
    person(state / "legislature", "Bob", kind="upper")
    person(state / "legislature", "Cy", end="2025-12-31")
    person(state / "executive", "Di", kind="attorney general", end="2026-12")
    person(state / "retired", "El", end="2020-12-31")
    (state / "committees").mkdir()
    (state / "committees" / "parks.yml").write_text(
        "id: ocd-organization/1\nname: Parks\nmembers:\n"
        "- {name: Ann Roe, role: chair, person_id: ocd-person/Ann}\n",
        "utf-8",
    )
    return state


def test_a_states_folder_is_its_legislature_with_offices_and_committees(alaska: Path) -> None:
    people, problems = read(alaska)
    assert [p.full_name for p in people] == ["Ann Roe", "Bob Roe"]
    ann, bob = people
    assert (ann.address, ann.city, ann.region) == (("1 Capitol",), "Juneau", "AK")
    assert (bob.address, bob.city, bob.region) == (("5 Main St",), "Nome", "AK")
    assert ann.in_office_from == date(2025, 1, 1)
    assert ann.other["chamber"] == "lower"
    assert ann.other["state"] == "AK"
    assert ann.other["district"] == "4"
    assert ann.other["party"] == "Green"
    assert ann.other["phone"] == "907-555-0100"
    assert (ann.other["committee"], ann.other["committee_title"]) == ("Parks", "chair")
    assert list(committee_seats(ann)) == [("", "Parks", "chair")]
    assert set(ann.other) == set(bob.other)
    [warning] = problems
    assert (warning.code, warning.level) == ("no-office-then", Level.WARNING)
    assert "1 person holds no office on 2026-08-10" in warning.message
    assert warning.place is not None
    assert warning.place.path.name == "Cy.yml"


def test_all_states_and_one_folder_and_one_person_are_lists_too(alaska: Path) -> None:
    assert len(read(alaska.parent)[0]) == 2
    [attorney] = read(alaska / "executive")[0]
    assert (attorney.title, attorney.other["chamber"]) == ("Attorney General", "")
    assert [p.full_name for p in read(alaska / "legislature" / "Ann.yml")[0]] == ["Ann Roe"]


def test_a_broken_file_of_a_folder_does_not_stop_the_others(alaska: Path) -> None:
    (alaska / "legislature" / "Aaron.yml").write_text("roles: [", "utf-8")
    (alaska / "legislature" / "Abe.yml").write_text("- 1\n", "utf-8")
    people, problems = read(alaska)
    assert len(people) == 2
    assert "not-legislators" in [p.code for p in problems]
    assert {"Aaron.yml", "Abe.yml"} <= {p.place.path.name for p in problems if p.place}


def test_a_campaign_may_name_a_folder_beside_it(
    alaska: Path, small_campaign: Path, edit: Edit
) -> None:
    alaska.rename(small_campaign.parent / "ak")
    edit(small_campaign, "demand:\n", "recipients: ak\ndemand:\n")
    people, problems = people_of(small_campaign)
    assert people == ["Ann Roe", "Bob Roe"]
    assert problems == ["no-office-then"]


def test_a_folder_of_a_campaign_does_not_lead_out_of_the_workspace(
    alaska: Path, small_campaign: Path, edit: Edit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    person(elsewhere, "Eve")
    alaska.rename(small_campaign.parent / "ak")
    (small_campaign.parent / "ak" / "legislature" / "Eve.yml").symlink_to(elsewhere / "Eve.yml")
    edit(small_campaign, "demand:\n", "recipients: ak\ndemand:\n")
    assert people_of(small_campaign) == ([], ["outside-workspace"])


def people_of(path: Path) -> tuple[list[str], list[str]]:
    """The names of those to whom a campaign's letters go, and the codes of problems."""
    campaign = load_campaign(path)[0]
    assert campaign is not None
    problems: list[Problem] = []
    found = [p.full_name for p in recipients_of(campaign, DAY, problems.append)]
    return found, [problem.code for problem in problems]


def test_a_folder_without_people_is_told(tmp_path: Path) -> None:
    people, problems = read(tmp_path)
    assert (people, [p.code for p in problems]) == ([], ["is-a-folder"])


def test_the_real_folder_and_the_real_csv_hold_the_same_people(shared_data: Path) -> None:
    for state, count in (("oh", 132), ("ne", 49)):
        folder, table = (
            read(shared_data / "openstates" / name) for name in (f"data/{state}", f"{state}.csv")
        )
        for people, problems in (folder, table):
            assert problems == []
            assert len(people) == count
        for one, other in zip(
            *(sorted(p, key=lambda p: p.id or "") for p, _ in (folder, table)), strict=True
        ):
            assert one.model_dump(exclude={"other", "in_office_from", "in_office_until"}) == (
                other.model_dump(exclude={"other", "in_office_from", "in_office_until"})
            )
            for column in ("chamber", "district", "party"):
                assert one.text_of(column) == other.text_of(column)
            # The CSV has the telephone of the capitol alone.
            assert other.text_of("phone") in ("", one.text_of("phone"))


# --- Popolo -------------------------------------------------------------------------------------

PARLIAMENT: dict[str, Any] = {
    "persons": [
        {
            "id": "p1",
            "name": "Zoë Weiß",
            "honorific_prefix": "Dr.",
            "contact_details": [
                {"type": "email", "value": "zoe@parliament.example"},
                {"type": "address", "value": "1 Parliament Square\nSpringfield"},
                {"type": "voice", "value": "555-0100"},
            ],
        },
        {"id": "p2", "name": "Ann Roe", "email": "ann@parliament.example"},
        {"id": "p3", "name": "Old Roe"},
        {"id": "p4", "name": "Party Roe"},
    ],
    "organizations": [
        {"id": "house", "name": "House of Commons", "classification": "legislature"},
        {"id": "green", "name": "Greens", "classification": "party"},
    ],
    "areas": [{"id": "a1", "name": "Springfield North"}],
    "events": [{"id": "term/5", "start_date": "2024-05", "end_date": ""},
               {"id": "term/4", "start_date": "2019", "end_date": "2024-04-30"}],
    "memberships": [
        {"person_id": "p1", "organization_id": "house", "on_behalf_of_id": "green",
         "area_id": "a1", "role": "member", "legislative_period_id": "term/5"},
        {"person_id": "p1", "organization_id": "house", "legislative_period_id": "term/4"},
        {"person_id": "p2", "organization_id": "house", "start_date": "2024-06-01"},
        {"person_id": "p3", "organization_id": "house", "legislative_period_id": "term/4"},
        {"person_id": "p4", "organization_id": "green"},
    ],
}  # fmt: skip


def test_a_parliament_in_popolo_is_its_members_of_the_day(tmp_path: Path) -> None:
    path = tmp_path / "parliament.json"
    path.write_text(json.dumps(PARLIAMENT, indent=1), "utf-8")
    people, problems = read(path)
    zoe, ann = people
    assert (zoe.full_name, zoe.honorific, zoe.email) == (
        "Zoë Weiß",
        "Dr.",
        "zoe@parliament.example",
    )
    assert zoe.address == ("1 Parliament Square", "Springfield")
    assert (zoe.other["chamber"], zoe.other["party"]) == ("House of Commons", "Greens")
    assert (zoe.other["district"], zoe.other["phone"]) == ("Springfield North", "555-0100")
    assert (ann.in_office_from, ann.email) == (date(2024, 6, 1), "ann@parliament.example")
    [warning] = problems
    assert "2 people hold no office" in warning.message
    places = [p.place() for p in people]
    lines = path.read_text("utf-8").splitlines()
    assert all(place and "{" in lines[(place.line or 0) - 1] for place in places)


def test_people_without_memberships_are_all_written_to(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('{"persons": [{"id": "a", "name": "Ann"}, {"name": "Bob"}]}', "utf-8")
    assert [p.full_name for p in read(path)[0]] == ["Ann", "Bob"]


# --- congress-legislators -----------------------------------------------------------------------

MEMBER: dict[str, Any] = {
    "id": {"bioguide": "R000001"},
    "name": {"first": "Ann", "last": "Roe", "official_full": "Ann Roe"},
    "terms": [
        {"type": "rep", "start": "2025-01-03", "end": "2027-01-03", "state": "OH", "district": 4,
         "party": "Green", "address": "2371 Rayburn House Office Building Washington DC 20515",
         "url": "https://roe.example"}
    ],
}  # fmt: skip
ROW = (
    "last_name,first_name,suffix,full_name,type,state,district,senate_class,party,url,address,"
    "phone,bioguide_id\nRoe,Ann,,Ann Roe,rep,OH,4,,Green,https://roe.example,"
    "2371 Rayburn House Office Building Washington DC 20515,,R000001\n"
)


def test_json_and_csv_say_the_same_as_yaml(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([MEMBER]), "utf-8")
    (tmp_path / "b.yaml").write_text(json.dumps([MEMBER]), "utf-8")
    (tmp_path / "c.csv").write_text(ROW, "utf-8")
    found = []
    for name in ("a.json", "b.yaml", "c.csv"):
        people, problems = read(tmp_path / name)
        assert problems == [], name
        found.append(people[0].model_dump(exclude={"in_office_from", "in_office_until"}))
    assert found[0] == found[1] == found[2]
    assert found[0]["address"] == ("2371 Rayburn House Office Building",)
    assert (found[0]["region"], found[0]["other"]["state"]) == ("DC", "OH")


def test_offices_in_the_district_are_read_where_they_stand_beside(tmp_path: Path) -> None:
    office = {"address": "5 Main St", "suite": "Suite 2", "city": "Lima", "state": "OH",
              "zip": "45801", "phone": "419-555-0100"}  # fmt: skip
    offices = tmp_path / "legislators-district-offices.json"
    offices.write_text(json.dumps([{"id": {"bioguide": "R000001"}, "offices": [office]}]), "utf-8")
    (tmp_path / "legislators-current.json").write_text(json.dumps([MEMBER]), "utf-8")
    [member] = read(tmp_path / "legislators-current.json")[0]
    assert member.other["district_address"] == "5 Main St, Suite 2, Lima, OH 45801"
    assert member.other["district_phone"] == "419-555-0100"
    people, [problem] = read(offices)
    assert (people, problem.code) == ([], "not-legislators")
    assert "no names" in problem.message


# --- whatever else stands there -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1", "null", '"x"', "[", "[1, 2", '{"a"', '{"a" 1}', "{1: 2}", "[1] 2", "[NaN]",
        "[" * 100_000, '[{"terms": 3}]', '[{"terms": [3], "id": 5, "name": 7}]', '{"persons": [1]}',
        '{"persons": [{"name": {"a": 1}}], "memberships": {"a": 1}}', "[" + "9" * 5000 + "]",
        '{"persons": [{"id": ["x"], "name": ["y"]}], "memberships": [{"person_id": []}]}',
        '{"id": "ocd-person/1", "name": 1, "roles": 3, "offices": "x", "party": {"a": 1}}',
        '{"id": "ocd-person/1", "name": "A", "roles": [{"start_date": [], "type": 3}]}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", [".json", ".yaml"])
def test_whatever_a_file_holds_is_people_or_problems(
    tmp_path: Path, text: str, ending: str
) -> None:
    path = tmp_path / f"list{ending}"
    path.write_text(text, "utf-8")
    people, problems = read(path)
    assert people or problems or text == '{"persons": [1]}'
    assert all(count < 5 for count in Counter(p.code for p in problems).values())
