"""What every test may use, and what none may do.

Skip reasons follow one convention: `needs qpdf (apt-get install qpdf)`. With
`ADVOCACY_NO_SKIPS=1`, as `.ci/run` sets it, such a skip is a failure.
"""

import difflib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import HealthCheck, settings

from .forking import ForkingServer

if TYPE_CHECKING:
    from advocacy.campaign.loading import Campaign
    from advocacy.letters.letter import Letter

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "tests" / "goldens"
NODE_MODULES = ROOT / "tests" / "tools" / "node_modules"
NEEDS = re.compile(r"\bneeds\b|could not import")
DEBIAN_PACKAGE = {
    "chromium": "chromium",
    "java": "default-jre-headless",
    "node": "nodejs",
    "openssl": "openssl",
    "pdffonts": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "pdftotext": "poppler-utils",
    "postfix": "postfix",
    "qpdf": "qpdf",
    "smtp-sink": "postfix",
    "smtp-source": "postfix",
    "spamassassin": "spamassassin",
    "strace": "strace",
}

# No deadline: two busy cores are slow at times. In CI the values are those of the code, as in
# hypothesis' own profile `ci`: it fails for a change alone. All other runs try new values, and the
# printed blob repeats a failure. `make test-slow` runs the same tests with `many`.
settings.register_profile(
    "few",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=20,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("many", settings.get_profile("few"), max_examples=100)
settings.load_profile("few")


# A shell starts what it runs in the background deaf to Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-goldens",
        action="store_true",
        help="write what the tests get to tests/goldens/ instead of comparing with it",
    )


# --- skips that must not happen where everything is installed ----------------------------------


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("ADVOCACY_NO_SKIPS") != "1" or not report.skipped:
        return
    if hasattr(report, "wasxfail") or not isinstance(report.longrepr, tuple):
        return
    path, line, reason = report.longrepr
    if NEEDS.search(reason):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: {reason}\n(skips are failures: ADVOCACY_NO_SKIPS=1)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


# --- no network --------------------------------------------------------------------------------


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check_address(sock: socket.socket, address: object) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        host = address[0] if isinstance(address, tuple) else address
        if not _is_here(host):
            pytest.fail(f"a test reached for the network: {host!r}", pytrace=True)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection, datagram and name that leaves this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> None:
        _check_address(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        _check_address(self, address)
        return connect_ex(self, address)

    def checked_sendto(self: socket.socket, data: Any, *args: Any) -> int:
        _check_address(self, args[-1])
        return sendto(self, data, *args)

    def checked_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            pytest.fail(f"a test looked up a name on the network: {host!r}", pytrace=True)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket.socket, "sendto", checked_sendto)
        patch.setattr(socket, "getaddrinfo", checked_getaddrinfo)
        yield


@pytest.fixture(autouse=True, scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the test run's own; its workers share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "advocacy-cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADVOCACY_CACHE", str(folder))
        patch.setenv("XDG_STATE_HOME", str(base / "state"))
        yield folder


# --- places and tools --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that stands beside the checkout; read-only."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the shared data folder (../shared/data beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """`tool("qpdf")`: the path of a program, or skip."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"needs {name} (apt-get install {DEBIAN_PACKAGE.get(name, name)})")
        return path

    return find


@pytest.fixture(scope="session")
def node_tool() -> Callable[[str], Path]:
    """`node_tool("axe-core/axe.min.js")`: a file of the npm packages of the tests, or skip."""

    def find(name: str) -> Path:
        path = NODE_MODULES / name
        if not path.exists():
            pytest.skip(f"needs {name} (make tools)")
        return path

    return find


class RunCli(Protocol):
    """Runs the command line: `run_cli("render", "campaign.yaml", cwd=tmp_path)`."""

    def __call__(
        self,
        *args: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="session")
def forking_server() -> Iterator[ForkingServer]:
    """What `run_cli` runs the command line in."""
    server = ForkingServer()
    yield server
    server.close()


@pytest.fixture
def run_cli(tmp_path: Path, forking_server: ForkingServer) -> RunCli:
    """The command line in a process of its own, in `tmp_path` unless `cwd` says otherwise.

    `env` is added to this process's environment. Colours are off and lines are 100 wide. Where
    Python itself reads a variable of `env` as it starts, such as PYTHONHASHSEED, the process is
    not forked but started.
    """

    def run(
        *args: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb"} | (env or {})
        arguments = [str(arg) for arg in args]
        if not any(name.startswith(("PYTHON", "LC_", "LANG")) for name in env or {}):
            return forking_server.run(arguments, cwd or tmp_path, environment, stdin or "", timeout)
        return subprocess.run(
            [sys.executable, "-m", "advocacy", *arguments],
            cwd=cwd or tmp_path,
            env=environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run


# --- goldens -----------------------------------------------------------------------------------


class Golden(Protocol):
    """Compares with a kept file: `golden("call/smith.txt", text)`."""

    def __call__(self, name: str, actual: str | bytes) -> None: ...


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Golden:
    """Compare a text or bytes with `tests/goldens/<name>`; `make goldens` renews the files."""

    def compare(name: str, actual: str | bytes) -> None:
        path = GOLDENS / name
        data = actual.encode() if isinstance(actual, str) else actual
        if request.config.getoption("--renew-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return
        cure = "if the new one is right: make goldens, and read what git diff shows"
        if not path.is_file():
            pytest.fail(f"there is no golden {name}; make goldens writes it", pytrace=False)
        expected = path.read_bytes()
        if data == expected:
            return
        kept = tmp_path / "actual" / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
        how = _difference(expected, data, name)
        pytest.fail(f"{name} differs from its golden\n{how}\nnow: {kept}\n{cure}", pytrace=False)

    return compare


def _difference(expected: bytes, actual: bytes, name: str) -> str:
    try:
        before, after = expected.decode().splitlines(), actual.decode().splitlines()
    except UnicodeDecodeError:
        at = next(
            (i for i, (a, b) in enumerate(zip(expected, actual, strict=False)) if a != b),
            min(len(expected), len(actual)),
        )
        return f"{len(expected)} bytes became {len(actual)}; the first that differs is at {at}"
    lines = list(difflib.unified_diff(before, after, f"goldens/{name}", "now", lineterm=""))
    if not lines:
        return "only the line ends differ"
    return "\n".join(lines[:80])


# --- campaigns ---------------------------------------------------------------------------------


@pytest.fixture
def campaigns(tmp_path: Path) -> Path:
    """A copy of the shipped campaigns, free to be broken."""
    folder = tmp_path / "campaigns"
    shutil.copytree(
        ROOT / "campaigns", folder, ignore=shutil.ignore_patterns("copies", "*.sqlite*")
    )
    return folder


class Edit(Protocol):
    """Replaces a text that stands exactly once in a file: `edit(path, old, new)`."""

    def __call__(self, path: Path, old: str, new: str) -> None: ...


@pytest.fixture
def edit() -> Edit:
    """Change a file by hand, as a user would; the old text must be there once."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


SMALL_CAMPAIGN = """\
id: parks
title: Keep the park open
timezone: America/Chicago
date: 2026-03-02
target:
  organization: Springfield Parks Department
  address: [2 Main Street, "Springfield, IL 62701"]
  country: US
  addressees:
    - {id: doe, name: Jane Doe, title: Director, salutation: Ms. Doe, email: jane@parks.example}
demand:
  summary: Keep the park open
  asks: [Keep the park open until nine in the evening.]
  reply_by: 14 days
sender:
  organization: Example Park Friends
  address: [1 Example Street, "Springfield, IL 62701"]
  country: US
  email: letters@friends.example
  signatories: [{name: A. Example, title: Chair}]
facts: [facts.yaml]
sources: [sources.yaml]
stages:
  call:
    template: open
    subject: Keep the park open
    from: 2026-03-01
    until: 2026-03-31
"""
SMALL_FACTS = """\
visits:
  statement: In 2025 the park had 40,000 visits.
  source: report
  locator: {page: 3}
  quote: 40,000 visits
  from: 2026-01-15
  checked: 2026-03-01
"""
SMALL_SOURCES = """\
references:
  - id: report
    type: report
    title: The Park in Figures
    author: [{literal: Springfield Parks Department}]
    issued: "2026-01-15"
    URL: https://parks.example/figures
"""
SMALL_LETTER = """\
We ask you to keep the park open in the evening.

{{ fact("visits") }} Many came after work.

{% for ask in demand.asks %}
{{ loop.index }}. {{ ask }}
{% endfor %}

Please answer by {{ demand.reply_by }}.
"""


@pytest.fixture
def small_campaign(tmp_path: Path) -> Path:
    """A campaign of one stage, one addressee and one fact, in a folder of its own."""
    return write_small_campaign(tmp_path / "small")


@pytest.fixture(scope="module")
def shared_campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same campaign, one for all tests of a module."""
    return write_small_campaign(tmp_path_factory.mktemp("shared") / "small")


def write_small_campaign(folder: Path) -> Path:
    """Write the small campaign into a new folder, and return the path of its file."""
    (folder / "templates" / "letters").mkdir(parents=True)
    (folder / "parks.yaml").write_text(SMALL_CAMPAIGN, encoding="utf-8")
    (folder / "facts.yaml").write_text(SMALL_FACTS, encoding="utf-8")
    (folder / "sources.yaml").write_text(SMALL_SOURCES, encoding="utf-8")
    letter = folder / "templates" / "letters" / "open.md"
    letter.write_text(SMALL_LETTER, encoding="utf-8")
    return folder / "parks.yaml"


@pytest.fixture(scope="module")
def campaign() -> "Campaign":
    """The campaign of `tests/data/letters`, in which a letter has every part it can have."""
    from advocacy.campaign.loading import load_campaign

    loaded, problems = load_campaign(ROOT / "tests/data/letters/campaign.yaml")
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="module")
def letter(campaign: "Campaign") -> "Letter":
    """The letter of that campaign that has every part."""
    from advocacy.letters.compose import compose_letters

    return compose_letters(campaign, only=["weiss"]).letters[0]
