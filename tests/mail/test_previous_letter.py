"""What a reminder says of the letter before it is what the ledger has of each person."""

import json
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from advocacy.batch.worker import make_letters
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.letters.approvals import record_approval
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger
from advocacy.mail.sending.by_hand import BY_HAND
from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
from advocacy.mail.sending.sending import send_mailing

from ..loaded import loaded
from .sink import serving

DAY = date(2026, 4, 10)
REMINDER = """\
    variants:
      subject: {evening: Keep the park open, winter: Heat the hall}
  remind:
    template: remind
    subject: Our letter of March
    from: 2026-04-01
    follows: {stage: call}
"""
TEXT = """\
{% if previous.date %}On {{ previous.date }}, we wrote to you about "{{ previous.subject }}".
{% else %}We have not written to you before.
{% endif %}

Please answer us.
"""
STRICT = (
    'On {{ previous.date }}, we wrote to you about "{{ previous.subject }}". Please answer us.\n'
)
LIST = """\
id,name,email
ann,Ann Roe,ann@one.example
bob,Bob Poe,bob@two.example
cy,Cy Loe,cy@three.example
dan,Dan Moe,dan@four.example
"""


@pytest.fixture
def reminder(small_campaign: Path) -> Path:
    with small_campaign.open("a", encoding="utf-8") as file:
        file.write(REMINDER)
    letter = small_campaign.parent / "templates/letters/remind.md"
    letter.write_text(TEXT, encoding="utf-8")
    (small_campaign.parent / "people.csv").write_text(LIST, encoding="utf-8")
    return small_campaign


def sent_on(campaign: Path, when: datetime, name: str, address: str, **more: str) -> None:
    """Have the ledger of a campaign say that its first letter went to somebody at a time."""
    entry = LedgerEntry(
        name, address, address, "digest", "person", f"<{name}@friends.example>",
        variants={"subject": more.get("variant", "evening")}, person=more.get("person", ""),
    )  # fmt: skip
    parts = {"campaign/subject": "0123"}
    with open_ledger(campaign, create=True, clock=when.timestamp) as ledger:
        if ledger.mailing("parks/call") is None:
            ledger.start("parks/call", "parks", "call", MailingText(parts, "Keep the park open"))
        with ledger.begin_run("parks/call") as run:
            ledger.exchange(run, (), [entry])
            result = Result(name, State.SENT, 250, more.get("reply", "2.0.0 Ok"))
            ledger.exchange(run, [result], ())


def prepared(campaign: Path) -> PreparedMailing:
    people = People(campaign.parent / "people.csv")
    return PreparedMailing.open(
        SendRequest(campaign, people, stage="remind", day=DAY, today=DAY, new_mailing=True)
    )


def texts(campaign: Path) -> dict[str, str]:
    """The text of each person's reminder, by letter id; of those that can be made."""
    mailing = prepared(campaign)
    found = {}
    try:
        renderer = mailing.renderer()
        for outcome in make_letters(renderer.settings, list(mailing.candidates().left())):
            ready = renderer.finish(outcome)
            if ready is not None:
                message = message_from_bytes(ready.envelope.message, policy=SMTP)
                body = message.get_body(("plain",))
                assert body is not None
                found[ready.entry.letter_id] = body.get_content()
    finally:
        mailing.close()
    return found


def test_each_person_reads_the_day_and_the_subject_that_this_person_got(reminder: Path) -> None:
    sent_on(reminder, datetime(2026, 3, 2, 18, tzinfo=UTC), "ann", "ann@one.example")
    # Three in the morning in Greenwich is the evening of the day before in Chicago.
    sent_on(
        reminder, datetime(2026, 3, 5, 3, tzinfo=UTC), "bob", "bob@two.example", variant="winter"
    )
    found = texts(reminder)
    assert "On March 2, 2026, we wrote to you about “Keep the park open”." in found["ann"]
    assert "On March 4, 2026, we wrote to you about “Heat the hall”." in found["bob"]
    assert "We have not written to you before." in found["cy"]


def test_a_letter_that_was_delivered_by_hand_has_no_day_that_the_ledger_could_know(
    reminder: Path,
) -> None:
    when = datetime(2026, 3, 2, 18, tzinfo=UTC)
    sent_on(reminder, when, "ann", "by-hand:ann", person="Ann Roe", reply=BY_HAND)
    assert "We have not written to you before." in texts(reminder)["ann"]


def test_the_day_of_another_person_with_the_same_id_is_not_printed(reminder: Path) -> None:
    when = datetime(2026, 3, 2, 18, tzinfo=UTC)
    sent_on(reminder, when, "ann", "zoe@nine.example", person="Zoe Zuckerman")
    assert "We have not written to you before." in texts(reminder)["ann"]


def test_who_is_listed_under_a_new_id_has_the_letter_of_the_old_one(reminder: Path) -> None:
    when = datetime(2026, 3, 2, 18, tzinfo=UTC)
    sent_on(reminder, when, "row-7", "ann@one.example", person="Ann Roe")
    assert "On March 2, 2026" in texts(reminder)["ann"]


def test_no_reminder_of_a_letter_that_was_never_sent_leaves(
    reminder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reminder.parent / "templates/letters/remind.md").write_text(STRICT, encoding="utf-8")
    sent_on(reminder, datetime(2026, 3, 2, 18, tzinfo=UTC), "ann", "ann@one.example")
    campaign = loaded(reminder)
    record_approval(campaign, "remind", "Jane Doe", DAY)
    with serving() as sink:
        monkeypatch.setenv("ADVOCACY_SMTP", sink.url)
        people = People(reminder.parent / "people.csv")
        request = SendRequest(
            reminder, people, stage="remind", day=DAY, today=DAY, new_mailing=True, workers=1
        )
        result = send_mailing(request, lambda _: 4)
        assert result.run is not None
        assert [to for _, to, _ in sink.taken] == ["ann@one.example"]
        body = sink.message("ann@one.example").get_body(("plain",))
        assert body is not None
        assert "On March 2, 2026" in body.get_content()
    told = {problem.message for problem in result.run.problems}
    assert "The ledger has no letter of the stage `call` to this person." in told


def test_a_changed_subject_of_the_letter_before_is_told(reminder: Path) -> None:
    sent_on(reminder, datetime(2026, 3, 2, 18, tzinfo=UTC), "ann", "ann@one.example")
    mailing = prepared(reminder)
    assert "previous-subject-changed" in {one.code for one in mailing.stops()}
    mailing.close()


def test_check_composes_the_reminder_and_says_that_only_send_knows_its_day(reminder: Path) -> None:
    found = run_checks(loaded(reminder), stage=None, today=DAY).problems
    assert "previous-from-ledger" in {one.code for one in found}
    assert not [one for one in found if "is not known" in one.message]


def test_render_says_what_is_missing_or_takes_the_stages_own_day(
    run_cli, reminder: Path, edit
) -> None:
    (reminder.parent / "templates/letters/remind.md").write_text(STRICT, encoding="utf-8")
    command = ("render", reminder, "--stage", "remind", "--date", str(DAY), "--format", "eml")
    made = run_cli(*command, cwd=reminder.parent)
    assert made.returncode == 1
    assert "The date of the letters of the stage `call` is not known." in made.stdout + made.stderr
    edit(reminder, "{stage: call}", "{stage: call, date: 2026-03-02}")
    made = run_cli(*command, cwd=reminder.parent)
    assert made.returncode == 0, made.stdout + made.stderr
    manifest = reminder.parent / "output/parks/remind/manifest.jsonl"
    (line,) = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    assert line["previous"]["date"] == "2026-03-02"
    assert line["previous"]["subject"] in ("Keep the park open", "Heat the hall")


def test_the_campaign_with_a_reminder_loads_without_a_problem(reminder: Path) -> None:
    assert load_campaign(reminder)[1] == []
