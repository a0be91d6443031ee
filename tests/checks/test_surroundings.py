"""The words around a letter's body are judged as its sentences are."""

from pathlib import Path
from typing import Any

import pytest

from advocacy.checks.surroundings import layout_words
from advocacy.errors import Problem


def told(house: Any, code: str, file: str) -> list[Problem]:
    return [p for p in house.found(code) if p.place and p.place.path.name == file]


def subject(house: Any, text: str) -> None:
    house.spoil("acme.yaml", "subject: Follow Widget Works", f"subject: {text}")


@pytest.mark.parametrize(
    "text",
    [
        "Acme breaks the law in Springfield",
        "Nine in ten systems were sold last year",
        "Acme sold 40 systems in May",
    ],
)
def test_a_subject_that_states_what_no_fact_says_is_found(house: Any, text: str) -> None:
    subject(house, text)
    found = told(house, "uncited-claim", "acme.yaml")
    assert any("The subject" in p.message for p in found)


@pytest.mark.parametrize(
    "text",
    [
        "Please follow Widget Works",
        "Stop selling face recognition to police departments",
        "A request from your neighbors",
        "Widget Works has stopped selling face recognition to police",
    ],
)
def test_a_subject_that_asks_or_says_what_a_fact_says_is_left_alone(house: Any, text: str) -> None:
    subject(house, text)
    assert house.check() == []


def test_a_subject_that_denies_what_a_fact_says_is_found(house: Any) -> None:
    subject(house, "Widget Works has not stopped selling face recognition to police")
    assert "the subject" in told(house, "negation-differs", "acme.yaml")[0].message


def test_a_heading_that_says_more_than_its_fact_is_found(house: Any) -> None:
    house.spoil("facts.yaml", "Widget Works has stopped selling",
                "Widget Works may stop selling")  # fmt: skip
    house.call("## Widget Works stops selling face recognition to police departments\n\nRead on.")
    assert told(house, "hedge-dropped", "call.md")


def test_a_heading_that_names_what_follows_states_nothing(house: Any) -> None:
    house.call("## What has happened since\n\nRead on.")
    assert told(house, "uncited-claim", "call.md") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: No face recognition for police", 'title: Acme said "we will never sell it again"'),
        ("subject: Follow Widget Works", "subject: Acme said “we will never sell it again”"),
        ("timezone:", "enclosures: [Copy of “we will never sell it again”]\ntimezone:"),
        ("subject: Follow Widget Works",
         "subject: Follow Widget Works\n    preview: Acme said ‘we will never sell it again’"),
    ],
)  # fmt: skip
def test_a_quotation_around_the_body_needs_a_fact_too(house: Any, old: str, new: str) -> None:
    house.spoil("acme.yaml", old, new)
    assert told(house, "quotation-not-verbatim", "acme.yaml")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("timezone:", "enclosures: [List of sources (TODO)]\ntimezone:", "the enclosure"),
        ("timezone:", "cc: ['[NAME]']\ntimezone:", "the cc line"),
        ("timezone:", "cosigners: [{organization: '[ORGANIZATION]'}]\ntimezone:", "cosigners"),
        ("title: Director}]", "title: '[TITLE]'}]", "the signature block"),
    ],
)
def test_what_nobody_filled_in_around_the_body_is_found(
    house: Any, old: str, new: str, where: str
) -> None:
    house.spoil("acme.yaml", old, new)
    assert any(where in p.message for p in house.found("placeholder"))


LAYOUT = """\
{%% extends "layouts/letter.html" %%}
{%% block opening %%}
<p>%s</p>
{%% endblock %%}
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Acme sold 40 systems to police in May.", "uncited-claim"),
        ("You get this because you signed up for letters.", "uncited-claim"),
        ("Acme said: “we will never sell it again”", "quotation-not-verbatim"),
        ("Write to us at [YOUR ADDRESS] any time.", "placeholder"),
    ],
)
def test_the_words_of_a_layout_are_judged_at_their_line(house: Any, words: str, code: str) -> None:
    house.write("templates/layouts/own.html", LAYOUT % words)
    house.write("templates/layouts/own.css", '@import "letter.css";\n')
    house.spoil("acme.yaml", "    template: call\n", "    template: call\n    layout: own\n")
    (problem, *_) = told(house, code, "own.html")
    assert problem.place is not None
    assert problem.place.line == 3


@pytest.mark.parametrize(
    "layout", ["letter", "modern", "large-print", "window-10", "window-dl", "window-fr"]
)
def test_the_shipped_layouts_say_nothing_that_needs_a_fact(house: Any, layout: str) -> None:
    house.spoil("acme.yaml", "    template: call\n", f"    template: call\n    layout: {layout}\n")
    assert house.check() == []


def test_a_comparison_in_a_tag_of_a_layout_is_no_text(house: Any) -> None:
    tag = '<p class="date{% if inside_address | length > 4 %} many rows{% endif %}">{{ date }}</p>'
    house.write("templates/layouts/own.html", LAYOUT.replace("<p>%s</p>", "%s") % tag)
    house.write("templates/layouts/own.css", '@import "letter.css";\n')
    house.spoil("acme.yaml", "    template: call\n", "    template: call\n    layout: own\n")
    assert house.check() == []


@pytest.mark.parametrize(
    "damage",
    ["<!DOC" + "{% set x = 1 %}" * 500, "<{#" * 5000, "<style" * 5000, "<!-" * 5000, "{{<" * 5000],
    ids=["tag", "comment", "style", "html comment", "value"],
)
def test_a_layout_with_a_tag_that_never_ends_is_read_like_any_other(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "own.html"
    path.write_text("<p>Write to us at any time.</p>\n" + damage)
    first = next(layout_words(path, "own.html"))
    assert first.text == "Write to us at any time."


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("enclosures: ['List of the {26} members']", "The enclosure"),
        ("cc: ['**Attorney General**']", "The cc line"),
    ],
)
def test_markup_around_the_text_is_told_before_it_is_printed(
    house: Any, line: str, found: str
) -> None:
    house.spoil("acme.yaml", "stages:\n", f"{line}\nstages:\n")
    (told_of,) = told(house, "markup-in-value", "acme.yaml")
    assert told_of.message.startswith(f"{found} contains ")


def test_a_line_of_a_layout_without_an_end_is_refused_and_not_compared(house: Any) -> None:
    house.write("templates/layouts/own.html", LAYOUT % ("words and again " * 5000))
    house.write("templates/layouts/own.css", '@import "letter.css";\n')
    house.spoil("acme.yaml", "    template: call\n", "    template: call\n    layout: own\n")
    assert "has more than 2,000 characters" in house.one("template-too-large").message


@pytest.mark.parametrize(
    "line",
    [
        'greeting: "Dear killer of thirty children,"',
        'closing: "On behalf of residents whom you cheated in 2024,"',
        'delivery: "By hand, since the authority lied in 2024"',
        'reference_lines: {our_ref: "Sewage killed 30 children"}',
    ],
)
def test_a_claim_in_the_lines_around_a_letter_is_found(house: Any, line: str) -> None:
    house.spoil("acme.yaml", "    subject: Follow", f"    {line}\n    subject: Follow")
    assert told(house, "uncited-claim", "acme.yaml")


@pytest.mark.parametrize(
    "line",
    [
        'greeting: "Dear friends of the harbor,"',
        'closing: "On behalf of our 30,000 members,"',
        'reference_lines: {our_ref: "SW/2020-06/14"}',
    ],
)
def test_a_greeting_or_a_reference_is_no_claim(house: Any, line: str) -> None:
    house.spoil("acme.yaml", "    subject: Follow", f"    {line}\n    subject: Follow")
    assert house.check() == []


def test_a_claim_in_a_title_a_copy_line_or_a_set_phrase_is_found(house: Any) -> None:
    house.spoil("acme.yaml", "title: Counsel,", 'title: "Counsel, convicted of fraud in 2019",')
    house.spoil("acme.yaml", "\nfacts:", '\ncc: ["The members whom you lied to"]\n\nfacts:')
    found = [p.message for p in told(house, "uncited-claim", "acme.yaml")]
    assert any("title" in message for message in found)
    assert any("cc line" in message for message in found)


def test_a_table_of_figures_without_a_source_is_found(house: Any) -> None:
    table = "| Beach | Bacteria |\n| --- | ---: |\n| North | 4000 |"
    house.call(f"We ask you to act.\n\n{table}\n\nThis is what we ask.")
    assert any("4000" in p.message for p in house.found("uncited-claim"))


def test_a_set_phrase_of_the_workspace_that_claims_something_is_found(house: Any) -> None:
    words = (Path(__file__).parents[2] / "templates/words/en.yaml").read_text("utf-8")
    house.write("templates/words/en.yaml", words)
    assert house.check() == []
    words = words.replace('close: "Sincerely,"', 'close: "For those whom you cheated in 2019,"')
    house.write("templates/words/en.yaml", words)
    assert told(house, "uncited-claim", "en.yaml")
