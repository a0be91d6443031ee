"""Writing as a volunteer does: commands as words, and pasting from other programs."""

from pathlib import Path

import pytest

from .conftest import Page

pytestmark = pytest.mark.slow
PASTE = """([html, text]) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', text);
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector('.editor:not([hidden]) .cm-content').dispatchEvent(event);
}"""


def letter_of(campaign: Path) -> Path:
    return campaign.parent / "templates/letters/open.md"


@pytest.mark.parametrize(
    ("program", "markdown", "told"),
    [
        (
            "word",
            """Dear neighbors, **please** come.

- Bring *a friend*
  - or two
- Bring a chair

See [the plan](https://parks.example/plan).""",
            "Pasted without a picture and underlining, which a letter cannot contain.",
        ),
        ("docs", "**Bold** and *slanted*\n\n1. One\n2. Two\n\n[link](https://parks.example/a)", ""),
        ("mail", "First line.\n\nSecond, 5\\*3 \\[sic\\].\n\n> They wrote this.", ""),
    ],
)
def test_what_is_pasted_becomes_markdown_and_what_cannot_be_kept_is_told(
    page: Page, shared_campaign: Path, program: str, markdown: str, told: str
) -> None:
    html = (Path(__file__).parent / "pasted" / f"{program}.html").read_text("utf-8")
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+a")
    page.tab.evaluate(PASTE, [html, "plain"])
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8") == markdown
    assert page.tab.inner_text("#told") == told
    # What was a template before stays as it is.
    page.tab.keyboard.press("Control+a")
    page.tab.evaluate(PASTE, ["<p>By {{ demand.reply_by }}</p>", "By {{ demand.reply_by }}"])
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8") == "By {{ demand.reply_by }}"


def test_a_command_is_shown_in_words_and_changed_by_choice(
    page: Page, shared_campaign: Path
) -> None:
    editor = ".editor:not([hidden])"
    page.see("statement: In 2025 the park had 40,000 visits.", editor)
    page.see("for each ask of asks", editor)
    page.see("Please answer by March 16, 2026", editor)
    page.tab.click(f"{editor} .cm-chip >> text=statement: In 2025")
    page.tab.get_by_label("Show it as").select_option("quote")
    page.see("quotation: “40,000 visits”", editor)
    assert page.tab.is_visible(".cm-changer")
    page.tab.keyboard.press("Escape")
    page.see("“40,000 visits”", "#plain")
    page.save()
    text = letter_of(shared_campaign).read_text("utf-8")
    assert '\n{{ quote("visits") }} Many came after work.\n' in text
    page.to("Please answer by ")
    page.tab.keyboard.press("Alt+Enter")
    page.tab.wait_for_selector(".cm-changer select:focus")
    page.tab.click(".cm-changer >> text=Edit as text")
    page.see("Please answer by {{ demand.reply_by }}.", editor)
    page.tab.keyboard.type("x")
    page.see("{{x demand.reply_by }}", editor)
    page.tab.click("#as-text")
    page.see("{% for ask in demand.asks %}", editor)
    page.tab.click("#as-text")
    page.see_not("{% for ask in demand.asks %}", editor)


BLOCKS = """Dear neighbors,

{% if recipient.title %}
You lead as {{ recipient.title | upper }}.
{% endif %}

{%- if previous %} Again: {% elif joint %} We: {% else %} Now: {% endif %} come.
"""


@pytest.mark.parametrize(
    ("chip", "button", "old", "new"),
    [
        ("if title", "Remove, but keep the text", "{% if recipient.title %}\n", ""),
        ("end of if >> nth=0", "Remove with its text", "You lead", None),
        ("otherwise, if joint", "Remove with its text", "{% elif joint %} We: ", ""),
        (
            "if previous >> nth=0",
            "Keep only the first text",
            "{%- if previous %} Again: ",
            " Again: ",
        ),
    ],
)
def test_what_belongs_to_a_removed_command_goes_with_it(
    page: Page, shared_campaign: Path, chip: str, button: str, old: str, new: str | None
) -> None:
    letter_of(shared_campaign).write_text(BLOCKS, "utf-8")
    page.see("You lead", "#editors")
    page.tab.click(f".editor:not([hidden]) .cm-chip >> text={chip}")
    page.tab.click(f".cm-changer >> text={button}")
    page.save()
    block = BLOCKS[BLOCKS.index("{% if") : BLOCKS.index("{%- if")]
    expected = BLOCKS.replace(old, new) if new is not None else BLOCKS.replace(block, "\n")
    if button == "Remove, but keep the text":
        expected = expected.replace("{% endif %}\n", "", 1)
    elif button == "Keep only the first text":
        expected = expected.replace("{% elif joint %} We: {% else %} Now: {% endif %}", "")
    assert letter_of(shared_campaign).read_text("utf-8") == expected


def test_another_choice_keeps_how_a_value_is_written(page: Page, shared_campaign: Path) -> None:
    letter_of(shared_campaign).write_text("By {{- demand.reply_by | upper -}} .\n", "utf-8")
    editor = ".editor:not([hidden])"
    page.see("MARCH 16, 2026", f"{editor} .cm-chip")
    page.tab.click(f"{editor} .cm-chip")
    choices = page.tab.locator(".cm-changer option").all_inner_texts()
    assert {"recipient given name", "sender organization: Example Park Friends"} <= set(choices)
    page.tab.get_by_label("Print").select_option("recipient.name")
    page.save()
    text = letter_of(shared_campaign).read_text("utf-8")
    assert text == "By {{- recipient.name | upper -}} .\n"


def test_where_nobody_typed_the_file_stays_byte_for_byte(page: Page, shared_campaign: Path) -> None:
    letter = letter_of(shared_campaign)
    before = b"One {{ demand.reply_by }}.\r\n\nTwo\x0b three\xe2\x80\xa8.\r\n\r\n  Last  line\t\n"
    letter.write_bytes(before)
    page.see("Last line", "#editors")
    page.replace("One", "First")
    page.save()
    assert letter.read_bytes() == before.replace(b"One", b"First")


WORD_ITEM = "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>{}</span>{}</p>"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        # Google Docs: line breaks between blocks and at the end.
        ("<p>One</p><br><ul><li>Two</li></ul><p>Three</p><br>", "One\n\n- Two\n\nThree"),
        ("<div>One line.<br>Another.<br></div><div><br></div><div>Two</div>",
         "One line.\\\nAnother.\n\nTwo"),
        ("<p>Hello<b> bold </b>end<b>.</b> <b>Note:</b>text <i>(so)</i>it</p>",
         "Hello **bold** end. **Note**:text *(so*)it"),
        ("<p>A &lt;b&gt;tag&lt;/b&gt;, 5 &lt; 6, x^2^, ~~so~~ and <s>gone</s></p>",
         "A \\<b>tag\\</b>, 5 < 6, x\\^2^, \\~~so\\~~ and ~~gone~~"),
        ("<p><b style='mso-bidi-font-weight:normal'>Bold one</b> and <b>two</b></p>",
         "**Bold one** and **two**"),
        (WORD_ITEM.format("·", "One") + WORD_ITEM.format("1.", "Two"), "- One\n\n1. Two"),
    ],
)  # fmt: skip
def test_what_is_pasted_is_read_by_a_letter_as_it_was_written(
    page: Page, shared_campaign: Path, html: str, markdown: str
) -> None:
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+a")
    page.tab.evaluate(PASTE, [html, "plain"])
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8") == markdown


@pytest.mark.parametrize(
    ("before", "keys", "html", "after"),
    [
        ("One.\n", "Control+End", "<p>Two.</p>", "One.\n\nTwo."),
        ("One.", "Control+End", "<p>Two.</p><p>Three.</p>", "One.\n\nTwo.\n\nThree."),
        ("One.", "Control+Home", "<p>Two.</p><p>Three.</p>", "Two.\n\nThree.\n\nOne."),
        ("One.", "Control+End", "<b>Two.</b>", "One.**Two.**"),
        ("> One", "Control+End", "<p>Two.</p><p>Three.</p>", "> One\n\nTwo.\n\nThree."),
    ],
)
def test_pasted_paragraphs_stand_apart_from_the_text_around_them(
    page: Page, shared_campaign: Path, before: str, keys: str, html: str, after: str
) -> None:
    letter_of(shared_campaign).write_text(before, "utf-8")
    page.see("One", "#editors")
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press(keys)
    page.tab.evaluate(PASTE, [html, "plain"])
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8") == after


@pytest.mark.parametrize(
    ("line", "word", "underlined"),
    [
        ("See [us](https://example.org/a) and {{ x }} so.", "is not defined", "{{ x }}"),
        ("Dear {{ recipient.name }}, hello. }} So.", "part of a command", "}}"),
        ("It is \x0b open now.", "invisible", "\u000b"),
    ],
)
def test_an_error_underlines_what_is_wrong_and_no_words_before_it(
    page: Page, shared_campaign: Path, line: str, word: str, underlined: str
) -> None:
    letter_of(shared_campaign).write_text(line + "\n", "utf-8")
    page.see(word, "body")
    page.until(f"document.querySelector('.cm-lintRange-error')?.textContent === '{underlined}'")


def test_a_command_that_names_one_of_several_is_shown_in_words(
    page: Page, shared_campaign: Path
) -> None:
    text = "{{ demand.asks[0] }}\n\n{% for peer in precedents %}{{ peer.tags[1] }}{% endfor %}\n"
    letter_of(shared_campaign).write_text(text, "utf-8")
    page.see("Keep the park open until nine in the evening.", ".editor:not([hidden]) .cm-chip")
    page.see("peer tags 2", "#editors")
    assert "[0]" not in page.text()


@pytest.mark.parametrize(
    "typed",
    [
        " Dear {{ recipient.name }}, hello.",
        "Dear {{recipient.name}}, hello.",
        "Dear {{ recipient.name | upper }}, hello.",
        'See {{ cite("visits") }} now.',
        "{% if recipient.title %}Dear{% endif %} all.",
        "{# uncited: our own view #} so.",
    ],
)
def test_a_command_that_is_typed_by_hand_stands_as_it_was_typed(
    page: Page, shared_campaign: Path, typed: str
) -> None:
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+a")
    page.tab.keyboard.press("Delete")
    for key in typed:
        page.tab.keyboard.press("Space" if key == " " else key)
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8") == typed
