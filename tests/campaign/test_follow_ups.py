"""Follow-ups: a stage's own demand takes the rest from the campaign, and a reminder its letter."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.letters.compose import compose_letters

from ..loaded import loaded

REMINDER = """
  remind:
    template: remind
    subject: Our letter of March
    from: 2026-04-01
    follows: {stage: call, date: 2026-03-02}
    demand: {reply_by: 2026-04-20}
"""
TEXT = """\
On {{ previous.date }}, we wrote to you about "{{ previous.subject }}". Please answer us.

{% for ask in demand.asks %}
{{ loop.index }}. {{ ask }}
{% endfor %}

Please answer by {{ demand.reply_by }}.
"""
DAY = date(2026, 4, 10)


@pytest.fixture
def reminder(small_campaign: Path) -> Path:
    with small_campaign.open("a", encoding="utf-8") as file:
        file.write(REMINDER)
    (small_campaign.parent / "templates/letters/remind.md").write_text(TEXT, encoding="utf-8")
    return small_campaign


def test_a_stages_demand_takes_from_the_campaign_what_it_does_not_say(reminder: Path) -> None:
    (letter,) = compose_letters(loaded(reminder), day=DAY).letters
    text = letter.body.text()
    assert "1. Keep the park open until nine in the evening." in text
    assert "Please answer by April 20, 2026." in text
    assert letter.demand is not None
    assert str(letter.demand.place("asks")).startswith(f"{reminder}:13")
    assert str(letter.demand.place("reply_by")).startswith(f"{reminder}:")


def test_an_empty_list_of_asks_is_none_rather_than_the_campaigns(reminder: Path, edit) -> None:
    edit(reminder, "demand: {reply_by: 2026-04-20}", "demand: {reply_by: 2026-04-20, asks: []}")
    (letter,) = compose_letters(loaded(reminder), day=DAY).letters
    assert letter.demand is not None
    assert letter.demand.asks == ()


def test_a_reminder_prints_the_letter_before_it_and_needs_no_source_for_that(
    reminder: Path,
) -> None:
    campaign = loaded(reminder)
    (letter,) = compose_letters(campaign, day=DAY).letters
    assert "On March 2, 2026, we wrote to you about" in letter.body.text()
    assert "Keep the park open" in letter.body.text()
    codes = {problem.code for problem in run_checks(campaign, today=DAY).problems}
    assert not codes & {"uncited-claim", "quotation-short", "quotation-not-verbatim"}


@pytest.mark.parametrize(
    ("follows", "code"),
    [
        ("{stage: call, date: 2026-04-05}", "follows-wrong-day"),
        ("{stage: coll}", "unknown-stage"),
    ],
)
def test_a_letter_that_was_never_written_cannot_be_followed(
    reminder: Path, edit, follows: str, code: str
) -> None:
    edit(reminder, "{stage: call, date: 2026-03-02}", follows)
    _, problems = load_campaign(reminder)
    assert [problem.code for problem in problems] == [code]


def test_the_day_of_the_letter_before_is_asked_for_where_it_is_not_known(
    reminder: Path, edit
) -> None:
    edit(reminder, "{stage: call, date: 2026-03-02}", "{stage: call}")
    (problem,) = compose_letters(loaded(reminder), day=DAY).problems
    assert "`call` is not known" in problem.message


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("fr", "Parc : ouvrez-le jusqu'à 21 h ?",
         "Le {{ previous.date }}, nous vous avons écrit sur {{ previous.subject }}."),
        ("fr", "Les 12 000 lampes du parc",
         "Nous vous avons écrit au sujet de « {{ previous.subject }} »."),
        ("en-US", 'Keep the "park" open until nine',
         "On {{ previous.date }}, we wrote to you about “{{ previous.subject }}.”"),
        ("en-US", "Keep the park open until nine",
         "On {{ previous.date }}, we wrote to you about “{{ previous.subject }}”."),
        ("en-GB", "Keep the park's gate open until nine",
         "We wrote to you about ‘{{ previous.subject }}’ on {{ previous.date }}."),
        ("de", "Halten Sie den Park bis 21 Uhr offen",
         "Am {{ previous.date }} haben wir Ihnen zu „{{ previous.subject }}“ geschrieben."),
        ("es", "Abran el parque hasta las 21 horas",
         "El {{ previous.date }} le escribimos sobre «{{ previous.subject }}»."),
    ],
)  # fmt: skip
def test_the_day_and_subject_of_the_letter_before_need_no_source_in_any_marks(
    reminder: Path, edit, language: str, subject: str, sentence: str
) -> None:
    edit(reminder, "id: parks\n", f"id: parks\nlanguage: {language}\n")
    edit(reminder, "subject: Our letter of March", "subject: Reminder")
    text = reminder.read_text(encoding="utf-8")
    start = text.index("  call:\n")
    at = text.index("subject:", start)
    quoted = subject.replace("'", "''")
    text = f"{text[:at]}subject: '{quoted}'{text[text.index(chr(10), at) :]}"
    reminder.write_text(text, encoding="utf-8")
    path = reminder.parent / "templates/letters/remind.md"
    path.write_text(TEXT.replace(TEXT.partition("\n")[0], sentence), encoding="utf-8")
    campaign = loaded(reminder)
    (letter,) = compose_letters(campaign, day=DAY).letters
    assert "previous" not in letter.body.text()
    wrong = {"uncited-claim", "quotation-short", "quotation-not-verbatim"}
    problems = run_checks(campaign, today=DAY, stage="remind").problems
    assert not [one for one in problems if one.code in wrong]
