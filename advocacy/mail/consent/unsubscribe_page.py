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

_HERE = Path(__file__)
STYLE = "\n" + _HERE.with_suffix(".css").read_text("utf-8")
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
    folder = _HERE.with_name("pagewords")
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
    return (
        _HERE.with_suffix(".html")
        .read_text("utf-8")
        .format(
            language=used,
            direction=escape(words.get("dir", "ltr")),
            title=escape(words[f"{kind}_title"]),
            style=STYLE,
            sender=f'<p class="from">{escape(name)}</p>\n' if name else "",
            body=body,
        )
    )
