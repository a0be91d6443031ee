"""An error underlines what it is about, and where a button can put it right, there is one."""

import pytest

from .conftest import Page

pytestmark = pytest.mark.slow

AT_FIRST = "We ask you to keep the park open in the evening."
UNDERLINED = "[...document.querySelectorAll('.editor:not([hidden]) .cm-lintRange-error')]"


@pytest.mark.parametrize(
    ("wrong", "underlined", "button", "right"),
    [
        (
            "Dear {{ recipient.nam }}, hello.",
            "{{ recipient.nam }}",
            "Write “recipient.name” instead",
            "Dear {{ recipient.name }}, hello.",
        ),
        (
            "{% iff recipient.title %}Hi{% endif %}",
            "{% iff recipient.title %}",
            "Write “if” instead",
            "{% if recipient.title %}Hi{% endif %}",
        ),
        ("Hello\u2028you.", None, "Put a space in its place", "Hello you."),
        ("He\u202ello.", None, "Delete it", "Hello."),
        ("Hi \U00013000there.", "\U00013000", "Delete “\U00013000”", "Hi there."),
    ],
)
def test_a_button_puts_right_what_an_error_underlines(
    page: Page, wrong: str, underlined: str | None, button: str, right: str
) -> None:
    page.replace(AT_FIRST, wrong)
    pressed = page.tab.locator("#stop-box").get_by_role("button", name=button)
    pressed.wait_for()
    if underlined is not None:
        page.until(f"{UNDERLINED}.map(one => one.textContent).join('') === {underlined!r}")
    pressed.click()
    page.good()
    page.tab.click("#as-text")
    page.until("document.getElementById('as-text').getAttribute('aria-pressed') === 'true'")
    assert page.text().split("\n")[0] == right


@pytest.mark.parametrize(
    ("wrong", "underlined"),
    [("It is {x} there.", "{x}"), ("It is **bold there.", "**"), ("Hello. }}", "}}")],
)
def test_an_error_underlines_the_sign_that_it_names(
    page: Page, wrong: str, underlined: str
) -> None:
    page.replace(AT_FIRST, wrong)
    page.until(f"{UNDERLINED}.map(one => one.textContent).join('') === {underlined!r}")
