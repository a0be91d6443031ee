"""`check --media`: what is asked, by when and on which evidence stands in every document."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.media import check_media, squeezed
from advocacy.checks.run import run_checks
from advocacy.checks.visible_email import seen_texts
from advocacy.checks.visible_paper import seen_pages
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
    return seen_pages(render_pdf(checked, campaign.workspace).data)


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


def in_email(path: Path) -> list[Problem]:
    """What the email lacks, or the text; nothing is printed."""
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    letters = compose_letters(campaign).letters
    return list(check_media(letters, campaign, ("HTML", "text")))


HIDDEN_IN_EMAIL = [
    ".references { display: none }",
    ".references { visibility:hidden }",
    ".references, .references * { font-size: 0 !important }",
    ".references, .references * { font: 1px Georgia }",
    ".references, .references * { color: #fff !important }",
    ".references, .references * { color: rgba(0, 0, 0, .05) !important }",
    ".references { background-color: #22252b; color: #22252b }",
    ".references { position: absolute; left: -9999px }",
    ".references ol { height: 0; overflow: hidden }",
    ".references ol { max-height: 1px; overflow: hidden }",
    ".references { opacity: .01 }",
    ".references { text-indent: -9999px }",
    ".references { margin-left: -3000px }",
    ".references { clip-path: inset(100%) }",
    ".references { transform: scale(0) }",
    ".references ol { line-height: 0 }",
    ".references { filter: opacity(0) }",
    ".references { a-property-of-tomorrow: hide }",
    ".references, .references * { font-family: Wingdings !important }",
    ".references { font-family: Georgia, 'Zapf Dingbats' } .references * { font-family: inherit }",
    ".references, .references * { font: small/1.4 'Webdings', serif !important }",
    ".references, .references * { font: 16px Wingdings 2 !important }",
    ".references { -webkit-text-size-adjust: 1% }",
    ".references { mso-ansi-font-size: 1pt }",
    "@media screen { .references { display: none !important } }",
    "@media (min-width: 1px) { @media screen { .references { color: #fff !important } } }",
    "@supports (color: red) { .references { font-size: 0 !important } }",
    ".foot { position: fixed; top: 0; width: 100%; height: 100%; background: #fff }",
    ".foot { outline: 300px solid #fff }",
    ".foot { position: relative; z-index: 2; box-shadow: 0 -100px 0 100px #fff }",
    ".foot { text-shadow: 0 -20px 0 #fff, 0 -40px 0 #fff }",
    ".foot { border-image: linear-gradient(#fff, #fff) 1 / 1px / 300px }",
    ".foot { font-size: 300px; position: relative; top: -440px; background: #fff }",
    ".foot { border-top: 24px solid #fff; margin-top: -24px }",
    ".foot { margin: 0 -600px 0 0; float: left; position: relative; background: #fff }",
    ".gap { transform: translateY(200px) scale(9); background: #fff }",
    ".gap { filter: drop-shadow(0 40px 0 #fff) }",
    ".references { position: relative; top: 60px }",
    ".references { box-shadow: inset 0 0 0 999px #22252b }",
    ".references ol { width: 1px; overflow: hidden }",
    ".references ol { max-width: .01%; overflow: hidden; word-break: break-all }",
    ".sheet { overflow: hidden } .references li { white-space: nowrap }",
    ".references { display: flex } .references ol { flex: 0 0 0; overflow: hidden }",
    ".sheet { overflow: hidden } .references ol { min-width: 9000px; text-align: right }",
    ".references { letter-spacing: 9000px }",
    ".references { border-left: 9999px solid #fff }",
    "@scope (body) { .references { display: none !important } }",
    "@media all { .references:is(td) { display: none !important } }",
    "@media all { & .references { display: none !important } }",
    "@media all { body { .references { color: #fff !important } } }",
    "@media all { .references li::first-line { color: #fff !important } }",
    "@media all { u + .body .references { display: none !important } }",
    "@media all { [data-ogsc] .references { color: #fff !important } }",
    "@media all { .references[data-ogsc] { display: none !important } }",
    "@media all { [owa] .references, .x { font-size: 0 !important } }",
    "@media all { .moz-text-html { display: none !important } }",
    "@media all { .x_references { display: none !important } }",
    "@media all { body::after { content: ''; position: fixed; inset: 0; background: #fff } }",
]


@pytest.mark.parametrize("rule", HIDDEN_IN_EMAIL)
def test_references_that_a_style_of_the_email_hides_count_as_missing(
    small_campaign: Path, layouts: Path, rule: str
) -> None:
    css = layouts / "email.css"
    css.write_text(f"{css.read_text()}\n{rule}\n")
    problems = in_email(small_campaign)
    assert any("the reference of `visits`" in problem.message for problem in problems)
    assert {problem.code for problem in problems} == {"missing-in-medium"}
    assert all("HTML" in problem.message for problem in problems)


SHOWN_IN_EMAIL = [
    ".sheet-cell { font-size: 0 } .sheet-cell p, .sheet-cell td, li, h1 { font-size: 15px }",
    ".references { width: 1%; float: right; letter-spacing: 0.02em; -webkit-hyphens: none }",
    ".sheet { overflow: hidden; border-radius: 4px; box-shadow: 0 1px 2px #999 }",
    ".references { background: #222; } .references * { color: white; }",
    ".references { font: italic 700 13px/1.4 Georgia, serif; text-indent: 1em }",
    ".references { position: relative; top: 2px; margin: 0 -4px; height: auto; opacity: .9 }",
    ".sheet { border: 1px solid rgb(0 0 0 / 20%); border-radius: 9999px; outline: 2px solid navy }",
    ".sheet { overflow: hidden; box-shadow: 0 8px 32px rgba(0, 0, 0, .2) }",
    ".sheet { overflow: hidden } h1 { white-space: nowrap }",
    ".references { font: 15px -apple-system, 'Segoe UI', sans-serif, 'Segoe UI Symbol' }",
    ".references { font-family: Georgia, 'Noto Color Emoji'; text-size-adjust: 100% }",
    "h1 { text-shadow: 0 1px 2px #999; zoom: 1; margin-top: -4px; letter-spacing: 3px }",
    "@media all { a:hover { color: #fff } .foot::after { content: ''; clear: both } }",
    "@media all { .no-such { display: none } .foot .no-such { color: #fff } }",
    "@media (max-width: 9px) { td > p:first-child { padding: 0 4px } td:not(.x) { top: 0 } }",
]


@pytest.mark.parametrize("rule", SHOWN_IN_EMAIL)
def test_styles_that_hide_nothing_are_left_alone(
    small_campaign: Path, layouts: Path, rule: str
) -> None:
    css = layouts / "email.css"
    css.write_text(f"{css.read_text()}\n{rule}\n")
    assert in_email(small_campaign) == []


def test_what_may_hide_the_text_is_named(small_campaign: Path, layouts: Path) -> None:
    css = layouts / "email.css"
    css.write_text(f"{css.read_text()}\n.references {{ clip-path: inset(100%) }}\n")
    assert "`clip-path: inset(100%)`" in str(in_email(small_campaign)[0].hint)


@pytest.mark.parametrize("ways", [("<details>", "</details>"), ('<div hidden="">', "</div>")])
def test_an_element_that_a_reader_must_open_hides_the_text(
    small_campaign: Path, layouts: Path, ways: tuple[str, str]
) -> None:
    path = layouts / "email.html"
    path.write_text(path.read_text().replace("{{ body }}", "{{ body }}".join(ways)))
    assert "the text “We ask you to keep" in in_email(small_campaign)[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<small>" * 12, "</small>" * 12),
        ("<sub>" * 12, "</sub>" * 12),
        ("<div popover>", "</div>"),
        ("<div inert>", "</div>"),
        ("<dialog>", "</dialog>"),
        ('<font face="Wingdings">', "</font>"),
    ],
)
def test_references_that_an_element_or_attribute_hides_count_as_missing(
    small_campaign: Path, layouts: Path, before: str, after: str
) -> None:
    path = layouts / "email.html"
    text = path.read_text().replace(
        "{{ reference.html }}", f"{before}{{{{ reference.html }}}}{after}"
    )
    assert text != path.read_text()
    path.write_text(text)
    found = in_email(small_campaign)
    assert any("the reference of `visits`" in problem.message for problem in found)


@pytest.mark.parametrize("tag", ["small", "sup", "big", 'font face="Georgia, Segoe UI Symbol"'])
def test_an_element_that_makes_references_somewhat_smaller_is_left_alone(
    small_campaign: Path, layouts: Path, tag: str
) -> None:
    path = layouts / "email.html"
    ends = f"</{tag.split()[0]}>"
    path.write_text(
        path.read_text().replace("{{ reference.html }}", f"<{tag}>{{{{ reference.html }}}}{ends}")
    )
    assert in_email(small_campaign) == []


def test_an_email_layout_without_the_text_is_found(small_campaign: Path, layouts: Path) -> None:
    path = layouts / "email.html"
    path.write_text(path.read_text().replace("{{ body }}", ""))
    assert "the text “We ask you to keep the park open" in in_email(small_campaign)[0].message


COVERED = (
    "@page { @bottom-center { content: ''; margin-top: -2in; height: 3in; width: 8in; "
    "background: #fff } }"
)
HIDDEN_ON_PAPER = [
    ".note { color: #fff }",
    ".note { float: none; position: absolute; left: -99in }",
    ".note { font-stretch: 1%; transform: scaleX(.05) }",
    ".note, .note a { color: #bbb }",
    COVERED,
    *(
        pytest.param(rule, marks=pytest.mark.slow)
        for rule in (
            ".note { display: none }",
            ".note { font-size: 1pt }",
            ".note { transform: scaleX(.15) }",
            ".note { color: #f4f4f4 }",
            ".note { background: #333; color: #555 }",
            ".note { float: none; display: inline-block; width: 0; height: 0; overflow: hidden }",
            ".note { float: none; opacity: .02 }",
            ".note, .note a { color: transparent }",
        )
    ),
]


@pytest.mark.parametrize("rule", HIDDEN_ON_PAPER)
def test_notes_that_the_printed_layout_hides_are_found(
    small_campaign: Path, layouts: Path, rule: str
) -> None:
    css = layouts / "letter.css"
    css.write_text(f"{css.read_text()}\n{rule}\n")
    problems = found(small_campaign)
    assert all(problem.message.startswith("The PDF of the letter") for problem in problems)
    assert any("the reference of `visits`" in problem.message for problem in problems)


@pytest.mark.parametrize(
    "rule",
    [".note { transform: scaleX(.6) }", ".note { font-size: 7pt; color: #888 }"],
)
def test_notes_in_narrow_small_or_gray_print_are_left_alone(
    small_campaign: Path, layouts: Path, rule: str
) -> None:
    css = layouts / "letter.css"
    css.write_text(f"{css.read_text()}\n{rule}\n")
    assert found(small_campaign) == []


def test_a_stage_whose_layout_hides_its_notes_cannot_be_approved(
    run_cli, small_campaign: Path, layouts: Path
) -> None:
    css = layouts / "letter.css"
    css.write_text(f"{css.read_text()}\n.note {{ color: #fff }}\n")
    result = run_cli("approve", small_campaign, "--stage", "call", "--by", "Jane Doe", "-q")
    assert result.returncode == 1
    assert "missing-in-medium" in result.stderr
    assert "cannot-approve" in result.stderr


def test_a_printed_layout_without_the_text_lacks_asks_deadline_and_notes(
    small_campaign: Path, layouts: Path
) -> None:
    path = layouts / "letter.html"
    path.write_text(path.read_text().replace("{{ body }}", ""))
    messages = [problem.message for problem in found(small_campaign)]
    assert len(messages) == 4
    assert all(message.startswith("The PDF of") for message in messages)
    assert any("the text “We ask you to keep the park open" in m for m in messages)
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


@pytest.mark.slow
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
    (seen,) = seen_texts(f"{hidden}<p>e&amp;<i>f</i></p>")
    assert "".join(seen.text.split()) == "e&f"


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
