"""Decide whether one sentence states something that can be checked, by its form and its words.

A claim has a figure, a percentage, a date or a quotation; or it says that somebody named, or an
institution, did, said, found or ruled something, or what a law says. Asks, questions,
suppositions and opinions are not claims, nor is what the sender does or plans, the letter's own
deadline, or what it says about itself. The words are English; German, French and Spanish have
rules for clauses, and in other languages only figures and quotations count.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from advocacy.campaign.languages import primary_language
from advocacy.checks.agreement.names import short_forms
from advocacy.checks.claims.clause_rules import clause_claim, has_rules, rule_claim, strong_claim
from advocacy.checks.patterns import pattern, search, words
from advocacy.checks.sentences import quote_spans

SCARE_WORDS = 3
"""Up to this many words in quotation marks may be a title or express doubt."""


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
        return _in_other_language(text, language)
    return _in_english(text, names) or strong_claim(text, language) or _stated(text, language)


def _stated(text: str, language: str) -> str | None:
    """What an English clause states, where the sentence asks for nothing and supposes nothing."""
    if any(search(name, text) for name in ("ask", "please", "imperative", "question", "supposed")):
        return None
    return None if search("opinion", text) else clause_claim(text, language)


def _in_english(text: str, names: Names) -> str | None:
    text = pattern("courtesy").sub("", text)
    known = pattern("did_you_know").sub("", text)
    if known == text and search("question", text):
        return _inside(text, names)
    return _english(known, names)


def _in_other_language(text: str, language: str) -> str | None:
    if has_rules(language):
        return rule_claim(text, language) or _quotation(text)
    figure = search("figure", pattern("contact").sub("", text))
    return _quotation(text) or (f"a figure (“{figure[0]}”)" if figure else None)


def _quotation(text: str) -> str | None:
    if search("question", text):
        return None
    return "a quotation" if _longest(_quoted(text)) > SCARE_WORDS else None


def _english(text: str, names: Names) -> str | None:
    quotes, outside = _quoted(text), _outside(text)
    attributed = bool(search("report_verb", outside))
    if search("ask", text) or search("please", text) or search("imperative", text):
        return "a quotation" if attributed and _longest(quotes) >= 4 else _inside(outside, names)
    if search("supposed", text):
        main = text.partition(",")[2].strip()
        wishes = search("modal", main) or "will " in main
        return _english(main, names) if main and not wishes else None
    own_finding = search("own_finding", text)
    if search("factive", text) and not own_finding:
        rest = pattern("factive").sub("", text).strip(" ,")
        return _english(rest[:1].upper() + rest[1:], names) if len(rest.split()) > 2 else None
    own = search("own", text) or _names_first(text, names.own)
    if _longest(quotes) > SCARE_WORDS or (quotes and attributed and not own):
        return "a quotation"
    if percent := search("percent", outside):
        return f"a percentage (“{percent[0].strip()}”)"
    if own and not own_finding:
        return _inside(outside, names)
    if search("opinion", text):
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
    for clause in pattern("inside").finditer(text):
        found = pattern("about", names.others).match(text, clause.end())
        if found and (found["named"] or found["you"]) and not search("modal", found[0]):
            return _did(found[0])
    return None


def _numbers(text: str) -> str | None:
    """A figure or a date, but for the letter's own deadline."""
    text = pattern("contact").sub("", text)
    if search("told_us", text):
        text = pattern("deadline").sub("", text)
    if share := search("share", text):
        return f"a figure (“{share[0].strip()}”)"
    if date := search("date", text):
        return f"a date (“{date[0].strip()}”)"
    counted = pattern("not_counted").sub("", text)
    if figure := search("figure", counted) or search("large_number", counted):
        return f"a figure (“{figure[0].strip()}”)"
    small = search("small_number", counted)
    does = search("perfect", text) or search("event", text) or search("small_is", text)
    if small and does and not search("modal", text):
        return f"a figure (“{small[0].strip()}”)"
    return None


def _deeds(text: str, names: Names) -> str | None:
    """What somebody did, said, found or ruled, and what a law says."""
    for found in pattern("about", names.others).finditer(text):
        if not _wished(found, text):
            return _did(found[0])
    for rule in ("evidence_shows", "law_states", "no_law"):
        if (found_rule := search(rule, text)) and not search("modal", found_rule[0]):
            return f"a finding or a rule (“{_abridge(found_rule[0])}”)"
    modal = search("modal", text)
    if (done := search("institution_did", text)) and not modal:
        return _did(done[0])
    if (event := search("perfect_event", text)) and not _by_us(text, event.start()):
        return _did(event[0])
    for event in pattern("event").finditer(text):
        # After “said that” a modal is what was said; before it, or after another verb, a wish.
        wish = modal and (modal.start() < event.start() or not search("report_verb", event[0]))
        if not wish and event["before"].casefold().strip(",)") not in words("not_subject"):
            return _did(event[0])
    return None


def _wished(found: re.Match[str], text: str) -> bool:
    """Whether a subject and its verb stand in a clause that wishes or doubts."""
    before = text[: found.start()].casefold().split()
    doubts = {"that", "if", "whether", "unless", "let"}
    return bool(before) and before[-1] in doubts and bool(search("modal", text))


def _by_us(text: str, at: int) -> bool:
    before = re.findall(r"[\w']+", text[:at].casefold())
    return bool(before) and before[-1] in {"we", "i", "us"}


def _did(words: str) -> str:
    return f"what somebody did or said (“{_abridge(words)}”)"


def _abridge(words: str) -> str:
    """The words of a finding, as a message quotes them."""
    found = words.split()
    return " ".join(found if len(found) <= 8 else [*found[:3], "…", *found[-3:]])
