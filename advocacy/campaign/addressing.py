"""Who a campaign writes to: its addressees or a list, which of them, and at which address."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from advocacy.campaign.joint_letters import join_recipients
from advocacy.campaign.loading import Campaign
from advocacy.campaign.offices import send_to_offices
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.address import Parts, postal_lines, with_french_town
from advocacy.campaign.recipients.gendered_forms import envelope_name
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.recipients.own_forms import Forms, address_by_forms, read_own_forms
from advocacy.campaign.recipients.select import Selection
from advocacy.errors import Hint, Level, Problem, Read, Report, ignore, reporting


@dataclass(frozen=True, slots=True)
class People:
    """Which people get letters: the campaign's own or those of another list, all or some.

    `list` replaces the campaign's addressees and its `recipients:`; `committees` are files for
    a list of members of Congress. `supporters` is a list of those who write to them, each a
    letter of their own, or `joint` one together; `districts` are files that say in which
    districts they live (`supporters.districts`).
    """

    list: Path | None = None
    committees: tuple[Path, ...] = ()
    selection: Selection = field(default_factory=Selection)
    supporters: Path | None = None
    joint: bool = False
    districts: tuple[Path, ...] = ()

    def only(self, ids: tuple[str, ...]) -> "People":
        """The same, but of these letter ids alone, where any are named."""
        return self.selecting(replace(self.selection, only=ids)) if ids else self

    def selecting(self, selection: Selection) -> "People":
        """The same, with another selection."""
        return replace(self, selection=selection)


def list_of(campaign: Campaign, people: People) -> Path | None:
    """The file of recipients; None where the campaign's own addressees get letters."""
    if people.list is None and campaign.file.recipients is not None:
        return campaign.workspace.folder / campaign.file.recipients
    return people.list


def columns_of(campaign: Campaign, people: People) -> Mapping[str, str]:
    """What the campaign calls the columns of the list that the letters come from."""
    file = campaign.file
    return file.columns if people.supporters is None else file.supporters.columns


def recipients_of(
    campaign: Campaign, day: date, report: Report, people: People | None = None
) -> Iterator[Recipient]:
    """Those who get a letter of that day, one after the other."""
    people = people or People()
    return people.selection.choose(_everyone(campaign, day, report, people), report)


def _everyone(campaign: Campaign, day: date, report: Report, people: People) -> Iterator[Recipient]:
    rows = address_by_forms(_listed(campaign, day, report, people), own_forms(campaign, report))
    rows = send_to_offices(campaign, rows, report)
    return join_recipients(campaign, day, rows, report)


def own_forms(campaign: Campaign, report: Report) -> Forms:
    """The campaign's own forms of address; none where its file cannot be read."""
    name = campaign.file.forms_of_address
    if name is None:
        return {}
    with reporting(report):
        path = campaign.workspace.file(name, campaign.file.place("forms_of_address"))
        forms, problems = read_own_forms(path)
        for problem in problems:
            report(problem)
        return forms
    return {}


def _listed(campaign: Campaign, day: date, report: Report, people: People) -> Iterator[Recipient]:
    file = campaign.file
    with reporting(report):
        path = people.list or list_file(campaign)
        if path is not None:
            yield from read_list(
                path,
                day,
                report,
                columns=file.columns,
                committees=people.committees,
                committee=people.selection.committee,
            )
        elif file.target.addressees:
            yield from file.target.addressees
        else:
            message = "The campaign has no recipients."
            cure = "Add `addressees:` to its target, or a list as `recipients:`"
            hint = Hint("fix-or-add-recipients", cure=cure)
            report(Problem("no-recipients", message, hint, file.place("target")))


def list_file(campaign: Campaign) -> Path | None:
    """The list that a campaign names, a file or a folder of open data.

    Raises AdvocacyError where there is none, or it lies outside the workspace.
    """
    file = campaign.file
    if file.recipients is None:
        return None
    return campaign.workspace.file_or_folder(file.recipients, file.place("recipients"))


def not_in_office(recipient: Recipient, day: date) -> Problem | None:
    """That the person does not hold the office on the letter's date, as far as the list knows."""
    first, last = recipient.in_office_from, recipient.in_office_until
    if first and day < first:
        when, key = f"takes office on {first}", "in_office_from"
    elif last and last < day:
        when, key = f"left office on {last}", "in_office_until"
    else:
        return None
    return Problem(
        "not-in-office",
        f"{recipient.called} {when}; the letter is dated {day}.",
        Hint("fix-or-exclude", cure="Update the list"),
        recipient.place(key),
    )


def organization_of(campaign: Campaign, recipient: Recipient) -> str:
    """The recipient's own organization, else the target's where its people are written to."""
    if recipient.organization or campaign.file.audience != "targets":
        return recipient.organization or ""
    return campaign.file.target.organization


def inside_address(
    campaign: Campaign, recipient: Recipient, language: str | None = None
) -> tuple[str, ...]:
    """The lines of the inside address: name, title, organization, street and town.

    `language` is the letter's (default: the campaign's). A recipient without an address who
    belongs to the target gets the target's.
    """
    file = campaign.file
    organization = organization_of(campaign, recipient)
    language = language or file.language
    if len(recipient.people) > 1:
        return _joint_address(campaign, recipient.people, language)
    name = envelope_name(recipient, language)
    home = file.sender.country or file.target.country
    if _has_address(recipient):
        parts = Parts(
            name,
            recipient.title or "",
            organization,
            recipient.address,
            recipient.city or "",
            recipient.region or "",
            recipient.postal_code or "",
            recipient.country or file.target.country or "",
        )
        return postal_lines(parts, home=home, language=language)
    lines = [name, recipient.title, organization]
    if organization == file.target.organization:
        french = (file.target.country or _french_by_language(campaign)) == "FR"
        lines += map(with_french_town, file.target.address) if french else file.target.address
    return tuple(line for line in lines if line)


_OFFICE_ZIP = re.compile(r"\b([0-9]{5})-[0-9]{4}$")


def _joint_address(
    campaign: Campaign, people: tuple[Recipient, ...], language: str
) -> tuple[str, ...]:
    """The lines of several people: each with title, then what their addresses end with alike.

    People of different organizations or towns have their whole addresses one below the other. Of
    ZIP codes with a part for each office, the first five digits stand.
    """
    blocks = [inside_address(campaign, one, language) for one in people]
    if len({block[-1] for block in blocks}) > 1:
        blocks = [(*block[:-1], _OFFICE_ZIP.sub(r"\1", block[-1])) for block in blocks]
    organizations = {organization_of(campaign, one) for one in people}
    if len(organizations) > 1 or len({block[-1] for block in blocks}) > 1:
        return tuple(line for block in blocks for line in block)
    heads = [
        line for one in people for line in (envelope_name(one, language), one.title or "") if line
    ]
    common: list[str] = []
    for lines in zip(*map(reversed, blocks), strict=False):
        if len(set(lines)) > 1:
            break
        common.insert(0, lines[0])
    organization = next(iter(organizations))
    return (*heads, *([organization] if organization not in common else []), *common)


def postal_problem(campaign: Campaign, recipient: Recipient) -> Problem | None:
    """What is wrong with the place to which the letter is posted.

    No address is an error for one who has no email either. A French address in a form that the
    post office does not read is one for everybody.
    """
    french = _french_problem(campaign, recipient)
    if french is not None:
        return french
    if organization_of(campaign, recipient) == campaign.file.target.organization:
        return None
    if not recipient.email or _has_address(recipient):
        return unreachable(recipient)
    return Problem(
        "missing-address",
        f"{recipient.called} has no postal address, so the letter can only be emailed.",
        Hint(
            "fix-or-omit-format", cure="Fill in `address`, `city`, and `postal_code`", format="pdf"
        ),
        recipient.place("address"),
        Level.WARNING,
    )


def unreachable(recipient: Recipient) -> Problem | None:
    """That a recipient's row has neither a postal address nor an email address."""
    if recipient.email or _has_address(recipient):
        return None
    cure = "Fill in a postal address or an email address"
    return Problem(
        "missing-address",
        f"{recipient.called} has neither a postal address nor an email address.",
        Hint("fix-or-exclude", cure=cure),
        recipient.place("address"),
    )


def _french_by_language(campaign: Campaign) -> str | None:
    """The sender's country, or France where a French campaign names no country."""
    french = campaign.file.language in ("fr", "fr-FR")
    return campaign.file.sender.country or ("FR" if french else None)


LONGEST_FRENCH_LINE, MOST_FRENCH_LINES = 38, 6
"""Of an address in France: characters with spaces, and lines without the country's name.

AFNOR NF Z10-011, as La Poste's Service national de l'adresse explains it.
"""


def _french_problem(campaign: Campaign, recipient: Recipient) -> Problem | None:
    """That a French address has lines too long, or too many, for the post office."""
    file = campaign.file
    home = file.sender.country or file.target.country
    country = recipient.country or file.target.country or _french_by_language(campaign)
    if country != "FR":
        return None
    lines = inside_address(campaign, recipient)
    longest = max(lines, key=len, default="")
    place = recipient.place() if _has_address(recipient) else file.target.place("address")
    if len(longest) > LONGEST_FRENCH_LINE:
        key = _key_of(recipient, longest, file.language)
        return Problem(
            "french-address",
            f"A line of the address of {recipient.called} has {len(longest)} characters "
            f"(“{longest}”). In France, the limit is {LONGEST_FRENCH_LINE}.",
            _shorter(key),
            (recipient.place(key) if key != "address" else None) or place,
        )
    abroad = bool(recipient.country and home and recipient.country != home)
    if len(lines) > MOST_FRENCH_LINES + abroad:
        return Problem(
            "french-address",
            f"The address of {recipient.called} has {len(lines)} lines. In France, the limit is "
            f"{MOST_FRENCH_LINES + abroad}.",
            "Leave out what the post office does not need, such as the title, or combine lines.",
            place,
        )
    return None


def _key_of(recipient: Recipient, line: str, language: str) -> str:
    """The key of the recipient that a line of the address comes from; `address` for all others."""
    for one in recipient.people:
        if line == envelope_name(one, language):
            return "name" if one.name else "family_name"
        for key in ("title", "organization"):
            if line == getattr(one, key):
                return key
    return "address"


def _shorter(key: str) -> str:
    if key == "address":
        return (
            "Shorten the line: abbreviate (`AV` for `AVENUE`, `BD` for `BOULEVARD`), or move a "
            "part of it to the line above."
        )
    return "Shorten it: abbreviate words, or leave some out."


def _has_address(recipient: Recipient) -> bool:
    return bool(recipient.address or recipient.city or recipient.postal_code)


SHOWN = 12
"""The number of recipients that show what letters to a list look like."""


def to_check(
    campaign: Campaign, day: date, judge: Callable[[Recipient], Iterable[Problem]]
) -> Read[list[Recipient]]:
    """The addressees, or a sample of the campaign's list, and every problem of all of them.

    `judge` says what else is wrong with an entry of the list.
    """
    if campaign.file.recipients is None:
        named = campaign.file.target.addressees
        people = list(join_recipients(campaign, day, named, ignore))
        return people, [found for one in people if (found := _french_problem(campaign, one))]
    problems: list[Problem] = []

    def rows() -> Iterator[Recipient]:
        for row in _everyone(campaign, day, problems.append, People()):
            found = [not_in_office(row, day), postal_problem(campaign, row)]
            problems.extend(problem for problem in found if problem)
            problems.extend(judge(row))
            yield row

    sample = list(Selection(sample=SHOWN).choose(rows(), problems.append))
    return sample, problems
