"""A part of a letter in another language is reported; quotations and names are not."""

from pathlib import Path

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks

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


def test_an_english_part_of_a_french_letter_is_reported(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    letter.write_text(FRENCH + '{% include "partials/park.md" %}\n', "utf-8")
    edit(small_campaign, "id: parks\n", "id: parks\nlanguage: fr-FR\n")
    [(message, place)] = found(small_campaign, ENGLISH)
    assert message == "`park.md` is in English, but the letter is in French."
    assert place.endswith("park.md:1:1")
    assert found(small_campaign, "Ils viennent ici avec leurs familles depuis des années.\n") == []
    assert found(small_campaign, "IBM, Microsoft, Apple.\n") == []


def test_a_letter_in_one_language_is_left_alone(small_campaign: Path) -> None:
    assert found(small_campaign, ENGLISH) == []
