"""Addresses that answer, asked of a server on this machine."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from advocacy.campaign.sources import Source
from advocacy.checks.facts.links import ask_address, check_links

GONE_PORT = 9  # discard: nobody listens there


class Site(BaseHTTPRequestHandler):
    """`/status/404`, `/to/301/good`, `/head/405`, `/slow`, `/circle`, `/good`."""

    asked: list[str] = []  # noqa: RUF012

    def do_HEAD(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        _, kind, *rest = self.path.split("/")
        if kind == "to":
            self.answer(int(rest[0]), f"/{'/'.join(rest[1:])}")
        elif kind == "circle":
            self.answer(302, "/circle")
        elif kind == "leave":
            self.answer(302, "ftp://example.org/")
        elif kind == "head":
            self.answer(int(rest[0]) if self.command == "HEAD" else 200)
        elif kind == "slow":
            time.sleep(1.5)
        elif kind == "cut":
            self.connection.close()
        else:
            self.answer(int(rest[0]) if kind == "status" else 200)

    do_GET = do_HEAD  # noqa: N815

    def answer(self, status: int, location: str | None = None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/good", "good"),
        ("/good#part", "good"),
        ("/über uns", "good"),
        ("/status/404", "dead"),
        ("/status/410", "dead"),
        ("/circle", "dead"),
        ("/status/403", "unsure"),
        ("/status/429", "unsure"),
        ("/status/500", "unsure"),
        ("/leave", "unsure"),
        ("/cut", "unsure"),
        ("/head/405", "good"),
        ("/head/404", "good"),
        ("/to/301/good", "moved"),
        ("/to/308/good", "moved"),
        ("/to/302/good", "good"),
        ("/to/307/to/301/good", "good"),
        ("/to/301/status/404", "dead"),
    ],
)
def test_what_a_server_may_answer(site: str, path: str, state: str) -> None:
    assert ask_address(site + path, timeout=5).state == state


def test_where_it_moved_is_told(site: str) -> None:
    assert ask_address(f"{site}/to/301/to/308/good", timeout=5).detail == f"{site}/good"
    assert ask_address(f"{site}/to/301/to/302/good", timeout=5).detail == f"{site}/to/302/good"


def test_a_server_that_takes_too_long_is_left(site: str) -> None:
    assert ask_address(f"{site}/slow", timeout=0.2).detail == "the server took too long"


def test_a_page_is_asked_for_its_head_alone(site: str) -> None:
    Site.asked.clear()
    ask_address(f"{site}/good", timeout=5)
    assert Site.asked == ["HEAD /good"]


def source(name: str, url: str | None = None, **more: Any) -> Source:
    return Source.model_validate({"id": name, "type": "webpage", "URL": url, **more})


def test_each_source_is_told_with_its_cure(site: str) -> None:
    found = check_links(
        [
            source("good", f"{site}/good"),
            source("gone", f"{site}/status/404"),
            source("moved", f"{site}/to/301/good"),
            source("odd", f"{site}/status/500"),
            source("print"),
            source("nobody", f"http://127.0.0.1:{GONE_PORT}/"),
        ],
        timeout=5,
    )
    assert {p.code: p.message for p in found}.keys() == {"link-dead", "link-moved", "link-unsure"}
    messages = "\n".join(p.message for p in found)
    assert "`gone` does not answer: the page does not exist (404)" in messages
    assert f"`moved` redirects permanently to {site}/good" in messages
    assert "`odd` could not be checked: the server answers 500 Internal Server Error" in messages
    assert "`nobody` does not answer: the server refuses connections" in messages


def test_one_address_is_asked_once_for_all_its_sources(site: str) -> None:
    Site.asked.clear()
    found = check_links([source("a", f"{site}/head/405"), source("b", f"{site}/head/405")])
    assert found == []
    assert Site.asked == ["HEAD /head/405", "GET /head/405"]


def test_a_machine_without_network_is_told_once() -> None:
    sources = [source(f"s{n}", f"http://127.0.0.{n}:{GONE_PORT}/") for n in (1, 2, 3)]
    (problem,) = check_links(sources, timeout=2)
    assert problem.code == "link-unsure"
    assert "None of 3 servers could be reached" in problem.message


def test_no_address_is_asked_unless_wished(house: Any, site: str) -> None:
    house.spoil("sources.yaml", "https://widget.example/stopped", f"{site}/status/404")
    house.spoil("sources.yaml", "https://paper.example/acme", f"{site}/good")
    house.spoil("sources.yaml", "https://acme.example/decision", f"{site}/good")
    Site.asked.clear()
    assert "link-dead" not in {p.code for p in house.check()}
    assert Site.asked == []
    (problem,) = house.found("link-dead", links=True)
    assert problem.place.path.name == "sources.yaml"
