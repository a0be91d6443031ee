"""How people's names are written, and how a letter greets them.

Names are put together from their parts, without guessing. What a list does not say (gender,
which word is the family name) no letter says.
"""

import re

from advocacy.campaign.languages import primary_language
from advocacy.resources import read_table

# Scripts whose names stand without a space, the family's name first: kana, Han, Hangul.
CJK = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
# CLDR 47, personNames, nameOrderLocales "surnameFirst".
FAMILY_FIRST = frozenset({"hu", "ja", "km", "ko", "mn", "vi", "yue", "zh"})

_TABLE = read_table("campaign/recipients/personal_names.toml")


def _words(table: str) -> frozenset[str]:
    return frozenset(word for words in _TABLE[table].values() for word in words.split())


_BEFORE_FAMILY, _BEFORE_GIVEN = _words("before_family_name"), _words("before_given_name")
_GENERATIONS, _POST_NOMINALS = _words("generations"), _words("post_nominals")
_OF_DEGREES, _PARTICLES = _words("of_degrees"), _words("particles")
_FAMILY_FIRST_NAMES = _words("family_first")
_INSTEAD: dict[str, str] = _TABLE["instead"]


def full_name(
    given: str | None, family: str | None, suffix: str | None, language: str | None
) -> str:
    """A name put together of its parts; any may be missing, as for people of one name.

    The family's name comes first where the script says so, or the person's language.
    """
    parts = [part for part in (given, family) if part]
    if len(parts) == 2:
        east_asian = all(CJK.search(part) for part in parts)
        if east_asian or primary_language(language or "") in FAMILY_FIRST:
            parts.reverse()
        name = ("" if east_asian else " ").join(parts)
    else:
        name = "".join(parts)
    for part in _suffixes(suffix) if name else ():
        # “Jr.” and “III” belong to the name; degrees and orders are set off by a comma.
        name = f"{name} {part}" if _is_generation(part) else f"{name}, {part}"
    return name


def is_honorific(word: str) -> bool:
    """Whether a word is an honorific that stands before a name: `Ms.`, `Senator`."""
    return _plain(word) in _BEFORE_FAMILY | _BEFORE_GIVEN


def without_honorifics(name: str) -> tuple[list[str], str]:
    """The honorifics and degrees before a whole name, and the name: `Dr. med.`, `Hans Groß`."""
    words = name.split(" ")
    count, has_degree = 0, False
    while count < len(words) - 1:
        word = words[count]
        degree = re.match(r"(?:prof|dr|pd|dipl)\b", word, re.IGNORECASE) is not None
        has_degree = has_degree or degree
        goes_on = has_degree and word.casefold().rstrip(".") in _OF_DEGREES
        if not (degree or goes_on or is_honorific(word)):
            break
        count += 1
    return words[:count], " ".join(words[count:])


def family_part(name: str) -> str:
    """The family name of a whole name without honorifics, particles included; else all of it.

    It is the last word, or begins with a particle: `von der Heide` of `Jörg von der Heide`. Of
    several given or family names, none is taken for the one or the other.
    """
    words = name.split(" ")
    if "," in name or CJK.search(name):
        return name
    for at, word in enumerate(words[:-1]):
        if word in _PARTICLES:
            return " ".join(words[at:])
    between = words[1:-1]
    initials = all(re.fullmatch(r"[^\W\d_]\.?", word) for word in between)
    if not initials or words[0].casefold() in _FAMILY_FIRST_NAMES:
        return name
    return words[-1]


def with_name(honorific: str | None, given: str | None, family: str | None) -> str | None:
    """`Dr. Weiss`, `Dame Ann`, where the honorific greets a person by that part of the name."""
    words = (honorific or "").split()
    if not words:
        return None
    shown = " ".join(_INSTEAD.get(word.casefold(), word) for word in words)
    known = [_plain(word) for word in shown.split()]
    if family and all(word in _BEFORE_FAMILY for word in known):
        return f"{shown} {family}"
    if given and len(known) == 1 and known[0] in _BEFORE_GIVEN:
        return f"{shown} {given}"
    return None


def greeted_name(name: str) -> str:
    """The name without post-nominals: `Jane Doe` for `Jane Doe, MP, KC`; `Jr.` stays."""
    first, *rest = name.split(",")
    while rest and _is_post_nominal(rest[-1]):
        rest.pop()
    found = ",".join((first, *rest))
    if "," in found:
        return found
    words = found.split(" ")
    # Without a comma only what is surely none of the name: two words of a name stay.
    while len(words) > 2 and words[-1].rstrip(".") in _POST_NOMINALS:
        words.pop()
    return " ".join(words)


def with_honorific(honorific: str | None, name: str) -> str:
    """The name as the envelope has it: `The Honorable Jane Doe`, `山田太郎 様`."""
    if not honorific or not name:
        return name
    if CJK.search(honorific):
        return f"{name} {honorific}"
    return f"{honorific} {name}"


def generation(suffix: str | None) -> str | None:
    """What of a suffix belongs to the name in a greeting, too: `Jr.` of `Jr., PhD`."""
    return " ".join(part for part in _suffixes(suffix) if _is_generation(part)) or None


def _suffixes(suffix: str | None) -> list[str]:
    parts = [part.strip() for part in (suffix or "").split(",")]
    return [part for part in parts if part]


def _is_generation(part: str) -> bool:
    return part.casefold().rstrip(".") in _GENERATIONS


def _is_post_nominal(part: str) -> bool:
    words = part.split()
    return bool(words) and all(
        word.rstrip(".") in _POST_NOMINALS or word.replace(".", "") in _POST_NOMINALS
        for word in words
    )


def _plain(word: str) -> str:
    folded = word.casefold()
    return folded.rstrip(".") if folded.rstrip(".") in _BEFORE_FAMILY | _BEFORE_GIVEN else folded
