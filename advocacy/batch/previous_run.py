"""What earlier runs made of a campaign's letters: the manifests of its stages.

`find_previous` is asked before a letter is made, so that only what has changed is made again.
"""

from contextlib import ExitStack
from pathlib import Path

from advocacy.batch.record import CHANGED, BatchRecord, Entry
from advocacy.batch.worker import WantedLetter
from advocacy.files.content_digests import file_sum
from advocacy.files.writing import sweep


class Manifests:
    """The manifests of a campaign's stages, each opened when it is first asked for.

    `folder` is `<output>/<campaign>`. Open manifests are locked against other runs; closing
    writes them. Raises AdvocacyError where a stage's folder cannot be written, its manifest
    cannot be read, or another run is writing it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records: dict[str, BatchRecord] = {}

    def __enter__(self) -> "Manifests":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with ExitStack() as stack:  # each is closed, whatever happens to the others
            for record in self._records.values():
                stack.callback(record.close)
                if error is not None:
                    sweep(record.folder)

    def stage(self, name: str) -> BatchRecord:
        """The manifest of a stage."""
        if name not in self._records:
            self._records[name] = BatchRecord(self.folder / name)
        return self._records[name]


def find_previous(record: BatchRecord, letter_id: str) -> Entry | None:
    """The manifest's line for a letter, with only those of its files that are still the same.

    A file is compared by its digest: one that somebody edited is made again, and told. Whoever
    changes a file and its line in the manifest is found by `advocacy verify` alone, which makes
    each letter again; what is mailed is never taken from here.
    """
    entry = record.find(letter_id)
    if entry is None:
        return None
    files = entry["files"]
    sums = {name: file_sum(record.folder / name) for name in files}
    here = {name: files[name] for name in files if sums[name] == files[name]}
    # A power failure leaves files empty; those were not edited.
    edited = [n for n in files if n not in here and sums[n] and not record.is_doubtful(letter_id)]
    inputs = {n: i for n, i in entry.get("inputs", {}).items() if n in here}
    return {**entry, "files": here, "inputs": inputs, CHANGED: edited}


def as_recorded(record: BatchRecord, wanted: WantedLetter) -> WantedLetter:
    """The letter under the id by which an earlier version recorded it, if it did so.

    Ids of people whose list gives none were made of other things then. Whoever a manifest has
    under such an id must have the same name and address now, or be somebody else.
    """
    if record.is_new:
        return wanted
    earlier = wanted.earlier_id
    if earlier == wanted.letter_id or record.find(wanted.letter_id) is not None:
        return wanted
    entry = record.find(earlier)
    people: list[tuple[str, str | None, str]] = [
        (wanted.recipient.full_name, wanted.recipient.email, "recipient")
    ]
    if wanted.supporters is not None and wanted.supporters.one is not None:
        people.append((wanted.supporters.one.name, wanted.supporters.one.email, "supporter"))
    for name, email, key in people:
        there = (entry or {}).get(key) or {}
        if entry is None or (there.get("name") or "", there.get("email")) != (name, email):
            return wanted
    return wanted.under_earlier_id()
