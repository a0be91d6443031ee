"""What a list is warned of: well formed, and hardly meant."""

import pytest

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.suspicions import (
    comma_in_name,
    find_suspicions,
    is_no_name,
    is_shouted,
    meant_domain,
    merge_field,
)
from advocacy.errors import Level
from advocacy.resources import read_table

TABLE = read_table("campaign/recipients/suspicions.toml")


def told(**columns: str) -> list[tuple[str, Level]]:
    row = Recipient.model_validate(columns)
    return [(problem.code, problem.level) for problem in find_suspicions(row)]


@pytest.mark.parametrize(
    ("rule", "check"),
    [
        ("merge_field", merge_field),
        ("capitals", is_shouted),
        ("comma_in_name", comma_in_name),
        ("not_a_name", is_no_name),
        ("slips", meant_domain),
    ],
)
def test_each_rule_finds_its_example_and_leaves_the_other(rule: str, check) -> None:
    assert [text for text in TABLE[rule]["found"] if not check(text)] == []
    assert [text for text in TABLE[rule]["left"] if check(text)] == []


@pytest.mark.parametrize(("rule", "level"), [("nobody", Level.WARNING), ("office", Level.NOTE)])
def test_a_mailbox_that_is_no_persons_is_told(rule: str, level: Level) -> None:
    for email in TABLE[rule]["found"]:
        assert told(name="Ann Roe", email=email) == [("role-address", level)]
    for email in TABLE[rule]["left"]:
        assert ("role-address", level) not in told(name="Ann Roe", email=email)


def test_an_offices_mailbox_is_right_for_an_office() -> None:
    assert told(organization="Parks Department", email="info@parks.example") == []


def test_the_address_that_was_meant_is_named() -> None:
    row = Recipient.model_validate({"name": "Ann Roe", "email": "ann@gmail.con"})
    (problem,) = find_suspicions(row)
    assert "`ann@gmail.com`" in problem.hint


def test_an_ordinary_row_is_not_worth_a_word() -> None:
    assert told(name="Jane Doe", email="jane@parks.example", salutation="Ms. Doe") == []


def test_a_field_that_was_not_filled_is_quoted() -> None:
    row = Recipient.model_validate({"given_name": "*|FNAME|*", "family_name": "Roe"})
    (problem,) = find_suspicions(row)
    assert problem.code == "merge-field"
    assert "`given_name`: “*|FNAME|*”" in problem.message


def test_a_name_with_a_comma_that_sets_off_no_degree_is_told() -> None:
    assert told(name="Roe, Ann") == [("comma-in-name", Level.WARNING)]
    assert told(given_name="Ann", family_name="Roe", suffix="CSM") == []


def test_what_is_no_name_is_told() -> None:
    assert told(name="ann@parks.example") == [("not-a-name", Level.WARNING)]
    assert told(name="N/A") == [("not-a-name", Level.WARNING)]
    assert told(organization="City Hall") == []


@pytest.mark.parametrize(
    ("where", "code", "is_told"),
    [
        ({"country": "US"}, "2139", True),
        ({"region": "MA"}, "2139", True),
        ({"country": "DE"}, "1067", True),
        ({"country": "US"}, "02139", False),
        ({"country": "AT"}, "1010", False),
        ({"region": "NSW"}, "2000", False),
        ({}, "1010", False),
    ],
)
def test_a_postal_code_that_has_lost_its_zero_is_told(
    where: dict[str, str], code: str, is_told: bool
) -> None:
    expected = [("short-postal-code", Level.WARNING)] if is_told else []
    assert told(name="Ann Roe", postal_code=code, **where) == expected


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [
        ("do_not_email", "TRUE", "FALSE"),
        ("no_bulk_emails_user_opt_out", "1", "0"),
        ("can2_subscription_status", "unsubscribed", "subscribed"),
        ("email_opt_in", "false", "true"),
    ],
)
def test_one_who_asked_not_to_be_written_to_is_told(column: str, yes: str, no: str) -> None:
    def codes(value: str) -> list[str]:
        row = Recipient.model_validate({"name": "Ann Roe", "other": {column: value}})
        return [problem.code for problem in find_suspicions(row)]

    assert codes(yes) == ["opted-out"]
    assert codes(no) == []
