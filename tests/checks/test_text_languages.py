"""A part of a letter in another language is reported; quotations and names are not."""

import shutil
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.resources import templates_dir

ENGLISH = "The park is where the people of this town meet, and they have done so for many years.\n"
FRENCH = (
    "Nous vous demandons de garder le parc ouvert, parce que les enfants y jouent avec nous.\n\n"
    "> The park is where the people of this town meet, and they have done so for many years.\n\n"
)


def found(campaign: Path, partial: str) -> list[tuple[str, str]]:
    folder = campaign.parent / "templates"
    (folder / "partials").mkdir(exist_ok=True)
    (folder / "partials" / "park.md").write_text(partial, "utf-8")
    loaded, problems = load_campaign(campaign)
    assert loaded is not None, problems
    return [
        (one.message, str(one.place))
        for one in run_checks(loaded).problems
        if one.code == "mixed-language"
    ]


def judged(campaign: Path, edit, own: str, partial: str) -> list[str]:
    """What is told of a partial in a letter that consists of it alone."""
    letter = campaign.parent / "templates" / "letters" / "open.md"
    letter.write_text('{% include "partials/park.md" %}\n', "utf-8")
    words = letter.parents[1] / "words" / f"{own[:2]}.yaml"
    if not (templates_dir() / "words" / words.name).exists():
        words.parent.mkdir()
        shutil.copy(templates_dir() / "words" / "en.yaml", words)
    edit(campaign, "id: parks\n", f"id: parks\nlanguage: {own}\n")
    return [message for message, _ in found(campaign, partial)]


def test_an_english_part_of_a_french_letter_is_reported(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    letter.write_text(FRENCH + '{% include "partials/park.md" %}\n', "utf-8")
    edit(small_campaign, "id: parks\n", "id: parks\nlanguage: fr-FR\n")
    [(message, place)] = found(small_campaign, ENGLISH)
    assert message == "`park.md` is in English, but the letter is in French."
    assert place.endswith("park.md:1:1")
    assert found(small_campaign, "Ils viennent ici avec leurs familles depuis des années.\n") == []
    assert found(small_campaign, "IBM, Microsoft, Apple.\n") == []


@pytest.mark.parametrize(
    ("own", "text", "other"),
    [
        ("fr-FR", "The park is a place for everyone.", "English"),
        ("fr-FR", "We don't want it to close.", "English"),
        ("de-DE", "I'm here because the park is ours.", "English"),
        ("es-ES", "Le parc est pour nous tous.", "French"),
        ("en-US", "Der Park ist für alle da.", "German"),
        ("en-US", "Queremos que el parque siga abierto para todos.", "Spanish"),
        ("it-IT", "The park is ours, and we will keep it.", "English"),
    ],
)
def test_a_short_text_in_another_language_is_told(
    small_campaign: Path, edit, own: str, text: str, other: str
) -> None:
    [message] = judged(small_campaign, edit, own, text)
    assert message.startswith(f"`park.md` is in {other}, but the letter is in ")


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("fr-FR", "Le parc est un lieu pour tous."),
        ("fr-FR", "Nous lisons « The park is a place for everyone. » depuis longtemps."),
        ("fr-FR", "« The park is a place for everyone. »"),
        ("fr-FR", "Office for the Protection of the Birds."),
        ("fr-FR", "- The Right to Be Forgotten\n- IBM, Microsoft, Apple\n"),
        ("fr-FR", "D'après J. Doe, c'est d'autant plus vrai qu'il s'agit d'un parc."),
        ("de-DE", "Man war hier, also will man das so."),
        ("de-DE", "Das ist Sache der Ämter."),
        ("en-US", "Visit the Parc de la Villette and the Jardin des Plantes."),
        ("en-US", "I am, as a man of the war years, for it."),
        ("es-ES", "Sí, se puede."),
        ("es-ES", "El parque es de todos y para todos."),
        ("it-IT", "Il parco è di tutti, e noi lo vogliamo aperto."),
        ("nl-NL", "Het park is over een jaar open, en we had of been zoals me."),
        ("pt-PT", "O parque é para todos, e por isso está aberto."),
    ],
)
def test_names_titles_and_quotations_keep_their_language(
    small_campaign: Path, edit, own: str, text: str
) -> None:
    assert judged(small_campaign, edit, own, text) == []


def test_a_sentence_of_another_language_is_told_in_its_place(small_campaign: Path, edit) -> None:
    text = "Le parc est ouvert.\n\nThe park is a place for everyone.\n"
    [message] = judged(small_campaign, edit, "fr-FR", text)
    assert (
        message == "“The park is a place for everyone.” is in English, but the letter is in French."
    )


def test_a_letter_in_one_language_is_left_alone(small_campaign: Path) -> None:
    assert found(small_campaign, ENGLISH) == []
