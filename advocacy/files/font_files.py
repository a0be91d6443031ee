"""An organization's own fonts: the files of the folder `fonts/` beside the campaign.

A font says what it is: its family, weight and slant, and whether it may be embedded in documents.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import by_file, held_files, once_per_run
from advocacy.files.font_shapes import look_alike
from advocacy.files.pictures import BIGGEST_FILE, too_big
from advocacy.files.text import read_start
from advocacy.files.workspace import Workspace

FOLDER = "fonts"
"""The folder of fonts, in the campaign's folder."""
_KINDS = (".ttf", ".otf", ".woff2")
_OTHER_FONTS = (".ttc", ".otc", ".woff", ".eot", ".dfont", ".pfb", ".pfa", ".fon", ".svg")

# OpenType 1.9, OS/2 table, fsType: bits 0 to 3 say how a font may be embedded, of the others one
# forbids to embed a part of it, one all but bitmaps.
_USAGE, _RESTRICTED, _WHOLE_ONLY, _BITMAPS_ONLY = 0x000F, 0x0002, 0x0100, 0x0200


@dataclass(frozen=True, slots=True)
class OwnFont:
    """A font file: `weight` is 1 to 1000, `slant` is CSS's `font-style`, `digest` its SHA-256 sum.

    `weights` are those that a variable font has, from the lightest to the boldest.
    """

    path: Path
    family: str
    weight: int
    slant: str
    characters: frozenset[int]
    digest: str
    weights: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class OwnFonts:
    """The fonts of a workspace, and what is wrong with others."""

    fonts: tuple[OwnFont, ...] = ()
    problems: tuple[Problem, ...] = ()


def own_fonts(workspace: Workspace) -> OwnFonts:
    """The fonts in the folder `fonts/` of a workspace, in the order of their names."""
    return once_per_run(("fonts", workspace), lambda: _found(workspace))


def font_files(workspace: Workspace) -> dict[str, Path]:
    """The files of the folder `fonts/` by their names from the campaign's folder."""
    folder = workspace.folder / FOLDER
    held = held_files()
    if held is not None:
        paths = [path for path in map(Path, held.contents) if path.parent == folder]
    else:
        paths = list(folder.iterdir()) if folder.is_dir() else []
    wanted = (path for path in sorted(paths) if path.suffix.lower() in _KINDS + _OTHER_FONTS)
    return {f"{FOLDER}/{path.name}": path for path in wanted}


def _found(workspace: Workspace) -> OwnFonts:
    fonts: list[OwnFont] = []
    problems: list[Problem] = []
    for name, path in font_files(workspace).items():
        try:
            workspace.file(name)
            found = by_file(str(path), ("font", name), partial(_read, name, path))
        except AdvocacyError as error:
            problems += error.problems
            continue
        if isinstance(found, Problem):
            problems.append(found)
        else:
            fonts.append(found)
    return OwnFonts(tuple(fonts), tuple(problems))


def _read(name: str, path: Path) -> OwnFont | Problem:
    from fontTools.ttLib import TTFont

    data = read_start(path, BIGGEST_FILE + 1)
    if len(data) > BIGGEST_FILE:
        return too_big(name, BIGGEST_FILE)
    if path.suffix.lower() not in _KINDS:
        return _broken(name, path)
    try:
        with TTFont(BytesIO(data), lazy=True) as font:
            refused = _forbidden(name, path, font["OS/2"].fsType)
            found = refused or _described(font, path, hashlib.sha256(data).hexdigest())
            # Last: it may write the font anew.
            alike = None if refused else look_alike(font, data)
            return found if alike is None else _unreadable(name, path, *alike)
    except Exception:  # noqa: BLE001 - fontTools raises anything at all on broken files
        return _broken(name, path)


def _described(font: Any, path: Path, digest: str) -> OwnFont:
    names, style = font["name"], font["OS/2"]
    italic = style.fsSelection & 1 or font["head"].macStyle & 2
    axes = {axis.axisTag: axis for axis in font["fvar"].axes} if "fvar" in font else {}
    weights = axes.get("wght")
    return OwnFont(
        path,
        # The typographic family, where a family has more than four styles; it names no style.
        names.getDebugName(16) or names.getDebugName(1) or path.stem,
        min(max(int(style.usWeightClass), 1), 1000),
        "italic" if italic else "normal",
        frozenset(font.getBestCmap() or ()),
        digest,
        weights and (int(weights.minValue), int(weights.maxValue)),
    )


def _forbidden(name: str, path: Path, terms: int) -> Problem | None:
    """That the font's own terms forbid what a PDF needs."""
    if terms & _USAGE == _RESTRICTED:
        what = "forbids embedding"
    elif terms & _WHOLE_ONLY:
        what = "forbids embedding a part of it"
    elif terms & _BITMAPS_ONLY:
        what = "allows only its bitmaps to be embedded"
    else:
        return None
    return Problem(
        "font-not-embeddable",
        f"The font `{name}` {what} (fsType {terms:#06x} in its OS/2 table), so no PDF may use it.",
        "Remove the file. Buy a license for PDF documents, or use a font with an open license.",
        Place(path),
    )


@lru_cache(maxsize=16)
def unreadable(name: str, path: Path, data: bytes) -> Problem | None:
    """That nobody can read what is set in a font, wherever its file is."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(BytesIO(data), lazy=True) as font:
            alike = look_alike(font, data)
    except Exception:  # noqa: BLE001 - see `_read`
        return _broken(name, path)
    return alike and _unreadable(name, path, *alike)


def _unreadable(name: str, path: Path, one: str, other: str) -> Problem:
    return Problem(
        "broken-font",
        f"The font `{name}` draws `{one}`, `{other}`, and other letters alike, so nobody can read "
        "what is set in it.",
        "Remove the file, or use a font with a shape for each letter.",
        Place(path),
    )


def _broken(name: str, path: Path) -> Problem:
    return Problem(
        "broken-font",
        f"`{name}` is not a TTF, OTF, or WOFF2 font.",
        "Export the font as TTF, OTF, or WOFF2, or remove the file.",
        Place(path),
    )
