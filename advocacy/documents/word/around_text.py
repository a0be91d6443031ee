"""What stands around the text of a Word file: the letterhead, the signatures, the cosigners.

They are set as on paper: the logo beside the name, signatories and cosigners in columns. In a
letter from right to left, what is written from left to right says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from advocacy.campaign.campaign import Cosigner, Sender, Signatory
from advocacy.documents.frame import contacts
from advocacy.documents.screen_pictures import ScreenPicture
from advocacy.documents.word.body import Node, inline_text, paragraph, styled
from advocacy.templating.citation_marks import reads_left_to_right

_INCH = 96
_LOGO, _SIGNATURE = (2.2, 0.75), (1.9, 0.6)
"""The largest width and height of a logo and of a signature, in inches."""
_LATIN = re.compile(r"[A-Za-z]")


def letterhead(
    sender: Sender, logo: tuple[str, ScreenPicture] | None, *, rtl: bool
) -> Iterator[Node]:
    """The sender's logo, name, address and contacts; `logo` is its file and what is in it."""
    name = list(inline_text(sender.organization))
    if logo is None:
        yield styled("Letterhead", [{"t": "Para", "c": name}])
    else:
        image = _image(logo, sender.organization, *_LOGO)
        beside = [] if sender.logo_has_name else [{"t": "Str", "c": "\u2003"}, *name]
        yield styled("Letterhead Logo", [{"t": "Para", "c": [image, *beside]}])
    parts = [list(inline_text(line)) for line in sender.address]
    parts += [_left_to_right(text) if rtl else list(inline_text(text)) for text in contacts(sender)]
    inlines = parts[0]
    for part in parts[1:]:
        inlines = [*inlines, *inline_text(" · "), *part]
    yield styled("Letterhead Contact", [{"t": "Para", "c": inlines}])


def signatures(
    people: Sequence[Signatory], pictures: Mapping[str, tuple[str, ScreenPicture]]
) -> Iterator[Node]:
    """The signatories: one below the close, several side by side, each below a signature.

    `pictures` are the files of signatures and what is in them, by the names in the campaign.
    """
    if len(people) == 1 and not people[0].signature:
        yield paragraph("Signature", *_lines(people[0]))
        return
    cells = []
    for person in people:
        shown: list[Node] = [{"t": "Str", "c": "\u00a0"}]
        if person.signature:
            shown = [_image(pictures[person.signature], person.name, *_SIGNATURE)]
        above = styled("Signature Picture", [{"t": "Para", "c": shown}])
        cells.append([above, paragraph("Signature", *_lines(person))])
    yield columns(cells, 2 if len(people) in (2, 4) else min(3, len(people)))


def cosigners(people: Sequence[Cosigner], joined_by: str, comma: str) -> Iterator[Node]:
    """Who joins the letter: one in a line, several in two columns below a heading.

    `comma` is the language's, with the space after it.
    """
    if len(people) == 1:
        one = people[0]
        line = comma.join(filter(None, (one.organization, one.name, one.title)))
        yield paragraph("Cosigners", joined_by, line)
        return
    yield paragraph("Cosigners Heading", joined_by)
    cells = []
    for one in people:
        lines = [one.organization, comma.join(filter(None, (one.name, one.title)))]
        cells.append([paragraph("Cosigner", *filter(None, lines))])
    yield columns(cells, 2)


def columns(cells: Sequence[list[Node]], across: int) -> Node:
    """Cells side by side, in rows of so many, without lines between them."""
    none = ["", [], []]
    filled = [*cells, *([[]] * (-len(cells) % across))]
    rows = [
        [none, [[none, {"t": "AlignDefault"}, 1, 1, cell] for cell in filled[at : at + across]]]
        for at in range(0, len(filled), across)
    ]
    widths = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 1 / across}]] * across
    style = ["", [], [["custom-style", "Columns"]]]
    return {
        "t": "Table",
        "c": [style, [None, []], widths, [none, []], [[none, 0, [], rows]], [none, []]],
    }


def isolated(nodes: Any) -> Any:
    """The nodes of a letter from right to left, with each run of Latin words marked as such."""
    if isinstance(nodes, dict):
        if nodes.get("t") == "Span" and ["dir", "ltr"] in nodes["c"][0][2]:
            return nodes
        return {key: isolated(value) for key, value in nodes.items()}
    if not isinstance(nodes, list):
        return nodes
    found: list[Any] = []
    line: list[Any] = []  # what stands between breaks and separators

    def end_line() -> None:
        found.extend(_embedded(line) if _is_latin_line(line) else _isolated_words(line))
        line.clear()

    for node in nodes:
        if _ends_line(node):
            end_line()
            found.append(node)
        else:
            line.append(node)
    end_line()
    return found


def _ends_line(node: Any) -> bool:
    return isinstance(node, dict) and (node.get("t") == "LineBreak" or node.get("c") == "·")


def _is_latin_line(nodes: Sequence[Any]) -> bool:
    """Whether these are the words of a line in Latin letters alone, figures among them."""
    kinds = [node.get("t") if isinstance(node, dict) else "" for node in nodes]
    if not kinds or not set(kinds) <= {"Str", "Space"} or "Space" in (kinds[0], kinds[-1]):
        return False
    return reads_left_to_right("".join(node.get("c", "") for node in nodes))


def _embedded(line: Sequence[Node]) -> list[Node]:
    """A line from left to right; figures and stops at its ends need marks to stay there."""
    words = "".join(" " if node["t"] == "Space" else node["c"] for node in line)
    if words[0].isalpha() and words[-1].isalpha():
        return [_span(line)]
    return _left_to_right(words)


def _isolated_words(nodes: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    run: list[Any] = []

    def close_run() -> None:
        spaces = []
        while run and run[-1]["t"] == "Space":
            spaces.append(run.pop())
        found.extend([*([_span(run)] if run else []), *spaces])
        run.clear()

    for node in nodes:
        kind = node.get("t") if isinstance(node, dict) else None
        if (kind == "Str" and _is_latin(node["c"])) or (kind == "Space" and run):
            run.append(node)
        else:
            close_run()
            found.append(isolated(node))
    close_run()
    return found


def _is_latin(word: str) -> bool:
    return bool(_LATIN.search(word)) and reads_left_to_right(word)


def _span(inlines: Iterable[Node]) -> Node:
    return {"t": "Span", "c": [["", [], [["dir", "ltr"]]], list(inlines)]}


def _left_to_right(text: str) -> list[Node]:
    """A contact, kept in its order whatever stands beside it (UAX #9, 2.4)."""
    return [_span(inline_text(f"\u202a{text}\u202c\u200f"))]


def _lines(person: Signatory) -> tuple[str, ...]:
    return tuple(filter(None, (person.name, person.office, person.organization)))


def _image(picture: tuple[str, ScreenPicture], alt: str, widest: float, highest: float) -> Node:
    """A picture no larger than so many inches."""
    file, shown = picture
    width, height = shown.width / _INCH, shown.height / _INCH
    scale = min(1.0, widest / width, highest / height)
    size = [["width", f"{width * scale:.3f}in"], ["height", f"{height * scale:.3f}in"]]
    return {"t": "Image", "c": [["", [], size], list(inline_text(alt)), [file, ""]]}
