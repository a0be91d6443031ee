"""Reading the YAML that people write: every value knows its line and column.

    campaign, problems = load(CampaignFile, Path("campaigns/microsoft.yaml"))

or in two steps, `read_yaml` and `parse`.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml

from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.text import read_text, without_bad_characters
from advocacy.files.yaml.models import Located, parse
from advocacy.files.yaml.syntax_errors import explain
from advocacy.files.yaml.tree import (
    MOST_PROBLEMS,
    Builder,
    Spot,
    YamlList,
    YamlMap,
    as_read,
    quoted,
)

__all__ = [
    "Located",
    "Spot",
    "YamlList",
    "YamlMap",
    "as_read",
    "load",
    "parse",
    "quoted",
    "read_text",
    "read_yaml",
    "read_yaml_text",
    "scan_yaml",
    "scan_yaml_text",
]

M = TypeVar("M", bound=Located)


def read_yaml(path: Path) -> YamlMap:
    """Read a YAML file whose top level is a mapping.

    Raises AdvocacyError with everything that is wrong with it as YAML.
    """
    data, problems = scan_yaml(path)
    if problems or data is None:
        raise AdvocacyError(problems)
    return data


def read_yaml_text(text: str, path: Path) -> YamlMap:
    """The same from memory; `path` is what places name.

    Raises AdvocacyError with everything that is wrong with it as YAML.
    """
    data, problems = scan_yaml_text(text, path)
    if problems or data is None:
        raise AdvocacyError(problems)
    return data


def scan_yaml(path: Path) -> tuple[YamlMap | None, list[Problem]]:
    """What can be read of a YAML file, and everything that is wrong with it as YAML."""
    try:
        text = read_text(path)
    except AdvocacyError as error:
        return None, list(error.problems)
    return scan_yaml_text(text, path)


def load(model: type[M], path: Path) -> tuple[M | None, list[Problem]]:
    """Read a file and check it against a model: the value, and all problems in one list."""
    data, problems = scan_yaml(path)
    if data is None:
        return None, problems
    value, found = parse(model, data)
    told = {problem.place for problem in problems}
    problems += [problem for problem in found if problem.place not in told]
    return (None if problems else value), problems


def scan_yaml_text(
    text: str, path: Path, *, loader: Any = None
) -> tuple[YamlMap | None, list[Problem]]:
    """The same from memory; `loader` is PyYAML's class to use, libyaml's if it is there."""
    text, problems = without_bad_characters(text.removeprefix("\ufeff"), path)
    builder = Builder(path, text)
    try:
        builder.build(loader)
    except yaml.YAMLError as error:
        problems += [*builder.problems, explain(error, text, path)]
        return None, _sorted(problems, path)
    problems += builder.problems
    root = builder.root
    if not isinstance(root, YamlMap) and not problems:
        problems.append(_no_mapping(root, path))
    return (root if isinstance(root, YamlMap) else None), _sorted(problems, path)


def _no_mapping(root: Any, path: Path) -> Problem:
    if root is None:
        message, hint = "The file is empty.", "Write it, or name another file."
        return Problem("empty-file", message, hint, Place(path))
    what = "a list" if isinstance(root, YamlList) else "a single value"
    return Problem(
        "wrong-type",
        f"The file holds {what}, but keys with values are wanted.",
        "Begin each line with a key and a colon: `title: …`.",
        root.place if isinstance(root, YamlList) else Place(path, 1, 1),
    )


def _sorted(problems: list[Problem], path: Path) -> list[Problem]:
    problems.sort(key=lambda p: (p.place.line or 0, p.place.column or 0) if p.place else (0, 0))
    if len(problems) >= MOST_PROBLEMS:
        message = f"There are more problems than the {MOST_PROBLEMS} that are shown."
        more = Problem("more-problems", message, "Correct these first.", Place(path), Level.NOTE)
        return [*problems[:MOST_PROBLEMS], more]
    return problems
