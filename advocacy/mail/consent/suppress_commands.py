"""What `advocacy suppress` does: people added, lifted, listed, and lists of them imported."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.files.text import open_binary
from advocacy.mail import problem
from advocacy.mail.consent.addresses import PREFIX, with_hashes
from advocacy.mail.consent.suppression_edits import EditOutcome, NewSuppression, add, lift
from advocacy.mail.consent.suppression_file import (
    FILE,
    PLUS_TAGS,
    SuppressionRow,
    key_of,
    read_moment,
    read_rows,
    rows_in,
)

THEIR_OWN = frozenset({"unsubscribed", "complaint", "forgotten"})
"""Sources that mean that the person themselves said no."""


@dataclass(frozen=True, slots=True)
class ImportedSuppressions:
    """What came of a list: how many of its rows named somebody, and what is wrong in it."""

    outcome: EditOutcome
    rows: int
    problems: tuple[Problem, ...]


def suppress(
    folder: Path,
    addresses: Iterable[str],
    domains: Iterable[str] = (),
    *,
    reason: str = "",
    campaign: str = "",
) -> EditOutcome:
    """Suppress addresses and domains; AdvocacyError where one is neither, and then none is."""
    keys = read_keys_of(addresses, domains)
    return add(folder, [NewSuppression(key, reason, "manual", None, campaign) for key in keys])


def read_keys_of(addresses: Iterable[str], domains: Iterable[str] = ()) -> list[str]:
    """The keys of addresses and domains as they were typed; AdvocacyError for what is neither."""
    keys: list[str] = []
    problems: list[Problem] = []
    for written, as_domain in [(a, False) for a in addresses] + [(d, True) for d in domains]:
        text = written.strip()
        key = key_of(f"@{text.removeprefix('@')}" if as_domain else text)
        if key and not key.startswith(PREFIX):
            keys.append(key)
            continue
        what = "a domain" if as_domain else "an email address"
        problems.append(problem("bad-email", written=text, what=what))
    if problems:
        raise AdvocacyError(problems)
    return list(dict.fromkeys(keys))


def standing(folder: Path, keys: Iterable[str]) -> list[SuppressionRow]:
    """The rows that count and are about these keys, those of forgotten people by their hashes."""
    wanted = with_hashes(keys)
    return [row for row in listed(folder)[0] if row.key in wanted]


def unsuppress(folder: Path, keys: Iterable[str], because: str) -> EditOutcome:
    """Lift the rows about these keys; AdvocacyError as `lift` raises it."""
    return lift(folder, with_hashes(keys), because)


def listed(folder: Path, *, lifted: bool = False) -> tuple[list[SuppressionRow], list[Problem]]:
    """The rows of the list, without those that were lifted unless asked for, and its problems."""
    path = folder / FILE
    return _divided(read_rows(path) if path.exists() else (), lifted=lifted)


def _divided(
    rows: Iterable[SuppressionRow | Problem], *, lifted: bool = False
) -> tuple[list[SuppressionRow], list[Problem]]:
    people: list[SuppressionRow] = []
    problems: list[Problem] = []
    for row in rows:
        if isinstance(row, Problem):
            problems.append(row)
        elif row is not PLUS_TAGS and (lifted or row.counts):
            people.append(row)
    return people, problems


def import_list(
    folder: Path, source: Path | BufferedReader, *, reason: str = "", campaign: str = ""
) -> ImportedSuppressions:
    """Suppress everyone on a list: addresses one a line, CSV, or what the unsubscribe page wrote.

    What the list says of a person (reason, since, source, campaign) is kept; rows that were
    lifted are passed over. A broken row is told; the rows that can be read are imported all
    the same, since they are people who said no. Raises AdvocacyError for a file that cannot
    be read at all.
    """
    if isinstance(source, BufferedReader):
        people, problems = _divided(rows_in(source, Path("-")))
    else:
        with open_binary(source) as file:
            people, problems = _divided(rows_in(file, source))
    if not people and not has_errors(problems):
        problems.append(problem("empty-list"))
    new = [
        NewSuppression(
            row.key,
            row.reason or reason,
            row.source or "import",
            read_moment(row.since),
            row.campaign or campaign,
        )
        for row in people
    ]
    newest: dict[str, NewSuppression] = {}
    for one in new:  # of several requests of one person the last one counts
        before = newest.get(one.key)
        if before is None or not before.since or (one.since and one.since > before.since):
            newest[one.key] = one
    return ImportedSuppressions(
        add(folder, newest.values()), len(people), tuple(one.at(Level.ERROR) for one in problems)
    )
