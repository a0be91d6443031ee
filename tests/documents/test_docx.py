"""The Word file: what colleagues who comment there may rely on."""

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.text import render_text
from advocacy.documents.word import body as word
from advocacy.documents.word.docx import render_docx
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check
from advocacy.templating.citation_marks import CITE_MARK, VALUE_MARK, Prose

ROOT = Path(__file__).resolve().parent.parent.parent
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STAGES = [
    (path.name, stage)
    for path in sorted((ROOT / "campaigns").glob("*.yaml"))
    for campaign in [load_campaign(path)[0]]
    if campaign is not None
    for stage, its in campaign.file.stages.items()
    if its.signed_by != "supporters"  # those need a list of people
]


def letter_of(path: Path, stage: str | None = None) -> tuple[CheckedLetter, Campaign]:
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    day = campaign.file.stages[stage].from_ if stage else None
    letter = compose_letters(campaign, day=day, stage=stage).letters[0]
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    return checked, campaign


def made(path: Path, stage: str | None = None) -> zipfile.ZipFile:
    checked, campaign = letter_of(path, stage)
    return zipfile.ZipFile(io.BytesIO(render_docx(checked, campaign.workspace)))


def paragraphs(archive: zipfile.ZipFile, part: str = "word/document.xml") -> list[tuple[str, str]]:
    """Each paragraph's style and text."""
    found = []
    for paragraph in ET.fromstring(archive.read(part)).iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = ""
        for element in paragraph.iter():
            if element.tag == f"{W}t":
                text += element.text or ""
            elif element.tag in (f"{W}br", f"{W}tab"):
                text += "\n"
        found.append(("" if style is None else style.get(f"{W}val") or "", text))
    return found


def styles(archive: zipfile.ZipFile) -> set[str]:
    root = ET.fromstring(archive.read("word/styles.xml"))
    return {style.get(f"{W}styleId") or "" for style in root.iter(f"{W}style")}


def text_body(checked: CheckedLetter, campaign: Campaign) -> list[str]:
    letter = checked.letter
    plain = re.sub(r"\[\d+(?:,\d+)*\]", "", render_text(checked, campaign.workspace))
    plain = re.sub(r"(?m)^ *(?:[1-9]\.|[-*•]) ", "", plain)
    flat = " ".join(plain.split())
    start = flat.index(letter.salutation) + len(letter.salutation)
    return flat[start : flat.index(letter.close, start)].split()


@pytest.mark.parametrize(("name", "stage"), STAGES)
def test_the_words_are_those_of_the_other_media_and_each_mark_has_its_footnote(
    name: str, stage: str
) -> None:
    checked, campaign = letter_of(ROOT / "campaigns" / name, stage)
    archive = zipfile.ZipFile(io.BytesIO(render_docx(checked, campaign.workspace)))
    lines = [text for _, text in paragraphs(archive)]
    start, end = lines.index(checked.letter.salutation), lines.index(checked.letter.close)
    body = " ".join(lines[start + 1 : end]).split()
    assert body == text_body(checked, campaign)
    assert len(body) > 80
    document = archive.read("word/document.xml").decode()
    notes = ET.fromstring(archive.read("word/footnotes.xml"))
    real = [note for note in notes.iter(f"{W}footnote") if note.get(f"{W}type") is None]
    assert len(real) == document.count("<w:footnoteReference") == len(checked.letter.cites)
    told = archive.read("word/footnotes.xml").decode()
    for cited in checked.letter.facts:
        address = cited.source.url or cited.source.doi
        assert address is None or address in told or cited.via


def test_the_shipped_letters_were_tried() -> None:
    assert len(STAGES) >= 8


def test_every_part_of_the_letter_has_its_place_and_a_style_of_words(
    small_campaign: Path, edit
) -> None:
    edit(
        small_campaign,
        "facts: [facts.yaml]",
        "cosigners: [{organization: Example Cyclists, name: C. Example}]\n"
        "cc: [The Mayor]\nenclosures: [A map]\nfacts: [facts.yaml]",
    )
    archive = made(small_campaign)
    found = paragraphs(archive)
    assert found[:6] == [
        ("Letterhead", "Example Park Friends"),
        ("LetterheadContact", "1 Example Street · Springfield, IL 62701 · letters@friends.example"),
        ("Date", "March 2, 2026"),
        (
            "InsideAddress",
            "\n".join(
                (
                    "Jane Doe",
                    "Director",
                    "Springfield Parks Department",
                    "2 Main Street",
                    "Springfield, IL 62701",
                )
            ),
        ),
        ("Heading1", "Re: Keep the park open"),
        ("Salutation", "Dear Ms. Doe:"),
    ]
    assert found[-5:] == [
        ("Closing", "Sincerely,"),
        ("Signature", "A. Example\nChair"),
        ("Cosigners", "Joined by\nExample Cyclists, C. Example"),
        ("Enclosures", "Enclosure: A map"),
        ("Enclosures", "cc: The Mayor"),
    ]
    assert {style for style, _ in found} <= styles(archive)
    assert {"FootnoteText", "FootnoteReference"} <= styles(archive)


def test_the_pages_after_the_first_are_headed_by_addressee_date_and_page(
    small_campaign: Path,
) -> None:
    archive = made(small_campaign)
    texts = [
        "".join(text for _, text in paragraphs(archive, f"word/header{n}.xml")) for n in (1, 2)
    ]
    assert texts == ["", "Jane Doe\nMarch 2, 2026 · Page 2"]
    document = archive.read("word/document.xml").decode()
    assert "<w:titlePg" in document
    assert " PAGE " in archive.read("word/header2.xml").decode()


@pytest.mark.parametrize(("language", "width"), [("en-US", "12240"), ("en-GB", "11906")])
def test_language_and_paper_are_the_letters(
    small_campaign: Path, edit, language: str, width: str
) -> None:
    edit(small_campaign, "timezone:", f"language: {language}\ntimezone:")
    archive = made(small_campaign)
    assert f'w:lang w:val="{language}"' in archive.read("word/styles.xml").decode()
    assert f'w:w="{width}"' in archive.read("word/document.xml").decode()


def test_two_runs_give_the_same_bytes_dated_by_the_letter(
    small_campaign: Path, monkeypatch
) -> None:
    checked, campaign = letter_of(small_campaign)
    one = render_docx(checked, campaign.workspace)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("USER", "somebody")
    two = render_docx(checked, campaign.workspace)
    assert one == two
    archive = zipfile.ZipFile(io.BytesIO(one))
    assert {info.date_time[:3] for info in archive.infolist()} <= {(2026, 3, 2), (1980, 1, 1)}
    core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-03-02T18:00:00Z"}
    assert "<dc:creator>Example Park Friends</dc:creator>" in core
    assert "<dc:title>Keep the park open</dc:title>" in core


def test_a_style_of_author_and_date_stands_in_the_text_with_a_list_at_the_end(
    small_campaign: Path, edit
) -> None:
    edit(small_campaign, "timezone:", "citation_style: apa\ntimezone:")
    archive = made(small_campaign)
    found = paragraphs(archive)
    assert "<w:footnoteReference" not in archive.read("word/document.xml").decode()
    assert any("(Springfield Parks Department, 2026" in text for _, text in found)
    assert found[-2] == ("Heading2", "References")
    assert found[-1][0] == "Bibliography"
    assert "The Park in Figures" in found[-1][1]


def test_values_are_text_and_never_markup(small_campaign: Path, edit) -> None:
    odd = r"Jane *<b>Doe</b>* [x](y) `c` $x^2$ \\emph{z} <w:p/> & Co"
    edit(small_campaign, "name: Jane Doe", f"name: '{odd}'")
    edit(
        small_campaign.parent / "templates/letters/open.md",
        "We ask you",
        "{{ recipient.name }}, we ask you",
    )
    found = paragraphs(made(small_campaign))
    assert found[3][1].split("\n")[0] == odd
    assert found[6][1].startswith(f"{odd}, we ask you")


def test_lists_quotations_links_and_headings_stay_what_they_are(small_campaign: Path) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    letter.write_text(
        letter.read_text() + "\n## Why\n\n> Parks are *for all*.\n\n- one\n- **two**\n\n"
        "See [our page](https://friends.example/why) and `code`.\n\n---\n\n3. three\n"
    )
    archive = made(small_campaign)
    found = paragraphs(archive)
    document = archive.read("word/document.xml").decode()
    assert ("Heading2", "Why") in found
    assert ("BlockText", "Parks are for all.") in found
    assert ("Compact", "two") in found
    assert "<w:b />" in document
    assert "<w:i />" in document
    relations = archive.read("word/_rels/document.xml.rels").decode()
    assert "https://friends.example/why" in relations
    assert 'w:start w:val="3"' in archive.read("word/numbering.xml").decode() or (
        'w:startOverride w:val="3"' in archive.read("word/numbering.xml").decode()
    )


def spoken(nodes: list[dict]) -> str:
    """The words of a tree of pandoc's, notes left out."""
    text = ""
    for node in nodes:
        kind, content = node["t"], node.get("c")
        if kind == "Str":
            text += content
        elif kind in ("Space", "LineBreak"):
            text += " "
        elif kind in ("Code", "CodeBlock"):
            text += content[1]
        elif kind in ("Para", "Plain", "Emph", "Strong", "BlockQuote"):
            text += spoken(content)
        elif kind in ("Link", "Span", "Header"):
            text += spoken(content[2] if kind == "Header" else content[1])
        elif kind in ("BulletList", "OrderedList"):
            text += "".join(map(spoken, content[-1] if kind == "OrderedList" else content))
        text += "" if kind in ("Str", "Emph", "Strong", "Link", "Span", "Note") else " "
    return text


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), max_size=4))
def test_every_value_is_printed_once_and_whole_wherever_it_stands(values: list[str]) -> None:
    marks = [chr(VALUE_MARK + number) for number in range(len(values))]
    prose = Prose("\n\n".join(f"- **{m}** and\n  > {m}" for m in marks), tuple(values))
    said = spoken(word.body(prose, "en", lambda *_: []))
    wanted = " ".join(f"{value} and {value}" for value in values)
    assert said.split() == wanted.split()


def test_citations_and_notes_keep_their_order_and_their_slants() -> None:
    prose = Prose(f"One{chr(CITE_MARK)} two{chr(CITE_MARK + 1)}.")
    notes = ['<em>A</em> &amp; <a href="https://x.example">b</a>', '<span class="sc">C</span>']
    tree = word.body(prose, "en", lambda index, _: [word.note(word.from_html(notes[index]))])
    kinds = [node["t"] for node in tree[0]["c"]]
    assert kinds == ["Str", "Note", "Space", "Str", "Note", "Str"]
    first = tree[0]["c"][1]["c"][0]["c"]
    assert first[0] == {"t": "Emph", "c": [{"t": "Str", "c": "A"}]}
    assert first[-1]["c"][2] == ["https://x.example", ""]
    assert '"SmallCaps"' in json.dumps(tree[0]["c"][4])


def test_docx_is_a_format_of_render(run_cli, small_campaign: Path, tmp_path: Path) -> None:
    result = run_cli("render", small_campaign, "--format", "docx,txt")
    assert result.returncode == 0, result.stderr
    assert "1 letter made (1 docx, 1 txt)" in result.stdout
    (entry,) = [
        json.loads(line)
        for line in (tmp_path / "output/parks/call/manifest.jsonl").read_text().splitlines()
    ]
    assert set(entry["files"]) == {"doe.docx", "doe.txt"}
