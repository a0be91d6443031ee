"""Pictures in an email: parts of the message itself, for it fetches nothing."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import escape

from advocacy.documents.prose import body_pictures
from advocacy.documents.screen_pictures import ScreenPicture, screen_picture
from advocacy.files.pictures import Picture, find_picture
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import Prose

_LINE_WIDTH = 504
"""The width of a line of the sheet in pixels of CSS."""
_LOGO, _SIGNATURE = (200, 72), (200, 56)
"""The largest width and height of a logo and of a signature, in pixels of CSS."""
_ADDRESS = re.compile(r"cid:([0-9a-f]{32})@pictures\.invalid")


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A picture as the layout shows it: the address of its part, and its size in pixels of CSS."""

    src: str
    width: int
    height: int


def logo_picture(name: str | None, workspace: Workspace) -> InlinePicture | None:
    """The sender's logo, if there is one.

    Raises AdvocacyError where it is missing or broken.
    """
    return _shown(name, workspace, *_LOGO) if name else None


def signature_pictures(
    names: Iterable[str | None], workspace: Workspace
) -> dict[str, InlinePicture]:
    """The pictures of signatures by the names of their files.

    Raises AdvocacyError where one is missing or broken.
    """
    return {name: _shown(name, workspace, *_SIGNATURE) for name in names if name}


def _shown(name: str, workspace: Workspace, widest: int, highest: int) -> InlinePicture:
    picture = _picture(name, workspace)
    scale = min(1.0, widest / picture.width, highest / picture.height)
    width, height = round(picture.width * scale), round(picture.height * scale)
    return InlinePicture(f"cid:{_content_id(picture)}", max(1, width), max(1, height))


def picture_tags(body: Prose, language: str, workspace: Workspace) -> list[str]:
    """The HTML of each picture of a body, with the address of its part.

    Raises AdvocacyError where one is missing or broken.
    """
    tags = []
    for picture in body_pictures(body, language):
        shown = _picture(picture.name, workspace)
        width = min(shown.width, _LINE_WIDTH)
        if picture.width:
            width = round(_LINE_WIDTH * picture.width / 100)
        tags.append(
            f'<img src="cid:{_content_id(shown)}" alt="{escape(picture.alt)}" width="{width}">'
        )
    return tags


def picture_parts(pictures: Iterable[Picture], workspace: Workspace) -> list[list[bytes]]:
    """A letter's pictures as parts of a message: header, empty line and content (RFC 2392)."""
    parts: dict[str, bytes] = {}
    for picture in pictures:
        shown = _picture(picture.name, workspace)
        name = _content_id(shown)
        lines = binascii.b2a_base64(shown.data, newline=False)
        content = b"\r\n".join(lines[at : at + 76] for at in range(0, len(lines), 76))
        header = (
            f"Content-Type: {shown.kind}\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-ID: <{name}>\r\nContent-Disposition: inline\r\n\r\n"
        )
        parts[name] = header.encode() + content + b"\r\n"
    return [[part] for part in parts.values()]


def with_pictures(html: str, pictures: Iterable[Picture], workspace: Workspace) -> str:
    """The HTML as a document that stands alone, with its pictures in it."""
    if "cid:" not in html:
        return html
    known = {}
    for picture in pictures:
        shown = _picture(picture.name, workspace)
        data = base64.b64encode(shown.data).decode()
        known[_content_id(shown)] = f"data:{shown.kind};base64,{data}"
    return _ADDRESS.sub(lambda found: known.get(found[0].removeprefix("cid:"), found[0]), html)


def _picture(name: str, workspace: Workspace) -> ScreenPicture:
    return screen_picture(find_picture(name, workspace), workspace.file(name))


def _content_id(picture: ScreenPicture) -> str:
    return f"{hashlib.sha256(picture.data).hexdigest()[:32]}@pictures.invalid"
