"""Make up people with whom letters are tried, from the longest values that a list has."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import heappush, heappushpop
from typing import Any

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.column_headers import KNOWN
from advocacy.campaign.recipients.table import DAYS
from advocacy.campaign.stages import stages_signed
from advocacy.campaign.supporters import Supporter, Supporters
from advocacy.checks.branches.reaching_values import SOMETHING, FieldValues, describe_values
from advocacy.letters.parts import letter_languages
from advocacy.letters.samples import sample_supporters

KEPT = 8
"""The number of recipients kept for each aspect while a list is read."""
SAMPLE_DAY = date(2020, 1, 31)
TEXTS = tuple(name for name in KNOWN if name not in ("id", "address", "language", "country", *DAYS))


@dataclass(slots=True)
class Extremes:
    """The longest of a list, gathered row by row."""

    columns: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    address: tuple[str, ...] = ()
    country: str | None = None
    your_letter: date | None = None
    _ranked: tuple[list[tuple[int, int, Recipient]], ...] = field(
        default_factory=lambda: ([], [], [])
    )
    _count: int = 0

    def add(self, row: Recipient, lines: tuple[str, ...]) -> None:
        """Take a recipient into account, whose inside address has these lines."""
        self._count += 1
        for name in TEXTS:
            value = getattr(row, name)
            if value and len(value) > len(self.columns.get(name, "")):
                self.columns[name] = value
        for name, value in row.other.items():
            if len(value) >= len(self.other.get(name, "")):
                self.other[name] = value
        self.address = max(self.address, row.address, key=_size)
        self.country = self.country or row.country
        self.your_letter = self.your_letter or row.your_letter
        texts = [getattr(row, name) or "" for name in TEXTS]
        ranks = (
            sum(map(len, (*texts, *row.other.values()))),
            1000 * len(lines) + sum(map(len, lines)),
            max(map(len, lines), default=0),
        )
        for heap, rank in zip(self._ranked, ranks, strict=True):
            entry = (rank, -self._count, row)
            if len(heap) < KEPT:
                heappush(heap, entry)
            else:
                heappushpop(heap, entry)

    def longest(self) -> list[list[Recipient]]:
        """The recipients whose texts, address and line of it are longest, each the worst first."""
        return [[row for _, _, row in sorted(heap, reverse=True)] for heap in self._ranked]

    def everybody(self) -> list[Recipient]:
        """The same, each once."""
        return list({row.letter_id: row for rows in self.longest() for row in rows}.values())


def _size(lines: tuple[str, ...]) -> tuple[int, int]:
    return len(lines), sum(map(len, lines))


LONG_NAME = "Maximiliane-Alexandra Montgomery-Featherstonehaugh"
LONG_TITLE = "Deputy Assistant Secretary for Civil Rights and Civil Liberties"
LONG_TOWN = "Llanfairpwllgwyngyll"
MANY = 12_000


@dataclass(frozen=True, slots=True)
class Case:
    """One letter to try: to whom, from whom, and in what they are special.

    `made_up` is empty for people on the list. `long` cases are laid out on paper too. One that is
    `expected` is as good as somebody on the list: that supporters sign together, for example.
    """

    recipient: Recipient
    supporters: Supporters | None = None
    made_up: str = ""
    long: bool = False
    expected: bool = False


def made_up(campaign: Campaign, extremes: Extremes) -> Iterator[Case]:
    """Worst cases: as little as an entry may have, as much, and as long as it gets."""
    other = dict.fromkeys(extremes.other, "")
    yield Case(
        Recipient.model_construct(name="Jo Li", other=other),
        made_up="a recipient with only a short name",
    )
    if campaign.file.recipients is not None:
        yield Case(
            Recipient.model_construct(organization="Example Office", other=other),
            made_up="an office without a person's name",
        )
    yield Case(full(extremes), made_up="a recipient with a value in every field")
    yield Case(
        longest(extremes), made_up="a recipient with the longest value in every field", long=True
    )


def full(extremes: Extremes) -> Recipient:
    """A recipient with something in every field."""
    texts: dict[str, Any] = {name: extremes.columns.get(name) or SOMETHING for name in TEXTS}
    texts["email"] = extremes.columns.get("email") or "sample@recipient.example"
    return Recipient.model_construct(
        **texts,
        address=extremes.address or ("1 Sample Street",),
        country=extremes.country,
        your_letter=extremes.your_letter or SAMPLE_DAY,
        other={name: value or SOMETHING for name, value in extremes.other.items()},
    )


def longest(extremes: Extremes) -> Recipient:
    """A recipient with the longest value of each column, and a name longer than most."""
    texts: dict[str, Any] = dict(extremes.columns)
    texts["name"] = max(texts.get("name", ""), LONG_NAME, key=len)
    if "title" in texts:
        texts["title"] = max(texts["title"], LONG_TITLE, key=len)
    return Recipient.model_construct(
        **texts,
        address=extremes.address,
        country=extremes.country,
        your_letter=extremes.your_letter,
        other=dict(extremes.other),
    )


def cases(campaign: Campaign, stage: str, extremes: Extremes) -> Iterator[Case]:
    """All worst cases: each kind of recipient and of signer, in each language."""
    usual = sample_supporters(campaign, stage)
    everybody = [replace(case, supporters=usual) for case in made_up(campaign, extremes)]
    yield from everybody
    somebody = next(iter(extremes.everybody()), everybody[0].recipient)
    if stage in stages_signed(campaign, by_supporters=True):
        yield from _signed_by(campaign, somebody)
    for language in letter_languages(campaign, campaign.file.stages[stage])[1:]:
        for case in (Case(somebody, usual, "a recipient", expected=True), *everybody):
            spoken = case.recipient.model_copy(update={"language": language})
            what = f"{case.made_up} in `{language}`"
            yield replace(case, recipient=spoken, made_up=what, long=case.long)


def _signed_by(campaign: Campaign, recipient: Recipient) -> Iterator[Case]:
    """The letter from supporters of all kinds; a list of them comes with `render` alone."""
    rules = campaign.file.supporters
    bare = Supporter("sample", "Jo Li", columns=dict.fromkeys(rules.match, ""))
    yield Case(
        recipient, Supporters((bare,)), "a supporter without a town or a paragraph", expected=True
    )
    words = ("I have lived here all my life. " * 700)[: rules.own_words_limit].rstrip()
    wordy = Supporter(
        "sample", LONG_NAME, LONG_TOWN, "sample@supporter.example", words,
        dict.fromkeys(rules.match, SOMETHING),
    )  # fmt: skip
    what = "a supporter with a long name and a long paragraph"
    yield Case(recipient, Supporters((wordy,)), what, long=True, expected=True)
    most = rules.joint_names
    yield Case(recipient, _together(2, most), "two supporters who sign together", expected=True)
    yield Case(
        recipient, _together(MANY, most), f"{MANY:,} supporters who sign together", expected=True
    )


def _together(count: int, most: int) -> Supporters:
    named = count if count <= most else most
    people = (Supporter(f"sample-{n}", f"Sample Supporter {n}", "Town") for n in range(named))
    return Supporters(tuple(people), count, joint=True)


def wished(case: Case, values: FieldValues) -> Case:
    """The case with the values that a condition asks for."""
    recipient, supporters = case.recipient, case.supporters
    for name, value in values:
        root, _, key = name.partition(".")
        if root == "recipient":
            recipient = _given(recipient, key, value)
        elif root == "supporter":
            supporters = _signed(supporters, key, value)
    count = dict(values).get("supporters.count")
    if count is not None:
        supporters = _together(count, max(count, 1)) if count > 1 else supporters
        supporters = (supporters or _one()) if count == 1 else supporters
        supporters = None if count < 1 else supporters
    return Case(recipient, supporters, f"a recipient with {describe_values(values)}")


def _given(recipient: Recipient, key: str, value: Any) -> Recipient:
    if key == "address":
        return recipient.model_copy(update={key: (str(value),) if value else ()})
    if key in DAYS:
        return recipient.model_copy(update={key: SAMPLE_DAY if value else None})
    if key in KNOWN:
        return recipient.model_copy(update={key: str(value) or None})
    return recipient.model_copy(update={"other": {**recipient.other, key: str(value)}})


def _one() -> Supporters:
    return Supporters((Supporter("sample", "Sample Supporter", "Springfield"),))


def _signed(supporters: Supporters | None, key: str, value: Any) -> Supporters:
    one = (supporters.one if supporters else None) or _one().people[0]
    if key in ("name", "town", "email", "own_words"):
        given: dict[str, Any] = {key: str(value)}
        return Supporters((replace(one, **given),))
    return Supporters((replace(one, columns={**one.columns, key: str(value)}),))
