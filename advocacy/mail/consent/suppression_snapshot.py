"""People who are not to be written to: `suppressed.csv` in the campaigns' folder.

The file counts for all campaigns there. People edit it in a spreadsheet too, so it is read with
tolerance and on the safe side: a row that is broken is told, and whatever in it looks like an
address counts; a row that nothing can be got from is an error, which stops a mailing. A row
is about an `address`, or everyone at a `domain` (`example.org`, or `*.example.org` for it and
all below). `lifted` holds the moment from which it no longer counts. Of a person who was
forgotten it holds a keyed hash in place of the address.

A line that begins with `#` is a comment; `# plus-tags: ignore` says that `bob+news@…` is
the same person as `bob@…`.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.mail.consent.addresses import Hashes, address_key, without_tag
from advocacy.mail.consent.suppression_file import (
    FILE,
    SuppressionEntries,
    file_stamp,
    read_entries,
)
from advocacy.mail.consent.tokens import Keys, find_keys


@dataclass(frozen=True, slots=True)
class Suppressions:
    """Who is not written to, and why; cheap to ask for each message."""

    path: Path
    entries: SuppressionEntries = field(default_factory=SuppressionEntries, repr=False)
    hashes: Hashes = field(default_factory=Hashes, repr=False)

    def __len__(self) -> int:
        there = self.entries
        return len(there.addresses) + len(there.domains) + len(there.above) + len(self.hashes)

    def reason(self, address: str) -> str | None:
        """Why somebody is not written to, as `unsubscribed (2026-11-20)`, or None."""
        there = self.entries
        key = address_key(address, plus_tags=there.plus_tags)
        found = there.addresses.get(key)
        if found is None and self.hashes:
            found = self.hashes.reason(key)
            if found is None and there.plus_tags:  # forgotten under the address with its tag
                found = self.hashes.reason(address_key(address))
        if found is None and (there.domains or there.above):
            domain = key.rpartition("@")[2]
            found = there.domains.get(domain) or self._above(domain)
        return found

    def _above(self, domain: str) -> str | None:
        above = self.entries.above
        while above and domain:
            if domain in above:
                return above[domain]
            domain = domain.partition(".")[2]
        return None

    def is_current(self) -> bool:
        """Whether the file is still the one that was read."""
        return file_stamp(self.path) == self.entries.stamp


def read_suppressions(folder: Path, keys: Keys | None = None) -> tuple[Suppressions, list[Problem]]:
    """Read the suppressions that count for the campaigns in a folder; none without a file.

    `keys` are those of the environment where they are not given; hashed rows need them. An
    error among the problems means that somebody who said no may be missing: do not send then.
    """
    path = folder / FILE
    try:
        keys = keys or find_keys()
    except AdvocacyError as error:
        return Suppressions(path), list(error.problems)
    entries, problems = _read_when_still(path)
    hashes, found = Hashes.of(entries.hashes, keys, path)
    if entries.plus_tags:
        known = entries.addresses.items()
        entries.addresses = {without_tag(key): reason for key, reason in known}
    return Suppressions(path, entries, hashes), [*problems, *found]


_TRIES = 20
_PAUSE = 0.05  # seconds


def _read_when_still(path: Path) -> tuple[SuppressionEntries, list[Problem]]:
    """Read the file once nobody writes to it: a spreadsheet program does not replace it whole."""
    for _ in range(_TRIES):
        entries, problems = read_entries(path)
        if file_stamp(path) == entries.stamp:
            break
        time.sleep(_PAUSE)
    return entries, problems


class SuppressionGuard:
    """Says at the moment of sending who is suppressed; reads the file again when it has changed.

    Safe to use from several threads. People who were suppressed when it was created stay
    suppressed for its lifetime, even where somebody removes the row, or a program has saved only
    half of the file.
    """

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        self._folder = folder
        self._keys = keys
        self._lock = threading.Lock()
        self._first = self._latest = self._read()

    def reason(self, address: str) -> str | None:
        """Why somebody is not written to now, or None.

        Raises AdvocacyError where the file has changed and has an error: then nobody is.
        """
        latest = self._latest
        if not latest.is_current():
            with self._lock:
                if not self._latest.is_current():
                    self._latest = self._read()
                latest = self._latest
        found = latest.reason(address)
        if found is None and latest is not self._first:
            found = self._first.reason(address)
        return found

    def _read(self) -> Suppressions:
        found, problems = read_suppressions(self._folder, self._keys)
        if has_errors(problems):
            raise AdvocacyError(problems)
        return found
