"""Claims without a citation: what is seen, what is left alone, and how one is silenced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from advocacy.checks.agreement.names import short_forms
from advocacy.checks.claims.rules import Names, find_claim
from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]
NAMES = Names.of(
    ["Microsoft Corporation", "IBM", "Amazon Web Services"], ["Example Civil Liberties Coalition"]
)
# Measured blind on tests/data/claims.yaml, 29 warnings: precision 0.862 (25 of 29), recall 0.833
# (25 of 30). After curing what that showed to be mistakes of the code (a clause inside an ask or
# a question, “please” inside a sentence, “so-called” taken for “called”, “three out of every
# four”, relative clauses): the figures below, which are no longer blind.
PRECISION, RECALL = 0.965, 0.933


def test_the_measured_figures_do_not_fall(project_root: Path) -> None:
    data = yaml.safe_load((project_root / "tests" / "data" / "claims.yaml").read_text("utf-8"))
    names = Names.of([data["target"], *data["precedents"]])
    sentences = data["sentences"]
    assert len(sentences) == 60
    warned = [s["needs_source"] for s in sentences if find_claim(s["text"], names) is not None]
    needing = sum(s["needs_source"] for s in sentences)
    precision, recall = sum(warned) / len(warned), sum(warned) / needing
    print(f"uncited-claim on 60 sentences: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= PRECISION
    assert recall >= RECALL


@pytest.mark.parametrize(
    ("sentence", "because"),
    [
        (
            "The error rate was 34.7 percent for darker-skinned women.",
            "a percentage (“34.7 percent”)",
        ),
        ("Fully a third of the searches ran without a warrant, as 28 officers know.", "a figure"),
        ("Dozens of cities have banned it.", "a figure (“Dozens”)"),
        ("In 2018 a test pointed the other way.", "a date (“2018”)"),
        ("The two companies acted last week.", "a date (“last week”)"),
        ("The chief executive called it “a step too far for us”.", "a quotation"),
        ("Microsoft sold the system to two sheriffs.", "“"),
        ("Amazon suspended police use of Rekognition.", "what somebody did or said"),
        ("AWS has not published its terms.", "what somebody did or said"),
        ("IBM’s chief executive wrote to Congress.", "what somebody did or said"),
        ("Your company announced that it will not sell to police.", "what somebody did or said"),
        ("You promised to wait for a law.", "what somebody did or said"),
        ("Detroit police arrested a man because of a wrong match.", "what somebody did or said"),
        ("Researchers found that the systems fail women of color.", "did or said"),
        ("Studies show that the systems fail women of color.", "a finding or a rule"),
        ("The law requires a warrant.", "a finding or a rule"),
        ("There is still no federal law on face recognition.", "a finding or a rule"),
        ("We know that Amazon sold Rekognition to sheriffs.", "what somebody did or said"),
        ("Did you know that Amazon sold it to sheriffs?", "what somebody did or said"),
        ("We write because Microsoft refused to answer.", "what somebody did or said"),
    ],
)
def test_statements_that_need_a_source(sentence: str, because: str) -> None:
    found = find_claim(sentence, NAMES)
    assert found is not None
    assert because in found


@pytest.mark.parametrize(
    "sentence",
    [
        "We ask Microsoft to commit, publicly and without an end date, not to sell it to police.",
        "Commit publicly, and without an end date, not to sell face recognition to police.",
        "Please answer within 14 days.",
        "We would be grateful for your reply by June 24, 2020, to letters@coalition.example.",
        "Will you commit to it before 2021?",
        "If Microsoft sold the technology to 500 departments, nobody could check its use.",
        "Imagine being arrested in front of your children for a crime you did not commit.",
        "Microsoft has the power to change this.",
        "Microsoft should follow IBM.",
        "Microsoft can lead.",
        "Microsoft deserves credit for speaking early about the risks.",
        "Nobody should be arrested because of a computer’s mistake.",
        "Our two requests are simple.",
        "These three steps would set a standard.",
        "We will publish your answer on July 1, 2020.",
        "We represent people in all 50 states.",
        "The Example Civil Liberties Coalition works in 12 cities.",
        "It is wrong to try it on people who never agreed.",
        "Section 230 and S. 4084 are another matter.",
        "A promise with an end date is not a promise.",
        "So-called “responsible use” is a matter of trust.",
    ],
)
def test_sentences_that_need_none(sentence: str) -> None:
    assert find_claim(sentence, NAMES) is None


def test_other_languages_have_figures_and_quotations() -> None:
    assert (
        find_claim("Die Fehlerrate lag bei 34,7 Prozent.", NAMES, "de")
        == "a figure (“34,7 Prozent”)"
    )
    assert find_claim("Il a dit « nous ne vendons rien ici ».", NAMES, "fr") == "a quotation"
    assert find_claim("Wir bitten um Antwort.", NAMES, "de") is None


def test_organisations_are_known_by_their_short_names() -> None:
    assert short_forms("Microsoft Corporation") == ["Microsoft Corporation", "Microsoft"]
    assert short_forms("Amazon Web Services") == ["Amazon Web Services", "AWS", "Amazon"]
    assert short_forms("Amazon.com, Inc.") == ["Amazon.com, Inc.", "Amazon.com"]
    assert short_forms("IBM") == ["IBM"]
    assert "National" not in short_forms("National Institute of Standards")


def test_a_claim_is_cited_in_its_sentence_or_in_the_next(house: Any) -> None:
    cited = '{{ cite("widget-stopped") }}'
    for text in (
        f"Widget sold 12 systems.{cited}",
        f"Widget Works has stopped such sales. It then said so.{cited}",
        f"Widget sold 12 systems{cited} in a year.",
        f"Widget did two things in 2020:\n\n- it sold 12 systems;{cited}\n- it stopped.{cited}",
    ):
        house.call(text)
        assert house.found("uncited-claim") == [], text
        house.spoil("templates/letters/call.md", text, "We ask you for this:")
        house.spoil("templates/letters/call.md", "\n\nWe ask you:", "")


@pytest.mark.parametrize(
    "text",
    [
        "Widget sold 12 systems.",
        'Widget sold 12 systems. It then stopped. That was all.{{ cite("widget-stopped") }}',
        'Widget sold 12 systems.\n\nThat was all.{{ cite("widget-stopped") }}',
        'That was all.{{ cite("widget-stopped") }} Widget sold 12 systems.',
    ],
)
def test_a_claim_without_a_citation_is_a_warning_at_its_line(
    house: Any, line_of: LineOf, text: str
) -> None:
    house.call(text)
    problem = house.one("uncited-claim")
    assert problem.level is Level.WARNING
    assert "“Widget sold 12 systems.” states a figure (“12”)" in problem.message
    assert line_of(problem).startswith("Widget sold 12 systems.")


def test_an_ask_of_the_campaign_is_no_claim(house: Any) -> None:
    house.spoil(
        "acme.yaml", "    - Commit publicly not to sell face recognition to police departments.",
        "    - The 12 contracts signed in 2019 end.",
    )  # fmt: skip
    assert house.found("uncited-claim") == []


def test_what_the_senders_members_decided_on_the_letter_needs_no_source(house: Any) -> None:
    house.call("On May 17 our members voted on this letter.")
    assert not house.found("uncited-claim")


def test_a_mark_with_a_reason_silences_the_sentence_before_it_and_is_listed(
    house: Any, line_of: LineOf
) -> None:
    house.call("Widget sold 12 systems. {# uncited: our own count #} Widget sold 13 others.")
    problems = house.check()
    assert [p.code for p in problems] == ["silenced-claim", "uncited-claim"]
    assert problems[0].level is Level.NOTE
    assert problems[0].message.endswith("has no citation: our own count.")
    assert line_of(problems[1]).startswith("Widget sold 13 others")


def test_a_mark_works_on_the_line_after_and_in_partials(house: Any) -> None:
    house.write(
        "templates/partials/evidence.md",
        "Widget sold 12 systems in one\nyear.\n{#- uncited: our own count -#}\n",
    )
    house.call('{% include "partials/evidence.md" %}')
    problem = house.one("silenced-claim")
    assert problem.place.path.name == "evidence.md"


def test_a_mark_without_a_reason_silences_nothing(house: Any) -> None:
    house.call("Widget sold 12 systems. {# uncited #}")
    assert sorted(p.code for p in house.check()) == ["silenced-without-reason", "uncited-claim"]


def test_a_mark_that_silences_nothing_is_told(house: Any) -> None:
    house.call("We hope for the best. {# uncited: opinion #}")
    found = house.one("silenced-nothing")
    assert "{# uncited: opinion #}" in found.message
    assert found.level is Level.NOTE


@pytest.mark.parametrize(
    "text",
    [
        "Widget sold 12 systems.\n\n{% if false %}We sold 9. {# uncited: our count #}{% endif %}",
        "{% if true %}Widget sold 12 systems.{% else %}We sold 9. {# uncited: own #}{% endif %}",
    ],
)
def test_a_mark_in_a_branch_that_is_not_printed_belongs_to_no_other_sentence(
    house: Any, text: str
) -> None:
    house.call(text)
    assert {p.code for p in house.check()} == {"uncited-claim"}


def test_a_mark_after_a_sentence_with_a_choice_in_it_belongs_to_the_sentence(house: Any) -> None:
    house.call("Widget sold {% if true %}12{% else %}13{% endif %} systems. {# uncited: counted #}")
    assert {p.code for p in house.check()} == {"silenced-claim"}


def test_the_mark_prints_nothing(house: Any) -> None:
    from advocacy.campaign.loading import load_campaign
    from advocacy.letters.compose import compose_letters

    house.call("We hope. {# uncited: opinion #}")
    campaign, _ = load_campaign(house.folder / "acme.yaml")
    assert campaign is not None
    assert "opinion" not in compose_letters(campaign).letters[0].body.text()


@pytest.mark.parametrize(
    "text",
    [
        "A" * 5000,
        "Aa " * 3000,
        "A'" * 3000,
        "the company " * 2000,
        "was not never also " * 1000 + "x",
        "1,1." * 2000,
        "“" * 3000,
        "Microsoft, " + "a " * 3000 + ", x",
        "in the law of the " * 800,
        "X of the " * 1000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_keeps_the_check_busy(text: str) -> None:
    find_claim(f"{text} ended.", NAMES)
