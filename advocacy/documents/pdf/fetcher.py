"""What a letter's layout may load: pictures and fonts, from the workspace and the package.

WeasyPrint asks a fetcher for every address in HTML, CSS and SVG, and goes on without what it
does not get. Here each refusal is remembered as a problem, so that the caller can raise it.
Nothing is ever asked of a network.
"""

import base64
import binascii
import re
from io import BytesIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from advocacy.documents.pdf.svg import svg_problem
from advocacy.documents.pdf.typesetter import URLFetcher, URLFetcherResponse
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.cache import held_files
from advocacy.files.text import read_start
from advocacy.files.workspace import Workspace
from advocacy.resources import fonts_dir, templates_dir

# Relative addresses in a layout are read from the campaign's folder. The base address does not
# name that folder, so that a PDF has the same bytes wherever the campaign lies; its depth keeps
# `..` visible, which joining would otherwise drop.
_HOST = "workspace.invalid"
_INSIDE = "/" + "in/" * 24
BASE_URL = f"https://{_HOST}{_INSIDE}"

BIGGEST_FILE = 24 * 1024 * 1024
BIGGEST_IMAGE = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000

_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"}
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s]*)\Z", re.ASCII)


class _Refused(Exception):  # noqa: N818 - it is an answer, not an error of the program
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


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
            kind = _checked_kind(data, _shown(url))
        except _Refused as refused:
            if refused.problem not in self.problems:
                self.problems.append(refused.problem)
            raise
        return URLFetcherResponse(url, data, {"Content-Type": kind})

    def _read(self, url: str) -> bytes:
        path = self._path(url)
        held = held_files()
        if held is not None and self.workspace.contains(path):
            key = held.key(str(path))
            if key is None:
                raise _Refused(_uncovered(_shown(url)))
            self.files.append(path)
            return held.contents[key]
        try:
            if not path.is_file():
                raise _Refused(
                    Problem(
                        "missing-file",
                        f"The layout loads `{_shown(url)}`, and there is no such file.",
                        f"Correct the name, or put the file into {self.workspace.folder}.",
                    )
                )
            with path.open("rb") as file:
                data = file.read(BIGGEST_FILE + 1)
        except OSError as error:
            raise _Refused(
                Problem(
                    "unreadable-file",
                    f"`{_shown(url)}` cannot be read: {error.strerror}.",
                    "Check who may read the file.",
                )
            ) from error
        if len(data) > BIGGEST_FILE:
            raise _Refused(_too_big(_shown(url), BIGGEST_FILE))
        self.files.append(path)
        return data

    def _path(self, url: str) -> Path:
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.netloc == _HOST:
            name = unquote(parts.path.removeprefix(_INSIDE))
            inside = parts.path.startswith(_INSIDE)
            if not inside or "\0" in name or PurePosixPath(name).is_absolute():
                raise _Refused(_outside(url, self.workspace))
            path = self.workspace.folder / name
        elif parts.scheme == "file" and parts.netloc in ("", "localhost"):
            name = url2pathname(parts.path)
            if "\0" in name:
                raise _Refused(_outside(url, self.workspace))
            path = Path(name)
        else:
            raise _Refused(
                Problem(
                    "remote-file",
                    f"The layout loads `{_shown(url)}`, which is not a file of the campaign.",
                    f"Download it, put it into {self.workspace.folder}, and name it from there.",
                )
            )
        path = path.resolve()
        ours = (fonts_dir(), templates_dir().resolve())
        if not (self.workspace.contains(path) or any(path.is_relative_to(top) for top in ours)):
            raise _Refused(_outside(url, self.workspace))
        return path


def image_problem(path: Path, name: str) -> Problem | None:
    """What is wrong with a picture that a campaign names, or None.

    Judges by content, not by the file's name.
    """
    try:
        kind = _checked_kind(read_start(path, BIGGEST_FILE + 1), name)
    except _Refused as refused:
        return refused.problem
    except AdvocacyError as error:
        return error.problems[0]
    return None if kind in _IMAGES else _wrong_kind(name)


def sniff(data: bytes) -> str | None:
    """The media type of a picture or font by its first bytes, or None."""
    head = data[:16]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] in (b"\0\1\0\0", b"true", b"OTTO", b"ttcf"):
        return "font/sfnt"
    if head[:4] in (b"wOFF", b"wOF2"):
        return "font/woff"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<" and b"<svg" in data[:65536]:
        return "image/svg+xml"
    return None


def _from_data(url: str) -> bytes:
    match = _DATA.match(url)
    refused = Problem(
        "data-address",
        f"The layout holds `{_shown(url)}`, which is not a picture that can be printed.",
        "Only PNG, JPEG, GIF and WebP may stand in a layout itself; put others into a file.",
    )
    if match is None or len(url) > BIGGEST_IMAGE * 4 // 3:
        raise _Refused(refused)
    try:
        data = base64.b64decode(match[2], validate=False)
    except binascii.Error:
        raise _Refused(refused) from None
    if match[1] not in _IMAGES - {"image/svg+xml"} or sniff(data) != match[1]:
        raise _Refused(refused)
    return data


def _checked_kind(data: bytes, name: str) -> str:
    """The media type, once the content has been looked at."""
    kind = sniff(data)
    if kind is None:
        raise _Refused(_wrong_kind(name))
    if kind not in _IMAGES:
        return kind
    if len(data) > BIGGEST_IMAGE:
        raise _Refused(_too_big(name, BIGGEST_IMAGE))
    look = svg_problem if kind == "image/svg+xml" else _raster_problem
    problem = look(data, name)
    if problem:
        raise _Refused(problem)
    return kind


def _raster_problem(data: bytes, name: str) -> Problem | None:
    from PIL import Image, ImageFile

    # WeasyPrint lets half a picture through, and paints the rest black.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        image = Image.open(BytesIO(data))
        width, height = image.size
        if width * height > MOST_PIXELS:
            return _too_many_pixels(name, f"{width} × {height}")
        image.load()
    except Image.DecompressionBombError:
        return _too_many_pixels(name, "too many")
    except Exception:  # noqa: BLE001 - Pillow's decoders raise anything at all on broken files
        return Problem(
            "broken-image",
            f"The picture `{name}` is broken.",
            "Open it in a graphics program and save it again.",
        )
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    return None


def _too_many_pixels(name: str, pixels: str) -> Problem:
    return Problem(
        "image-too-large",
        f"`{name}` has {pixels} pixels.",
        f"Make it smaller: {MOST_PIXELS // 1_000_000} million pixels are allowed, "
        "and 2,000 across are plenty.",
    )


def _outside(url: str, workspace: Workspace) -> Problem:
    return Problem(
        "outside-workspace",
        f"The layout loads `{_shown(url)}`, which lies outside the campaign's folder.",
        f"Copy it into {workspace.folder}, and name it from there.",
    )


def _uncovered(name: str) -> Problem:
    return Problem(
        "outside-approval",
        f"The layout loads `{name}`, which the approval of the text does not cover.",
        f'Write its whole name in the layout, as in `url("{name}")`. Then approve the stage again.',
    )


def _wrong_kind(name: str) -> Problem:
    return Problem(
        "wrong-kind-of-file",
        f"`{name}` is neither a picture (PNG, JPEG, GIF, WebP, SVG) nor a font.",
        "Letters load nothing else; write CSS into the layout's own .css file.",
    )


def _too_big(name: str, limit: int) -> Problem:
    return Problem(
        "image-too-large",
        f"`{name}` is larger than {limit // 1024 // 1024} MB.",
        "Make it smaller; a logo needs a few hundred kilobytes at most.",
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
