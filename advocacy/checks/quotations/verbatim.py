"""Check that quotations in a letter are verbatim quotes of the facts that it cites.

What counts as verbatim is what an editor would accept: other quotation marks and dashes, words
left out at an ellipsis, changes in brackets. For words that differ, the nearest passage is found.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest

from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.sentences import TextBlock, cited_facts, locate_words
from advocacy.errors import Place, Problem
from advocacy.letters.letter import CitedFact, Letter

_SAME = str.maketrans(
    {
        **dict.fromkeys('“”„‟«»″‘’‚‛‹›′`´"', "'"),
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
"""So many words left out belong to the clause that is quoted."""
GAP = 4000
"""An ellipsis leaves out so many characters at most."""
LONGEST_PART = 5000
"""So many characters a part of a quotation has at most."""
REPLACED = 80
"""An editor's words stand for so many characters at most."""
LONGEST = 400
"""So many words of a quotation are compared to find the nearest passage."""
WINDOWS = 40
"""So many stretches of a text are compared word by word to find the nearest passage."""
CLOSE_ENOUGH = 0.55
"""How much of a quotation a passage must share to be shown as the nearest."""


def normalize_text(text: str) -> str:
    """Give a text one kind of quotation mark, dash and space, so that it can be compared.

    A dash between words stands between spaces, whatever the house style.
    """
    text = unicodedata.normalize("NFKC", text).translate(_SAME)
    text = re.sub(r"''", "'", text)
    text = re.sub(r"--+", " - ", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Part:
    """Words that must stand in the text, after at most so many characters of others."""

    pattern: re.Pattern[str]
    gap: int
    changed: bool = False


@lru_cache(maxsize=4096)
def _parts(quotation: str) -> tuple[_Part, ...]:
    """The parts of a quotation between its ellipses and an editor's words.

    Inside a part, `[W]e` stands for another capital and `sell[s]` for another ending; `[sic]`
    stands for nothing. A comma, semicolon or full stop at the end may be the quoting text's own.
    """
    text = _ELLIPSIS.sub("…", normalize_text(re.sub(r"\s*\[sic\]", "", quotation)))
    text = text.strip(" '-…").rstrip(",;. '-…")
    parts: list[_Part] = []
    gap, changed = GAP, False
    for piece in _CHANGE.split(text):
        if piece == "…":
            gap, changed = GAP, False
        elif _CHANGE.fullmatch(piece):
            gap, changed = REPLACED, True
        elif words := piece.strip(" '-"):
            parts.append(_Part(_pattern_of(words), gap, changed))
    return tuple(parts)


def _pattern_of(words: str) -> re.Pattern[str]:
    made, last = "", 0
    for bracket in _IN_WORD.finditer(words):
        made += re.escape(words[last : bracket.start()])
        before, inside, after = bracket["before"], bracket["inside"], bracket["after"]
        made += rf"{re.escape(before)}\w*" if before else f"(?i:{re.escape(inside)})"
        made += re.escape(after)
        last = bracket.end()
    made += re.escape(words[last:])
    begins = r"(?<!\w)" if words[0].isalnum() or words[0] == "[" else ""
    ends = r"(?!\w)" if words[-1].isalnum() or words[-1] == "]" else ""
    return re.compile(begins + made + ends)


def is_verbatim(quotation: str, text: str) -> bool:
    """Tell whether a quotation is verbatim in a text that `normalize_text` made.

    It is not where an editor's change takes away a “not”: that would turn the words around.
    """
    parts = _parts(quotation)
    if not parts:
        return True
    at = 0
    for part in parts:  # however far apart: where this fails, all fails
        found = part.pattern.search(text, at)
        if found is None:
            return False
        at = found.end()
    negated = bool(_NOT.search(quotation))
    for first in parts[0].pattern.finditer(text):
        taken = _taken(first, parts[1:], text)
        if taken is None:
            continue
        if parts[0].changed:
            taken.append(" ".join(text[: first.start()].split()[-FEW:]))
        if negated or not any(_NOT.search(words) for words in taken):
            return True
    return False


def _taken(first: re.Match[str], rest: Sequence[_Part], text: str) -> list[str] | None:
    """What was replaced or left out, or None where a part is not there.

    Of what an ellipsis leaves out, only a few words belong to the clause that is quoted.
    """
    taken = []
    at = first.end()
    for part in rest:
        found = part.pattern.search(text, at, at + part.gap + LONGEST_PART)
        if found is None or found.start() - at > part.gap:
            return None
        left_out = text[at : found.start()]
        if part.changed or len(left_out.split()) <= FEW:
            taken.append(left_out)
        at = found.end()
    return taken


@dataclass(frozen=True, slots=True)
class NearestPassage:
    """The passage of a text that is most like a quotation, and how the two differ."""

    passage: str
    likeness: float
    differences: str


def find_nearest_passage(quotation: str, text: str) -> NearestPassage | None:
    """Find the nearest passage of a text that `normalize_text` made, or None."""
    wanted, words = normalize_text(quotation).split()[:LONGEST], text.split()
    if not wanted or not words:
        return None
    bare = [_bare(word) for word in wanted]
    begin, matcher = max(
        (
            (begin, SequenceMatcher(None, bare, [_bare(w) for w in words[begin:end]], False))
            for begin, end in _windows(bare, [_bare(word) for word in words])
        ),
        key=lambda window: _shared(window[1]),
    )
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
    passage = words[begin + first : begin + last]
    # The first and last words may be the changed ones: show as many as the quotation has there.
    passage = (
        words[max(0, begin + first - blocks[0].a) : begin + first]
        + passage
        + words[begin + last : begin + last + len(wanted) - blocks[-1].a - blocks[-1].size]
    )
    likeness = sum(block.size for block in blocks) / max(len(wanted), len(passage))
    if likeness < CLOSE_ENOUGH:
        return None
    return NearestPassage(" ".join(passage), likeness, _differences(wanted, passage))


def _shared(matcher: SequenceMatcher[str]) -> tuple[int, int]:
    """How much two runs of words share in order, long runs first among equals."""
    sizes = [block.size for block in matcher.get_matching_blocks()]
    return sum(sizes), max(sizes)


def _windows(wanted: list[str], words: list[str]) -> list[tuple[int, int]]:
    """The stretches of words, a little longer than wanted, that share most words with it."""
    size = min(len(words), len(wanted) + max(3, len(wanted) // 4))
    need = Counter(wanted)
    have: Counter[str] = Counter()
    shared, scores = 0, []
    for at, word in enumerate(words):
        have[word] += 1
        shared += word in need and have[word] <= need[word]
        if at >= size:
            old = words[at - size]
            shared -= old in need and have[old] <= need[old]
            have[old] -= 1
        scores.append((shared, -at))
    best = [-at for _, at in nlargest(WINDOWS, scores)]
    return [(max(0, at + 1 - size), min(len(words), at + 4)) for at in best]


def _bare(word: str) -> str:
    return word.strip(".,;:!?'()-").casefold() or word


def _differences(wanted: list[str], found: list[str], at_most: int = 4) -> str:
    """How two runs of words differ, in words: what stands instead of what."""
    changes = list(_changes(wanted, found))
    more = f", and {len(changes) - at_most} more" if len(changes) > at_most else ""
    return "; ".join(changes[:at_most]) + more


def _changes(wanted: list[str], found: list[str]) -> Iterator[str]:
    ends = [word.rstrip(".,;:'") for word in (*wanted[-1:], *found[-1:])]
    if len(ends) == 2 and ends[0] == ends[1]:  # a stop at the end may be anybody's
        wanted, found = [*wanted[:-1], ends[0]], [*found[:-1], ends[1]]
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        ours, theirs = " ".join(wanted[a:b]), " ".join(found[c:d])
        if tag == "replace":
            yield f"“{ours}” is “{theirs}” there"
        elif tag == "delete":
            yield f"“{ours}” is not there"
        elif tag == "insert":
            before = f" after “{wanted[a - 1]}”" if a else ""
            yield f"“{theirs}” is left out{before}"


SHORT = 3
"""Fewer words than this may be a term rather than somebody's words."""


def check_quotations(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report quotations of the body that no cited fact's quote has word for word."""
    for block in blocks:
        for words, number in _quotations(block):
            cited = cited_facts(letter, block.sentences[number : number + 2])
            if any(_quoted_in(words, one) for one in (*cited, *letter.facts)):
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            place = locate_words(sentence.lines, words) if sentence else None
            yield _wrong(words, [*cited, *letter.facts], campaign, place)


def _quotations(block: TextBlock) -> Iterator[tuple[str, int]]:
    """The quoted words of a block, each with the number of the sentence it ends in."""
    for start, end in block.quotes:
        words = block.text[start:end]
        if re.search(r"\w", words):
            yield words, block.at(max(start, end - 1))
    cited = any(sentence.cites for sentence in block.sentences)
    if block.kind == "quote" and cited and not block.quotes:
        yield block.text, len(block.sentences) - 1


def texts_of(cited: CitedFact) -> list[str]:
    """A fact's quotation and its translations, as `normalize_text` makes them."""
    translated = (one.text for one in cited.fact.translations.values())
    return [normalize_text(text) for text in (cited.fact.quote, *translated) if text]


def _quoted_in(words: str, cited: CitedFact) -> bool:
    titles = [source.title for source in (cited.source, cited.via) if source and source.title]
    return any(
        is_verbatim(words, text) for text in (*texts_of(cited), *map(normalize_text, titles))
    )


def _wrong(
    words: str, cited: Sequence[CitedFact], campaign: Campaign, place: Place | None
) -> Problem:
    shown = " ".join(words.split())
    elsewhere = _elsewhere(words, campaign.facts.items())
    near = _nearest(words, cited)
    code = "quotation-not-verbatim" if len(words.split()) >= SHORT else "quotation-short"
    if elsewhere:
        message = f"“{shown}” is in the quote of `{elsewhere}`, which this letter does not cite."
        hint = f'Cite it after the quotation: `{{{{ cite("{elsewhere}") }}}}`.'
    elif near:
        fact, found = near
        differs = f"{found.differences}." if found.differences else ""
        message = f"“{shown}” is not what `{fact}` quotes: “{found.passage}”. {differs}"
        hint = "Copy the words exactly; mark what you leave out by … and what you change by […]."
    elif code == "quotation-short":
        message = f"“{shown}” stands in quotation marks, and no cited fact quotes it."
        hint = "Cite the fact whose quote has the words, or take the marks away."
    else:
        message = f"No fact that the letter cites quotes these words: “{shown}”"
        hint = (
            "Add them as `quote:` to a fact, verbatim from its source, and cite it; or say it "
            "without quotation marks."
        )
    return problem(code, message, hint, place)


def _elsewhere(words: str, facts: Iterable[tuple[str, Fact]]) -> str | None:
    """The fact of the library that has the words, if they are more than a term."""
    if len(words.split()) < SHORT:
        return None
    has = (n for n, fact in facts if fact.quote and is_verbatim(words, normalize_text(fact.quote)))
    return next(has, None)


def _nearest(words: str, cited: Sequence[CitedFact]) -> tuple[str, NearestPassage] | None:
    quotes = ((one.id, normalize_text(one.fact.quote)) for one in cited if one.fact.quote)
    near = ((name, find_nearest_passage(words, quote)) for name, quote in quotes)
    found = [(name, passage) for name, passage in near if passage]
    return max(found, key=lambda one: one[1].likeness, default=None)
