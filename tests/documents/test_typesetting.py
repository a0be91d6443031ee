"""Small capitals are whole in every language that letters are written in."""

import re

import pytest
import uharfbuzz as hb

from advocacy.documents.pdf.alphabet import letters_of
from advocacy.documents.pdf.weasyprint_patches import weasyprint
from advocacy.resources import fonts_dir, templates_dir

LANGUAGES = "ca cs da de en es et fi fr hr hu is it lt lv nl pl pt sk sl sv".split()
WITHOUT = ("az", "ro", "tr")


@pytest.fixture(scope="module")
def font() -> hb.Font:
    file = fonts_dir() / "EB Garamond" / "EBGaramond-Regular.ttf"
    return hb.Font(hb.Face(file.read_bytes()))


def small(font: hb.Font, char: str, language: str) -> str:
    """The glyph of a letter in small capitals."""
    buffer = hb.Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    buffer.language = language
    hb.shape(font, buffer, weasyprint.text.fonts.font_features(font_variant_caps="small-caps"))
    return font.glyph_to_string(buffer.glyph_infos[0].codepoint)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_small_letter_of_a_language_has_a_small_capital(font: hb.Font, language: str) -> None:
    letters = [c for c in letters_of(language) if c.isalpha() and c.islower() and c not in "µªº"]
    assert [c for c in letters if not small(font, c, language).endswith(".sc")] == []


def test_a_language_whose_letters_lack_small_capitals_is_set_without() -> None:
    css = (templates_dir() / "layouts" / "letter.css").read_text("utf-8")
    languages, _ = css.split(") :is(h1, .organization) {")
    _, languages = languages.rsplit(":is(", 1)
    assert set(re.findall(r":lang\((\w+)\)", languages)) >= set(WITHOUT)


def test_a_layout_may_still_ask_for_the_forms_of_the_language() -> None:
    features = weasyprint.text.fonts.font_features(
        font_variant_caps="small-caps", font_feature_settings=(("locl", 1),)
    )
    assert features["locl"] == 1
    assert "locl" not in weasyprint.text.fonts.font_features()
