"""What an editor may put into square brackets inside a quotation.

Brackets may hold an inflected form of the word that stands there, whom a pronoun refers to, an
article, a capital or a small letter, and what makes the words clear. Another word, number, or
limit in its place, and a clause or a “not” of the editor's own, make it another statement.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from advocacy.checks.agreement.reading import LENGTH, read, stems
from advocacy.checks.codes import problem
from advocacy.checks.language import Language, bare, language_of
from advocacy.checks.quotations.quoted import quotations_of, texts_of
from advocacy.checks.quotations.verbatim import alignments, normalize_text, parts_of
from advocacy.checks.sentence_places import locate_words
from advocacy.checks.sentences import TextBlock, cited_facts
from advocacy.errors import Place, Problem
from advocacy.letters.letter import CitedFact, Letter

REACH = 80
"""The maximum number of characters before or after a quotation that its brackets can replace."""
PREFIX = 3
"""The letters that a word shares with its inflected form, unless its vowels change."""
MOST_LETTERS = 7
"""The maximum number of letters of a verb whose vowels change: “sold” and “sell”."""
_BRACKET = re.compile(r"(?P<before>[\w'-]*)\[(?P<inside>[^\]\[]*)\](?P<after>[\w'-]*)")
_REMARK = re.compile(
    r"sic|…|\.(?:\s?\.)+|\W*|(?:emphasis|italics)\b.*|(?:our|my) (?:emphasis|italics)"
    r"|hervorhebung.*|souligné.*|nous soulignons|énfasis.*|cursiva.*|(?:our )?translation",
    re.IGNORECASE,
)
_JOINS = re.compile(
    r"(?:[,;]\s*)?(?:and|but|or|so|because|und|aber|oder|sondern|weil|et|mais|ou|car|y|pero|sino"
    r"|porque)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;]\s")
_FIRST_SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+([^aeiouy]?)")
_LIMITS = ("universals", "some", "few", "min", "max", "only", "strong_may", "conditions", "none")
_FORMS = (
    ("go", "goes", "went", "gone", "going"), ("be", "is", "are", "was", "were", "been", "being"),
    ("buy", "buys", "bought", "buying"), ("catch", "caught", "catches"),
    ("teach", "teaches", "taught"), ("think", "thinks", "thought"), ("bring", "brings", "brought"),
    ("leave", "leaves", "left", "leaving"), ("say", "says", "said"), ("pay", "pays", "paid"),
    ("make", "makes", "made"), ("do", "does", "did", "done"), ("see", "sees", "saw", "seen"),
    ("gehen", "geht", "ging", "gegangen"), ("ist", "war", "sind", "waren", "sein", "sei"),
    ("can", "could"), ("will", "would"), ("may", "might"), ("kann", "könnte", "konnte", "können"),
    ("peut", "pourrait", "pouvait", "peuvent"), ("puede", "podría", "podía", "pueden"),
    ("va", "allait", "ira", "aller", "vont", "allé"), ("ir", "va", "fue", "iba", "van", "fueron"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BracketedWords:
    """What brackets hold, and the words of the text that stand in their place.

    At the beginning and at the end of a quotation, `sure` is false: how much they replace is open.
    """

    inside: str
    instead: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Alteration:
    """A change that an editor may not make (`sure`), or that a person should look at."""

    change: BracketedWords
    sure: bool


def alteration_of(
    quotation: str, text: str, known: frozenset[str], language: Language
) -> Alteration | None:
    """The first change in brackets that alters a text made by `normalize_text`; None without one.

    `known` are the stems of words that may make the quoted words clear.
    """
    found = [
        Alteration(change, sure)
        for change in changes_of(quotation, text)
        if (sure := _alters(change, known, language)) is not None
    ]
    return max(found, key=lambda one: one.sure, default=None)


def changes_of(quotation: str, text: str) -> Iterator[BracketedWords]:
    """The changes that brackets make in a quotation, where it stands in a text."""
    marked = normalize_text(quotation)
    for bracket in _BRACKET.finditer(marked):
        inside = bracket["inside"].strip()
        if _REMARK.fullmatch(inside):
            continue
        in_word = bracket["before"] or bracket["after"]
        if in_word and len(inside) == 1 and inside.isalpha() and not bracket["before"]:
            word = inside + bracket["after"]
        else:
            word = bracket["before"] + inside + bracket["after"]
        if not word.strip():
            continue
        before, after = marked[: bracket.start()], marked[bracket.end() :]
        yield from _found(before, word, after, text)


def _found(before: str, word: str, after: str, text: str) -> Iterator[BracketedWords]:
    """What stands in a text between the words before and those after a bracket."""
    first, last = _near(before, last=True), _near(after, last=False)
    if first and last:
        parts = parts_of(f"{first} [{word} ] {last}")
        spans = min(alignments(parts, text), key=lambda s: s[-1][1] - s[0][0], default=None)
        if spans and len(spans) > 1:
            gap = len(parts_of(first))
            yield BracketedWords(word, text[spans[gap - 1][1] : spans[gap][0]].strip(" '"))
            return
    if last:
        spans = next(alignments(parts_of(last), text), None)
        if spans:
            lead = _SENTENCE.split(text[max(0, spans[0][0] - REACH) : spans[0][0]])[-1]
            yield BracketedWords(word, _ending(lead, len(word.split())), sure=False)
    elif first:
        spans = next(alignments(parts_of(first), text), None)
        if spans:
            rest = _SENTENCE.split(text[spans[-1][1] : spans[-1][1] + REACH])[0]
            words = rest.split()[: len(word.split()) + 1]
            yield BracketedWords(word, " ".join(words).strip(" .,;'"), sure=False)


def _near(words: str, *, last: bool) -> str:
    """The words beside a bracket up to the next bracket or ellipsis, which stands for others."""
    pieces = re.split(r"…|\.\s?\.\s?\.|(?<!\w)\[[^\]]*\](?!\w)", words)
    piece = pieces[-1] if last else pieces[0]
    return piece.strip(" ',;.-") if re.search(r"\w", piece) else ""


def _ending(words: str, count: int) -> str:
    return " ".join(words.split()[-count - 1 :]).strip(" .,;'")


def _alters(change: BracketedWords, known: frozenset[str], language: Language) -> bool | None:
    """Whether a change alters the statement: surely, perhaps (False), or not (None)."""
    inside, instead = change.inside, change.instead
    if is_form(inside, instead):
        return None
    if _limits(inside, instead, language, sure=change.sure):
        return True
    ours, theirs = _content(inside, language), _content(instead, language)
    new = [word for word in ours if not any(is_form(word, other) for other in theirs)]
    if not new:
        return None
    unknown = [word for word in new if language.stem(word)[:LENGTH] not in known]
    if _JOINS.match(inside) and unknown:
        return True  # a clause of the editor's own
    if _is_opposite(new, theirs, language):
        return True
    if not theirs:
        first_person = language.finds("we", instead)
        return False if unknown and (first_person or not _refers(instead)) else None
    if not change.sure:
        names = all(word[:1].isupper() for word in theirs)
        verb = len(inside.split()) == 1
        return verb if unknown and not names else None
    if not unknown:
        return None if len(new) == len(ours) else False
    return None if all(word[:1].isupper() for word in theirs) and _is_name(inside) else True


def _refers(instead: str) -> bool:
    """Whether words stand in the place of a pronoun or an article, and not of nothing."""
    return bool(re.search(r"\w", instead))


def _is_name(inside: str) -> bool:
    """Whether words are a name, or “the firm”: an article and a noun."""
    words = inside.split()
    return len(words) <= 3 and (
        words[-1][:1].isupper() or bare(words[0]) in ("the", "der", "die", "das", "le", "la", "el")
    )


def _content(text: str, language: Language) -> list[str]:
    words = re.findall(r"[^\W\d_]{2,}", text)
    return [word for word in words if bare(word) not in language.stop]


def _limits(inside: str, instead: str, language: Language, *, sure: bool) -> bool:
    """Whether a change brings in or takes away a number, a “not”, a quantifier, or a limit."""
    ours, theirs = read(inside, language.code), read(instead, language.code)
    if ours is None or theirs is None:
        return False
    numbers = [{(one.low, one.high) for one in each.quantities} for each in (ours, theirs)]
    numbers = [
        each | {(float(n), float(n)) for n in re.findall(r"\b\d+\b", one.text)}
        for each, one in zip(numbers, (ours, theirs), strict=True)
    ]
    if numbers[0] - numbers[1] or (sure and numbers[1] - numbers[0]):
        return True
    for kind in ("negators", "refusals"):
        if language.finds(kind, ours.text) and not language.finds(kind, theirs.text):
            return True
        if sure and language.finds(kind, theirs.text) and not language.finds(kind, ours.text):
            return True
    held = [{kind for kind in _LIMITS if language.finds(kind, one.text)} for one in (ours, theirs)]
    return bool(held[0] - held[1] or (sure and held[1] - held[0]))


@lru_cache(maxsize=1)
def _bare_forms() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(bare, forms)) for forms in _FORMS)


def is_form(word: str, other: str) -> bool:
    """Whether two words are forms of one: “prohibited” and “prohibits”, “sold” and “sell”."""
    a, b = bare(word), bare(other)
    if not a or not b:
        return False
    if a == b or any(a in forms and b in forms for forms in _bare_forms()):
        return True
    shared = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        shared += 1
    if shared >= PREFIX and shared >= min(len(a), len(b)) - 3:
        return True
    return a[0] == b[0] and max(len(a), len(b)) <= MOST_LETTERS and _same_end(a, b)


def _same_end(a: str, b: str) -> bool:
    """Whether the same consonant follows the first vowels: “hold” and “held”, not “have”."""
    first = [_FIRST_SYLLABLE.match(one) for one in (a, b)]
    return all(first) and len({one[1] for one in first if one}) == 1


def _is_opposite(ours: Sequence[str], theirs: Sequence[str], language: Language) -> bool:
    def said(words: Sequence[str], patterns: Sequence[str]) -> bool:
        return any(re.fullmatch(one, bare(word)) for word in words for one in patterns)

    return any(
        (said(ours, a) and said(theirs, b)) or (said(ours, b) and said(theirs, a))
        for a, b in language.opposites
    )


def bracket_problems(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Quotations of a body whose brackets alter what their facts quote."""
    language = language_of(letter.language)
    if language is None:
        return
    for block in blocks:
        for words, number in quotations_of(block):
            if "[" not in words:
                continue
            near = cited_facts(letter, block.sentences[number : number + 2])
            found = _altered(words, [*near, *letter.facts], block, language)
            if found is None:
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            place = locate_words(sentence.lines, words) if sentence else None
            yield _reported(f"“{' '.join(words.split())}”", *found, place)


def _altered(
    words: str, facts: Sequence[CitedFact], block: TextBlock, language: Language
) -> tuple[Alteration, str] | None:
    """How a quotation alters the first fact's quotation that has its words."""
    parts = parts_of(words)
    for one in facts:
        for text in texts_of(one) if parts else ():
            if next(alignments(parts, text), None) is not None:
                told = block.text.replace(words, " ")
                found = alteration_of(words, text, known_words(one, told, language), language)
                return (found, f"`{one.id}`") if found else None
    return None


def known_words(cited: CitedFact, told: str, language: Language) -> frozenset[str]:
    """The stems of what a fact, its sources, and the words around a quotation speak of."""
    fact = cited.fact
    sources = [one for one in (cited.source, cited.via) if one]
    texts = [
        *(text for _, text in fact.statement.texts),
        fact.quote or "",
        str(fact.speaker or ""),
        told,
    ]
    texts += [str(text) for one in sources for text in (one.title, one.author, one.container_title)]
    return frozenset().union(*(stems(text, language) for text in texts))


def quote_alteration(cited: CitedFact, text: str, language: Language) -> Iterator[Problem]:
    """How the brackets in a fact's own quotation alter the text of its kept copy."""
    quote = cited.fact.quote or ""
    if "[" not in quote or next(alignments(parts_of(quote), text), None) is None:
        return
    found = alteration_of(quote, text, known_words(cited, "", language), language)
    if found:
        place = cited.fact.place("quote")
        yield _reported(f"The quote of `{cited.id}`", found, "The kept copy", place)


def _reported(quoted: str, found: Alteration, holder: str, place: Place | None) -> Problem:
    change = found.change
    there = f"has “{change.instead}” there" if change.instead else "has nothing there"
    code = "quotation-altered" if found.sure else "quotation-bracket"
    return problem(
        code,
        f"{quoted} has “[{change.inside}]” in brackets. {holder} {there}.",
        "Brackets may hold a form of the same word, whom a pronoun refers to, or what makes the "
        "words clear. Quote the words as they stand, or say the rest outside the quotation.",
        place,
    )
