"""The forms in which texts name an organization: whole, without its legal form, by initials."""

import re

_SUFFIX = re.compile(
    r"[,\s]+"
    + "(?:"
    + "|".join(
        r"""
        corporation corp\.? inc\.? incorporated company co\.? llc ltd\.? limited plc gmbh ag se
        s\.a\. sa nv bv group holdings?
        """.split()
    )
    + r")\.?$",
    re.IGNORECASE,
)
# First words of names that do not stand for the whole.
_GENERIC = frozenset(
    """
    national american international united federal general first new the department university
    ministry office state city bank european british royal public world global north south east
    west central institute association council committee union board
    """.split()
)


def short_forms(name: str) -> list[str]:
    """`Microsoft Corporation` and Microsoft; Amazon Web Services, AWS and Amazon."""
    forms = [name]
    bare = name
    while (shorter := _SUFFIX.sub("", bare)) != bare and shorter:
        bare = shorter
        forms.append(bare)
    words = bare.split()
    capitals = [word[0] for word in words if word[0].isupper()]
    if len(capitals) >= 3:
        forms.append("".join(capitals))
    if len(words) > 1 and words[0].casefold() not in _GENERIC and len(words[0]) > 2:
        forms.append(words[0])
    return list(dict.fromkeys(forms))
