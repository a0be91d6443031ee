"""The unsubscribe page as people see it: its words in their language, and its HTML.

It loads nothing, runs nothing and keeps nothing: no script, no cookie, no picture, no font. The
address is shown with most of it hidden, since whoever a letter is forwarded to may open the
link. The standard library is enough.
"""

import base64
import hashlib
import re
import tomllib
from functools import lru_cache
from html import escape
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body {
  margin: 0; padding: 2rem 1rem; background: #f1efe9; color: #22252b;
  font: 1.125rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  max-width: 34rem; margin: 0 auto; padding: 2rem 1.5rem; background: #fff;
  border-top: 4px solid #1d3a5f; overflow-wrap: anywhere;
}
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 1rem; }
.from { margin: 0 0 1.25rem; color: #1d3a5f; font-weight: 600; }
.quiet { color: #5b6069; font-size: 1rem; }
form { margin: 1.5rem 0; }
button {
  min-height: 3rem; padding: .6rem 1.75rem; border: 2px solid #1d3a5f; border-radius: .3rem;
  background: #1d3a5f; color: #fff; font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: #14294a; }
a { color: #1a4f8b; }
button:focus-visible, a:focus-visible { outline: 3px solid #b35c00; outline-offset: 3px; }
p:last-child { margin-bottom: 0; }
@media (prefers-color-scheme: dark) {
  body { background: #101114; color: #e6e3dd; }
  main { background: #1b1d21; border-top-color: #6f9fd8; }
  .from { color: #a9c8ee; }
  .quiet { color: #aeb2ba; }
  a { color: #9cc4f5; }
  button { background: #a9c8ee; border-color: #a9c8ee; color: #10131a; }
  button:hover { background: #c9dcf5; }
  button:focus-visible, a:focus-visible { outline-color: #f0b060; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""The Content-Security-Policy: this style alone, and a form that posts to this page alone."""
FALLBACK = "en"
Words = dict[str, str]


@lru_cache(maxsize=64)
def words_of(language: str) -> tuple[str, Words]:
    """The language that there are words in, and the words: `fr-CA` falls back to `fr`, `en`."""
    folder = Path(__file__).with_name("pagewords")
    for name in (language, language.partition("-")[0], FALLBACK):
        # A name comes from a request: only what can be a file of ours is looked for.
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", name):
            path = folder / f"{name}.toml"
            if path.is_file():
                own = tomllib.loads(path.read_text(encoding="utf-8"))
                return name, own if name == FALLBACK else {**words_of(FALLBACK)[1], **own}
    raise FileNotFoundError(folder / f"{FALLBACK}.toml")


def accepted_language(header: str) -> str:
    """The first language of an Accept-Language header that there are words in, else English."""
    weighed: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:500].split(",")):
        name, _, weight = part.strip().partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.[0-9]{1,3})?)", weight)
        weighed.append((-float(found[1]) if found else -1.0, position, name.strip()))
    for order, _, name in sorted(weighed):
        known = words_of(name)[0]
        if order < 0 and known.casefold() in (name.casefold(), name.partition("-")[0].casefold()):
            return known
    return FALLBACK


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns: `j…@people.example`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}…@{domain}"


def page(kind: str, language: str, *, address: str = "", name: str = "", contact: str = "") -> str:
    """The page of a kind (`ask`, `done`, `wrong`, `failed`) as an HTML document."""
    used, words = words_of(language)
    who = f"<bdi>{escape(masked(address))}</bdi>" if address else ""
    mail = f'<a href="mailto:{escape(contact)}">{escape(contact)}</a>' if contact else ""

    def say(key: str, css: str = "") -> str:
        parts = {"{address}": who, "{name}": escape(name), "{contact}": mail}
        text = re.sub(r"\{\w+\}", lambda found: parts.get(found[0], ""), escape(words[key]))
        return f"<p{css}>{text}</p>\n"

    quiet = ' class="quiet"'
    body = say(f"{kind}_from" if name and kind in ("ask", "done") else kind)
    if kind == "ask":
        body += (
            '<form method="post"><button name="confirm" value="yes">'
            f"{escape(words['ask_button'])}</button></form>\n" + say("ask_note", quiet)
        )
    elif kind == "done":
        body += say("done_note", quiet) + (say("mistake", quiet) if contact else "")
    else:
        body += say("wrong_contact" if contact else "wrong_reply")
    title = escape(words[f"{kind}_title"])
    sender = f'<p class="from">{escape(name)}</p>\n' if name else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{used}" dir="{escape(words.get("dir", "ltr"))}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{sender}<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
