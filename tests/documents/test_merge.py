"""Letters merged for the print shop: every page as it was, everything shared stored once."""

import gc
import io
import re
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf import pages as pages_module
from advocacy.documents.pdf.render import pdf_from_html, render_pdf
from advocacy.documents.print_shop.merge import Merger
from advocacy.documents.print_shop.page_copy import rewrite
from advocacy.documents.print_shop.pdf_writer import PdfWriter
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter, check
from advocacy.templating.citation_marks import Prose

pytestmark = pytest.mark.slow

NAMES = (
    "Zoë Weiß",
    "José Ñandú",
    "Łukasz Żółw",
    "Ελένη Παπαδοπούλου",
    "Владимир Щукин",
    "山田 花子",
    "*Bob* (Quick) <b> 1 0 R",
    "Xavier /StructParents 3 \\) Jumps",
)


@pytest.fixture(scope="module")
def campaign(project_root: Path) -> Campaign:
    loaded, problems = load_campaign(project_root / "tests/data/letters/campaign.yaml")
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="module")
def letter(campaign: Campaign) -> Letter:
    return compose_letters(campaign, only=["weiss"]).letters[0]


def make(letter: Letter, campaign: Campaign, **changes: Any) -> bytes:
    passed, problems = check(replace(letter, **changes), campaign)
    assert passed is not None, problems
    return render_pdf(passed, campaign.workspace).data


@pytest.fixture(scope="module")
def letters(letter: Letter, campaign: Campaign) -> list[bytes]:
    """Letters to people of many scripts, of one page and of two, with notes and links."""
    found = []
    for i, name in enumerate(NAMES):
        changes: dict[str, Any] = {"inside_address": (name, "1 Main Street")}
        if i % 3 == 1:
            changes["layout"] = "window-10"
        if i % 3 == 2:
            changes["body"] = Prose("Thank you.")
        found.append(make(letter, campaign, salutation=f"Dear {name}:", **changes))
    return found


def merged(documents: list[bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with Merger(out, "Many letters", "en-US", **options) as merger:
        for document, name in zip(documents, [*NAMES] * 50, strict=False):
            merger.add(document, name)
    return out.getvalue()


@pytest.fixture(scope="module")
def whole(letters: list[bytes]) -> bytes:
    return merged(letters)


@pytest.fixture
def opened(whole: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(whole)) as file:
        yield file


def pages(data: bytes) -> list[tuple[bytes, str]]:
    """Each page as a picture and as text."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [
            (page.render(scale=1.5).to_pil().tobytes(), page.get_textpage().get_text_range())
            for page in document
        ]
    finally:
        document.close()


def elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def fonts_in(data: bytes) -> dict[str, int]:
    """How often each font is stored, by name."""
    found: dict[str, int] = {}
    with pikepdf.open(io.BytesIO(data)) as file:
        for thing in file.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0":
                name = str(thing.BaseFont).split("+")[1]
                found[name] = found.get(name, 0) + 1
    return found


# --- pages -------------------------------------------------------------------------------------


def test_every_page_looks_and_reads_as_in_the_letter_itself(
    letters: list[bytes], whole: bytes
) -> None:
    assert pages(whole) == [page for one in letters for page in pages(one)]


def test_the_same_letters_make_the_same_bytes(letters: list[bytes], whole: bytes) -> None:
    assert merged(letters) == whole


def test_for_duplex_every_letter_begins_on_the_front_of_a_sheet(letters: list[bytes]) -> None:
    data = merged(letters, duplex=True)
    both = pages(data)
    at = 0
    for one in letters:
        own = pages(one)
        assert at % 2 == 0
        assert both[at : at + len(own)] == own
        at += len(own)
        if len(own) % 2:
            assert both[at][1] == ""
            at += 1
    assert at == len(both)
    assert {len(pages(one)) % 2 for one in letters} == {0, 1}


def test_pages_of_several_sizes_keep_them(letter: Letter, campaign: Campaign) -> None:
    both = [make(letter, campaign), make(letter, campaign, layout="window-dl", language="fr-FR")]
    document = pypdfium2.PdfDocument(merged(both, duplex=True))
    sizes = {tuple(round(n) for n in page.get_size()) for page in document}
    document.close()
    assert sizes == {(612, 792), (595, 842)}


# --- what is stored once -----------------------------------------------------------------------


def test_each_font_is_stored_once(letters: list[bytes], whole: bytes) -> None:
    before = [fonts_in(one) for one in letters]
    after = fonts_in(whole)
    assert set(after) == set().union(*before)
    assert set(after.values()) == {1}
    assert max(sum(one.values()) for one in before) > 1


def test_pictures_are_stored_once(tmp_path: Path) -> None:
    from PIL import Image

    Image.effect_noise((300, 300), 90).save(tmp_path / "logo.png")
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    documents = [
        pdf_from_html(
            f'<html lang="en"><title>x</title><p>{i}<img src="logo.png" alt="Logo">', workspace
        ).data
        for i in range(5)
    ]
    data = merged(documents)
    with pikepdf.open(io.BytesIO(data)) as file:
        images = [
            o
            for o in file.objects
            if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"
        ]
    assert len(images) == 1
    assert len(data) < 2 * len(documents[0])


def test_hundreds_of_letters_take_a_fraction_of_their_sum(letters: list[bytes]) -> None:
    many = letters * 25
    assert len(merged(many)) < 0.5 * sum(map(len, many))


def test_fonts_of_one_name_that_differ_are_kept_apart(tmp_path: Path) -> None:
    from advocacy.documents.fonts import FAMILIES

    one, other = (FAMILIES[name].faces[0][0] for name in ("EB Garamond", "Noto Sans"))
    documents = []
    for path in (one, other, one):
        (tmp_path / "font.ttf").write_bytes(path.read_bytes())
        html = (
            '<html lang="en"><title>x</title><style>@font-face { font-family: Mine; '
            "src: url(font.ttf) } p { font-family: Mine }</style><p>Hamburgefonstiv"
        )
        documents.append(pdf_from_html(html, Workspace.of(tmp_path / "campaign.yaml")).data)
        pages_module._sheets.cache_clear()
    data = merged(documents)
    assert pages(data) == [page for each in documents for page in pages(each)]
    assert fonts_in(data)["Mine"] == 2


def test_opentype_fonts_that_cannot_be_joined_still_print(tmp_path: Path) -> None:
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    from advocacy.documents.fonts import PACKAGES

    documents = [
        pdf_from_html(
            f'<html lang="en"><title>x</title><style>{PACKAGES.face_rules(["XCharter"])} '
            f"p {{ font-family: XCharter }}</style><p>{text}",
            workspace,
        ).data
        for text in ("Hamburg", "Quick Łódź", "Hamburg")
    ]
    data = merged(documents)
    assert pages(data) == [page for each in documents for page in pages(each)]
    assert fonts_in(data)["XCharter"] == 2  # the third letter's is the first's


def test_accents_survive_that_only_one_letter_has(letter: Letter, campaign: Campaign) -> None:
    words = ["Ǻ Ḗ ñ ǭ", "fi ffi fl", "ŵ ỳ Ģ", "½ ¾ ∞", "AÁÀÂ"]
    each = [make(letter, campaign, inside_address=(word, "1 Main Street")) for word in words]
    data = merged(each)
    assert pages(data) == [page for one in each for page in pages(one)]
    assert set(fonts_in(data).values()) == {1}


def test_a_glyph_that_stands_for_other_text_elsewhere_is_copied_as_its_own_text(
    letter: Letter, campaign: Campaign
) -> None:
    each = [
        make(letter, campaign, inside_address=(word, "1 Main Street"))
        for word in ("baffle flow", "\ufb02ow")
    ]
    assert pages(merged(each)) == [page for one in each for page in pages(one)]


def test_the_joined_fonts_are_sound(whole: bytes) -> None:
    from fontTools.ttLib import TTFont

    with pikepdf.open(io.BytesIO(whole)) as file:
        for thing in file.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
                data = thing.FontFile2.read_bytes()
                assert int(thing.FontFile2.Length1) == len(data)
                font = TTFont(io.BytesIO(data), checkChecksums=2)
                glyphs = font["glyf"]
                for name in font.getGlyphOrder():
                    glyphs[name].getCoordinates(glyphs)  # parts that are not there raise
                assert struct.calcsize(">H") == 2


# --- tags --------------------------------------------------------------------------------------


def test_each_letter_is_a_part_with_its_name_and_language(
    letter: Letter, campaign: Campaign
) -> None:
    documents = [make(letter, campaign), make(letter, campaign, language="fr-FR")]
    with pikepdf.open(io.BytesIO(merged(documents))) as file:
        (document,) = file.Root.StructTreeRoot.K
        assert str(document.S) == "/Document"
        assert [str(part.S) for part in document.K] == ["/Part", "/Part"]
        assert [str(part.T) for part in document.K] == [*NAMES[:2]]
        assert [str(part.Lang) for part in document.K] == ["en-US", "fr-FR"]


def test_no_tag_is_lost(letters: list[bytes], opened: pikepdf.Pdf) -> None:
    wanted: list[str] = []
    for one in letters:
        with pikepdf.open(io.BytesIO(one)) as file:
            wanted += ["/Part", *(str(e.S) for e in elements(file.Root.StructTreeRoot.K[0]))]
    (document,) = opened.Root.StructTreeRoot.K
    assert [str(e.S) for e in elements(document)] == wanted


def test_every_mark_on_a_page_leads_to_its_tag(opened: pikepdf.Pdf) -> None:
    tree = pikepdf.NumberTree(opened.Root.StructTreeRoot.ParentTree)
    keys = []
    for page in opened.pages:
        keys.append(int(page.StructParents))
        owners = tree[keys[-1]]
        marked = [
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and "/MCID" in operands[1]
        ]
        assert marked
        for mcid in marked:
            assert mcid in [k for k in owners[mcid].K if isinstance(k, int)]
            assert owners[mcid].Pg.objgen == page.objgen
        for annotation in page.get("/Annots", ()):
            keys.append(int(annotation.StructParent))
            objects = [k for k in tree[keys[-1]].K if isinstance(k, pikepdf.Dictionary)]
            assert annotation.objgen in [k.Obj.objgen for k in objects if "/Obj" in k]
    assert len(set(keys)) == len(keys)
    assert max(keys) < int(opened.Root.StructTreeRoot.ParentTreeNextKey)


def test_each_note_can_be_found_by_an_id_of_its_own(opened: pikepdf.Pdf) -> None:
    root = opened.Root.StructTreeRoot
    notes = [e for e in elements(root) if "/ID" in e]
    ids = [bytes(e.ID) for e in notes]
    assert len(notes) > 10
    assert len(set(ids)) == len(ids)
    found = [name for branch in root.IDTree.Kids for leaf in branch.Kids for name in leaf.Names]
    assert [bytes(name) for name in found[::2]] == sorted(ids)
    assert {e.objgen for e in notes} == {e.objgen for e in found[1::2]}


@pytest.mark.parametrize("duplex", [False, True])
def test_checkers_find_no_fault(
    letters: list[bytes], tmp_path: Path, tool: Callable[[str], str], duplex: bool
) -> None:
    path = tmp_path / "merged.pdf"
    path.write_bytes(merged(letters * 3, duplex=duplex))
    beside = Path(sys.executable).parent
    for command in (
        [tool("qpdf"), "--check", path],
        # Pages of letters are alike: that is no running header.
        [beside / "outloud", "-q", "--skip", "PAG-001", "--layer", "conformance", path],
        [beside / "pdfua", "check", "--min-severity", "error", path],
    ):
        if not Path(command[0]).exists():
            pytest.skip(f"needs {Path(command[0]).name} (make tools)")
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        known = re.sub(r".*(DOC-013|UA-06-001).*\n", "", result.stdout + result.stderr)
        assert result.returncode == 0 or known != result.stdout + result.stderr, known
        assert "WARNING" not in known


# --- finding one's way -------------------------------------------------------------------------


def test_bookmarks_name_the_letters(opened: pikepdf.Pdf, letters: list[bytes]) -> None:
    with opened.open_outline() as outline:
        assert [item.title for item in outline.root] == list(NAMES)
    at, firsts = 0, []
    for one in letters:
        firsts.append(opened.pages[at].objgen)
        at += len(pages(one))
    item, found = opened.Root.Outlines.First, []
    while item is not None:
        found.append(item.Dest[0].objgen)
        item = item.get("/Next")
    assert found == firsts


def test_page_labels_say_the_letter_and_its_page(letters: list[bytes]) -> None:
    document = pypdfium2.PdfDocument(merged(letters[:3], first=41))
    labels = [document.get_page_label(i) for i in range(len(document))]
    document.close()
    wanted = [
        f"{number}-{page}"
        for number, one in enumerate(letters[:3], 41)
        for page in range(1, len(pages(one)) + 1)
    ]
    assert labels == wanted


def test_links_by_name_lead_to_the_page_of_their_own_letter(tmp_path: Path) -> None:
    html = (
        '<html lang="en"><title>x</title><p><a href="#end">To the end</a>'
        '<p id="end" style="break-before: page">End {}'
    )
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    data = merged([pdf_from_html(html.format(i), workspace).data for i in range(3)])
    with pikepdf.open(io.BytesIO(data)) as file:
        for i in range(3):
            (link,) = file.pages[2 * i].Annots
            assert link.Dest[0].objgen == file.pages[2 * i + 1].objgen


def test_the_file_says_what_it_is(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata() as metadata:
        assert metadata["dc:title"] == "Many letters"
        assert metadata["pdfuaid:part"] == "1"
    assert str(opened.docinfo["/Title"]) == "Many letters"
    assert str(opened.Root.Lang) == "en-US"
    assert opened.Root.ViewerPreferences.DisplayDocTitle is True


# --- memory ------------------------------------------------------------------------------------


def test_memory_hardly_grows_with_the_letters(letters: list[bytes], tmp_path: Path) -> None:
    one = letters[0]

    def peak(count: int) -> int:
        gc.collect()
        tracemalloc.start()
        with (tmp_path / "merged.pdf").open("wb") as out, Merger(out, "x", "en") as merger:
            for i in range(count):
                merger.add(one, f"Letter {i}")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    # The least of three: tracemalloc counts what other threads of the process allocate, too.
    few, many = (min(peak(count) for _ in range(3)) for count in (20, 220))
    assert (many - few) / 200 < 8_000  # bytes a letter, of 30,000


# --- the writer --------------------------------------------------------------------------------


@given(st.binary(max_size=60))
def test_strings_are_never_taken_for_references(data: bytes) -> None:
    text = pikepdf.String(data).unparse() if data else b"()"
    assert rewrite(b"<< /A %s /B 7 0 R >>" % text, lambda n: n + 100) == (
        b"<< /A %s /B 107 0 R >>" % text
    )


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=450))
def test_what_is_written_is_read_back(parts: list[bytes]) -> None:
    out = io.BytesIO()
    writer = PdfWriter(out)
    root = writer.new()
    numbers = [
        writer.add(pikepdf.String(part).unparse() or b"()")
        if i % 2
        else writer.add_stream(part, b"/Index %d" % i)
        for i, part in enumerate(parts)
    ]
    page, kids = writer.new(), writer.new()
    writer.add(b"<< /Type /Pages /Count 1 /Kids [ %d 0 R ] >>" % page, kids)
    writer.add(
        b"<< /Type /Page /Parent %d 0 R /MediaBox [ 0 0 9 9 ] /Resources << >> >>" % kids, page
    )
    writer.add(b"<< /Type /Catalog /Pages %d 0 R >>" % kids, root)
    writer.close(root, writer.add(b"<< /Title (x) >>"))
    with pikepdf.open(io.BytesIO(out.getvalue())) as file:
        assert not file.check_pdf_syntax()
        for i, (number, part) in enumerate(zip(numbers, parts, strict=True)):
            thing = file.get_object((number, 0))
            assert (bytes(thing) if i % 2 else thing.read_bytes()) == part


def test_a_document_without_tags_is_refused(letters: list[bytes]) -> None:
    with pikepdf.new() as file:
        file.add_blank_page()
        out = io.BytesIO()
        file.save(out)
    with Merger(io.BytesIO(), "x", "en") as merger:
        with pytest.raises(ValueError, match="tags"):
            merger.add(out.getvalue(), "Nobody")
        merger.add(letters[0], "Somebody")
