"""Forgetting a person: out of ledger, output and lists, with a keyed hash left behind.

The hash is what keeps the promise: without it the next list would bring the person back. First
the list of suppressed people gets it, so that whatever happens then nobody writes to them; then
the ledgers, which refuse while a letter to them is under way; then letters, files of many
letters, lists, and messages. Each file is changed whole or not at all, and doing it all again
finishes what was broken off.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advocacy.batch import FORMATS
from advocacy.batch.documents import document_kind
from advocacy.batch.record import JOURNAL, BatchRecord
from advocacy.batch.record import NAME as MANIFEST
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.writing import cannot_write
from advocacy.mail import problem
from advocacy.mail.consent.addresses import address_hash, address_hashes, address_key
from advocacy.mail.consent.kept_texts import find_kept_texts
from advocacy.mail.consent.shared_output import SharedOutput, find_merged, find_shared_output
from advocacy.mail.consent.suppression_edits import WHEN_ADDED, NewSuppression, edit_list
from advocacy.mail.consent.suppression_file import FILE, SuppressionRow, read_rows
from advocacy.mail.consent.tokens import Keys, require_keys
from advocacy.mail.consent.tracing import LINES, LISTS, SHEETS, Trace, remove_rows, traces
from advocacy.mail.consent.written_places import find_places
from advocacy.mail.ledger import VARIABLE, State
from advocacy.mail.ledger.opening import ledger_files, open_ledgers
from advocacy.mail.ledger.values import by_hand_key

_ELSEWHERE = (
    "sent mail",
    "mailboxes elsewhere",
    "printed letters",
    "backups",
    "compressed files",
    "letters that were moved or copied",
    "the unsubscribe page's file",
)
_ADVICE = "Change the permissions of its folder"


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
    out_of_reach: tuple[str, ...] = ()
    """Places that the tool cannot search, in words."""
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

    `folder` is the campaigns', `output` that of the letters, `lists` are files elsewhere. Folders
    into which letters of these campaigns were written are searched as `output` is. Raises
    AdvocacyError without `ADVOCACY_KEY`, while a letter is under way, and for a file that
    cannot be read or written.
    """
    key = address_key(address)
    keys = require_keys("replace an address with a hash")
    found = Forgotten(out_of_reach=(*_ELSEWHERE, *_histories(folder, output)))
    _suppress(folder, key, keys, found, dry_run=dry_run)
    _ledgers(folder, key, keys, found, dry_run=dry_run)
    there = [*traces(folder, key, also=tuple(lists))]
    texts = {key, *(name for one in there for name in one.names)}
    places = find_places(folder, output)
    outputs = [one for one in (output, *places.folders) if one is not None and one.is_dir()]
    letters = _find_letters(outputs, key, found, texts)
    # Letters and lists state the names by which other files are searched: they go last.
    shared = _shared_output(outputs, places.tables, letters, texts)
    gone = _remove_shared(shared, letters, found, dry_run=dry_run)
    if not dry_run:
        _remove_letters(letters)
    # An output folder may lie within the campaigns' folder, which was searched before.
    also = (trace for one in outputs for trace in traces(one, key))
    there = [trace for trace in (*there, *also) if trace.path.resolve() not in gone]
    _kept(folder, key, frozenset(texts), found, dry_run=dry_run)
    _files(there, key, found, dry_run=dry_run)
    return found


def _histories(*folders: Path | None) -> Iterator[str]:
    """The Git repositories around folders: they keep what was ever committed."""
    around = [(one.resolve(), *one.resolve().parents) for one in folders if one is not None]
    found = (one for each in around for one in each if (one / ".git").exists())
    yield from (f"the Git history of {one}" for one in dict.fromkeys(found))


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
            ways = (key, by_hand_key(key))
            records = [record for way in ways for record in ledger.find(address_key=way)]
            if not records:
                continue
            mailings = ", ".join(sorted({record.mailing for record in records}))
            found.removals.append(Removal("letter in", ledger.shown, len(records), mailings))
            if dry_run:
                continue
            # A letter that a killed sender had is not under way.
            for name in dict.fromkeys(one.mailing for one in records if one.state is State.SENDING):
                ledger.settle(name)
            for way in ways:
                ledger.forget(way, stands_for)
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


@dataclass(slots=True)
class _Letters:
    """The person's letters by folder and id, with their files; `known` are the files of all."""

    theirs: dict[tuple[Path, str], list[str]] = field(default_factory=dict)
    known: set[Path] = field(default_factory=set)


def _find_letters(outputs: Sequence[Path], key: str, found: Forgotten, texts: set[str]) -> _Letters:
    """The person's letters: those to them, and those that they wrote as a supporter.

    What the manifests call the person is added to `texts`.
    """
    letters = _Letters()
    folders = {
        path.parent
        for name in (MANIFEST, JOURNAL)
        for output in outputs
        for path in output.rglob(name)
    }
    for folder in sorted(folders):
        with BatchRecord(folder, read_only=True) as record:
            for entry in record:
                letters.known.update(folder / Path(name).name for name in entry["files"])
                person = _theirs(entry, key)
                if person is None:
                    continue
                texts.update(filter(None, [person.get("name")]))
                letter_id, files = entry["id"], set(entry["files"])
                # Older files of the letter may lie beside those that the manifest has.
                stems = {n.removesuffix(f".{document_kind(n)}") for n in files if document_kind(n)}
                files |= {f"{stem}.{kind}" for stem in stems for kind in FORMATS}
                there = sorted(name for name in files if (folder / Path(name).name).is_file())
                letters.theirs[folder, letter_id] = there
                found.removals.append(Removal("letter", folder, 1, ", ".join(there) or letter_id))
                if "--" in letter_id:
                    named = _mention(Place(folder), "person-in-ids", letter_id=letter_id)
                    found.left.append(named)
    return letters


def _remove_letters(letters: _Letters) -> None:
    for folder in dict.fromkeys(folder for folder, _ in letters.theirs):
        with BatchRecord(folder) as record:
            for (where, letter_id), files in letters.theirs.items():
                if where == folder:
                    record.remove(letter_id)
                    record.remove_files(files)


def _theirs(entry: dict[str, Any], key: str) -> dict[str, Any] | None:
    """The person, where a letter is theirs: its recipient or supporter."""
    for who in ("recipient", "supporter"):
        person = entry.get(who)
        email = person.get("email") if isinstance(person, dict) else None
        if isinstance(email, str) and address_key(email) == key:
            return dict(person or {})
    return None


def _shared_output(
    outputs: Sequence[Path], tables: Sequence[Path], letters: _Letters, texts: set[str]
) -> list[SharedOutput]:
    """The files of many people that hold the person, or may."""
    ids = {letter_id for _, letter_id in letters.theirs}
    return [
        *(one for each in outputs for one in find_shared_output(each, texts, ids, letters.known)),
        *(one for table in tables for one in find_merged(table, texts, ids)),
    ]


def _remove_shared(
    shared: Sequence[SharedOutput], letters: _Letters, found: Forgotten, *, dry_run: bool
) -> set[Path]:
    """Remove files of many people that hold the person, or tell; what is gone, resolved."""
    theirs = [folder / name for (folder, _), names in letters.theirs.items() for name in names]
    gone = {path.resolve() for path in theirs}
    for one in shared:
        first = one.files[0]
        if not one.is_sure:
            found.left.append(problem("may-hold-person", place=Place(first), name=first.name))
            continue
        names = ", ".join(path.name for path in one.files[:4])
        more = f", and {len(one.files) - 4} more" if len(one.files) > 4 else ""
        found.removals.append(Removal(one.kind, first.parent, 1, names + more))
        gone.update(path.resolve() for path in one.files)
        for path in () if dry_run else one.files:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise AdvocacyError(cannot_write(path, error, _ADVICE)) from error
    return gone


def _kept(
    folder: Path, key: str, names: frozenset[str], found: Forgotten, *, dry_run: bool
) -> None:
    """Remove the comments and earlier texts that the page of `preview` keeps with the person."""
    for one in list(find_kept_texts(folder, key, names)):
        if one.told is not None:
            found.left.append(one.told)
            continue
        what, count = ("comment in", len(one.comments)) if one.campaign else ("text in", 1)
        found.removals.append(Removal(what, one.path, count))
        if not dry_run:
            try:
                one.remove()
            except OSError as error:
                raise AdvocacyError(cannot_write(one.path, error, _ADVICE)) from error


def _files(there: Sequence[Trace], key: str, found: Forgotten, *, dry_run: bool) -> None:
    """Remove the person's rows and messages, and tell of mentions."""
    for one in {trace.path.resolve(): trace for trace in there}.values():
        if one.lines:
            lines = ", ".join(map(str, one.lines[:10]))
            what = "row in" if one.path.suffix.lower() in LISTS + LINES else "message in"
            detail = "" if one.is_whole else f"line {lines}"
            found.removals.append(Removal(what, one.path, len(one.lines), detail))
            if one.is_whole and not dry_run:
                one.path.unlink(missing_ok=True)
            elif not dry_run:
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
