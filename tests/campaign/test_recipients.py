"""What an organizer may rely on in lists: CSV, JSON Lines, and what every list has in common."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.addressing import People, recipients_of
from advocacy.campaign.field_types import RESERVED_DOMAINS, plain_email
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import Seen, read_list
from advocacy.campaign.recipients.table import recipient_of
from advocacy.errors import AdvocacyError, Level, Place, Problem, ignore
from advocacy.files.yaml.reading import YamlMap, parse

DAY = date(2026, 6, 22)


@pytest.fixture
def read(tmp_path: Path):
    """`read(text)`: the people and the problems of a list; bytes as they are."""

    def run(text: str | bytes, name: str = "list.csv", **columns: str):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        problems: list[Problem] = []
        people = list(read_list(path, DAY, problems.append, columns=columns))
        return people, problems

    return run


def told(problems: list[Problem]) -> list[tuple[str, int | None]]:
    return [(p.code, p.place.line if p.place else None) for p in problems]


# --- what a list says ---------------------------------------------------------------------------


def test_every_value_of_a_csv_is_text_as_it_was_typed(read) -> None:
    people, problems = read(
        "id,name,postal_code,city,country,ward,score\n"
        "a,Jane Doe,02139,Cambridge,US,007,1.10\n"
        "b,Ann Roe,SW1A 2AA,London,GB,no,1e5\n"
    )
    assert problems == []
    assert [p.postal_code for p in people] == ["02139", "SW1A 2AA"]
    assert [p.other for p in people] == [
        {"ward": "007", "score": "1.10"},
        {"ward": "no", "score": "1e5"},
    ]
    place = people[1].place("name")
    assert place is not None
    assert place.line == 3


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_csv_may_have_any_delimiter_line_end_and_a_byte_order_mark(
    read, mark: str, end: str, bom: bytes
) -> None:
    rows = [["name", "email", "city"], ["Zoë Weiß", "zoe@mueller.example", "Köln, Altstadt"]]
    text = end.join(mark.join(f'"{cell}"' for cell in row) for row in rows) + end
    people, problems = read(bom + text.encode())
    assert problems == []
    assert people[0].name == "Zoë Weiß"
    assert people[0].email == "zoe@mueller.example"
    assert people[0].city == "Köln, Altstadt"


def test_the_line_by_which_excel_is_told_of_a_delimiter_is_passed_over(read) -> None:
    people, problems = read("sep=;\nname;city\nJane Doe;Springfield, IL\n")
    assert problems == []
    assert people[0].city == "Springfield, IL"


def test_a_name_with_a_comma_is_one_name(read) -> None:
    people, problems = read('name,email\n"Smith, John",john@parks.example\n')
    assert [problem.code for problem in problems] == ["comma-in-name"]
    assert people[0].name == "Smith, John"


def test_an_address_may_be_one_text_or_columns_of_lines_and_has_no_gaps(read) -> None:
    people, problems = read(
        "name,address,address_1,Address Line 2,address3\n"
        'Jane Doe,"1 Main Street\n\nRoom 5\n",,,\n'
        "Ann Roe,,2 Main Street,,Back door\n"
    )
    assert problems == []
    assert people[0].address == ("1 Main Street", "Room 5")
    assert people[1].address == ("2 Main Street", "Back door")


def test_foreign_headers_are_named_in_the_campaign(read) -> None:
    people, problems = read(
        "Vorname;Nachname;PLZ;Ort;Wahlkreis\nZoë;Weiß;04109;Leipzig;152\n",
        Vorname="given_name",
        Nachname="family_name",
        PLZ="postal_code",
        Ort="city",
    )
    assert problems == []
    assert people[0].full_name == "Zoë Weiß"
    assert people[0].postal_code == "04109"
    assert people[0].other == {"wahlkreis": "152"}


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("emial", "email"),
        ("adress", "address"),
        ("Postal Greeting", "greeting"),
    ],
)
def test_a_header_that_is_nearly_known_is_told_with_what_to_type(
    read, header: str, meant: str
) -> None:
    _, problems = read(f"name,{header}\nJane Doe,x\n")
    [problem] = problems
    assert (problem.code, problem.level) == ("near-column", Level.WARNING)
    assert f"`columns: {{{header}: {meant}}}`" in problem.hint


def test_a_column_of_ones_own_is_no_near_miss(read) -> None:
    people, problems = read("name,chamber,district,state,party\nJane Doe,house,4,OH,X\n")
    assert problems == []
    assert people[0].other["chamber"] == "house"


@pytest.mark.parametrize("header", ["Active", "County", "Count", "Aid", "Nature", "Number", "Team"])
def test_an_ordinary_word_is_no_misspelled_column(read, header: str) -> None:
    _, problems = read(f"name,{header}\nJane Doe,x\n")
    assert problems == []


def test_a_header_that_only_looks_misspelled_may_keep_its_name(read) -> None:
    people, problems = read("name,emial\nJane Doe,x\n", emial="emial")
    assert (problems, people[0].other) == ([], {"emial": "x"})


def test_a_header_that_the_campaign_names_and_the_list_lacks_is_told(read) -> None:
    _, problems = read("name,Vornahme\nJane Doe,x\n", Vorname="given_name")
    assert [p.code for p in problems] == ["column-missing"]
    assert "`Vornahme`" in problems[0].hint


# --- what is wrong with a list ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty-file", None),
        ("\n\n", "empty-file", None),
        ("name,email\n", "empty-list", 1),
        ("name,Name\nA,B\n", "duplicate-column", 1),
        ("name,postal code,postal_code\nA,B,C\n", "duplicate-column", 1),
        ("foo,bar\nA,B\n", "no-name-column", 1),
        ('"name,email\nA,B\n', "broken-row", 1),
        (b"PK\x03\x04rest", "not-csv", None),
        ("name,email\nA,a@b.example\n".encode("utf-32"), "not-utf8", None),
        ("name,zo\xeb\nA,B\n".encode("latin-1"), "not-utf8", 1),
        (",".join(["name", *(f"c{i}" for i in range(600))]) + "\n", "too-many-columns", 1),
    ],
)
def test_a_list_that_cannot_be_read_says_why(read, text, code: str, line: int | None) -> None:
    people, problems = read(text)
    assert people == []
    assert (code, line) in told(problems)
    assert all(p.hint for p in problems)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for name, code in (("none.csv", "file-missing"), ("folder.csv", "is-a-folder")):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        problems: list[Problem] = []
        assert list(read_list(tmp_path / name, DAY, problems.append)) == []
        assert [problem.code for problem in problems] == [code]


def test_a_list_of_another_kind_is_refused_with_what_to_save_it_as(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert list(read_list(tmp_path / "list.docx", DAY, problems.append)) == []
    [problem] = problems
    assert problem.code == "unknown-list"
    assert "CSV" in problem.hint


BROKEN = [
    ("x2,Too Few", "wrong-cell-count"),
    ("x3,Too Many,a@parks.example,US,more", "wrong-cell-count"),
    ('x4,"Not "closed"",a@parks.example,US', "broken-row"),
    ('x5,"Never closed,a@parks.example,US', "broken-row"),
    ("x6,,a6@parks.example,US", "no-name"),
    ("x7,Bad Country,a7@parks.example,Narnia", "bad-country"),
    (f"{'x' * 251},Bad Id,a8@parks.example,US", "bad-id"),
    ("x9,Bad \x07 Bell,a9@parks.example,US", "bad-character"),
    ("x10,Right \u202eto left,a10@parks.example,US", "bad-character"),
    ('x11,"Two\nlines",a11@parks.example,US', "not-one-line"),
]


def test_one_broken_row_never_stops_the_others_and_names_its_line(read) -> None:
    good = [f"g{i},Good Person {i},g{i}@parks.example,US" for i in range(len(BROKEN) + 1)]
    lines = ["id,name,email,country", good[0]]
    wanted = []
    for (row, code), next_good in zip(BROKEN, good[1:], strict=True):
        wanted.append((code, sum(line.count("\n") + 1 for line in lines) + 1))
        lines += [row, next_good]
    people, problems = read("\n".join(lines) + "\n")
    assert [p.id for p in people] == [row.split(",")[0] for row in good]
    found = told(problems)
    for code, line in wanted:
        assert (code, line) in found, (code, line)
    assert {p.level for p in problems} == {Level.ERROR}


def test_what_nobody_sees_in_a_row_is_taken_out(read) -> None:
    people, problems = read(
        "id,name,email,address,ward\n"
        "a\u200b,J\U000e0041a\u2063ne \u200bDo\u00ade\u0600,\ufeffjane@x.example,"
        "1 Main\u2060 St,\u200b7\n"
        "b,Bob Roe,bob@x.example,\u200b,\u2063\n"
        "c,\u3164,c@x.example,,\n"
    )
    assert told(problems) == [("no-name", 4)]
    jane, bob = people
    assert (jane.id, jane.name, jane.email) == ("a", "Jane Doe", "jane@x.example")
    assert (jane.address, jane.other) == (("1 Main St",), {"ward": "7"})
    assert (bob.address, bob.other) == ((), {})


def test_a_quotation_mark_too_many_swallows_no_later_row(read) -> None:
    rows = "".join(f"p{i},Person {i}\n" for i in range(200))
    people, problems = read(f'id,name\nx,"Open\n{rows}y,"Also open\n{rows.replace("p", "q", 400)}')
    assert len(people) == 400
    assert told(problems) == [("broken-row", 2), ("broken-row", 203)]


@pytest.mark.parametrize("blank", ["", ",", ",,", " , ,", '"","",""', ",,,,,,"])
def test_blank_rows_are_passed_over(read, blank: str) -> None:
    people, problems = read(f"name,email,city\n{blank}\nAnn Roe,,\n{blank}\n{blank}\n")
    assert problems == []
    assert [p.name for p in people] == ["Ann Roe"]


def test_a_header_below_a_title_is_found_and_that_is_said(read) -> None:
    people, problems = read("Members list 2024,,\n\n,as of March,\nName,E-mail,City\nAnn Roe,,\n")
    assert [p.name for p in people] == ["Ann Roe"]
    assert told(problems) == [("title-rows", 4)]
    assert people[0].place() == Place(problems[0].place.path, 5)


def test_where_no_row_is_a_header_the_first_is_taken_for_it(read) -> None:
    people, problems = read("foo,bar\na,b\nc,d\n")
    assert people == []
    assert told(problems) == [("no-name-column", 1)]


def test_a_list_of_hundreds_of_thousands_of_columns_is_told_at_once(read) -> None:
    people, problems = read("name," + ",".join(["a"] * 300_000) + "\nJane\n")
    assert people == []
    assert told(problems) == [("too-many-columns", 1)]


def test_a_name_of_a_hundred_thousand_letters_costs_its_own_row_alone(read) -> None:
    people, problems = read(f"name,address\n{'x' * 99_000},\nAnn Roe,{'y' * 2_000}\nCy Roe,\n")
    assert [p.name for p in people] == ["Cy Roe"]
    assert told(problems) == [("value-too-long", 2), ("value-too-long", 3)]


def test_bytes_that_are_not_utf8_cost_only_their_own_row(read) -> None:
    people, problems = read(b"name\nJane Doe\nZo\xeb Weiss\nAnn Roe\n")
    assert [p.name for p in people] == ["Jane Doe", "Ann Roe"]
    assert told(problems) == [("not-utf8", 3)]
    assert "“ë”" in problems[0].message


def test_a_list_in_windows_1252_is_read_and_told_with_a_word_of_it(read) -> None:
    text = "Vorname;Nachname;Straße;PLZ;Ort\nUwe;Müller;Große Gasse 1;04109;Köln\n"
    columns = {"Vorname": "given_name", "Nachname": "family_name", "Straße": "address"}
    people, [*problems] = read(text.encode("cp1252"), **columns)
    assert [(p.full_name, p.address) for p in people] == [("Uwe Müller", ("Große Gasse 1",))]
    [note] = [p for p in problems if p.code == "older-encoding"]
    assert note.level is Level.NOTE
    assert "Windows-1252" in note.message
    assert "“Müller”" in note.message


def test_numbers_of_rows_in_a_first_column_without_a_header_cost_no_row(read) -> None:
    people, problems = read(",name,email\n0,Ann Roe,ann@people.example\n1,Cy Roe,\n")
    assert problems == []
    assert [(p.name, p.other) for p in people] == [
        ("Ann Roe", {"column_1": "0"}), ("Cy Roe", {"column_1": "1"}),
    ]  # fmt: skip


def test_text_beyond_the_last_header_may_have_slipped_there_and_costs_its_row(read) -> None:
    people, problems = read("name,email,\nRoe, Ann,ann@people.example\nCy Roe,c@b.example,\n")
    assert [p.name for p in people] == ["Cy Roe"]
    assert told(problems) == [("cell-without-column", 2)]


@pytest.mark.parametrize("name", ["list.txt", "list.csv", "list.tab"])
def test_unicode_text_of_excel_is_read(read, name: str) -> None:
    text = "name\temail\r\nŁukasz Wójcik\tl@people.example\r\n山田\ty@people.example\r\n"
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):  # with a byte order mark, and without
        people, problems = read(text.encode(codec), name)
        assert problems == []
        assert [p.name for p in people] == ["Łukasz Wójcik", "山田"]


def test_a_cell_of_megabytes_is_told_and_not_kept(read) -> None:
    people, problems = read(f"name,note\nJane Doe,{'x' * 300_000}\nAnn Roe,ok\n")
    assert [p.name for p in people] == ["Ann Roe"]
    assert [p.place.line for p in problems if p.place] == [2]


def test_a_wrong_email_address_leaves_the_letter_on_paper(read) -> None:
    people, problems = read(
        "name,email\nJane Doe,jane.example.org\n"
        "Ann Roe,Ann <ann@parks.example>\nZoë,z@parks.example\n"
    )
    assert [(p.name, p.email) for p in people] == [
        ("Jane Doe", None),
        ("Ann Roe", None),
        ("Zoë", "z@parks.example"),
    ]
    assert [(p.code, p.level, p.place.line) for p in problems if p.place] == [
        ("bad-email", Level.WARNING, 2),
        ("bad-email", Level.WARNING, 3),
    ]
    assert "`ann@parks.example`" in problems[1].hint


def test_a_formula_is_text_like_any_other(read) -> None:
    people, problems = read("name,note\n\"=cmd|'/c calc'!A1\",+1\n")
    assert problems == []
    assert people[0].name == "=cmd|'/c calc'!A1"


# --- ids and files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["ocd-person/5b1a", "0031U00001X", "Ann@Parks.example", "Jane Doe", "../../x", "CON", "x.",
     "a--b", "😀", "142"],
)  # fmt: skip
def test_any_text_is_an_id_as_it_stands(read, name: str) -> None:
    people, problems = read(f"id,name\n{name},Jane Doe\n")
    assert problems == []
    assert [p.letter_id for p in people] == [name]


def test_an_id_of_more_than_250_characters_is_refused(read) -> None:
    people, problems = read(f"id,name\n{'x' * 251},Jane Doe\n{'x' * 250},Ann Roe\n")
    assert [p.name for p in people] == ["Ann Roe"]
    assert told(problems) == [("bad-id", 2)]


def test_one_id_in_two_encodings_of_its_accents_is_one(read) -> None:
    people, _ = read("id,name\nRene\u0301,Jane Doe\n")
    assert people[0].letter_id == "Ren\u00e9"


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\tb"])
def test_an_id_with_a_control_character_is_refused(read, text: str) -> None:
    people, problems = read(f'id,name\n"{text}",Jane Doe\n')
    assert people == []
    assert problems


def test_ids_that_differ_in_capitals_alone_are_two_people_with_two_files(read) -> None:
    people, problems = read("id,name\nAb1,Jane Doe\naB1,Ann Roe\nab1,Di Poe\n")
    assert problems == []
    assert [p.letter_id for p in people] == ["Ab1", "aB1", "ab1"]
    assert len({p.file_name.lower() for p in people}) == 3


def test_an_id_that_is_another_ones_file_name_is_told(read) -> None:
    (zoe, *_), _ = read("id,name\nZOE,Zoë Weiß\n")
    people, problems = read(f"id,name\n{zoe.file_name},Jane Doe\nZOE,Zoë Weiß\n")
    assert [p.name for p in people] == ["Jane Doe"]
    assert told(problems) == [("duplicate-id", 3)]
    assert "file name" in problems[0].message


def test_without_an_id_a_person_is_the_mailbox_or_the_place_with_the_name(read) -> None:
    people, problems = read(
        "name,email,address,postal_code,city\n"
        "Ann Roe,Ann@Parks.example,1 Main Street,62701,Springfield\n"
        "Ann Roe,,1 Main Street,62701,Springfield\n"
        "Ann Roe,,,,\n"
    )
    assert problems == []
    assert [p.letter_id for p in people] == [
        "Ann Roe <ann@parks.example>",
        "Ann Roe, 1 Main Street, 62701, Springfield",
        "Ann Roe",
    ]


@given(st.permutations(["Ann,a@x.example", "Bo,b@x.example", "Ann,c@x.example", "Cy,"]))
def test_ids_and_file_names_do_not_depend_on_the_rest_of_the_list(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    path = tmp_path_factory.mktemp("list") / "list.csv"
    path.write_text("\n".join(["name,email", *rows]))
    whole = {p.place().line: p for p in read_list(path, DAY, ignore)}  # type: ignore[union-attr]
    for line, row in enumerate(rows, start=2):
        path.write_text(f"name,email\n{row}\n")
        (alone,) = read_list(path, DAY, ignore)
        assert whole[line].letter_id == alone.letter_id
        assert whole[line].file_name == alone.file_name


def test_an_id_made_of_a_long_address_is_short_and_its_own(read) -> None:
    long = "x" * 300
    people, _ = read(f"name,address\nAnn Roe,{long}1\nAnn Roe,{long}2\n")
    assert len({p.letter_id for p in people}) == 2
    assert all(len(p.letter_id) <= 250 for p in people)


def _row(values: dict[str, object]) -> YamlMap:
    row = YamlMap(Path("list.csv"), Place(Path("list.csv"), 2))
    row.update(values)
    return row


# --- one person, one letter ---------------------------------------------------------------------


def test_the_same_person_twice_is_one_letter_and_a_note(read) -> None:
    people, problems = read(
        "id,name,email,city\n"
        "1,Jane Doe,jane@parks.example,A\n"
        "2,JANE DOE,Jane@parks.example,b\n"
        "1,Jane Doe,jane@parks.example,A\n"
    )
    assert [p.id for p in people] == ["1"]
    assert [(p.code, p.level) for p in problems] == [("same-person", Level.NOTE)] * 2
    assert "line 2" in problems[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.roe@gmail.com", "annroe@gmail.com"),
        ("annroe@googlemail.com", "Ann.Roe@gmail.com"),
        ("ann+parks@people.example", "ann@people.example"),
    ],
)
def test_a_mailbox_is_one_however_its_address_is_written(read, one: str, other: str) -> None:
    people, problems = read(f"name,email\nAnn Roe,{one}\nAnn Roe,{other}\n")
    assert len(people) == 1
    assert told(problems) == [("same-person", 3)]
    people, problems = read(f"name,email\nAnn Roe,{one}\nBo Roe,{other}\n")
    assert len(people) == 2
    assert told(problems) == [("same-address", 3)]


def test_dots_and_tags_of_other_addresses_say_something(read) -> None:
    people, problems = read("name,email\nAnn Roe,a.roe@x.example\nAnn Roe,aroe@x.example\n")
    assert len(people) == 2
    assert problems == []


def test_two_people_in_one_mailbox_are_two_letters_and_a_warning(read) -> None:
    people, problems = read(
        "id,name,email\n1,Jane Doe,home@parks.example\n2,Ann Roe,Home@PARKS.example\n"
    )
    assert [(p.id, p.email) for p in people] == [
        ("1", "home@parks.example"),
        ("2", "Home@parks.example"),
    ]
    assert [(p.code, p.level) for p in problems] == [("same-address", Level.WARNING)]


def test_two_people_of_one_name_are_two_letters(read) -> None:
    people, problems = read("name,city\nJane Doe,A\nJane Doe,B\n")
    assert len(people) == 2
    assert problems == []


def test_an_id_of_two_people_is_refused_at_the_second(read) -> None:
    people, problems = read("id,name\n1,Jane Doe\n1,Ann Roe\n")
    assert [p.name for p in people] == ["Jane Doe"]
    assert [(p.code, p.level) for p in problems] == [("duplicate-id", Level.ERROR)]
    assert "line 2" in problems[0].message


@given(st.lists(st.text(max_size=3), max_size=200))
def test_what_was_seen_is_remembered_with_its_first_number(texts: list[str]) -> None:
    seen, plain = Seen(), dict[str, int]()
    for number, text in enumerate(texts):
        assert seen.add(text, number) == plain.get(text)
        plain.setdefault(text, number)


def test_many_thousands_are_remembered() -> None:
    seen = Seen()
    assert all(seen.add(str(i), i) is None for i in range(20_000))
    assert all(seen.add(str(i), 0) == i for i in range(0, 20_000, 7))


# --- the fast way is the same as the careful one ------------------------------------------------

WORD = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\x00"),
        st.sampled_from("ab-._@ é\u202e\ue000\t\n0"),
    ),
    min_size=1,
    max_size=12,
).map(str.strip)
VALUES = {
    "id": st.one_of(WORD, st.sampled_from(["con", "e\u0301", "x" * 251, "A-1"])),
    "name": WORD,
    "organization": WORD,
    "city": WORD,
    "country": st.one_of(WORD, st.sampled_from(["US", "us", "DE", "XX"])),
    "language": st.one_of(WORD, st.sampled_from(["en-US", "de", "pt-br", "xx-yy"])),
    "verified": st.one_of(WORD, st.sampled_from(["2026-03-01", "2026-02-30", "1.3.2026"])),
    "email": st.one_of(
        WORD,
        st.sampled_from(["a@b.example", "A.b+c@B.Example", "a..b@b.example", "a@b", "ä@b.example"]),
    ),
    "ward": WORD,
}


@pytest.mark.slow
@given(st.fixed_dictionaries({}, optional=VALUES))
def test_the_fast_way_to_a_recipient_accepts_and_gives_what_the_models_do(row: dict) -> None:
    values = {key: value for key, value in row.items() if value}
    place = Place(Path("list.csv"), 2)
    problems: list[Problem] = []
    found = recipient_of(values, place, problems.append)
    known = {key: value for key, value in values.items() if key != "ward"}
    if "ward" in values:
        known["other"] = {"ward": values["ward"]}
    model, wrong = parse(Recipient, _row(known))
    named = bool(model and (model.full_name or model.organization))
    if model is not None and named:
        assert problems == []
        assert found == model
        assert found is not None
        assert found.model_fields_set == model.model_fields_set
    elif not wrong:
        assert [p.code for p in problems] == ["no-name"]
    else:
        assert {p.message for p in wrong} <= {p.message for p in problems} or problems


@given(
    st.from_regex(
        r"[A-Za-z0-9._+-]{1,12}@[a-z0-9.-]{1,9}[A-Za-z0-9.-]{1,3}\.(example|com|local|test|c|x1)",
        fullmatch=True,
    )
)
def test_an_address_taken_at_sight_is_what_the_library_makes_of_it(address: str) -> None:
    fast = plain_email(address)
    if fast is not None:
        try:
            found = validate_email(address, check_deliverability=False, test_environment=True)
            assert found.normalized == fast
        except EmailNotValidError:
            pytest.fail(f"{address} was taken at sight")


def test_no_domain_is_taken_at_sight_that_the_library_holds_reserved() -> None:
    assert RESERVED_DOMAINS | {"test"} == set(SPECIAL_USE_DOMAIN_NAMES)
    for ending in RESERVED_DOMAINS:
        assert plain_email(f"ann@parks.{ending}") is None


@given(
    st.lists(
        st.lists(st.text(max_size=8), min_size=3, max_size=3).filter(lambda r: r[0].strip()),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_stands_in_a_csv_is_people_or_problems(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["name", "email", "ward"], *rows])
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
    problems: list[Problem] = []
    assert len(list(read_list(path, DAY, problems.append))) <= len(rows)


# --- JSON Lines ---------------------------------------------------------------------------------


def test_json_lines_are_read_like_a_table(read) -> None:
    lines = [
        {
            "id": "a",
            "name": "Weiß",
            "postal_code": "02139",
            "address": ["1 Main", "Room 5"],
            "n": 7,
        },
        {"name": "Ann Roe", "email": None, "Ward": "x"},
    ]
    people, problems = read("\n".join(map(json.dumps, lines)), "list.jsonl")
    assert problems == []
    assert people[0].address == ("1 Main", "Room 5")
    assert people[0].other == {"n": "7"}
    assert people[1].other == {"ward": "x"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"name": "A", "postal_code": 2139}', "number-in-text"),
        ('{"name": 5}', "not-text"),
        ('{"name": "A", "title": true}', "not-text"),
        ('{"name": "A", "title": {"y": 1}}', "not-text"),
        ('{"name": "A", "x": ' + "[" * 50 + "]" * 50 + "}", "not-text"),
        ('{"name": "A", "name": "B"}', "duplicate-column"),
        ('["A"]', "not-json"),
        ('{"name": "A"', "not-json"),
        ('{"name": NaN}', "not-json"),
        ("[" * 5000, "not-json"),
        ('{"ward": "A"}', "no-name-column"),
    ],
)
def test_a_line_that_is_no_recipient_is_told_and_the_others_are_read(
    read, line: str, code: str
) -> None:
    people, problems = read(f'{{"name": "First"}}\n{line}\n{{"name": "Last"}}\n', "list.jsonl")
    assert [p.name for p in people] == ["First", "Last"]
    assert (code, 2) in told(problems)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("9" * 5000, "it contains a number with too many digits"),
        ("[" * 100_000, "it is nested too deeply"),
        ("NaN", "NaN is not a JSON value"),
    ],
)
def test_what_json_cannot_read_is_told_in_plain_words(read, value: str, reason: str) -> None:
    for name, text in (("list.jsonl", '{"name": "A", "x": %s}'), ("list.json", '[{"x": %s}]')):
        _, problems = read(text % value, name)
        assert f"is not valid JSON: {reason}." in " ".join(one.message for one in problems)


# --- the campaign's list ------------------------------------------------------------------------


def test_a_campaign_writes_to_its_list_and_an_option_replaces_it(
    small_campaign: Path, edit, tmp_path: Path
) -> None:
    (small_campaign.parent / "list.csv").write_text("name\nAnn Roe\n", encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text("Nom\nZoë Weiß\n", encoding="utf-8")
    edit(small_campaign, "demand:\n", "recipients: list.csv\ncolumns: {Nom: name}\ndemand:\n")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None, problems

    def names(people: People) -> list[str]:
        return [row.full_name for row in recipients_of(campaign, DAY, ignore, people)]

    assert names(People()) == ["Ann Roe"]
    assert names(People(other)) == ["Zoë Weiß"]


@pytest.mark.parametrize("folder_name", ["{elsewhere}", "../elsewhere", "link"])
def test_a_list_outside_the_campaigns_folder_is_refused(
    small_campaign: Path, edit, folder_name: str
) -> None:
    elsewhere = small_campaign.parent.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "list.csv").write_text("name\nAnn Roe\n", "utf-8")
    (small_campaign.parent / "link").symlink_to(elsewhere)
    name = f"{folder_name.format(elsewhere=elsewhere)}/list.csv"
    edit(small_campaign, "demand:\n", f"recipients: {name}\ndemand:\n")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    problems: list[Problem] = []
    assert list(recipients_of(campaign, DAY, problems.append)) == []
    [problem] = problems
    assert problem.code == "outside-workspace"
    assert "write `list.csv`" in str(problem.hint)


@pytest.mark.parametrize("key", ["facts", "sources"])
@pytest.mark.parametrize("folder_name", ["{elsewhere}", "../elsewhere", "link"])
def test_facts_and_sources_outside_the_campaigns_folder_are_not_read(
    small_campaign: Path, edit, key: str, folder_name: str
) -> None:
    folder = small_campaign.parent
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{key}.yaml").write_text("secret: PRECIOUS\n", "utf-8")
    (folder / "link").symlink_to(elsewhere)
    name = f"{folder_name.format(elsewhere=elsewhere)}/{key}.yaml"
    edit(small_campaign, f"{key}: [{key}.yaml]", f"{key}: [{key}.yaml, {name}]")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None
    [problem] = problems
    assert problem.code == "outside-workspace"
    assert f"write `{key}.yaml`" in str(problem.hint)
    assert "PRECIOUS" not in str(problems)
    assert not campaign.workspace.contains(elsewhere / "picture.png")


@pytest.mark.parametrize(
    ("columns", "hint"),
    [("{PLZ: postal_cod}", "`postal_code`"), ("{X: e-mail}", "`email`"), ("{X: 'a b'}", "`a_b`")],
)
def test_a_wrong_name_for_a_column_is_told_with_the_nearest(
    small_campaign: Path, edit, columns: str, hint: str
) -> None:
    edit(small_campaign, "demand:\n", f"columns: {columns}\ndemand:\n")
    _, problems = load_campaign(small_campaign)
    [problem] = [p for p in problems if p.code == "bad-column"]
    assert hint in problem.hint


def test_reading_raises_nothing_for_a_users_mistake(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.jsonl", "a.yaml"):
        path, problems = tmp_path / name, list[Problem]()
        path.write_bytes(b"\x00\xff\xfe garbage \x1b")
        try:
            assert list(read_list(path, DAY, problems.append)) == []
        except AdvocacyError as error:
            pytest.fail(str(error))
        assert problems, name


def test_a_copy_with_another_name_has_ids_of_its_own() -> None:
    row = Recipient(name="Ann Roe", email="ann@parks.example")
    before = (row.letter_id, row.file_name, row.called, row.full_name)
    copy = row.model_copy(update={"name": "Bob Roe", "email": None})
    assert (copy.letter_id, copy.called, copy.full_name) == ("Bob Roe", "Bob Roe", "Bob Roe")
    assert copy.file_name.startswith("bob-roe-")
    assert row.with_id("p1").file_name == "p1"
    assert (row.letter_id, row.file_name, row.called, row.full_name) == before


def test_what_was_worked_out_of_a_row_is_no_part_of_it() -> None:
    row, same = (Recipient(name="Ann Roe", email="ann@parks.example") for _ in range(2))
    assert row.letter_id
    assert row == same
    assert row.model_dump() == same.model_dump()


def test_two_spaces_in_a_name_are_one(read) -> None:
    people, problems = read(
        "name,email\nAnn  Roe,a@people.example\nAnn\u00a0Roe,a@people.example\n"
    )
    assert [p.name for p in people] == ["Ann Roe"]
    assert told(problems) == [("same-person", 3)]


def test_an_array_of_json_is_a_list_and_its_objects_need_not_have_the_same_keys(read) -> None:
    text = json.dumps(
        [
            {
                "name": "Ann Roe",
                "email": "ann@people.example",
                "address": {"street": "1 Main Street", "city": "Springfield", "zip": "02139"},
                "tags": ["a", "b"],
                "member": True,
                "visits": 1.5,
                "note": None,
            },
            {"email": "bob@people.example", "name": "Bob Roe"},
            {"name": "Cy Roe", "postal_code": 2139},
        ],
        indent=1,
    )
    people, problems = read(text, "list.json")
    assert [(p.name, p.email) for p in people] == [
        ("Ann Roe", "ann@people.example"), ("Bob Roe", "bob@people.example"),
    ]  # fmt: skip
    ann = people[0]
    assert (ann.address, ann.city, ann.postal_code) == (
        ("1 Main Street",),
        "Springfield",
        "02139",
    )
    assert ann.other | {"tags": "a; b", "member": "TRUE", "visits": "1.5"} == ann.other
    assert [problem.code for problem in problems] == ["number-in-text"]


def test_columns_name_the_keys_of_a_json_list_too(read) -> None:
    text = '{"results": [{"who": "Ann Roe", "mail": "ann@people.example"}], "count": 1}'
    people, problems = read(text, "list.json", who="name")
    assert problems == []
    assert [(p.name, p.email) for p in people] == [("Ann Roe", "ann@people.example")]


def test_an_object_in_json_lines_may_hold_the_address(read) -> None:
    line = {"name": "Ann Roe", "address": {"street": "1 Main Street", "city": "Springfield"}}
    people, problems = read(json.dumps(line), "list.jsonl")
    assert problems == []
    assert (people[0].address, people[0].city) == (("1 Main Street",), "Springfield")
