"""Lists of supporters: who agreed to write, to which recipients, and on which day.

`read_supporters` reads a list row by row; `Targets` finds the recipients of each supporter;
`share_out` limits how many supporters write to one recipient in a day.
"""

import hashlib
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.campaign_rules import SupporterRules
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.address import Parts, postal_lines
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.supporters.consent import YES, SupporterTally, agreeing
from advocacy.campaign.supporters.districts import Districts, with_districts
from advocacy.campaign.supporters.model import Supporter
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, count_noun, reporting
from advocacy.resources import read_table

LAST = 2**64 - 1


@dataclass(slots=True)
class Group:
    """Recipients whom the same supporters write to: a state's senators, a district's one.

    `turn` holds the first and last place in the order of supporters whose turn it is;
    `written` counts these, `waiting` the others.
    """

    columns: tuple[str, ...]
    recipients: list[Recipient] = field(default_factory=list)
    places: "array[int]" = field(default_factory=lambda: array("Q"))
    turn: tuple[int, int] = (0, LAST)
    written: int = 0
    waiting: int = 0


class Targets:
    """Recipients by what a supporter must have in common with them.

    A column that a recipient has no value in does not count: a senator has no district.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], Group]] = {}
        if not columns:
            self._groups[()] = {(): Group(())}

    def add(self, recipient: Recipient) -> bool:
        """Add a recipient; False for one who has none of the columns, and would be everyone's."""
        values = {column: plain(recipient.text_of(column)) for column in self._columns}
        columns = tuple(column for column in self._columns if values[column])
        if self._columns and not columns:
            return False
        groups = self._groups.setdefault(columns, {})
        key = tuple(values[column] for column in columns)
        groups.setdefault(key, Group(columns)).recipients.append(recipient)
        return True

    def __iter__(self) -> Iterator[Group]:
        for groups in self._groups.values():
            yield from groups.values()

    def of(self, supporter: Supporter) -> list[Group]:
        """The groups of recipients whom a supporter writes to."""
        found = []
        for columns, groups in self._groups.items():
            key = tuple(plain(supporter.columns.get(column, "")) for column in columns)
            group = groups.get(key)
            if group is not None and group.recipients:
                found.append(group)
        return found


def plain(value: str) -> str:
    """A value as it is compared: without regard to capitals, spaces around and `07` for `7`."""
    folded = unicodedata.normalize("NFC", value).strip().casefold()
    if len(folded) < 4 and folded.isascii() and folded.isdigit():
        return str(int(folded))
    return folded


def place_in_order(campaign: str, supporter: str) -> int:
    """A supporter's place in the campaign's order: a hash, the same on every machine.

    Whoever comes to the list later takes a place between the others, and moves nobody.
    """
    digest = hashlib.sha256(f"{campaign}\0{supporter}".encode()).digest()
    return int.from_bytes(digest[:8])


def share_out(
    campaign: str, targets: Targets, supporters: Iterable[Supporter], day: date, most: int
) -> None:
    """Set the turn of each group, so that at most `most` supporters write to it on a day.

    Supporters stand in a fixed order, cut into equal runs; a day has one run, and the next day
    the next, so that everyone's turn comes, once, while the list stays as it is. Eight bytes
    are kept for each supporter and group.
    """
    for supporter in supporters:
        place = place_in_order(campaign, supporter.id)
        for group in targets.of(supporter):
            group.places.append(place)
    for group in targets:
        count = len(group.places)
        if count > most:
            order = sorted(group.places)
            runs = -(-count // most)
            run = day.toordinal() % runs
            first, last = run * count // runs, (run + 1) * count // runs - 1
            group.turn = (order[first], order[last])
            group.written = last - first + 1
            group.waiting = count - group.written
        group.places = array("Q")


def read_supporters(
    path: Path,
    rules: SupporterRules,
    day: date,
    report: Report,
    tally: SupporterTally,
    *,
    excluded: frozenset[str] = frozenset(),
    sample: int | None = None,
    with_words: bool = True,
    home: str | None = None,
    districts: Districts | None = None,
) -> Iterator[Supporter]:
    """Those of a list who agreed to write, in its order.

    Who did not agree, or is `excluded` by id or email address, is left out and counted. With
    `with_words`, so is whoever has own words that are not approved; without, own words are
    nobody's concern. `sample` takes so many that show the list's variety. `home` is the country
    of those whose row has none, `districts` those that the geocoder found. Nothing but the
    current row is kept.
    """
    rows = with_districts(read_list(path, day, report, columns=rules.columns), districts or {})
    agreed = agreeing(rows, rules, day, home, tally, excluded)
    if sample is not None:
        agreed = Selection(sample=sample).choose(agreed, report)
    for row in agreed:
        with reporting(report):
            supporter = supporter_of(row, rules, home, with_words=with_words)
            if supporter is None:
                tally.hold(row.place())
            else:
                yield supporter


def supporter_of(
    row: Recipient, rules: SupporterRules, home: str | None, *, with_words: bool = True
) -> Supporter | None:
    """A row's supporter, or None while its own words wait for approval.

    `home` is the country of a row that has none.

    Raises AdvocacyError where the row cannot be a supporter's.
    """
    words = ""
    if with_words:
        words = paragraph(row.text_of(rules.own_words))
        if len(words) > rules.own_words_limit:
            raise AdvocacyError(_too_long(row, len(words), rules))
        if words and row.text_of(rules.approved).strip().casefold() != YES:
            return None
    return Supporter(
        id=row.letter_id,
        name=row.called,
        town=", ".join(part for part in (row.city, row.region) if part),
        email=row.email,
        own_words=words,
        columns=_columns(row, rules, everything=with_words),
        place=row.place(),
        address=_address(row, row.country or home) if with_words and row.address else (),
        earlier_id=row.earlier_id,
    )


def _address(row: Recipient, country: str | None) -> tuple[str, ...]:
    """The lines of a supporter's own address; the country is not named."""
    parts = Parts(
        street=row.address,
        city=row.city or "",
        region=row.region or "",
        postal_code=row.postal_code or "",
        country=country or "",
    )
    return postal_lines(parts, home=country, language="en")


def _columns(row: Recipient, rules: SupporterRules, *, everything: bool) -> dict[str, str]:
    """The columns that templates may print of a supporter, beside name, town and own words."""
    found = {column: row.text_of(column) for column in rules.match}
    if everything:
        private = (
            rules.consent, rules.consent_on, rules.consent_text, rules.own_words, rules.approved,
        )  # fmt: skip
        found |= {name: text for name, text in row.other.items() if name not in private}
        names = ("given_name", "family_name", "honorific", "city", "region", "postal_code")
        found |= {name: getattr(row, name) or "" for name in names}
    return found


def paragraph(text: str) -> str:
    """Own words as one paragraph of plain text: their lines, without blank ones."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _too_long(row: Recipient, length: int, rules: SupporterRules) -> Problem:
    limit = rules.own_words_limit
    return Problem(
        "own-words-too-long",
        f"The own words of {row.called} have {length:,} characters; the limit is {limit:,}.",
        "Ask the supporter to shorten them, or raise `own_words_limit` in the campaign’s "
        "`supporters:`.",
        row.place("other"),
    )


def notes(tally: SupporterTally, rules: SupporterRules, path: Path) -> Iterator[Problem]:
    """Problems that sum up which rows were left out, once the whole list has been read."""
    place = Place(path)
    refused = tally.refused.total()
    if refused and not tally.agreed and set(tally.refused) == {""}:
        yield problem("no-consent-column", place, consent=rules.consent)
    elif refused:
        others = [f"“{answer:.20}”" for answer in sorted(tally.refused) if answer]
        said = f" (found {', '.join(others[:3])})" if others else ""
        people = _people(refused)
        yield problem("no-consent", place, people=people, consent=rules.consent, said=said)
    if tally.unproven_count:
        columns = " and ".join(f"`{column}`" for column in tally.unproven)
        people = _people(tally.unproven_count)
        yield problem("no-consent-record", tally.unproven_at, people=people, columns=columns)
    if tally.held_count:
        lines = ", ".join(map(str, tally.held))
        more = tally.held_count - len(tally.held)
        where = f" (line {lines}{f' and {more} more' if more else ''})" if lines else ""
        people = _people(tally.held_count)
        yield problem("own-words-held", place, people=people, where=where, approved=rules.approved)
    if tally.targetless_count:
        columns = " and ".join(f"`{column}`" for column in rules.match)
        people = _people(tally.targetless_count)
        yield problem("no-target", tally.targetless, people=people, columns=columns)


def problem(code: str, place: Place | None, **words: str) -> Problem:
    """The problem of the table with that code, with words put in."""
    found = read_table("campaign/supporters/notes.toml")[code]
    message, hint = found["message"].format(**words), found["hint"].format(**words)
    return Problem(code, message, hint, place, Level(found["level"]))


def _people(count: int) -> str:
    return count_noun(count, "supporter is", "supporters are")
