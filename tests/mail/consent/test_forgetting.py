"""A person who asks to be forgotten is gone from everything, and is never written to again."""

import json
import sqlite3
import stat
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.bounces.replies import note_replies
from advocacy.mail.consent.forgetting import forget
from advocacy.mail.consent.suppress_commands import import_list, suppress, unsuppress
from advocacy.mail.consent.suppression_snapshot import read_suppressions
from advocacy.mail.ledger import LedgerEntry, MailingText, State, open_ledger
from advocacy.mail.ledger.processes import this_process


@pytest.fixture
def home(mailed: Path, key: str) -> Path:
    """A workspace with Bob in every corner of it."""
    lists = mailed / "lists"
    lists.mkdir()
    (lists / "members.csv").write_bytes(
        "\ufeffid;name;email;note\r\nann;Ann;ann@example.org;\r\n\r\n"
        'bob;"Bob; Smith";BOB@Example.org;"a ""note"""\r\n'
        "eve;Eve;eve@example.org;assistant of bob@example.org\r\n".encode()
    )
    (lists / "more.jsonl").write_text(
        '{"id": "bob", "email": "bob@example.org"}\n{"id": "ann", "email": "ann@example.org"}\n'
    )
    (mailed / "parks.yaml").write_text("id: parks\ncontact: bob@example.org\n")
    out = mailed.parent / "output" / "parks" / "call"
    out.mkdir(parents=True)
    lines = []
    for name in ("ann", "bob", "eve"):
        for kind in ("pdf", "eml"):
            (out / f"{name}.{kind}").write_text(f"To: {name}@example.org")
        lines.append(
            {
                "id": name,
                "campaign": "parks",
                "digest": "0",
                "recipient": {"name": name, "email": f"{name}@example.org"},
                "files": {f"{name}.pdf": "0", f"{name}.eml": "0"},
            }
        )
    lines.append(
        {
            "id": "bob--mayor",
            "campaign": "parks",
            "digest": "0",
            "recipient": {"email": "mayor@example.net"},
            "supporter": {"id": "bob", "email": "Bob@example.org"},
            "files": {"bob--mayor.pdf": "0"},
        }
    )
    (out / "bob--mayor.pdf").write_text("x")
    (out / "all.pdf").write_text("x")
    (out / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    suppress(mailed, ["ann@example.org", "bob@example.org"], reason="by phone")
    return mailed


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run(home: Path, *, dry_run: bool) -> list[str]:
    found = forget(home, "bob@example.org", output=home.parent / "output", dry_run=dry_run)
    return [f"{one.count} {one.what} {Path(one.place).name}" for one in found.removals]


def test_first_it_is_only_said_what_would_be_removed(home: Path) -> None:
    before = everything(home.parent)
    said = run(home, dry_run=True)
    changed = {k for k, v in everything(home.parent).items() if before.get(k) != v}
    assert not {name for name in changed if not name.endswith(("-wal", "-shm"))}
    assert run(home, dry_run=False) == said
    assert sorted(said) == [
        "1 address in suppressed.csv",
        "1 letter call",
        "1 letter call",
        "1 letter in parks.ledger.sqlite",
        "1 row in members.csv",
        "1 row in more.jsonl",
    ]


def test_nothing_of_the_person_is_left_where_a_command_may_remove_it(home: Path) -> None:
    run(home, dry_run=False)
    assert b"bob" not in (home / "suppressed.csv").read_bytes().lower()
    assert b"bob" not in (home / "lists" / "more.jsonl").read_bytes()
    out = home.parent / "output" / "parks" / "call"
    left = sorted(p.name for p in out.iterdir())
    assert left == ["all.pdf", "ann.eml", "ann.pdf", "eve.eml", "eve.pdf", "manifest.jsonl"]
    assert b"bob" not in (out / "manifest.jsonl").read_bytes().lower()
    ledger = b"".join(p.read_bytes() for p in home.glob("parks.ledger.sqlite*"))
    assert b"bob" not in ledger.lower()
    assert b"ann@example.org" in ledger.lower()


def test_other_people_and_the_form_of_the_files_stay(home: Path) -> None:
    run(home, dry_run=False)
    assert (home / "lists" / "members.csv").read_bytes() == (
        "\ufeffid;name;email;note\r\nann;Ann;ann@example.org;\r\n\r\n"
        "eve;Eve;eve@example.org;assistant of bob@example.org\r\n"
    ).encode()
    assert stat.S_IMODE((home / "lists" / "members.csv").stat().st_mode) == 0o600
    found, problems = read_suppressions(home)
    assert problems == []
    assert found.reason("ann@example.org")
    with open_ledger(home / "parks.yaml") as ledger:
        assert ledger.counts("parks/call")[State.SENT] == 3


def test_the_person_is_still_not_written_to_and_no_import_brings_the_address_back(
    home: Path,
) -> None:
    run(home, dry_run=False)
    assert "forgotten" in (read_suppressions(home)[0].reason("Bob@Example.org") or "")
    old = home.parent / "unsubscribed.csv"
    old.write_text("address,since,source\nbob@example.org,2026-11-01,unsubscribed\n")
    assert import_list(home, old).outcome.there == ["bob@example.org"]
    assert b"bob@" not in (home / "suppressed.csv").read_bytes()


def test_doing_it_again_changes_nothing(home: Path) -> None:
    run(home, dry_run=False)
    before = everything(home.parent)
    assert run(home, dry_run=False) == []
    after = everything(home.parent)
    assert {k for k in after if "ledger" not in k and before.get(k) != after[k]} == set()
    assert (home / "suppressed.csv").read_text().count("hmac-sha256") == 1


def test_what_cannot_be_removed_is_told_with_its_place(home: Path) -> None:
    left = forget(home, "bob@example.org", output=home.parent / "output").left
    told = {(p.place.path.name, p.place.line) for p in left if p.place}
    assert told == {("members.csv", 5), ("parks.yaml", 2), ("all.pdf", None), ("call", None)}
    assert all(problem.hint for problem in left)


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORKBOOK = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
    'Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="a" '
    'sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
    f'Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData><row r="3"><c r="A3" '
    't="inlineStr"><is><t>Bob@example.org</t></is></c></row></sheetData></worksheet>',
}


def test_a_spreadsheet_is_told_with_the_row_and_one_that_cannot_be_read_too(home: Path) -> None:
    with zipfile.ZipFile(home / "lists" / "members.xlsx", "w") as packed:
        for name, text in WORKBOOK.items():
            packed.writestr(name, text)
    (home / "lists" / "broken.xlsx").write_bytes(b"PK\x03\x04")
    (home / "lists" / "wide.csv").write_bytes("email\n".encode("utf-16"))
    told = [p.message for p in forget(home, "bob@example.org").left]
    assert any("Row 3 of this spreadsheet" in message for message in told)
    assert sum("could not be searched" in message for message in told) == 2


def test_a_list_elsewhere_is_named(home: Path) -> None:
    path = home.parent / "elsewhere.csv"
    path.write_text("email\nbob@example.org\nann@example.org\n")
    forget(home, "bob@example.org", lists=[path], dry_run=False)
    assert path.read_text() == "email\nann@example.org\n"


def test_without_a_key_nothing_is_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADVOCACY_KEY")
    before = everything(home.parent)
    with pytest.raises(AdvocacyError, match="ADVOCACY_KEY is not set"):
        run(home, dry_run=False)
    assert everything(home.parent) == before


def test_while_a_letter_is_under_way_the_files_stay(home: Path) -> None:
    with open_ledger(home / "parks.yaml") as ledger:
        ledger.start("parks/thanks", "parks", "thanks", MailingText({}, ""))
        active = ledger.begin_run("parks/thanks")
        entry = LedgerEntry("bob", "bob@example.org", "bob@example.org", "", "", "<1@x.example>")
        ledger.exchange(active, [], [entry])
        with pytest.raises(AdvocacyError, match="letter-under-way"):
            run(home, dry_run=False)
    assert "bob@example.org" in (home / "lists" / "more.jsonl").read_text()


def test_whom_a_killed_sender_had_in_hand_can_be_forgotten(home: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    owner = replace(this_process(), pid=gone.pid)
    with open_ledger(home / "parks.yaml", owner=owner) as ledger:
        ledger.start("parks/thanks", "parks", "thanks", MailingText({}, ""))
        active = ledger.begin_run("parks/thanks", journaled=True)
        entry = LedgerEntry("bob", "bob@example.org", "bob@example.org", "", "", "<1@x.example>")
        ledger.exchange(active, [], [entry])
        active.journal.leaves("bob")
    run(home, dry_run=False)
    with open_ledger(home / "parks.yaml") as ledger:
        (letter,) = ledger.records("parks/thanks")
    assert letter.state is State.UNCERTAIN
    assert letter.forgotten_at is not None
    assert letter.address.startswith("forgotten-")


def test_somebody_else_in_a_broken_row_stays_suppressed(home: Path) -> None:
    with (home / "suppressed.csv").open("a") as file:
        file.write("bob@example.org and dan@example.org\n")
    found = forget(home, "bob@example.org", dry_run=False)
    assert read_suppressions(home)[0].reason("dan@example.org")
    assert any(p.place and p.place.path.name == "suppressed.csv" for p in found.left)


def test_a_person_who_comes_back_can_be_written_to_again(home: Path) -> None:
    run(home, dry_run=False)
    assert len(unsuppress(home, ["bob@example.org"], "signed up again").changed) == 1
    assert read_suppressions(home)[0].reason("bob@example.org") is None


@pytest.mark.slow
def test_the_command_shows_first_and_does_it_with_yes(home: Path, run_cli) -> None:
    seen = run_cli("forget", "Bob@Example.org")
    assert seen.returncode == 0
    assert "1 letter in campaigns/parks.ledger.sqlite (parks/call)" in seen.stdout
    assert "1 row in campaigns/lists/members.csv (line 4)" in seen.stdout
    assert "Nothing was changed. To remove it, add: --yes" in seen.stdout
    assert "campaigns/parks.yaml:2" in seen.stderr
    assert "bob@example.org" in (home / "lists" / "more.jsonl").read_text()
    done = run_cli("forget", "Bob@Example.org", "--yes")
    assert done.returncode == 0
    assert "Removed. A keyed hash in campaigns/suppressed.csv" in done.stdout
    again = run_cli("forget", "bob@example.org", "--yes")
    assert "The address was not found in any ledger, letter, or list." in again.stdout


def test_the_ledger_is_sound_after_it_was_written_anew(home: Path) -> None:
    run(home, dry_run=False)
    with sqlite3.connect(home / "parks.ledger.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    note_replies(home, ["ann"])


def test_rows_to_correct_and_drafts_go_and_those_of_others_stay(home: Path) -> None:
    output = home.parent / "output"
    rows = output / "parks" / "problems.csv"
    rows.write_text(
        "problem_file,problem_line,problem_code,problem_message,id,name,email\n"
        "members.csv,4,bad-country,“Narnia” is no country.,bob,Bob,bob@example.org\n"
        "members.csv,5,bad-country,“Oz” is no country.,eve,Eve,eve@example.org\n"
    )
    folder = output / "parks" / "draft"
    folder.mkdir()
    for name in ("bob-smith-1f3c9a20.pdf", "eve-4be1a6d2.pdf"):
        (folder / name).write_text("DRAFT")
    lines = [
        {"id": "Bob Smith <bob@example.org>", "campaign": "parks", "digest": "0", "draft": True,
         "recipient": {"email": "bob@example.org"}, "files": {"bob-smith-1f3c9a20.pdf": "0"}},
        {"id": "Eve <eve@example.org>", "campaign": "parks", "digest": "0", "draft": True,
         "recipient": {"email": "eve@example.org"}, "files": {"eve-4be1a6d2.pdf": "0"}},
    ]  # fmt: skip
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    forget(home, "bob@example.org", output=output, dry_run=False)
    assert "bob" not in rows.read_text().lower()
    assert "eve@example.org" in rows.read_text()
    assert [path.name for path in folder.glob("*.pdf")] == ["eve-4be1a6d2.pdf"]
    assert "bob" not in (folder / "manifest.jsonl").read_text().lower()
