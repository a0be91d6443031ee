"""Whether a file is a picture that letters may show: judged by content, never by its name."""

import hashlib
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import by_file, once_per_run
from advocacy.files.text import read_start
from advocacy.files.workspace import Workspace

BIGGEST_FILE = 24 * 1024 * 1024
BIGGEST_IMAGE = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000

IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"))
"""The media types of pictures."""


class RefusedFile(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """That a file is not to be loaded, with the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a letter shows: its path from the campaign's folder, and what it holds.

    `digest` is the SHA-256 sum of its bytes, in hexadecimal.
    """

    name: str
    kind: str
    digest: str


def find_picture(name: str, workspace: Workspace, place: Place | None = None) -> Picture:
    """The picture of that name, from the campaign's folder.

    Raises AdvocacyError where it lies outside the workspace, is missing, broken or too large.
    """
    path = once_per_run(("picture", workspace, name), lambda: workspace.file(name, place))
    found = by_file(str(path), ("picture", name), lambda: _found(path, name))
    if isinstance(found, Problem):
        raise AdvocacyError(replace(found, place=place))
    return found


def _found(path: Path, name: str) -> Picture | Problem:
    problem = image_problem(path, name)
    if problem is not None:
        return problem
    data = read_start(path, BIGGEST_FILE)
    return Picture(name, sniff(data) or "", hashlib.sha256(data).hexdigest())


def image_problem(path: Path, name: str) -> Problem | None:
    """What is wrong with a picture that a campaign names, or None.

    Judges by content, not by the file's name.
    """
    try:
        data = read_start(path, BIGGEST_FILE + 1)
        kind = checked_kind(data, name)
    except RefusedFile as refused:
        return refused.problem
    except AdvocacyError as error:
        return error.problems[0]
    return None if kind in IMAGES else _wrong_kind(name, data)


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


def checked_kind(data: bytes, name: str) -> str:
    """The media type, once the content has been looked at."""
    kind = sniff(data)
    if kind is None:
        raise RefusedFile(_wrong_kind(name, data))
    if kind not in IMAGES:
        return kind
    if len(data) > BIGGEST_IMAGE:
        raise RefusedFile(too_big(name, BIGGEST_IMAGE))
    look = _vector_problem if kind == "image/svg+xml" else _raster_problem
    problem = look(data, name)
    if problem:
        raise RefusedFile(problem)
    return kind


def eight_bits(data: bytes) -> bytes:
    """A picture as it is printed: a PNG with 16 bits of gray, as scanners make it, gets 8.

    WeasyPrint would print it as a broken black block.
    """
    # Bits and kind of color in a PNG's first chunk.
    if sniff(data) != "image/png" or data[24:26] != b"\x10\x00":
        return data
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        levels = image.convert("I;16").tobytes()  # two bytes each, the lower one first
        gray = Image.frombytes("L", image.size, levels[1::2])
        clear = image.info.get("transparency")  # the level that is paper, if any
        if isinstance(clear, int):
            pairs = zip(levels[::2], levels[1::2], strict=True)
            paper = (clear & 0xFF, clear >> 8)
            seen = bytes(0 if pair == paper else 255 for pair in pairs)
            gray.putalpha(Image.frombytes("L", image.size, seen))
        out = BytesIO()
        gray.save(out, "PNG")
    return out.getvalue()


def _vector_problem(data: bytes, name: str) -> Problem | None:
    from advocacy.files.svg import svg_problem  # here: few letters have such a picture

    return svg_problem(data, name)


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
        f"Make it smaller. The limit is {MOST_PIXELS // 1_000_000} million pixels; a width of "
        "2,000 pixels is enough.",
    )


def _wrong_kind(name: str, data: bytes) -> Problem:
    """That a file is nothing that letters load; named like a picture, it was meant as one."""
    if name.lower().endswith(".css"):
        cure = "Write CSS in the layout's own .css file."
    elif not data:
        cure = "The file is empty. Save the picture again."
    else:
        cure = "It contains something else. Save the picture as PNG, JPEG, or SVG."
    return Problem(
        "wrong-kind-of-file",
        f"`{name}` is neither a picture (PNG, JPEG, GIF, WebP, SVG) nor a font.",
        cure,
    )


def too_big(name: str, limit: int) -> Problem:
    """That a file has more bytes than letters may load."""
    return Problem(
        "image-too-large",
        f"`{name}` is larger than {limit // 1024 // 1024} MB.",
        "Make it smaller; a logo needs a few hundred kilobytes at most.",
    )
