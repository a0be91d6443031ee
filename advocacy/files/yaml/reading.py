"""Reading the YAML that people write: every value knows its line and column.

    data, problems = scan_yaml(Path("campaigns/microsoft.yaml"))
    campaign, more = parse(CampaignFile, data)

`scan_…` return what could be read, with all that is wrong; `read_…` raise where anything is.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from advocacy.errors import AdvocacyError, Level, Place, Problem, Read
from advocacy.files.text import read_text, without_bad_characters
from advocacy.files.yaml.models import Located, parse
from advocacy.files.yaml.traps import trap_near
from advocacy.files.yaml.tree import (
    MOST_PROBLEMS,
    Builder,
    Spot,
    YamlList,
    YamlMap,
    as_read,
    quoted,
)
from advocacy.resources import read_table

__all__ = [
    "Located",
    "Spot",
    "YamlList",
    "YamlMap",
    "as_read",
    "parse",
    "quoted",
    "read_text",
    "read_yaml",
    "read_yaml_text",
    "scan_root",
    "scan_yaml",
    "scan_yaml_text",
]

_SYNTAX_ERRORS = read_table("files/yaml/syntax_errors.toml")["errors"]


def read_yaml(path: Path) -> YamlMap:
    """Read a YAML file whose top level is a mapping.

    Raises AdvocacyError with everything that is wrong with it as YAML.
    """
    return read_yaml_text(read_text(path), path)


def read_yaml_text(text: str, path: Path) -> YamlMap:
    """The same from memory; `path` is what places name.

    Raises AdvocacyError with everything that is wrong with it as YAML.
    """
    data, problems = scan_yaml_text(text, path)
    if problems or data is None:
        raise AdvocacyError(problems)
    return data


def scan_yaml(path: Path) -> Read[YamlMap | None]:
    """What can be read of a YAML file, and everything that is wrong with it as YAML."""
    try:
        text = read_text(path)
    except AdvocacyError as error:
        return None, list(error.problems)
    return scan_yaml_text(text, path)


def scan_yaml_text(text: str, path: Path, *, loader: Any = None) -> Read[YamlMap | None]:
    """The same from memory."""
    root, problems = scan_root(text, path, loader=loader)
    if isinstance(root, YamlMap):
        return root, problems
    return None, problems or [_no_mapping(root, path)]


def scan_root(text: str, path: Path, *, loader: Any = None) -> Read[Any]:
    """What stands at the top of a YAML text: a mapping, a list or a single value.

    It is None where the text is not YAML. `loader` is PyYAML's class to use; by default
    libyaml's if it is there.
    """
    text, problems = without_bad_characters(text.removeprefix("\ufeff"), path)
    builder = Builder(path, text)
    root = None
    try:
        builder.build(loader)
        root = builder.root
        problems += builder.problems
    except yaml.YAMLError as error:
        said = _explain_syntax(error, text, path)  # a trap may be told of already
        problems += dict.fromkeys([*builder.problems, said])
    problems.sort(key=lambda p: (p.place.line or 0, p.place.column or 0) if p.place else (0, 0))
    if len(problems) >= MOST_PROBLEMS:
        message = f"There are more than the {MOST_PROBLEMS} problems shown."
        more = Problem("more-problems", message, "Fix these first.", Place(path), Level.NOTE)
        problems = [*problems[:MOST_PROBLEMS], more]
    return root, problems


def _no_mapping(root: Any, path: Path) -> Problem:
    if root is None:
        message, hint = "The file is empty.", "Write it, or name another file."
        return Problem("empty-file", message, hint, Place(path))
    what = "a list" if isinstance(root, YamlList) else "a single value"
    return Problem(
        "wrong-type",
        f"The file contains {what}, but keys with values are expected.",
        "Start each line with a key and a colon: `title: …`.",
        root.place if isinstance(root, YamlList) else Place(path, 1, 1),
    )


def _explain_syntax(error: yaml.YAMLError, text: str, path: Path) -> Problem:
    """What a parser's error means for the person who wrote the text."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(
            "yaml-syntax", f"This is not valid YAML: {error}", "Correct it.", Place(path)
        )
    lines = [*text.split("\n"), ""]  # an error may stand after the last line
    mark, start = error.problem_mark, error.context_mark or error.problem_mark
    if re.match(r" *\t", lines[mark.line]):
        return _tabs(lines, mark.line, path)
    trap = trap_near(lines, mark.line, path)
    if trap is not None:
        return trap
    said = f"{error.context or ''} | {error.problem or ''}"
    place = Place(path, mark.line + 1, mark.column + 1)
    for known in _SYNTAX_ERRORS:
        if re.search(known["pattern"], said):
            if known.get("at_start"):
                place = Place(path, start.line + 1, start.column + 1)
            character = lines[mark.line][mark.column : mark.column + 1] or "this character"
            message = known["message"].replace("{start}", str(start.line + 1))
            message = message.replace("{character}", f"`{character}`")
            return Problem(known["code"], message, known["hint"], place)
    return Problem(
        "yaml-syntax",
        f"This is not valid YAML: {error.problem}.",
        "Compare the line with those above. Text with special characters needs quotes.",
        place,
    )


def _tabs(lines: list[str], index: int, path: Path) -> Problem:
    others = [
        str(number)
        for number, line in enumerate(lines, start=1)
        if number > index + 1 and re.match(r" *\t", line)
    ]
    more = ""
    if others:
        shown = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
        more = f"; so is line {shown}" if len(others) == 1 else f"; so are lines {shown}"
    return Problem(
        "tab-indentation",
        f"The line is indented with a tab{more}.",
        "Use spaces. YAML does not allow tabs before a key or a list item.",
        Place(path, index + 1, lines[index].index("\t") + 1),
    )
