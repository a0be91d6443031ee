"""What those who print many letters may rely on when these are laid out fast."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from advocacy.documents.pdf import stamp
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.pdf.stamp import shaping
from advocacy.documents.pdf.stamp.cache_key import DIFFERENT, NEEDS_TEXTS, OTHER_GLYPHS
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, check

Letters = Callable[[str, list[dict[str, str]]], list[CheckedLetter]]


def row(name: str = "Zoë Müller", **values: str) -> dict[str, str]:
    usual = {
        "id": name.split()[0].lower().replace("ë", "e"), "name": name, "given_name": "Ada",
        "address": "1 Main Street", "city": "Springfield", "region": "Illinois",
        "postal_code": "62701", "country": "US", "groups": "-", "note": "-", "wish1": "-",
        "wish2": "-",
    }  # fmt: skip
    return {**usual, **values}


@pytest.fixture
def forgetful() -> None:
    """No masters from other tests."""
    stamp.forget_masters()


def test_a_usual_letter_is_laid_out_fast_and_is_small(letters: Letters, parks) -> None:
    (letter,) = letters("plain", [row()])
    pdf = render_pdf(letter, parks.workspace)
    assert pdf.typeset == "fast"
    assert len(pdf.data) < 100_000


def test_a_letter_with_a_character_of_another_script_is_laid_out_in_full(
    letters: Letters, parks
) -> None:
    made = letters("plain", [row("山田 花子", id="hanako"), row("שרה כהן", id="sara")])
    found = [render_pdf(letter, parks.workspace) for letter in made]
    assert [(pdf.typeset, pdf.why) for pdf in found] == [("full", OTHER_GLYPHS)] * 2


NAMES = (
    "Łukasz Wójcik", "Zdeněk Dvořák", "Şule Çağlar", "Nguyễn Văn An", "Ελένη Παπαδοπούλου",
    "Владимир Щукин", "Михайло Їжак", "Łukasz Παπάς",
)  # fmt: skip


def test_names_in_the_scripts_of_the_layouts_font_are_stamped(
    letters: Letters, parks, differ: Callable[[bytes, bytes], list[str]]
) -> None:
    rows = [row(name, id=f"p{i}") for i, name in enumerate(("Ada Ng", *NAMES))]
    latin, *others = letters("plain", rows)
    usual = len(render_pdf(latin, parks.workspace).data)
    for letter in others:
        pdf = render_pdf(letter, parks.workspace)
        assert (pdf.typeset, pdf.why) == ("fast", "")
        assert differ(pdf.data, render_pdf(letter, parks.workspace, typeset="full").data) == []
        both_scripts = letter.letter.recipient.name == NAMES[-1]
        assert len(pdf.data) - usual <= (22_000 if both_scripts else 15_000)


@pytest.mark.slow
def test_a_letters_bytes_do_not_depend_on_the_letters_made_before_it(
    letters: Letters, crowd, parks
) -> None:
    made = letters("call", [row(), *crowd(11, 10)])

    def bytes_of(some: list[CheckedLetter]) -> dict[str, bytes]:
        return {one.letter.id: render_pdf(one, parks.workspace).data for one in some}

    stamp.forget_masters()
    forwards = bytes_of(made)
    stamp.forget_masters()
    backwards = bytes_of(made[::-1])
    alone = {}
    for letter in made:
        stamp.forget_masters()
        alone |= bytes_of([letter])
    assert forwards == backwards == alone


def test_if_weasyprint_sets_a_line_otherwise_than_expected_letters_are_laid_out_in_full(
    letters: Letters, parks, forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shaping.set_line
    monkeypatch.setattr(shaping, "set_line", lambda style, text: real(style, text + "."))
    (letter,) = letters("plain", [row()])
    pdf = render_pdf(letter, parks.workspace)
    assert (pdf.typeset, pdf.why) == ("full", DIFFERENT)
    stamp.forget_masters()


def test_a_picture_that_has_changed_is_in_the_next_letter(
    letters: Letters, parks, forgetful, tmp_path: Path
) -> None:
    (letter,) = letters("plain", [row()])
    sender = letter.letter.sender.model_copy(update={"logo": "logo.png"})
    one, _ = check(replace(letter.letter, sender=sender), parks)
    assert one is not None
    workspace = Workspace.of(tmp_path / "campaign.yaml", parks.workspace.templates[0])

    def painted(colour: tuple[int, int, int]) -> bytes:
        Image.new("RGB", (40, 40), colour).save(tmp_path / "logo.png")
        pdf = render_pdf(one, workspace)
        assert pdf.typeset == "fast"
        return pdf.data

    red, again, green = painted((99, 0, 0)), painted((99, 0, 0)), painted((0, 99, 9))
    assert red == again
    assert red != green


def test_a_layout_that_does_more_than_print_a_name_gets_each_letter_in_full(
    letters: Letters, parks, tmp_path: Path
) -> None:
    (letter,) = letters("plain", [row()])
    shipped = parks.workspace.template("layouts/letter.html")
    assert shipped is not None
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    text = shipped.read_text("utf-8")
    loud = text.replace("{{ letter.salutation }}", "{{ letter.salutation | upper }}")
    assert loud != text
    (folder / "letter.html").write_text(loud, "utf-8")
    pdf = render_pdf(letter, Workspace.of(tmp_path / "campaign.yaml"))
    assert (pdf.typeset, pdf.why) == ("full", NEEDS_TEXTS)


def test_a_name_in_a_bookmark_gets_each_letter_in_full(
    letters: Letters, parks, tmp_path: Path
) -> None:
    (letter,) = letters("plain", [row()])
    shipped = parks.workspace.template("layouts/letter.html")
    assert shipped is not None
    folder = tmp_path / "templates" / "layouts"
    folder.mkdir(parents=True)
    text = shipped.read_text("utf-8")
    heading = '<h2>{{ letter.salutation }}</h2>\n<div class="body">'
    (folder / "letter.html").write_text(text.replace('<div class="body">', heading), "utf-8")
    pdf = render_pdf(letter, Workspace.of(tmp_path / "campaign.yaml"))
    assert (pdf.typeset, pdf.why) == ("full", NEEDS_TEXTS)


def test_letters_of_a_layout_carry_the_same_fonts_byte_for_byte(letters: Letters, parks) -> None:
    made = letters("plain", [row("Ada Ng"), row("Zoë Şahin", id="z"), row("W. Quux", id="w")])

    def fonts(data: bytes) -> set[bytes]:
        import io

        with pikepdf.open(io.BytesIO(data)) as file:
            streams = (o for o in file.objects if isinstance(o, pikepdf.Stream))
            return {bytes(o.read_bytes()) for o in streams if "/Length1" in o}

    first, turkish, third = (fonts(render_pdf(one, parks.workspace).data) for one in made)
    assert first == third
    assert len(first) >= 2
    assert turkish != first  # it has the letters of such names, too


@pytest.fixture
def campaign(project_root: Path, tmp_path: Path) -> Path:
    """A campaign of its own for the command line, with three people on its list."""
    data = project_root / "tests/data"
    for folder in ("stamping", "letters"):
        shutil.copytree(data / folder, tmp_path / folder)
    rows = [row("Ada Ng"), row("שרה", id="sara"), row("Bo Lee")]
    lines = [",".join(rows[0]), *(",".join(one.values()) for one in rows)]
    (tmp_path / "stamping" / "list.csv").write_text("\n".join(lines), "utf-8")
    return tmp_path / "stamping" / "campaign.yaml"


def ways(folder: Path) -> dict[str, Any]:
    lines = (folder / "output/parks/plain/manifest.jsonl").read_text("utf-8").splitlines()
    return {entry["id"]: entry["typeset"] for entry in map(json.loads, lines)}


@pytest.mark.slow
def test_the_summary_and_the_manifest_say_how_letters_were_laid_out(
    campaign: Path, run_cli
) -> None:
    render = ("render", "campaign.yaml", "--stage", "plain", "--format", "pdf")
    result = run_cli(*render, cwd=campaign.parent)
    assert result.returncode == 0, result.stderr
    assert f"Laid out: 2 fast, 1 in full (1 {OTHER_GLYPHS})." in result.stdout
    assert ways(campaign.parent) == {"ada": "fast", "sara": "full", "bo": "fast"}
    again = run_cli(*render, cwd=campaign.parent)
    assert "3 letters unchanged" in again.stdout


@pytest.mark.slow
def test_full_lays_out_each_letter_and_verify_repeats_what_the_manifest_says(
    campaign: Path, run_cli
) -> None:
    render = ("render", "campaign.yaml", "--stage", "plain", "--format", "pdf")
    folder = campaign.parent
    assert run_cli(*render, cwd=folder).returncode == 0
    fast = (folder / "output/parks/plain/ada.pdf").read_bytes()
    result = run_cli(*render, "--typeset", "full", cwd=folder)
    assert "Laid out: 0 fast, 3 in full (3 asked for)." in result.stdout
    assert set(ways(folder).values()) == {"full"}
    assert (folder / "output/parks/plain/ada.pdf").read_bytes() != fast
    assert (
        "3 files verified"
        in run_cli("render", "campaign.yaml", "--verify", "output", cwd=folder).stdout
    )
    assert run_cli(*render, "--only", "bo", cwd=folder).returncode == 0
    assert ways(folder) == {"ada": "full", "sara": "full", "bo": "fast"}
    proof = run_cli("render", "campaign.yaml", "--verify", "output", cwd=folder)
    assert "3 files verified" in proof.stdout, proof.stderr


def test_letters_merged_for_the_print_shop_store_their_common_pages_once(
    letters: Letters, parks
) -> None:
    import io

    from advocacy.documents.print_shop.merge import Merger

    made = letters("plain", [row(f"Ada {n} Ng", id=f"p{n}") for n in range(21)])
    assert all(render_pdf(one, parks.workspace).typeset == "fast" for one in made)

    def size(some: list[CheckedLetter]) -> int:
        out = io.BytesIO()
        with Merger(out, "Letters", "en-US") as merger:
            for one in some:
                merger.add(render_pdf(one, parks.workspace).data, one.letter.id)
        return len(out.getvalue())

    assert (size(made) - size(made[:1])) / 20 < 5_000
