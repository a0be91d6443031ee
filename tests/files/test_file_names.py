"""What people may rely on in the names of files: safe everywhere, speaking, and never shared."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.files.file_names import file_name, is_safe, slug
from advocacy.files.writing import WINDOWS_DEVICE


@pytest.mark.parametrize("name", ["g000607", "ann-roe", "7", "a.b_c-d", "x" * 100])
def test_a_short_plain_id_is_the_name_of_its_files(name: str) -> None:
    assert file_name(name, "Ann Roe") == name


@pytest.mark.parametrize(
    ("name", "called", "words"),
    [
        ("0031U00001X", "Łukasz Wójcik", "lukasz-wojcik"),
        ("ocd-person/5b1a-9", "Zoë Weiß", "zoe-weiss"),
        ("ann@parks.example", "Ann O’Brien", "ann-o-brien"),
        ("Ann Roe <ann@parks.example>", "Ann Roe", "ann-roe"),
        ("Łukasz Wójcik", "", "lukasz-wojcik"),
        ("SMITH", "John Smith", "smith"),
        ("山田太郎", "", "shantiantailang"),
        ("12/7", "", "letter"),
        ("con", "", "con"),
        ("NUL.txt", "", "nul-txt"),
        ("../../x", "Ann Roe", "ann-roe"),
        ("😀" * 75, "Ann Roe", "ann-roe"),
    ],
)
def test_any_other_id_gives_a_speaking_name_with_its_digest(
    name: str, called: str, words: str
) -> None:
    assert re.fullmatch(rf"{words}-[0-9a-f]{{8}}", file_name(name, called))


@given(st.text(min_size=1), st.text())
@example("CON", "")
@example("a.", "")
@example("-", "--")
def test_every_file_system_can_have_every_name(name: str, called: str) -> None:
    found = file_name(name, called)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", found)
    assert not found.endswith(".")
    assert not WINDOWS_DEVICE.fullmatch(found)
    assert len(found) <= 100
    assert found == name or ("--" not in found and is_safe(found))


@given(st.text(min_size=1), st.text(min_size=1))
@example("Ab1", "aB1")
@example("é", unicodedata.normalize("NFD", "é"))
def test_two_ids_have_two_files_in_whatever_capitals(one: str, other: str) -> None:
    if one != other:
        assert file_name(one, "Ann Roe").lower() != file_name(other, "Ann Roe").lower()


@given(st.text(max_size=300))
def test_a_slug_is_short_and_stays_what_it_is(text: str) -> None:
    found = slug(text)
    assert is_safe(found)
    assert len(found) <= 87
    assert slug(found) == found


def test_long_texts_that_differ_at_the_end_are_two_slugs() -> None:
    assert slug("x" * 400 + "a") != slug("x" * 400 + "b")
    assert slug("CON") == "letter-con"


def test_letters_of_other_scripts_become_ascii() -> None:
    assert slug("Łukasz Wójcik") == "lukasz-wojcik"
    assert slug("Þórður Đặng Søren Weiß") == "thordur-dang-soren-weiss"
    assert slug("Γιώργος Щербаков") == "giorgos-shcherbakov"
