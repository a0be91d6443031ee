"""What in a text is no words: addresses that are typed bare, and marks.

Spaces that do not break, and those that French has.

After the Chicago Manual of Style 17 (6.121, 7.36), which its Q&A on word division explains
(chicagomanualofstyle.org/qanda/data/faq/topics/WordDivision/faq0008.html), the Lexique des règles
typographiques of the Imprimerie nationale, and DIN 5008.

Dashes, ellipses, apostrophes, and quotes that have no partner.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import cycle
from typing import Any, NamedTuple

from advocacy.resources import read_table

MARKS = "\U000f0000-\U000ffffd"
"""The marks of values, as a range of characters in a regular expression."""
CITES = "\U00100000-\U0010fffd"
"""The marks of citations, likewise."""
LINES = "\ue000-\uf8ff"
"""The marks of lines, likewise."""
_ADDRESS = re.compile(
    r"((?:https?://|www\.)[^\s<>]+|(?<![\w.+-])[\w+-][\w.+'-]*@[\w-]+(?:\.[\w-]+)+)"
)


def outside_addresses(text: str, change: Callable[[str], str]) -> str:
    """The text after a change to all but the addresses in it."""
    if "@" not in text and "://" not in text and "www." not in text:
        return change(text)
    parts = _ADDRESS.split(text)
    # After an address text goes on as after a word.
    parts[::2] = [
        change(part) if i == 0 else change("x" + part)[1:] for i, part in enumerate(parts[::2])
    ]
    return "".join(parts)


NBSP = "\u00a0"
NARROW = "\u202f"  # the French “espace fine insécable”


class Quotes(NamedTuple):
    """A language's marks around a quotation, and around one inside it."""

    opening: str
    closing: str
    inner_opening: str
    inner_closing: str


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, Any]]:
    return read_table("templating/typography/typography.toml")


@lru_cache(maxsize=64)
def quotes(language: str) -> Quotes:
    """The quotation marks of a language (`fr-CA` falls back to `fr`, others to English)."""
    known, tag = _data()["quotes"], language
    while tag:
        if tag in known:
            return Quotes(*known[tag])
        tag = tag.rpartition("-")[0]
    return Quotes(*known["en"])


THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
"""The space between the groups of a number's digits."""
_INITIAL = re.compile(r"(?<![\w’'])((?:[A-ZÀ-ÖØ-Þ]\.)+) (?=[A-ZÀ-ÖØ-Þ])")
_DASH_SPACE = re.compile(r"(?<=\S) (?=[–—](?:\s|$))")
_GERMAN_ABBREVIATION = re.compile(r"\b(z|d|u|i|o|s)\. ?(?=(?:B|h|a|d|R|E|Ä|U|o|u|A)\.)")
ABBREVIATION = re.compile(r"\b([^\W\d_]{1,2})\. (?=(?:[^\W\d_]{1,2}|Bd|Br|Chr|Hd|Std)\.)")
"""An abbreviation of two words, as in `e. V.`, `p. ej.` and `n. Chr.`, up to the space in it."""
_FRENCH_PERCENT = re.compile(r"(?<=\d)(?=[%‰])")
_FRENCH_TIGHT = re.compile(
    f"(?<=[\\w%)\\]»”’…{MARKS}{CITES}{LINES}])[ {NBSP}{NARROW}]?(?=[;!?]+(?:[^\\w;!?]|$))"
)
_FRENCH_SPACED = re.compile(f"[ {NBSP}{NARROW}](?=[;!?])")
_FRENCH_COLON = re.compile(
    f"(?<=[\\w%)\\]»”’…{MARKS}{CITES}{LINES}])[ {NBSP}{NARROW}]?(?=:(?:\\s|$))"
)
_FRENCH_OPEN = re.compile(f"«[ {NBSP}{NARROW}]?")
_FRENCH_CLOSE = re.compile(f"[ {NBSP}{NARROW}]?»")
_FRENCH_NAMES = re.compile(rf"\b(Mme|Mmes|Mlle|Mlles|Me|MM?\.) (?=[A-ZÀ-ÖØ-Þ{MARKS}])")
_GERMAN_NAMES = re.compile(rf"\b(Herrn?|Frau) (?=[A-ZÄÖÜ{MARKS}])")


@lru_cache(maxsize=1)
def _words_before_and_after() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The spaces after a title, after the name of what is counted, and before a unit."""
    lists = {kind: "|".join(words.split()) for kind, words in _data()["words"].items()}
    return (
        re.compile(rf"\b({lists['titles']})\. (?=[^\W\d_]|[{MARKS}])"),
        re.compile(rf"(?:\b({lists['counted']})\.|(§§?|¶¶?|№|n°|Nº|nº)) (?=[\dIVXLC{MARKS}])"),
        re.compile(rf"(?<=\d) (?=(?:{lists['units']})(?![\w])|[%‰€$£¥°])"),
    )


@lru_cache(maxsize=64)
def _days_and_months(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    from babel import Locale, UnknownLocaleError

    try:
        months = Locale.parse(language, sep="-").months["format"]["wide"].values()
    except (UnknownLocaleError, ValueError):
        months = ()
    names = "|".join(re.escape(name) for name in months if name[:1].isalpha()) or r"(?!)"
    return (
        re.compile(rf"(?<!\d)(\d{{1,2}}(?:\.|er|º|th|st|nd|rd)?) (?=(?:de )?(?:{names})\b)"),
        re.compile(rf"\b({names}) (?=\d{{1,2}}(?!\d))"),
    )


def spaces(text: str, language: str) -> str:
    """Text in which what belongs together stays on one line, and French has its spaces."""
    if " " not in text and not language.startswith("fr"):
        return text
    return outside_addresses(text, lambda part: _spaces(part, language))


def _spaces(text: str, language: str) -> str:
    dotted_title, counted_thing, unit = _words_before_and_after()
    text = _DASH_SPACE.sub(NBSP, text)
    text = dotted_title.sub(rf"\1.{NBSP}", text)
    text = ABBREVIATION.sub(rf"\1.{NBSP}", _INITIAL.sub(rf"\1{NBSP}", text))
    if any(sign in text for sign in ".§¶№°º"):
        text = counted_thing.sub(lambda m: f"{m[1]}.{NBSP}" if m[1] else f"{m[2]}{NBSP}", text)
    if any(sign.isdigit() for sign in text):
        text = THOUSANDS.sub(NARROW if language.startswith("fr") else NBSP, text)
        text = unit.sub(NBSP, text)
        day_month, month_day = _days_and_months(language)
        text = day_month.sub(rf"\1{NBSP}", text)
        if language.startswith("en"):
            text = month_day.sub(rf"\1{NBSP}", text)
    if language.startswith("de"):
        text = _GERMAN_NAMES.sub(rf"\1{NBSP}", _GERMAN_ABBREVIATION.sub(rf"\1.{NBSP}", text))
    return _french(text, language) if language.startswith("fr") else text


def _french(text: str, language: str) -> str:
    """French spaces: before `%` and double signs (Lexique), but in Canada before `:` and `%`."""
    text = _FRENCH_PERCENT.sub(NBSP, _FRENCH_NAMES.sub(rf"\1{NBSP}", text))
    text = _FRENCH_COLON.sub(NBSP, text)
    text = _FRENCH_SPACED.sub("", text) if language == "fr-CA" else _FRENCH_TIGHT.sub(NARROW, text)
    if language == "fr-CH":
        return text
    return _FRENCH_CLOSE.sub(f"{NARROW}»", _FRENCH_OPEN.sub(f"«{NARROW}", text))


APOSTROPHE = "’"
NOT_AMERICAN = frozenset(("GB", "IE", "AU", "NZ", "ZA", "IN"))
"""Countries whose English has British customs."""

_ELLIPSIS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_SPACED_ELLIPSIS = re.compile(r"\. \. \.")
_EM_DASH = re.compile(r"(?<!-)---(?!-)")
_EN_DASH = re.compile(r"(?<!-)--(?!-)")
_SPACED_DASH = re.compile(r"(?<=[^\s-]) ---? (?=[^\s-])")
_STUCK_DASH = re.compile(r"(?<=[\s(])--(?=\w)|(?<=[^\s\d-])--(?=[\s.,;:)])")
_YEARS = re.compile(r"(?<!\w)'(?=\d\ds?\b)")
_CLIPPED = re.compile(r"(?<!\w)'(n)'(?!\w)|(?<!\w)'(?=(?:tis|twas|til|em)\b)", re.IGNORECASE)
_FEET_AND_INCHES = re.compile(r"(?<![\w'])(\d+)'( ?\d{1,2}(?:[.,]\d+)?[½¼¾]?)\"(?!\w)")
_SIGNED = re.compile(r"(?<![^\s(])(?=[-−–+]\d)")
_LEFT_TO_RIGHT = "\u200e"
_FROM_RIGHT_TO_LEFT = ("ar", "fa", "he", "ps", "ur")
_SPACE_BEFORE_CITE = re.compile(f"[ {NBSP}{NARROW}]+(?=[{CITES}])")


def dashes(text: str, language: str) -> str:
    """Text with `--`, `---` and `...` made signs, and apostrophes that look like quotes set.

    Comes before the quotes are paired. A citation sticks to what is before it.
    """

    def change(part: str) -> str:
        part = signed(_SPACE_BEFORE_CITE.sub("", part), language)
        if "." in part:
            part = _SPACED_ELLIPSIS.sub(f".{NBSP}.{NBSP}.", _ELLIPSIS.sub("…", part))
        if "--" in part:
            part = _EN_DASH.sub("–", _EM_DASH.sub("—", _break_dashes(part, language)))
        if "'" in part:
            part = _FEET_AND_INCHES.sub(r"\1′\2″", part)
            part = _YEARS.sub(APOSTROPHE, part)
            if language.startswith("en"):
                part = _CLIPPED.sub(
                    lambda found: f"{APOSTROPHE}{found[1]}{APOSTROPHE}" if found[1] else APOSTROPHE,
                    part,
                )
        return part

    return outside_addresses(text, change)


def signed(text: str, language: str) -> str:
    """Text from right to left with each sign on the left of its number (CLDR, `minusSign`)."""
    if not language.startswith(_FROM_RIGHT_TO_LEFT):
        return text
    return _SIGNED.sub(_LEFT_TO_RIGHT, text)


def _break_dashes(text: str, language: str) -> str:
    """Text with each `--` between two spaces made a dash as the language sets it.

    American English has an em dash without spaces (Chicago Manual of Style 17, 6.85), Spanish a
    raya that sticks to what it encloses (RAE, Ortografía, “raya”). British English (New Hart's
    Rules, 4.11), German (Duden, “Gedankenstrich”), French and others have one with spaces.
    """
    tag = language.split("-")
    if tag[0] == "en" and not NOT_AMERICAN.intersection(tag):
        return _SPACED_DASH.sub("—", text)
    if tag[0] == "es":
        opens = cycle((True, False))
        text = _SPACED_DASH.sub(lambda _: " —" if next(opens) else "— ", text)
        return _STUCK_DASH.sub("—", text)
    return text


# --- Hebrew ----------------------------------------------------------------------------------

_HEBREW_MARK = re.compile(r"(?<=[\u05d0-\u05ea])['’\"”“]|[\"“”](?=[\u05d0-\u05ea])")
_HEBREW_WORD = re.compile(r"[\u05d0-\u05ea]+")
_PREFIXES = frozenset("ושהכלבמ")
"""What stands before a word without a space: `ב"גן האם"` is a quotation after “in”."""
_SINGLE_QUOTATION = re.compile(r"(?<![\w'’])['‘]([^'‘’\n]+)['’](?!\w)")


def hebrew_marks(text: str) -> str:
    """Text whose marks in Hebrew words are gershayim and geresh; it is as long as before.

    Gershayim stand before the last letter of an abbreviation, or before an ending (Academy of the
    Hebrew Language, rules of punctuation, “gershayim”). A mark after prefixes alone begins a
    quotation where one ends after it.
    """
    if not _HEBREW_MARK.search(text):
        return text
    quoted = {found.end(1) for found in _SINGLE_QUOTATION.finditer(text)}
    changed = list(text)
    for found in _HEBREW_MARK.finditer(text):
        at = found.start()
        before = re.search(r"[\u05d0-\u05ea]*$", text[max(0, at - 40) : at])
        after = _HEBREW_WORD.match(text, at + 1)
        if not before or not before[0]:
            continue
        if found[0] in "'’":
            if at not in quoted:
                changed[at] = "׳"
        elif after and not _begins_quotation(before[0], after[0], text, at):
            changed[at] = "״"
    return "".join(changed)


def _begins_quotation(before: str, after: str, text: str, at: int) -> bool:
    if len(after) == 1 or not _PREFIXES.issuperset(before):
        return False
    end = re.compile(r"[\"”“](?![\u05d0-\u05ea])").search(text, at + 1)
    start = re.compile(r"(?<![^\s(\[])[\"”“„]").search(text, at + 1)
    return end is not None and (start is None or end.start() < start.start())


# --- quotes that have no partner -------------------------------------------------------------

_LONE = re.compile('(^|[\\s(\\[{–—])?"', re.MULTILINE)


def lone_quotes(text: str, language: str) -> str:
    """Text whose straight quotes have no partner in their paragraph: the one that fits there."""
    if "'" in text:
        text = text.replace("'", APOSTROPHE)
    if '"' not in text:
        return text
    marks = quotes(language)

    def fitting(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1] + marks.opening
        before = text[found.start() - 1] if found.start() else ""
        return '"' if before.isdigit() else marks.closing  # 6" are inches

    return _LONE.sub(fitting, text)
