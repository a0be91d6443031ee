"""The HTML of a letter's email: the letter's words, its links, and nothing that fetches."""

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.email.html import render_html
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import Letter, check
from advocacy.templating import render_layout
from advocacy.templating.citation_marks import VALUE_MARK

from ..examples import costly

HOSTILE = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
    | st.sampled_from("<>&'\"{}%[]*_#=;`\\"),
    min_size=1,
    max_size=80,
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "{{ 7*7 }}{% for a in b %}",
        "&amp;&lt;&#60;",
        "*Bob* <b>_x_</b> [y](http://evil.example)",
        '" onmouseover="x',
        "--><!--[if mso]>",
        "W" * 500,
        "עברית and Latin",
        "e\u0301\u0323",
    ]
)


class Page(HTMLParser):
    """The texts, ids, links and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.title = "", ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._in: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("title", "style"):
            self._in.append(tag)
        if tag in ("br", "p", "td", "li", "h1", "h2"):
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "style"):
            self._in.pop()

    def handle_data(self, data: str) -> None:
        if self._in == ["title"]:
            self.title += data
        elif not self._in:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def html_of(letter: Letter, campaign: Campaign, workspace: Workspace | None = None) -> str:
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    return render_html(checked, workspace or campaign.workspace)


@pytest.fixture(scope="module")
def html(letter: Letter, campaign: Campaign) -> str:
    return html_of(letter, campaign)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture
def own(tmp_path: Path, project_root: Path, campaign: Campaign) -> Workspace:
    """A workspace with a layout of its own."""
    layouts = tmp_path / "templates" / "layouts"
    layouts.mkdir(parents=True)
    for name in ("email.html", "email.css"):
        shutil.copy(project_root / "templates" / "layouts" / name, layouts / name)
    return replace(
        campaign.workspace, templates=(tmp_path / "templates", *campaign.workspace.templates)
    )


def edit(workspace: Workspace, name: str, old: str, new: str) -> None:
    path = workspace.templates[0] / "layouts" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# --- what a reader sees ------------------------------------------------------------------------


def test_the_email_has_the_parts_of_a_letter_in_their_order(page: Page) -> None:
    parts = [
        "Example Civil Liberties Coalition",
        "June 10, 2020",
        "Weiß, Zoë\nPresident\nCafé Müller & Söhne\n12 Main Street\nSpringfield, IL 62701",
        "Re: Take down the cameras that know faces",
        "Dear Dr. Weiß:",
        "I write to ask",
        "Sincerely,",
        "A. Example\nDirector",
        "B. Sample\nCounsel\nExample Law Centre",
        "Joined by\nExample Privacy Project",
        "Enclosure: Reference list",
        "cc: Board of Directors",
        "References",
        "Example Agency",
        "1 Example Street\nSpringfield, IL 62701\nreplies@coalition.example",
    ]
    text = page.text.partition("Example Civil Liberties Coalition")
    places = ["".join(text[1:]).index(part) for part in parts]
    assert places == sorted(places)
    assert page.title == "Take down the cameras that know faces"


def test_numbers_in_the_text_lead_to_references_and_back(page: Page) -> None:
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [attrs["href"] for attrs in page.all("a") if attrs["href"].startswith("#")]
    assert {link[1:] for link in links} == ids == {"cite-1", "cite-2", "cite-3", "ref-1", "ref-2"}
    assert "cameras down.1 They" in page.text
    assert "shown why.1, 2 We ask" in page.text


def test_every_link_back_has_a_name_of_its_own_in_words(page: Page) -> None:
    back = [a["aria-label"] for a in page.all("a") if a["href"].startswith("#cite")]
    assert back == ["Back to the text", "Back to the text 2"] * 2


def test_references_have_their_full_addresses_as_links(page: Page) -> None:
    addresses = {attrs["href"] for attrs in page.all("a")}
    assert "https://news.example/2020/06/08/stops" in addresses
    assert "https://coalition.example/work" in addresses


def words_between(text: str, start: str, end: str) -> list[str]:
    return text.partition(start)[2].rpartition(end)[0].split()


def test_the_body_has_the_same_words_as_the_plain_text(
    letter: Letter, campaign: Campaign, html: str
) -> None:
    checked, _ = check(letter, campaign)
    assert checked is not None
    text = re.sub(r"\[[\d,]+\]", "", render_text(checked, campaign.workspace))
    text = re.sub(r"(?m)^(=+|-+)$|^\d+\. |^> | ?\n<https?://\S+>", "", text)
    without_marks = Page(re.sub(r"<sup.*?</sup>", "", html)).text
    ends = ("Dear Dr. Weiß:", "Sincerely,")
    body = words_between(without_marks, *ends)
    assert len(body) > 60
    assert body == words_between(text, *ends)


def test_a_style_of_author_and_date_prints_its_notes_in_the_text(
    letter: Letter, campaign: Campaign
) -> None:
    page = Page(html_of(replace(letter, style="apa"), campaign))
    assert "(Example Agency, 2019" in page.text
    assert not page.all("sup")
    assert not page.all("ol")[1:]  # the body's own list alone
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {"ref-1", "ref-2", "cite-1"} <= ids


def test_language_and_direction_are_declared_where_mail_clients_keep_them(
    letter: Letter, campaign: Campaign, project_root: Path, tmp_path: Path, page: Page
) -> None:
    for tag in ("html", "table"):
        first = page.all(tag)[0]
        assert (first["lang"], first["dir"]) == ("en-US", "ltr")
    words = tmp_path / "templates" / "words"
    words.mkdir(parents=True)
    shutil.copy(project_root / "templates" / "words" / "en.yaml", words / "he.yaml")
    hebrew = replace(campaign.workspace, templates=(words.parent, *campaign.workspace.templates))
    rtl = Page(html_of(replace(letter, language="he"), campaign, hebrew))
    assert rtl.all("html")[0]["dir"] == "rtl"
    assert "border-right: 3px" in rtl.all("blockquote")[0]["style"]


# --- what mail clients need --------------------------------------------------------------------


def test_nothing_is_fetched_run_or_asked_for(html: str, page: Page) -> None:
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "form", "object", "svg", "video", "base"}
    assert not re.search(r"url\(|@import|src=|background=", html)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_styles_stand_in_the_elements_and_the_encoding_comes_first(html: str, page: Page) -> None:
    assert html.index('<meta charset="utf-8">') < 100
    assert all("font-size" in attrs["style"] for attrs in page.all("h1"))
    assert all("margin" in attrs["style"] for attrs in page.all("p"))
    assert html.count("<style") == 1
    style = html.partition("<style>")[2].partition("</style>")[0]
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", style)
    assert outside.strip() == ""
    assert "prefers-color-scheme: dark" in style


def test_the_page_is_small_enough_for_gmail_to_show_it_whole(html: str) -> None:
    assert len(html.encode()) < 102_000  # Gmail cuts a longer message


def test_no_mark_is_left_in_the_page(html: str) -> None:
    assert not re.search("[\ue000-\uf8ff\U000f0000-\U0010fffd]", html)


# --- values are text ---------------------------------------------------------------------------


@costly(15)
@given(subject=HOSTILE, salutation=HOSTILE, line=HOSTILE, value=HOSTILE)
def test_values_are_read_back_as_they_were_typed(
    letter: Letter, campaign: Campaign, subject: str, salutation: str, line: str, value: str
) -> None:
    changed = replace(
        letter,
        subject=subject,
        salutation=salutation,
        inside_address=(line, "Town"),
        body=replace(letter.body, values=(value, value)),
    )
    page = Page(html_of(changed, campaign))
    assert page.title == subject
    assert f"\nRe: {subject}\n" in page.text
    assert f"\n{salutation}\n" in page.text
    assert f"\n{line}\nTown\n" in page.text
    assert f"ask {value} to" in page.text
    assert f"conversation, {value}. Our" in page.text
    plain = Page(html_of(letter, campaign))
    assert [tag for tag, _ in page.tags if tag != "bdi"] != []
    assert len([t for t, _ in page.tags if t not in ("bdi", "br")]) == len(
        [t for t, _ in plain.tags if t not in ("bdi", "br")]
    )


@costly(5)
@given(name=HOSTILE, salutation=HOSTILE, value=HOSTILE)
def test_the_shared_skeleton_gives_what_rendering_each_letter_anew_gives(
    letter: Letter,
    campaign: Campaign,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    salutation: str,
    value: str,
) -> None:
    source = campaign.workspace.template("layouts/email.html")
    styles = campaign.workspace.template("layouts/email.css")
    assert source is not None
    assert styles is not None
    folder = tmp_path_factory.mktemp("anew")
    (folder / "layouts").mkdir()
    # A command that a skeleton cannot have.
    text = source.read_text("utf-8").replace("<body>", "{% set anew = 1 %}<body>")
    (folder / "layouts" / "email.html").write_text(text, "utf-8")
    shutil.copy(styles, folder / "layouts" / "email.css")
    anew = replace(campaign.workspace, templates=(folder, *campaign.workspace.templates))
    recipient = Recipient.model_construct(id="x", name=name, email="pat@council.example")
    changed = replace(
        letter,
        recipient=recipient,
        inside_address=(name, ""),
        salutation=salutation,
        body=replace(letter.body, values=(value, value)),
    )
    one, other = Page(html_of(changed, campaign)), Page(html_of(changed, campaign, anew))
    assert one.tags == other.tags
    assert one.text == other.text
    assert one.title == other.title


def test_a_mailing_renders_its_layout_once(
    letter: Letter, campaign: Campaign, own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def counted(name: str, *rest: Any) -> str:
        rendered.append(name)
        return render_layout(name, *rest)

    monkeypatch.setattr("advocacy.documents.email.html.render_layout", counted)
    for n in range(5):
        recipient = Recipient.model_validate({"name": f"Pat {n}", "email": f"p{n}@a.example"})
        values = (f"Firm {n}", f"Pat {n}")
        changed = replace(
            letter,
            recipient=recipient,
            salutation=f"Dear Pat {n}:",
            body=replace(letter.body, values=values),
        )
        assert f"conversation, Pat {n}." in Page(html_of(changed, campaign, own)).text
    assert rendered == ["email"]


def test_a_value_in_the_address_of_a_link_is_put_in(letter: Letter, campaign: Campaign) -> None:
    mark = chr(VALUE_MARK)
    body = replace(
        letter.body, markdown=f"See [this](https://coalition.example/{mark}).", values=("a b<",)
    )
    page = Page(html_of(replace(letter, body=body, cites=()), campaign))
    assert page.all("a")[0]["href"] == "https://coalition.example/a%20b%3C"


# --- layouts that volunteers edit --------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{{ letter.salutation }}", "{{ letter.salutation | upper }}", "DEAR DR. WEISS:"),
        (
            "{{ letter.salutation }}",
            '{% if letter.salutation == "Dear Dr. Weiß:" %}Hello{% endif %}',
            "Hello",
        ),
        ("{{ letter.salutation }}", "{{ letter.salutation | length }}", "14"),
        (
            "{{ letter.salutation }}",
            "{% set s %}{{ letter.salutation }}{% endset %}{{ s }}",
            "Dear Dr. Weiß:",
        ),
        ("{{ letter.salutation }}", "{{ letter.salutation ~ '!' }}", "Dear Dr. Weiß:!"),
        ("{{ letter.salutation }}", "{{ letter.inside_address | join(', ') }}", "Weiß, Zoë, Pres"),
        ("{{ letter.salutation }}", "{{ letter.demand.summary }}", "Take the cameras down"),
        ("{{ letter.salutation }}", "{{ letter.recipient.name }}", "Weiß, Zoë"),
        ("{{ letter.salutation }}", "{{ letter.recipient.city | default('no') }}", "no"),
        ("{{ letter.salutation }}", "{{ letter.salutation is string }}|x", None),
        (
            "{{ letter.salutation }}",
            "{% if letter.salutation is sequence %}Seq{% endif %}",
            "Seq",
        ),
        (
            "{{ letter.salutation }}",
            "{% if letter.salutation in 'Dear Dr. Weiß: and all' %}Within{% endif %}",
            "Within",
        ),
    ],
)
def test_a_layout_may_do_more_with_a_value_than_print_it(
    letter: Letter, campaign: Campaign, own: Workspace, old: str, new: str, expected: str | None
) -> None:
    edit(own, "email.html", old, new)
    if expected is None:
        with pytest.raises(AdvocacyError):
            html_of(letter, campaign, own)
        return
    assert expected in Page(html_of(letter, campaign, own)).text


def test_an_edited_layout_is_seen_at_once(
    letter: Letter, campaign: Campaign, own: Workspace
) -> None:
    assert "Ahoy" not in html_of(letter, campaign, own)
    edit(own, "email.html", "<h1>", "<p>Ahoy</p><h1>")
    assert "Ahoy" in html_of(letter, campaign, own)
    edit(own, "email.css", "font-size: 19px", "font-size: 21px")
    assert "font-size: 21px" in html_of(letter, campaign, own)


def test_a_mistake_in_the_layout_names_its_line(
    letter: Letter, campaign: Campaign, own: Workspace
) -> None:
    edit(own, "email.html", "letter.salutation", "letter.salutatoin")
    with pytest.raises(AdvocacyError) as caught:
        html_of(letter, campaign, own)
    (problem,) = caught.value.problems
    assert "salutation" in problem.hint
    assert problem.place is not None
    text = (own.templates[0] / "layouts" / "email.html").read_text("utf-8")
    assert "salutatoin" in text.split("\n")[(problem.place.line or 0) - 1]


@pytest.mark.parametrize(
    "evil",
    [
        '<img src="https://tracker.example/x.gif">',
        "<script>alert(1)</script>",
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<p style="background: url(https://evil.example/x)">x</p>',
        '<p style="background: u\\72l(https://evil.example/x)">x</p>',
        '<table background="https://evil.example/x"></table>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="file:///etc/passwd">x</a>',
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>p { background: url('https://evil.example/x') }</style>",
        "<style>p { background: u\\72l('https://evil.example/x') }</style>",
        "<!--[if mso]><img src='https://evil.example/x'><![endif]-->",
        '<meta http-equiv="refresh" content="0; url=https://evil.example/">',
        '<p onclick="alert(1)">x</p>',
        "<form><input></form>",
        "<svg></svg>",
        '<!--><img src="https://evil.example/x">-->',
        '<!---><img src="https://evil.example/x">-->',
        "<!-- --!><script>alert(1)</script>-->",
        '<!--[if mso]> --><img src="https://evil.example/x"><!-- <![endif]-->',
        '<!--[if mso]><!--><img src="https://evil.example/x"><![endif]-->',
        '<![CDATA[><img src="https://evil.example/x">]]>',
        '<!x><img src="https://evil.example/x">',
        '<?x><img src="https://evil.example/x">?>',
        '</ x><img src="https://evil.example/x">',
        '<title><!--</title><img src="https://evil.example/x">-->',
        *(
            f'<{tag}><p title="</{tag}><img src=https://evil.example/x>"></{tag}>'
            for tag in ("textarea", "title", "xmp", "noembed", "noframes", "noscript")
        ),
        "<select><style></select><img src=https://evil.example/x></style></select>",
        '<p a=="x>"onmouseover=alert(1)>x</p>',
        '<p a=="<p src=https://evil.example/x>">x</p>',
        '<p dynsrc="https://evil.example/x">x</p>',
        "<p style=\"background: image('https://evil.example/x')\">x</p>",
    ],
)
def test_a_layout_that_would_fetch_or_run_something_is_refused(
    letter: Letter, campaign: Campaign, own: Workspace, evil: str
) -> None:
    edit(own, "email.html", "<h1>", f"{evil}<h1>")
    with pytest.raises(AdvocacyError) as caught:
        html_of(letter, campaign, own)
    assert {problem.code for problem in caught.value.problems} == {"remote-in-email"}


@pytest.mark.parametrize(
    "good",
    [
        "<!-- the letterhead: 600 px wide -->",
        "<!--[if mso]><table><tr><td><![endif]-->x<!--[if mso]></td></tr></table><![endif]-->",
        "<!--[if !mso]><!--><p>x</p><!--<![endif]-->",
        "<p>a --&gt; b &lt;!-- c</p>",
    ],
)
def test_comments_that_all_programs_read_alike_may_stand_in_a_layout(
    letter: Letter, campaign: Campaign, own: Workspace, good: str
) -> None:
    edit(own, "email.html", "<h1>", f"{good}<h1>")
    assert "<h1" in html_of(letter, campaign, own)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ('<a href="{{ letter.salutation }}">x</a>', "javascript:alert(1)"),
        ('<p style="{{ letter.salutation }}">x</p>', "background: url(https://evil.example/)"),
        ("<style>{{ letter.salutation }}</style>", "p { background: url(https://evil.example/) }"),
        ("<p class={{ letter.salutation }}>x</p>", "x onclick=alert(1)"),
    ],
)
def test_a_value_cannot_bring_in_what_a_layout_may_not_have(
    letter: Letter, campaign: Campaign, own: Workspace, place: str, value: str
) -> None:
    edit(own, "email.html", "<h1>", f"{place}<h1>")
    with pytest.raises(AdvocacyError, match="remote-in-email"):
        html_of(replace(letter, salutation=value), campaign, own)


def test_styles_that_would_fetch_something_are_refused(
    letter: Letter, campaign: Campaign, own: Workspace
) -> None:
    edit(own, "email.css", "td { padding: 0; }", "td { background: url(https://evil.example/x) }")
    with pytest.raises(AdvocacyError, match="remote-in-email"):
        html_of(letter, campaign, own)


def test_styles_with_brackets_in_brackets_without_end_are_refused(
    letter: Letter, campaign: Campaign, own: Workspace
) -> None:
    edit(own, "email.css", "td { padding: 0; }", f"@media all {{ td {{ width: {'a(' * 5000} }} }}")
    with pytest.raises(AdvocacyError, match="layout-fails"):
        html_of(letter, campaign, own)


def test_a_missing_layout_is_named(letter: Letter, campaign: Campaign, tmp_path: Path) -> None:
    words = campaign.workspace.template("words/en.yaml")
    assert words is not None
    (tmp_path / "words").mkdir()
    shutil.copy(words, tmp_path / "words" / "en.yaml")
    with pytest.raises(AdvocacyError, match=r"layouts/email\.html"):
        html_of(letter, campaign, replace(campaign.workspace, templates=(tmp_path,)))
