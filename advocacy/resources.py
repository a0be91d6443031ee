"""Where the files that come with advocacy stand, and which version it is.

An installed package carries its templates inside; in a checkout they stand beside it.
"""

import importlib.metadata
import importlib.util
from functools import cache
from pathlib import Path

from advocacy.errors import AdvocacyError, Problem

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


@cache  # asked for every letter; to read the package's metadata takes a millisecond
def version() -> str:
    """The installed version of advocacy, or `0+unknown` where it runs without being installed."""
    try:
        return importlib.metadata.version("advocacy")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"
