"""What an organizer may rely on in a list of people who read several languages."""

from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.errors import Level
from advocacy.letters.compose import compose_letters

TRANSLATED = {
    "title: Keep the park open": "title: {en: Keep the park open, fr: Gardez le parc ouvert}",
    "  summary: Keep the park open": "  summary: {en: Keep the park open, fr: Gardez le parc}",
    "  asks: [Keep the park open until nine in the evening.]": (
        "  asks:\n    - {en: Keep the park open until nine in the evening.,"
        " fr: Gardez le parc ouvert jusqu’à neuf heures.}"
    ),
    "{name: A. Example, title: Chair}": "{name: A. Example, title: {en: Chair, fr: Présidente}}",
    "    subject: Keep the park open": (
        "    subject: {en: Keep the park open, fr: Gardez le parc ouvert le soir}"
    ),
}


@pytest.fixture
def mixed(small_campaign: Path, edit) -> Path:
    """The small campaign with a French template, and people of three languages."""
    folder = small_campaign.parent
    edit(small_campaign, "demand:\n", "recipients: list.csv\ndemand:\n")
    (folder / "list.csv").write_text(
        "id,name,language\na,Ann Roe,\nb,Zoé Blanc,fr\nc,Léa Noir,fr-CA\n"
        "d,Jan Novák,cs\ne,Al,en-GB\n",
        encoding="utf-8",
    )
    (folder / "templates" / "letters" / "open.fr.md").write_text(
        "Nous vous demandons : {{ demand.asks[0] }}", encoding="utf-8"
    )
    return small_campaign


def languages(path: Path) -> tuple[dict[str, str], list[tuple[str, Level, str]]]:
    campaign, problems = load_campaign(path)
    assert campaign is not None
    assert problems == []
    composed = compose_letters(campaign)
    return (
        {letter.id: letter.language for letter in composed.letters},
        [(p.code, p.level, p.message) for p in composed.problems],
    )


def test_a_letter_is_in_the_recipients_language_where_everything_is(mixed: Path) -> None:
    text = mixed.read_text(encoding="utf-8")
    for old, new in TRANSLATED.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    mixed.write_text(text, encoding="utf-8")
    found, problems = languages(mixed)
    assert found == {"a": "en-US", "b": "fr", "c": "fr-CA", "d": "en-US", "e": "en-GB"}
    [(code, level, message)] = problems
    assert (code, level) == ("other-language", Level.NOTE)
    assert "1 letter" in message
    assert "`cs`" in message


def test_a_letter_is_in_the_campaigns_language_where_there_is_no_template_in_it(
    mixed: Path,
) -> None:
    (mixed.parent / "templates" / "letters" / "open.fr.md").unlink()
    found, problems = languages(mixed)
    assert found == {"a": "en-US", "b": "en-US", "c": "en-US", "d": "en-US", "e": "en-GB"}
    assert {code for code, _, _ in problems} == {"other-language"}


def test_a_language_without_its_set_words_is_never_half_used(mixed: Path) -> None:
    templates = mixed.parent / "templates" / "letters"
    (templates / "open.cs.md").write_text("Prosíme.", encoding="utf-8")
    text = mixed.read_text(encoding="utf-8")
    for old, new in TRANSLATED.items():
        text = text.replace(old, new.replace("fr:", "cs:"))
    mixed.write_text(text, encoding="utf-8")
    found, _ = languages(mixed)
    assert found["d"] == "en-US"
