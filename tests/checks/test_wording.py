"""Placeholders, asks that are never made, and length."""

from collections.abc import Callable
from typing import Any

import pytest

from advocacy.checks.patterns import pattern
from advocacy.checks.wording import content_words
from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]


@pytest.mark.parametrize(
    "text",
    [
        "[YOUR NAME]", "[Your Name]", "[your name here]", "[NAME]", "[Name]", "[insert date]",
        "[Date]", "[CITY STATE]", "TODO", "TODO: write", "XXX", "XXXX", "TBD", "TK", "FIXME",
        "{{ name }}", "{{name}}", "{{", "}}", "{% if %}", "{missingToken}", "{contact.name}",
        "<addr3>", "<<Name>>", "«Name»", "«FirstName»", "«addr_3»", "%FIRSTNAME%", "____", "???",
        "Lorem ipsum dolor",
        "[organisation]", "[Recipient]", "[phone number]",
    ],
)  # fmt: skip
def test_what_looks_like_a_placeholder(text: str) -> None:
    assert pattern("placeholder").search(f"Dear {text}, we write.")


@pytest.mark.parametrize(
    "text",
    [
        "[t]he", "[Microsoft] has", "[…]", "[sic]", "[1]", "a < b > c", "3 < 4", "TKO", "Mark XX",
        "{1, 2}", "50% of 20% A", "what?", "really??", "snake_case", "__init__", "the todo list",
        "[its] terms", "Malcolm X", "«Le Monde diplomatique»", "«bien sûr»", "«Libertad»",
    ],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert not pattern("placeholder").search(f"Dear {text} we write.")


@pytest.mark.parametrize(
    "text", ["Dear [YOUR NAME],", "TODO: more here", "Write to <addr3>.", "It is {token} now."]
)
def test_a_placeholder_in_the_body_is_an_error_at_its_line(
    house: Any, line_of: LineOf, text: str
) -> None:
    house.call(text)
    problem = house.one("placeholder")
    assert problem.level is Level.ERROR
    assert line_of(problem).startswith(text.split()[0])


def test_template_signs_that_jinja_left_over_are_seen(house: Any) -> None:
    house.call("{% raw %}Hello {{ name }}{% endraw %}")
    assert {p.code for p in house.check()} == {"placeholder"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("subject: Thank you", "subject: Thank you [NAME]"),
        ("salutation: Ms. Roe", "salutation: XXX"),
        ('"Springfield, IL 62701"]\n  country', '"[City], IL"]\n  country'),
    ],
)
def test_placeholders_around_the_body_are_seen(house: Any, old: str, new: str) -> None:
    house.spoil("acme.yaml", old, new)
    assert {p.code for p in house.check()} == {"placeholder"}


@pytest.mark.parametrize(
    "text",
    ['We met חיילי צה"ל והמנכ"ל, in ארה"ב.', 'We met צה"ל, ג\'ירפה, and ארה"ב, as you know.'],
)
def test_gershayim_typed_as_quotation_marks_quote_nothing(house: Any, text: str) -> None:
    house.call(text)
    assert house.check() == []


def test_an_editors_brackets_in_a_quotation_are_no_placeholder(house: Any) -> None:
    house.call('The paper wrote “Acme … has not prohibited [ITS] sales”.{{ cite("acme-silent") }}')
    assert house.check() == []


def test_an_ask_that_the_letter_never_makes_is_a_warning(house: Any, line_of: LineOf) -> None:
    house.spoil(
        "acme.yaml", "police departments.\n  reply_by",
        "police departments.\n    - Publish every contract with a federal agency.\n  reply_by",
    )  # fmt: skip
    house.spoil(
        "templates/letters/call.md",
        "{% for ask in demand.asks %}",
        "{% for ask in demand.asks[:1] %}",
    )
    problem = house.one("ask-missing")
    assert "“Publish every contract with a federal agency.”" in problem.message
    assert line_of(problem).startswith("Publish every")


def test_an_ask_in_other_words_is_made(house: Any) -> None:
    house.spoil("templates/letters/call.md", "{{ loop.index }}. {{ ask }}", "")
    house.call("We ask you to commit in public to not selling any face recognition to the police.")
    assert house.check() == []


def test_a_stage_that_asks_for_nothing_needs_no_ask(house: Any) -> None:
    assert house.found("ask-missing") == []


def test_a_long_subject_is_a_warning_that_shows_what_is_cut(house: Any) -> None:
    house.spoil("acme.yaml", "subject: Thank you", "subject: Thank you " + "very much indeed " * 5)
    problem = house.one("subject-length")
    assert "has 94 characters" in problem.message
    assert problem.level is Level.WARNING


def test_seventy_characters_are_not_too_long(house: Any) -> None:
    house.spoil("acme.yaml", "subject: Thank you", f"subject: {'x' * 70}")
    assert house.check() == []


def test_a_body_is_judged_by_its_audience(house: Any) -> None:
    house.call("We hope so very much. " * 120)
    assert house.check() == []
    house.spoil("acme.yaml", "recheck_after", "audience: subscribers\nrecheck_after")
    assert "subscribers read about 450" in house.found("body-length")[0].message


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("parkways and benches " * 110, "2,000 characters"),
        ("as it is " * 120, "350 words"),
        ("Ⅻ, 12, " * 51, "100 numbers"),
    ],
)
def test_a_sentence_that_no_reader_gets_through_is_refused_at_its_line(
    house: Any, text: str, limit: str
) -> None:
    house.call(f"Read on.\n\nWe count {text} so.")
    (problem,) = house.found("template-too-large")
    assert f"has more than {limit}" in problem.message
    assert (problem.place.path.name, problem.place.line) == ("call.md", 9)


def test_a_row_of_58_figures_is_no_sentence_that_is_too_long(house: Any) -> None:
    row = "| " + " | ".join(["1,234.5"] * 58) + " |"
    house.call(f"Read on.\n\n{row.replace('1,234.5', 'a')}\n{'|---' * 58}|\n{row}\n")
    assert house.found("template-too-large") == []


def test_words_are_compared_without_their_endings() -> None:
    assert content_words("Publishing the contracts", "en") == content_words(
        "publish a contract", "en"
    )


def test_a_placeholder_in_one_persons_values_names_that_person(house: Any, line_of: LineOf) -> None:
    house.spoil("acme.yaml", "name: John Doe, title: Counsel", "name: John Doe, title: TODO")
    house.call("You are the {{ recipient.title }} here.")
    problems = house.check()
    assert {p.code for p in problems} == {"placeholder"}
    assert any(
        "is a placeholder in the letter" in p.message and "id: doe" in line_of(p) for p in problems
    )
