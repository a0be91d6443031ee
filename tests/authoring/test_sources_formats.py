"""Sources as reference managers write them come in right, and what cannot be kept is told."""

import logging
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.authoring.sources import bibtex
from advocacy.authoring.sources.dates import edtf_of
from advocacy.authoring.sources.formats import read_items
from advocacy.authoring.sources.importing import import_sources
from advocacy.authoring.sources.read_source import Item
from advocacy.campaign.days import published_days
from advocacy.campaign.sources import parse_sources
from advocacy.errors import Level, Problem
from advocacy.files.yaml.reading import read_yaml_text


def read(tmp_path: Path, name: str, text: str) -> tuple[list[Item], list[Problem]]:
    (tmp_path / name).write_text(text, "utf-8")
    sources, problems = read_items(tmp_path / name)
    return [one.item for one in sources], problems


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2020", "2020"),
        ("2020/06/05", "2020-06-05"),
        ("2020/06//", "2020-06"),
        ("2020-6-5", "2020-06-05"),
        ("2020-06-00", "2020-06"),
        ("June 5, 2020", "2020-06-05"),
        ("5 June 2020", "2020-06-05"),
        ("2020 Jun 05", "2020-06-05"),
        ("Sept. 2020", "2020-09"),
        ("5. Juni 2020", "2020-06-05"),
        ("juin 2020", "2020-06"),
        ("5 de junio de 2020", "2020-06-05"),
        ("Summer 2020", "2020-22"),
        ("ca. 1950", "1950~"),
        ("circa 1950", "1950~"),
        ("1950~", "1950~"),
        ("1950?", "1950?"),
        ("2019-2020", "2019/2020"),
        ("2019–2020", "2019/2020"),
        ("2020-06/2020-09", "2020-06/2020-09"),
        ({"date-parts": [[2005]], "circa": True}, "2005~"),
        ({"date-parts": [[2020]], "season": "summer"}, "2020-22"),
        ({"date-parts": [["2020", "6"]]}, "2020-06"),
        ({"date-parts": []}, ""),
        ("", ""),
        (None, ""),
    ],
    ids=str,
)
def test_a_date_of_any_form_is_read_whole(written: Any, expected: str) -> None:
    assert edtf_of(written) == expected
    if expected:
        published_days(expected)


@pytest.mark.parametrize(
    "written",
    [
        "n.d.",
        "in press",
        "-0043-03",
        "forthcoming 2020",
        "5 or 6 June 2020",
        "2020-13",
        "2020-02-30",
        "2020-09/2020-06",
        "June",
        {"date-parts": [[-43, 3, 12]]},
        {"literal": "in press"},
        {"date-parts": [[2020, 6]], "season": "summer"},
    ],
    ids=str,
)
def test_a_date_that_cannot_be_read_is_no_other_date(written: Any) -> None:
    assert edtf_of(written) is None


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%d %B %Y"]))
def test_every_day_survives_every_form(day: date, form: str) -> None:
    assert edtf_of(day.strftime(form)) == day.isoformat()


@given(st.text(max_size=40))
def test_whatever_is_read_as_a_date_is_one(text: str) -> None:
    made = edtf_of(text)
    if made:
        first, last = published_days(made)
        assert first <= last


def test_approximate_dates_and_intervals_know_their_days() -> None:
    assert published_days("1950~") == (date(1950, 1, 1), date(1950, 12, 31))
    assert published_days("2020-06/2020-09") == (date(2020, 6, 1), date(2020, 9, 30))
    assert published_days("2020-22") == (date(2020, 1, 1), date(2020, 12, 31))
    for wrong in ("2020/2019", "2020/", "2020/2021/2022", "2020-25"):
        with pytest.raises(ValueError, match="20"):
            published_days(wrong)


# --- BibTeX ---------------------------------------------------------------------------------------

WEB = """
@comment{jabref-meta: databaseType:bibtex;}
@misc{council_2024,
  title = {Council votes on {S}treet cameras},
  author = {{Springfield City Council}},
  year = {2024}, month = jun, day = 5,
  url = {https://council.example/news\\_cameras?a=b\\&c=d\\#e},
  urldate = {2024-06-09},
  keywords = {cameras}, file = {Snapshot:/home/x.html:text/html},
}
@misc{howto, title = {Parks}, howpublished = {\\url{https://parks.example/}}, year = 2020}
@misc{doe2024, title = {Cameras}, author = {Doe, Jane}, year = {n.d.},
      eprint = {2401.00001}, archiveprefix = {arXiv}}
@misc{note, title = {A note}}
"""


def test_misc_is_a_web_page_a_preprint_or_a_document(tmp_path: Path) -> None:
    items, problems = read(tmp_path, "web.bib", WEB)
    assert [item["type"] for item in items] == ["webpage", "webpage", "article", "document"]
    council, howto, doe, _ = items
    assert council["issued"] == "2024-06-05"
    assert council["accessed"] == "2024-06-09"
    assert council["author"] == [{"literal": "Springfield City Council"}]
    assert council["title"] == "Council votes on Street cameras"
    assert council["URL"] == "https://council.example/news_cameras?a=b&c=d#e"
    assert howto["URL"] == "https://parks.example/"
    assert doe["URL"] == "https://arxiv.org/abs/2401.00001"
    assert "issued" not in doe
    date_lost, left_out = problems
    assert (date_lost.code, date_lost.level) == ("bad-date", Level.WARNING)
    assert "“n.d.”" in date_lost.message
    assert (left_out.code, left_out.level) == ("fields-left-out", Level.NOTE)
    assert "`keywords` (1 source), `file` (1 source)" in left_out.message


def test_entries_that_are_wrong_cost_themselves_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = (
        "@article{first, title={One}, journal={R}, year=2020}\n"
        "@article{open, title={Two\n"
        "@article{same, title={Three}, journal={R}, year=2021}\n"
        "@article{same, title={Four}, journal={R}, year=2022}\n"
        "@article{twice, title={a}, title={b}}\n"
        "@article{, title={No name}}\n"
        "@article{last, title={Five}, journal={R}, year=2023}\n"
    )
    with caplog.at_level(logging.DEBUG):
        items, problems = read(tmp_path, "in.bib", text)
    assert [item["id"] for item in items] == ["first", "same", "last"]
    lines = sorted(one.place.line for one in problems if one.place and one.place.line)
    assert lines == [2, 4, 5, 6]
    assert {one.code for one in problems} == {"bad-import"}
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_an_entry_that_pandoc_cannot_read_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = bibtex._through_pandoc
    monkeypatch.setattr(
        bibtex,
        "_through_pandoc",
        lambda text, seconds: "it is too odd" if "BAD" in text else through(text, seconds),
    )
    text = "".join(
        f"@book{{k{n}, title={{{'BAD' if n == 2 else 'T'}}}, year=2020}}\n" for n in range(5)
    )
    items, problems = read(tmp_path, "in.bib", text)
    assert [item["id"] for item in items] == ["k0", "k1", "k3", "k4"]
    (problem,) = problems
    assert "it is too odd" in problem.message
    assert problem.place
    assert problem.place.line == 3


def test_pandoc_gets_no_more_than_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibtex, "DEADLINE", 0.0)
    began = time.monotonic()
    (tmp_path / "in.bib").write_text("@book{a, title={T}}\n" * 3, "utf-8")
    with pytest.raises(Exception, match="took too long"):
        read_items(tmp_path / "in.bib")
    assert time.monotonic() - began < 5


# --- RIS ------------------------------------------------------------------------------------------


def test_wrapped_and_empty_lines_belong_to_their_record(tmp_path: Path) -> None:
    text = (
        "\ufeff\n\nTY  - RPRT\nAU  - Roe, Ann\nTI  - Yearly figures\n  of the council\n\n"
        "DB  -\nKW  - one\ntwo words\nPY  - 2020\nER  - \n\n"
        "TY  - JOUR\nTI  - The last has no end\nPY  - 2021\n"
    )
    (report, last), problems = read(tmp_path, "in.ris", text)
    assert report["title"] == "Yearly figures of the council"
    assert report["issued"] == "2020"
    assert last["title"] == "The last has no end"
    assert [one.code for one in problems] == ["fields-left-out"]
    assert "`KW` (1 source)" in problems[0].message


def test_ris_dates_pages_and_addresses(tmp_path: Path) -> None:
    text = (
        "TY  - ELEC\nTI  - A page\nPY  - 2024\nDA  - 2024/06//\nY1  - 1999/01/01\n"
        "Y2  - 2024/12/17\nUR  - https://a.example/p\nSP  - 82\nEP  - \nER  - \n"
    )
    ((item,), problems) = read(tmp_path, "in.ris", text)
    assert (item["issued"], item["accessed"], item["page"]) == ("2024-06", "2024-12-17", "82")
    assert item["URL"] == "https://a.example/p"
    assert problems == []


def test_an_author_without_a_comma_is_an_organization(tmp_path: Path) -> None:
    text = (
        "TY  - RPRT\nTI  - Figures\nAU  - Example Council on Cameras\nAU  - Roe, Ann, Jr.\n"
        "PY  - 2020\nER  - \n"
    )
    ((item,), _) = read(tmp_path, "in.ris", text)
    assert item["author"] == [
        {"literal": "Example Council on Cameras"},
        {"family": "Roe", "given": "Ann", "suffix": "Jr."},
    ]


CASE = """\
TY  - CASE
TI  - Example v. Springfield Parks, LLC
A2  - United States Court of Appeals for the Ninth Circuit
PB  - 9th Cir.
VL  - 913
SP  - 898
T2  - F.3d
DA  - 2019/01/15/
PY  - 2019
ER  -
"""


def test_a_court_decides_a_case_and_edits_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(CASE, "utf-8")
    result = import_sources(tmp_path / "in.ris", tmp_path / "new.yaml")
    assert result.added == ["example-v-springfield-parks-llc-2019-01-15"]
    text = (tmp_path / "new.yaml").read_text("utf-8")
    assert "authority: 9th Cir." in text
    assert "editor" not in text
    assert "`A2` (1 source)" in result.problems[0].message


@given(st.text(alphabet="TYAERPU12 -\n\r\ufeffx/", max_size=200))
def test_no_text_breaks_the_reader_of_ris(text: str) -> None:
    from advocacy.authoring.sources.ris import read_ris

    read_ris(text, Path("in.ris"))


# --- CSL ------------------------------------------------------------------------------------------


def test_what_csl_json_has_and_no_letter_prints_is_told(tmp_path: Path) -> None:
    text = (
        '[{"id": "a", "type": "book", "title": "<i>T</i>", "shortTitle": "S", "abstract": "A",'
        ' "page": "82-", "DOI": "https://doi.org/10.1/x", "mine": "x"}]'
    )
    ((item,), problems) = read(tmp_path, "in.json", text)
    assert item == {
        "id": "a", "type": "book", "title": "T", "title-short": "S", "page": "82", "DOI": "10.1/x"
    }  # fmt: skip
    assert "`abstract` (1 source), `mine` (1 source)" in problems[0].message


def test_a_type_that_csl_does_not_have_is_a_problem(tmp_path: Path) -> None:
    data = "references:\n  - {id: a, type: journal, title: T}\n"
    (problem,) = parse_sources(read_yaml_text(data, tmp_path / "s.yaml"))[1]
    assert problem.code == "unknown-source-type"
    assert problem.hint == "Did you mean `article-journal`?"
    (tmp_path / "in.json").write_text(
        '[{"id": "a", "type": "journal"}, {"id": "b", "type": "book", "title": "T"}]',
        "utf-8",
    )
    result = import_sources(tmp_path / "in.json", tmp_path / "new.yaml")
    assert result.added == ["b"]
    assert [one.code for one in result.problems] == ["unknown-source-type"]


# --- what reference managers write beside the standard -------------------------------------------


def test_an_institution_with_an_and_in_its_name_is_one(tmp_path: Path) -> None:
    text = """@techreport{a, title={T}, year={2019},
      institution={National Institute of Standards and Technology}}
    @book{b, title={T}, year={2019}, publisher={Roe; Sons and Co}}"""
    items, _ = read(tmp_path, "a.bib", text)
    assert items[0]["publisher"] == "National Institute of Standards and Technology"


def test_wikipedias_own_entry_is_a_page_with_the_day_it_was_read(tmp_path: Path) -> None:
    text = r"""@misc{wiki, title={A page}, year={2024},
      howpublished={\url{https://a.example/x_y?z=1&q=2}}, note={[Online; accessed 5-May-2024]}}"""
    (item,), problems = read(tmp_path, "a.bib", text)
    assert problems == []
    assert item["type"] == "webpage"
    assert (item["URL"], item["accessed"]) == ("https://a.example/x_y?z=1&q=2", "2024-05-05")
    assert "publisher" not in item


def test_mendeleys_escapes_are_no_part_of_a_doi(tmp_path: Path) -> None:
    (item,), _ = read(tmp_path, "a.bib", r"@article{a, title={T}, year=2020, doi={10.1/a\_b}}")
    assert item["DOI"] == "10.1/a_b"


def test_of_two_addresses_the_first_is_kept_and_the_other_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(
        "@online{a, title={T}, url={https://a.example/x https://b.example}}", "utf-8"
    )
    (tmp_path / "a.ris").write_text(
        "TY  - ELEC\nTI  - T\nUR  - https://a.example/x; https://b.example\nER  - \n"
        "TY  - ELEC\nTI  - S\nUR  - https://a.example/x\nUR  - https://b.example\nER  - \n"
        "TY  - JOUR\nTI  - R\nUR  - <Go to ISI>://WOS:0001\nER  - \n",
        "utf-8",
    )
    for name, count in (("a.bib", 1), ("a.ris", 3)):
        sources, problems = read_items(tmp_path / name)
        assert len(sources) == count
        assert [problem.code for problem in problems] == ["fields-left-out"]
        wanted = ["https://a.example/x", "https://a.example/x", None][:count]
        assert [one.item.get("URL") for one in sources] == wanted


def test_a_date_of_ris_without_its_year_is_of_the_records_year(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - T\nPY  - 2020\nDA  - Jun 5\nER  - \n"
    (item,), problems = read(tmp_path, "a.ris", text)
    assert problems == []
    assert item["issued"] == "2020-06-05"


def test_the_heading_of_a_publishers_file_is_no_record(tmp_path: Path) -> None:
    text = "Provider: Example\nContent: text/plain\n\nTY  - JOUR\nTI  - T\nER  - \n"
    items, problems = read(tmp_path, "a.ris", text)
    assert problems == []
    assert [item["title"] for item in items] == ["T"]


def test_a_source_without_an_author_is_called_by_its_title(tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(
        "TY  - RPRT\nTI  - Cameras in parks\nPY  - 2002\nER  - \n", "utf-8"
    )
    done = import_sources(tmp_path / "a.ris", tmp_path / "sources.yaml")
    assert done.added == ["cameras-in-parks-2002"]


def test_an_import_over_an_older_library_tells_what_differs_and_mends_it_on_request(
    tmp_path: Path,
) -> None:
    (tmp_path / "s.yaml").write_text(
        "references:\n"
        "  - id: roe2021\n    type: article-journal\n    title: A title\n"
        "    URL: https://a.example/a\\_b?c=d\\&e=f\\#g\n",
        "utf-8",
    )
    (tmp_path / "m.bib").write_text(
        r"@article{Roe2021, title={A title}, url={https://a.example/a\_b?c=d\&e=f\#g}}", "utf-8"
    )
    first = import_sources(tmp_path / "m.bib", tmp_path / "s.yaml")
    assert [(one.source, one.field) for one in first.conflicts] == [("roe2021", "URL")]
    assert first.added == []
    import_sources(tmp_path / "m.bib", tmp_path / "s.yaml", update=True)
    assert "https://a.example/a_b?c=d&e=f#g" in (tmp_path / "s.yaml").read_text("utf-8")
