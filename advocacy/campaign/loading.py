"""Loading a campaign: its file, facts and sources, joined and checked against each other.

`json_schema` describes these files for editors, from the models that read them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from advocacy.campaign.bills.bill_facts import bill_facts, bill_source
from advocacy.campaign.bills.model import Bill, Bills, another_bill_hint
from advocacy.campaign.bills.positions import POSITIONS
from advocacy.campaign.campaign import CampaignFile, OfficeDays, Stage
from advocacy.campaign.citation_styles import style_path
from advocacy.campaign.cosigners import Signer, read_signers
from advocacy.campaign.days import Days
from advocacy.campaign.facts import Fact, Facts, parse_facts, unknown_references
from advocacy.campaign.recipients import same_ids
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.campaign.sources import Source, Sources, parse_sources
from advocacy.errors import AdvocacyError, Level, Place, Problem, Read, did_you_mean
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.reading import YamlList, YamlMap, parse, scan_yaml, scan_yaml_text

Record = TypeVar("Record", Fact, Source)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign file with the facts, sources and bills that it names, and where it may read.

    `facts` and `sources` include those that the bills give (`campaign.bills.bill_facts`). `signers`
    are the rows of the campaign's table of cosigners.
    """

    path: Path
    file: CampaignFile
    facts: Facts
    sources: Sources
    workspace: Workspace
    bills: Bills = field(default_factory=dict)
    signers: tuple[Signer, ...] = ()

    def today(self) -> date:
        """The day it is now in the campaign's timezone."""
        return datetime.now(ZoneInfo(self.file.timezone)).date()

    def letter_date(self, override: date | None = None) -> date:
        """The letters' date: what the user asks for, else the file's, else today."""
        return override or self.file.date or self.today()

    def stages_on(self, day: date) -> list[str]:
        """The names of the stages whose windows cover that day."""
        return [name for name, stage in self.file.stages.items() if stage.covers(day)]


def load_campaign(
    path: Path | str, templates: Path | None = None, texts: Mapping[Path, str] | None = None
) -> Read[Campaign | None]:
    """Read a campaign and every file it names: `load_campaign("campaigns/microsoft.yaml")`.

    `texts` are read instead of the files of these (resolved) paths: what somebody is writing
    and has not saved. Returns the campaign, or None where its own file cannot be understood,
    and all problems of all files. Where there is an error, the campaign is good for a preview,
    not for letters.
    """
    path, texts = Path(path), texts or {}
    data, problems = _scan(path, texts)
    if data is None:
        return None, problems
    file, found = parse(CampaignFile, data)
    reported = {problem.place for problem in problems}
    problems += [problem for problem in found if problem.place not in reported]
    workspace = Workspace.of(path, templates)
    # A file with a mistake still names its facts, whose mistakes belong to the same report.
    names = {key: file_names(data, key) for key in ("facts", "sources", "bills")}
    mistaken = _Mistaken()
    facts = _read_all(workspace, names["facts"], parse_facts, "fact", problems, texts, mistaken)
    sources = _read_all(
        workspace, names["sources"], parse_sources, "source", problems, texts, mistaken
    )
    bills = _read_bills(workspace, names["bills"], problems)
    if file is not None and file.votes:
        from advocacy.campaign.bills.votes import read_votes

        votes = [(one, file.place("votes", i)) for i, one in enumerate(file.votes)]
        bills = read_votes(workspace, votes, bills, problems.append)
    for bill in bills.values():
        # What the campaign's own files say of a bill comes before what is made of its record.
        facts = bill_facts(bill) | facts
        sources = {bill.id: bill_source(bill)} | sources
    problems += unknown_references(facts, sources, mistaken)
    if file is None:
        return None, problems
    signers = read_signers(workspace, file, problems.append)
    campaign = Campaign(path, file, facts, sources, workspace, bills, signers)
    return campaign, problems + _cross_references(campaign, mistaken)


class _Mistaken(set[str]):
    """Ids of facts and sources that cannot be read: any may be, where a whole file cannot."""

    are_all = False

    def __contains__(self, item: object) -> bool:
        return self.are_all or super().__contains__(item)


def _scan(path: Path, texts: Mapping[Path, str]) -> tuple[YamlMap | None, list[Problem]]:
    text = texts.get(path.resolve()) if texts else None
    return scan_yaml(path) if text is None else scan_yaml_text(text, path)


def file_names(data: YamlMap, key: str) -> list[tuple[str, Place]]:
    """The names of files that a campaign lists under a key, each with its place."""
    names = data.get(key)
    if not isinstance(names, YamlList):
        return []
    return [(n, names.value_place(i)) for i, n in enumerate(names) if isinstance(n, str)]


def _read_all(
    workspace: Workspace,
    names: Iterable[tuple[str, Place]],
    parse_file: Callable[[YamlMap], tuple[dict[str, Record], list[Problem]]],
    kind: str,
    problems: list[Problem],
    texts: Mapping[Path, str],
    mistaken: "_Mistaken",
) -> dict[str, Record]:
    """The records of the files by id; ids of those that cannot be read join `mistaken`."""
    records: dict[str, Record] = {}
    for name, place in names:
        try:
            path = workspace.file(name, place)
        except AdvocacyError as error:
            problems += error.problems
            mistaken.are_all = True
            continue
        data, wrong = _scan(path, texts)
        problems += wrong
        if data is None:
            mistaken.are_all = True
            continue
        found, wrong = parse_file(data)
        problems += wrong
        mistaken |= _ids_in(data).difference(found)
        for key, record in found.items():
            if key in records:
                message = f"The {kind} `{key}` appears twice, first at {records[key].place()}."
                hint = "Remove one of them, or change its id."
                problems.append(Problem("duplicate-id", message, hint, record.place()))
            records.setdefault(key, record)
    return records


def _ids_in(data: YamlMap) -> set[str]:
    """The ids of facts in a facts file, or of sources in a sources file."""
    items = data.get("references")
    if not isinstance(items, YamlList):
        return set(data)
    ids = (item.get("id") for item in items if isinstance(item, YamlMap))
    return {found for found in ids if isinstance(found, str)}


def _read_bills(
    workspace: Workspace, names: Collection[tuple[str, Place]], problems: list[Problem]
) -> dict[str, Bill]:
    bills: dict[str, Bill] = {}
    if not names:
        return bills
    from advocacy.campaign.bills.reading import read_bill

    for name, place in names:
        try:
            path = workspace.file(name, place)
        except AdvocacyError as error:
            problems += error.problems
            continue
        bill, wrong = read_bill(path)
        problems += wrong
        if bill is not None and bill.id in bills:
            message = f"The bill `{bill.id}` appears twice, first in {bills[bill.id].place}."
            hint = "Keep the newer file of the two."
            problems.append(Problem("duplicate-id", message, hint, bill.place))
        elif bill is not None:
            bills[bill.id] = bill
    return bills


def _cross_references(campaign: Campaign, mistaken: Collection[str]) -> list[Problem]:
    file = campaign.file
    problems = [*same_ids(file.target.addressees), *_unknown_words(campaign)]
    for addressee in file.target.addressees:
        problems += _titles_problems(addressee.name or "the addressee", addressee.titles)
    for signatory in file.sender.signatories:
        problems += _titles_problems(signatory.name, signatory.titles)
    for name, stage in file.stages.items():
        problems += _stage_problems(campaign, name, stage)
    for event in file.events.values():
        if event.source not in campaign.sources and event.source not in mistaken:
            source = event.source
            problems.append(_unknown("source", source, campaign.sources, event.place("source")))
        if event.bill is not None and event.bill not in campaign.bills:
            problems.append(_unknown("bill", event.bill, campaign.bills, event.place("bill")))
    for precedents in {file.precedents, *map(file.stage_precedents, file.stages.values())}:
        for precedent in precedents:
            if precedent.fact not in campaign.facts and precedent.fact not in mistaken:
                problems.append(
                    _unknown("fact", precedent.fact, campaign.facts, precedent.place("fact"))
                )
    return problems


def _titles_problems(name: str, titles: Sequence[OfficeDays]) -> list[Problem]:
    """Titles of a person that end before they begin, or are held on the same days."""
    problems: list[Problem] = []
    for number, one in enumerate(titles):
        days = Days(one.from_, one.until)
        wrong = days.order_problems(f"A title of {name}", one.place("until"))
        problems += wrong
        if wrong:
            continue
        for earlier in titles[:number]:
            both = days.shared(Days(earlier.from_, earlier.until))
            if both is not None:
                message = f"Two titles of {name} cover the same days: {both.text()}."
                hint = (
                    "A letter prints the first. End one title on the day before the other begins, "
                    "or write both as one title."
                )
                problems.append(
                    Problem("titles-overlap", message, hint, one.place(), Level.WARNING)
                )
                break
    return problems


def _unknown_words(campaign: Campaign) -> list[Problem]:
    """The style or language of a campaign that the letters could not be made in."""
    file = campaign.file
    problems: list[Problem] = []
    try:
        style_path(file.citation_style)
    except AdvocacyError as error:
        problems += [replace(p, place=file.place("citation_style")) for p in error.problems]
    try:
        read_set_phrases(file.language, campaign.workspace)
    except AdvocacyError as error:
        # A problem inside a file of phrases has its own place.
        problems += [replace(p, place=p.place or file.place("language")) for p in error.problems]
    return problems


def _stage_problems(campaign: Campaign, name: str, stage: Stage) -> list[Problem]:
    problems = stage.days.order_problems(f"The stage `{name}`", stage.place("until"))
    workspace, addressees = campaign.workspace, campaign.file.target.addressees
    if stage.bill is not None and stage.bill not in campaign.bills:
        problems.append(_unknown("bill", stage.bill, campaign.bills, stage.place("bill")))
    if stage.event is not None and stage.event not in campaign.file.events:
        events = campaign.file.events
        problems.append(_unknown("event", stage.event, events, stage.place("event")))
    problems += _follows_problems(campaign, stage)
    for index, wanted in enumerate(stage.to):
        # A list may be long, and another one may take its place: it is read with the letters.
        if stage.bill and wanted in POSITIONS:
            continue
        if campaign.file.recipients is None and not any(a.goes_by((wanted,)) for a in addressees):
            ids = [addressee.letter_id for addressee in addressees]
            problems.append(_unknown("addressee", wanted, ids, stage.place("to", index)))
    for variant, opening in (stage.variants.opening if stage.variants else {}).items():
        if not opening.startswith("partials/") or workspace.template(opening) is None:
            partials = [f"partials/{one}" for one in workspace.template_names("partials", "")]
            place = stage.variants.place("opening", variant) if stage.variants else None
            problems.append(_unknown("template", opening, partials, place))
    if workspace.template(f"letters/{stage.template}.md") is None:
        known = workspace.template_names("letters", ".md")
        place = stage.place("template")
        unusable = workspace.unusable_template(f"letters/{stage.template}.md")
        problems.append(
            replace(unusable, place=place)
            if unusable
            else _unknown("template", stage.template, known, place)
        )
    if workspace.template(f"layouts/{stage.layout}.html") is None:
        known = workspace.template_names("layouts", ".html")
        problems.append(_unknown("layout", stage.layout, known, stage.place("layout")))
    return problems


def _follows_problems(campaign: Campaign, stage: Stage) -> list[Problem]:
    """That a reminder names an earlier letter that there is none of."""
    follows, stages = stage.follows, campaign.file.stages
    if follows is None:
        return []
    earlier = stages.get(follows.stage)
    if earlier is None:
        return [_unknown("stage", follows.stage, stages, follows.place("stage"))]
    day = follows.day(earlier.from_, earlier.until)
    if day is None or (earlier.covers(day) and (stage.from_ is None or day <= stage.from_)):
        return []
    return [
        Problem(
            "follows-wrong-day",
            f"No letter of the stage `{follows.stage}` that this one follows is dated {day}.",
            "Write the date of that letter, which is in the window of its stage and before this "
            "stage begins.",
            follows.place("date"),
        )
    ]


def _unknown(kind: str, name: str, known: Iterable[str], place: Place | None) -> Problem:
    """The problem for a name that nothing has, with the nearest that something has."""
    known = list(known)
    cure = "" if known else f"There is no {kind} yet. Add one."
    if kind == "bill":
        hint = another_bill_hint(name, known, cure or "Add the bill's file to `bills:`.")
    else:
        hint = did_you_mean(name, known, cure)
    return Problem(f"unknown-{kind}", f"There is no {kind} `{name}`.", hint, place)


DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS = {
    "campaign": "A campaign of letters",
    "facts": "Facts that letters rely on, by id",
    "sources": "Sources as CSL-YAML",
    "bills": "A bill before a legislature",
}
"""The kinds of files that have a schema, with its title."""


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of file; raises KeyError for an unknown kind."""
    from pydantic import TypeAdapter

    from advocacy.campaign.bills.written import WrittenBill

    title = SCHEMAS[kind]
    models: dict[str, Any] = {
        "campaign": CampaignFile, "facts": dict[str, Fact], "sources": Source, "bills": WrittenBill,
    }  # fmt: skip
    schema = TypeAdapter(models[kind]).json_schema(by_alias=True)
    if kind == "sources":
        definitions = schema.pop("$defs", {})
        schema = {
            "type": "object",
            "properties": {"references": {"type": "array", "items": schema}},
            "required": ["references"],
            "additionalProperties": False,
            "$defs": definitions,
        }
    return {"$schema": DIALECT, **schema, "title": title}
