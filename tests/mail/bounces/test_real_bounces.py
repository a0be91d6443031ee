"""Real reports, each brought home to a letter: who is suppressed, and who is not.

The samples and their labels stand in the shared data. A label that differs from what the server
says is in `disputed_labels.toml`, with the reason.
"""

import csv
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from advocacy.mail.bounces.reports import Fate, Finding, import_bounces
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.return_address import bounce_address
from advocacy.mail.consent.tokens import read_keys
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger

pytestmark = pytest.mark.slow
KEY = "test-key-of-an-example-coalition-0123456789"
MAILING = "parks/call"
DISPUTED = Path(__file__).with_name("disputed_labels.toml")
_FINAL = re.compile(rb"(?im)^Final-Recipient:\s*(?:[\w-]+\s*;)?\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$")
# Whom reports of several recipients are about that have no fields for it, in the labels' order.
RECIPIENTS = {
    "lhost-gmx-03": "mikeneko@example.co.jp sabineko@example.co.jp",
    "lhost-mailru-03": "mikeneko@example.jp sabineko@example.jp",
    "lhost-opensmtpd-02": "mailboxfull@example.jp userunknown@example.jp",
    "lhost-qmail-17": "userunknown@libsisimai.net mailboxfull@libsisimai.net",
    "lhost-qmail-25": "mailboxfull@libsisimai.net userunknown@libsisimai.net",
    "lhost-zoho-02": "mikeneko@example.co.jp sabineko@example.co.jp",
    "lhost-v5sendmail-05": (
        "kijitora@example.edu kuroneko@example.or.jp kijitora@example.org mikeneko@example.co.jp"
    ),
    "lhost-v5sendmail-07": "kijitora@example.org mikeneko@example.org hachiware@example.edu",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A report as it came, the verdict that is right, and the address of its letter."""

    name: str
    path: Path
    verdict: str
    address: str

    @property
    def message_id(self) -> str:
        digest = hashlib.sha256(f"{MAILING}\0{self.name}".encode()).hexdigest()[:32]
        return f"<{digest}@friends.example>"


def samples(folder: Path) -> Iterator[Sample]:
    rows = list(csv.DictReader((folder / "expected.csv").read_text("utf-8").splitlines()))
    several = Counter(row["file"] for row in rows)
    labels = tomllib.loads(DISPUTED.read_text("utf-8"))["label"]
    disputed = {name: label["verdict"] for label in labels for name in label["samples"]}
    for row in rows:
        stem, number = row["file"].removesuffix(".eml"), int(row["n"])
        name = stem if number == 1 else f"{stem}#{number}"
        path = folder / "sisimai" / row["file"]
        people = RECIPIENTS.get(stem, "").split()
        if several[row["file"]] > 1 and not people:
            people = [one.decode() for one in _FINAL.findall(path.read_bytes())]
        own = len(people) == several[row["file"]] > 1
        yield Sample(
            name,
            path,
            disputed.get(name) or verdict_of(row),
            people[number - 1] if own else f"{name.replace('#', '-')}@people.example",
        )


def verdict_of(row: dict[str, str]) -> str:
    if row["reason"] in ("vacation", "delivered"):
        return "automatic"
    return (
        row["reason"] if row["reason"] == "feedback" else "hard" if row["hard"] == "1" else "soft"
    )


Read = list[tuple[Sample, Finding]]


@pytest.fixture(scope="module")
def read(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Each sample with what the import of bounces makes of it."""
    found = list(samples(shared_data / "bounces"))
    keys = read_keys(KEY)
    folder = tmp_path_factory.mktemp("home")
    (folder / "box").mkdir()
    with open_ledger(folder / "parks.yaml", create=True) as ledger:
        ledger.start(MAILING, "parks", "call", MailingText({"letter": "1"}, "Dear …"))
        run = ledger.begin_run(MAILING)
        entry = LedgerEntry("", "", "", "d" * 64, "r" * 64, "", shared_address=True)
        entries = [
            replace(
                entry,
                letter_id=one.name,
                address=one.address,
                address_key=address_key(one.address),
                message_id=one.message_id,
            )
            for one in found
        ]
        ledger.exchange(run, [], entries)
        ledger.exchange(run, [Result(one.name, State.SENT, 250, "Ok") for one in found], [])
        ledger.end_run(run, "done")
    for one in found:
        to = bounce_address("bounces@friends.example", keys, one.message_id)
        message = f"Delivered-To: {to}\n".encode() + one.path.read_bytes()
        (folder / "box" / f"{one.name}.eml").write_bytes(message)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADVOCACY_KEY", KEY)
        findings = import_bounces(folder, [folder / "box"], dry_run=True).findings
    by_name = {finding.place.path.stem: finding for finding in findings}
    return [(one, by_name[one.name]) for one in found]


def of(read: Read, verdict: str) -> Read:
    return [(one, finding) for one, finding in read if one.verdict == verdict]


def test_of_real_hard_bounces_ninety_five_percent_are_recognized(read: Read) -> None:
    hard = of(read, "hard")
    missed = [one.name for one, finding in hard if finding.fate is not Fate.HARD]
    assert len(hard) > 200
    assert len(missed) <= 0.05 * len(hard), missed


def test_of_real_soft_bounces_one_percent_at_most_are_suppressed(read: Read) -> None:
    soft = of(read, "soft")
    wrong = [one.name for one, finding in soft if finding.fate in (Fate.HARD, Fate.COMPLAINT)]
    assert len(soft) > 300
    assert len(wrong) <= 0.01 * len(soft), wrong


def test_real_automatic_answers_count_for_nothing(read: Read) -> None:
    automatic = of(read, "automatic")
    assert automatic
    assert {f.fate for _, f in automatic} <= {Fate.ABSENCE, Fate.UNREAD}


def test_what_stays_unread_names_the_letter(read: Read) -> None:
    unread = [(one, finding) for one, finding in read if finding.fate is Fate.UNREAD]
    assert [finding.letter_id for _, finding in unread] == [one.name for one, _ in unread]
    assert len(unread) < 0.06 * len(read)


def test_disputed_labels_are_of_samples_that_there_are(shared_data: Path) -> None:
    known = {one.name for one in samples(shared_data / "bounces")}
    labels = tomllib.loads(DISPUTED.read_text("utf-8"))["label"]
    disputed = [name for label in labels for name in label["samples"]]
    assert set(disputed) <= known
    assert len(disputed) == len(set(disputed))
