"""A running preview, and a browser that looks at it."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ..conftest import SMALL_CAMPAIGN, SMALL_LETTER
from ..forking import ForkedRun, ForkingServer

PAGE = Path(__file__).resolve().parents[2] / "advocacy" / "preview" / "page"


@dataclass
class Running:
    """`advocacy preview` in a process of its own."""

    process: ForkedRun | subprocess.Popen[str]
    address: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def root(self) -> str:
        return urlsplit(self.address).path

    def ask(
        self, path: str, content: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """A question as the page asks it: GET, or POST with content."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is None:
            connection.request("GET", self.root + path, headers=given)
        else:
            sent = {"content-type": "application/json", "origin": f"http://{self.host}"} | given
            connection.request("POST", self.root + path, json.dumps(content), sent)
        with contextlib.closing(connection):
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def get(self, path: str) -> Any:
        """The JSON of an answer."""
        status, _, data = self.ask(path)
        assert status == 200, data
        return json.loads(data)

    def end(self) -> int:
        """End it as Ctrl-C does; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@dataclass
class Tab:
    """The line of server-sent events of one tab, without a browser."""

    running: Running
    desk: str = "a-tab-of-tests"
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        connection = http.client.HTTPConnection(self.running.host, timeout=60)
        connection.request("GET", f"{self.running.root}events?desk={self.desk}")
        line = connection.getresponse()
        assert line.readline() == b"retry: 500\n"
        threading.Thread(target=self._listen, args=(connection, line), daemon=True).start()

    def _listen(
        self, connection: http.client.HTTPConnection, line: http.client.HTTPResponse
    ) -> None:
        kind = ""
        with contextlib.closing(connection), contextlib.closing(line), contextlib.suppress(OSError):
            for raw in line:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self.events.append((kind, json.loads(value)))

    def show(self, **content: Any) -> None:
        status, _, _ = self.running.ask("show", {"desk": self.desk, **content})
        assert status == 204

    def told(self, name: str, after: int = 0) -> Any:
        """The first value of that name among the events from that number on."""
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            for _, payload in self.events[after:]:
                if name in payload:
                    return payload[name]
            time.sleep(0.01)
        raise AssertionError(f"nothing of {name} in {[sorted(p) for _, p in self.events[after:]]}")


def begin(server: ForkingServer, campaign: Path, *options: str) -> Running:
    """Start the preview of a campaign."""
    reading, writing = os.pipe()
    with Path(os.devnull).open("r+") as nothing:
        process = server.begin(
            ["preview", str(campaign), "--no-open", *options],
            campaign.parent,
            os.environ | {"NO_COLOR": "1"},
            [nothing.fileno(), writing, nothing.fileno()],
        )
    os.close(writing)
    with os.fdopen(reading) as printed:
        return Running(process, printed.readline().strip())


def stop(one: Running) -> None:
    """Make sure that a preview has ended."""
    one.process.kill()
    one.process.wait(20)


@pytest.fixture
def start(forking_server: ForkingServer) -> Iterator[Callable[..., Running]]:
    """`start(campaign, "--read-only")`: the preview of a campaign, ended after the test."""
    running: list[Running] = []

    def started(campaign: Path, *options: str) -> Running:
        running.append(begin(forking_server, campaign, *options))
        assert running[-1].address.startswith("http://127.0.0.1:"), running[-1].address
        return running[-1]

    yield started
    for one in running:
        stop(one)


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str]) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not (PAGE / "editor.bundle.js").is_file():
        pytest.skip("needs the editor's bundle (make editor)")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=tool("chromium"), args=arguments)
        yield chromium
        chromium.close()


class Page:
    """What somebody sees and does on the page. Whatever a console says fails the test."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        if hasattr(browser, "contexts"):
            options = {"viewport": {"width": 1440, "height": 900}} | options
        self.tab = browser.new_page(**options)
        self.said: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.set_default_timeout(60_000)
        self.tab.goto(address)

    def ready(self) -> "Page":
        """Wait for the first page on paper, and for what stands beside it."""
        self.tab.wait_for_selector("#pages img")
        self.until("document.querySelectorAll('#facts li').length > 0")
        return self

    def until(self, holds: str) -> None:
        """Wait until an expression holds."""
        self.tab.wait_for_function(f"() => {holds}")

    def see(self, words: str, where: str = "#plain") -> None:
        """Wait until words stand somewhere."""
        self.tab.wait_for_function(
            "([where, words]) => (document.querySelector(where)?.textContent ?? '')"
            ".replace(/\\s+/g, ' ').includes(words)",
            arg=[where, words],
        )

    def see_not(self, words: str, where: str = "#plain") -> None:
        """Wait until words stand there no more."""
        self.tab.wait_for_function(
            "([where, words]) => !(document.querySelector(where)?.textContent ?? '')"
            ".replace(/\\s+/g, ' ').includes(words)",
            arg=[where, words],
        )

    def good(self, good: bool = True) -> None:
        """Wait until the letter is good, or stale."""
        self.tab.wait_for_selector(f"#letter[data-stale={'no' if good else 'yes'}]")

    def own_copy(self) -> None:
        """Copy the built-in letter, as the button does."""
        self.tab.click("text=Make my own copy")
        self.tab.wait_for_selector("#notice", state="hidden")
        self.tab.wait_for_selector(".editor:not([hidden]) .cm-content[contenteditable=true]")

    def to(self, words: str, *, end: bool = True) -> None:
        """Put the cursor behind (or before) words of the text, with the search of the editor."""
        self.tab.click(".editor:not([hidden]) .cm-content")
        self._search(words)
        self.tab.keyboard.press("ArrowRight" if end else "ArrowLeft")

    def replace(self, old: str, new: str) -> None:
        """Select words of the text and type others."""
        self.tab.focus(".editor:not([hidden]) .cm-content")  # a click may open a command
        self.tab.keyboard.press("Control+Home")
        self._search(old)
        self.tab.keyboard.insert_text(new)

    def _search(self, words: str) -> None:
        self.tab.keyboard.press("Control+f")
        self.tab.wait_for_selector(".cm-search [name=search]:focus")
        self.tab.keyboard.press("Control+a")
        self.tab.keyboard.type(words)
        self.tab.keyboard.press("Enter")
        self.tab.keyboard.press("Escape")

    def text(self) -> str:
        """What stands in the editor."""
        lines = self.tab.eval_on_selector_all(
            ".editor:not([hidden]) .cm-line", "lines => lines.map(line => line.textContent)"
        )
        return "\n".join(lines)

    def save(self) -> None:
        """Save with the keyboard, and wait until it is done."""
        self.tab.keyboard.press("Control+s")
        self.saved()

    def saved(self) -> None:
        """Wait until the page says that it is saved."""
        self.until("document.getElementById('saved').textContent === 'Saved'")

    def close(self) -> None:
        self.tab.close()
        # A browser writes down every answer that says no; a conflict is one.
        assert [words for words in self.said if "409 (Conflict)" not in words] == []


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Page]]:
    """`visit(address)`: a tab of the browser at the page; closed, and quiet, after the test."""
    pages: list[Page] = []

    def opened(address: str, **options: Any) -> Page:
        pages.append(Page(browser, address, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def shared_tab(
    browser: Any, shared_campaign: Path, forking_server: ForkingServer
) -> Iterator[Page]:
    """A tab at the preview of the shared campaign, one for all tests of a module."""
    running = begin(forking_server, shared_campaign)
    page = Page(browser, running.address)
    page.tab.on("dialog", lambda dialog: dialog.accept())
    yield page
    try:
        page.close()
    finally:
        stop(running)


@pytest.fixture
def page(shared_tab: Page, shared_campaign: Path) -> Page:
    """The shared tab, loaded anew with the campaign as it was at first."""
    folder = shared_campaign.parent
    for name in (".advocacy/unsaved", ".advocacy/history", ".advocacy/comments"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "templates/letters/open.md").write_text(SMALL_LETTER, "utf-8")
    shared_campaign.write_text(SMALL_CAMPAIGN, "utf-8")
    shared_tab.tab.reload()
    return shared_tab.ready()
