"""A table as plain text: in columns where they fit, else row by row.

Its cells are filled with a letter's values before it is laid out. Until then it is one text in
which control characters, which nobody can type, stand between the cells and the rows.
"""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from advocacy.files.characters import column_width

_CELL, _ROW = "\x1f", "\x1e"
_BETWEEN = "  "  # between two columns


class TableCells:
    """A table that is being read, token by token."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._aligned: list[str] = []

    @property
    def aligned(self) -> tuple[str, ...]:
        """How each column is aligned: `left`, `right` or `center`."""
        return tuple(self._aligned)

    def read(self, token: Token, text: str) -> None:
        """Take a token between those that open and close the table, and its text."""
        if token.type == "tr_open":
            self._rows.append([])
        elif token.type in ("th_open", "td_open") and len(self._rows) == 1:
            self._aligned.append(str(token.attrGet("style") or "").partition(":")[2] or "left")
        elif token.type == "inline":
            self._rows[-1].append(text)

    def text(self) -> str:
        """The whole table as one text."""
        return _ROW.join(_CELL.join(row) for row in self._rows)


def _rows(text: str) -> list[list[str]]:
    return [[" ".join(cell.split()) for cell in row.split(_CELL)] for row in text.split(_ROW)]


def table_lines(text: str, aligned: Sequence[str], width: int) -> list[str]:
    """A table in columns with a rule below its headers; no lines where that is too wide."""
    rows = _rows(text)
    widths = [max(column_width(row[i]) for row in rows) for i in range(len(aligned))]
    if sum(widths) + len(_BETWEEN) * (len(widths) - 1) > width:
        return []
    lines = [_BETWEEN.join(map(_set, row, widths, aligned)).rstrip() for row in rows]
    rule = _BETWEEN.join("-" * max(size, 1) for size in widths)
    return [lines[0], rule, *lines[1:]]


def labelled_cells(text: str) -> Iterator[tuple[str, str]]:
    """The cells row by row, each with its header; between two rows an empty pair."""
    headers, *rows = _rows(text)
    for number, row in enumerate(rows):
        if number:
            yield "", ""
        for header, cell in zip(headers, row, strict=True):
            if cell:
                yield header, cell


def _set(cell: str, width: int, how: str) -> str:
    room = width - column_width(cell)
    before = {"right": room, "center": room // 2}.get(how, 0)
    return " " * before + cell + " " * (room - before)
