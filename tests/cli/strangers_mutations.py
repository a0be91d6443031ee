# ruff: noqa: E501 - tables of pieces
"""How the strangers' fuzzer breaks a file: pieces that have hurt, repeated, nested, and misplaced."""

import random

LAYOUT = """<!DOCTYPE html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><title>{{ letter.subject }}</title>
<style>{{ page_css }}</style><style>{{ css }}</style></head>
<body><p>{{ date }}</p><p class="salutation">{{ letter.salutation }}</p>
<div class="body">{{ body }}</div>{% for row in signatures %}{% for one in row %}<p>{{ one.name }}
</p>{% endfor %}{% endfor %}</body></html>
"""
ODD = (
    "\0",
    "\x1b]0;x\x07",
    "\u202e",
    "\ufeff",
    "\U000f0000",
    "\ue000",
    "\u2028",
    "e\u0301" * 9,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "字",
    "\r",
    "\x85",
    "İ",
)
"""Characters of which programs have died."""
PIECES = {
    "yaml": ("- ", "? ", ": ", "[", "]", "{", "}", "&a ", "*a ", "<<: *a\n", "!!python/object:x ",
             "!!binary x\n", "|\n", ">-\n", "'", '"', "#", "%YAML 9\n", "---\n", "...\n", "\t", "~",
             "1e999", "-0", "0x" + "f" * 40, ".inf", ".nan", "9" * 400, "2026-02-30", "0000-00-00",
             "99999-01-01", "true", "null", "a: b: c\n", "{a: {a: {a: 1}}}", "a" * 9000, "../../x",
             "/etc/passwd", "letters/../../x", "https://x.example/\n", "{en: x, fr: y}", "- [1, [2]]\n"),
    "jinja": ("{{", "}}", "{%", "%}", "{#", "#}", "{% for i in range(1000) %}", "{% endfor %}",
              "{% if 1 %}", "{% endif %}", "{% set x %}", "{% endset %}", "{% macro m() %}",
              "{% endmacro %}", "{{ m() }}", "{{ x }}", "{% set x = x ~ x %}", "{{ x|upper|length }}",
              "{% raw %}", "{% endraw %}", "{{ cite('visits') }}", "{{ quote('visits') }}",
              "{{ cite(recipient) }}", "{{ recipient.name[::-1] }}", "{{ 9 * 9999999999 }}",
              "{{ range(10**9) }}", "{{ [1]|sort|unique|join(x) }}", r'{{ "\U000f0000" }}',
              r'{{ "\ud800" }}', "{{ 1e999 }}", "{% include 'partials/x.md' %}", "{{ ''.__class__ }}",
              "{% include 'letters/open.md' %}", "{{ self }}", "{{ loop.index }}", "{{ lang|date }}",
              "{% filter upper %}", "{% endfilter %}", "{% call m() %}", "{{ namespace(a=1).a }}",
              "{{ demand.asks|map('replace', 'a', x)|and_list }}", "{{ 'x'|int }}", "{{ x[0:9:0] }}"),
    "markdown": ("[", "]", "](", "![", "*", "_", "**", "`", "```\n", "~~", "^", "[^1]", "[^1]: x\n", "^[",
                 "|", "|-|-|\n", "> ", "- ", "1. ", "# ", "+++\n\n", "\n\n", "    ", "<b>", "<!--", "-->",
                 "&lt;", "\\", '"', "'", "--", "...", "a@b.c ", "https://x.example/", "{width=50%}",
                 "![x](logo.svg)\n\n", "1^er^", "[x]: y\n", "a" * 3000, "a," * 999, "« ", "\n---\n", "<x@y>",
                 "a" * 3000 + ". " * 999, ". " * 999 + "a" * 3000, "a." * 1500, "." * 3000 + "a" * 3000),
    "html": ("<div>", "</div>", "<table><tr><td colspan=1000000>", "<td rowspan=99999>", "<p>", "<!--",
             "<!-->", "-->", "<svg><use href='#a' id='a'/></svg>", "<svg viewBox='0 0 0 0'><rect/></svg>",
             "<img src=x>", "<img src='../../x'>", "<img src='http://x.example/'>", "<style>", "</style>",
             "<script>x</script>", "<div style='display:flex'>", "<div style='display:grid'>",
             "<h1 style='bookmark-level:99999'>", "<ol start=999999999>", "<a href='javascript:x'>",
             "<link rel=stylesheet href=x>", "<base href=x>", "<meta http-equiv=refresh>", "<b>", "<br>",
             "<p style='columns:9999'>", "<p style='float:footnote'>", "<input value=x>", "<textarea>",
             "<xmp>", "<plaintext>", "<noscript>", "</noscript>", "<noembed>", "<noframes>",
             "<iframe>", "</iframe>", "<title>", "</title>", "<template>", "<select><option>", "</textarea>",
             "<p style='break-before:page'>", "<div style='position:running(x)'>", "&#x202e;", "&#0;"),
    "css": ("{", "}", ";", ":", "*", "@import 'letter.css';", "@import url(x);", "@font-face {", "@page {",
            "@media print {", "p:not(", ")", "p > ", "p { color: var(--a) }", ":root { --a: var(--a) }",
            "p::before { content: 'x' }", "p { font-size: 1e99px }", "p { font-size: -1px }", "/*", "*/",
            "p { width: calc(1px * (1 / 0)) }", "p { content: attr(x px) }", "@counter-style a { symbols: ",
            "p { margin: 1e30em }", "p { line-height: 0 }", "@page { size: 0 0 }", "@page { size: 1px 1px }",
            "@page { margin: 99in }", "p { columns: 99999 }", "p { grid-template: repeat(99999, 1px) / 1fr }",
            "p { transform: scale(0) }", "p { background: url(x) }", "p { hyphens: auto }", "\\", "\\0",
            "p { string-set: a content() }", "p { float: footnote }", "p { display: none }", "p { quotes: ",
            "p { --a: " + "x" * 999 + " }", "p { letter-spacing: 99999in }", "p { text-indent: 1e10px }"),
    "csv": (",", ";", "\t", '"', '""', "\n", "\r\n", "name", "email", "id", "=cmd()", "a@b", "@", ",,,,",
            "name,name", "a" * 9000, "1e999", "2026-02-30", "\ufeff", "NULL", "#REF!", "country", "Ⅻ"),
    "mail": ("Subject: =?utf-8?b?A?=\n", "=?x?q?", "?=", "Content-Type: ", "multipart/mixed;", "boundary=",
             "--b", "--b--", "\n\n", "Final-Recipient: rfc822; ", "Status: 9.9.9\n", "Date: x\n", "<>",
             "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: x-uuencode\n", "charset=x",
             "Message-ID: <", "To: ", "From ", "From: ", ",,,", "(((", '"', "\\", "a@", "=?utf-8?q?=00?=",
             "message/rfc822", "X" * 5000 + ": ", "Content-Type: message/delivery-status\n\n", "=\n"),
    "svg": ("<g>", "</g>", "<use href='#c'/>", "<path d='M0 0 Z'/>", "<rect width='1e99' height='1e99'/>",
            "<linearGradient id='a' spreadMethod='repeat'/>", "<marker id='m'>", "</marker>", "<mask>",
            " clip-path='url(#c)'", " marker-end='url(#m)'", "<text>x</text>", "<image href='x'/>", "<!--",
            "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<style>*{clip-path:url(#c)}</style>", "1e99", "-1", "NaN",
            "<filter id='f'><feOffset dx='1e99'/></filter>", " transform='scale(0)'", "viewBox='0 0 0 0'",
            " stroke-dasharray='1e-9'", "<pattern id='p' width='1e-9' height='1e-9'><rect/></pattern>"),
}  # fmt: skip
"""What is put into files of each language."""
LANGUAGES = {
    "campaign": ("yaml",), "facts": ("yaml",), "sources": ("yaml",),
    "template": ("jinja", "markdown"), "layout": ("html", "jinja", "css"), "style": ("css",),
    "email layout": ("html", "jinja", "css"), "email style": ("css",),
    "csv": ("csv",), "yaml": ("yaml", "csv"), "json": ("yaml",), "bounces": ("mail",),
    "picture": ("svg",),
}  # fmt: skip
"""The languages of each kind of file."""
REPEATS = (1, 1, 1, 2, 3, 10, 60, 500, 5000, 60_000)
MOST = 400_000


def broken(text: str, kind: str, chance: random.Random) -> bytes:
    """A good file after one to six changes, as bytes."""
    pieces = [piece for language in LANGUAGES[kind] for piece in PIECES[language]]
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        text = chance.choice(_CHANGES)(text, pieces, chance)[:MOST]
    data = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.08:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.randbytes(chance.choice((1, 2, 9, 400))) + data[at:]
    return data


def _insert(text: str, pieces: list[str], chance: random.Random) -> str:
    piece = chance.choice(pieces) * chance.choice(REPEATS)
    at = _place(text, chance)
    return text[:at] + piece[:MOST] + text[at:]


def _insert_several(text: str, pieces: list[str], chance: random.Random) -> str:
    some = "".join(chance.choice(pieces) for _ in range(chance.choice((2, 4, 12))))
    at = _place(text, chance)
    return text[:at] + (some * chance.choice(REPEATS[:8]))[:MOST] + text[at:]


def _insert_odd(text: str, _: list[str], chance: random.Random) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(ODD) * chance.choice(REPEATS[:7]) + text[at:]


def _cut(text: str, _: list[str], chance: random.Random) -> str:
    start, end = sorted((_place(text, chance), _place(text, chance)))
    return text[:start] + text[end:] if chance.random() < 0.5 else text[:end]


def _double(text: str, _: list[str], chance: random.Random) -> str:
    start, end = sorted((_place(text, chance), _place(text, chance)))
    return text[:end] + text[start:end] * chance.choice(REPEATS[:8]) + text[end:]


def _replace_word(text: str, pieces: list[str], chance: random.Random) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(pieces) * chance.choice(REPEATS[:7])
    return " ".join(words)


def _replace_line(text: str, pieces: list[str], chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    begins, colon, _ = lines[at].partition(":")
    lines[at] = f"{begins}{colon} {chance.choice(pieces) * chance.choice(REPEATS[:7])}"
    return "\n".join(lines)


def _move_line(text: str, _: list[str], chance: random.Random) -> str:
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), " " * chance.choice((0, 2, 4)) + line)
    return "\n".join(lines)


def _place(text: str, chance: random.Random) -> int:
    return chance.randrange(len(text) + 1)


_CHANGES = (
    _insert, _insert, _insert_several, _insert_odd, _cut, _double, _replace_word, _replace_line,
    _move_line,
)  # fmt: skip
