"""Hostile lists of recipients, and what it means that two PDFs are the same."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

COLUMNS = (
    "id", "name", "given_name", "title", "organization", "address", "city", "region",
    "postal_code", "country", "email", "groups", "note", "wish1", "wish2",
)  # fmt: skip
GIVEN = (
    "Ada Grace Wáclaw Øystein Joan Zoë Søren AVery Toby Wanda Type Ffion Jeff Éloïse José María "
    "Ty’s O'Neil W.E.B. Þóra Ñandú Àlex Çağla Łukasz Affinity Fjóla fifi T. V. "
).split()
FAMILY = (
    "O'Neil Wójcik Avery Tolkien Yang Vandenberg Fitzgerald Ng Sánchez Müller-Lüdenscheidt Weiß "
    "d’Affligny Van‑Tassel Straße McAffee Hoffling Trường Đặng AWAY Tíralo"
).split()
STRANGE = (
    "Ελένη Παπαδοπούλου", "Владимир Щукин", "山田 花子", "김민준", "שרה כהן", "अनीता",
    "Zoe\u0308 N\u0303andu", "Wolfeschlegelsteinhausenbergerdorff" * 5, "*Bob* <b>bold</b>",
    "a" + "\u00ad".join("hyphenated"), "x" * 200, "A " * 100, "ﬁnn ﬂora", "Nguyễn Văn An",
    "½ Ⅷ ™ ©", "a\u00a0b\u00a0c", "\u2066", "O'", "'", "—", "1", "Qu", "Th ff ffi ffl fi fl ct st",
    "T.V. VA. AV’s “W”", "  two   spaces ",
)  # fmt: skip
STREETS = "Main Way Avenue Tower Fifth Öhringer Straße Officers’ Road Affleck Court VA-Hwy".split()
TOWNS = "Springfield Town Saint-Étienne Winston–Salem Coeur d’Alene Truth or Consequences".split()
STATES = (
    "Illinois", "Washington", "the District of Columbia", "Virginia", "Ohio", "Massachusetts",
    "Rhode Island and Providence Plantations", "California", "North Carolina",
)  # fmt: skip


def hostile(seed: int, count: int) -> list[dict[str, str]]:
    """Rows of a list whose recipients differ in every way that a letter can show."""
    pick = random.Random(seed)
    rows = []
    for i in range(count):
        name = f"{pick.choice(GIVEN)} {pick.choice(FAMILY)}"
        kind = pick.random()
        if kind < 0.12:
            name = pick.choice(STRANGE)
        elif kind < 0.17:
            name = (name + " ") * pick.randint(2, 9)
        lines = [
            pick.choice(("Suite", "Floor", "Office", "Room")) + f" {pick.randint(1, 999)}"
            for _ in range(pick.choice((0, 0, 0, 1, 2, 5)))
        ]
        lines.append(f"{pick.randint(1, 9999)} {pick.choice(STREETS)} Street")
        row = {
            "id": f"p{i}",
            "name": name,
            "given_name": name.split()[0] if name.split() else "X",
            "title": pick.choice(("", "President", "Chief Officer of Affairs", "T" * 60)),
            "organization": pick.choice(("", "Microsoft Corporation", "Office of the Fifth Ward")),
            "address": "\n".join(lines),
            "city": pick.choice(("", *STRANGE) if pick.random() < 0.1 else TOWNS),
            "region": pick.choice(STATES),
            "postal_code": f"{pick.randint(10000, 99999)}" if pick.random() < 0.9 else "",
            "country": "US",
            "email": f"p{i}@list.example",
            "groups": "old" if pick.random() < 0.3 else "-",
            "note": f"the Daily {pick.choice(GIVEN)} " * pick.randint(1, 12)
            if pick.random() < 0.2
            else "-",
            "wish1": f"that {pick.choice(FAMILY)} be heard" if pick.random() < 0.3 else "-",
            "wish2": "more trees" if pick.random() < 0.3 else "-",
        }
        rows.append(row)
    return rows


@pytest.fixture(scope="session")
def parks(project_root: Path) -> Campaign:
    """A campaign whose letters print their recipients in every place."""
    found, problems = load_campaign(project_root / "tests/data/stamping/campaign.yaml")
    assert found is not None, problems
    return found


Letters = Callable[[str, list[dict[str, str]]], list[CheckedLetter]]


@pytest.fixture
def letters(parks: Campaign, tmp_path: Path) -> Letters:
    """The letters of a stage to the people in some rows; rows that are refused are left out."""

    def make(stage: str, rows: list[dict[str, str]]) -> list[CheckedLetter]:
        path = tmp_path / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, COLUMNS)
            out.writeheader()
            out.writerows(rows)
        made = compose_letters(parks, stage=stage, people=People(path)).letters
        checked = [check(letter, parks)[0] for letter in made]
        return [one for one in checked if one is not None]

    return make


def differences(fast: bytes, full: bytes) -> Iterator[str]:
    """Where two PDFs are not the same, object by object; how they are stored does not count.

    A page's streams are compared as one: an array of them means what they say together.
    """
    with pikepdf.open(io.BytesIO(fast)) as one, pikepdf.open(io.BytesIO(full)) as other:
        pages = zip(one.pages, other.pages, strict=True)
        for number, (page, like) in enumerate(pages, 1):
            if _content(page) != _content(like):
                yield f"page {number} is painted otherwise"
        contents = {page.obj.Contents.objgen[0] for page in other.pages}
        for number in range(1, len(other.objects) + 1):
            thing = other.get_object(number, 0)
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") in ("/XRef", "/ObjStm"):
                continue
            if number not in contents and _said(one.get_object(number, 0)) != _said(thing):
                yield f"object {number} differs: {_said(thing)[:200]!r}"


def _content(page: Any) -> bytes:
    contents = page.obj.Contents
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"".join(part.read_bytes() for part in parts)


def _said(thing: Any) -> bytes:
    if isinstance(thing, pikepdf.Stream):
        entries = pikepdf.Dictionary(thing.stream_dict)
        for key in ("/Length", "/Filter", "/DecodeParms"):
            if key in entries:
                del entries[key]
        return bytes(entries.unparse(resolved=True) + thing.read_bytes())
    if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Page":
        entries = pikepdf.Dictionary(thing)
        del entries["/Contents"]
        return bytes(entries.unparse(resolved=True))
    return (
        bytes(thing.unparse(resolved=True)) if hasattr(thing, "unparse") else repr(thing).encode()
    )


@pytest.fixture(scope="session")
def differ() -> Callable[[bytes, bytes], list[str]]:
    """Where two PDFs are not the same."""
    return lambda fast, full: list(differences(fast, full))


@pytest.fixture(scope="session")
def crowd() -> Callable[[int, int], list[dict[str, str]]]:
    """So many hostile rows, by a seed."""
    return hostile
