"""Where letters were written outside `output`, so that `advocacy forget` finds a person there.

The machine remembers, for each user and campaign, the folders that `--output` named and the files
that `--merge` named. A folder may hold other things, too: only what the commands made counts.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from advocacy.batch.record import JOURNAL
from advocacy.batch.record import NAME as MANIFEST
from advocacy.errors import AdvocacyError
from advocacy.files.writing import write_file
from advocacy.resources import state_home

_USUAL = Path("output")
_MANY = 500
"""Lines from which on a file may have many of campaigns that are gone."""
_MADE = ("gallery.html", "forms/", "problems.csv", "labels-*.pdf", "envelopes-*.pdf")
"""What lies in a campaign's folder of letters, beside the folders of its stages."""


@dataclass(frozen=True, slots=True)
class WrittenPlaces:
    """Campaigns' folders of letters, and tables of merged letters, that are there now."""

    folders: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()


def note_places(campaigns: Iterable[Path], output: Path, merged: Path | None = None) -> None:
    """Remember a folder of letters and a merged file, before they are written.

    What cannot be remembered is not: letters can be made where nothing else can be written.
    """
    output = output.resolve()
    elsewhere = output != _USUAL.resolve()
    tables = [merged.parent.resolve() / f"{merged.stem}.csv"] if merged is not None else []
    tables = [table for table in tables if not table.is_relative_to(_USUAL.resolve())]
    if not elsewhere and not tables:
        return
    path = _file()
    lines = [
        json.dumps([str(campaign.resolve()), kind, str(place)])
        for campaign in campaigns
        for kind, place in [*[("letters", output)] * elsewhere, *(("table", one) for one in tables)]
    ]
    with suppress(OSError, AdvocacyError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(number, "r+", encoding="ascii") as file:
            known = file.read().splitlines()
            new = [line for line in dict.fromkeys(lines) if line not in known]
            file.write("".join(f"{line}\n" for line in new))
        if new and len(known) > _MANY:
            _write_existing()


def _write_existing() -> None:
    """Leave out of the file what is no longer there."""
    there = [one for one in _noted() if one[0].exists()]
    lines = (json.dumps([str(campaign), kind, str(place)]) for campaign, kind, place in there)
    write_file(_file(), "".join(f"{line}\n" for line in lines).encode())


def find_places(folder: Path, output: Path | None) -> WrittenPlaces:
    """What was written for the campaigns below a folder, outside the folder `output`."""
    folder = folder.resolve()
    searched = [output.resolve()] if output is not None else []
    folders: list[Path] = []
    tables: list[Path] = []
    for campaign, kind, place in _noted():
        if not campaign.is_relative_to(folder):
            continue
        if kind == "table" and place.is_file():
            tables.append(place)
        elif kind == "letters" and place.is_dir() and place not in searched:
            with suppress(OSError):
                folders += [one for one in sorted(place.iterdir()) if _is_made(one)]

    def is_new(path: Path) -> bool:
        return not any(path.is_relative_to(one) for one in searched)

    return WrittenPlaces(
        tuple(dict.fromkeys(filter(is_new, folders))), tuple(dict.fromkeys(filter(is_new, tables)))
    )


def _is_made(folder: Path) -> bool:
    try:
        made = (f"*/{MANIFEST}", f"*/{JOURNAL}", *_MADE)
        return not folder.is_symlink() and any(any(folder.glob(one)) for one in made)
    except OSError:
        return False


def _noted() -> Iterator[tuple[Path, str, Path]]:
    with suppress(OSError):
        for line in _file().read_text("utf-8", "replace").splitlines():
            with suppress(ValueError, TypeError):
                campaign, kind, place = json.loads(line)
                yield Path(campaign), kind, Path(place)


def _file() -> Path:
    return state_home() / "places.jsonl"
