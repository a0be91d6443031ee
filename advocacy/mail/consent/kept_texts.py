"""A person in what the page of `preview` keeps beside campaigns: comments, and typed texts.

A comment that names the person goes whole, and so does an earlier text of a file with the address:
nobody needs either to write a letter. A text that was not saved yet is somebody's work: it is told.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.saved_texts import list_kept_files
from advocacy.files.unsaved import FOLDER
from advocacy.letters.comments import COMMENTS, Comment, read_comments, write_comments
from advocacy.mail import problem
from advocacy.mail.consent.addresses import ADDRESS, address_key


@dataclass(frozen=True, slots=True)
class KeptText:
    """A file that names the person: comments by their ids, or a whole text, or one to tell of."""

    path: Path
    campaign: Path | None = None
    comments: frozenset[str] = frozenset()
    told: Problem | None = None

    def remove(self) -> None:
        """Remove what names the person. Raises AdvocacyError or OSError."""
        if self.campaign is not None:
            left = [one for one in read_comments(self.campaign) if one.id not in self.comments]
            write_comments(self.campaign, left)
        elif self.told is None:
            self.path.unlink(missing_ok=True)


def find_kept_texts(folder: Path, key: str, names: frozenset[str]) -> Iterator[KeptText]:
    """Find the person of an address in what is kept below a folder; `names` are what lists say."""
    for where, folders, _ in os.walk(folder):
        if FOLDER in folders:
            yield from _comments(Path(where), key, names)
            yield from _typed(Path(where), key)
        folders[:] = sorted(name for name in folders if not name.startswith("."))


def _comments(folder: Path, key: str, names: frozenset[str]) -> Iterator[KeptText]:
    for path in sorted((folder / FOLDER / COMMENTS).glob("*.yaml")):
        campaign = folder / path.name
        try:
            found = read_comments(campaign)
        except AdvocacyError as error:
            told = _problem(path, "file-not-searched", told=error.problems[0].message)
            yield KeptText(path, told=told)
            continue
        ids = frozenset(one.id for one in found if _names(one, key, names))
        if ids:
            yield KeptText(path, campaign, ids)


def _names(comment: Comment, key: str, names: frozenset[str]) -> bool:
    """Whether a comment has the address, is by the person, or is on the letter to them."""
    people = {comment.by, comment.letter.name, comment.letter.to}
    people |= {answer.by for answer in comment.answers}
    return bool(people & names) or _has(json.dumps(comment.model_dump(mode="json")), key)


def _typed(folder: Path, key: str) -> Iterator[KeptText]:
    for path in list_kept_files(folder):
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            yield KeptText(path, told=_problem(path, "file-not-searched", told=error))
            continue
        if _has(text, key):
            unsaved = path.suffix == ".json"
            yield KeptText(path, told=_problem(path, "person-in-unsaved") if unsaved else None)


def _has(text: str, key: str) -> bool:
    return "@" in text and any(address_key(found) == key for found in ADDRESS.findall(text))


def _problem(path: Path, entry: str, **words: Any) -> Problem:
    return problem("person-in-file", entry=entry, place=Place(path), **words)
