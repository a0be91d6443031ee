"""What those who write to several people at once may rely on: one letter names them all."""

from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.letters.compose import Composed, compose_letters

from ..checks.test_bills import CAMPAIGN
from .test_bills import WRITTEN

HEAD = "id,name,family_name,honorific,organization,address,city,region,postal_code,country"
PEOPLE = f"""\
{HEAD},chamber,state,committee_codes,committee_titles
e000001,Ada Example,Example,@,1 Hart,Washington,DC,20510,US,senate,IL,,
roe,Ann Roe,Roe,@,2 Hart,Washington,DC,20510,US,senate,OH,SSEX,Chair
poe,Bo Poe,Poe,@,3 Dirksen,Washington,DC,20510-4304,US,senate,TX,SSEX,Ranking Member
doe,Cy Doe,Doe,@,4 Hart,Washington,DC,20510,US,senate,NE,SSXX,Chair
""".replace("@", "The Honorable,United States Senate")
STAGES = """\
  hear: {template: call, bill: us-119-s9901, to: [chair, ranking member], together: true}
  rest: {template: call, bill: us-119-s9901, to: [everyone else, sponsor]}
"""


@pytest.fixture
def letters(tmp_path: Path) -> "Letters":
    return Letters(tmp_path)


class Letters:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "templates" / "letters").mkdir(parents=True)
        parks = "  - {code: ssxx00, name: Committee on Parks, referred: 2026-02-04}\nas_of"
        (folder / "bill.yaml").write_text(WRITTEN.replace("as_of", parks))
        (folder / "list.csv").write_text(PEOPLE)

    def compose(self, words: str = "Please hold a hearing.", stages: str = STAGES) -> Composed:
        (self.folder / "templates" / "letters" / "call.md").write_text(words)
        path = self.folder / "parks.yaml"
        path.write_text(f"{CAMPAIGN[: CAMPAIGN.index('stages:')]}stages:\n{stages}")
        self.campaign, problems = load_campaign(path)
        assert self.campaign is not None, problems
        return compose_letters(self.campaign)


def test_chair_and_ranking_member_of_a_committee_get_one_letter(letters: Letters) -> None:
    made = {one.id: one for one in letters.compose().letters}
    assert list(made) == ["e000001", "roe-and-poe", "doe"]
    assert made["roe-and-poe"].salutation == "Dear Chair Roe and Ranking Member Poe:"
    assert made["roe-and-poe"].inside_address == (
        "The Honorable Ann Roe",
        "Chair, Committee on Examples",
        "The Honorable Bo Poe",
        "Ranking Member, Committee on Examples",
        "United States Senate",
        "Washington, DC 20510",
    )
    assert made["doe"].salutation == "Dear Chair Doe:"
    assert made["doe"].inside_address[3] == "4 Hart"


def test_people_of_a_campaign_get_one_letter_in_their_own_order(letters: Letters) -> None:
    stage = "  call: {template: call, subject: Parks, to: [poe, roe], together: true}\n"
    found = letters.compose("Dear {{ recipient.salutation }}", stage).letters
    assert [one.recipient.called for one in found] == ["Ann Roe and Bo Poe"]
    assert found[0].recipient.goes_by(("poe",))


def test_a_sentence_must_be_true_of_each_reader(letters: Letters) -> None:
    from advocacy.checks.gate import gate_of

    roe = "  - {id: roe, name: Ann Roe, joined: 2026-02-06}\ncommittees"
    bill = letters.folder / "bill.yaml"
    bill.write_text(bill.read_text().replace("committees", roe, 1))
    stages = STAGES.replace("[chair,", "[cosponsor, chair,")
    found = letters.compose("Thank you for cosponsoring the bill.", stages)
    assert letters.campaign is not None
    joint = next(one for one in found.letters if one.id == "roe-and-poe")
    errors = gate_of(letters.campaign).errors(joint)
    assert any("Bo Poe does not sponsor" in one.message for one in errors)


def test_a_letter_to_too_many_is_refused_with_the_cure(letters: Letters) -> None:
    rows = PEOPLE.splitlines(keepends=True)
    more = [rows[1].replace("e000001", f"x{number}") for number in range(9)]
    (letters.folder / "list.csv").write_text("".join([rows[0], *more]))
    found = letters.compose(stages="  call: {template: call, subject: Parks, together: true}\n")
    told = next(one for one in found.problems if one.code == "too-many-together")
    assert "9 people" in told.message
    assert "`to:`" in told.hint
    assert told.place is not None
    assert told.place.line is not None
