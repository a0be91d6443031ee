"""Supporters' letters: what organizers, supporters and those who are written to may rely on."""

import csv
import email
import email.policy
import json
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.supporters import Supporter, Supporters
from advocacy.campaign.supporters.letters import correspondence
from advocacy.campaign.supporters.model import letter_file_name, letter_id
from advocacy.campaign.supporters.reading import paragraph, plain
from advocacy.checks.audit import audit_paragraphs
from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.checks.run import run_checks
from advocacy.errors import Level, Problem, ignore
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter
from advocacy.templating.typography import typeset

from ..loaded import loaded

DAY = date(2026, 3, 2)
COLUMNS = ("id", "name", "city", "region", "email", "state", "district", "consent", "own_words",
           "approved")  # fmt: skip
TARGETS = """\
id,name,address,city,region,postal_code,email,salutation,chamber,state,district
ash,Ann Ash,1 Hill Road,Springfield,IL,62701,ash@senate.example,Senator Ash,senate,IL,
birch,Bob Birch,2 Hill Road,Springfield,IL,62701,birch@senate.example,Senator Birch,senate,IL,
cedar,Cy Cedar,3 Hill Road,Springfield,IL,62701,cedar@house.example,Delegate Cedar,house,IL,7
dogwood,Di Dogwood,4 Hill Road,Springfield,IL,62701,dogwood@house.example,,house,IL,8
elm,Ed Elm,5 Hill Road,Springfield,IL,62701,elm@senate.example,Senator Elm,senate,WI,
"""
LETTER = """\
{% if supporters.count == 1 %}I live in {{ supporter.town }}, and ask you this.
{% else %}We are {{ supporters.count | number }} of your neighbors, and ask you this.
{% endif %}

{{ supporter.own_words }}

{{ fact("visits") }}

{% for ask in demand.asks %}
{{ loop.index }}. {{ ask }}
{% endfor %}
"""
STAGE = """
  neighbors:
    template: neighbors
    signed_by: supporters
    subject: Please keep the park open
    from: 2026-03-01
    until: 2026-03-31
"""
RULES = "supporters: {match: [state, district]"


@pytest.fixture
def parks(small_campaign: Path) -> Path:
    """The small campaign with a stage for supporters and a list of senators and others."""
    folder = small_campaign.parent
    (folder / "targets.csv").write_text(TARGETS, encoding="utf-8")
    (folder / "templates" / "letters" / "neighbors.md").write_text(LETTER, encoding="utf-8")
    text = small_campaign.read_text(encoding="utf-8")
    text = text.replace("stages:\n", f"recipients: targets.csv\n{RULES}}}\nstages:\n")
    small_campaign.write_text(text.rstrip() + STAGE, encoding="utf-8")
    return small_campaign


def row(name: str, **values: str) -> dict[str, str]:
    first = name.split()[0].lower()
    usual = {
        "id": first,
        "name": name,
        "city": "Springfield",
        "region": "IL",
        "email": f"{first}@people.example",
        "state": "IL",
        "district": "7",
        "consent": "yes",
    }
    return {**usual, **values}


def write(folder: Path, *rows: dict[str, str], without: str = "") -> Path:
    path = folder / "supporters.csv"
    names = [name for name in COLUMNS if name != without]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def composed(
    path: Path, supporters: Path, *, joint: bool = False, day: date = DAY, **selection: Any
) -> tuple[dict[str, Letter], dict[str, Problem]]:
    """The letters by id, and the problems by code."""
    people = People(None, (), Selection(**selection), supporters, joint)
    result = compose_letters(loaded(path), day=day, people=people)
    letters = {letter.id: letter for letter in result.letters}
    assert len(letters) == len(result.letters), "ids are unique"
    return letters, {problem.code: problem for problem in result.problems}


def squeezed(text: str) -> str:
    return "".join(text.split())


def message(path: Path) -> Any:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


# --- who writes to whom -------------------------------------------------------------------------


def test_a_constituent_writes_to_both_senators_and_the_representative(parks: Path) -> None:
    letters, problems = composed(parks, write(parks.parent, row("Ann Lee")))
    assert set(letters) == {"ann--ash", "ann--birch", "ann--cedar"}
    assert problems == {}
    assert letters["ann--cedar"].salutation == "Dear Delegate Cedar:"
    assert letters["ann--cedar"].stage == "neighbors"


def test_columns_agree_whatever_the_capitals_and_zeros_in_front(parks: Path) -> None:
    letters, _ = composed(parks, write(parks.parent, row("Ann Lee", state="il ", district="07")))
    assert "ann--cedar" in letters
    assert plain("02139") == "02139"


def test_a_supporter_without_a_district_writes_to_the_senators_alone(parks: Path) -> None:
    letters, _ = composed(parks, write(parks.parent, row("Ann Lee", district="")))
    assert set(letters) == {"ann--ash", "ann--birch"}


def test_a_supporter_who_is_nobodys_constituent_is_told_with_the_line(parks: Path) -> None:
    path = write(parks.parent, row("Ann Lee"), row("Bo Far", state="TX"))
    letters, problems = composed(parks, path)
    assert len(letters) == 3
    assert problems["no-target"].level is Level.WARNING
    assert problems["no-target"].place is not None
    assert problems["no-target"].place.line == 3


def test_a_recipient_without_any_of_the_columns_is_not_everyones_target(parks: Path) -> None:
    with (parks.parent / "targets.csv").open("a", encoding="utf-8") as file:
        file.write("oak,O. Oak,6 Hill Road,Springfield,IL,62701,,Mayor Oak,,,\n")
    letters, problems = composed(parks, write(parks.parent, row("Ann Lee")))
    assert "ann--oak" not in letters
    assert "O. Oak" in problems["nobodys-target"].message


def test_without_match_everyone_writes_to_everyone(parks: Path, edit) -> None:
    edit(parks, "{match: [state, district]}", "{own_words_limit: 500}")
    letters, _ = composed(parks, write(parks.parent, row("Ann Lee"), row("Bo Diaz")))
    assert len(letters) == 2 * 5


def test_the_senders_own_letters_have_stages_of_their_own(parks: Path, run_cli) -> None:
    campaign = loaded(parks)
    own = compose_letters(campaign, day=DAY)
    assert {letter.stage for letter in own.letters} == {"call"}
    assert all(letter.supporters is None for letter in own.letters)
    result = run_cli("render", parks, "--stage", "neighbors", "--format", "txt")
    assert result.returncode == 1
    assert "signed by supporters" in " ".join(result.stderr.split())
    supporters = write(parks.parent, row("Ann Lee"))
    result = run_cli(
        "render", parks, "--supporters", supporters, "--stage", "call", "--format", "txt"
    )
    assert result.returncode == 1
    assert "--stage neighbors" in result.stderr


def test_a_check_reads_the_supporters_letter_too_and_finds_no_overlap(parks: Path) -> None:
    report = run_checks(loaded(parks), today=DAY)
    assert "neighbors" in report.stages
    assert "stages-overlap" not in {problem.code for problem in report.problems}


# --- consent and own words ----------------------------------------------------------------------


def test_nothing_goes_out_in_the_name_of_somebody_who_did_not_agree(parks: Path) -> None:
    answers = ["no", "", "true", "y", "yes?", "Yes", " YES "]
    rows = [row(f"P{number} Lee", consent=answer) for number, answer in enumerate(answers)]
    letters, problems = composed(parks, write(parks.parent, *rows))
    assert {letter.partition("--")[0] for letter in letters} == {"p5", "p6"}
    assert "5 supporters are left out" in problems["no-consent"].message
    assert "“true”" in problems["no-consent"].message
    assert problems["no-consent"].level is Level.NOTE


def test_a_list_without_a_column_of_consent_makes_no_letter(parks: Path) -> None:
    letters, problems = composed(parks, write(parks.parent, row("Ann Lee"), without="consent"))
    assert letters == {}
    assert problems["no-consent-column"].level is Level.ERROR
    assert "`consent`" in problems["no-consent-column"].message


def test_own_words_are_held_back_until_somebody_has_approved_them(parks: Path) -> None:
    rows = [row("Ann Lee", own_words="I run there.", approved="yes"),
            row("Bo Diaz", own_words="I walk there."),
            row("Cy Ito", own_words="I sit there.", approved="no"),
            row("Di Moe")]  # fmt: skip
    letters, problems = composed(parks, write(parks.parent, *rows), only=("ann--ash", "di--ash"))
    assert "I run there." in letters["ann--ash"].body.text()
    assert letters["di--ash"].supporter is not None
    assert letters["di--ash"].supporter.own_words == ""
    everyone, _ = composed(parks, parks.parent / "supporters.csv")
    assert {name.partition("--")[0] for name in everyone} == {"ann", "di"}
    held = problems["own-words-held"]
    assert held.level is Level.NOTE
    assert "2 supporters are held back (line 3, 4)" in held.message


def test_own_words_that_are_too_long_are_told_with_the_line_and_stop_nobody_else(
    parks: Path, edit
) -> None:
    edit(parks, "{match: [state, district]}", "{match: [state, district], own_words_limit: 20}")
    rows = [row("Ann Lee", own_words="x" * 21, approved="yes"),
            row("Bo Diaz", own_words="x" * 20, approved="yes")]  # fmt: skip
    letters, problems = composed(parks, write(parks.parent, *rows))
    assert {name.partition("--")[0] for name in letters} == {"bo"}
    problem = problems["own-words-too-long"]
    assert "21 characters" in problem.message
    assert problem.place is not None
    assert problem.place.line == 2


HOSTILE = (
    "# A heading? *stars* _lines_ [link](https://evil.example) <b>bold</b> <script>1</script>\n"
    '{{ sender.email }} {% for x in y %} "quotes" & ampersands; `code` 1. one\n'
    "> quoted -- -> ... Bcc: victim@people.example"
)


def test_own_words_print_as_they_were_typed_in_every_medium(
    parks: Path, run_cli, tool, tmp_path: Path
) -> None:
    supporters = write(parks.parent, row("Ann Lee", own_words=HOSTILE, approved="yes"))
    result = run_cli(
        "render", parks, "--supporters", supporters, "--only", "ann--ash",
        "--format", "pdf,eml,html,txt",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "parks" / "neighbors"
    wanted = normalize_text(typeset(HOSTILE, "en-US"))  # the marks alone are the letter's
    text = (folder / "ann--ash.txt").read_text(encoding="utf-8")
    assert wanted in normalize_text(text)
    pdf = subprocess.run(
        [tool("pdftotext"), "-raw", folder / "ann--ash.pdf", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    printed = squeezed(pdf.replace("\u00ad", ""))
    for line in typeset(HOSTILE, "en-US").splitlines():
        assert squeezed(line)[:60] in printed
    html = (folder / "ann--ash.html").read_text(encoding="utf-8")
    assert "<script>1" not in html
    assert 'href="https://evil.example' not in html
    sent = message(folder / "ann--ash.eml")
    assert sent["Bcc"] is None
    assert wanted in normalize_text(sent.get_body(("plain",)).get_content())


@given(st.text(max_size=300))
def test_own_words_are_one_paragraph_and_lose_no_word(text: str) -> None:
    found = paragraph(text)
    assert found.split() == " ".join(text.splitlines()).split()
    assert "\n\n" not in found


def test_the_audit_tells_the_supporters_words_from_the_senders_claims(parks: Path) -> None:
    words = "In 2019 my brother fell there twice. The department said nothing."
    path = write(parks.parent, row("Ann Lee", own_words=words, approved="yes"))
    letters, _ = composed(parks, path, only=("ann--ash",))
    passages = [
        p for one in audit_paragraphs(letters["ann--ash"], loaded(parks)) for p in one.passages
    ]
    own = {passage.text for passage in passages if passage.own}
    assert own == {"In 2019 my brother fell there twice.", "The department said nothing."}
    assert all(not passage.states for passage in passages if passage.own)
    assert any(passage.facts for passage in passages)


def test_the_audit_sheet_says_whose_words_they_are(parks: Path, run_cli, tmp_path: Path) -> None:
    path = write(parks.parent, row("Ann Lee", own_words="I run there.", approved="yes"))
    result = run_cli(
        "render", parks, "--supporters", path, "--only", "ann--ash", "--format", "txt", "--audit"
    )
    assert result.returncode == 0, result.stderr
    sheet = tmp_path / "output" / "parks" / "neighbors" / "ann--ash.audit.html"
    html = sheet.read_text(encoding="utf-8")
    assert '<span class="own">I run there.</span>' in html
    assert "Ann Lee, Springfield, IL" in html


# --- the letter itself --------------------------------------------------------------------------


def test_the_email_comes_from_the_organization_and_answers_go_to_the_supporter(
    parks: Path, run_cli, tmp_path: Path
) -> None:
    names = ["Ann Lee", "Zoë Müller, Jr.", "{organization} <x@evil.example>"]
    rows = [row(name, id=f"p{number}", email=f"p{number}@people.example")
            for number, name in enumerate(names)]  # fmt: skip
    rows.append(row("No Mail", id="p3", email=""))
    result = run_cli("render", parks, "--supporters", write(parks.parent, *rows), "--format", "eml")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "parks" / "neighbors"
    for number, name in enumerate(names):
        sent = message(folder / f"p{number}--ash.eml")
        (sender,) = sent["From"].addresses
        assert sender.addr_spec == "letters@friends.example"
        # Python's own reader puts a space between encoded words of a name (RFC 2047, 6.2).
        assert squeezed(sender.display_name) == squeezed(f"{name} via Example Park Friends")
        (answer,) = sent["Reply-To"].addresses
        assert answer.addr_spec == f"p{number}@people.example"
        assert [one.addr_spec for one in sent["To"].addresses] == ["ash@senate.example"]
    assert message(folder / "p3--ash.eml")["Reply-To"] is None
    ids = {message(path)["Message-ID"] for path in folder.glob("*.eml")}
    assert len(ids) == len(list(folder.glob("*.eml"))) == 12


def test_each_supporters_email_is_their_own_though_much_is_shared(
    parks: Path, run_cli, tmp_path: Path
) -> None:
    rows = [row(name, city=city, own_words=words, approved="yes")
            for name, city, words in (("Ann Lee", "Springfield", "I run."), ("Bo Diaz", "", ""),
                                      ("Cy Ito", "Chatham", "I walk."))]  # fmt: skip
    supporters = write(parks.parent, *rows)
    result = run_cli("render", parks, "--supporters", supporters, "--format", "html,txt")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "parks" / "neighbors"
    for one in rows:
        others = [other for other in rows if other is not one]
        for kind in ("html", "txt"):
            text = (folder / f"{one['id']}--cedar.{kind}").read_text(encoding="utf-8")
            assert one["name"] in text
            assert one["own_words"] in text
            assert "A. Example" not in text
            for other in others:
                assert other["name"] not in text
                assert not other["own_words"] or other["own_words"] not in text


def test_the_manifest_says_who_signed(parks: Path, run_cli, tmp_path: Path) -> None:
    path = write(parks.parent, row("Ann Lee", own_words="I run.", approved="yes"))
    manifest = tmp_path / "output" / "parks" / "neighbors" / "manifest.jsonl"
    command = ("render", parks, "--only", "ann--ash", "--format", "txt", "--supporters")
    run_cli(*command, path)
    (entry,) = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    assert entry["id"] == "ann--ash"
    assert entry["supporter"]["name"] == "Ann Lee"
    assert entry["own_words"] is True
    moved = row("Ann Lee", city="Chatham", own_words="I run.", approved="yes")
    run_cli(*command, write(parks.parent, moved))
    (again,) = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    assert again["digest"] != entry["digest"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_bytes_are_the_same_whatever_the_workers(
    parks: Path, run_cli, tmp_path: Path, workers: str
) -> None:
    path = write(parks.parent, *(row(f"P{number} Lee") for number in range(4)))
    result = run_cli(
        "render", parks, "--supporters", path, "--format", "eml,txt", "--workers", workers
    )
    assert result.returncode == 0, result.stderr
    alone = run_cli("render", parks, "--supporters", path, "--format", "eml,txt",
                    "--only", "p2--cedar", "--output", "alone")  # fmt: skip
    assert alone.returncode == 0
    for kind in ("eml", "txt"):
        name = f"parks/neighbors/p2--cedar.{kind}"
        assert (tmp_path / "output" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()


def test_what_was_made_is_proved_and_not_made_again(parks: Path, run_cli, tmp_path: Path) -> None:
    path = write(parks.parent, row("Ann Lee"), row("Bo Diaz"))
    command = ("render", parks, "--supporters", path, "--format", "txt,eml")
    assert run_cli(*command).returncode == 0
    again = run_cli(*command)
    assert "6 letters unchanged" in again.stdout
    proof = run_cli(*command, "--verify", tmp_path / "output")
    assert proof.returncode == 0, proof.stderr


@pytest.mark.slow
def test_pruning_takes_the_letters_of_who_withdrew_and_leaves_the_senders_own(
    parks: Path, run_cli, tmp_path: Path, edit
) -> None:
    assert run_cli("render", parks, "--format", "txt").returncode == 0
    path = write(parks.parent, row("Ann Lee"), row("Bo Diaz"))
    assert run_cli("render", parks, "--supporters", path, "--format", "txt").returncode == 0
    path = write(parks.parent, row("Ann Lee", consent="no"), row("Bo Diaz"))
    result = run_cli("render", parks, "--supporters", path, "--format", "txt", "--prune")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "parks"
    assert {file.stem.partition("--")[0] for file in folder.glob("neighbors/*.txt")} == {"bo"}
    assert len(list(folder.glob("call/*.txt"))) == 5
    rules = "{match: [state, district], max_per_target: 1 per day}"
    edit(parks, "{match: [state, district]}", rules)
    path = write(parks.parent, row("Cy Ito"), row("Di Moe"))
    result = run_cli("render", parks, "--supporters", path, "--format", "txt", "--prune")
    assert "Nothing was pruned" in " ".join(result.stderr.split())
    assert (folder / "neighbors" / "bo--ash.txt").exists()


# --- joint letters ------------------------------------------------------------------------------


def test_a_joint_letter_has_every_name_and_counts_those_it_has_no_room_for(
    parks: Path, edit, run_cli, tool, tmp_path: Path
) -> None:
    edit(parks, "{match: [state, district]}", "{match: [state, district], joint_names: 30}")
    rows = [row(f"P{number} Lee", district="7" if number % 2 else "8") for number in range(1270)]
    path = write(parks.parent, *rows)
    result = run_cli(
        "render", parks, "--supporters", path, "--joint", "--format", "pdf,eml,html,txt,docx"
    )
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output" / "parks" / "neighbors"
    assert {file.name for file in folder.glob("*.txt")} == {
        "ash.txt", "birch.txt", "cedar.txt", "dogwood.txt",
    }  # fmt: skip
    text = (folder / "ash.txt").read_text(encoding="utf-8")
    assert "We are 1,270 of your neighbors" in text
    assert "and 1,240 others" in text
    assert text.count(" Lee, Springfield, IL\n") == 30
    cedar = (folder / "cedar.txt").read_text(encoding="utf-8")
    assert "and 605 others" in cedar
    assert "P0 Lee" not in cedar
    pdf = subprocess.run(
        [tool("pdftotext"), "-layout", folder / "ash.pdf", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert any(line.count(" Lee") == 3 for line in pdf.splitlines()), "names stand in columns"
    assert "and 1,240 others" in pdf
    assert "and 1,240 others" in (folder / "ash.html").read_text(encoding="utf-8")
    sent = message(folder / "ash.eml")
    assert sent["From"].addresses[0].display_name == "Example Park Friends"
    assert "people.example" not in (folder / "ash.eml").read_text(encoding="utf-8")


def test_one_other_is_named_rather_than_counted(parks: Path, edit) -> None:
    edit(parks, "{match: [state, district]}", "{match: [state, district], joint_names: 2}")
    path = write(parks.parent, *(row(f"P{number} Lee") for number in range(3)))
    letters, _ = composed(parks, path, joint=True)
    assert len(letters["ash"].signatories) == 3
    assert letters["ash"].others == ""
    path = write(parks.parent, *(row(f"P{number} Lee") for number in range(4)))
    letters, _ = composed(parks, path, joint=True)
    assert len(letters["ash"].signatories) == 2
    assert letters["ash"].others == "and 2 others"


def test_own_words_that_wait_for_approval_keep_nobody_from_signing_a_joint_letter(
    parks: Path,
) -> None:
    path = write(parks.parent, row("Ann Lee", own_words="Secret."), row("Bo Diaz"))
    letters, problems = composed(parks, path, joint=True)
    assert letters["ash"].supporters is not None
    assert letters["ash"].supporters.count == 2
    assert "Secret." not in letters["ash"].body.text()
    assert "own-words-held" not in problems


def test_joint_needs_supporters(parks: Path, run_cli) -> None:
    result = run_cli("render", parks, "--joint")
    assert result.returncode == 2
    assert "--supporters" in result.stderr


# --- how many a day -----------------------------------------------------------------------------


def limited(parks: Path, edit, most: int, people: int) -> Path:
    rules = f"{{match: [state, district], max_per_target: {most} per day}}"
    edit(parks, "{match: [state, district]}", rules)
    return write(parks.parent, *(row(f"P{number} Lee") for number in range(people)))


def test_nobody_gets_more_letters_in_a_day_than_the_campaign_allows(parks: Path, edit) -> None:
    path = limited(parks, edit, 3, 10)
    letters, problems = composed(parks, path)
    counts = Counter(name.partition("--")[2] for name in letters)
    assert set(counts) == {"ash", "birch", "cedar"}
    assert max(counts.values()) <= 3
    problem = problems["max-per-target"]
    assert problem.level is Level.NOTE
    assert f"{30 - counts.total()} letters are not made" in problem.message
    assert "would get 10." in problem.message


def test_everyones_turn_comes_on_one_of_the_next_days_and_once(parks: Path, edit) -> None:
    path = limited(parks, edit, 3, 10)
    found: Counter[str] = Counter()
    for days in range(4):  # ten supporters, three a day
        letters, _ = composed(parks, path, day=DAY + timedelta(days))
        assert max(Counter(n.partition("--")[2] for n in letters).values()) <= 3
        found.update(list(letters))
    assert len(found) == 30
    assert set(found.values()) == {1}


def test_whose_turn_it_is_depends_neither_on_the_order_of_the_list_nor_on_what_is_asked_for(
    parks: Path, edit
) -> None:
    path = limited(parks, edit, 3, 10)
    letters, _ = composed(parks, path)
    rows = [row(f"P{number} Lee") for number in reversed(range(10))]
    again, _ = composed(parks, write(parks.parent, *rows))
    assert set(again) == set(letters)
    some = sorted(letters)[:2]
    only, _ = composed(parks, path, only=tuple(some))
    assert sorted(only) == some


def test_without_a_rule_of_its_own_a_campaign_has_the_limit_too(parks: Path) -> None:
    path = write(parks.parent, *(row(f"P{number} Lee") for number in range(230)))
    campaign = loaded(parks)
    wanted = correspondence(campaign, DAY, ignore, People(supporters=path))
    counts = Counter(one.recipient.letter_id for one in wanted)
    assert counts["ash"] == 115  # two equal runs


@pytest.mark.parametrize("text", ["200", "many per day", "0 per day", "-1 per day", "200 per hour"])
def test_a_limit_that_is_none_is_told_with_one_that_is(parks: Path, edit, text: str) -> None:
    edit(parks, "{match: [state, district]}", f'{{max_per_target: "{text}"}}')
    _, problems = load_campaign(parks)
    assert [problem.code for problem in problems] == ["bad-rate"]
    assert "200 per day" in problems[0].hint or "1 per day" in problems[0].hint


# --- consent that can be shown ------------------------------------------------------------------


def in_country(folder: Path, *countries: str, **values: str) -> Path:
    path = folder / "supporters.csv"
    names = [*COLUMNS, "country", "consent_on", "consent_text"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for number, country in enumerate(countries):
            writer.writerow({**row(f"P{number} Lee", country=country), **values})
    return path


AGREED = {"consent_on": "2026-02-28", "consent_text": "I agree that you send this in my name."}


def test_in_the_eu_and_the_uk_a_letter_needs_the_day_and_the_words_of_the_consent(
    parks: Path,
) -> None:
    path = in_country(parks.parent, "DE", "GB", "NO", "US", "CH", "")
    letters, problems = composed(parks, path)
    assert {name.partition("--")[0] for name in letters} == {"p3", "p4", "p5"}
    told = problems["no-consent-record"]
    assert told.level is Level.WARNING
    assert told.message.startswith("3 supporters are left out")
    assert "`consent_on` and `consent_text`" in told.message
    assert told.place is not None
    assert told.place.line == 2
    letters, problems = composed(parks, in_country(parks.parent, "DE", "GB", **AGREED))
    assert len(letters) == 6
    assert problems == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent_on": ""}, {"consent_text": ""}, {"consent_on": "28.2.2026"},
        {"consent_on": "2026-03-03"},  # after the letter
    ],
)  # fmt: skip
@pytest.mark.parametrize("joint", [False, True])
def test_half_a_proof_of_consent_is_none(parks: Path, wrong: dict[str, str], joint: bool) -> None:
    path = in_country(parks.parent, "FR", **{**AGREED, **wrong})
    letters, problems = composed(parks, path, joint=joint)
    assert letters == {}
    assert f"needs `{next(iter(wrong))}`," in problems["no-consent-record"].message


def test_a_supporter_without_a_country_lives_in_the_senders(parks: Path) -> None:
    parks.write_text(parks.read_text().replace("country: US", "country: DE"))
    letters, problems = composed(parks, in_country(parks.parent, "", "US"))
    assert {name.partition("--")[0] for name in letters} == {"p1"}
    assert "no-consent-record" in problems


# --- ids ----------------------------------------------------------------------------------------

IDS = st.one_of(
    st.text("ab-", min_size=1, max_size=5),
    st.text(min_size=1, max_size=9),
    st.sampled_from(["a--b", "a-", "-a", "0031U", "0031u", "ann@x.example"]),
)


@given(
    st.lists(IDS, min_size=1, max_size=8, unique=True),
    st.lists(IDS, min_size=1, max_size=8, unique=True),
)
def test_no_two_letters_have_one_id_or_one_file(
    supporters: list[str], recipients: list[str]
) -> None:
    ids, files = set(), set()
    for supporter, recipient in product(supporters, recipients):
        to = Recipient.model_construct(id=recipient, name="Jo Ash")
        by = Supporters((Supporter(supporter, "Ann Lee"),))
        ids.add(letter_id(to, by))
        files.add(letter_file_name(to, by).lower())
    assert len(ids) == len(files) == len(supporters) * len(recipients)


def test_a_letters_id_has_both_ids_as_they_stand(parks: Path) -> None:
    path = write(parks.parent, row("Ann Lee", id="ocd-person/5B1A"), row("Bo Diaz", id="b--d"))
    letters, problems = composed(parks, path)
    assert problems == {}
    assert "ocd-person/5B1A--ash" in letters
    assert re.fullmatch(r"ann-lee-[0-9a-f]{8}--ash", letters["ocd-person/5B1A--ash"].file_name)
    # The first `--` divides supporter and addressee.
    assert {name.partition("--")[0][:4] for name in letters if "5B1A" not in name} == {"b-d-"}


def test_two_people_of_one_household_are_two_supporters_and_a_warning(parks: Path) -> None:
    path = write(parks.parent, row("Ann Lee"), row("Bo Lee", email="ann@people.example"))
    letters, problems = composed(parks, path)
    assert len(letters) == 6
    assert problems["same-address"].level is Level.WARNING
    assert letters["bo--ash"].supporter is not None
    assert letters["bo--ash"].supporter.email == "ann@people.example"


# --- selecting ----------------------------------------------------------------------------------


def test_letters_can_be_chosen_by_recipient_supporter_and_number(parks: Path) -> None:
    path = write(parks.parent, row("Ann Lee"), row("Bo Diaz"), row("Cy Ito"))
    letters, _ = composed(parks, path, where=(("chamber", "house"),))
    assert set(letters) == {"ann--cedar", "bo--cedar", "cy--cedar"}
    letters, _ = composed(parks, path, limit=2)
    assert set(letters) == {"ann--ash", "ann--birch"}
    letters, _ = composed(
        parks, path, excluded=frozenset({"bo@people.example", "ash", "cy--birch"})
    )
    assert set(letters) == {"ann--birch", "ann--cedar", "cy--cedar"}
    letters, _ = composed(parks, path, sample=1)
    assert len({name.partition("--")[0] for name in letters}) == 1
    _, problems = composed(parks, path, only=("ann--ahs",))
    assert "`ann--ash`" in problems["unknown-letter"].hint


@pytest.mark.parametrize("joint", [False, True])
def test_a_missing_list_is_told_once(parks: Path, joint: bool) -> None:
    letters, problems = composed(parks, parks.parent / "nobody.csv", joint=joint)
    assert letters == {}
    assert len(problems) == 1


def test_the_shipped_campaign_has_a_letter_for_constituents(
    campaigns: Path, run_cli, tmp_path: Path
) -> None:
    path = write(tmp_path, row("Ann Lee", state="MA", district="8", own_words="I vote.",
                               approved="yes"))  # fmt: skip
    result = run_cli(
        "render", campaigns / "congress.yaml", "--supporters", path, "--format", "pdf,txt"
    )
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "output/congress/constituents"
    sponsor = (folder / "ann--m000133.txt").read_text("utf-8")
    assert "Dear Senator Markey:" in sponsor
    assert "I am your constituent in Springfield, IL. Thank you for introducing" in sponsor
    other = " ".join((folder / "ann--w000817.txt").read_text("utf-8").split())
    assert "Please cosponsor S. 3779, the ICE Out of Our Faces Act, if you have not" in other
    result = run_cli("render", campaigns / "congress.yaml", "--limit", "1", "--format", "txt")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "output/congress/cosponsor").is_dir()


# --- many ---------------------------------------------------------------------------------------


def many(folder: Path, people: int) -> tuple[Path, Path]:
    """As many supporters as a large campaign has, and a senate and a house of 535."""
    states = [chr(65 + n // 26) + chr(65 + n % 26) for n in range(50)]
    targets = folder / "congress.csv"
    with targets.open("w", encoding="utf-8") as file:
        file.write("id,name,address,city,postal_code,state,district\n")
        for number in range(100):
            file.write(f"s{number},S. {number},1 Hill,Town,10000,{states[number // 2]},\n")
        for number in range(435):
            state, district = states[number % 50], number // 50
            file.write(f"r{number},R. {number},1 Hill,Town,10000,{state},{district}\n")
    supporters = folder / "many.csv"
    with supporters.open("w", encoding="utf-8") as file:
        file.write("id,name,city,email,state,district,consent\n")
        for number in range(people):
            where = f"{states[number % 50]},{number // 50 % 8}"
            file.write(f"p{number},P. Q. {number},Town,p{number}@people.example,{where},yes\n")
    return targets, supporters


def counted(campaign: Campaign, people: People) -> Iterator[str]:
    for one in correspondence(campaign, DAY, ignore, people):
        yield one.recipient.letter_id


@pytest.mark.slow
def test_each_of_100_000_supporters_gets_their_three_letters_and_memory_is_bounded(
    parks: Path, edit
) -> None:
    edit(
        parks, "{match: [state, district]}",
        "{match: [state, district], max_per_target: 5000 per day}",
    )  # fmt: skip
    targets, supporters = many(parks.parent, 100_000)
    people = People(list=targets, supporters=supporters)
    counts = Counter(counted(loaded(parks), people))
    assert counts.total() == 3 * 100_000
    assert len(counts) == 100 + 400


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list(parks: Path) -> None:
    campaign = loaded(parks)
    peaks = []
    for number in (500, 5_000):
        targets, supporters = many(parks.parent, number)
        tracemalloc.start()
        for _ in counted(campaign, People(list=targets, supporters=supporters)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Ten times the people; hashes of who was seen, 36 bytes each, are all that stays of them.
    assert peaks[1] - peaks[0] < 4_500 * 200


def test_the_library_needs_no_command_line(parks: Path) -> None:
    code = (
        "import sys\nfrom advocacy.campaign.supporters.letters import correspondence\n"
        "sys.exit('weasyprint' in sys.modules or 'rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
