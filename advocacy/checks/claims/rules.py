"""Decide whether one sentence states something that can be checked, by its form and its words.

A claim has a figure, a percentage, a date or a quotation; or it says that somebody named, or an
institution, did, said, found or ruled something, or what a law says. Asks, questions,
suppositions and opinions are not claims, nor is what the sender does or plans, the letter's own
deadline, or what it says about itself. The words are English; in other languages only figures
and quotations count.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from advocacy.campaign.languages import primary_language
from advocacy.checks.agreement.names import short_forms
from advocacy.checks.claims import patterns as p
from advocacy.checks.claims.clause_rules import has_rules, rule_claim, strong_claim
from advocacy.checks.sentences import quote_spans


@dataclass(frozen=True, slots=True)
class Names:
    """Whom sentences may be about: the target and its peers, and the sender itself."""

    others: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @classmethod
    def of(cls, others: Iterable[str], own: Iterable[str] = ()) -> "Names":
        """Organisations with the short forms that texts use for them."""
        return cls(
            tuple(dict.fromkeys(form for name in others for form in short_forms(name))),
            tuple(dict.fromkeys(form for name in own for form in short_forms(name))),
        )


def find_claim(sentence: str, names: Names, language: str = "en") -> str | None:
    """Find what in a sentence needs a source: a phrase for a message, or None."""
    text = " ".join(sentence.replace("’", "'").split())
    if len(text.split()) < 3:
        return None
    if primary_language(language) != "en":
        if has_rules(language):
            return rule_claim(text, language) or _quotation(text)
        figure = p.FIGURE.search(p.CONTACT.sub("", text))
        return _quotation(text) or (f"a figure (“{figure[0]}”)" if figure else None)
    return _in_english(text, names) or strong_claim(text, language)


def _in_english(text: str, names: Names) -> str | None:
    text = p.COURTESY.sub("", text)
    known = p.DID_YOU_KNOW.sub("", text)
    if known == text and p.QUESTION.search(text):
        return _inside(text, names)
    return _english(known, names)


def _quotation(text: str) -> str | None:
    if p.QUESTION.search(text):
        return None
    return "a quotation" if _longest(_quoted(text)) >= 3 else None


def _english(text: str, names: Names) -> str | None:
    quotes, outside = _quoted(text), _outside(text)
    attributed = bool(p.REPORT_VERB.search(outside))
    if p.ASK.search(text) or p.PLEASE.search(text) or p.is_imperative(text):
        return "a quotation" if attributed and _longest(quotes) >= 4 else _inside(outside, names)
    if p.SUPPOSED.search(text):
        main = text.partition(",")[2].strip()
        wishes = p.MODAL.search(main) or "will " in main
        return _english(main, names) if main and not wishes else None
    own_finding = p.OWN_FINDING.search(text)
    if p.FACTIVE.search(text) and not own_finding:
        rest = p.FACTIVE.sub("", text).strip(" ,")
        return _english(rest[:1].upper() + rest[1:], names) if len(rest.split()) > 2 else None
    if _longest(quotes) >= 3 or (quotes and attributed):
        return "a quotation"
    if percent := p.PERCENT.search(outside):
        return f"a percentage (“{percent[0].strip()}”)"
    if (p.OWN.search(text) or _names_first(text, names.own)) and not own_finding:
        return _inside(outside, names)
    if p.OPINION.search(text):
        return _numbers(outside)
    return _numbers(outside) or _deeds(outside, names)


def _quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quote_spans(text)]


def _outside(text: str) -> str:
    """The text with its quotations emptied."""
    for start, end in reversed(quote_spans(text)):
        text = text[:start] + text[end:]
    return text


def _longest(quotes: list[str]) -> int:
    return max((len(words.split()) for words in quotes), default=0)


def _names_first(text: str, names: Iterable[str]) -> bool:
    bare = re.sub(r"^[Tt]he\s+", "", text)
    return any(bare.startswith(name) for name in names)


def _inside(text: str, names: Names) -> str | None:
    """What a named party did, in a clause of a sentence that itself states nothing."""
    for clause in p.INSIDE.finditer(text):
        found = p.about(names.others).match(text, clause.end())
        if found and (found["named"] or found["you"]) and not p.MODAL.search(found[0]):
            return _did(found[0])
    return None


def _numbers(text: str) -> str | None:
    """A figure or a date, but for the letter's own deadline."""
    text = p.CONTACT.sub("", text)
    if p.TOLD_US.search(text):
        text = p.DEADLINE.sub("", text)
    if share := p.SHARE.search(text):
        return f"a figure (“{share[0].strip()}”)"
    if date := p.DATE.search(text):
        return f"a date (“{date[0].strip()}”)"
    counted = p.NOT_COUNTED.sub("", text)
    if figure := p.FIGURE.search(counted) or p.LARGE_NUMBER.search(counted):
        return f"a figure (“{figure[0].strip()}”)"
    small = p.SMALL_NUMBER.search(counted)
    does = p.PERFECT.search(text) or p.EVENT.search(text) or p.SMALL_IS.search(text)
    if small and does and not p.MODAL.search(text):
        return f"a figure (“{small[0].strip()}”)"
    return None


def _deeds(text: str, names: Names) -> str | None:
    """What somebody did, said, found or ruled, and what a law says."""
    for found in p.about(names.others).finditer(text):
        if not _wished(found, text):
            return _did(found[0])
    for rule in (p.EVIDENCE_SHOWS, p.LAW_STATES, p.NO_LAW):
        if (found_rule := rule.search(text)) and not p.MODAL.search(found_rule[0]):
            return f"a finding or a rule (“{_abridge(found_rule[0])}”)"
    modal = p.MODAL.search(text)
    if (done := p.INSTITUTION_DID.search(text)) and not modal:
        return _did(done[0])
    if (event := p.PERFECT_EVENT.search(text)) and not _by_us(text, event.start()):
        return _did(event[0])
    for event in p.EVENT.finditer(text):
        # After “said that” a modal is what was said; before it, or after another verb, a wish.
        wish = modal and (modal.start() < event.start() or not p.REPORT_VERB.search(event[0]))
        if not wish and event["before"].casefold().strip(",)") not in p.NOT_SUBJECT:
            return _did(event[0])
    return None


def _wished(found: re.Match[str], text: str) -> bool:
    """Whether a subject and its verb stand in a clause that wishes or doubts."""
    before = text[: found.start()].casefold().split()
    doubts = {"that", "if", "whether", "unless", "let"}
    return bool(before) and before[-1] in doubts and bool(p.MODAL.search(text))


def _by_us(text: str, at: int) -> bool:
    before = re.findall(r"[\w']+", text[:at].casefold())
    return bool(before) and before[-1] in {"we", "i", "us"}


def _did(words: str) -> str:
    return f"what somebody did or said (“{_abridge(words)}”)"


def _abridge(words: str) -> str:
    """The words of a finding, as a message quotes them."""
    found = words.split()
    return " ".join(found if len(found) <= 8 else [*found[:3], "…", *found[-3:]])
