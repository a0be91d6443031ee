"""Problems as the page shows them: with the line itself, and hints in the page's own words."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from advocacy.campaign.loading import Campaign
from advocacy.errors import Hint, Place, Problem
from advocacy.files.text import split_lines
from advocacy.preview.drafts import DraftTexts
from advocacy.preview.facts import MarkedSentence
from advocacy.preview.plain_words import plain_hint, plain_message, plain_text

Medium = Literal["paper", "email"]
LONGEST_LINE = 240
MOST_BYTES = 50_000_000
"""The largest size of a file that is read for an excerpt."""
# How the page words each kind of hint: it has buttons and fields instead of options.
PAGE_HINTS = {
    "add-source": "Add the source `{source}`.",
    "day-of-stage": "Choose a day of this letter. The nearest is {day}.",
    "exclude": "Choose another person.",
    "fix-or-add-recipients": "{cure}.",
    "fix-or-exclude": "{cure}, or choose another person.",
    "fix-or-omit-format": "{cure}.",
    "no-other-stage": "{lead}No letter is for {day}. Choose another date.",
    "other-stage": "{lead}Letters for {day}: {stages}.",
    "recheck": "Check `{source}` again. If the fact is still true, set `checked:` of `{fact}` to "
    "today's date.",
}


_CODE_POINT = re.compile(r"\bU\+([0-9A-F]{4,6})\b")
_COMMAND = re.compile(r",? or type `iconv [^`]*`")


def problem_records(
    problems: Iterable[Problem],
    campaign: Campaign | None,
    names: Mapping[Path, str],
    drafts: DraftTexts | None = None,
    *,
    medium: Medium | None = None,
    elsewhere: Container[Problem] = (),
) -> list[dict[str, object]]:
    """Describe problems for the page, each once.

    `names` are the names of the files that the page can open, by path. Places in `drafts` become
    those of the real files, and excerpts show the line as it is being written. `medium` is the
    one that the problems concern, None for all; `elsewhere` are those that are not of the letter.
    """
    real_place = drafts.real_place if drafts is not None else lambda place: place
    return [
        {
            "code": problem.code,
            "level": problem.level.value,
            "message": plain_message(problem),
            "hint": word_hint(problem.hint, problem.code),
            "fits": list(problem.hint.stages) if isinstance(problem.hint, Hint) else [],
            "day": _fitting_day(problem.hint),
            "file": short_path(problem.place.path, campaign) if problem.place else None,
            "excerpt": _excerpt(problem.place, drafts) if problem.place else None,
            "medium": medium,
            "elsewhere": is_elsewhere,
            **place_record(problem.place, names),
        }
        for problem, is_elsewhere in dict.fromkeys(
            (replace(one, place=real_place(one.place)), one in elsewhere) for one in problems
        )
    ]


def placed(problems: Iterable[Problem], sentences: Iterable[MarkedSentence]) -> list[Problem]:
    """Problems of characters that no font has, in the first sentence with one of them."""
    texts = [(one.text, one.place) for one in sentences]

    def place(problem: Problem) -> Problem:
        if problem.place is not None or problem.code != "unprintable-character":
            return problem
        signs = [chr(int(code, 16)) for code in _CODE_POINT.findall(problem.message)]
        there = (at for text, at in texts if any(sign in text for sign in signs))
        return replace(problem, place=next(there, None))

    return [place(one) for one in problems]


def place_record(place: Place | None, names: Mapping[Path, str]) -> dict[str, object]:
    """Describe a place: the file's name, if the page can open it, with line and column."""
    if place is None:
        return {"name": None, "line": None, "column": None}
    return {"name": names.get(place.path.resolve()), "line": place.line, "column": place.column}


def word_hint(hint: str, code: str = "") -> str:
    """The hint in the page's words."""
    if not isinstance(hint, Hint):
        return plain_hint(code, _COMMAND.sub("", hint))
    stages = " or ".join(f"“{name}”" for name in hint.stages)
    return plain_text(PAGE_HINTS[hint.kind].format(stages=stages, **hint.words))


def _fitting_day(hint: str) -> str | None:
    """The day on which the letter would be right, if the hint knows one."""
    if not isinstance(hint, Hint):
        return None
    return hint.words["day"] if hint.kind == "day-of-stage" else hint.words.get("nearest") or None


def short_path(path: Path, campaign: Campaign | None) -> str:
    """A path relative to the campaign's folder or its templates, else the file's name alone."""
    folders = [campaign.workspace.folder, *campaign.workspace.templates] if campaign else []
    for folder in folders:
        if path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
    return path.name


def _excerpt(place: Place, drafts: DraftTexts | None) -> str | None:
    """The line of a place, as it is being written or as the file has it."""
    if place.line is None:
        return None
    line = drafts.line(place) if drafts else None
    if line is None:
        try:
            if place.path.stat().st_size > MOST_BYTES or place.path.suffix == ".xlsx":
                return None
            lines = split_lines(place.path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            return None
        line = lines[place.line - 1] if place.line <= len(lines) else ""
    return _shorten(line.rstrip(), place.column or 1) or None


def _shorten(line: str, column: int) -> str:
    """As much of a line as is shown, with the place that is meant: a paragraph can be one line."""
    if len(line) <= LONGEST_LINE:
        return line
    start = max(0, min(column - 1 - LONGEST_LINE // 3, len(line) - LONGEST_LINE))
    shown = line[start : start + LONGEST_LINE]
    return ("…" if start else "") + shown + ("…" if start + LONGEST_LINE < len(line) else "")
