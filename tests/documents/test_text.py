"""The plain text of a letter: readable as it stands."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.loading import Campaign
from advocacy.documents import plain_text
from advocacy.documents.text import render_text
from advocacy.letters.letter import Letter, check

from ..examples import costly

ADDRESS = re.compile(r"\s*<?https?://\S+")
ONE_LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])
    | st.sampled_from(" *_<>&{}[]#"),
    min_size=1,
    max_size=60,
).map(lambda text: " ".join(text.split(" ")).strip() or "x")


def text_of(letter: Letter, campaign: Campaign) -> str:
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    return render_text(checked, campaign.workspace)


@pytest.fixture(scope="module")
def text(letter: Letter, campaign: Campaign) -> str:
    return text_of(letter, campaign)


def test_the_text_has_the_parts_of_a_letter_in_their_order(text: str) -> None:
    parts = [
        "Example Civil Liberties Coalition",
        "June 10, 2020",
        "Weiß, Zoë\nPresident\nCafé Müller & Söhne\n12 Main Street\nSpringfield, IL 62701",
        "Re: Take down the cameras that know faces",
        "Dear Dr. Weiß:",
        "I write to ask",
        "Sincerely,",
        "A. Example\nDirector",
        "B. Sample\nCounsel\nExample Law Centre",
        "Joined by\nExample Privacy Project",
        "Enclosure: Reference list",
        "cc: Board of Directors",
        "References\n==========",
        "-- \nExample Civil Liberties Coalition\n1 Example Street",
        "replies@coalition.example",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_no_line_is_longer_than_76_but_an_address_alone_on_its_line(text: str) -> None:
    long = [line for line in text.split("\n") if len(line) > 76]
    assert long, "the sample has a long address"
    assert all(ADDRESS.fullmatch(line) for line in long)


def test_marks_stick_to_their_words_and_lead_to_full_addresses(text: str) -> None:
    assert "cameras down.[1] They" in text
    assert "shown why.[1,2]" in text
    references = text.partition("References\n")[2]
    assert "\n[1] Example Agency" in references
    assert "\n[2] Example Newsroom" in references
    assert "https://news.example/2020/06/08/stops" in references
    assert "does-not-fit-on-one-line-of-seventy-six-columns.pdf" in references


def test_no_line_ends_in_a_space_but_the_sign_before_the_foot(text: str) -> None:
    assert [line for line in text.split("\n") if line.endswith(" ")] == ["-- "]
    assert text.endswith("coalition.example/\n")


def test_a_letter_without_cosigners_citations_and_copies_has_no_empty_places(
    letter: Letter, campaign: Campaign
) -> None:
    bare = replace(
        letter,
        cites=(),
        body=replace(letter.body, markdown="One line.", values=()),
        cosigners=(),
        cc=(),
        enclosures=(),
        inside_address=(),
    )
    text = text_of(bare, campaign)
    assert "References" not in text
    assert "Joined by" not in text
    assert "\n\n\n" not in text


def test_several_enclosures_are_announced_as_such(letter: Letter, campaign: Campaign) -> None:
    text = text_of(replace(letter, enclosures=("Reference list", "Petition")), campaign)
    assert "Enclosures: Reference list; Petition\n" in text


def test_a_style_of_author_and_date_prints_its_notes_in_the_text(
    letter: Letter, campaign: Campaign
) -> None:
    text = text_of(replace(letter, style="apa"), campaign)
    body, _, references = text.partition("References\n")
    assert "(Example Agency, 2019" in body
    assert "[1]" not in text
    assert "Example Newsroom" in references


def test_dates_and_set_words_follow_the_language(letter: Letter, campaign: Campaign) -> None:
    text = text_of(replace(letter, language="fr"), campaign)
    assert "10 juin 2020" in text
    assert "Références\n==========" in text


@costly(15)
@given(subject=ONE_LINE, salutation=ONE_LINE, name=ONE_LINE)
def test_values_are_read_back_as_they_were_typed(
    letter: Letter, campaign: Campaign, subject: str, salutation: str, name: str
) -> None:
    values = (*letter.body.values[:-1], name)
    changed = replace(
        letter,
        subject=subject,
        salutation=salutation,
        body=replace(letter.body, values=values),
    )
    words = " ".join(text_of(changed, campaign).split())
    for value in (f"Re: {subject}", salutation, f"conversation, {name}."):
        joined = "".join(value.split())
        assert joined in words.replace(" ", "")


@given(
    st.lists(st.sampled_from([*"ab \n日é-", "word ", "long-word"]), max_size=40).map("".join),
    st.sampled_from(["", "- ", "> > "]),
    st.sampled_from(["", "  ", "> > "]),
    st.integers(3, 30),
)
def test_lines_that_need_no_measure_break_where_the_measured_ones_do(
    text: str, first: str, rest: str, width: int
) -> None:
    measured: list[str] = []
    for paragraph in text.split("\n"):
        prefix = rest if measured else first
        measured += plain_text._measured(paragraph, prefix, rest, width)
    assert list(plain_text.wrap(text, first, rest, width)) == measured
