"""The quotation marks of each language (CLDR 47, delimiters)."""

from functools import lru_cache
from typing import NamedTuple

NBSP = "\u00a0"
NARROW = "\u202f"  # the French “espace fine insécable”


class Quotes(NamedTuple):
    """A language's marks around a quotation, and around one inside it."""

    opening: str
    closing: str
    inner_opening: str
    inner_closing: str


_ENGLISH = Quotes("“", "”", "‘", "’")
_GERMAN = Quotes("„", "“", "‚", "‘")
_FRENCH = Quotes(f"«{NARROW}", f"{NARROW}»", "“", "”")
_ANGLED = Quotes("«", "»", "“", "”")
_SWISS = Quotes("«", "»", "‹", "›")
_NORDIC = Quotes("”", "”", "’", "’")
_LOW_HIGH = Quotes("„", "”", "«", "»")
_CORNERS = Quotes("「", "」", "『", "』")
_NORWEGIAN = Quotes("«", "»", "‘", "’")
_EAST_SLAVIC = Quotes("«", "»", "„", "“")

_QUOTES = {
    "en": _ENGLISH, "fr": _FRENCH, "fr-CH": _SWISS, "de": _GERMAN, "de-CH": _SWISS,
    "de-LI": _SWISS, "es": _ANGLED, "it": _ANGLED, "it-CH": _SWISS, "pt": _ANGLED,
    "pt-BR": _ENGLISH, "ca": _ANGLED, "gl": _ANGLED, "nl": Quotes("‘", "’", "“", "”"),
    "pl": _LOW_HIGH, "ro": _LOW_HIGH, "hu": Quotes("„", "”", "»", "«"), "cs": _GERMAN,
    "sk": _GERMAN, "sl": _GERMAN, "is": _GERMAN, "lt": Quotes("„", "“", "„", "“"),
    "bg": Quotes("„", "“", "’", "’"), "hr": Quotes("„", "”", "‚", "’"),
    "et": Quotes("„", "“", "«", "»"), "lv": Quotes("“", "”", "„", "”"), "sv": _NORDIC,
    "fi": _NORDIC, "da": Quotes("“", "”", "‘", "’"), "nb": _NORWEGIAN, "nn": _NORWEGIAN,
    "no": _NORWEGIAN, "el": Quotes("«", "»", "“", "”"), "ru": _EAST_SLAVIC, "uk": _EAST_SLAVIC,
    "ja": _CORNERS, "zh-Hant": _CORNERS, "zh-TW": _CORNERS, "zh": _ENGLISH, "ko": _ENGLISH,
}  # fmt: skip


@lru_cache(maxsize=64)
def quotes(language: str) -> Quotes:
    """The quotation marks of a language (`fr-CA` falls back to `fr`, others to English)."""
    tag = language
    while tag:
        if tag in _QUOTES:
            return _QUOTES[tag]
        tag = tag.rpartition("-")[0]
    return _ENGLISH
