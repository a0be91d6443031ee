"""`check --media`: what is asked, by when and on which evidence stands in every document."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.media import pages, seen_text, squeezed
from advocacy.checks.run import run_checks
from advocacy.documents.pdf.render import render_pdf
from advocacy.errors import Problem
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

MEDIA = ("missing-in-medium", "deadline-unsaid")


def found(path: Path, templates: Path | None = None) -> list[Problem]:
    campaign, problems = load_campaign(path, templates)
    assert campaign is not None, problems
    return [p for p in run_checks(campaign, media=True).problems if p.code in MEDIA]


def printed(path: Path) -> tuple[str, ...]:
    """The text of the PDF's pages."""
    campaign, _ = load_campaign(path)
    assert campaign is not None
    checked, _ = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None
    return pages(render_pdf(checked, campaign.workspace).data)


@pytest.fixture
def layouts(small_campaign: Path, project_root: Path) -> Path:
    """The built-in layouts, beside the campaign and free to be spoiled."""
    folder = small_campaign.parent / "templates" / "layouts"
    shutil.copytree(project_root / "templates" / "layouts", folder)
    return folder


@pytest.mark.parametrize("name", ["microsoft", "amazon", "ibm"])
def test_the_shipped_letters_say_the_same_in_every_medium(project_root: Path, name: str) -> None:
    assert found(project_root / "campaigns" / f"{name}.yaml") == []


def test_a_good_letter_has_nothing_missing(small_campaign: Path) -> None:
    assert found(small_campaign) == []


def test_an_email_layout_that_loses_the_references_is_found(
    small_campaign: Path, layouts: Path
) -> None:
    path = layouts / "email.html"
    text = path.read_text()
    assert text.count("{% if references -%}") == 1
    path.write_text(text.replace("{% if references -%}", "{% if references and not references -%}"))
    [problem] = found(small_campaign)
    assert problem.code == "missing-in-medium"
    assert problem.message.startswith("The HTML of the letter of the stage `call`")
    assert "the reference of `visits`" in problem.message
    assert problem.place is not None
    assert problem.place.path.name == "open.md"


@pytest.mark.parametrize("rule", ["display: none", "visibility:hidden"])
def test_references_that_a_style_hides_count_as_missing(
    small_campaign: Path, layouts: Path, rule: str
) -> None:
    css = layouts / "email.css"
    css.write_text(f"{css.read_text()}\nol, ul, .references {{ {rule} }}\n")
    assert any("HTML" in problem.message for problem in found(small_campaign))


def test_notes_that_the_printed_layout_hides_are_found(small_campaign: Path, layouts: Path) -> None:
    css = layouts / "letter.css"
    css.write_text(f"{css.read_text()}\n.note {{ display: none }}\n")
    [problem] = found(small_campaign)
    assert problem.message.startswith("The PDF of the letter")
    assert "`visits`" in problem.message


def test_a_printed_layout_without_the_text_lacks_asks_deadline_and_notes(
    small_campaign: Path, layouts: Path
) -> None:
    path = layouts / "letter.html"
    path.write_text(path.read_text().replace("{{ body }}", ""))
    messages = [problem.message for problem in found(small_campaign)]
    assert len(messages) == 3
    assert all(message.startswith("The PDF of") for message in messages)
    assert any("what is asked for: “Keep the park open until nine" in m for m in messages)
    assert any("the deadline, March 15, 2026" in m for m in messages)


def test_a_deadline_that_no_letter_names_is_told_once(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "Please answer by {{ demand.reply_by }}.", "Please answer soon.")
    [problem] = found(small_campaign)
    assert problem.code == "deadline-unsaid"
    assert "March 15, 2026" in problem.message
    assert "{{ demand.reply_by }}" in problem.hint


def test_a_deadline_may_be_written_in_any_usual_form(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "{{ demand.reply_by }}", "March 15")
    assert found(small_campaign) == []


def test_an_ask_in_other_words_is_proven_by_its_sentence(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "{{ loop.index }}. {{ ask }}", "{{ loop.index }}. We ask that the park stay open.")
    edit(
        letter,
        "We ask you to keep the park open in the evening.",
        'Our "main" wish: please keep the park’s gates open until nine each evening.',
    )
    assert found(small_campaign) == []


def test_an_ask_that_ends_one_page_and_begins_the_next_is_there(small_campaign: Path) -> None:
    ask = "Keep the park open until nine in the evening" + ", and say so at the gate" * 12
    source = small_campaign.read_text()
    line = next(line for line in source.splitlines() if line.strip().startswith("asks:"))
    small_campaign.write_text(source.replace(line, f'  asks: ["{ask}."]'))
    letter = small_campaign.parent / "templates/letters/open.md"
    divided = 0
    for lines in range(10, 18):  # a long ask, at every height of the page
        text = "Some words.\n\n" * lines + "{{ demand.asks[0] }}\n\n" * 2
        letter.write_text(f'{text}{{{{ fact("visits") }}}}\n\nBy {{{{ demand.reply_by }}}}.\n')
        assert found(small_campaign) == []
        divided += not any(squeezed(ask) in squeezed(page) for page in printed(small_campaign)[:1])
    assert divided


def test_a_style_of_author_and_date_has_its_citations_and_its_list(
    small_campaign: Path, edit, layouts: Path
) -> None:
    edit(small_campaign, "timezone:", "citation_style: apa\ntimezone:")
    assert found(small_campaign) == []
    path = layouts / "letter.html"
    text = path.read_text()
    path.write_text(text.replace("{{ reference.html }}", "…"))
    [problem] = found(small_campaign)
    assert problem.message.startswith("The PDF of")


def test_a_letter_that_may_not_go_out_is_left_to_the_checks_that_say_so(
    small_campaign: Path, edit
) -> None:
    edit(small_campaign.parent / "facts.yaml", "from: 2026-01-15", "from: 2026-06-01")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    codes = {problem.code for problem in run_checks(campaign, media=True).problems}
    assert "fact-not-yet" in codes
    assert not codes & set(MEDIA)


def test_what_is_read_back_is_the_text_of_the_documents(small_campaign: Path) -> None:
    read = printed(small_campaign)
    assert squeezed("In 2025 the park had 40,000 visits.") in squeezed("".join(read))
    hidden = (
        '<head><title>t</title></head><p style="Display:none">a<br>b<b>c</b></p><p hidden>d</p>'
    )
    assert seen_text(f"{hidden}<p>e&amp;<i>f</i></p>") == "e&f"


def test_plain_check_makes_no_documents_and_media_is_an_option(
    run_cli, small_campaign: Path
) -> None:
    result = run_cli("check", small_campaign, "--media")
    assert result.returncode == 0, result.stderr
    code = (
        "import sys; from advocacy.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in ('weasyprint', 'pypdfium2', 'pikepdf') if m in sys.modules])"
    )
    plain = subprocess.run(
        [sys.executable, "-c", code, "check", str(small_campaign)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.splitlines()[-1] == "[]"
