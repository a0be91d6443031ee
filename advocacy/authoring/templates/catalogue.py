"""Which templates there are, where each comes from, what it hides, and who uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.parts import layout_files, letter_files, word_files
from advocacy.resources import templates_dir

Origin = Literal["campaign", "--templates", "built in"]
KINDS = {
    "letters": (".md",),
    "layouts": (".html", ".css"),
    "partials": ("",),
    "words": (".yaml",),
}
"""The folders of templates, and how the names of their files end."""


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

    `campaigns` are those whose use is told.
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
