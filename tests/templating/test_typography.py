"""Typography: a template's own words are set as its language wants; values never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from advocacy.templating.citation_marks import CITE_MARK, VALUE_MARK
from advocacy.templating.typography import (
    NARROW,
    NBSP,
    dashes,
    install,
    lone_quotes,
    quotes,
    spaces,
)
from advocacy.templating.typography import typeset as typeset_value

VALUE = chr(VALUE_MARK)
CITE = chr(CITE_MARK)


def typeset(text: str, language: str = "en-US") -> str:
    """The text of a paragraph after Markdown and typography, `~` for a space that holds."""
    markdown = MarkdownIt("commonmark")
    install(markdown, language)
    html = str(markdown.render(text)).removeprefix("<p>").removesuffix("</p>\n")
    return html.replace(NBSP, "~").replace(NARROW, "^")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"So," she said.', "“So,” she said."),
        ("'So,' she said.", "‘So,’ she said."),
        ("\"He said 'no' twice.\"", "“He said ‘no’ twice.”"),
        ("Don't, won't; Smith's and the Joneses'.", "Don’t, won’t; Smith’s and the Joneses’."),
        ("In the '90s, rock 'n' roll.", "In the ’90s, rock ’n’ roll."),
        ("'Tis the season.", "’Tis the season."),
        ('"*Stop* selling," they wrote.', "“<em>Stop</em> selling,” they wrote."),
        ('*"Stop."*', "<em>“Stop.”</em>"),
        ('("quoted")', "(“quoted”)"),
        ('"First paragraph of a long quotation.', "“First paragraph of a long quotation."),
        ('and its end."', "and its end.”"),
        ('A 6" screen.', 'A 6" screen.'.replace('"', "&quot;")),
        (f'"{VALUE}"', f"“{VALUE}”"),
        (f"{VALUE}'s and '{VALUE}'", f"{VALUE}’s and ‘{VALUE}’"),
        (f'"So."{CITE} "Yes."{CITE}', f"“So.”{CITE} “Yes.”{CITE}"),
        (f'"So {CITE}" it is', f"“So{CITE}” it is"),
        (r"\"as typed\"", "&quot;as typed&quot;"),
    ],
)
def test_english_quotes_and_apostrophes(text: str, expected: str) -> None:
    assert typeset(text) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "“a ‘b’ c”"),
        ("en-GB", "“a ‘b’ c”"),
        ("de", "„a ‚b‘ c“"),
        ("de-CH", "«a ‹b› c»"),
        ("fr", "«^a “b” c^»"),
        ("fr-CA", "«^a “b” c^»"),
        ("es", "«a “b” c»"),
        ("it", "«a “b” c»"),
        ("pt-PT", "«a “b” c»"),
        ("pt-BR", "“a ‘b’ c”"),
        ("nl", "‘a “b” c’"),
        ("pl", "„a «b» c”"),
        ("sv", "”a ’b’ c”"),
        ("tlh", "“a ‘b’ c”"),
    ],
)
def test_each_language_has_its_quotes(language: str, expected: str) -> None:
    assert typeset("\"a 'b' c\"", language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wait... what", "wait… what"),
        ("so -- or so", "so—or so"),
        ("so---or so", "so—or so"),
        ("so --- or so", "so—or so"),
        ("2019--2020", "2019–2020"),
        ("well-known, -5, a - b", "well-known, -5, a - b"),
        ("----", "<hr />\n"),
        ("`a -- b...` \"c\"", "<code>a -- b...</code> “c”"),
        ("(c) +- ????", "(c) +- ????"),
        ("see https://a.example/a--b...c -- there", "see https://a.example/a--b...c—there"),
        ("<https://a.example/b--c>", '<a href="https://a.example/b--c">https://a.example/b--c</a>'),
    ],
)  # fmt: skip
def test_dashes_and_ellipses(text: str, expected: str) -> None:
    assert typeset(text) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-US", "so—or so—it is."),
        ("en-GB", "so~– or so~– it is."),
        ("de", "so~– or so~– it is."),
        ("fr", "so~– or so~– it is."),
        ("es", "so —or so— it is."),
    ],
)
def test_two_hyphens_between_spaces_make_the_languages_dash(language: str, expected: str) -> None:
    assert typeset("so -- or so -- it is.", language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", 'O\'Brien\'s "Best" 6" x 8"', 'O’Brien’s “Best” 6" x 8"'),
        ("en-US", "rock 'n' roll, the '90s and 'so'", "rock ’n’ roll, the ’90s and ‘so’"),
        ("en-US", "write to o'b@x.example: it's", "write to o'b@x.example: it’s"),
        ("en-US", 'https://a.example/it\'s "a"', "https://a.example/it's “a”"),
        ("en-US", "He said \"it is 'bad'.\"", "He said “it is ‘bad’.”"),
        ("en-US", "““nested””", "“‘nested’”"),
        ("en-US", 'no "partner and ”none', 'no "partner and ”none'),
        ("de", 'Der Verein "Grün" und “Blau”', "Der Verein „Grün“ und „Blau“"),
        ("de", "„a“, »b« und ‚c‘", "„a“, „b“ und ‚c‘"),
        ("fr", 'L\'association "Le Parc" : 10 000 ?', "L’association «^Le Parc^»~: 10^000^?"),
        ("fr", "« Le Parc »", "«^Le Parc^»"),
        ("es", 'El "Parque"', "El «Parque»"),
        ("nl", "‘a’ d'Artagnan “b”", "‘a’ d’Artagnan “b”"),
        ("he", "צה\"ל וג'ורג'", "צה״ל וג׳ורג׳"),
        ("he", 'ב"גן האם" בחיפה', "ב”גן האם” בחיפה"),
        ("he", 'המנכ"לית שילמה 10 ש"ח ב"גן"', "המנכ״לית שילמה 10 ש״ח ב”גן”"),
        ("he", '"חיילי צה"ל" וארה"ב', "”חיילי צה״ל” וארה״ב"),
        ("en-US", 'the צה"ל and "רמטכ"ל"', "the צה״ל and “רמטכ״ל”"),
        ("en-US", "*Bob* <b> a  b", "*Bob* <b> a  b"),
    ],
)
def test_typed_texts_get_the_languages_marks_and_spaces(
    language: str, text: str, expected: str
) -> None:
    assert typeset_value(text, language).replace(NBSP, "~").replace(NARROW, "^") == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-US", "the ‘Act.’"),
        ("de", "the ‚Act.‘"),
        ("fr", "the “Act.”"),
        ("es", "the “Act.”"),
    ],
)
def test_a_quotation_inside_a_quotation_has_the_other_marks(language: str, expected: str) -> None:
    for typed in ('the "Act."', "the “Act.”", "the « Act. »"):
        assert typeset_value(typed, language, 1) == expected


@given(
    text=st.text(st.sampled_from("ab1 .-'\"!?;:«»“”„‘’‚‹›…–()@\n"), max_size=60),
    language=st.sampled_from(["en-US", "fr", "fr-CA", "de", "es", "nl", "sv", "he"]),
    depth=st.integers(0, 2),
)
def test_a_typed_text_keeps_its_words(text: str, language: str, depth: int) -> None:
    def kept(string: str) -> str:
        return "".join(c for c in string if c.isalnum())

    assert kept(typeset_value(text, language, depth)) == kept(text)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "Mr. Smith and Dr. J. R. Roe", "Mr.~Smith and Dr.~J.~R.~Roe"),
        ("en-US", "Mr. *Smith*, 10 *million*", "Mr.~<em>Smith</em>, 10~<em>million</em>"),
        ("en-US", f"Mr. {VALUE}", f"Mr.~{VALUE}"),
        ("en-US", "No. 5, p. 12, pp. 3-4, § 7, Sec. 2", "No.~5, p.~12, pp.~3-4, §~7, Sec.~2"),
        ("en-US", "No. That is all.", "No. That is all."),
        ("en-US", "10 percent, 50 %, 10 million, 5 km", "10 percent, 50~%, 10~million, 5~km"),
        ("en-US", "June 10, 2020 and 10 June", "June~10, 2020 and 10~June"),
        ("en-US", "In May 2020", "In May 2020"),
        ("de", "am 10. Juni, Herr Müller, z. B. 5 %", "am 10.~Juni, Herr~Müller, z.~B. 5~%"),
        ("fr", "le 10 juin, M. Dupont", "le 10~juin, M.~Dupont"),
        ("fr", "Quoi ? Non! Si; bien : oui", "Quoi^? Non^! Si^; bien~: oui"),
        ("fr", "à 10:30, 10 000 personnes", "à 10:30, 10^000 personnes"),
        ("fr", "Quoi?! «bon» « bon »", "Quoi^?! «^bon^» «^bon^»"),
        ("fr-CA", "Quoi ? Non! Si : oui", "Quoi? Non! Si~: oui"),
        ("fr", f"{VALUE} ! {VALUE}: {VALUE}?", f"{VALUE}^! {VALUE}~: {VALUE}^?"),
        ("fr", f"Oui.{CITE} *Non* !", f"Oui.{CITE} <em>Non</em>^!"),
        ("fr", "voir https://example.org/a?b;c", "voir https://example.org/a?b;c"),
        ("ja", "日本\n語", "日本語"),
        ("en-US", "one\ntwo", "one two"),
    ],
)  # fmt: skip
def test_what_belongs_together_stays_together(language: str, text: str, expected: str) -> None:
    assert typeset(text, language) == expected


@pytest.mark.parametrize("gap", [" ", "\n", "  "])
def test_a_citation_sticks_to_the_word_before_it(gap: str) -> None:
    assert typeset(f"police.{gap}{CITE} Next") == f"police.{CITE} Next"
    assert typeset(f"*police*{gap}{CITE}") == f"<em>police</em>{CITE}"


@given(
    text=st.text(st.sampled_from("ab1 .-'\"!?;:«»…–()\n" + VALUE + CITE), max_size=60),
    language=st.sampled_from(["en-US", "fr", "fr-CA", "de", "de-CH"]),
)
def test_marks_and_words_are_neither_lost_nor_moved(text: str, language: str) -> None:
    def kept(string: str) -> str:
        return "".join(c for c in string if c.isalnum() or c in VALUE + CITE)

    for change in (dashes, spaces, lone_quotes):
        assert kept(change(text, language)) == kept(text)
    markdown = MarkdownIt("zero")
    plain = kept(str(markdown.render(text)))
    install(markdown, language)
    assert kept(str(markdown.render(text)).replace("&quot;", "")) == plain.replace("quot", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("חיילי צה\"ל, 10 ש\"ח, טל' וג'ירפה", "חיילי צה״ל, 10 ש״ח, טל׳ וג׳ירפה"),
        ('"חיילי צה"ל" ב"גן האם"', "”חיילי צה״ל” ב”גן האם”"),
        ("אמר 'שלום' לכם", "אמר ’שלום’ לכם"),
    ],
)
def test_hebrew_abbreviations_have_gershayim_and_geresh(text: str, expected: str) -> None:
    assert typeset(text, "he") == expected


def test_an_unknown_region_has_its_languages_quotes() -> None:
    assert quotes("de-AT") == quotes("de")
    assert quotes("xx") == quotes("en")


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("de", "Bürger für Luft e. V.", "Bürger für Luft e.~V."),
        ("de", "500 v. Chr. und z. T. jetzt", "500 v.~Chr. und z.~T. jetzt"),
        ("es", "Los EE. UU. y p. ej. Chile", "Los EE.~UU. y p.~ej. Chile"),
        ("fr", "10% de plus", "10~% de plus"),
        ("fr-CA", "10% de plus", "10~% de plus"),
        ("en-US", "A --- B and A—B", "A—B and A—B"),
        ("en-US", "He is 5'6\" tall.", "He is 5′6″ tall."),
        ("he", "-3%", "\u200e-3%"),
        ("ar", "(-3%) +4", "(\u200e-3%) \u200e+4"),
        ("en-US", "-3%", "-3%"),
    ],
)
def test_templates_and_values_are_set_alike(language: str, typed: str, expected: str) -> None:
    assert typeset(typed, language).replace("&quot;", '"') == expected
    value = typeset_value(typed, language).replace(NBSP, "~").replace(NARROW, "^")
    assert value == expected
