"""Every code has its documentation, and campaigns change levels and limits with a reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy.checks.accepting import GROUP
from advocacy.checks.codes import explain_code, groups, registry, render_reference
from advocacy.errors import AdvocacyError, Level
from advocacy.resources import read_table

# Functions and classes whose first argument is a code, besides constructors of mistakes.
MAKERS = {"Problem", "problem", "read_problem", "fault", "Mistake", "Phrase", "__init__", "replace"}
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|layout|placeholder")
# Codes that are put together of a prefix and the kind of a thing.
KINDS = ("addressee", "fact", "template", "layout", "filter", "test", "bill", "event")
SYNTAX_ERRORS = "advocacy/files/yaml/syntax_errors.toml"
COMPOSED = {"unknown-": {f"unknown-{kind}" for kind in KINDS}}


def codes_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        arguments = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "code")]
        for first in arguments if name in MAKERS else ():
            if isinstance(first, ast.Constant) and KEBAB.fullmatch(str(first.value)):
                yield str(first.value)
            elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                yield from COMPOSED[str(first.values[0].value)]


def tables(root: Path) -> list[Path]:
    return [p for p in sorted((root / "advocacy").rglob("*.toml")) if p.name != "codes.toml"]


@pytest.fixture(scope="module")
def used(project_root: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    paths = sorted((project_root / "advocacy").rglob("*.py"))
    assert len(paths) > 60, "the whole source tree is visited"
    for path in paths:
        for code in codes_in(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, path)
    # `yaml-syntax` explains the codes of YAML's syntax together.
    for path in set(tables(project_root)) - {project_root / SYNTAX_ERRORS}:
        for code in re.findall(r'^code = "(.+)"$', path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(code, path)
    return found


def test_every_code_in_the_source_tree_is_documented(used: dict[str, Path]) -> None:
    assert len(used) > 100
    missing = [code for code in used if code not in registry()]
    skeletons = "\n".join(
        f'[{code}]  # {used[code].name}\ngroup = ""\nlevel = "error"\nsummary = ""\nwhat = ""\n'
        f'why = ""\nexample = ""\ncure = ""\n'
        for code in missing
    )
    assert missing == [], f"describe these in advocacy/checks/codes.toml:\n{skeletons}"


def test_every_documented_code_is_in_the_source_tree(project_root: Path) -> None:
    paths = [*sorted((project_root / "advocacy").rglob("*.py")), *tables(project_root)]
    text = "".join(path.read_text("utf-8") for path in paths)
    composed = {code for codes in COMPOSED.values() for code in codes}
    stale = [c for c in registry() if f'"{c}"' not in text and c not in composed]
    assert stale == [], "no problem has these codes any more"


def test_levels_are_read_without_the_explanations_and_are_those_of_the_whole_file() -> None:
    whole = dict(read_table("checks/codes.toml"))
    assert whole.pop("groups") == groups()
    assert whole.pop("introduction") in render_reference()
    for name, entry in whole.items():
        code = registry()[name]
        assert {key: getattr(code, key) for key in entry} == {
            key: text.strip() if isinstance(text, str) else text for key, text in entry.items()
        }
    assert list(registry()) == list(whole)


@pytest.mark.parametrize("code", registry().values(), ids=lambda code: code.name)
def test_each_code_is_described_in_full(code: Any) -> None:
    assert KEBAB.fullmatch(code.name)
    assert code.group in groups()
    assert code.summary.endswith(".")
    assert len(code.summary) < 100
    assert "\n" not in code.summary
    for text in (code.what, code.why, code.cure):
        assert text.endswith((".", "`", "?", ":", "(`--links`)")), text
    assert code.example
    if code.limits:
        assert code.unit
        assert code.limit("targets")
        assert code.limit("subscribers")


def test_the_reference_in_the_docs_is_current(project_root: Path) -> None:
    path = project_root / "campaigns" / "checks.md"
    assert path.read_text("utf-8") == render_reference(), (
        "renew it: python -m advocacy.checks.codes > campaigns/checks.md"
    )


def test_a_code_explains_itself() -> None:
    text = explain_code("uncited-claim")
    for part in ("What it finds", "Why it matters", "Example", "Cure", "In a campaign"):
        assert part in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert explain_code("all").count("\n") == len(registry())


def test_a_mistyped_code_is_told_with_the_nearest() -> None:
    with pytest.raises(AdvocacyError, match="Did you mean `uncited-claim`"):
        explain_code("uncited-clam")


ERRORS = {
    "days": ("fact-ended", "fact-not-yet", "fact-superseded", "facts-contradict", "source-too-new",
             "outside-window"),
    "claims": ("figure-not-in-fact", "date-not-in-fact", "speaker-differs",
               "quotation-not-verbatim", "quotation-cut", "translation-differs"),
    "records": ("quote-not-in-copy",),
    "wording": ("placeholder", "broken-markup", "markup-in-value"),
}  # fmt: skip
WARNINGS = (
    "uncited-claim", "name-not-in-fact", "negation-differs", "hedge-dropped", "comparison-differs",
    "cause-not-in-fact", "citation-unrelated",
)  # fmt: skip


def test_what_a_source_refutes_is_an_error_and_what_a_reader_may_judge_a_warning() -> None:
    known = registry()
    for group, names in ERRORS.items():
        for name in names:
            assert (known[name].group, known[name].level) == (group, Level.ERROR), name
    for name in WARNINGS:
        assert (known[name].group, known[name].level) == ("claims", Level.WARNING), name


def test_only_problems_of_sentences_can_be_accepted_never_days_copies_or_placeholders() -> None:
    assert GROUP == "claims"
    never = [*ERRORS["days"], *ERRORS["records"], *ERRORS["wording"], "bill-over", "event-over"]
    assert not [name for name in never if registry()[name].group == GROUP]


def with_checks(house: Any, text: str) -> None:
    house.spoil("acme.yaml", "copies: copies\n", f"copies: copies\nchecks: {{{text}}}\n")


LONG = ("acme.yaml", "subject: Thank you", f"subject: {'x' * 75}")


def test_a_campaign_may_widen_a_limit_with_a_reason(house: Any) -> None:
    house.spoil(*LONG)
    assert house.one("subject-length")
    with_checks(house, "subject-length: {limit: 80, reason: a form on the web takes 80}")
    assert house.check() == []


def test_a_narrower_limit_and_a_higher_level_need_no_reason(house: Any) -> None:
    with_checks(house, "subject-length: {limit: 12, level: error}")
    assert house.one("subject-length").level is Level.ERROR


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("subject-length: {limit: 80}", "given a wider limit (80 instead of 70)"),
        ("subject-length: {level: note}", "lowered to a note"),
        ("subject-length: {level: off}", "turned off"),
        ("placeholder: {level: warning}", "lowered to a warning"),
    ],
)
def test_a_milder_check_needs_a_reason(house: Any, setting: str, told: str) -> None:
    with_checks(house, setting)
    problem = house.one("setting-without-reason")
    assert told in problem.message
    assert problem.place.path.name == "acme.yaml"


def test_a_check_may_be_turned_off_with_a_reason(house: Any) -> None:
    house.spoil(*LONG)
    with_checks(house, "subject-length: {level: off, reason: sent on paper alone}")
    assert house.check() == []


def test_what_makes_a_letter_lie_cannot_be_turned_off(house: Any) -> None:
    house.spoil("facts.yaml", "from: 2020-06-08", "from: 2020-06-11")
    with_checks(house, "fact-not-yet: {level: off, reason: never mind}")
    assert {p.code for p in house.check()} == {"fact-not-yet", "setting-fixed"}


@pytest.mark.parametrize(
    "name",
    [
        "figure-not-in-fact", "date-not-in-fact", "speaker-differs", "quotation-not-verbatim",
        "quotation-altered", "quotation-cut", "quote-not-in-copy", "quote-in-other-copy",
        "translation-differs", "changed-since-compared", "deadline-passed",
    ],
)  # fmt: skip
@pytest.mark.parametrize("level", ["off", "note", "warning"])
def test_no_campaign_lowers_what_its_facts_or_sources_refute(
    house: Any, name: str, level: str
) -> None:
    with_checks(house, f"{name}: {{level: {level}, reason: never mind}}")
    told = house.one("setting-fixed")
    assert told.level is Level.ERROR
    assert told.place.path.name == "acme.yaml"
    assert told.place.line
    assert "Remove the setting" in told.hint


def test_a_wrong_number_remains_an_error_whatever_the_campaign_says(house: Any) -> None:
    with_checks(house, "figure-not-in-fact: {level: off, reason: never mind}")
    house.call('Widget Works stopped selling to 60 police departments.{{ cite("widget-stopped") }}')
    codes = {p.code for p in house.check() if p.level is Level.ERROR}
    assert codes == {"setting-fixed", "figure-not-in-fact"}


def test_a_mistyped_setting_is_told_with_the_nearest(house: Any) -> None:
    with_checks(house, "subject-lenght: {limit: 60}")
    assert house.one("unknown-code").hint == "Did you mean `subject-length`?"


def test_a_limit_belongs_to_codes_that_have_one(house: Any) -> None:
    with_checks(house, "placeholder: {limit: 3}")
    assert "`subject-length`" in house.one("setting-no-limit").hint


def test_a_setting_cannot_silence_the_settings(house: Any) -> None:
    with_checks(house, "setting-without-reason: {level: off, reason: x}, placeholder: {level: off}")
    assert {p.code for p in house.check()} == {"setting-fixed", "setting-without-reason"}


def test_every_code_of_the_yaml_reader_can_be_explained(project_root: Path) -> None:
    source = (project_root / "advocacy/files/yaml/tree.py").read_text("utf-8")
    reported = {
        node.args[1].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "report"
        if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    }
    assert len(reported) > 5
    for code in {*reported, "yaml-colon", "yaml-indentation", "yaml-text-after-quote"}:
        assert explain_code(str(code))


def test_an_explanation_says_whether_a_campaign_may_change_the_level() -> None:
    assert explain_code("fact-ended").startswith("fact-ended (error)\n")
    assert "A campaign cannot change its level." in explain_code("fact-ended")
    assert "changes its level." in explain_code("uncited-claim")
