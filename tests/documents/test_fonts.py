"""The fonts of the printed letter: what they cover, and that nothing is opened in vain."""

import subprocess
import sys

import pytest

from advocacy.documents.fonts import (
    BODY,
    FAMILIES,
    PACKAGES,
    by_script,
    describe,
    missing_font_cure,
)

LETTERS = {
    "plain": "Dear Mr. Smith: “quoted” – 34.7% § 5 … ½ € ﬁ",
    "accents": "Zoë Weiß, Łukasz Żółć, Dvořák, Nguyễn Thị Ánh, Þóra, Čučak, José Ñ",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Владимир Щукин, Ґалаґан, Ђорђе",
    "Devanagari": "अनीता शर्मा",
    "Hebrew": "שָׂרָה כהן",
    "Japanese": "山田 花子 ソフトウェア",
    "Korean": "김민준 주식회사",
    "Chinese": "王小明 有限公司",
    "French": "« Bonjour ! »",
    "Hebrew with geresh": "ג׳ורג׳ וארה״ב",
    "Arabic": "سعاد حسني، محمّد ١٢٣",
    "Thai": "สมชาย ใจดี กรุงเทพฯ",
    "Tamil": "அனிதா",
    "emoji": "🙂 ✊ ❤️",
}


@pytest.mark.parametrize("name", LETTERS)
def test_the_scripts_that_the_design_promises_can_be_printed(name: str) -> None:
    assert PACKAGES.unprintable(LETTERS[name]) == ()


def test_what_cannot_be_printed_is_named_once_and_in_order() -> None:
    assert PACKAGES.unprintable("a ང b ᬅ c ང") == ("ང", "ᬅ")
    assert describe("ང") == "U+0F44 TIBETAN LETTER NGA"
    assert by_script("ངཀᬅ") == {"Balinese": ["ᬅ"], "Tibetan": ["ང", "ཀ"]}


def test_a_missing_package_of_fonts_is_named_as_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_font_cure("Tibetan").startswith("Put a font that has them in the folder `fonts`")
    monkeypatch.setattr("advocacy.documents.fonts.font_package", lambda name: None)
    assert missing_font_cure("Thai").endswith('pip install "advocacy[scripts]"')


def test_a_decomposed_accent_counts_as_the_letter_it_makes() -> None:
    assert PACKAGES.unprintable("Zoe\u0308 e\u0301") == ()


def test_characters_that_are_never_drawn_need_no_font() -> None:
    assert PACKAGES.unprintable("soft\u00adhyphen zero\u200bwidth word\u2060joiner\n\t") == ()


def test_each_language_has_its_own_shapes_of_han_characters() -> None:
    han = "直 器 次"
    assert PACKAGES.needed(han, "ja")[-1] == "Noto Sans JP"
    assert PACKAGES.needed(han, "ko")[-1] == "Noto Sans KR"
    assert PACKAGES.needed(han, "zh-CN")[-1] == "Noto Sans SC"
    assert PACKAGES.needed(han, "en-US")[-1] == "Noto Sans SC"
    # An English letter to a Japanese or Korean name: kana and Hangul tell.
    assert PACKAGES.needed(han + "さん", "en-US")[-1] == "Noto Sans JP"
    assert PACKAGES.needed(han + "씨", "en-US")[-1] == "Noto Sans KR"


def test_a_letter_names_only_the_families_it_needs() -> None:
    assert PACKAGES.needed("Dear Ms. Doe:", "en-US") == (BODY,)
    assert PACKAGES.needed("Dear Ms. Doe: Шарма", "en-US") == (BODY,)
    assert PACKAGES.needed("Dear Ms. Doe: שלום", "en-US") == (BODY, "Frank Ruhl Libre")


def test_the_body_font_comes_first_for_what_it_has() -> None:
    for char in "Aé–“ßЖΩ7":
        assert PACKAGES.covered_by(char, PACKAGES.fallbacks("en")) == BODY


def test_every_face_of_every_family_is_in_the_package() -> None:
    for family in FAMILIES.values():
        for path, _, _ in family.faces:
            assert path.is_file()
    rules = PACKAGES.face_rules([BODY])
    assert rules.count("@font-face") == 4
    assert 'font-style:italic;src:url("file://' in rules


def test_a_plain_letter_opens_no_other_family() -> None:
    """The fonts for Chinese, Japanese and Korean have ten megabytes each."""
    code = (
        "from advocacy.documents import fonts\n"
        "opened = []\n"
        "read = fonts._characters.__wrapped__\n"
        "fonts._characters = lambda name: opened.append(name) or read(name)\n"
        "assert fonts.PACKAGES.unprintable('Dear Mr. Smith: “quoted” – é ß') == ()\n"
        "fonts.PACKAGES.needed('Dear Mr. Smith: é', 'ja')\n"
        "assert set(opened) == {fonts.BODY}, opened\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_fonts_of_han_characters_follow_the_language_of_the_letter() -> None:
    order = PACKAGES.fallbacks("ja")
    assert order.index("Noto Sans JP") < order.index("Noto Sans SC")
    assert set(PACKAGES.fallbacks("en")) <= set(FAMILIES)


def test_a_letter_in_another_script_is_set_in_that_scripts_font() -> None:
    assert PACKAGES.fallbacks("ar-EG")[0] == "Amiri"
    assert PACKAGES.fallbacks("he")[0] == "Frank Ruhl Libre"
    assert PACKAGES.fallbacks("th-TH")[0] == "Sarabun"
    assert PACKAGES.fallbacks("de")[0] == BODY
