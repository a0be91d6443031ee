"""What an organizer may rely on in variants: reviewed, reproducible, and equal in substance."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import choose
from advocacy.checks.run import run_checks
from advocacy.letters.compose import compose_letters

from ..loaded import loaded

STAGE = """\
    variants:
      subject: {a: Keep the park open, b: Let people use the park after work}
      opening: {a: partials/opening-a.md, b: partials/opening-b.md}
"""
NAMES = ["a", "b", "c"]


@pytest.fixture
def varied(small_campaign: Path, edit) -> Path:
    """The small campaign with two subjects and two openings, and forty people."""
    edit(small_campaign, "    until: 2026-03-31\n", f"    until: 2026-03-31\n{STAGE}")
    edit(small_campaign, "demand:\n", "recipients: list.csv\ndemand:\n")
    folder = small_campaign.parent
    rows = "".join(f"p{i},Person {i}\n" for i in range(40))
    (folder / "list.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    edit(
        folder / "templates" / "letters" / "open.md",
        "We ask you",
        "{% include opening %}\n\nWe ask you",
    )
    partials = folder / "templates" / "partials"
    partials.mkdir()
    (partials / "opening-a.md").write_text("Summer evenings are long.", encoding="utf-8")
    (partials / "opening-b.md").write_text("Many of us work all day.", encoding="utf-8")
    return small_campaign


def chosen(path: Path) -> dict[str, tuple[str, str]]:
    """Each person's subject and first sentence."""
    composed = compose_letters(loaded(path))
    assert composed.problems == []
    return {
        letter.id: (letter.subject, letter.body.text().split(".")[0]) for letter in composed.letters
    }


def test_everyone_gets_a_subject_and_an_opening_independent_of_each_other(varied: Path) -> None:
    found = Counter(chosen(varied).values())
    assert sum(found.values()) == 40
    assert len(found) == 4
    assert min(found.values()) >= 3


def test_the_same_person_gets_the_same_variant_when_the_list_is_edited(varied: Path) -> None:
    before = chosen(varied)
    path = varied.parent / "list.csv"
    _, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(["id,name", "new,New Person", *rows[:4:-1]]), encoding="utf-8")
    after = chosen(varied)
    assert len(after) == 36
    assert all(before[name] == after[name] for name in after if name != "new")


def test_the_same_person_gets_the_same_variant_on_every_machine() -> None:
    # Kept from the day it was written: a change here would send people another letter.
    found = "".join(choose("parks", "call", f"p{i}", "subject", NAMES) for i in range(24))
    assert found == KEPT


KEPT = "cacbbbbcbccababbacbababb"


def test_the_order_of_variants_does_not_matter() -> None:
    for i in range(50):
        one = choose("parks", "call", f"p{i}", "subject", NAMES)
        assert one == choose("parks", "call", f"p{i}", "subject", NAMES[::-1])


def test_a_new_variant_takes_its_share_and_moves_nobody_else() -> None:
    moved = Counter()
    for i in range(3000):
        old = choose("parks", "call", f"p{i}", "subject", ["a", "b"])
        new = choose("parks", "call", f"p{i}", "subject", NAMES)
        assert new in (old, "c")
        moved[new] += 1
    assert all(800 < count < 1200 for count in moved.values())


def test_the_letter_says_which_variants_it_has(varied: Path) -> None:
    from advocacy.batch.record import entry

    campaign = loaded(varied)
    [letter, *_] = compose_letters(campaign).letters
    variants = entry(letter, {}, {})["variants"]
    assert set(variants) == {"subject", "opening"}
    stage = campaign.file.stages["call"]
    assert stage.variants is not None
    assert str(stage.variants.subject[variants["subject"]]) == letter.subject


def codes(path: Path) -> list[str]:
    return [p.code for p in run_checks(loaded(path), today=date(2026, 3, 20)).problems]


def test_variants_that_cite_and_ask_the_same_pass_the_check(varied: Path) -> None:
    assert not [code for code in codes(varied) if code.startswith("variants")]


def test_a_variant_that_cites_another_fact_is_told(varied: Path) -> None:
    partial = varied.parent / "templates" / "partials" / "opening-b.md"
    partial.write_text('Many work.{{ cite("more") }}', encoding="utf-8")
    facts = varied.parent / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(f"{text}{text.replace('visits:', 'more:')}", encoding="utf-8")
    report = run_checks(loaded(varied), today=date(2026, 3, 20))
    [problem] = [p for p in report.problems if p.code == "variants-differ"]
    assert "`b` cites `more`" in problem.message
    assert problem.place is not None
    assert problem.place.path == varied


def test_a_variant_that_makes_an_ask_of_its_own_is_told(varied: Path, edit) -> None:
    folder = varied.parent / "templates"
    edit(
        folder / "letters" / "open.md",
        "{% for ask in demand.asks %}\n{{ loop.index }}. {{ ask }}\n{% endfor %}\n",
        "",
    )
    edit(
        folder / "letters" / "open.md", "We ask you to keep the park open in the evening.", "Dear."
    )
    partial = folder / "partials" / "opening-a.md"
    partial.write_text("Keep the park open until nine in the evening.", encoding="utf-8")
    report = run_checks(loaded(varied), today=date(2026, 3, 20))
    [problem] = [p for p in report.problems if p.code == "variants-differ"]
    assert problem.message.startswith("With the variant `b`")


def test_openings_that_the_template_never_prints_are_told(varied: Path, edit) -> None:
    edit(varied.parent / "templates" / "letters" / "open.md", "{% include opening %}", "")
    assert "variants-unused" in codes(varied)


@pytest.mark.parametrize("name", ["partials/none.md", "letters/open.md", "../secret.md"])
def test_an_opening_that_is_no_partial_is_told_when_the_campaign_is_loaded(
    varied: Path, edit, name: str
) -> None:
    edit(varied, "partials/opening-b.md", name)
    _, problems = load_campaign(varied)
    assert [p.code for p in problems] == ["unknown-template"]


def test_an_empty_choice_leaves_the_stages_own_subject(small_campaign: Path) -> None:
    [letter] = compose_letters(loaded(small_campaign)).letters
    assert letter.variants == ()
    assert letter.subject == "Keep the park open"


def test_variants_are_chosen_by_the_letters_id_not_by_the_name(varied: Path) -> None:
    path = varied.parent / "list.csv"
    before = chosen(varied)
    path.write_text("id,name\np7,Somebody Else\n", encoding="utf-8")
    assert chosen(varied)["p7"] == before["p7"]
    assert Recipient(id="p7", name="x").letter_id == "p7"
