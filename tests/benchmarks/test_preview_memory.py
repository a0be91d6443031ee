"""How much memory the page's server takes with a long list, over an hour of typing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ..preview.conftest import Running, Tab

PEOPLE = 50_000
EDITS = int(os.environ.get("PREVIEW_EDITS", "5000"))
"""Somebody who writes for an hour pauses most of the time: some 5,000 changes reach the server."""
PAUSE = 0.11  # seconds, as the page paces its questions
LIMIT, GROWTH = 250, 10
"""Megabytes: at most, and from the middle to the end, once the caches are full."""


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for task in tasks for one in task.read_text("ascii").split()]


def _write_list(campaign: Path, edit: Callable[[Path, str, str], None]) -> None:
    rows = ["id,name,title,salutation,email,address,city,region,postal_code,country"]
    rows += (
        f"p{n},Person Number {n},Clerk,Person {n},p{n}@list.example,{n} Main Street,"
        "Springfield,IL,62701,US"
        for n in range(PEOPLE)
    )
    (campaign.parent / "list.csv").write_text("\n".join(rows) + "\n", "utf-8")
    edit(campaign, "facts: [facts.yaml]", "recipients: list.csv\nfacts: [facts.yaml]")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_the_server_stays_small_while_somebody_types(
    small_campaign: Path,
    edit: Callable[[Path, str, str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    _write_list(small_campaign, edit)
    name = "letters/open.md"
    text = (small_campaign.parent / "templates" / name).read_text("utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "advocacy", "preview", str(small_campaign), "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        tab = Tab(Running(process, process.stdout.readline().strip()))
        tab.show(number=1)
        while not any(p.get("people", {}).get("complete") for _, p in tab.events):
            time.sleep(0.2)
        tab.told("pages")
        measured: list[tuple[int, float, float]] = []
        words = "and we ask that the gates stay open for everyone who comes late ".split()
        for number in range(2, EDITS + 2):
            begun = time.monotonic()
            typed = " ".join(words[: number % len(words)])
            draft = text.replace("Many came", f"In round {number} {typed} many came")
            tab.show(number=number, drafts={name: draft})
            if number % max(EDITS // 20, 1) == 0:
                layouts = sum(_megabytes(one) for one in _children(process.pid))
                measured.append((number, _megabytes(process.pid), layouts))
            if len(tab.events) > 1000:
                del tab.events[:-10]  # this test's own memory
            time.sleep(max(0.0, begun + PAUSE - time.monotonic()))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
    with capsys.disabled():
        print(f"\nmemory with {PEOPLE:,} people (goal: {LIMIT} MB, flat)")
        for number, server, layouts in measured:
            print(
                f"after {number:5,} edits: server {server:.0f} MB, layout process {layouts:.0f} MB"
            )
    servers = [server for _, server, _ in measured]
    assert max(servers) < LIMIT
    settled = servers[len(servers) // 2 :]
    assert settled[-1] - settled[0] < GROWTH
