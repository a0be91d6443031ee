"""Tables of a letter's text: short cells stay on one line, long rows are divided between pages.

WeasyPrint gives columns widths in proportion to their longest lines (CSS Tables 3, “distributing
excess width”): beside a column of sentences, a column of short words would have one word on each
line. Here such a column is as wide as its words, and the long ones are narrower.

It also divides a row even where a cell has no line on the first page. Here the whole row goes to
the next page then.
"""

from typing import Any

from advocacy.documents.svg_gradients import weasyprint

__all__ = ["lay_out_columns", "lay_out_container"]

_auto_table_layout = weasyprint.layout.table.auto_table_layout
_block_container_layout = weasyprint.layout.block.block_container_layout
_SHORT = 0.3
"""The part of a table's width up to which a column's lines are short."""
_AT_LEAST = 0.25
"""The part of a table's width that a column with longer lines keeps."""


def lay_out_columns(context: Any, box: Any, containing_block: Any) -> None:
    """Find the widths of a table's columns as WeasyPrint does, and widen those of short lines."""
    _auto_table_layout(context, box, containing_block)
    table = box.get_wrapped_table()
    widths = list(table.column_widths)
    if not is_data(table):
        return
    sizes = weasyprint.layout.table.table_and_columns_preferred_widths(context, box, outer=False)
    table.column_widths = widen_short(widths, sizes[2], sizes[3])


def is_data(table: Any) -> bool:
    """Whether a box is a table of the letter's text."""
    return table.element is not None and "data" in (table.element.get("class") or "").split()


def widen_short(widths: list[float], narrowest: list[float], widest: list[float]) -> list[float]:
    """Widths of columns in which each that has short lines alone has room for them.

    `narrowest` has the widths of the longest words, `widest` those of the longest lines. The sum
    stays the same; what is given to a column comes from those with longer lines.
    """
    whole = sum(widths)
    short = [i for i, width in enumerate(widest) if width <= _SHORT * whole]
    spare = [
        0.0 if i in short else max(0.0, width - max(narrowest[i], _AT_LEAST * whole))
        for i, width in enumerate(widths)
    ]
    result = list(widths)
    left = sum(spare)
    for i in sorted(short, key=lambda i: widest[i]):
        wanted = widest[i] - widths[i]
        if 0 < wanted <= left:
            result[i] += wanted
            left -= wanted
    if given := sum(spare) - left:
        result = [width - given * spare[i] / sum(spare) for i, width in enumerate(result)]
    return result


def lay_out_container(context: Any, box: Any, *rest: Any, **named: Any) -> Any:
    """Lay out a block as WeasyPrint does; a cell without a line on this page keeps its row whole.

    WeasyPrint asks whether each cell may be divided after it has laid out the whole row.
    """
    result = _block_container_layout(context, box, *rest, **named)
    if type(box).__name__ == "TableCellBox" and not named.get("page_is_empty"):
        written = box.__dict__.setdefault("written_break", box.style["break_inside"])
        box.style["break_inside"] = "avoid" if result[0] is None else written
    return result
