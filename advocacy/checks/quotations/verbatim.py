"""Whether a quotation is verbatim in a text, as an editor would take it.

Other quotation marks and dashes, words left out at an ellipsis, and changes in brackets pass.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

_SAME = str.maketrans(
    {
        **dict.fromkeys('“”„‟«»″‘’‚‛‹›′`´״׳"', "'"),
        **dict.fromkeys("–—―‒−", " - "),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\x02\ufffe"),
    }
)
_ELLIPSIS = re.compile(r"\[\s*\.(?:\s?\.){2,3}\s*\]|\.(?:\s?\.){2,3}")
# Brackets inside a word, and those that stand for words of their own.
_IN_WORD = re.compile(r"(?P<before>\w?)\[(?P<inside>[^\]]*)\](?P<after>\w?)")
_CHANGE = re.compile(r"(…|(?<!\w)\[[^\]]*\](?!\w)|(?<!\w)\[[^\]]{2,}\])")
_NOT = re.compile(r"\b(?:not|never|no|none|nor|neither|without|nicht|kein\w*|ne|pas|jamais|nunca)\b"
                  r"|n't\b|n’t\b", re.IGNORECASE)  # fmt: skip
FEW = 3
"""The number of omitted words that count as part of the quoted clause."""
GAP = 4000
"""The maximum number of characters that an ellipsis can omit."""
LONGEST_PART = 5000
"""The maximum number of characters in a part of a quotation."""
REPLACED = 80
"""The maximum number of characters that an editor's words can replace."""
MOST = 2000
"""The maximum number of places of a part that are examined."""


def normalize_text(text: str) -> str:
    """Give a text one kind of quotation mark, dash and space, so that it can be compared.

    A dash between words stands between spaces, whatever the house style.
    """
    text = unicodedata.normalize("NFKC", text).translate(_SAME)
    text = re.sub(r"''", "'", text)
    text = re.sub(r"--+", " - ", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Part:
    """Words that must stand in the text, after at most so many characters of others."""

    pattern: re.Pattern[str]
    gap: int
    changed: bool = False


@lru_cache(maxsize=4096)
def parts_of(quotation: str) -> tuple[Part, ...]:
    """The parts of a quotation between its ellipses and an editor's words.

    The first letter of the first part may be a capital or a small one, as the sentence around it
    wants (Chicago Manual of Style, on changing capitals to suit syntax). Inside a part, `[W]e`
    and `[s]es` stand for another first letter and `sell[s]` for another ending; `[sic]` stands for
    nothing. A comma, semicolon or full stop at the end may be the quoting text's own.
    """
    text = _ELLIPSIS.sub("…", normalize_text(re.sub(r"\s*\[sic\]", "", quotation)))
    text = text.strip(" '-…").rstrip(",;. '-…")
    parts: list[Part] = []
    gap, changed = GAP, False
    for piece in _CHANGE.split(text):
        if piece == "…":
            gap, changed = GAP, False
        elif _CHANGE.fullmatch(piece):
            gap, changed = REPLACED, True
        elif words := piece.strip(" '-"):
            parts.append(Part(_pattern_of(words, first=not parts), gap, changed))
    return tuple(parts)


def _pattern_of(words: str, *, first: bool = False) -> re.Pattern[str]:
    """A pattern for words; the `first` letter of a quotation may be a capital or a small one."""
    made, last = "", 0
    if first and words[0].isalpha():
        made, last = f"(?i:{re.escape(words[0])})", 1
    for bracket in _IN_WORD.finditer(words):
        made += re.escape(words[last : bracket.start()])
        before, inside, after = bracket["before"], bracket["inside"], bracket["after"]
        if before:
            made += rf"{re.escape(before)}\w*"
        elif len(inside) == 1 and inside.islower() and after:
            made += r"\w"  # [s]es for mes, [h]is for this
        else:
            made += f"(?i:{re.escape(inside)})"
        made += re.escape(after)
        last = bracket.end()
    made += re.escape(words[last:])
    begins = r"(?<!\w)" if words[0].isalnum() or words[0] == "[" else ""
    ends = r"(?!\w)" if words[-1].isalnum() or words[-1] == "]" else ""
    begins += r"(?<!\d[.,])" if words[0].isdigit() else ""  # 34 is not in 0.34, nor in 34.7
    ends += r"(?![.,]\d)" if words[-1].isdigit() else ""
    return re.compile(begins + made + ends)


def is_verbatim(quotation: str, text: str) -> bool:
    """Tell whether a quotation is verbatim in a text that `normalize_text` made.

    Where its parts stand closest together counts, and no luckier place. It is not verbatim where
    what is left out or changed there has a “not”: that would turn the words around.
    """
    parts = parts_of(quotation)
    if not parts:
        return True
    best: int | None = None
    honest = False
    negated = bool(_NOT.search(quotation))
    for spans in alignments(parts, text):
        size = spans[-1][1] - spans[0][0]
        if best is not None and size > best:
            continue
        if best is None or size < best:
            best, honest = size, False
        honest = honest or negated or not any(map(_NOT.search, _taken(parts, spans, text)))
    return honest


def alignments(parts: Sequence["Part"], text: str) -> Iterator[list[tuple[int, int]]]:
    """Every place where the parts of a quotation stand in a text, each part as early as it can."""
    at = 0
    for part in parts:  # however far apart: where this fails, all fails
        found = part.pattern.search(text, at)
        if found is None:
            return
        at = found.end()
    for first in _starts(parts, text):
        spans = [first.span()]
        for part in parts[1:]:
            at = spans[-1][1]
            found = part.pattern.search(text, at, at + part.gap + LONGEST_PART)
            if found is None or found.start() - at > part.gap:
                break
            spans.append(found.span())
        else:
            yield spans


def _starts(parts: Sequence["Part"], text: str) -> Iterator[re.Match[str]]:
    """Where the first part stands, as far as the rarest part is near enough."""
    rarest = min(
        ([m.start() for m in islice(part.pattern.finditer(text), MOST)] for part in parts), key=len
    )
    reach = len(parts) * (GAP + LONGEST_PART)
    done = 0
    for hit in rarest:
        begin = max(done, hit - reach)
        for first in parts[0].pattern.finditer(text, begin):
            if first.start() > hit:
                break
            yield first
        done = hit + 1


def _taken(parts: Sequence["Part"], spans: Sequence[tuple[int, int]], text: str) -> Iterator[str]:
    """What was replaced or left out.

    Of what an ellipsis leaves out, only a few words belong to the clause that is quoted.
    """
    if parts[0].changed:
        yield " ".join(text[: spans[0][0]].split()[-FEW:])
    for part, (_, last), (first, _) in zip(parts[1:], spans, spans[1:], strict=False):
        left_out = text[last:first]
        if part.changed or len(left_out.split()) <= FEW:
            yield left_out
