"""The manifest says of every letter what it was made from, and forgets none."""

import json
import os
from pathlib import Path

import pytest

from advocacy.batch.record import JOURNAL, BatchRecord, Entry
from advocacy.errors import AdvocacyError


def line(letter: str, digest: str = "d1", **files: str) -> Entry:
    return {"id": letter, "digest": digest, "files": files}


def add(folder: Path, *entries: Entry) -> None:
    with BatchRecord(folder) as record:
        for entry in entries:
            record.add(entry)


def read(folder: Path) -> list[Entry]:
    return [json.loads(text) for text in (folder / "manifest.jsonl").read_text().splitlines()]


def test_a_part_of_a_list_never_drops_the_rest(tmp_path: Path) -> None:
    add(tmp_path, line("ada"), line("bob"))
    add(tmp_path, line("bob", "d2"))
    assert [(entry["id"], entry["digest"]) for entry in read(tmp_path)] == [
        ("ada", "d1"),
        ("bob", "d2"),
    ]


def test_lines_stand_by_id_in_whatever_order_letters_were_made(tmp_path: Path) -> None:
    add(tmp_path, *(line(name) for name in ("zoë", "bob", "ada")))
    assert [entry["id"] for entry in read(tmp_path)] == ["ada", "bob", "zoë"]


def test_an_edited_manifest_removes_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_bytes(b"mine")
    folder = tmp_path / "letters"
    add(folder, line("ada", **{"../outside.txt": "1"}))
    with BatchRecord(folder) as record:
        assert record.prune() == 1
    assert (tmp_path / "outside.txt").exists()


def test_a_broken_manifest_is_a_problem_with_its_line_and_stays_as_it_is(tmp_path: Path) -> None:
    broken = '{"id": "a", "digest": "", "files": {}}\n{"id"\n'
    (tmp_path / "manifest.jsonl").write_text(broken)
    with pytest.raises(AdvocacyError) as caught:
        BatchRecord(tmp_path)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line == 2
    assert (tmp_path / "manifest.jsonl").read_text() == broken


def test_what_a_killed_run_had_made_is_in_the_manifest_after_the_next(tmp_path: Path) -> None:
    add(tmp_path, line("ada"), line("bob"))
    torn = json.dumps(line("bob", "d2")) + "\n" + json.dumps(line("cid"))[:20]
    (tmp_path / JOURNAL).write_text(torn)
    (tmp_path / ".cid.pdf.0123abcd.tmp").write_bytes(b"half")
    add(tmp_path, line("dee"))
    assert [(entry["id"], entry["digest"]) for entry in read(tmp_path)] == [
        ("ada", "d1"),
        ("bob", "d2"),
        ("dee", "d1"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.jsonl"]


def test_two_runs_never_write_one_manifest_at_once(tmp_path: Path) -> None:
    with BatchRecord(tmp_path):
        with pytest.raises(AdvocacyError) as caught:
            BatchRecord(tmp_path)
        assert caught.value.problems[0].code == "batch-running"
    add(tmp_path, line("ada"))  # the lock ends with the run


def test_reading_a_manifest_changes_nothing(tmp_path: Path) -> None:
    add(tmp_path, line("ada"))
    before = (tmp_path / "manifest.jsonl").stat()
    with BatchRecord(tmp_path, read_only=True) as record:
        assert [entry["id"] for entry in record] == ["ada"]
        assert record.find("bob") is None
    assert (tmp_path / "manifest.jsonl").stat() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_batch_that_made_nothing_leaves_nothing(tmp_path: Path) -> None:
    with BatchRecord(tmp_path / "campaign" / "stage"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [JOURNAL, "manifest.jsonl"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_link_or_a_pipe_in_place_of_the_record_is_told_and_not_followed_or_waited_for(
    tmp_path: Path, name: str, read_only: bool
) -> None:
    folder, victim = tmp_path / "letters", tmp_path / "victim.txt"
    folder.mkdir()
    victim.write_text("PRECIOUS\n")
    for plant in (lambda path: path.symlink_to(victim), os.mkfifo, Path.mkdir):
        plant(folder / name)
        with pytest.raises(AdvocacyError) as caught:
            BatchRecord(folder, read_only=read_only)
        assert caught.value.problems[0].code == "not-a-file"
        (folder / name).rmdir() if (folder / name).is_dir() else (folder / name).unlink()
    assert victim.read_text() == "PRECIOUS\n"


def test_a_file_of_somebody_elses_under_a_second_name_is_not_written_to(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("PRECIOUS\n")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / JOURNAL).hardlink_to(victim)
    with pytest.raises(AdvocacyError):
        add(tmp_path / "letters", line("ada"))
    assert victim.read_text() == "PRECIOUS\n"
