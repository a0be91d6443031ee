"""What a layout may load: pictures and fonts of the campaign and the package, nothing else."""

import base64
import io
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from advocacy.documents.fonts import BODY, FAMILIES
from advocacy.documents.pdf.fetcher import BASE_URL, Fetcher
from advocacy.documents.pdf.render import pdf_from_html
from advocacy.errors import AdvocacyError
from advocacy.files.pictures import image_problem, sniff
from advocacy.files.svg import svg_problem
from advocacy.files.workspace import Workspace

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'
CIRCLE = SVG.format('<circle cx="20" cy="20" r="18" fill="#036"/>')


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (0, 60, 120)).save(out, kind)
    return out.getvalue()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "campaign"
    (folder / "images").mkdir(parents=True)
    for kind in ("png", "jpeg", "gif", "webp"):
        (folder / "images" / f"seal.{kind}").write_bytes(picture(kind))
    (folder / "images" / "seal.svg").write_text(CIRCLE, encoding="utf-8")
    (tmp_path / "secret.png").write_bytes(picture("png"))
    (tmp_path / "secret.txt").write_text("the key", encoding="utf-8")
    return Workspace.of(folder / "campaign.yaml")


def page(body: str, style: str = "") -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><title>T</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


def codes(html: str, workspace: Workspace) -> set[str]:
    """The codes of the problems that making a PDF of this raises."""
    with pytest.raises(AdvocacyError) as caught:
        pdf_from_html(html, workspace)
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "svg"])
def test_pictures_of_the_campaign_are_printed(kind: str, workspace: Workspace) -> None:
    pdf = pdf_from_html(page(f'<img alt="Seal" src="images/seal.{kind}">'), workspace)
    assert pdf.pages == 1
    assert pdf.problems == ()


def test_a_picture_is_known_by_its_content_not_by_its_name(workspace: Workspace) -> None:
    folder = workspace.folder / "images"
    (folder / "odd.txt").write_bytes(picture("png"))
    (folder / "fake.png").write_text("<html>no picture</html>", encoding="utf-8")
    pdf_from_html(page('<img alt="Seal" src="images/odd.txt">'), workspace)
    fake = page('<img alt="Seal" src="images/fake.png">')
    assert codes(fake, workspace) == {"wrong-kind-of-file"}


def test_names_with_spaces_and_accents_are_found(workspace: Workspace) -> None:
    name = "images/Größe & 50% #1?.png"
    (workspace.folder / name).write_bytes(picture("png"))
    pdf_from_html(page(f'<img alt="Seal" src="{quote(name)}">'), workspace)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://tracker.example/pixel.png", "remote-file"),
        ("http://localhost:1/x.png", "remote-file"),
        ("//tracker.example/pixel.png", "remote-file"),
        ("ftp://files.example/x.png", "remote-file"),
        ("file:///etc/passwd", "outside-workspace"),
        ("file:///etc/../etc/hostname", "outside-workspace"),
        ("file://server.example/share/x.png", "remote-file"),
        ("../secret.png", "outside-workspace"),
        ("images/../../secret.png", "outside-workspace"),
        ("%2e%2e/secret.png", "outside-workspace"),
        ("images/%2e%2e%2f%2e%2e%2fsecret.png", "outside-workspace"),
        ("/etc/passwd", "outside-workspace"),
        ("%2Fetc%2Fpasswd", "outside-workspace"),
        ("images/none.png", "missing-file"),
        ("images", "missing-file"),
        ("images/%00.png", "outside-workspace"),
        ("data:text/html,<b>x</b>", "data-address"),
        ("data:text/css;base64,cHt9", "data-address"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "data-address"),
        ("data:image/png,plain", "data-address"),
    ],
)  # fmt: skip
def test_everything_else_is_a_problem(address: str, code: str, workspace: Workspace) -> None:
    assert codes(page(f'<img alt="x" src="{address}">'), workspace) == {code}
    assert codes(page("x", f'body {{ background: url("{address}") }}'), workspace) == {code}


def test_the_problem_names_the_address_as_the_layout_wrote_it(workspace: Workspace) -> None:
    with pytest.raises(AdvocacyError, match=r"`\.\./secret\.png`"):
        pdf_from_html(page('<img alt="x" src="../secret.png">'), workspace)
    with pytest.raises(AdvocacyError, match=r"`images/none\.png`"):
        pdf_from_html(page('<img alt="x" src="images/none.png">'), workspace)


def test_a_symbolic_link_does_not_lead_out(workspace: Workspace) -> None:
    (workspace.folder / "inside.png").symlink_to(workspace.folder.parent / "secret.png")
    assert codes(page('<img alt="x" src="inside.png">'), workspace) == {"outside-workspace"}
    (workspace.folder / "pictures").symlink_to(workspace.folder / "images")
    pdf_from_html(page('<img alt="x" src="pictures/seal.png">'), workspace)


@pytest.mark.parametrize(
    "html",
    [
        page("x", '@import "more.css"; p { color: red }'),
        page("x", "@import url(https://styles.example/x.css);"),
        page("x").replace("<style>", '<link rel="stylesheet" href="more.css"><style>'),
        page("x").replace("<style>", '<link rel="attachment" href="more.css"><style>'),
    ],
)
def test_stylesheets_and_attachments_are_not_loaded(html: str, workspace: Workspace) -> None:
    (workspace.folder / "more.css").write_text("p { color: red }", encoding="utf-8")
    assert codes(html, workspace) <= {"wrong-kind-of-file", "remote-file"}


def test_a_refusal_is_repeated_for_each_letter_with_the_same_stylesheet(
    workspace: Workspace,
) -> None:
    html = page("x", '@font-face { font-family: X; src: url("https://fonts.example/x.otf") }')
    assert codes(html, workspace) == {"remote-file"}
    assert codes(html, workspace) == {"remote-file"}


def test_a_base_element_leads_nowhere(workspace: Workspace) -> None:
    html = page('<img alt="x" src="secret.png">').replace(
        "<title>", f'<base href="{workspace.folder.parent.as_uri()}/"><title>'
    )
    assert codes(html, workspace) == {"outside-workspace"}


def test_all_refusals_of_a_letter_come_together(workspace: Workspace) -> None:
    html = page('<img alt="x" src="a.png"><img alt="x" src="https://x.example/b.png">')
    assert codes(html, workspace) == {"missing-file", "remote-file"}


def test_a_small_picture_may_stand_in_the_layout_itself(workspace: Workspace) -> None:
    data = base64.b64encode(picture("png")).decode()
    pdf_from_html(page(f'<img alt="x" src="data:image/png;base64,{data}">'), workspace)
    wrong = page(f'<img alt="x" src="data:image/gif;base64,{data}">')
    assert codes(wrong, workspace) == {"data-address"}


def test_a_campaign_may_bring_its_own_font(workspace: Workspace) -> None:
    source = FAMILIES[BODY].faces[0][0]
    (workspace.folder / "house.ttf").write_bytes(source.read_bytes())
    html = page("Text", '@font-face{font-family:House;src:url("house.ttf")} p{font-family:House}')
    assert pdf_from_html(html, workspace).problems == ()


HARMFUL = {
    "image elsewhere": '<image href="https://x.example/a.png" width="9" height="9"/>',
    "image of the workspace": '<image href="seal.png" width="9" height="9"/>',
    "image, old way": '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="a.png"/>',
    "use": '<use href="https://x.example/a.svg#b"/>',
    "use of a file": '<use href="other.svg#b"/>',
    "style": "<style>rect { fill: url(https://x.example/a.svg#b) }</style>",
    "import": "<style>@import 'https://x.example/a.css';</style>",
    "hidden import": "<style>@\\69mport url(https://x.example/a.css);</style>",
    "fill": '<rect width="9" height="9" fill="url(https://x.example/a.svg#b)"/>',
    "style attribute": "<rect style=\"fill: URL( 'other.svg#b')\"/>",
    "hidden url": '<rect style="fill: u\\72l(other.svg#b)"/>',
    "pattern": '<pattern id="p" href="other.svg#q"/>',
    "data": '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_drawing_that_refers_onward_is_a_problem(name: str, workspace: Workspace) -> None:
    (workspace.folder / "a.svg").write_text(SVG.format(HARMFUL[name]), encoding="utf-8")
    assert codes(page('<img alt="x" src="a.svg">'), workspace) == {"svg-loads-more"}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.format("&x;"),
        '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SVG.format("&b;"),
        '<?xml-stylesheet href="x.css"?>' + CIRCLE,
    ],
)
def test_entities_and_stylesheets_of_drawings_are_refused(text: str) -> None:
    problem = svg_problem(text.encode(), "a.svg")
    assert problem is not None
    assert problem.code == "svg-loads-more"


@pytest.mark.parametrize(
    "data",
    [
        CIRCLE.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?>' + CIRCLE.encode(),
        SVG.format("<g>" * 300 + "</g>" * 300).encode(),
        SVG.format("<g/>" * 30_000).encode(),
        SVG.format('<g id="a"><use href="#b"/></g><g id="b"/><use href="#a"/>').encode(),
        b"<svg",
        b"<html><svg></svg></html>",
    ],
)
def test_a_drawing_that_cannot_be_read_safely_is_broken(data: bytes) -> None:
    problem = svg_problem(data, "a.svg")
    assert problem is not None
    assert problem.code == "broken-image"


def test_text_in_a_drawing_is_refused_since_its_font_is_unknown() -> None:
    problem = svg_problem(SVG.format("<text>ACME</text>").encode(), "a.svg")
    assert problem is not None
    assert problem.code == "svg-with-text"
    assert "paths" in problem.hint


def test_an_ordinary_drawing_is_welcome() -> None:
    ordinary = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        + SVG.format(
            '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient>'
            '<circle id="c" r="3"/></defs><rect fill="url(#g)" style="stroke: url( #g )"/>'
            '<use href="#c" x="4"/><style>.a { fill: url("#g") }</style>'
        )
    )
    assert svg_problem(b"\xef\xbb\xbf" + ordinary.encode(), "a.svg") is None


def test_too_large_and_broken_pictures_are_problems(workspace: Workspace) -> None:
    path = workspace.folder / "big.png"
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "png")
    path.write_bytes(out.getvalue())
    problem = image_problem(path, "big.png")
    assert problem is not None
    assert problem.code == "image-too-large"
    path.write_bytes(picture("jpeg")[:300])
    problem = image_problem(path, "big.png")
    assert problem is not None
    assert problem.code == "broken-image"
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.truncate(9 * 1024 * 1024)
    problem = image_problem(path, "big.png")
    assert problem is not None
    assert problem.code == "image-too-large"


STARTS = [
    b"",
    b"<svg",
    b"<svg xmlns='x' ",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF0000WEBP",
]


@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_picture(start: bytes, data: bytes) -> None:
    assert sniff(b"") is None
    with tempfile.NamedTemporaryFile() as file:
        file.write(start + data)
        file.flush()
        assert image_problem(Path(file.name), "x") is not None


@given(st.text(min_size=1, max_size=40))
def test_no_address_reaches_a_file_outside(text: str) -> None:
    workspace = Workspace.of(Path("/nowhere/at/all/campaign.yaml"))
    fetcher = Fetcher(workspace)
    with pytest.raises(Exception, match=r".*"):
        fetcher.fetch(BASE_URL + text)
    assert len(fetcher.problems) == 1


def test_half_a_picture_is_refused_even_where_weasyprint_would_print_it(tmp_path: Path) -> None:
    import weasyprint  # noqa: F401 - it tells Pillow to let such pictures through
    from PIL import Image

    whole = tmp_path / "whole.png"
    Image.effect_noise((80, 80), 90).save(whole)
    half = tmp_path / "half.png"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert image_problem(whole, "whole.png") is None
    problem = image_problem(half, "half.png")
    assert problem is not None
    assert problem.code == "broken-image"


def test_a_picture_of_absurd_size_is_called_too_large(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "huge.png"
    Image.new("1", (20_000, 20_000)).save(path)
    problem = image_problem(path, "huge.png")
    assert problem is not None
    assert problem.code == "image-too-large"
