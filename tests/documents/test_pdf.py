"""The PDF of a letter: its pages, its tags, its bytes."""

import io
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.pdf.render import Pdf, pdf_from_html, render_pdf
from advocacy.documents.pdf.weasyprint_patches import weasyprint
from advocacy.errors import AdvocacyError, Level
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter
from advocacy.templating.citation_marks import CITE_MARK, Prose

from ..examples import costly
from ..loaded import checked

WORDS = (
    "the evidence of a public company that commits without an end date to sell recognition "
    "technology communities departments notwithstanding representation liberties"
).split()
NOTES = 9


@pytest.fixture(scope="module")
def letter(campaign: Campaign) -> Letter:
    """A letter with nine citations, of which a body may use as many as it likes."""
    one = compose_letters(campaign, only=["weiss"]).letters[0]
    return replace(one, cites=one.cites * (NOTES // len(one.cites)))


def printed(letter: Letter, campaign: Campaign) -> Pdf:
    return render_pdf(checked(letter, campaign), campaign.workspace)


def prose(*paragraphs: str) -> Prose:
    """A body in which each `@` is the next citation."""
    numbers = iter(range(NOTES))
    text = "\n\n".join(paragraphs)
    return Prose(re.sub("@", lambda _: chr(CITE_MARK + next(numbers)), text))


def filled(count: int, start: int = 0) -> str:
    return " ".join(WORDS[(start + i * i + 5 * i) % len(WORDS)] for i in range(count))


@pytest.fixture(scope="module")
def long_letter(letter: Letter) -> Letter:
    """Two pages, six notes; a paragraph goes over the page."""
    body = [f"{filled(55, i)}.@ {filled(30, i + 3)}." for i in range(6)]
    return replace(letter, body=prose(*body[:3], "## A heading", *body[3:], filled(60) + "."))


@pytest.fixture(scope="module")
def pdf(long_letter: Letter, campaign: Campaign) -> Pdf:
    return printed(long_letter, campaign)


@pytest.fixture
def opened(pdf: Pdf) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(pdf.data)) as file:
        yield file


def elements(node: Any) -> Iterator[Any]:
    """All structure elements below one, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def tagged(file: pikepdf.Pdf, kind: str) -> list[Any]:
    return [e for e in elements(file.Root.StructTreeRoot) if f"/{kind}" == e.S]


def page_of(element: Any, file: pikepdf.Pdf) -> int:
    return [page.objgen for page in file.pages].index(element.Pg.objgen)


def texts(data: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


# --- pages -------------------------------------------------------------------------------------

paragraphs = st.lists(
    st.tuples(st.integers(8, 120), st.integers(0, 50), st.integers(0, 2)), min_size=2, max_size=9
)


@costly(5)
@given(paragraphs, st.integers(1, 70))
def test_every_note_stands_on_the_page_of_its_mark_and_the_close_is_never_alone(
    letter: Letter, campaign: Campaign, parts: list[tuple[int, int, int]], last: int
) -> None:
    left = NOTES
    body = []
    for count, start, notes in parts:
        words = filled(count, start).split()
        for i in range(min(notes, left)):
            at = (start * 5 + i * 11) % len(words)
            words[at] += "@"
        left -= min(notes, left)
        body.append(" ".join(words) + ".")
    body.append(" ".join(["lastly"] * last))
    data = printed(replace(letter, body=prose(*body)), campaign).data
    with pikepdf.open(io.BytesIO(data)) as file:
        marks = [page_of(mark, file) for mark in tagged(file, "Reference")]
        notes = [page_of(note, file) for note in tagged(file, "Note")]
    assert marks == notes
    assert len(marks) == NOTES - left
    pages = [page.splitlines() for page in texts(data)]
    close = next(page for page in pages if any(line.startswith("Sincerely,") for line in page))
    lines = [line for page in pages for line in page if "lastly" in line]
    with_close = [line for line in close if "lastly" in line]
    assert len(with_close) >= min(2, len(lines))


def test_no_word_is_divided_between_two_pages(letter: Letter, campaign: Campaign) -> None:
    divided = 0
    for shift in range(8):
        body = prose(*[filled(9 + shift)] * shift, *[filled(90, shift + i) for i in range(6)])
        pages = texts(printed(replace(letter, body=body), campaign).data)
        divided += sum(line.endswith("\u2010") for page in pages for line in page.splitlines())
        for page in pages[:-1]:
            assert not page.rstrip().endswith("\u2010"), page[-80:]
    assert divided > 20


@pytest.mark.parametrize("stop", [".", ",", "?", ":", "…"])
def test_no_mark_of_a_note_begins_a_line(stop: str) -> None:
    note = '<span class="note">A note.</span>'
    for width in range(160, 240, 8):
        html = f"<style>p {{ width: {width}px }} .note {{ float: footnote }}</style><p>"
        html += f"It is acceptable{stop}{note} so we thank you{stop}{note} for all that you did."
        page = weasyprint.HTML(string=html).render().pages[0]._page_box
        lines = [box for box in page.descendants() if type(box).__name__ == "LineBox"]
        for line in (line for line in lines if line.element_tag == "p"):
            first = next(box for box in line.descendants() if hasattr(box, "text"))
            assert not first.element_tag.endswith("::footnote-call"), width


def test_no_word_is_divided_where_the_end_of_a_letter_keeps_together(
    letter: Letter, campaign: Campaign
) -> None:
    for lines, shift in ((14, 16), (14, 37), (15, 16), (15, 37)):
        body = prose(*["A line."] * lines, filled(60, shift), "Thank you.")
        first, _ = texts(printed(replace(letter, body=body), campaign).data)
        assert not first.rstrip().endswith(("line.", "\u2010")), first[-80:]


def test_the_second_page_is_headed_by_addressee_date_and_page(pdf: Pdf) -> None:
    first, second = texts(pdf.data)[:2]
    assert "Page" not in first
    assert "example civil liberties coalition" in first.lower()  # spaced, but not in pieces
    assert first.count("Weiß, Zoë") == 1
    head = second[: second.index("Page 2")]
    assert "Weiß, Zoë" in head
    assert "June 10, 2020" in head


def test_a_letter_with_a_short_body_is_one_page(letter: Letter, campaign: Campaign) -> None:
    assert printed(replace(letter, body=prose("Thank you.")), campaign).pages == 1


def test_paper_sizes(letter: Letter, campaign: Campaign) -> None:
    for language, size in (("en-US", (612, 792)), ("fr-FR", (595, 842))):
        data = printed(replace(letter, language=language), campaign).data
        document = pypdfium2.PdfDocument(data)
        assert tuple(round(n) for n in document[0].get_size()) == size
        document.close()


HOSTILE = [
    "*Bob* <b>bold</b> &amp; {{ 7*7 }}",
    "Wolfeschlegelsteinhausenbergerdorff" * 14,
    "Zoe\u0308 N\u0303an\u0303dutu\u0301 A\u030angstro\u0308m",
    "Ελένη Παπαδοπούλου",
    "Владимир Щукин",
    "山田 花子",
    "김민준",
    "a" + "\u00ad".join("hyphen"),
    "Bcc: x@y.example \\0a } body { color: red",
    "office affluent fjord",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_read_back_as_they_were_typed(
    name: str, letter: Letter, campaign: Campaign
) -> None:
    one = replace(letter, inside_address=(name, "1 Main Street"), body=prose("Text."))
    page = texts(printed(one, campaign).data)[0]
    between = page[page.index("2020") + 4 : page.index("1 Main Street")]

    def bare(text: str) -> str:
        text = re.sub("[\u00ad\ufffe\u0002]", "", text)
        return unicodedata.normalize("NFC", re.sub(r"\s", "", text))

    assert bare(between) == bare(name)


def test_hebrew_names_are_printed(letter: Letter, campaign: Campaign) -> None:
    one = replace(letter, inside_address=("שרה כהן", "1 Main Street"), body=prose("Text."))
    page = texts(printed(one, campaign).data)[0]
    assert "שרה" in page or "הרש" in page


# --- fonts, bytes ------------------------------------------------------------------------------


def test_only_fonts_of_the_package_are_embedded(
    letter: Letter, campaign: Campaign, tool: Callable[[str], str], tmp_path: Path
) -> None:
    one = replace(letter, inside_address=("Zoë Ελένη Щукин 山田 שרה अनीता 김", "ệ ‽ ₿ ½ ™"))
    path = tmp_path / "a.pdf"
    path.write_bytes(printed(one, campaign).data)
    found = subprocess.run(
        [tool("pdffonts"), path], check=True, capture_output=True, text=True, timeout=60
    ).stdout.splitlines()[2:]
    names = {line.split()[0].split("+")[1] for line in found}
    assert names <= {
        "EB-Garamond", "EB-Garamond-Italic", "EB-Garamond-Bold", "Gentium-Book-Plus", "Noto-Sans",
        "Noto-Sans-Italic", "Open-Sans", "Open-Sans-Italic", "Gentium-Book-Plus-Italic",
        "Noto-Sans-SC", "Noto-Sans-SC-Italic", "Noto-Sans-JP", "Noto-Sans-KR",
        "Noto-Sans-KR-Italic", "Frank-Ruhl-Libre",
    }  # fmt: skip
    assert {"EB-Garamond", "Frank-Ruhl-Libre", "Noto-Sans", "Noto-Sans-KR"} <= names
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in found)


def test_a_letter_is_small(pdf: Pdf) -> None:
    assert len(pdf.data) < 100_000


PRINT = """
import hashlib, sys
from pathlib import Path
from advocacy.letters.compose import compose_letters
from advocacy.documents.pdf.render import render_pdf
from advocacy.letters.letter import check
from advocacy.campaign.loading import load_campaign
campaign, _ = load_campaign(Path(sys.argv[1]))
letters = compose_letters(campaign).letters
for letter in letters[::-1] if len(sys.argv) > 2 else letters:
    checked, _ = check(letter, campaign)
    data = render_pdf(checked, campaign.workspace).data
    if letter.id == "weiss":
        print(hashlib.sha256(data).hexdigest())
"""


def test_the_same_letter_has_the_same_bytes_in_every_process_and_order(
    project_root: Path, tmp_path: Path
) -> None:
    path = project_root / "tests/data/letters/campaign.yaml"

    def digest(seed: str, *more: str, **env: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed} | env
        return subprocess.run(
            [sys.executable, "-c", PRINT, path, *more],
            check=True, capture_output=True, text=True, env=environment, timeout=120,
        ).stdout  # fmt: skip

    first = digest("1")
    assert len(first) == 65
    assert digest("2", "reversed", TZ="Asia/Tokyo", LC_ALL="C") == first


def test_a_letters_bytes_do_not_depend_on_the_letters_before_it(
    letter: Letter, campaign: Campaign
) -> None:
    def make(name: str) -> bytes:
        return printed(replace(letter, inside_address=(name,)), campaign).data

    before = make("Ann")
    for name in ("山田", "Владимир Ҩ", "שרה", "김민준", "अनीता"):
        make(name)
    assert make("Ann") == before


def test_a_letters_bytes_do_not_depend_on_where_the_campaign_lies(
    letter: Letter, campaign: Campaign, tmp_path: Path
) -> None:
    def make(folder: Path) -> bytes:
        folder.mkdir(parents=True)
        Image.new("RGB", (40, 40), (9, 9, 90)).save(folder / "logo.png")
        sender = letter.sender.model_copy(update={"logo": "logo.png"})
        one = checked(replace(letter, sender=sender), campaign)
        return render_pdf(one, Workspace.of(folder / "c.yaml")).data

    assert make(tmp_path / "a") == make(tmp_path / "b" / "c")


def test_the_machine_cannot_lend_a_font(
    letter: Letter, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a text that no font covers takes none, and ends nothing."""
    html = '<html lang="en"><title>T</title><style>p{font-family:DejaVu Sans,serif}</style><p>A ب'
    data = pdf_from_html(html, campaign.workspace).data
    with pikepdf.open(io.BytesIO(data)) as file:
        fonts = {
            str(o.BaseFont)
            for o in file.objects
            if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o
        }
    assert all("EB-Garamond" in font for font in fonts)


# --- tags (ISO 14289-1, PDF/UA-1) --------------------------------------------------------------


def test_title_language_dates_and_bookmarks(opened: pikepdf.Pdf, letter: Letter) -> None:
    assert str(opened.Root.Lang) == "en-US"
    assert str(opened.docinfo.Title) == letter.subject
    assert str(opened.docinfo.Author) == "Example Civil Liberties Coalition"
    assert str(opened.docinfo.CreationDate) == "D:20200610120000-05'00"
    assert opened.docinfo.ModDate == opened.docinfo.CreationDate
    assert opened.Root.ViewerPreferences.DisplayDocTitle is True
    assert opened.Root.MarkInfo.Marked is True
    with opened.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == letter.subject
    with opened.open_outline() as outline:
        (subject,) = outline.root
        assert subject.title.endswith(letter.subject)
        assert [child.title for child in subject.children] == ["A heading", "Joined by"]


def test_the_subject_is_the_only_heading_of_the_first_level(opened: pikepdf.Pdf) -> None:
    assert len(tagged(opened, "H1")) == 1
    assert len(tagged(opened, "H2")) == 2


def test_footnotes_are_notes_with_an_id_each_and_marks_are_references(
    opened: pikepdf.Pdf,
) -> None:
    notes = tagged(opened, "Note")
    assert len(notes) == len(tagged(opened, "Reference")) == 6
    ids = [str(note.ID) for note in notes]
    assert ids == [f"note-{n}" for n in range(1, 7)]
    assert all(note.K[0].S == "/Lbl" for note in notes)
    assert not tagged(opened, "Caption")


def test_running_headers_and_rules_are_artifacts(opened: pikepdf.Pdf) -> None:
    for number, page in enumerate(opened.pages):
        paginations, loose, depth = 0, 0, []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                depth.append(str(operands[0]))
                if depth[-1] == "/Artifact" and name == "BDC":
                    paginations += operands[1].get("/Type") == "/Pagination"
                    assert "/MCID" not in operands[1]
            elif name == "EMC":
                depth.pop()
            elif name in ("Tj", "TJ", "f", "S", "sh", "Do") and not depth:
                loose += 1
        assert loose == 0
        assert paginations == (0 if number == 0 else 2)


def test_every_piece_of_the_page_belongs_to_one_element(opened: pikepdf.Pdf) -> None:
    """The parent tree and the structure tree say the same (ISO 32000-1, 14.7.4.4)."""
    owned: dict[tuple[int, int], Any] = {}
    for element in elements(opened.Root.StructTreeRoot):
        for kid in element.get("/K", []):
            if isinstance(kid, int):
                owned[page_of(element, opened), kid] = element.objgen
            elif "/S" in kid:
                assert kid.P.objgen == element.objgen
    nums = list(opened.Root.StructTreeRoot.ParentTree.Nums)
    parents = {int(key): value for key, value in zip(nums[::2], nums[1::2], strict=True)}
    for number, page in enumerate(opened.pages):
        listed = parents[int(page.StructParents)]
        for mcid, parent in enumerate(listed):
            if parent is None:
                assert (number, mcid) not in owned
            else:
                assert owned.pop((number, mcid)) == parent.objgen
        for annotation in page.get("/Annots", []):
            link = parents[int(annotation.StructParent)]
            kids = [kid for kid in link.K if not isinstance(kid, int) and "/Obj" in kid]
            assert annotation.objgen in [kid.Obj.objgen for kid in kids]
    assert owned == {}


def test_links_are_printed_described_and_whole(opened: pikepdf.Pdf) -> None:
    links = [a for page in opened.pages for a in page.get("/Annots", [])]
    assert links
    for link in links:
        assert int(link.F) & 4
        assert str(link.Contents) == str(link.A.URI)
        assert str(link.A.URI).startswith("https://")
    # The agency's address takes two lines: one link, two rectangles.
    several = [e for e in tagged(opened, "Link") if sum(not isinstance(k, int) for k in e.K) > 1]
    assert several


def test_a_paragraph_that_goes_over_the_page_is_one_paragraph(
    letter: Letter, campaign: Campaign
) -> None:
    body = prose(
        *[filled(68, i) for i in range(3)], filled(220), *[filled(30, i) for i in range(3)]
    )
    data = printed(replace(letter, body=body), campaign).data
    with pikepdf.open(io.BytesIO(data)) as file:
        assert len(file.pages) == 2
        paragraphs = [e for e in tagged(file, "P") if len({page_of(k, file) for k in e.K}) > 1]
        assert len(paragraphs) == 1
        assert len([e for e in tagged(file, "Div") if len(list(e.K)) == 7]) == 1


def test_a_list_that_goes_over_the_page_is_one_list(letter: Letter, campaign: Campaign) -> None:
    items = "\n".join(f"{n}. {filled(25, n)}" for n in range(1, 31))
    data = printed(replace(letter, body=prose(filled(30), items)), campaign).data
    with pikepdf.open(io.BytesIO(data)) as file:
        assert len(file.pages) >= 2
        body_lists = [e for e in tagged(file, "L") if len(list(e.K)) > 1]
        assert [len(list(e.K)) for e in body_lists] == [30]
        for item in tagged(file, "LI")[:30]:
            assert [str(kid.S) for kid in item.K] == ["/Lbl", "/LBody"]


def test_pictures_say_what_they_are(letter: Letter, campaign: Campaign, tmp_path: Path) -> None:
    Image.new("RGB", (400, 120), (20, 40, 90)).save(tmp_path / "logo.png")
    Image.new("RGB", (300, 100), (0, 0, 0)).save(tmp_path / "hand.png")
    sender = letter.sender.model_copy(update={"logo": "logo.png"})
    hand = letter.signatories[0].model_copy(update={"signature": "hand.png"})
    one = checked(replace(letter, sender=sender, signatories=(hand,)), campaign)
    data = render_pdf(one, Workspace.of(tmp_path / "c.yaml")).data
    with pikepdf.open(io.BytesIO(data)) as file:
        alts = [str(figure.Alt) for figure in tagged(file, "Figure")]
    assert alts == ["Example Civil Liberties Coalition", "A. Example"]


def test_there_are_no_empty_elements(opened: pikepdf.Pdf) -> None:
    for element in elements(opened.Root.StructTreeRoot):
        assert len(element.K) > 0, element.S


LAYOUTS: dict[str, dict[str, Any]] = {
    "long": {},
    "apa": {"style": "apa"},
    "French": {"language": "fr-FR"},
    "many": {
        "signatories": (Signatory(name="A. Example", title="Director"),) * 5,
        "cosigners": (Cosigner(organization="Example Friends", name="B.", title="Chair"),) * 60,
    },
    "names": {"inside_address": ("山田 花子", "שרה כהן", "Ελένη", "अनीता")},
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.slow
def test_checkers_find_nothing(
    name: str,
    long_letter: Letter,
    campaign: Campaign,
    tool: Callable[[str], str],
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(printed(replace(long_letter, **LAYOUTS[name]), campaign).data)
    beside = Path(sys.executable).parent
    for command in (
        [tool("qpdf"), "--check", path],
        [beside / "outloud", "-q", "--layer", "conformance", path],
        [beside / "pdfua", "check", "--min-severity", "error", path],
    ):
        if not Path(command[0]).exists():
            pytest.skip(f"needs {Path(command[0]).name} (make tools)")
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        known = re.sub(r".*(DOC-013|UA-06-001).*\n", "", result.stdout + result.stderr)
        assert result.returncode == 0 or known != result.stdout + result.stderr, known
        assert "WARNING" not in known


# --- what volunteers should know ---------------------------------------------------------------


def test_a_mistake_in_the_stylesheet_is_a_warning_at_its_line(
    letter: Letter, campaign: Campaign, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    shipped = campaign.workspace.template("layouts/letter.css")
    assert shipped is not None
    css = folder / "letter.css"
    css.write_text("p {\n  colour: red;\n}\n" + shipped.read_text("utf-8"), encoding="utf-8")
    workspace = Workspace.of(tmp_path / "c.yaml")
    for _ in range(2):  # the stylesheet is kept, and so is the warning
        (problem,) = render_pdf(checked(letter, campaign), workspace).problems
        assert problem.level is Level.WARNING
        assert problem.place is not None
        assert (problem.place.path, problem.place.line) == (css, 2)
        assert "colour" in problem.message


def test_the_shipped_layout_has_no_mistakes(pdf: Pdf) -> None:
    assert pdf.problems == ()


def test_a_letter_that_cannot_be_printed_is_refused_with_all_reasons(
    letter: Letter, campaign: Campaign
) -> None:
    one = replace(
        letter,
        subject="\u16a0",
        cc=("\U00013000",),
        recipient=Recipient.model_validate({"id": "x"}),
    )
    with pytest.raises(AdvocacyError) as caught:
        printed(one, campaign)
    assert len(caught.value.problems) == 2


def test_uncompressed_pages_are_the_same_pages(letter: Letter, campaign: Campaign) -> None:
    from advocacy.documents.pdf.paper import paper_html

    html = paper_html(checked(letter, campaign), campaign.workspace)
    small = pdf_from_html(html, campaign.workspace)
    plain = pdf_from_html(html, campaign.workspace, compress=False)
    assert b" TJ\nET" in plain.data
    assert texts(small.data) == texts(plain.data)
    assert small.pages == plain.pages
