"""The timeline shows, at a glance and to everybody, which sentence dies when."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.authoring.timeline import timeline_html, timeline_svg
from advocacy.authoring.timeline.columns import columns_of, shorten, width_of
from advocacy.authoring.timeline.picture import LABELS, picture_of
from advocacy.campaign.days import Days
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.resources import read_table

COLORS = read_table("documents/page_colors.toml")
LIGHT, DARK = COLORS["light"], COLORS["dark"]
SVG = "{http://www.w3.org/2000/svg}"
TENTH = date(2020, 6, 10)
DAYS = [TENTH, date(2020, 6, 11), date(2022, 1, 1), date(2026, 11, 23)]


@pytest.fixture
def microsoft(project_root: Path) -> Campaign:
    campaign, _ = load_campaign(project_root / "campaigns" / "microsoft.yaml")
    assert campaign is not None
    return campaign


def ended(campaign: Campaign, name: str, until: date) -> Campaign:
    fact = campaign.facts[name].model_copy(update={"until": until})
    return replace(campaign, facts={**campaign.facts, name: fact})


def overlaps(texts: list[tuple[float, float, float]]) -> list[tuple[object, object]]:
    found = []
    for one, two in pairwise(sorted(texts)):
        if one[0] == two[0] and one[2] > two[1]:
            found.append((one, two))
    return found


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["microsoft", "amazon", "ibm"])
def test_the_picture_is_good_svg_with_a_title_and_a_description(
    project_root: Path, name: str, day: date
) -> None:
    campaign, _ = load_campaign(project_root / "campaigns" / f"{name}.yaml")
    assert campaign is not None
    root = ET.fromstring(timeline_svg(campaign, day))
    assert root.get("role") == "img"
    names = (root.get("aria-labelledby") or "").split()
    told = {
        one.get("id"): one.text or "" for one in root if one.tag in (SVG + "title", SVG + "desc")
    }
    assert list(told) == names
    assert f" {day.day}, {day.year}" in told["tl-title"]
    for stage in campaign.file.stages:
        assert f"Stage {stage}:" in told["tl-desc"]


@pytest.mark.parametrize("day", DAYS)
def test_headings_of_columns_never_run_into_each_other(microsoft: Campaign, day: date) -> None:
    root = ET.fromstring(timeline_svg(microsoft, day))
    sizes = {"head": 11.0, "tail": 9.5}
    spans = [
        (
            float(t.get("y", 0)),
            float(t.get("x", 0)),
            float(t.get("x", 0)) + width_of(t.text or "", sizes[c]),
        )
        for t in root.iter(SVG + "text")
        if (c := t.get("class", "")) in sizes
    ]
    assert len(spans) > 20
    assert overlaps(spans) == []


def test_the_tenth_and_the_eleventh_of_june_stand_apart_on_a_sheet_that_reaches_to_2026(
    microsoft: Campaign,
) -> None:
    picture = picture_of(microsoft, TENTH)
    heads = {(c.first, c.head): c for c in picture.columns}
    tenth = heads[(TENTH, "Jun 10")]
    eleventh = heads[(date(2020, 6, 11), "Jun 11")]
    assert tenth.right == eleventh.left
    assert tenth.width > 40
    assert tenth.first == tenth.last
    assert picture.columns[-1].last is None
    root = ET.fromstring(timeline_svg(microsoft, TENTH))
    assert float(root.get("width", 0)) < 1900


def test_a_fact_that_ends_says_when_and_what_replaces_it(microsoft: Campaign) -> None:
    svg = timeline_svg(microsoft, TENTH)
    assert "ends Jun 10, 2020 → microsoft-ban" in svg


def test_a_letter_that_would_lie_is_marked_on_the_stage_and_on_the_fact(
    microsoft: Campaign,
) -> None:
    assert "cannot be sent" not in timeline_svg(microsoft, TENTH)
    picture = picture_of(ended(microsoft, "fas-arrests", date(2026, 11, 20)), date(2026, 11, 23))
    marked = [row for row in picture.rows if row.dead]
    assert [row.note for row in marked] == [
        "cannot be sent: fas-arrests",
        "ends Nov 20, 2026",
    ]
    begins = next(c for c in picture.columns if c.first == date(2026, 11, 21))
    assert {row.dead[0].left for row in marked} == {begins.left}


def test_nothing_is_drawn_outside_the_sheet(microsoft: Campaign) -> None:
    for campaign in (microsoft, ended(microsoft, "fas-arrests", date(2026, 11, 20))):
        for day in DAYS:
            root = ET.fromstring(timeline_svg(campaign, day))
            width = float(root.get("width", 0))
            for rect in root.iter(SVG + "rect"):
                if rect.get("x"):
                    assert float(rect.get("x", 0)) + float(rect.get("width", 0)) <= width
            for text in root.iter(SVG + "text"):
                if text.get("class") == "note":
                    assert float(text.get("x", 0)) + width_of(text.text or "", 10.5) <= width
                if text.get("class") in ("label", "meta") and float(text.get("x", 0)) < 60:
                    assert width_of(text.text or "", 10.0) < width


def test_the_chosen_day_is_a_line_through_its_own_column(microsoft: Campaign) -> None:
    for day in DAYS:
        picture = picture_of(microsoft, day)
        [column] = [c for c in picture.columns if c.first == day]
        assert column.last == day
        lines = re.findall(r'<line class="day-line" x1="([\d.]+)"', timeline_svg(microsoft, day))
        assert [float(x) for x in lines] == [pytest.approx(column.middle, abs=0.1)]


def test_a_fact_without_a_beginning_or_until_the_calendars_end_is_drawn(
    microsoft: Campaign,
) -> None:
    fact = microsoft.facts["nist-scale"].model_copy(update={"from_": None, "until": date.max})
    campaign = replace(microsoft, facts={**microsoft.facts, "nist-scale": fact})
    picture = picture_of(campaign, TENTH)
    assert picture.columns[0].head == "earlier"
    assert ET.fromstring(timeline_svg(campaign, TENTH)).tag == SVG + "svg"


def test_values_are_text_and_never_markup(small_campaign: Path, edit) -> None:
    facts = small_campaign.parent / "facts.yaml"
    edit(facts, "In 2025 the park had 40,000 visits.", 'Visits <b>&"x" rose</b>')
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert 'Visits <b>&"x" rose</b>' in "".join(ET.fromstring(timeline_svg(campaign)).itertext())
    assert "Visits <b>" not in timeline_html(campaign)


def test_the_page_follows_dark_mode_and_fetches_nothing(microsoft: Campaign) -> None:
    page = timeline_html(microsoft, TENTH)
    assert "prefers-color-scheme: dark" in page
    assert set(re.findall(r"var\(--([\w-]+)\)", page)) >= set(LIGHT)
    assert "http://www.w3.org/2000/svg" in page
    assert not re.search(r"(?:src|href)=|url\((?!#)|@import", page)
    assert page.count("<tr>") == 1 + len(picture_of(microsoft, TENTH).shown)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_bars_stand_out_from_the_paper(colours: dict[str, str]) -> None:
    for name in ("ink", "muted", "ended"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    for name in ("holds", "ended", "stage", "day-line", "use"):
        assert contrast(colours[name], colours["paper"]) >= 3, name
    assert contrast(colours["paper"], colours["day-line"]) >= 4.5
    assert contrast(colours["use"], colours["holds-soft"]) >= 3
    assert contrast(colours["ink"], colours["day"]) >= 4.5


def test_the_command_writes_both_and_names_them(run_cli, campaigns: Path, tmp_path: Path) -> None:
    result = run_cli("facts", "show", campaigns / "ibm.yaml", "--svg", "a.svg", "--html", "b.html")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["a.svg", "b.html"]
    assert ET.parse(tmp_path / "a.svg").getroot().tag == SVG + "svg"
    refused = run_cli("facts", "show", campaigns / "ibm.yaml", "--svg", "no/such/a.svg")
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr


DATES = st.dates(date(1, 1, 2), date(9999, 12, 30))
RUNS = st.builds(Days, st.none() | DATES, st.none() | DATES)


@given(st.lists(RUNS, max_size=8), DATES)
def test_columns_cover_every_day_once_and_nothing_changes_inside_one(
    runs: list[Days], day: date
) -> None:
    columns = columns_of(runs, day, LABELS)
    for one, two in pairwise(columns):
        assert one.right == pytest.approx(two.left)
        assert one.last is not None
        assert two.first == one.last + timedelta(days=1)
    for run in runs:
        for column in columns:
            inside = [run.covers(d) for d in (column.first or date.min, column.last or date.max)]
            assert column.covers(run) == all(inside)
            assert inside[0] == inside[1] or None in (column.first, column.last)


@given(st.text(max_size=80))
def test_a_shortened_text_fits_its_room(text: str) -> None:
    short = shorten(text, 12, 150)
    assert width_of(short, 12) <= 150
    assert short == " ".join(text.split()) or short.endswith("…")


@pytest.mark.slow
def test_axe_finds_nothing_wrong_with_the_page(
    microsoft: Campaign, tmp_path: Path, tool, node_tool
) -> None:
    from playwright.sync_api import sync_playwright

    chromium, axe = tool("chromium"), node_tool("axe-core/axe.min.js")
    page_file = tmp_path / "timeline.html"
    page_file.write_text(timeline_html(microsoft, TENTH), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme)
            page.goto(page_file.as_uri())
            page.add_script_tag(path=str(axe))
            found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
            assert found == [], scheme
        browser.close()
