"""Paragraphs of one's own at page breaks are laid out fast, and break as they would in full."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pypdfium2
import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

Differ = Callable[[bytes, bytes], list[str]]
Made = tuple[CheckedLetter, Workspace]

TOWN = "Winston–Salem, a town of unforgettable characteristics"
OWN = (
    "It was said in {{ recipient.city }} that considerations of accountability{{ cite('errs') }} "
    "notwithstanding, representatives of *{{ recipient.city }}* acknowledged uncomfortable "
    "misunderstandings, that is, in {{ recipient.city }}. "
)
END = "We thank {{ recipient.city }} for its characteristically unhurried consideration."
LONG = "accountability representatives uncomfortable of in characteristics a Springfield".split()


@pytest.fixture
def folder(project_root: Path, tmp_path: Path) -> Path:
    """A campaign whose template a test writes."""
    return Path(shutil.copytree(project_root / "tests/data/stamping", tmp_path / "stamping"))


def made(folder: Path, text: str, towns: Sequence[str]) -> Iterator[Made]:
    """The letters of a template to people of these towns."""
    (folder / "templates" / "letters" / "plain.md").write_text(text, "utf-8")
    people = folder / "list.csv"
    head = "id,name,address,city,region,postal_code,country\n"
    rows = (f'p{i},Ada Avery,1 Main Street,"{town}",IL,62701,US\n' for i, town in enumerate(towns))
    people.write_text(head + "".join(rows), "utf-8")
    campaign, problems = load_campaign(folder / "campaign.yaml")
    assert campaign is not None, problems
    for letter in compose_letters(campaign, stage="plain", people=People(people)).letters:
        checked, wrong = check(letter, campaign)
        assert checked is not None, wrong
        yield checked, campaign.workspace


def fast_and_the_same(letter: CheckedLetter, workspace: Workspace, differ: Differ) -> bytes:
    """A letter that is laid out fast, and is the same in full."""
    fast, full = (render_pdf(letter, workspace, typeset=way) for way in ("auto", "full"))  # type: ignore[arg-type]
    assert (fast.typeset, fast.why, fast.pages) == ("fast", "", full.pages)
    assert differ(fast.data, full.data) == []
    return fast.data


def start_of_page_two(data: bytes) -> str:
    """The text of the second page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return str(document[1].get_textpage().get_text_range())
    finally:
        document.close()


@pytest.mark.parametrize(
    ("lines", "starts"), [(14, "characteristics. It was"), (21, "A line."), (16, "acknowledged")]
)
def test_a_paragraph_goes_on_on_the_next_page_or_begins_there(
    folder: Path, differ: Differ, lines: int, starts: str
) -> None:
    text = "A line.\n\n" * lines + f"{OWN * 2}\n\n{END}\n"
    ((letter, workspace),) = made(folder, text, [TOWN])
    assert start_of_page_two(fast_and_the_same(letter, workspace, differ)).startswith(starts)


@pytest.mark.slow
def test_paragraphs_of_any_words_break_over_pages_as_in_full(folder: Path, differ: Differ) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    pick = random.Random(seed)
    print(f"seed {seed}")
    for _ in range(6):
        towns = [" ".join(pick.choices(LONG, k=pick.randint(1, 5))) for _ in range(12)]
        text = "A line.\n\n" * pick.randint(12, 18) + f"{OWN * pick.randint(1, 3)}\n\n"
        text += f"{END}\n\n" * pick.randint(0, 2)
        for letter, workspace in made(folder, text, towns):
            fast_and_the_same(letter, workspace, differ)
