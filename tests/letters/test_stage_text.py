"""An approval covers every file and record that making the letter touches, however it is named."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advocacy.files.cache import file_status, files_held, held_files
from advocacy.files.text import read_text
from advocacy.letters.approvals import judge_approval, record_approval
from advocacy.letters.compose import compose_letters
from advocacy.letters.stage_text import read_stage_text

from ..loaded import loaded

TODAY = date(2026, 3, 2)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f00010401005f7a1d1a0000000049454e44ae426082"
)
MORE_FACTS = """
hours:
  statement: The park closes at six.
  source: hours-page
  checked: 2026-03-01
"""
MORE_SOURCES = """
  - id: hours-page
    type: webpage
    title: Opening Hours
    issued: "2026-01-10"
"""


@pytest.fixture
def parks(small_campaign: Path) -> Path:
    """The small campaign with one more fact and source, and two partials."""
    folder = small_campaign.parent
    for name, more in (("facts.yaml", MORE_FACTS), ("sources.yaml", MORE_SOURCES)):
        (folder / name).write_text((folder / name).read_text("utf-8").rstrip() + "\n" + more)
    (folder / "templates" / "partials").mkdir()
    for name in ("one", "two"):
        (folder / "templates" / "partials" / f"{name}.md").write_text(f"This is {name}.\n")
    return small_campaign


def write(campaign: Path, name: str, text: str) -> None:
    path = campaign.parent / "templates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def changes_after(campaign: Path, name: str, text: str | bytes) -> tuple[str, ...]:
    """What an approval says once a file of the campaign's folder has got another text."""
    record_approval(loaded(campaign), "call", "Jane Doe", TODAY)
    assert judge_approval(loaded(campaign), "call").state == "approved"
    path = campaign.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return judge_approval(loaded(campaign), "call").changes


COMPUTED = [
    '{% include "partials/" ~ (recipient.region or "one") ~ ".md" %}',
    '{% set p = "partials/one.md" if not recipient.region else "partials/two.md" %}{% include p %}',
    '{% for p in ["partials/one.md"] %}{% include p %}{% endfor %}',
    '{% include "partials/one.md" ignore missing %}',
    '{% set opening = "partials/one.md" %}{% include opening %}',
]


@pytest.mark.parametrize("command", COMPUTED)
def test_a_partial_counts_however_the_template_names_it(parks: Path, command: str) -> None:
    write(parks, "letters/open.md", f"We ask you to keep the park open.\n\n{command}\n")
    found = changes_after(parks, "templates/partials/one.md", "Something else.\n")
    assert found == ("the template `partials/one.md` changed",)


def test_an_optional_partial_that_comes_to_be_is_noticed(parks: Path) -> None:
    write(parks, "letters/open.md", 'Keep it open.{% include "partials/x.md" ignore missing %}\n')
    found = changes_after(parks, "templates/partials/x.md", "Something else.\n")
    assert found == ("the template `partials/x.md` is new",)


def test_a_partial_that_no_letter_can_include_does_not_count(parks: Path) -> None:
    write(parks, "letters/open.md", 'Keep it open.\n\n{% include "partials/two.md" %}\n')
    assert changes_after(parks, "templates/partials/one.md", "Something else.\n") == ()


NAMED = [
    '{{ fact("ho" ~ "urs") }}',
    '{% set f = fact %}{{ f("hours") }}',
    "{% macro note(id) %}{{ fact(id) }}{% endmacro %}{{ note('hours') }}",
    '{% for id in ["hours"] %}{{ fact(id) }}{% endfor %}',
    "{{ fact(recipient.title or 'hours') }}",
]


@pytest.mark.parametrize("command", NAMED)
def test_a_fact_and_its_source_count_however_the_template_names_them(
    parks: Path, command: str
) -> None:
    write(parks, "letters/open.md", f"We ask you to keep the park open.\n\n{command}\n")
    facts, sources = (parks.parent / name for name in ("facts.yaml", "sources.yaml"))
    changed = facts.read_text("utf-8").replace("closes at six", "closes at five")
    assert changes_after(parks, "facts.yaml", changed) == ("the fact `hours` changed",)
    changed = sources.read_text("utf-8").replace("Opening Hours", "Closing Hours")
    assert changes_after(parks, "sources.yaml", changed) == ("the source `hours-page` changed",)


def test_a_fact_that_no_letter_can_cite_does_not_count(parks: Path) -> None:
    facts = parks.parent / "facts.yaml"
    changed = facts.read_text("utf-8").replace("closes at six", "closes at five")
    assert changes_after(parks, "facts.yaml", changed) == ()


def test_a_stylesheet_that_a_layout_builds_on_counts(parks: Path, edit) -> None:
    edit(parks, "template: open", "template: open\n    layout: window-10")
    write(parks, "layouts/letter.css", "p { color: black }\n")
    found = changes_after(parks, "templates/layouts/letter.css", "p { color: red }\n")
    assert found == ("the template `layouts/letter.css` changed",)


LAYOUTS = [
    ("letter.html", '<img src="pics/seal%20a.png" alt="">'),
    ("letter.html", "<img src='pics/seal a.png?2' alt=''>"),
    ("letter.html", '<p style="background: url(pics/seal&#32;a.png)">'),
    ("letter.css", "@page { background: url('pics/seal a.png') }"),
    ("letter.css", r"p { background: url(pics/se\61l%20a.pn\g) }"),
]


@pytest.mark.parametrize(("name", "text"), LAYOUTS)
def test_a_picture_that_a_layout_shows_counts(parks: Path, name: str, text: str) -> None:
    (parks.parent / "pics").mkdir()
    (parks.parent / "pics" / "seal a.png").write_bytes(PIXEL)
    write(parks, f"layouts/{name}", text)
    assert changes_after(parks, "pics/seal a.png", PIXEL + b"\0") == (
        "the image `pics/seal a.png` changed",
    )


def test_set_words_of_a_region_count(parks: Path) -> None:
    words = read_text(Path(__file__).parents[2] / "templates" / "words" / "en.yaml")
    write(parks, "words/en-GB.yaml", words)
    found = changes_after(parks, "templates/words/en-GB.yaml", words.replace("Sincerely", "Yours"))
    assert found == ("the template `words/en-GB.yaml` changed",)


def test_the_audience_counts_since_the_letter_tells_subscribers_how_to_leave(
    parks: Path, edit
) -> None:
    text = parks.read_text("utf-8").replace("id: parks\n", "id: parks\naudience: subscribers\n")
    assert "`audience` is new" in changes_after(parks, "parks.yaml", text)


def test_an_older_approval_holds_where_what_it_did_not_look_at_is_the_packages_own(
    parks: Path, edit
) -> None:
    edit(parks, "template: open", "template: open\n    layout: window-10")
    path = record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    make_older(path, without="layouts/letter.css")
    assert judge_approval(loaded(parks), "call").state == "approved"


def test_an_older_approval_says_what_it_did_not_look_at(parks: Path, edit) -> None:
    edit(parks, "template: open", "template: open\n    layout: window-10")
    write(parks, "layouts/letter.css", "p { color: black }\n")
    path = record_approval(loaded(parks), "call", "Jane Doe", TODAY)
    make_older(path, without="layouts/letter.css")
    found = judge_approval(loaded(parks), "call")
    assert found.state == "stale"
    (change,) = found.changes
    assert change.startswith("the template `layouts/letter.css` is new, or unknown to the older")


def make_older(path: Path, without: str) -> None:
    """Make an approval as an older version recorded it."""
    from advocacy.files.content_digests import digest_of
    from advocacy.files.yaml.editing import SetValue, edit_file
    from advocacy.letters.approvals import read_approvals

    approval = read_approvals(path.with_name("parks.yaml"))["call"]
    parts = {k: v for k, v in approval.parts.items() if k not in ("covers", f"templates/{without}")}
    edit_file(path, SetValue(("call", "parts"), parts))
    edit_file(path, SetValue(("call", "digest"), digest_of(parts)))


def test_a_run_that_holds_a_text_composes_it_whatever_is_saved_meanwhile(parks: Path) -> None:
    write(parks, "letters/open.md", 'Keep it open.\n\n{% include "partials/one.md" %}\n')
    campaign = loaded(parks)
    text = read_stage_text(campaign, "call")
    write(parks, "partials/one.md", "Sell it.\n")
    write(parks, "letters/open.md", "Close it.\n")
    with files_held(text.files):
        (letter,) = compose_letters(campaign).letters
        assert read_stage_text(campaign, "call").parts == text.parts
    assert letter.body.text().split() == "Keep it open. This is one.".split()
    (letter,) = compose_letters(campaign).letters
    assert letter.body.text().strip() == "Close it."


def test_a_template_that_a_run_did_not_read_at_its_start_does_not_exist_for_it(parks: Path) -> None:
    write(parks, "letters/open.md", "Keep it open.\n")
    campaign = loaded(parks)
    partial = parks.parent / "templates" / "partials" / "one.md"
    text = read_stage_text(campaign, "call")
    with files_held(text.files):
        assert file_status(str(partial)) is None
        assert campaign.workspace.template("partials/one.md") is None
        with files_held():  # a task inside
            assert held_files() is text.files
            assert campaign.workspace.template("letters/open.md") is not None
    assert held_files() is None
    assert file_status(str(partial)) is not None


def test_a_fact_that_only_a_recipients_own_column_names_is_told(parks: Path) -> None:
    campaign = loaded(parks)
    text = read_stage_text(campaign, "call")
    (letter,) = compose_letters(campaign).letters
    assert text.uncovered(letter) == []
    less = replace(text, parts={k: v for k, v in text.parts.items() if "visits" not in k})
    (problem,) = less.uncovered(letter)
    assert problem.code == "outside-approval"
    assert '{{ cite("visits") }}' in str(problem.hint)
