"""People in public office, from open data as it is published: YAML, JSON, folders of YAML.

The form of a file is known by what stands in it: congress-legislators (`congress`), Open States
(`openstates`), Popolo (`popolo`). A list of objects of any other form is read as rows (`formats`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.congress import read_legislators, read_seats
from advocacy.campaign.recipients.list_details import ListDetails
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.officials import read_root
from advocacy.campaign.recipients.popolo import is_popolo, read_popolo
from advocacy.campaign.recipients.state_officials import is_person, read_persons, seats_beside
from advocacy.errors import AdvocacyError, Place, Problem, Report, reporting
from advocacy.files.yaml.reading import YamlList, YamlMap

LEGISLATURE = "legislature"
MOST_FILES = 50_000


def read_open_data(
    path: Path,
    day: date,
    report: Report,
    committees: Sequence[Path],
    committee: str | None,
    renamed: Mapping[str, str],
    details: ListDetails,
) -> Iterator[Recipient]:
    """The people of a file or folder who hold an office on a day.

    `committees` are files of committee members of Congress; `committee` is the committee whose
    title a member gets; `details` is filled in. A list of objects of another form is somebody's
    own, whose keys `renamed` maps to names of columns. Raises AdvocacyError for other files.
    """
    if path.is_dir():
        details.kind = "folder of Open States"
        return _read_folder(path, day, report, committee)
    root = read_root(path)
    if isinstance(root, YamlMap) and is_person(root):
        details.kind = "Open States"
        return read_persons([root], day, report, {}, committee)
    if isinstance(root, YamlMap) and is_popolo(root):
        details.kind = "Popolo"
        return read_popolo(root, day, report)
    people = _objects(root)
    if isinstance(root, YamlList) and people and "terms" in people[0]:
        details.kind = "congress-legislators"
        return read_legislators(people, day, report, read_seats(committees), committee)
    if people and not _OF_CONGRESS & set(people[0]):
        from advocacy.campaign.recipients.formats import read_records

        details.kind = "JSON" if path.suffix.lower() == ".json" else "YAML"
        return read_records(_apart(people), renamed, report, details)
    raise AdvocacyError(_unknown(path, offices=bool(people) and "offices" in people[0]))


_OF_CONGRESS = {"offices", "terms", "thomas_id"}


def own_records(path: Path) -> list[YamlMap]:
    """The objects of somebody's own list, each with a line of its own; none of open data.

    Raises AdvocacyError.
    """
    root = read_root(path)
    if isinstance(root, YamlMap) and (is_person(root) or is_popolo(root)):
        return []
    people = _objects(root)
    return [] if not people or _OF_CONGRESS & set(people[0]) else _apart(people)


def _apart(people: list[YamlMap]) -> list[YamlMap]:
    """The objects, by their number where all stand in one line, as programs write them."""
    if len(people) > 1 and people[0].place.line == people[-1].place.line:
        for number, one in enumerate(people, start=1):
            one.place = Place(one.place.path, number)
    return people


def _objects(root: YamlMap | YamlList) -> list[YamlMap]:
    """The objects of a list, or of the one list that an object holds: `{"data": [{…}]}`."""
    if isinstance(root, YamlMap):
        lists = [value for value in root.values() if isinstance(value, YamlList)]
        return _objects(lists[0]) if len(lists) == 1 else []
    return [item for item in root if isinstance(item, YamlMap)]


def _read_folder(
    path: Path, day: date, report: Report, committee: str | None
) -> Iterator[Recipient]:
    """The people of a folder: of a state's legislature, of all states, or one folder's own.

    Raises AdvocacyError for a folder without such files.
    """
    folders = [folder for folder in _legislatures(path) if folder.is_dir()] or [path]
    files = [file for folder in folders for file in sorted(folder.glob("*.y*ml"))][:MOST_FILES]
    if not files:
        hint = "Name a list, or a folder of Open States such as `data/oh`."
        raise AdvocacyError(Problem("is-a-folder", "This folder has no people.", hint, Place(path)))
    return read_persons(
        _records(files, report), day, report, seats_beside(folders, report), committee
    )


def _legislatures(path: Path) -> Iterator[Path]:
    yield path / LEGISLATURE
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror}."
        problem = Problem("not-readable", message, "Name a folder of people.", Place(path))
        raise AdvocacyError(problem) from None
    yield from (folder / LEGISLATURE for folder in inside if folder.is_dir())


def _records(files: Iterable[Path], report: Report) -> Iterator[YamlMap]:
    for file in files:
        with reporting(report):
            root = read_root(file)
            if isinstance(root, YamlMap) and is_person(root):
                yield root
            else:
                message = "This file is not a person of Open States."
                hint = "Remove it from the folder, or get a new copy."
                report(Problem("not-legislators", message, hint, Place(file)))


def _unknown(path: Path, *, offices: bool) -> Problem:
    message = "This file is not a list of people that can be read."
    hint = (
        "Lists are CSV, XLSX, JSON, or JSON Lines, or files of congress-legislators, Open States, "
        "or Popolo as they are published."
    )
    if offices:
        message = "This file contains the offices of members of Congress, but no names."
        hint = "Use `legislators-current.yaml`. Keep this file in the same folder. It is also read."
    return Problem("not-legislators", message, hint, Place(path))
