"""What those who write about real bills may rely on, counted against the files as published."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from advocacy.authoring.bills.bill_standing import bill_standing
from advocacy.campaign.addressing import People, inside_address, postal_problem, recipients_of
from advocacy.campaign.bills.reading import read_bill
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients.lists import read_list
from advocacy.letters.compose import Composed, compose_letters

from ..checks.test_bills import CAMPAIGN

JUNE = date(2026, 6, 22)


def people_of(shared_data: Path) -> People:
    congress = shared_data / "congress"
    return People(
        list=congress / "legislators-current.yaml",
        committees=(
            congress / "committee-membership-current.yaml",
            congress / "committees-current.yaml",
        ),
    )


def campaign_on(folder: Path, status: Path, bill: str, more: str = "") -> Campaign:
    """A campaign whose letters say what the reader is to a bill, and what can be asked."""
    (folder / "templates" / "letters").mkdir(parents=True)
    words = "We write to you as {{ recipient.position }}: {{ recipient.ask }}."
    (folder / "templates" / "letters" / "call.md").write_text(words)
    (folder / "status.xml").write_bytes(status.read_bytes())
    stages = f"stages:\n  call: {{template: call, demand: none, bill: {bill}{more}}}\n"
    text = CAMPAIGN[: CAMPAIGN.index("bills:")]
    (folder / "parks.yaml").write_text(f"{text}bills: [status.xml]\n{stages}")
    campaign, problems = load_campaign(folder / "parks.yaml")
    assert campaign is not None, problems
    return campaign


def said(composed: Composed) -> dict[str, tuple[str, str]]:
    """Position and ask by Bioguide id, as the letters print them."""
    found = {}
    for one in composed.letters:
        position, _, ask = one.body.text().removeprefix("We write to you as ").partition(": ")
        found[one.recipient.text_of("bioguide")] = (position, ask.strip().rstrip("."))
    return found


@pytest.mark.slow
def test_cosponsors_of_2017_are_thanked_as_what_they_were_and_nobody_else(
    shared_data: Path, tmp_path: Path
) -> None:
    status = shared_data / "bills" / "BILLSTATUS-115hr367.xml"
    campaign = campaign_on(tmp_path, status, "us-115-hr367")
    day, people = date(2017, 9, 1), people_of(shared_data)
    composed = compose_letters(campaign, day=day, people=people)
    bill = campaign.bills["us-115-hr367"]
    listed = {one.member.id for one in bill.cosponsors if one.covers(day)}
    there = {one.recipient.text_of("bioguide") for one in composed.letters}
    thanked = {name for name, (position, _) in said(composed).items() if position == "cosponsor"}
    assert thanked == listed & there
    assert len(thanked) > 40
    letters = {one.recipient.text_of("bioguide"): one for one in composed.letters}
    assert letters["B001243"].salutation == "Dear Representative Blackburn:"
    assert letters["B001243"].recipient.organization == "United States House of Representatives"
    assert {one.recipient.text_of("chamber") for one in composed.letters} == {"house"}
    rows = list(recipients_of(campaign, day, lambda _: None, people))
    standing = bill_standing(bill, day, people=rows, campaign=campaign)
    assert "Peter A. DeFazio (cosponsor)" in standing.others
    later = {one.member.name for one in bill.cosponsors if one.withdrawn and not one.covers(JUNE)}
    assert later == {"Peter A. DeFazio"}


def test_nobody_is_asked_to_cosponsor_what_is_held_at_the_desk(
    shared_data: Path, tmp_path: Path
) -> None:
    status = shared_data / "bills" / "BILLSTATUS-117s35.xml"
    campaign = campaign_on(tmp_path, status, "us-117-s35")
    day = date(2021, 2, 18)
    composed = compose_letters(campaign, day=day, people=people_of(shared_data))
    asks = Counter(
        (one.recipient.text_of("chamber"), ask)
        for one, (_, ask) in zip(composed.letters, said(composed).values(), strict=True)
    )
    assert {ask for (chamber, ask) in asks if chamber == "house"} == {"vote", "none"}
    assert {ask for (chamber, ask) in asks if chamber == "senate"} == {"none"}
    standing = bill_standing(campaign.bills["us-117-s35"], day)
    assert standing.summary == "passed the Senate, held at the desk"


def test_every_member_in_office_has_an_address_but_one(shared_data: Path, tmp_path: Path) -> None:
    status = shared_data / "bills" / "BILLSTATUS-117s35.xml"
    campaign = campaign_on(tmp_path, status, "us-117-s35")
    rows = list(recipients_of(campaign, JUNE, lambda _: None, people_of(shared_data)))
    in_office = [
        row for row in rows
        if row.in_office_from and row.in_office_from <= JUNE
        and (row.in_office_until is None or row.in_office_until >= JUNE)
    ]  # fmt: skip
    assert len(in_office) > 530
    without = [one.called for one in in_office if postal_problem(campaign, one)]
    assert len(without) == 1, without


@pytest.mark.parametrize(
    ("state", "chambers"), [("oh", {"upper", "lower"}), ("ne", {"legislature"})]
)
def test_every_legislator_of_a_state_is_addressed_in_full(
    shared_data: Path, tmp_path: Path, state: str, chambers: set[str]
) -> None:
    status = shared_data / "bills" / "BILLSTATUS-117s35.xml"
    campaign = campaign_on(tmp_path, status, "us-117-s35")
    rows = list(read_list(shared_data / "openstates" / "data" / state, JUNE, lambda _: None))
    assert {one.text_of("chamber") for one in rows} == chambers
    assert len(rows) == {"oh": 132, "ne": 49}[state]
    for one in rows:
        lines = inside_address(campaign, one)
        assert lines[0].startswith("The Honorable "), lines
        assert one.greeted.split()[0] in ("Senator", "Representative"), one.greeted
        assert one.organization in lines


def test_a_bill_of_an_earlier_congress_is_never_asked_for(
    shared_data: Path, tmp_path: Path
) -> None:
    bill, problems = read_bill(shared_data / "bills" / "BILLSTATUS-116hr5053.xml")
    assert problems == []
    assert bill is not None
    assert bill_standing(bill, JUNE).state.kind in ("dead", "enacted")
