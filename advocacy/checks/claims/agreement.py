"""Check that a cited sentence agrees with its facts, as far as figures and names tell."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.rules import short_forms
from advocacy.checks.codes import problem
from advocacy.checks.patterns import pattern
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts, quote_spans
from advocacy.errors import Problem, join_words
from advocacy.letters.letter import CitedFact, Letter

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()  # fmt: skip
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # fmt: skip
_WORDS = {word: n for n, word in enumerate(_UNITS)} | {t: 20 + 10 * n for n, t in enumerate(_TENS)}
_NUMBER_WORD = re.compile(
    rf"\b(?:({'|'.join(_TENS)})[- ]({'|'.join(_UNITS[1:10])})|({'|'.join(_WORDS)}))\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d(?:[\d,.’'\u00a0\u202f]*\d)?")


def check_figures(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Report figures of cited sentences that none of the facts cited in their paragraph has."""
    for block in blocks:
        facts = cited_facts(letter, block.sentences)
        known = {number for fact in facts for number in find_numbers(_said(fact, letter.language))}
        for index, sentence in enumerate(block.sentences):
            near = cited_facts(letter, block.sentences[index : index + 2])
            if not near:
                continue
            for figure in _own_figures(sentence):
                if not find_numbers(figure) <= known:
                    named = join_words([f"`{fact.id}`" for fact in near], "and")
                    yield problem(
                        "figure-not-in-fact",
                        f"The figure {figure} is not in what is cited for it ({named}).",
                        "Compare it with the fact and its source; cite the fact that has it.",
                        sentence.place,
                    )


def check_parties(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report cited sentences that name one known party and cite only facts about others."""
    file = campaign.file
    peers = [one.organization for one in (*file.precedents, *letter.precedents)]
    forms: dict[str, set[str]] = {}
    for name in (file.target.organization, *peers):
        ways = short_forms(name)
        forms.setdefault(ways[-1], set()).update(ways)
    for block in blocks:
        for sentence in block.sentences:
            facts = cited_facts(letter, [sentence])
            here = _named(sentence.text, forms)
            there = {name for fact in facts for name in _named(_said(fact, letter.language), forms)}
            if here and there and not here & there:
                ids = join_words([f"`{fact.id}`" for fact in facts], "and")
                ours, theirs = (join_words(sorted(names), "and") for names in (here, there))
                yield problem(
                    "name-not-in-fact",
                    f"The sentence speaks of {ours}, and what it cites ({ids}) of {theirs}.",
                    "Cite a fact about the one that is named, or name the one it is about.",
                    sentence.place,
                )


def find_numbers(text: str) -> set[Decimal]:
    """Find the numbers of a text, in digits or in words."""
    found: set[Decimal] = set()
    for digits in _DIGITS.findall(text):
        bare = re.sub(r"[,’'\u00a0\u202f](?=\d{3})", "", digits).replace(",", ".")
        try:
            found.add(Decimal(bare).normalize())
        except InvalidOperation:  # 1.2.3 is a version or a date
            found.update(Decimal(part) for part in re.findall(r"\d+", digits))
    for tens, unit, single in _NUMBER_WORD.findall(text):
        value = _WORDS[single.casefold()] if single else _WORDS[tens.casefold()]
        found.add(Decimal(value + (_WORDS[unit.casefold()] if unit else 0)))
    return found


def _own_figures(sentence: Sentence) -> list[str]:
    """The figures of a sentence outside quotations, which are compared word by word."""
    text = sentence.text
    for start, end in reversed(quote_spans(text)):
        text = text[:start] + text[end:]
    for name in ("contact", "day_or_year", "not_counted"):
        text = pattern(name).sub("", text)
    return [figure for figure in _DIGITS.findall(text) if figure not in ("1", "2")]


def _said(cited: CitedFact, language: str) -> str:
    parts = [cited.fact.statement.get(language), cited.fact.quote]
    parts += [source.title for source in (cited.source, cited.via) if source]
    return "\n".join(part for part in parts if part)


def _named(text: str, forms: Mapping[str, Collection[str]]) -> set[str]:
    return {
        name
        for name, ways in forms.items()
        if any(re.search(rf"(?<!\w){re.escape(way)}(?!\w)", text) for way in ways)
    }
