"""What was reviewed is what is sent: any change of an approved text is noticed and named."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from advocacy.checks.approving import approve_stage, review_stage
from advocacy.errors import AdvocacyError, Level
from advocacy.letters.approvals import (
    approval_problems,
    approvals_path,
    judge_approval,
    read_approvals,
    record_approval,
)
from advocacy.letters.stage_text import digest_parts

from ..loaded import loaded

TODAY = date(2026, 3, 2)
CHANGES = [
    ("parks.yaml", "    subject: Keep the park open", "    subject: Open it", "`subject` changed"),
    ("parks.yaml", "  asks: [Keep", "  asks: [Please keep", "`demand` changed"),
    ("parks.yaml", "title: Chair", "title: Director", "`sender` changed"),
    ("parks.yaml", "email: letters@", "email: mail@", "`sender` changed"),
    ("parks.yaml", "  address: [2 Main", "  address: [3 Main", "`target` changed"),
    ("parks.yaml", "title: Keep the park open", "title: The park", "`title` changed"),
    ("parks.yaml", "stages:\n", "cc: [The Board]\nstages:\n", "`cc` is new"),
    ("parks.yaml", "stages:\n", "citation_style: apa\nstages:\n", "`citation_style` changed"),
    ("parks.yaml", "    from: 2026", "    attach: [pdf]\n    from: 2026", "`attach` is new"),
    ("facts.yaml", "had 40,000 visits.", "had 50,000 visits.", "the fact `visits` changed"),
    ("facts.yaml", "  checked:", "  until: 2026-12-31\n  checked:", "the fact `visits` changed"),
    ("sources.yaml", "The Park in Figures", "The Park", "the source `report` changed"),
    ("templates/letters/open.md", "Many", "Most", "the template `letters/open.md` changed"),
    ("templates/layouts/letter.css", "p {", "p { ", "the template `layouts/letter.css` changed"),
    ("templates/layouts/email.html", "<html", "<html ", "the template `layouts/email.html` changed"),  # noqa: E501
    ("templates/words/en.yaml", "Sincerely", "Yours", "the template `words/en.yaml` changed"),
]  # fmt: skip
HARMLESS = [
    ("parks.yaml", "  addressees:\n", "  addressees:\n    - {id: roe, name: Rae Roe}\n"),
    ("parks.yaml", "salutation: Ms. Doe", "salutation: Dr. Doe"),
    ("parks.yaml", "    until: 2026-03-31", "    until: 2026-04-30"),
    ("parks.yaml", "date: 2026-03-02", "date: 2026-03-03"),
    ("parks.yaml", "id: parks\n", "id: parks  # our first\n"),
    ("facts.yaml", "checked: 2026-03-01", "checked: 2026-03-02"),
    ("facts.yaml", "visits:", "other:\n  statement: Not cited.\n  source: report\nvisits:"),
]


@pytest.fixture
def parks(small_campaign: Path, project_root: Path) -> Path:
    """The small campaign with layouts and words of its own, free to be changed."""
    for name in ("layouts", "words"):
        shutil.copytree(
            project_root / "templates" / name, small_campaign.parent / "templates" / name
        )
    css = small_campaign.parent / "templates" / "layouts" / "letter.css"
    css.write_text(css.read_text("utf-8") + "\np { color: black }\n", "utf-8")
    return small_campaign


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text, (name, old)
    path.write_text(text[: (at := text.rindex(old))] + new + text[at + len(old) :], "utf-8")


def test_an_approved_text_is_approved(parks: Path) -> None:
    campaign = loaded(parks)
    assert judge_approval(campaign, "call").state == "not approved"
    path = record_approval(campaign, "call", "Jane Doe", TODAY)
    assert path == parks.parent / "parks.approvals.yaml"
    found = judge_approval(loaded(parks), "call")
    assert found.state == "approved"
    assert found.approval is not None
    assert (found.approval.by, found.approval.on) == ("Jane Doe", TODAY)


@pytest.mark.parametrize(("name", "old", "new", "told"), CHANGES, ids=lambda v: str(v)[:30])
def test_any_change_of_what_is_read_or_relied_on_is_noticed(
    parks: Path, name: str, old: str, new: str, told: str
) -> None:
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    change(parks.parent, name, old, new)
    found = judge_approval(loaded(parks), "call")
    assert found.state == "stale"
    assert found.changes == (told,)


@pytest.mark.parametrize(("name", "old", "new"), HARMLESS, ids=lambda v: str(v)[:30])
def test_what_changes_no_text_leaves_the_approval(
    parks: Path, name: str, old: str, new: str
) -> None:
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    change(parks.parent, name, old, new)
    assert judge_approval(loaded(parks), "call").state == "approved"


def test_every_part_of_a_shipped_letter_is_covered(campaigns: Path) -> None:
    parts = digest_parts(loaded(campaigns / "microsoft.yaml"), "call")
    for name in (
        "letter",
        "campaign/demand",
        "facts/amazon-moratorium",
        "facts/microsoft-no-ban",
        "facts/nist-scale",
        "sources/nist-8280",
        "templates/letters/call-to-follow.md",
        "templates/partials/nist.md",
        "templates/layouts/letter.html",
        "templates/layouts/email.css",
        "templates/words/en.yaml",
    ):
        assert name in parts
    assert "facts/fas-arrests" not in parts


def test_digests_are_the_same_in_another_process(run_cli, parks: Path) -> None:
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    shown = run_cli("approve", parks, "--stage", "call", "-q", env={"PYTHONHASHSEED": "1"})
    assert "Jane Doe approved it on 2026-03-02, and it is unchanged." in shown.stdout


def test_an_approval_stays_when_the_folder_moves(parks: Path, tmp_path: Path) -> None:
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    shutil.move(parks.parent, tmp_path / "elsewhere")
    assert judge_approval(loaded(tmp_path / "elsewhere" / "parks.yaml"), "call").state == "approved"


def test_an_approval_of_one_stage_leaves_the_others_and_their_comments(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    path = record_approval(campaign, "keep", "Jane Doe", TODAY)
    path.write_text(path.read_text("utf-8").replace("keep:", "# by phone\nkeep:"), "utf-8")
    before = path.read_text("utf-8")
    record_approval(campaign, "call", "A. Example", TODAY)
    assert path.read_text("utf-8").startswith(before)
    record_approval(campaign, "keep", "John Roe", TODAY)
    assert path.read_text("utf-8").replace("John Roe", "Jane Doe").startswith(before)
    assert {name: a.by for name, a in read_approvals(campaign.path).items()} == {
        "keep": "John Roe",
        "call": "A. Example",
    }


def test_check_tells_what_is_no_longer_approved(run_cli, parks: Path) -> None:
    assert approval_problems(loaded(parks)) == []
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    assert approval_problems(loaded(parks)) == []
    change(parks.parent, "facts.yaml", "40,000 visits.", "50,000 visits.")
    [problem] = approval_problems(loaded(parks))
    assert (problem.code, problem.level) == ("approval-stale", Level.WARNING)
    assert (
        "changed since the approval by Jane Doe on 2026-03-02: the fact `visits` changed"
        in problem.message
    )
    assert "approval-stale" in run_cli("check", parks).stderr


def test_a_stage_that_nobody_approved_is_noted_once_there_are_approvals(campaigns: Path) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    assert approval_problems(campaign, ["call"])[0].code == "not-approved"
    record_approval(campaign, "keep", "Jane Doe", TODAY)
    problems = approval_problems(campaign)
    assert {(p.code, p.level) for p in problems} == {("not-approved", Level.NOTE)}
    assert len(problems) == len(campaign.file.stages) - 1


def test_a_record_changed_by_hand_is_noticed(parks: Path) -> None:
    path = record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    text = path.read_text("utf-8")
    digest = read_approvals(parks)["call"].digest
    path.write_text(text.replace(digest, "f" * 64), "utf-8")
    assert judge_approval(loaded(parks), "call").changes == (
        "the approval itself was edited by hand",
    )
    path.write_text("call: yes\n", "utf-8")
    [problem] = approval_problems(loaded(parks))
    assert problem.code == "bad-approval"


def test_a_letter_with_an_error_cannot_be_approved(run_cli, parks: Path) -> None:
    change(parks.parent, "facts.yaml", "  checked:", "  until: 2026-03-10\n  checked:")
    campaign = loaded(parks)
    seen = review_stage(campaign, "call", TODAY)
    assert not seen.may_be_approved
    with pytest.raises(AdvocacyError) as error:
        approve_stage(campaign, seen, "Jane Doe", TODAY)
    assert error.value.problems[0].code == "cannot-approve"
    result = run_cli("approve", parks, "--stage", "call", "--by", "Jane Doe")
    assert result.returncode == 1
    assert "fact-ended" in result.stderr
    assert not approvals_path(parks).exists()


def test_the_command_shows_the_letter_and_records_who_approves_it(run_cli, parks: Path) -> None:
    shown = run_cli("approve", parks)  # its only stage needs no name
    assert shown.returncode == 0, shown.stderr
    assert "Dear Ms. Doe" in shown.stdout
    assert "In 2025 the park had 40,000 visits." in shown.stdout
    assert "visits: from 2026-01-15 on, checked 2026-03-01, report" in shown.stdout
    assert "+ Please answer by" in shown.stdout
    assert "Nobody has approved this text" in shown.stdout
    assert not approvals_path(parks).exists()
    result = run_cli("approve", parks, "--stage", "call", "--by", "Jane Doe", "-q")
    assert result.returncode == 0
    assert result.stdout.startswith("Approved: the stage call, by Jane Doe, on ")
    assert judge_approval(loaded(parks), "call").state == "approved"


def test_a_mistyped_stage_is_told_with_the_nearest(run_cli, parks: Path) -> None:
    result = run_cli("approve", parks, "--stage", "cal", "--by", "Jane Doe")
    assert result.returncode == 1
    assert "Did you mean `call`?" in result.stderr


def test_all_campaigns_of_a_folder_can_be_named_at_once_with_approvals_among_them(
    run_cli, parks: Path
) -> None:
    record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    result = run_cli("check", parks, approvals_path(parks))
    assert result.returncode == 0, result.stderr
    assert "approvals" not in result.stderr
