"""What a person may accept of one sentence, what nobody may, and how long such a word holds."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.approving import Words, approve_stage, review_stage
from advocacy.checks.audit import accepted_problems, audit_documents, comparisons
from advocacy.checks.quotations.comparison_record import compared, render_record
from advocacy.checks.run import run_checks
from advocacy.cli import group
from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.letters.approvals import approvals_path, judge_approval, read_approvals
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

from .conftest import House, build_house

ON = date(2020, 6, 11)
WRONG = 'Widget Works stopped selling to 60 police departments.{{ cite("widget-stopped") }}'
UNSOURCED = "Acme Corporation sold it to two towns in 2019."


def loaded(house: House) -> Campaign:
    campaign, problems = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None, problems
    return campaign


def errors(house: House) -> list[Problem]:
    found = run_checks(loaded(house), day=ON, stage="call", today=ON).problems
    return [one for one in found if one.level is Level.ERROR]


def approve(house: House, *named: str, reason: str = "our own count", by: str = "Jane Doe") -> None:
    campaign = loaded(house)
    seen = review_stage(campaign, "call", ON)
    if reason:
        seen = seen.accepting(named, Words(by, ON, reason))
    approve_stage(campaign, seen, by, ON)


def basis(house: House) -> str:
    (found,) = review_stage(loaded(house), "call", ON).open
    return found.basis


@pytest.fixture(scope="module")
def accepted_once(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("accepted"))
    house.call(WRONG)
    approve(house, basis(house)[:8])
    return house


@pytest.fixture
def accepted(accepted_once: House, tmp_path: Path) -> House:
    """A house with a wrong number that somebody accepted, free to be changed."""
    shutil.copytree(accepted_once.folder, tmp_path, dirs_exist_ok=True)
    return House(tmp_path)


def test_an_error_of_agreement_keeps_a_text_from_being_approved_until_a_person_accepts_it(
    house: House, tmp_path: Path
) -> None:
    house.call(WRONG)
    assert [one.code for one in errors(house)] == ["figure-not-in-fact"]
    with pytest.raises(AdvocacyError, match="cannot-approve"):
        approve(house)  # a reason alone covers warnings, not errors
    approve(house, basis(house)[:8])
    assert errors(house) == []
    (word,) = read_approvals(house.folder / "acme.yaml")["call"].accepted
    assert (word.by, word.on, word.reason) == ("Jane Doe", ON, "our own count")
    assert "60" in word.message
    made = render_campaign(
        RenderRequest(house.folder / "acme.yaml", ("txt",), tmp_path / "out", day=ON)
    )
    assert (made.made, made.refused) == (2, 0)


def test_an_accepted_error_is_a_note_that_says_who_accepted_it_and_why(accepted: House) -> None:
    found = run_checks(loaded(accepted), day=ON, stage="call", today=ON).problems
    (note,) = [one for one in found if one.code == "figure-not-in-fact"]
    assert note.level is Level.NOTE
    assert note.hint == "Accepted by Jane Doe on 2020-06-11: our own count"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("templates/letters/call.md", "to 60 police", "to 61 police"),
        ("templates/letters/call.md", "Works stopped selling to 60", "Works ceased selling to 60"),
        ("facts.yaml", "quote: We have stopped selling", "quote: We have ceased selling"),
        ("facts.yaml", "Widget Works has stopped", "Widget Works has now stopped"),
        ("sources.yaml", "title: Why we stopped", "title: Why we did"),
    ],
)  # fmt: skip
def test_a_changed_sentence_fact_quotation_or_source_needs_a_new_word(
    accepted: House, file: str, old: str, new: str
) -> None:
    (accepted.folder / "copies/widget-2020.txt").unlink()
    accepted.spoil(file, old, new)
    assert "figure-not-in-fact" in [one.code for one in errors(accepted)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("acme.yaml", "subject: Follow Widget Works", "subject: Follow your peer"),
        ("facts.yaml", "checked: 2020-06-09", "checked: 2020-06-10"),
    ],
)  # fmt: skip
def test_other_changes_leave_the_word_standing(
    accepted: House, file: str, old: str, new: str
) -> None:
    path = accepted.folder / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert errors(accepted) == []


def test_a_word_for_a_sentence_holds_on_every_day_and_whatever_stands_beside_it(
    house: House, tmp_path: Path
) -> None:
    house.call("We ask you to answer by {{ demand.reply_by }}. We are near. " + WRONG)
    campaign = loaded(house)
    seen = review_stage(campaign, "call", ON)
    named = [one.basis[:8] for one in seen.open if one.level is Level.ERROR]
    approve_stage(campaign, seen.accepting(named, Words("Jane", ON, "our count")), "Jane", ON)
    house.spoil("templates/letters/call.md", "We are near.", "We live near you.")
    for number, day in enumerate((date(2020, 6, 10), ON)):
        assert "figure-not-in-fact" not in {
            one.code
            for one in run_checks(loaded(house), day=day, stage="call", today=ON).problems
            if one.level is Level.ERROR
        }
        made = render_campaign(
            RenderRequest(house.folder / "acme.yaml", ("txt",), tmp_path / str(number), day=day)
        )
        assert (made.made, made.refused) == (2, 0)


def test_a_word_stays_when_somebody_else_approves_later(accepted: House) -> None:
    accepted.spoil("acme.yaml", "subject: Follow Widget Works", "subject: Follow your peer")
    approve(accepted, by="John Roe", reason="")
    approval = read_approvals(accepted.folder / "acme.yaml")["call"]
    assert approval.by == "John Roe"
    assert [one.by for one in approval.accepted] == ["Jane Doe"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda house: house.spoil("facts.yaml", "until: 2020-06-12", "until: 2020-06-10"),
         "fact-ended"),
        (lambda house: house.call("Dear [Name of recipient], we write."), "placeholder"),
        (lambda house: house.write("copies/widget-2020.txt", "We will go on."),
         "quote-not-in-copy"),
        (lambda house: house.call(
            'They wrote: “we will never sell it again.”{{ cite("widget-stopped") }}'),
         "quotation-not-verbatim"),
    ],
)  # fmt: skip
def test_days_placeholders_and_quotations_that_a_copy_does_not_hold_cannot_be_accepted(
    house: House, spoil: Callable[[House], object], code: str
) -> None:
    spoil(house)
    review = review_stage(loaded(house), "call", ON)
    found = [one for one in review.problems if one.code == code]
    assert found
    assert not any(one.basis for one in found)
    with pytest.raises(AdvocacyError):
        approve(house)


@pytest.mark.parametrize(("old", "new"), [("our own count", "our lawyers"), ("Jane", "John")])
def test_a_word_that_was_edited_by_hand_is_noticed(accepted: House, old: str, new: str) -> None:
    path = approvals_path(accepted.folder / "acme.yaml")
    assert judge_approval(loaded(accepted), "call").state == "approved"
    text, words, entries = path.read_text("utf-8").partition("accepted:")
    assert old in entries
    path.write_text(text + words + entries.replace(old, new), "utf-8")
    assert judge_approval(loaded(accepted), "call").changes == (
        "the approval itself was edited by hand",
    )


def test_the_audit_sheet_lists_what_was_accepted_by_whom_and_what_was_compared(
    accepted: House,
) -> None:
    campaign = loaded(accepted)
    letter = compose_letters(campaign).letters[0]
    (word,) = accepted_problems(letter, campaign)
    assert (word.code, word.by, word.reason) == ("figure-not-in-fact", "Jane Doe", "our own count")
    one = next(fact for fact in letter.facts if fact.id == "widget-stopped")
    said = "in this run, with the kept copy of widget-2020"
    assert dict(comparisons(letter, campaign))[one.id] == said
    record = {one.id: compared(one, ON, "widget-2020", "0" * 64)}
    accepted.write("facts.compared.yaml", render_record(record))
    said = "on June 11, 2020, with the kept copy of widget-2020"
    assert dict(comparisons(letter, campaign))[one.id] == f"{said}, and in this run again"
    (accepted.folder / "copies/widget-2020.txt").unlink()
    assert dict(comparisons(letter, campaign))[one.id] == said
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    documents, _ = audit_documents(campaign, checked, {})
    sheet = documents[f"{letter.file_name}.audit.html"].decode()
    for text in ("What was accepted", "by Jane Doe on June 11, 2020", "our own count", said):
        assert text in sheet
    accepted.spoil("facts.yaml", "from: 2020-06-08", "from: 2020-06-09")
    letter = compose_letters(loaded(accepted)).letters[0]
    assert "changed since: from" in dict(comparisons(letter, loaded(accepted)))[one.id]
    assert not list(accepted_problems(letter, loaded(accepted)))


def test_an_id_that_is_not_listed_accepts_nothing(house: House) -> None:
    house.call(WRONG)
    with pytest.raises(AdvocacyError, match="nothing-to-accept"):
        approve(house, "00000000")
    assert not approvals_path(house.folder / "acme.yaml").exists()


def test_warnings_about_sentences_need_a_reason_which_is_recorded(house: House) -> None:
    house.call(UNSOURCED)
    assert errors(house) == []
    with pytest.raises(AdvocacyError, match="reason-missing"):
        approve(house, reason="")
    approve(house, reason="said at the hearing")
    accepted = read_approvals(house.folder / "acme.yaml")["call"].accepted
    assert {one.code for one in accepted} == {"uncited-claim"}
    approve(house, reason="")  # what is accepted stays so


def test_the_command_lists_what_is_open_and_takes_the_id(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.folder)
    house.call(f"{WRONG} We saw it. {{# uncited: our own work #}}")
    command = ["approve", "acme.yaml", "--stage", "call", "--quiet"]
    assert group.main(command) == 1
    shown = capsys.readouterr().out
    assert f"  {basis(house)[:8]}  error figure-not-in-fact: " in shown
    named = ["--by", "Jane Doe", "--accept", basis(house)[:8], "--reason", "our own count"]
    assert group.main([*command, *named]) == 0
    assert group.main(command) == 0
    shown = capsys.readouterr().out
    assert "Accepted:" in shown
    assert "by Jane Doe on" in shown


@pytest.mark.slow
def test_the_audit_sheet_is_made_again_when_only_an_acceptance_is_new(house: House) -> None:
    house.call(UNSOURCED)

    def render() -> str:
        path, out = house.folder / "acme.yaml", house.folder / "out"
        render_campaign(RenderRequest(path, day=ON, formats=("html",), output=out, audit=True))
        return min(out.rglob("*.audit.html")).read_text("utf-8")

    before = render()
    assert render() == before
    approve(house, reason="as the register says")
    assert "as the register says" in render()
    assert "as the register says" not in before
