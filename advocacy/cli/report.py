"""Print problems: for people, programs, code hosts, code scanners and spreadsheets."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import click

from advocacy.cli.tables import csv_table, json_text, report_choice
from advocacy.errors import Level, Place, Problem, count_noun, has_errors
from advocacy.resources import version

Report = Literal["text", "json", "github", "sarif", "csv"]
REPORTS: tuple[Report, ...] = get_args(Report)
COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}

report_option = report_choice(
    "Output format of problems: for people, programs, code hosts, or a spreadsheet.", *REPORTS
)


def is_dumb_terminal() -> bool:
    """Whether the terminal can neither color text nor redraw a line (`TERM=dumb`)."""
    return os.environ.get("TERM") == "dumb"


def is_colorless() -> bool:
    """Whether colors are unwanted, by `NO_COLOR` (https://no-color.org) or `TERM=dumb`."""
    return bool(os.environ.get("NO_COLOR")) or is_dumb_terminal()


def print_problems(problems: Iterable[Problem], report: Report = "text") -> None:
    """Print problems: text to standard error, every other form to standard output."""
    problems = list(problems)
    if report == "text":
        for problem in problems:
            click.echo(_text(problem), err=True)
        return
    click.echo(FORMS[report](problems), nl=False)


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a command reports, by its options `--strict`, `--quiet` and `--report`."""

    strict: bool
    quiet: bool
    report: Report

    def finish(self, problems: Sequence[Problem], lines: Iterable[str]) -> int:
        """Print problems, then what the command did in `lines`, for people alone.

        Returns the exit code: 1 where there are errors, or with `strict` warnings.
        """
        print_problems(problems, self.report)
        if self.report == "text" and not self.quiet:
            for line in lines:
                click.echo(line)
        is_warned = any(problem.level is Level.WARNING for problem in problems)
        return int(has_errors(problems) or (self.strict and is_warned))


def summary(problems: Iterable[Problem]) -> str:
    """Count problems by level, as `2 errors, 1 warning`; an empty text without problems."""
    counts = Counter(problem.level for problem in problems)
    return ", ".join(count_noun(counts[level], level) for level in Level if counts[level])


def verdict(problems: Sequence[Problem], *, is_warned: bool = False) -> str:
    """The verdict on letters, in the words and the color of the page of `preview`.

    `is_warned`: their words have warnings, which are not among the problems.
    """
    if has_errors(problems):
        word, color = "Wrong", "red"
    elif is_warned or any(problem.level is Level.WARNING for problem in problems):
        word, color = "Worth a look", "yellow"
    else:
        word, color = "Good", "green"
    counts = summary(problems)
    said = click.style(f"{word}: {counts}." if counts else f"{word}.", fg=color)
    more = " Run `advocacy check` to see warnings about the words."
    return said + more if is_warned and not has_errors(problems) else said


def _text(problem: Problem) -> str:
    place, level = problem.place, problem.level
    where = f"{click.style(shown_place(place), bold=True)}: " if place else ""
    head = f"{where}{click.style(level.value, fg=COLOURS[level])} {problem.code}: {problem.message}"
    lines = [head, *_caret(place)]
    if problem.hint:
        lines.append(f"    {click.style('→', fg='green')} {problem.hint}")
    return "\n".join(lines)


def _caret(place: Place | None) -> list[str]:
    """The line of the file, with a caret under the column; nothing if it cannot be read."""
    if place is None or place.line is None:
        return []
    lines = _lines(place.path)
    if place.line > len(lines):
        return []
    text = lines[place.line - 1].rstrip().replace("\t", " ")
    column = place.column or 1
    start = max(0, column - 60) if len(text) > 100 else 0
    cut = text[start : start + 96]
    number = f"{place.line:>5} | "
    if not cut.strip():
        return []
    shown = [click.style(number, dim=True) + cut]
    if place.column is not None:
        shown.append(" " * (len(number) + column - 1 - start) + "^")
    return shown


@lru_cache(maxsize=64)
def _lines(path: Path) -> tuple[str, ...]:
    from advocacy.files.text import split_lines  # it loads pydantic, which `--help` can do without

    try:
        if path.stat().st_size > 50_000_000:
            return ()
        return tuple(split_lines(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError):
        return ()


def shown_place(place: Place) -> str:
    """The place, with a path relative to the current folder if it is below it."""
    return str(Place(_relative(place.path), place.line, place.column))


def _relative(path: Path) -> Path:
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def _record(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "path": str(_relative(place.path)) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "level": problem.level.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _json(problems: Sequence[Problem]) -> str:
    return json_text([_record(problem) for problem in problems])


def _csv(problems: Sequence[Problem]) -> str:
    columns = ("path", "line", "column", "level", "code", "message", "hint")
    return csv_table(map(_record, problems), columns)


def _github(problems: Sequence[Problem]) -> str:
    """GitHub's workflow commands, which it shows beside the lines of a change."""
    kinds = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
    lines = []
    for problem in problems:
        record = _record(problem)
        keys = {"file": record["path"], "line": record["line"], "col": record["column"]}
        keys["title"] = problem.code
        settings = ",".join(
            f"{key}={_escaped(str(value), ':,')}" for key, value in keys.items() if value
        )
        message = _escaped(f"{problem.message} {problem.hint}".strip())
        lines.append(f"::{kinds[problem.level]} {settings}::{message}\n")
    return "".join(lines)


def _escaped(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0 (OASIS), which code scanners exchange; its addresses are URIs (RFC 3986)."""
    from urllib.parse import quote

    results = []
    for problem in problems:
        result: dict[str, Any] = {
            "ruleId": problem.code,
            "level": problem.level.value,
            "message": {"text": f"{problem.message} {problem.hint}".strip()},
        }
        if problem.place is not None:
            region = {"startLine": problem.place.line, "startColumn": problem.place.column}
            path = _relative(problem.place.path)
            uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
            physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
            if problem.place.line is not None:
                physical["region"] = {key: value for key, value in region.items() if value}
            result["locations"] = [{"physicalLocation": physical}]
        results.append(result)
    rules = [_sarif_rule(code) for code in dict.fromkeys(problem.code for problem in problems)]
    driver = {"name": "advocacy", "version": version(), "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json_text(log)


def _sarif_rule(name: str) -> dict[str, Any]:
    """A code with the texts of `--explain`, which scanners show beside a result."""
    from advocacy.checks.codes import registry

    code = registry()[name]
    texts = {"shortDescription": code.summary, "fullDescription": code.what, "help": code.cure}
    rule = {key: {"text": " ".join(text.split())} for key, text in texts.items()}
    return {"id": name, **rule, "defaultConfiguration": {"level": code.level.value}}


FORMS = {"json": _json, "github": _github, "sarif": _sarif, "csv": _csv}


class LetterCrashed(Exception):  # noqa: N818 - what happened
    """A bug that one letter brought out; the other letters are made."""
