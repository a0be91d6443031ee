"""Letters for window envelopes: the address in the window, nothing else, marks where to fold."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf.paper import layout_text
from advocacy.documents.pdf.render import Pdf, render_pdf
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter, check

INCH, MM = 72.0, 72 / 25.4


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the top left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Layout:
    """A layout, and what its envelope's window shows of the folded letter.

    `window` is what it shows when the letter stands on its lower edge at the left; `slide` is
    how far that can move to the right and up, `clear` what must stay free around the address.
    """

    name: str
    window: Box
    slide: tuple[float, float]
    clear: float
    folds: tuple[float, ...]
    language: str


# A number 10 envelope is 9 1/2 by 4 1/8 inches, its window 4 1/2 by 1 1/8, 7/8 from the left and
# 1/2 from the bottom; the folded letter is 8 1/2 by 3 2/3.
TEN = Layout(
    "window-10",
    Box(0.875 * INCH, (11 / 3 - 1.625) * INCH, 5.375 * INCH, (11 / 3 - 0.5) * INCH),
    (1.0 * INCH, (4.125 - 11 / 3) * INCH),
    INCH / 8,
    (11 / 3 * INCH, 22 / 3 * INCH),
    "en-US",
)
# A DL envelope is 220 by 110 mm, its window 90 by 45, 20 from the left and 15 from the bottom;
# the folded letter is 210 by 105.
DL = Layout(
    "window-dl",
    Box(20 * MM, 45 * MM, 110 * MM, 90 * MM),
    (10 * MM, 5 * MM),
    0.0,
    (105 * MM, 148.5 * MM, 210 * MM),
    "fr-FR",
)
# A French DL envelope has a window of 100 by 35 mm, 20 from the right and 20 from the bottom; the
# folded letter is 210 by 99.
FRENCH = Layout(
    "window-fr",
    Box(100 * MM, 44 * MM, 200 * MM, 79 * MM),
    (10 * MM, 11 * MM),
    0.0,
    (99 * MM, 198 * MM),
    "fr-FR",
)
LAYOUTS = pytest.mark.parametrize("layout", [TEN, DL, FRENCH], ids=lambda layout: layout.name)


@pytest.fixture(scope="module")
def campaign(project_root: Path) -> Campaign:
    loaded, problems = load_campaign(project_root / "tests/data/letters/campaign.yaml")
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="module")
def letter(campaign: Campaign) -> Letter:
    return compose_letters(campaign, only=["weiss"]).letters[0]


Printer = Callable[..., Pdf]


@pytest.fixture(scope="module")
def printed(letter: Letter, campaign: Campaign) -> Printer:
    def make(layout: Layout, lines: list[str], **changes: Any) -> Pdf:
        one = replace(
            letter,
            layout=layout.name,
            language=layout.language,
            inside_address=tuple(lines),
            **changes,
        )
        passed, problems = check(one, campaign)
        assert passed is not None, problems
        return render_pdf(passed, campaign.workspace)

    return make


def lines_on(data: bytes, page: int = 0) -> list[tuple[Box, str]]:
    """The pieces of text on a page, each with its box."""
    document = pypdfium2.PdfDocument(data)
    try:
        height = document[page].get_height()
        text = document[page].get_textpage()
        found = []
        for i in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(i)
            box = Box(left, height - top, right, height - bottom)
            found.append((box, text.get_text_bounded(left, bottom, right, top)))
        return found
    finally:
        document.close()


def address_of(rows: int, last: str = "ZYXWVUTS 12345") -> list[str]:
    return [f"QQ{i} Department of Long Names and Longer Titles" for i in range(rows - 1)] + [last]


def split(data: bytes, last: str = "ZYXWVUTS") -> tuple[list[Box], list[tuple[Box, str]]]:
    """The boxes of the address, and the other text of the first page."""
    lines = lines_on(data)
    mine = [box for box, text in lines if "QQ" in text or last in text]
    left = min(box.left for box in mine)
    top, bottom = min(b.top for b in mine), max(b.bottom for b in mine)
    inside = [
        box for box, _ in lines if top <= box.top <= bottom and left - 1 <= box.left < left + 230
    ]
    return inside, [(box, text) for box, text in lines if box not in inside]


# --- the window --------------------------------------------------------------------------------


@LAYOUTS
@pytest.mark.parametrize("rows", [1, 4, 5, 6, 7])
def test_the_address_shows_in_the_window_with_room_around_it(
    printed: Printer, layout: Layout, rows: int
) -> None:
    address, _ = split(printed(layout, address_of(rows)).data)
    assert len(address) >= rows
    w, clear = layout.window, layout.clear
    shown = Box(w.left, w.top + clear, w.right - layout.slide[0] - clear, w.bottom - clear)
    for box in address:
        assert shown.holds(box)
        assert box.left >= w.left + clear  # at the left; further right there is more room


@LAYOUTS
def test_the_address_stays_in_the_window_wherever_the_letter_slides_sideways(
    printed: Printer, layout: Layout
) -> None:
    address, _ = split(printed(layout, address_of(7)).data)
    for slid in (0, layout.slide[0] / 2, layout.slide[0]):
        window = replace(
            layout.window, left=layout.window.left - slid, right=layout.window.right - slid
        )
        assert all(window.left <= b.left and b.right <= window.right for b in address)


def test_a_usual_address_of_four_lines_stays_in_the_window_however_the_letter_slides(
    printed: Printer,
) -> None:
    up = TEN.slide[1]
    four = ["QQ Jane Doe", "QQ Example Corporation", "QQ 1 Main Street", "ZYXWVUTS 12345"]
    address, _ = split(printed(TEN, four).data)
    lowest = replace(TEN.window, top=TEN.window.top + up, bottom=TEN.window.bottom + up)
    # The name may touch the edge when the letter is at the very top; the post needs the rest.
    assert all(lowest.holds(box) for box in sorted(address, key=lambda b: b.top)[1:])


def test_a_dl_window_shows_the_whole_address_however_the_letter_slides(printed: Printer) -> None:
    up = DL.slide[1]
    address, _ = split(printed(DL, address_of(7)).data)
    lowest = replace(DL.window, top=DL.window.top + up, bottom=DL.window.bottom + up)
    assert all(lowest.holds(box) for box in address)


@LAYOUTS
def test_nothing_but_the_address_shows_in_the_window(printed: Printer, layout: Layout) -> None:
    data = printed(layout, address_of(5)).data
    _, others = split(data)
    w, (across, up) = layout.window, layout.slide
    ever = Box(w.left - across, w.top, w.right, w.bottom + up)
    seen = [text for box, text in others if ever.meets(box)]
    if layout is DL:  # DIN 5008 puts the sender's own address, small, above the addressee's
        assert len(seen) == 1
        assert seen[0].startswith("Example Civil Liberties Coalition · ")
    else:
        assert seen == []


@LAYOUTS
def test_the_date_and_the_text_are_all_there(printed: Printer, layout: Layout) -> None:
    data = printed(layout, address_of(4)).data
    text = " ".join(text for _, text in lines_on(data))
    assert "2020" in text
    assert "Example Civil Liberties" in text or "EXAMPLE CIVIL" in text.upper()


# --- what does not fit -------------------------------------------------------------------------


@LAYOUTS
@pytest.mark.parametrize("rows", [8, 9])
def test_an_address_that_would_leave_the_window_is_refused(
    printed: Printer, layout: Layout, rows: int, letter: Letter
) -> None:
    with pytest.raises(AdvocacyError) as caught:
        printed(layout, address_of(rows))
    (problem,) = caught.value.problems
    assert problem.code == "address-too-long"
    assert letter.recipient.called in problem.message
    assert layout.name in problem.message
    assert problem.hint
    assert problem.place is not None


@LAYOUTS
def test_a_line_of_any_length_never_leaves_the_window(printed: Printer, layout: Layout) -> None:
    refused = []
    for line in ("W" * 60, "Ministry " * 12, "x" * 400):
        lines = [f"QQ {line.strip()}", "1 Main Street", "ZYXWVUTS 12345"]
        try:
            data = printed(layout, lines).data
        except AdvocacyError as error:
            refused += [problem.code for problem in error.problems]
            continue
        address, _ = split(data)
        assert all(layout.window.holds(box) for box in address)
    assert set(refused) == {"address-too-long"}


@LAYOUTS
def test_a_letterhead_that_would_reach_into_the_window_is_refused(
    printed: Printer, layout: Layout, letter: Letter
) -> None:
    sender = letter.sender.model_copy(
        update={"organization": "The Association of Very Long Names of Organisations " * 7}
    )
    with pytest.raises(AdvocacyError) as caught:
        printed(layout, address_of(3), sender=sender)
    problems = caught.value.problems
    assert {problem.code for problem in problems} == {"too-long-for-layout"}
    assert any("letterhead" in problem.message for problem in problems)


@LAYOUTS
def test_reference_lines_beside_the_address_never_reach_the_subject(
    printed: Printer, layout: Layout
) -> None:
    usual = tuple((f"Label {i}:", "PN-7, of the fourth of May") for i in range(6))
    assert printed(layout, address_of(3), reference_lines=usual).pages >= 1
    with pytest.raises(AdvocacyError) as caught:
        printed(layout, address_of(3), reference_lines=usual * 3)
    (problem,) = caught.value.problems
    assert problem.code == "too-long-for-layout"
    assert "reference lines" in problem.message


def test_a_line_of_delivery_never_runs_into_the_address(printed: Printer) -> None:
    assert printed(DL, address_of(3), delivery="Einschreiben mit Rückschein").pages >= 1
    with pytest.raises(AdvocacyError) as caught:
        printed(DL, address_of(3), delivery="Einschreiben mit Rückschein, eigenhändig " * 3)
    (problem,) = caught.value.problems
    assert (problem.code, "delivery" in problem.message) == ("too-long-for-layout", True)


def test_an_address_of_nine_lines_is_no_problem_without_a_window(
    printed: Printer, letter: Letter
) -> None:
    plain = replace(TEN, name="letter")
    assert printed(plain, address_of(9)).pages >= 1


# --- marks -------------------------------------------------------------------------------------


def marks_on(data: bytes, page: int) -> list[float]:
    """How far from the top the short lines at the left edge stand."""
    document = pypdfium2.PdfDocument(data)
    try:
        height = document[page].get_height()
        found = []
        for thing in document[page].get_objects(max_depth=3):
            _, bottom, right, top = thing.get_bounds()
            if right < 15 * MM and top - bottom < 2:
                found.append(height - (top + bottom) / 2)
        return sorted(found)
    finally:
        document.close()


@LAYOUTS
def test_marks_show_where_to_fold_on_the_first_page_alone(printed: Printer, layout: Layout) -> None:
    pdf = printed(layout, address_of(4))
    assert marks_on(pdf.data, 0) == pytest.approx(layout.folds, abs=0.5)
    for page in range(1, pdf.pages):
        assert marks_on(pdf.data, page) == []


@LAYOUTS
def test_marks_are_no_part_of_what_is_read_aloud(printed: Printer, layout: Layout) -> None:
    pdf = printed(layout, address_of(4))
    with pikepdf.open(io.BytesIO(pdf.data)) as file:
        inside: list[str] = []
        painted = 0
        for operands, operator in pikepdf.parse_content_stream(file.pages[0]):
            name = str(operator)
            if name in ("BMC", "BDC"):
                inside.append(str(operands[0]))
            elif name == "EMC":
                inside.pop()
            elif name in ("f", "f*", "S", "s", "B", "sh"):
                painted += 1
                assert "/Artifact" in inside
        assert painted >= len(layout.folds)


# --- layouts that build on others --------------------------------------------------------------


def test_a_layout_may_begin_with_the_stylesheet_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    (folder / "mine.css").write_text('@import "letter.css";\n\n.date { color: red }\n', "utf-8")
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    own, whole = layout_text("letter", workspace), layout_text("mine", workspace)
    assert "".join(own.split()) in "".join(whole.split())
    assert whole.splitlines()[2] == ".date { color: red }"  # problems name the right line


def test_stylesheets_that_name_each_other_end(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    (folder / "a.css").write_text('@import "b.css";\np { color: red }\n', "utf-8")
    (folder / "b.css").write_text('@import "a.css";\np { margin: 0 }\n', "utf-8")
    text = layout_text("a", Workspace.of(tmp_path / "campaign.yaml"))
    assert text.count("color: red") == text.count("margin: 0") == 1


def test_a_stylesheet_that_builds_on_none_there_is_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    (folder / "mine.css").write_text('@import "leter.css";\n', "utf-8")
    with pytest.raises(AdvocacyError) as caught:
        layout_text("mine", Workspace.of(tmp_path / "campaign.yaml"))
    assert "layouts/leter.css" in caught.value.problems[0].message
