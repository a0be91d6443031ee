"""What the tests of consent share: a key, and a folder from which letters were sent."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.return_address import sign_message_id
from advocacy.mail.consent.tokens import read_keys
from advocacy.mail.ledger import LedgerEntry, LedgerRecord, MailingText, Result, State, open_ledger

KEY = "test-key-of-an-example-coalition-0123456789"
MAILING = "parks/call"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The organisation's key, in the environment."""
    monkeypatch.setenv("ADVOCACY_KEY", KEY)
    return KEY


def _message_id(letter_id: str, mailing: str = MAILING) -> str:
    """A letter's Message-ID, of the form that letters have."""
    digest = hashlib.sha256(f"{mailing}\0{letter_id}".encode()).hexdigest()[:32]
    return f"<{digest}@coalition.example>"


@pytest.fixture
def mailed(tmp_path: Path) -> Path:
    """A campaigns' folder whose ledger says that Bob, Ann and Eve were written to."""
    folder = tmp_path / "campaigns"
    folder.mkdir()
    _send(folder, MAILING, ["bob", "ann", "eve"])
    return folder


@pytest.fixture
def send_signed(mailed: Path) -> Callable[[str], str]:
    """Write down that somebody at example.org was sent the mailing; the signed Message-ID."""

    def send(name: str) -> str:
        signed = sign_message_id(read_keys(KEY), _message_id(name))
        _send(mailed, MAILING, [name], signed)
        return signed

    return send


@pytest.fixture
def send() -> Callable[[Path, str, list[str]], None]:
    """Write down in the ledger that people at example.org were sent a mailing."""
    return _send


def _send(folder: Path, mailing: str, people: list[str], signed: str = "") -> None:
    with open_ledger(folder / "parks.yaml", create=True) as ledger:
        if ledger.mailing(mailing) is None:
            stage = mailing.partition("/")[2]
            ledger.start(mailing, "parks", stage, MailingText({"letter": "1"}, "Dear …"))
        run = ledger.begin_run(mailing)
        entries = [
            LedgerEntry(
                name,
                f"{name.title()}@example.org",
                address_key(f"{name}@example.org"),
                "d" * 64,
                "r" * 64,
                signed or _message_id(name, mailing),
            )
            for name in people
        ]
        ledger.exchange(run, [], entries)
        sent = [Result(name, State.SENT, 250, "2.0.0 Ok") for name in people]
        ledger.exchange(run, sent, [])
        ledger.end_run(run, "done")


@pytest.fixture
def record(mailed: Path) -> Callable[[str], LedgerRecord]:
    """What the ledger says of somebody's letter."""

    def find(name: str, mailing: str = MAILING) -> LedgerRecord:
        with open_ledger(mailed / "parks.yaml") as ledger:
            (found,) = [r for r in ledger.find(letter_id=name) if r.mailing == mailing]
        return found

    return find
