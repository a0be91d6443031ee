"""`advocacy render`: what staff may rely on."""

import email
import email.policy
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest


def manifest(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def test_the_real_campaign_becomes_a_pdf_and_an_email(run_cli, campaigns: Path, tmp_path) -> None:
    result = run_cli("render", campaigns / "microsoft.yaml")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "microsoft" / "call"
    assert (folder / "smith.pdf").read_bytes().startswith(b"%PDF-")
    message = email.message_from_bytes(
        (folder / "smith.eml").read_bytes(), policy=email.policy.default
    )
    assert message["To"].addresses[0].display_name == "Brad Smith"
    assert "output/microsoft/call/smith.pdf" in result.stdout
    assert "1 letter made (1 pdf, 1 eml)" in result.stdout


def test_the_manifest_says_what_each_letter_was_made_from(
    run_cli, campaigns: Path, tmp_path
) -> None:
    run_cli("render", campaigns / "microsoft.yaml", "--format", "txt,html")
    (entry,) = manifest(tmp_path / "output" / "microsoft" / "call")
    assert entry["id"] == "smith"
    assert (entry["campaign"], entry["stage"], entry["date"]) == ("microsoft", "call", "2020-06-10")
    assert set(entry["files"]) == {"smith.txt", "smith.html"}
    assert len(set(entry["facts"])) >= 6
    assert "microsoft-no-ban" in entry["facts"]
    assert len(entry["digest"]) == len(entry["recipient_digest"]) == 64
    assert {"advocacy", "weasyprint", "fonts", "pandoc"} <= set(entry["versions"])


def test_output_is_for_its_owner_alone(run_cli, campaigns: Path, tmp_path) -> None:
    run_cli("render", campaigns / "microsoft.yaml")
    files = [p for p in (tmp_path / "output").rglob("*") if p.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(run_cli, campaigns: Path, tmp_path) -> None:
    for name, seed in (("one", "1"), ("two", "2")):
        result = run_cli(
            "render", campaigns / "microsoft.yaml", "--format", "pdf,eml,html,txt",
            "--output", tmp_path / name, env={"PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"},
        )  # fmt: skip
        assert result.returncode == 0
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert len(one) == 5
    assert one == two


def test_a_stale_letter_is_refused_and_nothing_is_written(
    run_cli, campaigns: Path, tmp_path
) -> None:
    result = run_cli(
        "render", campaigns / "microsoft.yaml", "--date", "2020-06-11", "--stage", "call"
    )
    assert result.returncode == 1
    assert "fact-ended" in result.stderr
    assert "outside-window" in result.stderr
    assert "--stage thanks" in result.stderr
    assert "1 letter refused" in result.stdout
    assert not list((tmp_path / "output").rglob("*.*"))


def test_on_the_day_after_the_letter_that_fits_is_made(run_cli, campaigns: Path, tmp_path) -> None:
    result = run_cli(
        "render", campaigns / "microsoft.yaml", "--date", "2020-06-11", "--format", "txt"
    )
    assert result.returncode == 0
    text = (tmp_path / "output" / "microsoft" / "thanks" / "smith.txt").read_text()
    assert "has not prohibited" not in text


def test_an_addressee_without_email_still_gets_paper(
    run_cli, small_campaign, edit, tmp_path
) -> None:
    edit(small_campaign, ", email: jane@parks.example", "")
    result = run_cli("render", small_campaign)
    assert result.returncode == 0
    assert "warning" in result.stderr
    assert (tmp_path / "output/parks/call/doe.pdf").is_file()
    assert not (tmp_path / "output/parks/call/doe.eml").exists()
    assert run_cli("render", small_campaign, "--strict").returncode == 1


def test_an_email_asked_for_by_name_that_cannot_be_made_is_an_error(
    run_cli, small_campaign, edit
) -> None:
    edit(small_campaign, ", email: jane@parks.example", "")
    result = run_cli("render", small_campaign, "--format", "eml")
    assert result.returncode == 1
    assert "error no-email" in result.stderr


def test_one_broken_letter_leaves_the_others(run_cli, small_campaign, edit, tmp_path) -> None:
    edit(
        small_campaign,
        "email: jane@parks.example}",
        "email: jane@parks.example}\n    - {id: roe, name: Richard \U00013000 Roe}",
    )
    result = run_cli("render", small_campaign, "--format", "pdf")
    assert result.returncode == 1
    assert "EGYPTIAN HIEROGLYPH A001" in result.stderr
    assert (tmp_path / "output/parks/call/doe.pdf").is_file()
    assert not (tmp_path / "output/parks/call/roe.pdf").exists()


def test_two_addressees_with_one_id_are_told(run_cli, small_campaign, edit) -> None:
    edit(
        small_campaign,
        "email: jane@parks.example}",
        "email: jane@parks.example}\n    - {id: doe, name: John Doe}",
    )
    result = run_cli("render", small_campaign)
    assert result.returncode == 1
    assert "parks.yaml:11" in result.stderr
    assert "duplicate-id" in result.stderr


def test_all_problems_of_all_files_come_in_one_pass(run_cli, small_campaign, edit) -> None:
    folder = small_campaign.parent
    edit(small_campaign, "reply_by: 14 days", "reply_by: soon")
    edit(small_campaign, "timezone:", "timezon:")
    edit(folder / "facts.yaml", "source: report", "source: reprot")
    edit(folder / "sources.yaml", "issued:", "isued:")
    result = run_cli("render", small_campaign)
    assert result.returncode == 1
    for piece in (
        "parks.yaml:14", "parks.yaml:3", "facts.yaml:3", "sources.yaml:6",
        "`report`", "`timezone`", "`issued`",
    ):  # fmt: skip
        assert piece in result.stderr, piece
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\x00\x01\x02", "binary-file"),
        ("id: caf\xe9\n".encode("latin-1"), "not-utf8"),
        (b"just words\n", None),
        (b"a: &a [x]\nb: *a\nc: !!python/object/apply:os.system [ls]\n", None),
    ],
)
def test_a_file_that_is_no_campaign_is_told_and_never_a_traceback(
    run_cli, tmp_path: Path, content: bytes, code: str | None
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    result = run_cli("render", path)
    assert result.returncode == 1
    assert "bad.yaml" in result.stderr
    assert "Traceback" not in result.stderr
    assert "bug" not in result.stderr
    if code:
        assert code in result.stderr


def test_a_campaign_with_crlf_and_bom_is_read(run_cli, small_campaign: Path) -> None:
    for path in small_campaign.parent.rglob("*.*"):
        if path.is_file():
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    result = run_cli("render", small_campaign, "--format", "txt")
    assert result.returncode == 0, result.stderr


def test_a_missing_facts_file_is_told_with_its_near_neighbour(
    run_cli, small_campaign, edit
) -> None:
    edit(small_campaign, "facts: [facts.yaml]", "facts: [fact.yaml]")
    result = run_cli("render", small_campaign)
    assert result.returncode == 1
    assert "Did you mean `facts.yaml`?" in result.stderr


def test_an_unknown_citation_names_template_line_and_nearest(run_cli, small_campaign, edit) -> None:
    edit(small_campaign.parent / "templates/letters/open.md", 'fact("visits")', 'fact("visit")')
    result = run_cli("render", small_campaign)
    assert result.returncode == 1
    assert "open.md:3" in result.stderr
    assert "`visits`" in result.stderr


def test_an_output_folder_that_is_a_file_is_told(run_cli, small_campaign, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run_cli("render", small_campaign, "--output", "taken")
    assert result.returncode == 1
    assert "cannot-write" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_output_folder_is_told(run_cli, small_campaign, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = run_cli("render", small_campaign, "--output", "locked")
    assert result.returncode == 1
    assert "cannot-write" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "pfd"], "Did you mean “pdf”?"),
        (["--date", "10.6.2020"], "Write it as 2020-06-10"),
        (["--reprot", "json"], "--report"),
    ],
)
def test_wrong_usage_ends_with_two_and_the_cure(
    run_cli, small_campaign, arguments: list[str], words: str
) -> None:
    result = run_cli("render", small_campaign, *arguments)
    assert result.returncode == 2
    assert words in result.stderr


def test_an_unknown_stage_or_letter_is_told_with_the_nearest(run_cli, small_campaign) -> None:
    result = run_cli("render", small_campaign, "--stage", "cal", "--only", "dow")
    assert result.returncode == 1
    assert "`call`" in result.stderr
    assert "`doe`" in result.stderr


def test_quiet_prints_nothing_when_all_is_well(run_cli, small_campaign) -> None:
    result = run_cli("render", small_campaign, "--quiet", "--format", "txt")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_only_and_another_format_keep_what_the_manifest_has(
    run_cli, small_campaign, edit, tmp_path
) -> None:
    edit(
        small_campaign,
        "email: jane@parks.example}",
        "email: jane@parks.example}\n    - {id: roe, name: Richard Roe, email: r@parks.example}",
    )
    run_cli("render", small_campaign, "--format", "txt")
    run_cli("render", small_campaign, "--format", "html", "--only", "roe")
    entries = {entry["id"]: entry for entry in manifest(tmp_path / "output/parks/call")}
    assert set(entries["doe"]["files"]) == {"doe.txt"}
    assert set(entries["roe"]["files"]) == {"roe.txt", "roe.html"}


@pytest.mark.slow
def test_an_interrupt_leaves_no_half_file_and_ends_with_130(
    small_campaign: Path, tmp_path: Path, edit
) -> None:
    people = "\n".join(f"    - {{id: p{i}, name: Person {i}}}" for i in range(300))
    edit(small_campaign, "email: jane@parks.example}", "email: jane@parks.example}\n" + people)
    process = subprocess.Popen(
        [sys.executable, "-m", "advocacy", "render", str(small_campaign), "--format", "pdf"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    folder = tmp_path / "output/parks/call"
    ends = time.monotonic() + 60
    while not list(folder.glob("*.pdf")) and time.monotonic() < ends:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    made = sorted(folder.glob("*.pdf"))
    assert 0 < len(made) < 301
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in made)
    assert [p for p in folder.iterdir() if p.name.startswith(".")] == []
    assert {name for entry in manifest(folder) for name in entry["files"]} == {p.name for p in made}


@pytest.mark.parametrize("kind", ["txt", "pdf"])
def test_a_full_disk_is_told_and_leaves_no_half_file(
    small_campaign: Path, tmp_path: Path, kind: str
) -> None:
    limited = 'ulimit -f 0; trap "" XFSZ; exec "$0" -m advocacy render "$1" --format "$2"'
    result = subprocess.run(
        ["bash", "-c", limited, sys.executable, str(small_campaign), kind],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        # Coverage would complain of the full disk in the command's place.
        env={k: v for k, v in os.environ.items() if k != "COVERAGE_PROCESS_CONFIG"}
        | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert result.returncode == 1
    assert "error cannot-write" in result.stderr or "error no-room" in result.stderr
    assert "Traceback" not in result.stderr
    assert not [p for p in (tmp_path / "output").rglob("*") if p.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_the_report_is_told(small_campaign: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "advocacy", "render", str(small_campaign), "--format", "txt"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert "no space left" in result.stderr.lower()
    assert "Traceback" not in result.stderr
