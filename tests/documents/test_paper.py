"""The printed letter's HTML: what stands on the page, and what keeps a letter off it."""

import io
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.pdf.paper import layout_css, page_size, paper_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter

from ..examples import costly
from ..loaded import checked


def html_of(letter: Letter, campaign: Campaign) -> str:
    return paper_html(checked(letter, campaign), campaign.workspace)


@pytest.mark.parametrize(
    ("language", "size"),
    [
        ("en-US", "Letter"),
        ("en-CA", "Letter"),
        ("fr-CA", "Letter"),
        ("es-MX", "Letter"),
        ("en", "Letter"),
        ("en-GB", "A4"),
        ("fr", "A4"),
        ("de-DE", "A4"),
        ("es", "A4"),
        ("ja", "A4"),
        ("zh-Hant-TW", "A4"),
        ("pt", "A4"),
    ],
)
def test_the_paper_is_that_of_the_country(language: str, size: str) -> None:
    assert page_size(language) == size


def test_everything_a_letter_has_stands_on_it(letter: Letter, campaign: Campaign) -> None:
    html = html_of(letter, campaign)
    for text in (
        "Example Civil Liberties Coalition", "1 Example Street", "replies@coalition.example",
        "June 10, 2020", "Weiß, Zoë", "Café Müller &amp; Söhne", letter.subject,
        "Dear Dr. Weiß:", "take its cameras down.", "Sincerely,", "A. Example", "Counsel",
        "Example Law Centre", "Joined by", "Example Privacy Project", "Reference list",
        "cc: Board of Directors",
    ):  # fmt: skip
        assert text in html, text
    assert html.count('<span class="note">') == len(letter.cites) == 3


def test_the_date_of_the_file_is_noon_of_the_letters_day(
    letter: Letter, campaign: Campaign
) -> None:
    html = html_of(letter, campaign)
    assert '<meta name="dcterms.created" content="2020-06-10T12:00:00-05:00">' in html


def test_in_a_style_of_author_and_date_there_are_references_and_no_footnotes(
    letter: Letter, campaign: Campaign
) -> None:
    html = html_of(replace(letter, style="apa"), campaign)
    assert '<span class="note">' not in html
    assert "<h2>References</h2>" in html
    assert '<span class="cite"> (' in html


def test_https_alone_never_ends_a_line(letter: Letter, campaign: Campaign) -> None:
    html = html_of(letter, campaign)
    assert '"><span class="host">https://' in html


def test_letters_in_the_same_scripts_share_their_styles(letter: Letter, campaign: Campaign) -> None:
    def styles(name: str) -> str:
        one = replace(letter, inside_address=(name,))
        return html_of(one, campaign).split("<style>")[1]

    assert styles("Ann") == styles("Zoë")
    assert "Noto Sans JP" in styles("さくら")
    assert "Noto Sans JP" not in styles("Ann")


def test_a_character_without_a_font_is_named_with_its_place(
    letter: Letter, campaign: Campaign
) -> None:
    person = replace(
        letter,
        subject="A subject with ☃︎ and ⍼",
        inside_address=("Weiß, ངཀZoë", *letter.inside_address[1:]),
        cc=("Board ᬅ of",),
    )
    problems = obstacles(person, campaign.workspace)
    text = " ".join(problem.message for problem in problems)
    assert {problem.code for problem in problems} == {"unprintable-character"}
    assert "Tibetan (2 characters), which is in the address of" in text
    assert "Balinese (U+1B05 BALINESE LETTER AKARA), which is in the lines below" in text
    assert all("--format" in problem.hint for problem in problems)


def test_the_place_of_an_unprintable_name_is_its_line_in_the_file(
    campaigns: Path, edit: object
) -> None:
    path = campaigns / "microsoft.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Brad Smith", "Brad Smith ང"), encoding="utf-8")
    loaded, _ = load_campaign(path)
    assert loaded is not None
    letter = compose_letters(loaded).letters[0]
    problems = obstacles(letter, loaded.workspace)
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "name: Brad Smith" in row)
    places = [problem.place for problem in problems]
    assert places[0] is not None
    assert (places[0].path, places[0].line) == (path, line)


def test_a_letter_that_can_be_printed_has_no_obstacles(letter: Letter, campaign: Campaign) -> None:
    assert obstacles(letter, campaign.workspace) == []


@pytest.fixture
def pictured(letter: Letter, tmp_path: Path) -> tuple[Letter, Workspace]:
    """A letter with a logo and a signature, in a folder of its own."""
    (tmp_path / "images").mkdir()
    for name in ("logo & seal.png", "hand.png"):
        out = io.BytesIO()
        Image.new("RGB", (200, 60), (20, 40, 90)).save(out, "png")
        (tmp_path / "images" / name).write_bytes(out.getvalue())
    sender = letter.sender.model_copy(update={"logo": "images/logo & seal.png"})
    hand = letter.signatories[0].model_copy(update={"signature": "images/hand.png"})
    return replace(letter, sender=sender, signatories=(hand,)), Workspace.of(tmp_path / "c.yaml")


def test_logo_and_signature_are_pictures_that_say_whose_they_are(
    pictured: tuple[Letter, Workspace], campaign: Campaign
) -> None:
    letter, workspace = pictured
    html = paper_html(checked(letter, campaign), workspace)
    assert 'src="images/logo%20%26%20seal.png" alt="Example Civil Liberties Coalition"' in html
    assert 'src="images/hand.png" alt="A. Example"' in html
    assert '<p class="organization">' in html
    has_name = letter.sender.model_copy(update={"logo_has_name": True})
    alone = paper_html(checked(replace(letter, sender=has_name), campaign), workspace)
    assert '<p class="organization">' not in alone
    assert str(workspace.folder) not in html


@pytest.mark.parametrize("name", ["images/none.png", "../outside.png", "/etc/hostname"])
def test_a_picture_that_is_not_there_is_a_problem_before_the_page_is_made(
    name: str, pictured: tuple[Letter, Workspace], campaign: Campaign
) -> None:
    letter, workspace = pictured
    sender = letter.sender.model_copy(update={"logo": name})
    problems = obstacles(replace(letter, sender=sender), workspace)
    assert [p.code for p in problems] in (["missing-file"], ["outside-workspace"])


def test_a_picture_that_is_none_is_a_problem(
    pictured: tuple[Letter, Workspace], campaign: Campaign
) -> None:
    letter, workspace = pictured
    (workspace.folder / "images" / "hand.png").write_text("no picture", encoding="utf-8")
    problems = obstacles(letter, workspace)
    assert [problem.code for problem in problems] == ["wrong-kind-of-file"]


@pytest.mark.parametrize(
    ("people", "rows"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2]), (5, [3, 2]), (7, [3, 3, 1])]
)
def test_several_signatories_stand_side_by_side(
    people: int, rows: list[int], letter: Letter, campaign: Campaign
) -> None:
    html = html_of(replace(letter, signatories=letter.signatories[:1] * people), campaign)
    found = [row.count('<div class="signatory">') for row in html.split('class="signatories')[1:]]
    assert found == rows


def test_a_layout_without_a_stylesheet_is_a_problem(campaign: Campaign) -> None:
    with pytest.raises(AdvocacyError, match="Did you mean `letter`"):
        layout_css("leter", campaign.workspace)
    with pytest.raises(AdvocacyError, match=r"Available: .*letter"):
        layout_css("poster", campaign.workspace)


def test_a_stylesheet_cannot_end_its_own_element(
    letter: Letter, campaign: Campaign, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    css = 'p { color: red } /* </style><script src="x"></script> */'
    (folder / "letter.css").write_text(css, encoding="utf-8")
    workspace = Workspace.of(tmp_path / "c.yaml")
    html = paper_html(checked(letter, campaign), workspace)
    assert "</style><script" not in html


@costly(8)
@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
    | st.sampled_from(
        ["*Bob* <b>", "{{ 7*7 }}", "{% raw %}", "<!--", "&amp;", '"onload="x', "</p><p>", "a\\3c b"]
    )
)
def test_names_are_text_whatever_they_hold(letter: Letter, campaign: Campaign, name: str) -> None:
    person = Recipient.model_validate({"id": "x", "name": "Pat"})

    def html(text: str) -> str:
        changed = {"inside_address": (text,), "salutation": text, "cc": (text,)}
        return html_of(replace(letter, recipient=person, **changed), campaign)

    printed = unescape(re.sub(r"<[^>]*>", "", html(name)))
    assert printed.count(name) >= 3
    assert html(name).count("<p") == html("x").count("<p")


def test_french_letters_are_set_on_a4_with_french_words(letter: Letter, campaign: Campaign) -> None:
    french = replace(letter, language="fr-FR", date=date(2020, 6, 10), close="Cordialement,")
    html = html_of(french, campaign)
    assert "@page { size: A4;" in html
    assert '<html lang="fr-FR" dir="ltr">' in html
    assert "10 juin 2020" in html
    assert "Objet" in html


def test_an_apostrophe_among_small_capitals_is_as_small_and_is_copied_with_its_word(
    letter: Letter, campaign: Campaign
) -> None:
    import pypdfium2

    sender = letter.sender.model_copy(update={"organization": "Women’s Alliance", "logo": None})
    letter = replace(letter, sender=sender, subject="Keep the city’s promise")
    data = render_pdf(checked(letter, campaign), campaign.workspace).data
    with pypdfium2.PdfDocument(data) as pdf:
        text = pdf[0].get_textpage().get_text_range()
    assert "Women’s Alliance" in text
    assert "Keep the city’s promise" in text
    html = paper_html(checked(letter, campaign), campaign.workspace)
    assert html.count('<span class="small-mark">’</span>') == 2


def test_a_telephone_number_never_breaks_across_lines(letter: Letter, campaign: Campaign) -> None:
    sender = letter.sender.model_copy(update={"phone": "+1 217 555 0100"})
    html = paper_html(checked(replace(letter, sender=sender), campaign), campaign.workspace)
    assert '<span class="phone">+1 217 555 0100</span>' in html


@pytest.mark.parametrize("layout", ["letter", "modern"])
def test_no_line_of_the_letterhead_ends_with_a_separator(
    letter: Letter, campaign: Campaign, layout: str
) -> None:
    for street in ("1 Example Street", "101 Example Street, Building 14, Second Floor"):
        address = (street, "Association of the Friends of North Park", "Springfield, IL 62701")
        sender = letter.sender.model_copy(update={"address": address, "phone": "+1 217 555 0100"})
        one = checked(replace(letter, sender=sender, layout=layout), campaign)
        document = pypdfium2.PdfDocument(render_pdf(one, campaign.workspace).data)
        head, _ = document[0].get_textpage().get_text_range().split("June 10, 2020", 1)
        document.close()
        lines = [line.strip() for line in head.splitlines()]
        assert len(lines) >= 3
        assert " · " in head
        assert not any(line.endswith("·") or line.startswith("·") for line in lines), lines
