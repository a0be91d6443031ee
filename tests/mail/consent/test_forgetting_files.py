"""Files made for many people lose the person to be forgotten, too, and so do kept messages."""

import json
import os
import shutil
from pathlib import Path

import pikepdf
import pytest

from advocacy.files.saved_texts import keep_text, list_texts
from advocacy.files.unsaved import UnsavedText, UnsavedWork, list_unsaved, write_unsaved
from advocacy.letters.comments import Comment, read_comments, write_comments
from advocacy.mail.consent.forgetting import Forgotten, forget
from advocacy.mail.consent.written_places import note_places

from ...conftest import RunCli

HEADER = "sequence,id,name,postal_code,country,file,first_page,pages\n"


@pytest.fixture
def output(mailed: Path, key: str) -> Path:
    """The output of a campaign whose letters to Bob and Ann were printed and reviewed."""
    lists = mailed / "lists"
    lists.mkdir()
    (lists / "members.csv").write_text(
        "id,name,email\nbob,Bob Müller & Son,bob@example.org\nann,Ann Lee,ann@example.org\n"
    )
    folder = mailed.parent / "output" / "parks"
    folder.mkdir(parents=True)
    return folder


def write_pdf(path: Path, *pages: str) -> None:
    """A PDF with a line of Latin text on each page."""
    with pikepdf.new() as document:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )  # fmt: skip
        for text in pages:
            page = document.add_blank_page()
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            content = f"BT /F 12 Tf 40 600 Td ({text}) Tj ET".encode("cp1252")
            page.Contents = document.make_stream(content)
        document.save(path)


def run(output: Path, *, dry_run: bool = False, folder: Path | None = None) -> Forgotten:
    campaigns = output.parent.parent / "campaigns"
    return forget(folder or campaigns, "bob@example.org", output=output.parent, dry_run=dry_run)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_merged_letters_labels_and_a_gallery_that_have_the_person_are_deleted_whole(
    output: Path,
) -> None:
    write_pdf(output / "merged-0001.pdf", "x")
    write_pdf(output / "merged-0002.pdf", "x")
    (output / "merged.csv").write_text(
        f"{HEADER}1,ann,Ann Lee,02139,US,merged-0001.pdf,1,1\n"
        "2,bob,Bob Müller & Son,02140,US,merged-0002.pdf,1,1\n"
    )
    write_pdf(output / "labels-avery-5160.pdf", "Ann Lee", "Bob  Müller & Son")
    (output / "_gallery" / "call" / "en").mkdir(parents=True)
    (output / "gallery.html").write_text("<p>To Bob Müller &amp; Son</p>")
    write_pdf(output / "_gallery" / "call" / "en" / "bob.pdf", "x")
    before = names(output)
    said = run(output, dry_run=True)
    assert names(output) == before
    done = run(output)
    assert names(output) == set()
    for found in (said, done):
        assert [one.what for one in found.removals if one.place == output] == [
            "file of merged letters in",
            "gallery",
            "file of addresses in",
        ]


def test_those_without_the_person_stay_and_a_name_inside_another_is_not_theirs(
    output: Path,
) -> None:
    write_pdf(output / "merged.pdf", "x")
    (output / "merged.csv").write_text(f"{HEADER}1,ann,Ann Lee,02139,US,merged.pdf,1,1\n")
    write_pdf(output / "labels-avery-5160.pdf", "Jacob Müller & Sonja")
    (output / "gallery.html").write_text("<p>To Ann Lee</p>")
    before = names(output)
    run(output)
    assert names(output) == before


def test_a_pdf_of_the_users_own_name_is_told_and_left(output: Path) -> None:
    write_pdf(output / "June, for the printer.pdf", "Bob Müller & Son")
    (output / "scan.pdf").write_bytes(b"no pdf")
    left = {p.place.path.name for p in run(output).left if p.code == "may-hold-person" and p.place}
    assert left == {"June, for the printer.pdf", "scan.pdf"} == names(output)


def test_labels_are_told_where_no_list_and_no_letter_states_the_name(output: Path) -> None:
    write_pdf(output / "labels-avery-5160.pdf", "Somebody")
    (output.parent.parent / "campaigns" / "lists" / "members.csv").unlink()
    assert [p.code for p in run(output).left] == ["may-hold-person"]


def test_a_letter_alone_states_the_name_by_which_labels_are_searched(output: Path) -> None:
    (output.parent.parent / "campaigns" / "lists" / "members.csv").unlink()
    (output / "call").mkdir()
    line = {"id": "7", "campaign": "parks", "digest": "0", "files": {"7.pdf": "0"},
            "recipient": {"name": "Robert Moll", "email": "Bob@example.org"}}  # fmt: skip
    (output / "call" / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    (output / "call" / "7.pdf").write_text("x")
    write_pdf(output / "envelopes-com10.pdf", "Robert Moll")
    run(output)
    assert names(output) == {"call/manifest.jsonl"}
    assert (output / "call" / "manifest.jsonl").read_text() == ""


BOUNCE = b"""\
From: MAILER-DAEMON@mx.example
To: bounces@coalition.example
Subject: Undelivered
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822;
 %s

--b--
""".replace(b"\n", b"\r\n")


def test_bounces_and_messages_of_the_person_go_and_those_of_others_stay(output: Path) -> None:
    campaigns = output.parent.parent / "campaigns"
    ann, bob = BOUNCE % b"ann@example.org", BOUNCE % b"Bob@example.org"
    for folder in ("cur", "new", "tmp"):
        (campaigns / "bounced" / folder).mkdir(parents=True)
    (campaigns / "bounced" / "cur" / "1.host:2,S").write_bytes(bob)
    (campaigns / "bounced" / "new" / "2.host").write_bytes(ann)
    both = b"From a Mon\r\n%s\r\nFrom b Mon\r\n%s\r\n" % (bob, ann)
    (campaigns / "bounces.mbox").write_bytes(both)
    (output / "old.eml").write_bytes(b"To: <bob@example.org>\r\nSubject: x\r\n\r\nDear Bob\r\n")
    (output / "board.eml").write_bytes(b"To: a@b.example\r\n\r\nbob@example.org asked\r\n")
    left = run(output).left
    assert names(campaigns / "bounced") == {"new/2.host"}
    assert (campaigns / "bounces.mbox").read_bytes() == b"From b Mon\r\n%s\r\n" % ann
    assert names(output) == {"board.eml"}
    assert [(p.place.path.name, p.place.line) for p in left if p.place] == [("board.eml", 1)]


def test_a_report_about_several_people_is_told_and_left(output: Path) -> None:
    campaigns = output.parent.parent / "campaigns"
    two = BOUNCE.replace(
        b"\r\n\r\n--b--", b"\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\n--b--"
    )
    (campaigns / "two.eml").write_bytes(two % b"bob@example.org")
    left = run(output).left
    assert [p.code for p in left] == ["person-in-file"]
    assert (campaigns / "two.eml").exists()


def test_planted_links_and_pipes_are_neither_followed_nor_waited_for(output: Path) -> None:
    precious = output.parent.parent / "precious.html"
    precious.write_text("Bob Müller & Son bob@example.org")
    for name in ("merged.csv", "gallery.html", "labels-x.pdf", "a.eml"):
        (output / name).symlink_to(precious)
    (output / "_gallery").mkdir()
    for name in ("table.csv", "b.pdf", "c.eml", "_gallery/d.txt"):
        os.mkfifo(output / name)
    run(output)
    assert "Bob" in precious.read_text()


def test_letters_and_merged_files_that_were_written_elsewhere_are_found(
    run_cli: RunCli, output: Path, tmp_path: Path, small_campaign: Path
) -> None:
    campaigns, shop, drafts = output.parent.parent / "campaigns", tmp_path / "shop", tmp_path / "d"
    shutil.copytree(small_campaign.parent, campaigns, dirs_exist_ok=True)
    shop.mkdir()
    (shop / "all.csv").write_text(HEADER + "1,bob,Bob Müller & Son,,US,all.pdf,1,1\n")
    write_pdf(shop / "all.pdf", "Bob")
    write_pdf(shop / "other.pdf", "Bob M\374ller & Son")
    people = campaigns / "lists" / "members.csv"
    campaign = campaigns / small_campaign.name
    render = ("render", campaign, "--format", "txt", "--recipients", people)
    run_cli(*render, "--draft", "--output", drafts, "-q")
    keep = drafts / "mine.csv"
    keep.write_text("name,email\nBob,bob@example.org\n")
    made = {path.stem for path in (drafts / "parks").rglob("*.txt")}
    assert made == {"bob", "ann"}
    note_places([campaign], output.parent, shop / "all.pdf")
    note_places([tmp_path / "others" / "x.yaml"], tmp_path / "not-there", shop / "other.pdf")
    assert len(run(output, dry_run=True).removals) == len(run(output).removals)
    assert names(shop) == {"other.pdf"}
    assert {path.stem for path in (drafts / "parks").rglob("*.txt")} == {"ann"}
    assert "Bob" in keep.read_text()


def test_places_of_campaigns_that_are_gone_are_left_out_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    campaign = tmp_path / "parks.yaml"
    campaign.touch()
    note_places([campaign], tmp_path / "drafts")
    note_places([tmp_path / f"{number}.yaml" for number in range(600)], tmp_path / "drafts")
    note_places([campaign], tmp_path / "more")
    (path,) = (tmp_path / "state").rglob("*.jsonl")
    assert path.stat().st_mode & 0o077 == 0
    assert [json.loads(line)[2] for line in path.read_text().splitlines()] == [
        str(tmp_path / "drafts"),
        str(tmp_path / "more"),
    ]


def test_it_says_what_it_cannot_reach_and_names_a_git_history(output: Path) -> None:
    places = run(output, dry_run=True).out_of_reach
    assert "compressed files" in places
    assert any("moved or copied" in place for place in places)
    assert not any("Git" in place for place in run(output, dry_run=True).out_of_reach)
    (output.parent.parent / ".git").mkdir()
    reach = run(output, dry_run=True).out_of_reach
    assert "printed letters" in reach
    assert "sent mail" in reach
    assert reach[-1] == f"the Git history of {output.parent.parent}"


@pytest.mark.slow
def test_what_render_labels_and_gallery_really_wrote_is_gone_after_one_command(
    small_campaign: Path, run_cli: RunCli, key: str
) -> None:
    home = small_campaign.parent
    made = home / "output"
    people = small_campaign.parent / "people.csv"
    people.write_text(
        "name,email,address,city,region,postal_code,country\n"
        "Zoë Weiß,zoe@example.org,1 Elm St,Springfield,IL,62701,US\n"
        "Ann Lee,ann@example.org,2 Elm St,Springfield,IL,62701,US\n"
    )
    listed = ("--recipients", people)
    for command in (["render", "--merge"], ["gallery"], ["labels", "--sheet", "avery-5160"]):
        done = run_cli(command[0], small_campaign, *command[1:], *listed, cwd=small_campaign.parent)
        assert done.returncode == 0, done.stderr
    kept = names(made)
    assert {"parks/merged.pdf", "parks/gallery.html", "parks/labels-avery-5160.pdf"} <= kept
    done = run_cli(
        "forget", "zoe@example.org", "--yes", "--campaigns", ".", cwd=small_campaign.parent
    )
    assert done.returncode == 0, done.stderr
    assert "This command does not search sent mail," in done.stdout
    assert all(name.startswith("parks/call/") for name in names(made))
    assert len(names(made)) == 3
    rest = b"".join(
        path.read_bytes() for path in small_campaign.parent.rglob("*") if path.is_file()
    )
    assert b"zoe@" not in rest
    assert "Zoë".encode() not in rest


def test_comments_and_earlier_texts_with_the_person_go_and_unsaved_ones_are_told(
    output: Path,
) -> None:
    folder = output.parent.parent / "campaigns"
    campaign = folder / "parks.yaml"
    letter = {
        "stage": "call",
        "to": "ann",
        "name": "Ann Lee",
        "language": "en",
        "day": "2026-03-02",
    }
    one = {"letter": letter, "sentence": "", "by": "Ann", "when": "2026-03-02T10:00:00Z"}
    said = [
        {"text": "Fine."},
        {"text": "Ask Bob@Example.org."},
        {"text": "Fine.", "letter": letter | {"to": "bob", "name": "Bob Müller & Son"}},
        {"text": "Fine.", "by": "Bob Müller & Son"},
        {"text": "Bob Müller & Son & Co is somebody else."},
    ]
    comments = [
        Comment.model_validate({"id": f"{number:032x}"} | one | change)
        for number, change in enumerate(said)
    ]
    write_comments(campaign, comments)
    for text in ("Write to bob@example.org.", "Write to us."):
        keep_text(folder, "letters/call.md", text)
    unsaved = UnsavedText("letters/call.md", "bob@example.org", "")
    write_unsaved(folder, UnsavedWork("a-tab-of-tests", "parks.yaml", "", (unsaved,)))
    before = names(folder)
    for dry_run in (True, False):
        found = run(output, dry_run=dry_run)
        removed = {one.what: one.count for one in found.removals}
        assert removed["comment in"] == 3
        assert removed["text in"] == 1
        assert any("unsaved text" in problem.message for problem in found.left)
        if dry_run:
            assert names(folder) == before
    assert [one.text for one in read_comments(campaign)] == [said[0]["text"], said[4]["text"]]
    assert [one.read() for one in list_texts(folder, "letters/call.md")] == ["Write to us."]
    assert len(list_unsaved(folder)) == 1
    assert "comment in" not in [one.what for one in run(output).removals]
