"""Pictures of strangers: one that draws without end is refused, and none is left out unseen."""

import logging
from pathlib import Path

import pytest

from advocacy.documents.pdf.fetcher import BASE_URL
from advocacy.documents.pdf.pages import lay_out
from advocacy.errors import AdvocacyError
from advocacy.files.svg import svg_problem
from advocacy.files.workspace import Workspace

SHAPE = '<rect width="1" height="1"/>'


def svg(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'.encode()


def levels(tag: str, one: str, count: int = 9) -> str:
    """Definitions each of which refers ten times to the one before."""
    first = f'<{tag} id="p0">{SHAPE}</{tag}>'
    return first + "".join(
        f'<{tag} id="p{n}">{one.format(n - 1) * 10}</{tag}>' for n in range(1, count)
    )


@pytest.mark.parametrize(
    "inside",
    [
        levels("clipPath", '<rect width="1" height="1" clip-path="url(#p{})"/>')
        + '<rect clip-path="url(#p8)"/>',
        levels("mask", '<rect width="1" height="1" style="mask: url(#p{})"/>')
        + '<rect mask="url(#p8)"/>',
        levels("marker", '<path d="M0 0L1 1" marker-end="url(#p{})"/>')
        + '<path d="M0 0L1 1" marker-end="url(#p8)"/>',
        levels("pattern", '<rect width="1" height="1" fill="url(#p{})"/>')
        + '<rect fill="url(#p8)"/>',
        '<marker id="m">' + SHAPE * 500 + '</marker><path marker-mid="url(#m)" d="M'
        + "1 1 " * 500 + '"/>',
        '<clipPath id="c">' + SHAPE * 500 + "</clipPath><style>* { clip-path: url(#c) }</style>"
        + SHAPE * 500,
        '<clipPath id="a"><rect clip-path="url(#a)"/></clipPath>',
        '<use id="a" href="#a"/>',
        "".join(f'<linearGradient id="g{n}" href="#g{n + 1}"/>' for n in range(5000)),
        '<path d="M0 0' + " L1 1" * 400_000 + '"/>',
        '<path id="p" d="M0 0' + " L1 1" * 20_000 + '"/>' + '<use href="#p"/>' * 500,
        '<linearGradient id="a" spreadMethod="repeat"/>',
        '<radialGradient id="a" spreadMethod="reflect"/>',
    ],
    ids=["clip", "mask", "marker", "pattern", "points", "style", "ring", "itself", "chain",
         "long path", "long path used", "repeat", "reflect"],
)  # fmt: skip
def test_an_svg_that_draws_too_much_is_refused(inside: str) -> None:
    problem = svg_problem(svg(inside), "logo.svg")
    assert problem is not None
    assert problem.code == "broken-image"


@pytest.mark.parametrize(
    "inside",
    [
        '<linearGradient id="a" spreadMethod="pad"/><style>.b { fill: url(#a) }</style>'
        + '<path class="b" d="M1 1"/>' * 2000,
        '<clipPath id="c">' + SHAPE + "</clipPath>" + f'<g clip-path="url(#c)">{SHAPE * 999}</g>',
        '<g id="top"><a href="#top">' + SHAPE + "</a></g>",
        '<symbol id="s">' + SHAPE + '</symbol><use href="#s"/><use href="#s"/>',
    ],
    ids=["gradients", "clip", "link", "symbol"],
)
def test_an_svg_as_drawing_programs_write_it_is_printed(inside: str) -> None:
    assert svg_problem(svg(inside), "logo.svg") is None


@pytest.mark.parametrize("inside", ["", "<g/>", f"<defs>{SHAPE}</defs>", "<title>Logo</title>"])
def test_an_svg_that_shows_nothing_is_told(inside: str) -> None:
    problem = svg_problem(svg(inside), "logo.svg")
    assert problem is not None
    assert "has no shape that is drawn" in problem.message


@pytest.mark.parametrize(
    "notice",
    [
        f"Failed to render SVG image {BASE_URL}my%20logo.svg",
        f"Failed to load image at '{BASE_URL}my%20logo.svg': broken data stream",
    ],
)
def test_a_letter_is_never_printed_without_a_picture_that_it_should_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notice: str
) -> None:
    html = "<html lang=en><title>A letter</title><body><p>Words.</body></html>"

    def overflowing(_document: object) -> tuple[str, ...]:
        logging.getLogger("weasyprint").error(notice)
        return ()

    monkeypatch.setattr("advocacy.documents.pdf.pages.overflowing", overflowing)
    with pytest.raises(AdvocacyError) as caught:
        lay_out(html, Workspace(tmp_path, (tmp_path,)))
    (problem,) = caught.value.problems
    assert problem.code == "broken-image"
    assert "`my logo.svg`" in problem.message
