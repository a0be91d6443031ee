"""A text that somebody pastes may be anything: the preview lives, and the next text is shown."""

import contextlib
import http.client
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.files.content_digests import text_digest

from .conftest import Running, Tab

pytestmark = pytest.mark.slow
Start = Callable[..., Running]
MOST_MEMORY = 1_500_000_000
"""Bytes of the server and its processes together, each of which may take 800 MB at its limit."""


def processes(root: int) -> set[int]:
    """A process and all that it began."""
    found, parents = {root}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory(root: int) -> int:
    """Bytes that they have in memory."""
    total = 0
    for one in processes(root):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096
    return total


def answered(tab: Tab, number: int) -> bool:
    """Wait until all that a question changes was told."""
    ends = time.monotonic() + 200
    while time.monotonic() < ends:
        if any(kind == "more" and told.get("number") == number for kind, told in list(tab.events)):
            return True
        time.sleep(0.05)
    return False


BOMB = "{% for a in range(900) %}{% for b in range(900) %}{{ loop.index }}{% endfor %}{% endfor %}"
TEXTS = {
    "comments that never close": "x" + "{#" * 60_000,
    "brackets": "[" * 120_000,
    "a text that grows": '{% set a = ["x" * 1000] %}' + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "loops in loops": BOMB,
    "deep lists": "> " * 4000 + "x",
    "deep emphasis": "*a " * 20_000,
    "one word": "a" * 90_000,
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "many notes": '{{ fact("visits") }} ' * 500,
}


def test_the_preview_lives_whatever_is_pasted_and_ends_with_all_its_processes(
    start: Start, small_campaign: Path
) -> None:
    layouts = small_campaign.parent / "templates" / "layouts"
    layouts.mkdir()
    rules = [
        "--a: xxxxxxxx;",
        *(f"--{chr(98 + n)}: {f'var(--{chr(97 + n)})' * 9};" for n in range(9)),
    ]
    (layouts / "letter.css").write_text(f"body {{ {' '.join(rules)} content: var(--j) }}", "utf-8")
    running = start(small_campaign)
    tab = Tab(running)
    most = 0
    for number, (name, text) in enumerate(TEXTS.items(), 1):
        tab.show(number=number, drafts={"letters/open.md": text})
        assert answered(tab, number), (name, tab.events[-3:])
        most = max(most, memory(running.process.pid))
    before = len(tab.events)
    tab.show(number=number + 1, drafts={"letters/open.md": "A letter that is fine.\n"})
    assert "A letter that is fine." in tab.told("text", before)
    assert most < MOST_MEMORY
    ours = processes(running.process.pid)
    running.process.kill()
    running.process.wait(20)
    ends = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in ours) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not [one for one in ours if Path(f"/proc/{one}").exists()]


@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"desk": "\\ud800"}', b"1e999", b""],
    ids=["brackets", "braces", "bytes", "surrogate", "infinity", "nothing"],
)
def test_a_question_that_is_no_question_is_refused_and_the_next_is_answered(
    start: Start, small_campaign: Path, body: bytes
) -> None:
    running = start(small_campaign)
    connection = http.client.HTTPConnection(running.host, timeout=20)
    headers = {"content-type": "application/json", "origin": f"http://{running.host}"}
    connection.request("POST", running.root + "show", body, headers)
    with contextlib.closing(connection):
        assert 400 <= connection.getresponse().status < 500
    tab = Tab(running)
    tab.show()
    assert tab.told("ok") is True


def test_what_no_file_may_hold_is_not_saved(start: Start, small_campaign: Path) -> None:
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    before = letter.read_bytes()
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    tab.told("ok")
    base = text_digest(before.decode())
    for text in ("a\0b", "\ud800"):
        asked = {"desk": tab.desk, "name": "letters/open.md", "text": text, "base": base}
        status, _, _ = running.ask("save", asked)
        assert 400 <= status < 500
        assert letter.read_bytes() == before
