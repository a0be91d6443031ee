"""Whether a cited sentence agrees with its facts, as far as figures and names tell.

Checks of a letter's wording: placeholders, asks that are missing, length.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.parties import short_forms
from advocacy.checks.claims import patterns as p
from advocacy.checks.claims import words as w
from advocacy.checks.claims.sentences import Sentence, TextBlock, quote_spans
from advocacy.checks.codes import problem
from advocacy.errors import Place, Problem
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
# Days and years are the sentence's own: facts and sources have them in fields.
_DAYS = re.compile(
    rf"\b(?:{w.MONTHS}|May)\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{w.MONTHS}|May)(?:\s+\d{{4}})?"
    r"|\b(?:1[89]|20)\d\d\b|\b\d{4}-\d\d-\d\d\b"
)


def figures(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Figures of cited sentences that none of the facts cited in their paragraph has."""
    for block in blocks:
        facts = _cited(letter, block.sentences)
        known = {number for fact in facts for number in numbers(_said(fact, letter.language))}
        for index, sentence in enumerate(block.sentences):
            near = _cited(letter, block.sentences[index : index + 2])
            if not near:
                continue
            for figure in _own_figures(sentence):
                if not numbers(figure) <= known:
                    named = _listed(f"`{fact.id}`" for fact in near)
                    yield problem(
                        "figure-not-in-fact",
                        f"The figure {figure} is not in what is cited for it ({named}).",
                        "Compare it with the fact and its source; cite the fact that has it.",
                        sentence.place,
                    )


def parties(letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign) -> Iterator[Problem]:
    """Cited sentences that speak of one known party where all their facts speak of others."""
    file = campaign.file
    peers = [one.organization for one in (*file.precedents, *letter.precedents)]
    forms: dict[str, set[str]] = {}
    for name in (file.target.organization, *peers):
        ways = short_forms(name)
        forms.setdefault(ways[-1], set()).update(ways)
    for block in blocks:
        for sentence in block.sentences:
            facts = _cited(letter, [sentence])
            here = _named(sentence.text, forms)
            there = {name for fact in facts for name in _named(_said(fact, letter.language), forms)}
            if here and there and not here & there:
                yield problem(
                    "name-not-in-fact",
                    f"The sentence speaks of {_listed(sorted(here))}, and what it cites "
                    f"({_listed(f'`{fact.id}`' for fact in facts)}) of {_listed(sorted(there))}.",
                    "Cite a fact about the one that is named, or name the one it is about.",
                    sentence.place,
                )


def numbers(text: str) -> set[Decimal]:
    """The numbers of a text, in digits or in words."""
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
    text = p.NOT_COUNTED.sub("", _DAYS.sub("", p.CONTACT.sub("", text)))
    return [figure for figure in _DIGITS.findall(text) if figure not in ("1", "2")]


def _said(cited: CitedFact, language: str) -> str:
    parts = [cited.fact.statement.get(language), cited.fact.quote]
    parts += [source.title for source in (cited.source, cited.via) if source]
    return "\n".join(part for part in parts if part)


def _cited(letter: Letter, sentences: Sequence[Sentence]) -> list[CitedFact]:
    marks = [mark for sentence in sentences for mark in sentence.cites]
    return list({one.id: one for mark in marks for one in letter.cites[mark].facts}.values())


def _named(text: str, forms: Mapping[str, Collection[str]]) -> set[str]:
    return {
        name
        for name, ways in forms.items()
        if any(re.search(rf"(?<!\w){re.escape(way)}(?!\w)", text) for way in ways)
    }


def _listed(names: Iterable[str]) -> str:
    words = list(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# Words by which templates mark what somebody still has to fill in.
_TO_FILL = (
    "your|name|names|first|last|date|day|month|year|city|town|state|zip|address|street|title|"
    "organi[sz]ation|company|recipient|addressee|email|e-mail|phone|telephone|number|signature|"
    "insert|fill|enter|add|here|tbd|tba|todo|placeholder|link|url|amount|district|position"
)
PLACEHOLDER = re.compile(
    rf"""
    \[ \s* (?: [A-Z][A-Z0-9'’ _-]*[A-Z0-9] | (?i:(?:{_TO_FILL})\b[^\]\n]{{0,60}}) ) \s* \]
  | \{{\{{ .{{0,80}}? \}}\}} | \{{\{{ | \}}\}} | \{{% | %\}}       # a template's own signs
  | \{{ [A-Za-z][A-Za-z0-9_.]{{1,40}} \}}                          # {{missingToken}}
  | <<? [A-Za-z][A-Za-z_]*[0-9_]*[A-Za-z0-9_]* >>?                 # <addr3> of a mail merge
  | « (?: \w*[_0-9]\w* | [A-Za-z][a-z]+[A-Z]\w* | (?i:{_TO_FILL}) ) »  # of a word processor
  | % [A-Z][A-Z0-9_]{{2,30}} %
  | \b (?: TODO | FIXME | XXX+ | TBD | TBA | TK | TKTK ) \b
  | _{{3,}} | \?{{3,}}
  | (?i: \b lorem \s+ ipsum \b )
    """,
    re.VERBOSE,
)
_BRACKETED = re.compile(r"\[[^\]]*\]")
_TEMPLATE_WORD = re.compile(r"\b(?:your|name|insert|here)\b", re.IGNORECASE)

_EMPTY_WORDS = {
    "en": "a an and any are as at be been but by can do does for from has have how if in into is "
    "it its of on or our so such than that the their them then there these they this those to up "
    "us was we were what when where which who will with would you your please also all",
    "de": "der die das den dem des ein eine einen einem einer und oder in im an am auf mit von zu "
    "zum zur für ist sind wird werden dass sie ihr ihre ihren wir uns unser nicht auch bitte so",
    "fr": "le la les l un une des de du d et ou en dans à au aux par pour avec que qui est sont "
    "votre vos notre nos vous nous ce cette ces se s il elle ne pas",
    "es": "el la los las un una unos unas de del y o en a al por para con que es son su sus "
    "nuestro nuestra se lo",
}
ENOUGH = 0.6
"""So much of an ask's words in one passage counts as the ask being made."""


def placeholders(blocks: Sequence[TextBlock], otherwise: Place | None) -> Iterator[Problem]:
    """What somebody forgot to fill in, in the body; `otherwise` is for text without a line."""
    for block in blocks:
        for sentence in block.sentences:
            yield from _left("the letter", sentence.text, sentence.place or otherwise)


def values(letter: Letter, printed: Iterable[str]) -> Iterator[Problem]:
    """The same in values that a body prints for one recipient."""
    for value in printed:
        yield from _left("the letter", value, letter.recipient.place())


def around(letter: Letter, stage: Stage) -> Iterator[Problem]:
    """The same in what stands around the body."""
    yield from _left("the subject", letter.subject, _subject_place(letter, stage))
    recipient, sender = letter.recipient, letter.sender
    yield from _left("the salutation", letter.salutation, recipient.place("salutation"))
    yield from _left("the inside address", "\n".join(letter.inside_address), recipient.place())
    yield from _left("the sender’s address", "\n".join(sender.address), sender.place("address"))


def _left(where: str, text: str, place: Place | None) -> Iterator[Problem]:
    quotes = quote_spans(text)
    for found in PLACEHOLDER.finditer(text):
        inside = any(start <= found.start() and found.end() <= end for start, end in quotes)
        if inside and _BRACKETED.fullmatch(found[0]) and not _TEMPLATE_WORD.search(found[0]):
            continue  # an editor's words in a quotation: “[Microsoft] has refused”
        yield problem(
            "placeholder",
            f"`{found[0]}` is left in {where}: it would be printed as it stands.",
            "Write what belongs there, or take it out.",
            place,
        )


def subject_length(letter: Letter, stage: Stage, limit: int) -> Iterator[Problem]:
    """A subject that mail programs cut off."""
    length = len(letter.subject)
    if length > limit:
        shown = letter.subject[:limit].rsplit(" ", 1)[0]
        yield problem(
            "subject-length",
            f"The subject has {length} characters; mail programs show about {limit}: “{shown}…”",
            "Shorten it, with what matters first.",
            _subject_place(letter, stage),
        )


def _subject_place(letter: Letter, stage: Stage) -> Place | None:
    """Where the subject stands: among the variants, or as the stage's own."""
    if stage.variants:
        for name, text in stage.variants.subject.items():
            if text.get(letter.language) == letter.subject:
                return stage.variants.place("subject", name)
    return stage.place("subject")


def body_length(
    letter: Letter, blocks: Sequence[TextBlock], stage: Stage, limit: int, audience: str
) -> Iterator[Problem]:
    """A body that is longer than those who get it read."""
    words = sum(len(block.text.split()) for block in blocks)
    if words > limit:
        yield problem(
            "body-length",
            f"The letter of the stage `{letter.stage}` has {words} words; {audience} read about "
            f"{limit}.",
            "Cut what the reader knows already, or put the detail into an enclosure.",
            stage.place("template"),
        )


def asks(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Asks of the stage that the letter never makes."""
    demand = letter.demand
    if demand is None:
        return
    main = letter.language.split("-")[0]
    passages = _passages(blocks, main)
    wanted = [
        (ask.get(letter.language), demand.place("asks", i)) for i, ask in enumerate(demand.asks)
    ]
    if not wanted:
        wanted = [(demand.summary.get(letter.language), demand.place("summary"))]
    for text, place in wanted:
        words = content_words(text or "", main)
        if words and max((len(words & p) / len(words) for p in passages), default=0) < ENOUGH:
            yield problem(
                "ask-missing",
                f"The letter of the stage `{letter.stage}` never asks for this: “{text}”",
                "Make the ask in the template (`{{ demand.asks }}` has them all), or remove it "
                "from the campaign.",
                place,
            )


def _passages(blocks: Sequence[TextBlock], main: str) -> list[set[str]]:
    """The words of each sentence, and of each two that follow one another in a block."""
    passages: list[set[str]] = []
    for block in blocks:
        words = [content_words(sentence.text, main) for sentence in block.sentences]
        passages += words
        passages += [one | two for one, two in pairwise(words)]
    return passages


def content_words(text: str, language: str) -> set[str]:
    """The words that carry a text's meaning, without their commonest endings."""
    empty = set(_EMPTY_WORDS.get(language, "").split())
    words = re.findall(r"\w+", text.casefold().replace("’", "'"))
    return {_stem(word, language) for word in words if word not in empty}


def _stem(word: str, language: str) -> str:
    if language != "en" or len(word) < 5:
        return word
    for ending in ("ments", "ment", "ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
