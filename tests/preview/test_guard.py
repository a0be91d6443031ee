"""Nobody but the page itself, at the address that was printed, gets an answer."""

import asyncio
from typing import Any

import pytest

from advocacy.preview.server import AccessGuard

TOKEN = "a-token-of-24-characters"
HERE = "127.0.0.1:8000"
PAGE = f"http://{HERE}"


def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str | None]:
    """The answer's status and headers, and the path that the application was asked for."""
    asked: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
    }
    asyncio.run(AccessGuard(app, TOKEN, 8000)(scope, None, send))  # type: ignore[arg-type]
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, asked[0] if asked else None


def test_the_printed_address_is_answered_and_the_application_never_sees_the_token() -> None:
    status, headers, path = ask(f"/{TOKEN}/static/main.js")
    assert (status, path) == (200, "/static/main.js")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    "path",
    ["/", "", f"/{TOKEN}", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", "/other/", f"//{TOKEN}/", "/é/"],
)
def test_without_the_whole_token_there_is_nothing(path: str) -> None:
    status, _, asked = ask(path)
    assert (status, asked) == (404, None)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001", "[::1]:8000"]
)
def test_a_name_that_somebody_gave_this_machine_is_refused(host: str) -> None:
    status, _, asked = ask(f"/{TOKEN}/", host=host)
    assert (status, asked) == (421, None)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"https://{HERE}", "http://x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_page_is_refused_whatever_it_asks(origin: str, method: str) -> None:
    status, _, asked = ask(f"/{TOKEN}/save", method, origin=origin)
    assert (status, asked) == (403, None)


def test_another_site_is_refused_where_the_browser_says_so() -> None:
    for site in ("cross-site", "same-site"):
        assert ask(f"/{TOKEN}/", sec_fetch_site=site)[0] == 403
    for site in ("same-origin", "none"):
        assert ask(f"/{TOKEN}/", sec_fetch_site=site)[0] == 200


def test_a_file_may_open_the_page_and_nothing_else() -> None:
    from_file = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}
    assert ask(f"/{TOKEN}/", **from_file)[0] == 200
    assert ask(f"/{TOKEN}/file", **from_file)[0] == 403
    assert ask(f"/{TOKEN}/", "POST", **from_file)[0] == 403
    assert ask(f"/{TOKEN}/", **(from_file | {"sec-fetch-dest": "iframe"}))[0] == 403


def test_nothing_is_changed_without_an_origin() -> None:
    assert ask(f"/{TOKEN}/save", "POST")[0] == 403
    assert ask(f"/{TOKEN}/save", "POST", origin=PAGE)[0] == 200
