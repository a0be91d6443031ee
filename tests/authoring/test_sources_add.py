"""A page or PDF that was saved becomes a source with what it states, and is kept as the copy."""

import os
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.authoring.sources.adding import add_saved_file
from advocacy.authoring.sources.saved_file import _html, read_saved_file, written_name
from advocacy.campaign.sources import parse_sources
from advocacy.errors import AdvocacyError
from advocacy.files.yaml.reading import read_yaml

SAVED = datetime(2026, 11, 20, 12, 0).timestamp()  # noqa: DTZ001 - of this machine

NEWS = """<!DOCTYPE html>
<!-- saved from url=(0044)https://post.example/council-votes?utm=x -->
<html lang="en"><head><meta charset="utf-8">
<title>Council votes on cameras | The Post</title>
<link rel="canonical" href="https://post.example/council-votes">
<meta property="og:title" content="Council votes on cameras">
<meta property="og:site_name" content="The Example Post">
<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Post"},
 {"@type": "NewsArticle", "headline": "Council votes on street cameras",
  "datePublished": "2024-06-05T23:30:00-07:00",
  "author": [{"@type": "Person", "name": "Jane Q. Doe"},
             {"@type": "Organization", "name": "Example News Agency"}]}]}
</script>
</head><body><p>The council voted.</p></body></html>
"""


def saved(tmp_path: Path, name: str, data: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (SAVED, SAVED))
    return path


def test_a_news_page_states_title_authors_day_and_address(tmp_path: Path) -> None:
    assert read_saved_file(saved(tmp_path, "page.html", NEWS)) == {
        "accessed": "2026-11-20",
        "type": "article-newspaper",
        "title": "Council votes on street cameras",
        "author": [{"family": "Doe", "given": "Jane Q."}, {"literal": "Example News Agency"}],
        "container-title": "The Example Post",
        "issued": "2024-06-05",
        "URL": "https://post.example/council-votes",
    }


def test_a_scholarly_page_states_its_journal(tmp_path: Path) -> None:
    page = """<meta name="citation_title" content="Cameras &amp; parks">
      <meta name="citation_author" content="Doe, Jane">
      <meta name="citation_author" content="Bo Roe">
      <meta name="citation_journal_title" content="Example Review">
      <meta name="citation_publication_date" content="2024/06/05">
      <meta name="citation_volume" content="3"><meta name="citation_issue" content="2">
      <meta name="citation_firstpage" content="10"><meta name="citation_lastpage" content="20">
      <meta name="citation_doi" content="10.1234/example">"""
    item = read_saved_file(saved(tmp_path, "page.htm", page))
    assert item["type"] == "article-journal"
    assert item["title"] == "Cameras & parks"
    assert item["author"] == [
        {"family": "Doe", "given": "Jane"},
        {"family": "Roe", "given": "Bo"},
    ]
    assert (item["page"], item["DOI"], item["issued"]) == ("10-20", "10.1234/example", "2024-06-05")


def test_what_a_page_does_not_state_is_not_made_up(tmp_path: Path) -> None:
    page = "<title>A page</title><p>By Jane Doe, June 5, 2024</p>"
    assert read_saved_file(saved(tmp_path, "page.html", page)) == {
        "accessed": "2026-11-20",
        "type": "webpage",
        "title": "A page",
    }


@pytest.mark.parametrize(
    ("written", "is_person", "expected"),
    [
        ("Doe, Jane", True, {"family": "Doe", "given": "Jane"}),
        ("Jane Doe", True, {"family": "Doe", "given": "Jane"}),
        ("By Jane Q. Doe", True, {"family": "Doe", "given": "Jane Q."}),
        ("Ludwig van Example", True, {"literal": "Ludwig van Example"}),
        ("Cher", True, {"literal": "Cher"}),
        ("Associated Example", False, {"literal": "Associated Example"}),
        ("Example, Inc.", False, {"literal": "Example, Inc."}),
    ],
)
def test_names_are_taken_apart_only_where_that_is_sure(
    written: str, is_person: bool, expected: dict[str, str]
) -> None:
    assert written_name(written, is_person=is_person) == expected


def pdf(tmp_path: Path, info: dict[str, str], xmp: dict[str, object] | None = None) -> Path:
    document = pikepdf.new()
    document.add_blank_page()
    for key, value in info.items():
        document.docinfo[f"/{key}"] = value
    if xmp:
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.update(xmp)
    document.save(tmp_path / "report.pdf")
    os.utime(tmp_path / "report.pdf", (SAVED, SAVED))
    return tmp_path / "report.pdf"


def test_a_pdf_states_what_its_information_says(tmp_path: Path) -> None:
    path = pdf(
        tmp_path,
        {
            "Title": "Yearly figures",
            "Author": "Example Council on Cameras",
            "CreationDate": "D:20191219103000-05'00'",
        },
    )
    item = read_saved_file(path)
    assert item["title"] == "Yearly figures"
    assert item["author"] == [{"literal": "Example Council on Cameras"}]
    assert (item["issued"], item["accessed"]) == ("2019-12-19", "2026-11-20")


def test_the_xmp_of_a_pdf_counts_first(tmp_path: Path) -> None:
    xmp = {"dc:title": "The right title", "dc:creator": ["Jane Doe"], "dc:date": ["2020-01-02"]}
    item = read_saved_file(pdf(tmp_path, {"CreationDate": "D:20191219"}, xmp))
    assert (item["title"], item["issued"]) == ("The right title", "2020-01-02")


def test_a_pdf_that_a_browser_printed_was_made_when_it_was_read(tmp_path: Path) -> None:
    info = {"Producer": "Skia/PDF m120", "CreationDate": "D:20261101090000Z", "Title": "A page"}
    item = read_saved_file(pdf(tmp_path, info))
    assert "issued" not in item
    assert item["accessed"] == "2026-11-01"


def test_the_name_of_a_file_is_no_title(tmp_path: Path) -> None:
    for title in ("Microsoft Word - report_final2.doc", "report.indd", "untitled"):
        assert "title" not in read_saved_file(pdf(tmp_path, {"Title": title}))


def test_a_saved_page_becomes_a_source_and_its_copy(tmp_path: Path) -> None:
    into = tmp_path / "campaigns" / "sources" / "parks.yaml"
    into.parent.mkdir(parents=True)
    page = saved(tmp_path, "page.html", NEWS)
    planned = add_saved_file(page, into, dry_run=True)
    assert not into.exists()
    added = add_saved_file(page, into)
    assert added.source == planned.source == "doe-2024-06-05"
    assert added.copy == tmp_path / "campaigns" / "copies" / "doe-2024-06-05.html"
    assert added.copy.read_text("utf-8") == NEWS
    source = parse_sources(read_yaml(into))[0]["doe-2024-06-05"]
    assert (source.issued, source.accessed) == ("2024-06-05", "2026-11-20")
    before = into.read_bytes()
    again = add_saved_file(page, into)
    assert again.source == added.source
    assert into.read_bytes() == before


def test_another_copy_is_never_overwritten(tmp_path: Path) -> None:
    into = tmp_path / "sources.yaml"
    add_saved_file(saved(tmp_path, "page.html", NEWS), into)
    changed = saved(tmp_path, "page.html", NEWS.replace("voted", "did not vote"))
    with pytest.raises(AdvocacyError, match="A different copy of `doe-2024-06-05`"):
        add_saved_file(changed, into)
    other = add_saved_file(changed, into, as_id="second", url="https://post.example/other")
    assert other.copy == tmp_path / "copies" / "second.html"


def test_what_cannot_be_added_is_told(tmp_path: Path) -> None:
    for name, data in (("page.docx", b"PK"), ("broken.pdf", b"%PDF-1.7\nnothing")):
        with pytest.raises(AdvocacyError, match="bad-saved-file"):
            read_saved_file(saved(tmp_path, name, data))


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader_of_pages(data: bytes) -> None:
    _html(data)
    _html(
        b'<script type="application/ld+json">'
        + data
        + b"</script><meta name=author content="
        + data
    )


def test_the_command_says_what_it_added_and_what_is_lacking(run_cli, tmp_path: Path) -> None:
    page = saved(tmp_path, "page.html", "<title>A page</title>")
    result = run_cli("sources", "add", page, "--into", tmp_path / "new.yaml", "--id", "a-page")
    assert result.returncode == 0, result.stderr
    assert "added    a-page" in result.stdout
    assert "The file does not state: author, issued, URL." in result.stdout
    assert "copies/a-page.html: kept as the copy." in result.stdout
