"""`advocacy sources import`: sources come in, and nothing that people wrote is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from advocacy.authoring.sources.formats import read_items
from advocacy.authoring.sources.importing import default_file, import_sources
from advocacy.campaign.sources import parse_sources
from advocacy.errors import AdvocacyError
from advocacy.files.yaml.reading import read_yaml

HERE = """\
# Our sources
references:
  # evidence
  - id: report           # the main one
    type: report
    title: The Park’s Figures
    author: [{literal: Springfield Parks Department}]
    issued: "2026-01-15"
    URL: https://parks.example/figures

  - id: paper
    type: article-journal
    title: 'Trees: a count'
    DOI: 10.5555/trees
"""
ZOTERO = [
    {
        "id": "http://zotero.org/users/1/items/ABC",
        "type": "webpage",
        "title": "A <i>new</i> page &amp; more",
        "author": [{"family": "Doe", "given": "Jane", "parse-names": True}],
        "issued": {"date-parts": [["2020", 6, 10]]},
        "accessed": {"date-parts": [[2020, 6, 11]]},
        "URL": "https://news.example/a",
        "abstract": "Long",
        "keyword": "x",
        "note": "mine",
    }
]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(HERE, "utf-8")
    return path


def as_json(folder: Path, *items: dict[str, Any]) -> Path:
    path = folder / "in.json"
    path.write_text(json.dumps(items), "utf-8")
    return path


def test_a_new_source_is_added_below_the_others(here: Path, tmp_path: Path) -> None:
    result = import_sources(as_json(tmp_path, *ZOTERO), here)
    assert result.added == ["doe-2020-06-10"]
    assert result.renamed == {"http://zotero.org/users/1/items/ABC": "doe-2020-06-10"}
    assert here.read_text("utf-8") == HERE + (
        "\n"
        "  - id: doe-2020-06-10\n"
        "    type: webpage\n"
        "    author:\n"
        "      - family: Doe\n"
        "        given: Jane\n"
        "    title: A new page & more\n"
        '    issued: "2020-06-10"\n'
        '    accessed: "2020-06-11"\n'
        "    URL: https://news.example/a\n"
    )
    _, problems = parse_sources(read_yaml(here))
    assert problems == []


def test_the_same_import_again_changes_nothing(here: Path, tmp_path: Path) -> None:
    source = as_json(tmp_path, *ZOTERO)
    import_sources(source, here)
    before = here.read_bytes()
    again = import_sources(source, here)
    assert (again.added, again.updated, again.kept) == ([], {}, ["doe-2020-06-10"])
    assert here.read_bytes() == before


@pytest.mark.parametrize(
    "sign",
    [
        {"DOI": "https://doi.org/10.5555/TREES"},
        {"URL": "https://parks.example/figures/"},
        {"id": "report"},
    ],
    ids=str,
)
def test_a_source_is_known_by_doi_address_or_id(
    here: Path, tmp_path: Path, sign: dict[str, str]
) -> None:
    item = {"id": "other", "type": "report", "publisher": "Parks Press"} | sign
    result = import_sources(as_json(tmp_path, item), here)
    name = "paper" if "DOI" in sign else "report"
    assert result.added == []
    assert result.updated == {name: ["publisher"]}
    assert "publisher: Parks Press" in here.read_text("utf-8")


def test_what_differs_is_shown_and_stays(here: Path, tmp_path: Path) -> None:
    item = {"id": "report", "type": "report", "title": "Another", "publisher": "Press"}
    result = import_sources(as_json(tmp_path, item), here)
    [conflict] = result.conflicts
    assert (conflict.field, conflict.here, conflict.there) == (
        "title",
        "The Park’s Figures",
        "Another",
    )
    text = here.read_text("utf-8")
    assert text.replace("    publisher: Press\n", "") == HERE


def test_update_takes_what_differs_and_keeps_comments(here: Path, tmp_path: Path) -> None:
    item = {
        "id": "report",
        "type": "report",
        "title": "Another: more",
        "author": [{"family": "Doe"}],
    }
    result = import_sources(as_json(tmp_path, item), here, update=True)
    assert result.updated == {"report": ["author", "title"]}
    assert here.read_text("utf-8") == HERE.replace(
        "title: The Park’s Figures", "title: 'Another: more'"
    ).replace("[{literal: Springfield Parks Department}]", "[{family: Doe}]")


def test_another_kind_of_quotes_is_no_difference(here: Path, tmp_path: Path) -> None:
    item = {
        "id": "report",
        "type": "report",
        "title": "The Park's  Figures",
        "issued": {"date-parts": [[2026, 1, 15]]},
    }
    result = import_sources(as_json(tmp_path, item), here)
    assert result.kept == ["report"]
    assert result.conflicts == []


def test_a_dry_run_writes_nothing_and_shows_the_lines(run_cli, here: Path, tmp_path: Path) -> None:
    result = run_cli("sources", "import", as_json(tmp_path, *ZOTERO), "--into", here, "--dry-run")
    assert result.returncode == 0
    assert "+  - id: doe-2020-06-10" in result.stdout
    assert here.read_text("utf-8") == HERE


def test_a_new_library_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    import_sources(as_json(tmp_path, *ZOTERO), path)
    sources, problems = parse_sources(read_yaml(path))
    assert list(sources) == ["doe-2020-06-10"]
    assert problems == []
    assert path.read_text("utf-8").startswith("# Sources, as CSL-YAML")


BIB = """\
@techreport{Grother_2019,
  author = {Patrick Grother and Mei Ngan},
  title = {Face Recognition Vendor Test ({FRVT}) Part 3},
  institution = {{National Institute of Standards and Technology}},
  number = {NISTIR 8280}, year = 2019, month = dec, doi = {10.6028/NIST.IR.8280},
}
"""
RIS = """\
TY  - NEWS
TI  - A Title
AU  - Doe, Jane
PY  - 2020/06/11
T2  - The Post
UR  - https://post.example/b
ER  -
TY  - RPRT
TI  - B
DA  - 2019/12//
ER  -
"""


def test_bibtex_comes_in_with_its_capitals(tmp_path: Path, here: Path) -> None:
    path = tmp_path / "in.bib"
    path.write_text(BIB, "utf-8")
    result = import_sources(path, here)
    source = parse_sources(read_yaml(here))[0]["grother-2019"]
    assert result.added == ["grother-2019"]
    assert source.title == "Face Recognition Vendor Test (FRVT) Part 3"
    assert source.issued == "2019-12"
    assert source.doi == "10.6028/NIST.IR.8280"
    assert [name.family for name in source.author] == ["Grother", "Ngan"]


def test_ris_comes_in_with_its_days(tmp_path: Path) -> None:
    path = tmp_path / "in.ris"
    path.write_text(RIS, "utf-8")
    items, problems = read_items(path)
    assert problems == []
    assert [read.item["issued"] for read in items] == ["2020-06-11", "2019-12"]
    assert items[0].item["container-title"] == "The Post"


def test_csl_yaml_comes_in_as_pandoc_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "in.yaml"
    path.write_text(
        "---\nreferences:\n- id: a\n  type: book\n  title: T\n  issued: 2020-06\n...\n", "utf-8"
    )
    items, problems = read_items(path)
    assert [read.item for read in items] == [
        {"id": "a", "type": "book", "title": "T", "issued": "2020-06"}
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ({"date-parts": [[2020]]}, "2020"),
        ({"date-parts": [[2020, 6, 10], [2020, 6, 12]]}, "2020-06-10/2020-06-12"),
        ({"raw": "2020-06-10"}, "2020-06-10"),
        ("2020-06-10T12:00:00Z", "2020-06-10"),
        ({"date-parts": []}, None),
        ({"literal": "Summer 2020"}, "2020-22"),
    ],
    ids=str,
)
def test_dates_of_all_kinds_become_days(tmp_path: Path, date: Any, expected: str | None) -> None:
    items, problems = read_items(as_json(tmp_path, {"id": "a", "type": "book", "issued": date}))
    assert items[0].item.get("issued") == expected
    assert problems == []


@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        ("in.json", '[{"id": 1,]', "bad-json", 1),
        ("in.bib", "@article{a,\n  title = {x\n", "bad-import", 1),
        ("in.ris", "garbage\n", "bad-import", 1),
        ("in.yaml", "a: 1\n", "no-sources", None),
        ("none.bib", None, "file-missing", None),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, here: Path, name: str, text: str | None, code: str, line: int | None
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(AdvocacyError) as error:
        import_sources(tmp_path / name, here)
    problem = error.value.problems[0]
    assert problem.code == code
    assert problem.place is not None
    assert problem.place.line == line
    assert here.read_text("utf-8") == HERE


def test_an_entry_that_is_no_source_leaves_the_others(here: Path, tmp_path: Path) -> None:
    items = [{"id": "x", "title": "no type"}, {"id": "y", "type": "book", "title": "good"}]
    result = import_sources(as_json(tmp_path, *items), here)
    assert result.added == ["y"]
    assert "`x` was not imported" in result.problems[0].message


def test_two_works_of_one_author_and_day_get_two_ids(here: Path, tmp_path: Path) -> None:
    base = {"type": "webpage", "author": [{"literal": "Group"}], "issued": "2020"}
    items = [
        base | {"id": f"{n}", "title": f"Title {n}", "URL": f"https://e.example/{n}"}
        for n in (1, 2)
    ]
    result = import_sources(as_json(tmp_path, *items), here)
    assert result.added == ["group-2020", "group-2020-title-2"]


def test_where_several_libraries_are_one_must_be_named(tmp_path: Path, here: Path) -> None:
    folder = tmp_path / "campaigns" / "sources"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(HERE, "utf-8")
    assert default_file(tmp_path) == folder / "a.yaml"
    (folder / "b.yaml").write_text(HERE, "utf-8")
    with pytest.raises(AdvocacyError) as error:
        default_file(tmp_path)
    assert "--into campaigns/sources/a.yaml" in error.value.problems[0].hint


def test_the_command_says_what_it_did(run_cli, here: Path, tmp_path: Path) -> None:
    items = [*ZOTERO, {"id": "report", "type": "report", "title": "Another"}]
    result = run_cli("sources", "import", as_json(tmp_path, *items), "--into", here)
    assert result.returncode == 0
    assert "added    doe-2020-06-10 (there: http://zotero.org/users/1/items/ABC)" in result.stdout
    assert "here:  The Park’s Figures" in result.stdout
    assert "1 added, 0 updated, 0 unchanged" in result.stdout
    assert "add --update." in result.stdout
    data = json.loads(
        run_cli(
            "sources", "import", as_json(tmp_path, *items), "--into", here, "--report", "json"
        ).stdout
    )
    assert data["kept"] == ["doe-2020-06-10"]
    assert data["conflicts"][0]["field"] == "title"


MANY = {
    "a.ris": "TY  - JOUR\nID  - big\nTI  - A title\n" + "AU  - A, B\n" * 501 + "ER  - \n",
    "a.bib": "@book{big, title={A title}, author={" + "A, B and " * 6000 + "C, D}}\n",
    "a.json": json.dumps([{"id": "big", "type": "book", "author": [{"family": "A"}] * 501}]),
}


@pytest.mark.parametrize("name", MANY)
def test_a_source_with_thousands_of_names_costs_itself_alone(
    here: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    small = {
        "a.ris": "TY  - BOOK\nID  - small\nTI  - Small\nER  - \n",
        "a.bib": "@book{small, title={Small}}\n",
        "a.json": "",
    }[name]
    path.write_text(MANY[name] + small, "utf-8")
    result = import_sources(path, here)
    assert result.added == (["small"] if small else [])
    assert [one.code for one in result.problems if "more than" in one.message] == ["bad-import"]


@pytest.mark.parametrize(
    "text",
    [
        "TY  - BOOK\n" * 5001,
        "TY  - BOOK\nTI  - " + "x" * 4_000_001,
        *(("TY  - BOOK\nTI  - a\n" + "AU  - A, B\n" * 499) * 101,),
    ],
    ids=["sources", "characters", "names"],
)
def test_a_file_that_is_too_much_for_one_import_is_refused(
    here: Path, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.ris"
    path.write_text(text, "utf-8")
    with pytest.raises(AdvocacyError, match="too much for one import"):
        import_sources(path, here)
