"""Problems in the words of the page: with the line itself, and without options of commands."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import Hint, Place, Problem

LONGEST_LINE = 240
# How the page words each kind of hint: it has buttons and fields instead of options.
PAGE_HINTS = {
    "add-source": "Add the source `{source}`.",
    "day-of-stage": "Choose a day that a letter covers: {day} (`{stage}`).",
    "exclude": "Choose somebody else.",
    "fix-or-add-recipients": "{cure}.",
    "fix-or-exclude": "{cure}, or choose somebody else.",
    "fix-or-omit-format": "{cure}.",
    "no-other-stage": "{lead}No other stage covers {day}: write one, or choose another day.",
    "other-stage": "{lead}On {day} another letter fits: {stages}.",
    "recheck": "Look at `{source}` again; if the fact still holds, set `checked:` of `{fact}` to "
    "today.",
}


def told(
    problems: Iterable[Problem],
    campaign: Campaign | None,
    names: Mapping[Path, str],
    written: Callable[[Place], str | None],
) -> list[dict[str, object]]:
    """Problems for the page, each once.

    `names` are those of the files that can be opened, by path; `written` gives the line of a place
    as it is being written, where that is not what the file says.
    """
    records: list[dict[str, object]] = []
    for problem in dict.fromkeys(problems):
        place = problem.place
        records.append(
            {
                "code": problem.code,
                "level": problem.level.value,
                "message": problem.message,
                "hint": word_hint(problem.hint),
                "fits": list(problem.hint.stages) if isinstance(problem.hint, Hint) else [],
                "file": shown(place.path, campaign) if place else None,
                "name": names.get(place.path.resolve()) if place else None,
                "line": place.line if place else None,
                "column": place.column if place else None,
                "excerpt": _excerpt(place, written) if place else None,
            }
        )
    return records


def word_hint(hint: str) -> str:
    """The hint in the page's words; a plain text stays as it is."""
    if not isinstance(hint, Hint):
        return hint
    stages = " or ".join(f"`{name}`" for name in hint.stages)
    return PAGE_HINTS[hint.kind].format(stages=stages, **hint.words)


def shown(path: Path, campaign: Campaign | None) -> str:
    """A path as short as it is clear: from the campaign's folder, or from its templates."""
    folders = [campaign.workspace.folder, *campaign.workspace.templates] if campaign else []
    for folder in folders:
        if path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
    return path.name


def _excerpt(place: Place, written: Callable[[Place], str | None]) -> str | None:
    if place.line is None:
        return None
    line = written(place)
    if line is None:
        try:
            if place.path.stat().st_size > 50_000_000 or place.path.suffix == ".xlsx":
                return None
            lines = place.path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        line = lines[place.line - 1] if place.line <= len(lines) else ""
    return line.rstrip()[:LONGEST_LINE] or None
