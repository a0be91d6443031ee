"""What a cell holds: a text, a number, a day, an error; and how its style shows a number."""

import datetime as dt
from dataclasses import dataclass, field

DATE = 255
_LAST_DAY = 2_958_466  # after 9999-12-31


@dataclass(frozen=True, slots=True)
class FormulaError:
    """What a formula with an error shows, such as #N/A; nothing where no value is stored."""

    shown: str

    def __str__(self) -> str:
        return self.shown


Value = str | bool | int | float | dt.date | dt.time | FormulaError


@dataclass(slots=True)
class SheetRow:
    """A row by its number, from 1: the values by their columns, from 0, and whether it is hidden.

    Cells that are merged over several rows have their value in each of them.
    """

    number: int
    hidden: bool = False
    cells: dict[int, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Styles:
    """How numbers are shown, by a byte for each style, and whether days count from 1904.

    The byte is DATE for a day or a time, a number of digits for one with zeros before it
    (`00000`, as postal codes have), and 0 for any other.
    """

    shown: bytes
    since_1904: bool

    def value(self, number: float, style: str) -> Value:
        """A number, or the text, the day or the time that a cell shows of it."""
        index = int(style) if style.isdecimal() and len(style) < 7 else 0
        shown = self.shown[index] if index < len(self.shown) else 0
        if shown != DATE or not 0 <= number < _LAST_DAY:
            whole = number.is_integer() and abs(number) < 1e15
            if whole and number >= 0 and shown not in (0, DATE):
                return str(int(number)).zfill(shown)
            return int(number) if whole else number
        days, seconds = divmod(round(number * 86_400), 86_400)
        time = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        if days == 0:
            return time
        if self.since_1904:
            first = dt.date(1904, 1, 1)
        else:  # Lotus 1-2-3, and so Excel, take 1900 for a leap year
            first = dt.date(1899, 12, 30 if days > 59 else 31)
        day = min(first.toordinal() + days, dt.date.max.toordinal())
        return _moment_of(dt.date.fromordinal(day), time)


def moment_in(text: str) -> Value:
    """A day or a time in ISO 8601, as strict workbooks have it."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return _moment_of(moment.date(), moment.time())


def _moment_of(day: dt.date, time: dt.time) -> Value:
    return dt.datetime.combine(day, time) if time != dt.time() else day


def column_of(letters: str) -> int:
    """The number of a column from its letters: 0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of(column: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
