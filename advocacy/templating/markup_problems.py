"""What is wrong with the markup of a letter's text: marks that would be printed as they stand.

Markdown prints what it does not understand, and a reader sees two asterisks. `markup_problems.toml`
has the patterns of what looks like markup, each with the right way to write it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it.token import Token

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.resources import read_table
from advocacy.templating.citation_marks import LINE, MARK
from advocacy.templating.markup import PAGE_BREAK, letter_parser, picture_of
from advocacy.templating.source import read_template

_GOOD = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_CELL_END = re.compile(r"(?<!\\)\|")
_MEANT = "\ufffc"  # stands for what is printed on purpose: `\*`, and code


@dataclass(frozen=True, slots=True)
class MarkupRule:
    """A pattern of what looks like markup, and the right way to write it."""

    pattern: re.Pattern[str]
    code: str
    says: str
    write: str
    value: re.Pattern[str] | None
    example: str
    counter: str


@lru_cache(maxsize=1)
def markup_rules() -> tuple[MarkupRule, ...]:
    """The patterns, in the order in which they are tried."""
    flags = re.VERBOSE | re.MULTILINE
    return tuple(
        MarkupRule(
            re.compile(mark["pattern"], flags),
            mark.get("code", "broken-markup"),
            mark["says"],
            mark["write"],
            re.compile(mark["value"], flags) if "value" in mark else None,
            mark["example"],
            mark["counter"],
        )
        for mark in read_table("templating/markup_problems.toml")["mark"]
    )


def markup_problems(markdown: str, path: Path, workspace: Workspace) -> list[Problem]:
    """All that looks like markup in a body and is none; links and pictures that lead nowhere.

    `path` is the body's template. An address that begins with a value is judged in documents.
    """
    environment: dict[str, object] = {}
    parser = letter_parser()
    source = LINE.sub("", markdown)
    tokens = parser.parse(source, environment)
    places = TemplatePlaces(path, workspace)
    found = [
        *_in_blocks(tokens, places),
        *_in_rows(tokens, source.split("\n"), places),
        *(
            problem
            for before, token in pairwise(tokens)
            for problem in _in_inline(token, before.type == "paragraph_open", places)
        ),
        *_unused(environment, tokens, places),
    ]
    return list(dict.fromkeys(found))


def value_markup(text: str) -> tuple[str, str] | None:
    """What in a text that is filled in can be nothing but markup, and the words that say so."""
    for rule in markup_rules():
        found = rule.value.search(text) if rule.value else None
        if found:
            return found[0], rule.says
    return None


class TemplatePlaces:
    """Finds the line of a template, or of a partial, in which a text first stands."""

    def __init__(self, path: Path, workspace: Workspace) -> None:
        self._path, self._workspace = path, workspace

    def of(self, text: str) -> Place:
        """The place of a text; that of the template where it stands in no file as it is."""
        first = text.strip().partition("\n")[0]
        names = [f"partials/{name}" for name in self._workspace.template_names("partials", "")]
        others = [self._workspace.template(name) for name in names]
        for path in (self._path, *filter(None, others)):
            try:
                text = read_template(path)
            except AdvocacyError:
                continue
            # One brace is not the second of two.
            found = re.search(r"(?<!\{)" + re.escape(first), text) if first else None
            if found:
                before = text[: found.start()]
                return Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Place(self._path)


def _broken(what: str, says: str, hint: str, place: Place, code: str = "broken-markup") -> Problem:
    shown = " ".join(MARK.sub("…", what).split())
    return Problem(code, f"`{shown}` {says}", hint, place)


def _in_blocks(tokens: list[Token], places: TemplatePlaces) -> Iterator[Problem]:
    for number, token in enumerate(tokens):
        if token.type == "code_block":
            yield _broken(
                token.content.split("\n")[0][:40],
                "is printed as computer code, because its line begins with four spaces.",
                "Remove the spaces at the beginning of the line.",
                places.of(token.content[:40]),
            )
        elif token.type == "footnote_open":
            yield from _in_note(tokens, number, places)


def _in_note(tokens: list[Token], start: int, places: TemplatePlaces) -> Iterator[Problem]:
    """A note has paragraphs alone, and no notes within."""
    for token in tokens[start + 1 :]:
        if token.type == "footnote_close":
            return
        if token.type in ("bullet_list_open", "ordered_list_open", "table_open", "heading_open"):
            yield Problem(
                "broken-markup",
                "A note contains a list, a table, or a heading.",
                "Write the note as plain paragraphs.",
                places.of(f"[^{tokens[start].meta.get('label', '')}]"),
            )
            return
        if any(child.type == "footnote_ref" for child in token.children or ()):
            yield Problem(
                "broken-markup",
                "A note contains a reference to another note.",
                "Combine both texts in one note.",
                places.of(f"[^{tokens[start].meta.get('label', '')}]"),
            )
            return


def _in_rows(tokens: list[Token], lines: list[str], places: TemplatePlaces) -> Iterator[Problem]:
    """A row of a table has no more cells than the row of headers: Markdown drops the rest."""
    columns = 0
    for token in tokens:
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and columns and token.map:
            row = lines[token.map[0]].lstrip("> ").strip()
            cells = len(_CELL_END.split(row.removeprefix("|").removesuffix("|")))
            if cells > columns:
                yield _broken(
                    row,
                    f"has {cells} cells, but the table has {columns} columns, so words are lost.",
                    "Give the row of headers as many cells. To print a vertical bar, write `\\|`.",
                    places.of(row),
                )


def _in_inline(token: Token, is_paragraph: bool, places: TemplatePlaces) -> Iterator[Problem]:
    if token.type != "inline" or token.content.strip() == PAGE_BREAK:
        return
    picture = picture_of(token)
    for child in token.children or ():
        if child.type == "image":
            alone = is_paragraph and picture is not None and picture[0] is child
            yield from _of_picture(child, alone, places)
        elif child.type == "link_open":
            yield from _of_link(token, child, places)
        elif child.type == "footnote_ref" and child.meta.get("subId"):
            label = f"[^{child.meta['label']}]"
            yield _broken(
                label,
                "is referred to twice.",
                "Write a separate note for each reference. The second can say “See note 1.”",
                places.of(label),
            )
    text = _printed(token.children or [], skip_width=picture is not None)
    told: list[tuple[int, int]] = []
    for rule in markup_rules():
        for found in rule.pattern.finditer(text):
            start, end = found.span()
            if not any(start < before_end and before < end for before, before_end in told):
                told.append((start, end))
                near = re.split(f"{MARK.pattern}|{_MEANT}", text[start : end + 16])[0]
                yield _broken(
                    found[0], rule.says, rule.write, places.of(near or found[0]), rule.code
                )
                break  # the same mistake again is told once


def _printed(children: list[Token], *, skip_width: bool) -> str:
    """The text of a paragraph, with a sign for each thing that is printed on purpose."""
    text, in_address = "", False
    for child in children:
        if child.info == "auto" and child.type in ("link_open", "link_close"):
            in_address = child.type == "link_open"
        if child.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif child.content == child.markup and child.info == "escape":
            text += child.content  # a backslash that escapes nothing
        elif child.type == "text" and not in_address and not skip_width:
            text += child.content
        elif child.content:
            text += _MEANT
    return text


def _of_picture(image: Token, alone: bool, places: TemplatePlaces) -> Iterator[Problem]:
    address = str(image.attrGet("src") or "")
    place = places.of(f"]({unquote(address)}")
    hint = ""
    if not alone:
        what = "is inside a line of text or a table."
        hint = "Put it in a separate paragraph."
    elif MARK.search(address):
        what = "has a file name that depends on a variable."
        hint = "Write the file name without a variable."
    elif not "".join(MARK.sub("x", child.content) for child in image.children or ()).strip():
        what = "has no alternative text."
        hint = "Describe it between the brackets: `![Map of the ten parks](map.png)`."
    elif re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
        what = "is not a file of the campaign."
        hint = (
            "Put the file in the campaign's folder, and write its path from there: "
            "`images/map.png`."
        )
    if hint:
        yield Problem("broken-markup", f"The picture `{unquote(address)}` {what}", hint, place)


def _of_link(token: Token, link: Token, places: TemplatePlaces) -> Iterator[Problem]:
    address = str(link.attrGet("href") or "")
    if _GOOD.match(address) or MARK.match(address):
        return
    children = token.children or []
    at = children.index(link)
    words = "".join(child.content for child in children[at + 1 : at + 3])
    yield Problem(
        "bad-url",
        f"The link “{MARK.sub('…', words)}” leads to `{address}`, which is not a valid address.",
        "Write the full address, such as `[our page](https://coalition.example/page)`.",
        places.of(f"]({address}"),
    )


def _unused(
    environment: dict[str, object], tokens: list[Token], places: TemplatePlaces
) -> Iterator[Problem]:
    """Texts that Markdown would leave out: of notes and links to which nothing refers."""
    notes = environment.get("footnotes")
    refs = notes.get("refs", {}) if isinstance(notes, dict) else {}
    for label, number in refs.items():
        if number < 0:
            mark = f"[^{label.removeprefix(':')}]"
            yield _broken(
                f"{mark}:",
                "is a note without a reference, so it would not be printed.",
                f"Put {mark} where the reference belongs, or remove the note.",
                places.of(f"{mark}:"),
            )
    links = environment.get("references")
    used = {child.attrGet("href") for token in tokens for child in token.children or ()}
    for label, target in (links if isinstance(links, dict) else {}).items():
        if target["href"] not in used:
            yield _broken(
                f"[{label.lower()}]:",
                "defines a link that is not used, so it would not be printed.",
                "Remove the brackets, or write the link as `[words](https://…)`.",
                places.of(target["href"]),
            )
