"""The texts of a file as they were saved on the page of `preview`, kept beside the campaign.

Each stands in `.advocacy/history/<file>/` under the time of its save (UTC). Git ignores the folder,
and its owner alone may read it. A text may name people, so `advocacy forget` looks through them.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from advocacy.files.unsaved import FOLDER, UNSAVED, private_folder
from advocacy.files.writing import write_file

HISTORY = "history"
MOST_KEPT = 500
"""How many texts of a file are kept; then the oldest goes."""
_TIME = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class SavedText:
    """One text of a file; `id` is its name in the folder, `when` the time of its save."""

    id: str
    when: datetime
    path: Path

    def read(self) -> str:
        """The text. Raises OSError."""
        return self.path.read_bytes().decode("utf-8", "surrogatepass")


def keep_text(folder: Path, name: str, text: str) -> None:
    """Keep a text of the file `name` in the campaign's `folder`, unless it is the last one kept.

    Raises AdvocacyError or OSError where it cannot be written.
    """
    known = list_texts(folder, name)
    if known and known[0].read() == text:
        return
    when = datetime.now(UTC)
    if known and when <= known[0].when:  # a clock that was set back must not change the order
        when = known[0].when + timedelta(microseconds=1)
    place = private_folder(folder, HISTORY) / quote(name, safe="")
    place.mkdir(mode=0o700, exist_ok=True)
    write_file(place / f"{when.strftime(_TIME)}.txt", text.encode("utf-8", "surrogatepass"))
    for old in known[MOST_KEPT - 1 :]:
        old.path.unlink(missing_ok=True)


def list_texts(folder: Path, name: str) -> list[SavedText]:
    """List the kept texts of a file, the newest first."""
    return sorted(
        _texts(folder / FOLDER / HISTORY / quote(name, safe="")),
        key=lambda one: one.id,
        reverse=True,
    )


def _texts(place: Path) -> Iterator[SavedText]:
    with suppress(OSError):
        for path in place.iterdir():
            with suppress(ValueError):
                when = datetime.strptime(path.stem, _TIME).replace(tzinfo=UTC)
                if path.suffix == ".txt" and not path.is_symlink():
                    yield SavedText(path.stem, when, path)


def list_kept_files(folder: Path) -> list[Path]:
    """List every file in which a campaign's folder keeps typed texts, saved or not."""
    found: list[Path] = []
    for kind in (UNSAVED, HISTORY):
        with suppress(OSError):
            found += (path for path in (folder / FOLDER / kind).rglob("*") if path.is_file())
    return sorted(found)
