"""A run sends one text: what stood approved when it began, whatever is saved meanwhile."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.cli import group
from advocacy.letters.approvals import record_approval
from advocacy.mail.ledger import State, open_ledger
from advocacy.mail.sending.dry_run import read_sample
from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
from advocacy.mail.sending.sending import send_mailing

from .sink import Sink, serving

N = 8
DAY = date(2026, 3, 2)


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch):
    with serving() as server:
        monkeypatch.setenv("ADVOCACY_SMTP", server.url)
        yield server


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rows = [f"p{n},Person {n},p{n}@d{n}.example" for n in range(N)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["id,name,email", *rows, ""]), "utf-8")
    return path


@pytest.fixture
def parks(small_campaign: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign with a partial of its own, whose text is approved."""
    monkeypatch.chdir(small_campaign.parent)
    partials = small_campaign.parent / "templates" / "partials"
    partials.mkdir()
    (partials / "one.md").write_text("\nThe park is full.\n", "utf-8")
    letter = small_campaign.parent / "templates" / "letters" / "open.md"
    command = '\n{% include "partials/" ~ "one.md" %}\n'
    letter.write_text(letter.read_text("utf-8") + command, "utf-8")
    approve(small_campaign)
    return small_campaign


def approve(campaign: Path) -> None:
    loaded, _ = load_campaign(campaign)
    assert loaded is not None
    record_approval(loaded, "call", "Jane Doe", DAY)


def edited(campaign: Path) -> None:
    """Somebody saves other words."""
    (campaign.parent / "templates" / "partials" / "one.md").write_text("\nSell the park.\n")


def request(campaign: Path, people: Path, **more: object) -> SendRequest:
    return SendRequest(campaign, People(people), today=DAY, new_mailing=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_messages_are_composed_of_what_was_read_at_the_beginning(
    parks: Path, people: Path, sink: Sink, workers: int
) -> None:
    prepared = PreparedMailing.open(request(parks, people, workers=workers))
    edited(parks)
    seen = prepared.dry_run()
    assert seen.count == N
    for ready in seen.shown:
        message = ready.envelope.message
        assert b"The park is full." in message
        assert b"Sell the park." not in message
        assert read_sample(ready).subject == "Keep the park open"
    assert prepared.stops() == []


def test_the_gate_judges_the_words_that_were_read_at_the_beginning(
    parks: Path, people: Path, sink: Sink
) -> None:
    rewrite(parks, "demand:", "checks: {uncited-claim: {level: error}}\ndemand:")
    claim = "\nIn 2024, 73 percent of visitors came by bus. {# uncited: our own count #}\n"
    partial = parks.parent / "templates" / "partials" / "one.md"
    partial.write_text(claim, "utf-8")
    approve(parks)
    prepared = PreparedMailing.open(request(parks, people))
    partial.write_text(claim.partition("{#")[0], "utf-8")
    assert prepared.dry_run().count == N
    assert [one.code for one in prepared.stops()] == []


CHANGES: list[tuple[str, Callable[[Path], None]]] = [
    ("the template `partials/one.md` changed", edited),
    ("the fact `visits` changed", lambda p: rewrite(p.parent / "facts.yaml", "40,000", "50,000")),
    ("`subject` changed", lambda p: rewrite(p, "subject: Keep", "subject: Do not keep")),
    ("the campaign's files now have errors", lambda p: rewrite(p, "stages:", "stagse:")),
    ("the approval was withdrawn", lambda p: p.with_name("parks.approvals.yaml").unlink()),
    ("the template `partials/one.md` changed", lambda p: [edited(p), approve(p)][0]),
]


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(("told", "change"), CHANGES)
def test_nothing_leaves_once_the_text_on_the_disk_is_not_what_somebody_agreed_to(
    parks: Path, people: Path, sink: Sink, told: str, change: Callable[[Path], None]
) -> None:
    def agree(_: PreparedMailing) -> int:
        change(parks)
        return N

    result = send_mailing(request(parks, people), agree)
    assert result.run is not None
    assert result.run.why is not None
    assert result.run.why.code == "text-changed"
    assert told in result.run.why.message
    assert sink.taken == []
    assert result.account is not None
    assert result.account.left == N


def test_whom_a_server_put_off_gets_no_text_that_was_changed_while_the_run_waited(
    parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("advocacy.mail.smtp.FIRST_WAIT", 0.05)

    def later(step: str, address: str) -> str | None:
        # Over one connection the last person comes when all others have the letter.
        if step == "rcpt" and address.startswith(f"p{N - 1}@"):
            edited(parks)
            return "451 4.7.1 later"
        return None

    sink.answer = later
    command = ["send", str(parks), "--recipients", str(people), "--today", str(DAY), "--send"]
    options = ["--yes", str(N), "--new-mailing", "--connections", "1"]
    assert group.main([*command, *options]) == 3
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "The text was changed during the mailing: the template `partials/one.md`" in told
    assert len(sink.to) == N - 1
    for number in range(N - 1):
        message = sink.message(f"p{number}@d{number}.example")
        assert "The park is full." in str(message.get_body(("plain",)))
    with open_ledger(parks) as ledger:
        assert ledger.counts("parks/call")[State.DEFERRED] == 1
