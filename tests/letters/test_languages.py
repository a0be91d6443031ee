"""A campaign in several languages: each person's letter is whole in their own."""

from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.run import run_checks
from advocacy.documents.email.html import render_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.errors import Problem, has_errors
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

from ..loaded import loaded

FRENCH = """\
Nous vous demandons de garder le parc ouvert le soir.

{{ fact("visits") }} Beaucoup sont venus après le travail.

{% for ask in demand.asks %}
{{ loop.index }}. {{ ask }}
{% endfor %}

Merci de répondre avant le {{ demand.reply_by }} : "c'est urgent".
"""


@pytest.fixture
def bilingual(small_campaign: Path, edit) -> Path:
    """The small campaign with a French addressee, and every text that a reader sees in French."""
    folder = small_campaign.parent
    edit(
        small_campaign,
        "email: jane@parks.example}",
        "email: jane@parks.example}\n    - {id: martin, name: Jeanne Martin, title: Directrice, "
        "salutation: Madame la Directrice, email: jeanne@parks.example, language: fr}",
    )
    edit(small_campaign, "title: Keep", "title:\n  fr: Gardez le parc ouvert\n  en: Keep")
    edit(
        small_campaign,
        "  summary: Keep the park open",
        "  summary: {en: Keep the park open, fr: Gardez le parc ouvert}",
    )
    edit(
        small_campaign,
        "asks: [Keep the park open until nine in the evening.]",
        "asks:\n    - en: Keep the park open until nine in the evening.\n"
        "      fr: Gardez le parc ouvert jusqu’à neuf heures du soir.",
    )
    edit(
        small_campaign,
        "    subject: Keep the park open",
        "    subject:\n      en: Keep the park open\n      fr: Gardez le parc ouvert",
    )
    edit(
        folder / "facts.yaml",
        "statement: In 2025 the park had 40,000 visits.",
        "statement:\n    en: In 2025 the park had 40,000 visits.\n"
        "    fr: En 2025, le parc a reçu 40 000 visites.",
    )
    edit(
        small_campaign,
        "{name: A. Example, title: Chair}",
        "{name: A. Example, title: {en: Chair, fr: Présidente}}",
    )
    (folder / "templates/letters/open.fr.md").write_text(FRENCH, encoding="utf-8")
    return small_campaign


def letters(path: Path) -> dict[str, tuple[CheckedLetter, Campaign]]:
    campaign = loaded(path)
    composed = compose_letters(campaign)
    assert not has_errors(composed.problems)
    passed = {letter.id: check(letter, campaign)[0] for letter in composed.letters}
    return {name: (checked, campaign) for name, checked in passed.items() if checked is not None}


def codes(path: Path) -> dict[str, Problem]:
    campaign, problems = load_campaign(path)
    found = [*problems, *(run_checks(campaign, media=True).problems if campaign else ())]
    return {problem.code: problem for problem in found}


def test_a_french_reader_gets_a_letter_that_is_french_throughout(bilingual: Path) -> None:
    checked, campaign = letters(bilingual)["martin"]
    text = render_text(checked, campaign.workspace)
    for piece in (
        "2 mars 2026",
        "Objet : Gardez le parc ouvert",
        "Madame la Directrice,",
        "Nous vous demandons de garder le parc ouvert le soir.",
        "En 2025, le parc a reçu 40 000 visites[1].",
        "Gardez le parc ouvert jusqu’à neuf heures du soir.",
        "16 mars 2026",
        "Veuillez agréer, Madame la Directrice, mes salutations distinguées.",
        "Présidente",
        "Références",
    ):
        assert piece in text.replace("\u00a0", " ").replace("\u202f", " "), piece
    for word in ("Dear", "Sincerely", "Keep", "visits", "March"):
        assert word not in text, word


def test_french_quotation_marks_spaces_and_paper_are_french(bilingual: Path) -> None:
    checked, campaign = letters(bilingual)["martin"]
    text = render_text(checked, campaign.workspace)
    assert "«\u00a0c’est urgent\u00a0»" in text or "«\u202fc’est urgent\u202f»" in text
    assert 'lang="fr"' in render_html(checked, campaign.workspace)
    data = render_pdf(checked, campaign.workspace).data
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert [round(float(side)) for side in pdf.pages[0].MediaBox[2:]] == [595, 842]


def test_the_english_reader_still_gets_the_english_letter(bilingual: Path) -> None:
    checked, campaign = letters(bilingual)["doe"]
    text = render_text(checked, campaign.workspace)
    assert "Dear Ms. Doe:" in text
    assert "In 2025 the park had 40,000 visits.[1]" in text
    assert "parc" not in text


def test_both_letters_pass_every_check_and_say_the_same_in_every_medium(
    bilingual: Path, edit
) -> None:
    sources = bilingual.parent / "sources.yaml"
    edit(sources, "    issued:", '    accessed: "2026-02-01"\n    issued:')
    found = {code for code, p in codes(bilingual).items() if p.level != "note"}
    assert found == set()


@pytest.mark.parametrize(
    ("name", "line", "at"),
    [
        ("parks.yaml", "  fr: Gardez le parc ouvert\n", "parks.yaml:3"),
        ("parks.yaml", "      fr: Gardez le parc ouvert\n", "parks.yaml:32"),
        (
            "parks.yaml",
            "      fr: Gardez le parc ouvert jusqu’à neuf heures du soir.\n",
            "parks.yaml:17",
        ),
        (
            "facts.yaml",
            "    fr: En 2025, le parc a reçu 40 000 visites.\n",
            "templates/letters/open.fr.md:3",
        ),
    ],
    ids=["title", "subject", "ask", "statement"],
)
def test_a_missing_language_is_a_problem_at_the_text_that_lacks_it(
    bilingual: Path, edit, name: str, line: str, at: str
) -> None:
    path = bilingual.parent / name
    text = path.read_text()
    assert line in text
    before, after = text.split(line, 1)
    path.write_text(before + after)
    problem = codes(bilingual).get("missing-language")
    assert problem is not None
    assert "`fr`" in problem.message
    assert "fr" in problem.hint
    assert problem.place is not None
    assert str(problem.place).startswith(str(bilingual.parent / at))


def test_a_text_that_was_never_translated_is_a_problem_too(bilingual: Path, edit) -> None:
    edit(
        bilingual,
        "    subject:\n      en: Keep the park open\n      fr: Gardez le parc ouvert",
        "    subject: Keep the park open",
    )
    problem = codes(bilingual)["missing-language"]
    assert "it is only available in `en-US`" in problem.message
    assert "`en: …` and `fr: …`" in problem.hint


def test_a_missing_language_stops_that_letter_alone(bilingual: Path) -> None:
    text = bilingual.read_text()
    bilingual.write_text(text.replace("      fr: Gardez le parc ouvert\n", ""))
    composed = compose_letters(loaded(bilingual))
    assert [letter.id for letter in composed.letters] == ["doe"]
    assert [problem.code for problem in composed.problems] == ["missing-language"]


def test_without_a_french_template_everybody_gets_the_campaigns_language(bilingual: Path) -> None:
    (bilingual.parent / "templates/letters/open.fr.md").unlink()
    [note] = compose_letters(loaded(bilingual)).problems
    assert (note.code, note.level) == ("other-language", "note")
    checked, campaign = letters(bilingual)["martin"]
    assert "We ask you to keep the park open" in render_text(checked, campaign.workspace)
    assert "parc" not in render_text(checked, campaign.workspace)


def test_a_campaign_that_is_french_as_a_whole_needs_no_maps(small_campaign: Path, edit) -> None:
    folder = small_campaign.parent
    edit(small_campaign, "timezone:", "language: fr\ntimezone:")
    edit(small_campaign, "title: Keep the park open", "title: Gardez le parc ouvert")
    edit(folder / "facts.yaml", "In 2025 the park had 40,000 visits.", "Le parc est plein.")
    (folder / "templates/letters/open.md").write_text(FRENCH, encoding="utf-8")
    checked, campaign = letters(small_campaign)["doe"]
    assert "Le parc est plein[1]." in render_text(checked, campaign.workspace)
