"""The manifest: what each letter is, which facts it relies on, and which files it became.

One JSON object a line, merged by letter id, so that rendering a part of a list never drops
the record of the rest.


The record of a batch: its folder's manifest, while letters are being made.

The manifest is one JSON object a line, sorted by letter id. While a batch runs, new lines go
to a journal beside it; at the end, or when the next run finds the journal of one that was
killed, both are merged. Neither is ever held in memory: an index on disk knows where each
letter's last line stands.
"""

import errno
import fcntl
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.writing import (
    cannot_write,
    open_own,
    prepare_folder,
    replace_file,
    sweep,
)
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import Letter

NAME = "manifest.jsonl"
Entry = dict[str, Any]
"""One line: `id`, `campaign`, `stage`, `date`, `recipient`, `files` and the rest."""
CHANGED = "changed"
"""Where a line is that of an earlier run: its key for files that somebody edited."""


def entry(
    letter: Letter,
    files: Mapping[str, str],
    versions: Mapping[str, str],
    digests: tuple[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    typeset: str | None = None,
    judged: str | None = None,
) -> Entry:
    """The manifest's line for a letter; `files` maps names to SHA-256 sums.

    `digests` are the letter's and the recipient's, where they are known already; `inputs` maps
    names to digests of what the files were made of. `typeset` is how the PDF was laid out: `fast`
    or `full`. `judged` is the digest of what the gate of words read when it let the letter pass.
    """
    recipient = letter.recipient
    digest, person_digest = digests or (letter_digest(letter), recipient_digest(recipient))
    person = {
        "name": recipient.full_name,
        "organization": recipient.organization,
        "email": recipient.email,
        # Where those are reached who have no email address: members of Congress, say.
        "url": recipient.other.get("url"),
        "contact_form": recipient.other.get("contact_form"),
    }
    line: Entry = {
        "id": letter.id,
        "campaign": letter.campaign,
        "stage": letter.stage,
        "date": letter.date.isoformat(),
        "language": letter.language,
        "layout": letter.layout,
        "subject": letter.subject,
        "recipient": {key: value for key, value in person.items() if value},
        "files": dict(files),
        "facts": [cited.id for cited in letter.facts],
        "inputs": dict(inputs or {}),
        "digest": digest,
        "recipient_digest": person_digest,
        "versions": dict(versions),
    }
    if typeset:
        line["typeset"] = typeset
    if judged:
        line["judged"] = judged
    if letter.supporters is not None:
        one = letter.supporter
        line["supporters"] = letter.supporters.count
        if one is not None:
            line["supporter"] = {"id": one.id, "name": one.name, "email": one.email}
            line["own_words"] = bool(one.own_words)
    if letter.previous is not None:
        day = letter.previous.date
        line["previous"] = {
            "date": day.isoformat() if day else None,
            "subject": letter.previous.subject,
        }
    if letter.variants:
        line["variants"] = dict(letter.variants)
    return line


def warned_before(line: Entry | None, judged: str, digest: str) -> bool | None:
    """Whether the run that left a line found warnings in the words; None where these differed."""
    if line is None or line.get("judged") != judged or line.get("digest") != digest:
        return None
    return bool(line.get("warned"))


JOURNAL = ".manifest.journal"
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_LINE = re.compile(rb'\{"id": "([^"\\]+)", .*\}\n')
_PARTS = (("id", str), ("digest", str), ("files", dict))
"""What a run reads of an earlier one's lines: names with the types of their values."""
_OPTIONAL = (
    *((name, str) for name in ("campaign", "stage", "date", "language", "subject", "judged")),
    *((name, dict) for name in ("recipient", "supporter", "inputs", "versions", "variants")),
    ("facts", list),
    *((name, bool) for name in ("draft", "warned")),
)
"""The same, of what a line may lack."""
_MANIFEST, _JOURNAL = 0, 1
_PUT = "INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?)"
SYNC_EVERY, FEWEST_TO_SYNC = 1000, 100
"""Number of letters after which files are synced to disk; a few letters are not synced at once."""


class BatchRecord:
    """A folder's manifest, open for one batch and locked against any other.

    With `read_only` nothing is locked, written or made, and a missing manifest is an empty
    one. Raises AdvocacyError where the manifest cannot be read, the folder cannot be written,
    or another run is writing it.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder = folder
        self._read_only = read_only
        self._changed = False
        self.is_new = True
        """Whether no earlier run left a line."""
        self._unsynced = self._left = 0
        self._files: dict[int, IO[bytes]] = {}
        # A private database on disk: small ones never leave memory, large ones do not stay there.
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE line (id TEXT PRIMARY KEY, file INT, at INT, length INT) WITHOUT ROWID;"
            "CREATE TABLE listed (id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "BEGIN;"
        )
        try:
            self._open()
        except BaseException:
            self._shut()
            raise

    def __enter__(self) -> "BatchRecord":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._index.execute("SELECT count(*) FROM line").fetchone()[0])

    def __iter__(self) -> Iterator[Entry]:
        """Every letter's line, by id."""
        for line in self._lines():
            yield self._parsed(line)

    def find(self, letter_id: str) -> Entry | None:
        """What the manifest says of a letter."""
        found = self._index.execute(
            "SELECT file, at, length FROM line WHERE id = ?", (letter_id,)
        ).fetchone()
        if found is None:
            return None
        return self._parsed(self._read(*found))

    def _parsed(self, line: bytes) -> Entry:
        """A line's record. Raises AdvocacyError where somebody has taken a part of it away."""
        with suppress(ValueError, RecursionError):
            entry: Entry = json.loads(line)
            if _is_entry(entry):
                entry["id"].encode()  # raises for a lone surrogate
                return entry
        raise AdvocacyError(broken_manifest(self.folder / NAME))

    def add(self, entry: Entry) -> None:
        """Record a letter.

        Raises AdvocacyError where its line cannot be written.
        """
        journal = self._files[_JOURNAL]
        data = f"{_ENCODER.encode(entry)}\n".encode()
        at = journal.seek(0, os.SEEK_END)
        try:
            if journal.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
        except OSError as error:
            with suppress(OSError):
                journal.truncate(at)
            raise AdvocacyError(cannot_write(self.folder / JOURNAL, error)) from error
        self._changed = True
        self._index.execute(_PUT, (entry["id"], _JOURNAL, at, len(data)))
        self._unsynced += 1
        if self._unsynced >= SYNC_EVERY:
            self._sync()

    def _sync(self) -> None:
        """See that what was written so far survives a power cut, the letters' files too.

        One call for many files: a call for each would cost more than the letters do.
        """
        os.sync()
        self._unsynced = 0

    def is_doubtful(self, letter_id: str) -> bool:
        """Whether the letter's line was left by a run that did not end.

        Where the power failed, its files may be empty although they are there.
        """
        row = self._index.execute("SELECT file, at FROM line WHERE id = ?", (letter_id,)).fetchone()
        return row is not None and row[0] == _JOURNAL and row[1] < self._left

    def remove(self, letter_id: str) -> None:
        """Remove a letter's line and its files."""
        self.remove_files((self.find(letter_id) or {}).get("files", ()))
        self._index.execute("DELETE FROM line WHERE id = ?", (letter_id,))
        self._changed = True

    def remove_files(self, names: Iterable[str]) -> None:
        """Remove files of a letter that its line names no longer, lest somebody mails them."""
        for name in names:
            if Path(name).name == name:  # a manifest that somebody edited removes nothing else
                (self.folder / name).unlink(missing_ok=True)

    def mark_listed(self, letter_id: str) -> None:
        """Note that the letter's recipient is on the list, for `prune`."""
        self._index.execute("INSERT OR IGNORE INTO listed VALUES (?)", (letter_id,))

    def not_listed(self) -> Iterator[str]:
        """The ids of the letters that were not marked."""
        gone = "SELECT id FROM line WHERE id NOT IN (SELECT id FROM listed) ORDER BY id"
        for (letter_id,) in self._index.execute(gone):
            yield letter_id

    def prune(self) -> int:
        """Remove every letter that was not marked, with its files; the number of them."""
        gone = list(self.not_listed())
        for letter_id in gone:
            self.remove(letter_id)
        return len(gone)

    def close(self) -> None:
        """Merge the journal into the manifest, and let go of the folder.

        Raises AdvocacyError where there is no room; the journal then stays for the next run.
        """
        try:
            if not self._read_only:
                if self._unsynced >= FEWEST_TO_SYNC:
                    self._sync()
                if self._changed:
                    with replace_file(self.folder / NAME, durable=True) as file:
                        file.writelines(self._lines())
                with suppress(OSError):
                    (self.folder / JOURNAL).unlink()
                for folder in (self.folder, self.folder.parent):
                    with suppress(OSError):
                        folder.rmdir()  # only empty ones go
        finally:
            self._shut()

    def _open(self) -> None:
        if not self._read_only:
            # It is in the campaign's folder, which is in the output folder.
            prepare_folder(self.folder, self.folder.parent.parent)
            self._files[_JOURNAL] = self._locked_journal()
        with suppress(FileNotFoundError):
            self._files[_MANIFEST] = os.fdopen(open_own(self.folder / NAME, os.O_RDONLY), "rb")
            self.is_new = not self._index_file(_MANIFEST, self.folder / NAME)
        if self._read_only:
            with suppress(FileNotFoundError):
                journal = open_own(self.folder / JOURNAL, os.O_RDONLY)
                self._files[_JOURNAL] = os.fdopen(journal, "rb")
        if _JOURNAL in self._files and self._index_file(_JOURNAL, self.folder / JOURNAL):
            self._changed = True
            self.is_new = False
            self._left = (self.folder / JOURNAL).stat().st_size
            if not self._read_only:
                sweep(self.folder)

    def _locked_journal(self) -> IO[bytes]:
        path = self.folder / JOURNAL
        while True:
            handle = open_own(path, os.O_RDWR | os.O_CREAT)
            journal = os.fdopen(handle, "r+b", buffering=0)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                journal.close()
                raise AdvocacyError(_busy(self.folder)) from None
            if os.fstat(handle).st_nlink:
                return journal
            journal.close()  # the run that had it has just ended, and removed it

    def _index_file(self, number: int, path: Path) -> int:
        """Note where each line of a file stands; the number of lines."""
        problems: list[Problem] = []

        def rows(file: IO[bytes]) -> Iterator[tuple[str, int, int, int]]:
            at = 0
            for count, line in enumerate(file, start=1):
                letter_id = _id_of(line)
                if letter_id is not None:
                    yield letter_id, number, at, len(line)
                elif number == _MANIFEST:
                    problems.append(broken_manifest(path, count))
                elif not (self._read_only or line.endswith(b"\n")):
                    # A run was killed while it wrote this: its letter will be made again.
                    self._files[number].truncate(at)
                at += len(line)

        again = os.dup(
            self._files[number].fileno()
        )  # not the path: something else may be there now
        with os.fdopen(again, "rb") as file, closing(self._index.cursor()) as cursor:
            cursor.executemany(_PUT, rows(file))
            found = cursor.rowcount
        if problems:
            raise AdvocacyError(problems[:100])
        return max(found, 0)

    def _read(self, file: int, at: int, length: int) -> bytes:
        return os.pread(self._files[file].fileno(), length, at)

    def _lines(self) -> Iterator[bytes]:
        for row in self._index.execute("SELECT file, at, length FROM line ORDER BY id"):
            yield self._read(*row)

    def _shut(self) -> None:
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        self._files.clear()
        self._index.close()


def _is_entry(read: Any) -> bool:
    """Whether a line has the parts that runs read, each of its type."""
    if not isinstance(read, dict):
        return False
    whole = all(isinstance(read.get(key), kind) for key, kind in _PARTS)
    whole = whole and all(isinstance(read.get(key, kind()), kind) for key, kind in _OPTIONAL)
    texts = [*read["files"].values(), *read.get("inputs", {}).values()] if whole else []
    return whole and all(isinstance(text, str) for text in texts)


def _id_of(line: bytes) -> str | None:
    """The letter id in a line, or None where it is no whole line of a manifest."""
    quick = _LINE.fullmatch(line)
    if quick:
        return quick[1].decode(errors="replace")
    try:
        read: Any = json.loads(line)
        letter_id = str(read["id"])
        letter_id.encode()  # raises for a lone surrogate
        return letter_id if line.endswith(b"\n") else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def broken_manifest(path: Path, line: int | None = None) -> Problem:
    """That a manifest, or a line of it, is not as a run wrote it."""
    hint = "Move the file and render the letters again; a new manifest is written."
    return Problem("broken-manifest", "The manifest cannot be read.", hint, Place(path, line))


def _busy(folder: Path) -> Problem:
    return Problem(
        "batch-running",
        f"Another run is writing the letters in {folder}.",
        "Wait until it has finished, or use a different folder for this run: `--output DIR`.",
        Place(folder),
    )
