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
from itertools import islice

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
MOST = 2000
"""So many places of a part are looked at; no quotation has only parts that stand more often."""
LONGEST = 400
"""So many words of a quotation are compared to find the nearest passage."""
WINDOWS = 40
"""So many stretches of a text are compared word by word to find the nearest passage."""
LARGE = 200_000
"""In texts of more characters the nearest passage is sought around a quotation's rarest words."""
RARE = 8
"""So many of these words are looked for."""
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
class Part:
    """Words that must stand in the text, after at most so many characters of others."""

    pattern: re.Pattern[str]
    gap: int
    changed: bool = False


@lru_cache(maxsize=4096)
def parts_of(quotation: str) -> tuple[Part, ...]:
    """The parts of a quotation between its ellipses and an editor's words.

    Inside a part, `[W]e` stands for another capital and `sell[s]` for another ending; `[sic]`
    stands for nothing. A comma, semicolon or full stop at the end may be the quoting text's own.
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
            parts.append(Part(_pattern_of(words), gap, changed))
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
            yield f"“{ours}” is “{theirs}” there"
        elif tag == "delete":
            yield f"“{ours}” is not there"
        elif tag == "insert":
            before = f" after “{wanted[a - 1]}”" if a else ""
            yield f"“{theirs}” is left out{before}"


SHORT = 4
"""Fewer words than this may be a term, a title or ironic, rather than somebody's words."""


def check_quotations(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report quotations of the body that no cited fact's quote has word for word."""
    own = normalize_text(letter.supporter.own_words) if letter.supporter else ""
    for block in blocks:
        for words, number in quotations_of(block):
            if own and normalize_text(words) in own:
                continue  # a supporter speaks
            cited = cited_facts(letter, block.sentences[number : number + 2])
            if any(_quoted_in(words, one) for one in (*cited, *letter.facts)):
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            place = locate_words(sentence.lines, words) if sentence else None
            few = SHORT - 1 if sentence is not None and sentence.cites else SHORT
            short = len(words.split()) < few
            yield _wrong(words, [*cited, *letter.facts], campaign, place, short=short)


MOSTLY = 0.8
"""A block quotation of which so much stands in quotation marks is what these have."""
_SIGNED = re.compile(r"\s+(?:—|–|--)\s*[^—–]{2,80}$")


def quotations_of(block: TextBlock) -> Iterator[tuple[str, int]]:
    """The quoted words of a block, each with the number of the sentence it ends in.

    Words in quotation marks; a block quotation, without the name under it; and words in italics in
    a sentence with a note, unless they are few.
    """
    spans = list(block.quotes)
    if block.kind == "quote":
        words = _SIGNED.sub("", block.text)
        if sum(end - start for start, end in spans) < MOSTLY * len(words):
            yield words, len(block.sentences) - 1
            return
    for start, end in block.italics:
        number = block.at(max(start, end - 1))
        noted = any(sentence.cites for sentence in block.sentences[number : number + 1])
        inside = any(first <= end and start <= last for first, last in block.quotes)
        if noted and not inside and len(block.text[start:end].split()) >= SHORT:
            spans.append((start, end))
    for start, end in sorted(spans):
        words = block.text[start:end]
        if re.search(r"\w", words):
            yield words, block.at(max(start, end - 1))


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
    words: str,
    cited: Sequence[CitedFact],
    campaign: Campaign,
    place: Place | None,
    *,
    short: bool,
) -> Problem:
    shown = " ".join(words.split())
    elsewhere = _elsewhere(words, campaign.facts.items())
    near = _nearest(words, cited)
    code = "quotation-short" if short else "quotation-not-verbatim"
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
