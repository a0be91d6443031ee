"""Reading a bill file of any kind: BILLSTATUS XML, Open States JSON, or YAML written by hand."""

import json
from collections.abc import Mapping
from pathlib import Path

from advocacy.campaign.bills.billstatus import is_billstatus, read_billstatus
from advocacy.campaign.bills.model import Bill
from advocacy.campaign.bills.openstates import is_openstates_bill, read_openstates_bill
from advocacy.campaign.bills.written import read_written_bill
from advocacy.errors import AdvocacyError, Place, Problem, Read
from advocacy.files.json_reading import why_not_json
from advocacy.files.text import read_text
from advocacy.files.xml_reading import read_xml
from advocacy.files.yaml.reading import scan_yaml


def read_bill(path: Path) -> Read[Bill | None]:
    """The bill of a file, and everything that is wrong with the file."""
    try:
        match path.suffix.casefold():
            case ".xml":
                return _read_xml(path)
            case ".json":
                return _read_json(path)
            case ".yaml" | ".yml":
                data, problems = scan_yaml(path)
                if data is None:
                    return None, problems
                bill, found = read_written_bill(data)
                return bill, [*problems, *found]
    except AdvocacyError as error:
        return None, list(error.problems)
    return None, [_no_bill(path)]


def _read_xml(path: Path) -> Read[Bill | None]:
    root = read_xml(path)
    return read_billstatus(root, path) if is_billstatus(root) else (None, [_no_bill(path)])


def _read_json(path: Path) -> Read[Bill | None]:
    try:
        data = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        return None, [_not_json(why_not_json(error), Place(path, error.lineno, error.colno))]
    except (ValueError, RecursionError) as error:
        return None, [_not_json(why_not_json(error), Place(path))]
    if isinstance(data, Mapping) and is_openstates_bill(data):
        return read_openstates_bill(data, path)
    return None, [_no_bill(path)]


def _not_json(reason: str, place: Place) -> Problem:
    message = f"The file is not valid JSON: {reason}."
    return Problem("broken-json", message, "Download the file again.", place)


def _no_bill(path: Path) -> Problem:
    return Problem(
        "not-a-bill",
        "This file is not a bill.",
        "Use a BILLSTATUS XML file, a bill in Open States' JSON, or YAML with the keys that "
        "`advocacy schema bills` describes.",
        Place(path),
    )
