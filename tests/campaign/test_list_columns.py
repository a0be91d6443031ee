"""What an organizer may rely on when a list comes straight out of another program."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.column_headers import KNOWN, programs
from advocacy.campaign.recipients.columns import read_header
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.postal import split_address
from advocacy.errors import Level, Place, Problem
from advocacy.resources import read_table

DAY = date(2026, 6, 22)
TABLE = read_table("campaign/recipients/columns.toml")
EXAMPLES = [
    pytest.param(program["name"], example, id=f"{program['name']} {number}")
    for program in TABLE["programs"]
    for number, example in enumerate(program["examples"], start=1)
]
OUTLOOK = """First Name,Last Name,Business Street,Business City,Business Country/Region,\
Home Street,Home City,E-mail Address,E-mail Display Name"""
BUSINESS = """`columns: {Business Street: address_1, Business City: city, \
Business Country/Region: country}`"""
HOME = "`columns: {Home Street: address_1, Home City: city}`"
PLACE = Place(Path("list.csv"), 1)


@pytest.fixture
def read(tmp_path: Path):
    """`read(text)`: the people and the problems of a CSV file."""

    def run(text: str, **columns: str) -> tuple[list[Recipient], list[Problem]]:
        path = tmp_path / "list.csv"
        path.write_text(text, "utf-8")
        problems: list[Problem] = []
        return list(read_list(path, DAY, problems.append, columns=columns)), problems

    return run


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_export_is_understood_without_columns(name: str, example: dict[str, str]) -> None:
    headers, becomes = example["header"].split(","), example["becomes"].split(",")
    columns = read_header(headers, {}, PLACE)
    assert columns.program == name
    assert columns.problems == ()
    named = dict(zip(headers, columns.names, strict=True))
    for header, wanted in zip(headers, becomes, strict=True):
        if wanted:
            assert named[header] == wanted
        else:
            assert named[header] not in KNOWN


@pytest.mark.parametrize("program", TABLE["programs"], ids=lambda program: program["name"])
def test_every_program_has_a_source_and_a_sign_that_no_ordinary_list_has(
    program: dict[str, Any],
) -> None:
    assert len(program["source"]) > 20
    headers = "id,name,first_name,last_name,title,company,email,address,city,state,zip,country"
    assert read_header(headers.split(","), {}, PLACE).program == ""


def test_the_examples_leave_no_program_out() -> None:
    assert {param.values[0] for param in EXAMPLES} == {program.name for program in programs()}


@pytest.mark.parametrize(
    ("header", "means"),
    [
        ("Zip", "postal_code"),
        ("PLZ", "postal_code"),
        ("First name", "given_name"),
        ("Nachname", "family_name"),
        ("E-Mail", "email"),
        ("E-mail Address", "email"),
        ("Straße", "address"),
        ("Organisation", "organization"),
    ],
)
def test_a_header_of_one_meaning_needs_no_line_in_the_campaign(
    read, header: str, means: str
) -> None:
    people, problems = read(f"name,{header}\nJane Doe,jane@people.example\n")
    assert problems == []
    assert getattr(people[0], means) in ("jane@people.example", ("jane@people.example",))


def test_a_template_may_go_on_using_the_lists_own_name(read) -> None:
    people, _ = read("name,Zip,State,city\nJane Doe,02139,MA,Cambridge\n")
    assert people[0].text_of("zip") == people[0].text_of("postal_code") == "02139"
    assert people[0].text_of("state") == people[0].text_of("region") == "MA"


def test_a_state_is_part_of_the_address_only_where_there_is_one(read) -> None:
    people, problems = read("name,chamber,state,district\nJane Doe,lower,OH,4\n")
    assert problems == []
    assert people[0].region is None
    assert people[0].text_of("state") == "OH"


def test_a_known_name_comes_before_other_names_for_it(read) -> None:
    people, problems = read("name,email,E-mail Address\nJane,a@people.example,b@people.example\n")
    assert problems == []
    assert people[0].email == "a@people.example"
    assert people[0].text_of("e_mail_address") == "b@people.example"


def test_columns_of_a_campaign_come_before_everything(read) -> None:
    people, problems = read(
        "Contact ID,Contact Type,First Name,Last Name,Email,Number\n7,Individual,Jane,Doe,,m-1\n",
        Number="id",
    )
    assert problems == []
    assert people[0].id == "m-1"
    assert people[0].text_of("contact_id") == "7"


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (
            "name,Zip,Postcode",
            "`columns: {Zip: postal_code}` or `columns: {Postcode: postal_code}`",
        ),
        (OUTLOOK, f"{BUSINESS} or {HOME}"),
    ],
)
def test_what_could_be_two_columns_is_asked_once_with_the_lines_to_paste(
    header: str, line: str
) -> None:
    [problem] = read_header(header.split(","), {}, PLACE).problems
    assert (problem.code, problem.level) == ("ambiguous-column", Level.ERROR)
    assert line in problem.hint


def test_the_line_to_paste_is_the_answer(small_campaign: Path, edit) -> None:
    headers = ["First Name", "Last Name", "It's: Zip", "Business Street", "Home Street"]
    headers += ["E-mail Address", "E-mail Display Name"]
    [problem] = read_header(headers, {"It's: Zip": "postal_code"}, PLACE).problems
    line = problem.hint.split("`")[1]
    edit(small_campaign, "demand:\n", f"{line}\ndemand:\n")
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None, problems
    renamed = {**campaign.file.columns, "It's: Zip": "postal_code"}
    assert read_header(headers, renamed, PLACE).problems == ()


def test_of_several_values_in_a_cell_the_first_counts(read) -> None:
    people, problems = read(
        "First Name,Last Name,E-mail 1 - Value\nJane,Doe,a@people.example ::: b@people.example\n"
    )
    assert problems == []
    assert people[0].email == "a@people.example"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "77 S. High St. 14th Floor, Columbus, OH 43215",
            ("77 S. High St. 14th Floor", "Columbus", "OH", "43215"),
        ),
        (
            "State Office Tower, 30 E. Broad St.; Columbus, OH 43266-0410",
            ("State Office Tower, 30 E. Broad St.", "Columbus", "OH", "43266-0410"),
        ),
        (
            "1 Main St  Apt 5  Springfield  IL  62701  US",
            ("1 Main St\nApt 5", "Springfield", "IL", "62701"),
        ),
        ("12 Rue X, Paris, FR 75001", ("12 Rue X, Paris, FR 75001", None, None, None)),
        ("Room 5; State House", ("Room 5\nState House", None, None, None)),
        ("x" * 5000, ("x" * 5000, None, None, None)),
    ],
)
def test_an_address_in_one_line_is_taken_apart_where_it_is_plain(
    text: str, parts: tuple[str | None, ...]
) -> None:
    found = split_address(text)
    assert tuple(map(found.get, ("address", "city", "region", "postal_code"))) == parts


def test_an_export_of_open_states_has_addresses_and_falls_back_on_the_district(read) -> None:
    people, problems = read(
        "id,name,current_party,current_district,current_chamber,given_name,family_name,email,"
        "capitol_address,district_address\n"
        'a,Ann Roe,Green,4,lower,Ann,Roe,ann@legis.example,"1 Capitol, Juneau, AK 99801","x"\n'
        'b,Bob Roe,Green,5,upper,Bob,Roe,bob@legis.example,,"5 Main St, Nome, AK 99762"\n'
    )
    assert problems == []
    assert [(p.address, p.city, p.region, p.postal_code) for p in people] == [
        (("1 Capitol",), "Juneau", "AK", "99801"),
        (("5 Main St",), "Nome", "AK", "99762"),
    ]
    assert people[0].other["district"] == people[0].other["current_district"] == "4"


@pytest.mark.parametrize(
    ("header", "becomes"),
    [
        (
            "Nombre,Apellidos,Dirección,Código postal,Ciudad,País,Correo electrónico",
            "given_name,family_name,address,postal_code,city,country,email",
        ),
        (
            "Civilité,Prénom,Nom,Adresse,Code postal,Ville,Courriel",
            "honorific,given_name,family_name,address,postal_code,city,email",
        ),
        ("Vorname,Nachname,Anschrift,PLZ,Ort", "given_name,family_name,address,postal_code,city"),
        ("Last Name,First Name,Mailing Address,City", "family_name,given_name,address,city"),
    ],
)
def test_the_usual_headers_of_each_language_are_known(header: str, becomes: str) -> None:
    columns = read_header(header.split(","), {}, PLACE)
    assert columns.names == tuple(becomes.split(","))
    assert columns.problems == ()


def test_of_two_addresses_one_is_asked_for() -> None:
    columns = read_header(["Name", "Mailing Address", "Home Address"], {}, PLACE)
    assert [problem.code for problem in columns.problems] == ["ambiguous-column"]


def test_where_mail_goes_comes_before_where_somebody_is_registered(read) -> None:
    people, problems = read(
        "VANID,LastName,FirstName,mAddress,mCity,mState,mZip5,Address,City\n"
        '1,Roe,Ann,"PO Box 1\nSuite 2",Springfield,MA,02139,2 Side Street,Shelbyville\n'
    )
    assert problems == []
    assert people[0].address == ("PO Box 1", "Suite 2")
    assert people[0].city == "Springfield"
    assert people[0].other["other_address"] == "2 Side Street"


def test_the_display_name_beside_the_parts_of_a_name_is_no_question() -> None:
    header = ["Contact ID", "Contact Type", "First Name", "Last Name", "Display Name"]
    assert read_header(header, {}, PLACE).problems == ()


def test_an_address_in_several_lines_of_one_cell_is_taken_apart(read) -> None:
    people, problems = read(
        "Name,E-mail 1 - Value,Address 1 - Formatted\n"
        'Ann Roe,ann@parks.example,"1 Main Street\nSpringfield, MA 02139\nUS"\n'
    )
    assert problems == []
    assert people[0].address == ("1 Main Street",)
    assert (people[0].city, people[0].region, people[0].postal_code) == (
        "Springfield",
        "MA",
        "02139",
    )


@pytest.mark.parametrize(
    ("header", "row", "address"),
    [
        ("Name,Straße,Hausnummer,Ort", "Ann Roe,Hauptstr.,12a,Berlin", "Hauptstr. 12a"),
        ("Name,Street,House Number,City", "Ann Roe,Main Street,12,Springfield", "12 Main Street"),
        ("Name,Straße,Hausnummer,Ort", "Ann Roe,Hauptstr. 12a,12a,Berlin", "Hauptstr. 12a"),
        ("Name,Straße,Hausnummer,Ort", "Ann Roe,Postfach 5,,Berlin", "Postfach 5"),
    ],
)
def test_a_house_number_in_its_own_column_belongs_to_the_street(
    read, header: str, row: str, address: str
) -> None:
    people, problems = read(f"{header}\n{row}\n")
    assert problems == []
    assert people[0].address == (address,)


def test_lines_of_an_address_are_no_question() -> None:
    columns = read_header(["Name", "Address1", "Address2", "City", "ST"], {}, PLACE)
    assert columns.names == ("name", "address_1", "address_2", "city", "region")
    assert columns.problems == ()


def test_a_list_without_a_header_is_told_as_one() -> None:
    (problem,) = read_header(["Ann Roe", "ann@parks.example"], {}, PLACE).problems
    assert problem.code == "no-name-column"
    assert "no header" in problem.hint


@pytest.mark.parametrize(
    ("written", "tag"),
    [("English", "en"), ("deutsch", "de"), ("en_US", "en-US"), ("Französisch", "fr"), ("es", "es")],
)
def test_a_language_may_be_written_as_lists_write_it(read, written: str, tag: str) -> None:
    people, problems = read(f"name,language\nAnn Roe,{written}\n")
    assert problems == []
    assert people[0].language == tag
