"""From what a tab shows and writes to the letter: what `render` makes, as it is written."""

import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.email.html import render_html
from advocacy.documents.text import render_text
from advocacy.errors import Hint
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import check
from advocacy.preview import state as state_module
from advocacy.preview.composing import ComposedPreview, add_details, compose_preview
from advocacy.preview.drafts import Drafts
from advocacy.preview.letters import Screen, inbox_snippet
from advocacy.preview.pages import PreviewPage
from advocacy.preview.people import Choices, ChosenLetter, FieldText, Show
from advocacy.preview.problems import PAGE_HINTS, word_hint
from advocacy.preview.state import PreviewState

DESK = "desk-for-tests"
LETTER = "letters/open.md"
Look = Callable[..., ComposedPreview]


@pytest.fixture
def drafts() -> Iterator[Drafts]:
    own = Drafts()
    yield own
    own.close()


@pytest.fixture
def state(small_campaign: Path) -> Iterator[PreviewState]:
    made = PreviewState(small_campaign)
    yield made
    made.close()


@pytest.fixture
def look(state: PreviewState, drafts: Drafts) -> Look:
    def turn(
        *, write: dict[str, str] | None = None, fields: tuple[FieldText, ...] = (), **choices: Any
    ) -> ComposedPreview:
        show = Show(desk=DESK, choices=Choices(**choices), drafts=write or {}, fields=fields)
        return compose_preview(state, drafts, show)

    return turn


def codes(turn: ComposedPreview, name: str = "problems") -> list[str]:
    return [problem["code"] for problem in turn.payload[name]]


def test_the_page_shows_what_render_makes(look: Look, small_campaign: Path) -> None:
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    person = campaign.file.target.addressees[0]
    letter = compose_letter(campaign, person, "call", date(2026, 3, 2))
    checked, _ = check(letter, campaign)
    assert checked is not None
    turn = look()
    assert turn.documents.checked is not None
    assert turn.documents.checked.letter == letter
    assert turn.payload["html"] == render_html(checked, campaign.workspace)
    assert turn.payload["text"] == render_text(checked, campaign.workspace)
    assert turn.payload["inbox"] == {
        "sender": "Example Park Friends",
        "address": "letters@friends.example",
        "subject": "Keep the park open",
        "begins": inbox_snippet(turn.payload["html"]),
    }
    assert turn.payload["chosen"]["day"] == "2026-03-02"
    assert turn.paper is not None
    assert codes(turn) == []


def test_what_is_written_is_shown_and_the_file_stays_as_it_is(
    look: Look, small_campaign: Path
) -> None:
    path = small_campaign.parent / "templates/letters/open.md"
    before = path.read_bytes()
    turn = look(write={"letters/open.md": "We ask you: {{ demand.asks[0] }}\n"})
    assert "We ask you: Keep the park open until nine" in turn.payload["text"]
    assert path.read_bytes() == before
    assert "We ask you:" not in look().payload["text"], "nothing is left of it"


def test_a_mistake_that_is_being_written_is_told_at_the_files_own_line(
    look: Look, small_campaign: Path
) -> None:
    look()
    turn = look(write={"letters/open.md": "Good words.\n\nDear {{ recipent.name }}\n"})
    (problem,) = turn.payload["problems"]
    assert not turn.payload["ok"]
    assert "html" not in turn.payload, "the page keeps what it has"
    assert problem["code"] == "unknown-name"
    assert problem["hint"] == "Did you mean `recipient`?"
    assert (problem["name"], problem["line"]) == ("letters/open.md", 3)
    assert problem["file"] == "templates/letters/open.md"
    assert problem["excerpt"] == "Dear {{ recipent.name }}"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_sentences_and_problems_have_the_places_of_the_text_as_it_is_now(
    look: Look, drafts: Drafts, state: PreviewState, small_campaign: Path, line_end: str
) -> None:
    path = small_campaign.parent / "templates/letters/open.md"
    ending = "\n\nIn 2019 the hall had 900 seats.\n"
    text = path.read_text("utf-8") + ending

    def sentences(written: str | None, lines: str) -> None:
        turn = look(write={LETTER: written} if written else {})
        found = {one["text"]: (one["line"], one["column"]) for one in turn.payload["sentences"]}
        rows = lines.split("\n")
        for words in ("Many came after work.", "In 2019 the hall had 900 seats."):
            line, column = found[words]
            assert rows[line - 1][column - 1 :].startswith(words)
        asked = next(line for words, (line, _) in found.items() if words.startswith("Keep the"))
        assert rows[asked - 1] == "{{ loop.index }}. {{ ask }}"
        (claim,) = [
            one for one in add_details(turn, state)["lints"] if one["code"] == "uncited-claim"
        ]
        assert rows[claim["line"] - 1] == claim["excerpt"] == "In 2019 the hall had 900 seats."

    path.write_bytes(text.replace("\n", line_end).encode())
    sentences(None, text)
    sentences(f"A line.\n\n{text}", f"A line.\n\n{text}")
    path.write_bytes(f"More.\n\n{text}".replace("\n", line_end).encode())
    sentences(None, f"More.\n\n{text}")


def test_a_line_is_shown_whole_whatever_separators_stand_in_it(look: Look) -> None:
    turn = look(write={LETTER: "Before.\u2028And\x0bafter.\n\n{{ nobody }}\n"})
    found = {one["line"]: one["excerpt"] for one in turn.payload["problems"]}
    assert found[1] == "Before.\u2028And\x0bafter."


def test_yaml_is_checked_and_shown_as_it_is_written(look: Look, small_campaign: Path) -> None:
    facts = (small_campaign.parent / "facts.yaml").read_text("utf-8")
    turn = look(write={"facts.yaml": facts.replace("40,000", "41,000")})
    assert "41,000 visits" in turn.payload["text"]
    turn = look(write={"facts.yaml": facts.replace("source: report", "source: raport")})
    assert "unknown-source" in codes(turn)
    campaign = small_campaign.read_text("utf-8")
    turn = look(write={"parks.yaml": campaign.replace("title: Keep", "titel: Keep")})
    assert {"unknown-key", "missing-key"} & set(codes(turn))
    assert not turn.payload["ok"]


def test_a_subject_is_shown_as_it_is_written(look: Look) -> None:
    keys = ("stages", "call", "subject")
    field = FieldText(file="parks.yaml", keys=keys, text="Open: every evening")
    turn = look(fields=(field,))
    assert turn.payload["inbox"]["subject"] == "Open: every evening"
    assert turn.payload["fields"][0]["text"] == "Keep the park open"


def test_a_fact_that_dies_stops_the_letter_and_its_sentence_is_marked(
    look: Look, small_campaign: Path, edit
) -> None:
    edit(small_campaign.parent / "facts.yaml", "  checked", "  until: 2026-03-09\n  checked")
    assert look().payload["ok"]
    turn = look(day=date(2026, 3, 10))
    assert not turn.payload["ok"]
    assert codes(turn) == ["fact-ended"]
    dead = [one for one in turn.payload["sentences"] if one["mark"] == "dead"]
    assert [one["text"] for one in dead] == ["In 2025 the park had 40,000 visits."]
    assert (dead[0]["name"], dead[0]["line"]) == ("letters/open.md", 3)
    assert dead[0]["why"] == "It cites `visits`, which was true until 2026-03-09."


def test_the_page_gives_the_verdict_of_render(
    state: PreviewState, drafts: Drafts, small_campaign: Path, tmp_path: Path
) -> None:
    def verdicts(text: str) -> tuple[bool, bool]:
        """What the page says of the words, and whether `render` makes the letter."""
        template = small_campaign.parent / "templates/letters/open.md"
        template.write_text(text, "utf-8")
        campaign, _ = load_campaign(small_campaign)
        state.campaign = campaign
        turn = compose_preview(state, drafts, Show(desk=DESK, choices=Choices(), drafts={}))
        said = bool(add_details(turn, state)["wordsOk"])
        request = RenderRequest(small_campaign, formats=("eml",), output=tmp_path / "out")
        return said, render_campaign(replace(request, force=True)).made == 1

    wrong = "They said: “We will close every park in town.”\n"
    assert verdicts("In 2024 the city closed 12 parks.\n") == (True, True)  # a warning
    assert verdicts(wrong) == (False, False)
    unfinished = "We ask you to keep [PARK] open.\n"
    assert verdicts(unfinished) == (False, False)
    settings = "checks: {placeholder: {level: note, reason: the name of an artwork}}\n"
    with small_campaign.open("a", encoding="utf-8") as file:
        file.write(settings)
    assert verdicts(unfinished) == (True, True)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("", "Good"),
        ("In 2019 it had 900 trees.", "Worth a look"),
        ("{% if recipient.city == 'Chicago' %}In 2019 it had 900 trees.{% endif %}", "Good"),
        ("They said: “We will close every park in town.”", "Wrong"),
    ],
)
def test_the_page_and_render_give_one_verdict_in_the_same_words(
    state: PreviewState, drafts: Drafts, small_campaign: Path, run_cli: Any, more: str, word: str
) -> None:
    sources = small_campaign.parent / "sources.yaml"
    text = sources.read_text("utf-8")
    sources.write_text(f"{text.rstrip()}\n    accessed: 2026-03-01\n", "utf-8")
    letter = small_campaign.parent / "templates/letters/open.md"
    letter.write_text(f"{letter.read_text('utf-8')}\n{more}\n", "utf-8")
    turn = compose_preview(state, drafts, Show(desk=DESK, choices=Choices(), drafts={}))
    found = [*turn.payload["problems"], *add_details(turn, state)["lints"]]
    levels = {one["level"] for one in found if not one["elsewhere"]}
    said = "Wrong" if "error" in levels else "Worth a look" if "warning" in levels else "Good"
    result = run_cli("render", small_campaign, "--format", "eml")
    assert said == word
    assert result.stdout.splitlines()[-1].startswith(word)
    again = run_cli("gallery", small_campaign, "--format", "txt")
    assert again.stdout.splitlines()[-1].startswith(word)


def test_sentences_without_a_source_are_marked_and_those_with_a_reason_otherwise(
    look: Look,
) -> None:
    text = (
        "In 2024 the city closed 12 parks.\n\n"
        "In 2023 the city closed 14 parks. {# uncited: our own count #}\n\n"
        "Please keep it open.\n"
    )
    marks = [one["mark"] for one in look(write={"letters/open.md": text}).payload["sentences"]]
    assert marks == ["uncited", "excused", ""]


def test_a_stage_brings_its_days_and_a_day_keeps_the_stage(
    look: Look, small_campaign: Path
) -> None:
    text = small_campaign.read_text("utf-8")
    more = "  later: {template: open, subject: Later, from: 2026-05-01, until: 2026-05-09}\n"
    small_campaign.write_text(text + more, encoding="utf-8")
    assert look(stage="later").payload["chosen"]["day"] == "2026-05-01"
    turn = look(stage="call", day=date(2026, 5, 2))
    assert turn.payload["chosen"]["stage"] == "call"
    (problem,) = [one for one in turn.payload["problems"] if one["code"] == "outside-window"]
    assert problem["fits"] == ["later"]
    assert "--stage" not in problem["hint"]
    assert look(day=date(2026, 5, 2)).payload["chosen"]["stage"] == "later"
    assert look(stage="gone").payload["ok"], "a name that is no more is passed over"


def test_a_campaign_that_cannot_be_read_keeps_its_choosers_and_says_why(
    look: Look, small_campaign: Path, edit
) -> None:
    look()
    edit(small_campaign, "timezone: America/Chicago", "timezone: [")
    turn = look()
    assert not turn.payload["ok"]
    assert turn.payload["stages"]
    assert turn.payload["problems"]
    edit(small_campaign, "timezone: [", "timezone: America/Chicago")
    assert look().payload["ok"]


def test_the_facts_stand_beside_with_their_state_on_the_day(
    look: Look, drafts: Drafts, state: PreviewState, small_campaign: Path, edit
) -> None:
    edit(small_campaign.parent / "facts.yaml", "  checked", "  until: 2026-03-09\n  checked")
    beside = add_details(look(), state)
    (fact,) = beside["facts"]
    assert (fact["id"], fact["state"], fact["here"]) == ("visits", "holds", True)
    assert fact["source"] == "The Park in Figures"
    states = {stop["day"]: stop["states"]["call"] for stop in beside["stops"]}
    assert states["2026-03-02"] == "holds"
    assert states["2026-03-10"] == "dead"
    assert states["2026-04-01"] == "out"
    (fact,) = add_details(look(day=date(2026, 3, 10)), state)["facts"]
    assert fact["state"] == "ended"
    names = {one["name"]: one["prints"] for one in beside["variables"]}
    assert names["recipient.name"] == "Jane Doe"
    assert {"cite", "fact", "quote"} <= {one["name"] for one in beside["functions"]}


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        (Hint("other-stage", ["thanks", "hold"], day="2020-06-11", lead=""),
         "Letters for 2020-06-11: “thanks” or “hold”."),
        (Hint("no-other-stage", day="2020-06-11", lead="It was replaced. "),
         "It was replaced. No letter is for 2020-06-11. Choose another date."),
        (Hint("fix-or-exclude", cure="Update the list"),
         "Update the list, or choose another person."),
        (Hint("fix-or-omit-format", cure="Add `email` to the entry", format="eml"),
         "Add `email` to the entry."),
        ("Did you mean `--stage`?", "Did you mean `--stage`?"),
    ],
)  # fmt: skip
def test_hints_speak_of_the_page_and_not_of_the_command_line(hint: str, shown: str) -> None:
    assert word_hint(hint) == shown


def test_the_page_has_words_without_options_for_every_kind_of_hint() -> None:
    assert set(PAGE_HINTS) == set(Hint.TERMINAL)
    assert all("--" not in words and "advocacy " not in words for words in PAGE_HINTS.values())


def test_a_hint_is_the_terminals_text_and_passes_between_processes() -> None:
    hint = Hint("other-stage", ["thanks", "hold"], day="2020-06-11", lead="")
    assert hint == "On 2020-06-11 another stage fits: `--stage thanks` or `--stage hold`."
    again = pickle.loads(pickle.dumps(hint))
    assert (again, again.kind, again.stages) == (hint, "other-stage", ("thanks", "hold"))
    assert json.dumps(hint) == json.dumps(str(hint))


def test_language_and_variant_are_chosen_among_those_there_are(
    look: Look, small_campaign: Path, edit
) -> None:
    letters = small_campaign.parent / "templates" / "letters"
    (letters / "open.es.md").write_text("Les pedimos abrir el parque.\n", encoding="utf-8")
    edit(small_campaign, "title: Keep the park open\n", "title: {en: Keep it open, es: Abierto}\n")
    edit(small_campaign, "  summary: Keep the park open\n", "  summary: {en: Keep, es: Abran}\n")
    edit(
        small_campaign,
        "  asks: [Keep the park open until nine in the evening.]\n",
        "  asks: [{en: Keep it open., es: Abran el parque.}]\n",
    )
    edit(small_campaign, "title: Chair}", "title: {en: Chair, es: Presidenta}}")
    edit(
        small_campaign,
        "    subject: Keep the park open\n",
        "    subject: {en: Keep it open, es: Abierto}\n"
        "    variants: {subject: {a: {en: One, es: Uno}, b: {en: Two, es: Dos}}}\n",
    )
    chosen = look().payload["chosen"]
    assert chosen["languages"] == ["en-US", "es"]
    assert chosen["offered"] == {"subject": ["a", "b"]}
    for variant, subject in (("a", "One"), ("b", "Two")):
        assert look(variants={"subject": variant}).payload["inbox"]["subject"] == subject
    turn = look(language="es", variants={"subject": "b"})
    assert turn.payload["inbox"]["subject"] == "Dos"
    assert "Les pedimos" in turn.payload["text"]
    assert look(language="xx").payload["chosen"]["language"] == "en-US"


def test_a_letter_that_is_good_no_more_is_not_shown_in_another_language_or_variant() -> None:
    def key(**changes: Any) -> tuple[str, ...]:
        person = Recipient(name="Jane Doe", address=["2 Main Street"])
        usual = {"stage": "call", "language": "en", "variants": {"body": "a"}}
        return ChosenLetter(
            **{**usual, **changes}, person=person, day=date(2026, 3, 2), supporters=None
        ).key

    others = [
        key(language="fr"),
        key(variants={"body": "b"}),
        key(variants={}),
        key(stage="thanks"),
    ]
    assert len({key(), *others}) == 5
    assert key() == key()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amazon", "congress", "ibm", "microsoft"])
def test_every_letter_of_the_shipped_campaigns_is_shown(project_root: Path, name: str) -> None:
    state, drafts = PreviewState(project_root / "campaigns" / f"{name}.yaml"), Drafts()
    try:
        show = Show(desk=DESK)
        stages = [one["name"] for one in compose_preview(state, drafts, show).payload["stages"]]
        assert stages
        for stage in stages:
            show = Show(desk=DESK, choices=Choices(stage=stage))
            turn = compose_preview(state, drafts, show)
            errors = [one for one in turn.payload["problems"] if one["level"] == "error"]
            assert turn.payload["ok"], (stage, errors)
            assert turn.paper is not None
            placed = [one for one in turn.payload["sentences"] if one["line"]]
            assert len(placed) > 5
            assert add_details(turn, state)["stops"]
    finally:
        state.close()
        drafts.close()


def test_pictures_of_older_pages_go_and_those_of_the_letter_that_is_shown_stay(
    state: PreviewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "MOST_PICTURE_BYTES", 3000)
    screen = Screen("", "", None)

    def keep(*names: str) -> None:
        pages = tuple(PreviewPage(name, 1, 1, (), bytes(1000)) for name in names)
        state.keep_pages(("call", "doe"), screen, pages)

    keep("a", "b")
    keep("c")
    keep("a", "d")
    assert list(state.pictures) == ["c", "a", "d"]
    keep(*"efghi")
    assert list(state.pictures) == list("efghi"), "more than the limit, but they are shown"
    keep("j")
    assert list(state.pictures) == ["h", "i", "j"]
