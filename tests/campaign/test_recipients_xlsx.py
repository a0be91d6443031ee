"""What an organizer may rely on in lists that come as Excel workbooks."""

import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_list
from advocacy.errors import Level, Problem

from ..examples import costly

DAY = date(2026, 6, 22)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/>'
    '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="164"/></cellXfs></styleSheet>'
).replace(
    "<fonts", '<numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><fonts'
)


class Error(str):
    """A formula's error, such as #N/A."""

    __slots__ = ()


class Formula(str):
    """A formula that was written by a program that works none out."""

    __slots__ = ()


class PostalCode(int):
    """A number in a cell whose format is `00000`."""

    __slots__ = ()


def cell(ref: str, value: object) -> str:
    if isinstance(value, PostalCode):
        return f'<c r="{ref}" s="2"><v>{int(value)}</v></c>'
    if isinstance(value, Error):
        return f'<c r="{ref}" t="e"><f>x</f><v>{value}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{ref}"><f>{escape(value)}</f><v></v></c>'
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{ref}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{ref}"><v>{value}</v></c>'
    return (
        f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'
    )


def workbook(
    path: Path,
    *sheets: list[list[object]],
    hidden_sheets: tuple[int, ...] = (),
    hidden_rows: tuple[int, ...] = (),
    merged: tuple[str, ...] = (),
) -> Path:
    """A workbook as Excel writes it, in its fewest parts; sheets count from 0, rows from 1."""
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
            f'<sheet name="{name}" sheetId="{i + 1}" r:id="r{i}"'
            + (' state="hidden"' if i in hidden_sheets else "")
            + "/>"
            for i, name in enumerate(names)
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
                f'<row r="{r}" hidden="{int(r in hidden_rows)}">'
                + "".join(cell(f"{chr(65 + c)}{r}", v) for c, v in enumerate(row) if v is not None)
                + "</row>"
                for r, row in enumerate(rows, start=1)
                if row
            )
            cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
            merges = f"<mergeCells>{cells}</mergeCells>" if merged else ""
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{merges}</worksheet>'
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
            [1001, "Zoë Weiß", "02139", "1 Main Street\nRoom 5", date(2026, 3, 1), 7],
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


# --- what people see on the sheet -----------------------------------------------------------------


def test_a_value_in_a_column_of_ones_own_is_the_text_that_a_csv_would_have(tmp_path: Path) -> None:
    row: list[object] = ["Jane Doe", True, 12.5, 0.1 + 0.2, date(2026, 3, 1), 3]
    rows: list[list[object]] = [["name", "opted_in", "donation", "km", "joined", "ward"], row]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert problems == []
    assert people[0].other == {
        "opted_in": "TRUE",
        "donation": "12.5",
        "km": "0.3",
        "joined": "2026-03-01",
        "ward": "3",
    }


def test_a_postal_code_whose_format_shows_its_zeros_is_what_it_shows(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name", "Zip"], ["Jane Doe", PostalCode(2139)]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert (problems, people[0].postal_code) == ([], "02139")


def test_an_error_in_a_column_of_ones_own_costs_no_letter(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name", "ward"], ["Jane Doe", Error("#N/A")]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert [p.other for p in people] == [{}]
    assert [(p.code, p.level) for p in problems] == [("formula-error", Level.WARNING)]


def test_a_formula_without_its_value_is_told_and_never_taken_for_an_empty_cell(
    tmp_path: Path,
) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [
            ["name", "email", "note"],
            ["Ann Roe", Formula('HYPERLINK("mailto:a@people.example")'), None],
            ["Bob Roe", "b@people.example", Formula("1+1")],
            [None, None, Formula('IF(A5="","","x")')],
        ],
    )
    people, problems = read(path)
    assert [p.name for p in people] == ["Bob Roe"]
    assert [(p.code, p.level, p.place and p.place.line) for p in problems] == [
        ("formula-error", Level.ERROR, 2),
        ("formula-error", Level.WARNING, 3),
    ]
    assert "not stored" in problems[0].message


def test_rows_that_a_filter_hides_get_no_letter_and_are_counted(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name"], ["Ann Roe"], ["Bob Roe"], ["Cy Roe"], ["Di Roe"]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows, hidden_rows=(3, 5)))
    assert [p.name for p in people] == ["Ann Roe", "Cy Roe"]
    [problem] = problems
    assert (problem.code, problem.level) == ("hidden-rows", Level.WARNING)
    assert "2 rows are hidden, the first of them row 3" in problem.message


def test_of_sheets_the_first_that_is_to_be_seen_is_read(tmp_path: Path) -> None:
    old: list[list[object]] = [["name"], ["Old Roe"]]
    new: list[list[object]] = [["name"], ["New Roe"]]
    people, problems = read(workbook(tmp_path / "list.xlsx", old, [], new, hidden_sheets=(0,)))
    assert [p.name for p in people] == ["New Roe"]
    assert "“Sheet 3” is read. Other sheets: “Sheet 1” (hidden)." in problems[0].message


def test_a_value_merged_over_several_rows_is_each_ones(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["name", "organization", "city"],
        ["Ann Roe", "City Council", "Springfield"],
        ["Bob Roe", None, None],
        ["Cy Roe", "Ponds", "Shelbyville"],
    ]
    path = workbook(tmp_path / "list.xlsx", rows, merged=("B2:B3", "C2:C3", "A5:A1048576"))
    people, problems = read(path)
    assert problems == []
    assert [(p.organization, p.city) for p in people[:2]] == [("City Council", "Springfield")] * 2
    assert (people[2].organization, people[2].city) == ("Ponds", "Shelbyville")


def test_a_header_below_a_title_is_found_and_that_is_said(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Members list 2024"], [], ["name", "email"], ["Ann Roe", "ann@people.example"],
    ]  # fmt: skip
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert [p.email for p in people] == ["ann@people.example"]
    [note] = problems
    assert (note.code, note.level) == ("title-rows", Level.NOTE)
    assert "Row 3 is the header" in note.message


def test_a_day_of_a_workbook_that_counts_from_1904_is_that_day(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["name", "verified"], ["Jane Doe", date(2026, 3, 1)]])
    marks = '<workbookPr date1904="1"/><sheets>'
    rewritten(path, "xl/workbook.xml", "<sheets>", marks)
    rewritten(path, "xl/workbook.xml", "</sheets>", "</sheets><extLst><workbookPr/></extLst>")
    people, problems = read(path)
    assert (problems, people[0].verified) == ([], date(2030, 3, 2))


# --- what strangers may send ----------------------------------------------------------------------


def rewritten(path: Path, part: str, old: str, new: str) -> Path:
    """A workbook with other text in a part."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data.replace(old.encode(), new.encode()) if name == part else data)
    return path


SHEET = "xl/worksheets/s0.xml"
ROWS: list[list[object]] = [["name"], ["Jane Doe"]]


@pytest.mark.parametrize("place", ["XFD1048576", "CV1000000"])
def test_two_cells_far_apart_are_two_cells(tmp_path: Path, place: str) -> None:
    number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{number}"><c r="{place}"><v>1</v></c></row></sheetData>'
    path = rewritten(workbook(tmp_path / "list.xlsx", ROWS), SHEET, "</sheetData>", far)
    people, problems = read(path)
    assert [p.name for p in people] == ["Jane Doe"]
    assert [(p.code, p.place and p.place.line) for p in problems] == [
        ("cell-without-column", int(number))
    ]


@pytest.mark.parametrize("days", ["1e18", "-1", "2958466", "1e308"])
def test_a_day_beyond_the_calendar_is_a_number(tmp_path: Path, days: str) -> None:
    path = workbook(tmp_path / "list.xlsx", [["name", "joined"], ["Jane Doe", date(2026, 3, 1)]])
    rewritten(path, SHEET, str((date(2026, 3, 1) - date(1899, 12, 30)).days), days)
    people, problems = read(path)
    assert problems == []
    assert float(people[0].other["joined"]) == float(days)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<sheetData>", "<sheetData"),
        ("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        ("<sheetData>", "<sheetData>" + "<a>" * 200),
        ("<sheetData>", "<sheetData>" + "".join(f"<a{i}/>" for i in range(20_000))),
        ("<sheetData>", "<sheetData " + "".join(f'a{i}="" ' for i in range(20_000)) + ">"),
        ("<sheetData>", '<sheetData a="' + "x" * 1_200_000 + '">'),
        ('r="A1"', 'r="A"'),
        ('r="A1"', 'r="XFE1"'),
        ('<row r="1" ', '<row r="99999999">'),
        ('t="inlineStr"', 't="s"'),
        ("<v>", "<v>x"),
    ],
)
def test_a_sheet_that_no_program_wrote_is_told(tmp_path: Path, old: str, new: str) -> None:
    path = workbook(tmp_path / "list.xlsx", [["name"], ["Jane Doe"], [5]])
    if new == 't="s"':
        rewritten(path, SHEET, "<is><t", "<v")
        rewritten(path, SHEET, "</t></is>", "</v>")
    people, problems = read(rewritten(path, SHEET, old, new))
    assert people == []
    assert [p.code for p in problems] == ["not-xlsx"]


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy.files.workbook.workbook.LARGEST", 3_000_000)
    path = workbook(tmp_path / "list.xlsx", ROWS)
    people, problems = read(
        rewritten(path, SHEET, "</sheetData>", " " * 4_000_000 + "</sheetData>")
    )
    assert people == []
    assert [p.code for p in problems] == ["file-too-large"]


def test_a_row_of_more_text_than_a_letter_has_is_told_and_not_kept(tmp_path: Path) -> None:
    rows: list[list[object]] = [["name", "a", "b"], ["Jane", "x" * 60_000, "y" * 60_000], ["Ann"]]
    people, problems = read(workbook(tmp_path / "list.xlsx", rows))
    assert [p.name for p in people] == ["Ann"]
    assert [p.code for p in problems] == ["row-too-long"]


PIECES = (
    '"', "<", ">", "&", "&#0;", "-1", "1e999", "nan", ' t="s"', ' t="e"', ' t="d"', "<c>", "</c>",
    "<row>", "</row>", "<v>", "</v>", "\x00", "A99999999", "<!DOCTYPE a>", "xl/", "../",
)  # fmt: skip


@settings(costly(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_workbook_is_people_or_problems(
    tmp_path: Path, data: st.DataObject
) -> None:
    rows: list[list[object]] = [["name", "Zip", "on"], ["Ann", PostalCode(2139), DAY], ["Bob", 5]]
    path = workbook(tmp_path / "list.xlsx", rows, merged=("A2:A3",), hidden_rows=(3,))
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(parts)))
        at = data.draw(st.integers(0, len(parts[name])))
        gone = data.draw(st.integers(0, 20))
        piece = data.draw(st.sampled_from(PIECES))
        parts[name] = parts[name][:at] + piece + parts[name][at + gone :]
    with zipfile.ZipFile(path, "w") as out:
        for name, text in parts.items():
            out.writestr(name, text)
    people, problems = read(path)
    assert people or problems
