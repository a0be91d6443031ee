"""A letter with every part that it can have, in Hebrew and in Arabic, in every medium."""

import email
import email.policy
import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.media import check_media
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import render_email
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.documents.word.docx import render_docx
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

DATA = Path(__file__).resolve().parent.parent / "data" / "scripts"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LETTERS = [(language, stage) for language in ("he", "ar") for stage in ("call", "window")]
both = pytest.mark.parametrize("language", ["he", "ar"])


@cache
def letter_of(language: str, stage: str = "call") -> tuple[CheckedLetter, Workspace]:
    campaign, problems = load_campaign(DATA / f"{language}.yaml")
    assert campaign is not None, problems
    day = campaign.file.stages[stage].from_
    checked, problems = check(compose_letters(campaign, day=day, stage=stage).letters[0], campaign)
    assert checked is not None, problems
    return checked, campaign.workspace


@cache
def paper(language: str, stage: str) -> bytes:
    return render_pdf(*letter_of(language, stage)).data


@cache
def word(language: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(render_docx(*letter_of(language))))


@both
def test_email_and_text_are_the_ones_that_were_reviewed(language: str, golden) -> None:
    golden(f"scripts/{language}.txt", render_text(*letter_of(language)))
    page = re.sub(r"base64,[^\"]*", "base64,", render_html(*letter_of(language)))
    golden(f"scripts/{language}.html", page)


@pytest.mark.parametrize(("language", "stage"), LETTERS)
def test_the_pages_are_the_ones_that_were_reviewed(
    language: str, stage: str, golden, tmp_path: Path, tool
) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(paper(language, stage))
    command = [tool("pdftotext"), "-layout", str(path), "-"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    golden(f"scripts/{language}-{stage}.pages", found)


@pytest.mark.parametrize(("language", "stage"), LETTERS)
@pytest.mark.slow
def test_the_pages_are_accessible(language: str, stage: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(paper(language, stage))
    beside = Path(sys.executable).parent
    for command in (
        [beside / "outloud", "-q", "--layer", "conformance", path],
        [beside / "pdfua", "check", "--min-severity", "error", path],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@both
def test_every_medium_says_the_same(language: str) -> None:
    campaign, _ = load_campaign(DATA / f"{language}.yaml")
    assert campaign is not None
    assert list(check_media([letter_of(language)[0].letter], campaign)) == []


@both
def test_web_addresses_and_telephone_numbers_keep_their_order(language: str) -> None:
    page = render_html(*letter_of(language))
    phones = re.findall(r'<span dir="ltr"[^>]*>\+[\d ]+</span>', page)
    addresses = re.findall(r'<span dir="ltr"[^>]*>https://example\.org/[^<]*</span>', page)
    assert (len(phones), len(addresses)) == (3, 3)


LATIN = ("Jane Doe", "12/3 Main St., Apt. 47", "90210 Beverly", "1st Floor")


@both
@pytest.mark.parametrize("layout", ["letter", "large-print", "window-10", "window-dl", "window-fr"])
def test_an_address_in_latin_letters_keeps_the_order_of_its_figures_on_paper(
    language: str, layout: str, tmp_path: Path, tool
) -> None:
    checked, workspace = with_latin_address(language, layout)
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(checked, workspace).data)
    command = [tool("pdftotext"), "-bbox", "-l", "1", str(path), "-"]
    page = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    left = {word: float(x) for x, word in re.findall(r'<word xMin="([\d.]+)".*>(.*)</word>', page)}
    for line in LATIN:
        places = [left[word] for word in line.split()]
        assert places == sorted(places), line


@both
def test_an_address_in_latin_letters_keeps_the_order_of_its_figures_on_screens(
    language: str,
) -> None:
    checked, workspace = with_latin_address(language, "letter")
    page = render_html(checked, workspace)
    archive = zipfile.ZipFile(io.BytesIO(render_docx(checked, workspace)))
    document = ET.fromstring(archive.read("word/document.xml"))
    runs = ["".join(t.text or "" for t in one.iter(f"{W}t")) for one in document.iter(f"{W}r")
            if one.find(f"{W}rPr/{W}rtl") is None]  # fmt: skip
    for line in LATIN:
        assert f'<span dir="ltr">{line}</span>' in page
        marked = line if line[-1].isalpha() and line[0].isalpha() else f"\u202a{line}\u202c\u200f"
        assert marked in runs


@both
def test_reference_lines_stand_where_the_other_lines_do(
    language: str, tmp_path: Path, tool
) -> None:
    checked, workspace = with_latin_address(language, "letter")
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(checked, workspace).data)
    command = [tool("pdftotext"), "-bbox", "-l", "1", str(path), "-"]
    page = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    right = {word: float(x) for x, word in re.findall(r'xMax="([\d.]+)".*>(.*)</word>', page)}
    assert abs(right["Ref"] - right["Beverly"]) < 1


def with_latin_address(language: str, layout: str) -> tuple[CheckedLetter, Workspace]:
    checked, workspace = letter_of(language)
    lines = (("Ref", "AB 12/7"),)
    letter = replace(checked.letter, layout=layout, inside_address=LATIN, reference_lines=lines)
    return replace(checked, letter=letter), workspace


@both
def test_a_word_file_runs_from_right_to_left_and_is_well_formed(language: str) -> None:
    archive = word(language)
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(archive.read(name))
    document = ET.fromstring(archive.read("word/document.xml"))
    assert all(one.find(f"{W}pPr/{W}bidi") is not None for one in document.iter(f"{W}p"))
    runs = ["".join(t.text or "" for t in one.iter(f"{W}t")) for one in document.iter(f"{W}r")]
    latin = [one for one in document.iter(f"{W}r") if one.find(f"{W}rPr/{W}rtl") is None]
    assert "https://example.org/plan." in {
        "".join(t.text or "" for t in one.iter(f"{W}t")) for one in latin
    } & set(runs)
    styles = archive.read("word/styles.xml").decode()
    assert styles.count("bidiVisual") == 2
    tag = {"he": "he-IL", "ar": "ar-EG"}[language]
    assert f'w:bidi="{tag}"' in styles
    assert f'w:val="{tag}"' in styles


@both
def test_a_word_file_has_the_logo_the_signature_and_the_columns_of_the_paper(language: str) -> None:
    archive = word(language)
    assert len([name for name in archive.namelist() if "/media/" in name]) == 3
    document = ET.fromstring(archive.read("word/document.xml"))
    tables = [one.find(f"{W}tblPr/{W}tblStyle") for one in document.iter(f"{W}tbl")]
    assert [one.get(f"{W}val") for one in tables if one is not None] == [
        "Table", "Columns", "Columns",
    ]  # fmt: skip
    assert "555 0101" in archive.read("word/footer1.xml").decode().replace("5550", "555")


@both
def test_an_email_carries_the_logo_and_the_signature_as_parts_of_its_own(language: str) -> None:
    data = render_email(*letter_of(language))
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [one for one in message.walk() if one.get_content_maintype() == "image"]
    page = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert len(parts) == 3
    for part in parts:
        assert f'src="cid:{part["Content-ID"].strip("<>")}" alt="' in page
