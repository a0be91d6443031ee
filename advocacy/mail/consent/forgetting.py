"""Forgetting a person: out of ledger, output and lists, with a keyed hash left behind.

The hash is what keeps the promise: without it the next list would bring the person back. First
the list of suppressed people gets it, so that whatever happens then nobody writes to them; then
the ledgers, which refuse while a letter to them is under way; then letters and lists. Each
file is changed whole or not at all, and doing it all again finishes what was broken off.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advocacy.batch.documents import FORMATS, document_kind
from advocacy.batch.record import JOURNAL, BatchRecord
from advocacy.batch.record import NAME as MANIFEST
from advocacy.errors import Place, Problem
from advocacy.mail import problem
from advocacy.mail.consent.addresses import address_hash, address_hashes, address_key
from advocacy.mail.consent.suppression_edits import WHEN_ADDED, NewSuppression, edit_list
from advocacy.mail.consent.suppression_file import FILE, SuppressionRow, read_rows
from advocacy.mail.consent.tokens import Keys, require_keys
from advocacy.mail.consent.tracing import LINES, LISTS, SHEETS, remove_rows, traces
from advocacy.mail.ledger import VARIABLE
from advocacy.mail.ledger.opening import ledger_files, open_ledgers


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that is removed, or was: so many of a kind, at a place."""

    what: str
    place: Path | str
    count: int = 1
    detail: str = ""


@dataclass(slots=True)
class Forgotten:
    """What is removed of a person, and what the user has to see to."""

    removals: list[Removal] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)
    is_suppressed: bool = False
    """Whether the hash was already in the list."""


def forget(
    folder: Path,
    address: str,
    *,
    output: Path | None = None,
    lists: Sequence[Path] = (),
    dry_run: bool = True,
) -> Forgotten:
    """Remove a person; in a dry run, say what would be removed, and change nothing.

    `folder` is the campaigns', `output` that of the letters, `lists` are files elsewhere. Raises
    AdvocacyError without `ADVOCACY_KEY`, while a letter is under way, and for a file that
    cannot be read or written.
    """
    key = address_key(address)
    keys = require_keys("replace an address with a hash")
    found = Forgotten()
    _suppress(folder, key, keys, found, dry_run=dry_run)
    _ledgers(folder, key, keys, found, dry_run=dry_run)
    if output is not None and output.is_dir():
        _letters(output, key, found, dry_run=dry_run)
    _lists(folder, key, tuple(lists), found, output, dry_run=dry_run)
    return found


def _suppress(folder: Path, key: str, keys: Keys, found: Forgotten, *, dry_run: bool) -> None:
    """Put the hash in the place of the person's own rows, or add it."""
    hashes = set(address_hashes(keys, key))
    path = folder / FILE
    rows = (
        [row for row in read_rows(path) if isinstance(row, SuppressionRow)] if path.exists() else []
    )
    own = [row for row in rows if row.key == key]
    shared = {row.line for row in rows if row.key != key} & {row.line for row in own}
    found.is_suppressed = any(row.key in hashes and row.counts for row in rows)
    if own:
        found.removals.append(Removal("address in", path, len(own)))
    for line in sorted(shared):  # a broken row, in which somebody else stands too
        found.left.append(_mention_at(path, line))
    if dry_run:
        return
    with edit_list(folder, WHEN_ADDED) as edited:
        for number, there in enumerate(edited.rows):
            # The whole row goes: a note in it may be about the person too.
            if {row.key for row in there} == {key}:
                edited.remove(number)
        if not found.is_suppressed:
            hashed = NewSuppression(address_hash(keys, key), "", "forgotten")
            edited.append(hashed.cells(datetime.now(UTC)))


def _ledgers(folder: Path, key: str, keys: Keys, found: Forgotten, *, dry_run: bool) -> None:
    stands_for = f"forgotten-{address_hash(keys, key).rpartition(':')[2][:12]}"
    with open_ledgers(folder) as ledgers:
        for ledger in ledgers:
            records = ledger.find(address_key=key)
            if not records:
                continue
            mailings = ", ".join(sorted({record.mailing for record in records}))
            found.removals.append(Removal("letter in", ledger.shown, len(records), mailings))
            if not dry_run:
                ledger.forget(key, stands_for)
    if not dry_run and not os.environ.get(VARIABLE, "").strip():
        for path in ledger_files(folder):
            _wipe(path, found)


def _wipe(path: Path, found: Forgotten) -> None:
    """Have SQLite write its file anew: what was replaced may still stand in its free pages."""
    try:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        found.left.append(problem("not-wiped", place=Place(path), error=error))


def _letters(output: Path, key: str, found: Forgotten, *, dry_run: bool) -> None:
    """The person's letters: those to them, and those that they wrote as a supporter."""
    folders = {path.parent for name in (MANIFEST, JOURNAL) for path in output.rglob(name)}
    for folder in sorted(folders):
        with BatchRecord(folder, read_only=dry_run) as record:
            theirs = [entry for entry in record if _is_theirs(entry, key)]
            for entry in theirs:
                letter_id, files = entry["id"], set(entry["files"])
                # Older files of the letter may lie beside those that the manifest has.
                stems = {n.removesuffix(f".{document_kind(n)}") for n in files if document_kind(n)}
                files |= {f"{stem}.{kind}" for stem in stems for kind in FORMATS}
                there = sorted(name for name in files if (folder / Path(name).name).is_file())
                found.removals.append(Removal("letter", folder, 1, ", ".join(there) or letter_id))
                if "--" in letter_id:
                    named = _mention(Place(folder), "person-in-ids", letter_id=letter_id)
                    found.left.append(named)
                if not dry_run:
                    record.remove(letter_id)
                    record.remove_files(there)
        if theirs:
            _merged(folder, found)


def _is_theirs(entry: dict[str, object], key: str) -> bool:
    for who in ("recipient", "supporter"):
        person = entry.get(who)
        email = person.get("email") if isinstance(person, dict) else None
        if isinstance(email, str) and address_key(email) == key:
            return True
    return False


def _merged(folder: Path, found: Forgotten) -> None:
    """Files of many letters beside a removed one: they may hold it too."""
    with BatchRecord(folder, read_only=True) as record:
        known = {name for entry in record for name in entry.get("files", ())}
    for path in sorted(folder.glob("*.pdf")):
        if path.name not in known and not any(
            removal.place == folder and path.name in removal.detail for removal in found.removals
        ):
            found.left.append(problem("may-hold-person", place=Place(path), name=path.name))


def _lists(
    folder: Path,
    key: str,
    also: tuple[Path, ...],
    found: Forgotten,
    output: Path | None,
    *,
    dry_run: bool,
) -> None:
    there = [*traces(folder, key, also=also)]
    if output is not None and output.is_dir():
        # The letters themselves are known by their manifest.
        there += traces(output, key, kinds=LISTS + LINES + SHEETS)
    for one in {trace.path.resolve(): trace for trace in there}.values():
        if one.lines and one.path.suffix.lower() in LISTS + LINES:
            lines = ", ".join(map(str, one.lines[:10]))
            found.removals.append(Removal("row in", one.path, len(one.lines), f"line {lines}"))
            if not dry_run:
                remove_rows(one.path, key)
        found.left += [_mention_at(one.path, line) for line in one.mentions[:5]]
        if one.unread:
            unread = _mention(Place(one.path), "file-not-searched", told=one.unread)
            found.left.append(unread)


def _mention_at(path: Path, line: int) -> Problem:
    if path.suffix.lower() in SHEETS:
        return _mention(Place(path), "person-in-spreadsheet", line=line)
    return _mention(Place(path, line), "person-in-text")


def _mention(place: Place, entry: str, **words: Any) -> Problem:
    return problem("person-in-file", entry=entry, place=place, **words)
