"""Address labels and envelopes, measured by coordinates."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.documents.print_shop.labels import About, Label, PrintedLabels, print_labels
from advocacy.documents.print_shop.stationery import (
    ENVELOPES,
    SHEETS,
    Area,
    PaperEnvelope,
    PaperSheet,
)
from advocacy.files.workspace import Workspace

from ..examples import costly

POINT = 25.4 / 72
ABOUT = About(
    "Keep the park open",
    "en-US",
    date(2026, 3, 2),
    "America/Chicago",
    ("Example Park Friends", "1 Example Street", "Springfield, IL 62701"),
)
FOUR = ("The Honorable Jane Doe", "Parks Department", "2 Main Street", "Springfield, IL 62701")


def printed(
    labels: list[Label], form: PaperSheet | PaperEnvelope, skip: int = 0
) -> tuple[bytes, PrintedLabels]:
    out = io.BytesIO()
    result = print_labels(labels, form, ABOUT, Workspace.of(Path("campaign.yaml")), out, skip=skip)
    return out.getvalue(), result


def label(*lines: str) -> Label:
    return Label(lines, lines[0])


def found_on(data: bytes, page: int = 0) -> list[tuple[str, Area]]:
    """The lines on a page and where they are, in millimetres from the top left corner."""
    document = pypdfium2.PdfDocument(data)
    try:
        height = document[page].get_height()
        text = document[page].get_textpage()
        found = []
        for i in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(i)
            box = Area(
                left * POINT, (height - top) * POINT, (right - left) * POINT, (top - bottom) * POINT
            )
            found.append((text.get_text_bounded(left, bottom, right, top), box))
        return found
    finally:
        document.close()


def within(inner: Area, outer: Area, free: float = 0.0) -> bool:
    return (
        inner.left >= outer.left + free
        and inner.top >= outer.top + free
        and inner.left + inner.width <= outer.left + outer.width - free
        and inner.top + inner.height <= outer.top + outer.height - free
    )


SHEET = pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
ENVELOPE = pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=list(ENVELOPES))


# --- the stationery ----------------------------------------------------------------------------


@SHEET
def test_labels_lie_on_the_sheet_in_its_middle_and_apart(sheet: PaperSheet) -> None:
    width, height = sheet.paper
    first, last = sheet.label(0), sheet.label(sheet.size - 1)
    assert last.left + last.width + first.left == pytest.approx(width, abs=0.2)
    assert last.top + last.height + first.top == pytest.approx(height, abs=0.2)
    assert sheet.across >= first.width
    assert sheet.down >= first.height


def test_the_sheets_are_those_that_people_buy() -> None:
    avery = SHEETS["avery-5160"]
    assert (avery.paper, avery.columns, avery.rows) == ((215.9, 279.4), 3, 10)
    assert (avery.first.width, avery.first.height) == pytest.approx((66.675, 25.4))
    other = SHEETS["avery-l7160"]
    assert (other.paper, other.columns, other.rows) == ((210, 297), 3, 7)
    assert (other.first.width, other.first.height) == (63.5, 38.1)


# --- labels ------------------------------------------------------------------------------------


@SHEET
def test_each_address_lies_on_its_own_label(sheet: PaperSheet) -> None:
    labels = [label(f"QQ{i:02} Jane Doe", *FOUR[1:]) for i in range(sheet.size + 2)]
    data, result = printed(labels, sheet)
    assert (result.labels, result.pages, result.problems) == (sheet.size + 2, 2, [])
    for page, count in ((0, sheet.size), (1, 2)):
        lines = found_on(data, page)
        assert len(lines) == 4 * count
        for i in range(count):
            area = sheet.label(i)
            mine = [text for text, box in lines if within(box, area, 1.0)]
            assert len(mine) == 4
            assert mine[0].startswith(f"QQ{page * sheet.size + i:02}")


@SHEET
def test_a_sheet_that_was_begun_is_gone_on_with(sheet: PaperSheet) -> None:
    data, result = printed([label(*FOUR)] * sheet.size, sheet, skip=4)
    assert result.pages == 2
    lines = found_on(data, 0)
    for i in range(sheet.size):
        there = any(within(box, sheet.label(i)) for _, box in lines)
        assert there == (i >= 4)
    assert len(found_on(data, 1)) == 4 * 4


@SHEET
def test_paper_has_the_size_of_the_sheet(sheet: PaperSheet) -> None:
    with pikepdf.open(io.BytesIO(printed([label(*FOUR)], sheet)[0])) as file:
        size = [float(n) * POINT for n in file.pages[0].mediabox[2:]]
    assert size == pytest.approx(sheet.paper, abs=0.1)


@SHEET
def test_six_lines_and_long_lines_fit(sheet: PaperSheet) -> None:
    six = (
        "Wilhelmina von Hohenstaufen-Wittelsbach",
        "Ranking Member",
        "Committee on Transport",
        "2164 Rayburn House Office Building",
        "Springfield, IL 62701-0001",
        "UNITED STATES",
    )
    data, result = printed([label(*six)], sheet)
    assert not result.problems
    lines = found_on(data)
    assert len(lines) == 6
    assert all(within(box, sheet.label(0), 1.0) for _, box in lines)


@SHEET
def test_an_address_that_does_not_fit_is_left_out_and_told_and_leaves_no_gap(
    sheet: PaperSheet,
) -> None:
    long = Label(tuple(f"Line {i} of too many" for i in range(14)), "Ann Long")
    labels = [label("QQ0", *FOUR[1:]), long, label("QQ1", *FOUR[1:])]
    data, result = printed(labels, sheet)
    assert result.labels == 2
    (problem,) = result.problems
    assert problem.code == "address-too-long"
    assert "Ann Long" in problem.message
    assert sheet.name in problem.message
    lines = found_on(data)
    for i in range(2):
        assert any(text == f"QQ{i}" and within(box, sheet.label(i)) for text, box in lines)


def test_a_character_without_a_font_is_told_and_the_others_are_printed() -> None:
    labels = [label("ངག་དབང", "1 Main Street"), label(*FOUR)]
    _, result = printed(labels, SHEETS["avery-5160"])
    assert result.labels == 1
    assert [problem.code for problem in result.problems] == ["unprintable-character"]


printable = st.text("abc XYZ-.ñéŁΩЯ山田子&<*>\"'", min_size=1, max_size=60).map(
    lambda text: " ".join(text.split()) or "x"
)


@costly(4)
@given(st.lists(st.lists(printable, min_size=1, max_size=9), min_size=1, max_size=8))
@pytest.mark.slow
def test_whatever_the_addresses_none_leaves_its_label(addresses: list[list[str]]) -> None:
    sheet = SHEETS["avery-5160"]
    data, result = printed([label(*lines) for lines in addresses], sheet)
    assert result.labels + len(result.problems) == len(addresses)
    if result.labels:
        areas = [sheet.label(i) for i in range(result.labels)]
        assert all(any(within(box, area) for area in areas) for _, box in found_on(data))


@pytest.mark.slow
def test_hundreds_of_labels_store_each_font_once() -> None:
    data, result = printed(
        [label(f"Jane Doe {i}", *FOUR[1:]) for i in range(700)], SHEETS["avery-5160"]
    )
    assert (result.labels, result.pages) == (700, 24)
    with pikepdf.open(io.BytesIO(data)) as file:
        fonts = [
            o
            for o in file.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Subtype") == "/Type0"
        ]
    assert len(fonts) == 1


def test_the_same_addresses_give_the_same_bytes() -> None:
    one, other = (printed([label(*FOUR)] * 3, SHEETS["avery-l7160"])[0] for _ in range(2))
    assert one == other


# --- envelopes ---------------------------------------------------------------------------------


@ENVELOPE
def test_an_envelope_has_the_address_and_the_sender_in_their_places(
    envelope: PaperEnvelope,
) -> None:
    data, result = printed([label(*FOUR), label("QQ", *FOUR[1:])], envelope)
    assert result.pages == 2
    for page in (0, 1):
        lines = found_on(data, page)
        senders, addresses = lines[:3], lines[3:]
        assert [text for text, _ in senders] == list(ABOUT.sender)
        assert all(within(box, envelope.sender) for _, box in senders)
        assert len(addresses) == 4
        assert all(within(box, envelope.address) for _, box in addresses)


@ENVELOPE
def test_nine_lines_fit_on_an_envelope_and_twenty_do_not(envelope: PaperEnvelope) -> None:
    lines = tuple(f"{i} Department of Long Names and Titles" for i in range(20))
    data, result = printed([Label(lines, "Ann Long"), Label(lines[:9], "Bob")], envelope)
    assert [problem.code for problem in result.problems] == ["address-too-long"]
    assert result.labels == 1
    mine = [box for text, box in found_on(data) if "Department" in text]
    assert len(mine) == 9
    assert all(within(box, envelope.address) for box in mine)


def test_what_post_offices_read_stays_free() -> None:
    ten = ENVELOPES["10"]
    bottom = ten.paper[1] - (ten.address.top + ten.address.height)
    assert bottom >= 0.625 * 25.4  # USPS: the zone of the bar code
    for name in ("dl", "c5"):
        envelope = ENVELOPES[name]
        area = envelope.address
        assert area.top >= 40
        assert envelope.paper[1] - area.top - area.height >= 15
        assert envelope.paper[0] - area.left - area.width >= 15


def test_an_envelope_without_a_sender_is_printed() -> None:
    out = io.BytesIO()
    about = replace(ABOUT, sender=())
    workspace = Workspace.of(Path("campaign.yaml"))
    result = print_labels([label(*FOUR)], ENVELOPES["10"], about, workspace, out)
    assert result.pages == 1


# --- the command -------------------------------------------------------------------------------

PEOPLE = """\
id,name,address,city,region,postal_code,country,email
ann,Ann Ash,1 Main Street,Springfield,IL,62703,US,ann@people.example
cyd,Cyd Cox,3 Main Street,Boston,MA,02139,US,
non,No Address,,,,,,no@people.example
dee,Dee Day,4 High Street,Leeds,,LS1 1AA,GB,
"""


@pytest.fixture
def people(small_campaign: Path) -> Path:
    path = small_campaign.with_name("people.csv")
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def names_on(path: Path) -> list[str]:
    return [text for text, _ in found_on(path.read_bytes())]


def test_labels_come_in_the_order_of_the_merged_letters(
    run_cli, small_campaign: Path, people: Path, tmp_path: Path
) -> None:
    done = run_cli(
        "labels", small_campaign, "--sheet", "avery-5160", "--recipients", people, "--output", "out"
    )
    lines = names_on(tmp_path / "out/parks/labels-avery-5160.pdf")
    assert lines.index("Dee Day") < lines.index("Cyd Cox") < lines.index("Ann Ash")
    assert "UNITED KINGDOM" in lines
    assert "labels-avery-5160.pdf" in done.stdout


def test_who_has_no_address_gets_no_label_and_is_told(
    run_cli, small_campaign: Path, people: Path, edit
) -> None:
    edit(people, "No Address,,", "No Address,,")
    people.write_text(
        PEOPLE.replace("name,", "name,organization,", 1)
        .replace("Ann Ash,", "Ann Ash,Ash & Co,")
        .replace("Cyd Cox,", "Cyd Cox,Cox,")
        .replace("No Address,", "No Address,Elsewhere,")
        .replace("Dee Day,", "Dee Day,Day,"),
        encoding="utf-8",
    )
    done = run_cli("labels", small_campaign, "--sheet", "avery-5160", "--recipients", people)
    assert "3 addresses on 1 page" in done.stdout
    assert "missing-address" in done.stderr


def test_envelopes_are_printed_for_the_campaigns_own_addressees(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    done = run_cli("labels", small_campaign, "--envelope", "10")
    assert done.returncode == 0, done.stderr
    lines = names_on(tmp_path / "output/parks/envelopes-10.pdf")
    assert "Jane Doe" in lines
    assert "Example Park Friends" in lines


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "either --sheet or --envelope"),
        (["--sheet", "avery-5160", "--envelope", "10"], "either --sheet or --envelope"),
        (["--envelope", "10", "--start", "2"], "--start"),
        (["--sheet", "avery-l7160", "--start", "22"], "--start"),
    ],
)
def test_wrong_usage_is_told(run_cli, small_campaign: Path, options: list[str], told: str) -> None:
    done = run_cli("labels", small_campaign, *options)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
