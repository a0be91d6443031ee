"""What the application answers with: the page itself, refusals, and how questions are read."""

import json
import secrets
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from advocacy.preview.people import Name, Text

PAGE = Path(__file__).with_name("page")
BUNDLE = "editor.bundle.js"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
BODY_AT_MOST = 4_000_000
ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""For what is shown in a frame: the email and the timeline have styles in themselves."""
NO_STORE = {"cache-control": "no-store"}
Asked = TypeVar("Asked", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Save(_Body):
    """A file's new text, and the digest of what it was when it was opened."""

    desk: Name
    name: Name
    text: Text
    base: Name


class SaveField(Save):
    """The same for one text of a YAML file."""

    keys: tuple[str | int, ...]


class Copy(_Body):
    """A built-in file to be copied beside the campaign."""

    desk: Name
    name: Name


class Refused(Exception):  # noqa: N818 - it becomes an answer
    """What the page asked and cannot have; becomes the answer."""

    def __init__(self, status: int, content: dict[str, Any] | None = None) -> None:
        super().__init__(status)
        self.status, self.content = status, content or {"problems": []}


async def body(request: Request, model: type[Asked]) -> Asked:
    """What a request says, as JSON of a known form. Raises Refused."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY_AT_MOST:
            raise Refused(413)
    try:
        return model.model_validate(json.loads(data))
    except (ValidationError, ValueError):
        raise Refused(400) from None


async def refused(_request: Request, error: Exception) -> Response:
    """The answer that says no."""
    if not isinstance(error, Refused):
        raise error
    return answer(error.content, error.status)


def answer(content: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return JSONResponse(content, status_code=status, headers=NO_STORE)


def framed(html: str) -> Response:
    """A document for a frame, which can run nothing and fetch nothing."""
    return HTMLResponse(html, headers={"content-security-policy": ALONE, **NO_STORE})


async def frame(_request: Request) -> Response:
    """The empty document that the email is put into."""
    title = "<title>The letter as email</title>"
    return framed(f"<!doctype html><html lang='en'><head>{title}</head><body></body></html>")


def index(*, read_only: bool) -> Response:
    """The page. Its policy lets nothing in but the files that stand beside it."""
    nonce = secrets.token_urlsafe(16)
    html = (PAGE / "index.html").read_text("utf-8")
    html = html.replace("{{nonce}}", nonce)
    html = html.replace("{{read_only}}", "yes" if read_only else "no")
    html = html.replace("{{editor}}", "bundle" if (PAGE / BUNDLE).is_file() else "plain")
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        f"style-src 'self' 'nonce-{nonce}'; frame-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"content-security-policy": policy, **NO_STORE})


async def file_of_page(request: Request) -> Response:
    """A script, the style, or a licence of the page."""
    name = request.path_params["name"]
    path = next((one for one in PAGE.iterdir() if one.name == name and one.suffix in TYPES), None)
    if path is None:
        raise Refused(404)
    return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=NO_STORE)
