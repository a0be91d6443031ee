"""The documentation of the files says what the models say."""

import json
import re
from pathlib import Path

import pytest

from advocacy.campaign.loading import SCHEMAS, json_schema

from ..tools.reference import MODELS, reference

REGION = re.compile(r"(<!-- reference: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def test_the_reference_in_the_campaigns_readme_is_current(
    project_root: Path, request: pytest.FixtureRequest
) -> None:
    path = project_root / "campaigns" / "README.md"
    text = path.read_text(encoding="utf-8")
    fresh = REGION.sub(lambda m: f"{m[1]}{reference(m[2])}{m[3]}", text)
    assert len(REGION.findall(text)) == len(MODELS)
    if request.config.getoption("--renew-goldens"):
        path.write_text(fresh, encoding="utf-8")
    else:
        assert text == fresh, "make goldens renews it"


@pytest.mark.parametrize("kind", MODELS)
def test_every_key_says_what_it_is(kind: str) -> None:
    rows = [line for line in reference(kind).splitlines() if line.startswith("| `")]
    assert len(rows) > 5
    for row in rows:
        assert re.match(r"\| `[^`]+` \| .{8,}", row), row


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_json_schema_2020_12(kind: str, run_cli) -> None:
    result = run_cli("schema", kind)
    assert result.returncode == 0
    assert json.loads(result.stdout) == json_schema(kind)
    assert "2020-12" in result.stdout


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_kept_schemas_are_current(kind: str, project_root: Path, request) -> None:
    path = project_root / "campaigns" / "schemas" / f"{kind}.json"
    fresh = json.dumps(json_schema(kind), ensure_ascii=False, indent=2) + "\n"
    if request.config.getoption("--renew-goldens"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(fresh, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == fresh, "make goldens renews it"


def test_the_shipped_files_name_their_schema(project_root: Path) -> None:
    visited = 0
    for path in (project_root / "campaigns").rglob("*.yaml"):
        if path.name.endswith((".approvals.yaml", ".compared.yaml")):
            continue
        first = path.read_text(encoding="utf-8").splitlines()[0]
        match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert match, f"{path} has no modeline"
        kind = path.parent.name if path.parent.name in SCHEMAS else "campaign"
        wanted = project_root / "campaigns" / "schemas" / f"{kind}.json"
        assert (path.parent / match[1]).resolve() == wanted.resolve()
        visited += 1
    assert visited >= 3


def _kinds(schema: object) -> set[str]:
    """The JSON types that a schema allows, those of its choices included."""
    if not isinstance(schema, dict):
        return set()
    kinds = schema.get("type", ())
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    return found.union(*map(_kinds, schema.get("anyOf", ())))


def test_the_schemas_allow_the_bare_numbers_and_dates_that_the_reader_does() -> None:
    facts, sources, bills = (json_schema(kind) for kind in ("facts", "sources", "bills"))
    fact = facts.get("additionalProperties", {})
    fact = facts["$defs"][fact["$ref"].rpartition("/")[2]] if "$ref" in fact else fact
    assert "integer" in _kinds(fact["properties"]["locator"]["additionalProperties"])
    source = sources["properties"]["references"]["items"]
    source = sources["$defs"]["Source"] if "$ref" in source else source
    for key in ("issued", "accessed", "number"):
        assert {"integer", "string"} <= _kinds(source["properties"][key])
    assert {"integer", "string"} <= _kinds(bills["properties"]["session"])


def test_the_schema_allows_the_names_of_countries() -> None:
    assert "pattern" not in str(json_schema("campaign")["$defs"]["Target"]["properties"]["country"])
