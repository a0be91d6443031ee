"""Bodies as HTML and as text: the same words; values as typed; lines that fit."""

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.documents.prose import body_html, body_text, value_html
from advocacy.files.characters import column_width
from advocacy.templating.citation_marks import CITE_MARK, VALUE_MARK, Prose

V0, V1, V2 = (chr(VALUE_MARK + index) for index in range(3))
C0, C1 = (chr(CITE_MARK + index) for index in range(2))

HOSTILE = [
    "*Bob* **b** _i_ `c` [l](https://x.example) ![i](y) # 1. - > ~~s~~ \\* &amp;",
    "<b>Bob</b> <script>alert(1)</script> <!-- x --> <img src=x> &lt; &#39; ]]> \"q\" 'a'",
    "{{ 7*7 }} {% if x %} {# c #} ${x} %s %(x)s {0}",
    "}</style><style>*{display:none} url(x) expression(1)",
    "Subject: x, To: a@b.example =?utf-8?q?x?= \\r\\n",
    "x" * 500,
    "e\u0301a\u0308 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ o\u0323\u0302",
    "שלום עולם",
    "محمد العربي",
    "山田太郎「引用」、日本語。",
    "-- --- ... 'single' \"double\" Mr. X 10 % (c)",
    "two  spaces",
]
values = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(exclude_categories=["Cs", "Co", "Cc", "Cn", "Zl", "Zp"]), min_size=1
    ),
).map(str.strip).filter(bool)  # fmt: skip


class Reader(HTMLParser):
    """The text, the tags and the addresses of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.addresses = "", [], []  # type: ignore[var-annotated]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href", "start", "class"}
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def html(markdown: str, *given_values: str, language: str = "en-US") -> str:
    return body_html(Prose(markdown, given_values), language, lambda j: f"<sup>{j + 1}</sup>")


def text(markdown: str, *given_values: str, width: int = 76, language: str = "en-US") -> str:
    return body_text(Prose(markdown, given_values), language, lambda j: f"[{j + 1}]", width)


def joined(lines: str) -> str:
    return unicodedata.normalize("NFC", " ".join(lines.split()))


TEMPLATES = [
    "Dear {}, we write.",
    "{}",
    "*{}* and **{}**'s `{}`",
    "## About {}\n\ntext",
    "- one {}\n- {}\n\n> {} quoted",
    '"{}" -- 1. {}. [{}](https://example.org/)',
]


@pytest.mark.parametrize("template", TEMPLATES)
@given(value=values)
def test_a_value_is_printed_as_typed_in_html(template: str, value: str) -> None:
    markdown = template.replace("{}", V0)
    placeholder = html(markdown, "PLACEHOLDER")
    found = Reader(html(markdown, value))
    expected = Reader(placeholder)
    assert [t for t in found.tags if t != "bdi"] == expected.tags
    assert found.text == expected.text.replace("PLACEHOLDER", value)
    assert found.addresses == expected.addresses


@pytest.mark.parametrize("template", TEMPLATES)
@given(value=values)
def test_a_value_is_printed_as_typed_in_text(template: str, value: str) -> None:
    markdown = template.replace("{}", V0)
    wide = text(markdown, value, width=100_000)
    assert wide.split("\n")[0].replace("  ", " ") == (
        text(markdown, "PLACEHOLDER", width=100_000)
        .split("\n")[0]
        .replace("PLACEHOLDER", value)
        .replace("  ", " ")
        .rstrip(" ")
    )
    narrow = re.sub(r"\n(> |  )?", "\n", text(markdown, value))
    flat = joined(narrow).replace(" ", "")
    plain = re.sub(r"[-=]{3,}$", "", flat, flags=re.MULTILINE)  # without a heading's underline
    assert any(joined(value).replace(" ", "") in one for one in (flat, plain))


@given(words=st.lists(st.sampled_from([*HOSTILE, "a", "word", "sentence.", C0, V0]), max_size=60))
def test_lines_of_text_fit_but_for_a_word_that_is_longer(words: list[str]) -> None:
    lines = text(" ".join(w for w in words if w in ("a", "word", "sentence.", C0, V0)), *HOSTILE)
    for line in lines.splitlines():
        assert column_width(line) <= 76 or " " not in line.strip()


def test_html_has_blocks_and_tags_for_mail_and_paper() -> None:
    markdown = (
        "## Heading\n\nOne *two* **three** [four](https://example.org/?a=1&b=2).\n\n"
        "1. first\n2. second\n   - inner\n\n> quoted\n\na  \nb\n"
    )
    assert html(markdown) == (
        "<h2>Heading</h2>\n<p>One <em>two</em> <strong>three</strong> "
        '<a href="https://example.org/?a=1&amp;b=2">four</a>.</p>\n'
        "<ol>\n<li>first</li>\n<li>second\n<ul>\n<li>inner</li>\n</ul>\n</li>\n</ol>\n"
        "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>a<br />\nb</p>\n"
    )


def test_text_reads_well() -> None:
    markdown = (
        f"# Evidence\n\nDear {V0}, we ask that you stop this, now, and in public.{C0}\n\n"
        f"1. Do this first thing, which takes more than a single line to say as it is so long.\n"
        f"2. Then that: {V1}\n   - inner *item*\n   - another\n\n3. Loose\n\n"
        "> A quotation that is long enough to be broken over two lines of this narrow text here.\n"
        ">\n> Its end.\n\n    code  as it is\n\n***\n\n"
        "See [our page](https://example.org/page), <https://example.org/bare>, "
        "[https://example.org](https://example.org) or [write](mailto:a@b.example).\n"
    )  # fmt: skip
    assert text(markdown, "*Bob*", "a\nb", width=60) == (
        """\
Evidence
========

Dear *Bob*, we ask that you stop this, now, and in
public.[1]

1. Do this first thing, which takes more than a single line
   to say as it is so long.

2. Then that: a
   b
   - inner item
   - another

3. Loose

> A quotation that is long enough to be broken over two
> lines of this narrow text here.
>
> Its end.

code  as it is

--------------------

See our page <https://example.org/page>,
https://example.org/bare, https://example.org or write
<mailto:a@b.example>.
"""
    )


def test_the_words_are_the_same_in_html_and_text() -> None:
    markdown = (
        f'## A heading\n\nSome *words* -- "quoted"{C0} by {V0}: **bold** `code`\nnext line.\n\n'
        f"- item {V1}\n- other\n\n> quoted{C1} words\n"
    )
    read = re.sub(
        r"(?<=\w)\d", "", Reader(re.sub("<sup>.*?</sup>", "", html(markdown, *"ab"))).text
    )
    printed = re.sub(r"\[\d\]|^[->] |^[-=]+$", "", text(markdown, *"ab"), flags=re.MULTILINE)
    assert read.split() == printed.split()


def test_a_long_address_stands_alone_on_its_line() -> None:
    address = "https://example.org/" + "a" * 90
    lines = text(f"Look at [this]({address}) and go on.").splitlines()
    assert lines == ["Look at this", f"<{address}>", "and go on."]


def test_a_citation_is_never_parted_from_its_word() -> None:
    for length in range(60, 80):
        for line in text(f"{'x' * length} word.{C0} next").splitlines():
            assert not line.startswith("[1]")


def test_line_breaks_of_a_value_are_kept() -> None:
    assert html(f"{V0}", "a\nb & c") == "<p>a<br>b &amp; c</p>\n"
    assert text(f"- {V0}", "a\nb") == "- a\n  b\n"


def test_right_to_left_text_is_isolated() -> None:
    assert value_html("שלום!") == "<bdi>שלום!</bdi>"
    assert value_html("a < b") == "a &lt; b"


def test_wide_characters_are_counted_and_broken_between() -> None:
    sentence = "日本語の文章は、空白なしで続きます。" * 5
    lines = text(V0, sentence, width=40).splitlines()
    assert "".join(lines) == sentence
    assert all(column_width(line) <= 40 for line in lines)
    assert not any(line[0] in "、。" for line in lines)
    assert column_width("e\u0301 日") == 4


@pytest.mark.parametrize(
    ("markdown", "given_values", "address"),
    [
        (f"[x]({V0})", ["https://a.example/?q=1&r=ü b"], "https://a.example/?q=1&r=%C3%BC%20b"),
        (f"[x]({V0})", ["javascript:alert(1)"], "#"),
        (f"[x]({V0})", ["data:text/html,<b>"], "#"),
        (f"[x](https://a.example/{V0}?q={V1})", ["a/b&c", '"><b>'],
         "https://a.example/a%2Fb%26c?q=%22%3E%3Cb%3E"),
        (f"[x](mailto:{V0})", ["a@b.example?bcc=x@y.example"],
         "mailto:a@b.example%3Fbcc%3Dx@y.example"),
        (f"<https://a.example/{V0}>", ["x y"], "https://a.example/x%20y"),
        (f'[x](https://a.example/ "{V0}")', ["title"], "https://a.example/"),
    ],
)  # fmt: skip
def test_values_in_addresses_stay_in_their_part(
    markdown: str, given_values: list[str], address: str
) -> None:
    assert Reader(html(markdown, *given_values)).addresses == [address]


@pytest.mark.parametrize(
    "markdown",
    ["[x](javascript:alert)", "![x](https://a.example/i.png)", "<b>x</b>", "<script>", "<!-- -->"],
)
def test_a_template_cannot_bring_html_pictures_or_scripts(markdown: str) -> None:
    assert set(Reader(html(markdown)).tags) <= {"div", "p", "a"}
    assert "javascript" not in "".join(Reader(html(markdown)).addresses)


def test_headings_leave_no_level_out() -> None:
    assert Reader(html("# a\n\n### b\n\n#### c\n")).tags == ["h2", "h3", "h4"]
    assert Reader(html("### b\n")).tags == ["h2"]


def test_typography_touches_words_and_not_values() -> None:
    value = "\"a\" -- b... 'c' Mr. D"
    assert Reader(html(f'"{V0}" -- it\'s', value)).text.strip() == f"“{value}”—it’s"
    assert text(f'"{V0}" -- it\'s', value).strip() == f"“{value}”—it’s"


def test_an_empty_body_is_empty() -> None:
    assert html("") == ""
    assert text("") == ""
