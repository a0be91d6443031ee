"""What docs/consent.md shows is what happens."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy.cli.group import advocacy
from advocacy.mail.consent.return_address import bounce_address
from advocacy.mail.consent.tokens import read_keys
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger

from ...pages import quoted

KEY = "test-key-of-an-example-coalition-0123456789"
RUN = re.compile(r"<!-- run -->\n\n    \$ advocacy (.+)\n((?:(?:    .*)?\n)*?)(?=\n[^ ]|\Z)")
DAY = "2026-11-25"
PEOPLE = {"bob": "bob@people.example", "ann": "ann@people.example", "mayor": "mayor@town.example"}
BOUNCE = """\
From MAILER-DAEMON Tue Nov 24 10:00:00 2026
Return-Path: <>
From: MAILER-DAEMON@people.example
To: {to}
Date: Tue, 24 Nov 2026 10:00:00 +0000
Subject: {subject}
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.people.example

Final-Recipient: rfc822; {who}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--b--

"""
AWAY = """\
From ann@people.example Tue Nov 24 10:00:00 2026
From: ann@people.example
To: bounces@coalition.example
Subject: Away until Monday
Auto-Submitted: auto-replied

I am away.

"""


def page_path(project_root: Path) -> Path:
    return project_root / "docs" / "consent.md"


@pytest.fixture
def page(project_root: Path) -> str:
    return page_path(project_root).read_text(encoding="utf-8")


def message_id(name: str) -> str:
    return f"<{name.encode().hex():0>32}@coalition.example>"


def prepare(folder: Path) -> None:
    """The workspace in which the page's commands are run."""
    campaigns = folder / "campaigns"
    (campaigns / "lists").mkdir(parents=True)
    (campaigns / "lists" / "members.csv").write_text(
        "id,name,email\nann,Ann,ann@people.example\nbob,Bob,bob@people.example\n"
    )
    with open_ledger(campaigns / "parks.yaml", create=True) as ledger:
        ledger.start("parks/call", "parks", "call", MailingText({}, ""))
        run = ledger.begin_run("parks/call")
        entries = [
            LedgerEntry(name, address, address, "d", "r", message_id(name))
            for name, address in PEOPLE.items()
        ]
        ledger.exchange(run, [], entries)
        ledger.exchange(run, [Result(name, State.SENT, 250, "Ok") for name in PEOPLE], [])
        ledger.end_run(run, "done")
    out = folder / "output" / "parks" / "call"
    out.mkdir(parents=True)
    lines = []
    for name, address in PEOPLE.items():
        (out / f"{name}.eml").write_text(f"To: {address}")
        files = {f"{name}.eml": "0"}
        entry = {"id": name, "digest": "0", "recipient": {"email": address}, "files": files}
        lines.append(json.dumps(entry) + "\n")
    (out / "manifest.jsonl").write_text("".join(lines))
    (folder / "left.txt").write_text("dan@people.example\nDan Smith\n")
    (folder / "unsubscribed.csv").write_text(
        "address,since,source,campaign,how\n"
        "eve@people.example,2026-11-24T18:20:00Z,unsubscribed,parks/call,one-click\n"
    )
    keys = read_keys(KEY)
    gone, full = (
        BOUNCE.format(
            to=bounce_address("bounces@coalition.example", keys, message_id(name)),
            who=PEOPLE[name],
            subject="Undelivered Mail Returned to Sender",
            status=status,
            words=words,
        )
        for name, status, words in (
            ("ann", "5.1.1", "550 5.1.1 User unknown"),
            ("mayor", "5.2.2", "552 5.2.2 Mailbox full"),
        )
    )
    (folder / "bounces.mbox").write_text(gone + full + AWAY)


@pytest.mark.slow
def test_every_command_prints_what_the_page_shows(
    page: str, project_root: Path, tmp_path: Path, run_cli, request: pytest.FixtureRequest
) -> None:
    prepare(tmp_path)
    real = []
    for command, _ in RUN.findall(page):
        result = run_cli(*shlex.split(command), env={"COLUMNS": "96", "ADVOCACY_KEY": KEY})
        text = (result.stdout + result.stderr).replace(f"{tmp_path}/", "")
        text = text.replace(f"{datetime.now(UTC):%Y-%m-%d}", DAY)
        real.append(f"<!-- run -->\n\n    $ advocacy {command}\n" + quoted(text))
    assert len(real) >= 9
    fresh = RUN.sub(lambda _: real.pop(0), page)
    if request.config.getoption("--renew-goldens"):
        page_path(project_root).write_text(fresh, encoding="utf-8")
        return
    assert page == fresh, "make goldens renews it"


def test_every_command_and_option_on_the_page_is_one(page: str) -> None:
    lines = re.findall(r"(?m)^    \$? ?(advocacy .*)$", page) + re.findall(
        r"`(advocacy [^`]+)`", page
    )
    assert len(lines) > 12
    for line in lines:
        words = shlex.split(line)[1:]
        if words[0] in ("send", "render"):  # the manual of mailings has these
            continue
        command = advocacy.get_command(None, words[0])  # type: ignore[arg-type]
        assert command is not None, line
        if hasattr(command, "commands") and len(words) > 1:
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_settings_on_the_page_are_those_of_the_program(page: str, project_root: Path) -> None:
    source = (project_root / "advocacy" / "mail" / "unsubscribe.py").read_text("utf-8")
    told = set(re.findall(r"ADVOCACY_[A-Z_]+", page))
    assert told == set(re.findall(r"ADVOCACY_[A-Z_]+", source))
