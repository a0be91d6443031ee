"""What the documentation shows is what happens."""

import re
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.letters.compose import compose_letter

from ..pages import quoted


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_readme_shows_what_a_stale_letter_really_prints(run_cli, project_root: Path) -> None:
    readme = (project_root / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"    \$ advocacy (.+)\n((?:    .*\n)+)", readme)
    assert shown
    result = run_cli(*shown[1].split(), cwd=project_root)
    assert result.returncode == 1
    printed = re.sub(r"(?m)^ +\d+ \| .*\n(?: +\^\n)?", "", result.stderr)
    assert squeezed(shown[2]) in squeezed(printed)


SOURCES = """\
references:
  - {id: report, type: report, title: The Park in Figures, publisher: Springfield Parks Department,
     issued: "2026-01-15", URL: "https://parks.example/figures"}
  - {id: correction, type: webpage, title: A Correction, publisher: Springfield Parks Department,
     issued: "2026-03-10", URL: "https://parks.example/correction"}
"""
LETTER = """\
We ask this: {{ demand.asks[0] }}

{{ fact("visits") }}

Please answer by {{ demand.reply_by }}.
"""
RUN = re.compile(r"<!-- run -->\n\n    \$ advocacy (.+)\n((?:(?:    .*)?\n)*?)(?=\n[^ ]|\Z)")


def test_the_manual_walks_through_a_fact_going_stale_as_it_happens(
    run_cli, project_root: Path, tmp_path: Path, edit, request: pytest.FixtureRequest
) -> None:
    path = project_root / "campaigns" / "README.md"
    manual = path.read_text(encoding="utf-8")
    campaign, fact, corrected = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)[:3]
    letter = tmp_path / "templates" / "letters" / "open.md"
    letter.parent.mkdir(parents=True)
    letter.write_text(LETTER, encoding="utf-8")
    (tmp_path / "parks.yaml").write_text(campaign, encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(fact, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    assert run_cli("check", "parks.yaml").returncode == 0
    assert run_cli("render", "parks.yaml", "--format", "pdf,txt").returncode == 0
    assert "40,000" in (tmp_path / "output/parks/call/doe.txt").read_text(encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(f"{fact}\n{corrected}", encoding="utf-8")
    real = []
    commands = RUN.findall(manual)
    assert len(commands) == 3
    for number, (command, _) in enumerate(commands):
        if number == 2:
            edit(letter, 'fact("visits")', 'fact("visits-corrected")')
            edit(tmp_path / "parks.yaml", "from: 2026-03-01", "from: 2026-03-10")
            edit(tmp_path / "parks.yaml", "date: 2026-03-02", "date: 2026-03-10")
        result = run_cli(*command.split(), env={"COLUMNS": "96"})
        text = (result.stderr + result.stdout).replace(str(tmp_path) + "/", "")
        real.append(f"<!-- run -->\n\n    $ advocacy {command}\n" + quoted(text))
    assert "until: 2026-03-09" in (tmp_path / "facts.yaml").read_text(encoding="utf-8")
    fresh = RUN.sub(lambda _: real.pop(0), manual)
    if request.config.getoption("--renew-goldens"):
        path.write_text(fresh, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == fresh, "make goldens renews it"


def template_examples() -> list[tuple[str, str]]:
    page = (Path(__file__).resolve().parent.parent.parent / "templates" / "README.md").read_text(
        "utf-8"
    )
    rows = re.findall(r"(?m)^\| `(\{\{ [^`]+ \}\})` \| (.+) \|$", page)
    assert len(rows) >= 8
    return rows


@pytest.mark.parametrize(("written", "prints"), template_examples())
def test_what_the_volunteers_page_shows_works(written: str, prints: str, campaigns: Path) -> None:
    folder = campaigns / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "call-to-follow.md").write_text(f"Before {written} after.\n", encoding="utf-8")
    campaign, _ = load_campaign(campaigns / "microsoft.yaml")
    assert campaign is not None
    letter = compose_letter(campaign, campaign.file.target.addressees[0], "call", date(2020, 6, 10))
    printed = letter.body.text().removeprefix("Before ").removesuffix(" after.\n").strip()
    if "footnote" in prints or "sources" in prints or "note" in prints:
        assert letter.cites
    elif prints[0].isupper():
        assert printed == prints
    else:
        assert printed
