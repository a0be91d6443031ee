"""What was compared with kept copies is recorded, and later changes are noticed without them."""

import shutil
from datetime import date
from typing import Any

import pytest

from advocacy.authoring.facts.ending import end_fact, touch_fact
from advocacy.authoring.facts.recording import compare_facts
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError, Level

RECORD = "facts.compared.yaml"
DAY = date(2020, 6, 10)


def compare(house: Any) -> None:
    campaign, problems = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None
    assert problems == []
    recording = compare_facts(campaign, None, DAY)
    assert recording.recorded == {house.folder / RECORD: ["widget-stopped", "acme-silent"]}


@pytest.fixture
def clone(house: Any) -> Any:
    """The campaign as a colleague has it: with the record, without the copies."""
    compare(house)
    shutil.rmtree(house.folder / "copies")
    return house


def test_a_clone_says_when_the_quotes_were_compared(clone: Any) -> None:
    problem = clone.one("copy-not-here")
    assert problem.level is Level.NOTE
    assert "2 quotes were compared with kept copies on 2020-06-10" in problem.message


def test_with_the_copies_and_the_record_nothing_is_reported(house: Any) -> None:
    compare(house)
    assert house.check() == []


CHANGES: list[tuple[str, str, str, str]] = [
    ("facts.yaml", "  until: 2020-06-12\n", "", "`until`"),
    ("facts.yaml", "from: 2020-06-01", "from: 2020-05-01", "`from`"),
    ("facts.yaml", "  contradicts: [acme-stopped]\n", "", "`contradicts`"),
    ("facts.yaml", "has not prohibited sales", "has prohibited sales", "The quote"),
    ("facts.yaml", "  source: paper-2020\n", "  source: paper-2020\n  speaker: Acme\n", "speaker"),
    ("facts.yaml", "  source: paper-2020\n", "  source: paper-2020\n  locator: {page: 2}\n",
     "`locator`"),
    ("facts.yaml", "source: paper-2020", "source: widget-2020", "`source`"),
    ("sources.yaml", '"2020-06-09"\n    accessed', '"2020-06-01"\n    accessed', "`paper-2020`"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "named"), CHANGES, ids=lambda text: text[:24])
def test_what_has_changed_since_is_an_error_without_the_copy(
    clone: Any, file: str, old: str, new: str, named: str
) -> None:
    clone.spoil(file, old, new)
    (problem,) = clone.found("changed-since-compared")
    assert problem.level is Level.ERROR
    assert named in problem.message
    assert "2020-06-10" in problem.message
    assert problem.place is not None
    assert problem.place.path.name == file


def test_a_day_that_is_deleted_is_noticed_with_the_copy_too(house: Any) -> None:
    compare(house)
    house.spoil("facts.yaml", "  until: 2020-06-12\n", "")
    (problem,) = house.found("changed-since-compared")
    assert "`until` of `acme-silent` has changed" in problem.message


def test_a_quote_that_its_copy_proves_may_change(house: Any) -> None:
    compare(house)
    house.spoil("facts.yaml", "Acme, asked twice this week, has", "asked twice this week, has")
    house.spoil("templates/letters/call.md", '{{ quote("acme-silent") }}', "so it is.")
    assert house.found("changed-since-compared") == []


def test_a_source_dated_back_is_one_problem_for_all_its_facts(clone: Any) -> None:
    clone.write("facts.yaml", (clone.folder / "facts.yaml").read_text("utf-8").replace(
        "source: widget-2020", "source: paper-2020"))  # fmt: skip
    record = clone.folder / RECORD
    both = (
        "We have stopped selling face recognition to the police. "
        "Acme, asked twice this week, has not prohibited sales to police departments."
    )
    clone.write("copies/paper-2020.txt", both)
    record.unlink()
    compare(clone)
    clone.spoil("sources.yaml", '"2020-06-09"\n    accessed', '"2020-06-01"\n    accessed')
    (problem,) = clone.found("changed-since-compared")
    assert "`widget-stopped`, `acme-silent` were compared" in problem.message


def test_comparing_again_records_what_is_there_now(house: Any) -> None:
    compare(house)
    house.spoil("facts.yaml", "from: 2020-06-01", "from: 2020-05-01")
    assert house.found("changed-since-compared")
    compare(house)
    assert house.found("changed-since-compared") == []


def test_to_look_at_the_source_again_records_the_change(clone: Any) -> None:
    clone.spoil("facts.yaml", "from: 2020-06-01", "from: 2020-05-01")
    touch_fact(clone.folder / "facts.yaml", "acme-silent", DAY, today=DAY)
    assert clone.found("changed-since-compared") == []


def test_the_end_of_a_fact_is_recorded_and_nothing_else(clone: Any) -> None:
    clone.spoil("facts.yaml", "from: 2020-06-08", "from: 2020-06-07")
    end_fact(clone.folder / "facts.yaml", "widget-stopped", date(2020, 7, 9), today=DAY)
    (problem,) = clone.found("changed-since-compared")
    assert "`from` of `widget-stopped` has changed" in problem.message


def test_a_quote_that_its_copy_does_not_hold_is_not_recorded(house: Any) -> None:
    house.write("copies/widget-2020.txt", "We go on selling it.")
    campaign, _ = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None
    recording = compare_facts(campaign, None, DAY)
    assert [p.code for p in recording.problems] == ["quote-not-in-copy"]
    assert recording.recorded == {house.folder / RECORD: ["acme-silent"]}


def test_a_record_that_cannot_be_read_is_told_at_its_line(clone: Any) -> None:
    clone.spoil(RECORD, "  compared: 2020-06-10\n  copy: widget-2020\n", "<<<<<<< HEAD\n")
    problem = next(p for p in clone.check() if p.place and p.place.path.name == RECORD)
    assert problem.level is Level.ERROR


def test_without_a_folder_of_copies_nothing_is_compared(clone: Any) -> None:
    campaign, _ = load_campaign(clone.folder / "acme.yaml")
    assert campaign is not None
    with pytest.raises(AdvocacyError, match="folder of kept copies is missing"):
        compare_facts(campaign, None, DAY)


LATER: list[tuple[str, str, str, str]] = [
    ("facts.yaml", "  superseded_by: acme-stopped\n", "", "`superseded_by`"),
    ("sources.yaml", "title: Acme is silent", "title: Acme speaks", "author, title, or address"),
    ("sources.yaml", "https://paper.example/acme", "https://paper.example/a", "address"),
    ("sources.yaml", "{literal: Widget Works}", "{literal: Widget Worx}", "author"),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), LATER, ids=lambda text: text[:24])
def test_a_successor_and_an_author_title_or_address_that_changed_are_noticed(
    clone: Any, file: str, old: str, new: str, named: str
) -> None:
    clone.spoil(file, old, new)
    assert any(named in one.message for one in clone.found("changed-since-compared"))


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("facts.yaml", "from: 2020-06-13\n", "from: 2020-06-12\n", "`from`"),
        ("facts.yaml", "Acme has stopped selling", "Acme has ceased selling", "The statement"),
        ("sources.yaml", "id: acme-2020\n    type: webpage\n",
         "id: acme-2020\n    type: article\n    publisher: X\n", ""),
    ],
)  # fmt: skip
def test_changes_of_a_fact_without_a_quotation_are_noticed(
    clone: Any, file: str, old: str, new: str, named: str
) -> None:
    clone.spoil(file, old, new)
    found = clone.found("changed-since-compared")
    assert bool(found) == bool(named)
    assert all(named in one.message and "`acme-stopped`" in one.message for one in found)


def test_a_renamed_fact_is_one_that_was_never_compared(clone: Any) -> None:
    clone.spoil("facts.yaml", "widget-stopped:", "widget-ended:")
    for name in ("acme.yaml", "templates/letters/call.md", "templates/letters/thanks.md"):
        path = clone.folder / name
        path.write_text(path.read_text("utf-8").replace("widget-stopped", "widget-ended"), "utf-8")
    (found,) = clone.found("never-compared")
    assert found.level is Level.WARNING
    assert "`widget-ended`" in found.message


def test_a_record_of_an_earlier_version_still_counts(clone: Any) -> None:
    path = clone.folder / RECORD
    lines = path.read_text("utf-8").splitlines(keepends=True)
    later = ("    reference:", "    superseded_by:", "    statement:")
    path.write_text("".join(one for one in lines if not one.startswith(later)), "utf-8")
    assert not clone.found("changed-since-compared")
    assert not clone.found("never-compared")
