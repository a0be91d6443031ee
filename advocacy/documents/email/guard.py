"""Refuse an email that would fetch, run, or ask for something, however a program reads it.

Programs read HTML that is not well formed in different ways. So the layout is judged from tag to
tag as it is written, and the finished page once more as browsers parse it.
"""

import re

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.html_reader import HtmlReader
from advocacy.templating.citation_marks import MARK
from advocacy.templating.values import NeedsValue

_REMOTE_CSS = re.compile(
    r"@import|url\s*\(|src\s*\(|image(-set)?\s*\(|cross-fade\s*\(|expression\s*\(", re.IGNORECASE
)
_FORBIDDEN_TAGS = re.compile(
    "script|link|iframe|frame|object|embed|applet|base|form|input|button|svg|math|img|video|"
    "audio|source|picture|track|"
    # In these, what is text to one program is elements to another.
    "noscript|noembed|noframes|xmp|plaintext|textarea|select|template"
)
_FETCHING = re.compile(
    "src|srcset|background|poster|data|action|formaction|ping|manifest|dynsrc|lowsrc|xlink:href|"
    "codebase|classid|archive|imagesrcset|on.*"
)
_LINKS = ("https:", "http:", "mailto:", "tel:", "#")
# Comments that all programs read alike: plain ones, and those for and against Outlook.
_COMMENT = re.compile(
    r"<!--\[if [^\[\]<>]{1,80}\]>(?:(?!--|<!).)*<!\[endif\]-->"
    r"|<!--\[if [^\[\]<>]{1,80}\]><!-->|<!--<!\[endif\]-->"
    r"|<!--(?!-?>)(?:(?!--)[^<>])*-->",
    re.DOTALL,
)
# What else programs take for a comment, each until another place (HTML Living Standard, 13.2.5).
_UNCLEAR = re.compile(r"<!(?!doctype\b)|<\?|</[^a-z]", re.IGNORECASE)


_BRACKET = re.compile(r"[()\[\]{}]")
DEEPEST = 50
"""Levels of brackets in styles; a media query with a nested rule and a function has four."""


def refuse_unsafe_source(html: str, place: Place | None) -> None:
    """Judge a page before its styles are put into its elements.

    Raises AdvocacyError with what an email must not have, and NeedsValue where a mark stands in
    an attribute or a style: what it stands for must be looked at as well.
    """
    _refuse(_Guard.problems(html, place))


def refuse_unsafe(html: str, place: Place | None) -> None:
    """Judge a finished page as browsers parse it. Raises as `refuse_unsafe_source` does."""
    _refuse(_Guard.browser_problems(html, place))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise AdvocacyError(problems)


def _fetches(css: str) -> bool:
    """Whether styles name something to be fetched, be it in CSS's escapes."""
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda code: chr(int(code[1], 16) & 0x7F), css)
    return bool(_REMOTE_CSS.search(plain.replace("\\", "")))


def _is_deep(css: str) -> bool:
    """Whether brackets of styles are nested deeper than programs that read them can go."""
    depth = deepest = 0
    for sign in _BRACKET.findall(css):
        depth = depth + 1 if sign in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest > DEEPEST


class _Guard(HtmlReader):
    """Finds what an email must not have."""

    def __init__(self, place: Place | None) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Problem] = []
        self._place = place
        self._in_style = False

    @classmethod
    def problems(cls, html: str, place: Place | None) -> list[Problem]:
        """What is wrong in HTML as a simple program reads it, from tag to tag."""
        guard = cls(place)
        if _UNCLEAR.search(_COMMENT.sub("", html)):
            guard._problem("a comment that mail programs end in different places")
        guard.feed(html)
        guard.close()
        return list(dict.fromkeys(guard.found))

    @classmethod
    def browser_problems(cls, html: str, place: Place | None) -> list[Problem]:
        """What is wrong in HTML as browsers read it (HTML Living Standard, 13.2)."""
        import tinyhtml5

        guard = cls(place)
        for element in tinyhtml5.parse(html, namespace_html_elements=False).iter():
            if not isinstance(element.tag, str):
                guard.handle_comment(element.text or "")
                continue
            guard.handle_starttag(element.tag.rpartition("}")[2], list(element.items()))
            if element.tag == "style":
                guard.handle_data("".join(element.itertext()))
            guard.handle_endtag(element.tag)
        return list(dict.fromkeys(guard.found))

    def _judge_styles(self, css: str) -> None:
        if _fetches(css):
            self._problem("a style that loads a file")
        if _is_deep(css):
            message = f"The email layout has styles with more than {DEEPEST} levels of brackets."
            hint = "Correct them. A closing bracket may be missing."
            self.found.append(Problem("layout-fails", message, hint, self._place))

    def _problem(self, what: str) -> None:
        self.found.append(
            Problem(
                "remote-in-email",
                f"The email layout contains {what}.",
                "Remove it. Emails must not load external content or run scripts: mail programs "
                "block both, and readers mistake them for tracking.",
                self._place,
            )
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        sources = [value or "" for name, value in attrs if name == "src"]
        own = tag == "img" and all(source.startswith("cid:") for source in sources) and sources
        if _FORBIDDEN_TAGS.fullmatch(tag) and not own:
            self._problem(f"a `<{tag}>`")
        for name, value in attrs:
            text = (value or "").strip()
            if tag == "img" and name == "src" and text.startswith("cid:"):
                continue  # a part of the message itself
            if MARK.search(text):
                raise NeedsValue
            if _FETCHING.fullmatch(name):
                self._problem(f"the attribute `{name}` on `<{tag}>`")
            elif name == "style":
                self._judge_styles(text)
            elif name == "href" and not text.startswith(_LINKS):
                self._problem(f"a link to `{text}`")
            elif name == "http-equiv" and text.lower() == "refresh":
                self._problem("a `<meta http-equiv=refresh>`")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_comment(self, data: str) -> None:
        # Outlook reads what stands in `<!--[if mso]>…<![endif]-->`.
        if data.startswith("[if"):
            inside = data.partition("]>")[2].removesuffix("<![endif]")
            # `<!--[if !mso]><!-->` opens what all others read.
            self.found += _Guard.problems(inside, self._place) if inside != "<!" else []

    def handle_data(self, data: str) -> None:
        if self._in_style and MARK.search(data):
            raise NeedsValue
        if self._in_style:
            self._judge_styles(data)
