"""What is wrong with the markup of a letter's text: marks that would be printed as they stand.

Markdown prints what it does not understand, and a reader sees two asterisks. `markup_problems.toml`
has the patterns of what looks like markup, each with the right way to write it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it.token import Token

from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import LINE, MARK
from advocacy.templating.markup import PAGE_BREAK, letter_parser, picture_of
from advocacy.templating.markup_rules import markup_rules
from advocacy.templating.source import COMMAND, read_template

_GOOD = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\s*---[ ]*\n([\w-]+:(?:[ ].*)?)\n(?:.*\n)*?(?:---|\.\.\.)[ ]*(?:\n|\Z)"
)
_NOTE_TEXT = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:.*$", re.MULTILINE)
_CELL_END = re.compile(r"(?<!\\)\|")
_LINE, _LEAST_WIDTH, _BETWEEN_COLUMNS = 470, 3.8, 14
"""Points: a line of the widest built-in layout, a narrow letter on average, a column's padding."""
_MEANT = "\ufffc"  # stands for what is printed on purpose: `\*`, and code


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
        *_front_matter(source, places),
        *_defined_twice(source, environment, places),
        *_in_blocks(tokens, places),
        *_in_rows(tokens, source.split("\n"), places),
        *_too_wide(tokens, places),
        *(
            problem
            for before, token in pairwise(tokens)
            for problem in _in_inline(token, before.type, places)
        ),
        *_unused(environment, tokens, places),
    ]
    return list(dict.fromkeys(found))


class TemplatePlaces:
    """Finds the line of a template, or of a partial, in which a text first stands."""

    def __init__(self, path: Path, workspace: Workspace) -> None:
        self._path, self._workspace = path, workspace

    def of(self, text: str, least: str = "") -> Place:
        """The place of a text; that of the template where it stands in no file as it is.

        `least` is its beginning, which is looked for where the rest is written in another way.
        """
        first = text.strip().partition("\n")[0]
        return self._find(first) or (least and self._find(least)) or Place(self._path)

    def _find(self, first: str) -> Place | None:
        names = [f"partials/{name}" for name in self._workspace.template_names("partials", "")]
        others = [self._workspace.template(name) for name in names]
        for path in (self._path, *filter(None, others)):
            try:
                text = read_template(path)
            except AdvocacyError:
                continue
            # One brace is not the second of two, and what commands consist of is not printed.
            wanted = re.compile(r"(?<!\{)" + re.escape(first))
            printed = COMMAND.sub(lambda command: "\0" * len(command[0]), text)
            if first and (found := wanted.search(printed) or wanted.search(text)):
                before = text[: found.start()]
                return Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return None


def _broken(what: str, says: str, hint: str, place: Place, code: str = "broken-markup") -> Problem:
    shown = " ".join(MARK.sub("…", what).split())
    return Problem(code, f"`{shown}` {says}", hint, place)


def _front_matter(source: str, places: TemplatePlaces) -> Iterator[Problem]:
    """A block of settings above the text, which other programs read and do not print."""
    found = _FRONT_MATTER.match(source)
    if found:
        yield _broken(
            found[1],
            "is a setting at the beginning of the file, which is printed literally.",
            "Remove the lines between `---` and `---`. Settings belong in the campaign file.",
            places.of(found[1]),
        )


def _defined_twice(
    source: str, environment: dict[str, object], places: TemplatePlaces
) -> Iterator[Problem]:
    """Notes and links of which another with the same mark would be printed."""
    seen: set[str] = set()
    for line in _NOTE_TEXT.finditer(source):
        if line[1] in seen:
            yield _broken(
                f"[^{line[1]}]:",
                "is defined twice, so one of the two notes would not be printed.",
                "Give each note a mark of its own.",
                places.of(line[0]),
            )
        seen.add(line[1])
    twice = environment.get("duplicate_refs")
    for one in twice if isinstance(twice, list) else ():
        yield _broken(
            f"[{one['label'].lower()}]:",
            "is defined twice, so one of the two addresses would not be used.",
            "Remove one of them, or write the link as `[words](https://…)`.",
            places.of(one["href"]),
        )


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


def _too_wide(tokens: list[Token], places: TemplatePlaces) -> Iterator[Problem]:
    """Tables whose words surely need more than the line of a built-in layout.

    A warning, as one's own layout may have room; how wide words are is known once they are set.
    """
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and before.type in ("th_open", "td_open"):
            rows[-1].append(token.content)
        elif token.type == "table_close" and rows:
            words = [max(map(_longest_word, column)) for column in zip(*rows, strict=False)]
            if sum(words) * _LEAST_WIDTH + (len(words) - 1) * _BETWEEN_COLUMNS > _LINE:
                first = " | ".join(rows[0])
                yield Problem(
                    "too-long-for-layout",
                    f"A table with {len(words)} columns is wider than a page of the built-in "
                    f"layouts (“{MARK.sub('…', first)[:40]}”).",
                    "Leave out columns, shorten their words, or divide the table. `advocacy check "
                    "--media` tells whether it fits.",
                    places.of(rows[0][0]),
                    Level.WARNING,
                )


def _longest_word(cell: str) -> int:
    return max(map(len, re.split(r"[\s/-]+", cell)))


def _in_inline(token: Token, inside: str, places: TemplatePlaces) -> Iterator[Problem]:
    """What is wrong in the text of a block; `inside` is the token that opens the block."""
    if token.type != "inline" or token.content.strip() == PAGE_BREAK:
        return
    picture = picture_of(token)
    for child in token.children or ():
        if child.type == "image":
            alone = inside == "paragraph_open" and (
                picture[0] is child if picture else _has_attributes(token, child)
            )
            width = picture[1] if picture and alone else None
            yield from _of_picture(child, alone, width, places)
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
    if inside in ("td_open", "th_open"):
        text = text.replace("|", _MEANT)  # only `\\|` leaves a bar in a cell
    told: list[tuple[int, int]] = []
    for rule in markup_rules():
        for start, end in rule.spans(text):
            if not any(start < before_end and before < end for before, before_end in told):
                told.append((start, end))
                near = re.split(f"{MARK.pattern}|{_MEANT}", text[start : end + 16])[0]
                what = text[start:end]
                found = _broken(what, rule.says, rule.write, places.of(near, what), rule.code)
                yield replace(found, level=rule.level)
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


def _has_attributes(token: Token, image: Token) -> bool:
    """Whether nothing but attributes follow a picture, which are a mistake of their own."""
    children = [c for c in token.children or () if c.content or c.type == "image"]
    rest = LINE.sub("", "".join(child.content for child in children[1:])).strip()
    return children[0] is image and re.fullmatch(r"\{[^{}]*\}", rest) is not None


def _of_picture(
    image: Token, alone: bool, width: int | None, places: TemplatePlaces
) -> Iterator[Problem]:
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
    elif width is not None and not 1 <= width <= 100:
        what = f"has a width of {width} %."
        hint = "Write a width from 1 to 100 percent of the line, such as `{width=50%}`."
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
