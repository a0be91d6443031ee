"""Seeded mistakes: each is put into a copy of the shipped campaigns, and `check` must tell of it.

First the twelve traps of the subject, into which careless letters have fallen; then eight more
mistakes. What no program can see is a cited sentence that says more than its fact: "IBM has
stopped selling face recognition altogether", with the citation of a fact that says "general
purpose" (traps 5, 6, 7, 9 and 12), or words such as "one-year" of a moratorium that has none,
beside a citation that holds (trap 4). Such a sentence stands on the audit sheet right above the
fact and its quotation, for a person to compare; that is tested at the end. Left without a
citation, put into quotation marks, or dated wrongly, each of them is caught here.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.audit import audit_paragraphs
from advocacy.checks.run import run_checks
from advocacy.errors import Level, Problem
from advocacy.letters.compose import compose_letters

FACTS, SOURCES = "facts/face-recognition.yaml", "sources/face-recognition.yaml"
CALL, HOLD = "templates/letters/call-to-follow.md", "templates/letters/hold-to-your-word.md"
KEEP, GAPS = "templates/letters/keep-the-promise.md", "templates/letters/close-the-gaps.md"
IBM = "templates/letters/thank-and-ask.md"
TODAY = date(2026, 11, 30)
JARGON = ("Traceback", "Exception", "None", "null", "regex", "dataclass", "__", "NoneType")


@dataclass(frozen=True)
class Seed:
    """A mistake: what is changed, and how it is told."""

    what: str
    campaign: str
    changes: tuple[tuple[str, str, str], ...]
    code: str
    words: tuple[str, ...]
    level: Level = Level.ERROR
    day: date | None = None
    stage: str | None = None
    also: tuple[str, ...] = field(default=())


NO_SALES = "We do not say that\nsuch sales are taking place; we ask you to rule them out."
PENDING = """\
bill-pending:
  statement: S. 4084 is pending in the Senate.
  source: s4084
  from: 2020-06-25
  until: 2021-01-03
  checked: 2026-11-23

"""
YEAR_ENDS = """\
  source: reuters-2020-06-10
  from: 2020-06-10
  until: 2021-05-17
  superseded_by: amazon-moratorium-extended
"""
IBM_READ = """\
  - id: ibm-2020-06-08
    type: webpage
    author:
      - {family: Krishna, given: Arvind}
    title: IBM CEO’s Letter to Congress on Racial Justice Reform
    title-short: IBM CEO’s Letter
    publisher: IBM
    issued: "2020-06-08"
    accessed: "2026-11-23"
"""
SEEDS = [
    Seed(
        "trap 1: “is selling” was said by nobody",
        "microsoft",
        ((CALL, NO_SALES, "Microsoft is selling it to police departments."),),
        "uncited-claim",
        ("Microsoft is selling", "but cites no source"),
        Level.WARNING,
    ),
    Seed(
        "trap 1: the call goes out a day late, when the ask is met",
        "microsoft",
        (("microsoft.yaml", "    until: 2020-06-10", "    until: 2020-06-11"),),
        "fact-ended",
        ("has not prohibited the sale", "2020-06-10", "microsoft-ban"),
        also=("stages-overlap",),
    ),
    Seed(
        "trap 2: the call is dated Monday, as CRN has it",
        "microsoft",
        (("microsoft.yaml", "    from: 2020-06-10", "    from: 2020-06-08"),),
        "fact-not-yet",
        ("true from 2020-06-10", "2020-06-08"),
        also=("source-too-new",),
    ),
    Seed(
        "trap 3: two quotations are merged",
        "microsoft",
        (
            (
                HOLD,
                "until we have a national law in place, grounded in human rights, that",
                "until there is a strong national law grounded in human rights, that",
            ),
        ),
        "quotation-not-verbatim",
        ("strong", "microsoft-ban-words", "until we have a national law in place"),
    ),
    Seed(
        "trap 4: the letter on the year goes out when the year is no more",
        "amazon",
        (("amazon.yaml", "    until: 2020-06-30", "    until: 2021-05-18"),),
        "fact-ended",
        ("one-year moratorium", "2021-05-17", "until further notice"),
    ),
    Seed(
        "trap 4: a later letter cites the year",
        "amazon",
        (
            (
                GAPS,
                'cite("amazon-moratorium-extended")',
                'cite("amazon-moratorium")',
            ),
        ),
        "fact-ended",
        ("one-year moratorium", "2021-05-17", "amazon-moratorium-extended"),
    ),
    Seed(
        "trap 5: IBM is quoted with a word that it did not write",
        "ibm",
        (
            (
                IBM,
                "has sunset its general purpose facial recognition and\nanalysis software products",
                "has sunset its facial recognition and\nanalysis software altogether",
            ),
        ),
        "quotation-not-verbatim",
        ("altogether", "ibm-exit", "general purpose"),
    ),
    Seed(
        "trap 6: NIST’s factors are quoted from memory",
        "microsoft",
        (
            (
                "templates/partials/nist.md",
                "by factors of 10 to more than 100",
                'by "factors of 10 to beyond 100 times"',
            ),
        ),
        "quotation-not-verbatim",
        ("factors of 10 to beyond 100 times", "No fact that the letter cites quotes"),
    ),
    Seed(
        "trap 7: IBM’s rate is laid at Microsoft’s door",
        "microsoft",
        ((CALL, NO_SALES, "A study found that Microsoft's error rate was 34.7 percent."),),
        "uncited-claim",
        ("34.7 percent", "a percentage"),
        Level.WARNING,
    ),
    Seed(
        "trap 8: a bill of the 116th Congress is told as though it were pending",
        "microsoft",
        (
            (FACTS, "bill-2020:\n", PENDING + "bill-2020:\n"),
            (KEEP, 'cite("crs-no-law")', 'cite("crs-no-law", "bill-pending")'),
        ),
        "fact-ended",
        ("S. 4084 is pending", "2021-01-03"),
    ),
    Seed(
        "trap 9: the test of 28 members is told without what limits it, or a source",
        "microsoft",
        (
            (CALL, NO_SALES, "Rekognition wrongly matched 28 members of Congress."),
        ),
        "uncited-claim",
        ("28 members of Congress", "cites no source"),
        Level.WARNING,
    ),
    Seed(
        "trap 10: a letter of June 10 knows what was published on June 17",
        "microsoft",
        ((CALL, 'cite("aclu-congress-test")', 'cite("microsoft-dea-pitches")'),),
        "source-too-new",
        ("aclu-2020-06-17", "published 2020-06-17", "2020-06-10"),
        also=("fact-not-yet",),
    ),
    Seed(
        "trap 11: the ACLU is made to ask for a law",
        "microsoft",
        ((HOLD, "and expand the police use of facial\nrecognition", "and limit its use"),),
        "quotation-not-verbatim",
        ("aclu-halt-efforts", "legitimize and expand the police use"),
    ),
    Seed(
        "trap 11: the letter asks to support a law, which is none of its asks",
        "microsoft",
        (
            (
                HOLD,
                "{% for ask in demand.asks %}\n{{ loop.index }}. {{ ask }}\n{% endfor %}",
                "1. Support a strong federal law on the technology.",
            ),
        ),
        "ask-missing",
        ("does not ask for this", "Drop its end date"),
        Level.WARNING,
    ),
    Seed(
        "trap 12: “stopped development” is CRN’s word, not the letter’s",
        "ibm",
        (
            (
                IBM,
                "We noticed that the letter says *whether*, and not only *how*.",
                "IBM has stopped developing the technology. We thank you for that too.",
            ),
        ),
        "uncited-claim",
        ("IBM has stopped developing", "cites no source"),
        Level.WARNING,
    ),
    # --- eight more ---------------------------------------------------------------------------
    Seed(
        "1: the answer is wanted before the letter is written",
        "microsoft",
        (
            (
                "microsoft.yaml",
                "on behalf of a police department.\n  reply_by: 14 days",
                "on behalf of a police department.\n  reply_by: 2020-06-01",
            ),
        ),
        "deadline-passed",
        ("2020-06-01",),
    ),
    Seed(
        "2: two stages cover one day",
        "microsoft",
        (("microsoft.yaml", "    until: 2020-06-16", "    until: 2020-07-02"),),
        "stages-overlap",
        ("2020-06-30", "2020-07-02", "`thanks`", "`hold`"),
    ),
    Seed(
        "3: an address that a reader’s program warns of",
        "microsoft",
        ((SOURCES, "https://www.ibm.com/policy", "http://www.ibm.com/policy"),),
        "address-not-https",
        ("ibm-2020-06-08", "https"),
        Level.WARNING,
    ),
    Seed(
        "4: a template’s gap was never filled in",
        "microsoft",
        ((CALL, "Nor is the request new.", "We write for [YOUR ORGANIZATION]."),),
        "placeholder",
        ("[YOUR ORGANIZATION]", "would be printed literally"),
    ),
    Seed(
        "5: a quotation that nobody says to have read where it is said to stand",
        "microsoft",
        ((SOURCES, IBM_READ, IBM_READ.rpartition("    accessed")[0]),),
        "quote-without-via",
        ("ibm-exit", "accessed:", "via:"),
        Level.WARNING,
    ),
    Seed(
        "6: two facts that cannot both be true stand in one letter",
        "amazon",
        (
            (FACTS, YEAR_ENDS, YEAR_ENDS.partition("  until")[0]),
            (
                GAPS,
                'cite("amazon-moratorium-extended")',
                'cite("amazon-moratorium-extended", "amazon-moratorium")',
            ),
        ),
        "facts-contradict",
        ("amazon-moratorium", "amazon-moratorium-extended"),
    ),
    Seed(
        "7: a misspelt fact",
        "microsoft",
        ((CALL, 'cite("aclu-congress-test")', 'cite("aclu-congres-test")'),),
        "unknown-fact",
        ("aclu-congress-test",),
    ),
    Seed(
        "8: nobody has looked at the sources for half a year",
        "microsoft",
        (),
        "recheck-due",
        ("2026-11-23",),
        Level.WARNING,
        day=date(2027, 6, 1),
        stage="keep",
    ),
]  # fmt: skip


@pytest.fixture
def copy(campaigns: Path, project_root: Path) -> Path:
    """The shipped campaigns with templates of their own, free to be broken."""
    for name in ("letters", "partials"):
        shutil.copytree(project_root / "templates" / name, campaigns / "templates" / name)
    return campaigns


def change(folder: Path, changes: Iterable[tuple[str, str, str]]) -> None:
    for name, old, new in changes:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")


def found(folder: Path, seed: Seed) -> list[Problem]:
    campaign, problems = load_campaign(folder / f"{seed.campaign}.yaml")
    if campaign is None:
        return problems
    result = run_checks(campaign, day=seed.day, stage=seed.stage, today=TODAY)
    return [*problems, *result.problems]


def serious(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level is not Level.NOTE]


@pytest.mark.parametrize("seed", SEEDS, ids=[seed.what for seed in SEEDS])
def test_a_seeded_mistake_is_told_in_plain_words(copy: Path, seed: Seed) -> None:
    change(copy, seed.changes)
    problems = found(copy, seed)
    mine = [problem for problem in problems if problem.code == seed.code]
    assert mine, "\n".join(map(str, serious(problems))) or "nothing was found"
    told = [p for p in mine if all(word in f"{p.message} {p.hint}" for word in seed.words)]
    assert told, "\n".join(map(str, mine))
    problem = told[0]
    assert problem.level is seed.level
    assert problem.hint
    assert problem.place is not None
    assert problem.place.line is not None
    assert not any(word in f"{problem.message} {problem.hint}" for word in JARGON)
    assert set(seed.also) <= {other.code for other in problems}


@pytest.mark.parametrize("name", ["microsoft", "amazon", "ibm"])
def test_without_a_mistake_nothing_is_told(copy: Path, name: str) -> None:
    assert serious(found(copy, Seed("", name, (), "", ()))) == []


def test_there_are_twelve_traps_and_eight_more() -> None:
    traps = {seed.what.split(":")[0] for seed in SEEDS if seed.what.startswith("trap")}
    assert traps == {f"trap {number}" for number in range(1, 13)}
    assert len([seed for seed in SEEDS if not seed.what.startswith("trap")]) == 8


def test_the_command_line_shows_the_line_and_says_no(run_cli, copy: Path) -> None:
    [merged] = [seed for seed in SEEDS if seed.what.startswith("trap 3")]
    change(copy, merged.changes)
    result = run_cli("check", copy / "microsoft.yaml")
    assert result.returncode == 1
    assert "hold-to-your-word.md:" in result.stderr
    assert "^" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_a_program_can_only_doubt_stands_beside_its_evidence_on_the_audit_sheet(
    copy: Path,
) -> None:
    stronger = "IBM has stopped selling facial recognition altogether."
    change(copy, ((CALL, "Nor is the request new.", f'{stronger}{{{{ cite("ibm-exit") }}}}'),))
    campaign, _ = load_campaign(copy / "microsoft.yaml")
    assert campaign is not None
    told = serious(run_checks(campaign, today=TODAY).problems)
    assert [problem.code for problem in told] == ["hedge-dropped"]
    [letter] = compose_letters(campaign).letters
    [passage] = [
        passage
        for paragraph in audit_paragraphs(letter, campaign)
        for passage in paragraph.passages
        if passage.text == stronger
    ]
    [fact] = passage.facts
    assert "general purpose" in (fact.fact.quote or "")
