"""A list explained: how it is written, who is on it, what is wrong, how letters would greet."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from advocacy.campaign.addressing import (
    inside_address,
    list_file,
    postal_problem,
    unreachable,
)
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.address import Parts, postal_lines
from advocacy.campaign.recipients.gendered_forms import envelope_name
from advocacy.campaign.recipients.identity import mailbox
from advocacy.campaign.recipients.list_details import ListDetails
from advocacy.campaign.recipients.lists import Seen, read_list
from advocacy.campaign.recipients.officials import read_root
from advocacy.campaign.recipients.personal_names import is_honorific
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.salutations import salutation_of
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.reading import YamlMap

SAMPLES = 5
_LETTER = re.compile(r"\w")
_COLUMN = re.compile("`([^`]+)`")
_MASKED = (
    "name", "given_name", "family_name", "suffix", "title", "organization", "city", "region",
    "postal_code", "salutation", "greeting", "closing",
)  # fmt: skip


@dataclass(slots=True)
class ProblemKind:
    """Problems of one code and column: how many, and the first of them."""

    first: Problem
    count: int = 0


@dataclass(frozen=True, slots=True)
class SampleAddress:
    """How a letter would address a person: the inside address, the salutation, the mailbox."""

    lines: tuple[str, ...]
    salutation: str
    email: str
    place: Place | None


@dataclass(slots=True)
class ListOverview:
    """What a list is and holds. `problems` has an entry for each kind."""

    path: Path
    masked: bool
    details: ListDetails = field(default_factory=ListDetails)
    people: int = 0
    mailboxes: int = 0
    postal_addresses: int = 0
    problems: list[ProblemKind] = field(default_factory=list)
    samples: list[SampleAddress] = field(default_factory=list)


def describe_list(path: Path, day: date | None, *, masked: bool = True) -> ListOverview:
    """Read a list, or the list of a campaign, and say what it is.

    `day` is the letters' date, for lists of officials; default: the campaign's, else today.
    With `masked`, samples show the first letter of each word alone. Little of a list is kept.
    Raises AdvocacyError for a campaign without a list, or that cannot be read.
    """
    campaign = _campaign(path)
    if campaign is not None:
        path = list_file(campaign) or _no_list(campaign)
        day = campaign.letter_date(day)
    overview = ListOverview(path, masked)
    kinds: dict[object, ProblemKind] = {}

    def report(problem: Problem) -> None:
        kind = kinds.setdefault(_kind(problem, overview.details), ProblemKind(problem))
        kind.count += 1

    columns = campaign.file.columns if campaign else {}
    rows = read_list(path, day or _today(), report, columns=columns, details=overview.details)
    rows = _reachable(rows, campaign, report)
    samples = Selection(sample=SAMPLES).choose(_counted(rows, overview), report)
    make = _sampler(campaign)
    overview.samples = [make(mask(row) if masked else row) for row in samples]
    overview.problems = list(kinds.values())
    return overview


def _kind(problem: Problem, details: ListDetails) -> object:
    """What problems of one kind share; each of the header's has a cure of its own."""
    line = problem.place.line if problem.place else None
    if line and line == details.header_row:
        return problem
    column = _COLUMN.match(problem.message)
    return problem.code, problem.level, column and column[1]


def _today() -> date:
    return datetime.now().astimezone().date()


def _campaign(path: Path) -> Campaign | None:
    """The campaign of a file that is one; None for a list."""
    if path.suffix.lower() not in (".yaml", ".yml") or path.is_dir():
        return None
    try:
        root = read_root(path)
    except AdvocacyError:
        return None  # the list's reader says what is wrong
    if not isinstance(root, YamlMap) or "stages" not in root:
        return None
    campaign, problems = load_campaign(path)
    if campaign is None:
        raise AdvocacyError(problems)
    return campaign


def _no_list(campaign: Campaign) -> Path:
    message = "The campaign has no list. Its addressees are in its own file."
    hint = "Name a list in `recipients:`, or give the file of a list."
    raise AdvocacyError(Problem("no-recipients", message, hint, campaign.file.place("target")))


def _reachable(
    rows: Iterator[Recipient], campaign: Campaign | None, report: Callable[[Problem], None]
) -> Iterator[Recipient]:
    """Report each person who could get neither paper nor email; all are yielded.

    It is a warning for a list that no campaign names: supporters need no address.
    """
    for row in rows:
        if campaign is None:
            problem = unreachable(row)
            problem = problem.at(Level.WARNING) if problem else None
        else:
            problem = postal_problem(campaign, row)
        if problem is not None and not (campaign and problem.level is Level.WARNING):
            report(problem)
        yield row


def _counted(rows: Iterator[Recipient], overview: ListOverview) -> Iterator[Recipient]:
    mailboxes, addresses = Seen(), Seen()
    for row in rows:
        overview.people += 1
        if row.email and mailboxes.add(mailbox(row.email), 0) is None:
            overview.mailboxes += 1
        where = [*row.address, row.postal_code, row.city, row.country]
        text = "\n".join(part or "" for part in where).casefold()
        if text.strip() and addresses.add(text, 0) is None:
            overview.postal_addresses += 1
        yield row


def _sampler(campaign: Campaign | None) -> Callable[[Recipient], SampleAddress]:
    """What makes a sample: of a campaign's letters, or as a letter in English would be."""
    language = campaign.file.language if campaign else "en-US"
    workspace = campaign.workspace if campaign else Workspace.of(Path("campaign.yaml").resolve())
    words = read_set_phrases(language, workspace)

    def make(row: Recipient) -> SampleAddress:
        lines = inside_address(campaign, row) if campaign else _lines(row, language)
        salutation = salutation_of(row, words, language, "").line
        return SampleAddress(lines, salutation, row.email or "", row.place())

    return make


def _lines(row: Recipient, language: str) -> tuple[str, ...]:
    parts = Parts(
        envelope_name(row, language), row.title or "", row.organization or "",
        row.address, row.city or "", row.region or "", row.postal_code or "", row.country or "",
    )  # fmt: skip
    return postal_lines(parts, home=row.country, language=language)


def mask(row: Recipient) -> Recipient:
    """The person with the first letter of each word alone: `J•• D••`, for screens and screenshots.

    Honorifics and the country stay: they decide how a letter greets and where a line stands.
    """
    hidden = {name: _hide(getattr(row, name)) for name in _MASKED if getattr(row, name)}
    address = tuple(map(_hide, row.address))
    email = row.email and _hide(row.email)
    return row.model_copy(update={**hidden, "address": address, "email": email})


def _hide(text: str) -> str:
    return " ".join(
        word if is_honorific(word) else word[:1] + _LETTER.sub("•", word[1:])
        for word in text.split(" ")
    )
