"""Check whether the addresses of sources answer: the only check that uses the network."""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from advocacy.campaign.sources import Source
from advocacy.checks.codes import problem
from advocacy.errors import Problem
from advocacy.resources import version

REDIRECTS_AT_MOST = 10
_FOR_GOOD = {301, 308}
_FOR_NOW = {302, 303, 307}
_GONE = {404: "the page does not exist", 410: "the page was taken down"}
# Answers to HEAD after which it is worth asking for the page itself.
_ASK_AGAIN = {400, 401, 403, 404, 405, 406, 409, 410, 429, 500, 501, 502, 503}

State = Literal["good", "moved", "dead", "unsure", "unreachable"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address came to: `detail` is the reason, or the address it moved to."""

    state: State
    detail: str = ""


def check_links(
    sources: Iterable[Source], *, timeout: float = 15, workers: int = 8
) -> list[Problem]:
    """Ask every source's address for an answer; one server gets one request at a time."""
    wanted: dict[str, list[Source]] = {}
    for source in sources:
        address = source.url or (f"https://doi.org/{quote(source.doi)}" if source.doi else None)
        if address and urlsplit(address).scheme in ("http", "https"):
            wanted.setdefault(address, []).append(source)
    servers: dict[str, list[str]] = {}
    for address in wanted:
        servers.setdefault(urlsplit(address).netloc, []).append(address)

    def ask_all(addresses: list[str]) -> list[tuple[str, Answer]]:
        return [(address, ask_address(address, timeout)) for address in addresses]

    with ThreadPoolExecutor(max_workers=workers) as pool:
        answers = dict(pair for pairs in pool.map(ask_all, servers.values()) for pair in pairs)
    if len(servers) > 1 and all(answer.state == "unreachable" for answer in answers.values()):
        reason = next(iter(answers.values())).detail
        return [
            problem(
                "link-unsure",
                f"None of {len(servers)} servers could be reached ({reason}).",
                "Check the network connection, and run the command again.",
                None,
            )
        ]
    return [
        found
        for address, answer in answers.items()
        for source in wanted[address]
        for found in _problems(source, address, answer)
    ]


def _problems(source: Source, address: str, answer: Answer) -> Iterator[Problem]:
    place = source.place("URL" if source.url else "DOI")
    if answer.state in ("dead", "unreachable"):
        yield problem(
            "link-dead",
            f"The address of `{source.id}` does not answer: {answer.detail} ({address}).",
            "Find the page's new address, or cite a copy of it in a web archive.",
            place,
        )
    elif answer.state == "unsure":
        yield problem(
            "link-unsure",
            f"The address of `{source.id}` could not be checked: {answer.detail} ({address}).",
            "Open the address in a browser.",
            place,
        )
    elif answer.state == "moved":
        yield problem(
            "link-moved",
            f"The address of `{source.id}` redirects permanently to {answer.detail}.",
            "Use the new address if the page is the same.",
            place,
        )


_FAILURES = (
    (TimeoutError, Answer("unsure", "the server took too long")),
    (socket.gaierror, Answer("unreachable", "the server does not exist")),
    (ConnectionRefusedError, Answer("unreachable", "the server refuses connections")),
    (ssl.SSLError, Answer("unsure", "its certificate is not valid")),
)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to us: urllib does not tell permanent ones from temporary ones."""

    def redirect_request(self, *_args: object) -> None:
        """Follow none."""
        return


_OPENER = urllib.request.build_opener(_Stay)


def ask_address(address: str, timeout: float) -> Answer:
    """Request an address, and follow its redirects."""
    at, lasting = urldefrag(address).url, True
    moved_to = ""
    for _ in range(REDIRECTS_AT_MOST):
        answer = _request("HEAD", at, timeout)
        if not isinstance(answer, Answer) and answer[0] in _ASK_AGAIN:
            answer = _request("GET", at, timeout)
        if isinstance(answer, Answer):
            return answer
        status, location = answer
        if status in _FOR_GOOD | _FOR_NOW and location:
            try:
                at = urljoin(at, location)
            except ValueError:  # a bracket that is not closed
                return Answer("unsure", f"it redirects to {location}")
            if urlsplit(at).scheme not in ("http", "https"):
                return Answer("unsure", f"it redirects to {at}")
            lasting = lasting and status in _FOR_GOOD
            moved_to = at if lasting else moved_to
            continue
        if status in _GONE:
            return Answer("dead", f"{_GONE[status]} ({status})")
        if status >= 400:
            phrase = http.client.responses.get(status, "")
            return Answer("unsure", f"the server answers {status} {phrase}".strip())
        return Answer("moved", moved_to) if moved_to else Answer("good")
    return Answer("dead", "it redirects in a loop")


def _request(method: str, address: str, timeout: float) -> Answer | tuple[int, str | None]:
    """Request an address: the status and where it leads, or the answer if there is none."""
    headers = {
        "User-Agent": f"Mozilla/5.0 (compatible; advocacy/{version()})",
        "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
    }
    safe = quote(address, safe="%/:=&?~#+!$,;'@()*[]")  # letters beyond ASCII, as browsers do
    request = urllib.request.Request(safe, method=method, headers=headers)  # noqa: S310
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            return response.status, response.headers.get("Location")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location")
    except urllib.error.URLError as error:
        return _failed(error.reason)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _failed(error)


def _failed(reason: object) -> Answer:
    broke = Answer("unsure", f"the connection broke ({reason or type(reason).__name__})")
    return next((answer for kind, answer in _FAILURES if isinstance(reason, kind)), broke)
