"""What is typed in a campaign or a list is set with the marks of the letter's language."""

from dataclasses import replace
from pathlib import Path

from advocacy.campaign.campaign import Cosigner, Signatory
from advocacy.campaign.languages import LocalText
from advocacy.campaign.loading import load_campaign
from advocacy.documents.text import render_text
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check
from advocacy.letters.typesetting import typeset_people, typeset_prose
from advocacy.templating.citation_marks import VALUE_MARK, Own, Prose

VALUE, NEXT = chr(VALUE_MARK), chr(VALUE_MARK + 1)


def test_a_value_in_a_quotation_has_the_inner_marks_and_one_outside_the_outer() -> None:
    prose = Prose(f'"The {VALUE} act" and {NEXT}', ('"Open"', '"Park"'))
    assert typeset_prose(prose, "en-US").values == ("‘Open’", "“Park”")
    assert typeset_prose(prose, "de").values == ("‚Open‘", "„Park“")


def test_values_in_addresses_and_code_stay_as_typed() -> None:
    prose = Prose(f"[it](https://a.example/?q={VALUE}) `{NEXT}`", ("it's", "'a'"))
    assert typeset_prose(prose, "en-US") == prose


def test_a_persons_own_value_stays_their_own() -> None:
    (value,) = typeset_prose(Prose(VALUE, (Own("O'Brien"),)), "en-US").values
    assert value == "O’Brien"
    assert type(value) is Own


def test_people_without_marks_are_the_same_objects() -> None:
    plain = (Cosigner(organization="Example Parks"),)
    assert typeset_people(plain, "en-US") is plain
    signed = (Signatory(name="A. O'Brien", title=LocalText.of('Editor, "Parks"')),)
    (one,) = typeset_people(signed, "en-US")
    assert (one.name, one.office) == ("A. O’Brien", "Editor, “Parks”")


def test_every_part_of_a_letter_has_the_languages_marks(small_campaign: Path, edit) -> None:
    edit(small_campaign, "name: Jane Doe", "name: Jane O'Doe")
    edit(
        small_campaign,
        "    subject: Keep the park open",
        '    subject: Keep "our" park\'s gate open',
    )
    campaign, problems = load_campaign(small_campaign)
    assert campaign is not None, problems
    (letter,) = compose_letters(campaign).letters
    assert letter.subject == "Keep “our” park’s gate open"
    assert letter.inside_address[0] == "Jane O’Doe"
    checked, _ = check(replace(letter), campaign)
    assert checked is not None
    text = render_text(checked, campaign.workspace)
    assert "'" not in text
    assert '"' not in text
