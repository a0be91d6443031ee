"""Answers of the application: the page, JSON, frames and refusals; and reading of requests."""

import json
import secrets
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from advocacy.preview.people import MOST_CHARACTERS, Name, RequestModel, TabName, Text

PAGE = Path(__file__).with_name("page")
BUNDLE = "editor.bundle.js"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
MOST_BODY_BYTES = 4_000_000
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""The content policy of frames: the email and the timeline carry their own styles."""
TOO_LONG = {
    "problems": [
        {
            "code": "text-too-long",
            "level": "error",
            "message": f"This text is too long: the limit is {MOST_CHARACTERS:,} characters "
            "for each file.",
            "hint": "Shorten it, or move parts of it to partials.",
        }
    ]
}
NO_STORE = {"cache-control": "no-store"}
RequestBody = TypeVar("RequestBody", bound=BaseModel)


class SaveFile(RequestModel):
    """A file's new text, and the digest of the text that was opened."""

    desk: Name
    name: Name
    text: Text
    base: Name


class SaveField(SaveFile):
    """The new text of one value of a YAML file, with the keys that lead to it."""

    keys: tuple[str | int, ...]


class CopyFile(RequestModel):
    """The built-in file to copy into the campaign's folder."""

    desk: Name
    name: Name


class RemoveUnsaved(RequestModel):
    """The tab whose unsaved texts are not wanted any more: `id`."""

    desk: Name
    id: TabName


class Refused(Exception):  # noqa: N818 - it becomes an answer
    """A request that is refused, with the HTTP status and the JSON of the answer."""

    def __init__(self, status: int, content: dict[str, Any] | None = None) -> None:
        super().__init__(status)
        self.status, self.content = status, content or {"problems": []}


async def read_body(request: Request, model: type[RequestBody]) -> RequestBody:
    """Read a request's JSON as a `model`. Raises Refused (400, 415, or 413 for long texts)."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BODY_BYTES:
            raise Refused(413, TOO_LONG)
    try:
        return model.model_validate(json.loads(data))
    except ValidationError as error:
        if any(one["type"] == "string_too_long" for one in error.errors(include_url=False)):
            raise Refused(413, TOO_LONG) from None
        raise Refused(400) from None
    except (ValueError, RecursionError):  # the latter of deep brackets
        raise Refused(400) from None


async def answer_refused(_request: Request, error: Exception) -> Response:
    """Answer a request that raised Refused."""
    if not isinstance(error, Refused):
        raise error
    return json_answer(error.content, error.status)


def json_answer(content: Any, status: int = 200) -> Response:
    """Answer with JSON, which no browser stores."""
    return JSONResponse(content, status_code=status, headers=NO_STORE)


def frame_answer(html: str) -> Response:
    """Answer with a document for a frame, which can run and fetch nothing."""
    return HTMLResponse(html, headers={"content-security-policy": FRAME_POLICY, **NO_STORE})


async def empty_frame(_request: Request) -> Response:
    """Answer with the empty document into which the page puts the email."""
    title = "<title>The letter as email</title>"
    return frame_answer(f"<!doctype html><html lang='en'><head>{title}</head><body></body></html>")


def index_page(*, read_only: bool) -> Response:
    """Answer with the page; its content policy allows only the page's own files."""
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


async def page_file(request: Request) -> Response:
    """Answer with a script, the style or a license of the page. Raises Refused (404)."""
    name = request.path_params["name"]
    path = next((p for p in PAGE.iterdir() if p.name == name and p.suffix in TYPES), None)
    if path is None:
        raise Refused(404)
    return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=NO_STORE)
