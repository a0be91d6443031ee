"""The files that come with advocacy: its templates, its fonts, its tables and its own pages.

An installed package carries its templates inside; in a checkout they stand beside it. Tables
(TOML) and pages (Jinja) stand beside the modules that use them. What the machine remembers has a
folder of its user.
"""

import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy.errors import AdvocacyError, Level, Place, Problem

if TYPE_CHECKING:
    from jinja2 import Environment

PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """The folder of the built-in templates: `letters/`, `layouts/`, `partials/`, `words/`."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


@cache  # asked for every page; to find a package takes a millisecond
def fonts_dir() -> Path:
    """The folder of the fonts' package, one folder a family.

    Raises AdvocacyError if the package is not installed.
    """
    spec = importlib.util.find_spec("rendercv_fonts")  # finds it without running its code
    if spec is None or spec.origin is None:
        raise AdvocacyError(
            Problem(
                "missing-library",
                "The fonts' package, rendercv-fonts, is not installed.",
                "Type: python -m pip install rendercv-fonts",
            )
        )
    return Path(spec.origin).resolve().parent


@cache  # asked for every page; to find a package takes a millisecond
def font_package(name: str) -> Path | None:
    """The folder of a package of fonts, or None where it is not installed.

    Raises AdvocacyError if the package that every letter needs is not installed.
    """
    if name == "rendercv_fonts":
        return fonts_dir()
    spec = importlib.util.find_spec(name)  # finds it without running its code
    return None if spec is None or spec.origin is None else Path(spec.origin).resolve().parent


@cache  # asked for every letter; to read the package's metadata takes a millisecond
def version() -> str:
    """The installed version of advocacy, or `0+unknown` where it runs without being installed."""
    import importlib.metadata  # here: most runs of a command have no need of it, and it is slow

    try:
        return importlib.metadata.version("advocacy")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"


@cache
def read_table(name: str) -> dict[str, Any]:
    """Read a table of the package: a TOML file, by its path in the package."""
    import tomllib  # here: `--help` reads no table

    return tomllib.loads((PACKAGE / name).read_text("utf-8"))


def read_problem(
    code: str,
    table: str,
    *,
    entry: str | None = None,
    place: Place | None = None,
    level: Level | None = None,
    **words: object,
) -> Problem:
    """Make a problem of the words in a table of the package; `words` fill the gaps in them.

    Its `message`, `hint` and `level` stand under the code, or under `entry` where one code has
    several texts.
    """
    found = read_table(table)[entry or code]
    message, hint = (found[key].format_map(words) for key in ("message", "hint"))
    return Problem(code, message, hint, place, level or Level(found.get("level", "error")))


def render_page(name: str, /, **values: object) -> str:
    """Fill in a Jinja file of the package, by its path in it; all values are escaped.

    These are the tool's own pages, pictures and parts of documents. Letters and their layouts
    have the sandbox of `advocacy.templating`. A file reads a table with `read_table`.
    """
    return _page_environment().get_template(name).render(values)


@cache
def _page_environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["read_table"] = read_table
    return environment


def state_home(environ: Mapping[str, str] | None = None) -> Path:
    """The folder for what the machine remembers (XDG Base Directory Specification, STATE_HOME)."""
    base = (os.environ if environ is None else environ).get("XDG_STATE_HOME", "")
    return (Path(base) if base else Path.home() / ".local" / "state") / "advocacy"
