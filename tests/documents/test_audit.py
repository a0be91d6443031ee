"""The audit sheet: what a lawyer or an editor may rely on when signing one."""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.campaign.loading import load_campaign
from advocacy.checks.audit import audit_documents
from advocacy.letters.compose import compose_letters
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import check

UNPROVEN = "In 2024 the park had 90,000 visits."
EXCUSED = "In 2023 we counted 70,000 visitors ourselves."


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.hidden = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.words += " " if tag in ("p", "td", "th", "h1", "h2", "h3", "span") else ""

    def handle_data(self, data: str) -> None:
        self.words += "" if self.hidden else data


def words(html: str) -> str:
    page = _Words()
    page.feed(html)
    return " ".join(page.words.split())


def sheet(path: Path, versions: dict[str, str] | None = None) -> tuple[str, bytes]:
    """The sheet of a campaign's first letter, as HTML and as PDF."""
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    letter = compose_letters(campaign).letters[0]
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    documents, found = audit_documents(campaign, checked, versions or {"advocacy": "1.2.3"})
    assert not found
    return documents[f"{letter.id}.audit.html"].decode(), documents[f"{letter.id}.audit.pdf"]


def add(path: Path, text: str) -> None:
    letter = path.parent / "templates/letters/open.md"
    letter.write_text(f"{letter.read_text()}\n{text}\n")


@pytest.fixture(scope="module")
def shipped(project_root: Path) -> tuple[str, bytes]:
    return sheet(project_root / "campaigns" / "microsoft.yaml")


def test_every_cited_sentence_stands_with_fact_quote_source_days_and_last_check(
    shipped: tuple[str, bytes], project_root: Path
) -> None:
    campaign, _ = load_campaign(project_root / "campaigns" / "microsoft.yaml")
    assert campaign is not None
    letter = compose_letters(campaign).letters[0]
    text = words(shipped[0])
    assert "IBM has stopped offering general purpose facial recognition" in text
    assert len(letter.facts) >= 6
    for cited in letter.facts:
        fact = cited.fact
        assert cited.id in text
        assert " ".join((fact.statement.get("en") or "").split()) in text
        if fact.quote:
            assert fact.quote in text
        assert (cited.source.url or cited.source.doi or "?") in re.sub(r"<[^>]*>", "", shipped[0])
    assert "on June 10, 2020 alone; last checked: November 23, 2026" in text
    assert "from June 10, 2020 to May 17, 2021" in text
    assert "quoted in" in text
    assert "The letter’s date is its last day, and microsoft-ban follows." in text
    assert text.count("last checked:") == len(letter.facts)


def test_the_head_names_letter_digest_date_and_versions(small_campaign: Path) -> None:
    text = words(sheet(small_campaign, {"advocacy": "1.2.3", "weasyprint": "70.0"})[0])
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert letter_digest(compose_letters(campaign).letters[0]) in text
    for piece in (
        "parks/call/doe",
        "Jane Doe",
        "March 2, 2026",
        "advocacy 1.2.3",
        "weasyprint 70.0",
    ):
        assert piece in text


def test_a_sentence_that_needs_a_source_and_has_none_is_marked(small_campaign: Path) -> None:
    add(small_campaign, UNPROVEN)
    html = sheet(small_campaign)[0]
    assert f'<span class="marked">{UNPROVEN}</span>' in html
    text = words(html)
    assert "1 sentence without a citation needs a look." in text
    assert re.search(r"No citation\.\s+It states a (figure|date)", text)


def test_a_sentence_let_through_stands_with_the_reason(small_campaign: Path) -> None:
    add(small_campaign, f"{EXCUSED} {{# uncited: our own count #}}")
    add(small_campaign, UNPROVEN)
    html = sheet(small_campaign)[0]
    text = words(html)
    assert "for this reason: our own count. It states" in text
    assert "1 sentence goes without a citation for a stated reason." in text
    assert 'id="mark-a"' in html
    assert 'id="mark-b"' in html


def test_a_sentence_that_leans_on_the_next_ones_citation_shows_that_evidence(
    small_campaign: Path,
) -> None:
    add(small_campaign, 'In 2025 the park had 40,000 visits. Nobody doubts it.{{ cite("visits") }}')
    assert (
        '<span class="cited">In 2025 the park had 40,000 visits.</span>' in sheet(small_campaign)[0]
    )


def test_a_fact_cited_again_points_to_its_evidence_and_is_counted_once(
    small_campaign: Path,
) -> None:
    add(small_campaign, 'So it had 40,000 visits.{{ cite("visits") }}')
    html = sheet(small_campaign)[0]
    assert html.count('id="fact-1"') == 1
    assert "visits</span>, as above" in html
    assert "2 sentences of this letter cite 1 fact." in words(html)


def test_what_the_campaign_turned_off_is_not_marked(small_campaign: Path) -> None:
    add(small_campaign, UNPROVEN)
    setting = "checks: {uncited-claim: {level: off, reason: a newsletter}}\n"
    small_campaign.write_text(small_campaign.read_text() + setting.replace("off", '"off"'))
    assert "marked no sentence" in words(sheet(small_campaign)[0])


def test_there_is_room_to_sign(shipped: tuple[str, bytes]) -> None:
    text = words(shipped[0])
    assert "compared each sentence above with its evidence" in text
    assert re.search(r"Name\s+Date\s+Signature\s*$", text)


def test_each_page_says_of_which_letter_it_is_and_how_many_there_are(
    shipped: tuple[str, bytes], tmp_path: Path, tool
) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(shipped[1])
    out = subprocess.run(
        [tool("pdftotext"), "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = out.rstrip("\f").split("\f")
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"Audit sheet, page {number} of {len(pages)}" in page
        assert re.search(r"microsoft/call/smith · [0-9a-f]{12}", page)


def test_the_printed_sheet_is_tagged_and_passes_the_checkers(
    shipped: tuple[str, bytes], tmp_path: Path, tool
) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(shipped[1])
    subprocess.run([tool("qpdf"), "--check", str(path)], check=True, capture_output=True)
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert "Audit sheet: Follow IBM" in str(pdf.docinfo["/Title"])
    tree = subprocess.run(
        [tool("pdfinfo"), "-struct", str(path)], capture_output=True, text=True, check=True
    ).stdout
    for tag in ("H1", "H2", "H3", "Table", "TH", "Link"):
        assert re.search(rf"^\s*{tag}\b", tree, re.MULTILINE), tag


def test_the_sheet_names_no_folder_of_this_machine_and_loads_nothing(
    shipped: tuple[str, bytes], project_root: Path
) -> None:
    html, pdf = shipped
    assert "letters/call-to-follow.md, line " in html
    assert str(project_root) not in html
    assert str(project_root).encode() not in pdf
    assert "file:" not in html
    assert not re.search(r"<(script|link|img)\b|url\(", html)


def test_values_are_text_on_the_sheet_too(small_campaign: Path, edit) -> None:
    edit(small_campaign, "name: Jane Doe", 'name: "Jane *<b>Doe</b>* {{ 7*7 }}"')
    html = sheet(small_campaign)[0]
    assert "Jane *&lt;b&gt;Doe&lt;/b&gt;* {{ 7*7 }}" in html
    assert "<b>" not in html


def test_two_sheets_of_one_letter_have_the_same_bytes(small_campaign: Path) -> None:
    assert sheet(small_campaign) == sheet(small_campaign)


def test_a_style_of_author_and_date_gives_each_fact_its_whole_reference(
    small_campaign: Path, edit
) -> None:
    edit(small_campaign, "timezone:", "citation_style: apa\ntimezone:")
    text = words(sheet(small_campaign)[0])
    assert re.search(r"Springfield Parks Department\. \(2026.*The Park in Figures", text)


def test_a_character_that_no_font_has_leaves_the_html_and_says_so(
    small_campaign: Path, edit, tmp_path: Path
) -> None:
    edit(
        small_campaign.parent / "facts.yaml", "quote: 40,000 visits", "quote: 40,000 \u0f44 visits"
    )
    request = RenderRequest(small_campaign, ("txt",), tmp_path / "out", audit=True)
    result = render_campaign(request)
    assert {path.name for path in result.files} == {"doe.txt", "doe.audit.html"}
    assert [p.code for p in result.problems] == ["unprintable-character"]
    assert "TIBETAN LETTER NGA" in result.problems[0].message


def test_sentences_of_fact_without_a_note_are_listed_once_more_before_the_signature(
    small_campaign: Path,
) -> None:
    add(small_campaign, UNPROVEN)
    text = words(sheet(small_campaign)[0])
    listed = text.partition("Sentences of fact without a note")[2]
    assert UNPROVEN in listed
    assert listed.index(UNPROVEN) < listed.index("Signed off")


def test_render_audit_writes_both_beside_the_letter_and_records_them(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    result = run_cli("render", small_campaign, "--format", "txt", "--audit")
    assert result.returncode == 0, result.stderr
    assert "1 letter made (1 txt, 1 audit sheet)" in result.stdout
    folder = tmp_path / "output/parks/call"
    entry = json.loads((folder / "manifest.jsonl").read_text())
    assert set(entry["files"]) == {"doe.txt", "doe.audit.html", "doe.audit.pdf"}
    assert all((folder / name).is_file() for name in entry["files"])
    assert "pango" in entry["versions"]
    assert entry["digest"] in (folder / "doe.audit.html").read_text()


@pytest.mark.slow
def test_the_html_is_valid(shipped: tuple[str, bytes], tmp_path: Path, tool, node_tool) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(shipped[0], encoding="utf-8")
    jar = node_tool("vnu-jar/build/dist/vnu.jar")
    command = [tool("java"), "-jar", str(jar), "--errors-only", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.stderr == ""
    assert result.returncode == 0
