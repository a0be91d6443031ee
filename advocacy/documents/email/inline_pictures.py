"""Pictures in an email: parts of the message itself, for it fetches nothing."""

import base64
import binascii
import hashlib
import re

from markupsafe import escape

from advocacy.documents.prose import body_pictures
from advocacy.documents.screen_pictures import ScreenPicture, screen_picture
from advocacy.files.pictures import find_picture
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import Prose

_LINE_WIDTH = 504
"""The width of a line of the sheet in pixels of CSS."""
_ADDRESS = re.compile(r"cid:([0-9a-f]{32})@pictures\.invalid")


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


def picture_parts(body: Prose, language: str, workspace: Workspace) -> list[list[bytes]]:
    """The pictures of a body as parts of a message: header, empty line and content (RFC 2392)."""
    parts: dict[str, bytes] = {}
    for picture in body_pictures(body, language):
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


def with_pictures(html: str, body: Prose, language: str, workspace: Workspace) -> str:
    """The HTML as a document that stands alone, with its pictures in it."""
    if "cid:" not in html:
        return html
    known = {}
    for picture in body_pictures(body, language):
        shown = _picture(picture.name, workspace)
        data = base64.b64encode(shown.data).decode()
        known[_content_id(shown)] = f"data:{shown.kind};base64,{data}"
    return _ADDRESS.sub(lambda found: known.get(found[0].removeprefix("cid:"), found[0]), html)


def _picture(name: str, workspace: Workspace) -> ScreenPicture:
    return screen_picture(find_picture(name, workspace), workspace.file(name))


def _content_id(picture: ScreenPicture) -> str:
    return f"{hashlib.sha256(picture.data).hexdigest()[:32]}@pictures.invalid"
