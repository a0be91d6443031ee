"""What is typed on the page and not saved: kept beside the campaign, private, and found again."""

import stat
import subprocess
from pathlib import Path

from advocacy.files.unsaved import (
    UnsavedField,
    UnsavedText,
    UnsavedWork,
    list_unsaved,
    remove_unsaved,
    write_unsaved,
)


def work(tab: str = "tab-of-tests", when: str = "2026-06-01T10:00:00+00:00") -> UnsavedWork:
    text = UnsavedText("letters/open.md", "Dear Zoë \ud83d half a wor", "digest")
    subject = UnsavedField("parks.yaml", ("stages", "call", "subject"), "Keep it", "other")
    return UnsavedWork(tab, "parks.yaml", when, (text,), (subject,))


def test_what_is_kept_comes_back_as_it_was_the_newest_first(tmp_path: Path) -> None:
    newer = work("another-tab", "2026-06-02T10:00:00+00:00")
    for one in (work(), newer, work()):
        write_unsaved(tmp_path, one)
    assert list_unsaved(tmp_path) == [newer, work()]
    assert "half a wor" in list_unsaved(tmp_path)[0].words()
    remove_unsaved(tmp_path, "another-tab")
    assert list_unsaved(tmp_path) == [work()]
    write_unsaved(tmp_path, UnsavedWork("tab-of-tests", "parks.yaml", ""))
    assert list_unsaved(tmp_path) == []


def test_only_its_owner_can_read_it_and_git_ignores_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write_unsaved(tmp_path, work())
    path = list_unsaved(tmp_path)[0].path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path.parent.parent)} == {
        0o700
    }
    told = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--short"], capture_output=True, check=True
    )
    assert told.stdout == b""


def test_a_file_that_is_none_of_these_is_left_out(tmp_path: Path) -> None:
    assert list_unsaved(tmp_path) == []
    write_unsaved(tmp_path, work())
    folder = list_unsaved(tmp_path)[0].path.parent
    (folder / "broken.json").write_text('{"texts": [', "utf-8")
    (folder / "other.json").write_text('{"texts": {}, "fields": 1}', "utf-8")
    (folder / "list.json").write_text("[]", "utf-8")
    (folder / "linked.json").symlink_to(folder / "tab-of-tests.json")
    assert list_unsaved(tmp_path) == [work()]
