"""Files are written whole or not at all, for their owner alone."""

import os
import stat
from pathlib import Path

import pytest

from advocacy.authoring.writing import write_new
from advocacy.errors import AdvocacyError
from advocacy.files.writing import prepare_folder, write_file
from advocacy.files.yaml.editing import SetValue, create_file, edit_file


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


@pytest.mark.parametrize(
    ("mask", "beside", "expected"),
    [
        (0o022, "", 0o644),
        (0o077, "", 0o600),
        (0o022, "members.csv", 0o600),
        (0o022, "parks.ledger.sqlite", 0o600),
        (0o022, "lists/board.XLSX", 0o600),
        (0o022, "notes.txt", 0o644),
    ],
)
def test_a_new_shared_file_obeys_the_umask_and_is_private_where_lists_are(
    tmp_path: Path, mask: int, beside: str, expected: int
) -> None:
    if beside:
        (tmp_path / beside).parent.mkdir(exist_ok=True)
        (tmp_path / beside).touch()
    before = os.umask(mask)
    try:
        create_file(tmp_path / "parks.approvals.yaml", "call: {by: Jane}\n")
        write_new({tmp_path / "more" / "sources.yaml": b"references: []\n"})
        write_new({tmp_path / "facts.yaml": b"{}\n"})
    finally:
        os.umask(before)
    for name in ("parks.approvals.yaml", "facts.yaml"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == expected
    assert stat.S_IMODE((tmp_path / "more" / "sources.yaml").stat().st_mode) == 0o644 & ~mask


def test_a_shared_file_keeps_its_mode_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o664)
    (tmp_path / "members.csv").touch()
    before = os.umask(0o077)
    try:
        edit_file(path, SetValue(("a",), 2))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
