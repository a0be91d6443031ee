"""Which campaigns use a facts file."""

from collections.abc import Sequence
from pathlib import Path

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import Level, Problem
from advocacy.files.yaml.reading import YamlList, YamlMap, scan_yaml


def campaigns_with(
    path: Path, folders: Sequence[Path] = (), templates: Path | None = None
) -> tuple[list[Campaign], list[Problem]]:
    """The campaigns that name a facts file, and the problems of files that may be some."""
    found: list[Campaign] = []
    problems: list[Problem] = []
    own = path.resolve().parent
    places = [folder.resolve() for folder in folders] or [own.parent, own]
    for candidate in sorted({file for place in places for file in place.glob("*.y*ml")}):
        if candidate == path.resolve():
            continue
        data, wrong = scan_yaml(candidate)
        if data is None:
            problems += wrong
        elif "stages" in data and _names(data, candidate, path):
            campaign, wrong = load_campaign(_shown(candidate), templates)
            if campaign is None:
                problems += wrong
            else:
                found.append(campaign)
    return found, [_unsearched(problem) for problem in problems]


def _names(data: YamlMap, campaign: Path, facts: Path) -> bool:
    files = data.get("facts")
    return isinstance(files, YamlList) and any(
        isinstance(name, str) and (campaign.parent / name).resolve() == facts.resolve()
        for name in files
    )


def _shown(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _unsearched(problem: Problem) -> Problem:
    if problem.level is not Level.ERROR:
        return problem
    message = f"{problem.message} This file was not searched for letters that cite the fact."
    return Problem(problem.code, message, problem.hint, problem.place, Level.WARNING)
