"""An organization's own fonts: used where they are wanted, and refused where they must be."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from advocacy.campaign.campaign import Look
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.fonts import BODY, FAMILIES, font_library
from advocacy.documents.pdf.fetcher import BASE_URL, Fetcher
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.pdf.render import printed, render_pdf
from advocacy.files.font_files import own_fonts, unreadable
from advocacy.files.pictures import RefusedFile
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import Letter, check
from advocacy.letters.parts import image_files


@cache
def few_glyphs() -> bytes:
    font = TTFont(FAMILIES["Source Sans 3"].faces[0][0])
    subsetter = Subsetter(Options(notdef_outline=True, layout_features=[]))
    subsetter.populate(text="Dear Brand 12,.")
    subsetter.subset(font)
    for table in font["cmap"].tables:
        table.cmap[ord("ང")] = table.cmap[ord("B")]
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def put_font(folder: Path, name: str = "Brand.ttf", *, terms: int = 0, kind: str = "") -> Path:
    """A font `Brand` in the folder `fonts`, of a few glyphs, a Tibetan one among them."""
    font = TTFont(BytesIO(few_glyphs()))
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = "Brand"
    font["OS/2"].fsType = terms
    font.flavor = kind or None
    path = folder / "fonts" / name
    path.parent.mkdir(exist_ok=True)
    font.save(path)
    return path


@pytest.mark.parametrize(("name", "kind"), [("Brand.ttf", ""), ("Brand.woff2", "woff2")])
def test_a_font_in_the_folder_prints_what_no_package_has(
    tmp_path: Path, letter: Letter, campaign: Campaign, name: str, kind: str
) -> None:
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    tibetan = replace(letter, cc=("ང",))
    assert [p.code for p in obstacles(tibetan, workspace)] == ["unprintable-character"]
    put_font(tmp_path, name, kind=kind)
    assert obstacles(tibetan, workspace) == []
    checked, _ = check(tibetan, campaign)
    assert checked is not None
    with pikepdf.open(BytesIO(render_pdf(checked, workspace).data)) as pdf:
        fonts = [
            str(one.BaseFont) for one in pdf.objects if "/BaseFont" in getattr(one, "keys", dict)()
        ]
    assert any(name.endswith("+Brand") for name in fonts)


@pytest.mark.parametrize("terms", [0x0002, 0x0100, 0x0200])
def test_a_font_that_may_not_be_embedded_is_refused(
    tmp_path: Path, letter: Letter, terms: int
) -> None:
    put_font(tmp_path, terms=terms)
    (problem,) = obstacles(letter, Workspace.of(tmp_path / "campaign.yaml"))
    assert problem.code == "font-not-embeddable"
    assert "fonts/Brand.ttf" in problem.message


@pytest.mark.parametrize("terms", [0x0000, 0x0004, 0x0008])
def test_a_font_that_may_be_embedded_is_used(tmp_path: Path, terms: int) -> None:
    put_font(tmp_path, terms=terms)
    found = own_fonts(Workspace.of(tmp_path / "campaign.yaml"))
    assert [font.family for font in found.fonts] == ["Brand"]
    assert found.problems == ()


@pytest.mark.parametrize("name", ["Brand.ttf", "Brand.ttc", "Brand.woff"])
def test_a_file_that_is_no_usable_font_is_a_problem_and_others_are_overlooked(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / name).write_bytes(b"no font")
    (tmp_path / "fonts" / "OFL.txt").write_text("The license")
    found = own_fonts(Workspace.of(tmp_path / "campaign.yaml"))
    assert [problem.code for problem in found.problems] == ["broken-font"]


def draw_alike(path: Path) -> None:
    """Give every letter of a font the shape of a dash."""
    font = TTFont(path)
    order = font.getGlyphOrder()
    for table in font["cmap"].tables:
        for number, code in enumerate(sorted(table.cmap)):
            name = table.cmap[code]
            pen = TTGlyphPen(None)
            # Each is a little different, so that none is the same outline.
            for step, (x, y) in enumerate(((50, 200), (50, 260), (400 + number, 260), (400, 200))):
                (pen.lineTo if step else pen.moveTo)((x, y))
            pen.closePath()
            font["glyf"][name] = pen.glyph()
    assert font.getGlyphOrder() == order
    font.save(path)


def dashes(folder: Path) -> Path:
    path = put_font(folder)
    draw_alike(path)
    return path


def test_a_font_that_draws_letters_alike_is_refused_at_its_file(
    tmp_path: Path, letter: Letter
) -> None:
    path = dashes(tmp_path)
    (problem,) = obstacles(letter, Workspace.of(tmp_path / "campaign.yaml"))
    assert problem.code == "broken-font"
    assert "alike" in problem.message
    assert problem.place is not None
    assert problem.place.path == path


def test_such_a_font_is_refused_in_any_folder_that_a_layout_names(tmp_path: Path) -> None:
    dashes(tmp_path).rename(tmp_path / "brand.ttf")
    fetcher = Fetcher(Workspace.of(tmp_path / "campaign.yaml"))
    with pytest.raises(RefusedFile):
        fetcher.fetch(f"{BASE_URL}brand.ttf")
    assert ["alike" in problem.message for problem in fetcher.problems] == [True]


@pytest.mark.parametrize("family", ["Source Sans 3", BODY])
def test_fonts_that_people_can_read_are_accepted(family: str) -> None:
    path = FAMILIES[family].faces[0][0]
    assert unreadable(path.name, path, path.read_bytes()) is None


def test_a_font_outside_the_workspace_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir(), outside.mkdir()
    put_font(outside)
    (inside / "fonts").mkdir()
    (inside / "fonts" / "Brand.ttf").symlink_to(outside / "fonts" / "Brand.ttf")
    found = own_fonts(Workspace.of(inside / "campaign.yaml"))
    assert [problem.code for problem in found.problems] == ["outside-workspace"]


def test_an_approval_covers_the_fonts(campaigns: Path) -> None:
    campaign, _ = load_campaign(campaigns / "microsoft.yaml")
    assert campaign is not None
    before = image_files(campaign)
    put_font(campaigns)
    assert set(image_files(campaign)) - set(before) == {"fonts/Brand.ttf"}


def test_own_fonts_come_before_those_of_packages(tmp_path: Path) -> None:
    put_font(tmp_path)
    library = font_library(Workspace.of(tmp_path / "campaign.yaml"))
    assert library.fallbacks("en")[:2] == ("EB Garamond", "Brand")
    assert library.needed("ང", "en") == ("EB Garamond", "Brand")


def test_a_font_that_is_not_there_refuses_the_letter(letter: Letter, campaign: Campaign) -> None:
    sender = letter.sender.model_copy(update={"look": Look(font="Comic Sans")})
    passed, problems = check(replace(letter, sender=sender), campaign)
    assert passed is not None, problems
    found = printed(passed, campaign.workspace)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == ["unknown-font"]
