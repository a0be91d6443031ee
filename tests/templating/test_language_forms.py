"""Where note marks stand in each language, and the first word of a German letter."""

import pytest

from advocacy.templating.citation_marks import CITE_MARK, VALUE_MARK
from advocacy.templating.language_forms import in_language

C, V = chr(CITE_MARK), chr(VALUE_MARK)


@pytest.mark.parametrize(
    ("language", "written", "printed"),
    [
        ("fr", f"Un mot.{C} Un autre,{C} puis", f"Un mot{C}. Un autre{C}, puis"),
        ("fr", f"Pourquoi ?{C}", f"Pourquoi{C} ?"),
        ("fr", f'Il dit "oui".{C}', f'Il dit "oui"{C}.'),
        ("fr", f"{V}.{C} Suite", f"{V}{C}. Suite"),
        ("fr", f"Un mot.{C}{C} Suite", f"Un mot{C}{C}. Suite"),
        ("fr", "Un mot.[^mai]\n\n[^mai]: Une note.", "Un mot[^mai].\n\n[^mai]: Une note."),
        ("fr", f"les parcs, etc.{C} Suite", f"les parcs, etc.{C} Suite"),
        ("fr", f"Un mot...{C}", f"Un mot...{C}"),
        ("en-US", f"A word{C}. Another{C}, then", f"A word.{C} Another,{C} then"),
        ("en-GB", "A word[^may].\n\n[^may]: A note.", "A word.[^may]\n\n[^may]: A note."),
        ("en-US", f"A word{C} – another", f"A word{C} – another"),
        ("de", f"Das Wort{C}, ein Satz.{C}", f"das Wort{C}, ein Satz.{C}"),
    ],
)
def test_a_note_mark_stands_where_the_language_has_it(
    language: str, written: str, printed: str
) -> None:
    found = in_language(written, language, after_comma=True, cites_in_text=False)
    assert found == printed


def test_a_citation_in_parentheses_stays_before_the_stop() -> None:
    text = f"A word{C}. Another[^a]."
    assert in_language(text, "en", after_comma=False, cites_in_text=True) == (
        f"A word{C}. Another.[^a]"
    )


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Wir schreiben Ihnen.", "wir schreiben Ihnen."),
        ("Über den Park", "über den Park"),
        ("Sie haben", "Sie haben"),
        ("*Wir* bitten", "*wir* bitten"),
        ("**Die** Luft", "**die** Luft"),
        ("***Die* Luft**", "***die* Luft**"),
        ("[Wir](https://x.example) bitten", "[wir](https://x.example) bitten"),
        ("**Sie** haben", "**Sie** haben"),
        ("Anbei senden wir", "anbei senden wir"),
        ("Heute bitten wir", "heute bitten wir"),
        ("Gemeinsam mit", "gemeinsam mit"),
        ("Derzeit fehlt", "derzeit fehlt"),
        ("Dürfen wir", "dürfen wir"),
        ("Wären Sie bereit", "wären Sie bereit"),
        ("Morgen des Parks", "Morgen des Parks"),
        ("- Wir bitten", "- Wir bitten"),
        ("Parks brauchen Licht.", "Parks brauchen Licht."),
        ("## Das Licht", "## Das Licht"),
        ("Im-Park", "Im-Park"),
    ],
)
def test_a_german_letter_goes_on_with_a_small_letter_after_a_comma(
    written: str, printed: str
) -> None:
    assert in_language(written, "de", after_comma=True, cites_in_text=False) == printed
    assert in_language(written, "de", after_comma=False, cites_in_text=False) == written
