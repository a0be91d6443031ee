"""What a letter's layout may load: pictures and fonts, from the workspace and the package.

WeasyPrint asks a fetcher for every address in HTML, CSS and SVG, and goes on without what it
does not get. Here each refusal is remembered as a problem, so that the caller can raise it.
Nothing is ever asked of a network.
"""

import base64
import binascii
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from advocacy.documents.fonts import FAMILIES
from advocacy.documents.typesetter import URLFetcher, URLFetcherResponse
from advocacy.errors import Problem
from advocacy.files.cache import held_files
from advocacy.files.font_files import unreadable
from advocacy.files.pictures import (
    BIGGEST_FILE,
    BIGGEST_IMAGE,
    IMAGES,
    RefusedFile,
    checked_kind,
    eight_bits,
    sniff,
    too_big,
)
from advocacy.files.workspace import Workspace
from advocacy.resources import font_package, templates_dir

# Relative addresses in a layout are read from the campaign's folder. The base address does not
# name that folder, so that a PDF has the same bytes wherever the campaign lies; its depth keeps
# `..` visible, which joining would otherwise drop.
_HOST = "workspace.invalid"
_INSIDE = "/" + "in/" * 24
BASE_URL = f"https://{_HOST}{_INSIDE}"

_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s]*)\Z", re.ASCII)


class Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves files of one workspace and of the package to WeasyPrint.

    `files` are those it has served, `problems` says why it has not served others.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.workspace = workspace
        self.problems: list[Problem] = []
        self.files: list[Path] = []

    def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
        """The file behind an address, or an exception after noting why not."""
        try:
            data = _from_data(url) if url[:5].lower() == "data:" else self._read(url)
            kind = checked_kind(data, _shown(url))
            if kind.startswith("font/"):
                self._check_font(url, data)
        except RefusedFile as refused:
            if refused.problem not in self.problems:
                self.problems.append(refused.problem)
            raise
        data = eight_bits(data) if kind == "image/png" else data
        return URLFetcherResponse(url, data, {"Content-Type": kind})

    def _check_font(self, url: str, data: bytes) -> None:
        """Raise RefusedFile where nobody can read what a font of the workspace draws."""
        path = self.files[-1]
        if self.workspace.contains(path):
            problem = unreadable(_shown(url), path, data)
            if problem is not None:
                raise RefusedFile(problem)

    def _read(self, url: str) -> bytes:
        path = self._path(url)
        held = held_files()
        if held is not None and self.workspace.contains(path):
            key = held.key(str(path))
            if key is None:
                raise RefusedFile(_uncovered(_shown(url)))
            self.files.append(path)
            return held.contents[key]
        try:
            if not path.is_file():
                raise RefusedFile(
                    Problem(
                        "missing-file",
                        f"The layout loads `{_shown(url)}`, but that file does not exist.",
                        f"Correct the name, or put the file in {self.workspace.folder}.",
                    )
                )
            with path.open("rb") as file:
                data = file.read(BIGGEST_FILE + 1)
        except OSError as error:
            raise RefusedFile(
                Problem(
                    "unreadable-file",
                    f"`{_shown(url)}` cannot be read: {error.strerror}.",
                    "Check the permissions of the file.",
                )
            ) from error
        if len(data) > BIGGEST_FILE:
            raise RefusedFile(too_big(_shown(url), BIGGEST_FILE))
        self.files.append(path)
        return data

    def _path(self, url: str) -> Path:
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.netloc == _HOST:
            name = unquote(parts.path.removeprefix(_INSIDE))
            inside = parts.path.startswith(_INSIDE)
            if not inside or "\0" in name or PurePosixPath(name).is_absolute():
                raise RefusedFile(_outside(url, self.workspace))
            path = self.workspace.folder / name
        elif parts.scheme == "file" and parts.netloc in ("", "localhost"):
            name = url2pathname(parts.path)
            if "\0" in name:
                raise RefusedFile(_outside(url, self.workspace))
            path = Path(name)
        else:
            raise RefusedFile(
                Problem(
                    "remote-file",
                    f"The layout loads `{_shown(url)}`, which is not a file of the campaign.",
                    f"Download it to {self.workspace.folder}, and use that file's name.",
                )
            )
        path = path.resolve()
        packages = {family.files[0] for family in FAMILIES.values()}
        ours = (*filter(None, map(font_package, sorted(packages))), templates_dir().resolve())
        if not (self.workspace.contains(path) or any(path.is_relative_to(top) for top in ours)):
            raise RefusedFile(_outside(url, self.workspace))
        return path


def _from_data(url: str) -> bytes:
    match = _DATA.match(url)
    refused = Problem(
        "data-address",
        f"The layout contains `{_shown(url)}`, which is not a picture that can be printed.",
        "Embed only PNG, JPEG, GIF, or WebP in a layout. Put other pictures in a file.",
    )
    if match is None or len(url) > BIGGEST_IMAGE * 4 // 3:
        raise RefusedFile(refused)
    try:
        data = base64.b64decode(match[2], validate=False)
    except binascii.Error:
        raise RefusedFile(refused) from None
    if match[1] not in IMAGES - {"image/svg+xml"} or sniff(data) != match[1]:
        raise RefusedFile(refused)
    return data


def _outside(url: str, workspace: Workspace) -> Problem:
    return Problem(
        "outside-workspace",
        f"The layout loads `{_shown(url)}`, which is outside the campaign's folder.",
        f"Copy it to {workspace.folder}, and use that file's name.",
    )


def _uncovered(name: str) -> Problem:
    return Problem(
        "outside-approval",
        f"The layout loads `{name}`, which the approval of the text does not cover.",
        f'Write its full name in the layout, as in `url("{name}")`. Then approve the stage again.',
    )


def _shown(url: str) -> str:
    """An address as the layout wrote it, shortened."""
    if url.startswith(BASE_URL):
        text = unquote(url.removeprefix(BASE_URL))
    elif url.startswith(f"https://{_HOST}/"):
        below = url.removeprefix(f"https://{_HOST}/")
        depth = 0
        while below.startswith("in/"):
            below, depth = below[3:], depth + 1
        text = "../" * (_INSIDE.count("/") - 1 - depth) + unquote(below)
    else:
        text = url
    return text if len(text) <= 80 else text[:79] + "…"
