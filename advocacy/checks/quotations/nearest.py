"""The passage of a text that is most like a quotation, and how the two differ in words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import islice

from advocacy.checks.quotations.verbatim import normalize_text

LONGEST = 400
"""The number of words of a quotation that are compared to find the nearest passage."""
WINDOWS = 40
"""The number of passages that are compared word by word to find the nearest one."""
LARGE = 200_000
"""In texts of more characters, only the surroundings of a quotation's rarest words are searched."""
RARE = 8
"""The number of these words that are searched for."""
CLOSE_ENOUGH = 0.55
"""How much of a quotation a passage must share to be shown as the nearest."""


@dataclass(frozen=True, slots=True)
class NearestPassage:
    """The passage of a text that is most like a quotation, and how the two differ."""

    passage: str
    likeness: float
    differences: str


def find_nearest_passage(quotation: str, text: str) -> NearestPassage | None:
    """Find the nearest passage of a text that `normalize_text` made, or None."""
    wanted = normalize_text(quotation).split()[:LONGEST]
    words = (text if len(text) < LARGE else _near_rare_words(wanted, text)).split()
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


def _near_rare_words(wanted: Sequence[str], text: str) -> str:
    """What stands in a long text around those words of a quotation that it has least often."""
    counts = {word: text.count(word) for word in set(wanted) if len(word) > 3}
    rare = sorted((count, word) for word, count in counts.items() if count)[:RARE]
    reach = 2 * sum(len(word) + 1 for word in wanted)
    spans = sorted(
        (max(0, m.start() - reach), m.end() + reach)
        for _, word in rare
        for m in islice(re.finditer(re.escape(word), text), WINDOWS)
    )
    parts, done = [], 0
    for start, end in spans:
        if end > done:
            begin = max(start, done)
            parts.append(text[begin:end] if begin == done else f" {text[begin:end]}")
            done = end
    return "".join(parts)


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
            yield f"“{ours}” is “{theirs}” in the copy"
        elif tag == "delete":
            yield f"“{ours}” is not in the copy"
        elif tag == "insert":
            before = f" after “{wanted[a - 1]}”" if a else ""
            yield f"“{theirs}” is missing{before}"
