"""Finding people on a list of any length, and those who strain a letter."""

from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.preview.people import FIRST_READ, MOST_FOUND, PeopleList, scripts_of

PEOPLE = 400
HEAD = "id,name,title,salutation,email,address,city,region,postal_code,country"


@pytest.fixture
def roll(small_campaign: Path, edit) -> PeopleList:
    rows = [HEAD]
    for number in range(PEOPLE):
        name = {7: "Zoë Åkesson", 99: "Ольга Иванова", 300: "Maximiliana " * 4}.get(
            number, f"Person {number}"
        )
        email = "" if number in (11, 12) else f"p{number}@list.example"
        rows.append(
            f"p{number},{name},Clerk,{name},{email},{number} Main Street,Aville,IL,62701,US"
        )
    (small_campaign.parent / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    edit(small_campaign, "facts: [facts.yaml]", "recipients: list.csv\nfacts: [facts.yaml]")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None, problems
    return PeopleList(campaign, campaign.letter_date())


def read(roll: PeopleList) -> list[int]:
    counts: list[int] = []
    roll.read(lambda: False, lambda: counts.append(len(roll)))
    return counts


def test_the_first_are_there_at_once_and_the_others_when_they_are_read(roll: PeopleList) -> None:
    assert (len(roll), roll.complete) == (FIRST_READ, False)
    first = roll.first()
    assert first is not None
    assert first.letter_id == "p0"
    assert read(roll)[-1] == PEOPLE
    assert roll.complete


def test_reading_can_be_ended_early(roll: PeopleList) -> None:
    roll.read(lambda: True, lambda: None)
    assert not roll.complete


def test_words_are_found_in_any_order_without_case_and_accents(roll: PeopleList) -> None:
    read(roll)
    assert [one.id for one in roll.search("akesson ZOE")[0]] == ["p7"]
    assert [one.id for one in roll.search("p31@list")[0]] == ["p31"]
    found, count = roll.search("person")
    assert (len(found), count) == (MOST_FOUND, PEOPLE - 3)
    assert roll.search("nobody") == ([], 0)
    assert [one.id for one in roll.search("", ["p5", "p9"])[0]] == ["p5", "p9"]


def test_everyone_is_given_back_as_the_list_has_them(roll: PeopleList) -> None:
    read(roll)
    person = roll.get("p399")
    assert person is not None
    assert person.full_name == "Person 399"
    place = person.place()
    assert place is not None
    assert place.line == 401
    assert roll.get("nobody") is None


def test_one_click_finds_who_strains_a_letter_and_the_next_click_the_next(roll: PeopleList) -> None:
    read(roll)
    longest, missing, script = (
        roll.find_unusual(kind) for kind in ("longest", "missing", "script")
    )
    assert longest is not None
    assert longest.id == "p300"
    assert missing is not None
    assert missing.id == "p11"
    again = roll.find_unusual("missing", missing.id)
    assert again is not None
    assert again.id == "p12"
    round_again = roll.find_unusual("missing", again.id)
    assert round_again is not None
    assert round_again.id == "p11"
    assert script is not None
    assert script.id == "p99"
    assert roll.find_unusual("script", among=["p1", "p2"]) is None


@pytest.mark.parametrize(
    ("language", "script"),
    [("en-US", "LATIN"), ("ru", "CYRILLIC"), ("sr", "CYRILLIC"), ("sr-Latn", "LATIN"),
     ("el-GR", "GREEK"), ("ja", "CJK"), ("xx", "LATIN")],
)  # fmt: skip
def test_a_language_has_its_own_script(language: str, script: str) -> None:
    assert script in scripts_of(language)
