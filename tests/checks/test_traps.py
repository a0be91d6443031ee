"""Mistakes that careless letters make, seeded one by one in a copy of the shipped campaigns.

The first ten are traps of the story itself. Not to be caught by any rule on words are: a finding
told without its limits (NIST on many algorithms, not all; IBM on “general purpose” software), the
other side left out (Amazon on the test of members of Congress), and an ask that nobody whom the
letter quotes has made (“support a law”). There the audit sheet shows sentence and quote side by
side, for a person to judge.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.errors import Level, Problem


@dataclass(frozen=True)
class Mistake:
    """What somebody writes where, and the code and words by which it is told."""

    name: str
    file: str
    old: str
    new: str
    code: str
    told: str
    campaign: str = "microsoft"


LETTERS = "templates/letters/"
FACTS = "campaigns/facts/face-recognition.yaml"
SOURCES = "campaigns/sources/face-recognition.yaml"
MICROSOFT = "campaigns/microsoft.yaml"
END = "We would be grateful"  # the last paragraph of `call` and `hold`


def adding(text: str, letter: str, *rest: str, campaign: str = "microsoft") -> tuple[str, ...]:
    return (f"{LETTERS}{letter}.md", END, f"{text}\n\n{END}", *rest)


TRAPS = [
    Mistake(
        "Microsoft is said to sell, with no source",
        *adding("Microsoft is selling face recognition to police departments.", "call-to-follow"),
        "uncited-claim", "“Microsoft is selling face recognition",
    ),
    Mistake(
        "the call goes on after the announcement",
        MICROSOFT, "until: 2020-06-10", "until: 2020-06-11",
        "fact-ended", "cites `microsoft-no-ban`",
    ),
    Mistake(
        "the call is dated on the Monday of the article",
        MICROSOFT, "from: 2020-06-10", "from: 2020-06-08",
        "fact-not-yet", "begins on 2020-06-08",
    ),
    Mistake(
        "two quotations are merged",
        LETTERS + "hold-to-your-word.md", "United States until we have a national law in place",
        "United States until there is a strong national law",
        "quotation-not-verbatim", "is not what `microsoft-ban-words` quotes",
    ),
    Mistake(
        "one year, in a letter of 2026",
        LETTERS + "keep-the-promise.md", "amazon-moratorium-extended", "amazon-moratorium",
        "fact-ended", "true until 2021-05-17",
    ),
    Mistake(
        "IBM is said in quotation marks to have stopped altogether",
        *adding('IBM stopped "selling it altogether".{{ cite("ibm-exit") }}', "call-to-follow"),
        "quotation-not-verbatim", "selling it altogether",
    ),
    Mistake(
        "the report of NIST is quoted, though it was not read",
        *adding('NIST found "factors of 10 to beyond 100 times".{{ cite("nist-differentials") }}',
                "call-to-follow"),
        "quotation-not-verbatim", "factors of 10 to beyond 100 times",
    ),
    Mistake(
        "the error rate of IBM is told of Microsoft",
        *adding('Microsoft misclassified 34.7% of darker-skinned women.{{ cite("gender-shades") }}',
                "hold-to-your-word"),
        "name-not-in-fact", "Microsoft misclassified",
    ),
    Mistake(
        "the thanks of June 11 quotes the transcript of June 15",
        LETTERS + "thanks.md", "{{ target.organization }}",
        '{{ target.organization }} who said: {{ quote("microsoft-ban-words") }} And',
        "source-too-new", "published 2020-06-15",
    ),
    Mistake(
        "a letter of June 10 knows the emails of June 17",
        *adding('It was pitched to the DEA.{{ cite("microsoft-dea-pitches") }}', "call-to-follow"),
        "fact-not-yet", "true from 2020-06-17",
    ),
]  # fmt: skip

SLIPS = [
    Mistake(
        "a digit is turned round",
        LETTERS + "call-to-follow.md", "falsely matched 28 members", "falsely matched 82 members",
        "figure-not-in-fact", "82 members",
    ),
    Mistake(
        "a word of a quote is typed from memory",
        FACTS, "today, and until there is a strong national law",
        "today, and until there is a national law",
        "quote-not-in-copy", "“strong” is missing after “a”",
    ),
    Mistake(
        "an ask is written into the campaign and not into the letter",
        LETTERS + "hold-to-your-word.md", "{{ loop.index }}. {{ ask }}", "{{ loop.index }}. Act.",
        "ask-missing", "does not ask for this: “Extend the commitment to federal",
    ),
    Mistake(
        "a name is left to fill in",
        *adding("Ask for [NAME] at our office.", "call-to-follow"),
        "placeholder", "`[NAME]` is a placeholder in the letter",
    ),
    Mistake(
        "two facts that exclude each other in one letter",
        *adding('It will not sell.{{ cite("microsoft-ban") }}', "call-to-follow"),
        "facts-contradict", "`microsoft-no-ban`",
    ),
    Mistake(
        "a deadline that has passed when the letter is dated",
        MICROSOFT, "      reply_by: 14 days", "      reply_by: 2020-06-30",
        "deadline-passed", "2020-08-31",
    ),
    Mistake(
        "nobody has looked at the source for long",
        FACTS, "  source: fas-2026\n  from: 2026-05-06\n  checked: 2026-11-23",
        "  source: fas-2026\n  from: 2026-05-06\n  checked: 2026-05-06",
        "recheck-due", "advocacy facts touch",
    ),
    Mistake(
        "a source loses its address",
        SOURCES, "https://www.washingtonpost.com/technology/2019/12/19/",
        "http://www.washingtonpost.com/technology/2019/12/19/",
        "address-not-https", "wapo-2019-12-19",
    ),
]  # fmt: skip


@pytest.fixture
def house_of(tmp_path: Path, project_root: Path, shared_data: Path) -> Path:
    """The shipped campaigns and templates, with the kept copies of their sources."""
    for folder in ("campaigns", "templates"):
        shutil.copytree(project_root / folder, tmp_path / folder)
    shutil.rmtree(tmp_path / "campaigns" / "copies", ignore_errors=True)
    shutil.copytree(shared_data / "sources", tmp_path / "campaigns" / "copies")
    return tmp_path


def check(root: Path, name: str) -> list[Problem]:
    campaign, problems = load_campaign(root / "campaigns" / f"{name}.yaml", root / "templates")
    assert campaign is not None, problems
    return [*problems, *run_checks(campaign).problems]


@pytest.mark.parametrize("name", ["microsoft", "amazon"])
def test_the_copy_without_a_mistake_is_clean(house_of: Path, name: str) -> None:
    assert [p for p in check(house_of, name) if p.level is not Level.NOTE] == []


@pytest.mark.parametrize("mistake", TRAPS + SLIPS, ids=lambda mistake: mistake.name)
def test_a_seeded_mistake_is_told(house_of: Path, mistake: Mistake) -> None:
    path = house_of / mistake.file
    text = path.read_text("utf-8")
    assert mistake.old in text, "the shipped campaign was rewritten: seed the mistake anew"
    path.write_text(text.replace(mistake.old, mistake.new, 1), "utf-8")
    found = [p for p in check(house_of, mistake.campaign) if p.code == mistake.code]
    assert found
    assert any(mistake.told in f"{p.message} {p.hint}" for p in found), found
    assert all(p.hint and p.place for p in found)
