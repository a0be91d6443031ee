"""The words around a letter's body, and its headings: judged as the body's sentences are.

A subject or a heading has no note. What it states must be in some fact of the letter, or be what
the letter asks for. Layouts print words, too: their text is read without its commands and tags.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advocacy.campaign.loading import Campaign
from advocacy.checks.agreement.brackets import bracket_problems
from advocacy.checks.agreement.comparisons import comparison_differences
from advocacy.checks.agreement.dates import day_differences
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.hedges import hedge_differences
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.negation import negation_differences
from advocacy.checks.agreement.numbers import number_differences
from advocacy.checks.agreement.places import place_problems
from advocacy.checks.agreement.reading import Reading, read, shared
from advocacy.checks.agreement.sentences import told_of
from advocacy.checks.agreement.strengths import strength_differences
from advocacy.checks.claims.clause_rules import is_own, rule_claim
from advocacy.checks.codes import problem
from advocacy.checks.facts.dates import facts_used
from advocacy.checks.leftovers import note_problems
from advocacy.checks.printed_values import campaign_value_problems
from advocacy.checks.quotations.cuts import cut_problems
from advocacy.checks.quotations.quoted import check_quotations
from advocacy.checks.sentences import LABELS, Sentence, TextBlock, quote_spans, shorten
from advocacy.checks.small_texts import small_problems, table_problems
from advocacy.checks.wording import placeholder_problems, sentence_too_long
from advocacy.errors import Place, Problem
from advocacy.files.text import read_text
from advocacy.letters.letter import Letter
from advocacy.letters.parts import layout_files
from advocacy.templating.source import COMMAND

SAID = 0.6
"""The share of a text's content words from which a fact or an ask supports it."""
FEW = 12
"""A heading may count by a number up to this what no fact of the letter counts."""
CLOSE = 0.4
"""The share of them from which a fact is the subject of a text."""
_PART = re.compile(r"[;:]\s+|\s[–—-]\s")

_NUMBERS = ("a figure", "a date")

Kind = Literal["claim", "label", "layout"]


@dataclass(frozen=True, slots=True)
class Surrounding:
    """A text around the body. A `label` names somebody or something and claims nothing."""

    text: str
    place: Place | None
    name: str
    kind: Kind = "claim"


def surrounding_problems(letter: Letter, campaign: Campaign, library: Library) -> Iterator[Problem]:
    """Report what is wrong with the words around a letter's body."""
    facts = [one for one, _ in facts_used(letter, campaign)]
    evidence = library.all_of(facts, letter.language)
    for one in surroundings(letter, campaign):
        if too_long := sentence_too_long(one.text, one.place):
            yield too_long
            continue
        if one.name != "the subject":
            if one.name != "the preview line":  # `check_around_body` has it
                yield from placeholder_problems(one.name, one.text, one.place)
            yield from note_problems(one.text, one.name, one.place)
        if quote_spans(one.text):
            block = _block(one)
            yield from check_quotations(letter, [block], campaign)
            yield from cut_problems(letter, [block])
            yield from bracket_problems(letter, [block])
        if one.kind != "label":
            yield from _stated(one, letter, evidence)
    yield from small_problems(letter, campaign)
    yield from place_problems(letter, (), campaign, library, facts)
    yield from campaign_value_problems(letter, campaign)


def heading_problems(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign, library: Library
) -> Iterator[Problem]:
    """Report headings of a body that state what no fact of the letter says."""
    evidence = library.all_of([one for one, _ in facts_used(letter, campaign)], letter.language)
    for block in blocks:
        for sentence in block.sentences if block.kind in LABELS else ():
            if not sentence.cites:
                heading = Surrounding(sentence.text, sentence.place, f"the {block.kind}")
                yield from _stated(heading, letter, evidence)
    yield from table_problems(letter, blocks, evidence)


def surroundings(letter: Letter, campaign: Campaign) -> Iterator[Surrounding]:
    """The texts around a letter's body, each with its place."""
    file, stage = campaign.file, campaign.file.stages[letter.stage]
    yield Surrounding(letter.subject, _subject_place(letter, campaign), "the subject")
    if letter.preview:
        yield Surrounding(letter.preview, stage.place("preview"), "the preview line")
    yield Surrounding(letter.title, file.place("title"), "the title")
    for number, text in enumerate(letter.enclosures):
        yield Surrounding(text, file.place("enclosures", number), "the enclosure")
    for number, text in enumerate(letter.cc):
        yield Surrounding(text, file.place("cc", number), "the cc line", "label")
    for cosigner in letter.cosigners:
        text = "\n".join(filter(None, (cosigner.organization, cosigner.name, cosigner.title)))
        yield Surrounding(text, cosigner.place(), "the list of cosigners", "label")
    for signatory in letter.signatories if letter.supporters is None else ():
        text = "\n".join(filter(None, (signatory.name, signatory.office, signatory.organization)))
        yield Surrounding(text, signatory.place(), "the signature block", "label")
    for precedent in letter.precedents:
        text = precedent.action.get(letter.language) or ""
        yield Surrounding(text, precedent.place("action"), "the precedent", "label")
    for name, path in layout_files(campaign, stage).items():
        if path.suffix == ".html":
            yield from layout_words(path, name)


def _subject_place(letter: Letter, campaign: Campaign) -> Place | None:
    stage = campaign.file.stages[letter.stage]
    if stage.variants:
        for name, text in stage.variants.subject.items():
            if text.get(letter.language) == letter.subject:
                return stage.variants.place("subject", name)
    return stage.place("subject")


# What is never closed reaches to the end: looking for its end once more from each place where
# another begins would take time by the square of the length.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(style|script|title)\b.*?(?:</\1>|\Z)|<[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)


def layout_words(path: Path, name: str) -> Iterator[Surrounding]:
    """The words of a layout or partial, without its commands and tags, a line at a time."""
    blank = read_text(path)
    for pattern in (COMMAND, _TAG):
        blank = pattern.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), blank)
    for number, line in enumerate(blank.split("\n"), start=1):
        words = " ".join(line.replace("\0", " ").split())
        if len(re.findall(r"[^\W\d_]{2,}", words)) > 2:
            column = len(line) - len(line.lstrip("\0 ")) + 1
            yield Surrounding(words, Place(path, number, column), f"the layout {name}", "layout")


def _block(one: Surrounding) -> TextBlock:
    """A text as a block of one sentence."""
    lines = (one.place,) if one.place else ()
    sentence = Sentence(one.text, (), one.place, lines)
    return TextBlock("heading", one.text, (sentence,), tuple(quote_spans(one.text)), (0,))


def _stated(one: Surrounding, letter: Letter, evidence: Sequence[Evidence]) -> Iterator[Problem]:
    """What a text states and no fact says, or the fact that it is about says otherwise."""
    if _asks(one.text, letter.language):
        return
    for part in _PART.split(one.text):
        claim = read(part, letter.language)
        if claim is not None and claim.stems and not _is_amount(claim):
            yield from _part_problems(one, claim, letter, evidence)


def _is_amount(claim: Reading) -> bool:
    """Whether a text is a number with its magnitude alone, as a cell of a table: “1.9 m”."""
    magnitudes = claim.language.table("magnitudes")
    return all(word.casefold() in magnitudes for word in re.findall(r"[^\W\d_]+", claim.text))


def _part_problems(
    one: Surrounding, claim: Reading, letter: Letter, evidence: Sequence[Evidence]
) -> Iterator[Problem]:
    if one.kind == "layout" and not letter.subscribed:
        yield from _signed_up(one, claim)
    what = _claimed(claim, letter)
    best = max(evidence, key=lambda e: _share(claim, e.statement.stems), default=None)
    # A subject with a number may name what is wanted: “two winters without dredging”.
    verb = claim.language.finds("predicates", claim.outside) is not None
    claims = what is not None and not what.startswith(_NUMBERS)
    tells = one.name in ("the heading", "the caption") or verb or claims
    differences: list[Difference] = []
    if best and (what or tells):
        differences += _differences(claim, best, evidence, tells=tells)
    yield from (told_of(found, one.place, one.name) for found in differences)
    # An enclosure's name may count and date; those are compared with the facts elsewhere.
    if one.name == "the enclosure" and not claims:
        return
    asks_what = claim.language.finds("asks_what", claim.text)
    if what and not asks_what and not differences and not any(_says(e, claim) for e in evidence):
        yield problem(
            "uncited-claim",
            f"{_begun(one.name)} “{shorten(claim.text, 110)}” states {what}, but no fact of the "
            f"letter supports it.",
            "State what a fact of the letter states, or what you ask for.",
            one.place,
        )


def _begun(name: str) -> str:
    return name[0].upper() + name[1:]


def _asks(text: str, language: str) -> bool:
    """Whether a text begins with what the sender asks, offers or is about."""
    return is_own(_PART.split(text)[0].strip(" ,"), language)


def _claimed(claim: Reading, letter: Letter) -> str | None:
    """What in a text needs a source; a number of what the letter asks for does not."""
    accuses = claim.language.finds("accuses", claim.outside)
    if accuses:
        return f"an accusation (“{accuses[0]}”)"
    what = rule_claim(claim.text, letter.language)
    if what and what.startswith(_NUMBERS):
        what = rule_claim(_without_numbers(claim), letter.language) or what
        if what.startswith("a figure") and not claim.own_days and _counts_own(claim, letter):
            return None
    if what and letter.demand and what.startswith(_NUMBERS):
        asks = (*letter.demand.asks, letter.demand.summary)
        texts = (read(ask.get(letter.language) or "", letter.language) for ask in asks)
        if any(_share(claim, text.stems) >= SAID for text in texts if text):
            return None
    return what


def _counts_own(claim: Reading, letter: Letter) -> bool:
    """Whether a text has only small numbers of things that no fact counts: “Two doors”."""
    facts = [
        read(f.fact.statement.get(letter.language) or "", letter.language) for f in letter.facts
    ]
    nouns = {q.noun for fact in facts if fact for q in fact.quantities}
    return all(
        q.kind == "count" and not q.unit and q.low <= FEW and q.noun and q.noun not in nouns
        for q in claim.own_quantities
    )


def _without_numbers(claim: Reading) -> str:
    """A text with blanks for its numbers and days."""
    text = claim.text
    spans = [(one.start, one.end) for one in claim.own_quantities]
    spans += [(one.start, one.end) for one in claim.own_days]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _says(one: Evidence, claim: Reading) -> bool:
    """Whether a fact says what a text states: most of its words, or all of its numbers."""
    share = _share(claim, one.stems)
    accuses = claim.language.finds("accuses", claim.outside)
    if accuses and not {claim.language.stem(w)[:6] for w in accuses[0].split()} & one.stems:
        return False
    if not (claim.own_quantities or claim.own_days):
        return share >= SAID
    if share < CLOSE:
        return False
    return not [*number_differences(claim, [one]), *day_differences(claim, [one])]


def _differences(
    claim: Reading, best: Evidence, every: Sequence[Evidence], *, tells: bool
) -> Iterator[Difference]:
    """What a text says otherwise than the fact that it is about; one of each code.

    Of a text that `tells` nothing, only its denials are compared.
    """
    share = _share(claim, best.statement.stems)
    found: list[Difference] = []
    if share >= CLOSE:
        found += negation_differences(claim, [best])
    if tells:
        found += strength_differences(claim, every)
    if tells and share >= SAID:
        found += (*hedge_differences(claim, [best]), *comparison_differences(claim, [best]))
    yield from {one.code: one for one in reversed(found)}.values()


def _share(claim: Reading, stems: frozenset[str]) -> float:
    return shared(claim.stems, stems, claim.language) / max(1, len(claim.stems))


def _signed_up(one: Surrounding, claim: Reading) -> Iterator[Problem]:
    """A layout that tells people who are no subscribers that they signed up."""
    if found := claim.language.finds("signed_up", claim.text):
        yield problem(
            "uncited-claim",
            f"{_begun(one.name)} contains “{found[0]}”, but the `audience` is not `subscribers`.",
            "Remove the words. Use `{{ subscribed }}` to print them only for subscribers.",
            one.place,
        )
