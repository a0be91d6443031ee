"""Letters by the thousand: what an organizer may rely on."""

import copy
import csv
import email
import gc
import hashlib
import json
import multiprocessing
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from email import policy
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.batch import executor
from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.batch.executor import ProgressWatcher, _end_pool, _free_when_stuck, work_off
from advocacy.batch.worker import Executor, LetterOutcome, TaskResult, WantedLetter
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.files.writing import as_before, spreadsheet_safe
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

HEADER = ["id", "name", "address", "city", "region", "postal_code", "country", "email"]
FOLDER = "output/parks/call"


def row(number: int, **changes: str) -> list[str]:
    cells = [f"p{number}", f"Person {number}", f"{number} Main Street", "Springfield", "IL"]
    cells += [f"{number:05}", "US", f"p{number}@list.example"]
    return [changes.get(name, cell) for name, cell in zip(HEADER, cells, strict=True)]


def write_list(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list of 30 people."""
    return write_list(tmp_path / "people.csv", [row(n) for n in range(30)])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {entry["id"]: entry for entry in map(json.loads, lines)}


# --- the same letters, however they are made ----------------------------------------------------


def test_the_bytes_are_the_same_whatever_the_workers(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    for workers in (1, 3):
        result = run_cli(
            "render", small_campaign, "--recipients", people, "--format", "pdf,eml,html,txt",
            "--workers", str(workers), "--output", f"out{workers}",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert "30 letters made (30 pdf, 30 eml, 30 html, 30 txt)" in result.stdout
    alone, shared = (contents(tmp_path / f"out{n}/parks/call") for n in (1, 3))
    assert len(alone) == 121
    assert alone == shared


def test_a_letter_does_not_depend_on_who_else_is_in_the_batch(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    options = ["--recipients", people, "--format", "pdf,eml", "--only", "p7"]
    run_cli("render", small_campaign, *options, "--output", "alone")
    run_cli("render", small_campaign, *options[:4], "--limit", "9", "--output", "many")
    alone = contents(tmp_path / "alone/parks/call")
    many = contents(tmp_path / "many/parks/call")
    assert alone["p7.pdf"] == many["p7.pdf"]
    assert alone["p7.eml"] == many["p7.eml"]


def test_a_checked_letter_cannot_be_forged_by_copying_or_sending_one(small_campaign: Path) -> None:
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    checked, _ = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None
    with pytest.raises(TypeError, match="send its letter"):
        pickle.dumps(checked)
    with pytest.raises(TypeError, match="send its letter"):
        copy.copy(checked)


# --- again, and only what has changed -----------------------------------------------------------


def test_an_email_carries_the_pdf_that_was_made_before_and_is_still_right(
    small_campaign: Path, tmp_path: Path, edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(small_campaign, "template: open", "template: open\n    attach: [pdf]")
    output = tmp_path / "output"
    render_campaign(RenderRequest(small_campaign, ("pdf",), output))
    folder = output / "parks" / "call"
    with monkeypatch.context() as patch:
        patch.setattr("advocacy.documents.pdf.render.render_pdf", None)  # nothing is typeset
        again = render_campaign(RenderRequest(small_campaign, ("eml",), output))
    assert again.made == 1
    message = email.message_from_bytes((folder / "doe.eml").read_bytes(), policy=policy.SMTP)
    (attached,) = message.iter_attachments()
    assert attached.get_content() == (folder / "doe.pdf").read_bytes()
    # A file that somebody changed is not what was reviewed: it is made anew.
    (folder / "doe.pdf").write_bytes(b"%PDF-1.7 something else")
    render_campaign(RenderRequest(small_campaign, ("eml",), output, force=True))
    message = email.message_from_bytes((folder / "doe.eml").read_bytes(), policy=policy.SMTP)
    (attached,) = message.iter_attachments()
    assert len(attached.get_content()) > 1000


def test_a_file_that_a_power_cut_left_empty_is_made_again(
    small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    def run() -> Any:
        request = RenderRequest(
            small_campaign, ("txt",), tmp_path / "output", people=People(people)
        )
        return render_campaign(request)

    run()
    folder = tmp_path / FOLDER
    (folder / "manifest.jsonl").rename(folder / ".manifest.journal")  # as if it had not ended
    (folder / "p3.txt").write_bytes(b"")
    again = run()
    assert (again.made, again.unchanged) == (1, 29)
    assert (folder / "p3.txt").read_bytes()


def test_a_second_run_makes_nothing_again(run_cli, small_campaign: Path, people: Path) -> None:
    command = ["render", small_campaign, "--recipients", people, "--format", "eml,txt"]
    run_cli(*command)
    folder = small_campaign.parent.parent / FOLDER
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    result = run_cli(*command)
    assert "30 letters unchanged.\nWorth a look." in result.stdout
    assert "0 letters made" in result.stdout
    assert "30 letters unchanged" in result.stdout
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert "30 letters made" in run_cli(*command, "--force").stdout


def test_a_list_edited_between_two_runs_makes_the_changed_letters_alone(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    command = ["render", small_campaign, "--recipients", people, "--format", "txt"]
    run_cli(*command)
    rows = [row(n) for n in range(1, 30)]  # p0 is gone, and every line is another
    rows[4] = row(5, name="Person Five")
    write_list(people, [row(40), *rows])
    result = run_cli(*command)
    assert "2 letters made" in result.stdout
    assert "28 letters unchanged" in result.stdout
    folder = tmp_path / FOLDER
    assert "Person Five" in (folder / "p5.txt").read_text()
    assert (folder / "p0.txt").exists()
    result = run_cli(*command, "--prune")
    assert "1 letter removed (no longer listed)." in result.stdout
    assert not (folder / "p0.txt").exists()
    assert set(manifest(folder)) == {"p40", *(f"p{n}" for n in range(1, 30))}


def test_pruning_takes_no_letter_whose_row_is_merely_broken(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    command = ["render", small_campaign, "--recipients", people, "--format", "txt"]
    run_cli(*command)
    people.write_text(people.read_text().replace("p3,Person 3,", "p3,Person 3,,,,,"))
    result = run_cli(*command, "--prune")
    assert "not-pruned" in result.stderr
    assert (tmp_path / FOLDER / "p3.txt").exists()


def test_pruning_goes_with_the_whole_list_alone(run_cli, small_campaign: Path) -> None:
    result = run_cli("render", small_campaign, "--prune", "--only", "doe")
    assert result.returncode == 2
    assert "whole list" in result.stderr


def test_a_changed_layout_makes_its_own_documents_again_and_no_others(
    run_cli, small_campaign: Path, project_root: Path, tmp_path: Path
) -> None:
    run_cli("render", small_campaign, "--format", "eml,txt")
    own = small_campaign.parent / "templates" / "layouts"
    own.mkdir()
    css = (project_root / "templates/layouts/email.css").read_text()
    (own / "email.css").write_text(f"{css}\n/* ours */\n")
    before = (tmp_path / FOLDER / "doe.txt").stat().st_mtime_ns
    result = run_cli("render", small_campaign, "--format", "eml,txt")
    assert "1 letter made (1 eml)" in result.stdout
    assert (tmp_path / FOLDER / "doe.txt").stat().st_mtime_ns == before
    assert set(manifest(tmp_path / FOLDER)["doe"]["files"]) == {"doe.eml", "doe.txt"}


def test_a_file_that_was_deleted_is_made_again(run_cli, small_campaign: Path, tmp_path) -> None:
    run_cli("render", small_campaign, "--format", "eml,txt")
    (tmp_path / FOLDER / "doe.eml").unlink()
    assert (
        "1 letter made (1 eml)" in run_cli("render", small_campaign, "--format", "eml,txt").stdout
    )


def test_a_file_that_somebody_edited_is_told_and_made_again(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    run_cli("render", small_campaign, "--format", "eml,txt")
    path = tmp_path / FOLDER / "doe.eml"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"evening", b"morning"))
    result = run_cli("render", small_campaign, "--format", "eml,txt")
    assert "1 letter made (1 eml)" in result.stdout
    assert "changed-file" in result.stderr
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_file_edited_together_with_its_manifest_is_found_by_verify_and_never_mailed(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    run_cli("render", small_campaign)
    path = tmp_path / FOLDER / "doe.pdf"
    lines = path.with_name("manifest.jsonl")
    own = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(b"%PDF-1.7 forged")
    forged = hashlib.sha256(path.read_bytes()).hexdigest()
    lines.write_text(lines.read_text().replace(own, forged))
    assert "1 letter unchanged" in run_cli("render", small_campaign).stdout
    result = run_cli("verify", small_campaign)
    assert result.returncode == 1
    assert "not-reproduced" in result.stderr
    run_cli("render", small_campaign, "--force")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == own


def test_files_of_an_older_text_do_not_stay_beside_the_new_one(
    run_cli, small_campaign: Path, edit, tmp_path: Path
) -> None:
    run_cli("render", small_campaign, "--format", "eml,txt")
    edit(small_campaign.parent / "templates/letters/open.md", "Many came", "Most came")
    run_cli("render", small_campaign, "--format", "txt")
    assert set(contents(tmp_path / FOLDER)) == {"doe.txt", "manifest.jsonl"}


def test_a_warning_is_told_again_although_nothing_is_made_again(
    run_cli, small_campaign: Path, edit
) -> None:
    edit(small_campaign, ", email: jane@parks.example", "")
    for _ in range(2):
        result = run_cli("render", small_campaign)
        assert "warning no-email" in result.stderr
    assert "1 letter unchanged" in result.stdout


# --- what goes wrong with one letter ------------------------------------------------------------


def test_rejected_rows_can_be_corrected_and_fed_back(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    rows = [row(n) for n in range(6)]
    rows[1] = row(1, name="=cmd|' /C calc'!A0", address="-5 Main", country="Narnia")
    rows[2] = [*row(2), "one too many"]
    rows[4] = row(4, id="x" * 251, name='Smith "John"')
    listed = write_list(tmp_path / "people.csv", rows)
    command = ["render", small_campaign, "--format", "txt", "--recipients"]
    result = run_cli(*command, listed)
    assert result.returncode == 1
    assert "3 letters made" in result.stdout
    rejects = tmp_path / "output/parks/problems.csv"
    assert str(Path("output/parks/problems.csv")) in result.stdout
    with rejects.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [r["problem_line"] for r in table] == ["3", "4", "6"]
    assert [r["problem_file"] for r in table] == ["people.csv"] * 3
    assert table[1]["problem_code"] == "wrong-cell-count"
    assert table[0]["name"].startswith("'=cmd")  # no spreadsheet program runs it
    assert all(r["problem_message"] for r in table)
    text = rejects.read_text().replace("Narnia", "US").replace("x" * 251, "p4")
    (tmp_path / "corrected.csv").write_text(
        text.replace('"p2@list.example,one too many"', "p2@list.example")
    )
    result = run_cli(*command, "corrected.csv")
    assert result.returncode == 0, result.stderr
    assert not rejects.exists()
    letter = (tmp_path / FOLDER / "p1.txt").read_text()
    assert "\n=cmd|’ /C calc’!A0\n" in letter
    assert "\n-5 Main\n" in letter
    assert "Smith “John”" in (tmp_path / FOLDER / "p4.txt").read_text()
    assert set(manifest(tmp_path / FOLDER)) == {f"p{n}" for n in range(6)}


def test_a_corrected_list_that_is_problems_csv_itself_is_not_lost(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "people.csv", [row(0, country="Narnia"), row(1, country="Oz")])
    command = ["render", small_campaign, "--format", "txt", "--recipients"]
    run_cli(*command, listed)
    rejects = tmp_path / "output/parks/problems.csv"
    rejects.write_text(rejects.read_text().replace("Narnia", "US"))
    kept = rejects.read_text()
    result = run_cli(*command, rejects)
    assert "1 letter made" in result.stdout
    assert rejects.read_text() == kept
    assert "Oz" in (tmp_path / "output/parks/problems-again.csv").read_text()


@given(st.text())
def test_what_is_made_safe_for_spreadsheets_comes_back_as_it_was(text: str) -> None:
    safe = spreadsheet_safe(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_before(safe) == text


def test_many_broken_rows_never_stop_the_others(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    breakages: list[Callable[[int], list[str]]] = [
        lambda n: row(n, country="Narnia"),
        lambda n: row(n, id="x" * 251),
        lambda n: row(n, id="bell \x07"),
        lambda n: row(n, city="Bell \x07"),
        lambda n: row(n, region="\u202eLI"),
        lambda n: row(n, name="", email=""),
        lambda n: row(n)[:-2],
        lambda n: [*row(n), "more"],
        lambda n: row(n, id="p0"),
        lambda n: row(n, name="Evil \u202eeman"),
    ]
    rows = [breakages[n // 20 % 10](n) if n and n % 20 == 0 else row(n) for n in range(220)]
    listed = write_list(tmp_path / "people.csv", rows)
    result = run_cli(
        "render", small_campaign, "--recipients", listed, "--format", "txt", "--workers", "2"
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "210 letters made" in result.stdout
    made = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert len(made) == 211
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x")] == []
    with (tmp_path / "output/parks/problems.csv").open(encoding="utf-8", newline="") as file:
        lines = [int(r["problem_line"]) for r in csv.DictReader(file)]
    assert lines == [n + 2 for n in range(20, 220, 20)]


def test_an_error_of_the_program_in_one_letter_leaves_the_others(
    small_campaign: Path, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advocacy.campaign.addressing import People
    from advocacy.documents import text

    real = text.render_text

    def fails(checked: Any, workspace: Any) -> str:
        if checked.letter.id == "p3":
            raise ZeroDivisionError
        return real(checked, workspace)

    monkeypatch.setattr(text, "render_text", fails)
    result = render_campaign(
        RenderRequest(small_campaign, ("txt",), tmp_path / "output", people=People(people))
    )
    assert result.made == 29
    assert len(result.crashes) == 1
    assert "ZeroDivisionError" in result.crashes[0]


# --- workers that die, runs that are stopped ----------------------------------------------------


class Fragile(Executor):
    """An executor whose workers crash on some letters, as a killed process does."""

    workers = 2
    crash_errors = (BrokenExecutor,)

    def __init__(self, crashing: set[str], accidents: int = 0) -> None:
        self.crashing, self.accidents, self.replaced = crashing, accidents, 0

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        future: Future[TaskResult] = Future()
        names = [one.recipient.letter_id for one in wanted]
        if self.accidents or self.crashing & set(names):
            self.accidents = max(self.accidents - 1, 0)
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(([LetterOutcome(name) for name in names], 0.4))
        return future

    def replace_workers(self) -> None:
        self.replaced += 1

    def close(self, *, at_once: bool = False) -> None: ...


def letters(count: int) -> Iterator[WantedLetter]:
    return (WantedLetter(Recipient(id=f"p{n}", name="P"), "call") for n in range(count))


@pytest.mark.parametrize("accidents", [1, 3])
def test_a_worker_that_dies_by_accident_costs_no_letter(accidents: int) -> None:
    fragile = Fragile(set(), accidents)
    found = [outcome.id for outcome in work_off(letters(40), fragile, lambda: False, 3)]
    assert found == [f"p{n}" for n in range(40)]
    assert fragile.replaced


def test_a_worker_that_cannot_be_started_costs_no_letter() -> None:
    """The tasks that other workers have are cancelled when all are replaced."""

    class Replacing(Fragile):
        def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
            if self.replaced or wanted[0].recipient.letter_id == "p0":
                return super().submit(wanted)
            self.waiting.append(Future())
            return self.waiting[-1]

        def replace_workers(self) -> None:
            super().replace_workers()
            for future in self.waiting:
                future.cancel()

    replacing = Replacing(set(), accidents=1)
    replacing.waiting = []
    found = [outcome.id for outcome in work_off(letters(40), replacing, lambda: False, 3)]
    assert found == [f"p{n}" for n in range(40)]


def test_a_letter_that_ends_its_worker_is_found_and_told() -> None:
    outcomes = list(work_off(letters(40), Fragile({"p5", "p20"}), lambda: False, 4))
    assert [outcome.id for outcome in outcomes] == [f"p{n}" for n in range(40)]
    refused = {o.id: o.problems[0].code for o in outcomes if o.refused}
    assert refused == {"p5": "worker-died", "p20": "worker-died"}


@pytest.mark.slow
def test_a_worker_process_that_is_killed_costs_no_letter(
    small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    from advocacy.campaign.addressing import People

    class Killer(ProgressWatcher):
        done = False

        def step(self) -> None:
            children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
            if self.done:
                return
            self.done = True
            for child in children:
                for worker in Path(f"/proc/{child}/task/{child}/children").read_text().split():
                    os.kill(int(worker), signal.SIGKILL)
                    return

    request = RenderRequest(
        small_campaign, ("pdf",), tmp_path / "output", people=People(people), workers=2
    )
    result = render_campaign(request, Killer())
    assert result.problems == []
    assert (result.made, result.refused) == (30, 0)
    assert set(manifest(tmp_path / FOLDER)) == {f"p{n}" for n in range(30)}


def die_half_told() -> None:
    """End this worker when it has handed over the beginning of a result."""
    (results,) = (one for one in gc.get_objects() if isinstance(one, SimpleQueue))
    results._writer._send(struct.pack("!i", 1_000_000) + b"x")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def pool() -> Iterator[ProcessPoolExecutor]:
    made = ProcessPoolExecutor(2, multiprocessing.get_context("forkserver"))
    made.submit(os.getpid).result()
    made.submit(os.getpid).result()
    yield made
    made.shutdown(wait=True)


def test_a_worker_that_is_killed_in_the_middle_of_a_result_is_noticed(
    pool: ProcessPoolExecutor,
) -> None:
    threading.Thread(target=_free_when_stuck, args=(pool,), daemon=True).start()
    lost, waiting = pool.submit(die_half_told), pool.submit(time.sleep, 600)
    assert isinstance(lost.exception(timeout=60), BrokenExecutor)
    assert isinstance(waiting.exception(timeout=60), BrokenExecutor)


def test_workers_end_even_where_one_was_killed_in_the_middle_of_a_result(
    pool: ProcessPoolExecutor, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks = [pool.submit(die_half_told), *(pool.submit(time.sleep, 600) for _ in range(6))]
    wait_for(lambda: any(task.running() for task in tasks[:1]))
    tasks[-1].cancel()
    _end_pool(pool, 0.2)
    assert all(task.done() for task in tasks)
    assert capfd.readouterr().err == ""


def wait_for(test: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not test() and time.monotonic() < ends:
        time.sleep(0.02)


def all_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def start(campaign: Path, listed: Path, cwd: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "advocacy", "render", str(campaign), "--recipients", str(listed),
         "--format", "pdf", "--workers", "2"],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


_FORK_SERVER = """
import multiprocessing.forkserver
from advocacy.batch.fork_server import start_fork_server
start_fork_server(wants_paper=False)
print(open(f"/proc/{multiprocessing.forkserver._forkserver._forkserver_pid}/status").read())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells what is blocked")
def test_ctrl_c_does_not_reach_the_process_that_starts_the_workers() -> None:
    told = subprocess.check_output([sys.executable, "-c", _FORK_SERVER], text=True)
    (blocked,) = [line for line in told.splitlines() if line.startswith("SigBlk")]
    for number in (signal.SIGINT, signal.SIGHUP):
        assert int(blocked.split()[1], 16) >> (number - 1) & 1, number.name


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_with_workers_and_the_next_run_goes_on(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    many = 2500  # fast layout makes hundreds a second
    listed = write_list(tmp_path / "people.csv", [row(n) for n in range(many)])
    process = start(small_campaign, listed, tmp_path)
    folder = tmp_path / FOLDER
    wait_for(lambda: len(list(folder.glob("*.pdf"))) > 5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Finishing the letters in progress" in err
    assert "Traceback" not in err
    made = sorted(path.name for path in folder.glob("*.pdf"))
    assert 5 < len(made) < many
    assert sorted(name for e in manifest(folder).values() for name in e["files"]) == made
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    wait_for(lambda: all_gone(process.pid))
    assert all_gone(process.pid)
    result = run_cli("render", small_campaign, "--recipients", listed, "--format", "pdf")
    assert f"{many - len(made):,} letters made" in result.stdout
    assert f"{len(made)} letters unchanged" in result.stdout


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_no_workers_and_the_next_goes_on(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "people.csv", [row(n) for n in range(60)])
    process = start(small_campaign, listed, tmp_path)
    folder = tmp_path / FOLDER
    wait_for(lambda: len(list(folder.glob("*.pdf"))) > 5)
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: all_gone(process.pid))
    assert all_gone(process.pid)
    result = run_cli("render", small_campaign, "--recipients", listed, "--format", "pdf")
    assert result.returncode == 0, result.stderr
    assert set(contents(folder)) == {"manifest.jsonl", *(f"p{n}.pdf" for n in range(60))}
    assert (
        run_cli("render", small_campaign, "--recipients", listed, "--verify", "output").returncode
        == 0
    )


@pytest.mark.slow
def test_a_disk_that_fills_up_in_the_middle_stops_the_batch_with_one_problem(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "people.csv", [row(n) for n in range(400)])
    run_cli("render", small_campaign, "--format", "txt", "--output", "warm")  # caches are written
    # No file may grow beyond 40 KB: so the journal is full after some letters.
    limited = 'ulimit -f 40; trap "" XFSZ; exec "$0" -m advocacy render "$1" --recipients "$2" '
    result = subprocess.run(
        ["bash", "-c", limited + "--format txt --workers 2", sys.executable, str(small_campaign),
         str(listed)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if k != "COVERAGE_PROCESS_CONFIG"}
        | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.count("error cannot-write") + result.stderr.count("error no-room") <= 2
    assert "cannot-write" in result.stderr
    again = run_cli("render", small_campaign, "--recipients", listed, "--format", "txt")
    assert again.returncode == 0, again.stderr
    assert "letters unchanged" in again.stdout
    assert len(manifest(tmp_path / FOLDER)) == 400


# --- proof and record ---------------------------------------------------------------------------


@pytest.mark.slow
def test_verify_proves_every_file_and_finds_each_that_was_touched(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path, edit
) -> None:
    options = ["--recipients", people]
    run_cli("render", small_campaign, *options, "--limit", "4", "--format", "pdf,eml,txt")
    for same in (
        ("verify", small_campaign, *options),
        ("render", small_campaign, *options, "--verify", "output"),
    ):
        result = run_cli(*same)
        assert result.returncode == 0, result.stderr
        assert "12 files verified" in result.stdout
    with (tmp_path / FOLDER / "p2.txt").open("a") as file:
        file.write("P.S.\n")
    (tmp_path / FOLDER / "p3.eml").unlink()
    result = run_cli("verify", small_campaign, *options)
    assert result.returncode == 1
    assert "`p2.txt` was changed" in result.stderr
    assert "`p3.eml` is missing" in result.stderr
    assert "10 files verified" in result.stdout
    edit(small_campaign.parent / "templates/letters/open.md", "Many came", "Most came")
    result = run_cli("verify", small_campaign, *options)
    assert "not-reproduced" in result.stderr
    assert "0 files verified" in result.stdout
    result = run_cli("verify", small_campaign)
    assert "not-listed" in result.stderr


def test_verify_finds_the_campaigns_of_a_folder(run_cli, small_campaign: Path) -> None:
    run_cli("render", small_campaign, "--format", "txt,html")
    folder = small_campaign.parent
    output = folder.parent / "output"
    for named in (output, output / "parks", output / "parks/call"):
        result = run_cli("verify", named, cwd=folder)
        assert result.returncode == 0, result.stderr
        assert "2 files verified" in result.stdout
    elsewhere = run_cli("verify", output, cwd=output)
    assert elsewhere.returncode == 1
    assert "not in campaigns/ or in this folder" in " ".join(elsewhere.stderr.split())
    empty = run_cli("verify", folder, cwd=folder)
    assert empty.returncode == 1
    assert "contains no letters" in empty.stderr


def test_verify_writes_nothing(run_cli, small_campaign: Path, tmp_path: Path) -> None:
    run_cli("render", small_campaign, "--format", "txt")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "output").rglob("*")}
    run_cli("verify", small_campaign)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "output").rglob("*")} == before


def test_status_says_what_was_made_skipped_and_rejected_and_on_which_facts_it_relies(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    rows = [row(0), row(1, email=""), row(2, country="Narnia")]
    listed = write_list(tmp_path / "people.csv", rows)
    run_cli("render", small_campaign, "--recipients", listed, "--format", "eml,txt")
    text = run_cli("status", "--batch", "output").stdout
    for words in ("parks / call", "2 letters of 2026-03-02", "1 letter has no eml", "visits",
                  "failed: 1 row", "problems.csv"):  # fmt: skip
        assert words in text, text
    (stage,) = json.loads(run_cli("status", "--batch", "output", "--report", "json").stdout)[
        "stages"
    ]
    assert stage["made"] == 2
    assert stage["files"] == {"eml": 1, "txt": 2}
    assert stage["facts"] == {"visits": 2}
    table = run_cli("status", "--batch", "output", "--report", "csv").stdout
    assert "parks,call,fact,visits,2\n" in table
    result = run_cli("status", "--batch", small_campaign.parent)
    assert result.returncode == 1
    assert "no-batch" in result.stderr


# --- progress -----------------------------------------------------------------------------------


def test_the_progress_bar_shows_on_a_terminal_and_nowhere_else(
    run_cli, small_campaign: Path, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advocacy.cli import progress

    result = run_cli("render", small_campaign, "--recipients", people, "--format", "txt")
    assert result.stderr == ""
    shown: list[Mapping[str, Any]] = []

    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

        @staticmethod
        def write(text: str) -> int:
            shown.append({"text": text})
            return len(text)

        @staticmethod
        def flush() -> None: ...

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "EVERY", 0.0)
    monkeypatch.setattr(progress.sys, "stderr", Terminal)
    monkeypatch.setenv("TERM", "xterm")
    bar = progress.watcher(quiet=False)
    bar.begin("parks", lambda: 3)
    for _ in range(3):
        bar.step()
    bar.end()
    text = "".join(part["text"] for part in shown)
    assert "parks" in text
    assert "3/3" in text
    assert "/s" in text
    assert not isinstance(progress.watcher(quiet=True), progress.ProgressBar)


def test_tasks_grow_to_the_right_length_and_no_further() -> None:
    assert executor._next_size(1, 1, 0.1) == 2
    assert executor._next_size(8, 8, 0.8) == 4
    assert executor._next_size(400, 400, 0.01) == executor.LARGEST_TASK
    assert executor._next_size(100, 100, 0.01, 100 * 80_000) == 25, "several tasks are in memory"
    assert executor._next_size(1, 1, 99.0) == 1
