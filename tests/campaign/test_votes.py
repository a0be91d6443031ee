"""What those who write about bills may rely on: votes as chambers publish them, and in tables."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.bills.positions import position_on
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import Problem
from advocacy.letters.compose import compose_letters

from ..checks.test_bills import CAMPAIGN
from .test_bills import WRITTEN

SENATE = """<?xml version="1.0" encoding="UTF-8"?><roll_call_vote>
<congress>119</congress><session>2</session><vote_number>9</vote_number>
<vote_date>February 20, 2026,  04:12 PM</vote_date><question>{question}</question>
<document><document_congress>119</document_congress><document_type>S.</document_type>
<document_number>9901</document_number></document><members>
<member><last_name>Example</last_name><vote_cast>Yea</vote_cast>
<lis_member_id>S901</lis_member_id></member>
<member><last_name>Example</last_name><vote_cast>Nay</vote_cast>
<lis_member_id>S902</lis_member_id></member>
<member><last_name>Gone</last_name><vote_cast>Not Voting</vote_cast>
<lis_member_id>S999</lis_member_id></member>
</members></roll_call_vote>"""
HOUSE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE rollcall-vote PUBLIC "-//US Congress//DTDs/vote v1.0 20031119 //EN"
 "http://clerk.house.gov/evs/vote.dtd">
<rollcall-vote><vote-metadata><congress>119</congress>
<chamber>U.S. House of Representatives</chamber>
<rollcall-num>62</rollcall-num><legis-num>S 9901</legis-num>
<vote-question>On Passage</vote-question>
<action-date>1-Mar-2026</action-date></vote-metadata><vote-data>
<recorded-vote><legislator name-id="H000001" party="D" state="OH" role="legislator">Fay</legislator>
<vote>Aye</vote></recorded-vote></vote-data></rollcall-vote>"""
TABLE = "name,vote\nAda Example,Yes\nCy Example,did not vote\n"
PEOPLE = """\
id,name,address,city,region,postal_code,country,chamber,state,lis
e000001,Ada Example,1 Example Street,Washington,DC,20510,US,senate,IL,S901
e000002,Bo Example,2 Example Street,Washington,DC,20510,US,senate,OH,S902
e000003,Cy Example,3 Example Street,Washington,DC,20510,US,senate,TX,
e000004,Di Example,4 Example Street,Washington,DC,20510,US,senate,NE,
h000001,Fay Example,5 Example Street,Washington,DC,20515,US,house,OH,
"""


def loaded(
    tmp_path: Path, files: dict[str, str], named: str, words: str = "Thank you."
) -> tuple[Campaign, list[Problem]]:
    """The campaign with these files of votes, as `votes:` names them."""
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "call.md").write_text(words)
    (tmp_path / "bill.yaml").write_text(WRITTEN)
    (tmp_path / "list.csv").write_text(PEOPLE)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    path = tmp_path / "parks.yaml"
    path.write_text(CAMPAIGN.replace("stages:", f"votes: [{named}]\nstages:"))
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    return campaign, problems


def votes(campaign: Campaign, day: date = date(2026, 3, 2)) -> dict[str, str]:
    """How each person on the list voted, as far as is known on a day."""
    bill = campaign.bills["us-119-s9901"]
    people = [one.recipient for one in compose_letters(campaign).letters]
    return {one.full_name: position_on(bill, one, day).vote for one in people}


def test_a_senates_vote_is_joined_by_the_lis_id(tmp_path: Path) -> None:
    files = {"v.xml": SENATE.format(question="On Passage of the Bill")}
    campaign, problems = loaded(tmp_path, files, "v.xml")
    assert problems == []
    found = votes(campaign)
    assert (found["Ada Example"], found["Bo Example"], found["Cy Example"]) == ("yea", "nay", "")
    assert set(votes(campaign, date(2026, 2, 19)).values()) == {""}


def test_a_vote_of_the_house_is_one_on_the_senates_bill_and_joined_by_bioguide_id(
    tmp_path: Path,
) -> None:
    campaign, problems = loaded(tmp_path, {"v.xml": HOUSE}, "v.xml")
    assert problems == []
    bill = campaign.bills["us-119-s9901"]
    assert [(one.chamber, one.day) for one in bill.votes] == [("house", date(2026, 3, 1))]
    assert bill.votes[0].casts == {"h000001": "yea"}


def test_a_table_names_members_as_the_list_does(tmp_path: Path) -> None:
    named = "{file: v.csv, bill: us-119-s9901, chamber: senate, day: 2026-02-20}"
    campaign, problems = loaded(tmp_path, {"v.csv": TABLE}, named)
    assert problems == []
    found = votes(campaign)
    assert (found["Ada Example"], found["Cy Example"]) == ("yea", "not voting")


def test_a_table_of_ids_alone_is_enough(tmp_path: Path) -> None:
    named = "{file: v.csv, bill: us-119-s9901, chamber: senate, day: 2026-02-20}"
    files = {"v.csv": "id,vote\ne000001,Yea\ne000003,not voting\n"}
    campaign, problems = loaded(tmp_path, files, named)
    assert problems == []
    found = votes(campaign)
    assert (found["Ada Example"], found["Cy Example"]) == ("yea", "not voting")


def test_the_latest_vote_counts(tmp_path: Path) -> None:
    later = "{file: v.csv, bill: us-119-s9901, chamber: senate, day: 2026-02-27}"
    files = {"v.csv": "name,vote\nAda Example,no\n"}
    files["v.xml"] = SENATE.format(question="On the Motion (Motion to Concur)")
    campaign, _ = loaded(tmp_path, files, f"{later}, v.xml")
    assert votes(campaign)["Ada Example"] == "nay"
    assert votes(campaign, date(2026, 2, 21))["Ada Example"] == "yea"


@pytest.mark.parametrize(
    ("files", "named", "code"),
    [
        (
            {"v.xml": SENATE.format(question="On the Cloture Motion")},
            "v.xml",
            "vote-not-on-passage",
        ),
        ({"v.xml": "<roll_call_vote/>"}, "v.xml", "not-a-vote"),
        ({"v.xml": "<other/>"}, "v.xml", "not-a-vote"),
        ({"v.xml": "<roll"}, "v.xml", "broken-xml"),
        ({"v.csv": TABLE}, "v.csv", "not-a-vote"),
        ({}, "v.xml", "missing-file"),
        (
            {"v.xml": SENATE.format(question="On Passage").replace("9901", "9902")},
            "v.xml",
            "unknown-bill",
        ),
        (
            {"v.csv": "name,vote\nAda Example,paired\nBo Example,paired\n"},
            "{file: v.csv, bill: us-119-s9901, chamber: senate, day: 2026-02-20}",
            "unknown-vote",
        ),
    ],
)  # fmt: skip
def test_what_is_no_vote_on_a_bill_is_told_once(
    tmp_path: Path, files: dict[str, str], named: str, code: str
) -> None:
    _, problems = loaded(tmp_path, files, named)
    assert [one.code for one in problems] == [code]


@pytest.mark.parametrize(
    ("words", "whom"),
    [
        ("Thank you for voting for the bill.", {"Bo Example", "Cy Example", "Di Example"}),
        ("You voted against the bill.", {"Ada Example", "Cy Example", "Di Example"}),
        (
            '{% if recipient.vote == "yea" %}Thank you for your vote.{% else %}Please.{% endif %}',
            set(),
        ),
    ],
)
def test_only_who_voted_so_is_told_of_their_vote(
    tmp_path: Path, run_cli, words: str, whom: set[str]
) -> None:
    files = {"v.xml": SENATE.format(question="On Passage of the Bill")}
    campaign, _ = loaded(tmp_path, files, "v.xml", words)
    # One wording, and wrong for some of those who get it: each letter is judged for its reader.
    result = run_cli("render", campaign.path, "--format", "txt")
    refused = {name for name in ("Ada", "Bo", "Cy", "Di") if f"to {name} Example" in result.stderr}
    assert {f"{name} Example" for name in refused} == whom
    assert result.returncode == (1 if whom else 0)
    made = {path.stem for path in (tmp_path / "output").rglob("*.txt")}
    assert len(made) == 4 - len(whom)
