"""People in public office, from open data as it is published: YAML, JSON, folders of YAML.

The form of a file is known by what stands in it: congress-legislators (`congress`), Open States
(`openstates`), Popolo (`popolo`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.congress import read_legislators, read_seats
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.openstates import is_person, read_folder, read_persons
from advocacy.campaign.recipients.popolo import is_popolo, read_popolo
from advocacy.campaign.recipients.records import read_root
from advocacy.errors import AdvocacyError, Place, Problem, Report
from advocacy.files.yaml.reading import YamlList, YamlMap

FORMATS = (".yaml", ".yml", ".json")


def read_open_data(
    path: Path, day: date, report: Report, committees: Sequence[Path], committee: str | None
) -> Iterator[Recipient]:
    """The people of a file or folder who hold an office on a day.

    `committees` are files of committee members of Congress; `committee` is the committee whose
    title a member gets. Raises AdvocacyError for files of another form.
    """
    if path.is_dir():
        return read_folder(path, day, report, committee)
    root = read_root(path)
    if isinstance(root, YamlMap) and is_person(root):
        return read_persons([root], day, report, {}, committee)
    if isinstance(root, YamlMap) and is_popolo(root):
        return read_popolo(root, day, report)
    people = [item for item in root if isinstance(item, YamlMap)]
    if isinstance(root, YamlList) and people and "terms" in people[0]:
        return read_legislators(people, day, report, read_seats(committees), committee)
    raise AdvocacyError(_unknown(path, offices=bool(people) and "offices" in people[0]))


def _unknown(path: Path, *, offices: bool) -> Problem:
    message = "This file is not a list of people that can be read."
    hint = (
        "Lists are CSV, XLSX or JSON Lines; or files of congress-legislators, Open States, or "
        "Popolo, as they are published."
    )
    if offices:
        message = "This file has offices of members of Congress, and no names."
        hint = "Use `legislators-current.yaml`. Keep this file in the same folder: it is read too."
    return Problem("not-legislators", message, hint, Place(path))
