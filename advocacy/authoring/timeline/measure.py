"""How wide a text is in a sans-serif face, near enough to wrap it and to keep labels apart."""

import unicodedata

_NARROW, _THIN, _WIDE = "iljI.,:;'’‘|!", 'ftr()[]/- "“”·', "mwMW@%—…"


def width_of(text: str, size: float) -> float:
    """The width in pixels, a little on the safe side for Arial, Helvetica and their like."""
    return sum(_ems(char) for char in text) * size


def _ems(char: str) -> float:
    if char in _NARROW:
        return 0.27
    if char in _THIN:
        return 0.36
    if char in _WIDE:
        return 0.9
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1.0
    return 0.7 if char.isupper() else 0.575


def wrapped(text: str, size: float, width: float, lines: int) -> list[str]:
    """A text in at most so many lines of at most that width; … stands for what is left out."""
    rows: list[str] = [""]
    words = text.split()
    for number, word in enumerate(words):
        candidate = f"{rows[-1]} {word}".strip()
        if width_of(candidate, size) <= width or not rows[-1]:
            rows[-1] = candidate
        elif len(rows) < lines:
            rows.append(word)
        else:
            rows[-1] = _with_dots(" ".join([rows[-1], *words[number:]]), size, width)
            break
    return [_with_dots(row, size, width) for row in rows if row]


def _with_dots(text: str, size: float, width: float) -> str:
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,.;:–-')}…"
