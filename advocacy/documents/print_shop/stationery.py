"""Sheets of labels and envelopes: where an address stands on each. Lengths are millimetres."""

from dataclasses import dataclass

INCH = 25.4
US_LETTER, A4 = (8.5 * INCH, 11 * INCH), (210.0, 297.0)


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


SHEETS = {
    sheet.name: sheet
    for sheet in (
        # The makers' figures, as gLabels' templates have them too.
        PaperSheet(
            "avery-5160",
            US_LETTER,
            3,
            10,
            Area(0.1875 * INCH, 0.5 * INCH, 2.625 * INCH, INCH),
            2.75 * INCH,
            INCH,
        ),
        PaperSheet("avery-l7160", A4, 3, 7, Area(7.2, 15.15, 63.5, 38.1), 66.04, 38.1),
    )
}
ENVELOPES = {
    envelope.name: envelope
    for envelope in (
        # USPS, Domestic Mail Manual, 202: read between 5/8 and 2 3/4 inches above the lower
        # edge; the lowest 5/8 inch are for the bar code.
        PaperEnvelope(
            "10",
            (9.5 * INCH, 4.125 * INCH),
            Area(4 * INCH, 1.5 * INCH, 5 * INCH, 1.95 * INCH),
            Area(0.4 * INCH, 0.375 * INCH, 3.3 * INCH, INCH),
        ),
        # DIN 680 and Deutsche Post: 40 mm free at the top, 15 mm at the right and at the bottom.
        PaperEnvelope("dl", (220.0, 110.0), Area(100, 45, 105, 48), Area(15, 12, 75, 26)),
        PaperEnvelope("c5", (229.0, 162.0), Area(105, 80, 109, 60), Area(15, 15, 85, 30)),
    )
}
