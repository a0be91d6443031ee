"""Pictures on paper look as they do in the program that made them, or are refused."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from advocacy.documents.pdf.render import pdf_from_html
from advocacy.documents.screen_pictures import screen_picture
from advocacy.files.pictures import eight_bits, find_picture, image_problem
from advocacy.files.svg import svg_problem
from advocacy.files.workspace import Workspace

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>T</title><style>'
    "@page { size: 200px 100px; margin: 0 } body { margin: 0 } img { display: block }"
    '</style></head><body><img alt="x" src="{}"></body></html>'
)
STOPS = '<stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/>'
GRADIENTS = {
    "of the shape": f'<linearGradient id="g">{STOPS}</linearGradient>',
    "of the drawing": '<linearGradient id="g" gradientUnits="userSpaceOnUse" x1="0" x2="200">'
    f"{STOPS}</linearGradient>",
    "moved": '<linearGradient id="g" gradientTransform="translate(0.1 0)">'
    f"{STOPS}</linearGradient>",
    "in percent": f'<linearGradient id="g" x1="0%" x2="100%">{STOPS}</linearGradient>',
}


def svg(inside: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">'
        f"{inside}</svg>"
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.of(tmp_path / "campaign.yaml")


def printed(name: str, workspace: Workspace, tool) -> Image.Image:
    """What a picture looks like on paper, of 200 by 100 pixels."""
    path = workspace.folder / "page.pdf"
    path.write_bytes(pdf_from_html(PAGE.replace("{}", name), workspace).data)
    command = [tool("pdftoppm"), "-r", "96", "-png", str(path)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("kind", GRADIENTS)
def test_a_gradient_goes_from_one_color_to_the_other(kind: str, workspace: Workspace, tool) -> None:
    rect = '<rect width="200" height="100" fill="url(#g)"/>'
    text = svg(f"<defs>{GRADIENTS[kind]}</defs>{rect}")
    (workspace.folder / "g.svg").write_text(text, encoding="utf-8")
    shown = screen_picture(find_picture("g.svg", workspace), workspace.folder / "g.svg")
    on_screen = Image.open(io.BytesIO(shown.data)).convert("RGB").resize((200, 100))
    for image in (printed("g.svg", workspace, tool), on_screen):
        left, middle, right = (image.getpixel((x, 50)) for x in (8, 100, 192))
        assert left[0] > 200 > 60 > left[2]
        assert right[2] > 200 > 60 > right[0]
        assert 80 < middle[0] < 170
        assert image.getpixel((100, 3)) == image.getpixel((100, 96))


def test_a_round_gradient_with_transparent_colors_is_printed(workspace: Workspace, tool) -> None:
    stops = (
        '<stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#f00" stop-opacity="0"/>'
    )
    drawn = f'<radialGradient id="g">{stops}</radialGradient>'
    text = svg(f'<defs>{drawn}</defs><rect width="200" height="100" fill="url(#g)"/>')
    (workspace.folder / "g.svg").write_text(text, encoding="utf-8")
    image = printed("g.svg", workspace, tool)
    assert image.getpixel((100, 50))[1] < 30
    assert 80 < image.getpixel((50, 50))[1] < 170
    assert image.getpixel((2, 2)) == (255, 255, 255)


def test_a_line_with_a_gradient_keeps_its_width(workspace: Workspace, tool) -> None:
    line = '<path d="M0 40 L200 60" stroke-width="20" stroke="url(#g)"/>'
    text = svg(f"<defs>{GRADIENTS['of the shape']}</defs>{line}")
    (workspace.folder / "g.svg").write_text(text, encoding="utf-8")
    image = printed("g.svg", workspace, tool)
    column = [image.getpixel((100, y)) for y in range(100)]
    assert 18 <= sum(pixel != (255, 255, 255) for pixel in column) <= 22


def test_a_scan_of_sixteen_bits_of_gray_looks_as_it_is(workspace: Workspace, tool) -> None:
    levels = [257 * (x * 255 // 199) for _ in range(100) for x in range(200)]
    data = b"".join(level.to_bytes(2, "little") for level in levels)
    Image.frombytes("I;16", (200, 100), data).save(workspace.folder / "scan.png")
    shown = screen_picture(find_picture("scan.png", workspace), workspace.folder / "scan.png")
    for image in (printed("scan.png", workspace, tool), Image.open(io.BytesIO(shown.data))):
        for x in (5, 100, 195):
            for y in (5, 95):
                found = image.convert("L").getpixel((x, y))
                assert abs(found - x * 255 // 199) < 6, (x, y, found)


def test_the_clear_level_of_a_scan_stays_clear() -> None:
    out = io.BytesIO()
    Image.frombytes("I;16", (2, 1), b"\xff\xff\x64\x64").save(out, "PNG", transparency=65535)
    shown = Image.open(io.BytesIO(eight_bits(out.getvalue())))
    assert [shown.convert("LA").getpixel((x, 0)) for x in range(2)] == [(255, 0), (100, 255)]


def test_a_small_webp_keeps_its_color() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (17, 9), (255, 0, 0, 128)).save(out, "WEBP", lossless=True)
    assert eight_bits(out.getvalue()) == out.getvalue()


@pytest.mark.parametrize(
    "inside",
    [
        '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><rect filter="url(#f)"/>',
        '<filter id="f"><feDropShadow dx="2"/></filter><rect style="filter:url(#f)"/>',
        '<filter id="f"><feGaussianBlur/></filter><style>rect { filter: url(#f) }</style><rect/>',
        '<rect style="filter: blur(2px)"/>',
        "<style>rect { filter: drop-shadow(1px 1px) }</style><rect/>",
    ],
)
def test_an_effect_that_would_be_left_out_is_refused(inside: str) -> None:
    problem = svg_problem(svg(inside).encode(), "logo.svg")
    assert problem is not None
    assert "effect" in problem.message


@pytest.mark.parametrize(
    "inside",
    [
        '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><rect width="5" height="5"/>',
        '<rect style="filter:none;mix-blend-mode:normal" width="5" height="5"/>',
    ],
)
def test_an_effect_that_nothing_uses_is_no_obstacle(inside: str) -> None:
    assert svg_problem(svg(inside).encode(), "logo.svg") is None


def test_a_file_that_is_no_picture_is_told_how_to_get_one(workspace: Workspace) -> None:
    def cure_for(name: str, data: bytes) -> str:
        (workspace.folder / name).write_bytes(data)
        problem = image_problem(workspace.folder / name, name)
        assert problem is not None
        return problem.hint

    assert "Save the picture as PNG" in cure_for("a.png", b"<html>not found</html>")
    assert "is empty" in cure_for("b.png", b"")
    assert "CSS" in cure_for("c.css", b"p {}")
    assert "text to paths" not in cure_for("d.svg", svg("<script/>").encode())
