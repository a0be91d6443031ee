"""Who speaks in a quotation, against the speaker of the fact."""

from typing import Any

import pytest

from advocacy.errors import Level

PAPER = "  quote: Acme, asked twice this week, has not prohibited sales to police departments\n"
WIDGET = "  quote: We have stopped selling face recognition to the police\n"


def reported(house: Any) -> None:
    """The paper tells in its own words what Acme said."""
    house.spoil("facts.yaml", PAPER, f"{PAPER}  speaker: Acme\n  speech: reported\n")


def said_by(house: Any, speaker: str) -> None:
    """Somebody says in her own words that Widget Works has stopped."""
    house.spoil("facts.yaml", WIDGET, f"{WIDGET}  speaker: {speaker}\n")


ROE = "{name: Jane Roe, organization: Widget Works}"


@pytest.mark.parametrize(
    "sentence",
    [
        'Acme said that "has not prohibited sales to police departments"',
        'Acme told The Springfield Report that "has not prohibited sales to police departments"',
        'You said: "has not prohibited sales to police departments"',
        'Acme: "has not prohibited sales to police departments"',
    ],
)
def test_reported_speech_in_quotation_marks_is_not_the_speakers(house: Any, sentence: str) -> None:
    reported(house)
    house.call(sentence + '.{{ cite("acme-silent") }}')
    problem = house.found("speaker-differs")[0]
    assert problem.level is Level.ERROR
    assert "The Springfield Paper, which reports what Acme said" in problem.message
    assert problem.place.path.name == "call.md"


@pytest.mark.parametrize(
    "sentence",
    [
        "The Springfield Paper reported that Acme had not prohibited sales.",
        'As The Springfield Paper put it, Acme "has not prohibited sales to police departments".',
        'The Springfield Paper: "Acme, asked twice this week, has not prohibited sales".',
        "Acme said that it has not prohibited such sales.",
    ],
)
def test_reported_speech_may_be_the_reporters_or_without_marks(house: Any, sentence: str) -> None:
    reported(house)
    house.call(sentence + '{{ cite("acme-silent") }}')
    assert house.found("speaker-differs") == []


@pytest.mark.parametrize(
    "sentence",
    [
        'Acme said: "We have stopped selling face recognition to the police."',
        'The Springfield Paper said: "We have stopped selling face recognition to the police."',
        'John Doe said: "We have stopped selling face recognition to the police."',
        'Jane Roe of Acme said: "We have stopped selling face recognition to the police."',
        "Jane Roe of Acme said that it has stopped selling face recognition to the police.",
        "Acme's Jane Roe said that it has stopped selling face recognition to the police.",
        "Jane Roe (Acme) said that it has stopped selling face recognition to the police.",
    ],
)
def test_words_of_another_speaker_are_an_error(house: Any, sentence: str) -> None:
    said_by(house, ROE)
    house.call(sentence + '{{ cite("widget-stopped") }}')
    problem = house.found("speaker-differs")[0]
    assert problem.level is Level.ERROR
    assert "Jane Roe (Widget Works)" in problem.message


@pytest.mark.parametrize(
    "sentence",
    [
        'Widget Works said: "We have stopped selling face recognition to the police."',
        'Jane Roe of Widget Works said: "We have stopped selling face recognition to the police."',
        'Widget said in June: "We have stopped selling face recognition to the police."',
        'WW said, as Acme knows, "We have stopped selling face recognition to the police."',
        'Jane Roe told Acme: "We have stopped selling face recognition to the police."',
        '"We have stopped selling face recognition to the police."',
        '{{ quote("widget-stopped", speaker=true) }}',
    ],
)
def test_the_speakers_own_words_are_left_alone(house: Any, sentence: str) -> None:
    said_by(house, ROE)
    cite = "" if "quote(" in sentence else '{{ cite("widget-stopped") }}'
    house.call(sentence + cite)
    assert house.found("speaker-differs") == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Acme erklärte: „We have stopped selling face recognition to the police“."),
        ("fr", "Acme a déclaré : « We have stopped selling face recognition to the police »."),
        ("es", "Acme declaró: «We have stopped selling face recognition to the police»."),
    ],
)
def test_another_speaker_is_found_in_each_language(
    house: Any, language: str, sentence: str
) -> None:
    said_by(house, ROE)
    house.spoil("acme.yaml", "language: en-US", f"language: {language}")
    house.call(sentence + '{{ cite("widget-stopped") }}')
    assert house.found("speaker-differs")


def test_a_block_quotation_belongs_to_whom_the_line_before_it_names(house: Any) -> None:
    said_by(house, ROE)
    quotation = (
        '> We have stopped selling face recognition to the police.{{ cite("widget-stopped") }}'
    )
    house.call(f"Acme wrote:\n\n{quotation}")
    assert "“Acme”" in house.found("speaker-differs")[0].message


SAID = '"We have stopped selling face recognition to the police."{{ cite("widget-stopped") }}'
HEADED = f"## What NAME says\n\n> {SAID}"


@pytest.mark.parametrize(
    "text",
    [
        f"NAME is right. It said: {SAID}",
        f"{SAID} So wrote NAME.",
        f"In NAME's words, {SAID}",
        f"This is the view of NAME: {SAID}",
    ],
)
@pytest.mark.parametrize("name", ["Acme", "Widget Works"])
def test_a_speaker_who_is_named_beside_a_quotation_is_compared(
    house: Any, text: str, name: str
) -> None:
    said_by(house, ROE)
    house.call(text.replace("NAME", name))
    assert bool(house.found("speaker-differs")) is (name == "Acme")


@pytest.mark.parametrize(("name", "wrong"), [("Acme", True), ("Jane Roe", False)])
def test_a_heading_names_who_speaks_in_the_block_quotation_below_it(
    house: Any, name: str, wrong: bool
) -> None:
    said_by(house, ROE)
    house.call(HEADED.replace("NAME", name))
    assert bool(house.found("speaker-differs")) is wrong


@pytest.mark.parametrize(
    "sentence",
    [
        'Jane Roe, who leads the society of Vega, said: "We have stopped selling face recognition"',
        'Their Verdict: "We have stopped selling face recognition"',
    ],
)
def test_words_that_are_no_name_are_no_other_speaker(house: Any, sentence: str) -> None:
    said_by(house, ROE)
    house.call(sentence + '.{{ cite("widget-stopped") }}')
    assert not house.found("speaker-differs")


def test_a_publication_that_records_who_said_it_is_the_speaker_of_reported_speech(
    house: Any,
) -> None:
    reported(house)
    house.call(
        "The report in the paper records that, according to Acme, it "
        '"has not prohibited sales to police departments".{{ cite("acme-silent") }}'
    )
    assert not house.found("speaker-differs")
