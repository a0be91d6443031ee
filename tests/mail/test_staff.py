"""What staff may rely on when a lawmaker's aide gets the email: the letter is the member's."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from advocacy.campaign.addressing import inside_address, recipients_of
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email.message import render_email
from advocacy.errors import Problem
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import make_draft

from ..campaign.test_bills import WRITTEN
from ..checks.test_bills import CAMPAIGN, LIST

STAFF = """\
id,name,email
E000002,Ann Lee,ann.lee@senate.example
e000003,Bo Kim,
e000002,Cy Poe,cy.poe@senate.example
e000099,Di Fox,di.fox@senate.example
"""
DISTRICT = "200 High Street, Suite 5, Columbus, OH 43215"


def loaded(folder: Path, more: str = "staff: staff.csv\n") -> Campaign:
    (folder / "templates" / "letters").mkdir(parents=True)
    (folder / "templates" / "letters" / "call.md").write_text("Please hold a hearing.")
    (folder / "bill.yaml").write_text(WRITTEN)
    rows = LIST.splitlines()
    wide = [f'{row},"{DISTRICT}"' if "000002" in row else f"{row}," for row in rows[1:]]
    (folder / "list.csv").write_text("\n".join([f"{rows[0]},district_address", *wide]) + "\n")
    (folder / "staff.csv").write_text(STAFF)
    (folder / "parks.yaml").write_text(more + CAMPAIGN)
    campaign, problems = load_campaign(folder / "parks.yaml")
    assert campaign is not None, problems
    return campaign


def test_the_aide_gets_the_members_letter_with_a_cover_line_and_the_pdf(tmp_path: Path) -> None:
    campaign = loaded(tmp_path)
    letters = {one.id: one for one in compose_letters(campaign).letters}
    letter = letters["e000002"]
    assert letter.attach == ("pdf",)
    assert letter.inside_address[0] == "Bo Example"
    data = render_email(make_draft(letter), campaign.workspace, pdf=b"%PDF-1.7")
    message = cast("EmailMessage", message_from_bytes(data, policy=policy.SMTP))
    assert str(message["To"]) == "Ann Lee <ann.lee@senate.example>"
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"]
    cover = "This letter is for Bo Example. It is attached as a PDF, and its text follows."
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert cover in " ".join(plain.get_content().split())
    assert "Dear Bo Example:" in plain.get_content()
    assert cover in " ".join(html.get_content().split())
    assert letters["e000001"].cover == ""


def test_what_is_wrong_with_the_table_is_told_with_its_line(tmp_path: Path) -> None:
    problems: list[Problem] = []
    campaign = loaded(tmp_path)
    list(recipients_of(campaign, campaign.letter_date(None), problems.append))
    told = {one.code: (one.place.line if one.place else None) for one in problems}
    assert told == {"aide-incomplete": 3, "aide-twice": 4, "aide-of-nobody": 5}


@pytest.mark.parametrize("office", ["capitol", "district"])
def test_paper_goes_to_the_office_that_the_campaign_chooses(tmp_path: Path, office: str) -> None:
    campaign, problems = loaded(tmp_path, f"office: {office}\n"), list[Problem]()
    rows = list(recipients_of(campaign, campaign.letter_date(None), problems.append))
    lines = {row.id: inside_address(campaign, row)[-1] for row in rows}
    assert lines["e000002"] == (
        "Columbus, OH 43215" if office == "district" else "Washington, DC 20510"
    )
    assert lines["e000001"] == "Washington, DC 20510"
    assert [one.code for one in problems] == ["no-district-office"] * (office == "district")
