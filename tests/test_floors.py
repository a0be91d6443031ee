"""The floors of the house: modules import downwards only (see CONTRIBUTING.md)."""

import ast
import graphlib
from pathlib import Path

import pytest

FLOORS = {
    "errors": 0,
    "libraries": 0,
    "characters": 1,
    "csvrows": 1,
    "facts": 1,
    "fields": 1,
    "fonts": 1,
    "locales": 1,
    "located": 1,
    "marks": 1,
    "phrases": 1,
    "recipients": 1,
    "remembered": 0,
    "resources": 1,
    "sources": 1,
    "spreadsheets": 1,
    "textfile": 1,
    "validation": 1,
    "workspace": 1,
    "yamledit": 1,
    "yamlfile": 1,
    "yamlsplice": 1,
    "yamlsyntax": 1,
    "yamltree": 1,
    "yamlvalues": 1,
    "campaign": 2,
    "citations": 2,
    "loading": 2,
    "reference": 2,
    "schemas": 2,
    "templating": 2,
    "typography": 2,
    "words": 2,
    "approvals": 3,
    "compose": 3,
    "days": 3,
    "digests": 3,
    "inputs": 3,
    "letter": 3,
    "mailings": 3,
    "people": 3,
    "stages": 3,
    "supporters": 3,
    "variables": 3,
    "variants": 3,
    "documents": 4,
    "batch": 5,
    "checks": 5,
    "scaffold": 5,
    "upkeep": 5,
    "mail": 6,
    "preview": 6,
    "cli": 7,
    "__init__": 8,
    "__main__": 8,
}
SHARED_FLOORS = {0, 1, 2, 3}  # rooms here may use neighbours on their own floor
LONGEST = 300
FEWEST_MODULES = 15

Imports = dict[str, set[str]]


def room(module: str) -> str:
    """`advocacy.documents.pdf` stands in the room `documents`; the package itself in `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module, module: str, is_package: bool, known: set[str]) -> set[str]:
    """Modules of ours that a syntax tree imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = module.split(".")
                up = up[: len(up) - node.level + (1 if is_package else 0)]
                base = ".".join([*up, base] if base else up)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in known else base)
    return {name for name in found if name.split(".")[0] == "advocacy"} - {module}


@pytest.fixture(scope="module")
def sources(project_root: Path) -> dict[str, Path]:
    paths = sorted((project_root / "advocacy").rglob("*.py"))
    return {module_name(path, project_root): path for path in paths}


@pytest.fixture(scope="module")
def imports(sources: dict[str, Path]) -> Imports:
    known = set(sources)
    return {
        module: imported(
            ast.parse(path.read_text("utf-8")), module, path.name == "__init__.py", known
        )
        for module, path in sources.items()
    }


def may_import(module: str, target: str) -> bool:
    here, there = room(module), room(target)
    if here == there:
        return True
    if FLOORS[there] == FLOORS[here]:
        return FLOORS[here] in SHARED_FLOORS
    return FLOORS[there] < FLOORS[here]


def test_the_whole_house_was_visited(sources: dict[str, Path]) -> None:
    assert len(sources) > FEWEST_MODULES


def test_every_module_has_its_floor(sources: dict[str, Path]) -> None:
    homeless = [module for module in sources if room(module) not in FLOORS]
    assert not homeless, "give these rooms a floor in tests/test_floors.py and CONTRIBUTING.md"


def test_modules_import_downwards_only(imports: Imports) -> None:
    upwards = [
        f"{module} (floor {FLOORS[room(module)]}) imports {target} (floor {FLOORS[room(target)]})"
        for module, targets in imports.items()
        for target in sorted(targets)
        if {room(module), room(target)} <= set(FLOORS) and not may_import(module, target)
    ]
    assert upwards == []


def test_no_modules_import_each_other_in_a_ring(imports: Imports) -> None:
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(error.args[1]), pytrace=False)


def test_modules_are_short_enough_to_read_at_once(sources: dict[str, Path]) -> None:
    lengths = {module: path.read_text("utf-8").count("\n") for module, path in sources.items()}
    long = {module: lines for module, lines in lengths.items() if lines > LONGEST}
    assert not long, f"longer than {LONGEST} lines: look for a seam"


@pytest.mark.parametrize(
    ("code", "module", "is_package", "target"),
    [
        ("import advocacy.errors", "advocacy.facts", False, "advocacy.errors"),
        ("from advocacy import errors", "advocacy.facts", False, "advocacy.errors"),
        ("from advocacy.errors import Problem", "advocacy.facts", False, "advocacy.errors"),
        ("from .errors import Problem", "advocacy.facts", False, "advocacy.errors"),
        ("from . import errors", "advocacy.facts", False, "advocacy.errors"),
        ("from ..errors import Problem", "advocacy.cli.render", False, "advocacy.errors"),
        ("from .render import main", "advocacy.cli", True, "advocacy.cli.render"),
        ("def f():\n    import advocacy.errors", "advocacy.facts", False, "advocacy.errors"),
        ("from advocacy import load", "advocacy.facts", False, "advocacy"),
    ],
)
def test_every_way_to_write_an_import_is_seen(
    code: str, module: str, is_package: bool, target: str
) -> None:
    known = {"advocacy", "advocacy.errors", "advocacy.cli.render"}
    assert imported(ast.parse(code), module, is_package, known) == {target}


def test_an_import_upwards_is_refused() -> None:
    assert not may_import("advocacy.errors", "advocacy.cli")
    assert not may_import("advocacy.batch.output", "advocacy.checks.lints")
    assert not may_import("advocacy.facts", "advocacy")
    assert may_import("advocacy.facts", "advocacy.sources")
    assert may_import("advocacy.cli.render", "advocacy.documents.pdf")
