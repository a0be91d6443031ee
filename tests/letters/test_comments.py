"""Comments come from strangers: whatever is in their files, what is kept is text, and private."""

import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy.errors import AdvocacyError
from advocacy.letters import comments as module
from advocacy.letters.comments import (
    FileOfComments,
    add_comments,
    change_comment,
    comments_path,
    read_comments,
)

from ..comments_file import FIRST, LETTER, comments_file


def saved(*changes: dict[str, Any], campaign: str = "parks") -> FileOfComments:
    """A file with a comment for each change of this one."""
    return FileOfComments.model_validate(comments_file(*changes, campaign=campaign))


def test_what_readers_said_is_kept_once_and_is_its_owners_alone(small_campaign: Path) -> None:
    assert read_comments(small_campaign) == ()
    assert add_comments(small_campaign, "parks", [saved()]) == (1, 0)
    assert add_comments(small_campaign, "parks", [saved({}, {"id": "b" * 32})]) == (1, 1)
    path = comments_path(small_campaign)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (small_campaign.parent / ".advocacy/.gitignore").read_text("utf-8") == "*\n"
    assert "by: Ann Lee\n" in path.read_text("utf-8")
    assert [one.text for one in read_comments(small_campaign)] == ["Until when?"] * 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("yes\r\nno: {{ x }}\n- '#' \"", "yes\nno: {{ x }}\n- '#' \""),
        ("\u202eright to left\x00\x1b[31m\ue000", "right to left[31m"),
        ("on", "on"),
        ("2026-03-02", "2026-03-02"),
        ("*a !!python/object:os.system &b", "*a !!python/object:os.system &b"),
        ("\U0001f44d \u0639\u0631\u0628\u064a", "\U0001f44d \u0639\u0631\u0628\u064a"),
    ],
)
def test_whatever_a_stranger_writes_is_read_again_as_text(
    small_campaign: Path, said: str, kept: str
) -> None:
    add_comments(small_campaign, "parks", [saved({"text": said, "by": said.splitlines()[0]})])
    (one,) = read_comments(small_campaign)
    assert one.text == kept


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"text": ""},
        {"text": "\u202e"},
        {"text": "x" * 4001},
        {"by": "x" * 201},
        {"text": {"a": 1}},
        {"when": "yesterday"},
        {"when": "2026-03-02T10:00:00"},
        {"answers": []},
        {"letter": LETTER | {"day": "soon"}},
        {"more": 1},
    ],
)
def test_what_is_no_comment_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        saved(change)


def test_a_reader_who_saves_again_changes_the_text_and_the_answers_stay(
    small_campaign: Path,
) -> None:
    add_comments(small_campaign, "parks", [saved()])
    change_comment(small_campaign, FIRST, lambda one: one.model_copy(update={"closed": "Jo Li"}))
    later = saved({"text": "Until nine?", "when": "2026-03-03T10:00:00Z"})
    assert add_comments(small_campaign, "parks", [later]) == (0, 1)
    assert add_comments(small_campaign, "parks", [saved()]) == (0, 1), "an older file"
    (one,) = read_comments(small_campaign)
    assert (one.text, one.closed) == ("Until nine?", "Jo Li")
    assert change_comment(small_campaign, FIRST, lambda _: None)
    assert not change_comment(small_campaign, FIRST, lambda _: None)
    assert read_comments(small_campaign) == ()


def test_comments_on_another_campaign_and_too_many_are_refused(
    small_campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AdvocacyError, match="comments-elsewhere"):
        add_comments(small_campaign, "parks", [saved(campaign="rivers")])
    monkeypatch.setattr(module, "MOST_KEPT", 1)
    with pytest.raises(AdvocacyError, match="too-many-comments"):
        add_comments(small_campaign, "parks", [saved({}, {"id": "b" * 32})])
    assert read_comments(small_campaign) == ()
