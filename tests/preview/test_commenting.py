"""What readers said stands beside the sentence, as text, and says where the sentence changed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy.letters.comments import (
    Comment,
    FileOfComments,
    add_comments,
    comments_path,
    read_comments,
)
from advocacy.preview.composing import add_details, compose_preview
from advocacy.preview.drafts import Drafts
from advocacy.preview.people import Show
from advocacy.preview.state import PreviewState

from ..comments_file import LETTER, SENTENCE, comments_file
from .conftest import Page, Running, Tab
from .test_access import faults


def keep(campaign: Path, *changes: dict[str, Any]) -> None:
    add_comments(campaign, "parks", [FileOfComments.model_validate(comments_file(*changes))])


@pytest.fixture
def placed(small_campaign: Path) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """`placed(choices, text)`: state, number and present text of each comment."""
    state, drafts = PreviewState(small_campaign), Drafts()

    def found(text: str | None = None, **choices: Any) -> list[tuple[Any, ...]]:
        texts = {} if text is None else {"letters/open.md": text}
        show = Show(desk="desk-of-tests", drafts=texts, choices=choices)
        composed = compose_preview(state, drafts, show)
        records = add_details(composed, state)["comments"]
        return [(one["state"], one["at"], one["now"]) for one in records]

    yield found
    drafts.close()
    state.close()


def test_a_comment_stands_at_its_sentence_and_says_when_that_has_changed(
    small_campaign: Path, placed: Callable[..., list[tuple[Any, ...]]]
) -> None:
    keep(small_campaign)
    letter = (small_campaign.parent / "templates/letters/open.md").read_text("utf-8")
    assert placed() == [("here", 0, SENTENCE)]
    new = "We ask you to keep the parks open all evening."
    assert placed(letter.replace(SENTENCE, new)) == [("changed", 0, new)]
    assert placed(letter.replace(SENTENCE, "Hello.")) == [("gone", None, None)]
    moved = letter.replace(SENTENCE, f"Hello. {SENTENCE}")
    assert placed(moved) == [("here", 1, SENTENCE)]
    assert placed(letter.replace("{{ ask }}", "{{ askk }}")) == [("here", None, None)], (
        "of a letter that cannot be made nothing is claimed"
    )


def test_a_comment_on_one_of_equal_sentences_stays_with_its_own(
    small_campaign: Path, placed: Callable[..., list[tuple[Any, ...]]]
) -> None:
    same, text = "We ask you to act.", "Dear Chair,\n\n{}\n\nYours\n"
    asks = f"One is open. {same} Two is open. {same} Three is open. {same}"
    second = {"sentence": same, "nth": 2, "equal": 3}
    keep(small_campaign, second | {"before": "Two is open.", "after": "Three is open."})
    assert placed(text.format(asks))[0][0] == "here"
    [(_, number, _)] = placed(text.format(asks))
    [(_, first, _)] = placed(text.format(f"Two is open. {same} Three is open. {same}"))
    assert number == first + 2, "the first two sentences went"
    new = "We hope that you act."
    changed = asks.replace(f"Two is open. {same}", f"Two is open. {new}")
    assert placed(text.format(changed)) == [("changed", number, new)]
    assert placed(text.format(same))[0][0] == "unclear"


def test_of_equal_sentences_in_a_row_it_is_told_that_one_has_gone(
    small_campaign: Path, placed: Callable[..., list[tuple[Any, ...]]]
) -> None:
    same, text = "We ask you to act.", "Dear Chair,\n\n{}\n\nYours\n"
    keep(
        small_campaign,
        {"sentence": same, "nth": 2, "equal": 3, "before": same, "after": same},
    )
    [(state, number, _)] = placed(text.format(f"{same} {same} {same}"))
    [(less, _, _)] = placed(text.format(f"{same} {same}"))
    [(_, first, _)] = placed(text.format(same))
    assert (state, number, less) == ("here", first + 1, "unclear")


def test_comments_on_the_subject_the_whole_letter_and_another_letter_have_their_place(
    small_campaign: Path, placed: Callable[..., list[tuple[Any, ...]]]
) -> None:
    other = "An entirely different matter is at hand."
    keep(
        small_campaign,
        {"sentence": ""},
        {"sentence": "Keep the park open"},
        {"sentence": other, "letter": LETTER | {"to": "roe"}},
        {"sentence": other, "letter": LETTER | {"day": "2026-03-03"}},
        {"sentence": other, "letter": LETTER | {"stage": "thanks"}},
        {"sentence": SENTENCE, "letter": LETTER | {"stage": "thanks"}},
    )
    assert placed() == [
        ("here", 0, SENTENCE),
        ("here", None, None),
        ("here", None, "Keep the park open"),
        ("elsewhere", None, None),
        ("elsewhere", None, None),
        ("elsewhere", None, None),
    ]


def test_a_broken_file_of_comments_is_told_and_the_letter_is_shown(
    small_campaign: Path,
) -> None:
    keep(small_campaign)
    comments_path(small_campaign).write_text("comments: [{id: 1", "utf-8")
    state, drafts = PreviewState(small_campaign), Drafts()
    composed = compose_preview(state, drafts, Show(desk="desk-of-tests"))
    details = add_details(composed, state)
    assert details["comments"] == []
    assert details["commentsFault"]
    assert details["wordsOk"]
    state.close()


@pytest.mark.slow
def test_comments_are_imported_answered_closed_and_deleted_by_the_page_alone(
    start: Callable[..., Running], small_campaign: Path
) -> None:
    running = start(small_campaign)
    tab = Tab(running)
    tab.show(number=1)
    assert tab.told("comments") == []

    def ask(path: str, **more: Any) -> int:
        return running.ask(path, {"desk": tab.desk, **more})[0]

    def only() -> Comment:
        (one,) = read_comments(small_campaign)
        return one

    assert ask("import-comments", file={"format": "advocacy-comments"}) == 400
    assert ask("import-comments", file=comments_file(campaign="rivers")) == 422
    before = len(tab.events)
    status, _, data = running.ask("import-comments", {"desk": tab.desk, "file": comments_file()})
    assert (status, json.loads(data)) == (200, {"new": 1, "known": 0})
    assert tab.told("comments", before)[0]["answers"] == []
    before = len(tab.events)
    act = {"id": f"{1:032x}", "by": "Jo Li"}
    assert ask("comment", do="answer", text="At nine.", **act) == 204
    assert tab.told("comments", before)[0]["answers"][0]["text"] == "At nine."
    assert only().answers[0].by == "Jo Li"
    assert ask("comment", do="close", **act) == 204
    assert only().closed == "Jo Li"
    assert ask("comment", do="reopen", **act) == 204
    assert only().closed is None
    assert ask("comment", do="answer", **act | {"by": " "}, text="x") == 400
    assert ask("comment", do="delete", **act | {"id": "f" * 32}) == 404
    assert ask("comment", do="delete", **act) == 204
    assert read_comments(small_campaign) == ()


def test_for_a_projector_no_comment_can_be_changed(
    start: Callable[..., Running], small_campaign: Path
) -> None:
    running = start(small_campaign, "--read-only")
    for path in ("import-comments", "comment"):
        assert running.ask(path, {"desk": "a-tab-of-tests"})[0] == 403


@pytest.mark.slow
def test_what_readers_said_is_imported_shown_answered_and_closed(
    page: Page, shared_campaign: Path, tmp_path: Path, node_tool: Any
) -> None:
    axe = node_tool("axe-core/axe.min.js")
    said, wrong = tmp_path / "comments-parks-ann.json", tmp_path / "wrong.json"
    script = "<img src=x onerror=alert(1)> <script>document.title = 'x'</script>"
    said.write_text(json.dumps(comments_file({}, {"text": script, "by": "<b>Bob</b>"})), "utf-8")
    wrong.write_text("[]", "utf-8")
    page.tab.click("#tab-comments")
    page.see("There are no comments yet.", "#comments")
    page.tab.set_input_files("#comment-files", [said, wrong])
    page.see("comments-parks-ann.json: 2 comments imported.", "#comments-told")
    page.see("wrong.json is not a file of comments", "#comments-told")
    page.said.clear()  # the browser writes down that the wrong file was refused
    page.see(script, "#comments")
    page.see("Comments 2", "#tab-comments")
    page.see("2 comments", "#marks")
    assert page.tab.locator("#comments :is(img, script, b)").count() == 0
    page.until("CSS.highlights.get('commented')?.size > 0")
    assert faults(page, axe, "comments") == []

    page.tab.locator(".comment >> text=Show in the letter").first.click()
    page.see("Ann Lee: Until when?", "#why")
    page.tab.locator(".comment >> text=Answer").first.click()
    page.tab.keyboard.type("Until nine.")
    page.tab.click("text=Add answer")
    page.see("Type your name first.", "#comments-told")
    page.tab.keyboard.type("Jo Li")
    page.tab.click("text=Add answer")
    page.see("Until nine.", "#comments")
    assert read_comments(shared_campaign)[0].answers[0].text == "Until nine."

    # What is typed changes the sentence, and the comment says so.
    page.tab.locator(".comment >> text=Go to the text").first.click()
    page.replace("in the evening", "all evening")
    page.tab.click("#tab-comments")
    page.see("The sentence has changed since", "#comments")
    page.see("We ask you to keep the park open all evening.", "#comments")
    assert faults(page, axe, "a changed sentence") == []
    page.tab.locator(".comment >> text=Close").first.click()
    page.see("Closed: 1", "#comments")
    page.see("Comments 1", "#tab-comments")
    page.tab.click("#comments summary")
    page.tab.locator("#comments details >> text=Delete").click()
    page.see_not("Closed: 1", "#comments")
    assert [one.by for one in read_comments(shared_campaign)] == ["<b>Bob</b>"]


@pytest.mark.slow
def test_a_comment_leads_to_the_letter_that_it_is_on(
    start: Callable[..., Running], visit: Callable[..., Page], campaigns: Path
) -> None:
    letter = LETTER | {"stage": "thanks", "to": "smith", "day": "2020-06-11"}
    said = comments_file({"letter": letter, "sentence": ""}) | {"campaign": "microsoft"}
    file = FileOfComments.model_validate(said)
    add_comments(campaigns / "microsoft.yaml", "microsoft", [file])
    page = visit(start(campaigns / "microsoft.yaml").address).ready()
    page.tab.click("#tab-comments")
    page.see("On the letter thanks, to Jane Doe, June 11, 2020", "#comments")
    page.tab.click("text=Show that letter")
    page.see("On this letter", "#comments")
    page.until("document.getElementById('stage').value === 'thanks'")
    assert page.tab.input_value("#day") == "2020-06-11"
