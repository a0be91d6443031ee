"""Names of people: put together of their parts, without guessing."""

import re

# Scripts whose names stand without a space, the family's name first: kana, Han, Hangul.
CJK = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
# CLDR 47, personNames, nameOrderLocales "surnameFirst".
FAMILY_FIRST = frozenset({"hu", "ja", "km", "ko", "mn", "vi", "yue", "zh"})
_GENERATIONS = re.compile(r"(Jr|Sr)\.?|[IVX]+", re.IGNORECASE)

# Honorifics that stand before a family's name in a greeting. “The Honorable” and “Hon.” do not.
_GREETS = frozenset(
    "mr ms mrs miss mx dr prof professor rev reverend judge justice senator representative "
    "delegate governor mayor councilmember commissioner ambassador rabbi imam captain colonel "
    "general frau herr m mme mlle monsieur madame dr.in sr sra señor señora".split()
)


def full_name(
    given: str | None, family: str | None, suffix: str | None, language: str | None
) -> str:
    """A name put together of its parts; any may be missing, as for people of one name.

    The family's name comes first where the script says so, or the person's language.
    """
    parts = [part for part in (given, family) if part]
    if len(parts) == 2:
        east_asian = all(CJK.search(part) for part in parts)
        if east_asian or (language or "").split("-")[0] in FAMILY_FIRST:
            parts.reverse()
        name = ("" if east_asian else " ").join(parts)
    else:
        name = "".join(parts)
    if not suffix or not name:
        return name
    # “Jr.” and “III” belong to the name; degrees and orders are set off by a comma.
    return f"{name} {suffix}" if _GENERATIONS.fullmatch(suffix) else f"{name}, {suffix}"


def greeting(honorific: str | None, family: str | None) -> str | None:
    """`Dr. Weiss`, where the honorific is one that greets a person by the family's name."""
    if not honorific or not family:
        return None
    words = honorific.casefold().split()
    known = all(word.rstrip(".") in _GREETS or word in _GREETS for word in words)
    return f"{honorific} {family}" if known else None


def with_honorific(honorific: str | None, name: str) -> str:
    """The name as the envelope has it: `The Honorable Jane Doe`, `山田太郎 様`."""
    if not honorific or not name:
        return name
    if CJK.search(honorific):
        return f"{name} {honorific}"
    return f"{honorific} {name}"
