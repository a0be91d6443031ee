"""The floors of the house: modules import downwards only (see CONTRIBUTING.md)."""

import ast
import graphlib
from pathlib import Path

import pytest

ROOMS = (  # from the ground up; a module imports from rooms below its own
    "errors",
    "installation",
    "resources",
    "files",
    "campaign",
    "templating",
    "letters",
    "documents",
    "checks",
    "batch",
    "authoring",
    "mail",
    "preview",
    "cli",
    "__init__ __main__",
)
FLOORS = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms.split()}
LONGEST, SHORTEST = 400, 60
# Modules that are shorter or longer for a reason: ten at most.
EXCEPTIONS = {
    "advocacy.__main__": "the guard that stands before anything is imported",
    "advocacy.files.html_reader": "one mend of a class of Python, for all who read HTML",
    "advocacy.cli.schema": "a command",
}
FEWEST_MODULES = 200
# Module names that two folders have, each plain in its own (a command has the name of its room).
SHARED_NAMES = set(
    """answers audit columns dates days facts files fonts formats labels letters model models page
    pages paper parts reading recorder sentences server text values writing""".split()
)

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


def test_modules_are_long_enough_to_hold_a_thing_and_short_enough_to_read(
    sources: dict[str, Path],
) -> None:
    sizes = {
        module: path.read_text("utf-8").count("\n")
        for module, path in sources.items()
        if path.name != "__init__.py"
    }
    assert len(EXCEPTIONS) <= 10
    odd = {name: lines for name, lines in sizes.items() if not SHORTEST <= lines <= LONGEST}
    assert set(odd) == set(EXCEPTIONS), f"modules have {SHORTEST} to {LONGEST} lines"


def test_no_public_class_name_stands_for_two_things(sources: dict[str, Path]) -> None:
    homes: dict[str, list[str]] = {}
    for module, path in sources.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(module)
    assert len(homes) > FEWEST_MODULES
    assert [names for names in homes.values() if len(names) > 1] == []


def test_modules_share_a_name_only_where_their_folders_make_both_plain(
    sources: dict[str, Path],
) -> None:
    homes: dict[str, list[str]] = {}
    for module, path in sources.items():
        if path.name != "__init__.py" and room(module) != "cli":
            homes.setdefault(path.stem, []).append(module)
    assert len(homes) > FEWEST_MODULES
    assert {name for name, modules in homes.items() if len(modules) > 1} == SHARED_NAMES


def unit_in(module: str, folder: str) -> str:
    """The file or folder of `folder` that a module below it stands in."""
    rest = module.removeprefix(folder).strip(".")
    return rest.split(".", maxsplit=1)[0]


def test_the_rooms_inside_a_room_import_one_way_too(
    imports: Imports, sources: dict[str, Path]
) -> None:
    folders = [module for module, path in sources.items() if path.name == "__init__.py"]
    assert len(folders) > len(ROOMS)
    circles = []
    for folder in folders:
        within = f"{folder}."
        graph: dict[str, set[str]] = {}
        for module in (name for name in sources if name.startswith(within)):
            here = unit_in(module, folder)
            there = {unit_in(name, folder) for name in imports[module] if name.startswith(within)}
            graph.setdefault(here, set()).update(there - {here})
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circles.append(f"{folder}: {' -> '.join(error.args[1])}")
    assert circles == []


@pytest.mark.parametrize(
    ("code", "module", "is_package", "target"),
    [
        ("import advocacy.errors", "advocacy.facts", False, "advocacy.errors"),
        ("from advocacy import errors", "advocacy.facts", False, "advocacy.errors"),
        (
            "from advocacy.errors import Problem",
            "advocacy.campaign.facts",
            False,
            "advocacy.errors",
        ),
        ("from .errors import Problem", "advocacy.facts", False, "advocacy.errors"),
        ("from . import errors", "advocacy.facts", False, "advocacy.errors"),
        ("from ..errors import Problem", "advocacy.cli.render", False, "advocacy.errors"),
        ("from .render import main", "advocacy.cli", True, "advocacy.cli.render"),
        (
            "def f():\n    import advocacy.errors",
            "advocacy.campaign.facts",
            False,
            "advocacy.errors",
        ),
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
    assert not may_import("advocacy.files.writing", "advocacy.checks.lints")
    assert not may_import("advocacy.campaign.facts", "advocacy")
    assert may_import("advocacy.campaign.facts", "advocacy.campaign.sources")
    assert may_import("advocacy.cli.render", "advocacy.documents.pdf.render")
