"""A gallery shows every letter a reviewer has to see, from one file, true on its day."""

import os
import re
import stat
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.batch.gallery import render_gallery
from advocacy.batch.gallery.entries import GalleryEntry, entries, pictures
from advocacy.batch.gallery.sentences import split_text
from advocacy.batch.labels import print_addresses
from advocacy.batch.rejects import write_rejects
from advocacy.batch.worksheets import make_worksheets
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients.select import Selection
from advocacy.checks.sentences import read_letter
from advocacy.documents.print_shop.stationery import SHEETS
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.comments import FileOfComments, add_comments, read_comments
from advocacy.letters.true_days import true_letter

from ..loaded import loaded

LINK = re.compile(r'href="([^"#][^"]*)"')
AXE = "async () => (await axe.run()).violations.map(v => v.id)"
SPAN = re.compile(r'<span class="(?:full|sentence)"(?: data-sentence="[^"]*")?>|</span>')
TODAY = date(2026, 3, 2)


def shown(campaign: Campaign, people: People | None = None, **options: Any) -> list[GalleryEntry]:
    problems: list[Problem] = []
    found = list(entries(campaign, people or People(), problems.append, today=TODAY, **options))
    assert problems == []
    return found


@pytest.fixture
def varied(small_campaign: Path, edit: Callable[[Path, str, str], None]) -> Path:
    """The small campaign in two languages, with variants, and a second addressee."""
    folder = small_campaign.parent / "templates"
    (folder / "partials").mkdir()
    body = (folder / "letters" / "open.md").read_text("utf-8")
    for name in ("open.md", "open.fr.md"):
        (folder / "letters" / name).write_text("{% include opening %}\n\n" + body, "utf-8")
    for name in ("warm", "plain"):
        (folder / "partials" / f"{name}.md").write_text(f"A {name} opening.\n", "utf-8")
    both = "{{en: {0}, fr: {0} oui}}".format
    text = "Keep the park open"
    edit(small_campaign, f"title: {text}", f"title: {both(text)}")
    edit(small_campaign, f"summary: {text}", f"summary: {both(text)}")
    edit(small_campaign, "title: Chair", f"title: {both('Chair')}")
    edit(small_campaign, f"asks: [{text} until nine in the evening.]", f"asks: [{both(text)}]")
    edit(
        small_campaign,
        f"    subject: {text}\n",
        f"    subject: {both(text)}\n    variants:\n"
        f"      subject: {{a: {both('Open it')}, b: {both('Please')}}}\n"
        "      opening: {warm: partials/warm.md, plain: partials/plain.md}\n",
    )
    edit(
        small_campaign,
        "demand:\n",
        "    - {id: roe, name: 'Roe <3 & Co', salutation: all}\ndemand:\n",
    )
    facts = small_campaign.parent / "facts.yaml"
    edit(facts, "statement: In 2025", "statement: {en: In 2025, fr: En 2025}\n  #")
    return small_campaign


def test_every_stage_wording_language_and_recipient_is_shown(varied: Path) -> None:
    found = shown(loaded(varied))
    seen = [(e.language, *dict(e.wording).values(), e.to.letter_id, e.stand_in) for e in found]
    wordings = [("a", "warm"), ("a", "plain"), ("b", "warm"), ("b", "plain")]
    english = [("en-US", *w, who, False) for w in wordings for who in ("doe", "roe")]
    assert seen == [*english, *(("fr", *w, "doe", True) for w in wordings)]


def test_of_a_list_a_few_show_its_variety_and_a_selection_chooses_others(
    project_root: Path,
) -> None:
    congress = loaded(project_root / "campaigns" / "congress.yaml")
    assert len(shown(congress, stage="cosponsor")) == 4
    chosen = shown(congress, People(selection=Selection(only=("m001153",))), stage="cosponsor")
    assert [one.to.letter_id for one in chosen] == ["m001153"]
    signed = shown(congress, stage="constituents")
    assert all(one.to.letter_id.startswith("sample--") for one in signed)


def test_supporters_of_a_list_sign_the_letters_that_are_theirs(
    project_root: Path, tmp_path: Path
) -> None:
    congress = loaded(project_root / "campaigns" / "congress.yaml")
    path = tmp_path / "supporters.csv"
    rows = "".join(f"s{n},Sam Lee {n},s{n}@s.example,AK,1,yes\n" for n in range(9))
    path.write_text(f"id,name,email,state,district,consent\n{rows}", "utf-8")
    found = shown(congress, People(supporters=path), stage="constituents")
    assert 1 <= len(found) <= 8
    assert all(one.to.letter_id.endswith(("--m001153", "--s001198")) for one in found)
    joint = shown(congress, People(supporters=path, joint=True), stage="constituents")
    assert [one.to.supporters.count for one in joint if one.to.supporters] == [9, 9]


def test_with_a_date_only_the_stages_of_that_day_are_shown(project_root: Path) -> None:
    microsoft = loaded(project_root / "campaigns" / "microsoft.yaml")
    assert {e.stage for e in shown(microsoft, day=date(2020, 6, 12))} == {"thanks"}
    assert {e.stage for e in shown(microsoft)} == set(microsoft.file.stages)


# --- days ---------------------------------------------------------------------------------------


def test_each_letter_has_a_day_of_its_window_on_which_it_is_true(project_root: Path) -> None:
    count = 0
    for path in sorted((project_root / "campaigns").glob("*.yaml")):
        campaign = loaded(path)
        for entry in shown(campaign):
            checked, problems = true_letter(
                campaign, entry.to.recipient, entry.stage, supporters=entry.to.supporters
            )
            assert checked is not None, problems
            assert campaign.file.stages[entry.stage].covers(checked.letter.date)
            count += 1
    assert count >= 17


def test_where_the_first_day_is_too_early_the_first_true_one_is_taken(
    small_campaign: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(small_campaign, "date: 2026-03-02\n", "")
    edit(small_campaign.parent / "facts.yaml", "from: 2026-01-15", "from: 2026-03-09")
    campaign = loaded(small_campaign)
    doe = campaign.file.target.addressees[0]
    checked, _ = true_letter(campaign, doe, "call", today=TODAY)
    assert checked is not None
    assert checked.letter.date == date(2026, 3, 9)
    refused, problems = true_letter(campaign, doe, "call", day=date(2026, 3, 8))
    assert refused is None
    assert [p.code for p in problems] == ["fact-not-yet"]


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("gallery")
    made = render_gallery(
        RenderRequest(project_root / "campaigns" / "microsoft.yaml", output=output)
    )
    assert made.path is not None
    assert (made.letters, made.refused, made.problems) == (4, 0, [])
    assert made.size == made.path.stat().st_size
    return made.path


def test_links_lead_to_documents_beside_the_page_and_nowhere_else(page: Path) -> None:
    text = page.read_text("utf-8")
    links = {unquote(unescape(link)) for link in LINK.findall(text)}
    assert len(links) == 12
    for link in links:
        assert link.startswith("_gallery/")
        assert (page.parent / link).is_file()
    assert {Path(link).suffix for link in links} == {".pdf", ".html", ".txt"}
    (script,) = re.findall("<script.*?>", text)
    assert script == "<script>", "the page's own, and nothing to fetch"
    assert "default-src 'none'" in unescape(text)
    sources = set(re.findall(r'(?:src|srcset|action)="([^"]{0,22})', text))
    assert sources == {"data:image/png;base64,"}
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_alone_has_every_page_and_every_word(page: Path) -> None:
    text = page.read_text("utf-8")
    for pdf in page.parent.rglob("*.pdf"):
        with pypdfium2.PdfDocument(pdf) as document:
            count = len(document)
        stage = pdf.parts[-3]
        for number in range(1, count + 1):
            assert f'alt="Page {number} of {count} of the letter to Brad Smith ({stage})"' in text
        written = pdf.with_suffix(".txt").read_text("utf-8")
        assert written in unescape(SPAN.sub("", text))


def test_people_s_letters_are_their_owner_s_alone(page: Path) -> None:
    files = [file for file in page.parent.rglob("*") if file.is_file()]
    assert len(files) == 13
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.slow
def test_the_same_campaign_gives_the_same_page(page: Path, project_root: Path) -> None:
    before = page.read_bytes()
    render_gallery(
        RenderRequest(project_root / "campaigns" / "microsoft.yaml", output=page.parent.parent)
    )
    assert page.read_bytes() == before


def test_names_are_text_wherever_they_stand(varied: Path, tmp_path: Path) -> None:
    made = render_gallery(RenderRequest(varied, ("txt",), tmp_path))
    assert made.letters == 12
    assert made.path is not None
    text = made.path.read_text("utf-8")
    assert "Roe <3" not in text
    assert "Roe &lt;3 &amp; Co" in text
    assert "A made-up recipient: nobody shown reads this language" in text
    assert "French, subject “a”, opening “warm”" in text
    assert len(list(tmp_path.rglob("*.txt"))) == 12


def test_documents_of_an_older_gallery_go_and_other_files_stay(
    varied: Path, tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    made = render_gallery(RenderRequest(varied, ("txt",), tmp_path))
    assert made.path is not None
    folder = made.path.parent / "_gallery"
    mine = folder / "call" / "notes.txt"
    mine.write_text("my own", "utf-8")
    edit(varied, "warm: partials/warm.md, ", "")
    render_gallery(RenderRequest(varied, ("txt",), tmp_path))
    assert len([file for file in folder.rglob("*.txt") if file != mine]) == 6
    assert mine.read_text("utf-8") == "my own"


def test_pictures_are_the_pages_in_few_colours() -> None:
    import io

    from PIL import Image

    for colour in ("white", "orange"):
        out = io.BytesIO()
        Image.new("RGB", (850, 1100), colour).save(out, "PDF")
        small, large = pictures(out.getvalue())
        assert (small.width, large.width) == (520, 1000)
        assert large.height == pytest.approx(1000 * 1100 / 850, abs=1)
        assert large.address.startswith("data:image/png;base64,")


# --- comments -----------------------------------------------------------------------------------


def test_each_sentence_of_the_shipped_letters_can_be_commented_on(project_root: Path) -> None:
    for name in ("microsoft", "congress"):
        campaign = loaded(project_root / "campaigns" / f"{name}.yaml")
        for entry in shown(campaign):
            checked, _ = true_letter(
                campaign, entry.to.recipient, entry.stage, supporters=entry.to.supporters
            )
            assert checked is not None
            text = render_text(checked, campaign.workspace)
            pieces = split_text(text, checked.letter)
            assert "".join(piece.text for piece in pieces) == text
            sentences = [s.text for block in read_letter(checked.letter) for s in block.sentences]
            found = [piece.sentence for piece in pieces if piece.sentence]
            assert found == [checked.letter.subject, *sentences]


@pytest.mark.slow
def test_a_reader_comments_on_a_sentence_and_saves_a_file_that_the_page_can_import(
    small_campaign: Path, tmp_path: Path, tool: Any, edit: Callable[[Path, str, str], None]
) -> None:
    from playwright.sync_api import sync_playwright

    edit(small_campaign, "title: Keep the park open", "title: Keep the park & its 'heart'")
    made = render_gallery(RenderRequest(small_campaign, output=tmp_path))
    assert made.path is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=tool("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(made.path.as_uri())
        assert page.is_hidden("#bar")
        # With the keyboard alone.
        keys = page.keyboard
        page.locator("summary").focus()
        keys.press("Enter")
        keys.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Keep the park open"
        keys.press("ArrowDown")
        keys.press("Enter")
        assert page.inner_text("#quoted") == "We ask you to keep the park open in the evening."
        keys.type("Ann <i>Lee</i>")
        keys.press("Enter")
        assert page.inner_text("#wrong") == "Type your comment."
        keys.type("<script>alert(1)</script> why?")
        keys.press("Control+Enter")
        assert page.evaluate("document.activeElement.className") == "sentence commented"
        assert "<script>alert(1)</script> why?" in page.inner_text(".comments")
        assert page.locator(".comments :is(script, i)").count() == 0
        assert page.inner_text("#count") == "1 comment, not saved yet."
        # The browser keeps it, a moment after the page asks for that, and it can be changed.
        page.wait_for_timeout(500)
        page.reload()
        assert page.inner_text("#count") == "1 comment, not saved yet."
        page.locator("summary").press("Enter")
        page.click(".sentence.commented")
        assert page.input_value("#comment") == "<script>alert(1)</script> why?"
        # What is typed is there again after the Escape key; “Cancel” discards it.
        page.fill("#comment", "Why not")
        page.keyboard.press("Escape")
        page.click(".sentence.commented")
        assert page.input_value("#comment") == "Why not"
        page.click("#cancel")
        page.click(".sentence.commented")
        assert page.input_value("#comment") == "<script>alert(1)</script> why?"
        page.fill("#comment", "Why?")
        page.click("#add")
        page.click("text=Comment on the whole letter")
        page.fill("#comment", "Good.")
        page.click("#add")
        with page.expect_download() as download:
            page.click("#save")
        assert download.value.suggested_filename == "comments-parks-ann-i-lee-i.json"
        assert page.inner_text("#count").startswith("2 comments, saved.")
        file = FileOfComments.model_validate_json(download.value.path().read_bytes())
        page.locator(".comments >> text=Delete").last.click()
        assert page.inner_text("#count").startswith("1 comment, saved.")
        assert said == []
        browser.close()
    assert add_comments(small_campaign, "parks", [file]) == (2, 0)
    first, second = read_comments(small_campaign)
    assert (first.by, first.text) == ("Ann <i>Lee</i>", "Why?")
    assert first.sentence == "We ask you to keep the park open in the evening."
    assert (first.letter.stage, first.letter.to, first.letter.day) == ("call", "doe", TODAY)
    assert second.sentence == ""


@pytest.mark.slow
def test_comments_on_equal_sentences_are_apart(
    small_campaign: Path, tmp_path: Path, tool: Any, edit: Callable[[Path, str, str], None]
) -> None:
    from playwright.sync_api import sync_playwright

    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "We ask you", "\n\n".join(3 * ["We ask you to act."]) + "\n\nWe ask you")
    made = render_gallery(RenderRequest(small_campaign, output=tmp_path))
    assert made.path is not None
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=arguments)
        page = browser.new_page()
        page.goto(made.path.as_uri())
        page.locator("summary").press("Enter")
        for number, words in ((1, "On the second"), (0, "On the first"), (2, "On the third")):
            page.locator(".sentence:text('We ask you to act.')").nth(number).click()
            assert page.inner_text("#writing-title") == "Comment on this sentence"
            page.fill("#name", "Ann Lee")
            page.fill("#comment", words)
            page.click("#add")
            assert page.locator(".sentence.commented").count() == (1, 2, 3)[(1, 0, 2).index(number)]
        page.locator(".sentence.commented").nth(1).click()
        assert page.input_value("#comment") == "On the second"
        page.click("#cancel")
        with page.expect_download() as download:
            page.click("#save")
        file = FileOfComments.model_validate_json(download.value.path().read_bytes())
        browser.close()
    assert {one.text: (one.nth, one.equal) for one in file.comments} == {
        "On the first": (1, 3),
        "On the second": (2, 3),
        "On the third": (3, 3),
    }
    assert file.comments[0].before == file.comments[0].after == "We ask you to act."


LINES_OF_TEXT = """() => {
  const range = document.createRange();
  const sentences = [...document.querySelectorAll('[open] .sentence')];
  range.selectNodeContents(sentences.find(one => one.textContent.includes('very quiet')));
  return new Set([...range.getClientRects()].map(rect => rect.bottom)).size;
}"""


@pytest.mark.slow
def test_on_a_phone_the_lines_of_a_paragraph_are_full(
    small_campaign: Path, tmp_path: Path, tool: Any
) -> None:
    from playwright.sync_api import sync_playwright

    letter = small_campaign.parent / "templates/letters/open.md"
    letter.write_text(
        "We like it there, where it is " + "very quiet and " * 20 + "green.\n", "utf-8"
    )
    made = render_gallery(RenderRequest(small_campaign, output=tmp_path))
    assert made.path is not None
    with sync_playwright() as playwright:
        chromium = tool("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width, fewest, most in ((1280, 5, 5), (390, 10, 11)):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto(made.path.as_uri())
            page.locator("summary").first.press("Enter")
            assert fewest <= page.evaluate(LINES_OF_TEXT) <= most
            page.close()
        browser.close()


# --- the command --------------------------------------------------------------------------------


def test_a_letter_that_is_never_true_is_told_on_the_page_and_by_the_exit_code(
    small_campaign: Path, edit: Callable[[Path, str, str], None], run_cli: Any
) -> None:
    edit(small_campaign.parent / "facts.yaml", "from: 2026-01-15", "from: 2026-06-01")
    done = run_cli("gallery", small_campaign, "--format", "txt")
    assert done.returncode == 1
    assert "0 letters, 1 refused" in done.stdout
    assert "fact-not-yet" in done.stderr
    (made,) = (small_campaign.parent.parent / "output" / "parks").glob("gallery.html")
    assert "This letter cannot be made." in made.read_text("utf-8")


def test_render_still_makes_galleries(small_campaign: Path, run_cli: Any) -> None:
    page = small_campaign.parent.parent / "output/parks/gallery.html"
    made = []
    for command in (["gallery"], ["render", "--gallery"]):
        done = run_cli(*command, small_campaign, "--format", "txt")
        assert done.returncode == 0, done.stderr
        made.append((done.stdout, page.read_bytes()))
        page.unlink()
    assert made[0] == made[1]
    assert "--gallery" not in run_cli("render", "--help").stdout


def test_a_gallery_is_not_a_batch(small_campaign: Path, run_cli: Any) -> None:
    done = run_cli("render", small_campaign, "--gallery", "--merge")
    assert done.returncode == 2
    assert "--gallery cannot be combined with --merge" in done.stderr


@pytest.mark.slow
def test_axe_finds_nothing_wrong_and_nothing_is_wider_than_the_screen(
    varied: Path, tmp_path: Path, tool: Any, node_tool: Any
) -> None:
    from playwright.sync_api import sync_playwright

    chromium, axe = tool("chromium"), node_tool("axe-core/axe.min.js")
    made = render_gallery(RenderRequest(varied, output=tmp_path))
    assert made.path is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for width in (320, 800, 1440):
                page = browser.new_page(
                    bypass_csp=True,  # for axe alone
                    color_scheme=scheme,  # type: ignore[arg-type]
                    viewport={"width": width, "height": 900},
                )
                asked: list[str] = []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.goto(made.path.as_uri())
                page.locator("summary").nth(1).press("Enter")
                assert page.locator("details[open]").count() == 1
                page.add_script_tag(path=str(axe))
                for state in ("letters", "writing", "comments"):
                    if state == "writing":
                        page.locator("[open] .sentence").nth(1).press("Enter")
                    if state == "comments":
                        page.fill("#name", "Ann Lee")
                        page.fill("#comment", "Why?")
                        page.click("#add")
                    found = page.evaluate(AXE)
                    assert found == [], (scheme, width, state)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width
                assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
                page.close()
        browser.close()


@pytest.mark.slow
def test_the_page_is_valid_html(page: Path, tool: Any, node_tool: Any) -> None:
    import subprocess

    vnu = node_tool("vnu-jar/build/dist/vnu.jar")
    done = subprocess.run(
        [tool("java"), "-jar", vnu, "--errors-only", page], capture_output=True, check=False
    )
    assert done.stderr.decode() == ""


def test_a_pipe_or_a_link_in_the_place_of_its_files_is_refused_and_not_followed(
    small_campaign: Path, tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "out" / "parks", tmp_path / "elsewhere"
    folder.mkdir(parents=True)
    elsewhere.mkdir()
    request = RenderRequest(small_campaign, output=tmp_path / "out")
    (folder / "_gallery").symlink_to(elsewhere)
    with pytest.raises(AdvocacyError, match="not-a-file"):
        render_gallery(request)
    (folder / "_gallery").unlink()
    os.mkfifo(folder / "gallery.html")
    with pytest.raises(AdvocacyError, match="not-a-file"):
        render_gallery(request)
    assert list(elsewhere.iterdir()) == []


def plant_link(tmp_path: Path, planted: str) -> None:
    """A link to an empty folder, in the place of a folder of the output folder `out`."""
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "out" / planted
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")


@pytest.mark.parametrize("planted", ["parks", "parks/call"])
def test_a_link_in_the_place_of_a_folder_of_letters_is_refused(
    small_campaign: Path, tmp_path: Path, planted: str
) -> None:
    plant_link(tmp_path, planted)
    with pytest.raises(AdvocacyError, match="not-a-file"):
        render_campaign(RenderRequest(small_campaign, output=tmp_path / "out"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("planted", ["parks", "parks/forms", "parks/_gallery/call"])
def test_no_command_writes_or_removes_anything_behind_a_link_in_the_output_folder(
    small_campaign: Path, tmp_path: Path, planted: str
) -> None:
    plant_link(tmp_path, planted)
    request = RenderRequest(small_campaign, output=tmp_path / "out", formats=("txt",))
    refused = []
    for name, command in (
        ("labels", lambda: print_addresses(request, SHEETS["avery-5160"])),
        ("forms", lambda: make_worksheets(request)),
        ("gallery", lambda: render_gallery(request)),
        ("rejects", lambda: write_rejects([], None, {}, tmp_path / "out" / "parks")),
    ):
        try:
            command()
        except AdvocacyError as error:
            refused += [name for problem in error.problems if problem.code == "not-a-file"]
    whose = {"parks/forms": ["forms"], "parks/_gallery/call": ["gallery"]}
    assert refused == whose.get(planted, ["labels", "forms", "gallery", "rejects"])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_output_folder_that_is_a_link_is_the_users_own_choice(
    small_campaign: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    print_addresses(RenderRequest(small_campaign, output=tmp_path / "out"), SHEETS["avery-5160"])
    assert list((tmp_path / "disk" / "parks").glob("labels-*.pdf"))
