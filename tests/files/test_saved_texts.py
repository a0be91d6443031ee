"""Earlier texts of a file: each save once, in order, private, and never too many."""

import stat
from pathlib import Path

import pytest

from advocacy.files import saved_texts
from advocacy.files.saved_texts import keep_text, list_kept_files, list_texts

NAME = "letters/open.md"


def test_each_text_is_kept_once_the_newest_first(tmp_path: Path) -> None:
    for text in ("One.\n", "Two \ud83d.\n", "Two \ud83d.\n", "One.\n"):
        keep_text(tmp_path, NAME, text)
    keep_text(tmp_path, "partials/open.md", "Another file.\n")
    assert [one.read() for one in list_texts(tmp_path, NAME)] == [
        "One.\n",
        "Two \ud83d.\n",
        "One.\n",
    ]
    times = [one.when for one in list_texts(tmp_path, NAME)]
    assert times == sorted(times, reverse=True)
    kept = list_kept_files(tmp_path)
    assert len(kept) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_of_very_many_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_texts, "MOST_KEPT", 3)
    for number in range(5):
        keep_text(tmp_path, NAME, f"{number}\n")
    assert [one.read() for one in list_texts(tmp_path, NAME)] == ["4\n", "3\n", "2\n"]


def test_nothing_is_listed_where_nothing_was_kept(tmp_path: Path) -> None:
    assert list_texts(tmp_path, NAME) == []
    assert list_kept_files(tmp_path) == []
