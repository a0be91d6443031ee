"""What those who write to Congress may rely on, from the real data of congress-legislators."""

import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.congress import COLUMNS
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.select import Selection, where
from advocacy.errors import Problem, ignore
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter, check

pytestmark = pytest.mark.slow

JUNE = date(2026, 6, 22)
LAST = date(2026, 11, 3)


@pytest.fixture(scope="module")
def congress(shared_data: Path) -> Path:
    return shared_data / "congress"


@pytest.fixture(scope="module")
def campaign(project_root: Path) -> Campaign:
    found, problems = load_campaign(project_root / "campaigns" / "congress.yaml")
    assert found is not None, problems
    assert problems == []
    return found


@pytest.fixture(scope="module")
def to_everyone(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """The same campaign with one letter for everyone, about no bill."""
    folder = tmp_path_factory.mktemp("everyone") / "campaigns"
    shutil.copytree(project_root / "campaigns", folder)
    path = folder / "congress.yaml"
    text, _, _ = path.read_text("utf-8").partition("\nstages:")
    stage = "{template: all, subject: A hearing, from: 2026-06-15, until: 2026-11-03}"
    path.write_text(f"{text}\nstages:\n  law: {stage}\n", "utf-8")
    template = folder / "templates" / "letters" / "all.md"
    template.parent.mkdir(parents=True)
    template.write_text("Please hold a hearing on face recognition.\n", "utf-8")
    found, problems = load_campaign(path)
    assert found is not None, problems
    return found


def members(congress: Path, day: date = JUNE, **options: object) -> list[Recipient]:
    path = congress / "legislators-current.yaml"
    return list(read_list(path, day, ignore, **options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def everyone(congress: Path) -> list[Recipient]:
    return members(congress)


@pytest.fixture(scope="module")
def some(congress: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same files with the members of California and a few others, which are read sooner."""
    folder = tmp_path_factory.mktemp("some")
    for name in ("committee-membership-current.yaml", "committees-current.yaml"):
        shutil.copy(congress / name, folder)
    path = congress / "legislators-current.yaml"
    entries = re.split(r"(?m)^(?=- id:)", path.read_text("utf-8"))
    wanted = re.compile(
        r"state: CA$|last: Cantwell$|J000288|last: Norton$|Hernández|Andy Kim", re.M
    )
    kept = [entry for entry in entries if wanted.search(entry)]
    (folder / path.name).write_text("".join(kept), "utf-8")
    return folder


def people(congress: Path, *texts: str) -> People:
    return People(
        congress / "legislators-current.yaml",
        (congress / "committee-membership-current.yaml",),
        Selection(where(texts)),
    )


# --- the data as it is --------------------------------------------------------------------------


def test_everyone_in_congress_is_read_with_every_column(everyone: list[Recipient]) -> None:
    found = everyone
    assert Counter(one.other["chamber"] for one in found) == {"house": 437, "senate": 100}
    assert all(set(one.other) == set(COLUMNS) for one in found)
    assert all(one.email is None for one in found)
    places = [one.place() for one in found]
    assert all(place is not None and place.line for place in places)
    assert len({place.line for place in places if place}) == 537


@pytest.mark.parametrize(
    ("name", "lines", "salutation"),
    [
        (
            "cantwell",
            ("The Honorable Maria Cantwell", "United States Senate",
             "511 Hart Senate Office Building", "Washington, DC 20510"),
            "Dear Senator Cantwell:",
        ),
        (
            "j000288",
            ("The Honorable Henry C. Johnson, Jr.", "United States House of Representatives",
             "2240 Rayburn House Office Building", "Washington, DC 20515-1004"),
            "Dear Representative Johnson:",
        ),
        (
            "norton",
            ("The Honorable Eleanor Holmes Norton", "United States House of Representatives",
             "2136 Rayburn House Office Building", "Washington, DC 20515-5101"),
            "Dear Delegate Norton:",
        ),
        (
            "hernández rivera",
            ("The Honorable Pablo José Hernández", "United States House of Representatives",
             "1419 Longworth House Office Building", "Washington, DC 20515-5401"),
            "Dear Resident Commissioner Hernández Rivera:",
        ),
    ],
)  # fmt: skip
def test_a_member_is_addressed_as_the_house_itself_does(
    some: Path, to_everyone: Campaign, name: str, lines: tuple[str, ...], salutation: str
) -> None:
    column = "id" if name[1:].isdigit() else "family_name"
    composed = compose_letters(to_everyone, day=JUNE, people=people(some, f"{column}={name}"))
    [letter] = [one for one in composed.letters if one.inside_address[0] == lines[0]]
    assert letter.inside_address == lines
    assert letter.salutation == salutation


def test_no_form_of_address_depends_on_gender(everyone: list[Recipient]) -> None:
    for one in everyone:
        assert one.honorific == "The Honorable"
        words = (one.salutation or "").split()
        assert words[0] in ("Senator", "Representative", "Delegate", "Resident", "Speaker")


def test_every_senator_has_a_letter_and_who_left_is_named(
    congress: Path, to_everyone: Campaign
) -> None:
    composed = compose_letters(to_everyone, day=LAST, people=people(congress, "chamber=senate"))
    assert (len(composed.letters), composed.problems) == (100, [])
    later = compose_letters(
        to_everyone, day=date(2026, 11, 4), stage="law", people=people(congress, "chamber=senate")
    )
    assert len(later.letters) == 98
    assert [p.code for p in later.problems] == ["not-in-office"] * 2
    said = " ".join(p.message for p in later.problems)
    assert "Jon Husted" in said
    assert "Ashley Moody" in said
    assert "2026-11-03" in said


def test_a_member_without_an_office_is_named_and_can_be_left_out(
    some: Path, to_everyone: Campaign
) -> None:
    composed = compose_letters(to_everyone, day=JUNE, people=people(some, "state=CA"))
    [problem] = composed.problems
    assert problem.code == "missing-address"
    assert "James Gallagher" in problem.message
    out = People(
        some / "legislators-current.yaml",
        selection=Selection(where(["state=CA"]), excluded=frozenset({"g000607"})),
    )
    assert compose_letters(to_everyone, day=JUNE, people=out).problems == []


def test_a_term_is_the_one_of_the_letters_date(some: Path) -> None:
    # Representative until 2024-12-08, senator from the day after.
    before = {one.id: one for one in members(some, date(2024, 12, 1))}
    now = {one.id: one for one in members(some)}
    kim = next(name for name, one in now.items() if one.full_name == "Andy Kim")
    assert now[kim].other["chamber"] == "senate"
    assert before[kim].other["chamber"] == "house"


def test_committee_rank_and_title_are_those_of_the_committee_asked_for(congress: Path) -> None:
    files = (congress / "committee-membership-current.yaml",)
    for name in ("HSJU", "house committee on the judiciary"):
        found = members(congress, committees=files, committee=name)
        on = [one for one in found if one.other["committee"]]
        assert len(on) == 42
        [chair] = [one for one in on if one.other["committee_title"] == "Chair"]
        assert (chair.full_name, chair.other["committee_rank"]) == ("Jim Jordan", "1")
        assert {one.other["committee_code"] for one in on} == {"HSJU"}


def test_a_wrong_file_of_committees_is_told(some: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("- {name: x}\n", encoding="utf-8")
    alone = tmp_path / "committee-membership-current.yaml"
    alone.write_text("HSJU: [{bioguide: J000289, rank: 1}]\n", encoding="utf-8")
    path = some / "legislators-current.yaml"
    for files, code in (
        ((other,), "not-committees"),
        ((alone,), "no-committee-names"),
        ((tmp_path / "none.yaml",), "file-missing"),
    ):
        problems: list[Problem] = []
        assert list(read_list(path, JUNE, problems.append, committees=files)) == []
        assert [problem.code for problem in problems] == [code]


def a_senate(folder: Path, members: int, seated: range, *, until: str = "2031-01-03") -> Path:
    """A list of generated senators S0, S1, …, the last of whom changed party; who is seated."""
    term = {"type": "sen", "start": "2025-01-03", "end": until, "state": "OH", "party": "B"}
    term["address"] = "1 Hart Senate Office Building Washington DC 20510"
    spans = [
        {"start": "2025-01-03", "end": "2026-03-08", "party": "A"},
        {"start": "2026-03-09", "end": until, "party": "B", "caucus": "A"},
    ]
    people = [
        {"id": {"bioguide": f"S{n}"}, "name": {"first": "Al", "last": f"Roe{n}"}, "terms": [term]}
        for n in range(members)
    ]
    people[-1]["terms"] = [{**term, "party_affiliations": spans}]
    (folder / "legislators-current.yaml").write_text(json.dumps(people))
    (folder / "committees-current.yaml").write_text('[{"thomas_id": "SSEX", "name": "Examples"}]')
    seats = [{"bioguide": f"S{n}", "rank": n + 1} for n in seated]
    (folder / "committee-membership-current.yaml").write_text(json.dumps({"SSEX": seats}))
    return folder / "legislators-current.yaml"


def told(path: Path, day: date = JUNE) -> list[str]:
    problems: list[Problem] = []
    seats = path.with_name("committee-membership-current.yaml")
    list(read_list(path, day, problems.append, committees=(seats,)))
    return [one.message for one in problems if one.code == "other-committees"]


def test_committees_of_another_congress_are_told_with_their_number(tmp_path: Path) -> None:
    assert told(a_senate(tmp_path, 95, range(95))) == []
    (message,) = told(a_senate(tmp_path, 95, range(80, 110)))
    assert "15 of the 30 committee members in this file have no seat in that chamber" in message
    # A list of some members says nothing about the others, but of its own who has left tells.
    path = a_senate(tmp_path, 10, range(95))
    assert told(path) == []
    assert "10 of the 95 committee members" in told(path, date(2024, 6, 1))[0]


def test_a_member_who_changed_party_has_that_of_the_day(tmp_path: Path) -> None:
    path = a_senate(tmp_path, 1, range(1))
    for day, party, caucus in ((date(2026, 3, 8), "A", ""), (date(2026, 3, 9), "B", "A")):
        (member,) = read_list(path, day, ignore)
        assert (member.other["party"], member.other["caucus"]) == (party, caucus)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-legislators"),
        ("a: 1\n", "not-legislators"),
        ("- 1\n", "not-legislators"),
        ("- {name: x\n", None),
        ("- id: {bioguide: A1}\n  name: {first: A, last: B}\n  terms: []\n", "no-term"),
    ],
)
def test_a_yaml_file_that_is_no_list_of_members_is_told(
    tmp_path: Path, text: str, code: str | None
) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    assert list(read_list(path, JUNE, problems.append)) == []
    assert code in (None, problems[0].code)


# --- the campaign that comes with the tool ------------------------------------------------------


def test_the_shipped_list_is_the_senate_as_the_data_has_it(
    project_root: Path, congress: Path
) -> None:
    path = project_root / "campaigns" / "lists" / "senate.csv"
    shipped = {one.id: one for one in read_list(path, JUNE, ignore)}
    files = (congress / "committee-membership-current.yaml",)
    data = {one.id: one for one in members(congress, committees=files)}
    assert Counter(one.other["chamber"] for one in shipped.values()) == {"senate": 100, "house": 1}
    for name, one in shipped.items():
        real = data[name]
        assert one.model_dump(exclude={"verified", "other"}) == real.model_dump(
            exclude={"verified", "other"}
        )
        own = {k: v.strip() for k, v in one.other.items() if v}
        assert own.items() <= {k: v.strip() for k, v in real.other.items()}.items()
        assert one.verified == date(2026, 6, 15)
    text = (path.parent / "README.md").read_text(encoding="utf-8")
    assert "CC0" in text
    assert "unitedstates/congress-legislators" in text


def body(letter: Letter) -> str:
    return " ".join(letter.body.text().split())


@pytest.mark.parametrize("day", [date(2026, 6, 15), JUNE, date(2026, 8, 4)])
def test_the_sponsors_of_the_bill_are_thanked_and_the_other_senators_asked_to_join(
    campaign: Campaign, day: date
) -> None:
    composed = compose_letters(campaign, day=day)
    assert composed.problems == []
    stages: dict[str, list[str]] = {}
    for letter in composed.letters:
        checked, problems = check(letter, campaign)
        assert checked is not None, problems
        stages.setdefault(letter.stage, []).append(letter.recipient.full_name)
    assert sorted(stages["thanks"]) == ["Edward J. Markey", "Jeff Merkley", "Ron Wyden"]
    assert stages["house"] == ["Pramila Jayapal"]
    assert len(stages["cosponsor"]) == 97


def test_nobody_is_told_that_they_have_not_joined(campaign: Campaign) -> None:
    for letter in compose_letters(campaign).letters:
        asked = "cosponsor S. 3779" in body(letter)
        assert asked == (letter.stage == "cosponsor")
        assert not asked or "if you have not yet done so" in body(letter)
        if letter.stage == "cosponsor":
            assert "It is not a ban for the police" in body(letter)


def test_the_letter_falls_into_none_of_the_traps(campaign: Campaign) -> None:
    for letter in compose_letters(campaign).letters:
        assert "grounded in human rights" not in body(letter) + letter.subject
        assert "SB 6280" not in body(letter)  # a bill that a company backed


def test_the_manifest_says_where_a_member_can_be_reached(campaign: Campaign) -> None:
    from advocacy.batch.record import entry

    found = compose_letters(campaign, only=("m000133",)).letters
    line = json.loads(json.dumps(entry(found[0], {}, {})))
    assert line["recipient"]["url"] == "https://www.markey.senate.gov"
    assert "email" not in line["recipient"]
