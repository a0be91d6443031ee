"""What a mailing may rely on, whichever database keeps its ledger."""

import time

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import (
    MailingRun,
    MailingTally,
    MailingText,
    PersonKey,
    Result,
    State,
    Why,
    ledger_exists,
    reading,
    runs,
)
from advocacy.mail.ledger.runs import LEASE_SECONDS

from .ledger_fixtures import MAILING, TEXT, Books, entry, runs_of, taken


def sent(name: str) -> Result:
    return Result(name, State.SENT, 250, "2.0.0 Ok: queued as 4B2")


def deferred(name: str, not_before: float | None = None) -> Result:
    return Result(name, State.DEFERRED, 451, "try later", not_before)


def refused(name: str) -> Result:
    return Result(name, State.REFUSED, 550, "no such user")


def uncertain(name: str) -> Result:
    return Result(name, State.UNCERTAIN, None, "the connection broke")


# --- mailings ----------------------------------------------------------------------------------


def test_without_a_ledger_nothing_is_opened_and_the_cure_is_named(books: Books) -> None:
    assert not ledger_exists(books.campaign, books.environ)
    with pytest.raises(AdvocacyError, match="ledger-missing") as caught:
        books.open()
    assert "--new-mailing" in caught.value.problems[0].hint
    books.open(create=True)
    assert ledger_exists(books.campaign, books.environ)


def test_a_mailing_is_started_once_and_found_again(books: Books) -> None:
    ledger = books.started()
    assert [one.name for one in books.open(2).mailings()] == [MAILING]
    found = ledger.mailing(MAILING)
    assert found is not None
    assert (found.campaign, found.stage, found.started_at) == ("parks", "call", books.clock.time)
    assert ledger.mailing("parks/thanks") is None
    with pytest.raises(AdvocacyError, match="mailing-exists"):
        ledger.start(MAILING, "parks", "call", TEXT)
    with pytest.raises(AdvocacyError, match="mailing-unknown"):
        ledger.begin_run("parks/thanks")


def test_two_mailings_of_one_stage_do_not_know_of_each_other(books: Books) -> None:
    ledger = books.started()
    ledger.start("parks/call-again", "parks", "call", TEXT)
    with books.run(ledger) as run, ledger.begin_run("parks/call-again") as other:
        assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]
        assert taken(ledger.exchange(other, [], [entry("ann")])) == ["ann"]


def test_a_text_that_was_accepted_is_the_mailings_text_from_then_on(books: Books) -> None:
    ledger = books.started()
    assert ledger.text(MAILING) == TEXT
    changed = MailingText(
        {"call": "4567"}, "Wir bitten Sie, den Park offen zu halten – auch nachts."
    )
    ledger.accept_text(MAILING, changed)
    assert books.open(2).text(MAILING) == changed


# --- giving out --------------------------------------------------------------------------------


def test_a_letter_is_given_out_once(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        assert taken(ledger.exchange(run, [], [entry("ann"), entry("bob")])) == ["ann", "bob"]
        again = ledger.exchange(run, [sent("ann"), refused("bob")], [entry("ann"), entry("bob")])
        assert [one.why_not for one in again] == [Why.SENT, Why.REFUSED]
        assert [one.state for one in again] == [State.SENT, State.REFUSED]


def test_two_senders_with_one_list_never_get_the_same_letter(books: Books) -> None:
    first, second = books.started(), books.open(2)
    with books.run(first) as one, books.run(second) as two:
        assert taken(first.exchange(one, [], [entry("ann")])) == ["ann"]
        (answer,) = second.exchange(two, [], [entry("ann")])
        assert answer.why_not is Why.UNDER_WAY
        assert taken(second.exchange(two, [], [entry("ann"), entry("bob")])) == ["bob"]
        first.exchange(one, [sent("ann")], [])
        second.exchange(two, [sent("bob")], [])
    assert first.counts(MAILING)[State.SENT] == 2


def test_one_address_gets_one_letter_whatever_its_id(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        answers = ledger.exchange(
            run, [], [entry("ann"), entry("anna", "ann@parks.example"), entry("ann")]
        )
        assert [one.why_not for one in answers] == [None, Why.SAME_ADDRESS, Why.UNDER_WAY]
        assert answers[1].others == ("ann",)
        (later,) = ledger.exchange(run, [sent("ann")], [entry("a-smith", "ann@parks.example")])
        assert (later.why_not, later.state, later.others) == (
            Why.SAME_ADDRESS,
            State.SENT,
            ("ann",),
        )


@pytest.mark.parametrize(
    ("now", "address", "shared", "why"),
    [
        ("Roe, Ann", "new@parks.example", False, Why.SENT),
        ("Dr. Ann B. Roé", "new@parks.example", False, Why.SENT),
        ("Anna Rowe", "ann@parks.example", False, Why.SENT),
        ("", "new@parks.example", False, Why.SENT),
        ("Bob Doe", "bob@parks.example", False, Why.OTHER_PERSON),
        ("Bob Doe", "ann@parks.example", True, Why.OTHER_PERSON),
    ],
)
def test_an_id_is_the_same_persons_as_long_as_the_name_or_the_mailbox_is(
    books: Books, now: str, address: str, shared: bool, why: Why
) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("1", "ann@parks.example", person="Ann Roe")])
        (answer,) = ledger.exchange(
            run, [sent("1")], [entry("1", address, person=now, shared_address=shared)]
        )
        assert answer.why_not is why
        if why is Why.OTHER_PERSON:
            assert (answer.person, answer.address) == ("Ann Roe", "ann@parks.example")


def test_supporters_may_all_write_to_one_address(books: Books) -> None:
    ledger = books.started()
    letters = [entry(f"s{n}--doe", "doe@parks.example", shared_address=True) for n in range(3)]
    with books.run(ledger) as run:
        assert len(taken(ledger.exchange(run, [], letters))) == 3
        assert taken(ledger.exchange(run, [], letters)) == []
    with books.run(ledger) as run:  # in one run of one list, two ids are two people
        (alone,) = ledger.exchange(run, [], [entry("doe")])
        assert alone.why_not is Why.SAME_ADDRESS


def test_a_deferred_letter_waits_for_its_time(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
        later = ledger.now() + 60
        (answer,) = ledger.exchange(run, [deferred("ann", later)], [entry("ann")])
        assert (answer.why_not, answer.not_before, answer.attempts) == (Why.NOT_YET, later, 1)
        books.clock.time = later
        (answer,) = ledger.exchange(run, [], [entry("ann")])
        assert answer.taken
        assert answer.attempts == 2


def test_a_letter_given_back_untried_is_as_if_never_given_out(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann"), entry("bob")])
        ledger.exchange(run, [Result.untried("ann"), deferred("bob")], [])
        assert books.state("ann") is None
        ledger.exchange(run, [], [entry("bob")])
        ledger.exchange(run, [Result.untried("bob")], [])
        assert ledger.state_of(MAILING, ["bob"])["bob"].attempts == 1
        assert len(taken(ledger.exchange(run, [], [entry("ann"), entry("bob")]))) == 2


def test_someone_relisted_under_another_id_after_a_deferral_is_written_to_once(
    books: Books,
) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
        ledger.exchange(run, [deferred("ann")], [])
        again = [entry("ann-smith", "ann@parks.example"), entry("ann")]
        answers = ledger.exchange(run, [], again)
        assert [one.why_not for one in answers] == [None, Why.SAME_ADDRESS]
        ledger.exchange(run, [sent("ann-smith")], [])
    assert [one.letter_id for one in ledger.records(MAILING)] == ["ann-smith"]


def test_a_corrected_address_gets_the_letter_that_was_refused_at_the_old_one(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann", "an@parks.example"), entry("bob")])
        ledger.exchange(run, [refused("ann"), sent("bob")], [])
        corrected = [entry("ann", "ann@parks.example"), entry("bob", "bob@home.example")]
        answers = ledger.exchange(run, [], corrected)
        assert [one.why_not for one in answers] == [None, Why.SENT], "what arrived stays sent"
        ledger.exchange(run, [sent("ann")], [])
    assert ledger.find(letter_id="ann")[0].address == "ann@parks.example"


def test_a_corrected_address_that_somebody_else_has_is_not_written_to_twice(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann"), entry("bob")])
        ledger.exchange(run, [refused("ann"), sent("bob")], [])
        (answer,) = ledger.exchange(run, [], [entry("ann", "bob@parks.example")])
        assert (answer.why_not, answer.others) == (Why.SAME_ADDRESS, ("bob",))


def test_it_can_be_asked_beforehand_what_would_be_given_out(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann"), entry("bob")])
        ledger.exchange(run, [sent("ann"), deferred("bob")], [])
    keys = [PersonKey(name, f"{name}@parks.example") for name in ("ann", "bob", "eve")]
    keys.append(PersonKey("ann2", "ann@parks.example"))
    answers = ledger.standing(MAILING, keys)
    assert [one.why_not for one in answers] == [Why.SENT, None, None, Why.SAME_ADDRESS]
    assert ledger.counts(MAILING)[State.SENDING] == 0
    assert books.state("eve") is None


def test_many_results_of_every_kind_are_written_at_once(books: Books) -> None:
    ledger = books.started()
    kinds = [sent, refused, deferred, uncertain, Result.untried]
    names = [f"{kind.__name__}{n}" for kind in kinds for n in range(3)]
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry(name) for name in names])
        results = [kind(f"{kind.__name__}{n}") for kind in kinds for n in range(3)]
        assert ledger.exchange(run, results, []) == []
        assert sorted(ledger.counts(MAILING).values()) == [0, 3, 3, 3, 3]


# --- crashes -----------------------------------------------------------------------------------


def test_what_a_killed_sender_had_under_way_is_uncertain_and_stays_so(books: Books) -> None:
    first = books.started()
    run = books.run(first)
    first.exchange(run, [], [entry("ann"), entry("bob")])
    first.exchange(run, [sent("ann")], [])
    second = books.open(2)
    assert second.settle(MAILING) == 0, "it lives"
    books.dead.add(1)
    assert second.settle(MAILING) == 1
    with books.run(second) as other:
        (answer,) = second.exchange(other, [], [entry("bob")])
        assert (answer.why_not, answer.state) == (Why.UNCERTAIN, State.UNCERTAIN)
    assert second.settle(MAILING) == 0
    assert runs_of(second)[0].why == "found dead"


def test_elsewhere_a_killed_sender_is_found_out_when_its_lease_is_over(books: Books) -> None:
    books.here = False
    first = books.started()
    run = books.run(first)
    first.exchange(run, [], [entry("ann")])
    second = books.open(2)
    books.clock.time += LEASE_SECONDS - 1
    assert second.settle(MAILING) == 0
    first.renew(run)
    books.clock.time += LEASE_SECONDS - 1
    assert second.settle(MAILING) == 0
    books.clock.time += 1
    assert second.settle(MAILING) == 1


def test_a_lease_that_ends_too_late_was_written_by_another_clock(books: Books) -> None:
    books.here = False
    first = books.started()
    run = books.run(first)
    first.exchange(run, [], [entry("ann")])
    books.clock.time -= 86_400
    assert books.open(2).settle(MAILING) == 1


def test_a_sender_that_sleeps_and_wakes_tells_what_came_of_its_letters(books: Books) -> None:
    books.here = False
    first = books.started()
    run = books.run(first)
    names = ["ann", "bob", "eve"]
    first.exchange(run, [], [entry(name) for name in names])
    books.clock.time += LEASE_SECONDS
    books.open(2).settle(MAILING)
    results = [sent("ann"), refused("bob"), deferred("eve")]
    answers = first.exchange(run, results, [entry("joe")])
    assert taken(answers) == ["joe"]
    assert [books.state(name) for name in names] == [State.SENT, State.REFUSED, State.UNCERTAIN]
    assert runs_of(first)[0].ended_at is None, "it lives again"
    assert books.opened[1].settle(MAILING) == 0


def test_a_250_that_comes_late_counts_whoever_has_the_letter_by_then(books: Books) -> None:
    books.here = False
    first = books.started()
    run = books.run(first)
    first.exchange(run, [], [entry("ann")])
    books.clock.time += LEASE_SECONDS
    second = books.open(2)
    second.settle(MAILING)
    second.resend_uncertain(MAILING)
    with books.run(second) as other:
        assert taken(second.exchange(other, [], [entry("ann")])) == ["ann"]
        first.exchange(run, [sent("ann")], [])
        second.exchange(other, [deferred("ann")], [])
    assert books.state("ann") is State.SENT


def test_a_run_that_ends_leaves_nothing_under_way(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
    assert books.state("ann") is State.UNCERTAIN
    record = runs_of(ledger)[0]
    assert (record.ended_at, record.why) == (books.clock.time, "finished")

    def broken() -> None:
        with books.run(ledger) as run:
            ledger.exchange(run, [], [entry("bob")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert books.state("bob") is State.UNCERTAIN
    assert runs_of(ledger)[1].why == "stopped: KeyboardInterrupt"


def test_nothing_frees_an_uncertain_letter_but_the_word_to_resend_it(books: Books) -> None:
    ledger = books.started()
    names = ["ann", "bob", "eve"]
    letters = [entry(name) for name in names]
    with books.run(ledger) as run:
        ledger.exchange(run, [], letters)
        ledger.exchange(run, [uncertain(name) for name in names], [])
        for result in (deferred("ann"), Result.untried("ann"), uncertain("ann")):
            ledger.exchange(run, [result], [])
        assert taken(ledger.exchange(run, [], letters)) == []
        assert ledger.assume_sent(MAILING, ["eve", "nobody"]) == 1
        assert ledger.resend_uncertain(MAILING, ["ann"]) == 1
        assert taken(ledger.exchange(run, [], letters)) == ["ann"]
        ledger.exchange(run, [sent("ann")], [])
        assert ledger.resend_uncertain(MAILING) == 1
        assert [one.resends for one in ledger.records(MAILING)] == [1, 1, 0]
    assert ledger.counts(MAILING) == {
        State.SENDING: 0, State.SENT: 2, State.REFUSED: 0, State.DEFERRED: 1, State.UNCERTAIN: 0,
    }  # fmt: skip


def test_a_lapsed_lease_is_seen_by_the_run_itself(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = books.started()
    run = books.run(ledger)
    assert not run.lapsed
    from advocacy.mail.ledger import runs

    now = runs.since_boot()
    monkeypatch.setattr(runs, "since_boot", lambda: now + LEASE_SECONDS)
    assert run.lapsed


def test_the_lease_is_renewed_while_a_server_takes_its_time(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = books.started()
    monkeypatch.setattr(runs, "RENEW_SECONDS", 0.01)
    with books.run(ledger):
        before = runs_of(ledger)[0].lease_until
        books.clock.time += 100
        deadline = time.monotonic() + 30
        while runs_of(ledger)[0].lease_until < before + 100 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert runs_of(ledger)[0].lease_until == before + 100


# --- the account -------------------------------------------------------------------------------


def test_every_detail_of_a_letter_is_kept(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        first_at = books.clock.time
        ledger.exchange(run, [], [entry("jürgen", "jürgen@bücher.example", variants={"b": "ä"})])
        books.clock.time += 5
        ledger.exchange(run, [Result("jürgen", State.SENT, 250, "Ok \0 \udcff" + "x" * 9999)], [])
    (record,) = ledger.records(MAILING)
    assert (record.letter_id, record.address) == ("jürgen", "jürgen@bücher.example")
    assert (record.digest, record.recipient_digest) == ("digest-jürgen", "person-jürgen")
    assert (record.state, record.code, record.attempts) == (State.SENT, 250, 1)
    assert (record.first_at, record.at) == (first_at, first_at + 5)
    assert record.variants == {"b": "ä"}
    assert record.reply.startswith("Ok \ufffd ?x")
    assert len(record.reply) == 2000
    assert ledger.find(message_id="<jürgen@friends.example>") == [record]
    assert ledger.find(address_key="jürgen@bücher.example", letter_id="jürgen") == [record]
    assert ledger.find(letter_id="ann") == ledger.find() == []


def test_a_reply_and_a_bounce_are_noted(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
        ledger.exchange(run, [sent("ann")], [])
    assert ledger.mark_replied(MAILING, "ann", 12.0)
    assert ledger.mark_bounced(MAILING, "ann", "5.1.1 no such user")
    assert not ledger.mark_replied(MAILING, "bob")
    assert not ledger.mark_bounced(MAILING, "bob", "5.1.1")
    (record,) = ledger.find(letter_id="ann")
    assert (record.replied_at, record.bounced_at) == (12.0, books.clock.time)
    assert record.bounce == "5.1.1 no such user"
    assert record.state is State.SENT


def test_letters_are_counted_by_domain_and_by_time(books: Books) -> None:
    ledger = books.started()
    start = books.clock.time - books.clock.time % 60
    books.clock.time = start
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry(name) for name in ("ann", "bob")])
        ledger.exchange(run, [sent("ann"), refused("bob")], [entry("eve", "eve@home.example")])
        books.clock.time += 90
        ledger.exchange(run, [sent("eve")], [])
    assert ledger.tallies(MAILING) == [
        MailingTally("home.example", State.SENT, 250, 1),
        MailingTally("parks.example", State.REFUSED, 550, 1),
        MailingTally("parks.example", State.SENT, 250, 1),
    ]
    seen = [(one.at - start, one.state, one.count) for one in ledger.progress(MAILING, 60)]
    assert seen == [(0, State.REFUSED, 1), (0, State.SENT, 1), (60, State.SENT, 1)]


def test_a_long_account_is_read_in_pages(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 100)
    ledger = books.started()
    names = [f"p{n:04}" for n in range(250)]
    with books.run(ledger) as run:
        for at in range(0, 250, 50):
            ledger.exchange(run, [], [entry(name) for name in names[at : at + 50]])
        ledger.exchange(run, [sent(name) for name in names[:120]], [])
        records = ledger.records(MAILING)
        first = next(records)
        assert (first.letter_id, first.state, first.digest) == ("p0000", State.SENT, "digest-p0000")
        # It goes on, and nobody has to wait, while a reader is in the middle.
        ledger.exchange(run, [sent(names[-1])], [])
        rest = [first, *records]
    assert [one.letter_id for one in rest] == names
    assert rest[-1].state is State.SENT
    assert sum(1 for _ in ledger.records(MAILING, [State.SENT])) == 121
    assert len(ledger.state_of(MAILING, [*names, "nobody"])) == 250


# --- people who are forgotten ------------------------------------------------------------------


def test_a_person_who_is_forgotten_is_in_the_ledger_no_longer(books: Books) -> None:
    ledger = books.started()
    ledger.start("parks/thanks", "parks", "thanks", TEXT)
    with books.run(ledger) as run, ledger.begin_run("parks/thanks") as other:
        letters = [entry(f"s{n}--ann", "ann@parks.example", shared_address=True) for n in range(3)]
        ledger.exchange(run, [], [*letters, entry("bob")])
        results = [sent("s0--ann"), deferred("s1--ann"), uncertain("s2--ann"), sent("bob")]
        ledger.exchange(run, results, [])
        ledger.exchange(other, [], [entry("ann")])
        ledger.exchange(other, [Result("ann", State.SENT, 250, "for ann")], [])
    ledger.mark_bounced("parks/thanks", "ann", "ann@parks.example: no such user")
    assert ledger.forget("ann@parks.example", "h:0123") == 4
    assert ledger.forget("ann@parks.example", "h:0123") == 0
    records = [*ledger.records(MAILING), *ledger.records("parks/thanks")]
    assert len(records) == 5
    assert "ann" not in repr(records)
    ids = sorted(one.letter_id for one in records)
    assert ids == ["bob", "h:0123", "h:0123", "h:0123#2", "h:0123#3"]
    assert ledger.counts(MAILING)[State.DEFERRED] == 0, "nothing is tried again"
    assert ledger.resend_uncertain(MAILING) == 0
    assert MailingTally("", State.SENT, 250, 1) in ledger.tallies(MAILING)


def test_nobody_is_forgotten_while_a_letter_to_them_is_under_way(books: Books) -> None:
    ledger = books.started()
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
        with pytest.raises(AdvocacyError, match="letter-under-way"):
            ledger.forget("ann@parks.example", "h:0123")
        ledger.exchange(run, [sent("ann")], [])
        assert ledger.forget("ann@parks.example", "h:0123") == 1


def test_a_letter_deferred_while_the_clock_was_ahead_is_tried_again_at_once(books: Books) -> None:
    ledger = books.started()
    books.clock.time += 36_000.0
    with books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
        ledger.exchange(run, [deferred("ann", books.clock.time + 300.0)], [])
    books.clock.time -= 36_000.0
    with books.run(ledger) as run:
        assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]


@pytest.mark.parametrize("how", ["refused", "bounced"])
def test_no_address_at_which_somebody_was_not_reached_gets_the_letter_again(
    books: Books, how: str
) -> None:
    ledger = books.started()

    def give(run: MailingRun, address: str) -> Why | None:
        (answer,) = ledger.exchange(run, [], [entry("ann", f"{address}@parks.example")])
        return answer.why_not

    with books.run(ledger) as run:
        for address in ("first", "second", "third"):
            assert give(run, address) is None
            ledger.exchange(run, [refused("ann") if how == "refused" else sent("ann")], [])
            if how == "bounced":
                ledger.mark_bounced(MAILING, "ann", "hard bounce: 5.1.1 no")
        for address in ("first", "second", "third"):
            assert give(run, address) is (Why.REFUSED if how == "refused" else Why.SENT)
        assert give(run, "fourth") is None
        ledger.exchange(run, [deferred("ann", 0.0)], [])
        assert give(run, "first") is Why.REFUSED
        assert give(run, "fourth") is None
