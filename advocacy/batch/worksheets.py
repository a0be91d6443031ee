"""Worksheets for contact forms: members of Congress publish forms, not email addresses.

For each supporter a page has the member's form, and the subject and the text to paste into it. A
table lists the same for a mail merge, and for `advocacy delivered`. Nothing is sent.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from itertools import groupby
from pathlib import Path

from advocacy.batch.campaigns import RenderRequest, read_campaign, wanted_letters
from advocacy.batch.worker import WantedLetter
from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.checks.gate import gate_of
from advocacy.documents.text import render_form_text
from advocacy.errors import Problem, has_errors
from advocacy.files.file_names import file_name
from advocacy.files.writing import prepare_folder, spreadsheet_safe, write_file
from advocacy.letters.compose import compose_for
from advocacy.letters.letter import CheckedLetter, check
from advocacy.resources import render_page

TABLE = "forms.csv"
MOST_SUBJECT, MOST_TEXT = 100, 10_000
"""Characters. Forms differ, and lists do not say what each takes. That of texts is the highest
limit that `unitedstates/contact-congress` knows: in August 2026, 17 of its 457 forms stated one,
of 500 to 10,000 characters. That of subjects is this tool's own.
"""


@dataclass(frozen=True, slots=True)
class FormLetter:
    """A letter as a contact form takes it; `form` is the member's form, else the site, or empty.

    `person_email` is the address of whose letter it is: the supporter's, else the recipient's.
    """

    id: str
    stage: str
    supporter: str
    member: str
    form: str
    subject: str
    text: str
    delivered: str = ""
    person_email: str = ""


COLUMNS = tuple(one.name for one in fields(FormLetter))


@dataclass(slots=True)
class Worksheets:
    """The pages and the table that were made, how many letters they have, and the problems."""

    files: list[Path] = field(default_factory=list)
    letters: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)


def worksheets_folder(output: Path, campaign: str) -> Path:
    """The folder of a campaign's worksheets."""
    return output / campaign / "forms"


def make_worksheets(request: RenderRequest) -> Worksheets:
    """Write a worksheet for each supporter, or one for the sender, and the table of all.

    A letter that `render` would refuse is on none.
    """
    campaign, problems = read_campaign(request)
    made = Worksheets(problems=problems)
    if campaign is None:
        return made
    day = campaign.letter_date(request.day)
    wanted = wanted_letters(campaign, day, problems.append, request.people, request.stage)
    folder = worksheets_folder(request.output, campaign.file.id)
    prepare_folder(folder, request.output)
    everything: list[FormLetter] = []
    for (key, name), letters in groupby(wanted, _writer):
        found = [one for each in letters if (one := _form_letter(campaign, each, request, made))]
        if found:
            page = render_page(
                "batch/worksheets.html.jinja",
                lang=campaign.file.language,
                english=primary_language(campaign.file.language) == "en",
                title=campaign.file.title.get(campaign.file.language) or campaign.file.id,
                name=name or campaign.file.sender.organization,
                letters=found,
                campaign=request.campaign.as_posix(),
                most_text=MOST_TEXT,
            )
            made.files.append(folder / f"{file_name(key, name)}.html")
            write_file(made.files[-1], page.encode())
            everything += found
    if everything:
        made.files.append(folder / TABLE)
        write_file(made.files[-1], _table(everything).encode("utf-8-sig"))
    made.letters = len(everything)
    made.problems = list(dict.fromkeys(problems))
    return made


def _writer(wanted: WantedLetter) -> tuple[str, str]:
    """Whose worksheet a letter is on: id and name of the supporter, or of nobody."""
    signed = wanted.supporters
    if signed is None or signed.one is None:
        return ("together" if signed else "sender"), ""
    return signed.one.id, signed.one.name


def _form_letter(
    campaign: Campaign, wanted: WantedLetter, request: RenderRequest, made: Worksheets
) -> FormLetter | None:
    """A letter for a form, or None where it would be refused; what is wrong joins the problems."""
    made.problems += wanted.problems
    if wanted.stage is None:
        return None
    day = campaign.letter_date(request.day)
    letter, problems = compose_for(
        campaign, wanted.recipient, wanted.stage, day, supporters=wanted.supporters
    )
    checked = None
    if letter is not None:
        checked, wrong = check(letter, campaign)
        problems += [*wrong, *gate_of(campaign).errors(letter)]
    made.problems += problems
    if letter is None or checked is None or has_errors(problems):
        made.refused += 1
        return None
    found = _fill(checked, campaign)
    if wrong := list(_too_long(found, wanted)):
        made.problems += wrong
        made.refused += 1
        return None
    return found


def _fill(checked: CheckedLetter, campaign: Campaign) -> FormLetter:
    letter, person = checked.letter, checked.letter.recipient
    addresses = (person.text_of("contact_form"), person.text_of("url"))
    return FormLetter(
        id=letter.id,
        stage=letter.stage,
        supporter=letter.supporter.name if letter.supporter else "",
        member=person.called,
        form=next((one for one in addresses if one.startswith(("https://", "http://"))), ""),
        subject=letter.subject,
        text=render_form_text(checked, campaign.workspace),
        person_email=(letter.supporter or person).email or "",
    )


def _too_long(found: FormLetter, wanted: WantedLetter) -> Iterator[Problem]:
    for what, text, most in (
        ("subject", found.subject, MOST_SUBJECT), ("text", found.text, MOST_TEXT),
    ):  # fmt: skip
        if len(text) > most:
            yield Problem(
                "form-too-long",
                f"The {what} to {found.member} has {len(text):,} characters. The limit "
                f"for contact forms is {most:,}.",
                f"Shorten the {what}, or add a stage with a shorter one.",
                wanted.recipient.place(),
            )


def _table(letters: list[FormLetter]) -> str:
    """The letters as CSV; a spreadsheet takes no cell for a formula."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    for one in letters:
        table.writerow({key: spreadsheet_safe(text) for key, text in asdict(one).items()})
    return out.getvalue()
