"""The page as somebody uses it: in a browser, with mouse and keyboard."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advocacy.preview.composing import compose_preview
from advocacy.preview.drafts import Drafts
from advocacy.preview.people import Choices, Show
from advocacy.preview.state import PreviewState

from .conftest import Page, Running

pytestmark = pytest.mark.slow
Start = Callable[..., Running]
Visit = Callable[..., Page]

DIGESTS = "pages => pages.map(page => page.dataset.digest)"


def letter_of(campaign: Path) -> Path:
    return campaign.parent / "templates/letters/open.md"


def test_what_is_typed_is_seen_at_once_and_saved_when_asked(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    before = letter_of(small_campaign).read_text("utf-8")
    page.replace("We ask you", "We kindly ask you")
    page.see("We kindly ask you to keep the park open", "#pages")
    page.see("We kindly ask you to keep the park open")
    assert "We kindly ask you" in page.tab.frame_locator("#frame").locator("body").text_content()
    assert letter_of(small_campaign).read_text("utf-8") == before
    assert page.tab.inner_text("#saved") == "Unsaved changes"
    page.save()
    assert letter_of(small_campaign).read_text("utf-8") == before.replace(
        "We ask you", "We kindly ask you"
    )
    page.tab.click("#undo")
    page.see_not("kindly")
    page.tab.click("#redo")
    page.see("kindly")


def test_a_mistake_keeps_the_last_good_page_with_the_line_and_what_to_do(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    shown = page.tab.eval_on_selector_all("#pages .page", DIGESTS)
    page.replace("demand.reply_by", "demand.replyby")
    page.good(False)
    page.see("demand has no replyby", "#stop-box")
    page.see("templates/letters/open.md, line 9", "#stop-box")
    page.see("Please answer by {{ demand.replyby }}.", "#stop-box")
    page.see("Did you mean demand.reply_by?", "#stop-box")
    assert page.tab.get_attribute("#stop-box", "aria-live") == "polite"
    assert page.tab.eval_on_selector_all("#pages .page", DIGESTS) == shown
    assert page.tab.locator(".cm-lintRange-error").count() > 0
    page.to("Many came")
    page.tab.click("#stop-box button.place")
    assert page.tab.eval_on_selector(".cm-activeLine", "line => line.textContent").startswith(
        "Please answer"
    )
    page.replace("demand.replyby", "demand.reply_by")
    page.good()
    assert page.tab.locator("#stop-box").is_hidden()


def test_another_editor_saves_and_the_page_follows_without_losing_its_place(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    letter = letter_of(small_campaign)
    text = letter.read_text("utf-8")
    letter.write_text(text + "\nIt is quiet there. " * 120, encoding="utf-8")
    page = visit(start(small_campaign).address).ready()
    first, *others = page.tab.eval_on_selector_all("#pages .page", DIGESTS)
    assert others, "there is more than one page"
    page.tab.eval_on_selector("#shown", "pane => pane.scrollTo(0, 700)")
    page.tab.evaluate("document.querySelector('#pages img').dataset.mine = 'yes'")
    letter.write_text(text + "\nIt is quiet there. " * 119 + "\nThe end.", encoding="utf-8")
    page.see("The end.", "#pages")
    page.see("The end.")
    assert page.tab.eval_on_selector("#shown", "pane => pane.scrollTop") == 700
    assert page.tab.eval_on_selector_all("#pages .page", DIGESTS)[0] == first
    assert page.tab.get_attribute("#pages img", "data-mine") == "yes", "it did not flicker"
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+End")
    page.until("document.querySelector('.cm-activeLine').textContent === 'The end.'")


def test_a_day_later_the_fact_is_dead_and_its_sentence_is_marked(
    start: Start, visit: Visit, campaigns: Path
) -> None:
    page = visit(start(campaigns / "microsoft.yaml").address).ready()
    page.good()
    page.tab.focus("#slider")
    page.tab.keyboard.press("ArrowRight")
    page.good(False)
    page.see("June 11, 2020: outside the letter's dates", "#stop")
    page.see(
        "which was true until June 10, 2020, but the letter is dated June 11, 2020", "#stop-box"
    )
    page.see("2 sentences are not true on this date", "#marks")
    marked = "CSS.highlights.get('dead') ? [...CSS.highlights.get('dead')].join(' ') : ''"
    assert "prohibited the sale of" in page.tab.evaluate(marked)
    page.tab.click("text=2 sentences are not true on this date")
    page.see("which was true until June 10, 2020", "#why")
    page.tab.click("#stop-box >> text=Show the letter “thanks” >> nth=0")
    page.good()
    assert page.tab.input_value("#stage") == "thanks"
    assert page.tab.input_value("#day") == "2020-06-11"
    page.tab.select_option("#stage", "call")
    page.until("document.getElementById('day').value === '2020-06-10'")
    page.good()
    page.tab.fill("#day", "2020-06-12")
    page.good(False)


def test_a_click_on_a_sentence_puts_the_cursor_on_it(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    active = "document.querySelector('.cm-activeLine').textContent"
    for tab, box, words in (
        ("paper", "#pages .words", "Many came after work."),
        ("plain", "#plain", "We ask you to keep the park open"),
    ):
        page.tab.click(f"#tab-{tab}")
        page.tab.click(f"{box} >> text={words}")
        page.until(f"{active}.includes({words[:12]!r})")
    page.tab.click("#tab-email")
    page.tab.frame_locator("#frame").locator("text=Please answer by").click(
        position={"x": 60, "y": 12}
    )
    page.until(f"{active}.includes('Please answer')")
    assert page.tab.evaluate("document.activeElement.className").startswith("cm-content")


def test_two_tabs_on_one_file_lose_nothing(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    address = start(small_campaign).address
    one, two = visit(address).ready(), visit(address).ready()
    one.replace("Many came", "Families came")
    two.replace("We ask you", "We urge you")
    one.save()
    two.see("Someone else has changed this file", "#notice")
    assert "Many came" in two.text()
    two.tab.keyboard.press("Control+s")
    two.tab.wait_for_selector("#both[open]")
    assert "We urge you" in two.tab.inner_text("#mine")
    assert "Families came" in two.tab.inner_text("#theirs")
    assert two.tab.locator("#mine mark").count() == two.tab.locator("#theirs mark").count() == 2
    assert "Families came" in letter_of(small_campaign).read_text("utf-8")
    two.tab.click("#take-theirs")
    two.see("Families came")
    two.tab.click("#undo")
    two.see("We urge you")  # one's own text was an undo away
    two.tab.keyboard.press("Control+s")
    two.saved()
    text = letter_of(small_campaign).read_text("utf-8")
    assert "We urge you" in text
    one.see("We urge you")
    one.see("We urge you", "#editors")


def test_what_another_program_saves_is_kept_until_one_has_seen_it(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.replace("Many came", "Families came")
    letter = letter_of(small_campaign)
    theirs = letter.read_text("utf-8").replace("We ask you", "We beg you")
    letter.write_text(theirs, encoding="utf-8")
    page.tab.click("text=Compare versions")
    page.tab.click("#go-back")
    assert letter.read_text("utf-8") == theirs
    page.tab.click("text=Compare versions")
    page.tab.click("#keep-mine")
    page.saved()
    assert "Families came" in letter.read_text("utf-8")
    assert "We beg you" not in letter.read_text("utf-8")


def test_the_subject_is_changed_in_the_campaigns_file_and_nothing_else(
    start: Start, visit: Visit, small_campaign: Path, edit: Any
) -> None:
    edit(small_campaign, "subject: Keep the park open", "subject: Keep the park open  # short!")
    before = small_campaign.read_text("utf-8")
    page = visit(start(small_campaign).address).ready()
    page.tab.click("#tab-fields")
    page.tab.click("[aria-label=Subject]")
    page.tab.keyboard.press("End")
    page.tab.keyboard.type(" late\n")
    page.tab.click("#tab-inbox")
    page.see("Keep the park open late", "#inbox")
    page.tab.click("#save-fields")
    page.see("Saved", "#fields-saved")
    after = small_campaign.read_text("utf-8")
    assert after == before.replace("open  # short!", "open late # short!")


def test_facts_are_found_and_cited_with_a_click(
    start: Start, visit: Visit, campaigns: Path
) -> None:
    page = visit(start(campaigns / "microsoft.yaml").address).ready()
    page.own_copy()
    page.to("the public.")
    page.tab.click("#tab-facts")
    page.tab.fill("#fact-words", "nist 99 developers")
    page.see("1 of 52", "#fact-count")
    page.tab.click("[aria-label='Cite nist-scale']")
    page.tab.click("#tab-text")
    page.good()
    page.save()
    written = [path.read_text() for path in campaigns.rglob("*.md") if path.is_file()]
    assert any('public.{{ cite("nist-scale") }}' in text for text in written)


def test_names_are_completed_with_what_stands_behind_them(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.to("Many came after work.")
    page.tab.keyboard.type("{{ ci")
    page.tab.wait_for_selector(".cm-tooltip-autocomplete li >> text=cite")
    page.tab.wait_for_timeout(120)
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector(".cm-tooltip-autocomplete li >> text=visits")
    page.see("In 2025 the park had 40,000 visits.", ".cm-completionInfo")
    page.see("The Park in Figures", ".cm-completionInfo")
    page.tab.wait_for_timeout(120)
    page.tab.keyboard.press("Enter")
    assert 'Many came after work.{{ cite("visits") }}' in page.text()
    page.good()
    page.tab.keyboard.press("End")
    page.tab.keyboard.type(" Dear {{ recipient.na")
    page.tab.wait_for_selector(".cm-tooltip-autocomplete li >> text=recipient.name")


def test_sentences_without_a_source_are_marked(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.replace("Many came after work.", "In 2024 the city closed 12 parks.")
    page.see("1 sentence has no source", "#marks")
    page.until("[...(CSS.highlights.get('uncited') ?? [])].join('').length > 10")
    page.see("but cites no source", "#look")


def test_where_the_bundle_is_missing_a_text_area_does_the_same(
    start: Start, visit: Visit, small_campaign: Path, browser: Any
) -> None:
    address = start(small_campaign).address
    context = browser.new_context(viewport={"width": 1440, "height": 900})

    def without(route: Any) -> None:
        answer = route.fetch()
        html = answer.text().replace('data-editor="bundle"', 'data-editor="plain"')
        route.fulfill(response=answer, body=html)

    context.route(re.compile(re.escape(address) + "$"), without)
    page = Page(context, address).ready()
    area = page.tab.locator("#editors textarea")
    area.fill(letter_of(small_campaign).read_text("utf-8").replace("Many came", "Families came"))
    page.see("Families came", "#pages")
    area.press("Control+s")
    page.see("Saved", "#saved")
    assert "Families came" in letter_of(small_campaign).read_text("utf-8")
    area.fill("{{ oh }}\n")
    page.good(False)
    page.see("Line 1: `oh` is not defined here.", ".plain-problems")
    area.fill("Good again.\n")
    page.good()
    area.press("Control+s")
    page.see("Saved", "#saved")
    page.tab.click("#pages .words >> text=Good again.")
    assert page.tab.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.close()
    context.close()


def test_for_a_projector_there_is_nothing_to_write_with(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign, "--read-only").address).ready()
    assert page.tab.locator("#tab-text").is_hidden()
    assert page.tab.locator("textarea, .cm-content").count() == 0
    assert page.tab.locator("#facts button").count() == 0
    page.tab.click("#pages .words >> text=Many came")
    page.good()


def test_what_is_not_saved_stays_in_reach_when_another_letter_is_shown(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    more = "  later: {template: later, subject: Later, from: 2026-05-01, until: 2026-05-09}\n"
    text = small_campaign.read_text("utf-8")
    small_campaign.write_text(text + more, encoding="utf-8")
    later = letter_of(small_campaign).with_name("later.md")
    later.write_text("We come back to it.\n", encoding="utf-8")
    page = visit(start(small_campaign).address).ready()
    page.replace("Many came", "Families came")
    page.tab.select_option("#stage", "later")
    page.see("We come back to it.")
    page.see("We come back to it.", ".editor:not([hidden])")
    page.tab.reload()  # asks, and is told to go on; the choice of the letter stays
    page.ready()
    page.see("We come back to it.")
    page.replace("We come", "We will come")
    page.tab.select_option("#stage", "call")
    page.see("Many came")
    page.tab.select_option("#file", "letters/later.md")
    page.see("We will come", ".editor:not([hidden])")
    page.tab.click("#save")
    page.saved()
    assert later.read_text("utf-8") == "We will come back to it.\n"


LOST = """sentences => {
  const lost = [];
  const roots = [document.getElementById("pages"), document.getElementById("plain"),
    document.getElementById("frame").contentDocument?.body];
  for (const root of roots) {
    if (!root) return ["the email"];
    const places = window.locate(root, sentences);
    const found = new Map(places.map(one => [one.sentence.text, one.ranges]));
    for (const { text } of sentences) {
      const letters = value => value.replace(/[^\\p{L}\\p{N}]/gu, "").length;
      const there = (found.get(text) ?? []).map(String).join("");
      if (letters(there) < 0.85 * letters(text)) lost.push(`${root.id}: ${text}: ${there}`);
    }
  }
  return lost;
}"""


def test_every_sentence_is_found_on_paper_in_the_email_and_in_the_text(
    start: Start, visit: Visit, campaigns: Path
) -> None:
    path = campaigns / "microsoft.yaml"
    running = start(path)
    page = visit(running.address).ready()
    # A condition that Playwright waits for must not be asynchronous: any promise counts as true.
    load = "async module => { window.locate = (await import(module)).locate; }"
    page.tab.evaluate(load, f"{running.address}static/sentences.js")
    state, drafts = PreviewState(path), Drafts()
    try:
        for stage in ("call", "thanks", "hold", "keep"):
            show = Show(desk="desk-for-tests", choices=Choices(stage=stage))
            turn = compose_preview(state, drafts, show)
            sentences = [{"text": one["text"]} for one in turn.payload["sentences"]]
            assert len(sentences) > 5
            page.tab.select_option("#stage", stage)
            day = date.fromisoformat(turn.payload["chosen"]["day"]).strftime("%B %-d, %Y")
            page.see(f"{day} Brad Smith", "#plain")
            page.see(f"{day} Brad Smith", "#pages")
            # A page shows as soon as its own picture is there, the next one a little later.
            try:
                page.tab.wait_for_function(f"given => !({LOST})(given).length", arg=sentences)
            except Exception as error:
                lost = page.tab.evaluate(LOST, sentences)
                raise AssertionError(f"{stage}: {lost}") from error
    finally:
        state.close()
        drafts.close()


def test_what_a_stranger_wrote_runs_nothing_and_asks_nobody(
    start: Start, browser: Any, small_campaign: Path, edit: Any
) -> None:
    bad = "<img src=x onerror=owned=1>"
    edit(small_campaign, "name: Jane Doe", f'name: "{bad}"')
    edit(small_campaign, "title: Keep the park open\n", f'title: "Keep {bad}"\n')
    edit(
        small_campaign.parent / "sources.yaml",
        "https://parks.example",
        "javascript://parks.example",
    )
    address = start(small_campaign).address
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(address)
    tab.wait_for_selector("#pages img")
    tab.click("#tab-facts")
    tab.wait_for_selector("#facts li >> text=The Park in Figures")
    assert tab.locator("#facts a").count() == 0, "such an address is no link"
    assert tab.inner_text("#title") == f"Keep {bad}"
    assert bad in tab.frame_locator("#frame").locator("body").text_content()
    # A layout with scripts is refused; even if one came through, the frame would run nothing.
    elsewhere = "http://192.0.2.1/"
    html = (
        f"<script>parent.owned = 1</script>{bad}<img src='{elsewhere}x.png'>"
        f"<meta http-equiv='refresh' content='0;url={elsewhere}'>"
        f"<iframe src='{elsewhere}'></iframe>"
        "<p><a href='javascript:parent.owned = 1'>here</a></p>"
    )
    tab.click("#tab-email")
    tab.evaluate(
        "html => { const there = document.getElementById('frame').contentDocument;"
        " there.body.append(there.createRange().createContextualFragment(html)); }",
        html,
    )
    tab.frame_locator("#frame").locator("text=here").click()
    tab.wait_for_timeout(700)
    assert tab.evaluate("window.owned") is None
    assert tab.evaluate("document.getElementById('frame').contentWindow.owned") is None
    assert tab.evaluate(
        "document.getElementById('frame').contentWindow.location.pathname"
    ).endswith("/frame")
    sent = "performance.getEntriesByType('resource').map(one => one.name)"
    own = address.rpartition("/")[0].rpartition("/")[0]
    assert not [name for name in tab.evaluate(sent) if not name.startswith((own, "data:"))]
    tab.close()
