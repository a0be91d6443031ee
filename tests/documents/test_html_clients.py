"""The email as checkers and a browser see it: valid, fit for mail clients, readable by all."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email.html import render_html
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import Letter, check

pytestmark = pytest.mark.slow

WIDTHS = (320, 800)
SCHEMES = ("light", "dark")

# What some mail clients lack, each with what their readers see instead.
ENHANCEMENTS = {
    "<body> element": "its colour; the table that fills it has the same one",
    "<style> element": "dark mode and narrow margins on phones; every other style is inlined",
    "@media": "the same",
    "Local anchors": "links between numbers and references; the numbers say as much",
    "aria-label attribute": "the name of such a link; it is read as its number or arrow",
    "role attribute": "that the tables are no data; they have one column",
    "lang attribute": "the language, for screen readers; Content-Language says it as well",
    "text-decoration": "numbers without an underline; they have one",
    "word-break": "breaks in a word longer than the line; it is then wider than the screen",
    "<code> element": "the typeface of code",
    "display:none": "hiding the line of preview in Gmail on phones; it is one pixel high there",
    "aria-hidden attribute": "hiding the same line from screen readers; it repeats the letter",
    "mailto: links": "that the address is a link",
    "height property": "nothing: a false alarm of caniemail, which means line-height",
}
CLIENTS = (
    "apple-mail.macos,apple-mail.ios,gmail.desktop-webmail,gmail.ios,gmail.android,"
    "gmail.mobile-webmail,outlook.windows,outlook.windows-mail,outlook.macos,outlook.ios,"
    "outlook.android,yahoo.desktop-webmail,yahoo.ios,yahoo.android,aol.desktop-webmail,aol.ios,"
    "aol.android,samsung-email.android,thunderbird.macos,protonmail.desktop-webmail,"
    "protonmail.ios,protonmail.android,hey.desktop-webmail,mail-ru.desktop-webmail,"
    "fastmail.desktop-webmail,orange.desktop-webmail,orange.ios,orange.android,"
    "sfr.desktop-webmail,sfr.ios,sfr.android,laposte.desktop-webmail"
)
CANIEMAIL = """
import { pathToFileURL } from "node:url";
import fs from "node:fs";
const [library, file, clients] = process.argv.slice(1);
const { caniemail } = await import(pathToFileURL(library));
const html = fs.readFileSync(file, "utf8");
const found = {};
for (const client of clients.split(",")) {
  for (const issues of caniemail({ clients: [client], html }).issues.errors.values()) {
    for (const { title } of issues) (found[title] ??= []).push(client);
  }
}
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def campaign(project_root: Path) -> Campaign:
    loaded, problems = load_campaign(project_root / "tests/data/letters/campaign.yaml")
    assert loaded is not None, problems
    return loaded


def variants(letter: Letter) -> dict[str, Letter]:
    long = "W" * 500
    names = letter.sender.model_copy(update={"organization": "Coalition of " + "Long Names " * 9})
    return {
        "plain": letter,
        "author and date": replace(letter, style="apa"),
        "french": replace(letter, language="fr"),
        "long words": replace(
            letter,
            sender=names,
            subject=long,
            salutation=long,
            inside_address=(long, "Town"),
            body=replace(letter.body, values=(long, long)),
        ),
        "bare": replace(
            letter,
            cites=(),
            cosigners=(),
            cc=(),
            enclosures=(),
            inside_address=(),
            body=replace(letter.body, markdown="One line.", values=()),
        ),
        "many blocks": replace(
            letter,
            cites=(),
            body=replace(
                letter.body,
                markdown="# One\n\n## Two\n\n- a\n\n  b\n  - c\n- d\n\n---\n\n> # Three\n> e\n\n"
                "    code\n\n`code` **strong** *em* [link](mailto:a@b.example)\n\n3. x\n4. y\n",
                values=(),
            ),
        ),
    }


@pytest.fixture(scope="module")
def pages(campaign: Campaign) -> dict[str, str]:
    letter = compose_letters(campaign, only=["weiss"]).letters[0]
    found = {}
    for name, variant in variants(letter).items():
        checked, problems = check(variant, campaign)
        assert checked is not None, problems
        found[name] = render_html(checked, campaign.workspace)
    return found


@pytest.fixture
def files(pages: dict[str, str], tmp_path: Path) -> list[Path]:
    for name, html in pages.items():
        (tmp_path / f"{name.replace(' ', '-')}.html").write_text(html, "utf-8")
    return sorted(tmp_path.glob("*.html"))


def test_the_html_is_valid(
    files: list[Path], tool: Callable[[str], str], node_tool: Callable[[str], Path]
) -> None:
    jar = node_tool("vnu-jar/build/dist/vnu.jar")
    command = [tool("java"), "-jar", str(jar), "--errors-only", *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.stderr == ""
    assert result.returncode == 0


def test_mail_clients_support_all_but_named_enhancements(
    files: list[Path], tool: Callable[[str], str], node_tool: Callable[[str], Path]
) -> None:
    library = node_tool("caniemail/dist/index.js")
    lacking: dict[str, list[str]] = {}
    for file in files:
        command = [tool("node"), "--input-type=module", "-e", CANIEMAIL]
        command += [str(library), str(file), CLIENTS]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == 0, result.stderr
        lacking |= json.loads(result.stdout)
    assert {title: lacking[title] for title in lacking if title not in ENHANCEMENTS} == {}
    assert "<style> element" in lacking, "the checker finds what is known to be lacking"


# --- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str]) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=tool("chromium"), args=arguments, headless=True
        )
        yield chromium
        chromium.close()


def opened(browser: Any, html: str, width: int, scheme: str) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    assert asked == [], "the page fetched something"
    return page


def test_nothing_is_wider_than_a_phone(browser: Any, pages: dict[str, str]) -> None:
    for html in pages.values():
        page = opened(browser, html, 320, "light")
        wide = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > 320.5 || e.scrollWidth > 321)
                .map(e => e.outerHTML.slice(0, 80))"""
        )
        assert wide == []
        page.close()


def test_on_a_wide_screen_the_column_has_600_pixels_and_is_centred(
    browser: Any, pages: dict[str, str]
) -> None:
    page = opened(browser, pages["plain"], 800, "light")
    box = page.locator("table.sheet").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (100, 600)
    page.close()


def test_dark_mode_is_dark_and_light_mode_light(browser: Any, pages: dict[str, str]) -> None:
    for scheme, brighter in (("light", "background"), ("dark", "text")):
        page = opened(browser, pages["plain"], 800, scheme)
        style = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        text, _ = page.locator("td.sheet-cell").evaluate(style)
        _, background = page.locator("table.sheet").evaluate(style)
        sums = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (text, background)]
        assert (sums[0] > sums[1]) is (brighter == "text")
        page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_has_no_fault_of_accessibility(
    browser: Any, pages: dict[str, str], node_tool: Callable[[str], Path], scheme: str
) -> None:
    axe = node_tool("axe-core/axe.min.js")
    for name, html in pages.items():
        for width in WIDTHS:
            page = opened(browser, html, width, scheme)
            page.add_script_tag(path=str(axe))
            result = page.evaluate(
                """() => axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
                    "wcag22aa"]})"""
            )
            faults = [
                (fault["id"], [node["html"] for node in fault["nodes"]])
                for fault in result["violations"]
            ]
            assert faults == [], (name, width)
            assert any(done["id"] == "color-contrast" for done in result["passes"])
            page.close()
