"""Citations come out as published guides print them; each example names the page it is from.

`tests/data/citation_goldens.yaml` has the examples. Quotation marks may be straight or curly,
and a full stop or comma at the very end may be missing: pages that print examples are careless
of both. All else has to be the same.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from advocacy.campaign.sources import parse_sources
from advocacy.documents.citations import Citation, format_citations
from advocacy.files.yaml.reading import read_yaml_text

DATA = Path(__file__).parents[1] / "data" / "citation_goldens.yaml"
EXAMPLES: list[dict[str, Any]] = yaml.safe_load(DATA.read_text("utf-8"))
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
KINDS = {
    "web page", "newspaper article", "blog post", "press release", "numbered report", "report",
    "conference paper", "bill", "letter", "interview",
}  # fmt: skip


def plain(text: str) -> str:
    return " ".join(text.translate(STRAIGHT).split()).rstrip(".,")


def printed(example: dict[str, Any]) -> str:
    """What stands in the reference list, or in a style of notes in the first note."""
    item = example["item"] | {"id": "item"}
    places = tuple((label, str(place)) for label, place in example.get("locator", {}).items())
    result = format_citations(
        [(Citation("item", places),)], {"item": item}, style=example["style"], language="en-US"
    )
    return (result.references[0] if result.in_text else result.notes[0]).text


def cases() -> list[Any]:
    return [
        pytest.param(
            example,
            id=example["id"],
            marks=pytest.mark.xfail(reason=example["deviation"], strict=True)
            if "deviation" in example
            else (),
        )
        for example in EXAMPLES
    ]


@pytest.mark.parametrize("example", cases())
def test_a_citation_reads_as_the_published_guide_has_it(example: dict[str, Any]) -> None:
    assert plain(printed(example)) == plain(example["expected"])


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_each_example_names_its_page_and_could_stand_in_a_sources_file(
    example: dict[str, Any], tmp_path: Path
) -> None:
    assert example["page"].startswith(("http://", "https://"))
    assert example["kind"] in KINDS
    text = yaml.safe_dump({"references": [example["item"] | {"id": "item"}]}, allow_unicode=True)
    data = read_yaml_text(text, tmp_path / "sources.yaml")
    sources, problems = parse_sources(data)
    assert problems == []
    assert list(sources) == ["item"]


def test_the_kinds_of_sources_that_letters_cite_are_all_covered() -> None:
    assert {example["kind"] for example in EXAMPLES} == KINDS
