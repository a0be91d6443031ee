"""What docs/mailing.md shows is what happens, crash included."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from advocacy.cli.group import advocacy

from ..conftest import RunCli
from ..pages import commands, renewed
from .sink import Sink, serving

DAY = "2026-11-25"
CRASH_AT = 6


@pytest.fixture
def page(project_root: Path) -> str:
    return (project_root / "docs" / "mailing.md").read_text(encoding="utf-8")


class Crash(Sink):
    """A server in whose hands the sixth message is when the sender dies."""

    hanging = threading.Event()
    gone = threading.Event()
    crashes = False

    def reply(self, step: str, address: str) -> str | None:
        if address.startswith("ida@"):
            return "550 5.1.1 no such user"
        if step == "data":
            time.sleep(0.25)  # as a slow server: then messages are marked one by one
        if step == "data" and self.crashes and len(self.taken) == CRASH_AT - 1:
            self.hanging.set()
            self.gone.wait(30)
        return None


@pytest.mark.slow
def test_every_command_prints_what_the_page_shows(
    page: str, project_root: Path, tmp_path: Path, run_cli: RunCli, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(project_root / "docs" / "examples" / "parks", tmp_path, dirs_exist_ok=True)
    sink = Crash()
    sink.answer = sink.reply

    def killed(command: list[str], environment: dict[str, str]) -> str:
        sink.crashes, before = True, list(sink.taken)
        sink.taken.clear()
        process = subprocess.Popen(
            [sys.executable, "-m", "advocacy", *command], cwd=tmp_path, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert sink.hanging.wait(60)
        process.kill()
        process.wait()
        sink.crashes = False
        sink.gone.set()
        sink.taken[:0] = before
        return ""

    def printed(how: str, command: str) -> str:
        environment = {"ADVOCACY_SMTP": sink.url, "COLUMNS": "96"}
        if how == "killed":
            return killed(shlex.split(command), os.environ | environment)
        result = run_cli(*shlex.split(command), env=environment)
        text = (result.stdout + result.stderr).replace(f"{tmp_path}/", "")
        text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:2525", text)
        text = re.sub(r"[\d.,]+ (a second)", r"9 \1", text)
        # A message's size depends on the length of the day that it is dated.
        text = re.sub(r"\b\d\.\d kB", "7.9 kB", text)
        minute = r"\d{4}-\d\d-\d\d \d\d:\d\d"
        text = re.sub(rf"{minute} to [\d: -]*\d\d:\d\d(?!:)", f"{DAY} 10:15", text)
        text = re.sub(rf"{minute}(:\d\d)?", lambda at: f"{DAY} 10:15{':07' if at[1] else ''}", text)
        return re.sub(r"202[6-9]-(?!11-01|03-|01-)\d\d-\d\d", DAY, text)

    with serving(sink):
        fresh = renewed(page, printed)
    assert len(commands(page)) == 10
    assert max(sink.to.values()) == 1, "nobody was mailed twice on this page"
    if request.config.getoption("--renew-goldens"):
        (project_root / "docs" / "mailing.md").write_text(fresh, encoding="utf-8")
        return
    assert page == fresh, "make goldens renews it"


def test_every_command_and_option_on_the_page_is_one(page: str) -> None:
    lines = re.findall(r"(?m)^    \$ (advocacy .*)$", page) + re.findall(
        r"`(advocacy [^`]+)`", page
    )
    assert len(lines) > 9
    known: set[str] = set()
    page = re.sub(r"(?m)^ {4}(?!\$).*$", "", page)  # output speaks of other commands
    for line in lines:
        words = shlex.split(line)[1:]
        command = advocacy.get_command(None, words[0])  # type: ignore[arg-type]
        assert command is not None, line
        known |= {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page)) <= known
