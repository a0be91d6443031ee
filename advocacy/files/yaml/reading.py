"""Reading the YAML that people write: every value knows its line and column.

    data, problems = scan_yaml(Path("campaigns/microsoft.yaml"))
    campaign, more = parse(CampaignFile, data)

`scan_…` return what could be read, with all that is wrong; `read_…` raise where anything is.
"""

from pathlib import Path
from typing import Any

import yaml

from advocacy.errors import AdvocacyError, Level, Place, Problem, Read
from advocacy.files.text import read_text, without_bad_characters
from advocacy.files.yaml.models import Located, parse
from advocacy.files.yaml.syntax_errors import explain_syntax
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
    "parse",
    "quoted",
    "read_text",
    "read_yaml",
    "read_yaml_text",
    "scan_root",
    "scan_yaml",
    "scan_yaml_text",
]


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
        said = explain_syntax(error, text, path)  # a trap may be told of already
        # A bracket that YAML takes for a part of a comment is missing only there.
        cut_off = any(one.code == "text-cut-off" for one in builder.problems)
        last = [] if cut_off and said.code == "yaml-brackets" else [said]
        problems += dict.fromkeys([*builder.problems, *last])
    problems.sort(key=lambda p: (p.place.line or 0, p.place.column or 0) if p.place else (0, 0))
    if len(problems) >= MOST_PROBLEMS:
        message = f"The file has more problems than the {MOST_PROBLEMS} shown."
        more = Problem("more-problems", message, "Fix these first.", Place(path), Level.NOTE)
        problems = [*problems[:MOST_PROBLEMS], more]
    return root, problems


def _no_mapping(root: Any, path: Path) -> Problem:
    if root is None:
        message, hint = "The file is empty.", "Add content, or name another file."
        return Problem("empty-file", message, hint, Place(path))
    what = "a list" if isinstance(root, YamlList) else "a single value"
    return Problem(
        "wrong-type",
        f"The file contains {what}, but keys with values are expected.",
        "Start each line with a key and a colon: `title: …`.",
        root.place if isinstance(root, YamlList) else Place(path, 1, 1),
    )
