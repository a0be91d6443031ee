"""`advocacy layouts`: which layouts there are, and what they look like."""

import json
import re
from pathlib import Path

import pytest

from advocacy.authoring.templates.layout_pictures import paper_layouts
from advocacy.files.workspace import Workspace


def test_every_built_in_layout_says_what_it_is_for(run_cli) -> None:
    found = json.loads(run_cli("layouts", "--report", "json").stdout)
    names = [one["name"] for one in found]
    assert names == ["letter", "modern", "large-print", "window-10", "window-dl", "window-fr"]
    assert all(one["purpose"] != "your own" for one in found)


def test_a_layout_of_ones_own_is_listed_last(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    (folder / "brand.html").write_text('{% extends "layouts/letter.html" %}')
    last = paper_layouts(Workspace.of(tmp_path / "campaign.yaml"))[-1]
    assert (last.name, last.built_in) == ("brand", False)


def test_a_page_needs_a_campaign(run_cli, tmp_path: Path) -> None:
    assert run_cli("layouts", "--output", str(tmp_path)).returncode == 2


@pytest.mark.slow
def test_a_page_shows_a_letter_in_every_layout(
    run_cli, small_campaign: Path, tmp_path: Path
) -> None:
    done = run_cli("layouts", str(small_campaign), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "layouts.html").read_text(encoding="utf-8")
    assert len(re.findall('<img src="data:image/png;base64,', page)) == 6
