"""Files are written whole or not at all, for their owner alone."""

import os
import stat
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.files.writing import prepare_folder, write_file


def test_a_written_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "a.pdf", b"letter")
    assert (tmp_path / "a.pdf").read_bytes() == b"letter"
    assert stat.S_IMODE((tmp_path / "a.pdf").stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pdf"
    write_file(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(AdvocacyError) as caught:
        write_file(path, b"new")
    assert "no space left" in caught.value.problems[0].message
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_an_interrupt_while_writing_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.pdf", b"new")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("in the way")
    with pytest.raises(AdvocacyError) as caught:
        prepare_folder(tmp_path / "output" / "microsoft")
    (problem,) = caught.value.problems
    assert problem.code == "cannot-write"
    assert "--output" in problem.hint
