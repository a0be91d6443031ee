"""What mailing costs: here the ledger's part.

`make bench` prints the figures; run them on a quiet machine.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from advocacy.mail.ledger import (
    Ledger,
    LedgerEntry,
    MailingRun,
    MailingText,
    Result,
    State,
    open_ledger,
)

from ..mail.ledger_fixtures import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
MAILING = "parks/call"
GROUPS = (1, 10, 50)
LETTERS = 2000


def letter(n: int) -> LedgerEntry:
    """A letter of ordinary size in the ledger."""
    address = f"person.{n}@list{n % 40}.example"
    digest = f"{n:064x}"
    return LedgerEntry(f"person-{n}-of-springfield", address, address, digest, digest,
                 f"<{n:032x}@friends.example>", {"subject": "a", "opening": "b"})  # fmt: skip


def work(ledger: Ledger, run: MailingRun, letters: list[LedgerEntry], group: int) -> None:
    """Give letters out group by group and write down that they were sent, as a sender does."""
    done: list[Result] = []
    for at in range(0, len(letters), group):
        given = ledger.exchange(run, done, letters[at : at + group])
        done = [Result(one.letter_id, State.SENT, 250, "2.0.0 Ok: queued") for one in given]
    ledger.exchange(run, done, [])


def rate(ledger: Ledger, group: int, threads: int = 1, size: int = LETTERS) -> float:
    """Letters a second that the ledger alone allows: each is marked twice, before and after."""
    name = f"{MAILING}-{group}-{threads}-{time.monotonic_ns()}"
    ledger.start(name, "parks", "call", MailingText({}, ""))
    letters = [letter(n) for n in range(size)]
    with ledger.begin_run(name) as run:
        start = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            parts = [letters[n::threads] for n in range(threads)]
            for done in [pool.submit(work, ledger, run, part, group) for part in parts]:
                done.result()
        seconds = time.perf_counter() - start
    assert ledger.counts(name)[State.SENT] == size
    return size / seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    environ = {}
    if request.param == "postgresql":
        environ["ADVOCACY_LEDGER"] = request.getfixturevalue("postgres_url")
    with open_ledger(tmp_path / "parks.yaml", create=True, environ=environ) as ledger:
        yield ledger


def ledger_rates(ledger: Ledger, tell: Callable[[str], None], kind: str) -> dict[str, float]:
    """Measure groups of 1, 10 and 50 with one sender, and one by one with 4 and 10 threads."""
    rate(ledger, 50)  # warm
    rates = {f"groups of {group}": rate(ledger, group) for group in GROUPS}
    rates |= {f"one by one, {n} threads": rate(ledger, 1, n) for n in (4, 10)}
    rates["groups of 10, 10 threads"] = rate(ledger, 10, 10)
    alone = rates["groups of 1"]
    for name, found in rates.items():
        tell(f"ledger on {kind}, {name}: {found:.0f} letters/s, {found / alone:.1f} times")
    return rates


def test_what_a_commit_for_each_letter_costs(
    ledger: Ledger, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", end="")

    rates = ledger_rates(ledger, tell, request.node.callspec.params["ledger"])
    assert rates["groups of 10"] > rates["groups of 1"], "one wait for the disk serves ten letters"
