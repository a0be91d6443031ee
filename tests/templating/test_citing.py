"""What `quote` prints: the speaker before the words, translations with their translators."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.campaign.facts import Fact, parse_facts
from advocacy.campaign.sources import Source
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.reading import read_yaml_text
from advocacy.templating import render_body
from advocacy.templating.citation_marks import Prose

FACTS = """\
direct:
  statement: She said so.
  source: paper
  quote: We never sell it
  speaker: {name: Jane *Roe*, organization: Widget Works}
  translations:
    de: {text: Wir verkaufen es nie, by: A. Beispiel}
    fr: {text: Nous ne le vendons jamais, by: A. Exemple}
    es: {text: Nunca lo vendemos, by: A. Ejemplo}
reported:
  statement: The paper said so.
  source: paper
  quote: it never sells it
  speaker: Widget Works
  speech: reported
silent:
  statement: Somebody said so.
  source: paper
  quote: it sells it
whole:
  statement: They stopped.
  source: paper
  quote: We stop.
"""
Print = Callable[[str, str], str]


def facts() -> dict[str, Fact]:
    found, problems = parse_facts(read_yaml_text(FACTS, Path("facts.yaml")))
    assert problems == []
    return found


@pytest.fixture
def printed(tmp_path: Path, project_root: Path) -> Print:
    (tmp_path / "letters").mkdir()
    workspace = Workspace(tmp_path, (tmp_path, project_root / "templates"))
    paper = Source.model_validate(
        {"id": "paper", "type": "article-newspaper", "container-title": "The Paper"}
    )

    def printed(template: str, language: str) -> str:
        (tmp_path / "letters" / "call.md").write_text(template, "utf-8")
        body = render_body("call", workspace, language, {}, facts(), {"paper": paper})
        return body.prose.text()

    return printed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Jane *Roe* (Widget Works): “We never sell it”"),
        ("de", "Jane *Roe* (Widget Works): „Wir verkaufen es nie“ (Übersetzung: A. Beispiel)"),
        ("de-AT", "Jane *Roe* (Widget Works): „Wir verkaufen es nie“ (Übersetzung: A. Beispiel)"),
        ("es", "Jane *Roe* (Widget Works): «Nunca lo vendemos» (traducción: A. Ejemplo)"),
    ],
)
def test_a_quotation_prints_its_speaker_and_translator(
    printed: Print, language: str, text: str
) -> None:
    assert printed('{{ quote("direct", speaker=true) }}', language) == text
    assert printed('{{ quote("direct") }}', language) == text.removeprefix(
        "Jane *Roe* (Widget Works): "
    )


def test_french_spaces_stand_before_the_colons(printed: Print) -> None:
    text = printed('{{ quote("direct", speaker=true) }}', "fr").replace("\u00a0", " ")
    assert text.replace("\u202f", " ") == (
        "Jane *Roe* (Widget Works) : « Nous ne le vendons jamais » (traduction : A. Exemple)"
    )


def test_reported_speech_prints_as_the_reporters(printed: Print) -> None:
    text = printed('{{ quote("reported", speaker=true) }}', "en")
    assert text == "The Paper: “it never sells it”"


def test_a_quotation_without_a_speaker_cannot_print_one(printed: Print) -> None:
    with pytest.raises(AdvocacyError) as caught:
        printed('{{ quote("silent", speaker=true) }}', "en")
    (problem,) = caught.value.problems
    assert problem.code == "no-speaker"
    assert '{{ quote("silent") }}' in problem.hint


def test_other_options_are_refused(printed: Print) -> None:
    with pytest.raises(AdvocacyError) as caught:
        printed('{{ quote("direct", author=true) }}', "en")
    assert "only fact ids and `speaker=true`" in caught.value.problems[0].message


@pytest.mark.parametrize("speaker", ["{organization: Widget Works}", '"…"', '""'])
def test_a_speaker_without_a_name_is_told(speaker: str) -> None:
    text = f"one:\n  statement: She said so.\n  source: paper\n  quote: x\n  speaker: {speaker}\n"
    _, (problem,) = parse_facts(read_yaml_text(text, Path("facts.yaml")))
    assert problem.code == "bad-name"
    assert "speaker: {name: Jane Roe" in problem.hint


@pytest.mark.parametrize(
    ("language", "in_text", "template", "text"),
    [
        ("en-US", False, "said {{ quote('silent') }}.", "said “it sells it.”¹"),
        ("en-US", False, "{{ quote('silent') }}, she said", "“it sells it,”¹ she said"),
        ("en-US", False, "said {{ quote('whole') }}.", "said “We stop.”¹"),
        ("en-US", False, "{{ quote('whole') }}, she said", "“We stop,”¹ she said"),
        ("en-US", False, "said {{ quote('whole') }} Next", "said “We stop.”¹ Next"),
        ("en-US", False, "{{ quote('silent') }} and", "“it sells it”¹ and"),
        ("en-US", True, "said {{ quote('silent') }}.", "said “it sells it”¹."),
        ("en-US", True, "said {{ quote('whole') }}.", "said “We stop”¹."),
        ("en-GB", False, "said {{ quote('silent') }}.", "said “it sells it”.¹"),
        ("en-GB", False, "said {{ quote('whole') }}.", "said “We stop.”¹"),
        ("de", False, "sagte {{ quote('whole') }}.", "sagte „We stop.“¹"),
    ],
)
def test_a_quotation_and_its_sentence_end_with_one_stop_where_the_language_has_it(
    tmp_path: Path, project_root: Path, language: str, in_text: bool, template: str, text: str
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "call.md").write_text(template, "utf-8")
    workspace = Workspace(tmp_path, (tmp_path, project_root / "templates"))
    known = {name: fact.model_copy(update={"quotes": {}}) for name, fact in facts().items()}
    body = render_body("call", workspace, language, {}, known, {}, in_text=in_text)
    numbered = re.sub("[\U00100000-\U0010fffd]", "¹", body.prose.markdown)
    assert Prose(numbered, body.prose.values).text() == text
