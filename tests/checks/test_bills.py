"""What those who write about bills may rely on: what a letter asks fits the reader's record."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.bills.positions import position_on
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.checks.bills import bill_words_rules
from advocacy.checks.run import run_checks
from advocacy.letters.compose import compose_letters

from ..campaign.test_bills import WRITTEN as BILL
from ..campaign.test_bills import written

LIST = """\
id,name,address,city,region,postal_code,country,chamber,state,committee_codes
e000001,Ada Example,1 Example Street,Washington,DC,20510,US,senate,IL,
e000002,Bo Example,2 Example Street,Washington,DC,20510,US,senate,OH,SSEX
e000003,Cy Example,3 Example Street,Washington,DC,20510,US,senate,TX,
e000004,Di Example,4 Example Street,Washington,DC,20510,US,senate,NE,
"""
CAMPAIGN = """\
id: parks
title: Parks
timezone: America/New_York
date: 2026-03-02
target: {organization: United States Senate, address: ["Washington, DC 20510"], country: US}
recipients: list.csv
demand: {summary: Support the parks, asks: [Support the parks]}
sender:
  organization: Example Park Friends
  address: [1 Example Street]
  email: us@friends.example
  signatories: [{name: A. Example}]
bills: [bill.yaml]
stages:
  call: {template: call, subject: Parks, from: 2026-03-02, until: 2026-03-02, bill: us-119-s9901}
"""


def judged(tmp_path: Path, words: str, bill: str = BILL) -> list[str]:
    """The people to whom a letter of these words is wrong, by the messages of `check`."""
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "call.md").write_text(
        f"{words}\n\n{{{{ demand.asks[0] }}}}"
    )
    (tmp_path / "bill.yaml").write_text(bill)
    (tmp_path / "list.csv").write_text(LIST)
    path = tmp_path / "parks.yaml"
    path.write_text(CAMPAIGN)
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    found = run_checks(campaign)
    return [one.message for one in found.problems if one.code == "bill-position"]


def test_each_rule_fits_its_example_and_not_its_counterexample() -> None:
    assert len(bill_words_rules()) >= 6
    for rule in bill_words_rules():
        assert rule.fits(rule.example), rule.example
        assert not rule.fits(rule.counter), rule.counter


@pytest.mark.parametrize(
    ("words", "whom", "why"),
    [
        (
            '{% if recipient.id == "e000003" %}Thank you for cosponsoring the bill.{% endif %}',
            "Cy Example",
            "withdrew from S. 9901 on 2026-03-01",
        ),
        (
            '{% if recipient.id == "e000004" %}We thank you for your cosponsorship.{% endif %}',
            "Di Example",
            "does not sponsor S. 9901",
        ),
        (
            '{% if recipient.id == "e000001" %}We ask you to sponsor the bill.{% endif %}',
            "Ada Example",
            "is a sponsor of S. 9901",
        ),
    ],
)
def test_a_letter_that_does_not_fit_the_record_is_an_error(
    tmp_path: Path, words: str, whom: str, why: str
) -> None:
    messages = judged(tmp_path, words)
    assert len(messages) == 1
    assert whom in messages[0]
    assert why in messages[0]


def test_nobody_is_asked_to_cosponsor_what_is_closed(tmp_path: Path) -> None:
    bill = BILL.replace(
        "as_of", "events: [{day: 2026-02-20, kind: passed, chamber: senate}]\nas_of"
    )
    words = '{% if recipient.id == "e000004" %}Please cosponsor the bill.{% endif %}'
    assert "closed" in judged(tmp_path, words, bill)[0]


def test_an_unofficial_list_does_not_say_who_has_not_joined(tmp_path: Path) -> None:
    words = '{% if recipient.id == "e000004" %}You have not yet cosponsored the bill.{% endif %}'
    assert "official" in judged(tmp_path, words, BILL + "official: false\n")[0]


def test_a_letter_that_asks_by_position_is_quiet(tmp_path: Path) -> None:
    words = (
        '{% if recipient.position in ("sponsor", "cosponsor") %}Thank you for sponsoring it.'
        '{% elif recipient.ask == "cosponsor" %}If you have not yet cosponsored it, please '
        "cosponsor it.{% endif %}"
    )
    assert judged(tmp_path, words, BILL + "official: false\n") == []


@pytest.mark.parametrize(
    ("stance", "words", "wrong"),
    [
        ("oppose", "We urge you to support the bill.", True),
        ("oppose", "We ask you to vote against the bill.", False),
        ("support", "We ask you to oppose the bill.", True),
        ("amend", "We ask you to oppose the bill.", True),
        ("amend", "We ask you to support an amendment to the bill.", False),
    ],
)
def test_a_letter_asks_for_what_its_stage_wants_of_the_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stance: str, words: str, wrong: bool
) -> None:
    stage = CAMPAIGN.replace("s9901}", f"s9901, position: {stance}}}").replace("Support the", "The")
    monkeypatch.setattr(f"{__name__}.CAMPAIGN", stage)
    found = judged(tmp_path, words)
    assert bool(found) == wrong
    assert all(f"`position: {stance}`" in one for one in found)


@pytest.mark.parametrize(
    ("stage", "subject"),
    [
        ("", "S. 9901, Springfield Parks Act: Support"),
        (", position: oppose", "S. 9901, Springfield Parks Act: Oppose"),
        (", position: amend", "S. 9901, Springfield Parks Act: Request to Amend"),
        (', subject: "{position}: {bill}"', "Support: S. 9901, Springfield Parks Act"),
        (', subject: "{other} parks"', "{other} parks"),
    ],
)
def test_the_subject_names_the_bill_and_what_is_wanted_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, subject: str
) -> None:
    text = CAMPAIGN.replace(" subject: Parks,", "").replace("s9901}", f"s9901{stage}}}")
    monkeypatch.setattr(f"{__name__}.CAMPAIGN", text)
    judged(tmp_path, "We write about the parks.")
    campaign, problems = load_campaign(tmp_path / "parks.yaml")
    assert campaign is not None, problems
    assert {one.subject for one in compose_letters(campaign).letters} == {subject}


def test_a_stage_without_a_bill_needs_a_subject(tmp_path: Path) -> None:
    path = tmp_path / "parks.yaml"
    path.write_text(CAMPAIGN.replace(" subject: Parks,", "").replace(", bill: us-119-s9901", ""))
    _, problems = load_campaign(path)
    missing = next(one for one in problems if one.code == "missing-key")
    assert "`subject`" in missing.message
    assert missing.place is not None
    assert missing.place.line == 15


def test_a_letter_is_checked_for_those_alone_who_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, _, stage = CAMPAIGN.partition("stages:\n")
    rest = stage.replace("s9901}", "s9901, to: [everyone else]}")
    thank = stage.replace("call:", "thank:").replace("s9901}", "s9901, to: [sponsor, cosponsor]}")
    thank = thank.replace("template: call", "template: thank")
    templates = tmp_path / "templates" / "letters"
    monkeypatch.setattr(f"{__name__}.CAMPAIGN", f"{head}stages:\n{thank}{rest}")
    asked = judged(tmp_path, "We ask you to sponsor the bill.")
    assert (templates / "call.md").is_file()
    assert asked == []


def test_the_source_of_an_event_is_in_use(tmp_path: Path, project_root: Path) -> None:
    shutil.copytree(project_root / "docs" / "examples" / "parks-act", tmp_path, dirs_exist_ok=True)
    campaign, problems = load_campaign(tmp_path / "parks-act.yaml")
    assert campaign is not None, problems
    assert {one.code for one in run_checks(campaign).problems} <= {
        "silenced-claim",
        "silenced-nothing",
    }


def test_who_opposes_a_bill_asks_everyone_to_oppose_it(tmp_path: Path) -> None:
    bill = written(tmp_path)
    person = Recipient.model_construct(id="e000001", other={"chamber": "senate"})
    day = date(2026, 3, 2)
    assert position_on(bill, person, day, "oppose").ask == "oppose"
    assert position_on(bill, person, day, "amend").ask == "amend"
    assert position_on(bill, person, day).ask == "none"
