"""Words in quotation marks that nobody said: the title of a work, or the sender’s own motto."""

import re
from collections.abc import Iterable

from advocacy.checks.language import Language
from advocacy.checks.quotations.verbatim import normalize_text

LONGEST_TITLE = 14
"""The maximum number of words of a title."""
LONGEST_MOTTO = 8
"""The maximum number of words of a motto."""
# What stands before a title: a word for a work, or for reading or seeing one.
_WORKS = (
    r"(?:read|reading|watched|entitled|titled|called|named|books?|novels?|films?|movie|songs?|plays?|poem"
    r"|stud(?:y|ies)|reports?|articles?|essay|exhibition|brochure|lasen|lesen|lese|las|gelesen|sahen|heißt"
    r"|betitelt|Titel|Bücher|Buch|Roman|Film|Lied|Stück|Gedicht|Studie|Bericht|Artikel|Aufsatz|Ausstellung"
    r"|lu|lisons|lisez|intitulée?|livre|roman|film|chanson|pièce|poème|étude|rapport|article|exposition"
    r"|leímos|leído|titulad[oa]|libro|novela|película|canción|obra|poema|estudio|informe|artículo|exposición)"
)
_BEFORE = re.compile(rf"\b{_WORKS}\s*[,:]?\s*[\"'“„«»‘‚]*\s*$")
_AFTER = re.compile(
    r"^[\"'”“»«’‘\s]*(?:(?:zusammen|gemeinsam|zuletzt|ensemble|juntos)\s+)?"
    r"(?:gelesen|gesehen|gehört|lesen|heißt)\b"
)
_MOTTO = re.compile(
    r"\b(?:our\s+(?:motto|slogan)|under\s+the\s+(?:motto|slogan)|unser\w*\s+(?:Motto|Leitspruch)"
    r"|unter\s+dem\s+Motto|(?:notre|sous\s+l[ea])\s+(?:slogan|devise)|(?:nuestro|con\s+el|bajo\s+el)\s+lema)"
    r"(?:\s+(?:is|was|ist|war|lautet|est|es))?\s*[,:]?\s*[\"'“„«»‘‚]*\s*$",
    re.IGNORECASE,
)


def is_title_or_motto(
    words: str, sentence: str, titles: Iterable[str], language: Language | None
) -> bool:
    """Whether quoted words name a work or are a motto, by themselves and the words before them."""
    bare = words.strip(" .,;:!?…")
    count = len(bare.split())
    lead, _, rest = sentence.partition(words)
    if count <= LONGEST_MOTTO and _MOTTO.search(lead):
        return True
    if count > LONGEST_TITLE or re.search(r"[.!?…]\s", bare) or not bare[:1].isupper():
        return False
    said = normalize_text(bare)
    if any(said == normalize_text(title).strip(" .,;:!?") for title in titles):
        return True
    if language is None or language.finds("says", re.split(r"[.;]\s", lead)[-1]):
        return False
    if language.code == "en" and _is_capitalized(bare):
        return True
    beside = _BEFORE.search(lead) or _AFTER.match(rest)
    return beside is not None and language.finds("predicates", bare) is None


def _is_capitalized(words: str) -> bool:
    """Whether English words are written as titles are: “The Old Man and the Sea”."""
    long = [word for word in re.findall(r"[^\W\d_][\w'’-]*", words) if len(word) > 3]
    capitals = re.findall(r"\b[A-Z]\w+", words)
    return len(capitals) > 2 and all(word[0].isupper() for word in long)
