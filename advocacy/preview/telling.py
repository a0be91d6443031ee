"""Problems in the words of the page: with the line itself, and without options of commands."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import Place, Problem

LONGEST_LINE = 240
_STAGE = re.compile(r"`--stage ([\w.-]+)`")
# What hints say of options of the command line, and what the page has instead.
_OPTIONS = (
    (re.compile(r"(another|other) stage fits: "), r"\1 letter fits: "),
    (re.compile(r"`--stage ([\w.-]+)`"), r"`\1`"),
    (re.compile(r"Choose another day with `--date`, or a stage:"), "Choose another day or letter:"),
    (re.compile(r"choose another day with `--date`"), "choose another day"),
    (re.compile(r"leave the person out with `--exclude(?: FILE)?`"), "choose somebody else"),
    (re.compile(r", or leave `(?:pdf|eml)` out of `--format`"), ""),
    (re.compile(r", or leave the PDF out: `--format [\w,]+`"), ""),
    (re.compile(r", or use --recipients FILE"), ""),
)  # fmt: skip


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
                "hint": in_the_page(problem.hint),
                "fits": _STAGE.findall(problem.hint),
                "file": shown(place.path, campaign) if place else None,
                "name": names.get(place.path.resolve()) if place else None,
                "line": place.line if place else None,
                "column": place.column if place else None,
                "excerpt": _excerpt(place, written) if place else None,
            }
        )
    return records


def in_the_page(hint: str) -> str:
    """A hint without options of commands, which the page has buttons for."""
    for pattern, words in _OPTIONS:
        hint = pattern.sub(words, hint)
    return hint


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
