"""Where letters to lawmakers go: to which of their offices, and to which aide by email.

A member's aides stand in a table of the campaign's own (`staff:`), with the columns `id` (the
member's, as in the list of recipients), `name`, and `email`. The letter is addressed to the member.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_rows
from advocacy.campaign.recipients.postal import split_lines
from advocacy.errors import Level, Place, Problem, Report, count_noun, reporting

_PARTS = ("city", "region", "postal_code")


def send_to_offices(
    campaign: Campaign, rows: Iterable[Recipient], report: Report
) -> Iterator[Recipient]:
    """The recipients with the office and the aide that the campaign chooses.

    Notes say how many have no office of that kind, and which aides are of nobody on the list.
    """
    file = campaign.file
    if file.staff is None and file.office == "capitol":
        yield from rows
        return
    aides = read_staff(campaign, report)
    unknown = dict(aides)
    elsewhere: list[Recipient] = []
    for row in rows:
        if file.office == "district":
            if not row.text_of("district_address"):
                elsewhere.append(row)
            row = _at_district_office(row)
        aide = aides.get(row.letter_id.casefold())
        unknown.pop(row.letter_id.casefold(), None)
        if aide is not None:
            row = row.model_copy(update={"email": aide.email, "aide": aide.full_name})
        yield row
    if elsewhere:
        people = count_noun(len(elsewhere), "person has", "people have")
        message = f"{people} no district office on the list, such as {elsewhere[0].called}."
        hint = "Their letters go to the capitol. To change that, fill in `district_address`."
        report(Problem("no-district-office", message, hint, elsewhere[0].place(), Level.NOTE))
    if unknown:
        first = next(iter(unknown.values()))
        rest = f" and {count_noun(len(unknown) - 1, 'other')}" if len(unknown) > 1 else ""
        message = f"Nobody on the list has the id `{first.id}`{rest}."
        hint = "Write the `id` from the list of recipients. Other people get no letter."
        report(Problem("aide-of-nobody", message, hint, first.place(), Level.NOTE))


def read_staff(campaign: Campaign, report: Report) -> Mapping[str, Recipient]:
    """The aides of a campaign's table by the id of their member, in lowercase.

    Every problem of a row is reported with its place, and the row left out.
    """
    file = campaign.file
    found: dict[str, Recipient] = {}
    if file.staff is None:
        return found
    with reporting(report):
        path = campaign.workspace.file(file.staff, file.place("staff"))
        for row in read_rows(path, date.min, report):
            wrong = _wrong(row, found)
            if wrong is not None:
                report(wrong)
            elif row.id:
                found[row.id.casefold()] = row
    return found


def _wrong(row: Recipient, known: Mapping[str, Recipient]) -> Problem | None:
    place: Place | None = row.place()
    if not (row.id and row.full_name and row.email):
        missing = [
            f"`{name}`"
            for name, value in (("id", row.id), ("name", row.full_name), ("email", row.email))
            if not value
        ]
        message = f"This aide has no {', '.join(missing)}."
        hint = "Fill in the member's `id`, and the aide's `name` and `email`."
        return Problem("aide-incomplete", message, hint, place, Level.WARNING)
    if row.id.casefold() in known:
        first = known[row.id.casefold()]
        message = f"The member `{row.id}` has two aides: {first.called} and {row.called}."
        hint = f"{first.called} gets the email. Remove one of the two rows."
        return Problem("aide-twice", message, hint, place, Level.WARNING)
    return None


def _at_district_office(row: Recipient) -> Recipient:
    """A lawmaker at the office in their district, where the list has one."""
    parts = split_lines(row.text_of("district_address"))
    if not parts:
        return row
    return row.model_copy(update={**dict.fromkeys(_PARTS), **parts})
