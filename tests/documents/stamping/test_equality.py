"""Every letter that is laid out fast equals its full layout: pixels, texts, tags, fonts, links."""

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import Pdf, render_pdf
from advocacy.documents.pdf.stamp import stamp_letter
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

Letters = Callable[[str, list[dict[str, str]]], list[CheckedLetter]]
Crowd = Callable[[int, int], list[dict[str, str]]]
Differ = Callable[[bytes, bytes], list[str]]

LISTED, ASKED, SAMPLE, PICTURED = 2_000, 300, 48, 4
SHARE = {"plain": 0.85, "call": 0.8, "window": 0.35}  # of addresses, many do not fit windows
REAL = {"microsoft": date(2020, 6, 10), "amazon": date(2021, 6, 1), "ibm": date(2020, 6, 26)}


def both(letter: CheckedLetter, workspace: Workspace) -> tuple[Pdf, Pdf] | None:
    """A letter laid out both ways; None where both refuse it, for the same reasons."""
    found: list[Pdf | tuple[Problem, ...]] = []
    for way in ("auto", "full"):
        try:
            found.append(render_pdf(letter, workspace, typeset=way))  # type: ignore[arg-type]
        except AdvocacyError as refused:
            found.append(tuple(refused.problems))
    auto, full = found
    if isinstance(auto, Pdf) and isinstance(full, Pdf):
        return auto, full
    assert auto == full
    return None


def pixels(data: bytes) -> list[bytes]:
    """Each page as a picture of 200 dots per inch."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [bytes(page.render(scale=200 / 72).buffer) for page in document]
    finally:
        document.close()


def goes_fast(letter: CheckedLetter, workspace: Workspace) -> bool | None:
    """Whether a letter takes the fast layout; None where it is refused."""
    try:
        return isinstance(stamp_letter(letter, workspace), Pdf)
    except AdvocacyError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("stage", SHARE)
def test_a_hostile_list_comes_out_the_same_both_ways(
    stage: str, letters: Letters, crowd: Crowd, differ: Differ, parks, capsys
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    rows = random.Random(seed).sample(crowd(seed, LISTED), ASKED)
    # The share is that of many letters: among a few, chance has too much of a say.
    asked = Counter(goes_fast(letter, parks.workspace) for letter in letters(stage, rows))
    ways: Counter[str] = Counter()
    pictured = 0
    for letter in letters(stage, rows[:SAMPLE]):
        made = both(letter, parks.workspace)
        if made is None:
            ways["refused both ways"] += 1
            continue
        auto, full = made
        ways[f"{auto.typeset} {auto.why}".strip()] += 1
        assert (auto.pages, auto.problems) == (full.pages, full.problems), (seed, letter.letter.id)
        assert differ(auto.data, full.data) == [], (seed, letter.letter.id)
        if auto.typeset == "fast" and pictured < PICTURED:
            assert pixels(auto.data) == pixels(full.data), (seed, letter.letter.id)
            pictured += 1
    with capsys.disabled():
        print(f"\n{stage}, seed {seed}: {dict(ways)}; of {ASKED}, fast or not: {dict(asked)}")
    assert asked[True] >= SHARE[stage] * (asked[True] + asked[False]), (seed, asked)
    assert pictured == PICTURED


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_the_letters_of_the_real_campaigns_come_out_the_same_both_ways(
    name: str, project_root: Path, differ: Differ
) -> None:
    campaign, problems = load_campaign(project_root / "campaigns" / f"{name}.yaml")
    assert campaign is not None, problems
    seen = 0
    for stage, window in campaign.file.stages.items():
        day = window.from_ or REAL[name]
        for letter in compose_letters(campaign, day=day, stage=stage).letters:
            passed, found = check(letter, campaign)
            assert passed is not None, found
            auto = render_pdf(passed, campaign.workspace)
            full = render_pdf(passed, campaign.workspace, typeset="full")
            assert auto.typeset == "fast"
            assert differ(auto.data, full.data) == []
            assert pixels(auto.data) == pixels(full.data)
            seen += 1
    assert seen


@pytest.mark.slow
def test_of_the_letters_to_congress_95_percent_are_laid_out_fast(
    project_root: Path, shared_data: Path, differ: Differ
) -> None:
    campaign, _ = load_campaign(project_root / "campaigns" / "congress.yaml")
    assert campaign is not None
    folder = shared_data / "congress"
    people = People(
        folder / "legislators-current.yaml", (folder / "committee-membership-current.yaml",)
    )
    made = compose_letters(campaign, people=people, day=date(2026, 6, 22)).letters
    checked = [check(letter, campaign)[0] for letter in made]
    ways: Counter[str] = Counter()
    for number, letter in enumerate(checked):
        assert letter is not None
        pdf = render_pdf(letter, campaign.workspace)
        ways[pdf.typeset] += 1
        if number % 20 == 0 or pdf.typeset == "full":
            full = render_pdf(letter, campaign.workspace, typeset="full")
            assert differ(pdf.data, full.data) == []
    assert ways.total() == 101
    assert ways["fast"] >= 0.95 * ways.total()


@pytest.mark.slow
def test_of_supporters_with_a_sentence_of_their_own_95_percent_are_laid_out_fast(
    project_root: Path, shared_data: Path, tmp_path: Path, differ: Differ
) -> None:
    campaign, _ = load_campaign(project_root / "campaigns" / "congress.yaml")
    assert campaign is not None
    path = tmp_path / "supporters.csv"
    head = "id,name,city,region,email,state,district,consent,own_words,approved\n"
    towns = ("Town", "San José", "Winston-Salem")
    path.write_text(
        head
        + "".join(
            f"s{i},Ada {name} {i},{towns[i % 3]},CA,s{i}@list.example,CA,12,yes,"
            f"I have lived here for {i} years{' and more' * (i % 7)}.,yes\n"
            for i, name in enumerate(("Müller", "O’Neil", "Avery", "Ng", "Fitzgerald") * 8)
        ),
        "utf-8",
    )
    listed = shared_data / "congress" / "legislators-current.yaml"
    people = People(listed, supporters=path)
    made = compose_letters(campaign, people=people, day=date(2026, 6, 22)).letters
    ways: Counter[str] = Counter()
    for number, letter in enumerate(made):
        checked, _ = check(letter, campaign)
        assert checked is not None
        pdf = render_pdf(checked, campaign.workspace)
        ways[pdf.typeset] += 1
        if number % 20 == 0:
            full = render_pdf(checked, campaign.workspace, typeset="full")
            assert differ(pdf.data, full.data) == []
    assert ways.total() == 80
    assert ways["fast"] >= 0.95 * ways.total()


@pytest.mark.slow
def test_programs_read_and_check_both_the_same(
    letters: Letters, crowd: Crowd, parks, tool: Callable[[str], str], tmp_path: Path
) -> None:
    rows = [row for row in crowd(7, 40) if row["name"].isascii() and len(row["name"]) < 40]
    seen = 0
    for letter in letters("call", rows):
        auto = render_pdf(letter, parks.workspace)
        if auto.typeset != "fast" or seen == 3:
            continue
        seen += 1
        full = render_pdf(letter, parks.workspace, typeset="full")
        one, other = tmp_path / "fast.pdf", tmp_path / "full.pdf"
        one.write_bytes(auto.data)
        other.write_bytes(full.data)

        def told(*command: object) -> str:
            result = subprocess.run(
                list(map(str, command)), capture_output=True, text=True, timeout=120, check=True
            )
            return re.sub(r"File size.*|/[^\s]*\.pdf|fast|full", "", result.stdout)

        for command in (
            (tool("pdftotext"), "-bbox-layout"),
            (tool("pdfinfo"), "-struct-text"),
            (tool("pdfinfo"), "-url"),
        ):
            tail = ("-",) if "-bbox-layout" in command else ()
            assert told(*command, one, *tail) == told(*command, other, *tail)
        assert told(tool("qpdf"), "--check", one).count("No syntax or stream encoding errors") == 1
        beside = Path(sys.executable).parent
        for checker in ((beside / "outloud", "-q", "--layer", "conformance"),
                        (beside / "pdfua", "check", "--min-severity", "error")):  # fmt: skip
            if not checker[0].exists():
                pytest.skip(f"needs {checker[0].name} (make tools)")
            results = [
                subprocess.run(
                    [*map(str, checker), path], capture_output=True, text=True, timeout=120,
                    check=False,
                )
                for path in (one, other)
            ]  # fmt: skip
            found = [
                (r.returncode, re.sub(r"(fast|full)\.pdf|[\d.]+ ?m?s\b", "", r.stdout + r.stderr))
                for r in results
            ]
            assert found[0] == found[1]
    assert seen == 3
