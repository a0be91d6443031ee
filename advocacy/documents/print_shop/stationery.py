"""Sheets of labels and envelopes: where an address stands on each. Lengths are millimeters."""

from dataclasses import dataclass

from advocacy.resources import read_table


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a page, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """A sheet of labels: the first one, how many, and how far apart they begin."""

    name: str
    paper: tuple[float, float]
    columns: int
    rows: int
    first: Area
    across: float
    down: float

    @property
    def size(self) -> int:
        """The labels on a sheet."""
        return self.columns * self.rows

    def label(self, index: int) -> Area:
        """The label of that index, row by row."""
        row, column = divmod(index, self.columns)
        first = self.first
        return Area(
            first.left + column * self.across,
            first.top + row * self.down,
            first.width,
            first.height,
        )


@dataclass(frozen=True, slots=True)
class PaperEnvelope:
    """An envelope: where the address stands, and where the sender's."""

    name: str
    paper: tuple[float, float]
    address: Area
    sender: Area


_TABLE = read_table("documents/print_shop/stationery.toml")
SHEETS = {
    one["name"]: PaperSheet(
        **{**one, "paper": tuple(one["paper"]), "first": Area(*one["first"])},
    )
    for one in _TABLE["sheets"]
}
ENVELOPES = {
    one["name"]: PaperEnvelope(
        one["name"], tuple(one["paper"]), Area(*one["address"]), Area(*one["sender"])
    )
    for one in _TABLE["envelopes"]
}
