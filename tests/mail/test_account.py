"""The account of a mailing adds up, and says of each person what became of the letter."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.campaign.addressing import People
from advocacy.mail.bounces.reports import Fate, import_bounces
from advocacy.mail.consent.suppression_edits import NewSuppression, add
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger
from advocacy.mail.sending.account import Category
from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
from advocacy.mail.status.status import statuses
from advocacy.mail.status.who_got_it import list_people

from ..campaign.test_recipients_xlsx import workbook
from .consent.test_bounces import bounce
from .sink import Sink
from .test_send import DAY, TODAY, N, Run, advocacy, parks, people, person, sink, write_list

__all__ = ["advocacy", "parks", "people", "sink"]
MAILING = "parks/call"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def listing(advocacy: Run, parks: Path, people: Path, capsys: pytest.CaptureFixture[str]):
    """The people whom `status` lists, with some options."""

    def read(*options: str) -> list[dict[str, str]]:
        capsys.readouterr()
        command = ("status", parks, "--recipients", people, "--report", "csv", *options)
        assert advocacy(*command) == 0
        return rows_of(capsys.readouterr().out)

    return read


Listing = Callable[..., list[dict[str, str]]]
KINDS = ("good", "no address", "wrong address", "bad country", "listed twice")
EVENTS = ("none", "sent", "refused", "deferred", "uncertain", "hard", "soft", "complaint",
          "corrected", "suppressed", "answered", "new id", "under way", "another's")  # fmt: skip
STATES = {"refused": State.REFUSED, "deferred": State.DEFERRED, "uncertain": State.UNCERTAIN}
BOUNCES = {"hard": "hard bounce", "corrected": "hard bounce", "soft": "soft bounce",
           "complaint": "complaint"}  # fmt: skip


def history(campaign: Path, listed: Path, rows: list[tuple[str, str]], strangers: int) -> None:
    """Write a list, and what happened to its people, straight into the ledger."""
    table, entries, results, marks = [], [], [], []
    ledger = open_ledger(campaign, create=True)
    ledger.start(MAILING, "parks", "call", MailingText({}, ""))
    gone = [NewSuppression(f"p{n}@d{n % 3}.example") for n, (_, what) in enumerate(rows)
            if what == "suppressed"]  # fmt: skip
    with ledger.begin_run(MAILING) as run:
        for n, (kind, what) in enumerate(rows):
            row = person(n)
            row |= {"no address": {"email": ""}, "wrong address": {"email": "nobody at all"},
                    "bad country": {"country": "Narnia"}}.get(kind, {})  # fmt: skip
            table += [row, row] if kind == "listed twice" else [row]
            if kind not in ("good", "listed twice") or what in ("none", "suppressed"):
                continue
            name, at = f"p{n}", row["email"]
            name = f"old-{name}" if what == "new id" else name
            whose = "Somebody Else" if what == "another's" else row["name"]
            at = f"x{n}@else.example" if what in ("corrected", "another's") else at
            entries.append(LedgerEntry(name, at, at, "", "", f"<{n}@x>", person=whose))
            if what != "under way":
                state = STATES.get(what, State.SENT)
                results.append(Result(name, state, 250, "said", 2e9 if n % 2 else None))
            marks.append((name, what))
        for n in range(strangers):
            at = f"s{n}@else.example"
            entries.append(LedgerEntry(f"s{n}", at, at, "", "", f"<s{n}@x>"))
            results.append(Result(f"s{n}", State.SENT, 250, "ok"))
        ledger.exchange(run, [], entries)
        ledger.exchange(run, results, [])
        for name, what in marks:
            if what in BOUNCES:
                ledger.mark_bounced(MAILING, name, f"{BOUNCES[what]}: 5.1.1 no")
            if what == "answered":
                ledger.mark_replied(MAILING, name)
        write_list(listed, table or [person(0, id="only")])
        add(campaign.parent, gone)
        ledger._runs.clear()  # a run that is still under way
        run._over.set()
    ledger.close()


HISTORIES = given(
    rows=st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(EVENTS)), max_size=25),
    strangers=st.integers(0, 2),
)
SOME = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check_account(parks: Path, people: Path, rows: list[tuple[str, str]], strangers: int) -> None:
    """See that a random history adds up, in `status`, its list of people, and a dry run."""
    for file in (*parks.parent.glob("*.ledger.sqlite*"), parks.parent / "suppressed.csv"):
        file.unlink(missing_ok=True)
    history(parks, people, rows, strangers)
    listed = len(people.read_text(encoding="utf-8").splitlines()) - 1
    (status,) = statuses(parks, People(people)).statuses
    account = status.account
    assert account is not None
    assert account.listed == sum(account.counts.values()) == listed
    assert sum(account.waiting.values()) <= account.left
    everybody = list(list_people(parks, People(people), "all"))
    there = Counter(row["what"] for row in everybody if row["listed"] != "no")
    assert there == Counter({one.value: n for one, n in account.counts.items() if n})
    others = Counter(row["what"] for row in everybody if row["listed"] == "no")
    assert others == Counter({one.value: n for one, n in account.elsewhere.items() if n})
    prepared = PreparedMailing.open(SendRequest(parks, People(people), today=DAY))
    assert prepared.go_through().account() == account, "a dry run counts as `status` does"


@SOME
@HISTORIES
def test_whatever_happened_the_account_adds_up_to_the_rows_of_the_list(
    parks: Path, people: Path, rows: list[tuple[str, str]], strangers: int
) -> None:
    check_account(parks, people, rows, strangers)


@pytest.mark.slow
@settings(SOME, max_examples=100)
@HISTORIES
def test_the_account_of_many_histories_adds_up(
    parks: Path, people: Path, rows: list[tuple[str, str]], strangers: int
) -> None:
    check_account(parks, people, rows, strangers)


def test_a_dry_run_a_run_and_status_print_one_account(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [person(n) for n in range(8)]
    rows += [person(8, email=""), person(9, email="nobody at all"), person(10, country="Narnia")]
    write_list(people, rows)
    add(parks.parent, [NewSuppression("p1@d1.example")])
    sink.answer = lambda step, to: (
        {"p2": "550 5.1.1 no", "p3": "451 4.7.1 later"}.get(to[:2]) if step == "rcpt" else None
    )
    fixed = "1 suppressed, 1 without an email address, 1 with an invalid email address, 1 rejected"
    command = ("send", parks, "--recipients", people, *TODAY)
    advocacy(*command)
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert f"11 listed: {fixed} row, 7 left." in told
    assert advocacy(*command, "--send", "--new-mailing", "--yes", 7, "--patience", 0) == 3
    out = capsys.readouterr().out
    assert advocacy("status", parks, "--recipients", people) == 0
    shown = capsys.readouterr().out
    expected = [
        "11 listed", "5 sent", "1 refused by their servers", *fixed.split(", ")[:-1],
        "1 rejected row", "1 left (1 deferred by their servers)",
    ]  # fmt: skip
    for text in (out, shown):
        lines = [line.strip() for line in text.splitlines()]
        assert [one for one in expected if not any(o.startswith(one) for o in lines)] == []
    assert advocacy("status", parks, "--recipients", people, "--report", "json") == 0
    (mailing,) = json.loads(capsys.readouterr().out)
    account = mailing["account"]
    parts = [account[one.key] for one in Category]
    assert account["listed"] == sum(parts) == 11
    assert (account["sent"], account["wrong_address"], account["left"]) == (5, 1, 1)


def test_those_who_got_it_are_listed_with_the_servers_words_and_what_they_got(
    advocacy: Run, parks: Path, people: Path, sink: Sink, listing: Listing
) -> None:
    sink.answer = lambda step, to: "550 5.1.1 gone" if step == "rcpt" and to[:3] == "p2@" else None
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--limit", 4) == 3
    with open_ledger(parks) as ledger, ledger.begin_run(MAILING) as run:
        ledger.exchange(
            run, [], [LedgerEntry("p5", "p5@d2.example", "p5@d2.example", "", "", "<5@x>")]
        )
        ledger.end_run(run, "")
        ledger.assume_sent(MAILING)
    sent = {row["id"]: row for row in listing("--who", "sent")}
    assert set(sent) == {"p0", "p1", "p3", "p5"}
    assert sent["p0"]["reason"] == "250 2.0.0 taken"
    assert (sent["p0"]["assumed"], sent["p5"]["assumed"]) == ("", "yes")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", sent["p0"]["at"])
    assert (sent["p0"]["text"], sent["p0"]["mailing"]) == ("1", MAILING)
    assert sent["p0"]["name"] == "Person 0"
    assert {row["id"] for row in listing("--who", "not")} == {f"p{n}" for n in range(N)} - set(sent)
    assert len(listing("--who", "all")) == N
    assert advocacy("status", parks, "--who", "sent") == 2, "in text there is no room for people"


def test_a_corrected_address_gets_the_letter_after_a_hard_bounce_and_the_same_one_does_not(
    advocacy: Run, parks: Path, people: Path, sink: Sink, listing: Listing, key: str
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing") == 0
    first = sink.message("p3@d0.example")["Message-ID"]

    def report(address: str, message_id: str) -> Fate:
        """A notification that the message with that id has come back."""
        notice = bounce("letters@friends.example", recipient=address, returned=message_id)
        path = parks.parent / f"{abs(hash(address + message_id))}.eml"
        path.write_bytes(notice)
        (finding,) = import_bounces(parks.parent, [path]).findings
        return finding.fate

    assert report("p3@d0.example", first) is Fate.HARD
    (row,) = listing()
    assert (row["what"], row["id"], row["listed"]) == ("hard bounce", "p3", "")
    assert row["reason"].startswith("5.1.1")
    assert advocacy(*command) == 3, "somebody was not reached"
    assert sink.to["p3@d0.example"] == 1
    write_list(
        people, [person(n, **({"email": "new@d0.example"} if n == 3 else {})) for n in range(N)]
    )
    assert advocacy(*command) == 0
    assert (sink.to["new@d0.example"], sink.to.total()) == (1, N + 1)
    assert listing() == []
    assert sink.message("new@d0.example")["Message-ID"] != first
    assert report("p3@d0.example", first) is not Fate.HARD, (
        "an old report is not about the new letter"
    )
    assert advocacy(*command) == 0


def test_the_dry_run_of_a_reminder_leaves_out_those_who_answered_as_the_run_does(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command, "--send", "--yes", N, "--new-mailing") == 0
    assert advocacy("replied", "p3", "--campaigns", parks.parent) == 0
    capsys.readouterr()
    assert advocacy(*command, "--mailing", "reminder") == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert f"{N} listed: 1 left out because they have replied, {N - 1} left." in told
    more = ("--send", "--yes", N - 1, "--new-mailing", "--mailing", "reminder")
    assert advocacy(*command, *more) == 0, "not one more than the dry run said"


def test_everyone_whose_letter_rests_on_a_fact_is_found_for_a_correction(
    advocacy: Run, parks: Path, people: Path, sink: Sink, listing: Listing,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command, "--limit", 5) == 0
    found = listing("--cites", "visits")
    assert [row["email"] for row in found] == [f"p{n}@d{n % 3}.example" for n in range(5)]
    write_list(people, [person(0), person(7)])
    gone = [row for row in listing("--cites", "visits") if row["listed"] == "no"]
    assert [(row["id"], row["name"]) for row in gone] == [
        (f"p{n}", f"Person {n}") for n in range(1, 5)
    ]
    assert advocacy("status", parks, "--cites", "visits") == 0
    assert "5 people have a letter that relies on visits." in capsys.readouterr().out
    assert advocacy("status", parks, "--cites", "visit") == 1
    assert "Did you mean `visits`?" in capsys.readouterr().err


def test_a_letter_of_an_earlier_version_is_not_taken_for_one_that_does_not_cite_a_fact(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command, "--limit", 2) == 0
    with open_ledger(parks) as ledger, ledger._backend.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE advocacy_letter SET facts = NULL WHERE letter_id = 'p1'")
    assert advocacy("status", parks, "--recipients", people, "--cites", "visits") == 1
    assert "does not record the facts of 1 letter:" in capsys.readouterr().err


def test_an_address_that_is_wrong_in_any_way_is_not_called_missing(
    parks: Path, people: Path
) -> None:
    wrong = ("nobody at all", "p1@d.example\nBcc: p2@d.example", "p3@d.example\x07")
    rows = [person(n, email=email) for n, email in enumerate(("", *wrong))]
    write_list(people, rows)
    prepared = PreparedMailing.open(SendRequest(parks, People(people), today=DAY))
    counts = prepared.go_through().account().counts
    assert (counts[Category.WRONG_ADDRESS], counts[Category.NO_ADDRESS]) == (len(wrong), 1)


def test_the_domains_and_the_data_add_up_to_the_account(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    with open_ledger(parks) as ledger:
        for name, kind in (("p1", "hard bounce"), ("p2", "soft bounce"), ("p4", "complaint")):
            ledger.mark_bounced(MAILING, name, f"{kind}: 5.1.1 no")
        ledger.mark_replied(MAILING, "p5")
    (status,) = statuses(parks, People(people)).statuses
    account = status.account
    assert account is not None
    assert {fate: n for fate, n in status.by_fate.items() if n} == {
        one: n for one, n in account.counts.items() if n
    }
    capsys.readouterr()
    write_list(people, [person(n) for n in range(N - 1)])
    assert advocacy("status", parks, "--recipients", people, "--report", "json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["sent"] == told["account"]["sent"] + told["account"]["not_on_list"]["sent"]
    assert (told["bounced"], told["complaints"]) == (2, 1)
    assert sum(counts.get("sent", 0) for counts in told["domains"].values()) == told["sent"]
    page = people.with_suffix(".html")
    assert advocacy("status", parks, "--recipients", people, "--page", page) == 0
    shown = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "1 person who got it replied, on this list or not." in shown
    html = page.read_text(encoding="utf-8")
    for words in ("bounced: the address does not work", "<b>0</b><span>left</span>",
                  "not on this list: 1 sent"):  # fmt: skip
        assert words in html


def test_a_list_of_people_has_the_address_that_the_letter_went_to_and_the_one_that_was_wrong(
    advocacy: Run, parks: Path, people: Path, sink: Sink, listing: Listing
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command, "--limit", 2) == 0
    write_list(people, [person(0, email="new@d0.example"), person(1), person(2, email="not one")])
    sent = {row["id"]: row for row in listing("--who", "sent")}
    assert (sent["p0"]["email"], sent["p0"]["sent_to"]) == ("new@d0.example", "p0@d0.example")
    (wrong,) = listing()
    assert (wrong["what"], wrong["id"], wrong["email"]) == ("wrong address", "p2", "not one")
    assert "not one" in wrong["reason"]


@pytest.mark.parametrize("kind", ["xlsx", "jsonl", "json", "yaml", "one line of json"])
def test_a_list_of_any_kind_tells_the_address_that_is_no_address(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    kind: str,
) -> None:  # fmt: skip
    rows = [person(0), person(1, email="not one"), person(2, country="Narnia")]
    listed = people.with_suffix("." + kind.split()[-1])
    if kind == "xlsx":
        workbook(listed, [list(rows[0]), *(list(row.values()) for row in rows)])
    elif kind == "jsonl":
        listed.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    else:
        listed.write_text(json.dumps(rows, indent=None if kind.startswith("one") else 1))
    command = ("send", parks, "--recipients", listed, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 3
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", listed, "--report", "csv") == 0
    wrong, rejected = rows_of(capsys.readouterr().out)
    assert (wrong["what"], wrong["id"], wrong["name"]) == ("wrong address", "p1", rows[1]["name"])
    assert "not one" in wrong["reason"]
    assert "Narnia" in rejected["reason"]
    if not kind.startswith("one"):  # several people in a line: the reason has the address
        assert wrong["email"] == "not one"
        assert rejected["email"] == rows[2]["email"]


def test_everybody_whose_id_is_another_persons_is_listed_with_that_person(
    advocacy: Run, parks: Path, people: Path, sink: Sink, listing: Listing
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N, "--new-mailing")
    assert advocacy(*command) == 0
    write_list(people, [person(n, name=f"Q {n} Doe", email=f"q{n}@d.example") for n in range(N)])
    found = [row for row in listing() if row["what"] == "id of another person"]
    assert [row["reason"] for row in found] == [
        f"was Person {n} <p{n}@d{n % 3}.example>" for n in range(N)
    ]


def test_an_answer_counts_for_the_person_alone_not_for_the_mailbox_or_the_id(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    office = "office@d1.example"
    rows = [person(1, id="a1", name="Ann Lee", email=office)]
    rows.append(person(2, id="a2", name="Gus Gray", email=office))
    write_list(people, rows)
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command, "--send", "--yes", N, "--new-mailing") == 0
    assert advocacy("replied", "a1", "--campaigns", parks.parent) == 0
    write_list(people, [*rows, person(3, id="a9", name="Anne Lee", email=office)])
    capsys.readouterr()
    assert advocacy(*command, "--mailing", "reminder") == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "3 listed: 2 left out because they have replied, 1 left." in told
    write_list(people, [person(5, id="a1", name="Zoe Zed", email="zoe@d2.example")])
    assert advocacy(*command, "--mailing", "reminder") == 0
    assert "1 listed: 1 left." in re.sub(r"\s+", " ", capsys.readouterr().out)
