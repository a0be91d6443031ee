"""What a letter prints as typed has no left-over markup, wherever it stands."""

from typing import Any

import pytest

from advocacy.errors import Level

PERSON = "{id: roe, name: Jane Roe, title: President, salutation: Ms. Roe}"
SUBJECT = "subject: Thank you"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    - Commit publicly", "    - Commit **publicly", "**"),
        ("    - Commit publicly", "    - Publish it}.\n    - Commit publicly", "}"),
        ("    - Commit publicly", "    - \"| a | b |\"\n    - Commit publicly", "| a | b |"),
        ("    - Commit publicly", "    - \"::: note\"\n    - Commit publicly", "::: note"),
        ("    - Commit publicly", "    - \"## Keep it\"\n    - Commit publicly", "##"),
        (SUBJECT, 'subject: "Thank } you"', "}"),
        ("name: Jane Roe", "name: Jane **Roe", "**"),
        ("title: President", 'title: "President }"', "}"),
        ("salutation: Ms. Roe", 'greeting: "Dear **Jane**,"', "**"),
        ("salutation: Ms. Roe", 'closing: "In **solidarity**,"', "**"),
        ("salutation: Ms. Roe", 'address: ["2 Main {"]', "{"),
        (SUBJECT, f'{SUBJECT}\n    greeting: "Dear {{name,"', "{"),
        (SUBJECT, f'{SUBJECT}\n    closing: "In **solidarity**,"', "**"),
        (SUBJECT, f'{SUBJECT}\n    delivery: "{{x}}"', "{x}"),
        (SUBJECT, f'{SUBJECT}\n    reference_lines: {{our_ref: "**x** y"}}', "**"),
        ("  email: letters@", '  town: "[Town]"\n  email: letters@', "[Town]"),
        ("organization: Example Civil", "organization: Friends **of** Civil", "**"),
        ("address: [1 Example Street", "address: [1 **Example** Street", "**"),
        ("address: [1 Acme Way", "address: [1 ~~Acme~~ Way", "~~"),
        ("name: A. Example", "name: A. **Example**", "**"),
    ],
)  # fmt: skip
def test_markup_in_any_value_that_a_letter_prints_is_an_error_at_its_line(
    house: Any, old: str, new: str, what: str
) -> None:
    house.spoil("acme.yaml", old, new)
    found = [one for one in house.check() if one.code in ("markup-in-value", "placeholder")]
    assert found
    assert all(one.level is Level.ERROR and f"`{what}`" in one.message for one in found), found
    line = house.folder.joinpath("acme.yaml").read_text().splitlines()[found[0].place.line - 1]
    assert what in line


def test_names_and_addresses_as_people_have_them_are_accepted(house: Any) -> None:
    house.spoil(
        "acme.yaml", PERSON,
        '{id: roe, name: O\'Neil "Tip" Smith, salutation: Ms. Roe, organization: AT&T; R&D Inc.,'
        ' title: "Director (acting), A*STAR", address: ["c/o Jane Doe", "4 Main St. #4"]}',
    )  # fmt: skip
    assert house.check() == []


def test_a_bar_in_a_value_is_a_warning(house: Any) -> None:
    house.spoil("acme.yaml", "title: President", 'title: "President | Chair"')
    (found,) = house.check()
    assert (found.code, found.level) == ("markup-in-value", Level.WARNING)


def test_markup_in_a_list_is_a_warning_because_a_name_may_be_written_so(house: Any) -> None:
    house.write(
        "people.csv", 'name,title,address,city,region,postal_code,country\n'
        'Jane **Roe,President,1 Acme Way,Springfield,IL,62701,US\n',
    )  # fmt: skip
    house.spoil("acme.yaml", "demand:\n  summary", "recipients: people.csv\n\ndemand:\n  summary")
    found = [one for one in house.check() if one.code == "markup-in-value"]
    assert [one.level for one in found] == [Level.WARNING]
    assert found[0].place.line == 2


def test_a_stages_greeting_may_name_the_recipients_values(house: Any) -> None:
    house.spoil("acme.yaml", SUBJECT, f'{SUBJECT}\n    greeting: "Dear {{salutation}},"')
    house.spoil("acme.yaml", "{salutation}", "{name}")
    assert house.check() == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Use a | pipe here.", "broken-markup", "Use a | pipe"),
        (f"|{' Year |' * 14}\n|{' --- |' * 14}\n|{' Springfield |' * 14}", "too-long-for-layout",
         "| Year"),
    ],
)  # fmt: skip
def test_what_may_be_markup_in_a_template_is_a_warning_at_its_line(
    house: Any, text: str, code: str, line: str
) -> None:
    house.call(text)
    (found,) = [one for one in house.check() if one.code == code]
    assert found.level is Level.WARNING
    written = found.place.path.read_text().splitlines()[found.place.line - 1]
    assert written.startswith(line)


def test_a_brace_in_a_template_is_an_error(house: Any) -> None:
    house.call("Keep it open} now.")
    assert [(one.code, one.level) for one in house.check()] == [("broken-markup", Level.ERROR)]


@pytest.mark.parametrize("text", ["The park ☐ open.", "☐ open", "- ☐"])
def test_a_character_without_a_font_is_told_at_its_line(house: Any, text: str) -> None:
    house.call(text)
    (found,) = [one for one in house.check() if one.code == "unprintable-character"]
    assert "☐" in found.place.path.read_text("utf-8").splitlines()[found.place.line - 1]


def test_a_placeholder_that_is_a_paragraph_is_told_at_its_line(house: Any) -> None:
    path = house.folder / "templates/letters/call.md"
    path.write_text(f"[TOC]\n\n{path.read_text('utf-8')}", "utf-8")
    (found,) = [one for one in house.check() if one.code == "placeholder"]
    assert found.place.line == 1


def test_a_command_in_the_preview_text_is_one_mistake(house: Any) -> None:
    house.spoil("acme.yaml", SUBJECT, f'{SUBJECT}\n    preview: "Keep it {{{{ y }}}}"')
    assert [one.code for one in house.check()] == ["placeholder"]


def test_a_command_in_an_ask_is_told(house: Any) -> None:
    house.spoil("acme.yaml", "    - Commit", '    - "Keep {{ y }} open."\n    - Commit')
    assert "placeholder" in [one.code for one in house.check()]
