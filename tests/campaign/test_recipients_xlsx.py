"""What an organizer may rely on in lists that come as Excel workbooks."""

import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_list
from advocacy.errors import Level, Problem

DAY = date(2026, 6, 22)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


class Error(str):
    """A formula's error, such as #N/A."""

    __slots__ = ()


def cell(ref: str, value: object) -> str:
    if isinstance(value, Error):
        return f'<c r="{ref}" t="e"><f>x</f><v>{value}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{ref}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{ref}"><v>{value}</v></c>'
    return (
        f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'
    )


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    """A workbook as Excel writes it, in its fewest parts."""
    names = [f"Sheet {i + 1}" for i in range(len(sheets))]
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/s{i}.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for i in range(len(sheets))
    )
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="'
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            f'"/>{kinds}</Types>',
        )
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type='
            f'"{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        tags = "".join(
            f'<sheet name="{name}" sheetId="{i + 1}" r:id="r{i}"/>' for i, name in enumerate(names)
        )
        out.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{tags}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(len(sheets))
        )
        links += f'<Relationship Id="st" Type="{OFFICE}/styles" Target="styles.xml"/>'
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        )
        out.writestr("xl/styles.xml", STYLES)
        for i, rows in enumerate(sheets):
            lines = "".join(
                f'<row r="{r}">'
                + "".join(cell(f"{chr(65 + c)}{r}", v) for c, v in enumerate(row) if v is not None)
                + "</row>"
                for r, row in enumerate(rows, start=1)
                if row
            )
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
            out.writestr(f"xl/worksheets/s{i}.xml", sheet)
    return path


def read(path: Path) -> tuple[list[Recipient], list[Problem]]:
    problems: list[Problem] = []
    return list(read_list(path, DAY, problems.append)), problems


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [
            ["id", "Name", "Postal Code", "address", "verified", "district"],
            [1001, "Weiß, Zoë", "02139", "1 Main Street\nRoom 5", date(2026, 3, 1), 7],
            [],
            ["a2", "Ann Roe", None, None, None, "At large"],
        ],
    )
    people, problems = read(path)
    assert problems == []
    assert [p.id for p in people] == ["1001", "a2"]
    assert people[0].postal_code == "02139"
    assert people[0].address == ("1 Main Street", "Room 5")
    assert people[0].verified == date(2026, 3, 1)
    assert people[0].other == {"district": "7"}
    place = people[1].place()
    assert place is not None
    assert place.line == 4


def test_a_number_in_a_postal_code_is_told_and_never_guessed(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name", "postal_code"], ["Jane Doe", 2139], ["Ann Roe", "02139"]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert [p.name for p in people] == ["Ann Roe"]
    [problem] = problems
    assert (problem.code, problem.place and problem.place.line) == ("number-in-text", 2)
    assert "B2" in problem.message
    assert "`02139`" in problem.hint


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("title", 5, "not-text"),
        ("name", 5.5, "not-text"),
        ("title", True, "not-text"),
        ("city", date(2026, 1, 1), "not-text"),
        ("ward", 1.25, "not-text"),
        ("verified", 46000, "not-text"),
        ("title", Error("#N/A"), "formula-error"),
    ],
)
def test_a_cell_that_is_no_text_is_told_by_its_name(
    tmp_path: Path, column: str, value: object, code: str
) -> None:
    rows: list[list[object]] = [["organization", column], ["Parks", value], ["Ponds", "x"]]
    if column == "verified":
        rows[2][1] = "2026-01-01"
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert [p.organization for p in people] == ["Ponds"]
    assert [p.code for p in problems] == [code]
    assert "B2" in problems[0].message


def test_of_several_sheets_the_first_is_read_and_that_is_said(tmp_path: Path) -> None:
    people, problems = read(
        workbook(tmp_path / "list.xlsx", [["name"], ["Jane Doe"]], [["name"], ["Ann Roe"]])
    )
    assert [p.name for p in people] == ["Jane Doe"]
    assert [(p.code, p.level) for p in problems] == [("several-sheets", Level.NOTE)]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "empty-file"),
        ([["name"]], "empty-list"),
        ([["foo"], ["x"]], "no-name-column"),
        ([["name", "name"], ["x", "y"]], "duplicate-column"),
        ([["name", None, "email"], ["x", "y"]], "cell-without-column"),
    ],
)
def test_a_workbook_without_a_list_says_what_is_wrong(
    tmp_path: Path, rows: list[list[object]], code: str
) -> None:
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert people == []
    assert code in [p.code for p in problems]


@pytest.mark.parametrize("data", [b"", b"name\nJane\n", b"PK\x03\x04garbage"])
def test_what_is_no_workbook_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(data)
    people, problems = read(path)
    assert people == []
    assert [p.code for p in problems] == ["not-xlsx"]


def test_a_zip_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a.txt", "hello")
    assert [p.code for p in read(path)[1]] == ["not-xlsx"]


def test_a_table_may_stand_anywhere_on_the_sheet(tmp_path: Path) -> None:
    blank: list[object] = []
    rows = [blank, blank, [None, None, "name", "city"], [None, None, "Jane Doe", 5]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert people == []
    assert [p.code for p in problems] == ["not-text"]
    assert "D4" in problems[0].message
    assert problems[0].place is not None
    assert problems[0].place.line == 4
