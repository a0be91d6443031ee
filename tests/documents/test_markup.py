"""Tables, pictures, notes of a letter's own and the rest of its markup in every medium."""

import email.policy
import io
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import render_email
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.screen_pictures import WIDEST, screen_picture
from advocacy.documents.text import render_text
from advocacy.documents.word.docx import render_docx
from advocacy.errors import AdvocacyError
from advocacy.files.pictures import find_picture
from advocacy.letters.compose import compose_letters
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import CheckedLetter, check

LETTER = """\
See [our page](https://friends.example/parks) and <https://friends.example>.[^why] A box of 5*3*2
feet, on the 1^st^ of May, ~~not~~ of June, with 40 m^2^.

{{ fact("visits") }} Many came.^[An *inline* note to {{ recipient.name }}.]

|  | Lamps |
|--|------:|
| North | 12 |
| {{ recipient.name }} | 140 |

![Map of the ten parks](images/map.svg "Where the *ten* parks lie"){width=50%}

## What we ask

### In spring

4. Four things
5. Five things

+++

Please answer.

[^why]: Our own count. See {{ cite("visits") }}
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">'
    '<rect width="400" height="200" fill="#cde"/></svg>'
)
Made = Callable[..., tuple[CheckedLetter, Campaign]]


@pytest.fixture
def made(small_campaign: Path) -> Made:
    def make(text: str = LETTER, style: str = "") -> tuple[CheckedLetter, Campaign]:
        folder = small_campaign.parent
        (folder / "images").mkdir(exist_ok=True)
        (folder / "images" / "map.svg").write_text(DRAWING, encoding="utf-8")
        (folder / "templates" / "letters" / "open.md").write_text(text, encoding="utf-8")
        campaign, problems = load_campaign(small_campaign)
        assert campaign is not None, problems
        composed = compose_letters(campaign)
        assert composed.letters, composed.problems
        letter = composed.letters[0]
        checked, found = check(replace(letter, style=style or letter.style), campaign)
        assert checked is not None, found
        return checked, campaign

    return make


def test_plain_text_has_columns_numbers_and_words_for_pictures(made: Made) -> None:
    checked, campaign = made()
    text = render_text(checked, campaign.workspace)
    words = " ".join(text.split())
    assert "our page <https://friends.example/parks> and https://friends.example.[1] A box" in words
    assert "of 5*3*2 feet, on the 1st of May, ~~not~~ of June, with 40 m²." in words
    for part in (
        "          Lamps\n--------  -----\nNorth        12\nJane Doe    140\n",
        "[Map of the ten parks]\nWhere the ten parks lie\n",
        "4. Four things\n5. Five things\n",
        "[1] Our own count. See [2]\n\n[2] Springfield Parks",
        "[3] An inline note to Jane Doe.",
    ):
        assert part in text


def test_a_table_too_wide_for_the_lines_of_a_text_is_told_row_by_row(made: Made) -> None:
    words = "a long description of it "
    checked, campaign = made(f"| Park | What |\n|--|--|\n| North | {words * 4} |\n| South | x |\n")
    text = render_text(checked, campaign.workspace)
    assert "Park: North\nWhat: a long description" in text
    assert "\n\nPark: South\nWhat: x\n" in text
    assert max(map(len, text.splitlines())) <= 76


def test_a_table_that_is_wider_than_the_page_is_refused(made: Made) -> None:
    heads = " | ".join(f"Column number {i}" for i in range(14))
    rows = " | ".join("some words" for _ in range(14))
    checked, campaign = made(f"| {heads} |\n|{'--|' * 14}\n| {rows} |\n")
    with pytest.raises(AdvocacyError) as caught:
        render_pdf(checked, campaign.workspace)
    (problem,) = caught.value.problems
    assert problem.code == "too-long-for-layout"
    assert "table is wider than the page" in problem.message


def test_an_email_numbers_notes_among_its_references_and_leads_back(made: Made) -> None:
    checked, campaign = made()
    html = render_html(checked, campaign.workspace)
    for number, mark in ((1, "n1"), (3, "n2")):
        assert f'<sup id="cite-{mark}"' in html
        assert f'href="#ref-{number}" aria-label="Note {number}"' in html
        assert f'href="#cite-{mark}"' in html
    assert html.index("Our own count.") < html.index("The Park in Figures")
    assert html.index("The Park in Figures") < html.rindex("note to Jane Doe")


def test_in_a_style_of_author_and_date_notes_have_a_list_of_their_own(made: Made) -> None:
    checked, campaign = made(style="chicago-author-date")
    html = render_html(checked, campaign.workspace)
    assert html.index('id="note-1"') < html.index('id="note-2"') < html.index('id="ref-1"')
    text = render_text(checked, campaign.workspace)
    assert text.index("[1] Our own count.") < text.index("[2] An inline") < text.index("References")


def test_pictures_of_an_email_are_parts_of_the_message(made: Made) -> None:
    checked, campaign = made()
    message = message_from_bytes(
        render_email(checked, campaign.workspace, pdf=b"%PDF-"), policy=email.policy.default
    )
    related = next(
        part for part in message.walk() if part.get_content_type() == "multipart/related"
    )
    page, picture = related.iter_parts()
    assert page.get_content_type() == "text/html"
    assert picture.get_content_type() == "image/png"
    name = str(picture["Content-ID"]).strip("<>")
    assert f'src="cid:{name}" alt="Map of the ten parks" width="252"' in page.get_content()
    with Image.open(io.BytesIO(picture.get_content())) as image:
        assert image.size == (800, 400)
    alone = render_html(checked, campaign.workspace)
    assert "cid:" not in alone
    assert 'src="data:image/png;base64,' in alone


@pytest.mark.parametrize(
    ("kind", "size", "sent"),
    [("PNG", (300, 200), "png"), ("JPEG", (3000, 2000), "jpg"), ("WEBP", (300, 200), "png")],
)
def test_pictures_for_screens_are_png_or_jpeg_of_a_sensible_size(
    made: Made, small_campaign: Path, kind: str, size: tuple[int, int], sent: str
) -> None:
    _, campaign = made()
    path = small_campaign.parent / "images" / "photo"
    Image.new("RGB", size, "teal").save(path, kind)
    picture = find_picture("images/photo", campaign.workspace)
    shown = screen_picture(picture, path)
    assert (shown.suffix, shown.width) == (sent, min(size[0], WIDEST))
    screen_picture.cache_clear()
    assert screen_picture(picture, path) == shown


def test_word_has_notes_a_table_a_picture_and_a_page_break(made: Made) -> None:
    checked, campaign = made()
    data = render_docx(checked, campaign.workspace)
    assert render_docx(checked, campaign.workspace) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("word/document.xml").decode()
        notes = archive.read("word/footnotes.xml").decode()
        assert any(name.endswith(".png") for name in archive.namelist())
    assert "w:tblHeader" in text
    assert 'descr="Map of the ten parks"' in text
    assert '<w:br w:type="page"' in text
    assert "<w:strike" in text
    assert 'w:val="superscript"' in text
    assert notes.index("Our own count.") < notes.index("The Park in Figures")


def structure(file: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """The tags of a PDF in reading order, with their elements."""
    found: list[tuple[str, Any]] = []

    def walk(node: Any) -> None:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append((str(kid.S), kid))
                walk(kid)

    walk(file.Root.StructTreeRoot)
    return found


def test_paper_tags_tables_and_pictures(made: Made) -> None:
    checked, campaign = made()
    file = pikepdf.open(io.BytesIO(render_pdf(checked, campaign.workspace).data))
    tags = structure(file)
    heads = [str(element.A.Scope) for tag, element in tags if tag == "/TH"]
    assert heads == ["/Column", "/Row", "/Row"]
    cells = [element for tag, element in tags if tag == "/TD"]
    assert [len(cell.A.get("/Headers", [])) for cell in cells] == [0, 2, 2]
    (figure,) = (element for tag, element in tags if tag == "/Figure")
    assert str(figure.Alt) == "Map of the ten parks"
    assert [str(kid.S) for kid in figure.K if isinstance(kid, pikepdf.Dictionary)] == ["/Caption"]
    assert sum(tag == "/Note" for tag, _ in tags) == 3


def test_paper_prints_numbers_addresses_and_pages_as_they_are_written(
    made: Made, tmp_path: Path, tool: Callable[[str], str]
) -> None:
    tool("pdftotext")
    checked, campaign = made()
    pdf = render_pdf(checked, campaign.workspace)
    assert pdf.pages == 2
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf.data)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    for part in ("our page (https://friends.example/parks) and", "4. Four", "5. Five", "5*3*2"):
        assert part in text
    first, second = text.split("\f")[:2]
    assert "Our own count. See Springfield Parks Department" in first
    assert "Please answer." in second


@pytest.mark.parametrize("what", ["table", "note", "caption", "struck", "list"])
def test_letters_with_markup_stamp_as_they_are_laid_out_or_step_aside(
    made: Made, what: str
) -> None:
    name = "{{ recipient.name }}"
    text = {
        "table": f"| Who | n |\n|--|--:|\n| {name} | 1 |\n",
        "note": f"So it is.[^1] And so on.\n\n[^1]: As {name} said.\n",
        "caption": f'![Map]("" "Of {name}")\n'.replace('("" ', "(images/map.svg "),
        "struck": f"Not ~~{name}~~, but 1^{name}^, see [{name}](https://x.example).\n",
        "list": f"4. {name}\n5. b\n\n+++\n\n### {name}\n\nEnd.\n",
    }[what]
    checked, campaign = made(text + "\nWe ask you.\n")
    fast = render_pdf(checked, campaign.workspace)
    full = render_pdf(checked, campaign.workspace, typeset="full")
    tags = []
    for made_so in (fast, full):
        with pikepdf.open(io.BytesIO(made_so.data)) as file:
            tags.append([tag for tag, _ in structure(file)])
    assert tags[0] == tags[1]
    assert pictures(fast.data) == pictures(full.data)


def pictures(data: bytes) -> list[bytes]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        return [bytes(page.render(scale=2).buffer) for page in document]
    finally:
        document.close()


def test_a_picture_that_changes_is_another_letter(made: Made, small_campaign: Path) -> None:
    first, _ = made()
    path = small_campaign.parent / "images" / "map.svg"
    before = letter_digest(first.letter)
    path.write_text(DRAWING.replace("#cde", "#abc"), encoding="utf-8")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert letter_digest(compose_letters(campaign).letters[0]) != before


@pytest.mark.parametrize(
    ("name", "code"),
    [("../secret.png", "outside-workspace"), ("images/none.png", "missing-file"),
     ("images/text.png", "wrong-kind-of-file")],
)  # fmt: skip
def test_a_picture_that_cannot_be_shown_is_a_problem_of_the_template(
    small_campaign: Path, name: str, code: str
) -> None:
    folder = small_campaign.parent
    (folder / "images").mkdir()
    (folder / "images" / "text.png").write_text("no picture", encoding="utf-8")
    (folder.parent / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    template = folder / "templates" / "letters" / "open.md"
    template.write_text(f"We ask.\n\n![A map]({name})\n", encoding="utf-8")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    composed = compose_letters(campaign)
    assert [one.code for one in composed.problems] == [code]
    assert composed.problems[0].place is not None
    assert composed.problems[0].place.path == template


def test_two_notes_in_an_order_other_than_their_texts_keep_their_sources(made: Made) -> None:
    text = (
        'One.[^b] Two.{{ cite("visits") }} Three.[^a]\n\n'
        '[^a]: Short, {{ cite("visits") }}\n\n[^b]: Full, {{ cite("visits") }}\n'
    )
    checked, _ = made(text)
    places = [cite.place.line for cite in checked.letter.cites if cite.place]
    assert places == [5, 1, 3]


@pytest.mark.parametrize(
    "text",
    [
        "One.\n\n+++\n\n+++\n\nTwo.\n",
        "+++\n\nOne.\n\n+++\n\nTwo.\n",
        "One.\n\n+++\n\nTwo.\n\n+++\n",
        "+++\n\nOne.\n\n+++\n\n+++\n\n+++\n\nTwo.\n\n+++\n\n+++\n",
    ],
    ids=["two in a row", "first", "last", "all of these"],
)
def test_no_page_break_leaves_a_page_without_text(made: Made, text: str) -> None:
    checked, campaign = made(text)
    with pikepdf.open(io.BytesIO(render_pdf(checked, campaign.workspace).data)) as pdf:
        assert len(pdf.pages) == 2
    document = zipfile.ZipFile(io.BytesIO(render_docx(checked, campaign.workspace)))
    assert document.read("word/document.xml").count(b'w:type="page"') == 1
