"""What those who write about bills may rely on: bill files as they are published, read by day."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.bills.actions import action_rules, classify_action
from advocacy.campaign.bills.bill_facts import bill_facts, bill_source
from advocacy.campaign.bills.model import Bill, another_bill_hint, congress_days
from advocacy.campaign.bills.positions import bill_for, position_on
from advocacy.campaign.bills.reading import read_bill
from advocacy.campaign.bills.states import (
    bill_state,
    can_cosponsor,
    open_referrals,
    summarize_state,
)
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.errors import AdvocacyError
from advocacy.files.xml_reading import parse_xml

WRITTEN = """\
legislature: us
session: 119
number: S. 9901
title: A bill to protect the parks of Springfield
short_title: Springfield Parks Act
origin: senate
introduced: 2026-02-04
sponsor: {id: E000001, name: Ada Example, state: IL}
cosponsors:
  - {id: E000002, name: Bo Example, joined: 2026-02-04}
  - {id: E000003, name: Cy Example, joined: 2026-02-05, withdrawn: 2026-03-01}
committees:
  - {code: ssex00, name: Committee on Examples, referred: 2026-02-04}
as_of: 2026-03-02
"""

STATUS = """<?xml version="1.0" encoding="UTF-8"?>
<billStatus><bill><number>77</number><type>HR</type><congress>118</congress>
<updateDate>2024-01-05T05:00:00Z</updateDate><originChamber>House</originChamber>
<introducedDate>2023-02-01</introducedDate><title>Example Act</title>
<committees><item><systemCode>hsju00</systemCode><name>Judiciary Committee</name>
<chamber>House</chamber><activities>
<item><name>Reported by</name><date>2023-06-02T03:30:00Z</date></item>
<item><name>Referred to</name><date>2023-02-01T15:00:00Z</date></item></activities>
</item></committees>
<actions>
<item><actionDate>2023-06-20</actionDate><text>Passed House by voice vote.</text></item>
<item><actionDate>2023-02-01</actionDate><text>Introduced in House</text></item></actions>
<sponsors><item><bioguideId>E000009</bioguideId>
<fullName>Rep. Example, Di [D-IL-3]</fullName></item></sponsors>
<cosponsors><item><bioguideId>E000010</bioguideId><fullName>Del. Example, Ed [R-GU-At Large]
</fullName><sponsorshipDate>2023-02-01</sponsorshipDate></item>
<item><bioguideId>E000010</bioguideId><fullName>Del. Example, Ed [R-GU-At Large]</fullName>
<sponsorshipDate>2023-02-01</sponsorshipDate></item></cosponsors>
</bill></billStatus>"""


def written(tmp_path: Path, text: str = WRITTEN) -> Bill:
    path = tmp_path / "bill.yaml"
    path.write_text(text)
    bill, problems = read_bill(path)
    assert problems == []
    assert bill is not None
    return bill


def real(shared_data: Path, name: str) -> Bill:
    bill, problems = read_bill(shared_data / "bills" / f"BILLSTATUS-{name}.xml")
    assert problems == []
    assert bill is not None
    return bill


# --- by hand ------------------------------------------------------------------------------------


def test_a_bill_written_by_hand_is_known_by_its_congress_and_number(tmp_path: Path) -> None:
    bill = written(tmp_path)
    assert bill.id == "us-119-s9901"
    assert bill.name == "S. 9901, Springfield Parks Act"
    assert bill.last_day == date(2027, 1, 2)


def test_a_cosponsor_is_one_from_joining_to_the_day_before_withdrawing(tmp_path: Path) -> None:
    spans = {one.member.name: one for one in written(tmp_path).cosponsors}
    assert not spans["Cy Example"].covers(date(2026, 2, 4))
    assert spans["Cy Example"].covers(date(2026, 2, 28))
    assert not spans["Cy Example"].covers(date(2026, 3, 1))
    assert spans["Bo Example"].covers(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("session: one hundred", "session: 119", "bad-bill-number"),
        ("number: Parks 1", "number: S. 9901", "bad-bill-number"),
        ("introduced: 2026-02-31", "introduced: 2026-02-04", "bad-day"),
        ("orgin: senate", "origin: senate", "unknown-key"),
        ("joined: 2026-03-02, withdrawn", "joined: 2026-02-05, withdrawn", "days-reversed"),
        ("introduced: 2026-03-04", "introduced: 2026-02-04", "bill-days"),
    ],
)
def test_a_mistake_in_a_bill_is_told_with_its_line(
    tmp_path: Path, wrong: str, right: str, code: str
) -> None:
    path = tmp_path / "bill.yaml"
    path.write_text(WRITTEN.replace(right, wrong))
    _, problems = read_bill(path)
    told = [one for one in problems if one.code == code]
    assert told, problems
    assert told[0].place is not None
    assert told[0].place.line is not None
    assert told[0].hint


def test_a_bill_of_the_next_congress_is_not_offered_in_the_place_of_another() -> None:
    hint = another_bill_hint("us-119-s9901", ["us-120-s9901"], "Add the file.")
    assert "`us-120-s9901` is a bill of another session" in hint
    assert "Did you mean" not in hint
    assert "Did you mean `us-119-s9901`?" in another_bill_hint("us-119-s9910", ["us-119-s9901"], "")


def test_a_bill_of_a_state_dies_with_the_session_that_its_file_names(tmp_path: Path) -> None:
    text = WRITTEN.replace("legislature: us", "legislature: ne").replace(
        "session: 119", "session: 109"
    )
    text = text.replace("origin: senate", "origin: legislature").replace(
        "number: S. 9901", "number: LB 12"
    )
    bill = written(tmp_path, text + "session_ends: 2026-04-17\n")
    assert bill.id == "ne-109-lb12"
    assert bill_state(bill, date(2026, 4, 17)).kind == "in committee"
    assert bill_state(bill, date(2026, 4, 18)).kind == "dead"
    assert can_cosponsor(bill, "legislature", date(2026, 3, 1))


# --- as published -------------------------------------------------------------------------------


def test_a_status_file_gives_days_of_washington_and_members_by_name(tmp_path: Path) -> None:
    path = tmp_path / "BILLSTATUS-118hr77.xml"
    path.write_text(STATUS)
    bill, problems = read_bill(path)
    assert bill is not None
    assert [one.code for one in problems] == ["cosponsor-twice"]
    assert bill.referrals[0].ended == date(2023, 6, 1), "3:30 UTC is the evening before"
    assert bill.sponsors[0].name == "Di Example"
    assert [(one.member.name, one.member.district) for one in bill.cosponsors] == [
        ("Ed Example", "0")
    ]
    assert bill.as_of == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("full_name", "name"),
    [
        ("Sen. Casey, Robert P., Jr. [D-PA]", "Robert P. Casey, Jr."),
        ("Rep. Johnson, Henry C. &quot;Hank,&quot; Jr. [D-GA-4]", "Henry C. Johnson, Jr."),
        ("Rep. Carter, Earl L. &quot;Buddy&quot; [R-GA-1]", "Earl L. Carter"),
        ("Sen. Manchin, Joe, III [D-WV]", "Joe Manchin, III"),
        ("Sen. Van Hollen, Chris [D-MD]", "Chris Van Hollen"),
    ],
)
def test_a_suffix_stands_behind_the_name_and_a_nickname_nowhere(
    tmp_path: Path, full_name: str, name: str
) -> None:
    path = tmp_path / "BILLSTATUS-118hr77.xml"
    path.write_text(STATUS.replace("Rep. Example, Di [D-IL-3]", full_name))
    bill, _ = read_bill(path)
    assert bill is not None
    (sponsor,) = bill.sponsors
    assert sponsor.name == name
    assert len(sponsor.state) == 2


def test_the_list_of_cosponsors_in_the_house_closes_with_the_last_report(tmp_path: Path) -> None:
    path = tmp_path / "BILLSTATUS-118hr77.xml"
    path.write_text(STATUS)
    bill, _ = read_bill(path)
    assert bill is not None
    assert can_cosponsor(bill, "house", date(2023, 5, 31))
    assert not can_cosponsor(bill, "house", date(2023, 6, 1))
    assert not can_cosponsor(bill, "senate", date(2023, 5, 31)), "it is not a bill of the Senate"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<billStatus><bill>", "broken-xml"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><billStatus/>', "unsafe-xml"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "unsafe-xml"),
        ("<a>" * 150 + "</a>" * 150, "unsafe-xml"),
        ("<html><body>Not found</body></html>", "not-a-bill"),
        ("<billStatus><bill><congress>118</congress></bill></billStatus>", "bill-incomplete"),
        ("", "broken-xml"),
    ],
)
def test_a_file_that_is_cut_off_or_a_trap_is_told(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "bill.xml"
    path.write_text(text)
    bill, problems = read_bill(path)
    assert bill is None
    assert [one.code for one in problems] == [code]
    assert problems[0].hint


def test_a_vote_of_the_house_clerk_may_name_its_outer_definition(tmp_path: Path) -> None:
    doctype = b'<!DOCTYPE rollcall-vote PUBLIC "-//US Congress//DTDs/vote v1.0" "vote.dtd">'
    assert parse_xml(doctype + b"<rollcall-vote/>", tmp_path / "roll.xml").tag == "rollcall-vote"


def test_an_entity_bomb_is_refused_before_it_expands(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a0 "x">' + "".join(
        f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12)
    )
    with pytest.raises(AdvocacyError, match="defines an XML entity"):
        parse_xml(f"{bomb}]><a>&a12;</a>".encode(), tmp_path / "bomb.xml")


def test_a_bill_of_open_states_is_known_from_its_day(tmp_path: Path) -> None:
    path = tmp_path / "bill.json"
    path.write_text(
        """{"identifier": "HB 110", "session": "136", "title": "Example",
        "jurisdiction": {"id": "ocd-jurisdiction/country:us/state:oh/government", "name": "Ohio"},
        "from_organization": {"name": "House", "classification": "lower"},
        "updated_at": "2026-03-04T10:00:00Z", "first_action_date": "2026-01-05",
        "sponsorships": [
          {"name": "Example, Al", "primary": true,
           "person": {"id": "ocd-person/1", "name": "Al Example"}},
          {"name": "Example, Be", "primary": false,
           "person": {"id": "ocd-person/2", "name": "Be Example"}}],
        "actions": [
          {"date": "2026-01-05", "order": 0, "description": "Introduced",
           "classification": ["introduction"], "organization": {"classification": "lower"}},
          {"date": "2026-02-05", "order": 1, "description": "Passed", "classification": ["passage"],
           "organization": {"classification": "lower"}}]}"""
    )
    bill, problems = read_bill(path)
    assert problems == []
    assert bill is not None
    assert bill.id == "oh-136-hb110"
    assert bill.cosponsors[0].covers(date(2026, 3, 4))
    assert not bill.cosponsors[0].covers(date(2026, 3, 3)), "nobody knows since when"
    assert bill_state(bill, date(2026, 2, 5)).kind == "passed"


# --- what actions mean --------------------------------------------------------------------------


def test_each_rule_fits_its_example_and_not_its_counterexample() -> None:
    assert len(action_rules()) > 10
    for rule in action_rules():
        found = classify_action(rule.example)
        assert found is not None, rule.example
        assert found[0] == rule.event, rule.example
        other = classify_action(rule.counter)
        assert other is None or other[0] != rule.event, rule.counter


def test_congresses_end_on_january_3() -> None:
    assert congress_days(119).first == date(2025, 1, 3)
    assert congress_days(119).last == date(2027, 1, 2)


# --- evidence -----------------------------------------------------------------------------------


def test_the_facts_of_a_bill_follow_each_other_without_gaps(tmp_path: Path) -> None:
    path = tmp_path / "BILLSTATUS-118hr77.xml"
    path.write_text(STATUS)
    bill, _ = read_bill(path)
    assert bill is not None
    facts = bill_facts(bill)
    states = [one for name, one in facts.items() if "-is-" in name]
    for one, after in itertools.pairwise(states):
        assert one.until is not None
        assert after.from_ is not None
        assert (after.from_ - one.until).days == 1
        assert facts[one.superseded_by or ""] == after
    said = str(facts["us-118-hr77-passed-house"].statement)
    assert "H.R. 77 passed the House on June 20, 2023." in said
    assert facts["us-118-hr77-is-dead"].from_ == date(2025, 1, 3)
    assert bill_source(bill).csl()["chapter-number"] == "118th Cong."


def test_a_letter_that_says_in_committee_is_refused_after_the_report(
    small_campaign: Path,
) -> None:
    folder = small_campaign.parent
    (folder / "bills").mkdir()
    (folder / "bills" / "parks.yaml").write_text(
        WRITTEN.replace(
            "as_of", "events:\n  - {day: 2026-02-20, kind: passed, chamber: senate}\nas_of"
        )
    )
    text = small_campaign.read_text()
    small_campaign.write_text(text + "bills: [bills/parks.yaml]\n")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None
    assert problems == []
    assert campaign.bills["us-119-s9901"].short_title == "Springfield Parks Act"
    assert campaign.facts["us-119-s9901-is-in-committee"].holds(date(2026, 2, 19))
    assert not campaign.facts["us-119-s9901-is-in-committee"].holds(date(2026, 2, 20))
    assert campaign.facts["us-119-s9901-is-passed"].holds(date(2026, 2, 20))
    assert campaign.sources["us-119-s9901"].published_by(date(2026, 2, 4))


# --- real files ---------------------------------------------------------------------------------


def test_every_form_of_status_file_is_read(shared_data: Path) -> None:
    files = sorted((shared_data / "bills").glob("*.xml"))
    assert len(files) == 7
    for path in files:
        bill, problems = read_bill(path)
        assert bill is not None, path
        assert problems == [], path
        assert all((bill.sponsors, bill.events, bill.introduced)), path


def test_the_one_who_withdrew_is_no_cosponsor_afterwards(shared_data: Path) -> None:
    bill = real(shared_data, "115hr367")
    defazio = next(one for one in bill.cosponsors if one.member.name == "Peter A. DeFazio")
    assert defazio.covers(date(2017, 9, 1))
    assert not defazio.covers(date(2017, 10, 4))
    joined = {one.member.id for one in bill.cosponsors if one.covers(date(2017, 9, 1))}
    assert "B001243" in joined, "Marsha Blackburn, a Representative at the time"
    assert [one.code for one in open_referrals(bill, date(2017, 9, 1))] == ["hsju00", "hswm00"]


def test_a_bill_held_at_the_desk_is_no_longer_one_to_cosponsor(shared_data: Path) -> None:
    bill, day = real(shared_data, "117s35"), date(2021, 2, 18)
    assert summarize_state(bill, bill_state(bill, day)) == "passed the Senate, held at the desk"
    assert not can_cosponsor(bill, "senate", day)
    assert not can_cosponsor(bill, "house", day)
    older = real(shared_data, "117s35-older-form")
    assert older.cosponsors == bill.cosponsors
    assert older.events == bill.events


def test_the_day_of_a_vote_is_that_of_washington(shared_data: Path) -> None:
    bill = real(shared_data, "117hr1")
    assert next((one.number, one.day) for one in bill.roll_calls) == (62, date(2021, 3, 3))


def test_a_vetoed_resolution_stays_vetoed(shared_data: Path) -> None:
    bill = real(shared_data, "114sjres8")
    assert bill_state(bill, date(2015, 4, 1)).kind == "vetoed"
    assert bill_state(bill, date(2016, 1, 1)).kind == "sustained"


# --- positions ----------------------------------------------------------------------------------


def lawmaker(**columns: str) -> Recipient:
    known = {name: columns.pop(name) for name in ("id", "name") if name in columns}
    return Recipient.model_validate({"name": "Fay Example", **known, "other": columns})


def test_what_is_asked_follows_the_position(tmp_path: Path) -> None:
    bill, day = written(tmp_path), date(2026, 2, 10)
    judiciary = {"committee_codes": "SSEX", "committees": "Senate Committee on Examples"}
    cases = {
        ("sponsor", "none"): lawmaker(id="e000001", chamber="senate"),
        ("cosponsor", "none"): lawmaker(bioguide="E000002", chamber="senate"),
        ("everyone else", "cosponsor"): lawmaker(id="e000004", chamber="senate"),
        ("chair", "schedule a hearing"): lawmaker(
            id="e5", chamber="senate", committee_titles="Chairman", **judiciary
        ),
        ("ranking member", "urge a hearing"): lawmaker(
            id="e6", chamber="senate", committee_titles="Ranking Member", **judiciary
        ),
        ("committee member", "urge a hearing"): lawmaker(id="e7", chamber="senate", **judiciary),
    }
    for expected, person in cases.items():
        found = position_on(bill, person, day)
        assert (found.name, found.ask) == expected


def test_a_cosponsor_on_the_committee_is_thanked_and_asked_for_the_hearing(tmp_path: Path) -> None:
    person = lawmaker(
        bioguide="E000002",
        chamber="senate",
        committee_codes="SSEX",
        committees="Committee on Examples",
    )
    found = position_on(written(tmp_path), person, date(2026, 2, 10))
    assert found.names == ("cosponsor", "committee member")
    assert found.ask == "urge a hearing"
    assert found.cosponsor_since == date(2026, 2, 4)
    assert found.committees == ("Committee on Examples",)


def test_an_office_is_that_of_the_committee_that_the_lawmaker_leads(tmp_path: Path) -> None:
    second = "  - {code: ssxx00, name: Committee on Parks, referred: 2026-02-04}\nas_of"
    person = lawmaker(
        id="x",
        chamber="senate",
        committee_codes="SSEX; SSXX",
        committees="Committee on Examples; Committee on Parks",
        committee_titles="; Ranking Member",
    )
    found = position_on(
        written(tmp_path, WRITTEN.replace("as_of", second)), person, date(2026, 2, 10)
    )
    assert found.committees == ("Committee on Examples", "Committee on Parks")
    assert found.office == ("ranking member", "Committee on Parks")


def test_a_committee_of_the_same_name_in_the_other_chamber_is_another(tmp_path: Path) -> None:
    bill = written(tmp_path, WRITTEN.replace("code: ssex00, ", ""))
    seat = {"committees": "Committee on Examples", "committee_titles": "chair"}
    senator = lawmaker(id="e7", chamber="senate", **seat)
    assert position_on(bill, senator, date(2026, 3, 2)).name == "chair"
    other = lawmaker(id="e8", chamber="house", **seat)
    assert position_on(bill, other, date(2026, 3, 2)).name == "everyone else"


def test_who_withdrew_is_known_to_have_withdrawn(tmp_path: Path) -> None:
    found = position_on(
        written(tmp_path), lawmaker(id="e000003", chamber="senate"), date(2026, 3, 5)
    )
    assert found.name == "everyone else"
    assert found.withdrew == date(2026, 3, 1)


def test_delegates_are_not_asked_for_a_vote_and_members_are(tmp_path: Path) -> None:
    path = tmp_path / "BILLSTATUS-118hr77.xml"
    path.write_text(STATUS)
    bill, _ = read_bill(path)
    assert bill is not None
    closed = date(2023, 6, 10)
    assert position_on(bill, lawmaker(id="x", chamber="house", state="GU"), closed).ask == "none"
    assert position_on(bill, lawmaker(id="x", chamber="house", state="IL"), closed).ask == "vote"


def test_nebraskas_committee_is_asked_to_advance_the_bill(tmp_path: Path) -> None:
    text = WRITTEN.replace("legislature: us", "legislature: ne").replace(
        "origin: senate", "origin: legislature"
    )
    person = lawmaker(id="x", chamber="legislature", committees="Examples")
    assert position_on(written(tmp_path, text), person, date(2026, 2, 10)).ask == "advance"


def test_the_other_chamber_gets_its_own_related_bill_or_no_letter(tmp_path: Path) -> None:
    related = "related: [{number: H.R. 9902, id: us-119-hr9902, chamber: house, identical: true}]\n"
    senate, day = written(tmp_path, WRITTEN + related), date(2026, 2, 10)
    other = WRITTEN.replace("S. 9901", "H.R. 9902").replace("origin: senate", "origin: house")
    house = written(tmp_path, other)
    person = lawmaker(id="x", chamber="house")
    assert bill_for(senate, {senate.id: senate}, person, day) is None
    assert bill_for(senate, {senate.id: senate, house.id: house}, person, day) == house


def test_every_cosponsor_of_real_bills_is_one_on_their_days_and_nobody_else(
    shared_data: Path,
) -> None:
    counted = 0
    for name, day in (("115hr367", date(2017, 9, 1)), ("117hr1", date(2021, 2, 1))):
        bill = real(shared_data, name)
        listed = {one.member.id for one in bill.cosponsors if one.covers(day)}
        everyone = {one.member.id for one in bill.cosponsors} | {"X000001", "X000002"}
        for member in everyone:
            found = position_on(bill, lawmaker(bioguide=member, chamber="house"), day)
            assert ("cosponsor" in found.names) == (member in listed), member
            counted += 1
    assert counted > 300
