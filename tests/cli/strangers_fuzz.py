"""The strangers' fuzzer: any file that somebody else wrote, and what the commands make of it.

    python -m tests.cli.strangers_fuzz --seconds 900 --out strangers.jsonl

A case follows from its seed alone: which file of a small campaign is broken, how, and which command
is run on it. Each command runs in a forked process with a limit of memory and one of processor
time. A case fails where the exit code is none of 0, 1, 2, and 3, where the process is killed, where
it stands still or uses more processor time than its deadline allows, or where it took more than
1 GB. A slow or busy machine changes none of this. A file of results is added to from the seed where
it ends.
"""

import gc
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..conftest import SMALL_CAMPAIGN, SMALL_FACTS, SMALL_LETTER, SMALL_SOURCES
from .strangers_mutations import LAYOUT, broken

DEADLINE = 60.0
"""Seconds of processor time that a command may take for one letter, its children included."""
STILL = 180.0
"""Seconds in which a command may use no processor time; a busy machine makes it wait, too."""
MEMORY = 1024 * 1024 * 1024
GOOD_EXITS = (0, 1, 2, 3)
LIST = """id,name,email,salutation,address,country
a,Jane Doe,jane@x.example,Ms. Doe,"1 Main Street
Springfield, IL 62701",US
b,John Roe,john@y.example,,,
"""
BOUNCES = """From MAILER-DAEMON Mon Mar  2 10:00:00 2026
From: MAILER-DAEMON@mx.example
To: letters@friends.example
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; jane@x.example
Action: failed
Status: 5.1.1
--b--

"""
PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30" viewBox="0 0 90 30">
<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient>
<clipPath id="c"><rect width="9" height="9"/></clipPath></defs>
<g clip-path="url(#c)"><path d="M0 0 L9 9" fill="url(#a)" stroke="#123"/><use href="#c"/></g></svg>
"""
_RENDER = ("render", "parks.yaml", "--output", "out", "--format")


@dataclass(frozen=True, slots=True)
class Target:
    """A file to break, as it is when it is good, and the commands that read it."""

    path: str
    text: str
    commands: tuple[tuple[str, ...], ...]
    campaign: str = SMALL_CAMPAIGN


_TEXTS = ((*_RENDER, "txt,html,eml"), (*_RENDER, "pdf"), ("check", "parks.yaml"))
_PAPER = ((*_RENDER, "pdf"), (*_RENDER, "pdf,html,eml,docx"))
_WITH_LIST = tuple(
    (*_RENDER, "txt", "--recipients", f"list.{kind}") for kind in ("csv", "yaml", "json")
)
TARGETS: Mapping[str, Target] = {
    "campaign": Target("parks.yaml", SMALL_CAMPAIGN, _TEXTS),
    "facts": Target("facts.yaml", SMALL_FACTS, _TEXTS),
    "sources": Target("sources.yaml", SMALL_SOURCES, _TEXTS),
    "template": Target("templates/letters/open.md", SMALL_LETTER, (*_TEXTS, *_PAPER)),
    "layout": Target("templates/layouts/letter.html", LAYOUT, _PAPER),
    "style": Target("templates/layouts/letter.css", "", _PAPER),
    "email layout": Target("templates/layouts/email.html", "", _TEXTS[:1]),
    "email style": Target("templates/layouts/email.css", "", _TEXTS[:1]),
    "csv": Target("list.csv", LIST, _WITH_LIST[:1]),
    "yaml": Target("list.yaml", "- {id: a, name: Jane Doe, country: US}\n", _WITH_LIST[1:2]),
    "json": Target("list.json", '[{"id": "a", "name": "Jane Doe"}]', _WITH_LIST[2:]),
    "bounces": Target("in.mbox", BOUNCES, (("bounces", "import", "in.mbox"),)),
    "picture": Target(
        "logo.svg",
        PICTURE,
        _PAPER,
        SMALL_CAMPAIGN.replace("sender:\n", "sender:\n  logo: logo.svg\n"),
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: `crash` names the failure, or is empty; `memory` is in bytes."""

    seed: int
    kind: str
    command: str
    exit: int
    seconds: float
    memory: int
    crash: str = ""


def run_case(seed: int, keep: Path | None = None) -> Outcome:
    """Run the case of a seed; the files of a case that fails are kept in a folder."""
    chance = random.Random(seed)
    kind = chance.choice(list(TARGETS))
    target = TARGETS[kind]
    folder = Path(tempfile.mkdtemp(prefix="strangers-"))
    try:
        _write_campaign(folder, target)
        path = folder / target.path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = target.text or _built_in(path.name)
        path.write_bytes(broken(text, kind, chance))
        command = chance.choice(target.commands)
        outcome = _run(seed, kind, command, folder)
        if outcome.crash and keep is not None:
            shutil.copytree(folder, keep / str(seed), dirs_exist_ok=True)
        return outcome
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_campaign(folder: Path, target: Target) -> None:
    (folder / "templates" / "letters").mkdir(parents=True)
    for name, text in (
        ("parks.yaml", target.campaign),
        ("facts.yaml", SMALL_FACTS),
        ("sources.yaml", SMALL_SOURCES),
        ("templates/letters/open.md", SMALL_LETTER),
    ):
        (folder / name).write_text(text, encoding="utf-8")


def _built_in(name: str) -> str:
    from advocacy.resources import templates_dir

    return (templates_dir() / "layouts" / name).read_text(encoding="utf-8")


def _run(seed: int, kind: str, command: tuple[str, ...], folder: Path) -> Outcome:
    number = os.fork()
    if not number:
        _be_command(command, folder)
    result = _wait(number)
    _, status, used = result
    code = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    crash = ""
    if code not in GOOD_EXITS:
        crash = _signature(folder) or f"exit {code}"
    elif seconds > DEADLINE:
        crash = "over the deadline"
    elif memory > MEMORY:
        crash = "over 1 GB"
    words = " ".join(command[:1] + command[4:])
    return Outcome(seed, kind, words, code, round(seconds, 2), memory, crash)


def _wait(number: int) -> tuple[int, int, resource.struct_rusage]:
    """Wait for a command; one that stands still, or uses far too much processor time, is killed."""
    used, since = 0.0, time.monotonic()
    looked = since
    while not (result := os.wait4(number, os.WNOHANG))[0]:
        now = time.monotonic()
        if now - looked > 2:
            looked = now
            if (all_used := _processor_time(number)) > used:
                used, since = all_used, now
            if now - since > STILL or used > 3 * DEADLINE:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(number, signal.SIGKILL)
                return os.wait4(number, 0)
        time.sleep(0.005)
    return result


def _processor_time(group: int) -> float:
    """Seconds of processor time that the processes of a group have used (proc(5), stat)."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            words = path.read_bytes().rpartition(b")")[2].split()
            if int(words[2]) == group:
                ticks += sum(map(int, words[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _be_command(command: tuple[str, ...], folder: Path) -> None:
    """Turn this forked process into the command, and never return."""
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        out = os.open("printed.txt", os.O_RDWR | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        places = {"TMPDIR": str(folder), "XDG_STATE_HOME": str(folder / "state")}
        os.environ |= {**places, "ADVOCACY_KEY": "k" * 40}
        tempfile.tempdir = None
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, DEADLINE)
        from advocacy.cli.group import main

        code = main(command)
        from advocacy.documents.pdf.layout_child import layout_child

        layout_child.close()
        os._exit(code)
    finally:
        os._exit(99)


_FRAME = re.compile(r'File "(?:.*/)?([\w-]+/[\w-]+\.py)", line (\d+)')


def _signature(folder: Path) -> str:
    """Where a traceback ends, and with which error: the same for the same bug."""
    for report in folder.glob("advocacy-bug-*.txt"):
        text = report.read_text(encoding="utf-8", errors="replace")
        frames = _FRAME.findall(text)
        error = next(
            (line for line in reversed(text.splitlines()) if re.match(r"\w+Error|\w+:", line)), ""
        )
        return f"{frames[-1][0]}:{frames[-1][1]} {error[:80]}" if frames else error[:80]
    return ""


def summary(outcomes: list[Outcome]) -> str:
    """The figures of some cases, for people."""
    crashes = Counter(outcome.crash for outcome in outcomes if outcome.crash)
    exits = Counter(outcome.exit for outcome in outcomes)
    longest = max((one.seconds for one in outcomes), default=0)
    most = max((one.memory for one in outcomes), default=0)
    ends = ", ".join(f"{code}: {count:,}" for code, count in sorted(exits.items()))
    lines = [
        f"{len(outcomes):,} cases, {len(crashes)} distinct crashes; exits {ends}",
        f"longest {longest:.1f} s of processor time, most memory {most / 1e6:.0f} MB",
    ]
    for crash, count in crashes.most_common():
        seeds = [str(one.seed) for one in outcomes if one.crash == crash][:5]
        lines.append(f"  {count} × {crash} (seeds {', '.join(seeds)})")
    return "\n".join(lines)


def warm() -> None:
    """Run the commands once on good files, so that each case is forked with all that they load."""
    from advocacy.cli.group import main

    here, before = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w") as quiet:
        folder = Path(name)
        _write_campaign(folder, TARGETS["campaign"])
        (folder / "list.csv").write_text(LIST)
        (folder / "in.mbox").write_text(BOUNCES)
        os.chdir(folder)
        os.environ["XDG_STATE_HOME"] = name
        try:
            with redirect_stdout(quiet), redirect_stderr(quiet):
                for command in dict.fromkeys((*_PAPER, *_TEXTS, *TARGETS["csv"].commands)):
                    main(command)
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
    import advocacy.cli.bounces  # noqa: F401

    gc.freeze()


def _ignore(_: Outcome) -> None:
    """Do nothing with a case."""


def fuzz(
    seconds: float, first: int, keep: Path | None = None, note: Callable[[Outcome], None] = _ignore
) -> list[Outcome]:
    """Run cases from a seed on for so many seconds."""
    warm()
    ends = time.monotonic() + seconds
    outcomes: list[Outcome] = []
    while time.monotonic() < ends:
        outcomes.append(run_case(first + len(outcomes), keep))
        note(outcomes[-1])
    return outcomes


def main() -> int:
    """Fuzz, print the figures, and return 1 where a case failed."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    first = options.seed or 0
    before: list[Outcome] = []
    if options.out and options.out.exists():
        before = [Outcome(**json.loads(line)) for line in options.out.read_text().splitlines()]
        first = options.seed or (before[-1].seed + 1 if before else 0)
    keep = options.out.with_suffix("") if options.out else None

    def note(outcome: Outcome) -> None:
        if options.out:
            with options.out.open("a") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
        if outcome.crash:
            print(f"seed {outcome.seed} ({outcome.kind}): {outcome.crash}", flush=True)

    outcomes = fuzz(options.seconds, first, keep, note)
    print(summary([*before, *outcomes]))
    return int(any(outcome.crash for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
