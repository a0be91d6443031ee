"""What an organizer may rely on in a long list with every kind of defect: every usable row is a
person, each other row is told by its line and why, and the numbers add up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.list_details import ListDetails
from advocacy.campaign.recipients.lists import read_list
from advocacy.errors import Problem

DAY = date(2026, 6, 22)
HEADER = "id,name,email,address,city,country,verified,ward\n"
ROWS = 8_000


def row(n: int, **values: str) -> bytes:
    cells = {
        "id": f"ocd-person/{n:08}",
        "name": f"Jane {n} Doe",
        "email": f"jane{n}@people.example",
        "address": f"{n} Main Street",
        "city": "Springfield",
        "country": "US",
        "verified": "2026-03-01",
        "ward": str(n % 40),
    } | values
    return (",".join(cells.values()) + "\n").encode()


@dataclass(frozen=True)
class Kind:
    """A kind of row, made of a number: a person, or one that is told with a code; or nothing."""

    make: Callable[[int], bytes]
    code: str = ""
    is_nothing: bool = field(default=False)


KINDS = {
    "as it should be": Kind(row),
    "accents": Kind(lambda n: row(n, name=f"Łukasz {n} Weiß")),
    "another script": Kind(lambda n: row(n, name=f"山田 {n}")),
    "an id with capitals and spaces": Kind(lambda n: row(n, id=f"0031U {n}")),
    "no email": Kind(lambda n: row(n, email="")),
    "a wrong email": Kind(lambda n: row(n, email="jane at people")),
    "no address": Kind(lambda n: row(n, address="", city="")),
    "an address of two lines": Kind(lambda n: row(n, address=f'"{n} Main St\nRoom 5"')),
    "a country by its name": Kind(lambda n: row(n, country="Deutschland")),
    "markup": Kind(lambda n: row(n, name=f"*Bob* <b> {n}")),
    "a formula": Kind(lambda n: row(n, ward="=1+1")),
    "one mailbox": Kind(lambda n: row(n, email="office@people.example")),
    "blank": Kind(lambda _: b"\n", is_nothing=True),
    "commas alone": Kind(lambda _: b",,,,,,,\n", is_nothing=True),
    "fewer commas": Kind(lambda _: b" ,,\n", is_nothing=True),
    "no name": Kind(lambda n: row(n, name=""), "no-name"),
    "a cell too many": Kind(lambda n: row(n, name="Doe, Jane"), "wrong-cell-count"),
    "a cell too few": Kind(lambda _: b"x,Jane Doe,a@people.example\n", "wrong-cell-count"),
    "a quotation mark that stays open": Kind(lambda n: row(n, name='"Jane'), "broken-row"),
    "text after a closing mark": Kind(lambda n: row(n, name='"Jane" Doe'), "broken-row"),
    "not UTF-8": Kind(lambda n: row(n).replace(b"Jane", b"Zo\xeb"), "not-utf8"),
    "a control character": Kind(lambda n: row(n, name="Jane\x07Doe"), "bad-character"),
    "a mark that turns text around": Kind(lambda n: row(n, name="Jane\u202eDoe"), "bad-character"),
    "a name of two lines": Kind(lambda n: row(n, name='"Jane\nDoe"'), "not-one-line"),
    "a name without an end": Kind(lambda n: row(n, name="x" * 5_000), "value-too-long"),
    "a row without an end": Kind(lambda n: row(n, ward="x" * 120_000), "row-too-long"),
    "a country that is none": Kind(lambda n: row(n, country="Narnia"), "bad-country"),
    "a day that is none": Kind(lambda n: row(n, verified="2026-02-30"), "bad-day"),
    "the same person": Kind(lambda _: row(0), "same-person"),
    "another's id": Kind(lambda n: row(0, name=f"Ann {n}", email=""), "duplicate-id"),
}


def test_every_usable_row_is_a_person_and_each_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    kinds = list(KINDS.values())
    usable: set[int] = {2}
    told: dict[int, str] = {}
    rows = 1
    with path.open("wb") as out:
        out.write(HEADER.encode() + row(0))
        line = 3
        for n in range(1, ROWS):
            kind = kinds[n % len(kinds)]
            if kind.code == "row-too-long" and n > 500:
                kind = kinds[0]  # megabytes of it would say no more
            text = kind.make(n)
            if kind.code:
                told[line] = kind.code
            elif not kind.is_nothing:
                usable.add(line)
            rows += not kind.is_nothing
            out.write(text)
            line += text.count(b"\n")
    problems: list[Problem] = []
    details = ListDetails()
    people = list(read_list(path, DAY, problems.append, details=details))
    places = [person.place() for person in people]
    assert {place.line for place in places if place} == usable
    reasons = {p.place.line: p.code for p in problems if p.place and p.place.line in told}
    assert reasons == told
    assert details.rows == rows == len(usable) + len(told)
    rest = Counter(p.code for p in problems if not p.place or p.place.line not in told)
    assert set(rest) <= {"bad-email", "same-address", "role-address"}
