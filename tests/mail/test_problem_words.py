"""The words of mail's problems: each is used, and each gap in one is filled by who uses it."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from advocacy.resources import read_table

WORDS = read_table("mail/problems.toml")
# Functions that make a problem of an entry, with the words that they add themselves.
MAKERS: dict[str, set[str]] = {
    "problem": set(),
    "fault": {"ledger"},
    "_mention": set(),
    "_missing": set(),
    "_bad": {"source"},
}


def calls(root: Path) -> Iterator[tuple[str, set[str]]]:
    """The entries that mail's modules name, each with the words that they fill its gaps with."""
    for path in sorted((root / "advocacy" / "mail").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in MAKERS or any(one.arg is None for one in node.keywords):
                continue
            texts = [*node.args, *(one.value for one in node.keywords if one.arg == "entry")]
            named = [
                part.value
                for text in texts
                for part in ast.walk(text)
                if isinstance(part, ast.Constant) and part.value in WORDS
            ]
            if named:
                given = {str(one.arg) for one in node.keywords} - {"entry", "place", "level"}
                yield str(named[-1]), given | MAKERS[name]


def gaps(entry: str) -> set[str]:
    text = WORDS[entry]["message"] + WORDS[entry]["hint"]
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_who_makes_a_problem_fills_every_gap_in_its_words(project_root: Path) -> None:
    found = list(calls(project_root))
    assert len(found) > 80
    assert [(entry, gaps(entry) - given) for entry, given in found if gaps(entry) - given] == []


def test_every_entry_is_used(project_root: Path) -> None:
    source = "".join(
        path.read_text("utf-8") for path in (project_root / "advocacy" / "mail").rglob("*.py")
    )
    assert [entry for entry in WORDS if f'"{entry}"' not in source] == []
