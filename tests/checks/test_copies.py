"""Quotes against the kept copies of their sources."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]


def test_a_quote_that_is_in_the_copy_is_left_alone(house: Any) -> None:
    assert house.check() == []


def test_a_quote_that_is_not_in_the_copy_is_shown_with_the_nearest_passage(
    house: Any, line_of: LineOf
) -> None:
    text = """Since Monday we have stopped offering face recognition.
    We have stopped selling our face recognition to police, says the head."""
    house.write("copies/widget-2020.txt", text)
    problem = house.one("quote-not-in-copy")
    assert problem.level is Level.ERROR
    assert "not in widget-2020.txt" in problem.message
    assert "nearest passage is “We have stopped selling our face recognition to" in problem.message
    assert "“our” is missing after “selling”" in problem.message
    assert line_of(problem).startswith("We have stopped selling face recognition")


def test_a_copy_that_has_nothing_like_it_is_told_so(house: Any) -> None:
    house.write("copies/widget-2020.txt", "Something else altogether.")
    assert "The copy has no similar passage" in house.one("quote-not-in-copy").message


def test_a_page_kept_as_html_is_read_as_people_see_it(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    house.write(
        "copies/widget-2020.html",
        "<html><head><title>t</title><script>We have stopped</script></head><body><p>We have "
        "<b>stop</b>ped selling&nbsp;face <a href=x>recognition</a>\n to the police.</p></body>",
    )
    assert house.check() == []


@pytest.mark.parametrize(
    "text",
    [
        "We have stopped selling face recog\u00adnition to the police.",
        "We have stopped selling face recognition¹² to the police.",
        "We have stopped selling face recognition[3] to the police.",
        "We have stopped† selling face recognition to the police.",
        "We have stopped selling face recognition12 to the police.",
        "We have stopped* selling[a] face recognition(3) to the police.(4)",
        "We have stopped selling face recognition[note 2] to the police.",
    ],
)
def test_marks_of_notes_and_of_hyphenation_in_a_copy_do_not_count(house: Any, text: str) -> None:
    house.write("copies/widget-2020.txt", text)
    assert house.check() == []


def test_ligatures_of_a_copy_are_letters(house: Any) -> None:
    house.spoil("facts.yaml", "We have stopped selling", "Five offices have stopped selling")
    text = "Five o\ufb03ces have stopped selling face recognition to the police."
    house.write("copies/widget-2020.txt", text)
    assert house.check() == []


def test_a_note_in_an_html_copy_does_not_count(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    house.write(
        "copies/widget-2020.html",
        "<p>We have stopped selling face recognition<sup><a href='#n'>12</a></sup> to the police.",
    )
    assert house.check() == []


def test_raised_marks_in_an_html_copy_do_not_count_and_raised_letters_do(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    page = "<p>We have stopped<sup>[2, 3]</sup> selling face recognition<sup>a</sup> to the police."
    house.write("copies/widget-2020.html", page)
    assert house.check() == []
    house.spoil("facts.yaml", "We have stopped selling", "M. le 1er have stopped selling")
    page = "<p>M. le 1<sup>er</sup> have stopped selling face recognition to the police."
    house.write("copies/widget-2020.html", page)
    assert house.check() == []


def test_marks_of_notes_are_no_difference_in_a_message(house: Any) -> None:
    text = "We have never stopped selling face recognition[3] to the police."
    house.write("copies/widget-2020.txt", text)
    message = house.one("quote-not-in-copy").message
    assert "“never” is missing after “have”" in message
    assert "[3]" not in message


def test_a_quote_longer_than_its_copy_is_told(house: Any) -> None:
    house.write("copies/widget-2020.txt", "We have stopped.")
    assert house.one("quote-not-in-copy")


@pytest.mark.slow
def test_a_copy_of_a_million_words_is_searched_to_its_end(house: Any) -> None:
    words = "many words of other things " * 200_000
    quote = "We have stopped selling face recognition to the police."
    house.write("copies/widget-2020.txt", words + quote)
    assert house.check() == []
    house.write("copies/widget-2020.txt", words)
    assert house.one("quote-not-in-copy")


def test_a_quote_of_digits_alone_is_compared(house: Any) -> None:
    house.spoil("facts.yaml", "We have stopped selling face recognition to the police", '"2019"')
    house.write("copies/widget-2020.txt", "It was in 2019.")
    assert house.check() == []
    house.write("copies/widget-2020.txt", "There were 20190 of 1.2019.")
    assert house.one("quote-not-in-copy")


def test_a_script_is_no_part_of_the_page(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    house.write(
        "copies/widget-2020.html",
        "<p>Hello</p><script>'We have stopped selling face recognition to the police'</script>",
    )
    assert house.one("quote-not-in-copy")


def test_a_page_kept_as_pdf_is_read_with_its_broken_words_joined(house: Any) -> None:
    weasyprint = pytest.importorskip("weasyprint", reason="needs weasyprint (make setup)")
    pytest.importorskip("pypdfium2", reason="needs pypdfium2 (make setup)")
    (house.folder / "copies/widget-2020.txt").unlink()
    words = "We have stopped sell&shy;ing face recog&shy;nition to the police."
    page = f"<p style='width: 5em; hyphens: manual'>{words}"
    weasyprint.HTML(string=page).write_pdf(house.folder / "copies" / "widget-2020.pdf")
    assert house.check() == []


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("widget-2020.txt", b"", "it contains no text"),
        ("widget-2020.txt", b"\x7fELF\0\0\0", "it is not text"),
        ("widget-2020.pdf", b"%PDF-1.7 nothing", "it is not a PDF that can be opened"),
    ],
)
def test_a_copy_that_cannot_be_read_is_a_warning(
    house: Any, name: str, data: bytes, why: str
) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    (house.folder / "copies" / name).write_bytes(data)
    problem = house.one("copy-not-readable")
    assert problem.level is Level.WARNING
    assert why in problem.message


def test_a_copy_in_an_old_encoding_is_read(house: Any) -> None:
    house.spoil("facts.yaml", "We have stopped selling", "Café owners stopped selling")
    path = house.folder / "copies/widget-2020.txt"
    path.write_bytes("Café owners stopped selling face recognition to the police".encode("cp1252"))
    assert house.check() == []


def test_without_a_copy_a_note_says_so(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").unlink()
    problem = house.one("no-copy")
    assert problem.level is Level.NOTE
    assert "no kept copy of `widget-2020`" in problem.message
    assert problem.place.path.name == "sources.yaml"


def test_without_the_folder_one_note_says_so_for_all(house: Any) -> None:
    house.spoil("acme.yaml", "copies: copies", "copies: elsewhere")
    assert "2 quotes were not compared" in house.one("no-copy").message
    house.spoil("acme.yaml", "copies: elsewhere\n", "")
    assert "the campaign names no folder" in house.one("no-copy").message


def test_another_folder_may_be_named(house: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "widget-2020.txt").write_text("Wrong.")
    assert {p.code for p in house.check(copies_folder=other)} == {"quote-not-in-copy", "no-copy"}


def test_a_copies_folder_outside_the_campaigns_is_not_read(house: Any) -> None:
    house.spoil("acme.yaml", "copies: copies", "copies: ../..")
    problem = house.one("outside-workspace")
    assert problem.level is Level.ERROR
    assert "`copies: copies`" in problem.hint
    assert problem.place.line is not None
    house.spoil("acme.yaml", "copies: ../..", "copies: /srv/kept")
    assert "`copies: kept`" in house.one("outside-workspace").hint


def test_the_copy_of_the_publication_it_was_read_in_counts(house: Any) -> None:
    house.spoil(
        "facts.yaml", "  source: widget-2020\n", "  source: widget-2020\n  via: paper-2020\n"
    )
    house.spoil("sources.yaml", 'issued: "2020-06-09"', 'issued: "2020-06-08"')
    assert "not in paper-2020.txt" in house.one("quote-not-in-copy").message


def test_a_quote_read_elsewhere_is_found_in_the_other_copy(house: Any) -> None:
    (house.folder / "copies/widget-2020.txt").rename(house.folder / "copies/reuters-2020.txt")
    problem = next(p for p in house.check() if "kept copy of `reuters-2020`" in p.message)
    assert problem.code == "quote-in-other-copy"
    assert problem.level is Level.ERROR
    assert "`via: reuters-2020`" in problem.hint


def test_a_quote_that_only_another_copy_has_was_read_there(house: Any) -> None:
    path = house.folder / "copies/widget-2020.txt"
    house.write("copies/reuters-2020.txt", path.read_text("utf-8"))
    path.write_text("Nothing of the kind.")
    assert house.one("quote-in-other-copy").level is Level.ERROR


def test_facts_that_no_letter_cites_are_compared_as_well_where_there_is_a_copy(house: Any) -> None:
    house.spoil(
        "facts.yaml", "acme-stopped:\n",
        "idle:\n  statement: It did.\n  source: paper-2020\n  quote: It did so gladly\n"
        "acme-stopped:\n",
    )  # fmt: skip
    assert [p.code for p in house.check()] == ["unused-fact", "quote-not-in-copy"]


def test_the_one_real_copy_holds_what_was_quoted_from_it(house: Any, shared_data: Path) -> None:
    house.spoil("facts.yaml", "widget-2020", "crn-2020-06-11")
    house.spoil("sources.yaml", "widget-2020", "crn-2020-06-11")
    quote = "  quote: We have stopped selling face recognition to the police"
    real = "until there is a strong national law grounded in human rights"
    house.spoil("facts.yaml", quote, f"  quote: {real}")
    folder = shared_data / "sources"
    assert house.found("quote-not-in-copy", copies_folder=folder) == []
    house.spoil("facts.yaml", "a strong national law", "a national law in place,")
    (problem,) = house.found("quote-not-in-copy", copies_folder=folder)
    assert "“national law in place,” is “strong national law” in the copy" in problem.message or (
        "“strong” is missing" in problem.message
    )
