"""Postal addresses of a list's row: from one cell, from several columns, from one line.

Some programs export a whole address in one line. It is taken apart where it has the form of a
US address, and stays a line where it has not: nothing is guessed.
"""

import re
from typing import Any

from advocacy.campaign.recipients.columns import Columns

# USPS Publication 28, appendix B: states, the District of Columbia, territories.
_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH
    NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI""".split()
)
_LONGEST = 300  # characters; a longer text is no address in one line
_ONE_LINE = re.compile(
    r"(?P<street>.+)[,;]\s*(?P<city>[^,;]+),?\s+(?P<region>[A-Z]{2}),?\s+"
    r"(?P<postal_code>[0-9]{5}(?:-[0-9]{4})?)(?:,?\s+(?:USA?|United States))?"
)
_GAPS = re.compile(r"\s{2,}")
_CODE = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")


def complete_values(values: dict[str, Any], columns: Columns) -> None:
    """Make of a row's texts what its columns say together: one address, names of their own."""
    for name, own in columns.copies:
        if name in values:
            values[own] = values[name]
    if columns.first_of:
        for name, text in values.items():
            if columns.first_of in text:
                values[name] = text.partition(columns.first_of)[0].strip()
    if columns.one_line:
        _take_apart(values, columns.one_line)
    _gather_address(values, columns)
    if columns.house_number and values.get("address") and columns.house_number[0] in values:
        name, is_before = columns.house_number
        street, *rest = values["address"]
        parts = (values[name], street) if is_before else (street, values[name])
        if values[name] not in street.split():
            values["address"] = (" ".join(parts), *rest)


def _gather_address(values: dict[str, Any], columns: Columns) -> None:
    """Make one `address` of the lines of a cell, or of the columns `address_1` and so on."""
    text = values.pop("address", None)
    if text is not None and not columns.address and text.isprintable():
        values["address"] = (text,)
        return
    lines = [] if text is None else [part.strip() for part in re.split(r"\r\n?|\n", str(text))]
    lines += [str(values.pop(columns.names[index], "")) for index in columns.address]
    lines = [line for line in lines if line]
    if lines:
        values["address"] = tuple(lines)


def _take_apart(values: dict[str, Any], names: tuple[str, ...]) -> None:
    """Take the first of these columns that is filled for the address, by its parts if it can be."""
    text = next((values[name] for name in names if name in values), None)
    if text is not None:
        values["address"] = text
        if "city" not in values:
            values.update(split_address(text))


def split_lines(text: str) -> dict[str, Any]:
    """The parts of an address in one line as a recipient has them; none of an empty text."""
    if not text.strip():
        return {}
    parts = split_address(text)
    return {**parts, "address": tuple(parts["address"].split("\n"))}


def split_address(text: str) -> dict[str, str]:
    """The parts of an address in one line; the lines of its street are `address`.

    `1 Capitol Square, Columbus, OH 43215`, or with gaps of several spaces between the parts, as
    Mailchimp writes it. Any other text is the address as it stands.
    """
    if len(text) > _LONGEST:
        return {"address": text}
    parts = _GAPS.split(text.strip())
    if len(parts) > 3 and parts[-1] in ("US", "USA"):
        parts.pop()
    if len(parts) > 3 and parts[-2] in _STATES and _CODE.fullmatch(parts[-1]):
        *street, city, region, code = parts
        found = {"city": city, "region": region, "postal_code": code, "country": "US"}
        return {"address": "\n".join(street), **found}
    one = _ONE_LINE.fullmatch(", ".join(" ".join(line.split()) for line in text.splitlines()))
    if one is None or one["region"] not in _STATES:
        return {"address": "\n".join(part.strip() for part in text.split(";"))}
    found = one.groupdict()
    return {"address": found.pop("street").replace(";", "\n"), **found, "country": "US"}
