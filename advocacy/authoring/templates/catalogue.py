"""List templates with their origins and uses, and the variables that a letter may print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from advocacy.campaign.addressing import People, recipients_of
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import chosen, unknown_stage
from advocacy.campaign.supporters.model import letter_id
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import letter_language
from advocacy.letters.letter import PreviousSending
from advocacy.letters.parts import layout_files, letter_files, word_files
from advocacy.letters.previous import example_sending, previous_letter
from advocacy.letters.samples import SAMPLE_RECIPIENT, sample_supporters, stage_recipients
from advocacy.letters.variables import Texts, template_variables
from advocacy.resources import templates_dir
from advocacy.templating.values import Missing, display


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that a letter may print: `recipient.name`, as it prints and of what kind.

    `value` is what programs get; `printed` is what `{{ name }}` prints, empty where there is
    nothing, or where the entries of a list have parts.
    """

    name: str
    kind: str
    printed: str
    value: Any


@dataclass(frozen=True, slots=True)
class Printable:
    """The variables of a stage's letter to a recipient on a day."""

    stage: str
    recipient: Recipient
    day: date
    language: str
    variables: tuple[Variable, ...]


def printable(
    campaign: Campaign,
    *,
    stage: str | None = None,
    day: date | None = None,
    only: str | None = None,
    person: Recipient | None = None,
) -> Printable:
    """What the letter of a stage may print for one who gets it.

    Without `stage`, the one whose window covers the day, else the first; without a `person`, or
    `only`, the id of a letter, the first who gets one. Raises AdvocacyError where there is no
    such stage or letter, and for texts that are missing in the recipient's language.
    """
    if problem := unknown_stage(campaign, stage):
        raise AdvocacyError(problem)
    file, day = campaign.file, campaign.letter_date(day)
    name = stage or next(iter([*campaign.stages_on(day), *file.stages]))
    chosen_stage = file.stages[name]
    recipient = (person or _recipient(campaign, name, day, only)).on(day)
    supporters = sample_supporters(campaign, name)
    language = letter_language(campaign, recipient, chosen_stage)
    texts = Texts(language, file.language)
    variants = chosen(file.id, name, chosen_stage, letter_id(recipient, supporters))
    sending = example_sending(campaign, name, day) or PreviousSending()
    previous = previous_letter(campaign, chosen_stage, texts, sending)
    values = template_variables(
        campaign, recipient, name, day, texts, variants, supporters, previous
    )
    if texts.problems:
        raise AdvocacyError(texts.problems)
    variables = tuple(one for key in values for one in _flat(key, values[key], language))
    return Printable(name, recipient, day, language, variables)


def _recipient(campaign: Campaign, stage: str, day: date, only: str | None) -> Recipient:
    if only is None:
        return next(stage_recipients(campaign, campaign.file.stages[stage], day), SAMPLE_RECIPIENT)
    problems: list[Problem] = []
    found = next(recipients_of(campaign, day, problems.append, People().only((only,))), None)
    if found is None:
        raise AdvocacyError(problems)
    return found


def _flat(name: str, value: Any, language: str) -> Iterator[Variable]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not key.startswith("_"):
                dotted = f"{name}.{key}" if key.isidentifier() else f'{name}["{key}"]'
                yield from _flat(dotted, part, language)
        return
    if isinstance(value, list | tuple):
        deep = any(isinstance(item, Mapping) for item in value)
        printed = "" if deep else display(value, language)
        yield Variable(name, f"list of {len(value)}", printed, None if deep else list(value))
        for number, item in enumerate(value):
            yield from _flat(f"{name}[{number}]", item, language)
        return
    value = "" if isinstance(value, Missing) else value  # empty; the check of a letter reports it
    kind = "date" if isinstance(value, date) else "number" if isinstance(value, int) else "text"
    plain = value.isoformat() if isinstance(value, date) else value
    yield Variable(name, kind, display(value, language), plain)


Origin = Literal["campaign", "--templates", "built in"]
KINDS = {
    "letters": (".md",),
    "layouts": (".html", ".css"),
    "partials": ("",),
    "words": (".yaml",),
}
"""The folders of templates, and the extensions of their files."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its name, the file it is read from, and the files that this one hides.

    `used_by` are stages, as `microsoft/call`.
    """

    name: str
    path: Path
    origin: Origin
    hides: tuple[tuple[Origin, Path], ...]
    used_by: tuple[str, ...]

    @property
    def kind(self) -> str:
        """`letters`, `layouts`, `partials` or `words`."""
        return self.name.partition("/")[0]

    def record(self) -> dict[str, object]:
        """What a program gets of it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "origin": self.origin,
            "file": str(self.path),
            "hides": [{"origin": origin, "file": str(path)} for origin, path in self.hides],
            "used_by": list(self.used_by),
        }


def catalogue(workspace: Workspace, campaigns: Sequence[Campaign]) -> tuple[Template, ...]:
    """Every template that campaigns of a workspace may name, by kind and name.

    `campaigns` are those whose uses are listed.
    """
    users = used_by(campaigns)
    found = []
    for kind, endings in KINDS.items():
        for name in _names(workspace, kind, endings):
            files = [
                (_origin(folder, workspace), folder / name)
                for folder in workspace.templates
                if (folder / name).is_file()
            ]
            path = workspace.template(name)
            if path is not None:
                origin = next(origin for origin, file in files if file == path)
                hidden = tuple(one for one in files[files.index((origin, path)) + 1 :])
                found.append(Template(name, path, origin, hidden, users.get(name, ())))
    return tuple(found)


def used_by(campaigns: Sequence[Campaign]) -> Mapping[str, tuple[str, ...]]:
    """The stages that use each template, by the template's name."""
    users: dict[str, dict[str, None]] = {}
    for campaign in campaigns:
        for name, stage in campaign.file.stages.items():
            used = {
                **letter_files(campaign, stage),
                **layout_files(campaign, stage),
                **word_files(campaign, stage),
            }
            for template in used:
                users.setdefault(template, {})[f"{campaign.file.id}/{name}"] = None
    return {template: tuple(stages) for template, stages in users.items()}


def campaigns_in(
    folder: Path, templates: Path | None = None
) -> tuple[list[Campaign], list[Problem]]:
    """The campaigns of a folder that can be read, and what is wrong with the others."""
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name.endswith(".approvals.yaml") or not _looks_like_one(path):
            continue
        campaign, found = load_campaign(path, templates)
        if campaign is None:
            problems += found
        else:
            campaigns.append(campaign)
    return campaigns, problems


def _looks_like_one(path: Path) -> bool:
    """Whether a YAML file may be a campaign: facts and sources may stand beside it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return any(line.startswith("stages:") for line in text.splitlines())


def _names(workspace: Workspace, kind: str, endings: Sequence[str]) -> list[str]:
    files = {
        path.name
        for folder in workspace.templates
        for path in (folder / kind).glob("*")
        if path.is_file() and path.name.endswith(tuple(endings)) and path.name[0] != "."
    }
    return [f"{kind}/{name}" for name in sorted(files)]


def _origin(folder: Path, workspace: Workspace) -> Origin:
    if folder == templates_dir().resolve():
        return "built in"
    return "campaign" if folder == workspace.folder / "templates" else "--templates"
