"""What those who write to lawmakers may rely on: all are addressed by office, none by gender."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients.forms_of_address import (
    address_officer,
    chamber_name_of,
    title_of,
)
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.model import Recipient
from advocacy.letters.compose import compose_letters

from ..checks.test_bills import CAMPAIGN, LIST
from .test_bills import WRITTEN
from .test_congress import members

JUNE = date(2026, 6, 22)


def found(path: Path, name: str) -> tuple[str, str, str, str]:
    """Honorific and name, the line below, the organization, and the greeting."""
    one = next(p for p in read_list(path, date(2026, 8, 10), lambda _: None) if p.called == name)
    return f"{one.honorific} {one.called}", one.title or "", one.organization or "", one.greeted


@pytest.mark.parametrize(
    ("file", "name", "title", "organization", "greeting"),
    [
        ("oh.csv", "Adam Bird", "", "Ohio House of Representatives", "Representative Bird"),
        ("data/oh", "Willis Blackshear", "", "Ohio Senate", "Senator Blackshear"),
        ("ne.csv", "Ashlei Spivey", "", "Nebraska Legislature", "Senator Spivey"),
        ("data/ne", "Ashlei Spivey", "", "Nebraska Legislature", "Senator Spivey"),
        ("data/oh/executive", "Mike DeWine", "Governor", "", "Governor DeWine"),
        ("data/oh/executive", "Dave Yost", "Attorney General", "", "Attorney General Yost"),
    ],
)
def test_people_in_a_states_offices_are_addressed_by_them(
    shared_data: Path, file: str, name: str, title: str, organization: str, greeting: str
) -> None:
    wanted = (f"The Honorable {name}", title, organization, greeting)
    assert found(shared_data / "openstates" / file, name) == wanted


@pytest.mark.parametrize(
    ("chamber", "state", "title", "name"),
    [
        ("lower", "CA", "Assemblymember", "California State Assembly"),
        ("lower", "VA", "Delegate", "Virginia House of Delegates"),
        ("lower", "WI", "Representative", "Wisconsin State Assembly"),
        ("upper", "NY", "Senator", "New York Senate"),
        ("legislature", "NE", "Senator", "Nebraska Legislature"),
        ("lower", "ZZ", "Representative", ""),
    ],
)
def test_each_chamber_has_its_name_and_its_members_their_title(
    chamber: str, state: str, title: str, name: str
) -> None:
    assert (title_of(chamber, state), chamber_name_of(chamber, state)) == (title, name)


def test_what_the_list_says_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    head = "id,name,family_name,honorific,salutation,organization,address,city,region,chamber\n"
    path.write_text(f"{head}a,Al Roe,Roe,Dr.,,The Senate,1 Hill,Town,OH,upper\n")
    assert found(path, "Al Roe") == ("Dr. Al Roe", "", "The Senate", "Dr. Roe")


def test_leaders_have_their_office_under_the_name_and_nobody_a_nickname(
    shared_data: Path,
) -> None:
    people = {one.id: one for one in members(shared_data / "congress")}
    offices = {one.full_name: (one.title, one.greeted) for one in people.values() if one.title}
    assert offices["Mike Johnson"] == ("Speaker of the House", "Speaker Johnson")
    assert offices["John Thune"] == ("Majority Leader", "Senator Thune")
    assert offices["Chuck Grassley"] == ("President Pro Tempore", "Senator Grassley")
    assert people["j000288"].full_name == "Henry C. Johnson, Jr."


def test_a_chair_is_one_in_letters_on_a_bill_before_the_committee(tmp_path: Path) -> None:
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "call.md").write_text("Please hold a hearing.")
    parks = "  - {code: ssxx00, name: Committee on Parks, referred: 2026-02-04}\nas_of"
    (tmp_path / "bill.yaml").write_text(WRITTEN.replace("as_of", parks))
    seats = {"e000002": "SSEX,Chair", "e000003": "SSEX; SSXX,; Chair", "e000004": ","}
    text = LIST.splitlines()[0] + ",committee_titles,family_name\n"
    for row in LIST.splitlines()[2:]:
        text += f"{row.rpartition(',')[0]},{seats[row[:7]]},Example\n"
    (tmp_path / "list.csv").write_text(text)
    (tmp_path / "parks.yaml").write_text(CAMPAIGN)
    campaign, problems = load_campaign(tmp_path / "parks.yaml")
    assert campaign is not None, problems
    letters = {one.id: one for one in compose_letters(campaign).letters}
    assert letters["e000002"].salutation == "Dear Chair Example:"
    assert letters["e000002"].inside_address[1] == "Chair, Committee on Examples"
    assert letters["e000003"].inside_address[1] == "Chair, Committee on Parks"
    assert letters["e000004"].salutation == "Dear Di Example:"


def test_a_greeting_of_ones_own_stays(tmp_path: Path) -> None:
    one = Recipient.model_construct(family_name="Roe", salutation="Ann", title="Whip", other={})
    assert address_officer(one, "chair", "Committee on Parks") is one
    senator = one.model_copy(update={"salutation": "Senator Roe", "title": None})
    officer = address_officer(senator, "ranking member", "Senate Committee on the Judiciary")
    assert officer.salutation == "Ranking Member Roe"
    assert officer.title == "Ranking Member, Committee on the Judiciary"
