"""`advocacy render --merge`: what the print shop gets."""

import csv
import os
import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

PEOPLE = """\
id,name,address,city,region,postal_code,country,email
ann,Ann Ash,1 Main Street,Springfield,IL,62703,US,ann@people.example
bob,"=HYPERLINK(""x"")",2 Main Street,Springfield,IL,62701,US,
cyd,Cyd Cox,3 Main Street,Boston,MA,02139,US,
dee,Dee Day,4 High Street,Leeds,,LS1 1AA,GB,
eli,Eli Elm,5 Main Street,Springfield,IL,62703,US,
"""


@pytest.fixture
def people(small_campaign: Path) -> Path:
    path = small_campaign.with_name("people.csv")
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def render(run_cli, campaign: Path, people: Path, *more: str | Path):
    return run_cli(
        "render", campaign, "--recipients", people, "--format", "pdf", "--output", "out", *more
    )


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first_names(path: Path) -> list[str]:
    """Whom each bookmark names."""
    with pikepdf.open(path) as file, file.open_outline() as outline:
        return [item.title for item in outline.root]


def test_all_letters_come_in_one_file_in_the_order_of_postal_codes(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    done = render(run_cli, small_campaign, people, "--merge")
    assert done.returncode == 0, done.stderr
    assert "5 letters merged" in done.stdout
    rows = table(tmp_path / "out/parks/merged.csv")
    assert [row["id"] for row in rows] == ["dee", "cyd", "bob", "ann", "eli"]
    assert [row["postal_code"] for row in rows][1] == "02139"
    assert [row["sequence"] for row in rows] == list("12345")
    pages, at = [int(row["pages"]) for row in rows], 1
    for row, count in zip(rows, pages, strict=True):
        assert row["first_page"] == str(at)
        at += count
    file = tmp_path / "out/parks/merged.pdf"
    assert first_names(file)[0] == "Dee Day"
    document = pypdfium2.PdfDocument(file)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(texts) == sum(pages)
    assert "4 High Street" in texts[0]
    assert "3 Main Street" in texts[pages[0]]


def test_or_in_the_order_of_the_list(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    assert render(run_cli, small_campaign, people, "--merge", "--sort", "list").returncode == 0
    rows = table(tmp_path / "out/parks/merged.csv")
    assert [row["id"] for row in rows] == ["ann", "bob", "cyd", "dee", "eli"]


def test_or_so_many_in_each_file(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    assert render(run_cli, small_campaign, people, "--merge", "2", "--duplex").returncode == 0
    folder = tmp_path / "out/parks"
    files = sorted(folder.glob("merged-*.pdf"))
    assert [file.name for file in files] == [f"merged-000{i}.pdf" for i in (1, 2, 3)]
    assert [len(first_names(file)) for file in files] == [2, 2, 1]
    rows = table(folder / "merged.csv")
    assert [row["file"] for row in rows] == [files[i].name for i in (0, 0, 1, 1, 2)]
    assert [row["first_page"] for row in rows] == list("13131")
    document = pypdfium2.PdfDocument(files[1])
    assert document.get_page_label(0) == "3-1"  # the sequence of the table goes on
    assert document.get_page_label(2) == "4-1"
    assert len(document) == 4
    document.close()
    # Fewer files the next time: none of the older ones is left to be printed by mistake.
    assert render(run_cli, small_campaign, people, "--merge", "3").returncode == 0
    assert sorted(file.name for file in folder.glob("*.pdf")) == [
        "merged-0001.pdf",
        "merged-0002.pdf",
    ]
    assert render(run_cli, small_campaign, people, "--merge").returncode == 0
    assert [file.name for file in folder.glob("*.pdf")] == ["merged.pdf"]


def test_or_in_a_file_that_one_names(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    done = render(run_cli, small_campaign, people, "--merge", "shop/all.pdf")
    assert done.returncode == 0, done.stderr
    assert len(first_names(tmp_path / "shop/all.pdf")) == 5
    assert len(table(tmp_path / "shop/all.csv")) == 5
    assert not (tmp_path / "out/parks/merged.pdf").exists()


def test_letters_left_unchanged_are_merged_too_and_give_the_same_bytes(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    render(run_cli, small_campaign, people, "--merge")
    before = (tmp_path / "out/parks/merged.pdf").read_bytes()
    done = render(run_cli, small_campaign, people, "--merge")
    assert "5 letters unchanged" in done.stdout
    assert (tmp_path / "out/parks/merged.pdf").read_bytes() == before


def test_a_refused_letter_is_never_printed_from_an_older_file(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path, edit
) -> None:
    render(run_cli, small_campaign, people, "--merge")
    edit(small_campaign.with_name("facts.yaml"), "from: 2026-01-15", "from: 2026-04-01")
    done = render(run_cli, small_campaign, people, "--merge")
    assert done.returncode == 1
    assert "There was no letter to merge" in done.stdout
    assert not list((tmp_path / "out/parks").glob("merged*"))


def test_a_file_that_was_changed_by_hand_is_left_out_and_told(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    render(run_cli, small_campaign, people)
    changed = tmp_path / "out/parks/call/cyd.pdf"
    changed.write_bytes(changed.read_bytes() + b"%")
    done = render(run_cli, small_campaign, people, "--merge")
    assert done.returncode == 1
    assert "changed-file" in done.stderr
    assert "--force" in done.stderr
    assert "cyd" not in [row["id"] for row in table(tmp_path / "out/parks/merged.csv")]


def test_people_of_other_runs_are_not_printed(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    render(run_cli, small_campaign, people)
    render(run_cli, small_campaign, people, "--only", "ann", "--only", "eli", "--merge")
    rows = table(tmp_path / "out/parks/merged.csv")
    assert [row["id"] for row in rows] == ["ann", "eli"]


def test_a_formula_stays_text_in_the_table(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    render(run_cli, small_campaign, people, "--merge")
    rows = {row["id"]: row for row in table(tmp_path / "out/parks/merged.csv")}
    assert rows["bob"]["name"].startswith("'=")


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_merged_letters_are_private(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    render(run_cli, small_campaign, people, "--merge")
    for name in ("merged.pdf", "merged.csv"):
        assert (tmp_path / "out/parks" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--merge", "0"], "one letter at least"),
        (["--merge", "letters.txt"], "ends in .pdf"),
        (["--duplex"], "--merge"),
        (["--sort", "list"], "--merge"),
        (["--merge", "--format", "eml"], "add pdf"),
    ],
)
def test_wrong_usage_is_told(run_cli, small_campaign: Path, options: list[str], told: str) -> None:
    done = run_cli("render", small_campaign, *options)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


def test_a_campaign_after_merge_is_not_taken_for_its_file(run_cli, small_campaign: Path) -> None:
    before = small_campaign.read_bytes()
    done = run_cli("render", "--merge", small_campaign)
    assert done.returncode == 2
    assert "after the campaigns" in " ".join(done.stderr.split())
    assert small_campaign.read_bytes() == before


@pytest.mark.slow
def test_the_commands_of_the_manual_work(
    run_cli, small_campaign: Path, people: Path, project_root: Path
) -> None:
    folder = small_campaign.parent
    people.rename(folder / "members.csv")
    manual = (project_root / "docs" / "printing.md").read_text(encoding="utf-8")
    commands = re.findall(r"(?m)^    advocacy (.+)$", manual)
    assert len(commands) == 6
    for command in commands:
        done = run_cli(*command.split(), cwd=folder)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    made = {path.name for path in folder.glob("output/parks/*.pdf")}
    assert {"merged-0001.pdf", "labels-avery-5160.pdf", "envelopes-10.pdf"} <= made
    assert (folder / "shop/all.csv").is_file()
